# SPDX-License-Identifier: Apache-2.0
"""Journals to be opened, cut and forged: a filled and programmed pump that has run for some minutes."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.adapters.devices import CONFIG, ORDERS, HandClock, ListConsole, NotingPump, make_request

from thecal.events import BolusAsked
from thecal.limits import Config
from thecal.state import State
from thecal_adapters.journal.entries import Subject
from thecal_adapters.journal.journal import Journal
from thecal_adapters.journal.tables import GUARDS
from thecal_adapters.ports import Role, Stored
from thecal_adapters.runner import Runner

KEY = b"a key of thirty-two bytes, or so."
SUBJECT = Subject("P-17", "peristaltic-40", ("morphine",), "example, needs verification")


def open_journal(
    folder: Path,
    watch: Callable[[str], object] = lambda place: None,
    key: bytes = KEY,
    config: Config = CONFIG,
    subject: Subject = SUBJECT,
) -> Journal:
    return Journal(folder / "pump.journal", config, subject, key, watch)


class Trial:
    """A device on a journal, for as long as it is open."""

    def __init__(self, journal: Journal, pump: NotingPump, clock: HandClock) -> None:
        self.journal = journal
        self.pump = pump
        self.clock = clock
        self.console = ListConsole()
        self.runner = Runner(CONFIG, pump, clock, journal, self.console)

    def program(self) -> None:
        """Fill and program the pump, and ask for a bolus."""
        self.console.asked = [make_request(event, f"order-{place}") for place, event in enumerate(ORDERS)]
        self.console.asked.append(make_request(BolusAsked(), "bolus", Role.PATIENT))
        self.runner.run_once()

    def run(self, observations: int) -> None:
        """Come back so often, when the runner asks for it."""
        for _ in range(observations):
            self.clock.now_ms += self.runner.run_once()


@contextmanager
def trial(
    folder: Path,
    watch: Callable[[str], object] = lambda place: None,
    pump: NotingPump | None = None,
    clock: HandClock | None = None,
) -> Iterator[Trial]:
    with open_journal(folder, watch) as journal:
        yield Trial(journal, pump or NotingPump(), clock or HandClock())


def make(folder: Path, observations: int = 32) -> State:
    """A journal that was closed in order; the state that it ends with."""
    with trial(folder) as made:
        made.program()
        made.run(observations)
        return made.runner.state


def recover(folder: Path) -> tuple[Stored, str]:
    """What a journal gives when it is opened, and what was wrong with it."""
    with open_journal(folder) as journal:
        return journal.recover(), journal.damage


def copy(source: Path, target: Path) -> Path:
    """The files as they are, as a power cut would leave them."""
    shutil.copytree(source, target)
    return target


def tamper(folder: Path, *statements: str) -> None:
    """Change what is written, as somebody does who can write the file and has no key."""
    with closing(sqlite3.connect(folder / "pump.journal", isolation_level=None)) as tables:
        for guard in GUARDS:
            tables.execute(f"DROP TRIGGER {guard}")
        for statement in statements:
            tables.execute(statement)
        for text in GUARDS.values():
            tables.execute(text)


def flip(path: Path, bit: int) -> None:
    """Turn one bit of a file over."""
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
