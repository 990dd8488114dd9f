# SPDX-License-Identifier: Apache-2.0
"""``thecal programmer``: the page on which a pump is programmed, served to this machine alone."""

import contextlib
import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from thecal.limits import Config
from thecal.state import State
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.exits import Exit
from thecal_adapters.finding import find_module
from thecal_adapters.journal.entries import Entry, Subject
from thecal_adapters.journal.head import KEY_BYTES_MIN
from thecal_adapters.journal.journal import Journal
from thecal_adapters.journal.tables import fetch_entries, fetch_last_number, open_for_reading
from thecal_adapters.library import Kind, find_entry, load_config
from thecal_adapters.ports import Role, StoreFailed
from thecal_adapters.programmer.accounts import FIRST_NAME, Accounts, Person
from thecal_adapters.programmer.actions import Actions
from thecal_adapters.programmer.app import make_app
from thecal_adapters.programmer.course import Course
from thecal_adapters.programmer.desk import Desk, make_environment
from thecal_adapters.programmer.forecast import ProcessForecaster
from thecal_adapters.programmer.links import PumpLink
from thecal_adapters.programmer.paced import PacedLink
from thecal_adapters.programmer.sessions import Sessions

KEYS = Path("pump-keys.toml")  # what `thecal pump` names them, unless it is told otherwise
DAY_MS = 86_400_000
ENTRIES_OF_A_DAY = 60_000  # two for each pulse, at many times the usual flow


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command. ``port``: the serial line to a pump; None for the simulated one."""

    pump: str
    drugs: Sequence[str]
    folder: Path
    listen: int
    speed: int
    idle_min: int
    longest_h: int
    port: str | None = None
    keys: Path | None = None
    is_handset: bool = False

    @property
    def role(self) -> Role:
        """Whose key is used on the line."""
        return Role.PATIENT if self.is_handset else Role.CLINICIAN


def programmer(asked: Asked) -> Exit:
    """Serve the page until it is interrupted."""
    teller = Teller(None)
    config = load_config(asked.pump, asked.drugs)
    if asked.port is None and (asked.keys is not None or asked.is_handset):
        raise WrongUse("--keys and --handset are for a pump on a serial line, and need its --port")
    prepare(asked.folder)
    with listen(asked.listen) as listening, open_link(asked, config) as (link, find_course):
        accounts = Accounts(asked.folder / "accounts.json")
        password = None if accounts.all else accounts.add(FIRST_NAME, Person.CLINICIAN)
        with (
            contextlib.closing(Actions(asked.folder / "actions.jsonl")) as actions,
            contextlib.closing(ProcessForecaster(config, asked.drugs)) as forecaster,
        ):
            desk = Desk(
                config=config,
                pump=asked.pump,
                drugs=asked.drugs,
                status=find_status(asked),
                link=link,
                find_course=find_course,
                accounts=accounts,
                sessions=Sessions(60 * asked.idle_min, 3_600 * asked.longest_h),
                actions=actions,
                environment=make_environment(),
                forecaster=forecaster,
                port=listening.getsockname()[1],
            )
            tell_beginning(teller, asked, desk.port, password)
            serve(desk, listening)
    after = "The simulated pump stands still until it is started again." if asked.port is None else "The pump goes on."
    teller.line(f"Ended. {after}")
    return Exit.AS_ASKED


def prepare(folder: Path) -> None:
    """Make the folder, for its owner alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WrongUse(f"--folder: {folder}: {error.strerror}") from error


def find_status(asked: Asked) -> str:
    """What must be said of pump and drugs: whether they are examples."""
    entries = [(Kind.PUMP, asked.pump), *((Kind.DRUG, drug) for drug in asked.drugs)]
    return "; ".join(f"{name}: {find_entry(kind, name).status}" for kind, name in entries)


@contextlib.contextmanager
def open_link(asked: Asked, config: Config) -> Iterator[tuple[PumpLink, Callable[[], Course]]]:
    """The simulated pump, or the one at the end of the line."""
    if asked.port is not None:
        link, course = open_line(asked, config)
        with contextlib.closing(link):
            yield link, lambda: course
        return
    key = read_key(asked.folder / "journal.key")
    subject = Subject("simulated", asked.pump, tuple(asked.drugs), find_status(asked))

    def open_journal() -> Journal:
        return Journal(asked.folder / "pump.journal", config, subject, key)

    def recall(course: Course, state: State) -> None:
        course.recall(read_entries(asked.folder / "pump.journal"), state)

    begin_ms = time.time_ns() // 1_000_000 // DAY_MS * DAY_MS
    with contextlib.closing(PacedLink(config, open_journal, begin_ms, asked.speed, recall)) as paced:
        try:
            paced.start()
        except StoreFailed as failed:
            raise WrongUse(f"--folder: {failed}") from failed
        yield paced, lambda: paced.course


def open_line(asked: Asked, config: Config) -> tuple[PumpLink, Course]:
    """The pump at the end of a serial line, by the key of one role."""
    for needed in ("cryptography", "serial"):
        find_module(needed)
    from thecal_adapters.line.client import PumpClient
    from thecal_adapters.line.keys import read_keys
    from thecal_adapters.line.link import Link
    from thecal_adapters.line.wires import SerialWire
    from thecal_adapters.programmer.serial_link import SerialLink

    file, name = asked.keys or KEYS, asked.port or ""
    if asked.keys is None and not file.exists():
        raise WrongUse(f"--port needs --keys: the file of keys that the pump was started with; {file} is not here")
    keys = read_keys(file)
    if asked.role not in keys:
        raise WrongUse(f"--keys: {file} has no key for the role {asked.role.name.lower()}")
    course = Course(config.pump.pulse_volume_nl)
    client = PumpClient(Link(lambda: SerialWire(name), keys[asked.role]), config)
    return SerialLink(client, asked.role, course), course


def read_entries(path: Path) -> list[Entry]:
    """The last entries of a journal, as many as a day may have."""
    with contextlib.closing(open_for_reading(path)) as tables:
        last = fetch_last_number(tables) or 0
        return [entry for entry, _, _ in fetch_entries(tables, last - ENTRIES_OF_A_DAY)]


def read_key(path: Path) -> bytes:
    """The key that seals the journal: made at the first start, and kept beside it, which protects from slips alone."""
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES_MIN))
    return path.read_bytes()


@contextlib.contextmanager
def listen(port: int) -> Iterator[socket.socket]:
    """The loopback's port, taken before anything else is done; 0 for any that is free."""
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise WrongUse(f"--listen: port {port} on 127.0.0.1: {error.strerror}; choose another") from error
    with listening:
        yield listening


def tell_beginning(teller: Teller, asked: Asked, port: int, password: str | None) -> None:
    """Say where the page is, and how to come in."""
    teller.line("Research software, not for therapy.")
    teller.line(f"The programmer is at http://127.0.0.1:{port}/ on this machine; its records are in {asked.folder}.")
    if password is not None:
        teller.line(f"Sign in as {FIRST_NAME} with the one-time password {password}; it is shown this once.")
    else:
        teller.line("Sign in as before. Whoever has no password any more begins anew in another --folder.")
    if asked.port is None and asked.speed != 1:
        teller.line(f"Demonstration: the simulated pump lives {asked.speed} seconds in each real one.")
    teller.line("End it with Ctrl+C.")


def serve(desk: Desk, listening: socket.socket) -> None:
    """Answer requests until interrupted."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    settings = uvicorn.Config(
        make_app(desk), access_log=False, server_header=False, lifespan="off", ws="none", log_level="warning",
        proxy_headers=False, timeout_graceful_shutdown=2, limit_concurrency=64,
    )  # fmt: skip
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(settings).run(sockets=[listening])
