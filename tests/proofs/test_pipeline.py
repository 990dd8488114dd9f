# SPDX-License-Identifier: Apache-2.0
"""The whole road on a toy pump: grid, verdicts, counterexamples that run, the same report each time."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import thecal_proofs
from thecal_proofs import operations
from thecal_proofs.decision import Decision
from thecal_proofs.prove import UnknownId, prove
from thecal_proofs.report import Report
from thecal_proofs.verdicts import Result

TOY = Path(__file__).parent / "fixtures" / "toy"
Change = Callable[[str, str, str], Path]
REQUIREMENT = """
from thecal import step
from thecal.model import TICK_MAX, Config, State


def ticks_and_counts_are_small(config: Config, state: State) -> bool:
    return 0 <= state.tick <= TICK_MAX and state.last_tick <= state.tick and {bound}


REQUIRES = {{step.is_pulse_due: ticks_and_counts_are_small}}
"""
PROMISE = """
from thecal import step
from thecal.model import Config, State


def interval_has_passed(config: Config, state: State, result: bool) -> bool:
    return not result or state.tick - state.last_tick >= config.interval_s + {more}


CONTRACTS = {{step.is_pulse_due: interval_has_passed}}
"""


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """Give `change(file, old, new)`, which copies the toy pump with one text replaced."""

    def make(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "toy"
        shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("__pycache__"))
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return make


def prove_toy(folder: Path, *ids: str, jobs: int = 0, budget: int = 500_000, search: int = 0) -> Report:
    kernel, specs = folder / "thecal", folder / "thecal_specs"
    return prove(ids or None, kernel=kernel, specs=specs, jobs=jobs, budget=budget, search=search)


def find_result(report: Report, id_: str) -> Result:
    return next(result for result in report.judged() if result.id == id_)


def verdicts(report: Report) -> dict[str, str]:
    return {row.id: report.verdict(row) for row in report.asked_rows()}


def test_every_verdict_is_the_one_that_the_toy_deserves() -> None:
    assert verdicts(prove_toy(TOY)) == {
        "TOY-01": "proved",
        "TOY-02": "proved",
        "TOY-03": "proved",
        "TOY-04": "vacuous",
        "TOY-05": "vacuous",
        "TOY-06": "unstated",
        "TOT-01": "proved",
        "TOT-02": "proved",
        "TOT-03": "proved",
    }


def test_one_property_alone_is_proved_with_no_more_than_it_rests_on() -> None:
    report = prove_toy(TOY, "TOY-01")
    assert report.is_success
    assert {result.subject for result in report.results} <= {"TOY-01", "ticks_are_ordered", "pulses_are_counted"}


def test_what_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(UnknownId, match="TOY-99"):
        prove_toy(TOY, "TOY-99")


def test_workers_and_order_change_nothing_in_the_report() -> None:
    reports = [prove_toy(TOY, jobs=jobs).to_json() for jobs in (0, 1, 2)]
    rlimits = [{id_: cost["rlimit"] for id_, cost in r.pop("timing")["obligations"].items()} for r in reports]
    assert len({json.dumps(report, sort_keys=True) for report in reports}) == 1
    assert rlimits[0] == rlimits[1] == rlimits[2]


@pytest.mark.parametrize(
    ("old", "new", "cell"),
    [
        (">= config.interval_s", "> config.interval_s - 2", "TOY-01/Tick"),
        ("< config.pulse_count_max", "<= config.pulse_count_max", "pulses_are_counted/Tick"),
        (
            "return Outcome(replace(state, mode=Mode.STOPPED), False)",
            "return Outcome(state, False)",
            "TOY-03/StopAsked",
        ),
        ("pulse_count=state.pulse_count + 1", "pulse_count=state.pulse_count", "books_enclose_the_truth/Tick"),
    ],
)
def test_a_wrong_token_is_refuted_by_a_test_that_fails(change: Change, old: str, new: str, cell: str) -> None:
    folder = change("thecal/step.py", old, new)
    result = find_result(prove_toy(folder), cell)
    assert result.verdict == "refuted"
    assert result.detail.startswith("replayed in CPython")
    told = run_counterexample(folder, result)
    assert "AssertionError" in told or "assert " in told


def run_counterexample(folder: Path, result: Result) -> str:
    """Run the test that a refutation prints, which must fail; return what pytest says."""
    test = folder / "test_counterexample.py"
    test.write_text(result.counterexample, encoding="utf-8")
    proofs = Path(thecal_proofs.__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test.name],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (folder, proofs)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout
    assert "1 failed" in ran.stdout
    return ran.stdout


def test_a_refutation_that_happens_is_said_to_be_reachable(change: Change) -> None:
    folder = change("thecal/step.py", "< config.pulse_count_max", "<= config.pulse_count_max")
    detail = find_result(prove_toy(folder, "pulses_are_counted", search=24), "pulses_are_counted/Tick").detail
    assert "; reachable in " in detail
    assert "SlotChanged(" in detail
    assert detail.endswith("Tick()")


def test_a_refutation_that_never_happens_is_not_said_to_be_reachable(change: Change) -> None:
    folder = change("thecal_specs/invariant.py", "(ticks_are_ordered, pulses_are_counted)", "(pulses_are_counted,)")
    folder = folder.rename(folder.with_name("weaker"))
    claim = folder / "thecal_specs" / "properties.py"
    text = claim.read_text(encoding="utf-8").replace("implies(before.tick < 0, outcome.is_pulse)", "before.tick >= 0")
    claim.write_text(text, encoding="utf-8")
    result = find_result(prove_toy(folder, "TOY-05", search=3), "TOY-05/StopAsked")
    assert result.verdict == "refuted"
    assert "not known to be reachable: 3 steps" in result.detail


def test_an_index_that_leaves_its_tuple_is_refuted_at_its_line(change: Change) -> None:
    folder = change("thecal/step.py", "state.tick % SLOT_COUNT]", "state.tick % 4]")
    result = find_result(prove_toy(folder, "TOT-02"), "operations:Tick/Tick")
    assert result.verdict == "refuted"
    assert "thecal/step.py:14" in result.detail
    assert "index in thecal.step.is_pulse_due: replayed in CPython; it raises IndexError" in result.detail
    assert "IndexError" in run_counterexample(folder, result)


def test_an_overflow_is_refuted_at_its_line(change: Change) -> None:
    folder = change("thecal/model.py", "TICK_MAX = 1_000_000", f"TICK_MAX = {2**63 - 1}")
    result = find_result(prove_toy(folder, "TOT-02"), "operations:Tick/Tick")
    assert result.verdict == "refuted"
    assert "range in thecal.step.is_pulse_due: replayed in CPython" in result.detail
    assert "Violation(kind='range', function='thecal.step.is_pulse_due'" in run_counterexample(folder, result)


def test_operations_count_as_proved_only_if_what_bounds_them_is(change: Change) -> None:
    report = prove_toy(
        change("thecal/step.py", "pulse_count=state.pulse_count + 1", "pulse_count=state.pulse_count + 2")
    )
    result = find_result(report, "operations:Tick/Tick")
    assert result.verdict == "proved"
    assert "pulses_are_counted" in result.rests_on
    assert verdicts(report)["TOT-02"] == "unknown"


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ({}, "in CPython these hypotheses do not hold: is_admissible_config"),
        ({"config.interval_s": 1, "config.pulse_count_max": 1}, "in CPython nothing leaves its range at"),
    ],
)
def test_an_overflow_that_cpython_does_not_confirm_is_unknown(
    change: Change, monkeypatch: pytest.MonkeyPatch, model: dict[str, int], reason: str
) -> None:
    folder = change("thecal/model.py", "TICK_MAX = 1_000_000", f"TICK_MAX = {2**63 - 1}")
    monkeypatch.setattr(operations, "decide", lambda *_: Decision(status="sat", model=model))
    result = find_result(prove_toy(folder, "TOT-02"), "operations:Tick/Tick")
    assert result.verdict == "unknown"
    assert reason in result.detail


def test_contradictory_assumptions_make_everything_vacuous(change: Change) -> None:
    folder = change("thecal_specs/assumed.py", "return outcome.is_pulse or not truth.is_moved", "return False")
    report = prove_toy(folder)
    assert verdicts(report)["TOY-01"] == "vacuous"
    assert find_result(report, "hypotheses:Tick/Tick").verdict == "vacuous"


def test_a_spent_budget_is_unknown_and_never_proved() -> None:
    result = find_result(prove_toy(TOY, "pulses_are_counted", budget=1), "pulses_are_counted/Tick")
    assert result.verdict == "unknown"


def test_what_is_outside_the_subset_is_unsupported_where_it_stands(change: Change) -> None:
    folder = change("thecal/step.py", "    slots = tuple(", "    while False:\n        pass\n    slots = tuple(")
    report = prove_toy(folder)
    assert verdicts(report)["TOT-01"] == "unsupported"
    assert "a While statement" in find_result(report, "subset:subset/any").detail
    assert find_result(report, "TOY-01/SlotChanged").verdict == "unsupported"


def test_hashes_name_what_was_read(change: Change) -> None:
    first = prove_toy(TOY, "TOY-03")
    second = prove_toy(change("thecal/step.py", "Count, and give", "Count and give"), "TOY-03")
    assert first.kernel_sha256 != second.kernel_sha256
    assert first.specs_sha256 == second.specs_sha256


@pytest.mark.parametrize(
    ("bound", "itself", "caller"),
    [("-1_000 <= state.last_tick", "proved", "proved"),
     ("-10 <= state.last_tick", "proved", "refuted"),
     ("True", "refuted", "proved")],
)  # fmt: skip
def test_what_a_function_requires_must_suffice_and_is_owed_by_its_callers(
    tmp_path: Path, bound: str, itself: str, caller: str
) -> None:
    folder = tmp_path / "toy"
    shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "thecal_specs" / "contracts.py").write_text(REQUIREMENT.format(bound=bound), encoding="utf-8")
    report = prove_toy(folder, "TOT-02")
    assert find_result(report, "operations:thecal.step.is_pulse_due/any").verdict == itself
    called = find_result(report, "operations:Tick/Tick")
    assert called.verdict == caller
    assert called.verdict == "proved" or "requires in thecal.step.is_pulse_due" in called.detail


@pytest.mark.parametrize(
    ("more", "contract", "verdict", "open_ends"),
    [(0, "proved", "proved", []), (1, "refuted", "unknown", ["thecal.step.is_pulse_due"])],
)  # fmt: skip
def test_nothing_is_proved_by_a_promise_that_is_not_kept(
    tmp_path: Path, more: int, contract: str, verdict: str, open_ends: list[str]
) -> None:
    folder = tmp_path / "toy"
    shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "thecal_specs" / "contracts.py").write_text(PROMISE.format(more=more), encoding="utf-8")
    report = prove_toy(folder, "TOY-01")
    (row,) = report.asked_rows()
    assert find_result(report, "TOY-01/Tick").verdict == "proved", "the promise suffices for its own cell"
    assert find_result(report, "contract:thecal.step.is_pulse_due/any").verdict == contract
    assert (report.verdict(row), report.open_ends(row)) == (verdict, open_ends)
