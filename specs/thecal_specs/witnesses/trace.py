# SPDX-License-Identifier: Apache-2.0
"""What a trace is made of: a pump, how long it lay in its box, and what then happens to it, in order."""

from dataclasses import dataclass
from typing import TypeAlias

from thecal.events import Event, PulseResult
from thecal.limits import Config


@dataclass(frozen=True, slots=True)
class Seconds:
    """So many seconds pass, and the device reports of each pulse ``result``; of None it reports nothing."""

    count: int
    result: PulseResult | None = PulseResult.DONE


@dataclass(frozen=True, slots=True)
class Quietly:
    """So many seconds pass, the quiet ones told of at once; each pulse is reported as done, and nobody takes notes."""

    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """The device reports on the pulse in flight, whatever its number."""

    result: PulseResult


@dataclass(frozen=True, slots=True)
class Truly:
    """An event in which the world departs from what it usually does (see ``world``).

    ``left_nl``: what the needle leaves in the reservoir at a refill; ``path_nl``: the volume of a declared path.
    """

    event: Event
    left_nl: int = 0
    path_nl: int = 0


Happening: TypeAlias = Event | Seconds | Quietly | Report | Truly


@dataclass(frozen=True, slots=True)
class Trace:
    """A named course of events. ``boxed_s``: seconds that the pump lies in its box before the first (see ``box``)."""

    name: str
    story: str
    config: Config
    happenings: tuple[Happening, ...]
    boxed_s: int = 0
