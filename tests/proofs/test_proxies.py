# SPDX-License-Identifier: Apache-2.0
"""The second translation: equal to the first where both are right, and different where either is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import z3

from thecal_proofs import encode, terms, values
from thecal_proofs.encode import Check, Encoder
from thecal_proofs.frontend import Program, Sources, ir
from thecal_proofs.proxies import folds, proxy, subject, tables
from thecal_proofs.proxies.compare import Comparison, compare
from thecal_proofs.proxies.explorer import Explorer
from thecal_proofs.proxies.proxy import Number, Truth
from thecal_proofs.proxies.subject import Subject
from thecal_proofs.proxies.theory import Formula
from thecal_proofs.terms import Term

CONSTRUCTS = Sources.of_folders(Path(__file__).parent / "fixtures" / "constructs")
PROGRAM = Program(CONSTRUCTS)
MODULE = "constructs.every"

IMPORTS = """
from dataclasses import dataclass, replace
from typing import Annotated

Four = Annotated[tuple[int, ...], 4]


@dataclass(frozen=True, slots=True)
class P:
    x: int
    y: int


def helper(x: int) -> int:
    return x + 1


def other(x: int) -> int:
    return x + 1


"""


def compare_texts(folder: Path, read: str, executed: str) -> Comparison:
    """Compare one text, read, with another, executed; the function is `f`."""
    package = folder / "sample"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "room.py").write_text(IMPORTS + executed, encoding="utf-8")
    texts = {"sample": "", "sample.room": IMPORTS + read}
    program = Program(Sources.of_texts(texts))
    return compare(program, Subject([package], ["sample.room"]), program.signature("sample.room", "f"))


def compare_construct(name: str) -> Comparison:
    """Compare both translations of one function of the constructs."""
    return compare(PROGRAM, Subject(CONSTRUCTS.folders, [MODULE]), PROGRAM.signature(MODULE, name))


@pytest.mark.parametrize("name", [function.name for function in PROGRAM.functions("constructs")])
def test_a_construct_is_read_as_it_is_executed(name: str) -> None:
    found = compare_construct(name)
    assert (found.verdict, found.detail) == ("equal", "")
    assert found.ways >= 1


PAIRS = {
    "a relation": (
        "def f(x: int, y: int) -> bool:\n    return x < y\n",
        "def f(x: int, y: int) -> bool:\n    return x <= y\n",
    ),
    "a rounding": (
        "def f(x: int) -> int:\n    return x // 2\n",
        "def f(x: int) -> int:\n    return x // 2 if x >= 0 else -(-x // 2)\n",
    ),
    "a remainder": (
        "def f(x: int) -> int:\n    return x % 7\n",
        "def f(x: int) -> int:\n    return x % 7 if x >= 0 else -(-x % 7)\n",
    ),
    "branches in another order": (
        "def f(x: int) -> int:\n    if x > 1:\n        return 1\n    if x > 0:\n        return 2\n    return 3\n",
        "def f(x: int) -> int:\n    if x > 0:\n        return 2\n    if x > 1:\n        return 1\n    return 3\n",
    ),
    "a constant": (
        "N = 48\n\n\ndef f(x: int) -> int:\n    return x * N\n",
        "N = 47\n\n\ndef f(x: int) -> int:\n    return x * N\n",
    ),
    "another function, though it computes the same": (
        "def f(x: int) -> int:\n    return helper(x)\n",
        "def f(x: int) -> int:\n    return other(x)\n",
    ),
    "other arguments": (
        "def g(x: int, y: int) -> int:\n    return x - y\n\n\ndef f(x: int, y: int) -> int:\n    return g(x, y)\n",
        "def g(x: int, y: int) -> int:\n    return x - y\n\n\ndef f(x: int, y: int) -> int:\n    return g(y, x)\n",
    ),
    "a field": (
        "def f(p: P, x: int) -> P:\n    return replace(p, x=x)\n",
        "def f(p: P, x: int) -> P:\n    return replace(p, y=x)\n",
    ),
    "a filter": (
        "def f(t: Four) -> int:\n    return sum(x for x in t if x > 3)\n",
        "def f(t: Four) -> int:\n    return sum(x for x in t if x >= 3)\n",
    ),
    "one element of a table": (
        "def f(t: Four) -> bool:\n    return all(x > 3 for x in t)\n",
        "def f(t: Four) -> bool:\n    return all(x > 3 for x in t[:3])\n",
    ),
    "an index": (
        "def f(t: Four, i: int) -> int:\n    return t[i] if 0 <= i < 4 else 0\n",
        "def f(t: Four, i: int) -> int:\n    return t[(i + 1) % 4] if 0 <= i < 4 else 0\n",
    ),
    "the length of a table": (
        "def f(t: Four) -> Four:\n    return t[1:] + t[:1]\n",
        "def f(t: Four) -> Four:\n    return t[1:] + t[:2]\n",
    ),
    "an index out of range": (
        "def f(t: Four, i: int) -> int:\n    return t[0] if i > 3 else t[i % 4]\n",
        "def f(t: Four, i: int) -> int:\n    return t[i] if i > 3 else t[i % 4]\n",
    ),
    "an intermediate result beyond 64 bits": (
        "def f(x: int, y: int) -> bool:\n    return x > 5 and y > 5\n",
        "def f(x: int, y: int) -> bool:\n    return x + y - y > 5 and y > 5\n",
    ),
}


@pytest.mark.parametrize("what", PAIRS)
def test_what_is_executed_differently_than_read_is_noticed(what: str, tmp_path: Path) -> None:
    read, executed = PAIRS[what]
    (tmp_path / "same").mkdir()
    assert compare_texts(tmp_path, read, executed).verdict == "different"
    assert compare_texts(tmp_path / "same", read, read).verdict == "equal"


def test_a_difference_names_the_place_and_arguments(tmp_path: Path) -> None:
    found = compare_texts(tmp_path, *PAIRS["a field"])
    assert "result.x is" in found.detail
    assert "as executed" in found.detail


def test_what_is_written_differently_and_means_the_same_is_equal(tmp_path: Path) -> None:
    read = "def f(x: int, y: int) -> int:\n    return max(x, y) - min(x, y)\n"
    executed = "def f(x: int, y: int) -> int:\n    if x < y:\n        return y - x\n    return x - y\n"
    assert compare_texts(tmp_path, read, executed).verdict == "equal"


def truncated(dividend: Formula, divisor: int) -> Formula:
    """Division towards zero, as other languages have it."""
    return z3.If(dividend >= 0, dividend / divisor, -((-dividend) / divisor))


FAULTS_OF_PROXIES: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "division towards zero": ("floor_division", lambda m: m.setattr(proxy, "compute_floor", truncated)),
    "at most for less": ("comparisons", lambda m: m.setattr(Number, "__lt__", Number.__le__)),
    "less for at least": ("comparisons", lambda m: m.setattr(Number, "__ge__", Number.__gt__)),
    "sum for difference": ("addition", lambda m: m.setattr(Number, "__sub__", Number.__add__)),
    "equal for different": ("equality_of_truths", lambda m: m.setattr(Truth, "__ne__", Truth.__eq__)),
    "the largest for the least": (
        "min_max",
        lambda m: m.setitem(folds.BUILTINS, "min", folds.largest_of),
    ),
    "two parts joined the wrong way round": (
        "slices",
        lambda m: m.setattr(tables.Table, "__add__", tables.Table.__radd__),
    ),
    "a record that is always equal": (
        "equality_of_records",
        lambda m: m.setattr(subject, "equal_items", lambda a, b: True),
    ),
}


@pytest.mark.parametrize("fault", FAULTS_OF_PROXIES)
def test_a_fault_in_the_proxies_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    construct, seed = FAULTS_OF_PROXIES[fault]
    seed(monkeypatch)
    assert compare_construct(construct).verdict == "different"


def without_checks(self: Encoder, kind: str, condition: Term, loc: Any) -> None:
    """An encoder that demands nothing."""


def with_wrong_paths(self: Encoder, kind: str, condition: Term, loc: Any) -> None:
    """An encoder that demands everything, even where nothing gets there."""
    frame = self._frames[-1]
    frame.summary.checks.append(Check(kind, terms.TRUE, condition, loc, "f"))


FAULTS_OF_THE_READER: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "a swapped choice": (
        "choice",
        lambda m: m.setattr(values, "choose", _swapped(values.choose)),
    ),
    "at most for less": ("comparisons", lambda m: m.setattr(terms, "lt", terms.le)),
    "an index that is not demanded": (
        "tuple_index_out_of_range",
        lambda m: m.setattr(Encoder, "_check", without_checks),
    ),
    "a range that is not demanded": ("addition", lambda m: m.setattr(Encoder, "_check", without_checks)),
    "an index demanded where nothing gets": ("tuple_index", lambda m: m.setattr(Encoder, "_check", with_wrong_paths)),
    "the first element for the last": ("slices", lambda m: m.setattr(Encoder, "_slice", _whole_slice)),
    "no difference between extremes": (
        "min_max",
        lambda m: m.setattr(encode, "_extreme_of", lambda op, items: next(iter(items))),
    ),
}


def _swapped(choose: Callable[..., Any]) -> Callable[..., Any]:
    return lambda test, then, other: choose(test, other, then)


def _whole_slice(self: Encoder, expr: ir.Slice, env: encode.Env) -> values.Value:
    items = encode._items(self.evaluate(expr.items, env))
    return values.tuple_of(items[: expr.stop - expr.start])


@pytest.mark.parametrize("fault", FAULTS_OF_THE_READER)
def test_a_fault_in_the_reader_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    construct, seed = FAULTS_OF_THE_READER[fault]
    seed(monkeypatch)
    assert compare_construct(construct).verdict == "different"


def test_a_way_that_is_not_taken_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def split(self: Explorer, condition: Formula, frame: Any) -> bool:
        return self._take(condition, True)

    monkeypatch.setattr(Explorer, "_split", split)
    found = compare_construct("branches")
    assert (found.verdict, found.detail) == ("different", "the ways taken leave something out")


MANY = (
    "def f(p: P, q: P, r: P) -> bool:\n    return (\n        "
    + "\n        and ".join(f"helper(p.x) != {i} and (q.x > {i} or q.y > {i} or r.x > {i})" for i in range(12))
    + "\n    )\n"
)


def test_ways_that_go_on_alike_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "FEW_WAYS", 4)
    found = compare_texts(tmp_path, MANY, MANY)
    assert found.verdict == "equal"
    assert found.ways < 100


def test_a_difference_behind_a_join_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "FEW_WAYS", 4)
    assert compare_texts(tmp_path, MANY, MANY.replace("r.x > 11", "r.y > 11")).verdict == "different"


def test_what_is_not_explored_behind_a_join_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find_join = Explorer._find_join

    def forget(self: Explorer, frame: Any, outcome: bool) -> Any:
        section = find_join(self, frame, outcome)
        if len(self._sections) == 5:
            self._todo = [item for item in self._todo if item[1] is not section]
        return section

    monkeypatch.setattr(subject, "FEW_WAYS", 4)
    monkeypatch.setattr(Explorer, "_find_join", forget)
    found = compare_texts(tmp_path, MANY, MANY)
    assert (found.verdict, found.detail) == ("different", "the ways taken leave something out")


IN_AN_ELEMENT = (
    "def f(t: Four, p: P, q: P) -> bool:\n    return any(\n        "
    + "\n        and ".join(f"helper(x) != {i} and (q.x > {i} or q.y > x or p.x > {i})" for i in range(6))
    + "\n        for x in t if x > p.y\n    )\n"
)


def test_ways_of_an_element_are_joined(tmp_path: Path) -> None:
    assert compare_texts(tmp_path, IN_AN_ELEMENT, IN_AN_ELEMENT).verdict == "equal"


@pytest.mark.parametrize(("before", "after"), [("p.x > 5", "p.y > 5"), ("!= 3", "!= 4"), ("x > p.y", "x >= p.y")])
def test_a_difference_in_an_element_is_noticed(before: str, after: str, tmp_path: Path) -> None:
    assert compare_texts(tmp_path, IN_AN_ELEMENT, IN_AN_ELEMENT.replace(before, after)).verdict == "different"


def test_what_the_proxies_cannot_follow_is_told(tmp_path: Path) -> None:
    read = "def f(x: int) -> int:\n    return x // 2\n"
    found = compare_texts(tmp_path, read, "def f(x: int) -> int:\n    return int(x / 2)\n")
    assert found.verdict == "out of reach"
    assert "/" in found.detail
