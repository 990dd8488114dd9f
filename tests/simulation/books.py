# SPDX-License-Identifier: Apache-2.0
"""The kernel's books against an account that keeps every pulse: what they must agree on after each step."""

from thecal.ledger import compute_given_day_fg, compute_given_hour_fg, compute_patient_count, is_locked_out
from thecal.state import State
from thecal.units import DAY_S, HOUR_S, is_no_larger
from thecal_specs.reference import Reference


def boluses_of_a_day_are_in_the_ledger(state: State, reference: Reference) -> bool:
    return compute_given_day_fg(state.ledger, state.tick) == reference.compute_boluses_fg(state.tick, DAY_S)


def boluses_of_an_hour_are_in_the_ledger(state: State, reference: Reference) -> bool:
    return compute_given_hour_fg(state.ledger, state.tick) == reference.compute_boluses_fg(state.tick, HOUR_S)


def patient_boluses_of_a_day_are_counted(state: State, reference: Reference) -> bool:
    is_running = state.bolus.is_active and state.bolus.is_patient and state.bolus.start_tick > state.tick - DAY_S
    count = compute_patient_count(state.ledger, state.tick) + is_running
    return count == reference.count_patient_starts(state.tick, DAY_S)


def a_lockout_is_not_shorter_than_any_in_force(state: State, reference: Reference) -> bool:
    return is_locked_out(state.lockout, state.tick) or state.tick >= reference.compute_locked_until()


def the_reservoir_is_what_the_pulses_left_of_it(state: State, reference: Reference) -> bool:
    return (state.reservoir.volume_lo_nl, state.reservoir.volume_hi_nl) == reference.compute_reservoir_nl()


def the_front_is_where_the_pulses_brought_it(state: State, reference: Reference) -> bool:
    return (state.path.front_lo_nl, state.path.front_hi_nl) == reference.compute_front_nl()


def what_is_owed_was_scheduled_and_not_given(state: State, reference: Reference) -> bool:
    missing_fg_1800 = reference.compute_basal_fg_1800()
    owed_fg_1800 = state.basal.owed_fg_1800
    return owed_fg_1800 <= missing_fg_1800 if reference.has_forgone else owed_fg_1800 == missing_fg_1800


def any_day_and_hour_stay_under_the_largest_cap_in_force(state: State, reference: Reference) -> bool:
    """Over windows of a day and an hour that end now, and shorter ones that began with a program."""
    tick = state.tick
    spans_s = {DAY_S, HOUR_S, *(tick - program.tick for program in reference.programs[-3:])}
    for span_s in spans_s:
        day_fg, hour_fg = reference.find_largest_caps_fg(tick, span_s)
        given_fg = reference.compute_upper_fg(tick, span_s)
        if span_s <= DAY_S and not is_no_larger(given_fg, day_fg):
            return False
        if span_s <= HOUR_S and not is_no_larger(given_fg, hour_fg):
            return False
    return True


def the_lower_book_is_below_the_upper(state: State, reference: Reference) -> bool:
    lower_fg = reference.compute_lower_fg(state.tick, DAY_S)
    return is_no_larger(lower_fg, reference.compute_upper_fg(state.tick, DAY_S))


BOOKS = (
    boluses_of_a_day_are_in_the_ledger,
    boluses_of_an_hour_are_in_the_ledger,
    patient_boluses_of_a_day_are_counted,
    a_lockout_is_not_shorter_than_any_in_force,
    the_reservoir_is_what_the_pulses_left_of_it,
    the_front_is_where_the_pulses_brought_it,
    what_is_owed_was_scheduled_and_not_given,
    any_day_and_hour_stay_under_the_largest_cap_in_force,
    the_lower_book_is_below_the_upper,
)
