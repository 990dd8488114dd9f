# SPDX-License-Identifier: Apache-2.0
"""Time and faults: what a moved phase, a restart, a deadline and a failing pulse may do."""

from thecal.events import (
    Event,
    MotorRecovered,
    MotorStalled,
    PhaseMoved,
    PowerRestored,
    PulseReported,
    PulseResult,
    RefillDone,
    SecondPassed,
    SecondsPassed,
)
from thecal.limits import Config, SafeState
from thecal.outcome import Outcome, Response
from thecal.state import Alarm, Mode, State
from thecal.units import DAY_S, FAILURE_COUNT, SLOT_S, TICK_MAX, YEAR_S
from thecal_specs.ghost import Ghost, compute_off_bound_s, is_running
from thecal_specs.logic import implies
from thecal_specs.properties.reservoir import compute_surprise

FIFTEEN_YEARS_S = 15 * 366 * DAY_S


def a_phase_move_is_admitted_like_a_reprogramming(before: State, event: Event, outcome: Outcome, after: State) -> bool:
    """TIM-01: a phase move keeps every number but the slots, the ticks, and the ends of boluses and lockouts."""
    if isinstance(event, PhaseMoved):
        old = before.program
        new = after.program
        return (
            after.tick == before.tick
            and implies(before.lockout.has_ended, after.lockout.end_tick >= before.lockout.end_tick)
            and after.lockout.lockout_s >= min(before.lockout.lockout_s, before.program.lockout_s)
            and new.bolus_fg == old.bolus_fg
            and new.lockout_s == old.lockout_s
            and new.bolus_count_max == old.bolus_count_max
            and new.cap_day_fg == old.cap_day_fg
            and new.cap_hour_fg == old.cap_hour_fg
            and implies(outcome.response == Response.PHASE_MOVED and before.is_programmed, after.is_admitted)
        )
    return True


def a_restart_never_shortens_a_lockout_or_a_window(before: State, event: Event, after: State) -> bool:
    """TIM-02: a restart moves no tick and forgets no bolus; without proof of the last state a day is locked."""
    is_start = not before.bolus.is_active and after.bolus.is_active
    if isinstance(event, PowerRestored):
        return (
            after.tick == before.tick
            and after.lockout.end_tick >= before.lockout.end_tick
            and implies(before.lockout.has_ended, after.lockout.has_ended)
            and after.lockout.lockout_s >= min(before.lockout.lockout_s, before.program.lockout_s)
            and implies(not before.bolus.is_active, after.lockout.lockout_s >= before.lockout.lockout_s)
            and implies(event.is_last_state, after.device.unknown_until_tick == before.device.unknown_until_tick)
            and (before.bolus.is_active or after.ledger == before.ledger)
            and implies(
                not event.is_last_state,
                after.device.unknown_until_tick == after.tick + DAY_S
                and after.lockout.has_ended
                and after.lockout.end_tick == after.tick
                and after.lockout.lockout_s >= after.program.lockout_s,
            )
        )
    return implies(is_start, before.tick >= before.device.unknown_until_tick) and implies(
        before.is_programmed and before.tick < before.device.unknown_until_tick,
        all(a <= b for a, b in zip(after.program.slots_fg, before.program.slots_fg)),
    )


def compute_seconds(event: Event) -> int:
    """How many seconds an event may tell of, in one half hour of the day at most."""
    if isinstance(event, SecondsPassed):
        return SLOT_S
    return 1


def fifteen_years_of_ticks_overflow_nothing(before: State, event: Event, after: State) -> bool:
    """TIM-03: ticks count seconds, none twice, beyond fifteen years, up to the end of service and no further."""
    return (
        FIFTEEN_YEARS_S <= TICK_MAX
        and before.tick <= after.tick <= before.tick + compute_seconds(event)
        and after.tick <= TICK_MAX
        and implies(after.tick == TICK_MAX, after.mode == Mode.END_OF_SERVICE)
        and implies(before.mode == Mode.END_OF_SERVICE, after.mode == Mode.END_OF_SERVICE)
        and implies(before.mode != Mode.END_OF_SERVICE and after.tick < TICK_MAX, after.mode != Mode.END_OF_SERVICE)
    )


def deadlines_alarm_in_time(config: Config, after: State, ghost_after: Ghost) -> bool:
    """TIM-04: a drug beyond its time in the pump, and a pump beyond its replacement, alarm, gaps counted."""
    deadlines = ghost_after.deadlines
    keeping_s = YEAR_S
    for drug, hi in zip(config.library, after.reservoir.fluid.hi):
        if hi > 0:
            keeping_s = min(keeping_s, drug.stability_s)
    return implies(
        after.is_programmed and deadlines.clock_s - deadlines.filled_clock_s >= keeping_s,
        after.alarms[Alarm.DRUG_TOO_OLD].is_active,
    ) and implies(
        deadlines.is_replacement_indicated and deadlines.clock_s - deadlines.replacement_clock_s >= 90 * DAY_S,
        after.alarms[Alarm.REPLACEMENT_OVERDUE].is_active,
    )


def an_unknown_pulse_counts_as_given_and_is_not_repeated(
    before: State, event: Event, outcome: Outcome, after: State
) -> bool:
    """FLT-02: an unknown outcome takes the pulse from the lower ends, and gives nothing back to basal or bolus."""
    if isinstance(event, PulseReported):
        return implies(
            outcome.response == Response.PULSE_BOOKED_AS_UNKNOWN,
            event.result == PulseResult.UNKNOWN
            and after.basal.owed_fg_1800 == before.basal.owed_fg_1800
            and after.bolus.left_fg == before.bolus.left_fg
            and after.reservoir.volume_lo_nl < before.reservoir.volume_lo_nl
            and after.reservoir.volume_hi_nl == before.reservoir.volume_hi_nl,
        )
    return True


def failing_pulses_raise_a_critical_alarm(before: State, event: Event, after: State, ghost_after: Ghost) -> bool:
    """FLT-03: so many failed or lost pulses in any 24 h, or a stall, and the alarm is active; no stalled motor runs."""
    is_still = not is_running(before) and before.mode != Mode.PRIMING
    is_standing = after.device.is_stalled and (isinstance(event, MotorStalled) or is_still)
    window = ghost_after.window
    is_stall = isinstance(event, MotorStalled)
    return (
        implies(
            window.is_open and after.tick - window.since_tick <= DAY_S and window.failures >= FAILURE_COUNT,
            after.alarms[Alarm.PULSES_FAILED].is_active,
        )
        and implies(is_stall, after.alarms[Alarm.MOTOR_STALLED].is_active)
        and implies(is_standing, not is_running(after) and after.mode != Mode.PRIMING)
    )


def is_any_drug_at(config: Config, state: State, safe_state: SafeState) -> bool:
    """Whether a drug in path or reservoir asks for at least a safe state."""
    return any(
        drug.safe_state >= safe_state and (old > 0 or new > 0)
        for drug, old, new in zip(config.library, state.path.old.hi, state.reservoir.fluid.hi)
    )


def is_in_safe_state(config: Config, state: State) -> bool:
    """Whether the pump does what the most demanding of the drugs in path and reservoir asks for."""
    is_kept = is_any_drug_at(config, state, SafeState.KEEP_BASAL)
    is_moving = is_any_drug_at(config, state, SafeState.MINIMUM_RATE)
    return (
        implies(is_kept, state.mode == Mode.DELIVERING)
        and implies(not is_kept and is_moving, state.mode == Mode.MINIMUM_RATE)
        and implies(not is_kept and not is_moving, state.mode == Mode.STOPPED)
    )


def the_safe_state_is_that_of_the_most_demanding_drug(
    config: Config, before: State, event: Event, after: State
) -> bool:
    """FLT-04: in doubt of the reservoir basal that runs, or would now, goes to the most demanding drug's safe state."""
    is_full_rate = not before.device.is_interrupted_at_minimum_rate
    if isinstance(event, RefillDone):
        is_doubted = compute_surprise(config, before, event.aspirated_nl) != 0
        is_waiting = before.mode == Mode.EMPTY and is_full_rate and not before.device.is_stalled
        is_to_run = before.mode == Mode.DELIVERING or is_waiting
        return implies(is_doubted and is_to_run and after.is_admitted, is_in_safe_state(config, after))
    if isinstance(event, MotorRecovered):
        is_to_run = before.mode == Mode.STALLED and is_full_rate
        return implies(before.therapy.discrepancy != 0 and is_to_run, is_in_safe_state(config, after))
    return True


def compute_off_s(before: State, event: Event) -> int:
    """How long basal has not run, once a second has passed, or a gap of at most so many was told of."""
    off_s = before.therapy.off_s
    if isinstance(event, PowerRestored):
        return min(off_s + min(max(0, event.gap_s), TICK_MAX), TICK_MAX)
    if isinstance(event, SecondPassed):
        if before.mode == Mode.END_OF_SERVICE:
            return off_s
        return 0 if before.mode == Mode.DELIVERING or not before.is_programmed else min(off_s + 1, TICK_MAX)
    return off_s


def a_long_stop_blocks_boluses_until_a_clinician_confirms(
    config: Config, before: State, event: Event, after: State, ghost: Ghost
) -> bool:
    """FLT-05: once therapy was off for its bound, and only then, patient boluses wait for a confirmed program."""
    is_quiet = isinstance(event, SecondsPassed)
    is_blocked_now = after.therapy.is_bolus_blocked and not before.therapy.is_bolus_blocked
    return (
        implies(
            ghost.deadlines.is_off_too_long,
            before.bolus.is_active or not after.bolus.is_active or not after.bolus.is_patient,
        )
        and implies(is_blocked_now, after.is_programmed and after.therapy.off_s >= compute_off_bound_s(config, before))
        and implies(not is_quiet, after.therapy.off_s == compute_off_s(before, event))
    )
