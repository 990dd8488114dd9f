# SPDX-License-Identifier: Apache-2.0
"""What an executed function computes with instead of integers and truths: each operation writes a formula.

The operators mean what Python's mean: floor division and a remainder of the divisor's sign, comparisons that answer a
truth, and a truth that, asked for by `if`, `and`, `or` or `not`, opens both ways (`explorer.py`).
"""

import sys
from collections.abc import Iterable
from typing import Literal, TypeAlias

import z3

from thecal_proofs.proxies.explorer import OutOfReach, current
from thecal_proofs.proxies.theory import Formula


class Truth:
    """A bool that is not known."""

    __slots__ = ("term",)
    __hash__ = None  # type: ignore[assignment]  # equality is a formula, so it cannot be a key

    def __init__(self, term: Formula) -> None:
        self.term = term

    def __bool__(self) -> bool:
        return current().fork(self.term, sys._getframe(1))

    def __eq__(self, other: object) -> "Truth":  # type: ignore[override]  # a formula, decided when asked for
        return Truth(self.term == truth_term(other))

    def __ne__(self, other: object) -> "Truth":  # type: ignore[override]
        return Truth(self.term != truth_term(other))


class Number:
    """An int, or a member of an IntEnum, that is not known."""

    __slots__ = ("term",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, term: Formula) -> None:
        self.term = term

    def __bool__(self) -> bool:
        raise OutOfReach("the truth of a number")

    def __add__(self, other: "Numeric") -> "Number":
        return _computed(self.term + number_term(other))

    def __radd__(self, other: int) -> "Number":
        return _computed(number_term(other) + self.term)

    def __sub__(self, other: "Numeric") -> "Number":
        return _computed(self.term - number_term(other))

    def __rsub__(self, other: int) -> "Number":
        return _computed(number_term(other) - self.term)

    def __mul__(self, other: "Numeric") -> "Number":
        return _computed(current().theory.product(self.term, number_term(other)))

    def __rmul__(self, other: int) -> "Number":
        return _computed(current().theory.product(number_term(other), self.term))

    def __neg__(self) -> "Number":
        return _computed(-self.term)

    def __abs__(self) -> "Number":
        return Number(z3.If(self.term >= 0, self.term, _computed(-self.term).term))

    def __floordiv__(self, other: "Numeric") -> "Number":
        return Number(compute_floor(self.term, _divisor(other)))

    def __mod__(self, other: "Numeric") -> "Number":
        divisor = _divisor(other)
        return Number(self.term - compute_floor(self.term, divisor) * divisor)

    def __eq__(self, other: object) -> Truth:  # type: ignore[override]
        return Truth(self.term == number_term(other))

    def __ne__(self, other: object) -> Truth:  # type: ignore[override]
        return Truth(self.term != number_term(other))

    def __lt__(self, other: "Numeric") -> Truth:
        return Truth(self.term < number_term(other))

    def __le__(self, other: "Numeric") -> Truth:
        return Truth(self.term <= number_term(other))

    def __gt__(self, other: "Numeric") -> Truth:
        return Truth(self.term > number_term(other))

    def __ge__(self, other: "Numeric") -> Truth:
        return Truth(self.term >= number_term(other))


Numeric: TypeAlias = Number | int


def negated(truth: bool | Truth) -> bool | Truth:
    """The opposite, without asking for it."""
    return Truth(z3.Not(truth.term)) if isinstance(truth, Truth) else not truth


def number_term(value: object) -> Formula:
    """The formula of an operand."""
    if isinstance(value, Number):
        return value.term
    if isinstance(value, int) and not isinstance(value, bool):
        return current().theory.number(value)
    raise OutOfReach(f"arithmetic with a {type(value).__name__}")


def truth_term(value: object) -> Formula:
    """The formula of a truth."""
    if isinstance(value, Truth):
        return value.term
    if isinstance(value, bool):
        return current().theory.boolean(value)
    raise OutOfReach(f"a {type(value).__name__} where a truth is expected")


def compute_floor(dividend: Formula, divisor: int) -> Formula:
    """The floor of a quotient; the solver's own division leaves a remainder of 0 or more, whatever the signs."""
    return dividend / divisor if divisor > 0 else (-dividend) / -divisor


def _divisor(value: Numeric) -> int:
    if not isinstance(value, int) or value == 0:
        raise OutOfReach("a division by an unknown or by zero")
    return int(value)


def _computed(term: Formula) -> Number:
    explorer = current()
    explorer.note(explorer.theory.boolean(True), term)
    return Number(term)


Sign: TypeAlias = Literal["min", "max"]


def extreme(sign: Sign, items: Iterable[Numeric]) -> Numeric:
    """The least or the largest, the earlier one of equals, without asking which."""
    best, *rest = items
    for item in rest:
        if isinstance(best, int) and isinstance(item, int):
            best = min(best, item) if sign == "min" else max(best, item)
            continue
        a, b = number_term(best), number_term(item)
        best = Number(z3.If(b < a if sign == "min" else b > a, b, a))
    return best
