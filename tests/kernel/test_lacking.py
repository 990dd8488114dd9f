# SPDX-License-Identifier: Apache-2.0
"""What the patient may lack is booked whatever brought it about, and does not stay silent."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.kernel.bench import (
    CONFIG,
    DRUG,
    MOST_SLOT_FG,
    PRESCRIPTION,
    UNLISTED,
    Bench,
    declare,
    fill_up,
    open_box,
    start,
)

from thecal.events import (
    MinimumRateAsked,
    MotorStalled,
    PulseReported,
    PulseResult,
    ResumeAsked,
    SecondPassed,
    SecondsPassed,
    SelfTestReported,
    StopAsked,
)
from thecal.lacking import is_lacking
from thecal.quiet import compute_quiet_s
from thecal.state import Alarm
from thecal.units import DAY_S, HOUR_S, LACKING_S, SLOT_COUNT, SLOT_S

TOLERANT = replace(CONFIG, library=(replace(DRUG, shortfall_permille_max=250), UNLISTED, UNLISTED, UNLISTED))


def sleep(bench: Bench, seconds: int) -> None:
    """Let seconds pass, the quiet ones at once; pulses are done."""
    end_tick = bench.state.tick + seconds
    while bench.state.tick < end_tick:
        quiet_s = min(compute_quiet_s(bench.config, bench.state), end_tick - bench.state.tick)
        if quiet_s > 0:
            bench.send(SecondsPassed(quiet_s))
        else:
            bench.wait(1)


def is_alarmed(bench: Bench) -> bool:
    return bench.state.alarms[Alarm.THERAPY_LACKING].is_active


def stop(bench: Bench) -> None:
    bench.send(StopAsked())


def stall(bench: Bench) -> None:
    bench.send(MotorStalled())


def fail(bench: Bench) -> None:
    bench.send(SelfTestReported(is_passed=False))


def run_at_minimum_rate(bench: Bench) -> None:
    bench.send(MinimumRateAsked())


@pytest.mark.parametrize("interrupt", [stop, stall, fail, run_at_minimum_rate])
def test_a_quarter_of_a_day_without_therapy_is_tolerated_and_a_second_more_is_not(
    interrupt: Callable[[Bench], None],
) -> None:
    bench = start(config=TOLERANT)
    sleep(bench, DAY_S)
    interrupt(bench)
    sleep(bench, DAY_S // 4)
    assert not is_alarmed(bench)
    sleep(bench, 1)
    assert is_alarmed(bench)


def test_a_stop_is_not_forgotten_for_one_second_of_delivery() -> None:
    """Off therapy for less than its bound, again and again: each stop by itself stays below every bound."""
    bench = start(config=replace(TOLERANT, pump=replace(TOLERANT.pump, stop_s_max=2 * DAY_S)))
    for _ in range(3):
        bench.send(StopAsked())
        sleep(bench, 47 * HOUR_S)
        bench.send(ResumeAsked())
        sleep(bench, 1)
        assert not bench.state.alarms[Alarm.OFF_THERAPY_TOO_LONG].is_active
        assert is_alarmed(bench)


def test_a_stop_that_is_a_day_past_lacks_no_more() -> None:
    bench = start(config=TOLERANT)
    bench.send(StopAsked())
    sleep(bench, 8 * HOUR_S)
    bench.send(ResumeAsked())
    assert is_lacking(bench.config, bench.state, 0)
    sleep(bench, DAY_S + LACKING_S)
    assert not is_lacking(bench.config, bench.state, 0)
    assert sum(bench.state.therapy.lacking_fg_1800) == 0


def test_basal_that_is_delivered_lacks_nothing() -> None:
    bench = start(config=TOLERANT)
    sleep(bench, 2 * DAY_S)
    assert bench.state.therapy.lacking_fg_1800 == (0,) * 9


@pytest.mark.parametrize(("result", "is_lost"), [(PulseResult.UNKNOWN, True), (PulseResult.NOT_DONE, False)])
def test_a_pulse_that_nobody_saw_may_be_lacking_and_one_that_failed_is_still_owed(
    result: PulseResult, is_lost: bool
) -> None:
    bench = start(replace(PRESCRIPTION, slots_fg=(MOST_SLOT_FG // 2,) * SLOT_COUNT, bolus_fg=0), TOLERANT)
    bench.send(SecondPassed())
    outcome = bench.send(SecondPassed())
    assert outcome.pulse.is_ordered
    bench.send(PulseReported(outcome.pulse.sequence, result))
    assert sum(bench.state.therapy.lacking_fg_1800) == (outcome.pulse.upper_fg[0] * SLOT_S if is_lost else 0)


def test_what_a_fluid_may_be_weaker_than_it_is_debited_lacks() -> None:
    """Nothing to a fifth of 500 under 400: pulses are debited as 420, and may bring 400."""
    bench = open_box(replace(TOLERANT, pump=replace(TOLERANT.pump, residual_nl=1_000)))
    bench.send(fill_up(1_000, first_fg_per_nl=500), fill_up(4_000, first_fg_per_nl=400), declare())
    assert (bench.state.reservoir.fluid.lo[0], bench.state.reservoir.fluid.hi[0]) == (400, 420)
    bench.program(replace(PRESCRIPTION, slots_fg=(4_200,) * SLOT_COUNT, bolus_fg=0))
    sleep(bench, LACKING_S - 1)
    pulses = bench.state.flight.sequence
    assert sum(bench.state.therapy.lacking_fg_1800) == pulses * 20 * SLOT_S


def test_without_a_program_nothing_lacks() -> None:
    bench = open_box(TOLERANT)
    sleep(bench, DAY_S)
    assert bench.state.therapy.lacking_fg_1800 == (0,) * 9
