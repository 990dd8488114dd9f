# SPDX-License-Identifier: Apache-2.0
"""Every pulse of a run, and the windows in which the most or the least was given: exact, over any second."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TypeVar

from thecal.events import PulseResult
from thecal.outcome import Pulse

Number = TypeVar("Number", int, Fraction)


@dataclass(slots=True)
class Entry:
    """A pulse: ordered in the second that ends at ``at_s``, what it may have brought, and what it did bring.

    ``result`` is None while nothing was told; until it is, the upper book counts the pulse and the lower does not.
    """

    at_s: int
    pulse: Pulse
    given_fg: Sequence[Fraction]
    result: PulseResult | None = None

    def upper_fg(self, drug: int) -> int:
        """The most that it may have brought."""
        return 0 if self.result is PulseResult.NOT_DONE else self.pulse.upper_fg[drug]

    def lower_fg(self, drug: int) -> int:
        """The least that it has brought."""
        return self.pulse.lower_fg[drug] if self.result is PulseResult.DONE else 0


@dataclass(frozen=True, slots=True)
class Amount:
    """What was given of one drug in the seconds after ``from_s`` up to ``to_s``: two books, and the truth."""

    from_s: int
    to_s: int
    upper_fg: int
    lower_fg: int
    given_fg: int


@dataclass(frozen=True, slots=True)
class _Sums:
    """Running sums of one drug, to be subtracted from each other: entry i is what the first i pulses brought."""

    upper_fg: list[int]
    lower_fg: list[int]
    given_fg: list[Fraction]


class Books:
    """The pulses of a run in their order."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Write down a pulse."""
        self.entries.append(entry)

    def report(self, sequence: int, result: PulseResult) -> None:
        """Write down what a pulse was told to have done."""
        for entry in reversed(self.entries):
            if entry.pulse.sequence == sequence:
                entry.result = result
                return

    def count_by_hour(self, end_s: int) -> list[int]:
        """How many pulses were ordered in each hour, the last one perhaps cut short."""
        counts = [0] * (-(-end_s // 3600))
        for entry in self.entries:
            counts[(entry.at_s - 1) // 3600] += 1
        return counts

    def sum_between(self, drug: int, from_s: int, to_s: int) -> Amount:
        """What was given in the seconds after ``from_s`` up to ``to_s``."""
        inside = [entry for entry in self.entries if from_s < entry.at_s <= to_s]
        return Amount(
            from_s=from_s,
            to_s=to_s,
            upper_fg=sum(entry.upper_fg(drug) for entry in inside),
            lower_fg=sum(entry.lower_fg(drug) for entry in inside),
            given_fg=floor(sum((entry.given_fg[drug] for entry in inside), Fraction(0))),
        )

    def find_most(self, drug: int, length_s: int) -> Amount:
        """The window of that length with the most in the upper book, the earliest of them; it may begin before 0."""
        sums = self._make_sums(drug)
        best: Amount | None = None
        first = 0
        for last, entry in enumerate(self.entries):
            while self.entries[first].at_s <= entry.at_s - length_s:
                first += 1
            if best is None or sums.upper_fg[last + 1] - sums.upper_fg[first] > best.upper_fg:
                best = self._make_amount(sums, entry.at_s - length_s, entry.at_s, first, last + 1)
        return best or Amount(0, length_s, 0, 0, 0)

    def find_least(self, drug: int, length_s: int, from_s: int, to_s: int) -> Amount | None:
        """The window between two times with the least in the lower book, the earliest; None if none fits between."""
        if to_s - from_s < length_s:
            return None
        sums = self._make_sums(drug)
        best: Amount | None = None
        last = 0
        for first, start_s in self._starts(from_s):
            if start_s + length_s > to_s:
                break
            while last < len(self.entries) and self.entries[last].at_s <= start_s + length_s:
                last += 1
            if best is None or sums.lower_fg[last] - sums.lower_fg[first] < best.lower_fg:
                best = self._make_amount(sums, start_s, start_s + length_s, first, last)
        return best

    def _starts(self, from_s: int) -> Iterator[tuple[int, int]]:
        """Where a window with the least can begin: at the start, or right after a pulse. With its first pulse."""
        before = sum(1 for entry in self.entries if entry.at_s <= from_s)
        yield before, from_s
        for place in range(before, len(self.entries)):
            yield place + 1, self.entries[place].at_s

    def _make_sums(self, drug: int) -> _Sums:
        return _Sums(
            upper_fg=_accumulate([entry.upper_fg(drug) for entry in self.entries], 0),
            lower_fg=_accumulate([entry.lower_fg(drug) for entry in self.entries], 0),
            given_fg=_accumulate([entry.given_fg[drug] for entry in self.entries], Fraction(0)),
        )

    def _make_amount(self, sums: _Sums, from_s: int, to_s: int, first: int, last: int) -> Amount:
        return Amount(
            from_s=max(from_s, 0),
            to_s=to_s,
            upper_fg=sums.upper_fg[last] - sums.upper_fg[first],
            lower_fg=sums.lower_fg[last] - sums.lower_fg[first],
            given_fg=floor(sums.given_fg[last] - sums.given_fg[first]),
        )


def _accumulate(values: list[Number], nothing: Number) -> list[Number]:
    total = nothing
    sums = [total]
    for value in values:
        total = total + value
        sums.append(total)
    return sums
