# SPDX-License-Identifier: Apache-2.0
"""Too much drug: what must never be exceeded."""

from thecal.events import Event, PrimeConfirmed, SecondPassed
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.state import Mode, State
from thecal.units import DAY_S, HOUR_S, SLOT_S, Masses, compute_sum_fg, is_no_larger
from thecal_specs.ghost import Ghost, compute_largest_pulse_fg, is_running
from thecal_specs.logic import implies


def any_day_stays_under_the_largest_cap_in_force(after: State, ghost_after: Ghost) -> bool:
    """OVR-01: in any 24 h, what passed the tip of every drug, and the upper book, stay under the largest cap."""
    window = ghost_after.window
    return implies(
        window.is_open and after.tick - window.since_tick <= DAY_S,
        is_no_larger(compute_sum_fg(window.basal_fg, window.bolus_fg), window.cap_day_fg)
        and is_no_larger(window.given_fg, window.cap_day_fg),
    )


def any_hour_stays_under_the_largest_cap_in_force(after: State, ghost_after: Ghost) -> bool:
    """OVR-02: in any hour, what passed the tip of every drug, and the upper book, stay under the largest cap."""
    window = ghost_after.window
    return implies(
        window.is_open and after.tick - window.since_tick <= HOUR_S,
        is_no_larger(compute_sum_fg(window.basal_fg, window.bolus_fg), window.cap_hour_fg)
        and is_no_larger(window.given_fg, window.cap_hour_fg),
    )


def is_patient_start(before: State, after: State) -> bool:
    """Whether a patient bolus begins in this step."""
    return not before.bolus.is_active and after.bolus.is_active and after.bolus.is_patient


def patient_boluses_keep_the_lockout_between_them(before: State, after: State, ghost: Ghost) -> bool:
    """OVR-03: from the end of a bolus to the next patient bolus pass at least the largest lockout in force between."""
    last = ghost.last_bolus
    return implies(
        is_patient_start(before, after) and last.has_ended,
        after.tick - last.end_tick >= max(last.lockout_s, after.program.lockout_s),
    )


def any_day_starts_at_most_n_patient_boluses(before: State, after: State, ghost_after: Ghost) -> bool:
    """OVR-04: when a patient bolus starts, at most N, as in force then, have started in any 24 h up to it."""
    window = ghost_after.window
    return implies(
        window.is_open and after.tick - window.since_tick <= DAY_S and is_patient_start(before, after),
        window.starts <= after.program.bolus_count_max,
    )


def is_pulse_of_its_time(before: State, outcome: Outcome, after: State, ghost_after: Ghost) -> bool:
    """Whether a bolus has ordered no more than its mass over the part of its duration that has passed."""
    bolus = before.bolus
    elapsed_s = min(after.tick - bolus.start_tick, bolus.duration_s)
    return implies(
        outcome.pulse.is_ordered and not outcome.pulse.is_basal and not bolus.is_prime,
        ghost_after.course.bolus_fg[0] * bolus.duration_s <= bolus.mass_fg * elapsed_s,
    )


def is_bolus_over(config: Config, before: State, after: State) -> bool:
    """Whether a second in which a bolus ends found less of it than a pulse, or no fluid for one, or was the last."""
    volume_nl = config.pump.pulse_volume_nl
    doubtful_nl = volume_nl if before.flight.is_pending else 0
    return (
        before.bolus.left_fg < compute_largest_pulse_fg(config, before)
        or before.reservoir.volume_lo_nl - doubtful_nl - volume_nl < config.pump.residual_nl
        or after.mode == Mode.END_OF_SERVICE
    )


def a_bolus_gives_at_most_its_mass_alone_and_once(
    config: Config, before: State, event: Event, outcome: Outcome, after: State, ghost_after: Ghost
) -> bool:
    """OVR-05: a bolus orders at most its mass, in its time, and ends with it; one at a time, each begun by a grant."""
    is_second = isinstance(event, SecondPassed)
    was_bolus = before.bolus.is_active and not before.bolus.is_prime
    is_start = not before.bolus.is_active and after.bolus.is_active
    granted = Response.PRIME_BEGUN if after.bolus.is_prime else Response.BOLUS_GRANTED
    is_bolus = after.bolus.is_active and not after.bolus.is_prime
    return (
        implies(is_bolus, ghost_after.course.bolus_fg[0] <= ghost_after.course.asked_fg)
        and is_pulse_of_its_time(before, outcome, after, ghost_after)
        and implies(is_second and was_bolus and not after.bolus.is_active, is_bolus_over(config, before, after))
        and implies(after.bolus.is_active, is_no_larger(ghost_after.course.bolus_fg, after.bolus.reserved_fg))
        and implies(outcome.pulse.is_ordered and not outcome.pulse.is_basal, before.bolus.is_active)
        and implies(is_start, outcome.response == granted and after.bolus.start_tick == after.tick)
        and implies(
            before.bolus.is_active and after.bolus.is_active,
            after.bolus.start_tick == before.bolus.start_tick and after.bolus.reserved_fg == before.bolus.reserved_fg,
        )
    )


def pulses_keep_the_shortest_interval(config: Config, outcome: Outcome, after: State, ghost: Ghost) -> bool:
    """OVR-06: two pulses are never ordered closer than the pump's shortest interval."""
    return implies(
        outcome.pulse.is_ordered and ghost.course.has_ordered,
        after.tick - ghost.course.last_order_tick >= config.pump.pulse_interval_s,
    )


def basal_is_never_ahead_of_schedule(ghost_after: Ghost) -> bool:
    """OVR-07: basal in the upper book is never more than what was scheduled."""
    return ghost_after.course.credit_fg_1800 >= 0


def what_was_missed_is_never_made_up(config: Config, after: State, ghost_after: Ghost) -> bool:
    """OVR-08: from any second on, basal is at most what was due since then and two of the largest pulse in force."""
    window = ghost_after.window
    return implies(
        window.is_open,
        SLOT_S * window.basal_fg[0] <= sum(due for due in window.due_fg_1800) + 2 * SLOT_S * window.pulse_fg,
    )


def no_pulse_without_a_mode_and_a_prescription_that_deliver(
    before: State, event: Event, outcome: Outcome, ghost: Ghost
) -> bool:
    """OVR-09: a pulse is ordered by a second alone, for a confirmed and admitted program, or for a confirmed prime."""
    is_second = isinstance(event, SecondPassed)
    is_prime = before.mode == Mode.PRIMING and before.bolus.is_active and before.bolus.is_prime
    return implies(
        outcome.pulse.is_ordered,
        is_second and (is_prime or (is_running(before) and before.is_admitted and ghost.program.was_confirmed)),
    )


def basal_still_fits_beside_a_running_bolus(config: Config, after: State, ghost_after: Ghost) -> bool:
    """OVR-10: while a bolus runs, its rest, the boluses of 24 h and the worst basal of any 24 h fit under the cap."""
    window = ghost_after.window
    worst_fg = sum(slot for slot in after.program.slots_fg) + 2 * compute_largest_pulse_fg(config, after)
    return implies(
        after.bolus.is_active
        and not after.bolus.is_prime
        and window.is_open
        and after.tick - window.since_tick <= DAY_S,
        window.bolus_fg[0] + after.bolus.left_fg + worst_fg <= after.program.cap_day_fg[0],
    )


def is_prime_start(before: State, after: State) -> bool:
    """Whether a prime begins in this step."""
    return not before.bolus.is_active and after.bolus.is_active and after.bolus.is_prime


def is_what_was_read_back(before: State, event: Event) -> bool:
    """Whether an event confirms the prime that was staged, to the nanolitre."""
    if isinstance(event, PrimeConfirmed):
        return before.staged.is_staged and event.volume_nl == before.staged.prime_nl
    return False


def is_room_for_prime(after: State, ghost_after: Ghost, basal_fg: Masses, cap_fg: Masses) -> bool:
    """Whether boluses of a window, the prime and the worst basal in force fit under a cap."""
    return all(
        given + reserved + basal <= cap
        for given, reserved, basal, cap in zip(ghost_after.window.bolus_fg, after.bolus.reserved_fg, basal_fg, cap_fg)
    )


def is_prime_admitted(after: State, ghost_after: Ghost) -> bool:
    """Whether a prime that begins fits under the caps of every day and every hour that a window may be."""
    window = ghost_after.window
    basal = after.basal.envelope
    is_day = window.is_open and after.tick - window.since_tick <= DAY_S
    is_hour = window.is_open and after.tick - window.since_tick <= HOUR_S
    return implies(is_day, is_room_for_prime(after, ghost_after, basal.day_fg, after.program.cap_day_fg)) and implies(
        is_hour, is_room_for_prime(after, ghost_after, basal.hour_fg, after.program.cap_hour_fg)
    )


def is_prime_within_limits(config: Config, after: State) -> bool:
    """Whether a prime that begins is within the largest single bolus of each drug, and fits in the reservoir."""
    needed_nl = after.bolus.pulses_left * config.pump.pulse_volume_nl
    return (
        all(reserved <= drug.bolus_fg_max for reserved, drug in zip(after.bolus.reserved_fg, config.library))
        and after.reservoir.volume_lo_nl - needed_nl >= config.pump.residual_nl
    )


def a_prime_stays_within_path_ledgers_and_admission(
    config: Config, before: State, event: Event, after: State, ghost_after: Ghost
) -> bool:
    """OVR-11: a prime is confirmed, fits beside boluses and basal, moves at most the path, and is in the ledger."""
    course = ghost_after.course
    is_priming = after.bolus.is_active and after.bolus.is_prime
    is_over = before.bolus.is_active and before.bolus.is_prime and not after.bolus.is_active
    return (
        implies(is_prime_start(before, after), is_what_was_read_back(before, event) and not is_running(before))
        and implies(is_prime_start(before, after), is_prime_admitted(after, ghost_after))
        and implies(is_prime_start(before, after), is_prime_within_limits(config, after))
        and implies(is_priming, course.primed_nl < after.path.volume_hi_nl + config.pump.pulse_volume_nl)
        and implies(is_priming, is_no_larger(course.bolus_fg, after.bolus.reserved_fg))
        and implies(is_over, is_no_larger(course.bolus_fg, after.ledger[0].given_fg) and after.ledger[0].is_used)
        and implies(
            is_over and isinstance(event, SecondPassed) and not after.is_admitted and after.path.front_hi_nl <= 0,
            after.path.old == after.reservoir.fluid or after.mode == Mode.END_OF_SERVICE,
        )
    )


def one_pulse_is_in_flight_and_sequence_numbers_increase(
    config: Config, before: State, event: Event, outcome: Outcome, after: State, ghost: Ghost
) -> bool:
    """OVR-12: a new pulse has a larger number; one in flight is waited for, then booked as unknown before another."""
    doubtful_nl = config.pump.pulse_volume_nl if before.flight.is_pending else 0
    is_second = isinstance(event, SecondPassed)
    is_awaited = is_second and before.tick + 1 - before.flight.ordered_tick < config.pump.pulse_interval_s
    return (
        implies(is_awaited, after.flight == before.flight)
        and implies(
            outcome.pulse.is_ordered,
            outcome.pulse.sequence > ghost.course.last_sequence
            and after.flight.is_pending
            and after.flight.sequence == outcome.pulse.sequence
            and after.reservoir.volume_lo_nl == before.reservoir.volume_lo_nl - doubtful_nl
            and after.reservoir.volume_hi_nl == before.reservoir.volume_hi_nl,
        )
        and implies(
            not outcome.pulse.is_ordered,
            after.flight.is_pending == (after.flight.is_pending and before.flight.is_pending),
        )
    )
