# SPDX-License-Identifier: Apache-2.0
"""A session keeps its rhythm: what breaks it is refused by name and leaves everything as it was."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

import thecal.session
from thecal.boundary import Reason
from thecal.events import (
    BolusAsked,
    Event,
    PathDeclared,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PulseReported,
    PulseResult,
    RefillDone,
    SecondPassed,
    SecondsPassed,
)
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.prescription import NO_OVERRIDES, Prescription
from thecal.session import Misuse, Misused, Session
from thecal.state import State, initial_state
from thecal.step import step
from thecal.units import SLOT_COUNT, SLOT_S
from thecal_adapters.library import load_config

CONFIG = load_config("peristaltic-40", ["baclofen"])
OTHER_CONFIG = replace(CONFIG, digest=CONFIG.digest + 1)
PROGRAM = Prescription(
    slots_fg=(4_000_000_000,) * SLOT_COUNT,
    bolus_fg=0,
    bolus_duration_s=60,
    lockout_s=0,
    bolus_count_max=0,
    cap_day_fg=(10**12, 0, 0, 0),
    cap_hour_fg=(10**11, 0, 0, 0),
    low_reservoir_nl=2_000_000,
)
START: tuple[Event, ...] = (
    RefillDone(
        aspirated_nl=0,
        filled_nl=20_000_000,
        concentrations_fg_per_nl=(500_000, 0, 0, 0),
        has_unknown_drug=False,
        is_rinsed=False,
    ),
    PathDeclared(volume_lo_nl=316_000, volume_hi_nl=316_000, is_filled_from_reservoir=True),
    PrescriptionStaged(PROGRAM, replace(NO_OVERRIDES, is_increase=True)),
    PrescriptionConfirmed(PROGRAM),
)


@pytest.fixture
def session() -> Session:
    """A session that delivers."""
    session = Session(CONFIG)
    for event in START:
        session.commit(session.ask(event))
    return session


def run_until_a_pulse(session: Session) -> Outcome:
    while not (outcome := session.ask(SecondPassed())).pulse.is_ordered:
        session.commit(outcome)
    return outcome


def refuse(session: Session, misuse: Misuse, call: Callable[[], object]) -> Misused:
    """The call is refused with that name, and the session is as it was."""
    before = session.state
    with pytest.raises(Misused, match=misuse.name) as raised:
        call()
    assert raised.value.misuse is misuse
    assert session.state is before
    return raised.value


def test_a_session_answers_as_step_does(session: Session) -> None:
    state = initial_state(CONFIG)
    for event in START:
        state = step(CONFIG, state, event).state
    assert session.state == state
    for _ in range(1_000):
        outcome = session.ask(SecondPassed())
        assert outcome == step(CONFIG, state, SecondPassed())
        session.commit(outcome)
        state = outcome.state


def test_nothing_has_happened_before_the_commit(session: Session) -> None:
    before = session.state
    outcome = session.ask(SecondPassed())
    assert session.state is before
    session.commit(outcome)
    assert session.state is outcome.state
    assert session.state.tick == before.tick + 1


def test_a_dropped_outcome_is_refused(session: Session) -> None:
    outcome = run_until_a_pulse(session)
    refuse(session, Misuse.LAST_OUTCOME_WAS_DROPPED, lambda: session.ask(SecondPassed()))
    assert session.commit(outcome).is_ordered


def test_an_order_is_handed_out_once(session: Session) -> None:
    outcome = run_until_a_pulse(session)
    assert session.commit(outcome).is_ordered
    refuse(session, Misuse.OUTCOME_WAS_COMMITTED_BEFORE, lambda: session.commit(outcome))
    session.commit(session.ask(PulseReported(outcome.pulse.sequence, PulseResult.DONE)))
    refuse(session, Misuse.OUTCOME_IS_NOT_THE_LAST, lambda: session.commit(outcome))


def test_an_outcome_of_a_stale_state_is_refused(session: Session) -> None:
    stale = step(CONFIG, session.state, SecondPassed())
    session.commit(session.ask(SecondPassed()))
    refuse(session, Misuse.OUTCOME_IS_NOT_THE_LAST, lambda: session.commit(stale))
    outcome = session.ask(SecondPassed())
    refuse(session, Misuse.OUTCOME_IS_NOT_THE_LAST, lambda: session.commit(stale))
    session.commit(outcome)


def test_an_equal_outcome_that_was_not_asked_for_is_refused(session: Session) -> None:
    outcome = session.ask(SecondPassed())
    twin = replace(outcome)
    assert twin == outcome
    refuse(session, Misuse.OUTCOME_IS_NOT_THE_LAST, lambda: session.commit(twin))


def test_configurations_are_not_mixed(session: Session) -> None:
    with pytest.raises(Misused, match=Misuse.STATE_OF_ANOTHER_CONFIGURATION.name):
        Session(OTHER_CONFIG, session.state)
    foreign = Session(OTHER_CONFIG).ask(SecondPassed())
    refuse(session, Misuse.OUTCOME_OF_ANOTHER_CONFIGURATION, lambda: session.commit(foreign))


def test_a_stored_state_goes_on_where_it_stood(session: Session) -> None:
    again = Session(CONFIG, session.state)
    assert again.state is session.state
    assert again.config is CONFIG
    assert again.ask(SecondPassed()) == session.ask(SecondPassed())


@pytest.mark.parametrize(
    ("config", "state", "misuse"),
    [
        (replace(CONFIG, digest=cast(int, 7.0)), None, Misuse.CONFIGURATION_REFUSED),
        (replace(CONFIG, pump=replace(CONFIG.pump, capacity_nl=0)), None, Misuse.CONFIGURATION_REFUSED),
        (CONFIG, replace(initial_state(CONFIG), tick=cast(int, "0")), Misuse.STATE_REFUSED),
    ],
)
def test_values_that_may_not_enter_make_no_session(config: Config, state: State | None, misuse: Misuse) -> None:
    with pytest.raises(Misused, match=misuse.name):
        Session(config, state)


def test_a_wrong_event_is_refused_with_its_reason_and_its_place(session: Session) -> None:
    wrong = PulseReported(sequence=True, result=PulseResult.DONE)
    misused = refuse(session, Misuse.EVENT_REFUSED, lambda: session.ask(wrong))
    assert misused.refusal is not None
    assert misused.refusal.reason is Reason.REFUSED_A_BOOL_FOR_AN_INTEGER
    assert "event.sequence: REFUSED_A_BOOL_FOR_AN_INTEGER" in str(misused)
    assert session.commit(session.ask(BolusAsked())).is_ordered is False


def test_a_call_from_within_a_call_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def step_and_ask(config: Config, state: State, event: Event) -> Outcome:
        refuse(session, Misuse.ASKED_WHILE_ANSWERING, lambda: session.ask(event))
        return step(config, state, event)

    monkeypatch.setattr(thecal.session, "step", step_and_ask)
    outcome = session.ask(SecondPassed())
    assert outcome.response is Response.SECOND_PASSED
    session.commit(outcome)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_session_has_no_twin(session: Session, duplicate: Callable[[Any], object]) -> None:
    refuse(session, Misuse.SESSION_CANNOT_BE_COPIED, lambda: duplicate(session))


def test_a_session_says_how_long_the_device_may_sleep() -> None:
    session = Session(CONFIG)
    assert session.quiet_s == SLOT_S - 1
    session.commit(session.ask(SecondsPassed(session.quiet_s)))
    assert session.state.tick == SLOT_S - 1
    assert session.quiet_s == SLOT_S
