# SPDX-License-Identifier: Apache-2.0
"""Reservoir and line as plugs of fluid, exact: volumes and masses are fractions, and nothing is ever rounded.

Volumes are in nL, strengths in fg/nL, masses in fg, one number for each drug of a table whose order is the caller's.
"""

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Volume: TypeAlias = int | Fraction
Strength: TypeAlias = tuple[Volume, ...]
Mass: TypeAlias = tuple[Volume, ...]

# Cells into which a front is cut that has widened; more of them change no bound.
FRONT_CELLS = 8


@dataclass(slots=True)
class Plug:
    """A volume of one strength."""

    volume_nl: Volume
    strength: Strength


def compute_blend(left: Strength, right: Strength, share: Fraction) -> Strength:
    """A mixture that is ``right`` by a share."""
    return tuple(a + (b - a) * share for a, b in zip(left, right))


def compute_mass(strength: Strength, volume_nl: Volume) -> Mass:
    """What a volume of a strength holds of every drug."""
    return tuple(each * volume_nl for each in strength)


class Reservoir:
    """Fluid that mixes at once with whatever is added."""

    def __init__(self, drug_count: int) -> None:
        self.volume_nl: Volume = 0
        self.strength: Strength = (0,) * drug_count

    def draw(self, volume_nl: Volume) -> Volume:
        """Take out a volume, or what there is; return how much it was."""
        drawn_nl = min(volume_nl, self.volume_nl)
        self.volume_nl -= drawn_nl
        return drawn_nl

    def fill(self, volume_nl: Volume, strength: Strength) -> None:
        """Add a volume, which mixes with what is there."""
        total_nl = self.volume_nl + volume_nl
        if total_nl:
            self.strength = compute_blend(self.strength, strength, Fraction(volume_nl) / total_nl)
        self.volume_nl = total_nl


class Line:
    """Tubing and catheter, full of fluid: what is pushed in at one end leaves at the other, in its order.

    A front between two fluids is sharp at first. Once the new fluid has come in by half of ``front_nl`` the two have
    mixed over that width, in steps from the one to the other; no drug is lost or made by it.
    """

    def __init__(self, volume_nl: Volume, strength: Strength, front_nl: Volume = 0) -> None:
        self.volume_nl = volume_nl
        self.front_nl = front_nl
        self.plugs: deque[Plug] = deque([Plug(volume_nl, strength)] if volume_nl else [])  # the tip is on the left
        self._inlet = strength  # of the fluid pushed in last
        self._new_nl: Volume = 0  # how much of it
        self._is_sharp = False

    def push(self, volume_nl: Volume, strength: Strength) -> Mass:
        """Push a volume in; return what leaves the tip."""
        if strength != self._inlet:
            self._inlet, self._new_nl = strength, 0
            self._is_sharp = bool(self.plugs) and self.front_nl > 0
        if self.plugs and self.plugs[-1].strength == strength:
            self.plugs[-1].volume_nl += volume_nl
        else:
            self.plugs.append(Plug(volume_nl, strength))
        self._new_nl += volume_nl
        if self._is_sharp and 2 * self._new_nl >= self.front_nl:
            self._widen()
        return self._leave(volume_nl)

    def _leave(self, volume_nl: Volume) -> Mass:
        first = self.plugs[0]
        if first.volume_nl > volume_nl:
            first.volume_nl -= volume_nl
            return compute_mass(first.strength, volume_nl)
        mass: Mass = (0,) * len(first.strength)
        while volume_nl:
            plug = self.plugs[0]
            taken_nl = min(volume_nl, plug.volume_nl)
            mass = tuple(a + b * taken_nl for a, b in zip(mass, plug.strength))
            volume_nl -= taken_nl
            plug.volume_nl -= taken_nl
            if not plug.volume_nl:
                self.plugs.popleft()
        return mass

    def _widen(self) -> None:
        """Mix the front between the last two plugs, as far as both reach."""
        self._is_sharp = False
        if len(self.plugs) < 2:
            return  # the path is shorter than the front: the old fluid has left before the two could mix
        new = self.plugs[-1]
        old = self.plugs[-2]
        half_nl = min(Fraction(self.front_nl) / 2, old.volume_nl, new.volume_nl)
        old.volume_nl -= half_nl
        new.volume_nl -= half_nl
        tail = self.plugs.pop()
        if not old.volume_nl:
            self.plugs.pop()
        cell_nl = Fraction(2 * half_nl) / FRONT_CELLS
        for place in range(FRONT_CELLS):
            share = Fraction(2 * place + 1, 2 * FRONT_CELLS)
            self.plugs.append(Plug(cell_nl, compute_blend(old.strength, new.strength, share)))
        if tail.volume_nl:
            self.plugs.append(tail)

    def compute_held(self) -> Mass:
        """What the line holds of every drug."""
        held = [compute_mass(plug.strength, plug.volume_nl) for plug in self.plugs]
        return tuple(sum(drug) for drug in zip(*held)) if held else ()
