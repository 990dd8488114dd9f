# SPDX-License-Identifier: Apache-2.0
"""The one way in which the page reaches a pump, simulated or at the end of a serial line."""

from dataclasses import dataclass
from typing import Protocol

from thecal.events import Event
from thecal.outcome import Response, Shown
from thecal.state import State
from thecal_adapters.basis import compute_basis
from thecal_adapters.ports import Role


class LinkLost(Exception):
    """The pump does not answer: nothing was asked of it, and what it delivers meanwhile is not known here."""


class Unsettled(LinkLost):
    """An order went out and no answer came: it may have been carried out, or not."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pump held when it was last read.

    ``utc_ms``: the pump's time of day, None if it tells none. ``speed``: virtual seconds in a real one, 1 for a real
    pump. ``syringe_nl``: what a needle would draw from a simulated reservoir, None where nobody can know. ``staged``:
    a pump's own digest of what it has staged, empty where nothing is, or where the pump needs none.
    """

    state: State
    shown: Shown
    utc_ms: int | None
    speed: int = 1
    syringe_nl: int | None = None
    staged: bytes = b""

    @property
    def basis(self) -> str:
        """What a page is made on: another one means that the pump is not any more as it was shown."""
        return compute_basis(self.state)


@dataclass(frozen=True, slots=True)
class Ask:
    """An order under an id that is carried out once; only while the pump still is as its page showed it.

    ``basis`` is of the reading that the page was made on; empty where the kernel itself compares. ``staged``: that
    reading's digest of what the pump had staged, for what confirms it.
    """

    id: str
    event: Event
    actor: str
    role: Role
    session: str
    basis: str = ""
    drug_lot: str = ""
    staged: bytes = b""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an order. ``response`` None: the kernel was not asked, and ``refusal`` says why.

    ``is_stale``: the pump was no more as the page showed it. ``is_repeated``: it was carried out before.
    """

    response: Response | None
    reading: Reading
    refusal: str = ""
    is_stale: bool = False
    is_repeated: bool = False


class PumpLink(Protocol):
    """A pump. Every call may raise ``LinkLost``, and ``ask`` the sharper ``Unsettled``."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """In whose names this link may ask."""
        ...

    def read(self) -> Reading:
        """What the pump holds now."""
        ...

    def ask(self, ask: Ask) -> Answered:
        """Have an order carried out, once."""
        ...

    def settle(self, ask: Ask) -> Answered | None:
        """What became of an order that is unsettled; None if it was never carried out and never will be."""
        ...

    def close(self) -> None:
        """Let go of the pump."""
        ...
