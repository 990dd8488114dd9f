# SPDX-License-Identifier: Apache-2.0
"""The link of a host to a pump: a call sends a request and returns what the pump replied, or says what is not known.

What gets lost is sent again by itself: an order under the same id, over new sessions and reopened ports, until
``patience_s`` is over. After that nothing is claimed. An order without a reply is *unsettled*, and before any other
order the host asks what became of it, so that nobody orders twice what came through once.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from thecal.events import Event
from thecal_adapters.line.host_end import HostEnd
from thecal_adapters.line.limits import ORDER_LIFE_MS
from thecal_adapters.line.messages import ID_BYTES, NO_DIGEST, Find, Finding, HostMessage, Order, Read, Reply
from thecal_adapters.line.noise import Entropy
from thecal_adapters.line.roles import RoleKey
from thecal_adapters.line.wires import LinkDown, Wire, compute_sending_s

TRIES_IN_A_SESSION = 2  # then a new one is begun: the pump may have forgotten this one
REST_S = 0.2  # before a port is opened again, or a pump that is asked too much is asked again
CLOCK_AGE_S_MAX = 60.0  # after so long the pump's clock is asked for before anything is ordered
RETRIED = (Finding.ORDER_CAME_TOO_LATE, Finding.TOO_MANY_REQUESTS)


class LineError(Exception):
    """Something that a person must be told. The message is whole sentences."""


class LinkLost(LineError):
    """The pump does not reply. What it delivers meanwhile is not known here."""


@dataclass(frozen=True, slots=True)
class Command:
    """An order with the id under which it is carried out once."""

    id: bytes
    event: Event
    digest: bytes = NO_DIGEST
    drug_lot: str = ""


class Unsettled(LinkLost):
    """An order was sent and no reply came: it may have been carried out or not."""

    def __init__(self, command: Command, words: str) -> None:
        super().__init__(words)
        self.command = command


class EarlierOrderCarriedOut(LineError):
    """An order that was unsettled was carried out, as ``reply`` tells; the new one was not sent."""

    def __init__(self, command: Command, reply: Reply) -> None:
        name = type(command.event).__name__
        super().__init__(
            f"The earlier {name} was carried out after all: {reply.response.name}. Nothing new was ordered; "
            "order again if it is still meant."
        )
        self.command = command
        self.reply = reply


class OrderRefused(LineError):
    """The pump did not hand the order to its kernel, and changed nothing; ``reply`` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"The pump changed nothing. {reply.finding.name}: {reply.words}.")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Times:
    """How long the host waits for one reply, and how long it goes on asking; and by which clock, which is steady."""

    reply_s: float = 1.0
    patience_s: float = 15.0
    now_s: Callable[[], float] = time.monotonic
    rest: Callable[[float], object] = time.sleep


DEFAULT_TIMES = Times()
COMMON_BYTES = 4_000  # a request and its reply, as they are when no number is at its largest


def compute_times(baud: int) -> Times:
    """Times for a line of so many bits a second."""
    reply_s = 1.0 + compute_sending_s(COMMON_BYTES, baud)
    return Times(reply_s, patience_s=12 * reply_s)


class Link:
    """One host's link to one pump, for one thread at a time.

    ``open_wire`` opens the port, and is called again when the port fails.
    """

    def __init__(
        self,
        open_wire: Callable[[], Wire],
        key: RoleKey,
        times: Times = DEFAULT_TIMES,
        entropy: Entropy = secrets.token_bytes,
    ) -> None:
        self._open_wire = open_wire
        self._end = HostEnd(key, entropy)
        self._entropy = entropy
        self._times = times
        self._wire: Wire | None = None
        self.pump_ms = 0  # the pump's clock, as it told it last
        self._heard_s: float | None = None  # when the pump told its clock last
        self._why = ""
        self._patience = 1  # times the wait for one reply: longer each time, for a pump or a line that is slow
        self.unsettled: Command | None = None
        self.sent = 0  # requests, each time they were sent

    def close(self) -> None:
        """Let go of the port and of the session."""
        if self._wire is not None:
            self._wire.close()
        self._wire = None
        self._end.end()

    def read(self) -> Reply:
        """What the pump has stored now; ``LinkLost`` if it does not say."""
        return self._ask(lambda: Read(self.make_id()))

    def find(self, command_id: bytes) -> Reply | None:
        """What became of the order with an id; None if it was never carried out and never will be.

        That it never will is so because the pump takes nothing any more that was sent before this question.
        """
        reply = self._ask(lambda: Find(self.make_id(), command_id))
        if reply.finding is Finding.NOTHING_WAS_CARRIED_OUT_UNDER_THIS_ID:
            return None
        if not reply.is_answered:
            raise OrderRefused(reply)
        return reply

    def make_id(self) -> bytes:
        """A fresh id."""
        return self._entropy(ID_BYTES)

    def settle(self) -> Reply | None:
        """What became of the unsettled order; None if there is none, or if it never was carried out nor will be."""
        if self.unsettled is None:
            return None
        reply = self.find(self.unsettled.id)
        self.unsettled = None
        return reply

    def order(self, command: Command) -> Reply:
        """Have an order carried out, once; a refusal of the kernel's is a reply like another.

        Raises ``OrderRefused`` if the kernel was not asked, ``LinkLost`` if it could not even be sent, its kind
        ``Unsettled`` if nobody knows what became of it, and ``EarlierOrderCarriedOut`` if an earlier one was unsettled
        and turns out to have been carried out.
        """
        if self.unsettled is not None and self.unsettled.id != command.id:
            earlier = self.unsettled
            settled = self.settle()
            if settled is not None:
                raise EarlierOrderCarriedOut(earlier, settled)
        try:
            reply = self._ask(lambda: self._make_order(command))
        except LinkLost as lost:
            name = type(command.event).__name__
            if self.unsettled is None:
                raise LinkLost(f"{name} was not sent. {lost}") from None
            raise Unsettled(command, f"It is not known whether the pump carried out {name}. {lost}") from None
        self.unsettled = None
        if not reply.is_answered:
            raise OrderRefused(reply)
        return reply

    def _make_order(self, command: Command) -> Order:
        """The order as it is now sent: it lives from this moment, by what is known of the pump's clock."""
        self.unsettled = command
        passed_ms = 0 if self._heard_s is None else int(1_000 * (self._times.now_s() - self._heard_s))
        not_after_ms = self.pump_ms + passed_ms + ORDER_LIFE_MS
        return Order(command.id, not_after_ms, command.digest, command.drug_lot, command.event)

    def _ask(self, make: Callable[[], HostMessage]) -> Reply:
        until_s = self._times.now_s() + self._times.patience_s
        tries = 0
        self._why = "it is silent: the line is cut, the pump is off, or it does not know this key"
        while self._times.now_s() < until_s:
            try:
                if tries % TRIES_IN_A_SESSION == 0 and tries > 0:
                    self._end.end()
                self._patience = 1 + tries // TRIES_IN_A_SESSION
                reply = self._try(make)
            except LinkDown as down:
                self._why = str(down)
                self.close()
                self._times.rest(REST_S)
                continue
            if reply is not None and reply.finding not in RETRIED:
                return reply
            if reply is not None:
                self._why = f"it put the request off: {reply.finding.name}"
                self._times.rest(REST_S)
            tries += 1
        raise LinkLost(
            f"The pump has not replied for {self._times.patience_s:g} s ({self._why}). What it delivers now is not "
            "known here; it needs no host to go on with the therapy that was confirmed."
        )

    def _try(self, make: Callable[[], HostMessage]) -> Reply | None:
        """One request and its reply, if it comes in time."""
        if self._wire is None:
            self._wire = self._open_wire()
            self._end.end()
        if not self._end.is_open:
            self._wire.write(self._end.begin())
            self._listen(self._wire, None)
            self._heard_s = None
        if not self._end.is_open:
            return None
        if not self._is_clock_known() and self._send(self._wire, Read(self.make_id())) is None:
            return None
        return self._send(self._wire, make())

    def _is_clock_known(self) -> bool:
        return self._heard_s is not None and self._times.now_s() - self._heard_s <= CLOCK_AGE_S_MAX

    def _send(self, wire: Wire, message: HostMessage) -> Reply | None:
        self.sent += 1
        wire.write(self._end.make_request(message))
        return self._listen(wire, message.id)

    def _listen(self, wire: Wire, awaited: bytes | None) -> Reply | None:
        """Listen for the reply to an id, or for the session to open; at most as long as one reply may take."""
        until_s = self._times.now_s() + self._patience * self._times.reply_s
        while (left_s := until_s - self._times.now_s()) > 0:
            for reply in self._end.receive(wire.read(left_s)):
                self.pump_ms, self._heard_s = reply.pump_ms, self._times.now_s()
                if reply.id == awaited:
                    return reply
            if awaited is None and self._end.is_open:
                return None
        return None
