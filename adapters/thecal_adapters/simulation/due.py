# SPDX-License-Identifier: Apache-2.0
"""The side of too little, in real seconds: what fell due of the basal, against what the plant's book says has passed.

While a therapy delivers, the first drug falls due by its rate in every real second, whatever the device counts. What
passed the tip since it began to deliver, in the same mode and with the same fluids, is at most two pulses behind that
(UND-01), beside what nobody can know: what the fluid's two bounds leave open, and a pulse that is in doubt or was told
as not done, which is never made up (OVR-08, FLT-02). A row of the fault table takes off what it declares: a slow
clock its share, a loop that is not woken the seconds that it slept. Ticks are held to the same seconds (ASM-03).
"""

from dataclasses import dataclass, field
from fractions import Fraction

from thecal.events import PulseResult
from thecal.state import Mode, State
from thecal.units import DAY_S, SLOT_S, Masses
from thecal_adapters.plant.fluids import Mass, Volume
from thecal_adapters.simulation.faults import Scale

# What a jump of the time of day may cost beside the seconds between two turns: twice its uncertainty, and one.
JUMP_MS = 3_000
SECOND_MS = 1_000


def find_rate(state: State) -> int:
    """What falls due of the first drug in a half hour, by the slot of this state."""
    return state.program.slots_fg[state.tick % DAY_S // SLOT_S]


@dataclass(slots=True)
class Order:
    """A pulse that stands in the journal: its bounds, what passed the tip, and what was told of it.

    ``kept_nl``: what an empty reservoir kept back of it.
    """

    is_basal: bool
    upper: Masses
    lower: Masses
    stretch: int = 0
    given: Mass | None = None
    kept_nl: Volume = 0
    result: PulseResult | None = None


@dataclass(slots=True)
class Due:
    """One stretch of therapy after the other. ``got_fg`` is of the plant's book, ``open_fg`` what nobody can know.

    ``excused_ms``: since the boot, in which by the faults of this life no second could be told.
    """

    scale: Scale
    stretch: int = 0
    due_fg: Fraction = field(default_factory=Fraction)
    got_fg: Volume = 0
    open_fg: Volume = 0
    excused_ms: int = 0
    jumps: int = 0
    rate_fg_1800: int = 0
    is_delivering: bool = False
    last_ms: int = 0

    def forget(self, now_ms: int) -> None:
        """Another mode or other fluids: what was due before is not due any more."""
        self.stretch += 1
        self.due_fg, self.got_fg, self.open_fg = Fraction(), 0, 0
        self.last_ms = now_ms

    def on_boot(self, now_ms: int) -> None:
        """Nothing falls due while nothing runs."""
        self.last_ms, self.excused_ms, self.jumps, self.is_delivering = now_ms, 0, 0, False

    def on_order(self, order: Order) -> None:
        """A pulse is on its way, and may give all that it holds."""
        order.stretch = self.stretch
        if order.is_basal:
            self.open_fg += order.upper[0]

    def on_report(self, order: Order) -> None:
        """What was told as done gave what the plant's book says, and its bounds leave the rest open."""
        is_lie = self.scale.is_lying and order.given is None
        if order.result is PulseResult.DONE and order.is_basal and order.stretch == self.stretch and not is_lie:
            self.open_fg -= order.lower[0]
            self.got_fg += order.given[0] if order.given else 0

    def on_turn(self, now_ms: int, late_ms: int, state: State) -> None:
        """A turn of the loop is over, which came so much later than it was asked for."""
        passed_ms = now_ms - self.last_ms
        excused_ms = late_ms
        if self.jumps:
            excused_ms, self.jumps = passed_ms + self.jumps * JUMP_MS, 0
        self.excused_ms += excused_ms
        is_delivering, rate_fg_1800 = state.mode is Mode.DELIVERING, find_rate(state)
        if is_delivering and self.is_delivering:
            served = (passed_ms - excused_ms) * self.scale.delivered_ppm
            self.due_fg += Fraction(served * min(rate_fg_1800, self.rate_fg_1800), SLOT_S * SECOND_MS * 1_000_000)
        self.is_delivering, self.rate_fg_1800, self.last_ms = is_delivering, rate_fg_1800, now_ms

    @property
    def lacking_fg(self) -> Volume:
        """By how much the plant's book is behind what fell due, the second that is not over left out."""
        return self.due_fg - Fraction(self.rate_fg_1800, SLOT_S) - self.got_fg - self.open_fg
