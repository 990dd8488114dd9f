# SPDX-License-Identifier: Apache-2.0
"""What the table says is found is missed in no silence: each finding that does not come is a violation."""

from dataclasses import replace
from typing import Any

import pytest

from thecal.events import MotorStalled, RefillDone
from thecal.outcome import Response
from thecal.state import NO_ALARM, Alarm
from thecal_adapters.ports import Fact, Record
from thecal_adapters.refills import Standing
from thecal_adapters.runner import Runner
from thecal_adapters.simulation.hands import Truth
from thecal_adapters.simulation.life import Life
from thecal_adapters.simulation.script import Item, Script
from thecal_adapters.simulation.virtual import VirtualStore
from thecal_adapters.ticks import TickMonitor

HOUR_MS = 3_600_000
NAME = "findings/7"  # of a hundred pulses a day and more


def live(life: Life) -> list[str]:
    life.run()
    return [each.id for each in life.violations]


def make_script(*kinds: str, hours: tuple[int, ...] = (3,), faults: tuple[str, ...] = ()) -> Script:
    items = tuple(Item(hour * HOUR_MS, kind, hour) for hour in hours for kind in kinds)
    return Script(NAME, 1, frozenset(faults), items)


class Deaf(Runner):
    """Does not hear of a stall."""

    def _tell_facts(self) -> None:
        facts: tuple[Fact, ...] = self._pump.poll()
        self._facts.extend(fact for fact in facts if not isinstance(fact, MotorStalled))


def test_a_stall_sounds_and_one_that_does_not_is_missed() -> None:
    sound = Life(make_script("stall"))
    assert live(sound) == []
    assert sound.findings.found["stall"] == 1
    assert live(Life(make_script("stall"), Deaf)) == ["finding: stall"]


class Hushed(VirtualStore):
    """Shows the judge a state whose alarms are silent."""

    def _keep(self, record: Record) -> None:
        alarms = tuple(
            NO_ALARM if alarm is Alarm.PULSES_FAILED else each for alarm, each in zip(Alarm, record.state.alarms)
        )
        super()._keep(replace(record, state=replace(record.state, alarms=alarms)))


def test_the_fifth_pulse_that_fails_in_a_day_sounds_and_one_that_does_not_is_missed() -> None:
    script = make_script("miss_reported", hours=tuple(range(2, 22)))
    assert live(Life(script)) == []

    class Quiet(Life):
        def _boot(self) -> None:
            if self.store.last is None:
                self.store = Hushed(self.fuse, self.store._rng, self._on_stored)
            super()._boot()

    assert "finding: failures" in live(Quiet(script))


@pytest.mark.parametrize("drift_permille", [145, -145, 0])
def test_a_drift_is_found_at_the_refill_once_it_is_beyond_the_allowance(drift_permille: int) -> None:
    class Drifting(Life):
        def _begin(self) -> None:
            super()._begin()
            self.plant.drift_permille = drift_permille
            self.later(20 * HOUR_MS, self._refill)

        def _make_parts(self, wrap_pump: Any) -> None:
            pump = replace(self.patient.config.pump, refill_allowance_nl=500, residual_nl=0)
            self.patient = replace(self.patient, config=replace(self.patient.config, pump=pump))
            self.state = replace(self.state, config_digest=self.patient.config.digest)
            super()._make_parts(wrap_pump)

        def _refill(self) -> None:
            held_nl = int(self.plant.reservoir.volume_nl)
            self.hands.fill(RefillDone(held_nl, 5_000_000, self.patient.strengths, False, False), 0)

    faults = {145: ("rate_drift",), -145: ("rate_lag",), 0: ()}[drift_permille]
    life = Drifting(make_script(faults=faults))
    assert live(life) == []
    assert life.findings.found["refill"] == (1 if drift_permille else 0)


def fill_again(off_nl: int, misread_nl: int = 0) -> list[str]:
    """What is missed at a refill by which so much more has left than anybody was told of."""
    life = Life(make_script())
    live(life)
    refills, last = life.findings.refills, life.store.last
    assert last is not None
    refills._off_nl, refills._before_nl = off_nl, 5_000_000
    event = RefillDone(5_000_000 + misread_nl, 1_000_000, life.patient.strengths, False, False)
    refills.on_fill(replace(last, event=event, response=Response.REFILL_BOOKED), event, Truth(0, 0))
    return [each.id for each in life.violations]


def test_a_difference_at_the_refill_that_is_not_found_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Standing, "off_nl", 0)
    assert fill_again(50_000_000) == ["finding: refill", "finding: account"]
    assert fill_again(50_000_000, misread_nl=-50_000_000) == fill_again(0) == []


def test_an_account_that_finds_a_drift_where_there_is_none_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Standing, "off_nl", 1)
    assert fill_again(0) == ["finding: account"]


@pytest.mark.parametrize("kind", ["clock_fast", "clock_slow"])
def test_a_quartz_that_drifts_is_found_by_the_time_of_day_and_one_that_is_not_is_missed(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(make_script(faults=(kind,)))
    assert live(life) == []
    assert life.findings.found["drift"] == 1
    monkeypatch.setattr(TickMonitor, "_concede", lambda self, now: None)
    assert live(Life(make_script(faults=(kind,)))) == ["finding: drift"]


class Sleepy(Life):
    """Is not woken for some minutes in every hour."""

    def _begin(self) -> None:
        super()._begin()
        for hour in range(2, 22):
            self.later(hour * HOUR_MS, lambda: self.sleep(400_000))


def test_seconds_that_are_slept_through_are_told_as_a_restart_and_else_are_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    life = Sleepy(make_script())
    assert live(life) == []
    assert life.findings.found["missed"] > 0
    monkeypatch.setattr(TickMonitor, "is_breached", lambda self: False)
    assert live(Sleepy(make_script())) == ["finding: missed"]


class Bridged(Life):
    """Is filled with half the strength after three hours."""

    def _begin(self) -> None:
        super()._begin()
        self.later(3 * HOUR_MS, self._weaken)

    def _weaken(self) -> None:
        held_nl = int(self.plant.reservoir.volume_nl)
        weaker = tuple(strength // 2 for strength in self.patient.strengths)
        self.hands.fill(RefillDone(held_nl, 8_000_000, weaker, False, False), 0)


def bridge(seed: int, *faults: str) -> Bridged:
    return Bridged(Script(f"bridge/{seed}", 3, frozenset(faults), ()))


@pytest.mark.parametrize("seed", [2, 7])
@pytest.mark.parametrize("fault", ["front_wide", "path_larger"])
def test_old_fluid_that_is_left_when_a_bridge_is_over_is_found_and_declared(fault: str, seed: int) -> None:
    sound, life = bridge(seed), bridge(seed, fault)
    declared = life.patient.path_nl + life.patient.path_doubt_nl
    assert live(sound) == live(life) == []
    assert sound.findings.found["bridge"] == 0 < life.findings.found["bridge"]
    assert life.state.path.volume_hi_nl > declared


@pytest.mark.parametrize("fault", ["front_wide", "path_larger"])
def test_old_fluid_that_nobody_looks_for_is_missed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thecal_adapters.simulation.life.plan_visit", lambda life, rng: None)
    assert live(bridge(2, fault)) == ["finding: bridge"]


def test_a_pulse_that_moves_twice_is_found_at_the_fifth_in_a_day() -> None:
    life = Life(make_script("pulse_twice", hours=tuple(range(2, 12)), faults=("pulse_twice",)))
    assert live(life) == []
    assert life.findings.found["failures"] > 0
