# SPDX-License-Identifier: Apache-2.0
"""Second opinions: who disagrees, does not know or wavers is told, and what is asked again is what was asked."""

import operator
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import thecal
import thecal_specs
from thecal_adapters import schemas
from thecal_adapters.cli import prove as command
from thecal_adapters.exits import Exit
from thecal_adapters.finding import Missing
from thecal_adapters.opinions import is_confirmed, list_open, summarize
from thecal_proofs import smtlib, tautologies, terms
from thecal_proofs.decision import Limits
from thecal_proofs.discharge import Discharger
from thecal_proofs.obligations import Obligation
from thecal_proofs.opinions import second
from thecal_proofs.opinions.consulting import SecondSolver, consult
from thecal_proofs.opinions.multiplied import without_products
from thecal_proofs.opinions.opinion import Said
from thecal_proofs.opinions.panel import Choice, Panel
from thecal_proofs.opinions.shuffled import ask_shuffled
from thecal_proofs.prove import Project, prove
from thecal_proofs.report import Report
from thecal_proofs.solve import Answer, Question, Refuted, ask, overheard
from thecal_proofs.terms import Term

TOY = Path(__file__).parent / "fixtures" / "toy"
X, Y, Z = map(terms.var, "xyz")
CVC5 = SecondSolver(second.NAME, second.ask)
MANY = frozenset(range(-3, 4))


def prove_toy(panel: Panel | None = None, *ids: str) -> Report:
    kernel, specs = TOY / "thecal", TOY / "thecal_specs"
    return prove(ids or None, kernel=kernel, specs=specs, jobs=0, budget=500_000, panel=panel)


@cache
def prove_plainly() -> Report:
    return prove_toy()


def make_panel(status: str, choice: Choice = "both") -> Panel:
    """A panel whose second judge says the same of everything."""
    return Panel(choice, [SecondSolver("the other", lambda text: Said(status, "as ever"))])


def make_shaky_panel(status: str) -> Panel:
    """A panel before which Z3 says something else in other words."""
    return Panel(seeds=(7,), again=lambda refuted, seed, title: Answer(status, reason="lost", rlimit=refuted.budget))


def check(report: Report) -> dict[str, Any]:
    told = report.to_json()
    schemas.check("verdicts", told)
    return told


def _differs(term: Term, value: int) -> Term:
    return terms.negate(terms.eq(term, terms.const(value)))


def hear(*facts: Term) -> Refuted:
    """The question of some facts, as it is overheard."""
    with overheard() as heard, Question() as question:
        question.add(facts, tracked=True)
        assert question.check(100_000).status == "unsat"
    return heard[0]


def test_a_plain_run_asks_nobody_and_says_nothing_of_it() -> None:
    told = check(prove_plainly())
    assert not {"judges", "stability"} & set(told)
    assert "opinions" not in told["timing"]
    assert is_confirmed(told)
    assert not summarize(told)


def test_who_is_asked_changes_no_verdict_and_no_question_of_the_first_solver() -> None:
    plain, judged = prove_plainly(), prove_toy(Panel("both", [CVC5], (1, 2)))
    assert [replace(r, seconds=0.0, opinion=None) for r in judged.results] == [
        replace(r, seconds=0.0) for r in plain.results
    ]
    told = check(judged)
    questions = told["judges"]["questions"]
    assert questions > 10
    assert told["judges"]["confirmed"] == questions
    assert told["stability"]["questions"] == questions
    assert told["stability"]["wavered"] == 0
    assert 0 < told["stability"]["largest_share"] < 1
    assert 0 < told["judges"]["properties"]["TOY-01"]["questions"] < questions
    assert is_confirmed(told)
    assert [line.partition(":")[0] for line in summarize(told)] == ["Other judges", "Stability"]


def test_a_judge_who_disagrees_leaves_nothing_proved_that_rests_on_a_question() -> None:
    report = prove_toy(make_panel("sat"))
    asked = [result for result in report.results if result.opinion is not None and result.opinion.questions]
    assert asked
    assert {result.verdict for result in asked} == {"unknown"}
    assert all("Z3 says unsat, the other says sat" in result.detail for result in asked)
    told = check(report)
    assert len(told["judges"]["contradicted"]) == told["judges"]["questions"]
    assert list_open(told)[0].startswith("CONTRADICTED: ")
    assert not is_confirmed(told)


def test_what_a_second_judge_does_not_know_has_one_judge_only() -> None:
    report = prove_toy(make_panel("unknown"))
    told = check(report)
    alone = {result.id for result in report.results if result.opinion is not None and result.opinion.questions}
    assert set(told["judges"]["one_judge_only"]) == alone
    assert told["judges"]["confirmed"] == 0
    assert told["summary"] == check(prove_plainly())["summary"], "by the word of the first it is proved still"
    assert not is_confirmed(told)
    assert "as ever" in list_open(told)[0]


def test_where_the_second_judge_alone_counts_what_it_does_not_know_is_not_proved() -> None:
    report = prove_toy(make_panel("unknown", "cvc5"))
    asked = [result for result in report.results if result.opinion is not None and result.opinion.questions]
    assert {result.verdict for result in asked} == {"unknown"}
    assert all(result.detail.startswith("the other confirms 0 of the ") for result in asked)


def test_a_question_that_wavers_is_told_with_its_margin() -> None:
    told = check(prove_toy(make_shaky_panel("unknown")))
    steady = told["stability"]
    assert steady["wavered"] == steady["questions"] > 0
    assert steady["largest_share"] == 1
    assert "in the words of seed 7: lost" in steady["wavering"][0]
    assert told["summary"] == check(prove_plainly())["summary"]
    assert not is_confirmed(told)
    assert list_open(told)[0].startswith("wavering: ")


def test_a_solver_that_contradicts_itself_proves_nothing() -> None:
    report = prove_toy(make_shaky_panel("sat"))
    asked = [result for result in report.results if result.opinion is not None and result.opinion.questions]
    assert {result.verdict for result in asked} == {"unknown"}
    assert all("but sat in the words of seed 7" in result.detail for result in asked)
    check(report)


def test_a_question_that_is_printed_wrongly_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(smtlib._OPERATORS, "lt", "<=")
    told = check(prove_toy(Panel("both", [CVC5])))
    assert told["judges"]["contradicted"]


@pytest.mark.parametrize(
    ("made", "meant"),
    [
        (terms.add, operator.add),
        (terms.sub, operator.sub),
        (terms.mul, operator.mul),
        (terms.eq, operator.eq),
        (terms.le, operator.le),
        (terms.lt, operator.lt),
    ],
)
def test_the_second_solver_reads_an_operator_as_it_is_meant(made: Any, meant: Any) -> None:
    cases = []
    for x in MANY:
        for y in MANY:
            told, value = made(X, Y), meant(x, y)
            # A comparison is looked at through a truth that equals it, so that nothing turns it round.
            truth = terms.flag("it is so")
            wrong = [terms.eq(truth, told), terms.negate(truth) if value else truth]
            asked = wrong if told.is_bool else [_differs(told, value)]
            cases.append(terms.all_of([terms.eq(X, terms.const(x)), terms.eq(Y, terms.const(y)), *asked]))
    assert second.ask(smtlib.render("any of them", "unknown", [terms.any_of(cases)])).status == "unsat"


@pytest.mark.parametrize("divisor", [2, 3])
def test_the_second_solver_divides_as_cpython_does(divisor: int) -> None:
    wrong = [
        terms.both(terms.eq(X, terms.const(x)), _differs(made(X, divisor), value))
        for x in MANY
        for made, value in ((terms.div, x // divisor), (terms.mod, x % divisor))
    ]
    assert second.ask(smtlib.render("any of them", "unknown", [terms.any_of(wrong)])).status == "unsat"


def test_the_second_solver_says_sat_of_what_can_be_and_is_bounded_by_its_own_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert consult(second.ask, "it can be", [terms.lt(X, Y)]) == Said("sat")
    assert second.ask("(assert nonsense)").reason.startswith("cvc5 cannot read it")
    monkeypatch.setattr(second, "WAYS", ({"rlimit": "1"},))
    hard = terms.all_of(terms.lt(terms.mul(X, terms.var(f"v{i}")), terms.var(f"v{i + 1}")) for i in range(5))
    assert second.ask(smtlib.render("hard", "unknown", [hard])).status == "unknown"


def test_functions_that_stay_unknown_are_printed_with_their_arguments() -> None:
    answer = terms.apply("f", (X, terms.flag("b")), False)
    same = terms.apply("f", (Y, terms.flag("b")), False)
    facts = [terms.eq(X, Y), terms.lt(answer, same)]
    assert "(declare-fun |f| (Int Bool) Int)" in smtlib.render("calls", "unknown", facts)
    assert consult(second.ask, "calls", facts).status == "unsat"


def test_a_product_that_the_second_solver_is_lost_in_is_taken_away() -> None:
    least = [terms.le(terms.ZERO, Y), terms.le(X, terms.const(1800)), terms.le(Z, terms.mul(X, Y))]
    facts = [*least, terms.lt(terms.mul(Y, terms.const(1800)), Z)]
    linear = without_products(facts)
    assert linear is not None
    assert not any(map(terms.is_nonlinear, linear))
    assert consult(second.ask, "a product", facts).status == "unsat"
    assert without_products(least) is None, "these can hold together"


def test_a_model_of_what_lacks_its_products_contradicts_nothing() -> None:
    said = {"q": Said("unknown", "lost"), "q, without products": Said("sat")}
    facts = [terms.le(terms.ZERO, X), terms.le(terms.ZERO, Y), terms.lt(terms.mul(X, Y), terms.ZERO)]
    assert consult(lambda text: said[text.partition("\n")[0][2:]], "q", facts) == Said("unknown", "lost")


def test_only_what_sufficed_is_asked_and_all_that_was_not_tracked() -> None:
    with overheard() as heard, Question() as question:
        question.add([terms.lt(X, Y)])
        question.add([terms.lt(Y, X), terms.le(Z, X)], tracked=True)
        assert question.check(100_000).status == "unsat"
    texts: list[str] = []

    def judge(text: str) -> Said:
        texts.append(text)
        return Said("unsat")

    panel = Panel("both", [SecondSolver("the other", judge)])
    assert panel.form("q", heard).confirmed == 1
    assert texts[0].count("(assert ") == 2
    assert "|z|" not in texts[0]


def test_nothing_is_heard_of_what_was_not_settled_nor_outside() -> None:
    with overheard() as heard:
        assert ask([terms.lt(X, Y)]).status == "sat"
    assert not heard
    assert ask([terms.lt(X, Y), terms.lt(Y, X)]).status == "unsat"
    assert not heard


def test_what_was_confirmed_for_one_proof_is_heard_of_the_next_too() -> None:
    larger = terms.ite(terms.lt(X, Y), Y, X)
    counts = []
    for _ in range(2):
        tautologies.forget()
        with overheard() as heard:
            assert tautologies.find_tautologies([larger])
        counts.append(len(heard))
    assert counts[0] == counts[1] > 0


def test_other_words_are_the_same_each_time_and_have_no_name_of_the_first() -> None:
    refuted = hear(*(terms.lt(terms.var(f"w{i}"), terms.var(f"w{(i + 1) % 9}")) for i in range(9)))
    orders = []
    for seed in (1, 1, 2):
        with overheard() as heard:
            assert ask_shuffled(refuted, seed, "q").status == "unsat"
        orders.append(heard[0].tracked)
    assert orders[0] == orders[1] != orders[2]
    assert set(orders[0]) == set(refuted.tracked)
    names: list[str] = []

    def rename(name: str) -> str:
        names.append(name)
        return f"u{name}"

    with Question("core", 1, rename) as question:
        question.add(refuted.tracked)
        assert question.check(100_000).status == "unsat"
    assert sorted(names) == [f"w{i}" for i in range(9)]


@pytest.mark.parametrize(
    ("status", "panel"),
    [
        (Exit.AS_ASKED, Panel("both", [CVC5], (1,))),
        (Exit.UNDECIDED, make_panel("unknown")),
        (Exit.UNDECIDED, make_panel("sat")),
        (Exit.UNDECIDED, make_shaky_panel("unknown")),
    ],
)
def test_what_is_left_open_is_undecided_on_the_command_line(
    status: Exit, panel: Panel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = check(prove_toy(panel, "TOY-02"))

    class Prover:
        def list_ids(self, source: None) -> Sequence[str]:
            return []

        def list_events(self, source: None) -> Sequence[str]:
            return []

        def prove(self, ids: None, *, solver: str, seeds: Sequence[int], **_: object) -> dict[str, Any]:
            assert (solver, tuple(seeds)) == ("both", (1,))
            return told

    monkeypatch.setattr(command, "find_prover", Prover)
    opinions = command.Opinions("both", (1,))
    assert command.prove([], False, 1, None, None, None, opinions) == status
    shown = capsys.readouterr().out
    assert all(line in shown for line in (*summarize(told), *list_open(told)))


def test_a_solver_that_is_not_there_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, second.__name__)
    monkeypatch.setitem(sys.modules, "cvc5", None)
    with pytest.raises(Missing, match=r"'cvc5' is missing\. Bring it with: pip install 'thecal\[proofs\]'"):
        command.prove(["OVR-03"], False, 1, None, None, None, command.Opinions("both"))


def test_one_cell_of_the_kernel_is_confirmed_by_both() -> None:
    project = Project.open(Path(thecal.__file__).parent, Path(thecal_specs.__file__).parent)
    discharger = Discharger(project.wiring, project.rows, Limits())
    panel = Panel("both", [CVC5], (1,))
    (result,) = panel.settle([panel.discharge(discharger, Obligation("PulseReported", "property", "OVR-12"))])
    assert result.verdict == "proved"
    assert result.opinion is not None
    assert result.opinion.confirmed == result.opinion.questions > 0
    assert result.opinion.wavered == 0
