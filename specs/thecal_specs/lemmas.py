# SPDX-License-Identifier: Apache-2.0
"""The lemmas that tie the kernel's books to what really happened: the books enclose the ghost.

Each holds of every reachable pair of state and ghost; together with the invariant they carry the induction.
"""

from thecal.fluid import Fluid
from thecal.limits import Config
from thecal.state import Mode, State
from thecal.units import (
    DAY_S,
    DRUG_COUNT,
    HOUR_S,
    LACKING_FG_1800_MAX,
    LACKING_S,
    MASS_FG_MAX,
    SLOT_S,
    YEAR_S,
    compute_sum_fg,
    is_no_larger,
    is_within,
)
from thecal_specs.ghost import Ghost, Window, compute_seconds_in_slot
from thecal_specs.invariant import (
    compute_ended_since_fg,
    compute_next_slots,
    is_ratio_no_larger,
    is_ratio_well_formed,
    is_share,
)
from thecal_specs.logic import implies


def is_enclosed(inner: Fluid, outer: Fluid) -> bool:
    """Whether every concentration that ``inner`` may have is one that ``outer`` may have."""
    return all(a_lo <= b_lo <= b_hi <= a_hi for a_lo, b_lo, b_hi, a_hi in zip(outer.lo, inner.lo, inner.hi, outer.hi))


def reservoir_fluid_encloses_the_truth(config: Config, state: State, ghost: Ghost) -> bool:
    """What the reservoir truly holds is within the kernel's interval, and known if the kernel says so."""
    fluid = state.reservoir.fluid
    return is_enclosed(ghost.world.new, fluid) and implies(fluid.is_known, ghost.world.new.is_known)


def path_fluid_encloses_the_truth(config: Config, state: State, ghost: Ghost) -> bool:
    """What is truly ahead of the front, if anything is, is within the kernel's interval."""
    old = state.path.old
    return implies(
        ghost.world.front_nl > 0,
        is_enclosed(ghost.world.old, old) and implies(old.is_known, ghost.world.old.is_known),
    )


def front_encloses_the_truth(config: Config, state: State, ghost: Ghost) -> bool:
    """The true front is within the kernel's interval, a pulse in flight that moved taken off."""
    is_ahead = state.flight.is_pending and ghost.world.is_flight_moved
    moved_nl = config.pump.pulse_volume_nl if is_ahead else 0
    return (
        max(0, state.path.front_lo_nl - moved_nl) <= ghost.world.front_nl <= max(0, state.path.front_hi_nl - moved_nl)
        and state.path.volume_lo_nl <= ghost.world.path_nl <= state.path.volume_hi_nl
    )


def reservoir_encloses_the_truth(config: Config, state: State, ghost: Ghost) -> bool:
    """The true volume is within the kernel's interval, a pulse in flight that moved taken off."""
    is_ahead = state.flight.is_pending and ghost.world.is_flight_moved
    moved_nl = config.pump.pulse_volume_nl if is_ahead else 0
    return (
        state.reservoir.volume_lo_nl - moved_nl <= ghost.world.reservoir_nl <= state.reservoir.volume_hi_nl - moved_nl
    )


def flight_is_the_one_ordered(config: Config, state: State, ghost: Ghost) -> bool:
    """The pulse in flight has the masses that were ordered."""
    return implies(
        state.flight.is_pending,
        ghost.world.flight_upper_fg[0] == state.flight.first_fg
        and ghost.world.flight_lower_fg[0] == state.flight.first_lo_fg,
    ) and all(fg >= 0 for fg in ghost.world.flight_upper_fg)


def lockout_is_that_of_the_last_bolus(config: Config, state: State, ghost: Ghost) -> bool:
    """The kernel's lockout begins no earlier than the last bolus ended, and is no shorter than any in force since."""
    last = ghost.last_bolus
    return implies(
        last.has_ended,
        state.lockout.has_ended
        and last.end_tick <= state.lockout.end_tick
        and last.lockout_s <= state.lockout.lockout_s,
    )


def what_is_behind_is_owed(config: Config, state: State, ghost: Ghost) -> bool:
    """Basal behind its schedule is owed."""
    return ghost.course.behind_fg_1800 <= state.basal.owed_fg_1800


def is_live(window: Window, state: State) -> bool:
    """Whether a window is open and not longer than a day."""
    return window.is_open and state.tick - window.since_tick <= DAY_S


def is_hour(window: Window, state: State) -> bool:
    """Whether a window is open and not longer than an hour."""
    return window.is_open and state.tick - window.since_tick <= HOUR_S


def window_began_before(config: Config, state: State, ghost: Ghost) -> bool:
    """A window began before now."""
    return implies(ghost.window.is_open, 0 <= ghost.window.since_tick < state.tick)


def closed_window_is_empty(config: Config, state: State, ghost: Ghost) -> bool:
    """Before it is opened, a window has nothing in its books."""
    window = ghost.window
    return implies(
        not window.is_open,
        not window.is_flight_inside
        and window.starts == 0
        and window.failures == 0
        and window.pulse_fg == 0
        and all(fg == 0 for fg in window.active_fg),
    )


def window_without_pulses_is_empty(config: Config, state: State, ghost: Ghost) -> bool:
    """As long as no pulse was ordered in it, a window has nothing in its books."""
    window = ghost.window
    return implies(
        not window.is_flight_inside,
        all(fg == 0 for fg in window.basal_fg)
        and all(fg == 0 for fg in window.bolus_fg)
        and all(fg == 0 for fg in window.given_fg)
        and all(fg == 0 for fg in window.active_fg),
    )


def window_without_a_program_is_empty(config: Config, state: State, ghost: Ghost) -> bool:
    """As long as no program was admitted in it, no basal was ordered in a window, nor anything fell due."""
    window = ghost.window
    return (
        implies(
            window.is_open and window.pulse_fg <= 0,
            not state.is_admitted and not is_basal_in_flight(state, window) and all(fg == 0 for fg in window.basal_fg),
        )
        and window.pulse_fg >= 0
    )


def caps_of_the_window_are_within_limits(config: Config, state: State, ghost: Ghost) -> bool:
    """The largest caps since the window opened are masses within the kernel's limits."""
    window = ghost.window
    return implies(
        window.is_open,
        all(is_within(cap, 0, MASS_FG_MAX) for cap in window.cap_day_fg)
        and all(is_within(cap, 0, MASS_FG_MAX) for cap in window.cap_hour_fg),
    )


def window_holds_what_is_in_force(config: Config, state: State, ghost: Ghost) -> bool:
    """Caps, slots and pulse in force now are not above the largest since the window opened."""
    window = ghost.window
    return implies(
        window.is_open,
        is_no_larger(state.program.cap_day_fg, window.cap_day_fg)
        and is_no_larger(state.program.cap_hour_fg, window.cap_hour_fg)
        and implies(
            state.is_admitted,
            all(a <= b for a, b in zip(state.program.slots_fg, window.slots_fg))
            and state.path.pulse_fg_max <= window.pulse_fg
            and all(is_ratio_no_larger(a, b) for a, b in zip(state.path.ratios, window.ratios)),
        ),
    )


def seconds_are_those_of_the_clock(config: Config, state: State, ghost: Ghost) -> bool:
    """So many seconds of each slot passed in a window as the clock says."""
    window = ghost.window
    return implies(
        window.is_open,
        all(
            seconds == compute_seconds_in_slot(state.tick, i) - compute_seconds_in_slot(window.since_tick, i)
            for i, seconds in enumerate(window.seconds)
        ),
    )


def due_is_bounded_by_its_seconds(config: Config, state: State, ghost: Ghost) -> bool:
    """What fell due in each slot is at most the largest it was, in each of its seconds that passed."""
    window = ghost.window
    return implies(
        window.is_open,
        all(
            0 <= due <= seconds * slot and seconds >= 0 and slot >= 0
            for due, seconds, slot in zip(window.due_fg_1800, window.seconds, window.slots_fg)
        ),
    )


def nothing_due_is_negative(config: Config, state: State, ghost: Ghost) -> bool:
    """No slot ever brings less than nothing, nor do all."""
    return all(due >= 0 for due in ghost.window.due_fg_1800) and ghost.window.due_in_all_fg_1800 >= 0


def due_in_all_is_that_of_the_slots(config: Config, state: State, ghost: Ghost) -> bool:
    """What fell due in all is no more than what fell due in each slot."""
    return ghost.window.due_in_all_fg_1800 <= sum(due for due in ghost.window.due_fg_1800)


def basal_is_at_most_what_was_due(config: Config, state: State, ghost: Ghost) -> bool:
    """Basal of a window, and what is owed, is at most what fell due in it and two pulses owed before."""
    window = ghost.window
    return implies(
        window.is_open and window.pulse_fg > 0,
        SLOT_S * window.basal_fg[0] + state.basal.owed_fg_1800
        <= window.due_in_all_fg_1800 + 2 * SLOT_S * window.pulse_fg,
    )


def generations_hold_what_the_window_saw(config: Config, state: State, ghost: Ghost) -> bool:
    """What was in force in a window is in the current generation, or in one of the two if it began before the day."""
    window = ghost.window
    basal = state.basal
    is_of_today = window.since_tick >= state.tick - state.tick % DAY_S
    return implies(
        is_live(window, state),
        all(
            slot <= max(previous, current) and implies(is_of_today, slot <= current)
            for slot, previous, current in zip(window.slots_fg, basal.previous.slots_fg, basal.current.slots_fg)
        )
        and window.pulse_fg <= max(basal.previous.pulse_fg, basal.current.pulse_fg)
        and implies(is_of_today, window.pulse_fg <= basal.current.pulse_fg)
        and all(
            is_ratio_no_larger(ratio, current) or (not is_of_today and is_ratio_no_larger(ratio, previous))
            for ratio, current, previous in zip(window.ratios, basal.current.ratios, basal.previous.ratios)
        ),
    )


def unraised_window_is_the_program_it_began_with(config: Config, state: State, ghost: Ghost) -> bool:
    """As long as nothing was raised, the worst basal of a window is that of the program it began with."""
    window = ghost.window
    return implies(
        window.is_open and not window.is_raised,
        sum(slot for slot in window.slots_fg) + 2 * window.pulse_fg <= window.program.day_fg[0]
        and all(
            a + b + 2 * window.pulse_fg <= window.program.hour_fg[0]
            for a, b in zip(window.slots_fg, compute_next_slots(window.slots_fg))
        ),
    )


def unraised_window_keeps_the_shares_of_its_program(config: Config, state: State, ghost: Ghost) -> bool:
    """As long as nothing was raised, the shares of a window are those of the program it began with."""
    window = ghost.window
    return implies(
        window.is_open and not window.is_raised,
        all(
            is_share(window.program.day_fg[0], window.ratios[i], window.program.day_fg[i])
            and is_share(window.program.hour_fg[0], window.ratios[i], window.program.hour_fg[i])
            for i in range(1, DRUG_COUNT)
        ),
    )


def is_basal_in_flight(state: State, window: Window) -> bool:
    """Whether a basal pulse ordered in the window awaits its outcome."""
    return window.is_flight_inside and state.flight.is_pending and state.flight.is_basal


def basal_comes_with_the_first_drug(config: Config, state: State, ghost: Ghost) -> bool:
    """Basal of every drug in a window comes with the first one's, by the largest ratio in force."""
    window = ghost.window
    return window.basal_fg[0] >= 0 and all(
        window.basal_fg[i] >= 0
        and window.basal_fg[i] * window.ratios[i].first_fg_per_nl
        <= window.basal_fg[0] * window.ratios[i].drug_fg_per_nl
        for i in range(1, DRUG_COUNT)
    )


def basal_before_the_flight_comes_with_the_first_drug(config: Config, state: State, ghost: Ghost) -> bool:
    """So it does without the pulse in flight, which may yet be taken back."""
    window = ghost.window
    flight_fg = ghost.world.flight_upper_fg
    return implies(
        is_basal_in_flight(state, window),
        window.basal_fg[0] >= flight_fg[0]
        and all(
            window.basal_fg[i] >= flight_fg[i]
            and (window.basal_fg[i] - flight_fg[i]) * window.ratios[i].first_fg_per_nl
            <= (window.basal_fg[0] - flight_fg[0]) * window.ratios[i].drug_fg_per_nl
            for i in range(1, DRUG_COUNT)
        ),
    )


def ratios_of_the_window_are_well_formed(config: Config, state: State, ghost: Ghost) -> bool:
    """The ratios of a window have terms within limits."""
    return all(is_ratio_well_formed(ratio) for ratio in ghost.window.ratios)


def boluses_are_in_the_ledger(config: Config, state: State, ghost: Ghost) -> bool:
    """The upper book of boluses in a window is in the ledger, or in the active bolus."""
    window = ghost.window
    return implies(
        is_live(window, state),
        is_no_larger(
            window.bolus_fg,
            compute_sum_fg(compute_ended_since_fg(state.ledger, window.since_tick), window.active_fg),
        ),
    )


def active_bolus_of_the_window_is_booked(config: Config, state: State, ghost: Ghost) -> bool:
    """What the active bolus brought in the window is not above what it brought."""
    window = ghost.window
    return all(
        0 <= inside <= (given if state.bolus.is_active else 0)
        for inside, given in zip(window.active_fg, state.bolus.given_fg)
    )


def given_is_in_the_upper_book(config: Config, state: State, ghost: Ghost) -> bool:
    """What truly passed the tip is in the upper book, a pulse that did not move beside it until that is known."""
    window = ghost.window
    is_beside = window.is_flight_inside and state.flight.is_pending and not ghost.world.is_flight_moved
    return all(
        given + (flight if is_beside else 0) <= basal + bolus
        for given, flight, basal, bolus in zip(
            window.given_fg, ghost.world.flight_upper_fg, window.basal_fg, window.bolus_fg
        )
    )


def day_of_the_window_fits(config: Config, state: State, ghost: Ghost) -> bool:
    """Boluses of a window, the active one whole, and the worst basal fit under the largest cap in force since."""
    window = ghost.window
    ended_fg = compute_ended_since_fg(state.ledger, window.since_tick)
    return implies(
        is_live(window, state),
        all(
            ended
            + (reserved if state.bolus.is_active else 0)
            + (envelope if window.is_raised else min(program, envelope))
            <= cap
            for ended, reserved, envelope, program, cap in zip(
                ended_fg,
                state.bolus.reserved_fg,
                state.basal.envelope.day_fg,
                window.program.day_fg,
                window.cap_day_fg,
            )
        ),
    )


def hour_of_the_window_fits(config: Config, state: State, ghost: Ghost) -> bool:
    """In an hour too: its boluses, the active one whole, and the worst basal fit under the largest cap since."""
    window = ghost.window
    ended_fg = compute_ended_since_fg(state.ledger, window.since_tick)
    return implies(
        is_hour(window, state),
        all(
            ended
            + (reserved if state.bolus.is_active else 0)
            + (envelope if window.is_raised else min(program, envelope))
            <= cap
            for ended, reserved, envelope, program, cap in zip(
                ended_fg,
                state.bolus.reserved_fg,
                state.basal.envelope.hour_fg,
                window.program.hour_fg,
                window.cap_hour_fg,
            )
        ),
    )


def starts_are_in_the_ledger(config: Config, state: State, ghost: Ghost) -> bool:
    """Patient boluses that began in a window are in the ledger, or active."""
    window = ghost.window
    bolus = state.bolus
    active = 1 if bolus.is_active and bolus.is_patient and bolus.start_tick > window.since_tick else 0
    return implies(
        is_live(window, state),
        window.starts
        <= sum(1 for entry in state.ledger if entry.is_patient and entry.start_tick > window.since_tick) + active,
    )


def basal_owed_is_covered_by_credit(config: Config, state: State, ghost: Ghost) -> bool:
    """What is owed was scheduled and not given."""
    return state.basal.owed_fg_1800 <= ghost.course.credit_fg_1800


def orders_are_those_seen(config: Config, state: State, ghost: Ghost) -> bool:
    """The last pulse that was seen ordered is the one that the kernel remembers."""
    course = ghost.course
    return (
        implies(course.has_ordered, course.last_order_tick == state.flight.ordered_tick)
        and course.last_sequence == state.flight.sequence
        and implies(state.flight.is_pending, course.has_ordered)
    )


def active_bolus_is_the_one_seen(config: Config, state: State, ghost: Ghost) -> bool:
    """What the bolus that runs was seen to order is what the kernel booked for it."""
    return implies(
        state.bolus.is_active,
        all(seen == given for seen, given in zip(ghost.course.bolus_fg, state.bolus.given_fg))
        and implies(not state.bolus.is_prime, ghost.course.asked_fg == state.bolus.mass_fg),
    )


def prime_is_the_one_seen(config: Config, state: State, ghost: Ghost) -> bool:
    """What a prime was seen to move, and what it still may, is what was asked of it, in whole pulses."""
    course = ghost.course
    volume_nl = config.pump.pulse_volume_nl
    return implies(
        state.mode == Mode.PRIMING,
        1 <= course.asked_nl <= state.path.volume_hi_nl
        and course.primed_nl >= 0
        and course.primed_nl + state.bolus.pulses_left * volume_nl < course.asked_nl + volume_nl,
    )


def staged_is_what_was_seen(config: Config, state: State, ghost: Ghost) -> bool:
    """What waits for confirmation was seen staged; a program runs only after a confirmation was seen."""
    return implies(
        state.staged.is_staged and state.staged.prime_nl <= 0,
        ghost.program.is_staged and state.staged.prescription == ghost.program.staged,
    ) and implies(state.is_programmed, ghost.program.was_confirmed)


def samples_are_in_the_table(config: Config, state: State, ghost: Ghost) -> bool:
    """A day total in force at any second of the last eight days lies between the least and the most of its day."""
    program = ghost.program
    age = state.tick // DAY_S - program.sample_tick // DAY_S
    return implies(
        program.is_sampled,
        0 <= program.sample_tick <= state.tick
        and all(
            implies(age == i, day.least_fg[0] <= program.sample_fg <= day.most_fg[0])
            for i, day in enumerate(state.titration.days)
        ),
    )


def deadlines_are_those_of_the_kernel(config: Config, state: State, ghost: Ghost) -> bool:
    """The kernel's clock runs no later than the true one, and its deadlines began no later."""
    deadlines = ghost.deadlines
    clock_s = state.tick + state.device.missed_s
    return (
        deadlines.clock_s == clock_s
        and deadlines.missed_s == state.device.missed_s
        and min(deadlines.clock_s - deadlines.filled_clock_s, YEAR_S) <= clock_s - state.reservoir.filled_clock_s
        and deadlines.is_replacement_indicated == state.device.is_replacement_indicated
        and min(deadlines.clock_s - deadlines.replacement_clock_s, YEAR_S) <= clock_s - state.device.replacement_clock_s
        and min(deadlines.clock_s - deadlines.off_clock_s, YEAR_S) <= state.therapy.off_s
        and deadlines.clock_s >= deadlines.off_clock_s
        and deadlines.clock_s >= deadlines.filled_clock_s
        and deadlines.clock_s >= deadlines.replacement_clock_s
        and implies(deadlines.is_off_too_long, state.therapy.is_bolus_blocked)
    )


def failures_are_remembered(config: Config, state: State, ghost: Ghost) -> bool:
    """As many pulses as failed in a window, up to the number that alarms, are remembered as later than its start."""
    window = ghost.window
    return window.failures >= 0 and implies(
        window.is_open,
        all(
            implies(window.failures > i, tick > window.since_tick) for i, tick in enumerate(state.device.failure_ticks)
        ),
    )


def compute_span(state: State, drug: int) -> int:
    """The largest less the smallest concentration of a drug that either fluid may have."""
    old = state.path.old
    new = state.reservoir.fluid
    return max(old.hi[drug], new.hi[drug]) - min(old.lo[drug], new.lo[drug])


def doubtful_pulses_pass_the_width_of_the_front(config: Config, state: State, ghost: Ghost) -> bool:
    """Pulses that may bring either fluid pass what is ahead of the front, and so its width and two pulses in all."""
    front = ghost.front
    volume_nl = config.pump.pulse_volume_nl
    is_ahead = state.path.front_lo_nl >= volume_nl
    return (
        front.doubtful_nl >= 0
        and state.path.front_hi_nl - state.path.front_lo_nl <= front.width_nl
        and implies(is_ahead, front.doubtful_nl == 0 and (not front.is_flight_doubtful or not state.flight.is_pending))
        and front.doubtful_nl <= front.width_nl + 2 * volume_nl
        and implies(
            not is_ahead and state.path.front_hi_nl > 0,
            front.doubtful_nl + state.path.front_hi_nl < front.width_nl + volume_nl,
        )
        and implies(front.is_flight_doubtful and state.flight.is_pending, state.path.front_hi_nl > 0)
    )


def books_part_at_the_front_by_what_lies_between_the_fluids(config: Config, state: State, ghost: Ghost) -> bool:
    """Doubtful pulses part the books of a drug by no more than the span of the fluids, each and in all."""
    front = ghost.front
    volume_nl = config.pump.pulse_volume_nl
    return all(
        0 <= front.short_fg[i] <= compute_span(state, i) * front.doubtful_nl
        and implies(
            front.is_flight_doubtful and state.flight.is_pending,
            0 <= front.flight_short_fg[i] <= compute_span(state, i) * volume_nl,
        )
        for i in range(DRUG_COUNT)
    )


def what_lacks_is_in_the_book(config: Config, state: State, ghost: Ghost) -> bool:
    """What a window planned, and was neither surely given nor is promised, is in the places of the book since then."""
    window = ghost.window
    lacking = state.therapy.lacking_fg_1800
    age = state.tick // LACKING_S - window.since_tick // LACKING_S
    flying_fg = state.flight.first_fg if state.flight.is_pending and state.flight.is_basal else 0
    promised_fg_1800 = state.basal.owed_fg_1800 + SLOT_S * flying_fg
    return implies(
        is_live(window, state),
        window.plan_fg_1800 - SLOT_S * window.lower_fg - promised_fg_1800
        <= sum(fg if i <= age else 0 for i, fg in enumerate(lacking))
        or any(fg >= LACKING_FG_1800_MAX and i <= age for i, fg in enumerate(lacking)),
    )


LEMMAS = (
    reservoir_fluid_encloses_the_truth,
    path_fluid_encloses_the_truth,
    front_encloses_the_truth,
    reservoir_encloses_the_truth,
    flight_is_the_one_ordered,
    lockout_is_that_of_the_last_bolus,
    what_is_behind_is_owed,
    window_began_before,
    closed_window_is_empty,
    window_without_pulses_is_empty,
    window_without_a_program_is_empty,
    caps_of_the_window_are_within_limits,
    window_holds_what_is_in_force,
    seconds_are_those_of_the_clock,
    due_is_bounded_by_its_seconds,
    nothing_due_is_negative,
    due_in_all_is_that_of_the_slots,
    basal_is_at_most_what_was_due,
    generations_hold_what_the_window_saw,
    unraised_window_is_the_program_it_began_with,
    unraised_window_keeps_the_shares_of_its_program,
    ratios_of_the_window_are_well_formed,
    basal_comes_with_the_first_drug,
    basal_before_the_flight_comes_with_the_first_drug,
    boluses_are_in_the_ledger,
    active_bolus_of_the_window_is_booked,
    given_is_in_the_upper_book,
    day_of_the_window_fits,
    hour_of_the_window_fits,
    starts_are_in_the_ledger,
    basal_owed_is_covered_by_credit,
    orders_are_those_seen,
    active_bolus_is_the_one_seen,
    prime_is_the_one_seen,
    staged_is_what_was_seen,
    samples_are_in_the_table,
    deadlines_are_those_of_the_kernel,
    failures_are_remembered,
    what_lacks_is_in_the_book,
    doubtful_pulses_pass_the_width_of_the_front,
    books_part_at_the_front_by_what_lies_between_the_fluids,
)
