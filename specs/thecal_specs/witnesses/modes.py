# SPDX-License-Identifier: Apache-2.0
"""Traces in which every class of event happens in every mode, whether it makes sense there or not."""

from dataclasses import replace

from thecal.events import (
    AlarmAcknowledged,
    BolusAsked,
    ClinicianBolusAsked,
    DiscrepancyResolved,
    Event,
    MinimumRateAsked,
    MotorRecovered,
    MotorStalled,
    PhaseMoved,
    PowerRestored,
    PrescriptionAbandoned,
    PrimeAsked,
    PrimeConfirmed,
    PulseReported,
    PulseResult,
    RefillProposed,
    ReplacementIndicated,
    ResumeAsked,
    SecondPassed,
    SecondsPassed,
    SelfTestReported,
    StopAsked,
)
from thecal.state import Alarm
from thecal.units import NO_MASSES, SLOT_COUNT, TICK_MAX, YEAR_S
from thecal_specs.witnesses.pump import (
    CONFIG,
    DRUG,
    FILLED_NL,
    MOST_SLOT_FG,
    PRESCRIPTION,
    PUMP,
    confirm,
    declare,
    fill_up,
    program,
    stage,
    start,
    with_slots,
)
from thecal_specs.witnesses.trace import Seconds, Trace

# One of each class, those that change least first.
EVERY: tuple[Event, ...] = (
    SecondPassed(),
    BolusAsked(),
    ClinicianBolusAsked(mass_fg=0, duration_s=0),
    stage(with_slots(-1)),
    confirm(PRESCRIPTION),
    PrescriptionAbandoned(),
    PhaseMoved(slot_count=SLOT_COUNT),
    ResumeAsked(),
    MotorRecovered(),
    SelfTestReported(is_passed=True),
    ReplacementIndicated(),
    AlarmAcknowledged(Alarm.SERVICE_ENDED),
    PulseReported(sequence=0, result=PulseResult.DONE),
    SecondsPassed(count=0),
    PrimeAsked(volume_nl=0),
    PrimeConfirmed(volume_nl=0),
    RefillProposed(
        filled_nl=0, concentrations_fg_per_nl=NO_MASSES, has_unknown_drug=False, is_shortfall_accepted=False
    ),
    MinimumRateAsked(),
    StopAsked(),
    MotorStalled(),
    PowerRestored(gap_s=0, is_last_state=True, is_time_of_day_known=True),
    declare(),
    DiscrepancyResolved(),
    fill_up(filled_nl=5),
)

AT_LEAST = replace(CONFIG, pump=replace(PUMP, slot_volume_nl_min=100))
WATCHED = replace(PRESCRIPTION, low_reservoir_nl=FILLED_NL)  # low from the first
HASTY = replace(with_slots(MOST_SLOT_FG), bolus_fg=0, low_reservoir_nl=FILLED_NL)  # a pulse a second
LONG_GAP = PowerRestored(gap_s=YEAR_S, is_last_state=True, is_time_of_day_known=False)
# A prime of a path of water, longer than any trace; and what does not end it, and what does.
PRIME = (
    MotorRecovered(),
    declare(100, is_filled_from_reservoir=False),
    PrimeAsked(volume_nl=100),
    PrimeConfirmed(volume_nl=100),
)
ENDING = (
    StopAsked(),
    MotorStalled(),
    PowerRestored(gap_s=0, is_last_state=True, is_time_of_day_known=True),
    declare(),
    fill_up(aspirated_nl=FILLED_NL),
)
LASTING = tuple(event for event in EVERY if type(event) not in {type(each) for each in ENDING})
STALL = (MotorRecovered(), ResumeAsked(), MotorStalled())
LATE = (SelfTestReported(is_passed=False), fill_up(has_unknown_drug=True), fill_up())


def in_mode(*entry: Event) -> tuple[Event, ...]:
    """Every class of event, each after the events by which the mode is entered, or entered again."""
    return tuple(happening for event in EVERY for happening in (*entry, event))


MODES = (
    Trace(
        name="everything in the box",
        story="A pump that nobody has programmed meets every class of event.",
        config=CONFIG,
        happenings=EVERY,
    ),
    Trace(
        name="everything in a bolus",
        story="So does one that gives a bolus, with a low reservoir, an old drug and a battery that has ended.",
        config=CONFIG,
        happenings=(
            *start(WATCHED),
            ReplacementIndicated(),
            LONG_GAP,
            *program(WATCHED),
            BolusAsked(),
            Seconds(3),
            DiscrepancyResolved(),
            *EVERY,
        ),
    ),
    Trace(
        name="everything in a prime",
        story="So does one that primes its path.",
        config=CONFIG,
        happenings=(fill_up(), *PRIME, *LASTING, *(each for event in ENDING for each in (event, *PRIME))),
    ),
    Trace(
        name="everything at the minimum rate",
        story="So does one that moves no more than keeps it alive.",
        config=AT_LEAST,
        happenings=(*start(WATCHED), MinimumRateAsked(), Seconds(20), *in_mode(MotorRecovered(), MinimumRateAsked())),
    ),
    Trace(
        name="everything while stopped",
        story="So does one that was stopped for too long, with pulses failed and a reservoir in doubt.",
        config=CONFIG,
        happenings=(
            *start(HASTY),
            Seconds(5, PulseResult.NOT_DONE),
            ReplacementIndicated(),
            LONG_GAP,
            fill_up(aspirated_nl=0),
            StopAsked(),
            Seconds(DRUG.off_therapy_s_max),
            *EVERY,
        ),
    ),
    Trace(
        name="everything with an empty reservoir",
        story="So does one that has run empty.",
        config=CONFIG,
        happenings=(*start(HASTY, filled_nl=5), Seconds(6), *EVERY),
    ),
    Trace(
        name="everything with a stalled motor",
        story="So does one whose motor stands.",
        config=CONFIG,
        happenings=(*start(), Seconds(5), *in_mode(*STALL)),
    ),
    Trace(
        name="everything after a failed self-test",
        story="So does one that has failed its self-test.",
        config=CONFIG,
        happenings=(*start(), *in_mode(SelfTestReported(is_passed=False))),
    ),
    Trace(
        name="everything on an unknown drug",
        story="So does one whose reservoir holds what the library does not know, and whose therapy has stopped.",
        config=CONFIG,
        happenings=(*start(), Seconds(5), fill_up(has_unknown_drug=True, aspirated_nl=FILLED_NL), *EVERY),
    ),
    Trace(
        name="everything after the end of service",
        story="So does one whose last tick came in a bolus; nothing runs afterwards.",
        config=CONFIG,
        boxed_s=TICK_MAX - 10,
        happenings=(*start(), Seconds(5), BolusAsked(), Seconds(5), *EVERY, *LATE),
    ),
)
