# SPDX-License-Identifier: Apache-2.0
"""After a restart the kernel hears of the gap first, knows no more than is proved, and moves nothing twice."""

from dataclasses import replace

import pytest
from tests.adapters.devices import ORDERS, Device

from thecal.events import (
    BolusAsked,
    MotorStalled,
    PowerRestored,
    PulseReported,
    PulseResult,
    RefillDone,
    ReplacementIndicated,
)
from thecal.outcome import Response
from thecal.state import Alarm, Mode, State
from thecal.units import TICK_MAX
from thecal_adapters.memory import MemoryStore
from thecal_adapters.ports import (
    NOTHING_STORED,
    Record,
    Role,
    Stamp,
    Stored,
    StoreFailed,
)
from thecal_adapters.runner import compute_gap_s


def is_alarmed(state: State, alarm: Alarm) -> bool:
    return state.alarms[alarm].is_active


def test_lost_seconds_are_remembered_over_a_restart() -> None:
    device = Device()
    device.pass_s(89)
    device.clock.now_ms += 3_000
    device.runner.run_once()
    device.begin().start()
    assert device.list_events()[-1] == PowerRestored(2, is_last_state=True, is_time_of_day_known=True)


def test_what_a_pulse_did_before_a_restart_is_unknown_before_anything_moves() -> None:
    device = Device()
    device.pump.results = [None]
    device.pass_s(90)
    device.clock.now_ms += 5_000
    device.begin().run_once()
    unknown, restored = device.list_events()[-2:]
    assert unknown == PulseReported(1, PulseResult.UNKNOWN)
    assert restored == PowerRestored(5, is_last_state=True, is_time_of_day_known=True)
    assert device.store.records[-2].response is Response.PULSE_BOOKED_AS_UNKNOWN


def test_a_pump_that_still_knows_what_its_pulse_did_is_believed() -> None:
    device = Device()
    device.pump.results = [None]
    device.pass_s(90)
    device.pump.facts = [PulseReported(1, PulseResult.DONE)]
    device.begin().run_once()
    assert device.store.records[-2].response is Response.PULSE_BOOKED_AS_DONE


@pytest.mark.parametrize("stored_before", [0, 1, 2])
def test_a_restart_is_told_whole_though_the_store_fails_within_it(stored_before: int) -> None:
    device = Device()
    device.pump.results = [None]
    device.pass_s(90)
    device.clock.now_ms += 5_000
    device.pump.facts = [ReplacementIndicated()]
    runner = device.begin()
    append = device.store.append

    def fail(record: Record) -> None:
        device.store.failures = int(len(device.store.records) == count + stored_before and not failed)
        failed.extend([True] * device.store.failures)
        append(record)

    count, failed = len(device.store.records), list[bool]()
    device.store.append = fail  # type: ignore[method-assign]
    with pytest.raises(StoreFailed):
        runner.run_once()
    runner.run_once()
    told = device.list_events()[count:]
    assert told[0] == ReplacementIndicated()
    assert sum(event.gap_s for event in told if isinstance(event, PowerRestored)) == 5
    assert not device.runner.state.flight.is_pending


def test_a_second_restart_within_one_loses_no_gap() -> None:
    device = Device()
    device.pass_s(10)
    device.clock.now_ms += 600_000
    device.pump.facts = [MotorStalled()]
    runner = device.begin()
    device.store.failures = 0
    append = device.store.append

    def die(record: Record) -> None:
        if isinstance(record.event, PowerRestored):
            raise StoreFailed("the power went away")
        append(record)

    device.store.append = die  # type: ignore[method-assign]
    with pytest.raises(StoreFailed):
        runner.start()
    device.store.append = append  # type: ignore[method-assign]
    device.clock.now_ms += 50_000
    device.begin().start()
    assert device.list_events()[-1] == PowerRestored(650, is_last_state=True, is_time_of_day_known=True)


def test_a_first_start_is_no_restart() -> None:
    device = Device(orders=())
    assert device.list_events() == []


class GivenStore(MemoryStore):
    """Says what was stored."""

    def __init__(self, stored: Stored) -> None:
        super().__init__()
        self.stored = stored
        self.responses: list[Response] = []

    def recover(self) -> Stored:
        return self.stored

    def append(self, record: Record) -> None:
        self.responses.append(record.response)
        super().append(record)


def test_a_lost_state_gives_way_to_the_capsule_and_its_numbers_go_on() -> None:
    device = Device()
    device.pass_s(900)
    capsule = device.runner.capsule
    stored = replace(NOTHING_STORED, number=50, capsule=capsule, is_last_state=False, sequence=10)
    runner = device.begin(GivenStore(stored))
    runner.start()
    assert runner.state.program == capsule.program
    assert is_alarmed(runner.state, Alarm.HISTORY_UNKNOWN)
    before = len(device.pump.moved)
    device.pass_s(7_200)
    assert len(device.pump.moved) > before
    assert device.pump.moved[before] > 10


def test_without_state_and_capsule_nothing_moves_and_later_numbers_go_on() -> None:
    device = Device()
    store = GivenStore(replace(NOTHING_STORED, number=50, is_last_state=False, sequence=700))
    runner = device.begin(store)
    device.pass_s(600)
    assert device.pump.moved == []
    assert not runner.state.is_programmed
    for place, order in enumerate(ORDERS):
        rinsed = replace(order, is_rinsed=True) if isinstance(order, RefillDone) else order
        device.ask(rinsed, f"again-{place}")
    device.pass_s(90)
    assert device.pump.moved == [701]
    assert store.responses[-1] is Response.PULSE_BOOKED_AS_DONE
    device.pump.results = [None]
    device.pass_s(90)
    device.pump.facts = [PulseReported(702, PulseResult.DONE)]
    device.runner.run_once()
    assert device.pump.moved == [701, 702]
    assert store.responses[-1] is Response.PULSE_BOOKED_AS_DONE


def test_a_state_that_fails_the_invariant_is_never_run() -> None:
    device = Device()
    device.pass_s(100)
    stored = device.store.recover()
    assert stored.state is not None
    broken = replace(stored.state, basal=replace(stored.state.basal, owed_fg_1800=-1))
    runner = device.begin(GivenStore(replace(stored, state=broken)))
    assert runner.state.program == stored.state.program
    assert runner.state.mode is Mode.MINIMUM_RATE  # what is safe for morphine
    assert is_alarmed(runner.state, Alarm.HISTORY_UNKNOWN)


def test_a_state_that_may_not_be_the_last_locks_boluses() -> None:
    device = Device()
    stored = replace(device.store.recover(), is_last_state=False)
    device.begin(GivenStore(stored))
    answer = device.ask(BolusAsked(), "b", Role.PATIENT)
    assert answer.response in (
        Response.REFUSED_BOLUS_STILL_LOCKED_OUT,
        Response.REFUSED_BOLUS_WHILE_HISTORY_IS_UNKNOWN,
    )


def test_the_gap_is_the_most_that_can_have_passed() -> None:
    assert compute_gap_s(Stamp(0, 100), Stamp(60_000, 200)) == 61
    assert compute_gap_s(Stamp(60_000, 100), Stamp(59_900, 100)) == 1
    assert compute_gap_s(Stamp(60_000, 100), Stamp(0, 100)) == TICK_MAX
    assert compute_gap_s(Stamp(0, None), Stamp(60_000, 0)) == TICK_MAX


@pytest.mark.parametrize(("gap_s", "is_known"), [(600, True), (1_800, False), (86_400, False)])
def test_the_time_of_day_is_known_while_less_than_a_slot_was_missed(gap_s: int, is_known: bool) -> None:
    device = Device()
    device.clock.now_ms += gap_s * 1_000
    device.begin().start()
    assert device.list_events()[-1] == PowerRestored(gap_s, True, is_known)


def test_short_gaps_add_up_to_an_unknown_time_of_day() -> None:
    device = Device()
    for _ in range(3):
        device.clock.now_ms += 700_000
        device.begin().start()
    assert is_alarmed(device.runner.state, Alarm.TIME_OF_DAY_UNVERIFIED)
