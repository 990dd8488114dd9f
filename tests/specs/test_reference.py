# SPDX-License-Identifier: Apache-2.0
"""The account of every pulse adds up, by hand-made histories whose sums are known."""

from dataclasses import replace

import pytest
from tests.kernel.bench import (
    CONFIG,
    FAST,
    FILLED_NL,
    PRESCRIPTION,
    PULSE_FG,
    Bench,
    confirm,
    declare,
    fill_up,
    open_box,
    stage,
)

from thecal.events import BolusAsked, Event, PulseReported, PulseResult, ResumeAsked, SecondPassed, StopAsked
from thecal.prescription import Prescription
from thecal.units import DAY_S, HOUR_S, MASS_FG_MAX, NO_MASSES
from thecal_specs.reference import Reference


class Watched(Bench):
    """A pump on the bench, with an account of what happens."""

    def __init__(self) -> None:
        box = open_box()
        super().__init__(box.config, box.state)
        self.reference = Reference(CONFIG)

    def happen(self, *events: Event) -> None:
        for event in events:
            before = self.state
            self.reference.observe(before, event, self.send(event))

    def prescribe(self, prescription: Prescription) -> None:
        self.happen(stage(prescription), confirm(prescription))

    def run(self, seconds: int, result: PulseResult | None = PulseResult.DONE) -> None:
        """Let seconds pass; what becomes of their pulses."""
        for _ in range(seconds):
            self.happen(SecondPassed())
            if self.state.flight.is_pending and result is not None:
                self.happen(PulseReported(sequence=self.state.flight.sequence, result=result))


@pytest.fixture
def pump() -> Watched:
    """One pulse every two seconds, from the first tick on."""
    watched = Watched()
    watched.happen(fill_up(), declare())
    watched.prescribe(replace(FAST, lockout_s=10, bolus_duration_s=100))
    return watched


def test_a_window_holds_its_last_second_and_not_the_one_before_its_first(pump: Watched) -> None:
    pump.run(10)
    assert [pulse.tick for pulse in pump.reference.pulses] == [2, 4, 6, 8, 10]
    assert pump.reference.compute_upper_fg(10, 4)[0] == 2 * PULSE_FG
    assert pump.reference.compute_upper_fg(10, 5)[0] == 3 * PULSE_FG
    assert pump.reference.compute_upper_fg(9, 1) == NO_MASSES


def test_windows_side_by_side_add_up(pump: Watched) -> None:
    pump.run(50)
    for cut in range(51):
        first, second = (pump.reference.compute_upper_fg(tick, span) for tick, span in ((cut, cut), (50, 50 - cut)))
        assert first[0] + second[0] == 25 * PULSE_FG


@pytest.mark.parametrize(
    ("result", "upper", "lower"),
    [(PulseResult.DONE, 5, 5), (PulseResult.UNKNOWN, 5, 0), (PulseResult.NOT_DONE, 0, 0), (None, 5, 0)],
)
def test_what_is_not_known_is_in_the_upper_book_alone(
    pump: Watched, result: PulseResult | None, upper: int, lower: int
) -> None:
    pump.run(2 * 5, result)
    ticks = pump.reference.pulses[:5][-1].tick
    assert pump.reference.compute_upper_fg(ticks, ticks)[0] == upper * PULSE_FG
    assert pump.reference.compute_lower_fg(ticks, ticks)[0] == lower * PULSE_FG


def test_the_reservoir_is_an_interval_of_what_may_have_left_it(pump: Watched) -> None:
    pump.run(4, PulseResult.DONE)
    pump.run(6, PulseResult.UNKNOWN)
    assert pump.reference.compute_reservoir_nl() == (FILLED_NL - 5, FILLED_NL - 2)


def test_the_front_is_counted_from_the_last_fact(pump: Watched) -> None:
    pump.run(4)
    pump.happen(declare(10), fill_up())
    assert pump.reference.compute_front_nl() == (10, 10)
    pump.run(6)
    assert pump.reference.compute_front_nl() == (7, 7)


def test_an_aborted_bolus_keeps_what_it_ordered(pump: Watched) -> None:
    pump.happen(BolusAsked())
    pump.run(31)
    pump.happen(StopAsked())
    assert pump.reference.compute_boluses_fg(31, HOUR_S)[0] == 3 * PULSE_FG
    assert pump.reference.compute_boluses_fg(31 + HOUR_S, HOUR_S) == NO_MASSES
    assert pump.reference.count_patient_starts(DAY_S - 1, DAY_S) == 1
    assert pump.reference.count_patient_starts(DAY_S, DAY_S) == 0


def test_the_longest_lockout_since_a_bolus_counts(pump: Watched) -> None:
    assert pump.reference.compute_locked_until() == 0
    pump.happen(BolusAsked())
    pump.run(5)
    pump.happen(StopAsked())
    assert pump.reference.compute_locked_until() == 5 + 10
    pump.happen(ResumeAsked())
    pump.prescribe(replace(PRESCRIPTION, lockout_s=50))
    assert pump.reference.compute_locked_until() == 5 + 50


def test_the_largest_cap_of_a_window_may_be_one_that_is_gone(pump: Watched) -> None:
    pump.run(20)
    pump.prescribe(replace(pump.state.program, cap_day_fg=(MASS_FG_MAX // 2, 0, 0, 0)))
    assert pump.reference.find_largest_caps_fg(20, 20)[0][0] == MASS_FG_MAX
    assert pump.reference.find_largest_caps_fg(50, 31)[0][0] == MASS_FG_MAX
    assert pump.reference.find_largest_caps_fg(50, 30)[0][0] == MASS_FG_MAX // 2


def test_basal_due_is_basal_ordered_and_the_rest(pump: Watched) -> None:
    pump.run(9)
    slot_fg = pump.state.program.slots_fg[0]
    assert pump.reference.compute_basal_fg_1800() == 9 * slot_fg - 4 * 1_800 * PULSE_FG
    assert pump.state.basal.owed_fg_1800 == pump.reference.compute_basal_fg_1800()
