# SPDX-License-Identifier: Apache-2.0
"""Whether a loaded state may be run: every fact that the kernel keeps of its states holds of this one.

The same facts are the invariant of the proofs; a test holds the two together.
"""

from thecal.limits import Config
from thecal.soundness import implies, is_sound
from thecal.state import NO_BOLUS, Generation, Ledger, LedgerEntry, Mode, Ratio, State
from thecal.units import (
    DAY_S,
    DRUG_COUNT,
    HOUR_S,
    LEDGER_LENGTH,
    MASS_FG_BEYOND_LIMITS,
    MASS_FG_MAX,
    QUOTIENT_END,
    SLOT_COUNT,
    Masses,
    Slots,
    compute_day_fg,
    is_no_larger,
    is_within,
)


def is_ratio_no_larger(left: Ratio, right: Ratio) -> bool:
    """Whether ``left`` brings no more of its drug with the same mass of the first."""
    return left.drug_fg_per_nl * right.first_fg_per_nl <= right.drug_fg_per_nl * left.first_fg_per_nl


def is_share(first_fg: int, ratio: Ratio, drug_fg: int) -> bool:
    """Whether a drug's mass is at least what comes with a mass of the first one, or beyond all limits."""
    return drug_fg >= MASS_FG_BEYOND_LIMITS or (first_fg * ratio.drug_fg_per_nl <= drug_fg * ratio.first_fg_per_nl)


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


def are_books_sound(config: Config, state: State) -> bool:
    """Whether bolus, ledger, reserves and totals of a state are those that the kernel leaves."""
    return (
        active_bolus_is_accounted_for(config, state)
        and masses_of_the_bolus_are_within_limits(config, state)
        and no_bolus_is_left_behind(config, state)
        and active_bolus_keeps_its_ratios(config, state)
        and a_prime_is_a_bolus_in_a_mode_of_its_own(config, state)
        and active_bolus_leaves_room_for_the_day(config, state)
        and active_bolus_leaves_room_for_the_hour(config, state)
        and reserves_are_not_negative(config, state)
        and generations_are_well_formed(config, state)
        and envelope_holds_both_generations(config, state)
        and envelope_holds_the_hours_of_both_generations(config, state)
        and envelope_holds_the_shares_of_both_generations(config, state)
        and admitted_program_is_in_the_current_generation(config, state)
        and admitted_program_fits_under_its_caps(config, state)
        and ledger_is_well_formed(config, state)
        and active_bolus_has_room_in_the_ledger(config, state)
        and totals_are_within_limits(config, state)
        and totals_are_those_of_the_program(config, state)
    )


def is_intact(config: Config, state: State) -> bool:
    """Whether a state is one that the kernel may go on from, under this configuration."""
    return state.config_digest == config.digest and is_sound(config, state) and are_books_sound(config, state)
