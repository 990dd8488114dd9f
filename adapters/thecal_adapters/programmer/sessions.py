# SPDX-License-Identifier: Apache-2.0
"""Who is here now, and which forms they hold: each form can be sent once, by its session, on the pump as it was shown.

All of it lives in this process alone. After a restart everybody signs in again, and no old form does anything.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from thecal_adapters.programmer.accounts import Account

SESSIONS_MAX = 200
TICKETS_MAX = 200  # a session's forms; the oldest is forgotten
TRIES = 5
# A sign-in is over after twelve hours whatever is done (NIST SP 800-63B, 4.2.3, for its second level of assurance).
LONGEST_S = 12 * 3_600
LEAVE = "sign out"
T = TypeVar("T")


class Void(Enum):
    """Why a form does nothing."""

    UNKNOWN = "unknown"
    USED = "used"
    MISPLACED = "misplaced"


@dataclass(slots=True)
class Ticket:
    """A form's one-time id: for one purpose, on one reading, of one screen.

    ``is_shared``: when one of that purpose is used, all are. ``outcome``: where its answer is shown.
    """

    id: str
    purpose: str
    basis: str
    screen: str
    is_shared: bool = False
    is_used: bool = False
    outcome: str = ""


class Limit(Enum):
    """What ends a sign-in by itself."""

    IDLE = "idle"
    LONGEST = "longest"


@dataclass(frozen=True, slots=True)
class Ended:
    """A sign-in that the clock has ended, until it is put on record."""

    who: str
    limit: Limit


@dataclass(slots=True)
class Session:
    """One browser. ``account`` None: nobody has signed in. ``ended``: who was signed out by the clock, and why."""

    id: str
    name: str
    account: Account | None
    begun_s: float
    seen_s: float
    language: str = ""
    tickets: dict[str, Ticket] = field(default_factory=dict)
    things: dict[str, object] = field(default_factory=dict)
    notice: str = ""
    ended: Ended | None = None

    @property
    def leaving(self) -> Ticket:
        """The id with which every page lets a person sign out."""
        found = next((each for each in self.tickets.values() if each.purpose == LEAVE), None)
        return found or self.issue(LEAVE)

    def keep(self, key: str, thing: object) -> None:
        """Keep a draft or an outcome under a key; the oldest is forgotten."""
        self.things[key] = thing
        while len(self.things) > TICKETS_MAX:
            del self.things[next(iter(self.things))]

    def find(self, key: str, kind: type[T]) -> T | None:
        """What was kept under a key, if it is of that kind."""
        found = self.things.get(key)
        return found if isinstance(found, kind) else None

    def issue(
        self, purpose: str, basis: str = "", screen: str = "", outcome: str = "", is_shared: bool = False
    ) -> Ticket:
        """A one-time id for a form."""
        ticket = Ticket(secrets.token_hex(16), purpose, basis, screen, is_shared, outcome=outcome)
        self.tickets[ticket.id] = ticket
        while len(self.tickets) > TICKETS_MAX:
            del self.tickets[next(iter(self.tickets))]
        return ticket


class Sessions:
    """All browsers of this process.

    A sign-in is over after ``idle_s`` without a request, and after ``longest_s`` whatever was done.
    """

    def __init__(self, idle_s: int, longest_s: int = LONGEST_S, now_s: Callable[[], float] = time.monotonic) -> None:
        self.idle_s = idle_s
        self.longest_s = longest_s
        self._now_s = now_s
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._failures: dict[str, tuple[int, float]] = {}

    def find(self, cookie: str) -> Session | None:
        """The session of a cookie; signed out if it was idle, or signed in, for too long."""
        with self._lock:
            session = self._sessions.get(cookie)
            if session is None:
                return None
            now_s = self._now_s()
            limit = self._find_limit(session, now_s)
            if session.account is not None and limit is not None:
                session.ended, session.notice = Ended(session.account.name, limit), limit.value
                session.account = None
                session.tickets.clear()
                session.things.clear()
            session.seen_s = now_s
            return session

    def _find_limit(self, session: Session, now_s: float) -> Limit | None:
        if now_s - session.begun_s > self.longest_s:
            return Limit.LONGEST
        return Limit.IDLE if now_s - session.seen_s > self.idle_s else None

    def begin(self, account: Account | None, language: str = "") -> Session:
        """A new session under a new id: what was known of the old one is worth nothing."""
        with self._lock:
            now_s = self._now_s()
            session = Session(secrets.token_hex(32), secrets.token_hex(4), account, now_s, now_s, language)
            self._sessions[session.id] = session
            while len(self._sessions) > SESSIONS_MAX:
                oldest = min(self._sessions.values(), key=lambda each: (each.account is not None, each.seen_s))
                del self._sessions[oldest.id]
            return session

    def end(self, session: Session) -> None:
        """Sign out."""
        with self._lock:
            self._sessions.pop(session.id, None)

    def end_all(self, name: str) -> None:
        """Sign somebody out everywhere."""
        with self._lock:
            for session in [each for each in self._sessions.values() if each.account and each.account.name == name]:
                del self._sessions[session.id]

    def redeem(self, session: Session, name: str, purpose: str) -> Ticket | Void:
        """Use a form's id, once. Two that come at the same moment are told apart."""
        with self._lock:
            ticket = session.tickets.get(name)
            if ticket is None:
                return Void.UNKNOWN
            if ticket.purpose != purpose:
                return Void.MISPLACED
            if ticket.is_used:
                return Void.USED
            for other in session.tickets.values():  # the same page in two tabs is one form
                if other.purpose == purpose and other.is_shared:
                    other.is_used, other.outcome = True, ticket.outcome
            ticket.is_used = True
            return ticket

    def compute_wait_s(self, name: str) -> int:
        """How long a name must wait after too many wrong passwords."""
        count, last_s = self._failures.get(name, (0, 0.0))
        if count < TRIES:
            return 0
        return max(0, int(last_s + min(300, 2 ** (count - TRIES) * 5) - self._now_s()))

    def note_try(self, name: str, is_right: bool) -> None:
        """Note a try to sign in."""
        with self._lock:
            if is_right:
                self._failures.pop(name, None)
                return
            if len(self._failures) > SESSIONS_MAX:
                self._failures.clear()
            count, _ = self._failures.get(name, (0, 0.0))
            self._failures[name] = (count + 1, self._now_s())
