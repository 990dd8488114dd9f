# SPDX-License-Identifier: Apache-2.0
"""What orders are answered, but for those of boluses (UND-03) and prescriptions (PRG-11): done, or truly why not."""

from thecal.events import (
    Event,
    MinimumRateAsked,
    PhaseMoved,
    PrescriptionConfirmed,
    PrimeAsked,
    PrimeConfirmed,
    ResumeAsked,
    StopAsked,
)
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.state import Mode, State
from thecal.units import SLOT_COUNT
from thecal_specs.logic import implies
from thecal_specs.properties.modes import is_refusal_of_the_mode, is_refused_for_its_mode
from thecal_specs.properties.primes import is_prime_begun_truly, is_prime_staged_truly
from thecal_specs.properties.refusals import is_refusal_of_a_prescription, is_refusal_of_a_program


def is_said(is_true: bool, response: Response, yes: Response, no: Response) -> bool:
    """Whether one of two answers is given where something is true, and the other one where it is not."""
    return response == (yes if is_true else no)


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
        implies(response == done, outcome.state.mode == mode and outcome.state.is_admitted)
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
        and implies(response == Response.PHASE_MOVED and before.is_programmed, not outcome.state.bolus.is_active)
        and implies(
            response == Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT,
            before.is_admitted and before.therapy.discrepancy != 0,
        )
        and implies(is_well_formed, response == Response.PHASE_MOVED or is_refusal_of_a_program(response))
    )


def is_confirmed_truly(before: State, event: PrescriptionConfirmed, outcome: Outcome) -> bool:
    """What is confirmed runs, as far as the motor does, and ends bolus, block and staged order; or it may not run."""
    after = outcome.state
    response = outcome.response
    running = Mode.STALLED if before.device.is_stalled else Mode.DELIVERING
    return implies(
        response == Response.PRESCRIPTION_CONFIRMED,
        after.program == event.prescription
        and after.overrides == before.staged.overrides
        and after.is_admitted
        and not after.staged.is_staged
        and not after.bolus.is_active
        and not after.therapy.is_bolus_blocked
        and implies(before.mode == Mode.UNPROGRAMMED, after.mode == running),
    ) and (response == Response.PRESCRIPTION_CONFIRMED or is_refusal_of_a_prescription(response))


def is_order_answered_truly(config: Config, before: State, event: Event, outcome: Outcome) -> bool:
    """Whether an order to prime, or to move the motor or the phase, is answered with what is so."""
    if isinstance(event, StopAsked):
        return is_stopped_truly(before, outcome)
    if isinstance(event, ResumeAsked):
        is_left_alone = outcome.response == Response.RESUMED and outcome.state == before
        return is_run_truly(before, outcome, Mode.DELIVERING, Response.RESUMED) and implies(
            before.mode == Mode.DELIVERING, is_left_alone
        )
    if isinstance(event, MinimumRateAsked):
        return is_run_truly(before, outcome, Mode.MINIMUM_RATE, Response.MINIMUM_RATE_SET)
    if isinstance(event, PhaseMoved):
        return is_phase_moved_truly(before, event, outcome)
    if isinstance(event, PrimeAsked):
        return is_prime_staged_truly(config, before, event, outcome)
    if isinstance(event, PrimeConfirmed):
        return is_prime_begun_truly(config, before, event, outcome)
    return True
