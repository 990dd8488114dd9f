# SPDX-License-Identifier: Apache-2.0
"""A driver that finds nothing must be one that could: flaws planted in the kernel are found by random walks."""

import sys
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from tests.simulation.walk import begin_at_random

from thecal.events import PulseResult
from thecal.fluid import Fluid, compute_blend_hi, compute_hull
from thecal.ledger import with_bolus_ended
from thecal.outcome import Outcome
from thecal.path import with_pulse_moved
from thecal.state import Path, Reservoir, State
from thecal.units import Concentrations

# Without a flaw nothing is false on these walks: another test takes the same.
WALKS = 100
STEPS = 120

Flaw = Callable[..., Any]


def forget_a_pulse(state: State, result: PulseResult, volume_nl: int) -> State:
    return state if result == PulseResult.UNKNOWN else with_pulse_moved(state, result, volume_nl)


def take_unknown_for_done(state: State, _: PulseResult, volume_nl: int) -> State:
    return with_pulse_moved(state, PulseResult.DONE, volume_nl)


def count_lockout_from_start(state: State) -> State:
    ended = with_bolus_ended(state)
    return replace(ended, lockout=replace(ended.lockout, end_tick=state.bolus.start_tick)) if ended != state else state


def forget_the_bolus(state: State) -> State:
    return replace(with_bolus_ended(state), ledger=state.ledger)


def trust_the_front(path: Path, new: Fluid, volume_nl: int) -> Concentrations:
    return path.old.hi if path.front_hi_nl > 0 else new.hi


def round_a_blend_down(old: int, old_nl: int, new: int, new_nl: int) -> int:
    return max(new, compute_blend_hi(old, old_nl, new, new_nl) - 1)


def forget_the_oldest_fluid(left: Fluid, right: Fluid) -> Fluid:
    return replace(compute_hull(left, right), lo=right.lo, hi=right.hi)


def forget_the_residual(reservoir: Reservoir, volume_nl: int, _: int) -> bool:
    return reservoir.volume_lo_nl >= volume_nl


def forget_what_lacks(_: State, outcome: Outcome) -> Outcome:
    return outcome


def take_the_blend_for_the_label(old: Fluid, old_nl: int, new: Fluid, new_nl: int) -> Fluid:
    return new


def always(*_: object) -> bool:
    return True


def never(*_: object) -> bool:
    return False


# The function that is replaced, and by what.
FLAWS: tuple[tuple[str, Flaw], ...] = (
    ("with_pulse_moved", forget_a_pulse),
    ("with_pulse_moved", take_unknown_for_done),
    ("with_bolus_ended", count_lockout_from_start),
    ("with_bolus_ended", forget_the_bolus),
    ("compute_tip_hi", trust_the_front),
    ("compute_blend_hi", round_a_blend_down),
    ("compute_hull", forget_the_oldest_fluid),
    ("is_fitting", forget_the_residual),
    ("is_no_larger", always),
    ("is_room_for_raise", always),
    ("is_motor_free", always),
    ("is_basal_raised", never),
    ("with_lacking_noted", forget_what_lacks),
    ("compute_blend", take_the_blend_for_the_label),
    ("is_old_possible", never),
)


@pytest.mark.parametrize(("name", "flaw"), FLAWS, ids=[f"{name}-{flaw.__name__}" for name, flaw in FLAWS])
def test_a_planted_flaw_is_found(name: str, flaw: Flaw, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = [room for module, room in sys.modules.items() if module.startswith("thecal.") and hasattr(room, name)]
    assert rooms
    for room in rooms:
        monkeypatch.setattr(room, name, flaw)
    rngs = (Random(seed) for seed in range(WALKS))
    assert any(begin_at_random(rng).go(rng, STEPS) for rng in rngs)
