# SPDX-License-Identifier: Apache-2.0
"""Traces of days and hours, at their last second and one beyond: what counts still, and what counts no more."""

from dataclasses import replace

from thecal.events import (
    AlarmAcknowledged,
    BolusAsked,
    ClinicianBolusAsked,
    PowerRestored,
    PulseResult,
    RefillDone,
    ResumeAsked,
    StopAsked,
)
from thecal.state import Alarm
from thecal.units import DAY_S, HOUR_S, MASS_FG_MAX, YEAR_S
from thecal_specs.witnesses.pump import (
    CONFIG,
    DRUG,
    FILLED_NL,
    MOST_SLOT_FG,
    PRESCRIPTION,
    PULSE_FG,
    TWO_PULSES_FG,
    declare,
    fill_up,
    program,
    start,
    with_first_drug,
    with_slots,
)
from thecal_specs.witnesses.trace import Happening, Quietly, Seconds, Trace

# A program without basal: a day of it passes in a few steps.
IDLE = with_slots(0)
# A drug that bears a year without therapy, so that no deadline breaks a quiet hour.
PATIENT = replace(DRUG, off_therapy_s_max=YEAR_S)
PATIENTLY = with_first_drug(PATIENT)
BOLUS_FG = PRESCRIPTION.bolus_fg
BOLUS_S = PRESCRIPTION.bolus_duration_s + 1  # after so many seconds it has ended
PULSES = BOLUS_FG // PULSE_FG
CLINICIANS = ClinicianBolusAsked(mass_fg=BOLUS_FG, duration_s=PRESCRIPTION.bolus_duration_s)

# Four drugs, each in a strength of its own, and what any two pulses and a bolus bring of each.
STRENGTHS_FG_PER_NL = (PULSE_FG, 3, 5, 7)
FOUR = replace(CONFIG, library=(PATIENT,) * 4)
FOUR_FILLED = RefillDone(0, FILLED_NL, STRENGTHS_FG_PER_NL, False, False)
TIGHT_FG = tuple((2 + PULSES) * strength for strength in STRENGTHS_FG_PER_NL)
WIDE_FG = (MASS_FG_MAX,) * 4
FOUR_IDLE = replace(IDLE, cap_day_fg=WIDE_FG, cap_hour_fg=WIDE_FG)


def tight_in(drug: int, room_fg: int = 0) -> tuple[int, int, int, int]:
    """Caps that are tight for one drug alone, by so much more than a bolus needs."""
    first, second, third, fourth = (TIGHT_FG[i] + room_fg if i == drug else MASS_FG_MAX for i in range(4))
    return first, second, third, fourth


def at_its_end(window_s: int, passed_s: int, asked: Happening) -> tuple[Happening, ...]:
    """Ask in the last second of a window of which so much has passed, and in the first one after it."""
    return (Quietly(window_s - passed_s - 1), asked, Seconds(1), asked)


WINDOWS = (
    Trace(
        name="one a day",
        story="A patient may have one bolus a day, and asks in its last second, and in the one after.",
        config=PATIENTLY,
        happenings=(
            *start(replace(IDLE, bolus_count_max=1)),
            Seconds(1),
            BolusAsked(),
            Seconds(BOLUS_S),
            *at_its_end(DAY_S, BOLUS_S, BolusAsked()),
        ),
    ),
    Trace(
        name="a bolus under the cap of a day",
        story="One bolus fits under the cap of a day; the next is asked for as long as the first counts.",
        config=PATIENTLY,
        happenings=(
            *start(replace(IDLE, cap_day_fg=(TWO_PULSES_FG + BOLUS_FG, 0, 0, 0))),
            Seconds(1),
            BolusAsked(),
            Seconds(BOLUS_S),
            *at_its_end(DAY_S, 0, BolusAsked()),
        ),
    ),
    Trace(
        name="a bolus under the cap of an hour",
        story="So it is of an hour, for a patient's bolus and then for a clinician's.",
        config=PATIENTLY,
        happenings=(
            *start(replace(IDLE, cap_hour_fg=(TWO_PULSES_FG + BOLUS_FG, 0, 0, 0))),
            Seconds(1),
            BolusAsked(),
            Seconds(BOLUS_S),
            *at_its_end(HOUR_S, 0, BolusAsked()),
            Seconds(BOLUS_S),
            *at_its_end(HOUR_S, 0, CLINICIANS),
        ),
    ),
    Trace(
        name="six clinicians' boluses a day",
        story="A clinician gave six boluses, all stopped at once, and asks for a seventh a day later.",
        config=PATIENTLY,
        happenings=(
            *start(IDLE),
            Seconds(1),
            *(CLINICIANS, StopAsked(), ResumeAsked()) * 6,
            CLINICIANS,
            *at_its_end(DAY_S, 0, CLINICIANS),
        ),
    ),
    Trace(
        name="four drugs under the cap of a day",
        story="A mixture of four drugs is just within the cap of each with one bolus, until a day later.",
        config=FOUR,
        happenings=(
            FOUR_FILLED,
            declare(),
            *program(replace(FOUR_IDLE, cap_day_fg=TIGHT_FG)),
            Seconds(1),
            BolusAsked(),
            Seconds(BOLUS_S),
            *at_its_end(DAY_S, 0, BolusAsked()),
        ),
    ),
    Trace(
        name="each of four drugs under its caps",
        story="A second bolus of a mixture is too much of one drug alone, of each in turn.",
        config=FOUR,
        happenings=(
            FOUR_FILLED,
            declare(),
            *program(FOUR_IDLE),
            Seconds(1),
            BolusAsked(),
            Seconds(BOLUS_S + PRESCRIPTION.lockout_s),
            *(
                happening
                for drug in range(4)
                for room_fg in (PULSES * STRENGTHS_FG_PER_NL[drug] - 1, PULSES * STRENGTHS_FG_PER_NL[drug])
                for happening in (
                    *program(replace(FOUR_IDLE, lockout_s=0, bolus_count_max=24, cap_day_fg=tight_in(drug, room_fg))),
                    CLINICIANS,
                    StopAsked(),
                    ResumeAsked(),
                )
            ),
        ),
    ),
    Trace(
        name="history unknown for a day",
        story="A restart without proof of the last state forbids a bolus for a day, to the second.",
        config=PATIENTLY,
        happenings=(
            *start(IDLE),
            Seconds(1),
            PowerRestored(gap_s=0, is_last_state=False, is_time_of_day_known=True),
            AlarmAcknowledged(Alarm.HISTORY_UNKNOWN),
            Quietly(DAY_S - 1),
            BolusAsked(),
            *program(with_slots(1)),
            Seconds(1),
            BolusAsked(),
            *program(with_slots(1)),
            Seconds(1),
        ),
    ),
    Trace(
        name="history unknown before any program",
        story="A pump that nobody has programmed restarts without proof of its last state: no program has to wait.",
        config=PATIENTLY,
        happenings=(
            Seconds(1),
            PowerRestored(gap_s=0, is_last_state=False, is_time_of_day_known=True),
            *start(IDLE),
            Seconds(1),
        ),
    ),
    Trace(
        name="a year on the shelf",
        story="A pump that is filled and not programmed misses a year: nothing lacks, and no drug is too old for it.",
        config=CONFIG,
        happenings=(
            fill_up(),
            *program(PRESCRIPTION),
            Seconds(1),
            PowerRestored(gap_s=YEAR_S, is_last_state=True, is_time_of_day_known=True),
            Seconds(1),
        ),
    ),
    Trace(
        name="five failures a day",
        story="Five pulses fail; the alarm is seen, and its condition is gone a day after the first of them.",
        config=PATIENTLY,
        happenings=(
            *start(with_slots(MOST_SLOT_FG // 2)),
            Seconds(10, PulseResult.NOT_DONE),
            *program(IDLE),
            AlarmAcknowledged(Alarm.PULSES_FAILED),
            BolusAsked(),
            *at_its_end(DAY_S, 4, BolusAsked()),
        ),
    ),
)
