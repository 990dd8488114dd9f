# SPDX-License-Identifier: Apache-2.0
"""The one way in which the page reaches a pump, simulated or at the end of a serial line."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from thecal.events import Event
from thecal.outcome import Response, Shown
from thecal.state import State
from thecal_adapters.codec import encode
from thecal_adapters.journal.entries import write_compact
from thecal_adapters.ports import Role


class LinkLost(Exception):
    """The pump does not answer: nothing was asked of it, and what it delivers meanwhile is not known here."""


class Unsettled(LinkLost):
    """An order went out and no answer came: it may have been carried out, or not."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pump held when it was last read.

    ``utc_ms``: the pump's time of day, None if it tells none. ``speed``: virtual seconds in a real one, 1 for a real
    pump. ``syringe_nl``: what a needle would draw from a simulated reservoir, None where nobody can know.
    """

    state: State
    shown: Shown
    utc_ms: int | None
    speed: int = 1
    syringe_nl: int | None = None

    @property
    def basis(self) -> str:
        """What a page is made on: another one means that the pump is not any more as it was shown."""
        return compute_basis(self.state)


@dataclass(frozen=True, slots=True)
class Ask:
    """An order under an id that is carried out once; only while the pump still is as its page showed it.

    ``basis`` is of the reading that the page was made on; empty where the kernel itself compares.
    """

    id: str
    event: Event
    actor: str
    role: Role
    session: str
    basis: str = ""
    drug_lot: str = ""


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


def compute_basis(state: State) -> str:
    """A digest of all that a person decides on: settings, fluids, mode, what is staged, boluses, active alarms.

    Time and what has been delivered are left out, so that a page does not grow stale by reading it.
    """
    decided = (
        state.config_digest,
        int(state.mode),
        state.is_programmed,
        state.is_admitted,
        encode(state.program),
        encode(state.overrides),
        encode(state.staged) if state.staged.is_staged else None,
        state.path.is_declared,
        state.path.volume_lo_nl,
        state.path.volume_hi_nl,
        encode(state.path.old),
        encode(state.reservoir.fluid),
        state.reservoir.filled_clock_s,
        state.bolus.is_active,
        state.lockout.end_tick,
        state.therapy.discrepancy,
        state.therapy.is_bolus_blocked,
        [alarm.is_active for alarm in state.alarms],
    )
    return hashlib.sha256(write_compact(decided).encode("ascii")).hexdigest()
