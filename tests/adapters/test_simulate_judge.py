# SPDX-License-Identifier: Apache-2.0
"""Each rule of the judge condemns what breaks it, and nothing that is just within."""

from dataclasses import replace
from typing import Any

import pytest

from thecal.events import BolusAsked, PulseReported, PulseResult, RefillDone, SecondPassed
from thecal.outcome import NO_PULSE, NOTHING_SHOWN, Outcome, Response
from thecal.state import Mode, State, initial_state
from thecal.units import DAY_S, HOUR_S
from thecal_adapters.library import load_config
from thecal_adapters.plant.pump import Drive, Make, Plant, Told
from thecal_adapters.ports import UNKNOWN_STAMP, Record, Role
from thecal_adapters.simulation.faults import Scale
from thecal_adapters.simulation.judge import Judge
from thecal_adapters.simulation.monitors import Violation

CONFIG = load_config("valve-pulse-20", ["morphine"])
STATE = replace(initial_state(CONFIG), mode=Mode.DELIVERING)
MASS = (1_000, 0, 0, 0)


class Court:
    """A judge, what it said, and a way to bring records and pulses before it."""

    def __init__(self, scale: Scale | None = None, **limits: Any) -> None:
        self.violations: list[Violation] = []
        plant = Plant(Make(Drive.VALVE, CONFIG.pump.pulse_volume_nl), 1)
        plant.reservoir.fill(CONFIG.pump.capacity_nl, (1,))
        self.judge = Judge(CONFIG, plant, scale or Scale(), True, self.violations.append, lambda id_, permille: None)
        self.judge.strongest = [1, 0, 0, 0]
        self.sequence = 0
        if limits:
            program = replace(STATE.program, **limits)
            self.record(SecondPassed(), Response.PRESCRIPTION_CONFIRMED, replace(STATE, program=program))

    @property
    def ids(self) -> set[str]:
        return {each.id for each in self.violations}

    def record(self, event: Any, response: Response, state: State = STATE, before: State = STATE, **more: Any) -> None:
        fields: dict[str, Any] = {
            "number": 1,
            "event": event,
            "response": response,
            "pulse": NO_PULSE,
            "state": state,
            "shown": NOTHING_SHOWN,
            "stamp": UNKNOWN_STAMP,
            "actor": "",
            "role": Role.DEVICE,
            "session": "",
            "request_id": "",
            "drug_lot": "",
            "lost_s": 0,
        }
        record = Record(**{**fields, **more})
        self.judge.on_stored(before, record, Outcome(state, record.pulse, response, NOTHING_SHOWN))

    def order(self, upper: Any = MASS, lower: Any = MASS) -> int:
        self.sequence += 1
        pulse = replace(
            NO_PULSE, is_ordered=True, is_basal=True, sequence=self.sequence, upper_fg=upper, lower_fg=lower
        )
        self.record(SecondPassed(), Response.PULSE_ORDERED_FOR_BASAL, pulse=pulse)
        return self.sequence

    def move(self, at_s: int, mass_fg: int = 1_000) -> None:
        sequence = self.order()
        self.judge.now_ms = 1_000 * at_s
        self.judge.plant.book.add(1_000 * at_s, (mass_fg,))
        self.judge.on_motion(sequence, (mass_fg,), Told.DONE, moved_nl=CONFIG.pump.pulse_volume_nl)

    def press(self, at_s: int, role: Role = Role.PATIENT) -> None:
        self.judge.now_ms = 1_000 * at_s
        self.record(BolusAsked(), Response.BOLUS_GRANTED, role=role)


@pytest.mark.parametrize(
    ("id_", "name", "length_s"), [("OVR-01", "cap_day_fg", DAY_S), ("OVR-02", "cap_hour_fg", HOUR_S)]
)
def test_a_window_above_its_cap_is_condemned_and_one_at_its_cap_is_not(id_: str, name: str, length_s: int) -> None:
    limits: dict[str, Any] = {name: (3_000, 0, 0, 0)}
    court = Court(**limits)
    for at_s in (100, 200, length_s + 90):
        court.move(at_s)
    assert court.ids == set()
    court.move(length_s + 98)
    assert court.ids == {id_}


def test_a_window_since_a_cap_was_lowered_is_held_to_the_lower_one() -> None:
    court = Court(cap_day_fg=(9_000, 0, 0, 0))
    court.move(100)
    court.judge.now_ms = 150_000
    lower = replace(STATE.program, cap_day_fg=(1_000, 0, 0, 0))
    court.record(SecondPassed(), Response.PRESCRIPTION_CONFIRMED, replace(STATE, program=lower))
    court.move(200)
    assert court.ids == set()
    court.move(300)
    assert court.ids == {"OVR-01"}


def test_a_row_of_the_table_widens_a_window_by_what_it_declares_and_no_more() -> None:
    court = Court(Scale(excess_permille=500), cap_day_fg=(2_000, 0, 0, 0))
    for at_s in (100, 200, 300):
        court.move(at_s)
    assert court.ids == set()
    court.move(400)
    assert court.ids == {"OVR-01"}


def test_a_bolus_within_the_lockout_is_condemned() -> None:
    court = Court(lockout_s=600, bolus_count_max=9)
    court.press(1_000)
    court.press(1_600)
    assert court.ids == set()
    court.press(2_198)
    assert court.ids == {"OVR-03"}


def test_a_bolus_beyond_the_count_is_condemned() -> None:
    court = Court(bolus_count_max=2)
    for at_s in (0, 100, DAY_S):
        court.press(at_s)
    assert court.ids == set()
    court.press(DAY_S + 50)
    assert court.ids == {"OVR-04"}


def test_a_patients_bolus_for_a_clinician_is_condemned() -> None:
    court = Court(bolus_count_max=2)
    court.press(0, Role.CLINICIAN)
    assert court.ids == {"OVR-09"}


def test_pulses_that_come_too_close_are_condemned() -> None:
    court = Court()
    court.move(100)
    court.move(100 + CONFIG.pump.pulse_interval_s - 1)
    assert court.ids == set()
    court.move(100 + 2 * CONFIG.pump.pulse_interval_s - 3)
    assert court.ids == {"OVR-06"}


@pytest.mark.parametrize(("given_fg", "ids"), [(1_000, set()), (1_001, {"CON-02"})])
def test_more_than_the_upper_book_is_condemned(given_fg: int, ids: set[str]) -> None:
    court = Court()
    court.move(100, given_fg)
    assert court.ids == ids


@pytest.mark.parametrize(("given_fg", "ids"), [(1_000, set()), (999, {"CON-02"})])
def test_less_than_the_lower_book_is_condemned(given_fg: int, ids: set[str]) -> None:
    court = Court()
    court.move(100, given_fg)
    court.record(PulseReported(1, PulseResult.DONE), Response.PULSE_BOOKED_AS_DONE)
    assert court.ids == ids


def test_a_pulse_that_moved_and_is_told_as_not_done_is_condemned() -> None:
    court = Court()
    court.move(100)
    court.record(PulseReported(1, PulseResult.NOT_DONE), Response.PULSE_BOOKED_AS_NOT_DONE)
    assert court.ids == {"ASM-07"}


def test_motion_without_an_order_and_motion_twice_are_condemned() -> None:
    court = Court()
    court.judge.on_motion(7, (0,), Told.DONE, moved_nl=CONFIG.pump.pulse_volume_nl)
    assert court.ids == {"ASM-29"}
    court = Court()
    court.move(100)
    court.judge.now_ms += 60_000
    court.judge.on_motion(1, (1_000,), Told.DONE, moved_nl=CONFIG.pump.pulse_volume_nl)
    assert court.ids == {"ASM-06"}


def test_two_orders_of_one_number_and_a_request_stored_twice_are_condemned() -> None:
    court = Court()
    court.order()
    court.sequence = 0
    court.order()
    assert court.ids == {"OVR-12"}
    court = Court()
    for _ in range(2):
        court.record(BolusAsked(), Response.REFUSED_BOLUS_NOT_PRESCRIBED, request_id="a")
    assert court.ids == {"ASM-22"}


def test_a_reservoir_below_its_residual_is_condemned() -> None:
    court = Court()
    court.judge.plant.aspirate(CONFIG.pump.residual_nl)
    court.move(100)
    assert court.ids == set()
    court.judge.plant.aspirate(CONFIG.pump.residual_nl - 1)
    court.move(200)
    assert court.ids == {"RES-01"}


def test_basal_that_is_two_pulses_behind_is_condemned() -> None:
    court = Court()
    pulse_fg = CONFIG.pump.pulse_volume_nl
    before = replace(STATE, program=replace(STATE.program, slots_fg=(1_800 * pulse_fg,) * 48))
    for tick in (1, 2):
        court.judge.now_ms += 1_000
        court.record(SecondPassed(), Response.SECOND_PASSED, replace(before, tick=tick), replace(before, tick=tick - 1))
    assert court.ids == set()
    court.judge.now_ms += 1_000
    court.record(SecondPassed(), Response.SECOND_PASSED, replace(before, tick=3), replace(before, tick=2))
    assert court.ids == {"UND-01"}


def test_more_ticks_than_seconds_are_condemned() -> None:
    court = Court()
    court.judge.now_ms = 10_000
    court.record(SecondPassed(), Response.SECOND_PASSED, replace(STATE, tick=11), replace(STATE, tick=11))
    assert court.ids == set()
    court.record(SecondPassed(), Response.SECOND_PASSED, replace(STATE, tick=12), replace(STATE, tick=12))
    assert court.ids == {"ASM-01"}


def test_what_is_out_of_reach_is_measured_and_never_condemned() -> None:
    court = Court()
    court.judge.is_counted = False
    court.judge.on_motion(7, (0,), Told.DONE, moved_nl=CONFIG.pump.pulse_volume_nl)
    assert court.ids == set()


@pytest.mark.parametrize(("value", "permille"), [(999_999, 1_000), (1_000_000, 1_000), (1_000_001, 1_001)])
def test_a_margin_above_1000_permille_is_a_violation_and_no_other_is(value: int, permille: int) -> None:
    court, margins = Court(), list[int]()
    court.judge.on_margin = lambda id_, each: margins.append(each)
    court.judge._hold("RES-01", value, 1_000_000, "too much")
    assert margins == [permille]
    assert bool(court.ids) is (permille > 1_000)


PULSE_NL = CONFIG.pump.pulse_volume_nl
DRAINING = [Scale(extra_pulses=5), Scale(excess_permille=145)]


def deliver_from_empty(scale: Scale, more_nl: int, kept_nl: int, is_empty: bool = True) -> Court:
    """A pulse moves so much more than ordered, and one after it so much less, told as done."""
    court = Court(scale)
    lower = (PULSE_NL, 0, 0, 0)
    court.judge.on_motion(court.order((10 * PULSE_NL, 0, 0, 0)), (PULSE_NL,), Told.DONE, moved_nl=PULSE_NL + more_nl)
    court.record(PulseReported(1, PulseResult.DONE), Response.PULSE_BOOKED_AS_DONE)
    court.judge.plant.aspirate(0 if is_empty else PULSE_NL)
    court.judge.now_ms += 60_000
    left_nl = PULSE_NL - kept_nl
    court.judge.on_motion(court.order(lower, lower), (left_nl,), Told.DONE, moved_nl=left_nl)
    court.record(PulseReported(2, PulseResult.DONE), Response.PULSE_BOOKED_AS_DONE)
    return court


@pytest.mark.parametrize("scale", DRAINING)
@pytest.mark.parametrize("kept_nl", [1, PULSE_NL - 1, PULSE_NL])
def test_an_empty_reservoir_may_keep_back_what_moved_too_much_and_no_more(scale: Scale, kept_nl: int) -> None:
    court = deliver_from_empty(scale, more_nl=kept_nl, kept_nl=kept_nl)
    assert court.ids == set()
    assert court.judge._compute_lacking_bound_fg(STATE) == 2 * PULSE_NL + kept_nl
    assert deliver_from_empty(scale, more_nl=kept_nl - 1, kept_nl=kept_nl).ids == {"CON-02"}


def test_a_pulse_that_is_short_is_condemned_while_there_is_fluid_or_nothing_drains_it() -> None:
    draining = Scale(excess_permille=145)
    assert deliver_from_empty(draining, more_nl=PULSE_NL, kept_nl=PULSE_NL, is_empty=False).ids == {"CON-02"}
    assert deliver_from_empty(Scale(), more_nl=PULSE_NL, kept_nl=PULSE_NL).ids == {"CON-02"}
    assert draining.is_draining
    assert not Scale().is_draining


def test_a_refill_begins_the_account_of_what_moved_too_much_anew() -> None:
    court = deliver_from_empty(Scale(excess_permille=145), more_nl=PULSE_NL, kept_nl=1)
    event = RefillDone(0, PULSE_NL, (1, 0, 0, 0), has_unknown_drug=False, is_rinsed=False)
    court.record(event, Response.REFILL_BOOKED)
    assert court.ids == set()
    court.judge.now_ms += 60_000
    upper = (PULSE_NL, 0, 0, 0)
    court.judge.on_motion(court.order(upper), (PULSE_NL - 1,), Told.DONE, moved_nl=PULSE_NL - 1)
    assert court.ids == {"CON-02"}
