# SPDX-License-Identifier: Apache-2.0
"""What passed the catheter's tip, and when in real time: exact, and by nobody's reckoning but the plant's own."""

from bisect import bisect_right

from thecal_adapters.plant.fluids import Mass


class Book:
    """Every passage in its order, with running totals, so that any stretch of time is one subtraction."""

    def __init__(self, drug_count: int) -> None:
        self.at_ms: list[int] = []
        self._totals: list[Mass] = [(0,) * drug_count]

    @property
    def total(self) -> Mass:
        """All that ever passed, of every drug, in fg."""
        return self._totals[-1]

    def add(self, at_ms: int, mass: Mass) -> None:
        """Write down a passage; time never goes back."""
        self.at_ms.append(at_ms)
        self._totals.append(tuple(a + b for a, b in zip(self._totals[-1], mass)))

    def compute_since(self, from_ms: int) -> Mass:
        """What passed after ``from_ms``, of every drug, in fg."""
        before = self._totals[bisect_right(self.at_ms, from_ms)]
        return tuple(a - b for a, b in zip(self._totals[-1], before))

    def compute_between(self, from_ms: int, to_ms: int) -> Mass:
        """What passed after ``from_ms`` and up to ``to_ms``, of every drug, in fg."""
        before = self._totals[bisect_right(self.at_ms, from_ms)]
        after = self._totals[bisect_right(self.at_ms, to_ms)]
        return tuple(a - b for a, b in zip(after, before))
