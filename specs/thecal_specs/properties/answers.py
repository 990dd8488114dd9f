# SPDX-License-Identifier: Apache-2.0
"""What orders are answered, but for those of boluses (UND-03) and prescriptions (PRG-11): done, or truly why not."""

from thecal.events import (
    Event,
    MinimumRateAsked,
    PhaseMoved,
    PrimeAsked,
    PrimeConfirmed,
    ResumeAsked,
    StopAsked,
)
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.state import Mode, State
from thecal.units import PATH_NL_MAX, SLOT_COUNT
from thecal_specs.logic import implies
from thecal_specs.properties.refusals import is_some_fluid_not_allowed


def is_said(is_true: bool, response: Response, yes: Response, no: Response) -> bool:
    """Whether one of two answers is given where something is true, and the other one where it is not."""
    return response == (yes if is_true else no)


def is_refused_for_its_mode(before: State, response: Response) -> bool:
    """Whether a refusal for what the pump is, or does, is true of it."""
    return (
        implies(response == Response.REFUSED_SERVICE_HAS_ENDED, before.mode == Mode.END_OF_SERVICE)
        and implies(response == Response.REFUSED_SELF_TEST_FAILED, before.mode == Mode.FAILED)
        and implies(response == Response.REFUSED_NO_PRESCRIPTION, not before.is_programmed)
        and implies(response == Response.REFUSED_RESERVOIR_IS_EMPTY, before.mode == Mode.EMPTY)
        and implies(response == Response.REFUSED_MOTOR_IS_STALLED, before.device.is_stalled)
        and implies(response == Response.REFUSED_RESERVOIR_IS_IN_DOUBT, before.therapy.discrepancy != 0)
    )


def is_refusal_of_the_mode(response: Response) -> bool:
    """Whether an answer refuses for what the pump is, or does."""
    return (
        Response.REFUSED_NO_PRESCRIPTION <= response <= Response.REFUSED_SELF_TEST_FAILED
        or response == Response.REFUSED_RESERVOIR_IS_IN_DOUBT
    )


def is_refusal_of_a_program(response: Response) -> bool:
    """Whether an answer says why a program may not run."""
    return (
        Response.REFUSED_PRESCRIPTION_MALFORMED <= response <= Response.REFUSED_DOSE_IS_NOT_PLAUSIBLE
        or response == Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT
        or response == Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN
        or response == Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER
    )


def is_stopped_truly(before: State, outcome: Outcome) -> bool:
    """A pump that primes, or has a program and anything to stop, is stopped; another says what it is."""
    response = outcome.response
    may_stop = before.is_programmed and before.mode != Mode.END_OF_SERVICE and before.mode != Mode.FAILED
    is_due = before.mode == Mode.PRIMING or (may_stop and before.mode != Mode.EMPTY)
    return (
        (response == Response.STOPPED) == is_due
        and implies(not is_due, is_refusal_of_the_mode(response) and is_refused_for_its_mode(before, response))
        and implies(is_due, outcome.state.mode == Mode.STOPPED or before.mode == Mode.PRIMING)
    )


def is_run_truly(before: State, outcome: Outcome, mode: Mode, done: Response) -> bool:
    """The motor runs as it was told, or something is against it; of an admitted program that is no rule of programs."""
    response = outcome.response
    return (
        implies(response == done, outcome.state.mode == mode)
        and (response == done or is_refusal_of_the_mode(response) or is_refusal_of_a_program(response))
        and is_refused_for_its_mode(before, response)
        and implies(before.is_admitted, not is_refusal_of_a_program(response))
    )


def is_phase_moved_truly(before: State, event: PhaseMoved, outcome: Outcome) -> bool:
    """A phase of more than a day is malformed and no other; where no program is, nothing is against a move."""
    response = outcome.response
    is_well_formed = 0 <= event.slot_count < SLOT_COUNT
    return (
        (response == Response.REFUSED_PHASE_MALFORMED) == (not is_well_formed)
        and implies(is_well_formed and not before.is_programmed, response == Response.PHASE_MOVED)
        and implies(response == Response.PHASE_MOVED, outcome.state.device.is_time_of_day_known)
        and implies(is_well_formed, response == Response.PHASE_MOVED or is_refusal_of_a_program(response))
    )


def is_prime_refused_truly(config: Config, before: State, volume_nl: int, response: Response) -> bool:
    """Whether a refusal of a prime, but for the sums behind its room, is true."""
    is_stopped = before.mode == Mode.UNPROGRAMMED or before.mode == Mode.STOPPED
    is_unknown = before.tick < before.device.unknown_until_tick
    return (
        implies(response == Response.REFUSED_PRIME_MALFORMED, not 1 <= volume_nl <= PATH_NL_MAX)
        and implies(response == Response.REFUSED_PRIME_UNLESS_STOPPED, not is_stopped)
        and implies(response == Response.REFUSED_PRIME_WHILE_HISTORY_IS_UNKNOWN, is_unknown)
        and implies(response == Response.REFUSED_PATH_NOT_DECLARED, not before.path.is_declared)
        and implies(response == Response.REFUSED_PRIME_LARGER_THAN_THE_PATH, volume_nl > before.path.volume_hi_nl)
        and implies(response == Response.REFUSED_FLUID_NOT_ALLOWED, is_some_fluid_not_allowed(config, before))
        and is_refused_for_its_mode(before, response)
    )


def is_refusal_of_a_prime(response: Response) -> bool:
    """Whether an answer says why a prime may not begin."""
    return (
        Response.REFUSED_PRIME_MALFORMED <= response <= Response.REFUSED_PRIME_DOES_NOT_FIT_IN_THE_RESERVOIR
        or response == Response.REFUSED_MOTOR_IS_STALLED
        or response == Response.REFUSED_RESERVOIR_IS_IN_DOUBT
        or response == Response.REFUSED_PATH_NOT_DECLARED
        or response == Response.REFUSED_FLUID_NOT_ALLOWED
        or response == Response.REFUSED_CLINICIAN_BOLUS_COUNT_REACHED
        or response == Response.REFUSED_BOLUS_LEDGER_IS_FULL
    )


def is_prime_staged_truly(config: Config, before: State, event: PrimeAsked, outcome: Outcome) -> bool:
    """A prime is staged as it was asked for, or something is against it."""
    response = outcome.response
    is_staged = outcome.state.staged.is_staged and outcome.state.staged.prime_nl == event.volume_nl
    return (
        implies(response == Response.PRIME_STAGED, is_staged)
        and (response == Response.PRIME_STAGED or is_refusal_of_a_prime(response))
        and is_prime_refused_truly(config, before, event.volume_nl, response)
    )


def is_confirmation_answered(before: State, is_of_its_kind: bool, is_what_was_staged: bool, response: Response) -> bool:
    """Where nothing of the kind was staged, or another one, that is said; and nowhere else."""
    is_there = before.staged.is_staged and is_of_its_kind
    return (response == Response.REFUSED_NOTHING_STAGED) == (not is_there) and (
        response == Response.REFUSED_NOT_WHAT_WAS_STAGED
    ) == (is_there and not is_what_was_staged)


def is_prime_begun_truly(config: Config, before: State, event: PrimeConfirmed, outcome: Outcome) -> bool:
    """A prime that was staged, and is confirmed as it was, begins, or something is against it now."""
    response = outcome.response
    staged_nl = before.staged.prime_nl
    is_refused = is_refusal_of_a_prime(response)
    return (
        is_confirmation_answered(before, staged_nl > 0, event.volume_nl == staged_nl, response)
        and implies(response == Response.PRIME_BEGUN, outcome.state.mode == Mode.PRIMING)
        and implies(
            response != Response.REFUSED_NOTHING_STAGED and response != Response.REFUSED_NOT_WHAT_WAS_STAGED,
            response == Response.PRIME_BEGUN or is_refused,
        )
        and is_prime_refused_truly(config, before, event.volume_nl, response)
    )


def is_order_answered_truly(config: Config, before: State, event: Event, outcome: Outcome) -> bool:
    """Whether an order to prime, or to move the motor or the phase, is answered with what is so."""
    if isinstance(event, StopAsked):
        return is_stopped_truly(before, outcome)
    if isinstance(event, ResumeAsked):
        return is_run_truly(before, outcome, Mode.DELIVERING, Response.RESUMED)
    if isinstance(event, MinimumRateAsked):
        return is_run_truly(before, outcome, Mode.MINIMUM_RATE, Response.MINIMUM_RATE_SET)
    if isinstance(event, PhaseMoved):
        return is_phase_moved_truly(before, event, outcome)
    if isinstance(event, PrimeAsked):
        return is_prime_staged_truly(config, before, event, outcome)
    if isinstance(event, PrimeConfirmed):
        return is_prime_begun_truly(config, before, event, outcome)
    return True
