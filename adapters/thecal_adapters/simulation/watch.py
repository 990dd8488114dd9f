# SPDX-License-Identifier: Apache-2.0
"""The catalogue, asked of every event that the journal holds, and of a random sample of the seconds in which little is.

The specification's ghost wants a truth that its assumptions allow. Where a fault breaks one, it is told the nearest
truth that is possible: the kernel's claims then hold of what it was told, and the judge looks at what really was.
"""

from dataclasses import replace
from random import Random

from thecal.events import Event, PathDeclared, RefillDone, SecondPassed, SecondsPassed
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.state import State
from thecal.units import NO_MASSES, Masses
from thecal_adapters.plant.fluids import Mass
from thecal_adapters.simulation.monitors import Monitor
from thecal_specs.ghost import Deadlines, World, initial_ghost

# Of so many seconds that bring no order the properties are asked once.
SAMPLE = 16


def clip(value: int, lowest: int, highest: int) -> int:
    """The nearest number of a range."""
    return max(lowest, min(value, highest))


class Watch:
    """A monitor and its ghost, for one life with its restarts."""

    def __init__(self, config: Config, rng: Random) -> None:
        self.monitor = Monitor(config)
        self._config = config
        self._rng = rng

    def see(
        self, at_s: int, before: State, event: Event, outcome: Outcome, moved: Mass | None, left_nl: int, path_nl: int
    ) -> None:
        """Take one step: ``moved`` is what passed the tip, None if no pulse moved."""
        monitor = self.monitor
        world = monitor.ghost.world
        if isinstance(event, RefillDone):
            residual_nl = self._config.pump.residual_nl
            left_nl = clip(left_nl, 0, residual_nl if event.is_rinsed else max(0, min(residual_nl, world.reservoir_nl)))
        if isinstance(event, PathDeclared):
            path_nl = clip(path_nl, event.volume_lo_nl, event.volume_hi_nl)
        truth = monitor.make_truth(event, before, None, left_nl, path_nl)
        if moved is not None:
            truth = replace(truth, is_moved=True, mass_fg=self._clip_mass(world, moved))
        is_quiet = isinstance(event, SecondPassed | SecondsPassed) and not outcome.pulse.is_ordered
        is_asked = not is_quiet or self._rng.randrange(SAMPLE) == 0
        monitor.watch(at_s, before, event, outcome, truth, is_asked)

    def _clip_mass(self, world: World, moved: Mass) -> Masses:
        """What a pulse can bring where the ghost has its front."""
        pulse_nl = self._config.pump.pulse_volume_nl
        old_nl = min(world.front_nl, pulse_nl)
        new_nl = pulse_nl - old_nl
        mass = [*(int(each) for each in moved), *NO_MASSES][: len(NO_MASSES)]
        return tuple(
            clip(
                fg,
                world.old.lo[drug] * old_nl + world.new.lo[drug] * new_nl,
                world.old.hi[drug] * old_nl + world.new.hi[drug] * new_nl,
            )
            for drug, fg in enumerate(mass)
        )

    def begin_anew(self, state: State) -> None:
        """Another state than the stored one goes on: no history is known of it but its fluids and its deadlines."""
        clock_s = state.tick + state.device.missed_s
        deadlines = Deadlines(
            clock_s=clock_s,
            missed_s=state.device.missed_s,
            off_clock_s=clock_s - state.therapy.off_s,
            filled_clock_s=state.reservoir.filled_clock_s,
            is_replacement_indicated=state.device.is_replacement_indicated,
            replacement_clock_s=state.device.replacement_clock_s,
            is_off_too_long=False,
        )
        fresh = initial_ghost(self._config)
        course = replace(fresh.course, last_sequence=state.flight.sequence, last_order_tick=state.flight.ordered_tick)
        program = replace(
            fresh.program,
            is_staged=state.staged.is_staged and state.staged.prime_nl == 0,
            staged=state.staged.prescription,
            was_confirmed=state.is_programmed,
        )
        is_anything_there = state.reservoir.volume_hi_nl > 0 or state.path.is_declared
        is_fluid_known = state.reservoir.fluid.is_known and is_anything_there
        world = self.monitor.ghost.world if is_fluid_known else fresh.world
        self.monitor.ghost = replace(fresh, world=world, deadlines=deadlines, course=course, program=program)
