# SPDX-License-Identifier: Apache-2.0
"""Alarms: each has a condition over the state, latches when it holds, and clears when seen and gone."""

from dataclasses import replace
from typing import Annotated, TypeAlias

from thecal.clock import REPLACEMENT_S, compute_clock_s, compute_off_s_max, compute_stability_s
from thecal.lacking import is_lacking
from thecal.limits import Config
from thecal.outcome import Shown
from thecal.state import ALARM_COUNT, CRITICAL_COUNT, NO_ALARM, Alarm, Alarms, AlarmState, Mode, State
from thecal.units import DAY_S, FAILURE_COUNT

# An acknowledged critical alarm sounds again after ten minutes, another one after a day.
CRITICAL_REMINDER_S = 600
REMINDER_S = DAY_S

_Order: TypeAlias = Annotated[tuple[Alarm, ...], ALARM_COUNT]
BY_URGENCY: _Order = (
    Alarm.SERVICE_ENDED,
    Alarm.SELF_TEST_FAILED,
    Alarm.RESERVOIR_EMPTY,
    Alarm.MOTOR_STALLED,
    Alarm.THERAPY_NOT_ADMISSIBLE,
    Alarm.OFF_THERAPY_TOO_LONG,
    Alarm.PULSES_FAILED,
    Alarm.RESERVOIR_DISCREPANT,
    Alarm.RESERVOIR_DISCREPANT_AGAIN,
    Alarm.RESTARTED,
    Alarm.HISTORY_UNKNOWN,
    Alarm.THERAPY_LACKING,
    Alarm.TIME_OF_DAY_UNVERIFIED,
    Alarm.RESERVOIR_LOW,
    Alarm.DRUG_TOO_OLD,
    Alarm.REPLACEMENT_DUE,
    Alarm.REPLACEMENT_OVERDUE,
)

Conditions: TypeAlias = Annotated[tuple[bool, ...], ALARM_COUNT]


def is_failing(state: State) -> bool:
    """Whether too many pulses of the last 24 h failed or got lost."""
    return state.device.failure_ticks[FAILURE_COUNT - 1] > state.tick - DAY_S


def compute_conditions(config: Config, state: State) -> Conditions:
    """Which alarms' conditions hold, in the order of ``Alarm``."""
    clock_s = compute_clock_s(state)
    device = state.device
    return (
        state.mode == Mode.END_OF_SERVICE,
        state.mode == Mode.FAILED,
        state.mode == Mode.EMPTY,
        device.is_stalled,
        state.is_programmed and not state.is_admitted,
        state.is_programmed and state.therapy.off_s >= compute_off_s_max(config, state),
        is_failing(state),
        state.therapy.discrepancy != 0,
        state.therapy.discrepancy != 0 and state.therapy.is_repeated,
        False,
        state.tick < device.unknown_until_tick,
        is_lacking(config, state, 0),
        not device.is_time_of_day_known,
        state.is_programmed and state.reservoir.volume_lo_nl <= state.program.low_reservoir_nl,
        state.is_programmed and clock_s - state.reservoir.filled_clock_s >= compute_stability_s(config, state),
        device.is_replacement_indicated,
        device.is_replacement_indicated and clock_s - device.replacement_clock_s >= REPLACEMENT_S,
    )


def compute_next_alarm(alarm: AlarmState, holds: bool) -> AlarmState:
    """Latch when the condition holds, clear when it is gone and somebody saw it."""
    if not holds and alarm.is_acknowledged:
        return NO_ALARM  # ALM-02
    if holds and not alarm.is_active:
        return AlarmState(is_active=True, is_acknowledged=False, quiet_until_tick=0)  # ALM-01
    return alarm


def with_alarms(config: Config, state: State) -> State:
    """Bring every alarm up to date with its condition."""
    conditions = compute_conditions(config, state)
    alarms = tuple(compute_next_alarm(alarm, holds) for alarm, holds in zip(state.alarms, conditions))
    return replace(state, alarms=alarms)


def with_alarm_raised(state: State, raised: Alarm) -> State:
    """Latch an alarm that an event raises by itself, whatever its condition."""
    fresh = AlarmState(is_active=True, is_acknowledged=False, quiet_until_tick=0)
    alarms = tuple(fresh if i == raised else alarm for i, alarm in enumerate(state.alarms))
    return replace(state, alarms=alarms)


def compute_silenced(alarms: Alarms, seen: Alarm, tick: int) -> Alarms:
    """The alarms, one of them acknowledged: silent for a while, but active."""
    quiet_s = CRITICAL_REMINDER_S if seen < CRITICAL_COUNT else REMINDER_S
    return tuple(
        replace(alarm, is_acknowledged=True, quiet_until_tick=tick + quiet_s) if i == seen else alarm
        for i, alarm in enumerate(alarms)
    )


def compute_most_urgent(alarms: Alarms) -> Alarm:
    """The active alarm that comes first in the order of urgency; the last of all where none is active."""
    for alarm, state in zip(BY_URGENCY, alarms):
        if state.is_active:
            return alarm
    return Alarm.REPLACEMENT_OVERDUE


def compute_shown(state: State) -> Shown:
    """The most urgent active alarm, and whether any active one must sound."""
    return Shown(
        is_active=any(alarm.is_active for alarm in state.alarms),
        alarm=compute_most_urgent(state.alarms),  # ALM-03
        is_sounding=any(alarm.is_active and state.tick >= alarm.quiet_until_tick for alarm in state.alarms),  # ALM-04
    )
