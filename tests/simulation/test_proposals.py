# SPDX-License-Identifier: Apache-2.0
"""What a proposal says of a refill is what the refill then does, from wherever a walk leads."""

from random import Random

import pytest
from tests.simulation.events import draw_refill
from tests.simulation.walk import begin_at_random

from thecal.events import RefillDone, RefillProposed
from thecal.outcome import Response
from thecal.state import State
from thecal.step import step

WALKS = 120


def is_going_on(before: State, after: State) -> bool:
    """Whether what ran, or may be programmed, still may with the new fluid."""
    if before.is_programmed:
        return after.is_admitted
    return after.reservoir.fluid.is_known and after.reservoir.fluid.lo[0] > 0


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_proposal_foretells_the_refill(seed: int) -> None:
    rng = Random(seed)
    walk = begin_at_random(rng)
    for _ in range(12):
        walk.go(rng, rng.choice((1, 5, 10)))
        done = draw_refill(rng, walk.config, walk.state, walk.ghost)
        what = (done.filled_nl, done.concentrations_fg_per_nl, done.has_unknown_drug)
        answer = step(walk.config, walk.state, RefillProposed(*what, True)).response
        plain = step(walk.config, walk.state, RefillDone(done.aspirated_nl, *what, False))
        rinsed = step(walk.config, walk.state, RefillDone(done.aspirated_nl, *what, True))
        if Response.REFUSED_MALFORMED_FACT in (plain.response, answer) or answer == Response.REFUSED_REFILL_MALFORMED:
            continue
        if answer == Response.REFILL_ADMISSIBLE:
            assert is_going_on(walk.state, plain.state)
            assert is_going_on(walk.state, rinsed.state)
        elif answer == Response.REFUSED_REFILL_UNLESS_RINSED:
            assert is_going_on(walk.state, rinsed.state)
        elif walk.state.is_programmed:
            assert not rinsed.state.is_admitted
