# SPDX-License-Identifier: Apache-2.0
"""Tuples of what is not known, and how one value is made of two that hold under opposite conditions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import z3

from thecal_proofs.proxies.explorer import OutOfReach, Undefined, current
from thecal_proofs.proxies.proxy import Number, Truth, negated, number_term, truth_term
from thecal_proofs.proxies.theory import Formula


class Table(tuple[Any, ...]):
    """A tuple that may be indexed by an unknown, and whose equality is one truth."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, Number):
            return pick(self, index)
        found = super().__getitem__(index)
        return Table(found) if isinstance(index, slice) else found

    def __add__(self, other: tuple[Any, ...]) -> "Table":
        return Table((*self, *other))

    def __radd__(self, other: tuple[Any, ...]) -> "Table":
        return Table((*other, *self))

    def __mul__(self, count: Any) -> "Table":
        return Table(super().__mul__(count))

    def __eq__(self, other: object) -> Any:
        return equal_items(self, other) if isinstance(other, tuple) else False

    def __ne__(self, other: object) -> Any:
        return negated(self == other)


def pick(items: Sequence[Any], index: Number) -> Any:
    """The element at a place that is not known; CPython's places from the end are none of the kernel's."""
    if not current().fork(z3.And(index.term >= 0, index.term < len(items))):
        raise Undefined
    found = items[len(items) - 1]
    for place in range(len(items) - 2, -1, -1):
        found = merge(index.term == place, items[place], found)
    return found


def equal_items(left: Iterable[Any], right: Iterable[Any]) -> bool | Truth:
    """Whether two sequences are equal, element by element, as one truth."""
    left, right = tuple(left), tuple(right)
    if len(left) != len(right):
        return False
    parts = [a == b for a, b in zip(left, right, strict=True) if a is not b]
    if any(part is False for part in parts):
        return False
    unknown = [part.term for part in parts if isinstance(part, Truth)]
    return Truth(current().theory.all_of(unknown)) if unknown else True


def merge(condition: Formula, then: Any, other: Any) -> Any:
    """What is `then` where the condition holds, and else `other`."""
    if then is other:
        return then
    if isinstance(then, bool | Truth):
        return Truth(z3.If(condition, truth_term(then), truth_term(other)))
    if isinstance(then, int | Number):
        a, b = number_term(then), number_term(other)
        return then if a.eq(b) else Number(z3.If(condition, a, b))
    if isinstance(then, tuple) and isinstance(other, tuple) and len(then) == len(other):
        return Table(merge(condition, a, b) for a, b in zip(then, other, strict=True))
    if is_dataclass(then) and type(then) is type(other):
        names = [field.name for field in fields(then)]
        kind: Callable[..., Any] = type(then)
        return kind(*(merge(condition, getattr(then, name), getattr(other, name)) for name in names))
    raise OutOfReach(f"either a {type(then).__name__} or a {type(other).__name__}")
