# SPDX-License-Identifier: Apache-2.0
"""A device and its hosts in one thread and in virtual time: the same layers as over a port, and a line by seed.

Whoever waits on this wire lets the world go on: the pump's end takes what has come, the runner has its turn, replies go
back. So a run is a function of its seeds, and an hour costs what happens in it.
"""

from thecal_adapters.line.device import Device
from thecal_adapters.line.link import Times
from thecal_adapters.line.mischief import Mischief
from thecal_adapters.line.pump_end import Asked
from thecal_adapters.ports import Stamp

STEP_MS = 10


class VirtualClock:
    """A clock that goes only when it is moved."""

    def __init__(self, now_ms: int = 1_000_000) -> None:
        self.now_ms = now_ms

    def monotonic_ms(self) -> int:
        """See ``Clock``."""
        return self.now_ms

    def utc(self) -> Stamp:
        """See ``Clock``."""
        return Stamp(1_800_000_000_000 + self.now_ms, 10)


class Loopback:
    """A wire of hosts to a device."""

    def __init__(self, device: Device, clock: VirtualClock, to_pump: Mischief, to_host: Mischief) -> None:
        self.device = device
        self._clock = clock
        self._to_pump = to_pump
        self._to_host = to_host
        self._at_pump = b""
        self._at_host = b""
        self.is_cut = False  # while it is, nothing passes
        self.lose_replies = False  # while it is, nothing comes back
        self.holds_requests = False  # while it does, what is sent waits on the way

    def make_times(self, reply_s: float = 0.2, patience_s: float = 30.0) -> Times:
        """Times of a link that waits in this world's time."""
        return Times(reply_s, patience_s, lambda: self._clock.now_ms / 1_000, self.pass_time)

    def write(self, data: bytes) -> None:
        """See ``Wire``."""
        if not self.is_cut:
            self._at_pump += self._to_pump.pass_on(data)

    def read(self, wait_s: float) -> bytes:
        """See ``Wire``."""
        until_ms = self._clock.now_ms + max(1, round(1_000 * wait_s))
        self._take_turn()
        while not self._at_host and self._clock.now_ms < until_ms:
            self._clock.now_ms += STEP_MS
            self._take_turn()
        data, self._at_host = self._at_host, b""
        return data

    def close(self) -> None:
        """See ``Wire``."""

    def pass_time(self, passed_s: float) -> None:
        """Let time go by, and the runner have its turns when it wants them."""
        until_ms = self._clock.now_ms + round(1_000 * passed_s)
        while self._clock.now_ms < until_ms:
            wait_ms = max(1, self.device.runner.run_once())
            self._clock.now_ms = min(until_ms, self._clock.now_ms + wait_ms)
        self._take_turn()

    def _take_turn(self) -> None:
        if not self.holds_requests:
            self._take_requests()
        console = self.device.console
        self.device.runner.run_once()
        while not console.outbox.empty():
            session, reply = console.outbox.get()
            self._send(self.device.end.make_reply(session, reply))

    def _take_requests(self) -> None:
        data, self._at_pump = self._at_pump, b""
        end, console = self.device.end, self.device.console
        for found in end.receive(data, self._clock.now_ms):
            if isinstance(found, Asked):
                console.inbox.put(found)
            else:
                self._send(found)
            self.device.runner.run_once()

    def _send(self, frame: bytes) -> None:
        if not self.is_cut and not self.lose_replies:
            self._at_host += self._to_host.pass_on(frame)
