# SPDX-License-Identifier: Apache-2.0
"""The kinds of amounts and the few units in which each may be written; every unit is a whole number of the kernel's."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from thecal.units import CONCENTRATION_FG_PER_NL_MAX, DAY_S, HOUR_S, MASS_FG_MAX, RESERVOIR_NL_MAX, TICK_MAX


class Kind(Enum):
    """What an amount is; the value names it for a reader."""

    MASS = "a mass"
    DAY_DOSE = "a dose per day"
    HOUR_DOSE = "a dose per hour"
    CONCENTRATION = "a concentration"
    VOLUME = "a volume"
    FLOW = "a flow per day"
    DURATION = "a duration"


@dataclass(frozen=True)
class Unit:
    """A unit as it is written, and how many of the kernel's units it is: fg, fg/nL, nL or s."""

    symbol: str
    kind: Kind
    size: int


@dataclass(frozen=True)
class Quantity:
    """An amount in the kernel's unit of its kind: fg, fg a day, fg an hour, fg/nL, nL, nL a day or s. 0 or more."""

    kind: Kind
    amount: int


MG_FG = 1_000_000_000_000
MCG_FG = 1_000_000_000
NG_FG = 1_000_000
ML_NL = 1_000_000

# The larger unit of a kind first: the printer takes the first that leaves at least one whole.
UNITS: Sequence[Unit] = (
    Unit("mg", Kind.MASS, MG_FG),
    Unit("mcg", Kind.MASS, MCG_FG),
    Unit("ng", Kind.MASS, NG_FG),
    Unit("mg/day", Kind.DAY_DOSE, MG_FG),
    Unit("mcg/day", Kind.DAY_DOSE, MCG_FG),
    Unit("ng/day", Kind.DAY_DOSE, NG_FG),
    Unit("mg/h", Kind.HOUR_DOSE, MG_FG),
    Unit("mcg/h", Kind.HOUR_DOSE, MCG_FG),
    Unit("ng/h", Kind.HOUR_DOSE, NG_FG),
    Unit("mg/mL", Kind.CONCENTRATION, MG_FG // ML_NL),
    Unit("mcg/mL", Kind.CONCENTRATION, MCG_FG // ML_NL),
    Unit("ng/mL", Kind.CONCENTRATION, NG_FG // ML_NL),
    Unit("mL", Kind.VOLUME, ML_NL),
    Unit("mcL", Kind.VOLUME, 1_000),
    Unit("mL/day", Kind.FLOW, ML_NL),
    Unit("mcL/day", Kind.FLOW, 1_000),
    Unit("days", Kind.DURATION, DAY_S),
    Unit("day", Kind.DURATION, DAY_S),
    Unit("h", Kind.DURATION, HOUR_S),
    Unit("hours", Kind.DURATION, HOUR_S),
    Unit("hour", Kind.DURATION, HOUR_S),
    Unit("min", Kind.DURATION, 60),
    Unit("minutes", Kind.DURATION, 60),
    Unit("minute", Kind.DURATION, 60),
    Unit("s", Kind.DURATION, 1),
    Unit("seconds", Kind.DURATION, 1),
    Unit("second", Kind.DURATION, 1),
)
BY_SYMBOL = {unit.symbol: unit for unit in UNITS}

# Beyond this an amount is a slip: the kernel's own limits.
AMOUNT_MAX = {
    Kind.MASS: MASS_FG_MAX,
    Kind.DAY_DOSE: MASS_FG_MAX,
    Kind.HOUR_DOSE: MASS_FG_MAX,
    Kind.CONCENTRATION: CONCENTRATION_FG_PER_NL_MAX,
    Kind.VOLUME: RESERVOIR_NL_MAX,
    Kind.FLOW: RESERVOIR_NL_MAX,
    Kind.DURATION: TICK_MAX,
}

# An amount of each kind that is well written, to be shown where another one was not.
SAMPLES = {
    Kind.MASS: "120 mcg",
    Kind.DAY_DOSE: "0.5 mg/day",
    Kind.HOUR_DOSE: "25 mcg/h",
    Kind.CONCENTRATION: "20 mg/mL",
    Kind.VOLUME: "18 mL",
    Kind.FLOW: "0.4 mL/day",
    Kind.DURATION: "4 h",
}
