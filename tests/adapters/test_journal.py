# SPDX-License-Identifier: Apache-2.0
"""A journal gives back exactly what was stored, only grows, and stores before anything moves."""

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from tests.adapters.devices import CONFIG, HandClock, NotingPump, make_request
from tests.adapters.journals import KEY, SUBJECT, Trial, copy, make, open_journal, recover, trial

from thecal.events import BolusAsked, PulseResult, StopAsked
from thecal.outcome import Response
from thecal_adapters.codec import Refused
from thecal_adapters.journal import journal as journal_module
from thecal_adapters.journal.head import HeadFile
from thecal_adapters.journal.journal import Mismatched, find_head
from thecal_adapters.journal.tables import fetch_checkpoint_numbers, fetch_entries, open_for_reading
from thecal_adapters.library import load_config
from thecal_adapters.ports import NOTHING_STORED, StoreFailed


def test_a_new_journal_holds_nothing(tmp_path: Path) -> None:
    assert recover(tmp_path) == (NOTHING_STORED, "")
    assert recover(tmp_path) == (NOTHING_STORED, "")


def test_what_was_stored_is_given_back_exactly(tmp_path: Path) -> None:
    state = make(tmp_path)
    stored, damage = recover(tmp_path)
    assert damage == ""
    assert stored.state == state
    assert stored.is_last_state
    assert stored.drug_lot == "lot-1"
    assert stored.sequence == state.flight.sequence > 0
    assert stored.capsule is not None
    assert stored.capsule.program == state.program


def test_every_cut_between_two_writes_leaves_the_last_state_and_every_pulse_known(tmp_path: Path) -> None:
    folder, pump = tmp_path / "live", NotingPump()
    folder.mkdir()
    cuts: list[tuple[Path, int]] = []

    def cut(place: str) -> None:
        cuts.append((copy(folder, tmp_path / f"cut-{len(cuts)}"), len(pump.moved)))

    states = {}
    with trial(folder, cut, pump) as made:
        made.program()
        for _ in range(30):
            made.run(1)
            states[made.journal._last.number if made.journal._last else 0] = made.runner.state
    assert len(pump.moved) >= 2
    assert len(cuts) > 90
    numbers = []
    for snapshot, moved in cuts:
        stored, damage = recover(snapshot)
        assert damage == ""
        assert stored.is_last_state
        assert stored.sequence >= moved
        assert stored.state == states.get(stored.number, stored.state)
        numbers.append(stored.number)
    assert numbers == sorted(numbers)
    assert set(range(1, max(numbers))) <= set(numbers)


class PowerCut(Exception):
    """The power went away between two writes."""


def test_cuts_in_a_row_at_any_write_damage_nothing_and_move_nothing_twice(tmp_path: Path) -> None:
    make(tmp_path)
    rng, pump, clock = Random(3), NotingPump(), HandClock(600_000)
    pump.moved = list(range(1, recover(tmp_path)[0].sequence + 1))
    before = len(pump.moved)
    for life in range(50):
        left = rng.choice((0, 1, 2, 3, 4, 5, 30, 60))

        def cut(place: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise PowerCut(place)

        with open_journal(tmp_path) as journal:
            assert journal.damage == "", life
            assert journal.recover().is_last_state, life
            assert journal.recover().sequence >= pump.moved[-1]
            journal._watch = cut
            made = Trial(journal, pump, clock)
            with pytest.raises(PowerCut):
                made.run(1_000)
            journal._last = None  # a cut leaves no time to end in order
        clock.now_ms += rng.randrange(5_000)
    assert pump.moved == sorted(set(pump.moved))
    assert len(pump.moved) > before + 10


def test_a_restart_goes_on_with_the_therapy_and_moves_no_pulse_twice(tmp_path: Path) -> None:
    pump, clock = NotingPump(), HandClock()
    with trial(tmp_path, pump=pump, clock=clock) as made:
        made.program()
        made.run(20)
    for _ in range(3):
        with trial(tmp_path, pump=pump, clock=clock) as made:
            made.run(10)
    assert pump.moved == list(range(1, len(pump.moved) + 1))
    assert len(pump.moved) > 15


def test_an_intent_without_an_outcome_is_unknown(tmp_path: Path) -> None:
    pump = NotingPump(results=[None])
    with trial(tmp_path, pump=pump) as made:
        made.program()
        while not pump.moved:
            made.run(1)
    with trial(tmp_path, pump=pump) as made:
        made.runner.start()
    with closing(open_for_reading(tmp_path / "pump.journal")) as tables:
        entries = [entry for entry, _, _ in fetch_entries(tables)]
    assert entries[-2].event == '{"sequence":1,"result":"UNKNOWN"}'
    assert entries[-2].response == Response.PULSE_BOOKED_AS_UNKNOWN
    assert entries[-1].kind == "PowerRestored"
    assert pump.moved == [1]


def test_a_request_is_answered_from_the_journal(tmp_path: Path) -> None:
    make(tmp_path)
    with open_journal(tmp_path) as journal:
        found = journal.find_answer("bolus")
        assert found is not None
        assert found[0] == BolusAsked()
        assert found[1].response is Response.BOLUS_GRANTED
        assert journal.find_answer("nobody asked") is None
        assert journal.find_answer("") is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET tick = tick + 1",
        "DELETE FROM entries WHERE number = 3",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE number = 3",
        "UPDATE header SET content = ''",
        "DELETE FROM header",
        "INSERT OR REPLACE INTO header SELECT * FROM header",
        "UPDATE checkpoints SET state = x'00'",
        "DELETE FROM checkpoints",
        "INSERT OR REPLACE INTO checkpoints SELECT * FROM checkpoints",
    ],
)
def test_nothing_written_is_changed_or_deleted(tmp_path: Path, statement: str) -> None:
    make(tmp_path, 3)
    with closing(sqlite3.connect(tmp_path / "pump.journal", isolation_level=None)) as tables:
        before = list(tables.iterdump())
        with pytest.raises(sqlite3.Error):
            tables.execute(statement)
        assert list(tables.iterdump()) == before


def test_a_record_whose_head_failed_is_stored_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, failures = HeadFile.write, [OSError("no room"), OSError("no room")]

    def fail(self: HeadFile, head: object) -> None:
        if failures:
            raise failures.pop()
        write(self, head)  # type: ignore[arg-type]

    with trial(tmp_path) as made:
        made.program()
        monkeypatch.setattr(HeadFile, "write", fail)
        made.console.asked = [make_request(StopAsked(), "stop")]
        for _ in range(2):
            with pytest.raises(StoreFailed, match="no room"):
                made.runner.run_once()
        made.runner.run_once()
        number = made.journal._last.number if made.journal._last else 0
    with closing(open_for_reading(tmp_path / "pump.journal")) as tables:
        kinds = [entry.kind for entry, _, _ in fetch_entries(tables)]
    assert kinds.count("StopAsked") == 1
    assert len(kinds) == number
    assert recover(tmp_path)[0].is_last_state


def test_a_full_disk_stops_the_pump_and_loses_nothing(tmp_path: Path) -> None:
    pump = NotingPump()
    with trial(tmp_path, pump=pump) as made:
        made.program()
        pages = made.journal._tables.execute("PRAGMA page_count").fetchone()[0]
        made.journal._tables.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreFailed, match="full"):
            made.run(1_000)
        moved, state = list(pump.moved), made.runner.state
        for _ in range(3):
            made.clock.now_ms += 90_000
            with pytest.raises(StoreFailed, match="full"):
                made.runner.run_once()
        assert pump.moved == moved
        assert made.runner.state == state
        made.journal._tables.execute("PRAGMA max_page_count = 100000")
        made.run(20)
        assert len(pump.moved) > len(moved)
    assert recover(tmp_path)[0].is_last_state


def test_of_two_writers_the_second_moves_nothing(tmp_path: Path) -> None:
    make(tmp_path)
    first, second = NotingPump(), NotingPump()
    with trial(tmp_path, pump=first) as one, trial(tmp_path, pump=second) as two:
        one.run(5)
        with pytest.raises(StoreFailed):
            two.run(5)
        assert second.moved == []
        assert first.moved


def test_few_whole_states_are_stored_and_the_rest_is_stepped_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "CHECKPOINT_EVERY", 10)
    with trial(tmp_path) as made:
        made.program()
        made.run(12)
        state = made.runner.state
        snapshot = copy(tmp_path, tmp_path.with_name(f"{tmp_path.name}-cut"))
    with closing(open_for_reading(snapshot / "pump.journal")) as tables:
        numbers = fetch_checkpoint_numbers(tables)
        entries = sum(1 for _ in fetch_entries(tables))
    assert numbers == list(range(1, entries + 1, 10))
    assert entries % 10 != 1
    assert recover(snapshot)[0].state == state


def test_every_write_is_synchronised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    fsync = os.fsync

    def note(handle: int) -> None:
        calls.append(handle)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    with trial(tmp_path) as made:
        assert made.journal._tables.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert made.journal._tables.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        before = len(calls)
        assert before >= 2  # the first head, and its name in the folder
        made.console.asked = [make_request(StopAsked(), "stop")]
        made.runner.run_once()
        assert len(calls) == before + 1


def test_the_head_may_stand_in_another_memory(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch()
    (tmp_path / "pump.journal.head").symlink_to(tmp_path / "elsewhere")
    state = make(tmp_path, 3)
    assert (tmp_path / "elsewhere").stat().st_size > 0
    assert recover(tmp_path)[0].state == state
    assert recover(tmp_path)[0].is_last_state


def test_a_closed_journal_begins_with_its_last_state(tmp_path: Path) -> None:
    make(tmp_path)
    with closing(open_for_reading(tmp_path / "pump.journal")) as tables:
        last = max(fetch_checkpoint_numbers(tables))
        assert last == max(entry.number for entry, _, _ in fetch_entries(tables))


def test_a_journal_of_another_pump_patient_or_key_is_left_as_it_is(tmp_path: Path) -> None:
    make(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(Mismatched, match="another pump model or library"):
        open_journal(tmp_path, config=load_config("valve-pulse-20", ["morphine"]))
    with pytest.raises(Mismatched, match="P-17"):
        open_journal(tmp_path, subject=replace(SUBJECT, patient="P-18"))
    with pytest.raises(Mismatched, match="neither"):
        open_journal(tmp_path, key=bytes(32))
    with pytest.raises(Refused, match="too short"):
        open_journal(tmp_path, key=b"short")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_is_not_there_is_a_failure_of_the_store(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed):
        open_journal(tmp_path / "nowhere")


def test_a_pump_that_reports_late_is_in_the_journal_too(tmp_path: Path) -> None:
    pump = NotingPump(results=[PulseResult.NOT_DONE, PulseResult.DONE])
    with trial(tmp_path, pump=pump) as made:
        made.program()
        made.run(30)
    with closing(open_for_reading(tmp_path / "pump.journal")) as tables:
        responses = [entry.response for entry, _, _ in fetch_entries(tables)]
    assert Response.PULSE_BOOKED_AS_NOT_DONE in responses
    assert find_head(tmp_path / "pump.journal").exists()
    assert CONFIG.digest == recover(tmp_path)[0].state.config_digest  # type: ignore[union-attr]
    assert len(KEY) >= 32
