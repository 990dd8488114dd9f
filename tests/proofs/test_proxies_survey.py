# SPDX-License-Identifier: Apache-2.0
"""The second translation of kernel and claims: a sample here, all of it by `python -m thecal_proofs.proxies`."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from thecal_proofs.encode import Encoder
from thecal_proofs.loading import Loaded
from thecal_proofs.proxies.__main__ import find_status, main
from thecal_proofs.proxies.compare import Comparison
from thecal_proofs.proxies.survey import NOT_LIFTED, Judged, Survey, find_foundations
from thecal_proofs.values import symbol
from thecal_proofs.wiring import KERNEL, SPECS, Wiring

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "kernel" / KERNEL, ROOT / "specs" / SPECS)
SURVEY = Survey(FOLDERS)

SAMPLE = (
    "thecal.units.compute_quotient_up",
    "thecal.schedule.compute_reserve",
    "thecal.ledger.compute_given_since_fg",
    "thecal.delivery.on_second_passed",
    "thecal.path.with_refill",
    "thecal.integrity.admitted_program_fits_under_its_caps",
    "thecal.step.step",
    "thecal_specs.ghost.advance",
    "thecal_specs.properties.overdose.any_day_stays_under_the_largest_cap_in_force",
    "thecal_specs.properties.overdose.a_bolus_gives_at_most_its_mass_alone_and_once",
    "thecal_specs.properties.underdose.compute_ended_since_fg",
    "thecal_specs.recover.compute_last_end_tick",
)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_function_is_read_as_it_is_executed(name: str) -> None:
    judged = SURVEY.judge(name)
    assert (judged.verdict, judged.comparison.detail) == ("reduced" if judged.sizes else "equal", "")


def test_every_claim_and_the_step_are_among_what_is_compared() -> None:
    wiring = Wiring(SURVEY.program, Loaded(FOLDERS))
    claims = [row.predicate for row in wiring.catalogue() if row.predicate is not None]
    facts = (*wiring.facts, *wiring.quiet, *wiring.loading, *wiring.contracts().values(), *wiring.requires().values())
    needed = {f.qualified for f in (wiring.step, wiring.advance, wiring.admissible, *claims, *facts) if f is not None}
    assert len(needed) > 100
    assert needed <= set(SURVEY.functions)


@pytest.mark.parametrize("name", NOT_LIFTED)
def test_what_is_not_lifted_is_refused_by_the_first_translation_too(name: str) -> None:
    function = SURVEY.functions[name]
    arguments = [symbol(type_, parameter) for parameter, type_ in function.params]
    with pytest.raises(TypeError, match="records of different types"):
        Encoder(SURVEY.program).run(function, arguments)


def copy_kernel(folder: Path, file: str, before: str, after: str) -> Path:
    """A copy of the kernel with one change."""
    copy = folder / KERNEL
    shutil.copytree(FOLDERS[0], copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (copy / file).read_text(encoding="utf-8")
    assert text.count(before) == 1
    (copy / file).write_text(text.replace(before, after), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("file", "before", "after", "name"),
    [
        ("ledger.py", "tick - lockout.end_tick < lockout.lockout_s", "tick - lockout.end_tick <= lockout.lockout_s",
         "thecal.ledger.is_locked_out"),
        ("delivery.py", "if is_basal:\n        return order_basal", "if not is_basal:\n        return order_basal",
         "thecal.delivery.deliver"),
        ("path.py", "surely_nl = pulse_volume_nl if", "surely_nl = 0 if", "thecal.path.with_pulse_moved"),
    ],
)  # fmt: skip
def test_a_kernel_that_runs_otherwise_than_it_is_read_is_noticed(
    file: str, before: str, after: str, name: str, tmp_path: Path
) -> None:
    executed = Survey((copy_kernel(tmp_path, file, before, after), FOLDERS[1]))
    executed.program, executed.functions = SURVEY.program, SURVEY.functions
    assert executed.judge(name).verdict == "different"


def made(name: str, verdict: str, *callees: str) -> Judged:
    """A comparison as it may come out."""
    return Judged(Comparison(name, verdict, 1, 1, "", callees), {})  # type: ignore[arg-type]


def test_what_calls_a_function_that_differs_is_unfounded() -> None:
    found = {
        j.comparison.function: j for j in (made("a", "equal", "b"), made("b", "equal", "c"), made("c", "different"))
    }
    assert [(j.verdict, j.lacks) for j in find_foundations(found)] == [
        ("unfounded", ("c",)),
        ("unfounded", ("c",)),
        ("different", ()),
    ]


def test_what_calls_a_function_that_is_equal_at_smaller_tables_tells_it() -> None:
    small = replace(made("b", "equal"), sizes={"LEDGER_LENGTH": 6})
    found = list(find_foundations({"a": made("a", "equal", "b"), "b": small}))
    assert [(j.verdict, j.smaller) for j in found] == [("equal", ("b",)), ("reduced", ())]


def test_what_calls_itself_is_no_induction() -> None:
    found = {j.comparison.function: j for j in (made("a", "equal", "b"), made("b", "equal", "a"))}
    assert [j.verdict for j in find_foundations(found)] == ["unfounded", "unfounded"]


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [(["equal", "reduced"], 0), (["equal", "different", "unknown"], 1), (["unknown"], 3), (["out of reach"], 3),
     (["unfounded"], 3)],
)  # fmt: skip
def test_the_exit_status_tells_the_worst(verdicts: list[str], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judged, "verdict", property(lambda self: self.comparison.verdict))
    assert find_status([made("f", verdict) for verdict in verdicts]) == status


def test_the_command_compares_a_function_and_all_that_it_calls(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compute_quotient_up", "--json", "-"]) == 0
    first = capsys.readouterr().out
    found = json.loads(first)
    assert [f["function"] for f in found["functions"]] == [
        f"thecal.units.{name}" for name in ("compute_quotient_up", "compute_quotient_down", "compute_division_step")
    ]
    assert found["summary"]["equal"] == found["summary"]["functions"] == 3
    main(["compute_quotient_up", "--json", "-"])
    assert capsys.readouterr().out == first


def test_the_command_tells_a_line_for_each_function(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["thecal.ledger.is_locked_out", "compute_last_end_tick"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("equal        thecal.ledger.is_locked_out (")
    assert lines[1].endswith("thecal_specs.recover.compute_last_end_tick (64 ways, LEDGER_LENGTH 6)")
    assert lines[-1].startswith("2 functions: 1 equal, 1 reduced, 0 different")


def test_a_function_that_is_not_there_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["is_locked_outt"]) == 2
    assert "Did you mean is_locked_out" in capsys.readouterr().err


def test_a_folder_that_is_no_package_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--source", str(tmp_path)]) == 2
    assert "no package folder" in capsys.readouterr().err


def test_a_budget_that_does_not_suffice_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    survey = Survey(FOLDERS, budget=1)
    assert survey.judge("thecal.delivery.on_second_passed").verdict == "unknown"
