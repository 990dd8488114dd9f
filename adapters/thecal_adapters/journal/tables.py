# SPDX-License-Identifier: Apache-2.0
"""The tables of a journal, and the file that they stand in: nothing in them is changed or deleted, ever."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from thecal_adapters.codec import Refused
from thecal_adapters.journal.entries import ENTRY_FIELDS, Entry, Header, list_values, read_header, write_header

_TEXTS = frozenset(name for name, kind in Entry.__annotations__.items() if kind is str)
_COLUMNS = ", ".join(
    f"{name} {'TEXT' if name in _TEXTS else 'INTEGER'} {'PRIMARY KEY' if name == 'number' else 'NOT NULL'}"
    for name in ENTRY_FIELDS
)
_NAMES = ", ".join(ENTRY_FIELDS)

_SCHEMA = f"""
CREATE TABLE header (only INTEGER PRIMARY KEY CHECK (only = 1), content TEXT NOT NULL) STRICT;
CREATE TABLE entries ({_COLUMNS}, chain BLOB NOT NULL, seal BLOB NOT NULL) STRICT;
CREATE TABLE checkpoints (number INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX requests ON entries (request_id) WHERE request_id != '';
"""


def _list_guards() -> Iterator[tuple[str, str]]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for table, key in (("header", "only"), ("entries", "number"), ("checkpoints", "number")):
        for word in ("UPDATE", "DELETE"):
            yield f"{table}_{word.lower()}", f"BEFORE {word} ON {table} {refuse}"
        yield (
            f"{table}_once",
            f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {refuse}",
        )
    yield (
        "entries_in_order",
        f"BEFORE INSERT ON entries WHEN NEW.number != (SELECT MAX(number) + 1 FROM entries) {refuse}",
    )


# What refuses every change of what is written, by name, as SQLite keeps it.
GUARDS = {name: f"CREATE TRIGGER {name} {text}" for name, text in _list_guards()}

# Errors by which SQLite says that a file is damaged, not that it cannot be reached now.
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_FORMAT", "SQLITE_MISMATCH")


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is not as it was written."""
    name: str = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(_DAMAGE)


def create(path: Path, header: Header) -> None:
    """Make a journal without entries; it appears whole or not at all."""
    making = path.with_name(path.name + ".making")
    making.unlink(missing_ok=True)
    with closing(sqlite3.connect(making, isolation_level=None)) as tables:
        tables.execute("PRAGMA synchronous = FULL")
        tables.executescript(f"BEGIN; {_SCHEMA} {' '.join(f'{guard};' for guard in GUARDS.values())}")
        tables.execute("INSERT INTO header VALUES (1, ?)", (write_header(header),))
        tables.execute("COMMIT")
    making.replace(path)


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The tables, every commit of which is durable when it returns."""
    tables = sqlite3.connect(path, isolation_level=None, timeout=1.0, check_same_thread=False)
    tables.execute("PRAGMA journal_mode = WAL")
    tables.execute("PRAGMA synchronous = FULL")
    return tables


def open_for_reading(path: Path) -> sqlite3.Connection:
    """The tables as they are now, while somebody else may be writing."""
    if not path.is_file():
        raise Refused(str(path), "is a folder, and a file is expected" if path.is_dir() else "there is no such file")
    tables = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, isolation_level=None)
    tables.execute("PRAGMA query_only = ON")
    return tables


def fetch_header(tables: sqlite3.Connection) -> Header:
    """The header, or a refusal."""
    row = tables.execute("SELECT content FROM header").fetchone()
    if row is None or not isinstance(row[0], str):
        raise Refused("header", "is missing")
    return read_header(row[0], "header")


def fetch_entries(tables: sqlite3.Connection, first: int = 0) -> Iterator[tuple[Entry, bytes, bytes]]:
    """Entries from a number on, in order, each with its chain and its seal."""
    query = f"SELECT {_NAMES}, chain, seal FROM entries WHERE number >= ? ORDER BY number"
    for *values, chain, seal in tables.execute(query, (first,)):
        yield Entry(*values), bytes(chain), bytes(seal)


def fetch_last(tables: sqlite3.Connection) -> tuple[Entry, bytes, bytes] | None:
    """The last entry with its chain and its seal, None if there is none."""
    number = fetch_last_number(tables)
    return None if number is None else next(fetch_entries(tables, number))


def fetch_chain(tables: sqlite3.Connection, number: int) -> bytes | None:
    """The chain of one entry, None if there is none."""
    row = tables.execute("SELECT chain FROM entries WHERE number = ?", (number,)).fetchone()
    return None if row is None else bytes(row[0])


def fetch_last_number(tables: sqlite3.Connection) -> int | None:
    """The number of the last entry, None if there is none."""
    number = tables.execute("SELECT MAX(number) FROM entries").fetchone()[0]
    return None if number is None else int(number)


def fetch_checkpoint_numbers(tables: sqlite3.Connection) -> list[int]:
    """The entries after which a whole state is stored, in order."""
    return [int(number) for (number,) in tables.execute("SELECT number FROM checkpoints ORDER BY number")]


def fetch_checkpoint(tables: sqlite3.Connection, number: int) -> bytes:
    """The whole state after an entry."""
    return bytes(tables.execute("SELECT state FROM checkpoints WHERE number = ?", (number,)).fetchone()[0])


def insert_checkpoint(tables: sqlite3.Connection, number: int, image: bytes) -> None:
    """Add the whole state after an entry that is there already, unless it is there as well."""
    query = "INSERT INTO checkpoints SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM checkpoints WHERE number = ?)"
    tables.execute(query, (number, image, number))


def insert(tables: sqlite3.Connection, entry: Entry, chain: bytes, seal: bytes, checkpoint: bytes | None) -> None:
    """Add one entry, and the whole state if one is given, in one transaction; return when it is durable."""
    tables.execute("BEGIN IMMEDIATE")
    try:
        marks = ", ".join("?" * (len(ENTRY_FIELDS) + 2))
        tables.execute(f"INSERT INTO entries VALUES ({marks})", (*list_values(entry), chain, seal))
        if checkpoint is not None:
            tables.execute("INSERT INTO checkpoints VALUES (?, ?)", (entry.number, checkpoint))
        tables.execute("COMMIT")
    except sqlite3.Error:
        if tables.in_transaction:
            tables.execute("ROLLBACK")
        raise
