# SPDX-License-Identifier: Apache-2.0
"""``thecal pump``: a pump at the end of a serial line, with a simulated motor, until it is told to end."""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from thecal.limits import Config
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.exits import Exit
from thecal_adapters.files import tell_wrong
from thecal_adapters.finding import find_module
from thecal_adapters.journal.entries import Subject
from thecal_adapters.journal.head import KEY_BYTES_MIN
from thecal_adapters.journal.journal import Journal
from thecal_adapters.library import Kind, find_entry, load_config
from thecal_adapters.memory import MemoryStore
from thecal_adapters.ports import Store, StoreFailed

VERSION = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command."""

    port: str | None
    baud: int
    keys: Path
    pump: str
    drugs: Sequence[str]
    journal: Path | None
    json_to: str | None


def pump(asked: Asked) -> Exit:
    """Serve until SIGINT or SIGTERM; then tell what happened on the line."""
    teller = Teller(asked.json_to)
    for needed in ("cryptography", "serial"):
        find_module(needed)
    from thecal_adapters.line.keys import create_keys, read_keys
    from thecal_adapters.line.process import open_port, serve_pump
    from thecal_adapters.line.wires import LinkDown

    config = load_config(asked.pump, asked.drugs)
    keys = read_keys(asked.keys) if asked.keys.exists() else create_keys(asked.keys)
    with open_store(asked, config) as store:  # first: no host may find a pump that cannot keep its state
        try:
            name, open_wire = open_port(asked.port, asked.baud)
        except LinkDown as down:
            raise WrongUse(f"--port: cannot be opened as a serial port: {down}") from None
        tell_start(teller, asked, name)
        served = serve_pump(config, store, list(keys.values()), open_wire, teller.line)
    teller.line(f"Ended. Pulses moved: {served.pulses}. On the line: {describe(served.counts)}.")
    teller.json({"version": VERSION, "port": name, **asdict(served)})
    return Exit.AS_ASKED


def tell_start(teller: Teller, asked: Asked, name: str) -> None:
    """Tell what runs, and where a host finds it."""
    teller.line("Research software, not for therapy: this pump's motor is simulated.")
    for kind, entry in [(Kind.PUMP, asked.pump), *((Kind.DRUG, drug) for drug in asked.drugs)]:
        teller.line(f"{entry}: {find_entry(kind, entry).status}")
    teller.line(f"Keys: {asked.keys}")
    kept = "in memory alone, and is forgotten at the end" if asked.journal is None else f"in {asked.journal}"
    teller.line(f"State: {kept}")
    teller.line(f"Port: {name}")


@contextmanager
def open_store(asked: Asked, config: Config) -> Iterator[Store]:
    """The journal that was named, else a store in memory."""
    if asked.journal is None:
        yield MemoryStore()
        return
    status = "; ".join(find_entry(Kind.DRUG, drug).status for drug in asked.drugs)
    subject = Subject(patient="simulated", pump=asked.pump, drugs=tuple(asked.drugs), status=status)
    try:
        with Journal(asked.journal, config, subject, read_journal_key(asked.journal)) as journal:
            yield journal
    except StoreFailed as failed:
        raise WrongUse(f"--journal: {failed}") from None


def read_journal_key(journal: Path) -> bytes:
    """The key that seals a journal, from the file beside it that is made with it."""
    path = journal.with_name(journal.name + ".key")
    try:
        if not path.exists():
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES_MIN))
        return path.read_bytes()
    except OSError as error:
        raise WrongUse(f"--journal: {path}: {tell_wrong(error)}") from None


def describe(counts: dict[str, int]) -> str:
    """Counts in words."""
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing"
