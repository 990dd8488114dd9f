# SPDX-License-Identifier: Apache-2.0
"""What is really in reservoir, tubing and catheter: plugs of fluid in a line, exact, whatever the kernel believes."""

from collections import deque
from dataclasses import dataclass
from fractions import Fraction

from thecal.units import DRUG_COUNT

Strength = tuple[Fraction, ...]
NOTHING: Strength = (Fraction(0),) * DRUG_COUNT


@dataclass(slots=True)
class Plug:
    """A volume of one strength, in fg/nL for each place of the drug table."""

    volume_nl: int
    fg_per_nl: Strength


class World:
    """The true fluids. Plug flow, and a reservoir that mixes."""

    def __init__(self) -> None:
        self.reservoir = Plug(0, NOTHING)
        self.path: deque[Plug] = deque()  # the catheter's tip is on the left

    def refill(self, filled_nl: int, left_nl: int, fg_per_nl: tuple[int, ...]) -> None:
        """Empty the reservoir but for what the needle leaves, and mix the new fluid in."""
        left_nl = min(left_nl, self.reservoir.volume_nl)
        total_nl = left_nl + filled_nl
        if not total_nl:
            self.reservoir = Plug(0, self.reservoir.fg_per_nl)
            return
        mixed = tuple(
            (old * left_nl + new * filled_nl) / total_nl for old, new in zip(self.reservoir.fg_per_nl, fg_per_nl)
        )
        self.reservoir = Plug(total_nl, mixed)

    def rinse(self, left_nl: int, fg_per_nl: tuple[int, ...]) -> None:
        """Replace whatever the reservoir held by what the last rinse leaves behind."""
        self.reservoir = Plug(left_nl, tuple(Fraction(strength) for strength in fg_per_nl))

    def declare_path(self, path_nl: int, is_filled_from_reservoir: bool) -> None:
        """Have a path of that volume, full of the reservoir's fluid or of none."""
        strength = self.reservoir.fg_per_nl if is_filled_from_reservoir else NOTHING
        self.path = deque([Plug(path_nl, strength)] if path_nl else [])

    def move_pulse(self, volume_nl: int) -> Strength:
        """Move one pulse from the reservoir into the path; return what leaves the tip, for each drug."""
        self.reservoir.volume_nl -= volume_nl
        self._push(volume_nl)
        masses = NOTHING
        while volume_nl:
            plug = self.path[0]
            taken_nl = min(volume_nl, plug.volume_nl)
            masses = tuple(mass + strength * taken_nl for mass, strength in zip(masses, plug.fg_per_nl))
            volume_nl -= taken_nl
            plug.volume_nl -= taken_nl
            if not plug.volume_nl:
                self.path.popleft()
        return masses

    def _push(self, volume_nl: int) -> None:
        if self.path and self.path[-1].fg_per_nl is self.reservoir.fg_per_nl:
            self.path[-1].volume_nl += volume_nl
        else:
            self.path.append(Plug(volume_nl, self.reservoir.fg_per_nl))
