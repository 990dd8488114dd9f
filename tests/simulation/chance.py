# SPDX-License-Identifier: Apache-2.0
"""Numbers by chance, ends of ranges and their neighbours more often than not.

Everything random draws from a ``Random``, so that one driver serves a loop with a seed and a shrinking Hypothesis test.
"""

from collections.abc import Mapping, Sequence
from random import Random

from tests.simulation.values import get_unit

FAR_S = (1, 1_800, 3_600, 86_400)


def is_chance(rng: Random, percent: int) -> bool:
    return rng.randrange(100) < percent


def draw_near(rng: Random, lowest: int, highest: int, *marks: int) -> int:
    """A number of a range: any, an end, a mark, or the neighbour of one."""
    if is_chance(rng, 40):
        return rng.randint(lowest, highest)
    wished = rng.choice((lowest, highest, *marks)) + rng.choice((-1, 0, 0, 1))
    return min(highest, max(lowest, wished))


def draw_magnitude(rng: Random, highest: int) -> int:
    """A number from 1 up: small, of any size, or the largest."""
    return draw_near(rng, 1, min(highest, rng.choice((4, 100, highest))), highest)


def draw_kin(rng: Random, kin: Mapping[str, Sequence[int]], name: str) -> int:
    """A number for a field: one that stands elsewhere in the same unit, or a neighbour, or some seconds away."""
    known = rng.choice(kin.get(get_unit(name), (0,)))
    style = rng.randrange(6)
    if style < 3:
        return known + style - 1
    if style == 3:
        return known + rng.choice((-1, 1)) * rng.choice(FAR_S)
    if style == 4:
        return rng.choice((0, 2 * known, known // 2, known * 1_800, known // 1_800))
    return rng.randint(0, 2 * abs(known) + 1)
