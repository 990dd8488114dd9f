# SPDX-License-Identifier: Apache-2.0
"""Each alarm follows its condition, stays until somebody saw it, and sounds again while it holds."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.kernel.bench import (
    CONFIG,
    DRUG,
    FAST,
    PRESCRIPTION,
    PUMP,
    UNLISTED,
    Bench,
    declare,
    fill_up,
    open_box,
    start,
)

from thecal.alarms import BY_URGENCY, CRITICAL_REMINDER_S, REMINDER_S
from thecal.clock import REPLACEMENT_S
from thecal.events import (
    AlarmAcknowledged,
    MotorRecovered,
    MotorStalled,
    PhaseMoved,
    PowerRestored,
    ReplacementIndicated,
    SelfTestReported,
    StopAsked,
)
from thecal.outcome import Response
from thecal.state import ALARM_COUNT, CRITICAL_COUNT, NO_ALARM, Alarm
from thecal.units import TICK_MAX

DISTRUSTFUL = replace(CONFIG, pump=replace(PUMP, refill_allowance_nl=0))


def restart(gap_s: int = 0, is_last_state: bool = True, is_time_of_day_known: bool = True) -> PowerRestored:
    return PowerRestored(gap_s=gap_s, is_last_state=is_last_state, is_time_of_day_known=is_time_of_day_known)


def reach_end_of_service() -> Bench:
    bench = open_box(tick=TICK_MAX - 1)
    bench.wait(1)
    return bench


def fail_self_test() -> Bench:
    bench = start()
    bench.send(SelfTestReported(is_passed=False))
    return bench


def run_dry() -> Bench:
    bench = start(replace(FAST, bolus_fg=0), filled_nl=1)
    bench.wait(10)
    return bench


def stall() -> Bench:
    bench = start()
    bench.send(MotorStalled())
    return bench


def lose_admission() -> Bench:
    bench = start()
    bench.send(declare(100, is_filled_from_reservoir=False))
    return bench


def stop_too_long() -> Bench:
    bench = start(config=replace(CONFIG, library=(replace(DRUG, off_therapy_s_max=5), UNLISTED, UNLISTED, UNLISTED)))
    bench.send(StopAsked())
    bench.wait(4)
    assert not bench.state.alarms[Alarm.OFF_THERAPY_TOO_LONG].is_active
    bench.wait(1)
    return bench


def lose_pulses() -> Bench:
    bench = start(FAST)
    bench.wait(12, is_reported=False)
    return bench


def doubt_reservoir() -> Bench:
    bench = start(config=DISTRUSTFUL)
    bench.send(fill_up())
    return bench


def doubt_reservoir_again() -> Bench:
    bench = doubt_reservoir()
    bench.send(fill_up())
    return bench


def power_up() -> Bench:
    bench = start()
    bench.send(restart())
    return bench


def power_up_without_proof() -> Bench:
    bench = start()
    bench.send(restart(is_last_state=False))
    return bench


def stop_what_must_not_lack() -> Bench:
    library = (replace(DRUG, shortfall_permille_max=0), UNLISTED, UNLISTED, UNLISTED)
    bench = start(config=replace(CONFIG, library=library))
    bench.send(StopAsked())
    bench.wait(1)
    return bench


def power_up_without_time() -> Bench:
    bench = start()
    bench.send(restart(is_time_of_day_known=False))
    return bench


def run_low() -> Bench:
    return start(replace(PRESCRIPTION, low_reservoir_nl=1_000), filled_nl=1_000)


def keep_too_long() -> Bench:
    bench = start(config=replace(CONFIG, library=(replace(DRUG, stability_s=100), UNLISTED, UNLISTED, UNLISTED)))
    bench.send(restart(gap_s=100))
    return bench


def indicate_replacement() -> Bench:
    bench = start()
    bench.send(ReplacementIndicated())
    return bench


def forget_replacement() -> Bench:
    bench = indicate_replacement()
    bench.send(restart(gap_s=REPLACEMENT_S))
    return bench


RAISED: dict[Alarm, Callable[[], Bench]] = {
    Alarm.SERVICE_ENDED: reach_end_of_service,
    Alarm.SELF_TEST_FAILED: fail_self_test,
    Alarm.RESERVOIR_EMPTY: run_dry,
    Alarm.MOTOR_STALLED: stall,
    Alarm.THERAPY_NOT_ADMISSIBLE: lose_admission,
    Alarm.OFF_THERAPY_TOO_LONG: stop_too_long,
    Alarm.PULSES_FAILED: lose_pulses,
    Alarm.RESERVOIR_DISCREPANT: doubt_reservoir,
    Alarm.RESERVOIR_DISCREPANT_AGAIN: doubt_reservoir_again,
    Alarm.RESTARTED: power_up,
    Alarm.HISTORY_UNKNOWN: power_up_without_proof,
    Alarm.THERAPY_LACKING: stop_what_must_not_lack,
    Alarm.TIME_OF_DAY_UNVERIFIED: power_up_without_time,
    Alarm.RESERVOIR_LOW: run_low,
    Alarm.DRUG_TOO_OLD: keep_too_long,
    Alarm.REPLACEMENT_DUE: indicate_replacement,
    Alarm.REPLACEMENT_OVERDUE: forget_replacement,
}

by_alarm = pytest.mark.parametrize("alarm", Alarm, ids=lambda alarm: alarm.name)


def test_every_alarm_has_its_place() -> None:
    assert len(Alarm) == ALARM_COUNT
    assert sorted(BY_URGENCY) == sorted(Alarm)


@by_alarm
def test_an_alarm_is_raised_by_its_cause_and_not_before(alarm: Alarm) -> None:
    assert not start().state.alarms[alarm].is_active
    assert RAISED[alarm]().state.alarms[alarm].is_active


@by_alarm
def test_an_alarm_that_was_seen_sounds_again_while_it_holds(alarm: Alarm) -> None:
    bench = RAISED[alarm]()
    bench.send(AlarmAcknowledged(alarm=alarm))
    state = bench.state.alarms[alarm]
    if alarm == Alarm.RESTARTED:  # an event, not a condition: seen is gone
        assert state == NO_ALARM
        return
    quiet_s = CRITICAL_REMINDER_S if alarm < CRITICAL_COUNT else REMINDER_S
    assert (state.is_active, state.is_acknowledged) == (True, True)
    assert state.quiet_until_tick == bench.state.tick + quiet_s


def test_an_alarm_that_nobody_saw_stays_when_its_cause_is_gone() -> None:
    bench = stall()
    bench.send(MotorRecovered())
    assert bench.state.alarms[Alarm.MOTOR_STALLED].is_active
    bench.send(AlarmAcknowledged(alarm=Alarm.MOTOR_STALLED))
    assert bench.state.alarms[Alarm.MOTOR_STALLED] == NO_ALARM


def test_an_alarm_that_was_seen_goes_with_its_cause_and_arms_again() -> None:
    bench = stall()
    bench.send(AlarmAcknowledged(alarm=Alarm.MOTOR_STALLED), MotorRecovered())
    assert bench.state.alarms[Alarm.MOTOR_STALLED] == NO_ALARM
    outcome = bench.send(MotorStalled())
    assert outcome.shown.is_sounding


def test_the_most_urgent_alarm_is_shown() -> None:
    bench = indicate_replacement()
    assert bench.send(restart()).shown.alarm == Alarm.RESTARTED
    assert bench.send(MotorStalled()).shown.alarm == Alarm.MOTOR_STALLED
    bench.send(MotorRecovered())
    assert bench.send(AlarmAcknowledged(alarm=Alarm.MOTOR_STALLED)).shown.alarm == Alarm.RESTARTED


def test_a_critical_alarm_is_silent_for_ten_minutes() -> None:
    bench = stall()
    bench.send(AlarmAcknowledged(alarm=Alarm.MOTOR_STALLED))
    sounding = [outcome.shown.is_sounding for outcome in bench.wait(CRITICAL_REMINDER_S)]
    assert sounding == [False] * (CRITICAL_REMINDER_S - 1) + [True]


def test_nothing_is_shown_while_nothing_is_wrong() -> None:
    shown = start().wait(1)[0].shown
    assert (shown.is_active, shown.is_sounding) == (False, False)


def test_the_time_of_day_is_known_again_after_a_phase_event() -> None:
    bench = power_up_without_time()
    bench.send(PhaseMoved(slot_count=0), AlarmAcknowledged(alarm=Alarm.TIME_OF_DAY_UNVERIFIED))
    assert not bench.state.alarms[Alarm.TIME_OF_DAY_UNVERIFIED].is_active


def test_an_alarm_that_is_not_active_cannot_be_seen() -> None:
    assert start().send(AlarmAcknowledged(alarm=Alarm.RESTARTED)).response == Response.REFUSED_ALARM_NOT_ACTIVE
