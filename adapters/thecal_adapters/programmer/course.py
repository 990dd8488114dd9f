# SPDX-License-Identifier: Apache-2.0
"""What was given in the last day, half hour by half hour, as it was seen from reading to reading.

The upper book, the most that may have passed the catheter's tip: what left the reservoir in its worst reading, at the
most that a pulse may have held.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from thecal.outcome import Pulse, Response
from thecal.state import State
from thecal.units import SLOT_COUNT, SLOT_S
from thecal_adapters.codec import Decoder, parse
from thecal_adapters.journal.entries import Entry

KEPT_SLOTS = 2 * SLOT_COUNT
CHANGED = (Response.PRESCRIPTION_CONFIRMED, Response.PHASE_MOVED)
MOVED = (Response.PULSE_BOOKED_AS_DONE, Response.PULSE_BOOKED_AS_UNKNOWN)
GAP_S_MAX = 2 * SLOT_S  # what lies between two readings further apart was not seen


@dataclass(slots=True)
class HalfHour:
    """The most and the least of the first drug that was given in a half hour, and the plan, if it is known."""

    upper_fg: int = 0
    lower_fg: int = 0
    planned_fg: int | None = None


class Course:
    """Grows with each observation; half hours that nobody saw are not there."""

    def __init__(self, pulse_volume_nl: int) -> None:
        self._pulse_nl = pulse_volume_nl
        self._before: State | None = None
        self._half_hours: dict[int, HalfHour] = {}

    @property
    def half_hours(self) -> Mapping[int, HalfHour]:
        """By the count of half hours since the pump's first tick."""
        return self._half_hours

    def observe(self, state: State) -> None:
        """Note what has happened since the last observation."""
        before, self._before = self._before, state
        if (
            before is None
            or not 0 <= state.tick - before.tick <= GAP_S_MAX
            or before.reservoir.filled_clock_s != state.reservoir.filled_clock_s
        ):
            self._note(state, 0)
        else:
            left_nl = before.reservoir.volume_lo_nl - state.reservoir.volume_lo_nl
            self._note(state, max(0, left_nl) // self._pulse_nl)

    def recall(self, entries: Iterable[Entry], state: State) -> None:
        """Note what a journal tells of the last day, up to ``state``, with which it ends."""
        changed_tick, ordered = 0, (0, 0)
        for entry in entries:
            if entry.tick // SLOT_S < state.tick // SLOT_S - KEPT_SLOTS:
                continue
            half = self._half_hours.setdefault(entry.tick // SLOT_S, HalfHour())
            if entry.response in CHANGED:
                changed_tick = entry.tick
            if entry.pulse != "null":
                pulse = Decoder().decode(Pulse, parse(entry.pulse), f"entry {entry.number}")
                ordered = (pulse.upper_fg[0], pulse.lower_fg[0])
            elif entry.response in MOVED:
                half.upper_fg += ordered[0]
                half.lower_fg += ordered[1] if entry.response == Response.PULSE_BOOKED_AS_DONE else 0
        for place, half in self._half_hours.items():
            if state.is_programmed and place * SLOT_S >= changed_tick:
                half.planned_fg = state.program.slots_fg[place % SLOT_COUNT]

    def _note(self, state: State, pulses: int) -> None:
        place = state.tick // SLOT_S
        found = self._half_hours.setdefault(place, HalfHour())
        found.upper_fg += pulses * state.flight.first_fg
        found.lower_fg += pulses * state.flight.first_lo_fg
        found.planned_fg = state.program.slots_fg[place % SLOT_COUNT] if state.is_programmed else 0
        for old in [each for each in self._half_hours if each < place - KEPT_SLOTS]:
            del self._half_hours[old]
