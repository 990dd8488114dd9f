# SPDX-License-Identifier: Apache-2.0
"""The second translation of kernel and claims: a sample here, all of it by `thecal translate`."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from thecal_adapters import schemas
from thecal_adapters.cli.translate import describe, find_exit
from thecal_adapters.exits import Exit
from thecal_proofs.encode import Encoder
from thecal_proofs.loading import Loaded
from thecal_proofs.provider import PROVER
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


def test_a_function_is_compared_with_all_that_it_calls_and_told_in_the_same_bytes_each_time() -> None:
    told: list[tuple[str, str, int]] = []
    asked = ["thecal.units.compute_quotient_up"]
    found = PROVER.translate(asked, source=None, progress=lambda *each: told.append(each))
    schemas.check("translation", found)
    names = [
        f"thecal.units.{name}" for name in ("compute_quotient_up", "compute_quotient_down", "compute_division_step")
    ]
    assert [each["function"] for each in found["functions"]] == names
    assert told == [(name, "equal", done) for done, name in enumerate(names, start=1)]
    assert found["summary"]["equal"] == found["summary"]["functions"] == 3
    assert find_exit(found) is Exit.AS_ASKED
    again = PROVER.translate(asked, source=None, progress=lambda *each: None)
    assert json.dumps(again) == json.dumps(found)


def test_a_function_that_is_compared_at_smaller_tables_says_so() -> None:
    found = PROVER.translate([SAMPLE[-1]], source=None, progress=lambda *each: None)
    assert next(iter(describe(found))) == f"reduced      {SAMPLE[-1]} (64 ways, LEDGER_LENGTH 6)"


def test_a_source_that_cannot_be_read_is_an_error_with_its_place(tmp_path: Path) -> None:
    copy = copy_kernel(tmp_path, "ledger.py", "tick - lockout.end_tick < lockout.lockout_s", "return")
    with pytest.raises(ValueError, match=r"ledger\.py"):
        PROVER.translate(["thecal.ledger.is_locked_out"], source=copy, progress=lambda *each: None)


def test_a_budget_that_does_not_suffice_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    survey = Survey(FOLDERS, budget=1)
    assert survey.judge("thecal.delivery.on_second_passed").verdict == "unknown"
