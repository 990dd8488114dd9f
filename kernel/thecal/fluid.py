# SPDX-License-Identifier: Apache-2.0
"""A fluid as the kernel knows it: for every drug of the library, the least and the most it may hold."""

from dataclasses import dataclass

from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    NO_MASSES,
    Concentrations,
    compute_larger,
    compute_quotient_down,
    compute_quotient_up,
    compute_smaller,
)


@dataclass(frozen=True, slots=True)
class Fluid:
    """Concentrations as intervals, ``lo <= true <= hi`` in fg/nL; a drug that is absent has 0 and 0.

    ``is_known`` is false when a component is not in the library: nothing of such a fluid may be given.
    """

    is_known: bool
    lo: Concentrations
    hi: Concentrations


NO_DRUG = Fluid(is_known=True, lo=NO_MASSES, hi=NO_MASSES)


def is_well_formed(fluid: Fluid) -> bool:
    """Whether the intervals are ordered and within the kernel's limits."""
    return all(0 <= lo <= hi <= CONCENTRATION_FG_PER_NL_MAX for lo, hi in zip(fluid.lo, fluid.hi))


def compute_hull(left: Fluid, right: Fluid) -> Fluid:
    """The smallest fluid that either may be."""
    return Fluid(
        is_known=left.is_known and right.is_known,
        lo=compute_smaller(left.lo, right.lo),
        hi=compute_larger(left.hi, right.hi),
    )


def compute_blend_lo(old_fg_per_nl: int, old_nl: int, new_fg_per_nl: int, new_nl: int) -> int:
    """The least concentration when at most ``old_nl`` lie under ``new_nl``, rounded down."""
    if old_fg_per_nl >= new_fg_per_nl:
        return new_fg_per_nl
    return compute_quotient_down(old_fg_per_nl * old_nl + new_fg_per_nl * new_nl, old_nl + new_nl)


def compute_blend_hi(old_fg_per_nl: int, old_nl: int, new_fg_per_nl: int, new_nl: int) -> int:
    """The greatest concentration when at most ``old_nl`` lie under ``new_nl``, rounded up."""
    if old_fg_per_nl <= new_fg_per_nl:
        return new_fg_per_nl
    return compute_quotient_up(old_fg_per_nl * old_nl + new_fg_per_nl * new_nl, old_nl + new_nl)


def compute_blend(old: Fluid, old_nl: int, new: Fluid, new_nl: int) -> Fluid:
    """What ``new_nl`` become over what a needle could not remove: 0 to ``old_nl`` of the old fluid. ``new_nl`` >= 1.

    Over nothing of the old fluid it is the new one: a rinse ends every doubt about what was there before.
    """
    return Fluid(
        is_known=(old.is_known or old_nl == 0) and new.is_known,
        lo=tuple(compute_blend_lo(a, old_nl, b, new_nl) for a, b in zip(old.lo, new.lo)),
        hi=tuple(compute_blend_hi(a, old_nl, b, new_nl) for a, b in zip(old.hi, new.hi)),
    )
