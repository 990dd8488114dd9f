# SPDX-License-Identifier: Apache-2.0
"""The ways to a pump: simulated and still, simulated and alive, on a serial line; and what was given there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.adapters.desks import CONFIG, PATH, PROGRAM, REFILL, StillLink, open_room, set_up

from thecal.events import ClinicianBolusAsked, PathDeclared, RefillDone, StopAsked
from thecal.outcome import Response
from thecal.state import Mode
from thecal_adapters.basis import compute_basis
from thecal_adapters.journal.entries import Subject
from thecal_adapters.journal.journal import Journal
from thecal_adapters.journal.tables import fetch_entries, open_for_reading
from thecal_adapters.line.client import PumpClient
from thecal_adapters.line.device import make_device
from thecal_adapters.line.link import Link
from thecal_adapters.line.loopback import Loopback, VirtualClock
from thecal_adapters.line.mischief import Mischief
from thecal_adapters.line.pump_end import PumpEnd
from thecal_adapters.line.roles import make_key
from thecal_adapters.line.trial import CountingPump, JudgingStore, make_trial_config, program
from thecal_adapters.memory import MemoryStore
from thecal_adapters.ports import Role, Store
from thecal_adapters.programmer.course import Course
from thecal_adapters.programmer.forecast import reckon, reckon_on
from thecal_adapters.programmer.links import Ask, LinkLost, Unsettled
from thecal_adapters.programmer.paced import PacedLink
from thecal_adapters.programmer.serial_link import SerialLink
from thecal_adapters.programmer.simulated import SimulatedPump

BEGIN_MS = 1_767_225_600_000
HOUR_S = 3_600
BOLUS = ClinicianBolusAsked(100_000_000_000, 600)


def make_ask(name: str, event: ClinicianBolusAsked | StopAsked | RefillDone | PathDeclared, basis: str = "") -> Ask:
    return Ask(name, event, "clinician", Role.CLINICIAN, "s", basis)


def test_what_is_charted_is_what_reached_the_patient(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        set_up(room.come("clinician"))
        room.link.ask(make_ask("b", BOLUS))
        room.link.pass_s(3 * HOUR_S)
        given_fg = sum(half.upper_fg for half in room.link.pump.course.half_hours.values())
        assert given_fg == room.link.pump.plant.book.total[0]
        assert given_fg == 400_000_000_000


def test_a_page_is_stale_by_what_a_person_decides_on_and_not_by_time(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        set_up(room.come("clinician"))
        before = compute_basis(room.state)
        room.link.pass_s(HOUR_S)
        assert compute_basis(room.state) == before
        room.link.ask(make_ask("b", BOLUS))
        assert compute_basis(room.state) != before


def test_an_order_on_another_pump_than_was_shown_never_reaches_the_kernel(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        set_up(room.come("clinician"))
        answered = room.link.ask(make_ask("b", BOLUS, basis="another"))
        assert answered.is_stale
        assert answered.response is None
        assert not room.state.bolus.is_active


def test_the_same_order_is_carried_out_once_whatever_the_pump_is_now(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        set_up(room.come("clinician"))
        ask = make_ask("b", BOLUS, compute_basis(room.state))
        assert room.link.ask(ask).response == Response.BOLUS_GRANTED
        room.link.pass_s(2 * HOUR_S)
        again = room.link.ask(ask)
        assert again.is_repeated
        assert not room.state.bolus.is_active
        assert room.link.settle(make_ask("never", BOLUS)) is None


def test_the_journal_tells_the_same_day_again(tmp_path: Path) -> None:
    subject = Subject("simulated", "peristaltic-40", ("morphine",), "example")
    with Journal(tmp_path / "pump.journal", CONFIG, subject, b"k" * 32) as journal:
        link = StillLink(SimulatedPump(CONFIG, journal, BEGIN_MS, 1))
        link.ask(make_ask("1", RefillDone(0, 18_000_000, (10_000_000, 0, 0, 0), False, False)))
        link.ask(make_ask("2", PathDeclared(316_000, 316_000, True)))
        with open_room(tmp_path) as room:
            room.link.pump = link.pump
            room.come("clinician").do("program", PROGRAM)
        link.pass_s(HOUR_S)
        seen = {place: half.upper_fg for place, half in link.pump.course.half_hours.items()}
        state = link.pump.read().state
        recalled = Course(CONFIG.pump.pulse_volume_nl)
        with closing(open_for_reading(tmp_path / "pump.journal")) as tables:
            recalled.recall([entry for entry, _, _ in fetch_entries(tables)], state)
    assert {place: half.upper_fg for place, half in recalled.half_hours.items()} == seen
    assert sum(seen.values()) > 90_000_000_000
    assert recalled.half_hours[1].planned_fg == 50_000_000_000


@contextmanager
def remember(store: Store) -> Iterator[Store]:
    yield store


def test_a_pump_that_lives_answers_from_its_own_thread() -> None:
    store = MemoryStore()
    with closing(PacedLink(CONFIG, lambda: remember(store), BEGIN_MS, 3_600)) as link:
        link.start()
        reading = link.read()
        answered = link.ask(
            make_ask("1", RefillDone(0, 18_000_000, (10_000_000, 0, 0, 0), False, False), reading.basis)
        )
        assert answered.response == Response.REFILL_BOOKED
        assert answered.reading.state.reservoir.volume_lo_nl == 18_000_000
        assert link.settle(make_ask("1", RefillDone(0, 18_000_000, (10_000_000, 0, 0, 0), False, False))) is not None
    with pytest.raises(LinkLost):
        link.read()
    with pytest.raises(LinkLost):
        link.ask(make_ask("2", StopAsked()))


def test_a_store_that_cannot_be_opened_is_told_at_the_start() -> None:
    def fail() -> Iterator[Store]:
        raise OSError("no such disk")

    link = PacedLink(CONFIG, fail, BEGIN_MS, 1)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="no such disk"):
        link.start()


@pytest.fixture
def line() -> tuple[SerialLink, Loopback, JudgingStore]:
    config, clock, store = make_trial_config(), VirtualClock(), JudgingStore()
    keys = [make_key(Role.CLINICIAN), make_key(Role.PATIENT)]
    device = make_device(config, CountingPump(), clock, store, PumpEnd(keys))
    wire = Loopback(device, clock, Mischief(1, 0), Mischief(2, 0))
    client = PumpClient(Link(lambda: wire, keys[0], wire.make_times(patience_s=5)), config)
    program(client, config)
    return SerialLink(client, Role.CLINICIAN, Course(config.pump.pulse_volume_nl)), wire, store


def test_a_pump_on_a_line_is_read_and_ordered(line: tuple[SerialLink, Loopback, JudgingStore]) -> None:
    link, _, store = line
    reading = link.read()
    assert reading.state.mode == Mode.DELIVERING
    assert link.ask(make_ask("1", StopAsked(), reading.basis)).response == Response.STOPPED
    stale = link.ask(make_ask("2", BOLUS, reading.basis))
    assert stale.is_stale
    assert store.count_granted() == 0


def test_a_reply_that_is_lost_on_the_line_is_settled_and_not_ordered_again(
    line: tuple[SerialLink, Loopback, JudgingStore],
) -> None:
    link, wire, store = line
    ask = make_ask("1", ClinicianBolusAsked(2_500_000_000, 60))
    link.client.interrogate()
    original, calls = link.client.order, []

    def order_in_silence(*args: object) -> object:
        wire.lose_replies = True
        calls.append(args)
        return original(*args)  # type: ignore[arg-type]

    link.client.order = order_in_silence  # type: ignore[method-assign, assignment]
    with pytest.raises(Unsettled, match="not known whether the pump carried out"):
        link.ask(ask)
    with pytest.raises(LinkLost):
        link.read()
    wire.lose_replies = False
    answered = link.settle(ask)
    assert answered is not None
    assert answered.response == Response.BOLUS_GRANTED
    assert store.count_granted() == 1
    assert len(calls) == 1


def test_a_cut_line_sends_nothing(line: tuple[SerialLink, Loopback, JudgingStore]) -> None:
    link, wire, store = line
    link.read()
    wire.is_cut = True
    with pytest.raises(LinkLost, match="What it delivers now is not known here"):
        link.ask(make_ask("1", BOLUS))
    wire.is_cut = False
    wire.pass_time(30)
    assert store.count_granted() == 0


def test_a_forecast_is_that_of_the_check(tmp_path: Path) -> None:
    with open_room(tmp_path) as room:
        clinician = room.come("clinician")
        clinician.do("refill", REFILL)
        clinician.do("path", PATH)
        clinician.review("program", {**PROGRAM, "bolus": "", "duration": "", "lockout": "", "count": ""})
        staged = room.state.staged
        forecast = reckon(CONFIG, ("morphine",), room.state, staged.prescription, staged.overrides)
        clinician.send("/review/")
        running = reckon_on(CONFIG, ("morphine",), room.state)
    assert forecast.problem == ""
    assert running.extremes == forecast.extremes
    day = next(each for each in forecast.extremes if each.length_s == 86_400)
    assert day.drug == "morphine"
    assert day.cap_fg == 3_500_000_000_000
    assert 2_395_000_000_000 <= day.least_fg <= day.most_fg <= 2_405_000_000_000
    assert any(slip.is_refused for slip in forecast.slips)


def test_a_forecast_that_cannot_be_made_says_why() -> None:
    forecast = reckon(CONFIG, ("morphine",), None, None, None)  # type: ignore[arg-type]
    assert "Error" in forecast.problem
