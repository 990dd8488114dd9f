# SPDX-License-Identifier: Apache-2.0
"""Orders of patients and clinicians: boluses, prescriptions, the phase of the day, stop and resume."""

from dataclasses import replace

from thecal.admission import (
    admit_prescription,
    admit_program,
    compute_bolus_reserved_fg,
    find_bolus_refusal,
    find_clinician_bolus_refusal,
)
from thecal.alarms import compute_silenced
from thecal.emit import compute_running_mode, emit, find_mode_refusal, with_flight_resolved, with_staged_abandoned
from thecal.events import (
    AlarmAcknowledged,
    ClinicianBolusAsked,
    PhaseMoved,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PrimeAsked,
    PrimeConfirmed,
)
from thecal.ledger import with_bolus_ended
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.prescription import is_well_formed
from thecal.priming import find_prime_refusal, with_prime_begun
from thecal.state import Bolus, Mode, Staged, State
from thecal.units import NO_MASSES, SLOT_COUNT, Slots, is_within

# A staged order that nobody confirms is abandoned after ten minutes.
STAGED_LIFE_S = 600


def with_bolus_begun(config: Config, state: State, mass_fg: int, duration_s: int, is_patient: bool) -> State:
    """Begin a bolus: all of it is reserved, nothing of it is given yet."""
    bolus = Bolus(
        is_active=True,
        is_patient=is_patient,
        is_prime=False,
        start_tick=state.tick,
        mass_fg=mass_fg,
        duration_s=duration_s,
        left_fg=mass_fg,
        pulses_left=0,
        reserved_fg=compute_bolus_reserved_fg(state, mass_fg, config.pump.pulse_volume_nl),
        given_fg=NO_MASSES,
    )
    return replace(state, bolus=bolus)


def on_bolus_asked(config: Config, state: State) -> Outcome:
    """Grant the patient's bolus, or say what is against it."""
    refusal = find_bolus_refusal(config, state)
    if refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, refusal)
    program = state.program
    granted = with_bolus_begun(config, state, program.bolus_fg, program.bolus_duration_s, True)
    return emit(granted, Response.BOLUS_GRANTED)


def on_clinician_bolus_asked(config: Config, state: State, event: ClinicianBolusAsked) -> Outcome:
    """Grant a clinician's bolus, or say what is against it."""
    refusal = find_clinician_bolus_refusal(config, state, event.mass_fg, event.duration_s)
    if refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, refusal)
    granted = with_bolus_begun(config, state, event.mass_fg, event.duration_s, False)
    return emit(granted, Response.BOLUS_GRANTED)


def on_prescription_staged(config: Config, state: State, event: PrescriptionStaged) -> Outcome:
    """Keep a prescription for its confirmation, if nothing is against it."""
    if not is_well_formed(event.prescription):
        return emit(state, Response.REFUSED_PRESCRIPTION_MALFORMED)
    admission = admit_prescription(config, state, event.prescription, event.overrides)
    if admission.refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, admission.refusal)
    staged = Staged(
        is_staged=True,
        expires_tick=state.tick + STAGED_LIFE_S,
        prescription=event.prescription,
        overrides=event.overrides,
        prime_nl=0,
    )
    return emit(replace(state, staged=staged), Response.PRESCRIPTION_STAGED)


def on_prescription_confirmed(config: Config, state: State, event: PrescriptionConfirmed) -> Outcome:
    """Make the staged prescription the program, if it still is what was read back and still is admissible."""
    if not state.staged.is_staged or state.staged.prime_nl > 0:
        return emit(state, Response.REFUSED_NOTHING_STAGED)
    if event.prescription != state.staged.prescription:
        return emit(state, Response.REFUSED_NOT_WHAT_WAS_STAGED)  # PRG-02
    admission = admit_prescription(config, state, event.prescription, state.staged.overrides)
    if admission.refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, admission.refusal)  # PRG-01
    confirmed = replace(
        with_staged_abandoned(admission.state),
        mode=compute_running_mode(state) if admission.state.mode == Mode.UNPROGRAMMED else admission.state.mode,
        therapy=replace(state.therapy, is_bolus_blocked=False),
    )
    return emit(confirmed, Response.PRESCRIPTION_CONFIRMED)


def on_prime_asked(config: Config, state: State, event: PrimeAsked) -> Outcome:
    """Keep a prime for its confirmation, if nothing is against it."""
    refusal = find_prime_refusal(config, with_flight_resolved(config, state), event.volume_nl)
    if refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, refusal)
    expires_tick = state.tick + STAGED_LIFE_S
    staged = replace(state.staged, is_staged=True, expires_tick=expires_tick, prime_nl=event.volume_nl)
    return emit(replace(state, staged=staged), Response.PRIME_STAGED)


def on_prime_confirmed(config: Config, state: State, event: PrimeConfirmed) -> Outcome:
    """Begin the staged prime, if it still is what was read back and still is admissible."""
    if not state.staged.is_staged or state.staged.prime_nl <= 0:
        return emit(state, Response.REFUSED_NOTHING_STAGED)
    if event.volume_nl != state.staged.prime_nl:
        return emit(state, Response.REFUSED_NOT_WHAT_WAS_STAGED)
    settled = with_staged_abandoned(with_flight_resolved(config, state))
    refusal = find_prime_refusal(config, settled, event.volume_nl)
    if refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, refusal)
    return emit(with_prime_begun(config, settled, event.volume_nl), Response.PRIME_BEGUN)


def on_prescription_abandoned(state: State) -> Outcome:
    """Forget the staged prescription."""
    if not state.staged.is_staged:
        return emit(state, Response.REFUSED_NOTHING_STAGED)
    return emit(with_staged_abandoned(state), Response.PRESCRIPTION_ABANDONED)


def compute_rotated(slots_fg: Slots, slot_count: int) -> Slots:
    """The slots, each ``slot_count`` half hours later, by powers of two. 0 to 47."""
    rotated = slots_fg
    if slot_count // 32 % 2 == 1:
        rotated = rotated[16:48] + rotated[0:16]
    if slot_count // 16 % 2 == 1:
        rotated = rotated[32:48] + rotated[0:32]
    if slot_count // 8 % 2 == 1:
        rotated = rotated[40:48] + rotated[0:40]
    if slot_count // 4 % 2 == 1:
        rotated = rotated[44:48] + rotated[0:44]
    if slot_count // 2 % 2 == 1:
        rotated = rotated[46:48] + rotated[0:46]
    if slot_count % 2 == 1:
        rotated = rotated[47:48] + rotated[0:47]
    return rotated  # TIM-05


def with_phase_known(state: State) -> State:
    """Somebody has said what time of day it is."""
    return replace(state, device=replace(state.device, is_time_of_day_known=True))


def on_phase_moved(config: Config, state: State, event: PhaseMoved) -> Outcome:
    """Rotate the program's slots: admitted like any other reprogramming."""
    if not is_within(event.slot_count, 0, SLOT_COUNT - 1):
        return emit(state, Response.REFUSED_PHASE_MALFORMED)
    if not state.is_programmed:
        return emit(with_phase_known(state), Response.PHASE_MOVED)
    program = replace(state.program, slots_fg=compute_rotated(state.program.slots_fg, event.slot_count))
    admission = admit_program(config, state, with_bolus_ended(state), program)
    if admission.refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, admission.refusal)  # TIM-01
    return emit(with_phase_known(with_staged_abandoned(admission.state)), Response.PHASE_MOVED)


def on_stop_asked(state: State) -> Outcome:
    """Stop delivering or priming; what is owed is kept, the bolus is not."""
    if state.mode == Mode.PRIMING:
        return emit(with_bolus_ended(state), Response.STOPPED)
    refusal = find_mode_refusal(state)
    if refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, refusal)
    if state.mode == Mode.EMPTY:
        return emit(state, Response.REFUSED_RESERVOIR_IS_EMPTY)
    return emit(replace(with_bolus_ended(state), mode=Mode.STOPPED), Response.STOPPED)


def find_running_refusal(state: State) -> Response:
    """What forbids to move the motor again."""
    refusal = find_mode_refusal(state)
    if refusal != Response.NOTHING_AGAINST_IT:
        return refusal
    if state.mode == Mode.EMPTY:
        return Response.REFUSED_RESERVOIR_IS_EMPTY
    if state.device.is_stalled:
        return Response.REFUSED_MOTOR_IS_STALLED
    if state.therapy.discrepancy != 0:
        return Response.REFUSED_RESERVOIR_IS_IN_DOUBT
    return Response.NOTHING_AGAINST_IT


def run(config: Config, state: State, mode: Mode, response: Response) -> Outcome:
    """Enter a mode that moves the motor, the program admitted anew if fluids changed while it stood."""
    refusal = find_running_refusal(state)
    if refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, refusal)
    ended = with_bolus_ended(state)
    if state.is_admitted:
        return emit(replace(ended, mode=mode), response)
    admission = admit_program(config, state, ended, state.program)
    if admission.refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, admission.refusal)
    return emit(replace(admission.state, mode=mode), response)


def on_resume_asked(config: Config, state: State) -> Outcome:
    """Deliver the program again; a running one is left alone."""
    if state.mode == Mode.DELIVERING:
        return emit(state, Response.RESUMED)
    return run(config, state, Mode.DELIVERING, Response.RESUMED)


def on_minimum_rate_asked(config: Config, state: State) -> Outcome:
    """Deliver only what keeps the pump alive."""
    return run(config, state, Mode.MINIMUM_RATE, Response.MINIMUM_RATE_SET)


def on_alarm_acknowledged(state: State, event: AlarmAcknowledged) -> Outcome:
    """Silence an alarm for a while; it stays active."""
    if not state.alarms[event.alarm].is_active:
        return emit(state, Response.REFUSED_ALARM_NOT_ACTIVE)
    alarms = compute_silenced(state.alarms, event.alarm, state.tick)
    return emit(replace(state, alarms=alarms), Response.ALARM_ACKNOWLEDGED)
