# SPDX-License-Identifier: Apache-2.0
"""Whether a journal is as it was written: every entry, every whole state, the guards, and the signed head.

It stops at the first break and says where. What the chain and the seals cannot show is said in the guide.
"""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from thecal.state import State, initial_state
from thecal_adapters.codec import Refused, expect_integer, expect_object, parse
from thecal_adapters.journal.canonical import unpack
from thecal_adapters.journal.entries import Entry, Header, compute_header_chain
from thecal_adapters.journal.head import Head, read_heads
from thecal_adapters.journal.recovery import check_digest, check_links, step_again
from thecal_adapters.journal.tables import (
    GUARDS,
    fetch_checkpoint,
    fetch_checkpoint_numbers,
    fetch_entries,
    fetch_header,
    open_for_reading,
)


@dataclass(frozen=True)
class Verification:
    """What was found. ``place`` and ``reason`` name the first break, both empty if there is none.

    ``doubts`` says what could not be decided, because a key or the head is missing.
    """

    header: Header | None
    last_number: int
    chain: str
    checked: int
    replayed: int
    place: str
    reason: str
    doubts: tuple[str, ...]


class _Walk:
    """Goes through the entries once, and remembers how far it came."""

    def __init__(self, tables: sqlite3.Connection, key: bytes | None, is_replayed: bool) -> None:
        self.tables = tables
        self.key = key
        self.is_replayed = is_replayed
        self.header: Header | None = None
        self.last_number = 0
        self.checked = 0
        self.replayed = 0
        self.chains: dict[int, bytes] = {}  # of the last two
        self._state: State | None = None
        self._sequence = 0

    def walk(self) -> None:
        """Refuse what is not as it was written."""
        self._check_file()
        header = self.header = fetch_header(self.tables)
        self.last_number = header.first_number - 1
        self.chains = {self.last_number: compute_header_chain(header)}
        left = set(fetch_checkpoint_numbers(self.tables))
        for entry, chain, seal in fetch_entries(self.tables):
            check_links(self.last_number + 1, entry, chain, seal, self.chains[self.last_number], self.key)
            self._check_state(
                header, entry, fetch_checkpoint(self.tables, entry.number) if entry.number in left else None
            )
            left.discard(entry.number)
            self._check_sequence(entry)
            self.chains = {self.last_number: self.chains[self.last_number], entry.number: chain}
            self.last_number = entry.number
            self.checked += 1
        if left:
            raise Refused(f"checkpoint {min(left)}", "belongs to no entry")

    def _check_file(self) -> None:
        damage = self.tables.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise Refused("file", f"SQLite finds: {' '.join(str(damage).split())}")
        found = dict(self.tables.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
        for name, text in GUARDS.items():
            if found.get(name) != text:
                raise Refused(f"guard {name}", "is missing or changed: entries could be altered")

    def _check_state(self, header: Header, entry: Entry, image: bytes | None) -> None:
        if image is not None and hashlib.sha256(image).hexdigest() != entry.state_sha256:
            raise Refused(f"checkpoint {entry.number}", "is not the state that was recorded")
        if not self.is_replayed:
            return
        if self._state is None and image is not None and header.predecessor:
            self._state = unpack(State, image, f"checkpoint {entry.number}")
        else:
            self._state = step_again(header.config, self._state or initial_state(header.config), entry)
        check_digest(entry, self._state)
        self.replayed += 1

    def _check_sequence(self, entry: Entry) -> None:
        pulse = parse(entry.pulse, f"entry {entry.number}.pulse")
        if pulse is None:
            return
        sequence = expect_integer(expect_object(pulse, "pulse").get("sequence"), f"entry {entry.number}.pulse.sequence")
        if sequence <= self._sequence:
            raise Refused(f"entry {entry.number}", f"orders pulse {sequence} after pulse {self._sequence}")
        self._sequence = sequence


def verify(path: Path, head: Path, key: bytes | None, is_replayed: bool = False) -> Verification:
    """Check a journal; with its key the seals and the head too, and if asked every step of the kernel."""
    place, reason, doubts = "", "", list_doubts(head, key)
    with closing(open_for_reading(path)) as tables:
        walk = _Walk(tables, key, is_replayed)
        try:
            walk.walk()
            if key is not None and head.exists():
                check_head(walk.chains, walk.last_number, read_heads(head, key))
        except Refused as refused:
            place, reason = refused.path, refused.reason
        except sqlite3.DatabaseError as error:
            place, reason = "file", f"SQLite finds: {error}"
    return Verification(
        header=walk.header,
        last_number=walk.last_number,
        chain=walk.chains.get(walk.last_number, b"").hex(),
        checked=walk.checked,
        replayed=walk.replayed,
        place=place,
        reason=reason,
        doubts=tuple(doubts),
    )


def list_doubts(head: Path, key: bytes | None) -> list[str]:
    """What cannot be decided with what is at hand."""
    doubts = []
    if key is None:
        doubts.append("without the key no seal is checked: whoever can write the file could have made all of it anew")
    if not head.exists():
        doubts.append(f"without the head {head.name} nobody can say whether entries are missing at the end")
    return doubts


def check_head(chains: dict[int, bytes], last_number: int, heads: list[Head]) -> None:
    """Refuse a head that has sealed another end than the journal's; it may be one entry behind, and no more."""
    if not heads:
        raise Refused("head", "no page of it is sealed with this key")
    if heads[0].number > last_number:
        raise Refused(f"entry {last_number}", f"is the last, but the head has sealed {heads[0].number}: cut off")
    if heads[0].chain != chains.get(heads[0].number):
        raise Refused("head", f"has sealed entry {heads[0].number} of another history, or is older than the journal")
