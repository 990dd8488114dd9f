# SPDX-License-Identifier: Apache-2.0
"""The inductive invariant: what is true of every state that the kernel can reach, one named conjunct a fact.

It speaks of the kernel's own books, as an invariant must; the properties do not.
"""

from thecal.alarms import compute_conditions
from thecal.fluid import Fluid
from thecal.limits import Config, compute_hard_day_fg, compute_hard_hour_fg
from thecal.prescription import is_well_formed as is_prescription_well_formed
from thecal.state import NEVER_TICK, NO_BOLUS, Generation, Ledger, LedgerEntry, Mode, Ratio, State
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    DRUG_COUNT,
    HOUR_S,
    LACKING_FG_1800_MAX,
    LEDGER_LENGTH,
    MASS_FG_BEYOND_LIMITS,
    MASS_FG_MAX,
    PATH_NL_MAX,
    QUOTIENT_END,
    RESERVOIR_NL_MAX,
    SLOT_COUNT,
    SLOT_S,
    TICK_MAX,
    Masses,
    Slots,
    compute_day_fg,
    is_no_larger,
    is_within,
)
from thecal_specs.ghost import is_running
from thecal_specs.logic import implies


def ticks_are_ordered(config: Config, state: State) -> bool:
    """No time lies ahead of now, and now is within the service life."""
    return (
        is_within(state.tick, 0, TICK_MAX)
        and is_within(state.flight.ordered_tick, 0, state.tick)
        and is_within(state.flight.sequence, 0, state.tick)
        and is_within(state.lockout.end_tick, 0, state.tick)
        and implies(state.bolus.is_active, is_within(state.bolus.start_tick, 0, state.tick))
        and is_within(state.staged.expires_tick, 0, TICK_MAX + SLOT_S)
    )


def service_ends_at_its_last_tick(config: Config, state: State) -> bool:
    """The last tick is reached only by ending the service."""
    return implies(state.mode != Mode.END_OF_SERVICE, state.tick < TICK_MAX)


def program_is_within_limits(config: Config, state: State) -> bool:
    """What is in force is well formed, its caps within the hard limits."""
    return (
        is_prescription_well_formed(state.program)
        and is_no_larger(state.program.cap_day_fg, compute_hard_day_fg(config))
        and is_no_larger(state.program.cap_hour_fg, compute_hard_hour_fg(config))
    )


def staged_is_well_formed(config: Config, state: State) -> bool:
    """What waits for confirmation is well formed."""
    return is_prescription_well_formed(state.staged.prescription) and is_within(state.staged.prime_nl, 0, PATH_NL_MAX)


def staged_has_not_expired(config: Config, state: State) -> bool:
    """What waits for confirmation has some of its life left."""
    return implies(state.staged.is_staged, state.tick <= state.staged.expires_tick)


def is_fluid_well_formed(fluid: Fluid) -> bool:
    """Whether the intervals of a fluid are ordered, and bounded by what can be written down."""
    return all(0 <= lo <= hi <= CONCENTRATION_FG_PER_NL_MAX for lo, hi in zip(fluid.lo, fluid.hi))


def fluids_are_within_limits(config: Config, state: State) -> bool:
    """Intervals are ordered and bounded; the reservoir's lower end covers a pulse in flight."""
    doubtful_nl = config.pump.pulse_volume_nl if state.flight.is_pending else 0
    return (
        is_fluid_well_formed(state.path.old)
        and is_fluid_well_formed(state.reservoir.fluid)
        and 0 <= state.path.volume_lo_nl <= state.path.volume_hi_nl <= PATH_NL_MAX
        and 0 <= state.path.front_lo_nl <= state.path.front_hi_nl <= PATH_NL_MAX
        and doubtful_nl <= state.reservoir.volume_lo_nl <= state.reservoir.volume_hi_nl <= 2 * RESERVOIR_NL_MAX
        and state.reservoir.volume_lo_nl <= RESERVOIR_NL_MAX
    )


def pulse_bounds_are_those_of_the_fluids(config: Config, state: State) -> bool:
    """The bounds of the first drug's pulse are those of the two fluids in the path."""
    old = state.path.old.hi[0]
    new = state.reservoir.fluid.hi[0]
    return (
        state.path.pulse_fg_min == min(old, new) * config.pump.pulse_volume_nl
        and state.path.pulse_fg_max == max(old, new) * config.pump.pulse_volume_nl
    )


def slot_bound_is_what_the_motor_can_give(config: Config, state: State) -> bool:
    """The largest slot is at most what pulses at the shortest interval bring of the weakest fluid."""
    path = state.path
    return (
        path.slot_fg_max >= 0
        and path.slot_fg_max * config.pump.pulse_interval_s <= SLOT_S * path.pulse_fg_min
        and 0 <= path.pulse_fg_min <= path.pulse_fg_max
    )


def is_ratio_of_fluid(ratio: Ratio, fluid: Fluid, drug: int) -> bool:
    """Whether a fluid brings no more of a drug than a ratio says."""
    return implies(fluid.hi[0] > 0, fluid.hi[drug] * ratio.first_fg_per_nl <= ratio.drug_fg_per_nl * fluid.hi[0])


def is_ratio_well_formed(ratio: Ratio) -> bool:
    """Whether a ratio's terms are within limits; the lower one is never 0."""
    return is_within(ratio.drug_fg_per_nl, 0, CONCENTRATION_FG_PER_NL_MAX) and is_within(
        ratio.first_fg_per_nl, 1, CONCENTRATION_FG_PER_NL_MAX
    )


def is_ratio_no_larger(left: Ratio, right: Ratio) -> bool:
    """Whether ``left`` brings no more of its drug with the same mass of the first."""
    return left.drug_fg_per_nl * right.first_fg_per_nl <= right.drug_fg_per_nl * left.first_fg_per_nl


def is_share(first_fg: int, ratio: Ratio, drug_fg: int) -> bool:
    """Whether a drug's mass is at least what comes with a mass of the first one, or beyond all limits."""
    return drug_fg >= MASS_FG_BEYOND_LIMITS or (first_fg * ratio.drug_fg_per_nl <= drug_fg * ratio.first_fg_per_nl)


def ratios_are_well_formed(config: Config, state: State) -> bool:
    """Every ratio kept has terms within limits."""
    return (
        all(is_ratio_well_formed(ratio) for ratio in state.path.ratios)
        and all(is_ratio_well_formed(ratio) for ratio in state.basal.current.ratios)
        and all(is_ratio_well_formed(ratio) for ratio in state.basal.previous.ratios)
    )


def ratios_hold_for_both_fluids(config: Config, state: State) -> bool:
    """Neither fluid brings more of a drug with the first than the path's ratios say."""
    return all(
        is_ratio_of_fluid(state.path.ratios[i], state.path.old, i)
        and is_ratio_of_fluid(state.path.ratios[i], state.reservoir.fluid, i)
        for i in range(4)
    )


def delivery_needs_an_admitted_program(config: Config, state: State) -> bool:
    """What is delivered is programmed, admitted, and of fluids that hold the first drug."""
    return (
        implies(is_running(state) or state.mode == Mode.STALLED or state.mode == Mode.EMPTY, state.is_admitted)
        and implies(state.is_admitted, state.is_programmed)
        and implies(state.mode == Mode.UNPROGRAMMED, not state.is_programmed)
        and implies(state.flight.is_pending and state.flight.is_basal, state.is_admitted)
    )


def admitted_fluids_hold_the_first_drug(config: Config, state: State) -> bool:
    """An admitted program runs on declared fluids, each with some of the first drug."""
    return implies(
        state.is_admitted,
        state.path.is_declared and state.path.old.lo[0] >= 1 and state.reservoir.fluid.lo[0] >= 1,
    )


def admitted_fluids_are_within_concentration_limits(config: Config, state: State) -> bool:
    """An admitted program runs on known fluids within the library's concentration limits."""
    return implies(
        state.is_admitted,
        state.path.old.is_known
        and state.reservoir.fluid.is_known
        and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(state.path.old.hi, config.library))
        and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(state.reservoir.fluid.hi, config.library)),
    )


def admitted_slots_are_at_least_the_minimum_rate(config: Config, state: State) -> bool:
    """No slot of an admitted program is below what the pump's minimum rate brings of the strongest fluid."""
    strongest_fg_per_nl = max(state.path.old.hi[0], state.reservoir.fluid.hi[0])
    least_fg = config.pump.slot_volume_nl_min * strongest_fg_per_nl
    return implies(state.is_admitted, all(slot >= least_fg for slot in state.program.slots_fg))


def admitted_slots_can_be_delivered(config: Config, state: State) -> bool:
    """No slot of an admitted program asks for more pulses than the motor can give of the weakest fluid."""
    return implies(state.is_admitted, all(0 <= slot <= state.path.slot_fg_max for slot in state.program.slots_fg))


def owed_is_at_most_one_pulse_and_an_interval(config: Config, state: State) -> bool:
    """What is owed is at most one pulse, and what falls due while the motor waits for its interval."""
    waited_s = min(state.tick - state.flight.ordered_tick, config.pump.pulse_interval_s - 1)
    return 0 <= state.basal.owed_fg_1800 <= SLOT_S * state.path.pulse_fg_max + waited_s * state.path.slot_fg_max


def owed_while_priming_is_at_most_one_pulse(config: Config, state: State) -> bool:
    """While the path is primed, no more than a pulse of basal is owed, however often the motor turns."""
    return implies(state.mode == Mode.PRIMING, state.basal.owed_fg_1800 <= SLOT_S * state.path.pulse_fg_max)


def owed_is_at_most_two_pulses(config: Config, state: State) -> bool:
    """What is owed is at most two of the largest pulses of the fluids."""
    return 0 <= state.basal.owed_fg_1800 <= 2 * SLOT_S * state.path.pulse_fg_max


def active_bolus_is_accounted_for(config: Config, state: State) -> bool:
    """An active bolus runs in its mode, and what it gave and what is left make its mass."""
    bolus = state.bolus
    return implies(
        bolus.is_active,
        state.mode == (Mode.PRIMING if bolus.is_prime else Mode.DELIVERING)
        and 0 <= bolus.left_fg <= bolus.mass_fg <= MASS_FG_MAX
        and bolus.given_fg[0] == bolus.mass_fg - bolus.left_fg
        and bolus.reserved_fg[0] == bolus.mass_fg
        and all(is_within(reserved, 0, MASS_FG_MAX) for reserved in bolus.reserved_fg)
        and is_within(bolus.duration_s, 1, DAY_S),
    )


def masses_of_the_bolus_are_within_limits(config: Config, state: State) -> bool:
    """What a bolus gave of every drug is not negative, and what is reserved for it is at most beyond limits."""
    return all(given >= 0 for given in state.bolus.given_fg) and all(
        is_within(reserved, 0, MASS_FG_BEYOND_LIMITS) for reserved in state.bolus.reserved_fg
    )


def no_bolus_is_left_behind(config: Config, state: State) -> bool:
    """While no bolus is active, its place holds what it holds before the first one."""
    return state.bolus.is_active or state.bolus == NO_BOLUS


def active_bolus_keeps_its_ratios(config: Config, state: State) -> bool:
    """What an active bolus gave of every drug comes with what it gave of the first, and was reserved."""
    bolus = state.bolus
    return implies(
        bolus.is_active and not bolus.is_prime,
        all(
            bolus.given_fg[i] * state.path.ratios[i].first_fg_per_nl
            <= bolus.given_fg[0] * state.path.ratios[i].drug_fg_per_nl
            and is_share(bolus.mass_fg, state.path.ratios[i], bolus.reserved_fg[i])
            for i in range(1, DRUG_COUNT)
        ),
    )


def a_prime_is_a_bolus_in_a_mode_of_its_own(config: Config, state: State) -> bool:
    """The pump primes exactly while a prime runs, which is nobody's bolus, through a path that is declared."""
    bolus = state.bolus
    return implies(
        state.mode == Mode.PRIMING,
        bolus.is_active and bolus.is_prime and not bolus.is_patient and state.path.is_declared,
    ) and implies(
        bolus.is_active and bolus.is_prime,
        is_within(bolus.pulses_left, 0, QUOTIENT_END) and is_no_larger(bolus.given_fg, bolus.reserved_fg),
    )


def primed_fluids_are_within_concentration_limits(config: Config, state: State) -> bool:
    """What is primed are known fluids within the library's concentration limits."""
    return implies(
        state.mode == Mode.PRIMING,
        state.path.old.is_known
        and state.reservoir.fluid.is_known
        and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(state.path.old.hi, config.library))
        and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(state.reservoir.fluid.hi, config.library)),
    )


def compute_ended_since_fg(ledger: Ledger, since_tick: int) -> Masses:
    """What boluses that ended after a tick have brought."""
    return (
        sum(entry.given_fg[0] for entry in ledger if entry.end_tick > since_tick),
        sum(entry.given_fg[1] for entry in ledger if entry.end_tick > since_tick),
        sum(entry.given_fg[2] for entry in ledger if entry.end_tick > since_tick),
        sum(entry.given_fg[3] for entry in ledger if entry.end_tick > since_tick),
    )


def active_bolus_leaves_room_for_the_day(config: Config, state: State) -> bool:
    """An active bolus, those of the last 24 h and the worst basal of any 24 h stay under every cap together."""
    ended_fg = compute_ended_since_fg(state.ledger, state.tick - DAY_S)
    return implies(
        state.bolus.is_active,
        all(
            ended + reserved + basal <= cap
            for ended, reserved, basal, cap in zip(
                ended_fg, state.bolus.reserved_fg, state.basal.envelope.day_fg, state.program.cap_day_fg
            )
        ),
    )


def active_bolus_leaves_room_for_the_hour(config: Config, state: State) -> bool:
    """An active bolus, those of the last hour and the worst basal of any hour stay under every cap together."""
    ended_fg = compute_ended_since_fg(state.ledger, state.tick - HOUR_S)
    return implies(
        state.bolus.is_active,
        all(
            ended + reserved + basal <= cap
            for ended, reserved, basal, cap in zip(
                ended_fg, state.bolus.reserved_fg, state.basal.envelope.hour_fg, state.program.cap_hour_fg
            )
        ),
    )


def reserves_are_not_negative(config: Config, state: State) -> bool:
    """No reserve is negative, and none is beyond what stands for "more than any limit" and a pulse."""
    return (
        all(is_within(fg, 0, MASS_FG_BEYOND_LIMITS) for fg in state.basal.envelope.day_fg)
        and all(is_within(fg, 0, MASS_FG_BEYOND_LIMITS) for fg in state.basal.envelope.hour_fg)
        and all(is_within(fg, 0, MASS_FG_BEYOND_LIMITS) for fg in state.basal.program.day_fg)
        and all(is_within(fg, 0, MASS_FG_BEYOND_LIMITS) for fg in state.basal.program.hour_fg)
    )


def is_generation_well_formed(generation: Generation) -> bool:
    """Whether what was in force is within the kernel's limits."""
    return all(is_within(slot, 0, MASS_FG_MAX) for slot in generation.slots_fg) and is_within(
        generation.pulse_fg, 0, MASS_FG_MAX
    )


def generations_are_well_formed(config: Config, state: State) -> bool:
    """What was in force is within the kernel's limits."""
    return is_generation_well_formed(state.basal.current) and is_generation_well_formed(state.basal.previous)


def compute_sum_of_larger_fg(left: Slots, right: Slots) -> int:
    """The day's basal if each slot were the larger of two."""
    return sum(max(a, b) for a, b in zip(left, right))


def envelope_holds_both_generations(config: Config, state: State) -> bool:
    """The envelope is at least a day of the larger of each slot since the boundary but one, and two pulses."""
    basal = state.basal
    pulse_fg = max(basal.previous.pulse_fg, basal.current.pulse_fg)
    return (
        compute_sum_of_larger_fg(basal.previous.slots_fg, basal.current.slots_fg) + 2 * pulse_fg
        <= basal.envelope.day_fg[0]
    )


def compute_next_slots(slots: Slots) -> Slots:
    """For each slot the one that follows it, the day's first after its last."""
    return slots[1:SLOT_COUNT] + slots[0:1]


def envelope_holds_the_hours_of_both_generations(config: Config, state: State) -> bool:
    """The envelope is at least any two neighbouring slots, each the larger of both generations', and two pulses."""
    basal = state.basal
    pulse_fg = max(basal.previous.pulse_fg, basal.current.pulse_fg)
    larger = tuple(max(a, b) for a, b in zip(basal.previous.slots_fg, basal.current.slots_fg))
    return all(a + b + 2 * pulse_fg <= basal.envelope.hour_fg[0] for a, b in zip(larger, compute_next_slots(larger)))


def envelope_holds_the_shares_of_both_generations(config: Config, state: State) -> bool:
    """The envelope of every drug is at least its share of the first one's, by the ratios of both generations."""
    basal = state.basal
    day_fg = basal.envelope.day_fg
    hour_fg = basal.envelope.hour_fg
    return all(
        is_share(day_fg[0], basal.previous.ratios[i], day_fg[i])
        and is_share(day_fg[0], basal.current.ratios[i], day_fg[i])
        and is_share(hour_fg[0], basal.previous.ratios[i], hour_fg[i])
        and is_share(hour_fg[0], basal.current.ratios[i], hour_fg[i])
        for i in range(1, DRUG_COUNT)
    )


def admitted_program_is_in_the_current_generation(config: Config, state: State) -> bool:
    """What is in force is part of what was in force since the last daily boundary."""
    current = state.basal.current
    return implies(
        state.is_admitted,
        all(a <= b for a, b in zip(state.program.slots_fg, current.slots_fg))
        and state.path.pulse_fg_max <= current.pulse_fg
        and all(is_ratio_no_larger(a, b) for a, b in zip(state.path.ratios, current.ratios)),
    )


def admitted_program_fits_under_its_caps(config: Config, state: State) -> bool:
    """The worst basal of the program alone is within its own caps."""
    program = state.basal.program
    return implies(
        state.is_admitted,
        is_no_larger(program.day_fg, state.program.cap_day_fg)
        and is_no_larger(program.hour_fg, state.program.cap_hour_fg)
        and sum(slot for slot in state.program.slots_fg) + 2 * state.path.pulse_fg_max == program.day_fg[0]
        and all(
            a + b + 2 * state.path.pulse_fg_max <= program.hour_fg[0]
            for a, b in zip(state.program.slots_fg, compute_next_slots(state.program.slots_fg))
        )
        and all(
            is_share(program.day_fg[0], state.path.ratios[i], program.day_fg[i])
            and is_share(program.hour_fg[0], state.path.ratios[i], program.hour_fg[i])
            for i in range(1, DRUG_COUNT)
        ),
    )


def is_entry_well_formed(entry: LedgerEntry, tick: int) -> bool:
    """Whether an entry began before it ended, in the past, and an unused one holds nothing."""
    return (
        0 <= entry.start_tick <= entry.end_tick <= tick
        and all(is_within(given, 0, MASS_FG_BEYOND_LIMITS) for given in entry.given_fg)
        and implies(not entry.is_used, not entry.is_patient and all(given == 0 for given in entry.given_fg))
    )


def ledger_is_well_formed(config: Config, state: State) -> bool:
    """Every entry began before it ended, in the past; an unused one holds nothing."""
    return all(is_entry_well_formed(entry, state.tick) for entry in state.ledger)


def active_bolus_has_room_in_the_ledger(config: Config, state: State) -> bool:
    """While a bolus runs, the oldest entry counts no more, so that nothing is forgotten when it ends."""
    oldest = state.ledger[LEDGER_LENGTH - 1]
    return implies(state.bolus.is_active, not oldest.is_used or oldest.end_tick <= state.tick - DAY_S)


def flight_is_a_pulse_of_the_fluids(config: Config, state: State) -> bool:
    """A pulse in flight has at most the mass of the largest pulse of the fluids."""
    flight = state.flight
    return implies(flight.is_pending, 0 <= flight.first_lo_fg <= flight.first_fg <= state.path.pulse_fg_max)


def masses_of_the_flight_are_within_limits(config: Config, state: State) -> bool:
    """What a pulse brings, in flight or landed, is a mass."""
    return is_within(state.flight.first_fg, 0, MASS_FG_MAX) and is_within(state.flight.first_lo_fg, 0, MASS_FG_MAX)


def lockout_covers_the_program(config: Config, state: State) -> bool:
    """The lockout that runs is at least that of the program."""
    return is_within(state.lockout.lockout_s, 0, DAY_S) and implies(
        state.lockout.has_ended, state.program.lockout_s <= state.lockout.lockout_s
    )


def device_is_within_limits(config: Config, state: State) -> bool:
    """Times of failures, gaps and deadlines lie in the past, or a day ahead where something is locked."""
    device = state.device
    return (
        all(NEVER_TICK <= tick <= state.tick for tick in device.failure_ticks)
        and all(a >= b for a, b in zip(device.failure_ticks[0:4], device.failure_ticks[1:5]))
        and is_within(device.missed_s, 0, TICK_MAX)
        and is_within(device.replacement_clock_s, 0, state.tick + device.missed_s)
        and is_within(device.unknown_until_tick, 0, TICK_MAX + DAY_S)
        and is_within(state.reservoir.filled_clock_s, 0, state.tick + device.missed_s)
    )


def therapy_is_within_limits(config: Config, state: State) -> bool:
    """Time off therapy is bounded, a discrepancy is one of three."""
    therapy = state.therapy
    return (
        is_within(therapy.off_s, 0, TICK_MAX)
        and is_within(therapy.discrepancy, -1, 1)
        and is_within(therapy.last_discrepancy, -1, 1)
        and implies(therapy.discrepancy != 0, therapy.discrepancy == therapy.last_discrepancy)
        and all(is_within(fg, 0, LACKING_FG_1800_MAX) for fg in therapy.lacking_fg_1800)
    )


def are_masses(masses_fg: Masses) -> bool:
    """Whether no mass is negative, or beyond what stands for more than any limit."""
    return all(is_within(fg, 0, MASS_FG_BEYOND_LIMITS) for fg in masses_fg)


def totals_are_within_limits(config: Config, state: State) -> bool:
    """Day totals are masses, none beyond what stands for more than any limit."""
    titration = state.titration
    return (
        all(is_within(fg, 0, MASS_FG_BEYOND_LIMITS) for fg in titration.total_fg)
        and is_within(titration.volume_nl, 0, QUOTIENT_END)
        and all(are_masses(day.least_fg) for day in titration.days)
        and all(are_masses(day.most_fg) for day in titration.days)
    )


def totals_are_those_of_the_program(config: Config, state: State) -> bool:
    """The first drug's total is the sum of the slots, and today's least and most enclose it."""
    total_fg = compute_day_fg(state.program.slots_fg) if state.is_programmed else 0
    today = state.titration.days[0]
    return state.titration.total_fg[0] == total_fg and today.least_fg[0] <= total_fg <= today.most_fg[0]


def alarms_follow_their_conditions(config: Config, state: State) -> bool:
    """Every alarm whose condition holds is active; an acknowledged one is active and its condition holds."""
    conditions = compute_conditions(config, state)
    return all(
        implies(holds, alarm.is_active)
        and implies(alarm.is_acknowledged, holds and alarm.is_active)
        and implies(not alarm.is_active, alarm.quiet_until_tick == 0)
        and is_within(alarm.quiet_until_tick, 0, TICK_MAX + DAY_S)
        for holds, alarm in zip(conditions, state.alarms)
    )


INVARIANT = (
    ticks_are_ordered,
    service_ends_at_its_last_tick,
    program_is_within_limits,
    staged_is_well_formed,
    staged_has_not_expired,
    fluids_are_within_limits,
    pulse_bounds_are_those_of_the_fluids,
    slot_bound_is_what_the_motor_can_give,
    ratios_are_well_formed,
    ratios_hold_for_both_fluids,
    delivery_needs_an_admitted_program,
    admitted_fluids_hold_the_first_drug,
    admitted_fluids_are_within_concentration_limits,
    admitted_slots_are_at_least_the_minimum_rate,
    admitted_slots_can_be_delivered,
    owed_is_at_most_one_pulse_and_an_interval,
    owed_while_priming_is_at_most_one_pulse,
    owed_is_at_most_two_pulses,
    active_bolus_is_accounted_for,
    masses_of_the_bolus_are_within_limits,
    no_bolus_is_left_behind,
    active_bolus_keeps_its_ratios,
    a_prime_is_a_bolus_in_a_mode_of_its_own,
    primed_fluids_are_within_concentration_limits,
    active_bolus_leaves_room_for_the_day,
    active_bolus_leaves_room_for_the_hour,
    reserves_are_not_negative,
    generations_are_well_formed,
    envelope_holds_both_generations,
    envelope_holds_the_hours_of_both_generations,
    envelope_holds_the_shares_of_both_generations,
    admitted_program_is_in_the_current_generation,
    admitted_program_fits_under_its_caps,
    ledger_is_well_formed,
    active_bolus_has_room_in_the_ledger,
    flight_is_a_pulse_of_the_fluids,
    masses_of_the_flight_are_within_limits,
    lockout_covers_the_program,
    device_is_within_limits,
    therapy_is_within_limits,
    totals_are_within_limits,
    totals_are_those_of_the_program,
    alarms_follow_their_conditions,
)
