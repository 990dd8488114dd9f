# SPDX-License-Identifier: Apache-2.0
"""What makes many quiet seconds one event: the induction, of which each step is one tick."""

from thecal.events import SecondPassed, SecondsPassed
from thecal.lacking import with_lacking_noted
from thecal.limits import Config
from thecal.outcome import NO_PULSE, NOTHING_SHOWN, Outcome, Response
from thecal.quiet import compute_quiet_s, with_quiet_passed
from thecal.state import State
from thecal.step import step
from thecal_specs.logic import implies


def compute_after(config: Config, state: State, count: int) -> State:
    """The state after so many quiet seconds, with what they leave lacking."""
    passed = with_quiet_passed(config, state, count)
    told = Outcome(state=passed, pulse=NO_PULSE, response=Response.SECONDS_PASSED, shown=NOTHING_SHOWN)
    return with_lacking_noted(state, told).state


def no_quiet_second_is_no_change(config: Config, state: State) -> bool:
    """After no quiet seconds the state of the invariant is what it was: the induction begins."""
    return compute_after(config, state, 0) == state


def one_more_quiet_second_is_one_more_tick(config: Config, state: State, count: int) -> bool:
    """From n - 1 quiet seconds on, where n are quiet, a tick leads to n, orders no pulse, and answers with a second."""
    outcome = step(config, compute_after(config, state, count - 1), SecondPassed())
    return implies(
        1 <= count <= compute_quiet_s(config, state),
        outcome.state == compute_after(config, state, count)
        and not outcome.pulse.is_ordered
        and outcome.response == Response.SECOND_PASSED,
    )


def one_event_of_quiet_seconds_is_as_many_ticks(config: Config, state: State, count: int) -> bool:
    """An event of n quiet seconds leads where the last of n ticks does, and shows what it shows; of more, nowhere."""
    outcome = step(config, state, SecondsPassed(count=count))
    last = step(config, compute_after(config, state, count - 1), SecondPassed())
    is_quiet = 1 <= count <= compute_quiet_s(config, state)
    return implies(
        is_quiet,
        outcome.state == last.state
        and outcome.shown == last.shown
        and not outcome.pulse.is_ordered
        and outcome.response == Response.SECONDS_PASSED,
    ) and implies(
        not is_quiet, outcome.state == state and outcome.response == Response.REFUSED_SECONDS_MAY_NOT_BE_QUIET
    )


QUIET = (
    no_quiet_second_is_no_change,
    one_more_quiet_second_is_one_more_tick,
    one_event_of_quiet_seconds_is_as_many_ticks,
)
