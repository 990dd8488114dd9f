# SPDX-License-Identifier: Apache-2.0
"""The store of a device: one file of SQLite that only grows, and the signed head beside it.

A record is durable in the file first, then the head is; only after both may anything move. A journal that is damaged or
cut is set aside as it is, never mended, and a new one goes on after it: the pump then starts from the capsule, as one
whose history is unknown.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import thecal
from thecal.capsule import make_capsule
from thecal.events import Event
from thecal.limits import Config
from thecal.outcome import Response
from thecal.state import initial_state
from thecal_adapters.codec import Decoder, Refused, parse
from thecal_adapters.journal.canonical import pack
from thecal_adapters.journal.entries import (
    FORM,
    Header,
    Subject,
    compute_chain,
    compute_header_chain,
    compute_seal,
    make_entry,
)
from thecal_adapters.journal.head import Head, HeadFile, admit_key, read_heads
from thecal_adapters.journal.recovery import Recovered, begin_after_damage, find_sequence, recover
from thecal_adapters.journal.tables import (
    create,
    fetch_chain,
    fetch_header,
    fetch_last,
    fetch_last_number,
    insert,
    insert_checkpoint,
    is_damage,
    open_for_writing,
)
from thecal_adapters.ports import NOTHING_STORED, Answer, Record, Stored, StoreFailed


class Mismatched(Refused):
    """A journal of another pump, patient or key: it is left as it is, and so is the pump."""


# A whole state is stored so often; between, events are. At recovery fewer than so many are stepped again.
CHECKPOINT_EVERY = 256


def find_head(path: Path) -> Path:
    """The file of a journal's head. A device may put it into another memory, by a link to an empty file."""
    return path.with_name(path.name + ".head")


class Journal:
    """Keeps the records of one pump. ``damage`` says what was wrong when it was opened, and is empty if nothing was.

    ``watch`` is called with a name before and after each write, for tests that cut the power there.
    """

    def __init__(
        self, path: Path, config: Config, subject: Subject, key: bytes, watch: Callable[[str], object] = lambda at: None
    ) -> None:
        self.path = path
        self.damage = ""
        self._config = config
        self._subject = subject
        self._key = admit_key(key)
        self._watch = watch
        self._since_checkpoint = CHECKPOINT_EVERY
        self._last: Record | None = None
        self._tried = b""  # the chain of the last record that was to be stored
        try:
            self._recovered = self._open()
            self._head = HeadFile(find_head(path), self._key)
            self._settle_head()
        except (sqlite3.Error, OSError) as error:
            raise StoreFailed(f"{path}: {error}") from error
        self._chain = self._recovered.chain
        self._sequence = self._recovered.stored.sequence

    def _open(self) -> Recovered:
        heads = read_heads(find_head(self.path), self._key)
        if not self.path.exists() and heads:
            return self._begin_anew(heads, "is missing, and its head is not")
        if not self.path.exists():
            create(self.path, self._make_header(1, ""))
        try:
            return self._open_existing(heads)
        except Mismatched:
            raise
        except Refused as refused:
            return self._begin_anew(heads, str(refused))
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            return self._begin_anew(heads, str(error))

    def _open_existing(self, heads: list[Head]) -> Recovered:
        self._tables = open_for_writing(self.path)
        try:
            self._refuse_another(heads)
            return recover(self._tables, self._config, self._key, heads)
        except BaseException:
            self._tables.close()
            raise

    def _refuse_another(self, heads: list[Head]) -> None:
        header = fetch_header(self._tables)
        if header.config.digest != self._config.digest:
            raise Mismatched(str(self.path), "is of another pump model or library; begin a new file for this one")
        if header.subject.patient != self._subject.patient:
            raise Mismatched(str(self.path), f"is of patient {header.subject.patient!r}")
        last = fetch_last(self._tables)
        if last is not None and not heads and compute_seal(last[1], self._key) != last[2]:
            raise Mismatched(
                str(self.path), "this key has sealed neither its entries nor its head; nothing was changed"
            )

    def _settle_head(self) -> None:
        """Bring the head up to where the journal is, so that it is never more than one entry behind.

        Where nothing proves that the end is the end, there is no head to be written: the next start must find so too.
        """
        stored = self._recovered.stored
        capsule = stored.capsule if stored.state is None else make_capsule(stored.state)
        if stored == NOTHING_STORED:
            capsule = make_capsule(initial_state(self._config))
        if capsule is not None and (stored.is_last_state or stored.state is None):
            self._head.write(Head(stored.number, self._recovered.chain, stored.stamp, stored.sequence, capsule))

    def _begin_anew(self, heads: list[Head], damage: str) -> Recovered:
        number, sequence = salvage(self.path)
        number = max(number, heads[0].number if heads else 0)
        aside = set_aside(self.path)
        self.damage = f"{damage}; {'kept as ' + aside if aside else 'nothing was left of it'}"
        create(self.path, self._make_header(number + 1, self.damage))
        self._tables = open_for_writing(self.path)
        chain = compute_header_chain(fetch_header(self._tables))
        return Recovered(begin_after_damage(number, heads, sequence), chain)

    def _make_header(self, first_number: int, predecessor: str) -> Header:
        return Header(
            form=FORM,
            kernel=thecal.__version__,
            subject=self._subject,
            config=self._config,
            first_number=first_number,
            predecessor=predecessor,
        )

    def recover(self) -> Stored:
        """What was stored when the journal was opened."""
        return self._recovered.stored

    def append(self, record: Record) -> None:
        """Store a record and its head; return when both are durable."""
        entry = make_entry(record)
        chain = compute_chain(self._chain, entry)
        is_checkpoint = self._since_checkpoint >= CHECKPOINT_EVERY
        sequence = record.pulse.sequence if record.pulse.is_ordered else self._sequence
        try:
            self._watch("before the entry")
            is_again, self._tried = self._tried == chain, chain
            if not (is_again and fetch_chain(self._tables, entry.number) == chain):  # else its head was not stored
                image = pack(record.state) if is_checkpoint else None
                insert(self._tables, entry, chain, compute_seal(chain, self._key), image)
            self._watch("before the head")
            self._head.write(Head(entry.number, chain, record.stamp, sequence, make_capsule(record.state)))
            self._watch("after the head")
        except (sqlite3.Error, OSError) as error:
            raise StoreFailed(f"{self.path}: entry {entry.number} is not durable: {error}") from error
        self._chain, self._sequence, self._last = chain, sequence, record
        self._since_checkpoint = 1 if is_checkpoint else self._since_checkpoint + 1

    def find_answer(self, request_id: str) -> tuple[Event, Answer] | None:
        """What was asked under that id and what became of it."""
        query = "SELECT number, tick, kind, event, response FROM entries WHERE request_id = ? AND request_id != ''"
        row = self._tables.execute(query, (request_id,)).fetchone()
        if row is None:
            return None
        number, tick, kind, event, response = row
        asked = Decoder().decode_event(kind, parse(event), f"entry {number}.event")
        return asked, Answer(Response(response), tick, number)

    def close(self) -> None:
        """Let go of both files; all is durable already, and the whole state is added for a quick start.

        A kernel of another version would not step the last events again as this one did: an update begins with this.
        """
        try:
            if self._last is not None:
                insert_checkpoint(self._tables, self._last.number, pack(self._last.state))
        except sqlite3.Error as error:
            raise StoreFailed(f"{self.path}: {error}") from error
        finally:
            self._head.close()
            self._tables.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def salvage(path: Path) -> tuple[int, int]:
    """The last number and the last pulse that a damaged journal still tells of; 0 for what it does not."""
    if not path.exists():
        return 0, 0
    try:
        with closing(open_for_writing(path)) as tables:
            return fetch_last_number(tables) or 0, find_sequence(tables)
    except (sqlite3.Error, Refused):
        return 0, 0


def set_aside(path: Path) -> str:
    """Rename a damaged journal, with what SQLite keeps beside it; return its new name, empty if there is nothing."""
    if not path.exists():
        return ""
    taken = 1
    while path.with_name(f"{path.name}.damaged-{taken}").exists():
        taken += 1
    aside = f"{path.name}.damaged-{taken}"
    for suffix in ("-wal", "-shm", ""):  # the tables last: cut off before, they are found damaged again
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.replace(path.with_name(aside + suffix))
    return aside
