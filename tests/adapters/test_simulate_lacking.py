# SPDX-License-Identifier: Apache-2.0
"""What the table says of too little is held: what is lost beyond a row, of ticks or of drug, is a violation."""

from collections.abc import Callable

import pytest

from thecal_adapters.runner import Runner
from thecal_adapters.simulation.due import JUMP_MS
from thecal_adapters.simulation.judge import IN_REAL_TIME
from thecal_adapters.simulation.life import Life, MakeRunner
from thecal_adapters.simulation.monitors import Violation
from thecal_adapters.simulation.script import DAY_MS, Item, Script
from thecal_adapters.ticks import TickMonitor

HOUR_MS = 3_600_000
DAYS = 2


def make_script(fault: str, every_h: int = 0) -> Script:
    """A life of some hundred pulses a day with one fault, which comes every so many hours or lasts."""
    times = range(HOUR_MS, DAYS * DAY_MS, every_h * HOUR_MS) if every_h else ()
    return Script("findings/7", DAYS, frozenset({fault}), tuple(Item(at_ms, fault, at_ms) for at_ms in times))


def live(
    script: Script,
    worsen: Callable[[Life], None] = lambda life: None,
    make_runner: MakeRunner = Runner,
    ignored: frozenset[str] = frozenset(),
) -> Life:
    """A life that goes on in spite of the violations that are not looked for here."""
    life = Life(script, make_runner)

    def condemn(violation: Violation) -> None:
        if violation.id not in ignored:
            life.violations.append(violation)

    life.judge.on_violation = condemn
    worsen(life)
    life.run()
    return life


def find_ids(life: Life) -> set[str]:
    return {each.id for each in life.violations}


class Negligent(Runner):
    """Loses a second in every minute, and thinks nothing of it."""

    minutes, lost_s = 0, 1

    def run_once(self) -> int:
        wait_ms = super().run_once()
        minutes = self.state.tick // 60
        self._ticks._grid_ms += 1_000 * self.lost_s * (minutes - self.minutes)
        self.minutes = minutes
        return wait_ms


class Sleepy(Negligent):
    """Loses as much as five of them."""

    lost_s = 5


FAULTS = [("clock_slow", 0), ("clock_jumps", 4), ("ticks_missed", 4), ("store_refuses", 4)]


@pytest.mark.parametrize(("fault", "every_h"), FAULTS)
def test_of_too_little_a_fault_takes_what_its_row_names_and_is_near_to_it(fault: str, every_h: int) -> None:
    life = live(make_script(fault, every_h))
    assert life.violations == []
    assert 200 < life.margins["ASM-03"] <= 1_000
    assert 350 < life.margins[IN_REAL_TIME] <= 1_000


@pytest.mark.parametrize(("fault", "every_h"), FAULTS)
def test_seconds_that_are_lost_in_each_minute_besides_are_caught_as_ticks_and_as_drug(fault: str, every_h: int) -> None:
    script = make_script(fault, every_h)
    assert find_ids(live(script, make_runner=Negligent)) == {"ASM-03"}
    ignored = frozenset({"ASM-03", "finding: missed"})
    assert find_ids(live(script, make_runner=Sleepy, ignored=ignored)) == {IN_REAL_TIME}


def slow_down(life: Life) -> None:
    life.clock.ppm = -30_000


def wear_out(life: Life) -> None:
    life.plant.drift_permille = -200


@pytest.mark.parametrize(
    ("fault", "worsen", "first", "ignored"),
    [
        ("clock_slow", slow_down, "ASM-03", ("ASM-03", "finding: missed", "finding: drift")),
        ("rate_lag", wear_out, "CON-02", ("CON-02",)),
    ],
)
def test_a_fault_that_is_worse_than_its_row_is_caught_by_tick_or_pulse_and_by_what_reached_the_patient(
    fault: str, worsen: Callable[[Life], None], first: str, ignored: tuple[str, ...]
) -> None:
    assert find_ids(live(make_script(fault), worsen)) == {first}
    assert find_ids(live(make_script(fault), worsen, ignored=frozenset(ignored))) == {IN_REAL_TIME}


def test_a_time_of_day_that_is_set_ahead_is_told_as_a_restart_and_else_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = make_script("clock_jumps", 2)
    assert live(script).findings.found["jump"] > 0
    monkeypatch.setattr(TickMonitor, "is_breached", lambda self: False)
    assert find_ids(live(script)) == {"finding: jump"}


def test_a_time_of_day_that_is_set_back_by_more_than_a_row_allows_for_is_caught() -> None:
    def set_back(life: Life) -> None:
        def jump() -> None:
            life.clock.offset_ms -= 40 * JUMP_MS

        for hour in range(2, 40):
            life.later(hour * HOUR_MS, jump)  # and nobody has told the judge

    assert live(make_script("clock_jumps"), set_back, ignored=frozenset({"finding: missed"})).violations
