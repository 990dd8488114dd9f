# SPDX-License-Identifier: Apache-2.0
"""``thecal programmer``: the page on which a pump is programmed, served to this machine alone."""

import contextlib
import logging
import secrets
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvicorn

from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.exits import Exit
from thecal_adapters.journal.entries import Subject
from thecal_adapters.journal.journal import Journal
from thecal_adapters.library import load_config
from thecal_adapters.ports import StoreFailed
from thecal_adapters.programmer.accounts import FIRST_NAME, Accounts, Person
from thecal_adapters.programmer.actions import Actions
from thecal_adapters.programmer.app import make_app
from thecal_adapters.programmer.desk import Desk, make_environment
from thecal_adapters.programmer.paced import PacedLink
from thecal_adapters.programmer.sessions import Sessions

DAY_MS = 86_400_000
STATUS = "example, needs verification"
KEY_BYTES = 32


def programmer(pump: str, drugs: Sequence[str], folder: Path, port: int, speed: int, idle_min: int) -> Exit:
    """Serve the page until it is interrupted."""
    teller = Teller(None)
    config = load_config(pump, drugs)
    prepare(folder)
    accounts = Accounts(folder / "accounts.json")
    password = None if accounts.all else accounts.add(FIRST_NAME, Person.CLINICIAN)
    subject = Subject("patient-1", pump, tuple(drugs), STATUS)
    key = read_key(folder / "journal.key")

    def open_journal() -> Journal:
        return Journal(folder / "pump.journal", config, subject, key)

    begin_ms = time.time_ns() // 1_000_000 // DAY_MS * DAY_MS
    with listen(port) as listening, contextlib.closing(PacedLink(config, open_journal, begin_ms, speed)) as link:
        try:
            link.start()
        except StoreFailed as failed:
            raise WrongUse(f"--folder: {failed}") from failed
        with contextlib.closing(Actions(folder / "actions.jsonl")) as actions:
            port = listening.getsockname()[1]
            sessions = Sessions(60 * idle_min)
            desk = Desk(
                config, pump, drugs, STATUS, link, lambda: link.course, accounts, sessions, actions, make_environment()
            )
            tell_beginning(teller, folder, port, speed, password)
            serve(desk, port, listening)
    teller.line("Ended. The simulated pump stands still until it is started again.")
    return Exit.AS_ASKED


def prepare(folder: Path) -> None:
    """Make the folder, for its owner alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WrongUse(f"--folder: {folder}: {error.strerror}") from error


def read_key(path: Path) -> bytes:
    """The key that seals the journal: made at the first start, and kept beside it, which protects from slips alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()


@contextlib.contextmanager
def listen(port: int) -> Iterator[socket.socket]:
    """The loopback's port, taken before anything else is done."""
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise WrongUse(f"--listen: port {port} on 127.0.0.1: {error.strerror}; choose another") from error
    with listening:
        yield listening


def tell_beginning(teller: Teller, folder: Path, port: int, speed: int, password: str | None) -> None:
    """Say where the page is, and how to come in."""
    teller.line("Research software, not for therapy.")
    teller.line(f"The programmer is at http://127.0.0.1:{port}/ on this machine; its records are in {folder}.")
    if password is not None:
        teller.line(f"Sign in as {FIRST_NAME} with the one-time password {password}; it is shown this once.")
    if speed != 1:
        teller.line(f"Demonstration: the simulated pump lives {speed} seconds in each real one.")
    teller.line("End it with Ctrl+C.")


def serve(desk: Desk, port: int, listening: socket.socket) -> None:
    """Answer requests until interrupted."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    settings = uvicorn.Config(
        make_app(desk, port),
        access_log=False, server_header=False, lifespan="off", ws="none", log_level="warning", proxy_headers=False,
        timeout_graceful_shutdown=2, limit_concurrency=64,
    )  # fmt: skip
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(settings).run(sockets=[listening])
