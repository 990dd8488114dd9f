# SPDX-License-Identifier: Apache-2.0
"""A reservoir that is empty before its time, because more has left it than the books say, keeps back what they count.

Since a refill it can keep back no more than had moved beside what was ordered: the books hold at most what was there.
"""

from dataclasses import dataclass

from thecal_adapters.plant.fluids import Reservoir, Volume
from thecal_adapters.plant.pump import Told
from thecal_adapters.simulation.faults import Scale


@dataclass(slots=True)
class Dry:
    """Since the last refill, in nL: ``more_nl`` moved beside what was ordered; ``kept_nl`` was told and not there."""

    scale: Scale
    reservoir: Reservoir
    more_nl: Volume = 0
    kept_nl: Volume = 0

    def on_refill(self) -> None:
        """Begin anew."""
        self.more_nl, self.kept_nl = 0, 0

    def on_motion(self, ordered_nl: int, moved_nl: Volume, told: Told) -> Volume:
        """Take note of a pulse; return what it kept back for want of fluid."""
        self.more_nl += max(0, moved_nl - ordered_nl)
        is_dry = self.scale.is_draining and self.reservoir.volume_nl == 0
        kept_nl = max(0, ordered_nl - moved_nl) if is_dry and told is Told.DONE else 0
        self.kept_nl += kept_nl
        return kept_nl
