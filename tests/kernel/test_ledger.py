# SPDX-License-Identifier: Apache-2.0
"""Windows are exact: a bolus counts for 86,400 ticks after it, and not for one more."""

from dataclasses import replace
from random import Random

import pytest
from tests.kernel.bench import CONFIG, MOST_SLOT_FG, PRESCRIPTION, Bench, start

from thecal.events import (
    BolusAsked,
    Event,
    MotorRecovered,
    MotorStalled,
    PulseReported,
    PulseResult,
    ResumeAsked,
    SecondPassed,
    StopAsked,
)
from thecal.ledger import (
    compute_given_day_fg,
    compute_given_hour_fg,
    compute_patient_count,
    is_locked_out,
    with_bolus_ended,
)
from thecal.outcome import Response
from thecal.state import NO_BOLUS, LedgerEntry, State
from thecal.units import DAY_S, HOUR_S, LEDGER_LENGTH, NO_MASSES, SLOT_COUNT
from thecal_specs.reference import Reference

BOLUS_FG = PRESCRIPTION.bolus_fg
FREE = replace(PRESCRIPTION, lockout_s=0, bolus_count_max=1)


def jump_to(bench: Bench, tick: int) -> None:
    """Pretend that nothing happened until shortly before a tick, and let that tick pass."""
    bench.state = replace(bench.state, tick=tick - 1)
    bench.wait(1)


def give_bolus(bench: Bench) -> int:
    """A whole bolus; the tick at which it ended."""
    bench.send(BolusAsked())
    bench.wait(70)
    assert not bench.state.bolus.is_active
    return bench.state.lockout.end_tick


@pytest.mark.parametrize(("compute", "span_s"), [(compute_given_day_fg, DAY_S), (compute_given_hour_fg, HOUR_S)])
def test_a_bolus_counts_until_exactly_its_window_has_passed(compute, span_s: int) -> None:  # type: ignore[no-untyped-def]
    bench = start()
    end_tick = give_bolus(bench)
    ledger = bench.state.ledger
    assert compute(ledger, end_tick + span_s - 1)[0] == BOLUS_FG
    assert compute(ledger, end_tick + span_s) == NO_MASSES


def test_a_bolus_is_counted_until_exactly_24_hours_after_its_start() -> None:
    bench = start(FREE)
    start_tick = bench.state.tick
    give_bolus(bench)
    jump_to(bench, start_tick + DAY_S - 1)
    assert bench.ask(BolusAsked()).response == Response.REFUSED_BOLUS_COUNT_REACHED
    bench.wait(1)
    assert bench.ask(BolusAsked()).response == Response.BOLUS_GRANTED


@pytest.mark.parametrize("lockout_s", [1, 100, DAY_S])
def test_a_lockout_runs_from_the_end_and_is_over_at_its_last_second(lockout_s: int) -> None:
    bench = start(replace(PRESCRIPTION, lockout_s=lockout_s, bolus_count_max=24))
    end_tick = give_bolus(bench)
    bench.state = replace(bench.state, tick=end_tick + lockout_s - 1)
    assert bench.ask(BolusAsked()).response == Response.REFUSED_BOLUS_STILL_LOCKED_OUT
    bench.state = replace(bench.state, tick=end_tick + lockout_s)
    assert bench.ask(BolusAsked()).response == Response.BOLUS_GRANTED


def test_a_longer_lockout_prescribed_later_holds_for_the_last_bolus() -> None:
    bench = start(PRESCRIPTION)
    end_tick = give_bolus(bench)
    bench.program(replace(PRESCRIPTION, lockout_s=1_000))
    assert is_locked_out(bench.state.lockout, end_tick + 999)
    assert not is_locked_out(bench.state.lockout, end_tick + 1_000)


def test_a_shorter_lockout_prescribed_later_does_not_shorten_one_that_runs() -> None:
    bench = start(PRESCRIPTION)
    end_tick = give_bolus(bench)
    bench.program(replace(PRESCRIPTION, lockout_s=0))
    assert is_locked_out(bench.state.lockout, end_tick + PRESCRIPTION.lockout_s - 1)
    assert not is_locked_out(bench.state.lockout, end_tick + PRESCRIPTION.lockout_s)


def test_an_aborted_bolus_of_no_pulse_has_begun_and_ended() -> None:
    bench = start(FREE)
    bench.send(BolusAsked(), StopAsked())
    entry = bench.state.ledger[0]
    assert (entry.is_used, entry.is_patient, entry.given_fg) == (True, True, NO_MASSES)
    assert compute_patient_count(bench.state.ledger, bench.state.tick) == 1


def test_a_bolus_that_began_before_the_window_counts_with_all_of_it() -> None:
    bench = start(replace(PRESCRIPTION, bolus_duration_s=DAY_S, slots_fg=(0,) * SLOT_COUNT))
    bench.send(BolusAsked())
    jump_to(bench, DAY_S)
    bench.wait(20)
    assert not bench.state.bolus.is_active
    assert compute_given_hour_fg(bench.state.ledger, bench.state.tick)[0] == BOLUS_FG


def test_without_a_bolus_nothing_ends() -> None:
    state = start().state
    assert state.bolus == NO_BOLUS
    assert with_bolus_ended(state) is state


def test_the_oldest_entry_makes_room_for_the_newest() -> None:
    bench = start(replace(PRESCRIPTION, lockout_s=0, bolus_count_max=24))
    ticks = []
    for _ in range(LEDGER_LENGTH + 1):
        bench.wait(1)
        bench.send(BolusAsked(), StopAsked(), ResumeAsked())
        ticks.append(bench.state.tick)
        bench.state = replace(bench.state, tick=bench.state.tick + DAY_S)
    assert [entry.end_tick for entry in bench.state.ledger] == ticks[:0:-1]


def assert_books_agree(reference: Reference, state: State) -> None:
    """The kernel's ledger and lockout against an account that keeps every pulse."""
    tick = state.tick
    assert compute_given_day_fg(state.ledger, tick) == reference.compute_boluses_fg(tick, DAY_S)
    assert compute_given_hour_fg(state.ledger, tick) == reference.compute_boluses_fg(tick, HOUR_S)
    began = compute_patient_count(state.ledger, tick) + (state.bolus.is_active and state.bolus.is_patient)
    assert began == reference.count_patient_starts(tick, DAY_S)
    assert is_locked_out(state.lockout, tick) == (tick < reference.compute_locked_until())


@pytest.mark.parametrize("seed", range(4))
def test_windows_agree_with_an_account_of_every_pulse(seed: int) -> None:
    """Boluses, aborted or not, and leaps that bring their windows to an end."""
    rng = Random(seed)
    slots_fg = (MOST_SLOT_FG // 4,) * SLOT_COUNT
    bench = start(replace(PRESCRIPTION, slots_fg=slots_fg, bolus_duration_s=20, lockout_s=30, bolus_count_max=5))
    reference = Reference(CONFIG)
    events: tuple[Event, ...] = (BolusAsked(), StopAsked(), ResumeAsked(), MotorStalled(), MotorRecovered())
    for _ in range(600):
        event = rng.choice((SecondPassed(),) * 40 + events + (BolusAsked(), ResumeAsked()) * 2)
        if bench.state.flight.is_pending:
            result = rng.choice((PulseResult.DONE,) * 30 + tuple(PulseResult))
            event = PulseReported(sequence=bench.state.flight.sequence, result=result)
        before = bench.state
        reference.observe(before, event, bench.send(event))
        assert_books_agree(reference, bench.state)
        if rng.randrange(40) == 0 and not bench.state.bolus.is_active:
            ends = [entry.end_tick for entry in bench.state.ledger if entry.is_used] or [0]
            tick = rng.choice(ends) + rng.choice((HOUR_S, DAY_S)) - rng.randrange(3)
            bench.state = replace(bench.state, tick=max(bench.state.tick, tick))
            assert_books_agree(reference, bench.state)
    assert len(reference.boluses) > 3


@pytest.mark.parametrize(("given_fg", "expected_fg"), [(-1, 0), (7, 7 * LEDGER_LENGTH), (10**17, 10**15)])
def test_what_boluses_brought_is_no_debt_and_at_most_beyond_all_limits(given_fg: int, expected_fg: int) -> None:
    """A debt in a damaged ledger would make room for a bolus that does not fit, and a sum beyond 64 bits would too."""
    entry = LedgerEntry(True, True, start_tick=0, end_tick=1, given_fg=(given_fg,) * 4)
    assert compute_given_day_fg((entry,) * LEDGER_LENGTH, tick=2) == (expected_fg,) * 4, "bounded on both sides"
