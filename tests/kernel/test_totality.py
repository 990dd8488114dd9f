# SPDX-License-Identifier: Apache-2.0
"""``step`` answers whatever the values of its types, and every answer is of its types."""

from collections.abc import Callable
from random import Random

import pytest
from tests.kernel.bench import Bench, open_box, start
from tests.simulation.chance import draw_magnitude
from tests.simulation.events import EVENT_CLASSES
from tests.simulation.values import draw, mutate

from thecal.boundary import INTEGER_MAX, INTEGER_MIN, Reason, find_refusal
from thecal.events import Event
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.state import State
from thecal.step import step

EDGES = (INTEGER_MIN, -1, 0, 1, 2, INTEGER_MAX)
BEYOND_64_BITS = Reason.REFUSED_AN_INTEGER_BEYOND_64_BITS

by_event = pytest.mark.parametrize("event", EVENT_CLASSES, ids=lambda event: event.__name__)


def draw_anything(rng: Random) -> int:
    return rng.choice((*EDGES, draw_magnitude(rng, INTEGER_MAX), -draw_magnitude(rng, INTEGER_MAX)))


def is_of_its_types(outcome: Outcome) -> bool:
    """Nonsense may sum up to more than 64 bits; that no reached state does is proved, and tested elsewhere."""
    refusal = find_refusal(Outcome, outcome, "outcome")
    return refusal is None or refusal.reason == BEYOND_64_BITS


@by_event
def test_nonsense_is_answered(event: type[Event]) -> None:
    rng = Random(event.__name__)

    def draw_integer(_: str) -> int:
        return draw_anything(rng)

    for _ in range(30):
        config, state = draw(rng, Config, draw_integer), draw(rng, State, draw_integer)
        assert is_of_its_types(step(config, state, draw(rng, event, draw_integer)))


@by_event
@pytest.mark.parametrize("begin", [open_box, start], ids=["box", "therapy"])
def test_a_state_with_something_wrong_is_answered(event: type[Event], begin: Callable[[], Bench]) -> None:
    rng = Random(event.__name__)
    bench = begin()

    def draw_integer(_: str) -> int:
        return draw_anything(rng)

    for _ in range(60):
        config, state = mutate(rng, (bench.config, bench.state), draw_integer)
        happened = draw(rng, event, draw_integer)
        assert is_of_its_types(step(config, state, happened))
        assert step(config, state, happened) == step(config, state, happened)
