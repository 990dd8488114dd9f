# SPDX-License-Identifier: Apache-2.0
"""A blend encloses every mixture that it may be, and no more."""

from itertools import product

import pytest

from thecal.fluid import (
    NO_DRUG,
    Fluid,
    compute_blend,
    compute_blend_hi,
    compute_blend_lo,
    compute_hull,
    is_well_formed,
)
from thecal.units import CONCENTRATION_FG_PER_NL_MAX


def make(lo: int, hi: int, is_known: bool = True) -> Fluid:
    return Fluid(is_known=is_known, lo=(lo, 0, 0, 0), hi=(hi, 0, 0, 0))


def test_a_blend_is_as_wide_as_the_mixtures_it_may_be() -> None:
    """On every small case: left over, between nothing and the most, of an old concentration under a new one."""
    for old, new, left_nl, new_nl in product(range(5), range(5), range(4), range(1, 4)):
        mixtures = [((old * left + new * new_nl), left + new_nl) for left in range(left_nl + 1)]
        lo, hi = compute_blend_lo(old, left_nl, new, new_nl), compute_blend_hi(old, left_nl, new, new_nl)
        assert lo == min(mass // volume for mass, volume in mixtures)
        assert hi == max(-(-mass // volume) for mass, volume in mixtures)


def test_what_the_needle_leaves_raises_a_weaker_refill() -> None:
    """1.4 mL of 2000 mcg/mL under 18.6 mL of 500 make 605."""
    blend = compute_blend(make(2_000_000, 2_000_000), 1_400_000, make(500_000, 500_000), 18_600_000)
    assert (blend.lo[0], blend.hi[0]) == (500_000, 605_000)


@pytest.mark.parametrize(("old", "new"), [(True, False), (False, True), (False, False)])
def test_a_blend_with_something_unknown_is_unknown(old: bool, new: bool) -> None:
    assert not compute_blend(make(1, 1, old), 1, make(1, 1, new), 1).is_known
    assert not compute_hull(make(1, 1, old), make(1, 1, new)).is_known


def test_a_hull_encloses_both_fluids() -> None:
    assert compute_hull(make(1, 2), make(4, 5)) == make(1, 5)
    assert compute_hull(make(4, 5), make(1, 2)) == make(1, 5)
    assert compute_hull(make(1, 5), make(2, 3)) == make(1, 5)


def test_a_fluid_is_well_formed_up_to_both_ends() -> None:
    highest = CONCENTRATION_FG_PER_NL_MAX
    assert is_well_formed(NO_DRUG)
    assert is_well_formed(make(0, highest))
    assert not is_well_formed(make(-1, 0))
    assert not is_well_formed(make(0, highest + 1))
    assert not is_well_formed(make(2, 1))
