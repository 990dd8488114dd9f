# SPDX-License-Identifier: Apache-2.0
"""What the kernel is bound to: a pump, a clock, a store and a console, each a small protocol.

Whoever builds a device writes these four; the runner does the rest. Nothing here computes. What each must keep is said
beside it, with the assumption of the proofs that rests on it.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, TypeAlias

from thecal.capsule import Capsule
from thecal.events import (
    Event,
    MotorRecovered,
    MotorStalled,
    PulseReported,
    PulseResult,
    ReplacementIndicated,
    SelfTestReported,
)
from thecal.outcome import Pulse, Response, Shown
from thecal.state import State

# What a pump may tell of its own accord.
Fact: TypeAlias = PulseReported | MotorStalled | MotorRecovered | SelfTestReported | ReplacementIndicated


class PumpFailed(Exception):
    """The pump could not be reached, or answered nonsense: what it did is in doubt."""


class ConsoleFailed(Exception):
    """Nobody could be asked or told. A therapy never stops for that; what is shown is tried again."""


class StoreFailed(Exception):
    """A record could not be made durable. Nothing moves until it is; the same record may be appended again."""


class Pump(Protocol):
    """Moves pulses."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        """Move one pulse of ``volume_nl``, or answer what it did; None if its outcome comes by ``poll``.

        At most one pulse moves for a ``sequence``, however often it is ordered and whatever was switched off between
        (ASM-06), so the number must outlast a loss of power before the motor turns. A number that is not above every
        earlier one moves nothing: it is answered with what it did, or UNKNOWN. NOT_DONE is said only of what surely
        did not move and never will (ASM-07); in doubt UNKNOWN. A volume that the motor cannot move in one pulse moves
        nothing and is NOT_DONE. ``PumpFailed`` is taken for UNKNOWN.
        """
        ...

    def poll(self) -> tuple[Fact, ...]:
        """What has happened since the last call, the oldest first; at once, and each fact once (ASM-09)."""
        ...


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time of day: milliseconds since 1970 in UTC, at most ``uncertainty_ms`` wrong. None: nobody knows the time."""

    utc_ms: int
    uncertainty_ms: int | None


class Clock(Protocol):
    """Tells how long, and when."""

    def monotonic_ms(self) -> int:
        """Milliseconds since some moment; never set, never backwards, counting while the device sleeps (ASM-01)."""
        ...

    def utc(self) -> Stamp:
        """The time of day. It may be set; it numbers records and measures gaps, and no dose depends on it."""
        ...


class Role(IntEnum):
    """In whose name something happens. Numbers are stable and never reused."""

    DEVICE = 0
    CLINICIAN = 1
    PATIENT = 2


@dataclass(frozen=True, slots=True)
class Request:
    """An event that a person asks for. The same ``id`` is carried out once, and answered the same however often.

    ``actor`` and ``session`` are pseudonyms that the console has authenticated (ASM-21). ``drug_lot`` goes with a
    refill: the lot of what was filled.
    """

    id: str
    event: Event
    actor: str
    role: Role
    session: str
    drug_lot: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request.

    ``response`` is the kernel's, given at ``tick`` and kept in the record of that ``number``; None if the kernel was
    not asked, and then ``refusal`` says why in one sentence. ``is_repeated``: it was carried out before.
    """

    response: Response | None
    tick: int
    number: int
    refusal: str = ""
    is_repeated: bool = False


class Console(Protocol):
    """Where people ask and see: a screen, a serial line, a script. What cannot be done raises ``ConsoleFailed``."""

    def poll(self) -> tuple[Request, ...]:
        """What has been asked since the last call, the oldest first; at once."""
        ...

    def answer(self, request: Request, answer: Answer) -> None:
        """Tell who asked what became of it. The answer is stored already; a lost one is asked for again by its id."""
        ...

    def show(self, shown: Shown) -> None:
        """Show and sound the most urgent alarm, or nothing any more (ASM-24). Called when it changes."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """One event and what the kernel answered: written before anything moves.

    ``number`` counts from 1 without a gap. ``pulse`` is the order in the driver's numbering. ``lost_s``: seconds that
    passed unobserved and are not told to the kernel yet. ``request_id`` and ``drug_lot`` are empty where there is none.
    """

    number: int
    event: Event
    response: Response
    pulse: Pulse
    state: State
    shown: Shown
    stamp: Stamp
    actor: str
    role: Role
    session: str
    request_id: str
    drug_lot: str
    lost_s: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store found when it was opened.

    ``number`` of the last record, 0 for none. ``state`` after it, None if none is whole; ``capsule`` likewise, stored
    apart. ``is_last_state``: it is proved that nothing was recorded after this state (ASM-32); in doubt false.
    ``stamp``: when the last record was made. ``sequence``: the last pulse that was ordered, in the driver's numbering.
    """

    number: int
    state: State | None
    capsule: Capsule | None
    is_last_state: bool
    stamp: Stamp
    sequence: int
    drug_lot: str
    lost_s: int


UNKNOWN_STAMP = Stamp(utc_ms=0, uncertainty_ms=None)
NOTHING_STORED = Stored(
    number=0,
    state=None,
    capsule=None,
    is_last_state=True,
    stamp=UNKNOWN_STAMP,
    sequence=0,
    drug_lot="",
    lost_s=0,
)


class Store(Protocol):
    """Keeps records over a loss of power."""

    def recover(self) -> Stored:
        """What is stored. Called once, before anything is appended."""
        ...

    def append(self, record: Record) -> None:
        """Return only when the record is durable, and every earlier one (ASM-30); else raise ``StoreFailed``.

        Of a record that was refused it is not known whether it is stored: the very same may be appended again, and is
        then stored once.
        """
        ...

    def find_answer(self, request_id: str) -> tuple[Event, Answer] | None:
        """What was asked under that id and what became of it, or None if nothing was."""
        ...
