# SPDX-License-Identifier: Apache-2.0
"""Traces of faults: pulses that fail, a motor that stands, a failed self-test, restarts, a dying battery."""

from dataclasses import replace

from thecal.events import (
    AlarmAcknowledged,
    BolusAsked,
    MinimumRateAsked,
    MotorRecovered,
    MotorStalled,
    PowerRestored,
    PulseReported,
    PulseResult,
    ReplacementIndicated,
    ResumeAsked,
    SelfTestReported,
    StopAsked,
)
from thecal.state import Alarm
from thecal.units import DAY_S, YEAR_S
from thecal_specs.witnesses.pump import CONFIG, DRUG, MOST_SLOT_FG, PRESCRIPTION, PUMP, program, start, with_slots
from thecal_specs.witnesses.trace import Report, Seconds, Trace

FAST = with_slots(MOST_SLOT_FG // 2)  # a pulse every other second
MOVING = replace(CONFIG, pump=replace(PUMP, slot_volume_nl_min=100))

FAULTS = (
    Trace(
        name="pulses that fail",
        story="Pulses that did not move, that may have moved, and of which nobody tells; then a report of none.",
        config=CONFIG,
        happenings=(
            *start(FAST),
            Seconds(6, PulseResult.NOT_DONE),
            Seconds(2, PulseResult.UNKNOWN),
            BolusAsked(),
            Seconds(6, PulseResult.NOT_DONE),
            Seconds(2, None),
            Report(PulseResult.DONE),
            PulseReported(sequence=0, result=PulseResult.DONE),
            Seconds(4, None),
            BolusAsked(),
            AlarmAcknowledged(Alarm.PULSES_FAILED),
        ),
    ),
    Trace(
        name="stall",
        story="The motor stands in a bolus, at the minimum rate and while stopped, and turns again each time.",
        config=MOVING,
        happenings=(
            MotorRecovered(),
            *start(FAST),
            Seconds(2, None),
            BolusAsked(),
            MotorStalled(),
            ResumeAsked(),
            AlarmAcknowledged(Alarm.MOTOR_STALLED),
            Seconds(21),
            MotorRecovered(),
            AlarmAcknowledged(Alarm.MOTOR_STALLED),
            BolusAsked(),
            *program(FAST),
            BolusAsked(),
            StopAsked(),
            MinimumRateAsked(),
            Seconds(20),
            MotorStalled(),
            MotorRecovered(),
            Seconds(2),
        ),
    ),
    Trace(
        name="self-test",
        story="A self-test passes, then fails; nothing runs until one has passed and a clinician resumes.",
        config=CONFIG,
        happenings=(
            SelfTestReported(is_passed=False),
            SelfTestReported(is_passed=True),
            *start(),
            SelfTestReported(is_passed=True),
            BolusAsked(),
            SelfTestReported(is_passed=False),
            ResumeAsked(),
            SelfTestReported(is_passed=True),
            AlarmAcknowledged(Alarm.SELF_TEST_FAILED),
            ResumeAsked(),
        ),
    ),
    Trace(
        name="restart",
        story="Power is lost in a bolus; the program goes on, and the drug is too old after so long a gap.",
        config=CONFIG,
        happenings=(
            *start(),
            Seconds(5),
            BolusAsked(),
            PowerRestored(gap_s=5, is_last_state=True, is_time_of_day_known=True),
            AlarmAcknowledged(Alarm.RESTARTED),
            PowerRestored(gap_s=YEAR_S, is_last_state=True, is_time_of_day_known=False),
            Seconds(3),
        ),
    ),
    Trace(
        name="replacement",
        story="The battery is about to end, and ninety days later the pump is still in use.",
        config=CONFIG,
        happenings=(
            *start(),
            ReplacementIndicated(),
            ReplacementIndicated(),
            PowerRestored(gap_s=90 * DAY_S, is_last_state=True, is_time_of_day_known=True),
            Seconds(2),
        ),
    ),
    Trace(
        name="stopped too long",
        story="A therapy is stopped until it alarms; resumed, it gives no bolus before a clinician confirms.",
        config=CONFIG,
        happenings=(
            *start(),
            StopAsked(),
            Seconds(DRUG.off_therapy_s_max),
            ResumeAsked(),
            BolusAsked(),
            Seconds(1),
            AlarmAcknowledged(Alarm.OFF_THERAPY_TOO_LONG),
            AlarmAcknowledged(Alarm.SERVICE_ENDED),
            *program(PRESCRIPTION),
            BolusAsked(),
        ),
    ),
)
