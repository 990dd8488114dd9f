# SPDX-License-Identifier: Apache-2.0
"""Plain values at the edges of what is accepted, on which claims about plain functions are looked at in CPython.

The solver proves these claims of all values. Here are a few that tell a changed function from the right one: every
number of a configuration exactly at each of its limits and one beyond, all others well within theirs. None is clinical.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from thecal.limits import Config, DrugLimits, PumpModel, SafeState
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    MASS_FG_MAX,
    PATH_NL_MAX,
    PULSE_INTERVAL_S_MAX,
    PULSE_VOLUME_NL_MAX,
    RESERVOIR_NL_MAX,
    SLOT_COUNT,
    SLOT_S,
    YEAR_S,
    Slots,
)
from thecal_specs.witnesses.pump import UNLISTED

# The widest drug that there is, and the narrowest.
WIDE = DrugLimits(
    is_listed=True,
    concentration_fg_per_nl_max=CONCENTRATION_FG_PER_NL_MAX,
    day_fg_max=MASS_FG_MAX,
    hour_fg_max=MASS_FG_MAX,
    bolus_fg_max=MASS_FG_MAX,
    is_patient_bolus_allowed=True,
    concentration_fg_per_nl_soft=CONCENTRATION_FG_PER_NL_MAX,
    day_fg_soft=MASS_FG_MAX,
    titration_permille=1_000,
    titration_days=7,
    has_withdrawal=True,
    plausible_factor=100,
    safe_state=SafeState.KEEP_BASAL,
    off_therapy_s_max=YEAR_S,
    stability_s=YEAR_S,
    shortfall_permille_max=1_000,
)
NARROW = DrugLimits(
    is_listed=True,
    concentration_fg_per_nl_max=1,
    day_fg_max=1,
    hour_fg_max=1,
    bolus_fg_max=0,
    is_patient_bolus_allowed=False,
    concentration_fg_per_nl_soft=1,
    day_fg_soft=1,
    titration_permille=0,
    titration_days=0,
    has_withdrawal=False,
    plausible_factor=1,
    safe_state=SafeState.STOP,
    off_therapy_s_max=1,
    stability_s=1,
    shortfall_permille_max=0,
)
# Each of its half hours may ask for no more than 257 pulses, which are 771 nl.
PUMP = PumpModel(
    pulse_volume_nl=3,
    pulse_interval_s=7,
    slot_volume_nl_min=771,
    capacity_nl=1_000,
    residual_nl=10,
    refill_allowance_nl=10,
    stop_s_max=YEAR_S,
)
# What the least slot of that pump and two pulses ask of the first drug in a day and in an hour.
LEAST_DAY_FG = SLOT_COUNT * 771 + 6
LEAST_HOUR_FG = 2 * 771 + 6


def make_config(first: DrugLimits = WIDE, second: DrugLimits = UNLISTED, pump: PumpModel = PUMP) -> Config:
    """A configuration of one drug, or of two."""
    return Config(digest=1, pump=pump, library=(first, second, UNLISTED, UNLISTED))


def list_edges_of_pumps() -> Iterator[PumpModel]:
    """A pump with one of its numbers at the end of its range, and beyond it."""
    ends: Mapping[str, tuple[int, ...]] = {
        "pulse_volume_nl": (-1, 0, 1, 2, 3, PULSE_VOLUME_NL_MAX, PULSE_VOLUME_NL_MAX + 1),
        "pulse_interval_s": (0, 1, 7, 8, PULSE_INTERVAL_S_MAX, PULSE_INTERVAL_S_MAX + 1),
        "slot_volume_nl_min": (-1, 0, 1, 771, 772),
        "capacity_nl": (0, 1, RESERVOIR_NL_MAX, RESERVOIR_NL_MAX + 1),
        "residual_nl": (-1, 0, 1_000, 1_001),
        "refill_allowance_nl": (-1, 0, 1_000, 1_001),
        "stop_s_max": (0, 1, YEAR_S, YEAR_S + 1),
    }
    for least in (PUMP, replace(PUMP, slot_volume_nl_min=0, residual_nl=0, refill_allowance_nl=0)):
        for name, values in ends.items():
            yield from (replace(least, **{name: value}) for value in values)
    strong = replace(PUMP, pulse_volume_nl=PULSE_VOLUME_NL_MAX, pulse_interval_s=1)
    for slot_nl in (PATH_NL_MAX, PATH_NL_MAX + 1):
        yield replace(strong, slot_volume_nl_min=slot_nl)
    for slot_nl in (SLOT_S, SLOT_S + 1):
        yield replace(PUMP, pulse_volume_nl=1, pulse_interval_s=1, slot_volume_nl_min=slot_nl)
    for slot_nl in (PULSE_VOLUME_NL_MAX, PULSE_VOLUME_NL_MAX + 1):
        yield replace(strong, pulse_interval_s=PULSE_INTERVAL_S_MAX, slot_volume_nl_min=slot_nl)


def list_near(value: Any) -> Iterator[Any]:
    """What a number may be taken for, what another choice is, and the ends of most ranges."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, SafeState):
        yield from SafeState
    else:
        yield from (value - 1, value + 1, -1, 0, 1)


def list_edges_of_drugs() -> Iterator[DrugLimits]:
    """A drug with one of its numbers at the end of its range, and beyond it, beside the widest and the narrowest."""
    for drug in (WIDE, NARROW, UNLISTED):
        yield drug
        for name in DrugLimits.__dataclass_fields__:
            yield from (replace(drug, **{name: near}) for near in list_near(getattr(drug, name)))
    room = replace(WIDE, day_fg_max=100, hour_fg_max=50, bolus_fg_max=20, day_fg_soft=60)
    for over in (0, 1):
        yield replace(room, hour_fg_max=100 + over)
        yield replace(room, bolus_fg_max=50 + over)
        yield replace(room, day_fg_soft=100 + over)
        yield replace(WIDE, concentration_fg_per_nl_max=100, concentration_fg_per_nl_soft=100 + over)


def list_configurations() -> Iterator[Config]:
    """Configurations at the edges: of a pump, of a second drug, of what the lowest flow asks of the first one."""
    yield from (make_config(pump=pump) for pump in list_edges_of_pumps())
    yield from (make_config(second=drug) for drug in list_edges_of_drugs())
    yield make_config(first=UNLISTED)
    least = replace(WIDE, hour_fg_max=LEAST_HOUR_FG, bolus_fg_max=0, day_fg_soft=1)
    for less in (0, 1):
        yield make_config(replace(least, day_fg_max=LEAST_DAY_FG - less))
        yield make_config(replace(least, hour_fg_max=LEAST_HOUR_FG - less))


# A day of which no two half hours are alike.
UNLIKE_SLOTS_FG: Slots = tuple(range(SLOT_COUNT))

# What the claims are looked at with, by the name of what they ask for.
EDGES: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {"config": tuple(list_configurations()), "slots_fg": (UNLIKE_SLOTS_FG,)}
)
