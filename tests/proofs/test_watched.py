# SPDX-License-Identifier: Apache-2.0
"""An operation that leaves 64 bits is noted where it stands; what is watched is as it was afterwards."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from thecal_proofs.watched import Violation, watching

BIG = 2**63
TEXT = """
def add(a, b):
    return a + b


def subtract(a, b):
    return a - b


def multiply(a, b):
    return a * b


def oppose(a, b):
    return -a


def size(a, b):
    return abs(a)


def total(a, b):
    return sum(item for item in (a, b, -b))


def entry(a, b):
    return (7, 8, 9)[a]


def join(a, b):
    return ((a,) + (b,)) * 2


def outer(a, b):
    return add(a, b) if a > 0 else 0
"""


@pytest.fixture
def sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module of small functions of two integers."""
    (tmp_path / "sums.py").write_text(TEXT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("sums")
    del sys.modules["sums"]


@pytest.mark.parametrize(
    ("name", "fine", "wrong", "kind"),
    [
        ("add", (BIG - 2, 1), (BIG - 1, 1), "range"),
        ("subtract", (-BIG + 1, 1), (-BIG, 1), "range"),
        ("multiply", (-BIG // 2, 2), (BIG // 2, 2), "range"),
        ("oppose", (-BIG + 1, 0), (-BIG, 0), "range"),
        ("size", (-BIG + 1, 0), (-BIG, 0), "range"),
        ("total", (BIG - 2, 1), (BIG - 1, 1), "range"),
        ("entry", (2, 0), (-1, 0), "index"),
    ],
)
def test_each_operation_is_noted_exactly_where_it_leaves_its_range(
    sums: ModuleType, name: str, fine: tuple[int, int], wrong: tuple[int, int], kind: str
) -> None:
    """The last arguments that are fine, and the first that are not: even a partial sum, and an index from the end."""
    function = getattr(sums, name)
    with watching("sums") as noted:
        assert function(*fine) is not None
        assert not noted
        function(*wrong)
    assert [(violation.kind, violation.function) for violation in noted] == [(kind, f"sums.{name}")]


def test_tuples_are_no_numbers_and_results_are_as_before(sums: ModuleType) -> None:
    """Joining and repeating tuples is told of too, and changes nothing."""
    with watching("sums") as noted:
        assert sums.join(1, 2) == (1, 2, 1, 2)
        assert (sums.total(5, 6), sums.entry(1, 0), sums.size(-3, 0)) == (5, 8, 3)
    assert not noted


def test_a_call_is_noted_in_the_function_that_computes_and_nothing_is_afterwards(sums: ModuleType) -> None:
    """Functions are the same objects with their own code again, even if something is raised meanwhile."""
    add, code = sums.add, sums.add.__code__
    with watching("sums") as noted:
        sums.outer(BIG, 1)
        with pytest.raises(IndexError):
            sums.entry(3, 0)
    assert noted == [Violation("range", "sums.add", 3, 12), Violation("index", "sums.entry", 27, 12)]
    assert sums.add is add
    assert add.__code__ is code
    assert sums.outer(BIG, 1) == BIG + 1
    assert len(noted) == 2


def test_what_a_function_requires_is_owed_by_whoever_calls_it(sums: ModuleType) -> None:
    """A call that breaks it is noted at the function's own line."""
    with watching("sums", requires={sums.add: lambda a, b: b < 5}) as noted:
        sums.outer(1, 4)
        assert not noted
        sums.outer(1, 5)
    assert noted == [Violation("requires", "sums.add", 2, 1)]
