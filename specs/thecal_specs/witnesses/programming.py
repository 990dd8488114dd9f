# SPDX-License-Identifier: Apache-2.0
"""Traces of programming: what is staged, read back, confirmed, refused, overridden and forgotten."""

from dataclasses import replace

from thecal.events import BolusAsked, PhaseMoved, PowerRestored, PrescriptionAbandoned
from thecal.programming import STAGED_LIFE_S
from thecal.units import MASS_FG_MAX, SLOT_COUNT
from thecal_specs.witnesses.pump import (
    CONFIG,
    DAY_FG,
    DRUG,
    EVERY_OVERRIDE,
    FILLED_NL,
    MOST_SLOT_FG,
    PRESCRIPTION,
    PULSE_FG,
    PUMP,
    SLOT_FG,
    TWO_PULSES_FG,
    confirm,
    declare,
    fill_up,
    program,
    stage,
    start,
    with_first_drug,
    with_slots,
)
from thecal_specs.witnesses.trace import Seconds, Trace

STRICT = replace(
    with_first_drug(
        replace(
            DRUG,
            day_fg_max=MASS_FG_MAX // 2,
            hour_fg_max=MASS_FG_MAX // 4,
            bolus_fg_max=PRESCRIPTION.bolus_fg,
            concentration_fg_per_nl_soft=PULSE_FG - 1,
            day_fg_soft=DAY_FG,
            titration_permille=100,
            has_withdrawal=True,
            plausible_factor=2,
        )
    ),
    pump=replace(PUMP, slot_volume_nl_min=10),
)
CAPPED = replace(PRESCRIPTION, cap_day_fg=(MASS_FG_MAX // 2, 0, 0, 0), cap_hour_fg=(MASS_FG_MAX // 4, 0, 0, 0))
RARE = with_slots(PULSE_FG)  # a pulse each half hour
RARE_BUT_ONE = replace(RARE, slots_fg=(0, *RARE.slots_fg[1:]))
MORNING = replace(PRESCRIPTION, slots_fg=(SLOT_FG // 2, *PRESCRIPTION.slots_fg[1:]))

PROGRAMMING = (
    Trace(
        name="read-back",
        story="Nothing is staged, then something, and something else confirmed; it is taken back, and staged again.",
        config=CONFIG,
        happenings=(
            *start(),
            Seconds(2),
            confirm(MORNING),
            PrescriptionAbandoned(),
            stage(MORNING),
            confirm(PRESCRIPTION),
            PrescriptionAbandoned(),
            BolusAsked(),
            Seconds(2),
            *program(MORNING),
            Seconds(2),
        ),
    ),
    Trace(
        name="limits",
        story="Prescriptions that break a hard limit, then a soft one, are refused; then one is overridden.",
        config=STRICT,
        happenings=(
            *start(CAPPED),
            Seconds(2),
            stage(with_slots(-1, CAPPED)),
            stage(PRESCRIPTION),
            stage(replace(CAPPED, bolus_fg=PRESCRIPTION.bolus_fg + 1)),
            stage(with_slots(9 * PULSE_FG, CAPPED)),
            stage(with_slots(MOST_SLOT_FG + 1, CAPPED)),
            stage(replace(CAPPED, bolus_duration_s=5)),
            stage(replace(CAPPED, cap_day_fg=(DAY_FG + TWO_PULSES_FG - 1, 0, 0, 0))),
            stage(CAPPED, replace(EVERY_OVERRIDE, is_day_limit=False)),
            stage(CAPPED, replace(EVERY_OVERRIDE, is_concentration=False)),
            stage(with_slots(SLOT_FG * 12 // 10, CAPPED), replace(EVERY_OVERRIDE, is_increase=False)),
            stage(with_slots(SLOT_FG * 8 // 10, CAPPED), replace(EVERY_OVERRIDE, is_decrease=False)),
            stage(with_slots(SLOT_FG * 4 // 10, CAPPED), replace(EVERY_OVERRIDE, is_plausibility=False)),
            *program(with_slots(SLOT_FG * 12 // 10, CAPPED), replace(EVERY_OVERRIDE, is_plausibility=False)),
            Seconds(1),
            *program(with_slots(SLOT_FG * 4 // 10, CAPPED)),
        ),
    ),
    Trace(
        name="forgotten orders",
        story="A staged order outlives no restart, no declared path, no other fluid, no other program, no ten minutes.",
        config=CONFIG,
        happenings=(
            *start(RARE_BUT_ONE),
            stage(RARE),
            PowerRestored(gap_s=1, is_last_state=True, is_time_of_day_known=True),
            stage(RARE),
            declare(),
            stage(RARE),
            fill_up(first_fg_per_nl=PULSE_FG + 1, aspirated_nl=FILLED_NL),
            stage(RARE),
            PhaseMoved(slot_count=1),
            stage(RARE),
            Seconds(STAGED_LIFE_S + 1),
        ),
    ),
    Trace(
        name="phase",
        story="The phase is moved before there is a program, by a whole day, during a bolus and after it.",
        config=CONFIG,
        happenings=(
            PhaseMoved(slot_count=1),
            *start(MORNING),
            Seconds(3),
            BolusAsked(),
            Seconds(3),
            PhaseMoved(slot_count=SLOT_COUNT),
            PhaseMoved(slot_count=SLOT_COUNT - 1),
            Seconds(3),
            PhaseMoved(slot_count=2),
        ),
    ),
)
