# SPDX-License-Identifier: Apache-2.0
"""What the world may do: the assumptions under which the proofs speak, as predicates."""

from thecal.events import Event, PathDeclared, PulseReported, PulseResult, RefillDone
from thecal.fluid import Fluid
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.state import State
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, PATH_NL_MAX, RESERVOIR_NL_MAX, is_within
from thecal_specs.ghost import Ghost, Truth, World, is_report_of_flight
from thecal_specs.logic import implies


def is_possible_event(before: State, event: Event, ghost: Ghost) -> bool:
    """A device reports a pulse as done only if it moved, as not done only if it did not; facts are within limits."""
    if isinstance(event, RefillDone):
        return (
            is_within(event.filled_nl, 0, RESERVOIR_NL_MAX)
            and is_within(event.aspirated_nl, 0, RESERVOIR_NL_MAX)
            and all(is_within(c, 0, CONCENTRATION_FG_PER_NL_MAX) for c in event.concentrations_fg_per_nl)
        )
    if isinstance(event, PathDeclared):
        return 0 <= event.volume_lo_nl <= event.volume_hi_nl <= PATH_NL_MAX
    if isinstance(event, PulseReported):
        return implies(
            is_report_of_flight(before, event),
            implies(event.result == PulseResult.DONE, ghost.world.is_flight_moved)
            and implies(event.result == PulseResult.NOT_DONE, not ghost.world.is_flight_moved),
        )
    return True


def is_mass_of_pulse(volume_nl: int, world: World, drug_fg: int, drug: int) -> bool:
    """Whether a mass is what a pulse can bring past the tip: old fluid up to the front, then new."""
    old_nl = min(world.front_nl, volume_nl)
    new_nl = volume_nl - old_nl
    return (
        world.old.lo[drug] * old_nl + world.new.lo[drug] * new_nl
        <= drug_fg
        <= world.old.hi[drug] * old_nl + world.new.hi[drug] * new_nl
    )


def is_floor_and_ceiling(
    old: Fluid, left_nl: int, label_fg_per_nl: int, filled_nl: int, blend: Fluid, drug: int
) -> bool:
    """Whether a blend's bounds are the whole numbers next to what mixing makes of one drug."""
    total_nl = left_nl + filled_nl
    lowest_fg = old.lo[drug] * left_nl + label_fg_per_nl * filled_nl
    highest_fg = old.hi[drug] * left_nl + label_fg_per_nl * filled_nl
    return (
        blend.lo[drug] * total_nl <= lowest_fg < (blend.lo[drug] + 1) * total_nl
        and (blend.hi[drug] - 1) * total_nl < highest_fg <= blend.hi[drug] * total_nl
    )


def is_possible_truth(
    config: Config, before: State, event: Event, outcome: Outcome, truth: Truth, ghost: Ghost
) -> bool:
    """What physics and the declared facts allow in one step."""
    world = ghost.world
    if isinstance(event, RefillDone):
        left_nl_max = config.pump.residual_nl if event.is_rinsed else min(config.pump.residual_nl, world.reservoir_nl)
        return 0 <= truth.left_nl <= left_nl_max and all(
            event.filled_nl <= 0
            or is_floor_and_ceiling(
                world.new,
                0 if event.is_rinsed else truth.left_nl,
                event.concentrations_fg_per_nl[i],
                event.filled_nl,
                truth.blend,
                i,
            )
            for i in range(4)
        )
    if isinstance(event, PathDeclared):
        return event.volume_lo_nl <= truth.path_nl <= event.volume_hi_nl
    return implies(
        outcome.pulse.is_ordered and truth.is_moved,
        all(is_mass_of_pulse(config.pump.pulse_volume_nl, world, truth.mass_fg[i], i) for i in range(4)),
    )
