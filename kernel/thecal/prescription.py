# SPDX-License-Identifier: Apache-2.0
"""A prescription: half-hour basal masses of the first drug, the patient's bolus, caps, and an alarm threshold."""

from dataclasses import dataclass

from thecal.limits import (
    BOLUS_DURATION_S_MAX,
    LOCKOUT_S_MAX,
    Config,
    compute_hard_day_fg,
    compute_hard_hour_fg,
)
from thecal.units import (
    MASS_FG_MAX,
    NO_SLOTS,
    PATIENT_BOLUS_COUNT_MAX,
    RESERVOIR_NL_MAX,
    Masses,
    Slots,
    is_within,
)


@dataclass(frozen=True, slots=True)
class Prescription:
    """What a clinician orders.

    ``slots_fg``: mass of the first drug in each half hour of the day, spread evenly over its 1,800 seconds.
    ``bolus_fg`` (0: no patient bolus), given over ``bolus_duration_s``, then ``lockout_s`` without another, at most
    ``bolus_count_max`` in any 24 h. ``cap_day_fg`` and ``cap_hour_fg``: the most of each drug in any 24 h and any hour.
    """

    slots_fg: Slots
    bolus_fg: int
    bolus_duration_s: int
    lockout_s: int
    bolus_count_max: int
    cap_day_fg: Masses
    cap_hour_fg: Masses
    low_reservoir_nl: int


@dataclass(frozen=True, slots=True)
class Overrides:
    """Which soft rules a clinician sets aside for one prescription, each by itself, on the record."""

    is_day_limit: bool
    is_concentration: bool
    is_increase: bool
    is_decrease: bool
    is_plausibility: bool


NO_OVERRIDES = Overrides(
    is_day_limit=False, is_concentration=False, is_increase=False, is_decrease=False, is_plausibility=False
)


def is_well_formed(prescription: Prescription) -> bool:
    """Whether every number lies in the kernel's limits."""
    return (
        all(is_within(slot, 0, MASS_FG_MAX) for slot in prescription.slots_fg)
        and sum(slot for slot in prescription.slots_fg) <= MASS_FG_MAX
        and is_within(prescription.bolus_fg, 0, MASS_FG_MAX)
        and is_within(prescription.bolus_duration_s, 1, BOLUS_DURATION_S_MAX)
        and is_within(prescription.lockout_s, 0, LOCKOUT_S_MAX)
        and is_within(prescription.bolus_count_max, 0, PATIENT_BOLUS_COUNT_MAX)
        and all(is_within(cap, 0, MASS_FG_MAX) for cap in prescription.cap_day_fg)
        and all(is_within(cap, 0, MASS_FG_MAX) for cap in prescription.cap_hour_fg)
        and is_within(prescription.low_reservoir_nl, 0, RESERVOIR_NL_MAX)
    )


def compute_no_prescription(config: Config) -> Prescription:
    """What is in force before the first prescription: no dose, and the hard limits as caps."""
    return Prescription(
        slots_fg=NO_SLOTS,
        bolus_fg=0,
        bolus_duration_s=1,
        lockout_s=0,
        bolus_count_max=0,
        cap_day_fg=compute_hard_day_fg(config),
        cap_hour_fg=compute_hard_hour_fg(config),
        low_reservoir_nl=0,
    )
