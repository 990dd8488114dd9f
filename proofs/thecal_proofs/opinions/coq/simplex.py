# SPDX-License-Identifier: Apache-2.0
"""Whether bounds on linear forms can hold together over the rationals; where not, which of them clash, and how.

The general simplex of Dutertre and de Moura: each form is a variable of its own, a row says what it is in the others.
What clashes comes with the factors that make a contradiction of it, for somebody else to check.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, TypeAlias

Form: TypeAlias = tuple[tuple[Any, int], ...]  # monomials with their factors, in order
LOWER, UPPER = 0, 1


@dataclass(slots=True)
class Simplex:
    """Variables, each with a value and at most two bounds; a bound carries whatever reason it was given."""

    most: int = 20_000  # pivots, after which it gives up
    values: list[Fraction] = field(default_factory=list)
    bounds: list[list[tuple[int, Any] | None]] = field(default_factory=list)
    rows: dict[int, dict[int, Fraction]] = field(default_factory=dict)
    _of: dict[Form, int] = field(default_factory=dict)
    _undo: list[tuple[int, int, tuple[int, Any] | None]] = field(default_factory=list)
    _columns: list[set[int]] = field(default_factory=list)  # of a variable, the rows that speak of it
    pivots: int = 0

    def variable(self, form: Form) -> int:
        """The variable that stands for a form."""
        found = self._of.get(form)
        if found is not None:
            return found
        if len(form) == 1 and form[0][1] == 1:
            return self._new(form, Fraction(0))
        row: dict[int, Fraction] = {}
        for monomial, factor in form:
            part = self.variable(((monomial, 1),))
            for other, number in self.rows.get(part, {part: Fraction(1)}).items():
                _add(row, other, number * factor)
        made = self._new(form, sum((self.values[each] * number for each, number in row.items()), Fraction(0)))
        self.rows[made] = row
        for other in row:
            self._columns[other].add(made)
        return made

    def _new(self, form: Form, value: Fraction) -> int:
        self._of[form] = len(self.values)
        self.values.append(value)
        self.bounds.append([None, None])
        self._columns.append(set())
        return len(self.values) - 1

    def mark(self) -> int:
        """How many bounds there are, for `undo`."""
        return len(self._undo)

    def undo(self, mark: int) -> None:
        """Take back all bounds but the first so many."""
        while len(self._undo) > mark:
            variable, side, old = self._undo.pop()
            self.bounds[variable][side] = old

    def bound(self, variable: int, side: int, limit: int, reason: Any) -> list[tuple[int, Any]] | None:
        """Demand a bound; what clashes at once is returned, each reason with its factor."""
        old = self.bounds[variable][side]
        if old is not None and (old[0] >= limit if side == LOWER else old[0] <= limit):
            return None
        other = self.bounds[variable][1 - side]
        if other is not None and (other[0] < limit if side == LOWER else other[0] > limit):
            return [(1, reason), (1, other[1])]
        self._undo.append((variable, side, old))
        self.bounds[variable][side] = limit, reason
        value = self.values[variable]
        if variable not in self.rows and (value < limit if side == LOWER else value > limit):
            self._move(variable, Fraction(limit))
        return None

    def _move(self, variable: int, value: Fraction) -> None:
        change = value - self.values[variable]
        self.values[variable] = value
        for row in self._columns[variable]:
            self.values[row] += self.rows[row][variable] * change

    def check(self) -> list[tuple[int, Any]] | None:
        """Find values within all bounds, or return what clashes. Raises `TimeoutError` when it gives up."""
        while True:
            broken = self._broken()
            if broken is None:
                return None
            basic, side, limit = broken
            row = self.rows[basic]
            entering = self._entering(row, side)
            if entering is None:
                return self._explain(basic, side)
            self.pivots += 1
            if self.pivots > self.most:
                raise TimeoutError
            self._pivot(basic, entering, Fraction(limit))

    def _broken(self) -> tuple[int, int, int] | None:
        """The first variable with a row that is out of its bounds (always the first: so it comes to an end)."""
        found: tuple[int, int, int] | None = None
        for basic in self.rows:
            if found is None or basic < found[0]:
                lower, upper = self.bounds[basic]
                if lower is not None and self.values[basic] < lower[0]:
                    found = basic, LOWER, lower[0]
                elif upper is not None and self.values[basic] > upper[0]:
                    found = basic, UPPER, upper[0]
        return found

    def _entering(self, row: dict[int, Fraction], side: int) -> int | None:
        """The first variable that can give way."""
        found = [each for each, number in row.items() if self._gives(each, (number > 0) == (side == LOWER))]
        return min(found, default=None)

    def _gives(self, variable: int, is_up: bool) -> bool:
        limit = self.bounds[variable][UPPER if is_up else LOWER]
        return limit is None or (self.values[variable] < limit[0] if is_up else self.values[variable] > limit[0])

    def _explain(self, basic: int, side: int) -> list[tuple[int, Any]]:
        row = self.rows[basic]
        scale = lcm(*(number.denominator for number in row.values()))
        found = [(scale, self._reason(basic, side))]
        for each, number in row.items():
            is_up = (number > 0) == (side == LOWER)
            found.append((int(abs(number) * scale), self._reason(each, UPPER if is_up else LOWER)))
        return found

    def _reason(self, variable: int, side: int) -> Any:
        bound = self.bounds[variable][side]
        assert bound is not None
        return bound[1]

    def _pivot(self, leaving: int, entering: int, value: Fraction) -> None:
        """Give the leaving variable a value by moving the entering one; they change places."""
        row = self.rows.pop(leaving)
        number = row.pop(entering)
        step = (value - self.values[leaving]) / number
        new = {other: -part / number for other, part in row.items()}
        new[leaving] = 1 / number
        for other in row:
            self._columns[other].discard(leaving)
            self._columns[other].add(entering)
        users = self._columns[entering] - {leaving}
        self._columns[entering] = set()
        self._columns[leaving] = {entering}
        self.values[leaving] = value
        self.values[entering] += step
        self.rows[entering] = new
        for user in users:
            theirs = self.rows[user]
            factor = theirs.pop(entering)
            self.values[user] += factor * step
            for other, part in new.items():
                if _add(theirs, other, factor * part):
                    self._columns[other].add(user)
                else:
                    self._columns[other].discard(user)

    def fractional(self, variables: Iterable[int]) -> int | None:
        """A variable of some whose value is no integer."""
        return next((each for each in variables if self.values[each].denominator != 1), None)


def _add(row: dict[int, Fraction], variable: int, number: Fraction) -> bool:
    """Add to a row; whether the variable is in it then."""
    total = row.get(variable, Fraction(0)) + number
    if total:
        row[variable] = total
        return True
    row.pop(variable, None)
    return False
