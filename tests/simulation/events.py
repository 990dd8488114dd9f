# SPDX-License-Identifier: Apache-2.0
"""Random events that a pump meets, and what the world really did: a truth that the assumptions allow.

An event without a line in ``DRAWS`` is drawn by its declaration, from the numbers that the state holds.
"""

from collections.abc import Callable
from random import Random
from typing import get_args

from tests.simulation.chance import draw_kin, draw_near, is_chance
from tests.simulation.configs import draw_overrides, draw_prescription
from tests.simulation.values import draw, fill, list_kin

from thecal.events import (
    BolusAsked,
    ClinicianBolusAsked,
    DiscrepancyResolved,
    Event,
    MotorRecovered,
    PathDeclared,
    PhaseMoved,
    PowerRestored,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PrimeAsked,
    PrimeConfirmed,
    PulseReported,
    PulseResult,
    RefillDone,
    RefillProposed,
    ResumeAsked,
    SecondPassed,
    SecondsPassed,
    SelfTestReported,
    StopAsked,
)
from thecal.fluid import Fluid
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.quiet import compute_quiet_s
from thecal.state import Mode, State
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    DRUG_COUNT,
    PATH_NL_MAX,
    RESERVOIR_NL_MAX,
    SLOT_COUNT,
    TICK_MAX,
    Concentrations,
)
from thecal_specs.ghost import Ghost, Truth
from thecal_specs.recover import recover

EVENT_CLASSES: tuple[type[Event], ...] = get_args(Event)

Draw = Callable[[Random, Config, State, Ghost], Event]


def draw_label(rng: Random, config: Config, state: State) -> Concentrations:
    limits = [drug.concentration_fg_per_nl_max for drug in config.library]
    style = "wrong" if rng.randrange(400) == 0 else rng.choice(("small", "small", "same", "any"))
    if style == "same":
        return state.reservoir.fluid.hi
    if style == "small":
        label = [min(limit, rng.randint(0, 5)) for limit in limits]
    else:
        label = [draw_near(rng, 0, limit, 1, 2, limit) for limit in limits]
    if style == "wrong":
        label[rng.randrange(DRUG_COUNT)] = draw_near(rng, 0, CONCENTRATION_FG_PER_NL_MAX)
    return (max(label[0], 0 if is_chance(rng, 3) else 1), *label[1:])


def draw_refill(rng: Random, config: Config, state: State, ghost: Ghost) -> RefillDone:
    pump = config.pump
    held_nl = max(0, ghost.world.reservoir_nl)
    marks = (pump.residual_nl + n * pump.pulse_volume_nl for n in (1, 2))
    is_wild = is_chance(rng, 3)
    return fill(
        RefillDone,
        aspirated_nl=draw_near(rng, -1, RESERVOIR_NL_MAX + 1) if is_wild else draw_near(rng, 0, held_nl, held_nl),
        filled_nl=pump.capacity_nl if is_chance(rng, 60) else draw_near(rng, 0, pump.capacity_nl, *marks),
        concentrations_fg_per_nl=draw_label(rng, config, state),
        has_unknown_drug=rng.randrange(400) == 0,
        is_rinsed=is_chance(rng, 20),
    )


def draw_proposal(rng: Random, config: Config, state: State, ghost: Ghost) -> RefillProposed:
    done = draw_refill(rng, config, state, ghost)
    return fill(
        RefillProposed,
        filled_nl=done.filled_nl,
        concentrations_fg_per_nl=done.concentrations_fg_per_nl,
        has_unknown_drug=done.has_unknown_drug,
        is_shortfall_accepted=is_chance(rng, 50),
    )


def draw_quiet(rng: Random, config: Config, state: State, _: Ghost) -> SecondsPassed:
    quiet_s = compute_quiet_s(config, state)
    return fill(SecondsPassed, count=draw_near(rng, -1, quiet_s + 2, 1, quiet_s, quiet_s))


def draw_path(rng: Random, config: Config, state: State, _: Ghost) -> PathDeclared:
    highest_nl = rng.choice((0, 5, 5 * config.pump.pulse_volume_nl, PATH_NL_MAX))
    lo_nl, hi_nl = sorted(draw_near(rng, 0, highest_nl) for _ in range(2))
    is_primed = is_chance(rng, 85)
    return fill(PathDeclared, volume_lo_nl=lo_nl, volume_hi_nl=hi_nl, is_filled_from_reservoir=is_primed)


def draw_report(rng: Random, _: Config, state: State, ghost: Ghost) -> PulseReported:
    surely = PulseResult.DONE if ghost.world.is_flight_moved else PulseResult.NOT_DONE
    sequence = state.flight.sequence + (rng.choice((-1, 1)) if is_chance(rng, 5) else 0)
    return fill(PulseReported, sequence=sequence, result=PulseResult.UNKNOWN if is_chance(rng, 15) else surely)


def draw_staged(rng: Random, config: Config, state: State, _: Ghost) -> PrescriptionStaged:
    return fill(PrescriptionStaged, prescription=draw_prescription(rng, config, state), overrides=draw_overrides(rng))


def draw_confirmed(rng: Random, config: Config, state: State, _: Ghost) -> PrescriptionConfirmed:
    is_other = is_chance(rng, 5)
    prescription = draw_prescription(rng, config, state) if is_other else state.staged.prescription
    return fill(PrescriptionConfirmed, prescription=prescription)


def draw_clinician_bolus(rng: Random, _: Config, state: State, __: Ghost) -> ClinicianBolusAsked:
    pulses = rng.randint(int(is_chance(rng, 95)), rng.choice((3, 20)))
    mass_fg = pulses * max(1, state.path.pulse_fg_max) + rng.choice((0, 0, 1))
    return fill(ClinicianBolusAsked, mass_fg=mass_fg, duration_s=draw_near(rng, 0, rng.choice((5, 60, DAY_S)), 1))


def draw_prime(rng: Random, config: Config, state: State, _: Ghost) -> PrimeAsked:
    """Mostly the whole path, where that is no more than a walk may see the end of."""
    hi_nl = state.path.volume_hi_nl
    marks = (hi_nl, hi_nl, min(hi_nl, 3 * config.pump.pulse_volume_nl))
    return fill(PrimeAsked, volume_nl=draw_near(rng, 0, hi_nl + 1, *marks))


def draw_prime_confirmed(rng: Random, _: Config, state: State, __: Ghost) -> PrimeConfirmed:
    return fill(PrimeConfirmed, volume_nl=state.staged.prime_nl + is_chance(rng, 5))


def draw_phase(rng: Random, *_: object) -> PhaseMoved:
    return fill(PhaseMoved, slot_count=draw_near(rng, -1, SLOT_COUNT, 0, 1, SLOT_COUNT - 1))


def draw_restart(rng: Random, *_: object) -> PowerRestored:
    return fill(
        PowerRestored,
        gap_s=draw_near(rng, -1, rng.choice((20, DAY_S, TICK_MAX + 1)), 0),
        is_last_state=is_chance(rng, 80),
        is_time_of_day_known=is_chance(rng, 80),
    )


DRAWS: dict[type[Event], Draw] = {
    PrescriptionStaged: draw_staged,
    PrescriptionConfirmed: draw_confirmed,
    PulseReported: draw_report,
    RefillDone: draw_refill,
    PathDeclared: draw_path,
    ClinicianBolusAsked: draw_clinician_bolus,
    PhaseMoved: draw_phase,
    PowerRestored: draw_restart,
    PrimeAsked: draw_prime,
    RefillProposed: draw_proposal,
    PrimeConfirmed: draw_prime_confirmed,
    SecondsPassed: draw_quiet,
}


def draw_of_class(rng: Random, event: type[Event], config: Config, state: State, ghost: Ghost) -> Event:
    """An event of a class."""
    if event in DRAWS:
        return DRAWS[event](rng, config, state, ghost)
    drawn: Event = draw(rng, event, lambda name: draw_kin(rng, list_kin(state), name))
    return drawn


def list_likely(state: State) -> tuple[type[Event], ...]:
    """What leads on from here: a walk that is refused all the time sees nothing."""
    if state.mode == Mode.DELIVERING:
        reports = (PulseReported, PulseReported) if state.flight.is_pending else ()
        asked = () if state.bolus.is_active else (BolusAsked, BolusAsked, ClinicianBolusAsked)
        return (SecondPassed,) * 6 + (SecondsPassed,) * 2 + asked + reports
    if state.mode == Mode.PRIMING:
        return (SecondPassed,) * 8 + ((PulseReported,) * 4 if state.flight.is_pending else ())
    if state.mode == Mode.EMPTY:
        return (RefillDone, SecondPassed, StopAsked)
    if state.mode == Mode.FAILED:
        return (SelfTestReported, SecondPassed)
    if state.device.is_stalled:
        return (MotorRecovered, SecondPassed)
    if state.staged.is_staged and state.staged.prime_nl > 0:
        return (PrimeConfirmed,)
    if state.staged.is_staged:
        return (PrescriptionConfirmed, PrescriptionStaged)
    if state.therapy.discrepancy != 0:
        return (DiscrepancyResolved, *EVENT_CLASSES)
    if state.reservoir.fluid.hi[0] == 0:
        return (RefillDone,)
    if not state.path.is_declared:
        return (PathDeclared,)
    if state.path.old.lo[0] == 0:
        return (PrimeAsked, PrimeAsked, PathDeclared)
    if not state.is_admitted:
        return (PrescriptionStaged,) * 4 + (RefillDone, PathDeclared)
    return (ResumeAsked, ResumeAsked, SecondPassed, PrimeAsked) if state.mode == Mode.STOPPED else EVENT_CLASSES


def draw_event(rng: Random, config: Config, state: State, ghost: Ghost) -> Event:
    """An event of any class, mostly of one that leads on."""
    if is_chance(rng, 4):
        return recover(config, state)
    classes = list_likely(state) if is_chance(rng, 92) else EVENT_CLASSES
    return draw_of_class(rng, rng.choice(classes), config, state, ghost)


def draw_mass(rng: Random, config: Config, ghost: Ghost, drug: int) -> int:
    """What a pulse can truly bring past the tip."""
    world = ghost.world
    old_nl = min(world.front_nl, config.pump.pulse_volume_nl)
    new_nl = config.pump.pulse_volume_nl - old_nl
    lowest_fg = world.old.lo[drug] * old_nl + world.new.lo[drug] * new_nl
    highest_fg = world.old.hi[drug] * old_nl + world.new.hi[drug] * new_nl
    return draw_near(rng, lowest_fg, highest_fg)


def compute_blend(event: RefillDone, new: Fluid, left_nl: int) -> Fluid:
    """Floor and ceiling of what mixing makes of the label over what the needle left."""
    total_nl = max(1, left_nl + event.filled_nl)
    label_fg = [concentration * event.filled_nl for concentration in event.concentrations_fg_per_nl]
    return Fluid(
        is_known=True,
        lo=tuple((a * left_nl + fg) // total_nl for a, fg in zip(new.lo, label_fg)),
        hi=tuple(-((-a * left_nl - fg) // total_nl) for a, fg in zip(new.hi, label_fg)),
    )


def draw_truth(rng: Random, config: Config, event: Event, outcome: Outcome, ghost: Ghost) -> Truth:
    """A truth that is possible in this step."""
    is_refill = isinstance(event, RefillDone)
    is_rinsed = isinstance(event, RefillDone) and event.is_rinsed
    residual_nl = config.pump.residual_nl
    left_nl = draw_near(rng, 0, residual_nl if is_rinsed else min(residual_nl, ghost.world.reservoir_nl))
    return fill(
        Truth,
        opens_window=is_chance(rng, 8),
        takes_sample=is_chance(rng, 8),
        is_moved=outcome.pulse.is_ordered and is_chance(rng, 92),
        mass_fg=tuple(draw_mass(rng, config, ghost, drug) for drug in range(DRUG_COUNT)),
        left_nl=left_nl if is_refill else 0,
        blend=compute_blend(event, ghost.world.new, 0 if is_rinsed else left_nl)
        if isinstance(event, RefillDone)
        else ghost.world.new,
        path_nl=draw_near(rng, event.volume_lo_nl, event.volume_hi_nl) if isinstance(event, PathDeclared) else 0,
    )
