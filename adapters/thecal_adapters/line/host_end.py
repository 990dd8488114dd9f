# SPDX-License-Identifier: Apache-2.0
"""The host's end of a session: handshake, requests and replies as bytes. No input, no output."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import cast

from thecal_adapters.line.channel import Channel, Kind, make_prologue, open_at_host
from thecal_adapters.line.frames import Deframer, Fault, make_frame
from thecal_adapters.line.messages import HostMessage, Reply
from thecal_adapters.line.noise import Entropy, Initiator, NotAuthentic, make_ephemeral
from thecal_adapters.line.packing import Unreadable, pack, unpack
from thecal_adapters.line.roles import NAME_BYTES, RoleKey


class HostEnd:
    """Begins sessions with one key. Frames that are not authentic, or of another session, are dropped."""

    def __init__(self, key: RoleKey, entropy: Entropy = secrets.token_bytes) -> None:
        self._key = key
        self._entropy = entropy
        self._deframer = Deframer()
        self._begun: Initiator | None = None
        self._channel: Channel | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a session in which something can be sent."""
        return self._channel is not None and not self._channel.is_used_up

    def begin(self) -> bytes:
        """The frame that begins a new session; the one before is over."""
        self._channel = None
        self._begun = Initiator(self._key.secret, make_prologue(self._key.name), make_ephemeral(self._entropy))
        return make_frame(bytes([Kind.HELLO]) + self._key.name + self._begun.write())

    def end(self) -> None:
        """Forget the session."""
        self._channel = self._begun = None

    def make_request(self, message: HostMessage) -> bytes:
        """The frame that carries a request; ``NotAuthentic`` where no session is open."""
        if self._channel is None:
            raise NotAuthentic("no session is open")
        return make_frame(self._channel.seal(pack(HostMessage, message)))

    def receive(self, data: bytes) -> Iterator[Reply]:
        """The replies that these bytes complete. A welcome opens the session that was begun."""
        for body in self._deframer.feed(data):
            if isinstance(body, Fault):
                continue
            if body[0] == Kind.WELCOME:
                self._on_welcome(body)
            elif self._channel is not None:
                yield from self._on_sealed(self._channel, body)

    def _on_welcome(self, body: bytes) -> None:
        if self._begun is None or body[1 : 1 + NAME_BYTES] != self._key.name:
            return
        with suppress(NotAuthentic):
            keys, _ = self._begun.read(body[1 + NAME_BYTES :])
            self._channel, self._begun = open_at_host(keys), None

    def _on_sealed(self, channel: Channel, body: bytes) -> Iterator[Reply]:
        try:
            yield cast(Reply, unpack(Reply, channel.open(body), "reply"))
        except (NotAuthentic, Unreadable):
            return
