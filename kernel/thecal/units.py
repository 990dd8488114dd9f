# SPDX-License-Identifier: Apache-2.0
"""Units, tables' lengths and the one division of the kernel.

Every quantity is an integer and carries its unit in its name: seconds ``_s``, nanolitres ``_nl``, femtograms ``_fg``,
concentrations ``_fg_per_nl`` (1 fg/nL is exactly 1 ng/mL). Basal is kept in 1/1800 fg, because a slot lasts 1,800
seconds and a slot's mass is divided evenly over them: no remainder is ever dropped.

A limit on everything stands here, each with its reason, so that every product in the kernel fits in 64 bits.
"""

from dataclasses import dataclass
from typing import Annotated, TypeAlias

SLOT_S = 1_800
HOUR_S = 3_600
DAY_S = 86_400
YEAR_S = 31_536_000
SLOT_COUNT = 48

# Drugs that the library of one pump may name; the first one drives the rate.
DRUG_COUNT = 4

# Boluses remembered: 24 patient boluses in any 24 h, one more that began before, and room for clinicians' boluses.
LEDGER_LENGTH = 32
PATIENT_BOLUS_COUNT_MAX = 24
CLINICIAN_BOLUS_COUNT_MAX = 6

# So many pulses that failed or got lost in any 24 h are too many.
FAILURE_COUNT = 5

# Today and the seven days before it.
TITRATION_LENGTH = 8

# Nine places of three hours: any 24 h lie in them. A place is full beyond any day's basal in 1/1800 fg, and the sum of
# all, five times, still fits in 63 bits.
LACKING_S = 10_800
LACKING_LENGTH = 9
LACKING_FG_1800_MAX = 200_000_000_000_000_000

# Twenty years: longer than any pump's battery, and the end of service of every state.
TICK_MAX = 631_152_000

# 50 mg/mL and 2 uL: above every concentration and every pulse of domain data; their product times 2**25 fits 63 bits.
CONCENTRATION_FG_PER_NL_MAX = 50_000_000
PULSE_VOLUME_NL_MAX = 2_000
PULSE_INTERVAL_S_MAX = 1_800

# 60 mL: above every reservoir on the market.
RESERVOIR_NL_MAX = 60_000_000
PATH_NL_MAX = 2_000_000

# 100 mg in a day or in a bolus: above every published limit of every intrathecal drug.
MASS_FG_MAX = 100_000_000_000_000
# Stands for "more than any limit" where a bound cannot be computed; no cap reaches it.
MASS_FG_BEYOND_LIMITS = 1_000_000_000_000_000

QUOTIENT_BITS = 26
QUOTIENT_END = 67_108_864
# A rate beyond all quotients is counted in steps of so much: the largest count is more than any motor gives.
RATE_STEP_FG_PER_S = 4_096

Masses: TypeAlias = Annotated[tuple[int, ...], DRUG_COUNT]
Concentrations: TypeAlias = Annotated[tuple[int, ...], DRUG_COUNT]
Slots: TypeAlias = Annotated[tuple[int, ...], SLOT_COUNT]
_Powers: TypeAlias = Annotated[tuple[int, ...], QUOTIENT_BITS]

NO_MASSES: Masses = (0,) * DRUG_COUNT
NO_SLOTS: Slots = (0,) * SLOT_COUNT

_POWERS_OF_TWO: _Powers = (
    33_554_432,
    16_777_216,
    8_388_608,
    4_194_304,
    2_097_152,
    1_048_576,
    524_288,
    262_144,
    131_072,
    65_536,
    32_768,
    16_384,
    8_192,
    4_096,
    2_048,
    1_024,
    512,
    256,
    128,
    64,
    32,
    16,
    8,
    4,
    2,
    1,
)


@dataclass(frozen=True, slots=True)
class Division:
    """How far a division has come: ``quotient`` parts taken, ``rest`` still to divide."""

    quotient: int
    rest: int


def compute_division_step(division: Division, divisor: int, power: int) -> Division:
    """Take ``power`` parts at once, if the rest holds them."""
    if division.rest < divisor * power:
        return division
    return Division(quotient=division.quotient + power, rest=division.rest - divisor * power)


def compute_quotient_down(dividend: int, divisor: int) -> int:
    """The largest ``q`` with ``q * divisor <= dividend``, at most ``QUOTIENT_END - 1``.

    Divides by a quantity that is not known beforehand, bit by bit, so that a proof never meets a division by a
    variable. ``dividend`` is 0 or more, ``divisor`` 1 or more.
    """
    division = Division(quotient=0, rest=dividend)
    for power in _POWERS_OF_TWO:
        division = compute_division_step(division, divisor, power)
    return division.quotient


def compute_quotient_up(dividend: int, divisor: int) -> int:
    """The smallest ``q`` with ``q * divisor >= dividend``, at most ``QUOTIENT_END``."""
    quotient = compute_quotient_down(dividend, divisor)
    if quotient * divisor < dividend:
        return quotient + 1
    return quotient


def compute_fg_per_s_up(mass_fg: int, duration_s: int) -> int:
    """A rate in fg/s that brings a mass of 0 or more within ``duration_s`` (1 or more); a fast one in whole steps.

    At its end it is more than any motor gives.
    """
    fg_per_s = compute_quotient_up(mass_fg, duration_s)
    if fg_per_s < QUOTIENT_END:
        return fg_per_s
    return RATE_STEP_FG_PER_S * compute_quotient_up(mass_fg, RATE_STEP_FG_PER_S * duration_s)


def compute_bounded_fg(mass_fg: int) -> int:
    """A mass, 0 instead of a debt, and what stands for more than any limit instead of any more."""
    return max(0, min(mass_fg, MASS_FG_BEYOND_LIMITS))


def is_no_larger(masses_fg: Masses, limits_fg: Masses) -> bool:
    """Whether every drug's mass is at most its limit."""
    return all(mass <= limit for mass, limit in zip(masses_fg, limits_fg))


def compute_sum_fg(left_fg: Masses, right_fg: Masses) -> Masses:
    """Drug by drug sum."""
    return tuple(left + right for left, right in zip(left_fg, right_fg))


def compute_width(lo: int, hi: int) -> int:
    """How far the ends of an interval lie apart."""
    return hi - lo


def compute_larger(left: Masses, right: Masses) -> Masses:
    """Drug by drug maximum."""
    return tuple(max(a, b) for a, b in zip(left, right))


def compute_day_fg(slots_fg: Slots) -> int:
    """Basal of a whole day: any 24 h meets each slot for 1,800 seconds."""
    return sum(slot for slot in slots_fg)


def compute_largest_slot(slots_fg: Slots) -> int:
    """The largest slot of a day."""
    return max(slot for slot in slots_fg)


def compute_smaller(left: Masses, right: Masses) -> Masses:
    """Drug by drug minimum."""
    return tuple(min(a, b) for a, b in zip(left, right))


def is_within(value: int, lowest: int, highest: int) -> bool:
    """Whether a value lies in a closed range."""
    return lowest <= value <= highest
