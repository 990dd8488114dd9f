# SPDX-License-Identifier: Apache-2.0
"""A corrupt state is never run: a sealed capsule goes on as its drugs need it, and else nothing does."""

from dataclasses import replace

import pytest
from tests.kernel.bench import CONFIG, DRUG, FAST, PRESCRIPTION, PUMP, UNLISTED, Bench, fill_up, open_box, start

from thecal.boundary import INTEGER_MAX, INTEGER_MIN
from thecal.capsule import CHECKSUM_MODULUS, Capsule, compute_added, is_sealed, make_capsule, restore
from thecal.events import BolusAsked, ResumeAsked, StopAsked
from thecal.limits import Config, SafeState
from thecal.outcome import Response
from thecal.session import Session
from thecal.state import Alarm, Mode, State


def with_safe_state(safe_state: SafeState) -> Config:
    return replace(CONFIG, library=(replace(DRUG, safe_state=safe_state), UNLISTED, UNLISTED, UNLISTED))


def damage(state: State) -> State:
    return replace(state, basal=replace(state.basal, owed_fg_1800=-1))


@pytest.mark.parametrize(
    ("safe_state", "mode"),
    [
        (SafeState.KEEP_BASAL, Mode.DELIVERING),
        (SafeState.MINIMUM_RATE, Mode.MINIMUM_RATE),
        (SafeState.STOP, Mode.STOPPED),
    ],
)
def test_the_capsules_program_goes_on_as_its_drug_needs_it(safe_state: SafeState, mode: Mode) -> None:
    bench = start(FAST, with_safe_state(safe_state))
    bench.wait(100)
    capsule = make_capsule(bench.state)
    found = restore(bench.config, damage(bench.state), capsule)
    assert (found.mode, found.program, found.tick) == (mode, FAST, 100)
    assert found.alarms[Alarm.RESTARTED].is_active
    assert Bench(bench.config, found).ask(BolusAsked()).response in (
        Response.REFUSED_BOLUS_WHILE_NOT_DELIVERING,
        Response.REFUSED_BOLUS_STILL_LOCKED_OUT,
    )


def test_an_intact_state_goes_on_whatever_the_capsule() -> None:
    bench = start()
    assert restore(bench.config, bench.state, make_capsule(open_box().state)) == bench.state


def test_no_pulse_number_is_used_twice() -> None:
    bench = start(FAST)
    bench.wait(50)
    found = Bench(bench.config, restore(bench.config, damage(bench.state), make_capsule(bench.state)))
    orders = [outcome.pulse.sequence for outcome in found.wait(10) if outcome.pulse.is_ordered]
    assert orders[0] > bench.state.flight.sequence


def break_checksum(capsule: Capsule) -> Capsule:
    return replace(capsule, checksum=capsule.checksum + 1)


def break_program(capsule: Capsule) -> Capsule:
    return replace(capsule, program=replace(capsule.program, low_reservoir_nl=1))


def break_fluid(capsule: Capsule) -> Capsule:
    reservoir = replace(capsule.reservoir, fluid=replace(capsule.reservoir.fluid, is_known=False))
    return replace(capsule, reservoir=reservoir)


@pytest.mark.parametrize("breach", [break_checksum, break_program, break_fluid])
def test_a_broken_capsule_leaves_the_pump_as_it_left_the_box(breach: object) -> None:
    bench = start()
    bench.wait(5)
    assert callable(breach)
    broken = breach(make_capsule(bench.state))
    assert not is_sealed(bench.config, broken)
    found = restore(bench.config, damage(bench.state), broken)
    assert (found.mode, found.is_programmed, found.tick) == (Mode.UNPROGRAMMED, False, 5)
    assert not found.path.is_declared
    assert found.alarms[Alarm.RESTARTED].is_active


def test_a_capsule_without_an_admitted_program_brings_none() -> None:
    bench = start()
    bench.send(replace(fill_up(), has_unknown_drug=True))
    found = restore(bench.config, damage(bench.state), make_capsule(bench.state))
    assert not found.is_programmed


def test_a_sealed_program_that_its_fluids_do_not_bear_does_not_run() -> None:
    """The seal holds and the content does not: made under a library that has been made stricter since."""
    bench = start(FAST)
    strict = replace(
        CONFIG,
        library=(
            replace(DRUG, concentration_fg_per_nl_max=1, concentration_fg_per_nl_soft=1),
            UNLISTED,
            UNLISTED,
            UNLISTED,
        ),
    )
    found = restore(strict, damage(bench.state), make_capsule(bench.state))
    assert (found.mode, found.is_programmed) == (Mode.UNPROGRAMMED, False)


def test_the_front_may_be_at_the_tip() -> None:
    bench = start(config=replace(CONFIG, pump=replace(PUMP, residual_nl=10)))
    bench.state = replace(bench.state, path=replace(bench.state.path, volume_lo_nl=90, volume_hi_nl=100))
    bench.send(StopAsked(), fill_up(), ResumeAsked())
    assert bench.state.path.front_lo_nl == 90
    found = restore(bench.config, damage(bench.state), make_capsule(bench.state))
    assert (found.path.front_lo_nl, found.path.front_hi_nl) == (0, 100)


@pytest.mark.parametrize("value", [INTEGER_MIN, -1, 0, 1, INTEGER_MAX])
def test_any_number_goes_into_a_checksum(value: int) -> None:
    assert 0 <= compute_added(CHECKSUM_MODULUS - 1, value) < CHECKSUM_MODULUS
    assert compute_added(7, value) != compute_added(8, value)


def test_a_session_never_runs_a_corrupt_state() -> None:
    bench = start(PRESCRIPTION)
    session = Session(bench.config, bench.state)
    assert session.state == bench.state
    assert Session(bench.config, damage(bench.state), session.capsule).state.mode == Mode.DELIVERING
    assert Session(bench.config, damage(bench.state)).state.mode == Mode.UNPROGRAMMED
