# SPDX-License-Identifier: Apache-2.0
"""What a pump can do and what a drug allows: the configuration that a state is admitted under."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, TypeAlias

from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    DRUG_COUNT,
    MASS_FG_MAX,
    PATH_NL_MAX,
    PULSE_INTERVAL_S_MAX,
    PULSE_VOLUME_NL_MAX,
    RESERVOIR_NL_MAX,
    SLOT_COUNT,
    SLOT_S,
    YEAR_S,
    Masses,
    compute_quotient_down,
    is_within,
)

LOCKOUT_S_MAX = DAY_S
BOLUS_DURATION_S_MAX = DAY_S
TITRATION_DAYS_MAX = 7
PLAUSIBLE_FACTOR_MAX = 100
PERMILLE = 1_000


@dataclass(frozen=True, slots=True)
class PumpModel:
    """What the device is.

    ``pulse_volume_nl`` leaves the reservoir with every pulse; two pulses are at least ``pulse_interval_s`` apart.
    ``slot_volume_nl_min`` is the least volume that a half-hour slot may ask for (0 where true zero may be programmed).
    ``residual_nl`` cannot be used and stays behind at a refill at most. What a needle draws may differ from what the
    kernel expects by ``refill_allowance_nl``. After ``stop_s_max`` without therapy the pump itself is in doubt.
    """

    pulse_volume_nl: int
    pulse_interval_s: int
    slot_volume_nl_min: int
    capacity_nl: int
    residual_nl: int
    refill_allowance_nl: int
    stop_s_max: int


class SafeState(IntEnum):
    """What is safe for a drug when something is wrong: the higher, the more demanding."""

    STOP = 0
    MINIMUM_RATE = 1
    KEEP_BASAL = 2


@dataclass(frozen=True, slots=True)
class DrugLimits:
    """What the library says of one drug. Hard limits (``_max``) cannot be overridden, soft ones only explicitly.

    ``is_listed`` is false for an unused place of the table; such a place has only zeros. A day's total may rise by
    ``titration_permille`` over the least of the last ``titration_days`` (and fall by it, where ``has_withdrawal``).
    Without therapy for ``off_therapy_s_max`` an alarm is critical; after ``stability_s`` in the pump the drug is stale.
    A program ``plausible_factor`` times larger or smaller than the running one is taken for a mistake. Of a day's dose
    ``shortfall_permille_max`` may be lacking without a word.
    """

    is_listed: bool
    concentration_fg_per_nl_max: int
    day_fg_max: int
    hour_fg_max: int
    bolus_fg_max: int
    is_patient_bolus_allowed: bool
    concentration_fg_per_nl_soft: int
    day_fg_soft: int
    titration_permille: int
    titration_days: int
    has_withdrawal: bool
    plausible_factor: int
    safe_state: SafeState
    off_therapy_s_max: int
    stability_s: int
    shortfall_permille_max: int


Library: TypeAlias = Annotated[tuple[DrugLimits, ...], DRUG_COUNT]


@dataclass(frozen=True, slots=True)
class Config:
    """Pump model and drug library, named by ``digest``. The first drug of the library drives the rate."""

    digest: int
    pump: PumpModel
    library: Library


def is_admissible_pump(pump: PumpModel) -> bool:
    """Whether a pump model is within the kernel's limits."""
    return (
        is_within(pump.pulse_volume_nl, 1, PULSE_VOLUME_NL_MAX)
        and is_within(pump.pulse_interval_s, 1, PULSE_INTERVAL_S_MAX)
        and is_within(pump.slot_volume_nl_min, 0, PATH_NL_MAX)
        and is_within(pump.capacity_nl, 1, RESERVOIR_NL_MAX)
        and is_within(pump.residual_nl, 0, pump.capacity_nl)
        and is_within(pump.refill_allowance_nl, 0, pump.capacity_nl)
        and is_within(pump.stop_s_max, 1, YEAR_S)
        and pump.slot_volume_nl_min
        <= compute_quotient_down(SLOT_S, pump.pulse_interval_s) * pump.pulse_volume_nl  # UND-05
    )


def is_admissible_drug(drug: DrugLimits) -> bool:
    """Whether a drug's limits are within the kernel's, and an hour's limit within a day's."""
    if not drug.is_listed:
        return (
            drug.concentration_fg_per_nl_max == 0
            and drug.day_fg_max == 0
            and drug.hour_fg_max == 0
            and drug.bolus_fg_max == 0
            and not drug.is_patient_bolus_allowed
            and drug.concentration_fg_per_nl_soft == 0
            and drug.day_fg_soft == 0
            and drug.titration_permille == 0
            and drug.titration_days == 0
            and not drug.has_withdrawal
            and drug.plausible_factor == 1
            and drug.safe_state == SafeState.STOP
            and drug.off_therapy_s_max == YEAR_S
            and drug.stability_s == YEAR_S
            and drug.shortfall_permille_max == 0
        )
    return (
        is_within(drug.concentration_fg_per_nl_max, 1, CONCENTRATION_FG_PER_NL_MAX)
        and is_within(drug.day_fg_max, 1, MASS_FG_MAX)
        and is_within(drug.hour_fg_max, 1, drug.day_fg_max)
        and is_within(drug.bolus_fg_max, 0, drug.hour_fg_max)
        and is_within(drug.concentration_fg_per_nl_soft, 1, drug.concentration_fg_per_nl_max)
        and is_within(drug.day_fg_soft, 1, drug.day_fg_max)
        and is_within(drug.titration_permille, 0, PERMILLE)
        and is_within(drug.titration_days, 0, TITRATION_DAYS_MAX)
        and is_within(drug.plausible_factor, 1, PLAUSIBLE_FACTOR_MAX)
        and is_within(drug.off_therapy_s_max, 1, YEAR_S)
        and is_within(drug.stability_s, 1, YEAR_S)
        and is_within(drug.shortfall_permille_max, 0, PERMILLE)
    )


def is_lowest_flow_possible(pump: PumpModel, drug: DrugLimits) -> bool:
    """Whether some fluid of a drug, be it ever so weak, may be given at the pump's lowest flow all day long."""
    pulses_nl = 2 * pump.pulse_volume_nl
    return (
        SLOT_COUNT * pump.slot_volume_nl_min + pulses_nl <= drug.day_fg_max
        and 2 * pump.slot_volume_nl_min + pulses_nl <= drug.hour_fg_max
    )


def is_admissible_config(config: Config) -> bool:
    """Whether the kernel accepts a configuration. The first drug of the library must be listed, and one to be given."""
    return (  # PRG-13
        is_admissible_pump(config.pump)
        and all(is_admissible_drug(drug) for drug in config.library)
        and config.library[0].is_listed
        and is_lowest_flow_possible(config.pump, config.library[0])  # UND-05
    )


def compute_hard_day_fg(config: Config) -> Masses:
    """The hard limit of any 24 h, for every drug."""
    return tuple(drug.day_fg_max for drug in config.library)


def compute_hard_hour_fg(config: Config) -> Masses:
    """The hard limit of any hour, for every drug."""
    return tuple(drug.hour_fg_max for drug in config.library)


def compute_hard_bolus_fg(config: Config) -> Masses:
    """The largest single bolus, for every drug."""
    return tuple(drug.bolus_fg_max for drug in config.library)
