# SPDX-License-Identifier: Apache-2.0
"""The loop around the kernel keeps its rules, whatever store, pump, clock and console do."""

from dataclasses import replace
from typing import get_args

import pytest
from tests.adapters.devices import CONFIG, ORDERS, Device, HandClock, make_request

from thecal.events import (
    BolusAsked,
    Event,
    MotorRecovered,
    MotorStalled,
    PathDeclared,
    PowerRestored,
    PulseReported,
    PulseResult,
    SecondPassed,
    SecondsPassed,
    StopAsked,
)
from thecal.outcome import Response
from thecal.state import Alarm, Mode, State
from thecal_adapters.ports import (
    Answer,
    ConsoleFailed,
    PumpFailed,
    Request,
    Role,
    StoreFailed,
)
from thecal_adapters.runner import FROM_THE_DEVICE_ALONE, MAY_ASK, find_refusal
from thecal_adapters.ticks import LOST_S_MAX


def is_alarmed(state: State, alarm: Alarm) -> bool:
    return state.alarms[alarm].is_active


def test_an_hour_moves_what_is_prescribed() -> None:
    device = Device()
    device.pass_s(3_600)
    assert device.runner.state.tick == 3_600
    assert device.pump.moved == list(range(1, 41))  # 100 mcg of 10 mg/mL in pulses of 250 nL


def test_the_record_of_an_order_comes_before_its_motion_and_the_report_after() -> None:
    device = Device()
    device.pass_s(200)
    at = device.store.notes.index("move 1")
    assert device.store.notes[at - 1 : at + 2] == ["store SecondPassed 1", "move 1", "store PulseReported 0"]


def test_quiet_seconds_are_told_at_once() -> None:
    device = Device()
    device.pass_s(3_600)
    assert len(device.store.records) <= len(ORDERS) + 3 * 40 + 2


def test_being_called_often_changes_nothing() -> None:
    seldom, often = Device(), Device()
    seldom.pass_s(600)
    often.pass_s(600, step_ms=100)
    assert seldom.runner.state == often.runner.state
    assert seldom.pump.moved == often.pump.moved


def test_seconds_that_come_too_early_are_held_back() -> None:
    device = Device()
    for _ in range(500):
        device.runner.run_once()
    assert device.runner.state.tick == 0
    device.clock.now_ms += 999
    device.runner.run_once()
    assert device.runner.state.tick == 0


def test_a_pulse_that_is_told_of_later_is_booked_then() -> None:
    device = Device()
    device.pump.results = [None]
    device.pass_s(90)
    assert device.runner.state.flight.is_pending
    device.pump.facts = [PulseReported(1, PulseResult.DONE)]
    device.pass_s(1)
    assert device.store.records[-2].response is Response.PULSE_BOOKED_AS_DONE
    assert not device.runner.state.flight.is_pending


def test_a_pump_that_fails_leaves_its_pulse_unknown() -> None:
    device = Device()
    device.pump.is_failing = True
    device.pass_s(90)
    assert PulseReported(1, PulseResult.UNKNOWN) in device.list_events()
    device.pass_s(360)
    assert is_alarmed(device.runner.state, Alarm.PULSES_FAILED)


def test_facts_of_the_pump_are_told() -> None:
    device = Device()
    device.pump.facts = [MotorStalled()]
    device.runner.run_once()
    assert device.runner.state.mode is Mode.STALLED


@pytest.mark.parametrize("failures", [1, 2, 5])
def test_nothing_moves_while_the_store_fails_and_then_once(failures: int) -> None:
    device = Device()
    device.pass_s(89)
    device.clock.now_ms += 1_000
    device.store.failures = failures
    for _ in range(failures):
        with pytest.raises(StoreFailed):
            device.runner.run_once()
        assert device.pump.moved == []
        assert device.runner.state.tick == 89
    device.runner.run_once()
    assert device.pump.moved == [1]
    assert device.runner.state.tick == 90


def test_requests_and_facts_outlast_a_store_that_fails() -> None:
    device = Device()
    device.console.asked = [make_request(BolusAsked(), "b", Role.PATIENT), make_request(StopAsked(), "s")]
    device.pump.facts = [PulseReported(99, PulseResult.DONE), MotorStalled()]
    for _ in range(3):
        device.store.failures = 1
        with pytest.raises(StoreFailed):
            device.runner.run_once()
    device.runner.run_once()
    told = device.list_events()[len(ORDERS) :]
    assert told == [PulseReported(99, PulseResult.DONE), MotorStalled(), BolusAsked(), StopAsked()]


def test_a_request_is_carried_out_once_and_answered_the_same() -> None:
    device = Device()
    first = device.ask(BolusAsked(), "b1", Role.PATIENT)
    again = device.ask(BolusAsked(), "b1", Role.PATIENT)
    assert first.response is Response.BOLUS_GRANTED
    assert again == replace(first, is_repeated=True)
    assert device.list_events().count(BolusAsked()) == 1


def test_a_request_is_carried_out_once_over_a_restart() -> None:
    device = Device()
    first = device.ask(StopAsked(), "stop")
    device.begin()
    assert device.ask(StopAsked(), "stop") == replace(first, is_repeated=True)


def test_one_id_is_for_one_request() -> None:
    device = Device()
    device.ask(BolusAsked(), "b1", Role.PATIENT)
    answer = device.ask(StopAsked(), "b1")
    assert answer.response is None
    assert "another request" in answer.refusal
    assert device.runner.state.mode is Mode.DELIVERING


def test_a_refused_request_tells_the_kernel_s_response() -> None:
    device = Device()
    device.ask(BolusAsked(), "b1", Role.PATIENT)
    assert device.ask(BolusAsked(), "b2", Role.PATIENT).response is Response.REFUSED_BOLUS_WHILE_ONE_IS_ACTIVE


def test_every_event_is_for_the_device_or_for_a_clinician() -> None:
    assert set(FROM_THE_DEVICE_ALONE) | set(MAY_ASK[Role.CLINICIAN]) == set(get_args(Event))
    assert not set(FROM_THE_DEVICE_ALONE) & set(MAY_ASK[Role.CLINICIAN])
    assert MAY_ASK[Role.PATIENT] == (BolusAsked,)


@pytest.mark.parametrize(
    ("event", "role"),
    [
        (SecondPassed(), Role.CLINICIAN),
        (SecondsPassed(60), Role.CLINICIAN),
        (PowerRestored(0, True, True), Role.CLINICIAN),
        (PulseReported(1, PulseResult.NOT_DONE), Role.CLINICIAN),
        (StopAsked(), Role.PATIENT),
        (PathDeclared(1, 1, True), Role.PATIENT),
        (BolusAsked(), Role.DEVICE),
    ],
)
def test_nobody_asks_what_is_not_theirs(event: Event, role: Role) -> None:
    device = Device()
    before, count = device.runner.state, len(device.store.records)
    answer = device.ask(event, "r", role)
    assert answer.response is None
    assert role.name in answer.refusal
    assert device.runner.state == before
    assert len(device.store.records) == count


def test_what_no_event_holds_is_refused_with_its_place() -> None:
    refusal = find_refusal(make_request(PathDeclared(1, -1, True)))
    assert "event.volume_hi_nl" in refusal
    assert "needs an id" in find_refusal(make_request(StopAsked(), ""))
    assert "printable" in find_refusal(replace(make_request(StopAsked()), actor="dr\ud800"))
    assert "printable" in find_refusal(replace(make_request(StopAsked()), drug_lot="x" * 201))


def test_seconds_that_were_slept_through_are_a_gap_and_an_alarm() -> None:
    device = Device()
    device.pass_s(10)
    device.clock.now_ms += 600_000
    device.runner.run_once()
    told = [event for event in device.list_events() if isinstance(event, PowerRestored)]
    assert len(told) == 1
    assert device.runner.state.tick + told[0].gap_s == 610
    assert device.runner.state.tick <= 92
    assert is_alarmed(device.runner.state, Alarm.RESTARTED)
    assert len(device.pump.moved) == 1


def test_a_few_lost_seconds_pass_without_a_restart() -> None:
    device = Device()
    for _ in range(LOST_S_MAX):
        device.pass_s(90 - device.runner.state.tick % 90 - 1)
        device.clock.now_ms += 2_000
        device.runner.run_once()
    assert not any(isinstance(event, PowerRestored) for event in device.list_events())
    assert device.store.records[-1].lost_s == LOST_S_MAX


def test_one_second_lost_in_each_minute_is_alarmed() -> None:
    device = Device()
    for _ in range(60):
        device.pass_s(90 - device.runner.state.tick % 90 - 1)
        device.clock.now_ms += 2_000
        device.runner.run_once()
    assert is_alarmed(device.runner.state, Alarm.RESTARTED)


def test_an_alarm_is_shown_when_it_changes() -> None:
    device = Device()
    shown = len(device.console.shown)
    device.pass_s(600)
    assert len(device.console.shown) == shown
    device.pump.facts = [MotorStalled()]
    device.runner.run_once()
    assert device.console.shown[-1].alarm is Alarm.MOTOR_STALLED
    assert len(device.console.shown) == shown + 1


def test_a_console_that_fails_stops_no_therapy_and_is_shown_the_alarm_later() -> None:
    device = Device()
    device.console.is_failing = True
    device.pump.facts = [MotorStalled()]
    device.pass_s(10)
    device.pump.facts = [MotorRecovered()]
    device.pass_s(290)
    assert device.pump.moved
    shown = len(device.console.shown)
    device.console.is_failing = False
    device.runner.run_once()
    assert device.console.shown[shown:] == [device.store.records[-1].shown]


def test_an_answer_that_is_lost_is_asked_for_again() -> None:
    device = Device()
    device.console.asked = [make_request(StopAsked(), "stop")]
    answer, device.console.answer = device.console.answer, fail_to_answer  # type: ignore[method-assign]
    device.runner.run_once()
    device.console.answer = answer  # type: ignore[method-assign]
    assert device.ask(StopAsked(), "stop").is_repeated
    assert device.list_events().count(StopAsked()) == 1


def fail_to_answer(request: Request, answer: Answer) -> None:
    raise ConsoleFailed("the line is cut")


def test_at_most_one_pulse_moves_in_one_observation() -> None:
    device = Device()
    for _ in range(20):
        before = len(device.pump.moved)
        device.clock.now_ms += 3_600_000
        device.runner.run_once()
        assert len(device.pump.moved) <= before + 1


def test_an_answer_names_its_record() -> None:
    device = Device()
    answer = device.ask(StopAsked(), "stop")
    record = device.store.records[-1]
    assert answer == Answer(Response.STOPPED, record.state.tick, record.number)
    assert (record.request_id, record.actor, record.role, record.session) == ("stop", "dr-a", Role.CLINICIAN, "s1")
    assert record.drug_lot == "lot-1"


def test_the_lot_of_the_last_refill_stands_in_every_later_record() -> None:
    device = Device()
    device.console.asked = [replace(make_request(StopAsked()), drug_lot="")]
    device.pass_s(10)
    device.clock.now_ms += 1_000
    device.begin().start()
    assert {record.drug_lot for record in device.store.records} == {"lot-1"}


def test_parts_of_the_test_device_are_as_they_say() -> None:
    assert HandClock(5).utc().utc_ms > 5
    assert CONFIG.pump.pulse_volume_nl == 250
    device = Device()
    device.pump.is_failing = True
    with pytest.raises(PumpFailed):
        device.pump.poll()
