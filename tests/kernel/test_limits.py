# SPDX-License-Identifier: Apache-2.0
"""Configurations and prescriptions are accepted up to both ends of every range, and refused one beyond."""

from dataclasses import replace

import pytest
from tests.kernel.bench import CONFIG, DRUG, PRESCRIPTION, PUMP, UNLISTED
from tests.simulation.values import alter, list_fields

from thecal.limits import Config, DrugLimits, PumpModel, is_admissible_config, is_admissible_drug, is_admissible_pump
from thecal.prescription import Prescription, is_well_formed
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    MASS_FG_MAX,
    PATH_NL_MAX,
    PULSE_INTERVAL_S_MAX,
    PULSE_VOLUME_NL_MAX,
    RESERVOIR_NL_MAX,
    SLOT_COUNT,
    SLOT_S,
    YEAR_S,
)

PUMP_RANGES = {
    "pulse_volume_nl": (1, PULSE_VOLUME_NL_MAX),
    "pulse_interval_s": (1, PULSE_INTERVAL_S_MAX),
    "slot_volume_nl_min": (0, SLOT_S // PUMP.pulse_interval_s * PUMP.pulse_volume_nl),
    "capacity_nl": (1, RESERVOIR_NL_MAX),
    "residual_nl": (0, PUMP.capacity_nl),
    "refill_allowance_nl": (0, PUMP.capacity_nl),
    "stop_s_max": (1, YEAR_S),
}
DRUG_RANGES = {
    "concentration_fg_per_nl_max": (1, CONCENTRATION_FG_PER_NL_MAX),
    "day_fg_max": (1, MASS_FG_MAX),
    "hour_fg_max": (1, DRUG.day_fg_max),
    "bolus_fg_max": (0, DRUG.hour_fg_max),
    "concentration_fg_per_nl_soft": (1, DRUG.concentration_fg_per_nl_max),
    "day_fg_soft": (1, DRUG.day_fg_max),
    "titration_permille": (0, 1_000),
    "titration_days": (0, 7),
    "plausible_factor": (1, 100),
    "off_therapy_s_max": (1, YEAR_S),
    "stability_s": (1, YEAR_S),
    "shortfall_permille_max": (0, 1_000),
}
PRESCRIPTION_RANGES = {
    "bolus_fg": (0, MASS_FG_MAX),
    "bolus_duration_s": (1, DAY_S),
    "lockout_s": (0, DAY_S),
    "bolus_count_max": (0, 24),
    "low_reservoir_nl": (0, RESERVOIR_NL_MAX),
}

MASS_EDGES = [(-1, False), (0, True), (MASS_FG_MAX, True), (MASS_FG_MAX + 1, False)]

# Limits that others must not exceed: a low one is asked with the others low.
LOW_PUMP = replace(PUMP, residual_nl=0, refill_allowance_nl=0)
LOW_DRUG = replace(DRUG, day_fg_soft=1, hour_fg_max=1, bolus_fg_max=0, concentration_fg_per_nl_soft=1)


@pytest.mark.parametrize("name", PUMP_RANGES)
def test_a_pump_is_accepted_up_to_both_ends(name: str) -> None:
    lowest, highest = PUMP_RANGES[name]
    assert is_admissible_pump(alter(LOW_PUMP, **{name: lowest}))
    assert is_admissible_pump(alter(PUMP, **{name: highest}))
    assert not is_admissible_pump(alter(LOW_PUMP, **{name: lowest - 1}))
    assert not is_admissible_pump(alter(PUMP, **{name: highest + 1}))


def test_a_pump_whose_lowest_flow_its_motor_cannot_give_is_refused() -> None:
    """Nothing could ever be programmed on it. Of 1,800 seconds, pulses seven seconds apart take 257."""
    slow = replace(PUMP, pulse_interval_s=7, pulse_volume_nl=2)
    assert is_admissible_pump(replace(slow, slot_volume_nl_min=257 * 2))
    assert not is_admissible_pump(replace(slow, slot_volume_nl_min=257 * 2 + 1))
    fast = replace(PUMP, pulse_volume_nl=PULSE_VOLUME_NL_MAX)
    assert is_admissible_pump(replace(fast, slot_volume_nl_min=PATH_NL_MAX))
    assert not is_admissible_pump(replace(fast, slot_volume_nl_min=PATH_NL_MAX + 1))


@pytest.mark.parametrize(("day_fg_max", "hour_fg_max"), [(48 * 5 + 2, 12), (1_000, 12), (48 * 5 + 2, 200)])
def test_a_drug_that_even_the_weakest_fluid_overdoses_is_refused(day_fg_max: int, hour_fg_max: int) -> None:
    """At 1 fg/nL five nanolitres a slot are 240 fg a day and 10 fg an hour, and two pulses on top."""
    pump = replace(PUMP, slot_volume_nl_min=5)
    drug = replace(DRUG, day_fg_max=day_fg_max, hour_fg_max=hour_fg_max, bolus_fg_max=0, day_fg_soft=1)
    config = replace(CONFIG, pump=pump, library=(drug, *CONFIG.library[1:]))
    assert is_admissible_config(config)
    least = {"day_fg_max": 48 * 5 + 2, "hour_fg_max": 12}
    for name in [name for name, value in least.items() if getattr(drug, name) == value]:
        tighter = alter(drug, **{name: least[name] - 1})
        assert not is_admissible_config(replace(config, library=(tighter, *CONFIG.library[1:])))


@pytest.mark.parametrize("name", DRUG_RANGES)
def test_a_drug_is_accepted_up_to_both_ends(name: str) -> None:
    lowest, highest = DRUG_RANGES[name]
    low = replace(DRUG, bolus_fg_max=0) if name == "hour_fg_max" else LOW_DRUG
    assert is_admissible_drug(alter(low, **{name: lowest}))
    assert is_admissible_drug(alter(DRUG, **{name: highest}))
    assert not is_admissible_drug(alter(low, **{name: lowest - 1}))
    assert not is_admissible_drug(alter(DRUG, **{name: highest + 1}))


@pytest.mark.parametrize(("record", "ranges"), [(PumpModel, PUMP_RANGES), (DrugLimits, DRUG_RANGES)])
def test_no_number_of_a_configuration_is_without_a_range(record: type, ranges: dict[str, object]) -> None:
    assert {name for name, kind in list_fields(record) if kind is int} == set(ranges)


@pytest.mark.parametrize("name", [name for name, _ in list_fields(DrugLimits)])
def test_an_unused_place_of_the_library_holds_nothing(name: str) -> None:
    assert is_admissible_drug(UNLISTED)
    value = getattr(UNLISTED, name)
    other = not value if isinstance(value, bool) else type(value)(value + 1)
    assert not is_admissible_drug(alter(UNLISTED, **{name: other}))


def test_the_first_drug_of_a_library_must_be_listed() -> None:
    assert is_admissible_config(CONFIG)
    assert not is_admissible_config(replace(CONFIG, library=(UNLISTED, DRUG, UNLISTED, UNLISTED)))


@pytest.mark.parametrize("place", range(4))
def test_one_drug_out_of_range_spoils_a_library(place: int) -> None:
    wrong = replace(DRUG, day_fg_max=MASS_FG_MAX + 1)
    library = (*CONFIG.library[:place], wrong, *CONFIG.library[place + 1 :])
    config: Config = replace(CONFIG, library=library)
    assert not is_admissible_config(config)


@pytest.mark.parametrize("name", PRESCRIPTION_RANGES)
def test_a_prescription_is_well_formed_up_to_both_ends(name: str) -> None:
    lowest, highest = PRESCRIPTION_RANGES[name]
    for value in (lowest, highest):
        assert is_well_formed(alter(PRESCRIPTION, **{name: value}))
    for value in (lowest - 1, highest + 1):
        assert not is_well_formed(alter(PRESCRIPTION, **{name: value}))


def test_no_number_of_a_prescription_is_without_a_range() -> None:
    tuples = {"slots_fg", "cap_day_fg", "cap_hour_fg"}
    assert {name for name, _ in list_fields(Prescription)} == tuples | set(PRESCRIPTION_RANGES)


@pytest.mark.parametrize("place", [0, 1, SLOT_COUNT - 1])
@pytest.mark.parametrize(("slot_fg", "is_accepted"), MASS_EDGES)
def test_every_slot_has_a_range(place: int, slot_fg: int, is_accepted: bool) -> None:
    slots_fg = tuple(slot_fg if i == place else 0 for i in range(SLOT_COUNT))
    assert is_well_formed(replace(PRESCRIPTION, slots_fg=slots_fg)) == is_accepted


def test_a_day_of_slots_has_a_limit() -> None:
    slots_fg = (MASS_FG_MAX - 1, 1, *(0,) * 46)
    assert is_well_formed(replace(PRESCRIPTION, slots_fg=slots_fg))
    assert not is_well_formed(replace(PRESCRIPTION, slots_fg=(*slots_fg[:47], 1)))


@pytest.mark.parametrize("name", ["cap_day_fg", "cap_hour_fg"])
@pytest.mark.parametrize("drug", range(4))
@pytest.mark.parametrize(("cap_fg", "is_accepted"), MASS_EDGES)
def test_every_cap_has_a_range(name: str, drug: int, cap_fg: int, is_accepted: bool) -> None:
    caps_fg = tuple(cap_fg if i == drug else 0 for i in range(4))
    assert is_well_formed(alter(PRESCRIPTION, **{name: caps_fg})) == is_accepted
