# SPDX-License-Identifier: Apache-2.0
"""Right pump ports pass every rule, and each way to be wrong is named by the rule that it breaks."""

import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random

import pytest
from tests.adapters import benches
from tests.adapters.benches import BlindPort, LatePort, Motor, MotorBench, Port

from thecal_adapters.conformance.__main__ import main
from thecal_adapters.conformance.check import Verdict, check
from thecal_adapters.exits import Exit

GUIDE = (Path(__file__).parents[2] / "adapters" / "README.md").read_text(encoding="utf-8")
RULES_OF_WRONG_PORTS = {
    benches.ForgetfulPort: "a number given again moves nothing",
    benches.VolatilePort: "a number given again after a restart moves nothing",
    benches.LastOnlyPort: "an older number moves nothing",
    benches.LatecomingPort: "a power cut in a pulse moves at most one",
    benches.DenyingPort: "a number given again moves nothing",
    benches.BoastingPort: "a blocked motor is never done",
    benches.AgreeingPort: "a number that was left out is not done later",
    benches.RoundingPort: "another volume moves nothing",
    benches.RepeatingPort: "an outcome is told once",
    benches.StirringPort: "nothing moves without an order",
    benches.ShortNumberPort: "a late number is a number",
    benches.DeafPort: "the next number moves after a restart",
    benches.SilentPort: "a new number moves one pulse",
    benches.CrashingPort: "a number given again moves nothing",
}


@pytest.mark.parametrize("kind", [Port, LatePort, BlindPort])
def test_a_right_port_keeps_every_rule(kind: Callable[[Motor], Port]) -> None:
    findings = check(lambda: MotorBench(kind))
    assert {each.rule: each.seen for each in findings if each.verdict is not Verdict.KEPT} == {}


@pytest.mark.parametrize("kind", RULES_OF_WRONG_PORTS)
def test_a_wrong_port_breaks_the_rule_that_it_is_wrong_by(kind: type[Port]) -> None:
    broken = [each.rule for each in check(lambda: MotorBench(kind)) if each.verdict is Verdict.BROKEN]
    assert RULES_OF_WRONG_PORTS[kind] in broken


def test_every_rule_is_broken_by_some_port() -> None:
    rules = {each.rule for each in check(benches.make_bench)}
    broken = {
        each.rule
        for kind in RULES_OF_WRONG_PORTS
        for each in check(partial(MotorBench, kind))
        if each.verdict is Verdict.BROKEN
    }
    assert rules == broken


def test_what_a_bench_cannot_try_is_not_shown() -> None:
    findings = check(benches.make_poor_bench)
    assert {each.rule for each in findings if each.verdict is Verdict.NOT_SHOWN} == {
        "a blocked motor is never done",
        "a power cut in a pulse moves at most one",
    }


class HastyBench(MotorBench):
    """Takes the power away before the motor ever turns, and so sees no number lost."""

    def cut(self, order: Callable[[], object], rng: Random) -> bool:
        self.motor.left = 0
        with suppress(benches.PowerCut):
            order()
        self.restart()
        return True


@pytest.mark.parametrize("kind", [Port, benches.LatecomingPort])
def test_a_cut_that_never_comes_after_the_motor_has_turned_shows_nothing(kind: type[Port]) -> None:
    findings = {each.rule: each.verdict for each in check(lambda: HastyBench(kind))}
    assert findings["a power cut in a pulse moves at most one"] is Verdict.NOT_SHOWN


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("make_bench", Exit.AS_ASKED),
        ("make_wrong_bench", Exit.FINDING),
        ("make_poor_bench", Exit.UNDECIDED),
    ],
)
def test_the_command_tells_a_line_for_each_rule(name: str, status: Exit, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"tests.adapters.benches:{name}"]) is status
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(check(benches.make_bench))
    assert all(" ASM-" in line for line in lines)


def test_the_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-function"]) is Exit.WRONG_USE
    assert "MODULE:FUNCTION" in capsys.readouterr().err


KEPT_FIRST = "        self.keep(sequence, None)  # before the motor turns\n"
LOOKED = "PulseResult.DONE if self.motor.pulses == before + 1 else PulseResult.UNKNOWN"


@pytest.mark.parametrize(
    ("line", "instead", "broken"),
    [
        ("", "", []),
        (KEPT_FIRST, "", ["a power cut in a pulse moves at most one"]),
        (LOOKED, "PulseResult.DONE", ["a blocked motor is never done"]),
        ("if volume_nl == 250:", "if True:", ["another volume moves nothing"]),
    ],
    ids=["right", "kept-too-late", "does-not-look", "any-volume"],
)
def test_the_port_that_the_guide_shows_is_right_and_each_of_its_lines_is_needed(
    line: str, instead: str, broken: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = next(text for text in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL) if "class EncoderPort" in text)
    assert line in code
    exec(compile(code.replace(line, instead) if line else code, "adapters/README.md", "exec"), {"__name__": "guide"})
    lines = capsys.readouterr().out.splitlines()
    assert [each.removeprefix("broken ") for each in lines if not each.startswith("kept ")] == broken
    assert "thirteen rules" in GUIDE
    assert len(lines) == 13


@pytest.mark.parametrize("named", ["no_such_module:make", "thecal_adapters.ports:no_such_function"])
def test_a_bench_that_cannot_be_found_is_wrong_use_and_no_finding(
    named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([named]) is Exit.WRONG_USE
    assert named in capsys.readouterr().err
