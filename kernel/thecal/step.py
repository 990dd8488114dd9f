# SPDX-License-Identifier: Apache-2.0
"""The one transition: configuration, state and event in, outcome out.

The rules, all of them:
1. Only ``SecondPassed`` orders a pulse, and at most one.
2. Basal goes before bolus; nothing withholds it but the pump's own interval and an empty reservoir.
3. An order is admitted or refused; refused, it changes nothing. A fact is booked; what no longer fits it stops.
4. Stopping, a fact about fluids or motor and a new program end an active bolus or prime, and it never resumes.
5. After every event each alarm follows its condition.
"""

from thecal.delivery import on_second_passed
from thecal.device import (
    on_motor_recovered,
    on_motor_stalled,
    on_power_restored,
    on_pulse_reported,
    on_replacement_indicated,
    on_self_test_reported,
)
from thecal.emit import with_alarms_shown
from thecal.events import (
    BolusAsked,
    ClinicianBolusAsked,
    DiscrepancyResolved,
    Event,
    MinimumRateAsked,
    MotorRecovered,
    MotorStalled,
    PathDeclared,
    PhaseMoved,
    PowerRestored,
    PrescriptionAbandoned,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PrimeAsked,
    PrimeConfirmed,
    PulseReported,
    RefillDone,
    RefillProposed,
    ReplacementIndicated,
    ResumeAsked,
    SecondPassed,
    SecondsPassed,
    SelfTestReported,
    StopAsked,
)
from thecal.lacking import with_lacking_noted
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.programming import (
    on_alarm_acknowledged,
    on_bolus_asked,
    on_clinician_bolus_asked,
    on_minimum_rate_asked,
    on_phase_moved,
    on_prescription_abandoned,
    on_prescription_confirmed,
    on_prescription_staged,
    on_prime_asked,
    on_prime_confirmed,
    on_resume_asked,
    on_stop_asked,
)
from thecal.proposing import on_refill_proposed
from thecal.quiet import on_seconds_passed
from thecal.refilling import on_discrepancy_resolved, on_path_declared, on_refill_done
from thecal.state import State


def handle(config: Config, state: State, event: Event) -> Outcome:
    """Pass an event to its handler."""
    if isinstance(event, SecondPassed):
        return on_second_passed(config, state)
    if isinstance(event, SecondsPassed):
        return on_seconds_passed(config, state, event)
    if isinstance(event, PulseReported):
        return on_pulse_reported(config, state, event)
    if isinstance(event, BolusAsked):
        return on_bolus_asked(config, state)
    if isinstance(event, ClinicianBolusAsked):
        return on_clinician_bolus_asked(config, state, event)
    if isinstance(event, PrescriptionStaged):
        return on_prescription_staged(config, state, event)
    if isinstance(event, PrescriptionConfirmed):
        return on_prescription_confirmed(config, state, event)
    if isinstance(event, PrescriptionAbandoned):
        return on_prescription_abandoned(state)
    if isinstance(event, PrimeAsked):
        return on_prime_asked(config, state, event)
    if isinstance(event, PrimeConfirmed):
        return on_prime_confirmed(config, state, event)
    if isinstance(event, PhaseMoved):
        return on_phase_moved(config, state, event)
    if isinstance(event, StopAsked):
        return on_stop_asked(state)
    if isinstance(event, ResumeAsked):
        return on_resume_asked(config, state)
    if isinstance(event, MinimumRateAsked):
        return on_minimum_rate_asked(config, state)
    if isinstance(event, RefillDone):
        return on_refill_done(config, state, event)
    if isinstance(event, RefillProposed):
        return on_refill_proposed(config, state, event)
    if isinstance(event, PathDeclared):
        return on_path_declared(config, state, event)
    if isinstance(event, DiscrepancyResolved):
        return on_discrepancy_resolved(state)
    if isinstance(event, MotorStalled):
        return on_motor_stalled(config, state)
    if isinstance(event, MotorRecovered):
        return on_motor_recovered(config, state)
    if isinstance(event, SelfTestReported):
        return on_self_test_reported(state, event)
    if isinstance(event, ReplacementIndicated):
        return on_replacement_indicated(state)
    if isinstance(event, PowerRestored):
        return on_power_restored(config, state, event)
    return on_alarm_acknowledged(state, event)


def step(config: Config, state: State, event: Event) -> Outcome:
    """Answer one event. Pure, total, and the only way a state changes."""
    return with_alarms_shown(config, with_lacking_noted(state, handle(config, state, event)))
