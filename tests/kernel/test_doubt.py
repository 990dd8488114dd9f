# SPDX-License-Identifier: Apache-2.0
"""A reservoir in doubt behind a stalled motor: what the drug asks for is done when the motor turns again."""

from dataclasses import replace

import pytest
from tests.kernel.bench import CONFIG, DRUG, FILLED_NL, PRESCRIPTION, UNLISTED, fill_up, start

from thecal.events import MinimumRateAsked, MotorRecovered, MotorStalled
from thecal.limits import Config, SafeState
from thecal.state import Mode

SAFE = (
    (SafeState.KEEP_BASAL, Mode.DELIVERING),
    (SafeState.MINIMUM_RATE, Mode.MINIMUM_RATE),
    (SafeState.STOP, Mode.STOPPED),
)


def make_config(safe_state: SafeState) -> Config:
    return replace(CONFIG, library=(replace(DRUG, safe_state=safe_state), UNLISTED, UNLISTED, UNLISTED))


@pytest.mark.parametrize(("safe_state", "mode"), SAFE)
def test_a_motor_that_turns_again_in_doubt_does_what_the_drug_asks_for(safe_state: SafeState, mode: Mode) -> None:
    bench = start(PRESCRIPTION, make_config(safe_state))
    aspirated_nl = FILLED_NL + CONFIG.pump.refill_allowance_nl + 1
    bench.send(MotorStalled(), replace(fill_up(FILLED_NL), aspirated_nl=aspirated_nl))
    assert bench.state.therapy.discrepancy == 1, "more came out than can have been there"
    assert bench.state.mode == Mode.STALLED
    bench.send(MotorRecovered())
    assert bench.state.mode == mode  # FLT-04


@pytest.mark.parametrize("safe_state", SafeState)
def test_without_a_doubt_what_stalled_goes_on(safe_state: SafeState) -> None:
    bench = start(PRESCRIPTION, make_config(safe_state))
    bench.send(MotorStalled(), MotorRecovered())
    assert bench.state.mode == Mode.DELIVERING


def test_a_pump_that_stalled_at_its_minimum_rate_goes_on_at_it_in_doubt_too() -> None:
    bench = start(PRESCRIPTION, make_config(SafeState.STOP))
    aspirated_nl = FILLED_NL + CONFIG.pump.refill_allowance_nl + 1
    refill = replace(fill_up(FILLED_NL), aspirated_nl=aspirated_nl)
    bench.send(MinimumRateAsked(), MotorStalled(), refill, MotorRecovered())
    assert bench.state.mode == Mode.MINIMUM_RATE
