# SPDX-License-Identifier: Apache-2.0
"""Seconds are told once they have passed and never made up; clocks that go wrong make none."""

from random import Random

import pytest

from thecal_adapters.ports import UNKNOWN_STAMP, Stamp
from thecal_adapters.ticks import HOUR_S, LOST_S_MAX, Observation, TickMonitor, compute_passed_ms


def at(monotonic_ms: int, utc_ms: int | None = None, uncertainty_ms: int = 100) -> Observation:
    return Observation(monotonic_ms, Stamp(monotonic_ms if utc_ms is None else utc_ms, uncertainty_ms))


def blind(monotonic_ms: int) -> Observation:
    return Observation(monotonic_ms, UNKNOWN_STAMP)


def test_a_second_is_due_once_it_has_passed_and_held_back_before() -> None:
    monitor = TickMonitor(at(0))
    assert [monitor.observe(at(ms)) for ms in (1, 500, 999, 1_000)] == [0, 0, 0, 1]
    monitor.tell(1)
    assert [monitor.observe(at(ms)) for ms in (1_000, 1_999, 2_000)] == [0, 0, 1]


def test_being_woken_late_within_a_second_loses_nothing() -> None:
    rng = Random(1)
    monitor = TickMonitor(at(0))
    for second in range(1, 2_000):
        assert monitor.observe(at(second * 1_000 + rng.randrange(1_000))) == 1, second
        monitor.tell(1)
    assert monitor.lost_s == 0


def test_never_more_seconds_are_told_than_have_passed() -> None:
    rng = Random(2)
    monitor, now_ms, told = TickMonitor(blind(0)), 0, 0
    for _ in range(5_000):
        now_ms += rng.randrange(3_000)
        due = monitor.observe(blind(now_ms))
        monitor.tell(due)
        told += due
        assert told <= now_ms // 1_000
    assert told == now_ms // 1_000


def test_lost_seconds_are_not_due_again() -> None:
    monitor = TickMonitor(at(0))
    assert monitor.observe(at(10_000)) == 10
    monitor.tell(1)
    monitor.lose(9)
    assert monitor.observe(at(10_999)) == 0
    assert monitor.lost_s == 9


def test_a_clock_that_goes_back_makes_no_second_due_twice() -> None:
    monitor = TickMonitor(blind(100_000))
    assert monitor.observe(blind(105_000)) == 5
    monitor.tell(5)
    assert monitor.observe(blind(90_000)) == 0
    assert monitor.observe(blind(90_999)) == 0
    assert monitor.observe(blind(91_000)) == 1


def test_a_monotonic_clock_that_jumps_ahead_makes_no_seconds_but_a_gap() -> None:
    monitor = TickMonitor(at(0))
    due = monitor.observe(at(3_600_000, utc_ms=1_000))
    assert due <= 2
    assert monitor.lost_s >= 3_597
    assert monitor.is_breached()


def test_a_monotonic_clock_that_stood_makes_a_gap_and_no_seconds() -> None:
    monitor = TickMonitor(at(0))
    assert monitor.observe(at(1_000, utc_ms=3_601_000)) == 1
    assert 3_598 <= monitor.lost_s <= 3_600


def test_a_time_of_day_that_is_set_back_holds_seconds_back_once() -> None:
    monitor = TickMonitor(at(0, utc_ms=10_000_000))
    assert monitor.observe(at(60_000, utc_ms=6_400_000)) <= 1
    monitor.tell(1)
    monitor.observe(at(61_000, utc_ms=6_401_000))
    assert monitor.observe(at(62_000, utc_ms=6_402_000)) >= 1


@pytest.mark.parametrize("since_ms", [0, 79, 1_000])
def test_a_time_of_day_that_is_set_back_between_two_close_looks_costs_no_second(since_ms: int) -> None:
    monitor, back_ms = TickMonitor(at(0, 50_000_000)), 43_531_533
    assert monitor.observe(at(5_000, 50_005_000)) == 5
    monitor.tell(5)
    now_ms = 5_000 + since_ms
    told = monitor.observe(at(now_ms, 50_000_000 + now_ms - back_ms))
    monitor.tell(told)
    for second in range(7, 4_000):
        due = monitor.observe(at(second * 1_000, 50_000_000 + second * 1_000 - back_ms))
        monitor.tell(due)
        told += due
    assert 5 + told == 3_999
    assert monitor.lost_s == 0


def test_a_time_of_day_that_was_lost_and_comes_back_set_back_costs_no_second() -> None:
    monitor, told = TickMonitor(at(0, 50_000_000)), 0
    for second in range(1, 4_000):
        now_ms = second * 1_000
        seen = at(now_ms, 50_000_000 + now_ms) if second < 100 else at(now_ms, 6_000_000 + now_ms)
        due = monitor.observe(blind(now_ms) if 100 <= second < 160 else seen)
        monitor.tell(due)
        told += due
    assert told == 3_999


def test_without_a_time_of_day_the_monotonic_clock_counts_alone() -> None:
    monitor = TickMonitor(blind(0))
    assert monitor.observe(blind(60_000)) == 60
    assert compute_passed_ms(UNKNOWN_STAMP, Stamp(5, 0)) is None


def test_a_few_lost_seconds_an_hour_pass_in_silence_and_are_kept() -> None:
    monitor = TickMonitor(blind(0))
    for hour in range(10):
        monitor.observe(blind((hour + 1) * HOUR_S * 1_000))
        monitor.tell(HOUR_S - LOST_S_MAX)
        monitor.lose(LOST_S_MAX)
        assert not monitor.is_breached()
    assert monitor.take_gap() == 10 * LOST_S_MAX
    assert monitor.lost_s == 0


@pytest.mark.parametrize("every_s", [60, 600, 900])
def test_more_than_a_few_lost_seconds_an_hour_are_a_breach_within_the_hour(every_s: int) -> None:
    monitor, minutes = TickMonitor(blind(0)), 0
    while not monitor.is_breached():
        minutes += 1
        monitor.observe(blind(minutes * every_s * 1_000))
        monitor.tell(every_s - 1)
        monitor.lose(1)
        assert minutes * every_s <= HOUR_S
    assert monitor.take_gap() == LOST_S_MAX + 1
    assert not monitor.is_breached()


def test_the_wait_ends_with_the_first_second_that_is_not_quiet() -> None:
    monitor = TickMonitor(at(0))
    monitor.observe(at(300))
    assert monitor.compute_wait_ms(quiet_s=0) == 700
    assert monitor.compute_wait_ms(quiet_s=89) == 89_700


def drift(ppm: int, hours: int, uncertainty_ms: int = 1_000) -> tuple[int, int, int | None]:
    """Observe a quartz that is wrong by so much; ticks told, real seconds passed, and when it first was a breach."""
    monitor = TickMonitor(at(0, 0, uncertainty_ms))
    told, breached_s = 0, None
    for real_s in range(7, hours * HOUR_S, 7):
        due = monitor.observe(at(real_s * (1_000_000 + ppm) // 1_000, real_s * 1_000, uncertainty_ms))
        monitor.tell(due)
        told += due
        if breached_s is None and monitor.is_breached():
            breached_s = real_s
    return told, real_s, breached_s


def test_a_quartz_that_runs_fast_is_held_to_the_time_of_day_and_is_a_breach_within_hours() -> None:
    told, real_s, breached_s = drift(ppm=1_000, hours=48)
    assert real_s < told <= real_s + 2 + 2  # both stamps' uncertainty, and the second that is given in by
    assert breached_s is not None
    assert breached_s <= 3 * HOUR_S


def test_a_quartz_that_runs_fast_is_found_though_the_time_of_day_is_lost_again_and_again() -> None:
    monitor, told = TickMonitor(at(0, 0, 1_000)), 0
    for real_s in range(7, 24 * HOUR_S, 7):
        now_ms = real_s * 1_001
        due = monitor.observe(blind(now_ms) if real_s // 60 % 2 else at(now_ms, real_s * 1_000, 1_000))
        monitor.tell(due)
        told += due
    assert real_s < told <= real_s + 4
    assert monitor.is_breached()


def test_a_quartz_that_runs_slow_is_a_breach_within_hours_and_makes_no_seconds() -> None:
    told, real_s, breached_s = drift(ppm=-1_000, hours=48)
    assert told == real_s * 999 // 1_000
    assert breached_s is not None
    assert breached_s <= 3 * HOUR_S


def test_a_good_quartz_loses_nothing_in_days() -> None:
    told, real_s, breached_s = drift(ppm=20, hours=72)
    assert told - real_s <= 5
    assert breached_s is None


def test_clocks_are_compared_anew_after_a_jump_of_the_time_of_day() -> None:
    monitor = TickMonitor(at(0))
    assert monitor.observe(at(10_000)) == 10
    monitor.tell(10)
    monitor.observe(at(20_000, 3_620_000))  # an hour ahead: a loss, noted once
    lost_s = monitor.lost_s
    assert lost_s >= 3_590
    for second in range(21, 200):
        monitor.tell(monitor.observe(at(second * 1_000, second * 1_000 + 3_600_000)))
    assert monitor.lost_s == lost_s
