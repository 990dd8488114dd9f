# SPDX-License-Identifier: Apache-2.0
"""Traces of numbers at the ends of their ranges, and one beyond: the one is no slip, the other is said to be one."""

from dataclasses import replace

from thecal.events import ClinicianBolusAsked, PathDeclared, PhaseMoved, PowerRestored, PrimeAsked, StopAsked
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    MASS_FG_MAX,
    PATH_NL_MAX,
    PATIENT_BOLUS_COUNT_MAX,
    RESERVOIR_NL_MAX,
    SLOT_COUNT,
    TICK_MAX,
)
from thecal_specs.witnesses.pump import (
    CONFIG,
    EVERY_OVERRIDE,
    FILLED_NL,
    MOST_SLOT_FG,
    PRESCRIPTION,
    PUMP,
    declare,
    fill_up,
    program,
    stage,
    start,
    with_slots,
)
from thecal_specs.witnesses.trace import Seconds, Trace
from thecal_specs.witnesses.windows import IDLE, PATIENTLY

MOST_FG = MASS_FG_MAX
REST = (0,) * (SLOT_COUNT - 2)  # of a day, but for two half hours
ENOUGH_FG = 200_000

RANGES = (
    Trace(
        name="numbers of a prescription",
        story="Each number of a prescription is ordered at either end of its range, and one beyond.",
        config=CONFIG,
        happenings=(
            *start(),
            *(stage(replace(PRESCRIPTION, slots_fg=(a, b, *REST))) for a, b in ((MOST_FG, 0), (MOST_FG - 1, 1))),
            *(stage(replace(PRESCRIPTION, slots_fg=(a, b, *REST))) for a, b in ((MOST_FG, 1), (MOST_FG + 1, 0))),
            stage(replace(PRESCRIPTION, slots_fg=(-1, *PRESCRIPTION.slots_fg[1:]))),
            *(stage(replace(PRESCRIPTION, bolus_fg=fg)) for fg in (-1, 0, MOST_FG, MOST_FG + 1)),
            *(stage(replace(PRESCRIPTION, bolus_duration_s=s)) for s in (0, 1, DAY_S, DAY_S + 1)),
            *(stage(replace(PRESCRIPTION, lockout_s=s)) for s in (-1, 0, DAY_S, DAY_S + 1)),
            *(stage(replace(PRESCRIPTION, bolus_count_max=n)) for n in (-1, 0, PATIENT_BOLUS_COUNT_MAX)),
            stage(replace(PRESCRIPTION, bolus_count_max=PATIENT_BOLUS_COUNT_MAX + 1)),
            *(stage(replace(PRESCRIPTION, cap_day_fg=(fg, 0, 0, 0))) for fg in (-1, 0, MOST_FG + 1)),
            *(stage(replace(PRESCRIPTION, cap_hour_fg=(fg, 0, 0, 0))) for fg in (-1, 0, MOST_FG + 1)),
            *(stage(replace(PRESCRIPTION, low_reservoir_nl=nl)) for nl in (-1, 0, RESERVOIR_NL_MAX)),
            stage(replace(PRESCRIPTION, low_reservoir_nl=RESERVOIR_NL_MAX + 1)),
            Seconds(1),
        ),
    ),
    Trace(
        name="numbers of other orders",
        story="A clinician's bolus, a prime and a move of the phase are ordered at the ends of their ranges.",
        config=CONFIG,
        happenings=(
            PrimeAsked(1),
            PhaseMoved(-1),
            *start(),
            ClinicianBolusAsked(MOST_FG, DAY_S),
            ClinicianBolusAsked(MOST_FG + 1, DAY_S),
            ClinicianBolusAsked(0, DAY_S),
            ClinicianBolusAsked(1, DAY_S),
            StopAsked(),
            PrimeAsked(PATH_NL_MAX),
            PrimeAsked(PATH_NL_MAX + 1),
            PhaseMoved(-1),
            PhaseMoved(0),
            PhaseMoved(SLOT_COUNT - 1),
        ),
    ),
    Trace(
        name="the largest facts",
        story="The largest reservoir of the strongest fluid is filled, the longest path declared, the longest gap met.",
        config=CONFIG,
        happenings=(
            fill_up(RESERVOIR_NL_MAX, CONCENTRATION_FG_PER_NL_MAX, CONCENTRATION_FG_PER_NL_MAX),
            PathDeclared(0, PATH_NL_MAX, True),
            fill_up(RESERVOIR_NL_MAX, CONCENTRATION_FG_PER_NL_MAX, aspirated_nl=RESERVOIR_NL_MAX),
            PathDeclared(PATH_NL_MAX, PATH_NL_MAX, False),
            PowerRestored(gap_s=TICK_MAX, is_last_state=True, is_time_of_day_known=True),
            *start(),
            StopAsked(),
            Seconds(2),
            PowerRestored(gap_s=TICK_MAX, is_last_state=True, is_time_of_day_known=True),
            Seconds(1),
        ),
    ),
    Trace(
        name="nothing is filled",
        story="A reservoir is emptied and nothing is filled: what stays behind is the fluid that was there.",
        config=replace(CONFIG, pump=replace(PUMP, residual_nl=7)),
        happenings=(
            *start(),
            fill_up(0, 5, 5, aspirated_nl=FILLED_NL),
            fill_up(0, 5, 5, aspirated_nl=0, is_rinsed=True),
            fill_up(aspirated_nl=0),
            Seconds(5),
        ),
    ),
    Trace(
        name="one half hour among others",
        story="One half hour of a day asks for too little, then for too much, and all others for enough.",
        config=replace(PATIENTLY, pump=replace(PUMP, slot_volume_nl_min=100)),
        happenings=(
            *start(with_slots(ENOUGH_FG)),
            *program(replace(PRESCRIPTION, slots_fg=(99_999, *(ENOUGH_FG,) * (SLOT_COUNT - 1)))),
            *program(replace(PRESCRIPTION, slots_fg=(MOST_SLOT_FG + 1, *(ENOUGH_FG,) * (SLOT_COUNT - 1)))),
            Seconds(1),
        ),
    ),
    Trace(
        name="the largest hour of a day",
        story="The most basal of an hour is of a day's last half hour and the next day's first, then of the last two.",
        config=PATIENTLY,
        happenings=(
            *start(IDLE),
            *program(replace(IDLE, slots_fg=(200_000, 0, *REST[1:], 100_000), cap_hour_fg=(301_999, 0, 0, 0))),
            *program(replace(IDLE, slots_fg=(200_000, 0, *REST[1:], 100_000), cap_hour_fg=(302_000, 0, 0, 0))),
            *program(replace(IDLE, slots_fg=(0, *REST[1:], 100_000, 200_000), cap_hour_fg=(301_999, 0, 0, 0))),
            Seconds(1),
        ),
    ),
    Trace(
        name="a first program that is compared with nothing",
        story="The first prescription of a pump is large beside nothing, and needs no override for that.",
        config=PATIENTLY,
        happenings=(fill_up(), declare(), *program(PRESCRIPTION, replace(EVERY_OVERRIDE, is_plausibility=False))),
    ),
)
