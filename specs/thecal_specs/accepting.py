# SPDX-License-Identifier: Apache-2.0
"""What is claimed of configurations: which are accepted is written out here afresh, number by number (PRG-13).

The claim is of any configuration whatever: it does not assume that it is accepted.
"""

from thecal.limits import Config, DrugLimits, PumpModel, SafeState, is_admissible_config
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    MASS_FG_MAX,
    PATH_NL_MAX,
    RESERVOIR_NL_MAX,
    YEAR_S,
    compute_quotient_down,
)


def is_pump_within_limits(pump: PumpModel) -> bool:
    """Pulses of 1 nl to 2 ul, a half hour apart at most; 60 ml at most; the least slot is one that can be given."""
    pulses = compute_quotient_down(1_800, pump.pulse_interval_s)
    return (
        1 <= pump.pulse_volume_nl <= 2_000
        and 1 <= pump.pulse_interval_s <= 1_800
        and 0 <= pump.slot_volume_nl_min <= PATH_NL_MAX
        and pump.slot_volume_nl_min <= pulses * pump.pulse_volume_nl
        and 1 <= pump.capacity_nl <= RESERVOIR_NL_MAX
        and 0 <= pump.residual_nl <= pump.capacity_nl
        and 0 <= pump.refill_allowance_nl <= pump.capacity_nl
        and 1 <= pump.stop_s_max <= YEAR_S
    )


def is_unused(drug: DrugLimits) -> bool:
    """A place of the library without a drug allows nothing, asks for nothing and is never due."""
    return drug == DrugLimits(
        is_listed=False,
        concentration_fg_per_nl_max=0,
        day_fg_max=0,
        hour_fg_max=0,
        bolus_fg_max=0,
        is_patient_bolus_allowed=False,
        concentration_fg_per_nl_soft=0,
        day_fg_soft=0,
        titration_permille=0,
        titration_days=0,
        has_withdrawal=False,
        plausible_factor=1,
        safe_state=SafeState.STOP,
        off_therapy_s_max=YEAR_S,
        stability_s=YEAR_S,
        shortfall_permille_max=0,
    )


def is_drug_within_limits(drug: DrugLimits) -> bool:
    """A bolus within an hour's limit, that within a day's, each soft limit within its hard one, times within a year."""
    return (
        1 <= drug.concentration_fg_per_nl_soft <= drug.concentration_fg_per_nl_max <= CONCENTRATION_FG_PER_NL_MAX
        and 0 <= drug.bolus_fg_max <= drug.hour_fg_max <= drug.day_fg_max <= MASS_FG_MAX
        and drug.hour_fg_max >= 1
        and 1 <= drug.day_fg_soft <= drug.day_fg_max
        and 0 <= drug.titration_permille <= 1_000
        and 0 <= drug.titration_days <= 7
        and 1 <= drug.plausible_factor <= 100
        and 1 <= drug.off_therapy_s_max <= YEAR_S
        and 1 <= drug.stability_s <= YEAR_S
        and 0 <= drug.shortfall_permille_max <= 1_000
    )


def is_lowest_flow_within_limits(pump: PumpModel, drug: DrugLimits) -> bool:
    """The least flow of the weakest fluid, and two pulses, fit in the first drug's day and in its hour."""
    pulses_fg = 2 * pump.pulse_volume_nl
    return (
        48 * pump.slot_volume_nl_min + pulses_fg <= drug.day_fg_max
        and 2 * pump.slot_volume_nl_min + pulses_fg <= drug.hour_fg_max
    )


def a_configuration_is_accepted_exactly_within_the_limits(config: Config) -> bool:
    """The kernel accepts a configuration if every number lies within its limits, and only then."""
    is_within_limits = (
        is_pump_within_limits(config.pump)
        and config.library[0].is_listed
        and all(is_drug_within_limits(drug) if drug.is_listed else is_unused(drug) for drug in config.library)
        and is_lowest_flow_within_limits(config.pump, config.library[0])
    )
    return is_admissible_config(config) == is_within_limits


ACCEPTING = (a_configuration_is_accepted_exactly_within_the_limits,)
