# SPDX-License-Identifier: Apache-2.0
"""What makes many quiet seconds one event: an induction over seconds, each of which is one tick (TOT-05).

As many seconds as the kernel names are quiet, by what quiet means (``are_quiet``), and so is the first of them alone.
A second that is quiet is a tick, and leaves every alarm as it was. After it the others are quiet, piece by piece of
what that means, and lead to where all of them do. So each of them is a tick, from a state that a tick has left and
that the invariant therefore holds of. An event of all of them leads there as well, and of more nowhere. Nor does the
kernel name fewer than are quiet, unless the patient may come to lack too much within the slot: it is not busy then, and
counts up to what comes first. Walks try the whole of it at once, on any number of seconds
(``tests/simulation/test_quiet.py``).
"""

from dataclasses import replace

from thecal.alarms import compute_shown
from thecal.clock import REPLACEMENT_S, compute_clock_s, compute_stability_s
from thecal.events import SecondPassed, SecondsPassed
from thecal.lacking import is_lacking, with_lacking_noted
from thecal.limits import Config
from thecal.outcome import NO_PULSE, NOTHING_SHOWN, Outcome, Response
from thecal.path import compute_upper_fg
from thecal.quiet import (
    compute_basal_quiet_s,
    compute_next_due_fg,
    compute_quiet_s,
    is_busy,
    is_motor_on,
    with_quiet_passed,
)
from thecal.schedule import compute_slot_index
from thecal.state import ALARM_COUNT, Alarm, Mode, State
from thecal.step import step
from thecal.units import DAY_S, FAILURE_COUNT, LACKING_S, SLOT_S, TICK_MAX
from thecal_specs.ghost import compute_off_bound_s
from thecal_specs.logic import implies


def compute_after(config: Config, state: State, count: int) -> State:
    """The state after so many quiet seconds, with what they leave lacking."""
    passed = with_quiet_passed(config, state, count)
    told = Outcome(state=passed, pulse=NO_PULSE, response=Response.SECONDS_PASSED, shown=NOTHING_SHOWN)
    return with_lacking_noted(state, told).state


def is_before(now: int, then: int, seconds: int) -> bool:
    """Whether so many seconds are over before what lies ahead, if it does."""
    return then <= now or now + seconds < then


def is_off_therapy(state: State) -> bool:
    """Whether a second counts as one without therapy."""
    return state.is_programmed and state.mode != Mode.DELIVERING


def is_settled(config: Config, state: State) -> bool:
    """Whether the time off therapy is none, or has not come to its bound, or was found to be too long already."""
    if not is_off_therapy(state):
        return state.therapy.off_s == 0
    return state.therapy.is_bolus_blocked or state.therapy.off_s < compute_off_bound_s(config, state)


def compute_lacking_fg(config: Config, state: State) -> int:
    """The slot's mass that the next second plans and does not make due."""
    if not state.is_programmed:
        return 0
    return state.program.slots_fg[compute_slot_index(state.tick + 1)] - compute_next_due_fg(config, state)


def are_deadlines_ahead(config: Config, state: State, count: int) -> bool:
    """Whether no deadline of service, therapy, drug or battery is reached in so many seconds."""
    clock_s = compute_clock_s(state)
    off_s = state.therapy.off_s if is_off_therapy(state) else 0
    return (
        is_before(state.tick, TICK_MAX, count)
        and is_before(off_s, compute_off_bound_s(config, state), count)
        and is_before(clock_s - state.reservoir.filled_clock_s, compute_stability_s(config, state), count)
        and is_before(clock_s - state.device.replacement_clock_s, REPLACEMENT_S, count)
    )


def are_alarms_settled(state: State, count: int) -> bool:
    """Whether no condition ends in so many seconds, and no silenced alarm sounds again."""
    return (
        is_before(state.tick, state.device.unknown_until_tick, count)
        and is_before(state.tick, state.device.failure_ticks[FAILURE_COUNT - 1] + DAY_S, count)
        and all(is_before(state.tick, alarm.quiet_until_tick, count) for alarm in state.alarms)
    )


def is_nothing_pending(state: State) -> bool:
    """Whether no pulse, bolus, order or end of three hours is waited for."""
    return (
        state.mode != Mode.END_OF_SERVICE
        and not state.flight.is_pending
        and not state.bolus.is_active
        and not state.staged.is_staged
        and (state.tick + 1) % LACKING_S != 0
    )


def is_no_pulse_due(config: Config, state: State, count: int) -> bool:
    """Whether so many seconds leave less than a pulse owed, if the motor is on."""
    pulse_fg = compute_upper_fg(state.path, state.reservoir.fluid, config.pump.pulse_volume_nl)[0]
    due_fg = compute_next_due_fg(config, state)
    return implies(is_motor_on(state), state.basal.owed_fg_1800 + count * due_fg < pulse_fg * SLOT_S)


def is_lacking_the_same(config: Config, state: State, count: int) -> bool:
    """Whether what lacks by the end of so many seconds is too much only if it is already."""
    more_fg_1800 = count * compute_lacking_fg(config, state)
    return is_lacking(config, state, 0) or not is_lacking(config, state, more_fg_1800)


def is_of_one_slot(state: State, count: int) -> bool:
    """Whether so many seconds are of the slot of the next one."""
    return 1 <= count <= SLOT_S - (state.tick + 1) % SLOT_S


def are_quiet(config: Config, state: State, count: int) -> bool:
    """Whether so many seconds, one or more of a single slot, bring nothing but themselves."""
    return (
        is_of_one_slot(state, count)
        and is_nothing_pending(state)
        and is_settled(config, state)
        and are_deadlines_ahead(config, state, count)
        and are_alarms_settled(state, count)
        and is_no_pulse_due(config, state, count)
        and is_lacking_the_same(config, state, count)
    )


def is_named_quiet(config: Config, state: State, count: int) -> bool:
    """Whether the kernel names so many seconds as quiet."""
    return 1 <= count <= compute_quiet_s(config, state)


def seconds_named_quiet_are_quiet(config: Config, state: State, count: int) -> bool:
    """As many seconds as the kernel names as quiet, or fewer, are quiet: the induction begins."""
    return implies(is_named_quiet(config, state, count), are_quiet(config, state, count))


def the_first_of_quiet_seconds_is_quiet(config: Config, state: State, count: int) -> bool:
    """Where many seconds are quiet, one is: each thing that they stay clear of, one stays clear of."""
    return implies(
        1 <= count <= SLOT_S,
        implies(are_deadlines_ahead(config, state, count), are_deadlines_ahead(config, state, 1))
        and implies(are_alarms_settled(state, count), are_alarms_settled(state, 1))
        and implies(is_no_pulse_due(config, state, count), is_no_pulse_due(config, state, 1))
        and implies(is_lacking_the_same(config, state, count), is_lacking_the_same(config, state, 1)),
    )


def a_quiet_second_is_a_tick(config: Config, state: State) -> bool:
    """A tick that is quiet leads where one quiet second does, alarms aside, and orders no pulse."""
    outcome = step(config, state, SecondPassed())
    return implies(
        are_quiet(config, state, 1),
        replace(outcome.state, alarms=state.alarms) == compute_after(config, state, 1)
        and not outcome.pulse.is_ordered
        and outcome.response == Response.SECOND_PASSED,
    )


def a_quiet_tick_leaves_therapy_as_lacking_as_it_was(config: Config, state: State) -> bool:
    """A tick that is quiet leaves the alarm for lacking therapy as it was."""
    after = step(config, state, SecondPassed()).state
    lacking = Alarm.THERAPY_LACKING
    return implies(are_quiet(config, state, 1), after.alarms[lacking] == state.alarms[lacking])


def a_quiet_tick_leaves_every_other_alarm_as_it_was(config: Config, state: State) -> bool:
    """A tick that is quiet leaves the other alarms as they were, and shows what is to be shown of all."""
    outcome = step(config, state, SecondPassed())
    return implies(
        are_quiet(config, state, 1),
        all(
            i == Alarm.THERAPY_LACKING or after == before
            for i, before, after in zip(range(ALARM_COUNT), state.alarms, outcome.state.alarms)
        )
        and outcome.shown == compute_shown(outcome.state),
    )


def is_planned_the_same(state: State, count: int) -> bool:
    """Whether the last of so many seconds plans as much as the first."""
    slots_fg = state.program.slots_fg
    return slots_fg[compute_slot_index(state.tick + count)] == slots_fg[compute_slot_index(state.tick + 1)]


def is_within_three_hours(state: State, count: int) -> bool:
    """Whether three hours are not over after the first of so many seconds, nor after the last."""
    return (state.tick + 1) % LACKING_S != 0 and (state.tick + count) % LACKING_S != 0


def seconds_of_one_slot_plan_the_same(config: Config, state: State, count: int) -> bool:
    """Seconds of one slot all plan as much."""
    return implies(is_of_one_slot(state, count), is_planned_the_same(state, count))


def seconds_of_one_slot_end_no_three_hours(config: Config, state: State, count: int) -> bool:
    """Seconds of one slot of which the first ends no three hours end none; the others are of it after the first."""
    after = compute_after(config, state, 1)
    return implies(
        is_of_one_slot(state, count) and (state.tick + 1) % LACKING_S != 0, is_within_three_hours(state, count)
    ) and implies(is_of_one_slot(state, count) and count >= 2, is_of_one_slot(after, count - 1))


def after_a_quiet_second_deadlines_are_ahead(config: Config, state: State, count: int) -> bool:
    """After the first of many quiet seconds the others reach no deadline, end no condition, and nothing is pending."""
    after = compute_after(config, state, 1)
    return implies(
        are_quiet(config, state, count) and count >= 2,
        is_settled(config, after)
        and are_deadlines_ahead(config, after, count - 1)
        and are_alarms_settled(after, count - 1)
        and implies(is_within_three_hours(state, 2), is_nothing_pending(after)),
    )


def is_as_planned(state: State, count: int) -> bool:
    """Whether of so many seconds, two or more, the second and the last plan as much as the first."""
    return count >= 2 and is_planned_the_same(state, 2) and is_planned_the_same(state, count)


def after_a_quiet_second_no_pulse_is_due(config: Config, state: State, count: int) -> bool:
    """After the first of many quiet seconds the others leave less than a pulse owed."""
    after = compute_after(config, state, 1)
    return implies(
        is_as_planned(state, count) and is_no_pulse_due(config, state, count),
        is_no_pulse_due(config, after, count - 1),
    )


def after_a_quiet_second_no_more_is_lacking(config: Config, state: State, count: int) -> bool:
    """After the first of many quiet seconds the others do not bring what lacks to be too much."""
    after = compute_after(config, state, 1)
    return implies(
        is_as_planned(state, count) and is_within_three_hours(state, 2) and is_lacking_the_same(config, state, count),
        is_lacking_the_same(config, after, count - 1),
    )


def quiet_seconds_pass_one_after_the_other(config: Config, state: State, count: int) -> bool:
    """The first of many quiet seconds and then the others lead where all of them do."""
    after = compute_after(config, state, 1)
    return implies(
        is_as_planned(state, count) and is_within_three_hours(state, 2) and is_within_three_hours(state, count),
        compute_after(config, after, count - 1) == compute_after(config, state, count),
    )


def one_event_of_quiet_seconds_passes_them(config: Config, state: State, count: int) -> bool:
    """An event of so many quiet seconds leads where they do, alarms aside, and orders no pulse."""
    outcome = step(config, state, SecondsPassed(count=count))
    return implies(
        is_named_quiet(config, state, count),
        replace(outcome.state, alarms=state.alarms) == compute_after(config, state, count)
        and not outcome.pulse.is_ordered
        and outcome.response == Response.SECONDS_PASSED,
    )


def quiet_seconds_leave_therapy_as_lacking_as_it_was(config: Config, state: State, count: int) -> bool:
    """An event of quiet seconds leaves the alarm for lacking therapy as it was."""
    after = step(config, state, SecondsPassed(count=count)).state
    lacking = Alarm.THERAPY_LACKING
    return implies(
        is_named_quiet(config, state, count)
        and is_planned_the_same(state, count)
        and is_within_three_hours(state, count)
        and is_lacking_the_same(config, state, count),
        after.alarms[lacking] == state.alarms[lacking],
    )


def quiet_seconds_leave_every_other_alarm_as_it_was(config: Config, state: State, count: int) -> bool:
    """An event of quiet seconds leaves the other alarms as they were, and shows what is to be shown of all."""
    outcome = step(config, state, SecondsPassed(count=count))
    return implies(
        are_quiet(config, state, count),
        all(
            i == Alarm.THERAPY_LACKING or after == before
            for i, before, after in zip(range(ALARM_COUNT), state.alarms, outcome.state.alarms)
        )
        and outcome.shown == compute_shown(outcome.state),
    )


def more_seconds_than_quiet_ones_are_refused(config: Config, state: State, count: int) -> bool:
    """An event of seconds that the kernel does not name as quiet is refused, and changes nothing."""
    outcome = step(config, state, SecondsPassed(count=count))
    return implies(
        not is_named_quiet(config, state, count),
        outcome.state == state
        and not outcome.pulse.is_ordered
        and outcome.response == Response.REFUSED_SECONDS_MAY_NOT_BE_QUIET,
    )


def where_nothing_is_waited_for_the_kernel_is_idle(config: Config, state: State) -> bool:
    """The kernel takes no second for busy where nothing is pending, the time off therapy is settled, and none lacks.

    It looks a whole slot ahead: where the patient may come to lack too much in that, each second is told.
    """
    return implies(
        is_nothing_pending(state) and is_settled(config, state) and is_lacking_the_same(config, state, SLOT_S),
        not is_busy(config, state),
    )


def seconds_that_owe_no_pulse_are_counted(config: Config, state: State, count: int) -> bool:
    """As many seconds as leave less than a pulse owed, within a slot, the kernel counts before the next pulse."""
    return implies(
        1 <= count <= SLOT_S and is_no_pulse_due(config, state, count), count <= compute_basal_quiet_s(config, state)
    )


def as_many_seconds_as_are_quiet_are_named(config: Config, state: State, count: int) -> bool:
    """An idle kernel names no fewer seconds than pass before a deadline, an alarm, a pulse and the end of the slot."""
    return implies(
        not is_busy(config, state)
        and is_of_one_slot(state, count)
        and are_deadlines_ahead(config, state, count)
        and are_alarms_settled(state, count)
        and count <= compute_basal_quiet_s(config, state),
        is_named_quiet(config, state, count),
    )


QUIET = (
    seconds_named_quiet_are_quiet,
    the_first_of_quiet_seconds_is_quiet,
    a_quiet_second_is_a_tick,
    a_quiet_tick_leaves_therapy_as_lacking_as_it_was,
    a_quiet_tick_leaves_every_other_alarm_as_it_was,
    seconds_of_one_slot_plan_the_same,
    seconds_of_one_slot_end_no_three_hours,
    after_a_quiet_second_deadlines_are_ahead,
    after_a_quiet_second_no_pulse_is_due,
    after_a_quiet_second_no_more_is_lacking,
    quiet_seconds_pass_one_after_the_other,
    one_event_of_quiet_seconds_passes_them,
    quiet_seconds_leave_therapy_as_lacking_as_it_was,
    quiet_seconds_leave_every_other_alarm_as_it_was,
    more_seconds_than_quiet_ones_are_refused,
    where_nothing_is_waited_for_the_kernel_is_idle,
    seconds_that_owe_no_pulse_are_counted,
    as_many_seconds_as_are_quiet_are_named,
)
