# SPDX-License-Identifier: Apache-2.0
"""Second by second: basal is given when it is due, a bolus evenly beside it, and never more than the reservoir has."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.kernel.bench import CONFIG, FAST, PRESCRIPTION, PULSE_FG, PUMP, Bench, fill_up, start

from thecal.events import (
    BolusAsked,
    MinimumRateAsked,
    MotorRecovered,
    MotorStalled,
    PulseReported,
    PulseResult,
    ResumeAsked,
    SecondPassed,
    StopAsked,
)
from thecal.outcome import Outcome, Response
from thecal.state import Mode
from thecal.units import SLOT_COUNT, SLOT_S, TICK_MAX

ODD = replace(PRESCRIPTION, slots_fg=tuple(1_000 * (i % 7) + 333 for i in range(SLOT_COUNT)), bolus_fg=0)


def list_pulse_ticks(outcomes: list[Outcome]) -> list[int]:
    return [outcome.state.tick for outcome in outcomes if outcome.pulse.is_ordered]


def is_in(bench: Bench, mode: Mode) -> bool:
    return bench.state.mode == mode


def test_basal_is_given_in_the_second_in_which_a_pulse_of_it_is_due() -> None:
    bench = start(ODD)
    due_fg_1800 = 0
    for outcome in bench.wait(6 * SLOT_S):
        due_fg_1800 += ODD.slots_fg[outcome.state.tick // SLOT_S]
        is_due = due_fg_1800 >= PULSE_FG * SLOT_S
        assert outcome.pulse.is_ordered == is_due
        due_fg_1800 -= PULSE_FG * SLOT_S * is_due
        assert outcome.state.basal.owed_fg_1800 == due_fg_1800


def test_pulses_keep_the_shortest_interval() -> None:
    config = replace(CONFIG, pump=replace(PUMP, pulse_interval_s=7))
    bench = start(replace(PRESCRIPTION, slots_fg=(SLOT_S // 7 * PULSE_FG,) * SLOT_COUNT, bolus_fg=0), config)
    assert list_pulse_ticks(bench.wait(70)) == [8, 15, 22, 29, 36, 43, 50, 57, 64]


def test_a_bolus_is_spread_evenly_over_its_duration() -> None:
    bench = start()
    bench.send(BolusAsked())
    assert list_pulse_ticks(bench.wait(200)) == [6, 12, 18, 24, 30, 36, 42, 48, 54, 60]
    assert bench.state.ledger[0].given_fg[0] == PRESCRIPTION.bolus_fg


def test_a_remainder_below_a_pulse_is_not_given() -> None:
    bench = start(replace(PRESCRIPTION, bolus_fg=2 * PULSE_FG + PULSE_FG - 1))
    bench.send(BolusAsked())
    assert len(list_pulse_ticks(bench.wait(200))) == 2
    assert not bench.state.bolus.is_active
    assert bench.state.ledger[0].given_fg[0] == 2 * PULSE_FG


def test_basal_goes_before_a_bolus() -> None:
    """One pulse of basal every two seconds, and a bolus that needs every other one."""
    bench = start(replace(FAST, bolus_fg=5 * PULSE_FG, bolus_duration_s=10))
    bench.send(BolusAsked())
    responses = [outcome.response for outcome in bench.wait(10)]
    basal, bolus = Response.PULSE_ORDERED_FOR_BASAL, Response.PULSE_ORDERED_FOR_BOLUS
    assert responses == [Response.SECOND_PASSED, basal] + [bolus, basal] * 4
    assert bench.send(SecondPassed()).response == bolus


def test_the_reservoir_is_used_down_to_its_residual() -> None:
    config = replace(CONFIG, pump=replace(PUMP, residual_nl=10))
    bench = start(replace(FAST, bolus_fg=0), config, filled_nl=13)
    assert len(list_pulse_ticks(bench.wait(20))) == 3
    assert is_in(bench, Mode.EMPTY)
    assert bench.state.reservoir.volume_lo_nl == 10


def test_a_bolus_ends_first_and_basal_keeps_the_rest() -> None:
    """What nobody reports may have moved: the bolus was granted for less."""
    bench = start(filled_nl=40)
    bench.send(BolusAsked())
    bench.state = replace(bench.state, reservoir=replace(bench.state.reservoir, volume_lo_nl=2))
    bench.wait(18)
    assert not bench.state.bolus.is_active
    assert is_in(bench, Mode.DELIVERING)
    bench.wait(SLOT_S)
    assert is_in(bench, Mode.EMPTY)


def test_an_empty_pump_goes_on_after_a_refill() -> None:
    bench = start(replace(FAST, bolus_fg=0), filled_nl=1)
    bench.wait(10)
    assert is_in(bench, Mode.EMPTY)
    bench.send(fill_up())
    assert is_in(bench, Mode.DELIVERING)
    assert len(list_pulse_ticks(bench.wait(10))) in (5, 6)


@pytest.mark.parametrize("is_stalled_meanwhile", [False, True])
def test_an_empty_pump_at_its_minimum_rate_goes_on_at_that(is_stalled_meanwhile: bool) -> None:
    """A clinician had taken the therapy down; to fill the reservoir is no order to take it up again."""
    config = replace(CONFIG, pump=replace(PUMP, slot_volume_nl_min=1))
    bench = start(replace(FAST, bolus_fg=0), config, filled_nl=1)
    bench.send(MinimumRateAsked())
    bench.wait(2 * SLOT_S + 1)
    assert is_in(bench, Mode.EMPTY)
    if is_stalled_meanwhile:
        bench.send(MotorStalled())
    bench.send(fill_up())
    if is_stalled_meanwhile:
        assert is_in(bench, Mode.STALLED)
        bench.send(MotorRecovered())
    assert is_in(bench, Mode.MINIMUM_RATE)
    bench.send(ResumeAsked())
    assert is_in(bench, Mode.DELIVERING)


def interrupt_by_stop(bench: Bench) -> None:
    bench.send(StopAsked())
    bench.wait(SLOT_S)
    bench.send(ResumeAsked())


def interrupt_by_stall(bench: Bench) -> None:
    bench.send(MotorStalled())
    bench.wait(SLOT_S)
    bench.send(MotorRecovered())


def interrupt_by_minimum_rate(bench: Bench) -> None:
    bench.send(MinimumRateAsked())
    bench.wait(SLOT_S)
    bench.send(ResumeAsked())


@pytest.mark.parametrize("interrupt", [interrupt_by_stop, interrupt_by_stall, interrupt_by_minimum_rate])
def test_what_was_missed_is_not_made_up(interrupt: Callable[[Bench], None]) -> None:
    bench = start(replace(FAST, bolus_fg=0))
    bench.wait(7)
    interrupt(bench)
    assert len(list_pulse_ticks(bench.wait(10))) == 5


@pytest.mark.parametrize("result", PulseResult)
def test_only_what_surely_did_not_move_is_given_again(result: PulseResult) -> None:
    bench = start()
    outcome = bench.wait(SLOT_S, is_reported=False)[-1]
    bench.send(PulseReported(sequence=outcome.pulse.sequence, result=result))
    ticks = list_pulse_ticks(bench.wait(SLOT_S))
    assert ticks == [SLOT_S + 1, 2 * SLOT_S][result != PulseResult.NOT_DONE :]


def test_a_pulse_that_fails_again_and_again_is_tried_at_each_interval_and_no_debt_grows() -> None:
    bench = start()
    for _ in range(SLOT_S + 100):
        outcome = bench.send(SecondPassed())
        if outcome.pulse.is_ordered:
            bench.send(PulseReported(sequence=outcome.pulse.sequence, result=PulseResult.NOT_DONE))
    assert bench.state.flight.sequence == 101
    assert list_pulse_ticks(bench.wait(SLOT_S)) == [SLOT_S + 101, 2 * SLOT_S + 100]


def test_a_pulse_without_a_report_counts_as_unknown_before_the_next() -> None:
    bench = start(FAST)
    bench.wait(2, is_reported=False)
    before = bench.state
    bench.wait(1)
    assert not bench.state.flight.is_pending
    assert bench.state.reservoir.volume_lo_nl == before.reservoir.volume_lo_nl - 1
    assert bench.state.reservoir.volume_hi_nl == before.reservoir.volume_hi_nl


def test_service_ends_with_its_last_tick_and_nothing_follows() -> None:
    bench = start(FAST)
    bench.send(BolusAsked())
    bench.state = replace(bench.state, tick=TICK_MAX - 1)
    bench.wait(1)
    assert (bench.state.mode, bench.state.bolus.is_active) == (Mode.END_OF_SERVICE, False)
    last = bench.state
    bench.wait(3)
    assert bench.state == last
