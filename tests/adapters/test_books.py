# SPDX-License-Identifier: Apache-2.0
"""Windows over the pulses are exact: the same as looking at every second."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from thecal.events import PulseResult
from thecal.outcome import NO_PULSE, Pulse
from thecal_adapters.simulation.books import Books, Entry


def make_pulse(sequence: int, upper_fg: int, lower_fg: int) -> Pulse:
    return Pulse(True, True, sequence, 1, (upper_fg, 0, 0, 0), (lower_fg, 0, 0, 0))


def make_books(pulses: list[tuple[int, int, PulseResult | None]]) -> Books:
    books = Books()
    for sequence, (at_s, fg, result) in enumerate(sorted(pulses, key=lambda pulse: pulse[0]), start=1):
        books.add(Entry(at_s, make_pulse(sequence, fg + 1, fg), (Fraction(2 * fg + 1, 2),) * 4))
        if result is not None:
            books.report(sequence, result)
    return books


books_of_pulses = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 9), st.sampled_from([None, *PulseResult])),
    max_size=12,
    unique_by=lambda pulse: pulse[0],
).map(make_books)


@given(books_of_pulses, st.integers(1, 15))
def test_the_most_is_the_most_of_all_windows(books: Books, length_s: int) -> None:
    most = books.find_most(0, length_s)
    windows = [books.sum_between(0, end_s - length_s, end_s) for end_s in range(1, 60)]
    assert most.upper_fg == max(window.upper_fg for window in windows)
    again = books.sum_between(0, most.to_s - length_s, most.to_s)
    assert (most.upper_fg, most.lower_fg, most.given_fg) == (again.upper_fg, again.lower_fg, again.given_fg)


@given(books_of_pulses, st.integers(1, 15), st.integers(0, 20), st.integers(20, 45))
def test_the_least_is_the_least_of_all_windows_inside(books: Books, length_s: int, from_s: int, to_s: int) -> None:
    least = books.find_least(0, length_s, from_s, to_s)
    windows = [books.sum_between(0, start_s, start_s + length_s) for start_s in range(from_s, to_s - length_s + 1)]
    assert (least is None) == (not windows)
    if least is not None:
        assert least.lower_fg == min(window.lower_fg for window in windows)
        assert from_s <= least.from_s
        assert least.to_s <= to_s
        assert least == books.sum_between(0, least.from_s, least.to_s)


def test_what_a_pulse_did_decides_how_it_counts() -> None:
    books = make_books([(1, 10, PulseResult.DONE), (2, 10, PulseResult.UNKNOWN), (3, 10, None)])
    books.add(Entry(4, make_pulse(4, 11, 10), (Fraction(0),) * 4, PulseResult.NOT_DONE))
    found = books.sum_between(0, 0, 4)
    assert (found.upper_fg, found.lower_fg, found.given_fg) == (33, 10, 31)


def test_pulses_are_counted_in_the_hour_whose_second_ordered_them() -> None:
    books = make_books([(1, 1, None), (3_600, 1, None), (3_601, 1, None), (7_201, 1, None)])
    assert books.count_by_hour(7_201) == [2, 1, 1]
    assert books.count_by_hour(10_800) == [2, 1, 1]
    assert Books().count_by_hour(0) == []


def test_no_pulse_is_nothing() -> None:
    assert NO_PULSE.sequence == 0
    assert Books().find_most(0, 5).upper_fg == 0
    least = Books().find_least(0, 5, 0, 5)
    assert least is not None
    assert least.lower_fg == 0
