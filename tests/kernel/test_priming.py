# SPDX-License-Identifier: Apache-2.0
"""A prime fills the path by pulses, pushes no more past the tip than was reserved, and is booked like a bolus."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.kernel.bench import (
    CONFIG,
    PRESCRIPTION,
    PULSE_FG,
    PUMP,
    TWO_DRUGS,
    Bench,
    confirm,
    declare,
    fill_up,
    open_box,
    stage,
    start,
)

from thecal.events import (
    BolusAsked,
    MotorRecovered,
    MotorStalled,
    PathDeclared,
    PowerRestored,
    PrescriptionAbandoned,
    PrimeAsked,
    PrimeConfirmed,
    PulseReported,
    PulseResult,
    ResumeAsked,
    SecondPassed,
    SelfTestReported,
    StopAsked,
)
from thecal.outcome import Response
from thecal.state import Mode
from thecal.units import DAY_S, SLOT_S

VOLUME_NL = 20


def connect(lo_nl: int = VOLUME_NL, hi_nl: int = VOLUME_NL, bench: Bench | None = None) -> Bench:
    """A pump with fluid, and a path of about that volume that holds none of it."""
    bench = bench or open_box()
    bench.send(fill_up(), PathDeclared(volume_lo_nl=lo_nl, volume_hi_nl=hi_nl, is_filled_from_reservoir=False))
    return bench


def begin(bench: Bench, volume_nl: int = VOLUME_NL) -> Bench:
    assert bench.send(PrimeAsked(volume_nl)).response == Response.PRIME_STAGED
    assert bench.send(PrimeConfirmed(volume_nl)).response == Response.PRIME_BEGUN
    assert bench.state.mode == Mode.PRIMING
    return bench


def test_a_new_pump_is_primed_and_then_programmed() -> None:
    """Incident of a first filling: nothing is due through a path without the drug, so the pump fills it first."""
    bench = connect()
    assert bench.ask(stage(PRESCRIPTION)).response == Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG
    outcomes = begin(bench).wait(VOLUME_NL + 1)
    assert [outcome.pulse.is_ordered for outcome in outcomes] == [True] * VOLUME_NL + [False]
    assert all(outcome.pulse.upper_fg[0] == 0 for outcome in outcomes)
    assert bench.state.mode == Mode.UNPROGRAMMED
    assert bench.state.path.old == bench.state.reservoir.fluid
    assert bench.program(PRESCRIPTION).response == Response.PRESCRIPTION_CONFIRMED


def test_what_the_path_may_be_too_short_for_is_reserved_and_booked() -> None:
    """Of 20 pulses through 15 to 20 nL at most five bring the drug past the tip, and 15 bring none."""
    bench = begin(connect(15, 20))
    assert bench.state.bolus.reserved_fg == (5 * PULSE_FG, 0, 0, 0)
    bench.wait(VOLUME_NL + 1)
    assert bench.state.ledger[0].given_fg == (5 * PULSE_FG, 0, 0, 0)
    assert (bench.state.ledger[0].is_used, bench.state.ledger[0].is_patient) == (True, False)


def test_every_drug_of_a_mixture_is_booked() -> None:
    bench = open_box(TWO_DRUGS)
    bench.send(fill_up(1_000, 7), PathDeclared(15, 20, False))
    begin(bench).wait(VOLUME_NL + 1)
    assert bench.state.ledger[0].given_fg == (5 * PULSE_FG, 5 * 7, 0, 0)


def test_a_volume_between_pulses_is_rounded_up() -> None:
    bench = connect(9, 9, open_box(replace(CONFIG, pump=replace(PUMP, pulse_volume_nl=2))))
    assert sum(outcome.pulse.is_ordered for outcome in begin(bench, 9).wait(10)) == 5
    assert bench.state.path.front_hi_nl == 0


@pytest.mark.parametrize("result", [PulseResult.UNKNOWN, PulseResult.NOT_DONE])
def test_a_prime_whose_pulses_fail_ends_at_what_was_asked_and_may_be_asked_again(result: PulseResult) -> None:
    bench = begin(connect())
    for _ in range(VOLUME_NL + 1):
        outcome = bench.send(SecondPassed())
        if outcome.pulse.is_ordered:
            bench.send(PulseReported(outcome.pulse.sequence, result))
    assert bench.state.mode == Mode.UNPROGRAMMED
    assert bench.state.path.front_hi_nl == VOLUME_NL
    begin(bench)


def test_no_pulse_goes_beyond_what_was_reserved() -> None:
    """What is not foreseen ends the prime: here an invariant is broken by hand."""
    bench = begin(connect())
    path = replace(bench.state.path, front_lo_nl=0)
    bench.state = replace(bench.state, path=path)
    assert bench.send(SecondPassed()).response == Response.PRIME_ENDED


def test_a_prime_starts_the_lockout_and_counts_as_a_clinicians() -> None:
    bench = start()
    bench.send(StopAsked())
    connect(bench=bench)
    begin(bench).wait(VOLUME_NL + 1)
    assert bench.state.mode == Mode.STOPPED
    assert bench.send(ResumeAsked()).response == Response.RESUMED
    assert bench.ask(BolusAsked()).response == Response.REFUSED_BOLUS_STILL_LOCKED_OUT
    bench.wait(PRESCRIPTION.lockout_s)
    assert bench.ask(BolusAsked()).response == Response.BOLUS_GRANTED
    bench.send(StopAsked(), declare(VOLUME_NL))
    for _ in range(5):
        begin(bench).send(StopAsked())
    assert bench.ask(PrimeAsked(VOLUME_NL)).response == Response.REFUSED_CLINICIAN_BOLUS_COUNT_REACHED
    bench.state = replace(bench.state, tick=bench.state.tick + DAY_S)
    assert bench.ask(PrimeAsked(VOLUME_NL)).response == Response.PRIME_STAGED


def stop(bench: Bench) -> None:
    assert bench.send(StopAsked()).response == Response.STOPPED


def stall(bench: Bench) -> None:
    bench.send(MotorStalled())
    assert bench.ask(PrimeAsked(VOLUME_NL)).response == Response.REFUSED_MOTOR_IS_STALLED
    bench.send(MotorRecovered())


def fail(bench: Bench) -> None:
    bench.send(SelfTestReported(is_passed=False), SelfTestReported(is_passed=True))


def restart(bench: Bench) -> None:
    bench.send(PowerRestored(gap_s=0, is_last_state=True, is_time_of_day_known=True))


def refill(bench: Bench) -> None:
    bench.send(fill_up())


def declare_again(bench: Bench) -> None:
    bench.send(declare(VOLUME_NL, is_filled_from_reservoir=False))


@pytest.mark.parametrize("interrupt", [stop, stall, fail, restart, refill, declare_again])
@pytest.mark.parametrize("is_programmed", [False, True])
def test_a_prime_that_is_interrupted_is_booked_and_never_resumes(
    interrupt: Callable[[Bench], None], is_programmed: bool
) -> None:
    bench = start() if is_programmed else open_box()
    if is_programmed:
        bench.send(StopAsked())
    begin(connect(0, VOLUME_NL, bench)).wait(3)
    interrupt(bench)
    assert bench.state.mode == (Mode.STOPPED if is_programmed else Mode.UNPROGRAMMED)
    assert bench.state.ledger[0].given_fg[0] == 3 * PULSE_FG
    assert not any(outcome.pulse.is_ordered for outcome in bench.wait(5))


def test_a_program_that_is_confirmed_ends_a_prime_and_begins() -> None:
    bench = begin(_with_full_path())
    bench.wait(3)
    assert bench.send(stage(PRESCRIPTION), confirm(PRESCRIPTION)).response == Response.PRESCRIPTION_CONFIRMED
    assert bench.state.mode == Mode.DELIVERING
    assert bench.state.ledger[0].given_fg[0] == 3 * PULSE_FG


def _with_full_path() -> Bench:
    bench = open_box()
    bench.send(fill_up(), declare(VOLUME_NL))
    return bench


def test_a_prime_is_confirmed_as_it_was_read_back() -> None:
    bench = connect()
    assert bench.ask(PrimeConfirmed(VOLUME_NL)).response == Response.REFUSED_NOTHING_STAGED
    bench.send(PrimeAsked(VOLUME_NL))
    assert bench.ask(PrimeConfirmed(VOLUME_NL - 1)).response == Response.REFUSED_NOT_WHAT_WAS_STAGED
    assert bench.ask(confirm(bench.state.staged.prescription)).response == Response.REFUSED_NOTHING_STAGED
    bench.send(PrescriptionAbandoned())
    assert bench.ask(PrimeConfirmed(VOLUME_NL)).response == Response.REFUSED_NOTHING_STAGED
    bench.send(PrimeAsked(VOLUME_NL))
    bench.wait(601)
    assert bench.ask(PrimeConfirmed(VOLUME_NL)).response == Response.REFUSED_NOTHING_STAGED


def test_a_prescription_that_is_staged_takes_the_place_of_a_prime() -> None:
    bench = _with_full_path()
    bench.send(PrimeAsked(VOLUME_NL), stage(PRESCRIPTION))
    assert bench.ask(PrimeConfirmed(VOLUME_NL)).response == Response.REFUSED_NOTHING_STAGED
    bench.send(PrimeAsked(VOLUME_NL))
    assert bench.ask(confirm(PRESCRIPTION)).response == Response.REFUSED_NOTHING_STAGED


@pytest.mark.parametrize("is_in_path", [False, True])
def test_what_is_unknown_is_never_primed(is_in_path: bool) -> None:
    bench = open_box()
    bench.send(replace(fill_up(), has_unknown_drug=True), declare(VOLUME_NL, is_filled_from_reservoir=is_in_path))
    if is_in_path:
        bench.send(replace(fill_up(), is_rinsed=True))
        assert bench.state.reservoir.fluid.is_known
    assert bench.ask(PrimeAsked(VOLUME_NL)).response == Response.REFUSED_FLUID_NOT_ALLOWED


def test_a_prime_begins_with_no_more_basal_owed_than_a_pulse() -> None:
    """Its pulses start the interval anew: more would let a resumed therapy fall two pulses and an interval behind."""
    bench = connect()
    most_fg_1800 = bench.state.path.pulse_fg_max * SLOT_S
    basal = replace(bench.state.basal, owed_fg_1800=most_fg_1800 + 1)
    bench.state = replace(bench.state, basal=basal)
    begin(bench)
    assert bench.state.basal.owed_fg_1800 == most_fg_1800
