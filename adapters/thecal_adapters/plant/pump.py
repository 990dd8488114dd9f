# SPDX-License-Identifier: Apache-2.0
"""The pump: a motor that moves pulses from reservoir to line, a sensor that tells of it, and what can go wrong.

An order has a number. The number is kept before the motor turns, so that an order which is repeated, out of date or
interrupted by a loss of power moves nothing a second time.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum, IntEnum
from fractions import Fraction

from thecal_adapters.plant.book import Book
from thecal_adapters.plant.fluids import Line, Mass, Reservoir, Strength, Volume, compute_mass

BODY_C = 37


class Drive(Enum):
    """What moves the fluid. A rotor without power stands where it is; a valve without power closes after its pulse."""

    ROTOR = "rotor"
    VALVE = "valve"


class Told(IntEnum):
    """What the sensor tells of a pulse."""

    DONE = 0
    NOT_DONE = 1
    UNKNOWN = 2


class Slip(Enum):
    """What happens to one pulse instead of what was ordered: did it move, and what does the sensor tell?"""

    MISSED = (0, Told.NOT_DONE)
    MISSED_IN_THE_DARK = (0, Told.UNKNOWN)
    MOVED_IN_THE_DARK = (1, Told.UNKNOWN)
    MISSED_AND_TOLD_AS_DONE = (0, Told.DONE)
    MOVED_TWICE = (2, Told.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Make:
    """How the pump was built: what a pulse moves at body temperature, and by how much more for each kelvin above it."""

    drive: Drive
    pulse_nl: int
    ppm_per_kelvin: int = 0


class Plant:
    """One pump in one patient."""

    def __init__(self, make: Make, drug_count: int) -> None:
        self.make = make
        self.reservoir = Reservoir(drug_count)
        self.line = Line(0, (0,) * drug_count)
        self.book = Book(drug_count)
        self.lost: Mass = (0,) * drug_count  # past the line, and not to the patient
        self.sequence = 0  # the last number that the motor obeyed; outlasts a loss of power
        self.is_stalled = False
        self.is_torn = False
        self.drift_permille = 0
        self.temperature_c = BODY_C
        self.slips: deque[Slip] = deque()
        self._told: tuple[int, Told] = (0, Told.UNKNOWN)
        self._moved_nl: Volume = 0

    def compute_pulse_nl(self) -> Volume:
        """What a pulse really moves now."""
        warmer = 1_000_000 + self.make.ppm_per_kelvin * (self.temperature_c - BODY_C)
        if self.drift_permille == 0 and warmer == 1_000_000:
            return self.make.pulse_nl
        return self.make.pulse_nl * Fraction((1_000 + self.drift_permille) * warmer, 1_000_000_000)

    def move(self, at_ms: int, sequence: int, volume_nl: int, turned_permille: int = 1_000) -> Told:
        """Obey an order of a new number, once; tell what it did. ``turned_permille``: power failed that far in."""
        if sequence <= self.sequence:
            return self._told[1] if sequence == self._told[0] else Told.UNKNOWN
        self.sequence = sequence
        self._told = (sequence, Told.UNKNOWN)
        self._told = (sequence, self._turn(at_ms, volume_nl, turned_permille))
        return self._told[1]

    def _turn(self, at_ms: int, volume_nl: int, turned_permille: int) -> Told:
        if volume_nl != self.make.pulse_nl or self.is_stalled:
            return Told.NOT_DONE
        slip = self.slips.popleft() if self.slips else None
        times: Volume = slip.value[0] if slip else 1
        told = slip.value[1] if slip else Told.DONE
        if turned_permille < 1_000:
            told = Told.UNKNOWN
            if self.make.drive is Drive.ROTOR:
                times *= Fraction(turned_permille, 1_000)
        if times:
            self.escape(at_ms, times * self.compute_pulse_nl())
        return told

    def escape(self, at_ms: int, volume_nl: Volume) -> None:
        """Let a volume pass from the reservoir into the line, ordered or not. An empty reservoir gives nothing."""
        drawn_nl = self.reservoir.draw(volume_nl)
        self._moved_nl += drawn_nl
        if not drawn_nl:
            return
        mass = self.line.push(drawn_nl, self.reservoir.strength)
        if self.is_torn:
            self.lost = tuple(a + b for a, b in zip(self.lost, mass))
        else:
            self.book.add(at_ms, mass)

    def take_moved(self) -> Volume:
        """What has left the reservoir towards the patient since this was last asked."""
        moved_nl, self._moved_nl = self._moved_nl, 0
        return moved_nl

    def aspirate(self, left_nl: Volume) -> tuple[Volume, Mass]:
        """Empty the reservoir but for what the needle leaves; return what came out."""
        drawn_nl = self.reservoir.draw(max(0, self.reservoir.volume_nl - left_nl))
        return drawn_nl, compute_mass(self.reservoir.strength, drawn_nl)

    def replace_line(self, volume_nl: Volume, strength: Strength, front_nl: Volume) -> None:
        """Have another line, or another fluid in it."""
        self.line = Line(volume_nl, strength, front_nl)
