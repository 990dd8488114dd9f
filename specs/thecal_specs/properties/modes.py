# SPDX-License-Identifier: Apache-2.0
"""What an order is refused for whatever it asks: what the pump is, or does, or that nothing of the kind was staged."""

from thecal.outcome import Response
from thecal.state import Mode, State
from thecal_specs.logic import implies


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


def is_confirmation_answered(before: State, is_of_its_kind: bool, is_what_was_staged: bool, response: Response) -> bool:
    """Where nothing of the kind was staged, or another one, that is said; and nowhere else."""
    is_there = before.staged.is_staged and is_of_its_kind
    return (response == Response.REFUSED_NOTHING_STAGED) == (not is_there) and (
        response == Response.REFUSED_NOT_WHAT_WAS_STAGED
    ) == (is_there and not is_what_was_staged)
