# SPDX-License-Identifier: Apache-2.0
"""The way back to therapy: from every state but the end of service and a failed self-test, an event that leads on.

Each event takes one obstacle away and may leave lesser ones; three ranks count them: fluids, then a wait, then orders.
Where a program may run with the fluids that are there, the way is to let it. Where none may, the way begins anew, with
a fluid and a program that every accepted configuration allows: the first drug alone, no stronger than the pump's lowest
flow may carry, at that flow. A clinician will prefer better ones; that there always is one is what is shown.

Nothing of the kernel's own rooms is asked here whether it would agree.
"""

from enum import IntEnum

from thecal.events import (
    DiscrepancyResolved,
    Event,
    MotorRecovered,
    PathDeclared,
    PrescriptionConfirmed,
    PrescriptionStaged,
    RefillDone,
    ResumeAsked,
    SecondPassed,
    StopAsked,
)
from thecal.limits import Config
from thecal.prescription import Overrides, Prescription
from thecal.state import Basal, Generation, Ledger, Mode, Staged, State
from thecal.units import (
    DAY_S,
    DRUG_COUNT,
    RESERVOIR_NL_MAX,
    SLOT_COUNT,
    Concentrations,
    compute_quotient_down,
)

EVERY_OVERRIDE = Overrides(
    is_day_limit=True, is_concentration=True, is_increase=True, is_decrease=True, is_plausibility=True
)


class Way(IntEnum):
    """What to do next."""

    NOTHING = 0
    REFILL = 1
    DECLARE_PATH = 2
    RESOLVE_DISCREPANCY = 3
    WAIT = 4
    STAGE = 5
    CONFIRM = 6
    FREE_MOTOR = 7
    RESUME = 8
    STOP_PRIMING = 9


def is_over(state: State) -> bool:
    """Whether no order can bring therapy back."""
    return state.mode == Mode.END_OF_SERVICE or state.mode == Mode.FAILED


def compute_strength(config: Config) -> int:
    """The strongest fluid of the first drug whose least flow, all day long, keeps every limit."""
    drug = config.library[0]
    lowest_nl = config.pump.slot_volume_nl_min
    pulses_nl = 2 * config.pump.pulse_volume_nl
    by_day = compute_quotient_down(drug.day_fg_max, SLOT_COUNT * lowest_nl + pulses_nl)
    by_hour = compute_quotient_down(drug.hour_fg_max, 2 * lowest_nl + pulses_nl)
    return min(drug.concentration_fg_per_nl_soft, by_day, by_hour)


def is_fluid_plain(config: Config, state: State) -> bool:
    """Whether the reservoir holds the first drug alone, no stronger than its least flow may carry."""
    fluid = state.reservoir.fluid
    return (
        fluid.is_known
        and fluid.lo[0] >= 1
        and fluid.hi[0] <= compute_strength(config)
        and all(fluid.hi[i] == 0 for i in range(1, DRUG_COUNT))
    )


def is_path_plain(config: Config, state: State) -> bool:
    """Whether the path is declared, holds what the reservoir holds, and lets the motor give its least flow.

    What it brings of the first drug is the measure of what it brings of the others, which is nothing.
    """
    path = state.path
    return (
        path.is_declared
        and path.old == state.reservoir.fluid
        and all(path.ratios[i].drug_fg_per_nl == 0 for i in range(1, DRUG_COUNT))
        and all(path.ratios[i].first_fg_per_nl == path.old.hi[0] for i in range(1, DRUG_COUNT))
        and config.pump.slot_volume_nl_min * state.reservoir.fluid.hi[0] <= path.slot_fg_max
    )


def compute_least_program(config: Config, state: State) -> Prescription:
    """The pump's lowest flow of what the reservoir holds, without boluses, under the hard limits."""
    slot_fg = config.pump.slot_volume_nl_min * state.reservoir.fluid.hi[0]
    return Prescription(
        slots_fg=(slot_fg,) * SLOT_COUNT,
        bolus_fg=0,
        bolus_duration_s=1,
        lockout_s=0,
        bolus_count_max=0,
        cap_day_fg=tuple(drug.day_fg_max for drug in config.library),
        cap_hour_fg=tuple(drug.hour_fg_max for drug in config.library),
        low_reservoir_nl=0,
    )


def is_least_program(program: Prescription, least: Prescription) -> bool:
    """Whether a prescription is the least program: its slots are alike, and the rest is what it has to be."""
    return (
        all(slot == program.slots_fg[0] for slot in program.slots_fg[1:SLOT_COUNT])
        and program.slots_fg[0] == least.slots_fg[0]
        and program.bolus_fg == least.bolus_fg
        and program.bolus_duration_s == least.bolus_duration_s
        and program.lockout_s == least.lockout_s
        and program.bolus_count_max == least.bolus_count_max
        and program.cap_day_fg == least.cap_day_fg
        and program.cap_hour_fg == least.cap_hour_fg
        and program.low_reservoir_nl == least.low_reservoir_nl
    )


def is_order_of(staged: Staged, least: Prescription) -> bool:
    """Whether a staged order is the least program, every soft rule set aside."""
    return (
        staged.is_staged
        and staged.prime_nl == 0
        and is_least_program(staged.prescription, least)
        and staged.overrides == EVERY_OVERRIDE
    )


def is_staged(config: Config, state: State) -> bool:
    """Whether the least program waits for its confirmation."""
    return is_order_of(state.staged, compute_least_program(config, state))


def is_nothing(generation: Generation) -> bool:
    """Whether a generation has no slot, no pulse, and no other drug."""
    return (
        all(slot == 0 for slot in generation.slots_fg)
        and generation.pulse_fg == 0
        and all(ratio.drug_fg_per_nl == 0 for ratio in generation.ratios)
    )


def is_empty_generation(generation: Generation) -> bool:
    """Whether nothing was in force."""
    return is_nothing(generation)


def compute_forgetting_s(basal: Basal, tick: int) -> int:
    """How long until nothing is remembered to have been in force: to the next daily boundary, or the one after."""
    to_boundary_s = DAY_S - tick % DAY_S
    if not is_empty_generation(basal.current):
        return to_boundary_s + DAY_S
    return 0 if is_empty_generation(basal.previous) else to_boundary_s


def compute_last_end_tick(ledger: Ledger) -> int:
    """When the last bolus of the ledger ended; a day before the first tick where there is none."""
    last_tick = -DAY_S
    for entry in ledger:
        if entry.is_used:
            last_tick = max(last_tick, entry.end_tick)
    return last_tick


def compute_counting_s(ledger: Ledger, tick: int) -> int:
    """How long until no bolus of the ledger counts any more; 0 where none does."""
    return max(0, compute_last_end_tick(ledger) + DAY_S - tick)


def compute_wait_s(state: State) -> int:
    """How long a new program may have to wait for what was given, was in force, or is unknown."""
    return max(
        compute_forgetting_s(state.basal, state.tick),
        compute_counting_s(state.ledger, state.tick),
        state.device.unknown_until_tick - state.tick,
    )


def must_wait(state: State) -> bool:
    """Whether a new program has to wait: something is remembered to have been in force, still counts, or is unknown."""
    return (
        not is_empty_generation(state.basal.current)
        or not is_empty_generation(state.basal.previous)
        or compute_counting_s(state.ledger, state.tick) > 0
        or state.device.unknown_until_tick > state.tick
    )


def find_way(config: Config, state: State) -> Way:
    """What to do next: fluids first, then what is in doubt, then a program, then the motor."""
    if is_over(state) or state.mode == Mode.DELIVERING:
        return Way.NOTHING
    if state.mode == Mode.PRIMING:
        return Way.STOP_PRIMING
    if state.mode == Mode.EMPTY or (not state.is_admitted and not is_fluid_plain(config, state)):
        return Way.REFILL
    if not state.is_admitted and not is_path_plain(config, state):
        return Way.DECLARE_PATH
    if state.therapy.discrepancy != 0:
        return Way.RESOLVE_DISCREPANCY
    if not state.is_admitted:
        return find_programming_way(config, state)
    if state.device.is_stalled or state.mode == Mode.STALLED:
        return Way.FREE_MOTOR
    return Way.RESUME


def find_programming_way(config: Config, state: State) -> Way:
    """How a program comes to run on plain fluids: it waits, is staged, and is confirmed."""
    if must_wait(state):
        return Way.WAIT
    return Way.CONFIRM if is_staged(config, state) else Way.STAGE


def compute_label(config: Config, state: State) -> Concentrations:
    """What to fill: the same again into an empty pump whose program may run, else the plain fluid."""
    if state.is_admitted:
        return state.reservoir.fluid.hi
    return (compute_strength(config), 0, 0, 0)


def compute_refill(config: Config, state: State) -> RefillDone:
    """Take out what can be taken out, and fill up; rinse first, if it is another fluid."""
    usable_nl = max(0, state.reservoir.volume_lo_nl - config.pump.residual_nl)
    return RefillDone(
        aspirated_nl=min(usable_nl, RESERVOIR_NL_MAX),
        filled_nl=config.pump.capacity_nl,
        concentrations_fg_per_nl=compute_label(config, state),
        has_unknown_drug=False,
        is_rinsed=not state.is_admitted,
    )


def compute_path_declared(state: State) -> PathDeclared:
    """Fill tubing and catheter by hand with what the reservoir holds."""
    return PathDeclared(
        volume_lo_nl=state.path.volume_lo_nl, volume_hi_nl=state.path.volume_hi_nl, is_filled_from_reservoir=True
    )


def compute_staged(config: Config, state: State) -> PrescriptionStaged:
    """Propose the least program, every soft rule set aside."""
    return PrescriptionStaged(prescription=compute_least_program(config, state), overrides=EVERY_OVERRIDE)


def recover(config: Config, state: State) -> Event:
    """The event that leads on; a second, where therapy runs or is over."""
    way = find_way(config, state)
    if way == Way.REFILL:
        return compute_refill(config, state)
    if way == Way.DECLARE_PATH:
        return compute_path_declared(state)
    if way == Way.RESOLVE_DISCREPANCY:
        return DiscrepancyResolved()
    if way == Way.STAGE:
        return compute_staged(config, state)
    if way == Way.CONFIRM:
        return PrescriptionConfirmed(prescription=state.staged.prescription)
    if way == Way.FREE_MOTOR:
        return MotorRecovered()
    if way == Way.RESUME:
        return ResumeAsked()
    if way == Way.STOP_PRIMING:
        return StopAsked()
    return SecondPassed()


def may_program(config: Config, state: State, program: Prescription) -> bool:
    """Whether a prescription is the least program, and nothing is remembered to have been in force."""
    return (
        is_least_program(program, compute_least_program(config, state))
        and is_nothing(state.basal.current)
        and is_nothing(state.basal.previous)
    )


def is_way_back(config: Config, state: State, event: Event) -> bool:
    """Whether an event is the one that leads on."""
    way = find_way(config, state)
    if isinstance(event, RefillDone):
        return way == Way.REFILL and event == compute_refill(config, state)
    if isinstance(event, PathDeclared):
        return way == Way.DECLARE_PATH and event == compute_path_declared(state)
    if isinstance(event, PrescriptionStaged):
        is_least = may_program(config, state, event.prescription)
        return way == Way.STAGE and is_least and event.overrides == EVERY_OVERRIDE
    if isinstance(event, PrescriptionConfirmed):
        is_least = may_program(config, state, event.prescription)
        return way == Way.CONFIRM and is_least and event.prescription == state.staged.prescription
    return (
        (way == Way.RESOLVE_DISCREPANCY and isinstance(event, DiscrepancyResolved))
        or (way == Way.WAIT and isinstance(event, SecondPassed))
        or (way == Way.FREE_MOTOR and isinstance(event, MotorRecovered))
        or (way == Way.RESUME and isinstance(event, ResumeAsked))
        or (way == Way.STOP_PRIMING and isinstance(event, StopAsked))
    )


def compute_fluid_rank(config: Config, state: State) -> int:
    """What stands in the way of therapy in reservoir and path, 0 to 8: it outweighs any wait and any order."""
    if state.mode == Mode.DELIVERING:
        return 0
    emptiness = 4 if state.mode == Mode.EMPTY else 0
    prime = 1 if state.mode == Mode.PRIMING else 0
    if state.is_admitted:
        return emptiness + prime
    fluid = 0 if is_fluid_plain(config, state) else 2
    path = 0 if is_path_plain(config, state) else 1
    return emptiness + prime + fluid + path


def compute_wait_rank(state: State) -> int:
    """How many seconds stand in the way of therapy: they outweigh any order."""
    if state.mode == Mode.DELIVERING or state.is_admitted:
        return 0
    return max(0, compute_wait_s(state))


def compute_order_rank(config: Config, state: State) -> int:
    """What stands in the way of therapy that orders and the motor take away, 0 to 23: 0 exactly where it runs."""
    if state.mode == Mode.DELIVERING:
        return 0
    doubt = 4 if state.therapy.discrepancy != 0 else 0
    stall = 2 if state.device.is_stalled or state.mode == Mode.STALLED else 0
    if state.is_admitted:
        return doubt + stall + 1
    return doubt + stall + 1 + (8 if is_staged(config, state) else 16)


def is_closer(config: Config, before: State, event: Event, after: State) -> bool:
    """Whether an event has lowered the rank that is its own to lower, and raised none that outweighs it.

    Three natural numbers that fall in this order, the first one first, cannot fall for ever.
    """
    if isinstance(event, RefillDone) or isinstance(event, PathDeclared) or isinstance(event, StopAsked):
        return compute_fluid_rank(config, after) < compute_fluid_rank(config, before)
    has_same_fluids = compute_fluid_rank(config, after) <= compute_fluid_rank(config, before)
    if isinstance(event, SecondPassed):
        return has_same_fluids and compute_wait_rank(after) < compute_wait_rank(before)
    return (
        has_same_fluids
        and compute_wait_rank(after) <= compute_wait_rank(before)
        and compute_order_rank(config, after) < compute_order_rank(config, before)
    )
