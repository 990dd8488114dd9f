# SPDX-License-Identifier: Apache-2.0
"""What helps the solver. A hint never changes what is proved, only how it is asked.

Most cells are helped by what their last proof needed, as `cores.json` remembers it (`python -m thecal_proofs --learn`
writes it anew). What stands here was found by thinking, for cells without one. Where neither suffices, everything is
tried.

Keys are a property's ID or a conjunct's name, alone or with an event: `"OVR-01"`, `("inv_order", "SecondPassed")`.
The more particular key wins.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

QUERIES = 6_000


@dataclass(frozen=True, slots=True)
class Split:
    """Try each value of an integer leaf by itself; that no other value is possible is proved as well."""

    leaf: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """How one cell is asked.

    `uses`: the hypotheses to take from at first (all are tried if these do not suffice). `split`: cases, crossed.
    `at_once`: take all of these at once, for a sum needs the bound of every summand. `each`: prove the conjuncts of
    the goal one by one. `queries`: how many questions a cell may cost before it is called undecided. `is_learnt`: or no
    script is made of its proof, where what a search came upon cannot be asked again. `either`: sets of hypotheses, with
    one or another of which each piece of the goal is settled in a few questions, and lost with the wrong one.
    """

    uses: tuple[str, ...] | None = None
    split: tuple[Split, ...] = ()
    at_once: bool = False
    each: bool = False
    queries: int = QUERIES
    is_learnt: bool = True
    either: tuple[tuple[str, ...], ...] = ()


NO_HINT = Hint()
Key: TypeAlias = str | tuple[str, str]


def uses(*names: str, at_once: bool = False) -> Hint:
    """The conjuncts that suffice."""
    return Hint(uses=names, at_once=at_once)


SECOND = "SecondPassed"
SECONDS = "SecondsPassed"
SECONDS_OF_A_DAY = "seconds_of_a_day_are_those_of_a_slot"

WAY_TO_A_PROGRAM = (
    "active_bolus_is_accounted_for",
    "delivery_needs_an_admitted_program",
    "fluids_are_within_limits",
    "generations_are_well_formed",
    "least_flow_is_within_hard_limits",
    "least_flow_takes_pulses_that_can_be_counted",
    "ledger_is_well_formed",
    "program_is_within_limits",
    "pulse_bounds_are_those_of_the_fluids",
    "ratios_are_well_formed",
    "staged_is_well_formed",
    "ticks_are_ordered",
)

QUIET = (
    "admitted_slots_are_at_least_the_minimum_rate",
    "delivery_needs_an_admitted_program",
    "fluids_are_within_limits",
    "program_is_within_limits",
    "therapy_is_within_limits",
)
QUIET_ALARM = (
    "a_prime_is_a_bolus_in_a_mode_of_its_own",
    "alarms_follow_their_conditions",
    "fluids_are_within_limits",
    "service_ends_at_its_last_tick",
    "therapy_is_within_limits",
    "totals_are_within_limits",
)
QUIET_TICK = (
    *QUIET,
    "a_prime_is_a_bolus_in_a_mode_of_its_own",
    "alarms_follow_their_conditions",
    "service_ends_at_its_last_tick",
)

HINTS: Mapping[Key, Hint] = {
    "seconds_named_quiet_are_quiet": uses(*QUIET),
    "the_first_of_quiet_seconds_is_quiet": uses(*QUIET),
    "a_quiet_second_is_a_tick": uses(*QUIET_TICK),
    "a_quiet_tick_leaves_therapy_as_lacking_as_it_was": uses(*QUIET_ALARM),
    "a_quiet_tick_leaves_every_other_alarm_as_it_was": uses(*QUIET_TICK),
    "seconds_of_one_slot_plan_the_same": uses("ticks_are_ordered"),
    "seconds_of_one_slot_end_no_three_hours": uses("ticks_are_ordered"),
    "after_a_quiet_second_deadlines_are_ahead": uses(*QUIET_TICK),
    "after_a_quiet_second_no_pulse_is_due": uses(*QUIET),
    "after_a_quiet_second_no_more_is_lacking": uses(*QUIET),
    "quiet_seconds_pass_one_after_the_other": uses(*QUIET),
    "one_event_of_quiet_seconds_passes_them": uses(*QUIET_TICK),
    "quiet_seconds_leave_therapy_as_lacking_as_it_was": uses(*QUIET_TICK),
    "quiet_seconds_leave_every_other_alarm_as_it_was": uses(*QUIET_TICK),
    "more_seconds_than_quiet_ones_are_refused": uses(*QUIET_TICK),
    "active_bolus_stays_within_what_was_reserved": uses(
        "active_bolus_is_accounted_for",
        "active_bolus_keeps_its_ratios",
        "masses_of_the_bolus_are_within_limits",
        "ratios_are_well_formed",
    ),
    "envelope_holds_the_shares_of_the_window": uses(
        "generations_hold_what_the_window_saw",
        "envelope_holds_the_shares_of_both_generations",
        "ratios_are_well_formed",
        "ratios_of_the_window_are_well_formed",
        "reserves_are_not_negative",
    ),
    ("due_is_bounded_by_its_seconds", SECONDS): uses(
        "due_is_bounded_by_its_seconds",
        "admitted_slots_are_at_least_the_minimum_rate",
        "delivery_needs_an_admitted_program",
        "fluids_are_within_limits",
        "program_is_within_limits",
        "window_holds_what_is_in_force",
    ),
    "due_of_a_day_is_bounded": uses("due_is_bounded_by_its_seconds", SECONDS_OF_A_DAY),
    "basal_of_a_day_is_bounded": uses(
        "basal_is_at_most_what_was_due",
        "due_in_all_is_that_of_the_slots",
        "due_of_a_day_is_bounded",
        "owed_is_at_most_two_pulses",
        "window_without_a_program_is_empty",
        "window_without_pulses_is_empty",
        at_once=True,
    ),
    "hour_touches_three_slots": uses("seconds_are_those_of_the_clock"),
    "nothing_else_is_due_in_an_hour": uses("due_is_bounded_by_its_seconds", "hour_touches_three_slots"),
    "slots_of_an_hour_are_due": uses("due_is_bounded_by_its_seconds", "hour_touches_three_slots", SECONDS_OF_A_DAY),
    "hours_of_the_window_are_reserved": uses(
        "generations_hold_what_the_window_saw", "envelope_holds_the_hours_of_both_generations"
    ),
    "boluses_ended_are_not_negative": uses("ledger_is_well_formed"),
    "basal_of_an_hour_is_bounded": uses(
        "basal_is_at_most_what_was_due",
        "due_in_all_is_that_of_the_slots",
        "slots_of_an_hour_are_due",
        "nothing_else_is_due_in_an_hour",
        "due_of_a_day_is_bounded",
        "owed_is_at_most_two_pulses",
        "window_without_a_program_is_empty",
        "window_without_pulses_is_empty",
        at_once=True,
    ),
    "hours_are_reserved": uses("hours_of_the_window_are_reserved", "unraised_window_is_the_program_it_began_with"),
    "basal_of_an_hour_is_reserved_in_each_slot": uses("basal_of_an_hour_is_bounded", "hours_are_reserved"),
    "basal_of_an_hour_is_reserved": uses("basal_of_an_hour_is_reserved_in_each_slot"),
    "reserves_of_the_window_are_within_limits": uses(
        "day_of_the_window_fits",
        "hour_of_the_window_fits",
        "caps_of_the_window_are_within_limits",
        "boluses_ended_are_not_negative",
        "masses_of_the_bolus_are_within_limits",
    ),
    "basal_of_a_day_is_reserved": uses(
        "basal_of_a_day_is_bounded",
        "envelope_holds_the_window",
        "unraised_window_is_the_program_it_began_with",
        "unraised_window_keeps_the_shares_of_its_program",
        "envelope_holds_the_shares_of_the_window",
        "basal_comes_with_the_first_drug",
        "ratios_of_the_window_are_well_formed",
        "reserves_of_the_window_are_within_limits",
    ),
    "basal_of_every_hour_is_reserved": uses(
        "basal_of_an_hour_is_reserved",
        "unraised_window_keeps_the_shares_of_its_program",
        "envelope_holds_the_shares_of_the_window",
        "basal_comes_with_the_first_drug",
        "ratios_of_the_window_are_well_formed",
        "reserves_of_the_window_are_within_limits",
    ),
    ("basal_comes_with_the_first_drug", SECOND): uses(
        "basal_comes_with_the_first_drug",
        "admitted_fluids_hold_the_first_drug",
        "delivery_needs_an_admitted_program",
        "fluids_are_within_limits",
        "ratios_are_well_formed",
        "ratios_hold_for_both_fluids",
        "ratios_of_the_window_are_well_formed",
        "window_holds_what_is_in_force",
        "closed_window_is_empty",
        "window_without_pulses_is_empty",
    ),
    "envelope_holds_the_shares_of_both_generations": uses(
        "admitted_program_is_in_the_current_generation",
        "envelope_holds_the_shares_of_both_generations",
        "generations_are_well_formed",
        "program_is_within_limits",
        "ratios_are_well_formed",
        "reserves_are_not_negative",
        "delivery_needs_an_admitted_program",
    ),
    "boluses_are_in_the_ledger": uses(
        "boluses_are_in_the_ledger",
        "active_bolus_of_the_window_is_booked",
        "active_bolus_has_room_in_the_ledger",
        "closed_window_is_empty",
        "ledger_is_well_formed",
        "ticks_are_ordered",
        "window_began_before",
        "window_without_pulses_is_empty",
    ),
    "starts_are_in_the_ledger": uses(
        "starts_are_in_the_ledger",
        "active_bolus_has_room_in_the_ledger",
        "closed_window_is_empty",
        "ledger_is_well_formed",
        "ticks_are_ordered",
        "window_began_before",
    ),
    ("given_is_in_the_upper_book", SECOND): Hint(
        uses=(
            "given_is_in_the_upper_book",
            "closed_window_is_empty",
            "window_without_pulses_is_empty",
            "flight_is_the_one_ordered",
            "fluids_are_within_limits",
            "front_encloses_the_truth",
            "path_fluid_encloses_the_truth",
            "reservoir_fluid_encloses_the_truth",
        ),
        each=True,
    ),
    ("CON-02", SECOND): Hint(
        uses=(
            "flight_is_the_one_ordered",
            "fluids_are_within_limits",
            "front_encloses_the_truth",
            "path_fluid_encloses_the_truth",
            "reservoir_encloses_the_truth",
            "reservoir_fluid_encloses_the_truth",
        ),
        each=True,
    ),
    "seconds_are_those_of_the_clock": uses(
        "seconds_are_those_of_the_clock", "window_began_before", "ticks_are_ordered"
    ),
    "day_of_the_window_fits": uses(
        "day_of_the_window_fits",
        "active_bolus_has_room_in_the_ledger",
        "active_bolus_leaves_room_for_the_day",
        "active_bolus_stays_within_what_was_reserved",
        "admitted_program_fits_under_its_caps",
        "delivery_needs_an_admitted_program",
        "ledger_is_well_formed",
        "program_is_within_limits",
        "reserves_are_not_negative",
        "ticks_are_ordered",
        "window_began_before",
        "window_holds_what_is_in_force",
    ),
    "hour_of_the_window_fits": uses(
        "hour_of_the_window_fits",
        "active_bolus_has_room_in_the_ledger",
        "active_bolus_leaves_room_for_the_hour",
        "active_bolus_stays_within_what_was_reserved",
        "admitted_program_fits_under_its_caps",
        "delivery_needs_an_admitted_program",
        "ledger_is_well_formed",
        "program_is_within_limits",
        "reserves_are_not_negative",
        "ticks_are_ordered",
        "window_began_before",
        "window_holds_what_is_in_force",
    ),
    "boluses_of_the_window_are_booked": uses(
        "boluses_are_in_the_ledger",
        "active_bolus_of_the_window_is_booked",
        "active_bolus_stays_within_what_was_reserved",
    ),
    "boluses_of_the_window_are_those_of_the_day": uses("ledger_is_well_formed", at_once=True),
    "program_is_in_the_envelope": uses(
        "admitted_program_is_in_the_current_generation", "envelope_holds_both_generations", at_once=True
    ),
    "OVR-01": uses(
        "basal_of_a_day_is_reserved",
        "boluses_of_the_window_are_booked",
        "day_of_the_window_fits",
        "given_is_in_the_books",
    ),
    "OVR-02": uses(
        "basal_of_every_hour_is_reserved",
        "boluses_of_the_window_are_booked",
        "hour_of_the_window_fits",
        "given_is_in_the_books",
    ),
    "CON-05": uses(
        "basal_of_a_day_is_reserved",
        "basal_of_every_hour_is_reserved",
        "boluses_of_the_window_are_booked",
        "day_of_the_window_fits",
        "hour_of_the_window_fits",
        "given_is_in_the_books",
        "admitted_fluids_are_within_concentration_limits",
        "delivery_needs_an_admitted_program",
        "path_fluid_encloses_the_truth",
        "reservoir_fluid_encloses_the_truth",
    ),
    ("OVR-04", "BolusAsked"): uses("starts_are_in_the_ledger", "starts_of_the_window_are_those_of_the_day"),
    ("RES-04", "BolusAsked"): uses(
        "admitted_fluids_hold_the_first_drug",
        "delivery_needs_an_admitted_program",
        "fluids_are_within_limits",
        "program_is_within_limits",
        "pulse_bounds_are_those_of_the_fluids",
        "what_is_behind_is_owed",
    ),
    ("RES-04", "ClinicianBolusAsked"): uses(
        "admitted_fluids_hold_the_first_drug",
        "delivery_needs_an_admitted_program",
        "fluids_are_within_limits",
        "program_is_within_limits",
        "pulse_bounds_are_those_of_the_fluids",
        "what_is_behind_is_owed",
    ),
    "reserves_are_not_negative": uses(
        "fluids_are_within_limits",
        "generations_are_well_formed",
        "ledger_is_well_formed",
        "masses_of_the_bolus_are_within_limits",
        "program_is_within_limits",
        "pulse_bounds_are_those_of_the_fluids",
        "ratios_are_well_formed",
        "reserves_are_not_negative",
        "staged_is_well_formed",
    ),
    "envelope_holds_the_hours_of_both_generations": uses(
        "admitted_program_is_in_the_current_generation",
        "envelope_holds_the_hours_of_both_generations",
        "generations_are_well_formed",
    ),
    "OVR-10": uses(
        "active_bolus_is_accounted_for",
        "active_bolus_leaves_room_for_the_day",
        "active_bolus_of_the_window_is_booked",
        "boluses_are_in_the_ledger",
        "boluses_of_the_window_are_those_of_the_day",
        "delivery_needs_an_admitted_program",
        "program_is_in_the_envelope",
        "pulse_bounds_are_those_of_the_fluids",
    ),
    "find_proposal_response": Hint(each=True),
    ("FLT-04", "RefillDone"): uses(
        "active_bolus_is_accounted_for", "delivery_needs_an_admitted_program", "fluids_are_within_limits"
    ),
    ("UND-05", "RefillDone"): Hint(
        uses=(
            "active_bolus_is_accounted_for",
            "delivery_needs_an_admitted_program",
            "device_is_within_limits",
            "fluids_are_within_limits",
            "ledger_is_well_formed",
            "ticks_are_ordered",
        ),
        queries=3_000,
    ),
    ("generations_hold_what_the_window_saw", "RefillDone"): Hint(each=True),
    "titration_days_enclose_the_sample": uses("samples_are_in_the_table", "ticks_are_ordered"),
    ("PRG-05", "PrescriptionConfirmed"): Hint(
        either=(
            ("titration_days_enclose_the_sample", "totals_are_those_of_the_program"),
            ("totals_are_within_limits",),
        ),
        is_learnt=False,
    ),
    "least_flow_is_within_hard_limits": uses("pulse_bounds_are_those_of_the_fluids"),
    "least_flow_takes_pulses_that_can_be_counted": uses(
        "pulse_bounds_are_those_of_the_fluids", "slot_bound_is_what_the_motor_can_give"
    ),
    "what_is_promised_is_three_pulses": uses("flight_is_a_pulse_of_the_fluids", "owed_is_at_most_two_pulses"),
    "what_lacks_is_in_the_whole_book": uses(
        "therapy_is_within_limits",
        "ticks_are_ordered",
        "what_is_promised_is_three_pulses",
        "what_lacks_is_in_the_book",
        "window_began_before",
    ),
    "too_much_in_the_book_alarms": uses(
        "alarms_follow_their_conditions",
        "program_is_within_limits",
        "therapy_is_within_limits",
        "totals_are_those_of_the_program",
    ),
    "UND-08": uses(
        "fluids_are_within_limits",
        "pulse_bounds_are_those_of_the_fluids",
        "too_much_in_the_book_alarms",
        "what_lacks_is_in_the_whole_book",
    ),
    ("UND-05", "PrescriptionConfirmed"): uses(*WAY_TO_A_PROGRAM),
    ("UND-05", "PrescriptionStaged"): uses(*WAY_TO_A_PROGRAM),
    "envelope_holds_the_window": uses(
        "generations_hold_what_the_window_saw", "envelope_holds_both_generations", at_once=True
    ),
}


CORES_FILE = Path(__file__).with_name("cores.json")


def read_cores(file: Path = CORES_FILE) -> dict[str, tuple[str, ...]]:
    """The hypotheses that the last proof of each cell needed, by the cell's name."""
    if not file.exists():
        return {}
    return {cell: tuple(names) for cell, names in json.loads(file.read_text(encoding="utf-8")).items()}


def write_cores(cores: Mapping[str, Sequence[str]], file: Path = CORES_FILE) -> None:
    """Remember them, one line a cell."""
    lines = [f"  {json.dumps(cell)}: {json.dumps(sorted(names))}" for cell, names in sorted(cores.items())]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def find_hint(subject: str, event: str, hints: Mapping[Key, Hint] = HINTS) -> Hint:
    """Return the hint for a cell."""
    return hints.get((subject, event)) or hints.get(subject) or NO_HINT
