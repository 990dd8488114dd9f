# SPDX-License-Identifier: Apache-2.0
"""The vocabulary that both translations are written in, so that the solver can compare them.

A call of another function is an unknown function of its arguments, and so is a product of two unknowns: what is equal
whatever they answer is equal as they are. A record or tuple given to a call is one packed argument.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import z3
from z3 import z3core, z3types

Formula: TypeAlias = Any  # z3 ships no types
PRODUCT = "times"


class Theory:
    """A private solver context and the names used in it; freed with it."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self.integer = z3.IntSort(self.context)
        self.truth = z3.BoolSort(self.context)
        self.packed = z3.DeclareSort("Packed", self.context)
        self.true, self.false = z3.BoolVal(True, self.context), z3.BoolVal(False, self.context)
        self._functions: dict[tuple[object, ...], Formula] = {}
        self._kept: dict[int, Formula] = {}

    def number(self, value: int) -> Formula:
        """An integer constant."""
        return z3.IntVal(int(value), self.context)

    def boolean(self, value: bool) -> Formula:
        """A truth constant."""
        return self.true if value else self.false

    def product(self, left: Formula, right: Formula) -> Formula:
        """A product; of two unknowns it is one more."""
        if z3.is_int_value(left) or z3.is_int_value(right):
            return left * right
        return self.function(PRODUCT, (left, right), self.integer)(left, right)

    def pack(self, name: str, parts: Sequence[Formula]) -> Formula:
        """A record or tuple, as one argument of a call."""
        return self.function(f"pack {name}", parts, self.packed)(*parts)

    def function(self, name: str, arguments: Sequence[Formula], result: Formula) -> Formula:
        """The unknown function of a name, for arguments of these sorts."""
        sorts = tuple(argument.sort() for argument in arguments)
        key = (name, *(sort.get_id() for sort in sorts))
        if key not in self._functions:
            self._functions[key] = z3.Function(name, *sorts, result)
        return self._functions[key]

    def identify(self, formula: Formula) -> int:
        """A number that only this very formula has; it is kept, so that none other inherits it."""
        number = int(formula.get_id())
        self._kept.setdefault(number, formula)
        return number

    def is_leaf(self, formula: Formula) -> bool:
        """Whether a formula is a leaf of an argument or of an answer."""
        return bool(formula.decl().kind() == z3.Z3_OP_UNINTERPRETED and formula.decl().name() != PRODUCT)

    def all_of(self, parts: Sequence[Formula]) -> Formula:
        """That all of these hold."""
        if len(parts) < 2:
            return parts[0] if parts else self.true
        return z3.And(*parts)

    def any_of(self, parts: Sequence[Formula]) -> Formula:
        """That one of these holds."""
        if len(parts) < 2:
            return parts[0] if parts else self.false
        return z3.Or(*parts)


class Call:
    """One call of an unknown function, or what a function is given: makes its leaves, and what is passed on whole."""

    def __init__(self, theory: Theory, arguments: Sequence[Formula]) -> None:
        self.theory = theory
        self.arguments = tuple(arguments)
        self._array = (z3types.Ast * len(arguments))(*(argument.as_ast() for argument in arguments))
        self._made: dict[str, Formula] = {}

    def answer(self, leaf: str, is_truth: bool) -> Formula:
        """One leaf, by its name."""
        theory = self.theory
        return self._make(leaf, theory.truth if is_truth else theory.integer, z3.BoolRef if is_truth else z3.ArithRef)

    def whole(self, name: str) -> Formula:
        """A record or tuple as it was answered: the same as its parts, packed."""
        return self._make(f"whole {name}", self.theory.packed, z3.ExprRef)

    def _make(self, name: str, sort: Formula, kind: Formula) -> Formula:
        found = self._made.get(name)
        if found is None:
            function = z3.Function(name, *(argument.sort() for argument in self.arguments), sort)
            made = z3core.Z3_mk_app(self.theory.context.ref(), function.ast, len(self.arguments), self._array)
            found = self._made[name] = kind(made, self.theory.context)
        return found
