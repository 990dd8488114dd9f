# SPDX-License-Identifier: Apache-2.0
"""The process that reckons worst cases for the page: signals do not end it, its page does, and its death is told."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from multiprocessing import active_children
from multiprocessing.process import BaseProcess

import pytest
from tests.adapters.desks import CONFIG

from thecal.events import (
    ClinicianBolusAsked,
    Event,
    MinimumRateAsked,
    PathDeclared,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PrimeAsked,
    PrimeConfirmed,
    RefillDone,
    StopAsked,
)
from thecal.outcome import Response
from thecal.prescription import NO_OVERRIDES, compute_no_prescription
from thecal.state import State, initial_state
from thecal.step import step
from thecal_adapters.programmer.forecast import Extreme, Forecast, ProcessForecaster, Reckoning, reckon_on

PATIENCE_S = 300.0  # for slow machines; nothing that is right waits for its end
STATE = initial_state(CONFIG)
MCG_FG = 1_000_000_000
PROGRAM = replace(compute_no_prescription(CONFIG), slots_fg=(1,) * 48)


def begin(forecaster: ProcessForecaster) -> Reckoning:
    return forecaster.begin(STATE, PROGRAM, NO_OVERRIDES)


def get(reckoning: Reckoning) -> Forecast:
    reckoning.wait(PATIENCE_S)
    assert reckoning.ready()
    return reckoning.get()


@pytest.fixture
def working() -> Iterator[tuple[ProcessForecaster, BaseProcess]]:
    """A forecaster that has answered once and waits for the next question, and its process."""
    before = set(active_children())
    with closing(ProcessForecaster(CONFIG, ("morphine",))) as forecaster:
        get(begin(forecaster))
        (process,) = set(active_children()) - before
        yield forecaster, process
    process.join(PATIENCE_S)
    assert not process.is_alive()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_that_all_processes_get_leaves_it_to_the_page_to_end(
    working: tuple[ProcessForecaster, BaseProcess], name: str
) -> None:
    forecaster, process = working
    os.kill(process.pid or 0, getattr(signal, name))
    assert get(begin(forecaster)).problem == ""
    assert process.is_alive()


def test_that_it_was_killed_is_told_and_no_page_waits_for_it(working: tuple[ProcessForecaster, BaseProcess]) -> None:
    forecaster, process = working
    process.kill()
    process.join(PATIENCE_S)
    assert "start the programmer again" in get(begin(forecaster)).problem


def test_it_ends_with_the_page_in_the_middle_of_a_question(working: tuple[ProcessForecaster, BaseProcess]) -> None:
    forecaster, process = working
    reckoning = begin(forecaster)
    forecaster.close()
    process.join(PATIENCE_S)
    assert not process.is_alive()
    assert reckoning.ready()


FILLED = (RefillDone(0, 18_000_000, (10_000_000, 0, 0, 0), False, False), PathDeclared(300_000, 332_000, True))
DAY = replace(
    PROGRAM,
    slots_fg=(50 * MCG_FG,) * 48,
    cap_day_fg=(3_500 * MCG_FG, 0, 0, 0),
    cap_hour_fg=(400 * MCG_FG, 0, 0, 0),
)
RUNNING = (*FILLED, PrescriptionStaged(DAY, replace(NO_OVERRIDES, is_increase=True)), PrescriptionConfirmed(DAY))


def look_at(*events: Event) -> tuple[State, list[Extreme]]:
    """The state after some orders, and the forecast of an hour and of a day from there."""
    state = STATE
    for event in events:
        outcome = step(CONFIG, state, event)
        assert not Response(outcome.response).name.startswith("REFUSED"), outcome.response
        state = outcome.state
    found = reckon_on(CONFIG, ("morphine",), state)
    assert found.problem == ""
    assert not found.is_counted
    return state, list(found.extremes)


def tell_mcg(extremes: list[Extreme]) -> list[tuple[float, ...]]:
    """The most, the most that was reached, the least that was reached, the least: of an hour and of a day."""
    return [
        tuple(fg / MCG_FG for fg in (each.most_fg, each.most_reached_fg, each.least_reached_fg, each.least_fg))
        for each in extremes
    ]


def test_a_bolus_is_told_with_its_dose_within_the_caps_and_beside_what_is_scheduled() -> None:
    _, extremes = look_at(*RUNNING, ClinicianBolusAsked(100 * MCG_FG, 600))
    assert tell_mcg(extremes) == [(400, 200, 100, 95), (3_500, 2_500, 2_500, 2_395)]


def test_after_a_stop_there_is_at_most_the_pulse_in_flight_and_at_least_nothing() -> None:
    _, extremes = look_at(*RUNNING, StopAsked())
    assert tell_mcg(extremes) == [(2.5, 0, 0, 0)] * 2
    assert all(each.is_least_exact and each.has_boluses is None for each in extremes)


def test_at_the_minimum_rate_the_caps_bound_and_the_replay_tells_what_keeps_the_pump_alive() -> None:
    _, extremes = look_at(*RUNNING, MinimumRateAsked())
    assert tell_mcg(extremes) == [(400, 20, 20, 0), (3_500, 480, 480, 0)]


def test_a_prime_is_told_by_what_is_reserved_for_it_and_a_pulse() -> None:
    state, extremes = look_at(*FILLED, PrimeAsked(20_000), PrimeConfirmed(20_000))
    assert state.bolus.reserved_fg[0] == 200 * MCG_FG
    assert tell_mcg(extremes) == [(202.5, 200, 0, 0), (202.5, 200, 200, 0)]
