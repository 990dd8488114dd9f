# SPDX-License-Identifier: Apache-2.0
"""What was changed, cut or replaced shows; what is damaged is never run, and never lost."""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from tests.adapters.devices import CONFIG, HandClock, NotingPump
from tests.adapters.journals import KEY, copy, flip, make, open_journal, recover, tamper, trial

from thecal.capsule import Capsule, make_capsule
from thecal.state import Alarm, Mode, State, initial_state
from thecal_adapters.codec import Refused
from thecal_adapters.journal.canonical import compute_image_digest, compute_shape, pack, unpack
from thecal_adapters.journal.entries import ENTRY_FIELDS
from thecal_adapters.journal.head import PAGE_BYTES, Head, read_heads, read_page, write_page
from thecal_adapters.journal.journal import Mismatched
from thecal_adapters.journal.verification import verify
from thecal_adapters.ports import Stamp, StoreFailed

FILE, HEAD = "pump.journal", "pump.journal.head"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    make(folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return copy(whole, tmp_path / "copy")


def find_break(folder: Path, is_replayed: bool = False) -> str:
    found = verify(folder / FILE, folder / HEAD, KEY, is_replayed)
    return f"{found.place}: {found.reason}" if found.place else ""


def test_a_journal_as_it_was_written_has_no_break(folder: Path) -> None:
    found = verify(folder / FILE, folder / HEAD, KEY, is_replayed=True)
    assert (found.place, found.doubts) == ("", ())
    assert found.checked == found.replayed == found.last_number > 30


@pytest.mark.parametrize("name", [name for name in ENTRY_FIELDS if name != "number"])
def test_a_changed_field_of_an_entry_is_found_where_it_stands(folder: Path, name: str) -> None:
    other = f"CASE typeof({name}) WHEN 'text' THEN {name} || 'x' ELSE 1 + {name} END"
    tamper(folder, f"UPDATE entries SET {name} = {other} WHERE number = 7")
    assert find_break(folder).startswith("entry 7: was changed")


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE entries SET chain = zeroblob(32) WHERE number = 7", "entry 7"),
        ("UPDATE entries SET seal = zeroblob(32) WHERE number = 7", "entry 7: is not sealed"),
        ("DELETE FROM entries WHERE number = 7", "entry 7: is missing"),
        ("UPDATE entries SET number = number + 1000 WHERE number = 7", "entry 7: is missing"),
        ("DELETE FROM entries WHERE number > 30; DELETE FROM checkpoints WHERE number > 30", "entry 30: is the last"),
        ("DELETE FROM entries WHERE number > 30", "checkpoint"),
        ("UPDATE checkpoints SET state = zeroblob(9) WHERE number = 1", "checkpoint 1"),
        ("INSERT INTO checkpoints SELECT 999, state FROM checkpoints LIMIT 1", "checkpoint 999"),
        ("UPDATE header SET content = replace(content, 'P-17', 'P-18')", "entry 1: was changed"),
        ("DELETE FROM header", "header"),
    ],
)
def test_what_was_tampered_with_is_found(folder: Path, statement: str, place: str) -> None:
    tamper(folder, *statement.split(";"))
    assert find_break(folder).startswith(place)


def test_a_guard_that_was_taken_away_is_found(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE)) as tables:
        tables.execute("DROP TRIGGER entries_update")
    assert find_break(folder).startswith("guard entries_update")


def test_an_entry_that_was_forged_without_the_key_is_found(folder: Path) -> None:
    shutil.rmtree(folder / "forged", ignore_errors=True)
    (folder / "forged").mkdir()
    with open_journal(folder / "forged", key=b"another key that is long enough...") as journal:
        assert journal.recover().number == 0
    shutil.copy(folder / HEAD, folder / "forged" / HEAD)
    assert find_break(folder / "forged").startswith("entry 0: is the last, but the head has sealed")


def test_a_state_that_the_kernel_does_not_come_to_is_found_when_stepped_again(folder: Path) -> None:
    digest = compute_image_digest(initial_state(CONFIG)).hex()
    assert find_break(folder, is_replayed=True) == ""
    tamper(folder, f"UPDATE entries SET state_sha256 = '{digest}' WHERE number = 7")
    assert find_break(folder, is_replayed=True).startswith("entry 7")


def test_what_cannot_be_decided_is_said(folder: Path) -> None:
    assert "without the key" in verify(folder / FILE, folder / HEAD, None).doubts[0]
    assert "without the head" in verify(folder / FILE, folder / "nowhere", KEY).doubts[0]
    (folder / HEAD).write_bytes(bytes(2 * PAGE_BYTES))
    assert find_break(folder) == "head: no page of it is sealed with this key"


def cut_the_tail(folder: Path) -> None:
    tamper(folder, "DELETE FROM entries WHERE number > 30")


def change_the_last_entries(folder: Path) -> None:
    tamper(folder, "UPDATE entries SET alarm = 'x' WHERE number > 30")


def drop_a_table(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE)) as tables:
        tables.execute("DROP TABLE checkpoints")


def lose_the_file(folder: Path) -> None:
    (folder / FILE).unlink()


def overwrite_the_file(folder: Path) -> None:
    (folder / FILE).write_bytes(b"no database at all" * 1_000)


def empty_the_file(folder: Path) -> None:
    (folder / FILE).write_bytes(b"")


DAMAGES = (cut_the_tail, change_the_last_entries, drop_a_table, lose_the_file, overwrite_the_file, empty_the_file)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_journal_gives_way_to_the_capsule_and_is_kept(
    folder: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    before, _ = recover(copy(folder, tmp_path / "twin"))
    damage(folder)
    broken = (folder / FILE).read_bytes() if (folder / FILE).exists() else b""
    pump, clock = NotingPump(), HandClock(600_000)
    with trial(folder, pump=pump, clock=clock) as made:
        assert made.journal.damage
        stored = made.journal.recover()
        assert stored.state is None
        assert not stored.is_last_state
        assert (stored.capsule, stored.number, stored.sequence) == (before.capsule, before.number, before.sequence)
        made.run(200)
        state = made.runner.state
    assert state.alarms[Alarm.HISTORY_UNKNOWN].is_active
    assert before.state is not None
    assert state.program == before.state.program
    assert state.mode is Mode.MINIMUM_RATE  # what is safe for morphine
    assert pump.moved
    assert min(pump.moved) > before.sequence
    assert find_break(folder, is_replayed=True) == ""
    assert recover(folder)[0].is_last_state
    aside = folder / f"{FILE}.damaged-1"
    assert (aside.read_bytes() == broken) if broken else True


def test_a_start_that_is_cut_off_after_a_damage_is_made_again(folder: Path) -> None:
    cut_the_tail(folder)
    assert recover(folder)[1]
    for _ in range(3):
        stored, damage = recover(folder)
        assert damage == ""
        assert stored.state is None
        assert not stored.is_last_state
        assert stored.capsule is not None
    assert len(list(folder.glob("*.damaged-*"))) == 1


def test_a_lost_head_leaves_the_state_without_a_proof(folder: Path) -> None:
    before, _ = recover(folder)
    (folder / HEAD).unlink()
    for _ in range(2):
        stored, damage = recover(folder)
        assert damage == ""
        assert stored.state == before.state
        assert not stored.is_last_state
        assert stored.sequence == before.sequence


def test_a_head_whose_last_write_was_cut_off_still_proves_the_end(folder: Path) -> None:
    before, _ = recover(folder)
    with trial(folder, clock=HandClock(600_000)) as made:
        made.run(3)
        state = made.runner.state
    content = bytearray((folder / HEAD).read_bytes())
    latest = read_heads(folder / HEAD, KEY)[0]
    page = 0 if read_page(bytes(content[:PAGE_BYTES]), KEY) == latest else PAGE_BYTES
    content[page + 40 : page + PAGE_BYTES] = bytes(PAGE_BYTES - 40)
    (folder / HEAD).write_bytes(content)
    stored, damage = recover(folder)
    assert damage == ""
    assert stored.is_last_state
    assert stored.number > before.number
    assert stored.state == state


def test_an_older_copy_of_the_journal_or_of_the_head_is_found(folder: Path, tmp_path: Path) -> None:
    older = copy(folder, tmp_path / "older")
    clock = HandClock(600_000)
    with trial(folder, clock=clock) as made:
        made.run(5)
    newer = copy(folder, tmp_path / "newer")
    shutil.copy(older / FILE, folder / FILE)
    assert "entries are missing" in recover(folder)[1]
    shutil.copy(older / HEAD, newer / HEAD)
    stored, damage = recover(newer)
    assert not stored.is_last_state or damage


def test_older_copies_of_both_together_cannot_be_told_from_the_last(folder: Path, tmp_path: Path) -> None:
    older = copy(folder, tmp_path / "older")
    with trial(folder, clock=HandClock(600_000)) as made:
        made.run(5)
    assert recover(older)[0].is_last_state  # the guide says so, and what would help


def is_honest(folder: Path, state: State) -> bool:
    """Whether a journal gives the very last state, or no proof; refusing to open is honest, too."""
    try:
        stored, _ = recover(folder)
    except (StoreFailed, Mismatched):
        return True
    return stored.state == state if stored.is_last_state else True


@pytest.mark.parametrize("name", [FILE, HEAD])
def test_a_file_cut_anywhere_is_never_read_as_another_state(whole: Path, tmp_path: Path, name: str) -> None:
    rng, state = Random(4), recover(copy(whole, tmp_path / "twin"))[0].state
    assert state is not None
    size = (whole / name).stat().st_size
    for place in range(25):
        folder = copy(whole, tmp_path / f"{place}")
        with (folder / name).open("r+b") as file:
            file.truncate(rng.randrange(size))
        assert is_honest(folder, state), place


def test_a_bit_turned_over_anywhere_is_never_read_as_another_state(whole: Path, tmp_path: Path) -> None:
    rng, state = Random(5), recover(copy(whole, tmp_path / "twin"))[0].state
    assert state is not None
    size = (whole / FILE).stat().st_size
    for place in range(60):
        folder = copy(whole, tmp_path / f"{place}")
        flip(folder / FILE, rng.randrange(size * 8))
        assert is_honest(folder, state), place


def test_no_single_bit_of_a_head_turns_over_unseen() -> None:
    head = Head(7, bytes(range(32)), Stamp(1_700_000_000_000, 100), 5, make_capsule(initial_state(CONFIG)))
    page = write_page(head, KEY)
    assert read_page(page, KEY) == head
    for bit in range(len(page) * 8):
        turned = bytearray(page)
        turned[bit // 8] ^= 1 << bit % 8
        assert read_page(bytes(turned), KEY) is None, bit


def test_no_bit_of_a_state_s_image_turns_over_unseen(folder: Path) -> None:
    state = recover(folder)[0].state
    image, digest = pack(state), compute_image_digest(state)
    assert unpack(State, image, "state") == state
    for bit in range(len(image) * 8):
        turned = bytearray(image)
        turned[bit // 8] ^= 1 << bit % 8
        assert hashlib.sha256(turned).digest() != digest, bit
        if bit % 31:
            continue  # of the rest it is known: an image that is read has one text
        try:
            read = unpack(State, bytes(turned), "state")
        except Refused:
            continue
        assert pack(read) == bytes(turned), bit


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda image: image.replace(b"State/", b"Stage/"), "is an image of"),
        (lambda image: image[: image.rindex(b",")], "is cut off"),
        (lambda image: image + b",0", "holds more"),
        (lambda image: image.replace(b":", b":0", 1), "not the form"),
        (lambda image: image.replace(b",", b",,", 1), "is no integer"),
        (lambda image: image[: image.rindex(b",")] + b",99999999999999999999", "64 bits"),
        (lambda image: image.replace(b":", b": ", 1), "is no integer"),
    ],
)
def test_an_image_in_another_form_is_refused(change: Callable[[bytes], bytes], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        unpack(State, change(pack(initial_state(CONFIG))), "state")


def test_records_of_one_shape_are_not_read_as_another() -> None:
    assert compute_shape(State) != compute_shape(Capsule)
    with pytest.raises(Refused):
        unpack(Capsule, pack(initial_state(CONFIG)), "capsule")


def test_the_head_holds_what_the_journal_ends_with(folder: Path) -> None:
    head = read_heads(folder / HEAD, KEY)[0]
    stored, _ = recover(folder)
    assert (head.number, head.sequence, head.capsule) == (stored.number, stored.sequence, stored.capsule)
