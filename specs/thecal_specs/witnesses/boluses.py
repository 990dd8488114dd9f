# SPDX-License-Identifier: Apache-2.0
"""Traces of boluses: given, asked for too soon or too often, and everything that forbids one."""

from dataclasses import replace

from thecal.events import (
    BolusAsked,
    ClinicianBolusAsked,
    PowerRestored,
    ResumeAsked,
    StopAsked,
)
from thecal_specs.witnesses.pump import (
    CONFIG,
    DAY_FG,
    DRUG,
    FILLED_NL,
    FOR_TWO,
    HOUR_FG,
    PRESCRIPTION,
    SLOT_FG,
    TWO_PULSES_FG,
    declare,
    fill_up,
    program,
    stage,
    start,
    with_first_drug,
    with_second_drug,
    with_slots,
)
from thecal_specs.witnesses.trace import Happening, Seconds, Trace

CLINICIANS = ClinicianBolusAsked(mass_fg=PRESCRIPTION.bolus_fg, duration_s=PRESCRIPTION.bolus_duration_s)
TIGHT_DAY = replace(PRESCRIPTION, cap_day_fg=(DAY_FG + TWO_PULSES_FG + PRESCRIPTION.bolus_fg, 0, 0, 0))
TIGHTER_DAY = replace(TIGHT_DAY, cap_day_fg=(TIGHT_DAY.cap_day_fg[0] - 1, 0, 0, 0))
TIGHTER_HOUR = replace(PRESCRIPTION, cap_hour_fg=(HOUR_FG + TWO_PULSES_FG + PRESCRIPTION.bolus_fg - 1, 0, 0, 0))


def aborted(asked: Happening) -> tuple[Happening, ...]:
    """A bolus that is stopped as soon as it was asked for: it began and ended all the same."""
    return (asked, StopAsked(), ResumeAsked())


def each_second(count: int, asked: Happening) -> tuple[Happening, ...]:
    """The same again and again: a limit that ends a second early or late is seen."""
    return (asked, Seconds(1)) * count


BOLUSES = (
    Trace(
        name="lockout",
        story="A patient asks while a bolus runs, each second of its lockout, after it, and once too often.",
        config=CONFIG,
        happenings=(
            *start(),
            Seconds(3),
            BolusAsked(),
            BolusAsked(),
            Seconds(21),
            *each_second(PRESCRIPTION.lockout_s, BolusAsked()),
            *aborted(BolusAsked()),
            Seconds(10),
            BolusAsked(),
            Seconds(32),
            BolusAsked(),
            StopAsked(),
            BolusAsked(),
        ),
    ),
    Trace(
        name="clinicians' boluses",
        story="A clinician asks for boluses that are no boluses, too fast or too large, then for one too many.",
        config=with_first_drug(replace(DRUG, bolus_fg_max=PRESCRIPTION.bolus_fg)),
        happenings=(
            *start(replace(PRESCRIPTION, bolus_fg=0)),
            BolusAsked(),
            replace(CLINICIANS, mass_fg=0),
            replace(CLINICIANS, duration_s=1),
            replace(CLINICIANS, mass_fg=PRESCRIPTION.bolus_fg + 1),
            CLINICIANS,
            Seconds(22),
            *(happening for _ in range(5) for happening in aborted(CLINICIANS)),
            CLINICIANS,
        ),
    ),
    Trace(
        name="caps",
        story="A bolus fits under a tight cap of the day, then no second one, nor one under a tight cap of the hour.",
        config=CONFIG,
        happenings=(
            *start(TIGHT_DAY),
            Seconds(2),
            BolusAsked(),
            Seconds(21),
            stage(replace(TIGHT_DAY, slots_fg=(SLOT_FG + 1, *TIGHT_DAY.slots_fg[1:]))),
            Seconds(10),
            BolusAsked(),
            *program(TIGHTER_DAY),
            BolusAsked(),
            *program(TIGHTER_HOUR),
            BolusAsked(),
        ),
    ),
    Trace(
        name="not for patients",
        story="A second drug that patients may not ask for comes into a reservoir of one that they may.",
        config=with_second_drug(replace(DRUG, is_patient_bolus_allowed=False)),
        happenings=(
            *start(FOR_TWO),
            BolusAsked(),
            Seconds(5),
            fill_up(second_fg_per_nl=1, aspirated_nl=FILLED_NL),
            Seconds(PRESCRIPTION.lockout_s),
            BolusAsked(),
            *program(replace(FOR_TWO, lockout_s=9)),
            *program(replace(FOR_TWO, bolus_fg=0)),
            declare(4),
            fill_up(aspirated_nl=FILLED_NL),
            *program(FOR_TWO),
            BolusAsked(),
            fill_up(aspirated_nl=FILLED_NL),
            declare(4),
            *program(FOR_TWO),
            BolusAsked(),
            Seconds(2),
            fill_up(second_fg_per_nl=1, aspirated_nl=FILLED_NL),
            Seconds(PRESCRIPTION.lockout_s),
            BolusAsked(),
            *program(replace(FOR_TWO, lockout_s=9)),
        ),
    ),
    Trace(
        name="history unknown",
        story="A pump restarts from a state that may not be its last one: no bolus, and no more basal.",
        config=CONFIG,
        happenings=(
            *start(),
            Seconds(5),
            BolusAsked(),
            PowerRestored(gap_s=5, is_last_state=False, is_time_of_day_known=True),
            CLINICIANS,
            stage(with_slots(SLOT_FG + 1)),
            Seconds(5),
        ),
    ),
)
