# SPDX-License-Identifier: Apache-2.0
"""The pump of the traces, with numbers that can be checked in one's head.

One drug of 1,000 fg/nL and pulses of 1 nL: a pulse is 1,000 fg. The motor gives a pulse a second at most, so that a
half hour brings 1,800,000 fg at most. Nothing soft stands in the way, and times are short. None of it is clinical.
"""

from dataclasses import replace

from thecal.events import Event, PathDeclared, PrescriptionConfirmed, PrescriptionStaged, RefillDone
from thecal.limits import Config, DrugLimits, PumpModel, SafeState
from thecal.prescription import Overrides, Prescription
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, MASS_FG_MAX, SLOT_COUNT, SLOT_S, YEAR_S

PULSE_FG = 1_000
FILLED_NL = 1_000_000
MOST_SLOT_FG = PULSE_FG * SLOT_S

UNLISTED = DrugLimits(
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
DRUG = DrugLimits(
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
    has_withdrawal=False,
    plausible_factor=100,
    safe_state=SafeState.KEEP_BASAL,
    off_therapy_s_max=20,
    stability_s=YEAR_S,
    shortfall_permille_max=10,
)
PUMP = PumpModel(
    pulse_volume_nl=1,
    pulse_interval_s=1,
    slot_volume_nl_min=0,
    capacity_nl=FILLED_NL,
    residual_nl=0,
    refill_allowance_nl=10,
    stop_s_max=YEAR_S,
)
CONFIG = Config(digest=1, pump=PUMP, library=(DRUG, UNLISTED, UNLISTED, UNLISTED))

# A pulse of basal every fourth second, and a bolus of ten pulses in twenty seconds.
PRESCRIPTION = Prescription(
    slots_fg=(MOST_SLOT_FG // 4,) * SLOT_COUNT,
    bolus_fg=10 * PULSE_FG,
    bolus_duration_s=20,
    lockout_s=10,
    bolus_count_max=3,
    cap_day_fg=(MASS_FG_MAX, 0, 0, 0),
    cap_hour_fg=(MASS_FG_MAX, 0, 0, 0),
    low_reservoir_nl=0,
)
SLOT_FG = PRESCRIPTION.slots_fg[0]
DAY_FG = sum(PRESCRIPTION.slots_fg)
HOUR_FG = 2 * SLOT_FG
TWO_PULSES_FG = 2 * PULSE_FG
# The same, where there is a second drug beside the first.
CAPS_FOR_TWO_FG = (MASS_FG_MAX, MASS_FG_MAX, 0, 0)
FOR_TWO = replace(PRESCRIPTION, cap_day_fg=CAPS_FOR_TWO_FG, cap_hour_fg=CAPS_FOR_TWO_FG)

EVERY_OVERRIDE = Overrides(
    is_day_limit=True, is_concentration=True, is_increase=True, is_decrease=True, is_plausibility=True
)


def with_slots(slot_fg: int, prescription: Prescription = PRESCRIPTION) -> Prescription:
    """A prescription of the same basal in every half hour."""
    return replace(prescription, slots_fg=(slot_fg,) * SLOT_COUNT)


def with_first_drug(drug: DrugLimits) -> Config:
    """The configuration with other limits of its drug."""
    return replace(CONFIG, library=(drug, UNLISTED, UNLISTED, UNLISTED))


def with_second_drug(drug: DrugLimits) -> Config:
    """The configuration with a second drug in its library."""
    return replace(CONFIG, library=(DRUG, drug, UNLISTED, UNLISTED))


def fill_up(
    filled_nl: int = FILLED_NL,
    first_fg_per_nl: int = PULSE_FG,
    second_fg_per_nl: int = 0,
    aspirated_nl: int = 0,
    has_unknown_drug: bool = False,
    is_rinsed: bool = False,
) -> RefillDone:
    """The fact of a refill."""
    return RefillDone(aspirated_nl, filled_nl, (first_fg_per_nl, second_fg_per_nl, 0, 0), has_unknown_drug, is_rinsed)


def declare(volume_nl: int = 0, is_filled_from_reservoir: bool = True) -> PathDeclared:
    """The fact of a path of exactly that volume."""
    return PathDeclared(volume_nl, volume_nl, is_filled_from_reservoir)


def stage(prescription: Prescription, overrides: Overrides = EVERY_OVERRIDE) -> PrescriptionStaged:
    """The order to consider a prescription."""
    return PrescriptionStaged(prescription, overrides)


def confirm(prescription: Prescription) -> PrescriptionConfirmed:
    """The order to make a prescription the program."""
    return PrescriptionConfirmed(prescription)


def program(prescription: Prescription, overrides: Overrides = EVERY_OVERRIDE) -> tuple[Event, ...]:
    """Both orders, one after the other."""
    return (stage(prescription, overrides), confirm(prescription))


def start(prescription: Prescription = PRESCRIPTION, filled_nl: int = FILLED_NL) -> tuple[Event, ...]:
    """From the box to a therapy that runs."""
    return (fill_up(filled_nl), declare(), *program(prescription))
