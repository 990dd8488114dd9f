# SPDX-License-Identifier: Apache-2.0
"""The proof kernel: what is printed for Coq means what it means, and nothing is confirmed that Coq did not check."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from thecal_adapters import schemas
from thecal_adapters.cli import prove as command
from thecal_adapters.finding import Missing
from thecal_adapters.opinions import is_confirmed, list_open, summarize
from thecal_proofs import terms
from thecal_proofs.opinions.coq import compiling, writing
from thecal_proofs.opinions.coq.argument import Argument
from thecal_proofs.opinions.coq.cases import Lost
from thecal_proofs.opinions.coq.compiling import Coq
from thecal_proofs.opinions.coq.judge import Kernel
from thecal_proofs.opinions.coq.refuting import refute
from thecal_proofs.opinions.coq.writing import write
from thecal_proofs.opinions.opinion import ARGUED, Said
from thecal_proofs.opinions.panel import Choice, Panel
from thecal_proofs.prove import prove
from thecal_proofs.report import Report
from thecal_proofs.solve import ask
from thecal_proofs.terms import Term

TOY = Path(__file__).parent / "fixtures" / "toy"
W, X, Y, Z = map(terms.var, "wxyz")
B, C = map(terms.flag, "bc")
SOME = (-7, -3, -1, 0, 2, 5)
FALSE_LEMMA = "Axiom wrong : False.\nTheorem {} : impossible [] [].\nProof. destruct wrong. Qed.\n"
NOT_PROVED = "Theorem {} : impossible [] [].\nProof. Admitted.\n"


@pytest.fixture(scope="module")
def coq(require_tool: Callable[[str, str], str]) -> Coq:
    return Coq(require_tool("coqc", "apt-get install coq"))


def differs(term: Term, value: int) -> Term:
    if not term.is_bool:
        return terms.negate(terms.eq(term, terms.const(value)))
    # A comparison is looked at through a truth that equals it, so that nothing turns it round.
    truth = terms.flag("it is so")
    return terms.both(terms.eq(truth, term), terms.negate(truth) if value else truth)


def with_values(x: int, y: int, *facts: Term) -> Term:
    return terms.all_of((terms.eq(X, terms.const(x)), terms.eq(Y, terms.const(y)), *facts))


def texts_of(*questions: Sequence[Term]) -> dict[str, str]:
    return {f"q{place}": write(f"q{place}", refute(facts)) for place, facts in enumerate(questions)}


def make_shared_question() -> list[Term]:
    """A question that takes most of what Coq is told: choices, sums, products, divisions, functions and truths."""
    larger = terms.ite(terms.lt(X, Y), Y, X)
    call = terms.apply("f", (X, B), False), terms.apply("f", (terms.sub(Y, W), C), False)
    asked = terms.apply("p", (X,), True), terms.apply("p", (terms.sub(Y, W),), True)
    product = terms.mul(X, Z)
    halves = terms.add(terms.mul(terms.div(X, 2), terms.const(2)), terms.mod(X, 2))
    return [
        terms.any_of(
            [
                terms.all_of([terms.lt(larger, X)]),
                terms.all_of([terms.eq(terms.add(X, W), Y), terms.eq(B, C), terms.lt(*call)]),
                terms.all_of([terms.eq(terms.add(X, W), Y), asked[0], terms.negate(asked[1])]),
                terms.all_of([terms.le(terms.ONE, X), terms.le(terms.ONE, Z), terms.lt(product, Z)]),
                terms.lt(halves, X),
                terms.all_of([terms.ite(B, C, terms.negate(C)), B, terms.negate(C)]),
            ]
        )
    ]


OPERATORS: Sequence[tuple[Any, Any]] = (
    (terms.add, operator.add),
    (terms.sub, operator.sub),
    (terms.mul, operator.mul),
    (terms.eq, operator.eq),
    (terms.le, operator.le),
    (terms.lt, operator.lt),
    (lambda x, y: terms.div(x, 3), lambda x, y: x // 3),
    (lambda x, y: terms.mod(x, 3), lambda x, y: x % 3),
    (lambda x, y: terms.ite(terms.lt(x, y), x, y), min),
)


def test_an_operator_has_the_value_that_cpython_gives_it_for_negative_numbers_too(coq: Coq) -> None:
    questions = [
        [terms.any_of(with_values(x, y, differs(made(X, Y), int(meant(x, y)))) for x in SOME for y in SOME)]
        for made, meant in OPERATORS
    ]
    theorems = texts_of(*questions)
    assert coq.accept(theorems, "operators") == set(theorems)


def test_truths_are_combined_as_cpython_combines_them(coq: Coq) -> None:
    made: dict[str, tuple[Term, Callable[[bool, bool], bool]]] = {
        "and": (terms.both(B, C), lambda b, c: b and c),
        "or": (terms.either(B, C), lambda b, c: b or c),
        "not": (terms.eq(B, terms.negate(C)), lambda b, c: b != c),
        "same": (terms.eq(B, C), lambda b, c: b == c),
        "pick": (terms.ite(B, C, terms.flag("d")), lambda b, c: c if b else False),
    }
    questions = [
        [
            terms.negate(terms.flag("d")),
            terms.any_of(
                terms.all_of(
                    (B if b else terms.negate(B), C if c else terms.negate(C), differs(term, int(meant(b, c))))
                )
                for b in (True, False)
                for c in (True, False)
            ),
        ]
        for term, meant in made.values()
    ]
    theorems = texts_of(*questions)
    assert coq.accept(theorems, "truths") == set(theorems)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("add", "Sub"),
        ("sub", "Add"),
        ("div", "Mod"),
        ("mod", "Div"),
        ("le", "Lt"),
        ("lt", "Le"),
        ("and", "Or"),
        ("or", "And"),
    ],
)
def test_an_operator_that_is_printed_wrongly_is_noticed(
    name: str, other: str, coq: Coq, monkeypatch: pytest.MonkeyPatch
) -> None:
    argument = refute(make_shared_question())
    monkeypatch.setitem(writing.NAMES, name, other)
    assert not coq.accept({"q": write("q", argument)}, "wrong")


def test_a_question_of_everything_is_confirmed_and_no_step_of_its_argument_can_be_left_out(coq: Coq) -> None:
    argument = refute(make_shared_question())
    assert coq.accept({"q": write("q", argument)}, "shared") == {"q"}
    assert {step.name for step in argument.steps} == {"Fact", "Part", "Arith", "Squeezed", "Congruent", "Derived"}
    places = Random(1).sample(range(len(argument.steps)), 8)
    without = {
        f"w{place}": write(f"w{place}", Argument(argument.table, without_step(argument, place))) for place in places
    }
    assert not coq.accept(without, "without")


def without_step(argument: Argument, place: int) -> tuple[Any, ...]:
    """The steps with one that says nothing new in the place of another."""
    steps = list(argument.steps)
    fact = next(step for step in steps if step.name == "Fact")
    steps[place] = fact if steps[place] != fact else next(step for step in steps if step.name == "Part")
    return tuple(steps)


def test_what_can_hold_together_is_never_confirmed(coq: Coq) -> None:
    for facts in (
        [],
        [terms.lt(X, Y)],
        [terms.lt(terms.mul(X, X), Y)],
        [B],
        [terms.eq(terms.mod(X, 3), terms.const(2))],
    ):
        with pytest.raises(Lost):
            refute(facts)
    # An argument against other facts does not serve either.
    strict = refute([terms.lt(X, Y), terms.lt(Y, X)])
    weak = refute([terms.le(X, Y), terms.lt(Y, X)])
    assert not coq.accept({"q": write("q", replace(weak, steps=weak.steps[:1] + weak.steps[2:]))}, "weak")
    assert coq.accept({"q": write("q", strict)}, "strict")


def make_random_question(chance: Random) -> list[Term]:
    """A few facts about few unknowns."""
    numbers = [X, Y, Z, *(terms.const(chance.randrange(-4, 5)) for _ in range(3))]
    truths = [B, C]
    for _ in range(14):
        a, b = chance.choice(numbers), chance.choice(numbers)
        match chance.randrange(6):
            case 0:
                numbers.append(terms.add(a, b))
            case 1:
                numbers.append(terms.sub(a, b))
            case 2:
                numbers.append(terms.ite(chance.choice(truths), a, b))
            case 3:
                numbers.append(chance.choice((terms.div, terms.mod))(a, chance.randrange(2, 5)))
            case 4:
                truths.append(chance.choice((terms.le, terms.lt, terms.eq))(a, b))
            case _:
                made = (terms.both, terms.either, terms.implies, terms.eq)
                truths.append(chance.choice(made)(chance.choice(truths), chance.choice(truths)))
    return [fact for fact in chance.sample(truths, min(6, len(truths))) if fact not in (terms.TRUE, terms.FALSE)]


def test_random_questions_get_the_answer_that_z3_gives(coq: Coq) -> None:
    theorems: dict[str, str] = {}
    counts = {"sat": 0, "unsat": 0}
    for seed in range(400):
        facts = make_random_question(Random(seed))
        status = ask(facts).status
        counts[status] += 1
        if status == "unsat":
            theorems |= {f"r{seed}": write(f"r{seed}", refute(facts))}
        else:
            with pytest.raises(Lost):
                refute(facts)
    assert min(counts.values()) > 40
    assert coq.accept(theorems, "random") == set(theorems)


@pytest.mark.parametrize("smuggled", [FALSE_LEMMA, NOT_PROVED, "Nonsense {}.\n"])
def test_what_rests_on_an_assumption_is_refused_and_takes_nothing_down_with_it(smuggled: str, coq: Coq) -> None:
    sound = texts_of([terms.lt(X, Y), terms.lt(Y, X)], [B, terms.negate(B)])
    assert coq.accept(sound, "sound") == set(sound)
    assert coq.accept({"bad": smuggled.format("bad")} | sound, "smuggled") == set(sound)


def test_a_checker_that_coq_does_not_accept_is_not_used(
    coq: Coq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in compiling.FILES:
        (tmp_path / f"{name}.v").write_text((compiling.HERE / f"{name}.v").read_text(encoding="utf-8"))
    meaning = tmp_path / "Meaning.v"
    meaning.write_text(meaning.read_text().replace("| Sub a b => v a - v b", "| Sub a b => v b - v a"))
    monkeypatch.setattr(compiling, "HERE", tmp_path)
    with pytest.raises(RuntimeError, match="does not accept"):
        Coq()


def test_coq_that_is_not_there_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "COMMAND", "no-such-coqc")
    with pytest.raises(Missing, match=r"coqc is missing\. Bring it with: apt-get install coq"):
        command.prove(["OVR-03"], False, 1, None, None, None, command.Opinions("coq"))


class Fake:
    """A judge who says what it is told to, of one question something else, and finds arguments or none."""

    def __init__(self, name: str, status: str = "unsat", first: str = "", holds: bool = True) -> None:
        self.name = name
        self._status = status
        self._first = first
        self._holds = holds

    def say(self, title: str, facts: tuple[Term, ...]) -> Said:
        status, self._first = self._first or self._status, ""
        return Said(status, title)

    def settle(self, arguments: frozenset[str], jobs: int) -> Mapping[str, Said]:
        return {each: Said("unsat" if self._holds else "unknown", "refused") for each in arguments}


def prove_toy(choice: Choice, *judges: Any) -> tuple[Report, dict[str, Any]]:
    panel = Panel(choice, judges)
    report = prove(None, kernel=TOY / "thecal", specs=TOY / "thecal_specs", jobs=0, budget=500_000, panel=panel)
    told = report.to_json()
    schemas.check("verdicts", told)
    return report, told


def test_all_of_a_small_kernel_is_confirmed_by_coq(coq: Coq) -> None:
    kernel = Kernel(coq)
    _, told = prove_toy("coq", kernel)
    judges = told["judges"]
    assert judges["names"][1] == kernel.name
    assert judges["by_judge"] == {kernel.name: judges["questions"]}
    assert judges["confirmed"] == judges["questions"] > 10
    assert is_confirmed(told)
    plain = prove(None, kernel=TOY / "thecal", specs=TOY / "thecal_specs", jobs=0, budget=500_000)
    assert told["summary"] == plain.to_json()["summary"]


def test_each_judge_is_counted_by_name_and_what_all_confirm_is_counted_too() -> None:
    _, told = prove_toy("all", Fake("one"), Fake("two", first="unknown"), Fake("three", ARGUED))
    judges = told["judges"]
    total = judges["questions"]
    assert judges["by_judge"]["one"] == judges["by_judge"]["three"] == total
    assert total > judges["by_judge"]["two"] == judges["confirmed"]
    assert judges["one_judge_only"] == [], "another has confirmed it"
    assert any("two does not know" in line for line in list_open(told))
    assert not is_confirmed(told)
    assert f"one confirms {total}, two confirms {judges['confirmed']}" in summarize(told)[0]
    assert sum(row["questions"] for row in judges["properties"].values()) > 0
    for row in judges["properties"].values():
        assert set(row["by_judge"]) == {"one", "two", "three"}


@pytest.mark.parametrize(("choice", "verdict"), [("coq", "unknown"), ("all", "proved")])
def test_an_argument_that_coq_refuses_confirms_nothing(choice: Choice, verdict: str) -> None:
    report, told = prove_toy(choice, Fake("a kernel", ARGUED, holds=False))
    asked = [result for result in report.results if result.opinion is not None and result.opinion.questions]
    assert {result.verdict for result in asked} == {verdict}
    assert told["judges"]["confirmed"] == 0
    assert set(told["judges"]["one_judge_only"]) == {result.id for result in asked}
    assert not is_confirmed(told)
