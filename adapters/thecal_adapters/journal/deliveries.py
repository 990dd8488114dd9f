# SPDX-License-Identifier: Apache-2.0
"""What was given, folded from a journal: a delivery for each bolus and each prime, and one for the basal of each day.

Masses are bounds at the catheter's tip: at most ``upper_fg`` passed it, at least ``lower_fg``. A pulse that surely did
not move counts in neither; one whose outcome nobody knows counts as given in the upper bound and not in the lower.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from thecal.events import PulseReported, PulseResult
from thecal.outcome import NO_PULSE, Pulse, Response
from thecal.units import DAY_S, NO_MASSES, Masses, compute_sum_fg
from thecal_adapters.codec import Decoder, parse
from thecal_adapters.journal.entries import Entry, read_response, read_role
from thecal_adapters.ports import Role


class Kind(Enum):
    """Why something was given."""

    BASAL = "basal"
    BOLUS = "bolus"
    PRIME = "prime"


BEGINNINGS = {Response.BOLUS_GRANTED: Kind.BOLUS, Response.PRIME_BEGUN: Kind.PRIME}
KINDS = {
    Response.PULSE_ORDERED_FOR_BASAL: Kind.BASAL,
    Response.PULSE_ORDERED_FOR_BOLUS: Kind.BOLUS,
    Response.PULSE_ORDERED_FOR_PRIME: Kind.PRIME,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Pulses that belong together. ``first`` and ``last`` are entries, ``day`` counts days of the pump's ticks.

    ``actor`` and ``role`` asked for it. ``unknown`` of the ``pulses`` are those whose outcome nobody knows.
    """

    kind: Kind
    first: Entry
    last: Entry
    day: int
    actor: str
    role: Role
    pulses: int
    unknown: int
    upper_fg: Masses
    lower_fg: Masses


def read_pulse(entry: Entry) -> Pulse:
    """The order of an entry; none if it has none."""
    raw = parse(entry.pulse, f"entry {entry.number}.pulse")
    return NO_PULSE if raw is None else Decoder().decode(Pulse, raw, f"entry {entry.number}.pulse")


def read_result(entry: Entry) -> PulseResult | None:
    """What a pulse did, if the entry tells of one and the kernel booked it."""
    booked = (Response.PULSE_BOOKED_AS_DONE, Response.PULSE_BOOKED_AS_NOT_DONE, Response.PULSE_BOOKED_AS_UNKNOWN)
    if read_response(entry) not in booked:
        return None
    path = f"entry {entry.number}.event"
    return Decoder().decode(PulseReported, parse(entry.event, path), path).result


class _Fold:
    """The deliveries that are open, one of each kind, and the pulse in flight."""

    def __init__(self) -> None:
        self.open: dict[Kind, Delivery] = {}
        self.asked: dict[Kind, Entry] = {}
        self.flight: tuple[Kind, Pulse] | None = None

    def add(self, entry: Entry) -> Iterator[Delivery]:
        """Fold one entry in; give what is complete."""
        result = read_result(entry)
        if result is not None:
            self._land(result)
        kind = BEGINNINGS.get(read_response(entry))
        if kind is not None:
            yield from self._end(kind)
            self.asked[kind] = entry
        pulse = read_pulse(entry)
        if pulse.is_ordered:
            self._land(PulseResult.UNKNOWN)
            yield from self._take_off(entry, pulse)

    def end(self) -> Iterator[Delivery]:
        """Give what is still open."""
        self._land(PulseResult.UNKNOWN)
        for kind in Kind:
            yield from self._end(kind)

    def _end(self, kind: Kind) -> Iterator[Delivery]:
        ended = self.open.pop(kind, None)
        if ended is not None and ended.pulses:
            yield ended

    def _take_off(self, entry: Entry, pulse: Pulse) -> Iterator[Delivery]:
        kind, day = KINDS[read_response(entry)], entry.tick // DAY_S
        if kind is Kind.BASAL and kind in self.open and self.open[kind].day != day:
            yield from self._end(kind)
        asked = self.asked.get(kind)
        actor, role = ("", Role.DEVICE) if asked is None else (asked.actor, read_role(asked))
        fresh = Delivery(kind, entry, entry, day, actor, role, 0, 0, NO_MASSES, NO_MASSES)
        self.open[kind] = replace(self.open.get(kind, fresh), last=entry)
        self.flight = (kind, pulse)

    def _land(self, result: PulseResult) -> None:
        if self.flight is None:
            return
        (kind, pulse), self.flight = self.flight, None
        if result is PulseResult.NOT_DONE:
            return
        at, is_unknown = self.open[kind], result is PulseResult.UNKNOWN
        self.open[kind] = replace(
            at,
            pulses=at.pulses + 1,
            unknown=at.unknown + is_unknown,
            upper_fg=compute_sum_fg(at.upper_fg, pulse.upper_fg),
            lower_fg=at.lower_fg if is_unknown else compute_sum_fg(at.lower_fg, pulse.lower_fg),
        )


def fold(entries: Iterable[Entry]) -> Iterator[Delivery]:
    """The deliveries of a journal, each when it is complete."""
    folded = _Fold()
    for entry in entries:
        yield from folded.add(entry)
    yield from folded.end()
