# SPDX-License-Identifier: Apache-2.0
"""The simulated fluids lose nothing and keep their order."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from thecal_adapters.simulation.world import World

MORPHINE = (10, 0, 0, 0)
BACLOFEN = (0, 7, 0, 0)


def compute_held(world: World) -> list[Fraction]:
    """What reservoir and path hold of each drug."""
    plugs = [world.reservoir, *world.path]
    return [sum((plug.fg_per_nl[drug] * plug.volume_nl for plug in plugs), Fraction(0)) for drug in range(4)]


@given(
    st.lists(
        st.one_of(
            st.integers(1, 7),
            st.tuples(st.integers(1, 50), st.integers(0, 5), st.sampled_from([MORPHINE, BACLOFEN])),
        ),
        max_size=40,
    )
)
def test_what_is_filled_is_held_given_or_removed(moves: list[int | tuple[int, int, tuple[int, ...]]]) -> None:
    world = World()
    world.refill(1_000, 0, MORPHINE)
    world.declare_path(13, is_filled_from_reservoir=True)
    balance = compute_held(world)
    for move in moves:
        if isinstance(move, int):
            given_fg = world.move_pulse(move)
            balance = [fg - given for fg, given in zip(balance, given_fg)]
        else:
            filled_nl, left_nl, label = move
            left_nl = min(left_nl, world.reservoir.volume_nl)
            removed_nl = world.reservoir.volume_nl - left_nl
            strengths = world.reservoir.fg_per_nl
            world.refill(filled_nl, left_nl, label)
            balance = [
                fg - strength * removed_nl + new * filled_nl for fg, strength, new in zip(balance, strengths, label)
            ]
            filled_up_nl = 1_000 - world.reservoir.volume_nl
            world.reservoir.volume_nl += filled_up_nl
            balance = [fg + each * filled_up_nl for fg, each in zip(balance, world.reservoir.fg_per_nl)]
    assert compute_held(world) == balance
    assert sum(plug.volume_nl for plug in world.path) == 13


def move(world: World, volume_nl: int) -> tuple[int, ...]:
    return tuple(int(mass) for mass in world.move_pulse(volume_nl))


def test_the_old_fluid_leaves_first_and_a_pulse_may_straddle_the_front() -> None:
    world = World()
    world.refill(100, 0, MORPHINE)
    world.declare_path(5, is_filled_from_reservoir=True)
    world.refill(100, 0, BACLOFEN)
    assert move(world, 4) == (40, 0, 0, 0)
    assert move(world, 4) == (10, 21, 0, 0)
    assert move(world, 4) == (0, 28, 0, 0)


def test_what_the_needle_leaves_mixes_in() -> None:
    world = World()
    world.refill(20_000_000, 0, (2_000_000, 0, 0, 0))
    world.refill(18_600_000, 1_400_000, (500_000, 0, 0, 0))
    assert world.reservoir.fg_per_nl[0] == 605_000
    assert world.reservoir.volume_nl == 20_000_000


def test_a_needle_leaves_no_more_than_there_was() -> None:
    world = World()
    world.refill(100, 50, MORPHINE)
    assert world.reservoir.volume_nl == 100


def test_an_emptied_reservoir_holds_what_the_needle_left() -> None:
    world = World()
    world.refill(100, 0, MORPHINE)
    world.refill(0, 4, BACLOFEN)
    assert world.reservoir.volume_nl == 4
    assert world.reservoir.fg_per_nl[0] == 10
    world.refill(0, 0, BACLOFEN)
    assert world.reservoir.volume_nl == 0


def test_a_path_that_holds_no_drug_gives_none() -> None:
    world = World()
    world.refill(100, 0, MORPHINE)
    world.declare_path(3, is_filled_from_reservoir=False)
    assert move(world, 3) == (0, 0, 0, 0)
    assert move(world, 3) == (30, 0, 0, 0)
    world.declare_path(0, is_filled_from_reservoir=False)
    assert move(world, 2) == (20, 0, 0, 0)
