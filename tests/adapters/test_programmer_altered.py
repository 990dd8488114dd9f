# SPDX-License-Identifier: Apache-2.0
"""A value that is altered between the screen and the pump, or on the way back, is found, told and not programmed.

First each kind of value, on a pump that stands still; then real processes, with the simulated pump and with one at the
end of a serial line.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.adapters.altering import VARIABLE, raise_dose
from tests.adapters.desks import PASSWORD, PATH, PROGRAM, REFILL, Hand, Room, open_room
from tests.adapters.seats import start

from thecal.events import (
    ClinicianBolusAsked,
    Event,
    PathDeclared,
    PhaseMoved,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PrimeAsked,
    RefillDone,
)
from thecal.prescription import NO_OVERRIDES, Prescription
from thecal.state import State
from thecal_adapters.programmer.links import Reading
from thecal_adapters.programmer.simulated import Pending

STORED = "The pump stored another value than was entered"
READ_BACK = "The pump holds another value than was reviewed"
NO_BOLUS = {**PROGRAM, "bolus": "", "duration": "", "lockout": "", "count": ""}
CONFIRM = 'action="/review/'


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path) as room:
        clinician = room.come("clinician")
        clinician.do("refill", REFILL)
        clinician.do("path", PATH)
        yield room


def alter_there(room: Room, kind: type, alter: Callable[..., Event]) -> None:
    """Alter the next orders of a kind between the page and the pump."""
    carry_out = room.link.pump.carry_out

    def altered(pending: Pending) -> object:
        if isinstance(pending.ask.event, kind):
            pending.ask = replace(pending.ask, event=alter(pending.ask.event))
        return carry_out(pending)

    room.link.pump.carry_out = altered  # type: ignore[method-assign, assignment]


def alter_back(room: Room, alter: Callable[[State], State]) -> None:
    """Alter whatever the pump reads back from now on."""
    read = room.link.pump.read

    def altered() -> Reading:
        reading = read()
        return replace(reading, state=alter(reading.state))

    room.link.pump.read = altered  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (raise_dose, ("2.4 mg/day", "2.496 mg/day")),
        (lambda it: replace(it, slots_fg=(it.slots_fg[0] + 1, *it.slots_fg[1:])), ("2.400000000001 mg/day",)),
        (
            lambda it: replace(it, slots_fg=(it.slots_fg[0] - 1, it.slots_fg[1] + 1, *it.slots_fg[2:])),
            ("49.999999999 mcg",),
        ),
        (lambda it: replace(it, bolus_fg=it.bolus_fg // 2), ("240 mcg", "120 mcg")),
        (lambda it: replace(it, bolus_duration_s=1_200), ("10 min", "20 min")),
        (lambda it: replace(it, lockout_s=240), ("4 h", "4 min")),
        (lambda it: replace(it, bolus_count_max=3), (">4<", ">3<")),
        (lambda it: replace(it, cap_day_fg=(3_600_000_000_000, 0, 0, 0)), ("3.5 mg/day", "3.6 mg/day")),
        (lambda it: replace(it, cap_hour_fg=(500_000_000_000, 0, 0, 0)), ("400 mcg/h", "500 mcg/h")),
        (lambda it: replace(it, low_reservoir_nl=3_000_000), ("2 mL", "3 mL")),
    ],
)
def test_each_value_of_a_program_that_is_stored_otherwise_is_told_and_cannot_be_confirmed(
    room: Room, change: Callable[[Prescription], Prescription], told: tuple[str, ...]
) -> None:
    clinician = room.come("clinician")
    alter_there(room, PrescriptionStaged, lambda event: replace(event, prescription=change(event.prescription)))
    text = clinician.review("program", PROGRAM)
    assert STORED in text
    assert all(each in text for each in told)
    assert CONFIRM not in text
    assert not room.state.staged.is_staged
    assert not room.state.is_programmed


def test_a_value_that_is_shown_nowhere_is_compared_as_well(room: Room) -> None:
    clinician = room.come("clinician")
    alter_there(
        room, PrescriptionStaged, lambda event: replace(event, prescription=replace(event.prescription, lockout_s=5))
    )
    text = clinician.review("program", NO_BOLUS)
    assert STORED in text
    assert "A value that is not shown" in text
    assert CONFIRM not in text


def test_a_rule_that_was_set_aside_on_the_way_is_told_and_cannot_be_confirmed(room: Room) -> None:
    clinician = room.come("clinician")
    overrides = replace(NO_OVERRIDES, is_increase=True, is_day_limit=True)
    alter_there(room, PrescriptionStaged, lambda event: replace(event, overrides=overrides))
    text = clinician.review("program", PROGRAM)
    assert STORED in text
    assert "Day’s cap above the soft limit" in text
    assert CONFIRM not in text


def test_a_program_that_is_altered_on_the_way_back_cannot_be_confirmed(room: Room) -> None:
    clinician = room.come("clinician")
    read = room.link.pump.read
    alter_back(
        room,
        lambda state: replace(state, staged=replace(state.staged, prescription=raise_dose(state.staged.prescription))),
    )
    text = clinician.review("program", PROGRAM)
    assert STORED in text
    assert "2.496 mg/day" in text
    assert CONFIRM not in text
    assert not read().state.is_programmed


def test_a_confirmation_that_is_altered_on_the_way_programs_nothing(room: Room) -> None:
    clinician = room.come("clinician")
    alter_there(room, PrescriptionConfirmed, lambda event: PrescriptionConfirmed(raise_dose(event.prescription)))
    text = clinician.do("program", PROGRAM)
    assert "43 REFUSED_NOT_WHAT_WAS_STAGED" in text
    assert not room.state.is_programmed


def test_a_program_in_force_that_is_read_back_otherwise_is_told_and_on_record(room: Room) -> None:
    clinician = room.come("clinician")
    clinician.review("program", PROGRAM)
    alter_back(room, lambda state: replace(state, program=raise_dose(state.program)))
    text = clinician.send("/review/")
    assert READ_BACK in text
    assert "2.496 mg/day" in text
    assert "Done" not in text
    noted = [action for action in room.desk.actions.recent if action.what == "stored otherwise"]
    assert len(noted) == 1
    assert "Dose in a day: 2.4 mg/day → 2.496 mg/day" in str(noted[0].details["rows"])


@pytest.mark.parametrize(
    ("workflow", "values", "kind", "alter", "told"),
    [
        ("refill", REFILL, RefillDone, lambda it: replace(it, filled_nl=8_000_000), "8 mL"),
        ("refill", REFILL, RefillDone, lambda it: replace(it, concentrations_fg_per_nl=(9_000_000, 0, 0, 0)), "mg/mL"),
        ("path", PATH, PathDeclared, lambda it: replace(it, volume_hi_nl=400_000), "0.3 mL to 0.4 mL"),
        (
            "bolus", {"mass": "0.1 mg", "duration": "10 min"}, ClinicianBolusAsked,
            lambda it: replace(it, mass_fg=2 * it.mass_fg), "200 mcg over 10 min, by a clinician",
        ),
        (
            "bolus", {"mass": "0.1 mg", "duration": "10 min"}, ClinicianBolusAsked,
            lambda it: replace(it, duration_s=300), "100 mcg over 5 min, by a clinician",
        ),
        ("time-of-day", {"slots": "4"}, PhaseMoved, lambda it: replace(it, slot_count=8), "From 04:00"),
    ],
)  # fmt: skip
def test_what_was_done_otherwise_than_reviewed_is_told(
    room: Room, workflow: str, values: dict[str, str], kind: type, alter: Callable[..., Event], told: str
) -> None:
    clinician = room.come("clinician")
    steps = {"from-1": "00:00", "dose-1": "1 mg", "from-2": "12:00", "dose-2": "1.4 mg"}
    clinician.do("program", {**PROGRAM, **steps})
    alter_there(room, kind, alter)
    text = clinician.do(workflow, values, checked=False)
    assert READ_BACK in text
    assert told in text


def test_a_prime_that_is_stored_otherwise_cannot_be_confirmed(room: Room) -> None:
    clinician = room.come("clinician")
    clinician.do("path", {**PATH, "holds": "none"})
    alter_there(room, PrimeAsked, lambda it: replace(it, volume_nl=2 * it.volume_nl))
    text = clinician.review("prime", {"volume": "0.1 mL"})
    assert STORED in text
    assert "0.2 mL" in text
    assert CONFIRM not in text


class Altered:
    """A page's process with something between it and its pump that alters values, and a clinician before it."""

    def __init__(self, client: httpx.Client, base: str, file: Path) -> None:
        self.hand = Hand(client, base)
        self._file = file

    def alter(self, words: str = "") -> None:
        self._file.write_text(words, encoding="utf-8")

    def expect_refusal(self, words: str) -> None:
        """Stage a program that is altered there or back: it is told, it cannot be confirmed, and nothing runs."""
        self.alter(words)
        text = self.hand.review("program", NO_BOLUS)
        assert STORED in text
        assert "2.496 mg/day" in text
        assert CONFIRM not in text
        self.alter()
        assert "Not programmed" in self.hand.look("/status")
        assert "Dose in a day: 2.4 mg/day → 2.496 mg/day" in self.hand.look("/record")

    def review(self) -> None:
        self.hand.review("program", NO_BOLUS)
        while "being reckoned" in self.hand.text:
            self.hand.look(self.hand.path)


@contextmanager
def open_altered(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Iterator[Altered]:
    """The page, filled and not yet programmed."""
    file = folder / "alteration"
    file.touch()
    monkeypatch.setenv(VARIABLE, str(file))
    server = start(folder / "page", *options, module="tests.adapters.altering")
    with httpx.Client(base_url=server.base, follow_redirects=True, timeout=300) as client:
        altered = Altered(client, server.base, file)
        hand = altered.hand
        hand.sign_in("clinician", server.password)
        hand.send("/password", old=server.password, password=PASSWORD, again=PASSWORD)
        hand.do("refill", {**REFILL, "lot": "L-1"})
        assert "70 REFILL_BOOKED" in hand.text
        assert "18 mL" in hand.look("/status")
        hand.do("path", PATH)
        yield altered
    assert "Traceback" not in server.stop()


def test_no_altered_value_is_programmed_by_the_real_page_on_the_simulated_pump(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_altered(tmp_path, monkeypatch) as altered:
        hand = altered.hand
        altered.expect_refusal("PrescriptionStaged there")
        altered.expect_refusal("PrescriptionStaged back")
        altered.review()
        altered.alter("PrescriptionConfirmed there")
        assert "43 REFUSED_NOT_WHAT_WAS_STAGED" in hand.send("/review/")
        altered.alter()
        assert "Not programmed" in hand.look("/status")


def test_a_pump_at_the_end_of_a_serial_line_is_filled_refuses_altered_values_is_programmed_and_then_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = str(tmp_path / "keys.toml")
    command = [sys.executable, "-u", "-m", "thecal_adapters", "pump", "--keys", keys]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pump:
        assert pump.stdout is not None
        port = next(line for line in pump.stdout if line.startswith("Port:")).split()[1]
        try:
            with open_altered(tmp_path, monkeypatch, "--port", port, "--keys", keys) as altered:
                altered.expect_refusal("PrescriptionStaged there")
                altered.expect_refusal("PrescriptionStaged back")
                altered.review()
                hand = altered.hand
                assert "31 PRESCRIPTION_CONFIRMED" in hand.send("/review/")
                assert READ_BACK not in hand.text
                pump.terminate()
                pump.wait()
                hand.look("/status")
                assert hand.status == 503
                assert "What it delivers now is not known here" in hand.text
        finally:
            pump.terminate()
            pump.communicate()
