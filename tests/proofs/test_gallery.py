# SPDX-License-Identifier: Apache-2.0
"""Flaws that others called proved get the verdict that their folder is named by; tampered inputs are refused."""

import itertools
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import z3

from thecal_adapters.verdicts import read_record, render_record
from thecal_proofs import terms, values
from thecal_proofs.claims import judge
from thecal_proofs.decision import Limits
from thecal_proofs.encode import Encoder
from thecal_proofs.frontend import Program, Sources, ir
from thecal_proofs.frontend.types import UnionType
from thecal_proofs.loading import Loaded
from thecal_proofs.prove import Project, prove
from thecal_proofs.provider import PROVER
from thecal_proofs.smtlib import render
from thecal_proofs.solve import ask
from thecal_proofs.terms import Term
from thecal_proofs.wiring import KERNEL, SPECS

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
GALLERY = FIXTURES / "gallery"
BUDGET = 2_000_000
SMALL_BUDGET = 20_000
CLAIMS = sorted(path for verdict in ("refuted", "unsupported", "vacuous") for path in (GALLERY / verdict).glob("*.py"))
CATALOGUE = '''"""One row."""

from dataclasses import dataclass

from thecal_specs import properties


@dataclass(frozen=True)
class Property:
    """One row."""

    id: str
    name: str
    predicate: object
    kind: str = "safety"
    statement: str = "See the name."
    amended: bool = False


CATALOGUE = (Property("FLAW-01", "The flaw", properties.{name}),)
'''


@pytest.mark.parametrize("path", CLAIMS, ids=lambda path: path.stem)
def test_a_flaw_gets_its_verdict(path: Path) -> None:
    sources = Sources.of_folders(path.parent)
    found = judge(Program(sources), Loaded(sources.folders), f"{path.parent.name}.{path.stem}", Limits(BUDGET))
    assert (found.verdict, path.parent.name) == (path.parent.name, path.parent.name), found.detail
    reason = path.read_text(encoding="utf-8").splitlines()[1]
    assert reason.removeprefix("# refused: ") in found.detail or not reason.startswith("# refused: ")


def test_a_refuted_flaw_is_seen_in_cpython() -> None:
    path = GALLERY / "refuted" / "overdose_by_forgetting_basal_to_come.py"
    sources = Sources.of_folders(path.parent)
    found = judge(Program(sources), Loaded(sources.folders), f"refuted.{path.stem}", Limits(BUDGET))
    assert found.detail.startswith("CPython says False for [")


def test_a_conclusion_that_is_always_true_is_vacuous(tmp_path: Path) -> None:
    name = "low_reservoir_implies_no_bolus"
    shutil.copytree(FIXTURES / "toy", tmp_path / "toy", ignore=shutil.ignore_patterns("__pycache__"))
    specs = tmp_path / "toy" / SPECS
    shutil.copy(GALLERY / "vacuous" / name / "properties.py", specs / "properties.py")
    (specs / "catalogue.py").write_text(CATALOGUE.format(name=name), encoding="utf-8")
    report = prove(["FLAW-01"], kernel=tmp_path / "toy" / KERNEL, specs=specs, jobs=0, budget=500_000)
    assert [report.verdict(row) for row in report.asked_rows()] == ["vacuous"]


def list_meanings(program: Program, functions: Sequence[ir.Signature]) -> list[tuple[str, frozenset[str], Term]]:
    """Each predicate with its parameters' names and its term, for the first record of each union."""
    found = []
    for function in functions:
        given = [
            values.symbol(type_.members[0] if isinstance(type_, UnionType) else type_, name)
            for name, type_ in function.params
        ]
        (meaning,) = values.leaves(Encoder(program).run(function, given).value)
        found.append((function.name, frozenset(name for name, _ in function.params), meaning))
    return found


def find_repeated(program: Program, functions: Sequence[ir.Signature]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of predicates of the same parameters that the solver shows to be equal."""
    for (a, left, meaning), (b, right, other) in itertools.combinations(list_meanings(program, functions), 2):
        is_constant = meaning in (terms.TRUE, terms.FALSE)  # says nothing of the first record, and so no more of both
        if left == right and not is_constant:
            differ = terms.negate(terms.eq(meaning, other))
            if differ is terms.FALSE or ask([differ], SMALL_BUDGET).status == "unsat":
                yield a, b


def test_a_guarantee_that_is_listed_twice_is_found() -> None:
    program = Program(Sources.of_folders(GALLERY / "repeated"))
    functions = list(program.functions("repeated"))
    assert list(find_repeated(program, functions)) == [("no_bolus_within_the_lockout", "a_bolus_waits_for_the_lockout")]


def test_no_row_of_the_catalogue_is_listed_twice() -> None:
    project = Project.open(ROOT / "kernel" / KERNEL, ROOT / "specs" / SPECS)
    predicates = [row.predicate for row in project.rows if row.predicate is not None]
    assert len(predicates) > 40
    assert len(set(predicates)) == len(predicates)
    assert list(find_repeated(project.wiring.program, predicates)) == []


def test_every_flaw_has_its_story() -> None:
    page = (GALLERY / "README.md").read_text(encoding="utf-8")
    folders = [path for path in GALLERY.iterdir() if path.is_dir()]
    shown = [path.stem for folder in folders for path in folder.iterdir() if path.name != "__pycache__"]
    assert len(shown) >= 15
    assert [name for name in shown if f"`{name}`" not in page] == []


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A repository in which a run on the shipped kernel is recorded."""
    (tmp_path / "proofs").mkdir()
    text = render_record(PROVER.fingerprint(None), {"properties": [], "timing": {}})
    (tmp_path / "proofs" / "verdicts.json").write_text(text, encoding="utf-8")
    return tmp_path


def copy_kernel(folder: Path) -> Path:
    """A copy of the kernel, to be changed."""
    return Path(
        shutil.copytree(ROOT / "kernel" / KERNEL, folder / KERNEL, ignore=shutil.ignore_patterns("__pycache__"))
    )


def test_a_record_speaks_for_the_very_same_text_alone(recorded: Path) -> None:
    copy = copy_kernel(recorded)
    assert read_record(recorded, PROVER.fingerprint(copy)) is not None
    with (copy / "units.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert read_record(recorded, PROVER.fingerprint(copy)) is None


@pytest.mark.parametrize("change", ["renamed", "removed", "added"])
def test_a_record_of_another_kernel_is_refused(change: str, recorded: Path) -> None:
    copy = copy_kernel(recorded)
    if change == "renamed":
        (copy / "clock.py").rename(copy / "clocks.py")
    elif change == "removed":
        (copy / "quiet.py").unlink()
    else:
        (copy / "more.py").write_text("", encoding="utf-8")
    assert read_record(recorded, PROVER.fingerprint(copy)) is None


@pytest.mark.parametrize("part", ["specs_sha256", "prover_sha256", "solver"])
def test_a_record_of_other_claims_or_another_prover_is_refused(part: str, recorded: Path) -> None:
    assert read_record(recorded, {**PROVER.fingerprint(None), part: "another"}) is None


def make_question() -> str:
    """A question as it is exported: the proof that a lockout of 600 s is over after 700 s."""
    passed = terms.var("passed_s")
    facts = [terms.le(terms.const(700), passed), terms.negate(terms.le(terms.const(600), passed))]
    return render("a question", "unsat", facts)


def answer(text: str) -> str:
    """What a solver says of a file."""
    solver = z3.Solver(ctx=z3.Context())
    solver.from_string(text)
    return str(solver.check())


def test_a_question_that_was_edited_is_answered_otherwise() -> None:
    text = make_question()
    assert answer(text) == "unsat"
    for edited in (text.replace("700", "500"), text.replace("(assert (<= 700 |passed_s|))\n", "")):
        assert edited != text
        assert answer(edited) == "sat"
