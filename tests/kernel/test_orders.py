# SPDX-License-Identifier: Apache-2.0
"""What a clinician or a patient orders: granted exactly up to its limits, and never at the cost of the basal."""

from dataclasses import replace

import pytest
from tests.kernel.bench import (
    CONFIG,
    DAY_FG,
    EVERY_OVERRIDE,
    FAST,
    MOST_SLOT_FG,
    PRESCRIPTION,
    PULSE_FG,
    Bench,
    confirm,
    declare,
    fill_up,
    open_box,
    stage,
    start,
)
from tests.simulation.values import alter

from thecal.events import (
    BolusAsked,
    ClinicianBolusAsked,
    Event,
    MotorStalled,
    PhaseMoved,
    PowerRestored,
    PrescriptionAbandoned,
    ResumeAsked,
    SelfTestReported,
    StopAsked,
)
from thecal.outcome import Response
from thecal.prescription import Prescription
from thecal.programming import STAGED_LIFE_S, compute_rotated
from thecal.state import Mode
from thecal.units import DAY_S, MASS_FG_MAX, SLOT_COUNT
from thecal_specs.reference import Reference

BOLUS_FG = PRESCRIPTION.bolus_fg


def cap(day_fg: int, hour_fg: int = MASS_FG_MAX, prescription: Prescription = PRESCRIPTION) -> Prescription:
    return replace(prescription, cap_day_fg=(day_fg, 0, 0, 0), cap_hour_fg=(hour_fg, 0, 0, 0))


def with_day(day_fg: int) -> Prescription:
    """A prescription of about so much basal a day, as much in every half hour."""
    return replace(PRESCRIPTION, slots_fg=(day_fg // SLOT_COUNT,) * SLOT_COUNT)


def give_bolus(bench: Bench) -> Response:
    """Ask for a bolus, and let it run out."""
    response = bench.send(BolusAsked()).response
    bench.wait(bench.state.program.bolus_duration_s + 10)
    return response


def test_a_third_bolus_is_refused_that_basal_still_to_come_would_push_above_the_cap() -> None:
    """Open PCA's rule forgot the basal to come: 24 a day of basal and three boluses of 1 passed under a cap of 26.5.

    Scaled: one unit is 100 pulses. Two boluses are granted, and no 24 h hold more than the cap.
    """
    unit_fg = 100 * PULSE_FG
    slots_fg = (24 * unit_fg // SLOT_COUNT,) * SLOT_COUNT
    cap_fg = 26 * unit_fg + unit_fg // 2
    open_pca = replace(PRESCRIPTION, slots_fg=slots_fg, bolus_fg=unit_fg, bolus_duration_s=300, bolus_count_max=24)
    bench = start(cap(cap_fg, prescription=open_pca))
    reference = Reference(CONFIG)
    granted = []
    for minute in range(34 * 60):
        if minute in (600, 840, 1_080):  # 100, 140 and 180 of 240 minutes
            granted.append(bench.send(BolusAsked()).response)
        for outcome in bench.wait(60):
            if outcome.pulse.is_ordered:
                reference.observe(outcome.state, StopAsked(), outcome)
    assert granted == [Response.BOLUS_GRANTED] * 2 + [Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_A_DAY]
    ends = [pulse.tick for pulse in reference.pulses][::50]
    most_fg = max(reference.compute_upper_fg(tick, DAY_S)[0] for tick in ends)
    assert 25 * unit_fg < most_fg <= cap_fg


@pytest.mark.parametrize("spare_fg", [-1, 0, 1])
def test_a_bolus_is_granted_up_to_the_cap_of_a_day(spare_fg: int) -> None:
    bench = start(cap(DAY_FG + 2 * PULSE_FG + BOLUS_FG + spare_fg))
    is_granted = bench.send(BolusAsked()).response == Response.BOLUS_GRANTED
    assert is_granted == (spare_fg >= 0)


@pytest.mark.parametrize("spare_fg", [-1, 0, 1])
def test_a_bolus_is_granted_up_to_the_cap_of_an_hour(spare_fg: int) -> None:
    bench = start(cap(MASS_FG_MAX, 4 * PULSE_FG + BOLUS_FG + spare_fg))
    is_granted = bench.send(BolusAsked()).response == Response.BOLUS_GRANTED
    assert is_granted == (spare_fg >= 0)


def test_a_bolus_fits_again_when_the_one_before_is_a_day_old() -> None:
    bench = start(replace(cap(DAY_FG + 2 * PULSE_FG + BOLUS_FG), lockout_s=0))
    assert give_bolus(bench) == Response.BOLUS_GRANTED
    end_tick = bench.state.lockout.end_tick
    bench.state = replace(bench.state, tick=end_tick + DAY_S - 1)
    assert bench.ask(BolusAsked()).response == Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_A_DAY
    bench.state = replace(bench.state, tick=end_tick + DAY_S)
    assert bench.ask(BolusAsked()).response == Response.BOLUS_GRANTED


@pytest.mark.parametrize("spare_nl", [-1, 0])
def test_a_bolus_is_granted_if_it_fits_with_the_basal_beside_it(spare_nl: int) -> None:
    basal_nl = 2 + 1  # two slots of one pulse, and what is owed, in whole pulses
    bench = start(filled_nl=BOLUS_FG // PULSE_FG + basal_nl + spare_nl)
    is_granted = bench.send(BolusAsked()).response == Response.BOLUS_GRANTED
    assert is_granted == (spare_nl >= 0)


def test_an_unfinished_bolus_counts_with_what_it_gave() -> None:
    bench = start()
    bench.send(BolusAsked())
    bench.wait(35)
    bench.send(StopAsked())
    assert bench.state.ledger[0].given_fg[0] == 5 * PULSE_FG


@pytest.mark.parametrize(
    "event",
    [
        StopAsked(),
        MotorStalled(),
        SelfTestReported(is_passed=False),
        fill_up(),
        declare(),
        PhaseMoved(slot_count=0),
        PowerRestored(gap_s=0, is_last_state=True, is_time_of_day_known=True),
    ],
    ids=lambda event: type(event).__name__,
)
def test_an_ended_bolus_never_resumes(event: Event) -> None:
    bench = start()
    bench.send(BolusAsked(), event)
    assert not bench.state.bolus.is_active
    bench.send(ResumeAsked())
    assert not any(outcome.response == Response.PULSE_ORDERED_FOR_BOLUS for outcome in bench.wait(100))


def test_a_clinicians_bolus_starts_the_lockout_of_the_patient_and_is_not_one_of_his() -> None:
    bench = start(replace(PRESCRIPTION, bolus_count_max=1))
    bench.send(ClinicianBolusAsked(mass_fg=PULSE_FG, duration_s=600), StopAsked(), ResumeAsked())
    assert bench.ask(BolusAsked()).response == Response.REFUSED_BOLUS_STILL_LOCKED_OUT
    bench.wait(PRESCRIPTION.lockout_s)
    assert bench.ask(BolusAsked()).response == Response.BOLUS_GRANTED


def test_a_cap_can_always_be_lowered_to_what_the_basal_needs() -> None:
    bench = start(replace(PRESCRIPTION, lockout_s=0))
    for _ in range(3):
        assert give_bolus(bench) == Response.BOLUS_GRANTED
    assert bench.program(cap(DAY_FG + 2 * PULSE_FG)).response == Response.PRESCRIPTION_CONFIRMED


def test_a_smaller_program_is_never_refused_for_what_was_given() -> None:
    reserve_fg = DAY_FG + 2 * PULSE_FG
    bench = start(replace(cap(reserve_fg + 2 * BOLUS_FG), lockout_s=0))
    for _ in range(2):
        assert give_bolus(bench) == Response.BOLUS_GRANTED
    smaller = replace(PRESCRIPTION, slots_fg=(PULSE_FG - 1, *PRESCRIPTION.slots_fg[1:]), bolus_fg=0)
    assert bench.program(cap(reserve_fg, prescription=smaller)).response == Response.PRESCRIPTION_CONFIRMED


@pytest.mark.parametrize("spare_fg", [-1, 0])
def test_basal_is_raised_up_to_what_boluses_left_of_the_cap(spare_fg: int) -> None:
    bench = start(cap(DAY_FG + 2 * PULSE_FG + BOLUS_FG))
    assert give_bolus(bench) == Response.BOLUS_GRANTED
    raised = replace(PRESCRIPTION, slots_fg=(PULSE_FG + 500, *PRESCRIPTION.slots_fg[1:]))
    response = bench.program(cap(DAY_FG + 500 + 2 * PULSE_FG + BOLUS_FG + spare_fg, prescription=raised)).response
    assert (response == Response.PRESCRIPTION_CONFIRMED) == (spare_fg >= 0)


def test_the_old_program_runs_until_the_new_one_is_confirmed() -> None:
    bench = start()
    bench.send(stage(FAST))
    assert bench.wait(1)[0].state.program == PRESCRIPTION
    bench.send(confirm(FAST))
    assert (bench.state.program, bench.state.mode) == (FAST, Mode.DELIVERING)


def test_what_is_owed_is_kept_over_a_new_program() -> None:
    bench = start()
    bench.wait(1_000)
    bench.program(FAST)
    assert bench.state.basal.owed_fg_1800 == 1_000 * PULSE_FG


@pytest.mark.parametrize("waited_s", [STAGED_LIFE_S, STAGED_LIFE_S + 1])
def test_a_staged_order_lives_ten_minutes(waited_s: int) -> None:
    bench = start()
    bench.send(stage(FAST))
    bench.wait(waited_s)
    is_confirmed = bench.send(confirm(FAST)).response == Response.PRESCRIPTION_CONFIRMED
    assert is_confirmed == (waited_s <= STAGED_LIFE_S)


@pytest.mark.parametrize(
    "event",
    [
        PrescriptionAbandoned(),
        fill_up(),
        declare(),
        PowerRestored(gap_s=0, is_last_state=True, is_time_of_day_known=True),
        PhaseMoved(slot_count=1),
    ],
    ids=lambda event: type(event).__name__,
)
def test_a_staged_order_dies_with_what_it_was_made_on(event: Event) -> None:
    bench = start()
    bench.send(stage(FAST), event)
    assert bench.send(confirm(FAST)).response == Response.REFUSED_NOTHING_STAGED


@pytest.mark.parametrize("slot_count", range(SLOT_COUNT))
def test_a_phase_move_brings_every_slot_later(slot_count: int) -> None:
    slots = tuple(range(SLOT_COUNT))
    assert compute_rotated(slots, slot_count) == tuple((i - slot_count) % SLOT_COUNT for i in slots)


def test_a_slot_moved_back_after_each_use_is_not_given_all_day() -> None:
    """One slot of 60, moved along with the clock, would make 2,880 a day: the envelope sees each move as a raise."""
    slots_fg = (60 * PULSE_FG, *(0,) * (SLOT_COUNT - 1))
    bench = open_box()
    bench.send(fill_up(), declare())
    bench.program(cap(100 * PULSE_FG, prescription=replace(PRESCRIPTION, slots_fg=slots_fg, bolus_fg=0)))
    assert bench.state.mode == Mode.DELIVERING
    assert bench.send(PhaseMoved(slot_count=1)).response == Response.REFUSED_BASAL_RAISED_TOO_SOON_AFTER_BOLUSES


def test_a_program_at_the_motors_limit_is_accepted_and_delivered() -> None:
    fastest = replace(PRESCRIPTION, slots_fg=(MOST_SLOT_FG,) * SLOT_COUNT, bolus_fg=0)
    bench = start(fastest)
    assert all(outcome.pulse.is_ordered for outcome in bench.wait(50))


@pytest.mark.parametrize("field", ["slots_fg", "bolus_fg", "lockout_s", "cap_day_fg", "low_reservoir_nl"])
def test_a_confirmation_that_differs_in_one_value_confirms_nothing(field: str) -> None:
    bench = start()
    bench.send(stage(FAST, EVERY_OVERRIDE))
    value = getattr(FAST, field)
    other = (value[0] + 1, *value[1:]) if isinstance(value, tuple) else value + 1
    before = bench.state
    assert bench.send(confirm(alter(FAST, **{field: other}))).response == Response.REFUSED_NOT_WHAT_WAS_STAGED
    assert bench.state == before


def test_going_back_towards_a_smaller_dose_is_no_increase() -> None:
    """The larger dose runs with its override; less of it needs none, and as much again does."""
    strict = replace(CONFIG.library[0], titration_permille=100)
    bench = start(with_day(DAY_FG), config=replace(CONFIG, library=(strict, *CONFIG.library[1:])))
    without = replace(EVERY_OVERRIDE, is_increase=False)
    assert bench.ask(stage(with_day(2 * DAY_FG), without)).response == Response.REFUSED_INCREASE_BEYOND_THE_ALLOWANCE
    assert bench.program(with_day(2 * DAY_FG)).response == Response.PRESCRIPTION_CONFIRMED
    assert bench.send(stage(with_day(DAY_FG * 19 // 10), without)).response == Response.PRESCRIPTION_STAGED
    assert bench.send(confirm(with_day(DAY_FG * 19 // 10))).response == Response.PRESCRIPTION_CONFIRMED
    assert bench.ask(stage(with_day(2 * DAY_FG), without)).response == Response.REFUSED_INCREASE_BEYOND_THE_ALLOWANCE
