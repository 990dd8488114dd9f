# SPDX-License-Identifier: Apache-2.0
"""From wherever a walk leads, the events that the specification names lead back to therapy, each a step closer."""

from dataclasses import replace
from random import Random

import pytest
from tests.simulation.walk import Walk, begin_at_random

from thecal.events import SecondPassed
from thecal.state import NO_ENTRY, NO_GENERATION, Mode, State
from thecal.units import LEDGER_LENGTH
from thecal_specs.ghost import NO_WINDOW
from thecal_specs.recover import (
    Way,
    compute_fluid_rank,
    compute_order_rank,
    compute_wait_rank,
    compute_wait_s,
    find_way,
    is_closer,
    is_way_back,
    recover,
)

WALKS = 150
OVER = (Mode.END_OF_SERVICE, Mode.FAILED)


def forget(state: State) -> State:
    """What is left of a state after a wait: nothing given, nothing in force, nothing unknown."""
    return replace(
        state,
        ledger=(NO_ENTRY,) * LEDGER_LENGTH,
        basal=replace(state.basal, current=NO_GENERATION, previous=NO_GENERATION),
        device=replace(state.device, unknown_until_tick=0),
    )


def compute_ranks(walk: Walk) -> tuple[int, int, int]:
    """Fluids, wait, orders: compared in this order."""
    fluids = compute_fluid_rank(walk.config, walk.state)
    return fluids, compute_wait_rank(walk.state), compute_order_rank(walk.config, walk.state)


def go_back(walk: Walk, rng: Random) -> list[Way]:
    """Follow the way to its end; a wait is taken for one second and then left out."""
    ways = []
    while walk.state.mode not in (*OVER, Mode.DELIVERING):
        before = walk.state
        event = recover(walk.config, before)
        ways.append(find_way(walk.config, before))
        assert is_way_back(walk.config, before, event), before
        assert not walk.take(rng, event), walk.tell()
        if walk.state.mode != Mode.END_OF_SERVICE:
            assert is_closer(walk.config, before, event, walk.state), walk.tell()
            assert compute_ranks(walk) < compute_ranks(Walk(walk.config, before, walk.ghost)), walk.tell()
        if isinstance(event, SecondPassed):
            walk.state, walk.ghost = forget(walk.state), replace(walk.ghost, window=NO_WINDOW)
            assert compute_wait_s(walk.state) == 0
    return ways


@pytest.mark.parametrize("seed", range(WALKS))
def test_there_is_a_way_back_from_every_place_of_a_walk(seed: int) -> None:
    rng = Random(seed)
    walk = begin_at_random(rng)
    for _ in range(4):
        walk.go(rng, rng.choice((1, 20, 40)))
        if rng.randrange(2):
            walk.mutate(rng, 20)
        aside = Walk(walk.config, walk.state, walk.ghost)
        assert len(go_back(aside, rng)) <= 12
        assert compute_ranks(aside) == (0, 0, 0) or aside.state.mode in OVER


def test_walks_take_every_way_back() -> None:
    ways: set[Way] = set()
    for seed in range(WALKS):
        rng = Random(seed)
        walk = begin_at_random(rng)
        walk.go(rng, 40)
        ways.update(go_back(Walk(walk.config, walk.state, walk.ghost), rng))
    assert ways == set(Way) - {Way.NOTHING}


def test_a_second_is_named_where_nothing_is_to_be_done() -> None:
    walk = begin_at_random(Random(0))
    over = replace(walk.state, mode=Mode.END_OF_SERVICE)
    assert recover(walk.config, over) == SecondPassed()
    assert not is_way_back(walk.config, over, SecondPassed())
