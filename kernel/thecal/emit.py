# SPDX-License-Identifier: Apache-2.0
"""What every handler shares: how it answers, and how what is pending comes to its end."""

from dataclasses import replace

from thecal.alarms import compute_shown, with_alarms
from thecal.clock import compute_off_s_max
from thecal.events import PulseResult
from thecal.limits import Config
from thecal.outcome import NO_PULSE, NOTHING_SHOWN, Outcome, Response
from thecal.path import with_pulse_moved
from thecal.state import Mode, State
from thecal.units import FAILURE_COUNT, TICK_MAX


def emit(state: State, response: Response) -> Outcome:
    """An outcome without a pulse."""
    return Outcome(state=state, pulse=NO_PULSE, response=response, shown=NOTHING_SHOWN)


def with_alarms_shown(config: Config, outcome: Outcome) -> Outcome:
    """The outcome with its alarms brought up to date, and what is to be shown of them."""
    state = with_alarms(config, outcome.state)
    return replace(outcome, state=state, shown=compute_shown(state))


def with_failure_noted(state: State) -> State:
    """Remember that a pulse failed or got lost."""
    ticks = (state.tick,) + state.device.failure_ticks[: FAILURE_COUNT - 1]
    return replace(state, device=replace(state.device, failure_ticks=ticks))  # FLT-03


def with_flight_resolved(config: Config, state: State) -> State:
    """Book a pulse whose outcome never came as unknown: it may have moved."""
    if not state.flight.is_pending:
        return state
    booked = with_pulse_moved(state, PulseResult.UNKNOWN, config.pump.pulse_volume_nl)
    return with_failure_noted(replace(booked, flight=replace(booked.flight, is_pending=False)))


def with_off_therapy(config: Config, state: State, off_s: int) -> State:
    """Count time without therapy; beyond the bound boluses wait for a clinician."""
    is_too_long = state.is_programmed and off_s >= compute_off_s_max(config, state)
    therapy = replace(
        state.therapy,
        off_s=min(off_s, TICK_MAX),
        is_bolus_blocked=state.therapy.is_bolus_blocked or is_too_long,  # FLT-05
    )
    return replace(state, therapy=therapy)


def with_staged_abandoned(state: State) -> State:
    """Forget a staged prescription: what it was made on has changed, or its life is over."""
    if not state.staged.is_staged:
        return state
    return replace(state, staged=replace(state.staged, is_staged=False))  # PRG-09


def compute_running_mode(state: State) -> Mode:
    """The mode in which a program runs: stalled as long as the motor is."""
    return Mode.STALLED if state.device.is_stalled else Mode.DELIVERING


def compute_interrupted_mode(state: State) -> Mode:
    """The mode that a stall or an empty reservoir has interrupted: stalled as long as the motor is."""
    if state.device.is_stalled:
        return Mode.STALLED
    return Mode.MINIMUM_RATE if state.device.is_interrupted_at_minimum_rate else Mode.DELIVERING


def is_over(mode: Mode) -> bool:
    """Whether no order can bring therapy back."""
    return mode == Mode.END_OF_SERVICE or mode == Mode.FAILED


def find_mode_refusal(state: State) -> Response:
    """What forbids to change the mode of delivery."""
    if state.mode == Mode.END_OF_SERVICE:
        return Response.REFUSED_SERVICE_HAS_ENDED
    if state.mode == Mode.FAILED:
        return Response.REFUSED_SELF_TEST_FAILED
    if not state.is_programmed:
        return Response.REFUSED_NO_PRESCRIPTION
    return Response.NOTHING_AGAINST_IT
