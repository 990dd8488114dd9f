# SPDX-License-Identifier: Apache-2.0
"""The record of what people did at the page, and what was on their screens: one line each, chained, never changed.

The pump's own journal has what the kernel was asked and answered. An order's id there ends with the digest of the
screen that it was given on, and the screen itself stands here under that digest.
"""

import hashlib
import os
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from thecal_adapters.codec import Refused, expect_object, expect_text, parse
from thecal_adapters.journal.entries import write_compact

Value: TypeAlias = str | int | bool | list["Value"] | dict[str, "Value"] | None
FIRST = "0" * 64
SHOWN_MAX = 200
DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody did. ``details`` holds the screen, or the answer."""

    number: int
    utc_ms: int
    who: str
    session: str
    what: str
    details: Mapping[str, object]


def compute_screen_digest(screen: Value) -> str:
    """What names a screen."""
    return hashlib.sha256(write_compact(screen).encode("ascii")).hexdigest()[:DIGEST_LENGTH]


class Actions:
    """The file, open for adding. Every line is durable before the order that it tells of goes out."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self.recent: deque[Action] = deque(maxlen=SHOWN_MAX)
        self._number, self._chain = 0, FIRST
        for action, chain in read_actions(path) if path.exists() else ():
            self.recent.append(action)
            self._number, self._chain = action.number, chain
        self._file = open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii")  # noqa: SIM115

    def add(self, who: str, session: str, what: str, details: Mapping[str, Value]) -> None:
        """Return when the line is durable."""
        with self._lock:
            action = Action(self._number + 1, time.time_ns() // 1_000_000, who, session, what, dict(details))
            body = _write(action)
            chain = compute_chain(self._chain, body)
            self._file.write(f'{{"chain":"{chain}","action":{body}}}\n')
            self._file.flush()
            os.fsync(self._file.fileno())
            self._number, self._chain = action.number, chain
            self.recent.append(action)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _write(action: Action) -> str:
    return write_compact(
        {
            "number": action.number,
            "utc_ms": action.utc_ms,
            "who": action.who,
            "session": action.session,
            "what": action.what,
            "details": dict(action.details),
        }
    )


def compute_chain(before: str, body: str) -> str:
    """What binds a line to all before it."""
    return hashlib.sha256(f"{before}{body}".encode("ascii")).hexdigest()


def read_actions(path: Path) -> list[tuple[Action, str]]:
    """All lines with their chains, or ``Refused`` at the first that was changed, added or taken out."""
    found: list[tuple[Action, str]] = []
    before = FIRST
    for place, line in enumerate(path.read_text(encoding="ascii").splitlines(), start=1):
        at = f"{path}:{place}"
        table = expect_object(parse(line, at), at)
        raw = expect_object(table.get("action"), at)
        chain = compute_chain(before, write_compact(raw))
        if table.get("chain") != chain or raw.get("number") != place:
            raise Refused(at, "is not as it was written, or a line before it is missing; set the file aside")
        number, utc_ms = raw["number"], raw["utc_ms"]
        if not isinstance(number, int) or not isinstance(utc_ms, int):
            raise Refused(at, "has no number")
        who, session, what = (expect_text(raw[key], at) for key in ("who", "session", "what"))
        found.append((Action(number, utc_ms, who, session, what, expect_object(raw["details"], at)), chain))
        before = chain
    return found
