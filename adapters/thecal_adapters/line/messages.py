# SPDX-License-Identifier: Apache-2.0
"""What is said within a session: a host reads or orders, a pump replies with what it has stored.

The numbers of kinds, findings and events are stable and never reused; what is added stands at the end.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from thecal.events import Event
from thecal.outcome import Response, Shown
from thecal.state import State
from thecal_adapters.line.noise import compute_hash
from thecal_adapters.line.packing import pack

ID_BYTES = 16
DIGEST_BYTES = 32
NO_DIGEST = b""
STAGED_PREFIX = b"thecal staged 1\0"


@dataclass(frozen=True, slots=True)
class Read:
    """Ask what the pump has stored. Changes nothing; each one has an ``id`` of its own."""

    id: bytes


@dataclass(frozen=True, slots=True)
class Order:
    """Ask for an event, once: the same ``id`` is carried out at most once, however often and over however many links.

    The pump carries it out no later than ``not_after_ms`` of its own clock. ``digest``: where something staged is
    confirmed, the pump's own digest of that; else empty, or of what the order was reviewed on, as
    ``thecal_adapters.basis`` has it: on another state it is not carried out. ``drug_lot`` goes with a refill.
    """

    id: bytes
    not_after_ms: int
    digest: bytes
    drug_lot: str
    event: Event


@dataclass(frozen=True, slots=True)
class Find:
    """Ask what became of the order with the id ``order_id``, and never carry it out for that."""

    id: bytes
    order_id: bytes


HostMessage: TypeAlias = Read | Order | Find


class Finding(IntEnum):
    """Why an order was not handed to the kernel. Numbers are stable and never reused."""

    NONE = 0
    ROLE_MAY_NOT_ASK_FOR_THIS = 1
    ORDER_CAME_TOO_LATE = 2
    DIGEST_IS_NOT_OF_WHAT_IS_STAGED = 3
    VALUE_IS_OUT_OF_ITS_RANGE = 4
    TOO_MANY_REQUESTS = 5
    ID_IS_MALFORMED = 6
    RUNNER_REFUSED = 7
    ORDER_WOULD_LIVE_TOO_LONG = 8
    NOTHING_WAS_CARRIED_OUT_UNDER_THIS_ID = 9
    PUMP_IS_NOT_AS_REVIEWED = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a request, and what the pump has stored now.

    ``pump_ms``: the pump's own clock. ``is_answered``: the kernel was asked, at ``tick``, and answered ``response``;
    otherwise nothing was changed, and ``finding`` and ``words`` say why. ``is_repeated``: it was carried out before,
    and this is what was answered then. ``digest``: of what is staged, empty if nothing is. ``shown``: the alarm that
    the pump shows. ``state``: all of the kernel's memory.
    """

    id: bytes
    pump_ms: int
    is_answered: bool
    response: Response
    tick: int
    number: int
    is_repeated: bool
    finding: Finding
    words: str
    digest: bytes
    shown: Shown
    state: State


def compute_staged_digest(state: State) -> bytes:
    """SHA-256 over everything that is staged, until when, and under which configuration; empty if nothing is."""
    if not state.staged.is_staged:
        return NO_DIGEST
    return compute_hash(STAGED_PREFIX + pack(int, state.config_digest) + pack(type(state.staged), state.staged))
