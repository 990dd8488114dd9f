# SPDX-License-Identifier: Apache-2.0
"""Simulated pumps live some days under every fault without a violation; what breaks is told and made short."""

import json
import re
import secrets
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from thecal.events import PulseResult
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal_adapters import schemas
from thecal_adapters.cli.simulate import simulate
from thecal_adapters.cli.telling import WrongUse
from thecal_adapters.conformance.check import Verdict, check
from thecal_adapters.exits import Exit
from thecal_adapters.plant.pump import Drive, Make, Plant
from thecal_adapters.simulation import monitors
from thecal_adapters.simulation.campaign import describe, draw_lives, make_script, run_lives
from thecal_adapters.simulation.faults import BY_NAME, Standing
from thecal_adapters.simulation.life import Life
from thecal_adapters.simulation.monitors import make_asked
from thecal_adapters.simulation.picture import draw_picture
from thecal_adapters.simulation.port import SimulatedPump
from thecal_adapters.simulation.replay import replay
from thecal_adapters.simulation.scenario import read_scenario
from thecal_adapters.simulation.script import Script, draw_script
from thecal_adapters.simulation.shrink import make_scenario, shrink
from thecal_adapters.simulation.virtual import Fuse, PowerCut, VirtualClock

KINDS = list(BY_NAME)
SEEDS = (1, 2)


def run_days(seed: int) -> None:
    """Live six days of one seed; what breaks is told with the command that shows it again."""
    total = run_lives(seed, 6, KINDS, jobs=1)
    again = f"thecal simulate --seed {seed} --days 6 --faults all"
    assert [(lived.seed, lived.violations) for lived in total.failed] == [], again
    result = describe(total)
    assert (result["days"], result["violations"]) == (6, 0)
    assert sum(lived.events for lived in total.lives) > 1_000


@pytest.mark.parametrize("seed", SEEDS)
def test_days_under_every_fault_break_nothing(seed: int) -> None:
    run_days(seed)


def test_days_of_a_fresh_seed_break_nothing() -> None:
    seed = secrets.randbelow(1 << 32)
    print(f"seed {seed}")
    run_days(seed)


def test_the_same_seed_gives_the_same_result_in_one_process_and_in_two() -> None:
    results = [json.dumps(describe(run_lives(3, 4, KINDS, jobs))) for jobs in (1, 2)]
    assert results[0] == results[1]


def test_lives_are_as_long_together_as_was_asked_and_hold_at_most_one_fault_that_is_not_masked() -> None:
    lives = draw_lives(5, 100)
    assert sum(days for _, days in lives) == 100
    for life in lives:
        faults = make_script(KINDS, life).faults
        assert sum(BY_NAME[name].standing is not Standing.MASKED for name in faults) <= 1


def test_every_fault_can_be_asked_for_alone_and_a_life_of_its_own_has_it() -> None:
    for kind in KINDS:
        script = draw_script("alone", 40, [kind])
        assert script.faults == {kind}
        assert BY_NAME[kind].per_day == 0 or any(item.kind == kind for item in script.items)


def test_the_result_is_written_in_its_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = tmp_path / "result.json"
    assert simulate(7, 3, "all", 1, str(told), None, None) is Exit.AS_ASKED
    result = json.loads(told.read_text())
    schemas.check("simulate", result)
    assert result["by_fault"].keys() == BY_NAME.keys()
    assert (result["seed"], result["days"], result["violations"]) == (7, 3, 0)
    words = capsys.readouterr().out
    assert "3 pump-days: 0 violations." in words
    assert "pump-days a minute" in words


def test_a_fault_that_is_not_in_the_table_is_refused_with_those_that_are() -> None:
    with pytest.raises(WrongUse, match="tsunami is none of all, kill, power_loss"):
        simulate(1, 1, "kill,tsunami", 1, None, None, None)
    with pytest.raises(WrongUse, match="--days 0"):
        simulate(1, 0, "all", 1, None, None, None)


def test_the_command_tells_json_alone_on_its_output(
    expect_exit: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = expect_exit(0, "simulate", "--seed", "4", "--days", "1", "--faults", "kill,stall", "--json", "-")
    result = json.loads(done.stdout)
    assert list(result["by_fault"]) == ["kill", "stall"]
    assert "1 pump-day: 0 violations." in done.stderr
    assert "tsunami is none of" in expect_exit(2, "simulate", "--faults", "tsunami").stderr
    assert "ends in .svg or .png" in expect_exit(2, "simulate", "--picture", "life.gif").stderr
    assert "there is no folder" in expect_exit(2, "simulate", "--picture", "no-such-folder/life.svg").stderr


def send_twice(move: Callable[[SimulatedPump, int, int], PulseResult | None]) -> Callable[..., PulseResult | None]:
    def moved(pump: SimulatedPump, sequence: int, volume_nl: int) -> PulseResult | None:
        move(pump, sequence, volume_nl)
        pump.plant.sequence -= 1
        return move(pump, sequence, volume_nl)

    return moved


def test_a_broken_port_is_a_finding_and_its_life_is_made_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(SimulatedPump, "move", send_twice(SimulatedPump.move))
    told, scenario = tmp_path / "result.json", tmp_path / "short.json"
    assert simulate(2, 3, "kill", 1, str(told), None, scenario) is Exit.FINDING
    failure = json.loads(told.read_text())["failures"][0]
    assert failure["violations"][0]["id"] == "ASM-06"
    assert failure["is_repeated_by_the_kernel"] is False
    assert json.loads(scenario.read_text()) == failure["scenario"]
    assert replay(read_scenario(scenario.read_text())).violations == []
    assert "it is of the rim" in capsys.readouterr().out


def test_what_the_kernel_does_wrong_is_made_short_and_repeated_by_a_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_bolus_is_granted(outcome: Outcome) -> bool:
        """Stands for a claim that the kernel breaks."""
        return outcome.response is not Response.BOLUS_GRANTED

    init = monitors.Monitor.__init__

    def begin(monitor: monitors.Monitor, config: Config) -> None:
        init(monitor, config)
        monitor._asked = [make_asked("NOT-01", no_bolus_is_granted)]

    monkeypatch.setattr(monitors.Monitor, "__init__", begin)
    script = next(
        script
        for script in (draw_script(f"wrong/{n}", 3, ["kill", "outcome_unknown"]) for n in range(50))
        if ids(script_life := run(script)) == {"NOT-01"} and script_life.counts["kill"]
    )
    short, life = shrink(script)
    assert ids(life) == {"NOT-01"}
    assert len(short.items) <= 2 < len(script.items)
    found = replay(read_scenario(json.dumps(make_scenario(life))), is_monitored=True)
    assert "NOT-01" in {each.id for each in found.violations}
    assert run(short).clock.now_ms == life.clock.now_ms


def run(script: Script) -> Life:
    life = Life(script)
    life.run()
    return life


def ids(life: Life) -> set[str]:
    return {each.id for each in life.violations}


def test_a_sound_life_told_as_a_scenario_gives_what_it_gave() -> None:
    life = run(draw_script("told/3", 2, ["outcome_unknown", "miss_reported", "kill"]))
    assert life.violations == []
    found = replay(read_scenario(json.dumps(make_scenario(life))), is_monitored=True)
    assert found.violations == []
    pulses = found.outcome["pulses"]
    assert pulses["basal"] + pulses["bolus"] == sum(step.ordered > 0 for step in life.steps) > 0


def test_what_did_not_occur_is_told_so_and_has_no_margin(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(1, 2, "all", 1, None, None, None) == Exit.AS_ASKED
    told = capsys.readouterr().out.splitlines()
    absent = next(line for line in told if line.startswith("Did not occur: "))
    occurred = [name for name in KINDS if any(line.startswith(f"  {name} ") for line in told)]
    assert not any(re.search(rf"\b{name}\b", absent) for name in occurred)
    assert {*re.findall(r"\w+", absent.removeprefix("Did not occur: "))} | {*occurred} == {*KINDS}
    assert not any(" 0 times in" in line for line in told)
    assert "in 1 process;" in told[-1]


def test_the_picture_is_the_same_each_time_and_comes_in_both_forms(tmp_path: Path) -> None:
    script = draw_script("picture", 1, KINDS)
    first, second, image = (tmp_path / name for name in ("one.svg", "two.svg", "life.png"))
    for where in (first, second, image):
        draw_picture(script, where)
    assert first.read_bytes() == second.read_bytes()
    assert b"<svg" in first.read_bytes()
    assert image.read_bytes().startswith(b"\x89PNG")


def test_a_scenario_of_a_life_is_the_same_each_time() -> None:
    script = draw_script("twice", 1, KINDS)
    assert make_scenario(run(script)) == make_scenario(run(script))


class PlantBench:
    """The plant behind its port, as a bench for any pump."""

    volume_nl = 1_000

    def __init__(self, drive: Drive) -> None:
        self.fuse = Fuse()
        self.clock = VirtualClock(self.fuse)
        self.plant = Plant(Make(drive, self.volume_nl), 1)
        self.plant.reservoir.fill(1_000_000_000, (1,))
        self.pump = self.connect()

    def connect(self) -> SimulatedPump:
        self.pump = SimulatedPump(self.plant, self.clock, self.fuse, Random(1), lambda sequence, mass, told: None)
        return self.pump

    def restart(self) -> None:
        self.pump.lose_power()
        self.plant.is_stalled = False

    def count_moved(self) -> int:
        return -int(-(1_000_000_000 - self.plant.reservoir.volume_nl) // self.volume_nl)

    def wait(self) -> None:
        self.clock.now_ms += 1_000

    def jam(self) -> bool:
        self.plant.is_stalled = True
        return True

    def cut(self, order: Callable[[], object], rng: Random) -> bool:
        self.fuse.left = rng.randint(1, 2)
        with suppress(PowerCut):
            order()
        self.fuse.left = 0
        self.restart()
        return True


@pytest.mark.parametrize("drive", Drive)
def test_the_simulated_port_keeps_the_rules_of_every_port(drive: Drive) -> None:
    findings = check(lambda: PlantBench(drive))
    assert {each.rule: each.seen for each in findings if each.verdict is not Verdict.KEPT} == {}
