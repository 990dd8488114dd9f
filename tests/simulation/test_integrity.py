# SPDX-License-Identifier: Apache-2.0
"""What is loaded is run only if it is intact; else the capsule goes on, or nothing does until a clinician acts."""

from functools import partial
from random import Random

import pytest
from tests.simulation.chance import draw_kin
from tests.simulation.events import draw_event
from tests.simulation.values import list_kin, mutate
from tests.simulation.walk import begin_at_random

from thecal.capsule import is_sealed, make_capsule, restore
from thecal.integrity import is_intact
from thecal.limits import Config
from thecal.state import Alarm, Mode, State
from thecal.step import step
from thecal_specs.invariant import INVARIANT
from thecal_specs.loading import LOADING

WALKS = 120


def find_false(config: Config, state: State) -> list[str]:
    return [conjunct.__name__ for conjunct in INVARIANT if not conjunct(config, state)]


@pytest.mark.parametrize("seed", range(WALKS))
def test_the_load_check_is_the_invariant(seed: int) -> None:
    rng = Random(seed)
    walk = begin_at_random(rng)
    for _ in range(10):
        walk.go(rng, rng.choice((1, 5, 10)))
        config, state = walk.config, walk.state
        assert is_intact(config, state) == (state.config_digest == config.digest and not find_false(config, state))
        for _ in range(15):
            kin = list_kin((config, state))
            damaged = mutate(rng, state, partial(draw_kin, rng, kin))
            is_whole = damaged.config_digest == config.digest and not find_false(config, damaged)
            assert is_intact(config, damaged) == is_whole


@pytest.mark.parametrize("seed", range(WALKS))
def test_whatever_is_loaded_what_runs_is_intact(seed: int) -> None:
    rng = Random(seed)
    walk = begin_at_random(rng)
    for _ in range(8):
        walk.go(rng, rng.choice((1, 5, 10)))
        config, state = walk.config, walk.state
        kin = list_kin((config, state))
        damaged, capsule = state, make_capsule(state)
        assert is_sealed(config, capsule) == (state.config_digest == config.digest)
        for _ in range(rng.choice((1, 1, 30))):
            damaged = mutate(rng, damaged, partial(draw_kin, rng, kin))
        if rng.randrange(3) == 0:
            capsule = mutate(rng, capsule, partial(draw_kin, rng, kin))
        found = restore(config, damaged, capsule)
        assert find_false(config, found) == []
        assert [claim.__name__ for claim in LOADING if not claim(config, damaged, capsule)] == []
        if found != damaged:
            assert not found.bolus.is_active
            assert found.device.unknown_until_tick > found.tick
            assert found.alarms[Alarm.RESTARTED].is_active
            assert found.mode in (Mode.UNPROGRAMMED, Mode.STOPPED, Mode.MINIMUM_RATE, Mode.DELIVERING)
            assert found.program == capsule.program or not found.is_programmed
        after = step(config, found, draw_event(rng, config, found, walk.ghost)).state
        assert find_false(config, after) == []
