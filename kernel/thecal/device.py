# SPDX-License-Identifier: Apache-2.0
"""Facts about the device: what a pulse did, a stall, a self-test, the battery, a restart."""

from dataclasses import replace

from thecal.alarms import with_alarm_raised
from thecal.clock import compute_clock_s
from thecal.emit import (
    compute_interrupted_mode,
    emit,
    with_failure_noted,
    with_flight_resolved,
    with_off_therapy,
    with_staged_abandoned,
)
from thecal.events import PowerRestored, PulseReported, PulseResult, SelfTestReported
from thecal.ledger import with_bolus_ended
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.path import with_pulse_moved
from thecal.safe_state import compute_safe_mode
from thecal.state import Alarm, Lockout, Mode, State
from thecal.units import DAY_S, SLOT_S, TICK_MAX


def on_pulse_reported(config: Config, state: State, event: PulseReported) -> Outcome:
    """Book what the pulse in flight did; a report of another pulse is ignored."""
    flight = state.flight
    if not flight.is_pending or event.sequence != flight.sequence:
        return emit(state, Response.REPORT_OF_ANOTHER_PULSE_IGNORED)
    landed = replace(state, flight=replace(flight, is_pending=False))
    if event.result == PulseResult.NOT_DONE:
        return emit(with_failure_noted(with_pulse_returned(landed)), Response.PULSE_BOOKED_AS_NOT_DONE)
    moved = with_pulse_moved(landed, event.result, config.pump.pulse_volume_nl)
    if event.result == PulseResult.DONE:
        return emit(moved, Response.PULSE_BOOKED_AS_DONE)
    return emit(with_failure_noted(moved), Response.PULSE_BOOKED_AS_UNKNOWN)  # FLT-02


def with_pulse_returned(state: State) -> State:
    """Owe a basal pulse again that surely did not move, but never more than one pulse; no ledger is lowered."""
    if not state.flight.is_basal:
        return state
    owed_fg_1800 = state.basal.owed_fg_1800
    returned = min(owed_fg_1800 + state.flight.first_fg * SLOT_S, state.path.pulse_fg_max * SLOT_S)
    return replace(state, basal=replace(state.basal, owed_fg_1800=max(owed_fg_1800, returned)))  # OVR-08


def on_motor_stalled(config: Config, before: State) -> Outcome:
    """The motor stands: the bolus ends, the pulse in flight is in doubt, basal waits for the motor."""
    settled = with_flight_resolved(config, with_bolus_ended(before))
    is_minimum = before.mode == Mode.MINIMUM_RATE
    is_running = before.mode == Mode.DELIVERING or is_minimum
    device = replace(
        settled.device,
        is_stalled=True,
        is_interrupted_at_minimum_rate=is_minimum if is_running else settled.device.is_interrupted_at_minimum_rate,
    )
    mode = Mode.STALLED if is_running else settled.mode
    return emit(replace(settled, device=device, mode=mode), Response.STALL_BOOKED)


def on_motor_recovered(config: Config, state: State) -> Outcome:
    """The motor turns again: what it was doing goes on, as far as the reservoir is not in doubt; nothing is made up."""
    turning = replace(state, device=replace(state.device, is_stalled=False))
    if state.mode != Mode.STALLED:
        return emit(turning, Response.RECOVERY_BOOKED)
    going = replace(turning, mode=compute_interrupted_mode(turning))
    if state.therapy.discrepancy == 0:
        return emit(going, Response.RECOVERY_BOOKED)
    return emit(replace(going, mode=compute_safe_mode(config, going)), Response.RECOVERY_BOOKED)  # FLT-04


def on_self_test_reported(state: State, event: SelfTestReported) -> Outcome:
    """A failed self-test ends delivery; a passed one lets a clinician resume it."""
    if state.mode == Mode.END_OF_SERVICE:
        return emit(state, Response.SELF_TEST_BOOKED)
    if not event.is_passed:
        return emit(replace(with_bolus_ended(state), mode=Mode.FAILED), Response.SELF_TEST_BOOKED)
    if state.mode != Mode.FAILED:
        return emit(state, Response.SELF_TEST_BOOKED)
    mode = Mode.STOPPED if state.is_programmed else Mode.UNPROGRAMMED
    return emit(replace(state, mode=mode), Response.SELF_TEST_BOOKED)


def on_replacement_indicated(state: State) -> Outcome:
    """The battery's last 90 days begin, once."""
    if state.device.is_replacement_indicated:
        return emit(state, Response.REPLACEMENT_BOOKED)
    device = replace(state.device, is_replacement_indicated=True, replacement_clock_s=compute_clock_s(state))
    return emit(replace(state, device=device), Response.REPLACEMENT_BOOKED)


def with_history_unknown(state: State) -> State:
    """Without proof that this state is the last one: as if boluses had filled the day until now."""
    lockout = Lockout(
        has_ended=True, end_tick=state.tick, lockout_s=max(state.lockout.lockout_s, state.program.lockout_s)
    )
    device = replace(state.device, unknown_until_tick=state.tick + DAY_S)
    return replace(state, lockout=lockout, device=device)  # TIM-02


def on_power_restored(config: Config, before: State, event: PowerRestored) -> Outcome:
    """Go on from a restored state: the basal resumes, the bolus has ended, the time unobserved counts for deadlines."""
    gap_s = min(max(0, event.gap_s), TICK_MAX)
    settled = with_staged_abandoned(with_flight_resolved(config, with_bolus_ended(before)))
    device = replace(
        settled.device,
        missed_s=min(settled.device.missed_s + gap_s, TICK_MAX),
        is_time_of_day_known=settled.device.is_time_of_day_known and event.is_time_of_day_known,
    )
    counted = with_off_therapy(config, replace(settled, device=device), settled.therapy.off_s + gap_s)
    known = counted if event.is_last_state else with_history_unknown(counted)
    raised = with_alarm_raised(known, Alarm.RESTARTED)
    return emit(raised, Response.RESTART_BOOKED)  # UND-09
