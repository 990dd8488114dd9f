# SPDX-License-Identifier: Apache-2.0
"""Random walks of a pump and its ghost, on which no claim of the specification is ever false."""

from collections.abc import Callable
from random import Random

import pytest
from tests.simulation.events import EVENT_CLASSES, draw_event
from tests.simulation.narrow import Narrow, narrow
from tests.simulation.values import draw
from tests.simulation.walk import begin_at_random

from thecal.boundary import INTEGER_MAX, INTEGER_MIN, admit_event
from thecal.limits import is_admissible_config
from thecal.outcome import Response
from thecal.state import Mode
from thecal.step import step
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, MASS_FG_MAX, RESERVOIR_NL_MAX, TICK_MAX
from thecal_specs.assumed import is_possible_event

WALKS = 100
STEPS = 120
EDGES = (0, 1, 2, MASS_FG_MAX, CONCENTRATION_FG_PER_NL_MAX, RESERVOIR_NL_MAX, TICK_MAX)

by_seed = pytest.mark.parametrize("seed", range(WALKS))


@by_seed
def test_no_claim_is_false_on_a_walk(seed: int) -> None:
    rng = Random(seed)
    walk = begin_at_random(rng)
    assert is_admissible_config(walk.config)
    false = walk.go(rng, STEPS)
    assert not false, f"{false}\n{walk.tell()}"


@by_seed
def test_no_claim_becomes_false_from_a_state_that_only_the_invariant_describes(seed: int) -> None:
    """What is proved by induction must hold from every state of the invariant, whether reached or not."""
    rng = Random(seed)
    walk = begin_at_random(rng)
    walk.go(rng, rng.choice((5, 20, 50)))
    for _ in range(10):
        walk.mutate(rng, 10)
        false = walk.go(rng, 1)
        assert not false, f"{false}\n{walk.tell()}"


@pytest.mark.parametrize("seed", range(0, WALKS, 4))
def test_nothing_on_a_walk_needs_more_than_64_bits(seed: int) -> None:
    """Nor does the largest event that the boundary lets in."""
    rng = Random(seed)
    walk = begin_at_random(rng)
    for _ in range(STEPS // 4):
        walk.go(rng, 4)
        nonsense = draw(rng, rng.choice(EVENT_CLASSES), lambda _: rng.choice(EDGES))
        for event in (draw_event(rng, walk.config, walk.state, walk.ghost), nonsense):
            if admit_event(event) == event and is_possible_event(walk.state, event, walk.ghost):
                outcome = step(narrow(walk.config), narrow(walk.state), narrow(event))
                assert outcome == step(walk.config, walk.state, event)


@pytest.mark.parametrize(
    "compute", [lambda n: n + 1, lambda n: 1 + n, lambda n: -2 - n, lambda n: n * 2, lambda n: 2 * n]
)
def test_more_than_64_bits_are_seen(compute: Callable[[Narrow], int]) -> None:
    with pytest.raises(OverflowError):
        compute(Narrow(INTEGER_MAX))


def test_64_bits_are_enough_for_the_least_of_them() -> None:
    assert -Narrow(INTEGER_MAX) - 1 == INTEGER_MIN


def test_walks_come_to_every_mode_and_to_most_responses() -> None:
    impossible_count = 0
    modes: set[Mode] = set()
    responses: set[Response] = set()
    for seed in range(WALKS // 3):
        rng = Random(seed)
        walk = begin_at_random(rng)
        for _ in range(STEPS // 10):
            walk.go(rng, 10)
            modes |= {outcome.state.mode for _, outcome, _ in walk.trace}
            responses |= {outcome.response for _, outcome, _ in walk.trace}
        impossible_count += walk.impossible_count
    assert impossible_count < WALKS // 3 * STEPS // 20
    assert modes >= set(Mode) - {Mode.END_OF_SERVICE}, "the end of service has a test of its own"
    assert len(responses) > len(Response) * 3 // 4
