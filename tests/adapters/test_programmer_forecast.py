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

from thecal.prescription import NO_OVERRIDES, compute_no_prescription
from thecal.state import initial_state
from thecal_adapters.programmer.forecast import Forecast, ProcessForecaster, Reckoning

PATIENCE_S = 300.0  # for slow machines; nothing that is right waits for its end
STATE = initial_state(CONFIG)
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
