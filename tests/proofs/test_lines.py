# SPDX-License-Identifier: Apache-2.0
"""Which lines a proof uses: no fewer than it needs, none that it can do without, and what nobody needs is shown."""

import re
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from thecal_adapters import schemas
from thecal_adapters.line_record import read_lines
from thecal_proofs import terms
from thecal_proofs.frontend import Program, Sources
from thecal_proofs.frontend.refusal import Loc
from thecal_proofs.lines.cutting import cut, find_skeleton
from thecal_proofs.lines.origins import RECORDER, Origins, TracingEncoder
from thecal_proofs.lines.summary import write_lines
from thecal_proofs.lines.used import Line
from thecal_proofs.lines.weighing import Purse, Weighing
from thecal_proofs.prove import prove
from thecal_proofs.report import Report
from thecal_proofs.terms import Term
from thecal_proofs.values import Value, symbol

TOY = Path(__file__).parent / "fixtures" / "toy"
STEP = "step.py"
X, Y, Z = map(terms.var, "xyz")
TEN = terms.const(10)


def run_toy(kernel: Path, *ids: str, is_weighed: bool = True) -> Report:
    specs = TOY / "thecal_specs"
    return prove(ids or None, kernel=kernel, specs=specs, jobs=1, budget=500_000, is_weighed=is_weighed)


@cache
def weigh_toy(*ids: str) -> dict[str, Any]:
    told = run_toy(TOY / "thecal", *ids).to_json()
    schemas.check("verdicts", told)
    lines: dict[str, Any] = told["lines"]
    schemas.check("lines", {"version": 1, "fingerprint": {}, **lines})
    return lines


def find_line(text: str) -> int:
    """The one line of the toy's step in which a text stands."""
    lines = (TOY / "thecal" / STEP).read_text().splitlines()
    (found,) = [number for number, line in enumerate(lines, start=1) if text in line]
    return found


def make_origins(**nodes: Term) -> Origins:
    """Each line, by a letter, computes one node."""
    found = Origins()
    for letter, node in nodes.items():
        found.note(node, (letter, 1))
    return found


def weigh(origins: Origins, *facts: Term) -> Sequence[str] | None:
    found = Weighing(facts, {}, origins, True).find(Purse())
    return None if found is None else sorted(file for file, _ in found)


def test_a_line_is_needed_where_the_claim_fails_if_it_may_compute_anything() -> None:
    larger, other = terms.ite(terms.lt(X, Y), Y, X), terms.add(X, Z)
    origins = make_origins(a=larger, b=other)
    assert weigh(origins, terms.lt(larger, X)) == ["a"]
    assert weigh(origins, terms.lt(terms.add(larger, other), terms.add(larger, other))) == []
    assert weigh(origins, terms.lt(X, X), terms.lt(larger, other)) == []


def test_of_two_lines_of_which_either_suffices_one_is_named() -> None:
    one, two = terms.add(X, TEN), terms.add(Y, TEN)
    facts = [terms.lt(one, TEN), terms.lt(two, TEN), terms.le(terms.ZERO, X), terms.le(terms.ZERO, Y)]
    assert weigh(make_origins(a=one, b=two), *facts) in (["a"], ["b"])


def test_lines_that_only_suffice_together_are_all_named() -> None:
    one = terms.add(X, Y)
    two = terms.add(one, Z)
    signs = [terms.lt(terms.ZERO, Y), terms.lt(terms.ZERO, Z)]
    assert weigh(make_origins(a=one, b=two), *signs, terms.le(two, X)) == ["a", "b"]


def test_a_node_that_two_lines_compute_counts_for_both() -> None:
    origins = Origins()
    shared = terms.add(X, TEN)
    for letter in "ab":
        origins.note(shared, (letter, 1))
    assert weigh(origins, terms.le(shared, X)) == ["a", "b"]


def test_what_the_specification_computes_word_for_word_as_the_kernel_does_counts() -> None:
    """If it were cut, it would be cut from claim and kernel alike, and what is always equal to itself needs nothing."""
    shared = terms.eq(terms.add(X, Z), Y)
    given = terms.both(terms.flag("b"), shared), terms.negate(shared)
    origins = make_origins(a=shared)
    assert weigh(origins, *given) == []
    origins.note(shared, None)
    assert weigh(origins, *given) == ["a"]


def test_a_claim_that_is_turned_round_is_that_of_the_same_line() -> None:
    claim = terms.le(X, terms.add(X, TEN))
    assert weigh(make_origins(a=claim), terms.negate(claim)) == ["a"]


def test_products_are_weighed_too_and_what_is_not_refuted_has_no_lines() -> None:
    product = terms.mul(X, Y)
    signs = [terms.le(terms.ZERO, X), terms.le(terms.ZERO, Y)]
    assert weigh(make_origins(a=product), *signs, terms.lt(product, terms.ZERO)) == ["a"]
    assert weigh(make_origins(a=product), terms.lt(product, terms.ZERO)) is None


def test_a_line_that_only_joins_truths_counts_where_a_claim_is_taken_apart() -> None:
    parts = terms.le(X, Y), terms.le(Y, Z)
    joined = terms.all_of(parts)
    assert find_skeleton(joined, make_origins(a=joined)) == {part: frozenset({("a", 1)}) for part in parts}
    claim = terms.implies(terms.flag("b"), joined)
    assert set(find_skeleton(claim, make_origins(a=joined)).values()) == {frozenset({("a", 1)})}


def test_what_one_line_makes_of_its_own_stays_together() -> None:
    inner = terms.add(X, Y)
    outer = terms.sub(inner, Z)
    origins = Origins()
    for node in (inner, outer):
        origins.note(node, ("a", 1))
    parts = cut([terms.le(outer, X)], origins)
    (said,) = parts.computed.values()
    assert said.op == "eq"
    assert outer in said.args


SOURCE = '''
"""A kernel of one function."""


def answer(x: int, y: int) -> int:
    """The larger, and one more."""
    if x > y:
        return x + 1
    larger = y
    return larger + 1
'''


def test_each_node_is_that_of_the_line_that_computes_it() -> None:
    sources = Sources.of_texts({"thecal.units": SOURCE})
    program = Program(sources)
    function = program.signature("thecal.units", "answer")
    encoder = TracingEncoder(program)
    arguments: list[Value] = [symbol(found, name) for name, found in function.params]
    with RECORDER.heard():
        result = encoder.run(function, arguments).value
    x, y = terms.var("x"), terms.var("y")

    def lines(node: Term) -> set[int]:
        return {number for _, number in encoder.origins.find(node)}

    assert lines(terms.add(x, terms.ONE)) == {8}
    assert lines(terms.add(y, terms.ONE)) == {10}
    assert lines(terms.lt(y, x)) == {7}
    assert isinstance(result, Term)
    assert lines(result) == {7}, "the choice between two exits is that of the condition"
    assert lines(x) == set(), "what is handed on is computed by nobody"


def test_nothing_is_remembered_outside_nor_of_the_specification() -> None:
    origins = Origins()
    with RECORDER.at(Loc("kernel/thecal/step.py", 3, 1), origins):
        RECORDER.note_result(terms.add(X, terms.const(77)))
    assert origins.find(terms.add(X, terms.const(77))) == frozenset()
    with RECORDER.heard(), RECORDER.at(Loc("specs/thecal_specs/ghost.py", 3, 1), origins):
        RECORDER.note_result(terms.add(X, terms.const(77)))
    assert origins.is_claimed(terms.add(X, terms.const(77)))
    assert origins.find(terms.add(X, terms.const(77))) == frozenset()


def test_a_plain_run_weighs_nothing_and_a_weighed_one_changes_no_verdict() -> None:
    plain, weighed = run_toy(TOY / "thecal", is_weighed=False), run_toy(TOY / "thecal")
    assert "lines" not in plain.to_json()
    assert [(r.id, r.verdict, r.rlimit) for r in plain.results] == [
        (r.id, r.verdict, r.rlimit) for r in weighed.results
    ]
    assert all((r.used is not None) <= (r.verdict == "proved") for r in weighed.results)


def test_the_guard_that_keeps_a_property_is_among_its_lines_and_a_guard_beside_it_is_not() -> None:
    own = set(read_lines(weigh_toy()["properties"]["TOY-01"]["own"]))
    assert (STEP, find_line(">= config.interval_s")) in own
    assert (STEP, find_line("< config.pulse_count_max")) not in own
    every = set(read_lines(weigh_toy()["properties"]["TOY-02"]["all"]))
    assert (STEP, find_line("< config.pulse_count_max")) in every
    assert (STEP, find_line(">= config.interval_s")) not in every


def test_a_line_that_no_proof_needs_is_shown_with_its_reason() -> None:
    unused = {reason: set(read_lines(lines)) for reason, lines in weigh_toy()["unused"].items()}
    assert unused["weighed"] == {(STEP, find_line("state.slots[state.tick"))}
    assert (STEP, find_line("isinstance(event, Tick)")) in unused["unasked"]
    assert (STEP, find_line("return on_tick(config, state)")) in unused["handing on"]


def test_a_property_alone_uses_the_lines_that_it_uses_in_a_whole_run() -> None:
    assert weigh_toy("TOY-01")["properties"]["TOY-01"] == weigh_toy()["properties"]["TOY-01"]


def change(folder: Path, line: Line, before: str, after: str) -> Path:
    kernel = shutil.copytree(TOY / "thecal", folder / "thecal")
    file, number = line
    lines = (kernel / file).read_text().splitlines(keepends=True)
    assert before in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(before, after)
    (kernel / file).write_text("".join(lines))
    return kernel


@pytest.mark.parametrize(
    ("text", "before", "after", "is_needed"),
    [
        (">= config.interval_s", ">=", "<=", True),
        ("state.slots[state.tick", "> 0", "< 7", False),
        ("< config.pulse_count_max", "<", "<=", False),
    ],
)
def test_a_proof_stands_whatever_a_line_computes_that_it_does_not_need(
    tmp_path: Path, text: str, before: str, after: str, is_needed: bool
) -> None:
    line = STEP, find_line(text)
    assert (line in set(read_lines(weigh_toy()["properties"]["TOY-01"]["all"]))) is is_needed
    report = run_toy(change(tmp_path, line, before, after), "TOY-01", is_weighed=False)
    (row,) = report.asked_rows()
    assert (report.verdict(row) == "proved") is not is_needed


def test_lines_are_written_as_ranges_and_read_back() -> None:
    lines: list[Line] = [("b.py", 9), ("a.py", 3), ("a.py", 1), ("a.py", 2), ("a.py", 7)]
    assert write_lines(lines) == {"a.py": "1-3, 7", "b.py": "9"}
    assert sorted(lines) == list(read_lines(write_lines(lines)))
    assert re.fullmatch(r"(\d+(-\d+)?)(, \d+(-\d+)?)*", write_lines(lines)["a.py"])
