# SPDX-License-Identifier: Apache-2.0
"""Quiet seconds told at once are as many ticks, from wherever a walk leads and from altered states of the invariant."""

from collections.abc import Callable
from dataclasses import replace
from inspect import signature
from random import Random

import pytest
from tests.kernel.bench import FAST, MOST_SLOT_FG, PRESCRIPTION, PULSE_FG, PUMP, start
from tests.simulation.walk import Walk, begin_at_random

from thecal.events import (
    BolusAsked,
    Event,
    MinimumRateAsked,
    PowerRestored,
    PulseReported,
    PulseResult,
    SecondPassed,
    SecondsPassed,
    StopAsked,
)
from thecal.limits import Config
from thecal.outcome import Response
from thecal.quiet import compute_quiet_s
from thecal.state import State
from thecal.step import step
from thecal.units import DAY_S, SLOT_COUNT, SLOT_S
from thecal_specs.quiet import QUIET, compute_after

WALKS = 150


def is_one_more_second_one_more_tick(config: Config, state: State, count: int) -> bool:
    """From n - 1 quiet seconds on, where n are quiet, a tick leads to n, orders no pulse, and answers with a second."""
    outcome = step(config, compute_after(config, state, count - 1), SecondPassed())
    return not 1 <= count <= compute_quiet_s(config, state) or (
        outcome.state == compute_after(config, state, count)
        and not outcome.pulse.is_ordered
        and outcome.response == Response.SECOND_PASSED
    )


def is_one_event_as_many_ticks(config: Config, state: State, count: int) -> bool:
    """An event of n quiet seconds leads where the last of n ticks does, and shows what it shows; of more, nowhere."""
    outcome = step(config, state, SecondsPassed(count=count))
    if not 1 <= count <= compute_quiet_s(config, state):
        return outcome.state == state and outcome.response == Response.REFUSED_SECONDS_MAY_NOT_BE_QUIET
    last = step(config, compute_after(config, state, count - 1), SecondPassed())
    return (
        outcome.state == last.state
        and outcome.shown == last.shown
        and not outcome.pulse.is_ordered
        and outcome.response == Response.SECONDS_PASSED
    )


def is_lemma_true(lemma: Callable[..., bool], config: Config, state: State, count: int) -> bool:
    """What is proved, tried: some of it is about a number of seconds."""
    return lemma(config, state, count) if "count" in signature(lemma).parameters else lemma(config, state)


def find_false(walk: Walk, rng: Random) -> list[str]:
    """What is not true of the induction, whole or lemma by lemma, at its ends and somewhere between, and beyond."""
    config, state = walk.config, walk.state
    quiet_s = compute_quiet_s(config, state)
    counts = {-1, 0, 1, 2, quiet_s - 1, quiet_s, quiet_s + 1, rng.randint(0, SLOT_S)}
    claims = (is_one_more_second_one_more_tick, is_one_event_as_many_ticks, *QUIET)
    return [c.__name__ for c in claims if not all(is_lemma_true(c, config, state, count) for count in counts)]


@pytest.mark.parametrize("seed", range(WALKS))
def test_one_more_quiet_second_is_one_more_tick(seed: int) -> None:
    rng = Random(seed)
    walk = begin_at_random(rng)
    for _ in range(15):
        walk.go(rng, rng.choice((1, 5, 10)))
        if rng.randrange(2):
            walk.mutate(rng, 10)
        assert find_false(walk, rng) == [], walk.tell()


def test_walks_come_to_quiet_in_every_mode_that_has_any() -> None:
    quiet_in = set()
    for seed in range(WALKS):
        rng = Random(seed)
        walk = begin_at_random(rng)
        for _ in range(30):
            walk.go(rng, 3)
            if compute_quiet_s(walk.config, walk.state) > 1:
                quiet_in.add(walk.state.mode.name)
    assert quiet_in >= {"UNPROGRAMMED", "DELIVERING", "STOPPED", "EMPTY", "MINIMUM_RATE", "STALLED", "FAILED"}


def test_a_whole_day_of_quiet_and_pulses_is_the_same_second_by_second() -> None:
    """Half an hour each for a pulse, a stop, a minimum rate: all told at once but for the seconds of the pulses."""
    config = replace(start().config, pump=replace(PUMP, slot_volume_nl_min=1))
    slow, fast = start(PRESCRIPTION, config), start(PRESCRIPTION, config)
    told = 0
    orders: dict[int, Event] = {40_000: StopAsked(), 50_000: MinimumRateAsked(), 60_000: PowerRestored(5, True, True)}
    for tick in range(DAY_S):
        if tick in orders:
            slow.send(orders[tick])
            fast.send(orders[tick])
        slow.wait(1)
        if fast.state.tick > tick:
            continue
        until_order_s = min(at - tick for at in (*orders, DAY_S) if at > tick)
        quiet_s = min(compute_quiet_s(config, fast.state), until_order_s)
        if quiet_s > 0:
            told += 1
            assert fast.send(SecondsPassed(quiet_s)).response == Response.SECONDS_PASSED
        else:
            fast.wait(1)
    assert fast.state == slow.state
    assert told < 200


@pytest.mark.parametrize(
    ("slot_fg", "quiet_s"),
    [(PULSE_FG, SLOT_S - 1), (0, SLOT_S - 1), (MOST_SLOT_FG, 0), (MOST_SLOT_FG // 2, 1), (MOST_SLOT_FG // 7, 7)],
)
def test_it_is_quiet_until_a_pulse_is_due_or_the_slot_ends(slot_fg: int, quiet_s: int) -> None:
    bench = start(replace(PRESCRIPTION, slots_fg=(slot_fg,) * SLOT_COUNT, bolus_fg=0))
    assert compute_quiet_s(bench.config, bench.state) == quiet_s


def test_it_is_not_quiet_while_anything_is_pending() -> None:
    bench = start()
    assert compute_quiet_s(bench.config, bench.state) > 0
    bench.send(BolusAsked())
    assert compute_quiet_s(bench.config, bench.state) == 0
    bench = start(FAST)
    outcome = bench.wait(2, is_reported=False)[-1]
    assert outcome.pulse.is_ordered
    assert compute_quiet_s(bench.config, bench.state) == 0
    bench.send(PulseReported(sequence=outcome.pulse.sequence, result=PulseResult.DONE))
    assert compute_quiet_s(bench.config, bench.state) == 1
    assert bench.send(SecondPassed()).response == Response.SECOND_PASSED
