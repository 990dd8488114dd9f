# SPDX-License-Identifier: Apache-2.0
"""Alarms: their conditions, written out afresh from the sentences, and how they come and go."""

from typing import Annotated, TypeAlias

from thecal.events import AlarmAcknowledged, Event, PowerRestored, SecondsPassed
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.state import ALARM_COUNT, CRITICAL_COUNT, Alarm, AlarmState, Mode, State
from thecal.units import DAY_S, FAILURE_COUNT, YEAR_S
from thecal_specs.ghost import compute_off_bound_s
from thecal_specs.logic import implies
from thecal_specs.properties.lacking import is_lack_noted
from thecal_specs.properties.underdose import compute_tolerance_permille

Conditions: TypeAlias = Annotated[tuple[bool, ...], ALARM_COUNT]

# How soon an acknowledged critical alarm sounds again, and how long a pump is used after its indicator.
CRITICAL_REMINDER_S = 600
REPLACEMENT_S = 90 * DAY_S


def compute_keeping_s(config: Config, state: State) -> int:
    """How long what is in the reservoir keeps: the least of its drugs' times, a year at most."""
    keeping_s = YEAR_S
    for drug, hi in zip(config.library, state.reservoir.fluid.hi):
        if hi > 0:
            keeping_s = min(keeping_s, drug.stability_s)
    return keeping_s


def compute_expected(config: Config, state: State) -> Conditions:
    """Which conditions hold, in the order of ``Alarm``; a restart is an event and has none."""
    device = state.device
    clock_s = state.tick + device.missed_s
    is_doubted = state.therapy.discrepancy != 0
    is_indicated = device.is_replacement_indicated
    return (
        state.mode == Mode.END_OF_SERVICE,
        state.mode == Mode.FAILED,
        state.mode == Mode.EMPTY,
        device.is_stalled,
        state.is_programmed and not state.is_admitted,
        state.is_programmed and state.therapy.off_s >= compute_off_bound_s(config, state),
        device.failure_ticks[FAILURE_COUNT - 1] > state.tick - DAY_S,
        is_doubted,
        is_doubted and state.therapy.is_repeated,
        False,
        state.tick < device.unknown_until_tick,
        state.is_programmed
        and 5 * sum(fg for fg in state.therapy.lacking_fg_1800)
        > 9 * compute_tolerance_permille(config, state) * state.titration.total_fg[0],
        not device.is_time_of_day_known,
        state.is_programmed and state.reservoir.volume_lo_nl <= state.program.low_reservoir_nl,
        state.is_programmed and clock_s - state.reservoir.filled_clock_s >= compute_keeping_s(config, state),
        is_indicated,
        is_indicated and clock_s - device.replacement_clock_s >= REPLACEMENT_S,
    )


def is_raised_by(event: Event, alarm: int) -> bool:
    """Whether an event raises an alarm by itself: a restart raises its own."""
    return isinstance(event, PowerRestored) and alarm == Alarm.RESTARTED


def an_alarm_is_active_whenever_its_condition_holds(config: Config, before: State, event: Event, after: State) -> bool:
    """ALM-01: after every event each alarm whose condition holds is active, and none is raised without its cause."""
    expected = compute_expected(config, after)
    is_restart = isinstance(event, PowerRestored)
    is_quiet = isinstance(event, SecondsPassed)  # TOT-05: as second by second
    return all(
        implies(expected[i], after.alarms[i].is_active)
        and implies(not before.alarms[i].is_active and after.alarms[i].is_active, expected[i] or is_raised_by(event, i))
        for i in range(ALARM_COUNT)
    ) and (
        implies(is_restart, after.alarms[Alarm.RESTARTED].is_active)
        and (is_quiet or is_lack_noted(before, event, after))
    )


def is_acknowledged_now(event: Event, alarm: int) -> bool:
    """Whether an event acknowledges an alarm."""
    if isinstance(event, AlarmAcknowledged):
        return event.alarm == alarm
    return False


def is_acknowledgement_kept(before: AlarmState, after: AlarmState, is_raised: bool, is_now: bool) -> bool:
    """Whether an alarm that was seen stays so, and as quiet, while it is active; and a new one was seen by nobody."""
    is_quiet = is_now or after.quiet_until_tick >= before.quiet_until_tick
    is_kept = after.is_acknowledged and is_quiet
    return implies(before.is_acknowledged and after.is_active and not is_raised, is_kept) and implies(
        not before.is_active and after.is_active, not after.is_acknowledged
    )


def a_latched_alarm_clears_only_when_acknowledged_and_resolved(
    config: Config, before: State, event: Event, after: State
) -> bool:
    """ALM-02: an alarm clears only when acknowledged and its condition is gone, and is as new; none outstays both."""
    expected = compute_expected(config, after)
    return all(
        implies(
            before.alarms[i].is_active and not after.alarms[i].is_active,
            (before.alarms[i].is_acknowledged or is_acknowledged_now(event, i)) and not expected[i],
        )
        and implies(after.alarms[i].is_acknowledged, expected[i])
        and is_acknowledgement_kept(
            before.alarms[i], after.alarms[i], is_raised_by(event, i), is_acknowledged_now(event, i)
        )
        and implies(
            before.alarms[i].is_active and is_acknowledged_now(event, i) and expected[i],
            after.alarms[i].is_acknowledged,
        )
        and implies(not after.alarms[i].is_active, not after.alarms[i].is_acknowledged)
        for i in range(ALARM_COUNT)
    )


def the_most_urgent_alarm_is_the_one_shown(after: State, outcome: Outcome) -> bool:
    """ALM-03: what is shown is active, and no more urgent alarm is; nothing is shown only when none is active."""
    shown = outcome.shown
    return all(
        implies(after.alarms[i].is_active, shown.is_active and shown.alarm <= i) for i in range(ALARM_COUNT)
    ) and implies(shown.is_active, any(after.alarms[i].is_active and shown.alarm == i for i in range(ALARM_COUNT)))


def compute_reminder_s(alarm: int) -> int:
    """How long an alarm is silent that was seen: ten minutes if it is critical, else a day."""
    return CRITICAL_REMINDER_S if alarm < CRITICAL_COUNT else DAY_S


def an_acknowledged_critical_alarm_sounds_again(before: State, event: Event, outcome: Outcome, after: State) -> bool:
    """ALM-04: a critical alarm is silent for at most the reminder after it was seen; nothing sounds but what is due."""
    is_any_due = any(alarm.is_active and after.tick >= alarm.quiet_until_tick for alarm in after.alarms)
    return (
        implies(outcome.shown.is_sounding, is_any_due)
        and all(
            implies(
                after.alarms[i].is_active and after.tick >= after.alarms[i].quiet_until_tick, outcome.shown.is_sounding
            )
            for i in range(ALARM_COUNT)
        )
        and all(
            implies(
                before.alarms[i].is_active and after.alarms[i].is_active and is_acknowledged_now(event, i),
                after.alarms[i].quiet_until_tick == after.tick + compute_reminder_s(i),
            )
            for i in range(ALARM_COUNT)
        )
        and all(
            implies(
                after.alarms[i].is_active and after.alarms[i].quiet_until_tick > before.alarms[i].quiet_until_tick,
                is_acknowledged_now(event, i) and after.alarms[i].quiet_until_tick <= after.tick + CRITICAL_REMINDER_S,
            )
            for i in range(CRITICAL_COUNT)
        )
    )
