# SPDX-License-Identifier: Apache-2.0
"""Adapters that are broken on purpose, each caught by the simulation: a judge that cannot condemn is none."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from thecal.events import Event, PathDeclared, PulseResult, RefillDone
from thecal.state import NO_BOLUS, NO_ENTRY
from thecal.units import LEDGER_LENGTH
from thecal_adapters.plant.pump import Drive
from thecal_adapters.ports import Answer, Fact, Pump, Record, Request, Stored
from thecal_adapters.runner import Runner
from thecal_adapters.simulation.hands import Hands, Truth
from thecal_adapters.simulation.life import Life, MakeRunner
from thecal_adapters.simulation.port import SimulatedPump
from thecal_adapters.simulation.script import DAY_MS, Item, Script
from thecal_adapters.simulation.virtual import VirtualStore

HOUR_MS = 3_600_000
SEEDS = ("broken/2", "broken/5", "broken/9", "broken/11")  # in these a therapy runs, so there is something to break


def make_script(*kinds: str, every_h: int = 1, days: int = 1, seed: str = "broken/11") -> Script:
    """A usual life in which these things happen every so many hours."""
    times = range(HOUR_MS, days * DAY_MS, every_h * HOUR_MS)
    items = [Item(at_ms, kind, at_ms + n) for at_ms in times for n, kind in enumerate(kinds)]
    return Script(seed, days, frozenset(), tuple(items))


def live(script: Script, make_runner: MakeRunner = Runner, wrap: Callable[[SimulatedPump], Pump] = lambda p: p) -> Life:
    life = Life(script, make_runner, wrap)
    life.run()
    return life


def find_ids(life: Life) -> set[str]:
    return {each.id for each in life.violations}


class Port:
    """A port around a port."""

    def __init__(self, pump: SimulatedPump) -> None:
        self.pump = pump

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        return self.pump.move(sequence, volume_nl)

    def poll(self) -> tuple[Fact, ...]:
        return self.pump.poll()


class SentTwice(Port):
    """Sends each order twice, and the driver has forgotten the number in between."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        self.pump.move(sequence, volume_nl)
        self.pump.plant.sequence -= 1
        return self.pump.move(sequence, volume_nl)


class ToldAsDone(Port):
    """Tells of every pulse as done, lost outcomes too."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        self.pump.move(sequence, volume_nl)
        return PulseResult.DONE


class ToldAsMissed(Port):
    """Tells of a pulse whose outcome was lost as not done."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        result = self.pump.move(sequence, volume_nl)
        return PulseResult.NOT_DONE if result is PulseResult.UNKNOWN else result


class MovedFirst(Runner):
    """Moves before the record of the order is durable."""

    def _finish_unstored(self) -> None:
        unstored: Any = self._unstored
        if unstored is not None and unstored[1].pulse.is_ordered:
            self._pump.move(unstored[1].pulse.sequence, unstored[1].pulse.volume_nl)
        super()._finish_unstored()


class RepeatedTwice(Runner):
    """Carries a request out as often as it comes."""

    def _carry_out(self, request: Request) -> Answer:
        store: Any = self._store
        store.find_answer = lambda request_id: None
        return super()._carry_out(request)


class Quick(Runner):
    """Tells of two seconds in one."""

    def _tell(self, event: Event, *rest: Any) -> Any:
        outcome = super()._tell(event, *rest)
        if type(event).__name__ == "SecondPassed" and not self.state.flight.is_pending:
            super()._tell(event)
        return outcome


class Silent(Runner):
    """Never tells of a restart."""

    def start(self) -> None:
        self._stored = None


class Forgetful(VirtualStore):
    """Finds a state after each restart that has forgotten all boluses, and calls it the last."""

    def recover(self) -> Stored:
        stored = super().recover()
        if stored.state is None:
            return stored
        lockout = replace(stored.state.lockout, has_ended=False, end_tick=0, lockout_s=0)
        state = replace(stored.state, ledger=(NO_ENTRY,) * LEDGER_LENGTH, lockout=lockout, bolus=NO_BOLUS)
        return replace(stored, state=state)


def test_sound_adapters_are_not_condemned() -> None:
    life = live(make_script("press", "miss_reported", "outcome_unknown", "kill", "request_repeated"))
    assert life.violations == []
    assert life.judge.orders
    assert life.restarts


@pytest.mark.parametrize("seed", SEEDS)
def test_an_order_that_is_sent_twice_is_caught(seed: str) -> None:
    assert "ASM-06" in find_ids(live(make_script(seed=seed), wrap=SentTwice))


def test_a_lost_outcome_that_is_told_as_done_is_caught() -> None:
    assert find_ids(live(make_script("outcome_unknown"), wrap=ToldAsDone)) & {"CON-02", "UND-01"}


def test_a_lost_outcome_that_is_told_as_not_done_is_caught() -> None:
    assert "ASM-07" in find_ids(live(make_script("outcome_unknown"), wrap=ToldAsMissed))


@pytest.mark.parametrize("seed", SEEDS)
def test_motion_before_the_journal_is_caught(seed: str) -> None:
    assert "ASM-29" in find_ids(live(make_script(seed=seed), MovedFirst))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_request_that_is_replayed_and_accepted_is_caught(seed: str) -> None:
    assert "ASM-22" in find_ids(live(make_script("press", "request_repeated", seed=seed), RepeatedTwice))


def test_seconds_that_are_told_twice_are_caught() -> None:
    assert "ASM-01" in find_ids(live(make_script("press"), Quick))


def test_a_restart_that_is_not_told_is_caught() -> None:
    assert "finding: restart" in find_ids(live(make_script("kill"), Silent))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shift_nl", [15_000, -15_000])
def test_a_wrong_path_volume_is_caught(shift_nl: int, seed: str) -> None:
    class Laid(Hands):
        def revise(self, volume_nl: int, is_filled: bool) -> None:
            super().revise(20_000, is_filled)

        def use(self, record: Record) -> Truth | None:
            truth = super().use(record)
            if isinstance(record.event, PathDeclared):
                self._life.plant.replace_line(20_000 + shift_nl, self._life.plant.reservoir.strength, 0)
            return truth

    class Wrong(Life):
        def _make_parts(self, wrap_pump: Callable[[SimulatedPump], Pump]) -> None:
            super()._make_parts(wrap_pump)
            self.hands = Laid(self)

        def _begin(self) -> None:
            super()._begin()
            self.later(2 * HOUR_MS, self._fill_weaker)

        def _fill_weaker(self) -> None:
            held_nl = int(self.plant.reservoir.volume_nl)
            weaker = tuple(strength // 2 for strength in self.patient.strengths)
            self.hands.fill(RefillDone(held_nl, 10_000_000, weaker, False, is_rinsed=False), 0)

    life = Wrong(make_script(seed=seed))
    life.run()
    assert "CON-02" in find_ids(life)


def test_a_store_that_forgets_boluses_and_does_not_say_so_is_caught() -> None:
    class Forgotten(Life):
        def _make_parts(self, wrap_pump: Callable[[SimulatedPump], Pump]) -> None:
            super()._make_parts(wrap_pump)
            self.store = Forgetful(self.fuse, Random(1), self._on_stored)

        def _boot(self) -> None:
            with pytest.MonkeyPatch.context() as patch:  # nobody knows that it is another state
                patch.setattr(self.watch, "begin_anew", lambda state: None)
                patch.setattr(self.findings, "on_restored", lambda: None)
                super()._boot()

    life = Forgotten(make_script("press", "kill", seed="broken/8"))
    life.run()
    assert any(id_.startswith("OVR") for id_ in find_ids(life))


def test_a_rate_above_the_declared_one_is_caught() -> None:
    class Fast(Life):
        def _begin(self) -> None:
            super()._begin()
            self.plant.drift_permille = 10

    life = Fast(make_script())
    life.run()
    assert "CON-02" in find_ids(life)


def test_a_rotor_is_as_good_as_a_valve() -> None:
    drives = {Life(make_script(seed=f"drive/{n}")).patient.make.drive for n in range(8)}
    assert drives == set(Drive)
