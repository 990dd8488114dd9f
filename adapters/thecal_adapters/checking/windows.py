# SPDX-License-Identifier: Apache-2.0
"""The window of a trace in which the most, or the least, of a drug passed the tip: exact, over any second."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from thecal_adapters.checking.tracing import Trace


@dataclass(frozen=True, slots=True)
class Window:
    """So much in the seconds after one tick up to another, in the life in which boluses were granted at these ticks."""

    amount_fg: int
    from_tick: int
    to_tick: int
    granted: Sequence[int]


def find_most(traces: Iterable[Trace], drug: int, length_s: int) -> Window:
    """The most in the upper book, in the earliest such window."""
    return max((_find_most(trace, drug, length_s) for trace in traces), key=lambda window: window.amount_fg)


def _find_most(trace: Trace, drug: int, length_s: int) -> Window:
    sums = [0, *accumulate(moved.upper_fg[drug] for moved in trace.moved)]
    best = Window(0, trace.from_tick, trace.from_tick + length_s, trace.granted)
    first = 0
    for last, moved in enumerate(trace.moved, start=1):
        while trace.moved[first].at_tick <= moved.at_tick - length_s:
            first += 1
        if sums[last] - sums[first] > best.amount_fg:
            start = max(trace.from_tick, moved.at_tick - length_s)
            best = Window(sums[last] - sums[first], start, moved.at_tick, trace.granted)
    return best


def find_least(traces: Iterable[Trace], drug: int, length_s: int) -> Window:
    """The least in the lower book, in the earliest such window that lies in a trace as a whole."""
    return min((_find_least(trace, drug, length_s) for trace in traces), key=lambda window: window.amount_fg)


def _find_least(trace: Trace, drug: int, length_s: int) -> Window:
    """Where the least can begin: with the trace, or right after a pulse."""
    sums = [0, *accumulate(moved.lower_fg[drug] for moved in trace.moved)]
    best: Window | None = None
    last = 0
    starts = [trace.from_tick, *(moved.at_tick for moved in trace.moved)]
    for first, start in enumerate(starts):
        if start + length_s > trace.to_tick:
            break
        while last < len(trace.moved) and trace.moved[last].at_tick <= start + length_s:
            last += 1
        amount_fg = sums[last] - sums[first]
        if best is None or amount_fg < best.amount_fg:
            best = Window(amount_fg, start, start + length_s, trace.granted)
    if best is None:
        raise ValueError(f"the trace is shorter than {length_s} s")
    return best
