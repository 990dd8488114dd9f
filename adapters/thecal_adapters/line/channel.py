# SPDX-License-Identifier: Apache-2.0
"""One end of an established session: seals messages under counters, and opens each counter once.

A counter that is not above the last one opened is not opened at all: what is replayed, doubled or overtaken is dropped,
and what is dropped is asked for again by its command's id. The counter travels in the open and is the cipher's nonce,
so that it cannot be altered (Noise, section 11.4).
"""

from dataclasses import dataclass
from enum import IntEnum

from thecal_adapters.line.noise import Keys, NotAuthentic

TAG_BYTES = 4  # names the session, so that a frame of another is dropped without any cryptography
COUNTER_BYTES = 8
HEAD_BYTES = 1 + TAG_BYTES + COUNTER_BYTES
MESSAGE_COUNT_MAX = 2**20  # far below what the cipher bears; then the next handshake brings fresh keys
PROLOGUE = b"thecal line 1\0"


class Kind(IntEnum):
    """The first byte of every frame's body."""

    HELLO = 1  # host to pump: name of a key, first message of the handshake
    WELCOME = 2  # pump to host: name of a key, second message of the handshake
    SEALED_BY_HOST = 3
    SEALED_BY_PUMP = 4


class Replayed(NotAuthentic):
    """A counter that was opened before, or that a later one has overtaken."""


@dataclass(slots=True)
class Channel:
    """Seals with ``sends``, opens ``opens``."""

    keys: Keys
    sends: Kind
    opens: Kind
    sent: int = 0
    opened: int = 0

    @property
    def tag(self) -> bytes:
        """The session's public name: part of the hash of its handshake."""
        return self.keys.h[:TAG_BYTES]

    @property
    def is_used_up(self) -> bool:
        """Whether a new session is due."""
        return max(self.sent, self.opened) >= MESSAGE_COUNT_MAX

    def seal(self, plain: bytes) -> bytes:
        """The body of a frame that carries a message; its counter is used up even if the frame gets lost."""
        if self.sent >= MESSAGE_COUNT_MAX:
            raise NotAuthentic("this session is used up")
        self.sent += 1
        sealed = self.keys.send.encrypt(self.sent, plain)
        return bytes([self.sends]) + self.tag + self.sent.to_bytes(COUNTER_BYTES) + sealed

    def open(self, body: bytes) -> bytes:
        """The message in a body, or ``NotAuthentic``; then nothing has changed."""
        counter = int.from_bytes(body[1 + TAG_BYTES : HEAD_BYTES])
        if len(body) <= HEAD_BYTES or body[0] != self.opens or body[1 : 1 + TAG_BYTES] != self.tag:
            raise NotAuthentic
        if counter > MESSAGE_COUNT_MAX:
            raise NotAuthentic
        if counter <= self.opened:
            raise Replayed
        plain = self.keys.receive.decrypt(counter, body[HEAD_BYTES:])
        self.opened = counter
        return plain


def open_at_host(keys: Keys) -> Channel:
    """The host's end of a session."""
    return Channel(keys, sends=Kind.SEALED_BY_HOST, opens=Kind.SEALED_BY_PUMP)


def open_at_pump(keys: Keys) -> Channel:
    """The pump's end of a session."""
    return Channel(keys, sends=Kind.SEALED_BY_PUMP, opens=Kind.SEALED_BY_HOST)


def make_prologue(name: bytes) -> bytes:
    """What both ends bind to their handshake: the protocol, its version, and whose key it is."""
    return PROLOGUE + name
