# SPDX-License-Identifier: Apache-2.0
"""What falls due, second by second, is what the program says, and the reserve is the worst of it."""

from collections.abc import Sequence
from itertools import accumulate, product
from random import Random

import pytest

from thecal.schedule import (
    compute_hour_fg,
    compute_larger_ratio,
    compute_reserve,
    compute_share_fg,
    compute_slot_index,
    with_in_force,
    with_less_in_force,
    with_new_day,
)
from thecal.state import NO_GENERATION, NO_RATIOS, NO_RESERVE, Basal, Generation, Ratio
from thecal.units import DAY_S, HOUR_S, MASS_FG_BEYOND_LIMITS, SLOT_COUNT, SLOT_S, Slots, compute_day_fg

NO_BASAL = Basal(owed_fg_1800=0, current=NO_GENERATION, previous=NO_GENERATION, program=NO_RESERVE, envelope=NO_RESERVE)


def make_slots(rng: Random) -> Slots:
    return tuple(rng.choice((0, 1, 5, 100)) for _ in range(SLOT_COUNT))


def in_force(slots_fg: Slots, pulse_fg: int = 0, ratio: Ratio = NO_RATIOS[0]) -> Generation:
    return Generation(slots_fg=slots_fg, pulse_fg=pulse_fg, ratios=(ratio,) * 4)


def find_most_fg_1800(slots_fg: Slots, span_s: int) -> int:
    """The most that falls due in any consecutive seconds, by adding up second by second."""
    due = [slots_fg[compute_slot_index(tick)] for tick in range(2 * DAY_S)]
    sums = [0, *accumulate(due)]
    return max(sums[i + span_s] - sums[i] for i in range(DAY_S))


@pytest.mark.parametrize("day", [0, 1, 7_304])
def test_a_slot_begins_on_its_half_hour(day: int) -> None:
    for slot in range(SLOT_COUNT):
        first = day * DAY_S + slot * SLOT_S
        assert [compute_slot_index(tick) for tick in (first, first + SLOT_S - 1)] == [slot, slot]
    assert compute_slot_index(day * DAY_S + DAY_S) == 0


@pytest.mark.parametrize("seed", range(3))
def test_any_24_hours_bring_each_slot_once(seed: int) -> None:
    slots_fg = make_slots(Random(seed))
    assert find_most_fg_1800(slots_fg, DAY_S) == compute_day_fg(slots_fg) * SLOT_S


@pytest.mark.parametrize("seed", range(3))
def test_the_worst_hour_is_two_adjacent_slots(seed: int) -> None:
    slots_fg = make_slots(Random(seed))
    assert find_most_fg_1800(slots_fg, HOUR_S) == compute_hour_fg(slots_fg) * SLOT_S


def test_the_worst_hour_may_lie_across_midnight() -> None:
    assert compute_hour_fg((3, *(0,) * 46, 4)) == 7
    assert compute_hour_fg((0, 3, 4, *(0,) * 45)) == 7


def test_a_share_is_whole_pulses_and_no_pulse_more() -> None:
    for first_fg, drug, first, volume_nl in product(range(30), range(4), range(1, 4), range(1, 4)):
        pulses = -(-first_fg // (first * volume_nl))
        assert compute_share_fg(first_fg, Ratio(drug, first), volume_nl) == pulses * drug * volume_nl


def test_a_share_that_cannot_be_computed_is_above_every_cap() -> None:
    assert compute_share_fg(2**26, Ratio(1, 1), 1) == MASS_FG_BEYOND_LIMITS
    assert compute_share_fg(2**26 - 1, Ratio(50_000_000, 1), 2_000) == MASS_FG_BEYOND_LIMITS
    assert compute_share_fg(2**26 - 1, Ratio(1, 1), 1) == 2**26 - 1


def test_the_larger_of_two_ratios_brings_more_of_its_drug() -> None:
    half, third, two_quarters = Ratio(1, 2), Ratio(1, 3), Ratio(2, 4)
    assert compute_larger_ratio(half, third) == compute_larger_ratio(third, half) == half
    assert compute_larger_ratio(half, two_quarters) in (half, two_quarters)


def test_a_reserve_is_the_worst_basal_and_two_pulses() -> None:
    reserve = compute_reserve(in_force((5,) * SLOT_COUNT, pulse_fg=7, ratio=Ratio(2, 1)), 1)
    assert (reserve.day_fg[0], reserve.hour_fg[0]) == (48 * 5 + 14, 10 + 14)
    assert reserve.day_fg[1:] == (2 * (48 * 5 + 14),) * 3


@pytest.mark.parametrize(("slot_fg", "expected_fg"), [(-5, 0), (MASS_FG_BEYOND_LIMITS, MASS_FG_BEYOND_LIMITS)])
def test_a_reserve_of_slots_that_are_none_is_still_a_mass(slot_fg: int, expected_fg: int) -> None:
    """Whoever reads a reserve, such as a room check, must never find a debt in it, nor a sum that wraps in C."""
    reserve = compute_reserve(in_force((slot_fg,) * SLOT_COUNT, pulse_fg=0, ratio=Ratio(2, 1)), 1)
    assert reserve.day_fg == reserve.hour_fg == (expected_fg,) * 4, "every drug's reserve is bounded on both sides"


def compute_envelopes_fg(changes: Sequence[Generation | None]) -> list[int]:
    """The day's envelope of the first drug after each change of program, or daily boundary (None)."""
    basal, now, found = NO_BASAL, NO_GENERATION, []
    for change in changes:
        if change is None:
            basal = with_new_day(basal, now, 1)
        elif all(a <= b for a, b in zip(change.slots_fg, now.slots_fg)):
            basal, now = with_less_in_force(basal, change, 1), change
        else:
            basal, now = with_in_force(basal, change, 1), change
        found.append(basal.envelope.day_fg[0])
    return found


def test_the_envelope_remembers_a_program_until_the_second_daily_boundary() -> None:
    high, low = in_force((10,) * SLOT_COUNT), in_force((1,) * SLOT_COUNT)
    assert compute_envelopes_fg([high, low, None, None, None]) == [480, 480, 480, 48, 48]


def test_the_envelope_takes_the_larger_of_each_slot() -> None:
    morning = in_force((10,) * 24 + (0,) * 24)
    evening = in_force((0,) * 24 + (10,) * 24)
    assert compute_envelopes_fg([morning, evening, None, None]) == [240, 480, 480, 240]


@pytest.mark.parametrize("seed", range(20))
def test_the_envelope_holds_what_any_24_hours_saw(seed: int) -> None:
    """Programs change at random; no day, begun anywhere, saw more of each slot than the envelope at its end."""
    rng = Random(seed)
    basal, now, seen = NO_BASAL, NO_GENERATION, []
    for half_day in range(40):
        if half_day % 2 == 0 and half_day > 0:
            basal = with_new_day(basal, now, 1)
        if rng.randrange(2):
            now = in_force(make_slots(rng))
            basal = with_in_force(basal, now, 1)
        seen.append(now.slots_fg)
        day = seen[-3:]  # a day that began in a half touches three of them
        worst_fg = sum(max(slots[i] for slots in day) for i in range(SLOT_COUNT))
        assert worst_fg <= basal.envelope.day_fg[0]
