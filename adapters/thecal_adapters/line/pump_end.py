# SPDX-License-Identifier: Apache-2.0
"""The pump's end of the line: from bytes to authenticated requests, and from replies to bytes. No input, no output.

Its rules, all of them:

1. A frame that is not whole, not of a key that is known, or not authentic is dropped without a word: there is nobody
   to answer. It is counted.
2. A handshake displaces nothing. The session that it begins becomes the one of its key with its first sealed message,
   which nobody can send who merely recorded a handshake.
3. Each key has at most one session, and at most a few handshakes are half open.
"""

import secrets
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

from thecal_adapters.line.channel import TAG_BYTES, Channel, Kind, Replayed, make_prologue, open_at_pump
from thecal_adapters.line.frames import Deframer, Fault, make_frame
from thecal_adapters.line.limits import HALF_OPEN_LENGTH, SESSION_IDLE_MS_MAX, make_handshake_bucket
from thecal_adapters.line.messages import HostMessage, Reply
from thecal_adapters.line.noise import Entropy, Keys, NotAuthentic, Responder, make_ephemeral
from thecal_adapters.line.packing import Unreadable, pack, unpack
from thecal_adapters.line.roles import NAME_BYTES, RoleKey


class Count(Enum):
    """What is counted of the line, in the words in which it is told."""

    FRAMES = "whole frames"
    BROKEN = "broken frames"
    HANDSHAKES = "handshakes"
    HANDSHAKES_REFUSED = "handshakes that were too many"
    SESSIONS = "sessions"
    FOREIGN = "frames of no session or key"
    FORGED = "frames that were not authentic"
    REPLAYED = "frames seen or overtaken before"
    UNREADABLE = "authentic messages that could not be read"
    REQUESTS = "requests"
    DROPPED = "requests or replies dropped because too many waited"


@dataclass(slots=True)
class PumpSession:
    """A session of one key."""

    key: RoleKey
    channel: Channel
    heard_ms: int

    @property
    def name(self) -> str:
        """By which records call it."""
        return self.channel.keys.h[:8].hex()


@dataclass(frozen=True, slots=True)
class Asked:
    """An authentic request, and the session to which its reply belongs."""

    session: PumpSession
    message: HostMessage


class _Dropped(Exception):
    """A frame that is dropped, and why."""

    def __init__(self, reason: Count) -> None:
        super().__init__(reason.value)
        self.reason = reason


class PumpEnd:
    """Holds the sessions of one pump."""

    def __init__(self, keys: Sequence[RoleKey], entropy: Entropy = secrets.token_bytes) -> None:
        self._entropy = entropy
        self._keys = {key.name: key for key in keys}
        if len(self._keys) != len(keys):
            raise ValueError("two keys have one name")
        self._sessions: dict[bytes, PumpSession] = {}
        self._half_open: deque[PumpSession] = deque(maxlen=HALF_OPEN_LENGTH)
        self._handshakes = make_handshake_bucket()
        self._deframer = Deframer()
        self.counts: Counter[Count] = Counter()

    def forget(self) -> None:
        """End every session, as a loss of power does."""
        self._sessions.clear()
        self._half_open.clear()

    def list_sessions(self) -> tuple[PumpSession, ...]:
        """The session of each key that has one."""
        return tuple(self._sessions.values())

    def receive(self, data: bytes, now_ms: int) -> Iterator[Asked | bytes]:
        """What these bytes complete, in their order: requests, and frames to send back at once."""
        for body in self._deframer.feed(data):
            if isinstance(body, Fault):
                self.counts[Count.BROKEN] += 1
                continue
            self.counts[Count.FRAMES] += 1
            try:
                yield self._on_hello(body, now_ms) if body[0] == Kind.HELLO else self._on_sealed(body, now_ms)
            except _Dropped as dropped:
                self.counts[dropped.reason] += 1

    def make_reply(self, session: PumpSession, reply: Reply) -> bytes:
        """The frame that carries a reply; ``NotAuthentic`` if its session is used up."""
        return make_frame(session.channel.seal(pack(Reply, reply)))

    def _on_hello(self, body: bytes, now_ms: int) -> bytes:
        name, message = body[1 : 1 + NAME_BYTES], body[1 + NAME_BYTES :]
        key = self._keys.get(name)
        if key is None:
            raise _Dropped(Count.FOREIGN)
        if not self._handshakes.is_allowed(now_ms):
            raise _Dropped(Count.HANDSHAKES_REFUSED)
        try:
            keys, answer = Responder(key.secret, make_prologue(name), make_ephemeral(self._entropy)).respond(message)
        except NotAuthentic:
            raise _Dropped(Count.FORGED) from None
        self.counts[Count.HANDSHAKES] += 1
        self._half_open.append(PumpSession(key, self._open_channel(keys), now_ms))
        return make_frame(bytes([Kind.WELCOME]) + name + answer)

    def _open_channel(self, keys: Keys) -> Channel:
        return open_at_pump(keys)

    def _on_sealed(self, body: bytes, now_ms: int) -> Asked:
        session = self._find_session(body[1 : 1 + TAG_BYTES], now_ms)
        if session is None:
            raise _Dropped(Count.FOREIGN)
        try:
            plain = session.channel.open(body)
        except Replayed:
            raise _Dropped(Count.REPLAYED) from None
        except NotAuthentic:
            raise _Dropped(Count.FORGED) from None
        self._settle(session, now_ms)
        try:
            message = cast(HostMessage, unpack(HostMessage, plain, "message"))
        except Unreadable:
            raise _Dropped(Count.UNREADABLE) from None
        self.counts[Count.REQUESTS] += 1
        return Asked(session, message)

    def _find_session(self, tag: bytes, now_ms: int) -> PumpSession | None:
        for session in (*self._sessions.values(), *self._half_open):
            if session.channel.tag == tag and now_ms - session.heard_ms <= SESSION_IDLE_MS_MAX:
                return session
        return None

    def _settle(self, session: PumpSession, now_ms: int) -> None:
        """A message was opened: the session is the one of its key, and what it follows is over."""
        session.heard_ms = now_ms
        if self._sessions.get(session.key.name) is session:
            return
        self.counts[Count.SESSIONS] += 1
        self._sessions[session.key.name] = session
        others = [each for each in self._half_open if each.key.name != session.key.name]
        self._half_open = deque(others, maxlen=HALF_OPEN_LENGTH)
