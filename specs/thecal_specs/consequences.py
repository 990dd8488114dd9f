# SPDX-License-Identifier: Apache-2.0
"""What follows from the invariant and the lemmas of the same state, each proved once for any state.

They are not carried from step to step; they are what the properties are read off from, one small step at a time.
"""

from thecal.admission import compute_least_fg, compute_most_fg
from thecal.events import PrescriptionConfirmed
from thecal.limits import Config
from thecal.state import Alarm, State
from thecal.units import (
    DAY_S,
    DRUG_COUNT,
    LACKING_FG_1800_MAX,
    MASS_FG_MAX,
    QUOTIENT_END,
    SLOT_COUNT,
    SLOT_S,
    Masses,
    Slots,
    is_no_larger,
)
from thecal_specs.ghost import Ghost, Window
from thecal_specs.invariant import compute_ended_since_fg, compute_next_slots, is_share
from thecal_specs.lemmas import is_hour, is_live
from thecal_specs.logic import implies
from thecal_specs.properties.underdose import compute_tolerance_permille
from thecal_specs.recover import Way, compute_staged, find_way, is_fluid_plain, is_path_plain, is_way_back


def active_bolus_stays_within_what_was_reserved(config: Config, state: State) -> bool:
    """What an active bolus gave of every drug is within what was reserved for it."""
    return implies(state.bolus.is_active, is_no_larger(state.bolus.given_fg, state.bolus.reserved_fg))


def seconds_of_a_day_are_those_of_a_slot(config: Config, state: State, ghost: Ghost) -> bool:
    """In any 24 h each slot lasts at most half an hour."""
    return implies(is_live(ghost.window, state), all(seconds <= SLOT_S for seconds in ghost.window.seconds))


def due_of_a_day_is_bounded(config: Config, state: State, ghost: Ghost) -> bool:
    """In any 24 h each slot brings at most its largest mass."""
    window = ghost.window
    return implies(
        is_live(window, state),
        all(0 <= due <= SLOT_S * slot for due, slot in zip(window.due_fg_1800, window.slots_fg)),
    )


def compute_basal_bound_fg(window: Window) -> int:
    """A day of the largest slots in force in a window, and two of the largest pulses."""
    return sum(slot for slot in window.slots_fg) + 2 * window.pulse_fg


def basal_of_a_day_is_bounded(config: Config, state: State, ghost: Ghost) -> bool:
    """Basal of the first drug in any 24 h is at most a day of the largest slots in force, and two pulses."""
    window = ghost.window
    return implies(is_live(window, state), window.basal_fg[0] <= compute_basal_bound_fg(window))


def envelope_holds_the_window(config: Config, state: State, ghost: Ghost) -> bool:
    """A day of the largest slots in force in a window, and two pulses, is within the envelope."""
    window = ghost.window
    return implies(is_live(window, state), compute_basal_bound_fg(window) <= state.basal.envelope.day_fg[0])


def compute_earlier(slots: Slots) -> Slots:
    """For each slot the one before it, the day's last before its first."""
    return slots[SLOT_COUNT - 1 : SLOT_COUNT] + slots[0 : SLOT_COUNT - 1]


def is_one_of_three(now: int, slot: int) -> bool:
    """Whether a slot is that of now, or one of the two before it."""
    return now == slot or now == (slot + 1) % SLOT_COUNT or now == (slot + 2) % SLOT_COUNT


def hour_touches_three_slots(config: Config, state: State, ghost: Ghost) -> bool:
    """In an hour pass the slot of now and the two before it alone; of the outer two no more than half an hour."""
    seconds = ghost.window.seconds
    second_before = compute_earlier(compute_earlier(seconds))
    now = state.tick % DAY_S // SLOT_S
    return implies(
        is_hour(ghost.window, state),
        all(
            implies(not is_one_of_three(now, i), c <= 0) and implies(now == i, a + c <= SLOT_S)
            for i, a, c in zip(range(SLOT_COUNT), second_before, seconds)
        ),
    )


def nothing_else_is_due_in_an_hour(config: Config, state: State, ghost: Ghost) -> bool:
    """In an hour nothing is due outside the slot of now and the two before it."""
    now = state.tick % DAY_S // SLOT_S
    return implies(
        is_hour(ghost.window, state),
        all(implies(not is_one_of_three(now, i), due <= 0) for i, due in enumerate(ghost.window.due_fg_1800)),
    )


def compute_hour_bounds_fg(slots_fg: Slots) -> Slots:
    """For each slot the most that an hour which ends in it may bring: the slot before it and the larger neighbour."""
    before = compute_earlier(slots_fg)
    second_before = compute_earlier(before)
    return tuple(b + max(a, c) for a, b, c in zip(second_before, before, slots_fg))


def slots_of_an_hour_are_due(config: Config, state: State, ghost: Ghost) -> bool:
    """Of the slot of now and the two before it, no more falls due in an hour than two neighbours bring."""
    due = ghost.window.due_fg_1800
    before = compute_earlier(due)
    now = state.tick % DAY_S // SLOT_S
    return implies(
        is_hour(ghost.window, state),
        all(
            implies(now == i, a + b + c <= SLOT_S * bound)
            for i, a, b, c, bound in zip(
                range(SLOT_COUNT), compute_earlier(before), before, due, compute_hour_bounds_fg(ghost.window.slots_fg)
            )
        ),
    )


def hours_of_the_window_are_reserved(config: Config, state: State, ghost: Ghost) -> bool:
    """Any two neighbours of the largest slots in a window, and two pulses, are in the envelope of the hour."""
    window = ghost.window
    return implies(
        is_live(window, state),
        all(
            a + b + 2 * window.pulse_fg <= state.basal.envelope.hour_fg[0]
            for a, b in zip(window.slots_fg, compute_next_slots(window.slots_fg))
        ),
    )


def hours_are_reserved(config: Config, state: State, ghost: Ghost) -> bool:
    """Whatever slot an hour ends in, what it may bring is reserved, by the envelope and by an unraised program."""
    window = ghost.window
    return implies(
        is_live(window, state),
        all(
            bound + 2 * window.pulse_fg <= state.basal.envelope.hour_fg[0]
            and implies(not window.is_raised, bound + 2 * window.pulse_fg <= window.program.hour_fg[0])
            for bound in compute_hour_bounds_fg(window.slots_fg)
        ),
    )


def basal_of_an_hour_is_bounded(config: Config, state: State, ghost: Ghost) -> bool:
    """Basal of the first drug in any hour is at most two neighbouring slots, and two pulses."""
    window = ghost.window
    now = state.tick % DAY_S // SLOT_S
    return implies(
        is_hour(window, state),
        all(
            implies(now == i, window.basal_fg[0] <= bound + 2 * window.pulse_fg)
            for i, bound in enumerate(compute_hour_bounds_fg(window.slots_fg))
        ),
    )


def basal_of_an_hour_is_reserved_in_each_slot(config: Config, state: State, ghost: Ghost) -> bool:
    """Whatever slot an hour ends in, its basal of the first drug is in the reserves of the hour."""
    window = ghost.window
    now = state.tick % DAY_S // SLOT_S
    return implies(
        is_hour(window, state),
        all(
            implies(
                now == i,
                window.basal_fg[0] <= state.basal.envelope.hour_fg[0]
                and implies(not window.is_raised, window.basal_fg[0] <= window.program.hour_fg[0]),
            )
            for i in range(SLOT_COUNT)
        ),
    )


def basal_of_an_hour_is_reserved(config: Config, state: State, ghost: Ghost) -> bool:
    """Basal of the first drug in any hour is reserved, by the envelope and by an unraised program."""
    window = ghost.window
    return implies(
        is_hour(window, state),
        window.basal_fg[0] <= state.basal.envelope.hour_fg[0]
        and implies(not window.is_raised, window.basal_fg[0] <= window.program.hour_fg[0]),
    )


def is_share_of_window(window: Window, first_fg: int, fg: Masses) -> bool:
    """Whether the masses are at least the shares of the first drug's, by the ratios of a window."""
    return all(is_share(first_fg, window.ratios[i], fg[i]) for i in range(1, DRUG_COUNT))


def envelope_holds_the_shares_of_the_window(config: Config, state: State, ghost: Ghost) -> bool:
    """The envelope of every drug is at least its share of the first one's, by the ratios of a window."""
    window = ghost.window
    envelope = state.basal.envelope
    return implies(is_live(window, state), is_share_of_window(window, envelope.day_fg[0], envelope.day_fg)) and implies(
        is_hour(window, state), is_share_of_window(window, envelope.hour_fg[0], envelope.hour_fg)
    )


def is_basal_reserved(window: Window, program_fg: Masses, envelope_fg: Masses) -> bool:
    """Whether basal of every drug is within the reserve that counts in a window."""
    return all(
        basal <= (envelope if window.is_raised else min(program, envelope))
        for basal, program, envelope in zip(window.basal_fg, program_fg, envelope_fg)
    )


def boluses_ended_are_not_negative(config: Config, state: State, ghost: Ghost) -> bool:
    """What the boluses that ended in a window have brought is not negative."""
    return all(ended >= 0 for ended in compute_ended_since_fg(state.ledger, ghost.window.since_tick))


def is_reserve_within_limits(window: Window, program_fg: Masses, envelope_fg: Masses) -> bool:
    """Whether the reserve that counts in a window is within the kernel's limits, for every drug."""
    return all(
        (envelope if window.is_raised else min(program, envelope)) <= MASS_FG_MAX
        for program, envelope in zip(program_fg, envelope_fg)
    )


def reserves_of_the_window_are_within_limits(config: Config, state: State, ghost: Ghost) -> bool:
    """The reserves that count in a window are under a cap, and so not beyond all limits."""
    window = ghost.window
    envelope = state.basal.envelope
    return implies(
        is_live(window, state), is_reserve_within_limits(window, window.program.day_fg, envelope.day_fg)
    ) and implies(is_hour(window, state), is_reserve_within_limits(window, window.program.hour_fg, envelope.hour_fg))


def basal_of_a_day_is_reserved(config: Config, state: State, ghost: Ghost) -> bool:
    """Basal of every drug in a day is in the envelope or, unraised, in the program's reserve if less."""
    window = ghost.window
    return implies(
        is_live(window, state), is_basal_reserved(window, window.program.day_fg, state.basal.envelope.day_fg)
    )


def basal_of_every_hour_is_reserved(config: Config, state: State, ghost: Ghost) -> bool:
    """Basal of every drug in an hour is in the envelope or, unraised, in the program's reserve if less."""
    window = ghost.window
    return implies(
        is_hour(window, state), is_basal_reserved(window, window.program.hour_fg, state.basal.envelope.hour_fg)
    )


def boluses_of_the_window_are_booked(config: Config, state: State, ghost: Ghost) -> bool:
    """Boluses of a window are in the ledger, or in what was reserved for the active one."""
    window = ghost.window
    ended_fg = compute_ended_since_fg(state.ledger, window.since_tick)
    return implies(
        is_live(window, state),
        all(
            bolus <= ended + (reserved if state.bolus.is_active else 0)
            for bolus, ended, reserved in zip(window.bolus_fg, ended_fg, state.bolus.reserved_fg)
        ),
    )


def boluses_of_the_window_are_those_of_the_day(config: Config, state: State, ghost: Ghost) -> bool:
    """What boluses that ended in a window of a day have brought is no more than those of the last 24 h have."""
    window = ghost.window
    return implies(
        is_live(window, state),
        is_no_larger(
            compute_ended_since_fg(state.ledger, window.since_tick),
            compute_ended_since_fg(state.ledger, state.tick - DAY_S),
        ),
    )


def starts_of_the_window_are_those_of_the_day(config: Config, state: State, ghost: Ghost) -> bool:
    """Patient boluses that began in a window of a day, and are over, are no more than those of the last 24 h."""
    window = ghost.window
    return implies(
        is_live(window, state),
        sum(1 for entry in state.ledger if entry.is_patient and entry.start_tick > window.since_tick)
        <= sum(1 for entry in state.ledger if entry.is_patient and entry.start_tick > state.tick - DAY_S),
    )


def titration_days_enclose_the_sample(config: Config, state: State, ghost: Ghost) -> bool:
    """A day total in force in the titration days lies between the least and the most of what is in the table."""
    program = ghost.program
    days = state.titration.days
    day_count = config.library[0].titration_days
    return implies(
        program.is_sampled and state.tick - program.sample_tick <= day_count * DAY_S,
        compute_least_fg(days, 0, day_count) <= program.sample_fg <= compute_most_fg(days, 0, day_count),
    )


def program_is_in_the_envelope(config: Config, state: State) -> bool:
    """The worst basal of any 24 h of an admitted program is within the envelope."""
    return implies(
        state.is_admitted,
        sum(slot for slot in state.program.slots_fg) + 2 * state.path.pulse_fg_max <= state.basal.envelope.day_fg[0],
    )


def given_is_in_the_books(config: Config, state: State, ghost: Ghost) -> bool:
    """What truly passed the tip in a window is in the upper books of basal and boluses."""
    window = ghost.window
    return all(given <= a + b for given, a, b in zip(window.given_fg, window.basal_fg, window.bolus_fg))


def least_flow_is_within_hard_limits(config: Config, state: State) -> bool:
    """Of plain fluids the least flow of a day, and of an hour, is with two pulses within the first drug's limits."""
    slot_fg = config.pump.slot_volume_nl_min * state.reservoir.fluid.hi[0]
    drug = config.library[0]
    return implies(
        is_fluid_plain(config, state) and is_path_plain(config, state),
        SLOT_COUNT * slot_fg + 2 * state.path.pulse_fg_max <= drug.day_fg_max
        and 2 * slot_fg + 2 * state.path.pulse_fg_max <= drug.hour_fg_max,
    )


def least_flow_takes_pulses_that_can_be_counted(config: Config, state: State) -> bool:
    """Of plain fluids the least flow of a day takes, with two pulses, no more pulses than can be counted."""
    slot_fg = config.pump.slot_volume_nl_min * state.reservoir.fluid.hi[0]
    return implies(
        is_fluid_plain(config, state) and is_path_plain(config, state),
        all(
            SLOT_COUNT * slot_fg + 2 * state.path.pulse_fg_max
            <= (QUOTIENT_END - 1) * (state.path.ratios[i].first_fg_per_nl * config.pump.pulse_volume_nl)
            for i in range(1, DRUG_COUNT)
        ),
    )


def a_program_to_be_staged_is_a_way_back(config: Config, state: State) -> bool:
    """Where a program is to be staged, the order that is named for it is one that leads on."""
    return implies(find_way(config, state) == Way.STAGE, is_way_back(config, state, compute_staged(config, state)))


def a_program_to_be_confirmed_is_a_way_back(config: Config, state: State) -> bool:
    """Where a program is to be confirmed, confirming what is staged leads on."""
    event = PrescriptionConfirmed(prescription=state.staged.prescription)
    return implies(find_way(config, state) == Way.CONFIRM, is_way_back(config, state, event))


def what_is_promised_is_three_pulses(config: Config, state: State) -> bool:
    """What is owed, and a pulse on its way, are at most three of the largest pulses of the fluids."""
    flying_fg = state.flight.first_fg if state.flight.is_pending and state.flight.is_basal else 0
    return state.basal.owed_fg_1800 + SLOT_S * flying_fg <= 3 * SLOT_S * state.path.pulse_fg_max


def what_lacks_is_in_the_whole_book(config: Config, state: State, ghost: Ghost) -> bool:
    """What a day planned, and surely was not given, is in the book but for three pulses, or the book is full."""
    window = ghost.window
    lacking = state.therapy.lacking_fg_1800
    return implies(
        is_live(window, state),
        window.plan_fg_1800 - SLOT_S * window.lower_fg - 3 * SLOT_S * state.path.pulse_fg_max
        <= sum(fg for fg in lacking)
        or any(fg >= LACKING_FG_1800_MAX for fg in lacking),
    )


def too_much_in_the_book_alarms(config: Config, state: State) -> bool:
    """Where the book holds more than is tolerated of a day's slots, or is full, the critical alarm is active."""
    lacking = state.therapy.lacking_fg_1800
    tolerated_fg = sum(slot for slot in state.program.slots_fg) * compute_tolerance_permille(config, state)
    return implies(
        state.is_programmed
        and (
            1_000 * sum(fg for fg in lacking) > SLOT_S * tolerated_fg
            or any(fg >= LACKING_FG_1800_MAX for fg in lacking)
        ),
        state.alarms[Alarm.THERAPY_LACKING].is_active,
    )


CONSEQUENCES = (
    active_bolus_stays_within_what_was_reserved,
    seconds_of_a_day_are_those_of_a_slot,
    due_of_a_day_is_bounded,
    basal_of_a_day_is_bounded,
    envelope_holds_the_window,
    hour_touches_three_slots,
    nothing_else_is_due_in_an_hour,
    slots_of_an_hour_are_due,
    hours_of_the_window_are_reserved,
    hours_are_reserved,
    basal_of_an_hour_is_bounded,
    basal_of_an_hour_is_reserved_in_each_slot,
    basal_of_an_hour_is_reserved,
    envelope_holds_the_shares_of_the_window,
    boluses_ended_are_not_negative,
    reserves_of_the_window_are_within_limits,
    basal_of_a_day_is_reserved,
    basal_of_every_hour_is_reserved,
    boluses_of_the_window_are_booked,
    boluses_of_the_window_are_those_of_the_day,
    starts_of_the_window_are_those_of_the_day,
    titration_days_enclose_the_sample,
    program_is_in_the_envelope,
    given_is_in_the_books,
    least_flow_is_within_hard_limits,
    least_flow_takes_pulses_that_can_be_counted,
    a_program_to_be_staged_is_a_way_back,
    a_program_to_be_confirmed_is_a_way_back,
    what_is_promised_is_three_pulses,
    what_lacks_is_in_the_whole_book,
    too_much_in_the_book_alarms,
)
