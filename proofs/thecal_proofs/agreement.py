# SPDX-License-Identifier: Apache-2.0
"""Holds the translation against CPython: the same function, the same arguments, the same result.

A function is lifted once to terms over unknown arguments; then terms and CPython are run side by side on arguments
drawn by type, near the constants that the function itself compares with, because that is where translations fail.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from thecal_proofs import decode, terms, values
from thecal_proofs.encode import Check, Encoder, flatten_checks
from thecal_proofs.frontend import Program, ir
from thecal_proofs.frontend.types import BoolType, EnumType, Type, UnionType
from thecal_proofs.loading import Loaded

SMALL = (-2, -1, 0, 1, 2, 3, 7)
LARGE_BITS = 44


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Arguments on which the two readings differ."""

    function: str
    arguments: str
    lifted: str
    cpython: str


class Lifted:
    """A function as terms, for one choice of records where parameters are unions."""

    def __init__(self, program: Program, loaded: Loaded, function: ir.Signature, types: Sequence[Type]) -> None:
        self.loaded = loaded
        self.function = function
        self.types = tuple(types)
        arguments = [values.symbol(t, n) for (n, _), t in zip(function.params, types, strict=True)]
        self.unknowns = [leaf for argument in arguments for leaf in values.leaves(argument)]
        self.leaf_types = [t for (n, _), ty in zip(function.params, types, strict=True)
                           for _, t in values.leaf_names(ty, n)]  # fmt: skip
        summary = Encoder(program).run(function, arguments)
        self.result = list(values.leaves(summary.value))
        self.result_type = summary.value.type if isinstance(summary.value, values.Record) else function.result
        self.indices: list[Check] = [check for check in flatten_checks(summary) if check.kind == "index"]
        self._order = terms.postorder([*self.result, *(t for c in self.indices for t in (c.path, c.condition))])
        self.constants = sorted({int(t.value) for t in self._order if t.op == "const"})

    def compare(self, leaves: Sequence[int]) -> Disagreement | None:
        """Run both readings on arguments given as leaves."""
        known = terms.compute(self._order, dict(zip(self.unknowns, leaves, strict=True)))
        lifted: list[int] | str = [known[term] for term in self.result]
        if any(known[check.path] and not known[check.condition] for check in self.indices):
            lifted = "index out of range"
        cpython = self._run_cpython(leaves)
        is_negative_index = lifted == "index out of range" and not isinstance(cpython, str)
        if lifted == cpython or is_negative_index:  # CPython reads t[-1]; the kernel's obligations forbid it
            return None
        return Disagreement(self.function.qualified, str(list(leaves)), str(lifted), str(cpython))

    def _run_cpython(self, leaves: Sequence[int]) -> list[int] | str:
        source = iter(leaves)
        arguments: list[Any] = [decode.build(found, source, self.loaded) for found in self.types]
        try:
            result = self.loaded.find(self.function.module, self.function.name)(*arguments)
        except IndexError:
            return "index out of range"
        return list(decode.flatten(self.result_type, result))

    def draw(self, chance: random.Random) -> list[int]:
        """Draw arguments: enums among their members, integers small, large, or next to a constant."""
        return [self._draw_leaf(chance, found) for found in self.leaf_types]

    def _draw_leaf(self, chance: random.Random, found: Type) -> int:
        match found:
            case EnumType():
                return chance.choice([number for _, number in found.members])
            case BoolType():
                return chance.randrange(2)
            case _:
                pick = chance.random()
                if pick < 0.4:
                    return chance.choice(SMALL)
                if pick < 0.8 and self.constants:
                    return chance.choice(self.constants) + chance.choice((-1, 0, 1))
                return chance.getrandbits(chance.randrange(1, LARGE_BITS)) * chance.choice((1, 1, 1, -1))

    def every(self, domain: Sequence[int]) -> Iterator[list[int]]:
        """Yield every choice of arguments with integers from a small domain."""
        for row in itertools.product(*(self._every_leaf(found, domain) for found in self.leaf_types)):
            yield list(row)

    def _every_leaf(self, found: Type, domain: Sequence[int]) -> Sequence[int]:
        match found:
            case EnumType():
                return [number for _, number in found.members]
            case BoolType():
                return (0, 1)
            case _:
                return domain


def lift(program: Program, loaded: Loaded, function: ir.Signature) -> Iterator[Lifted]:
    """Lift a function, once for each choice of records where its parameters are unions."""
    options = [t.members if isinstance(t, UnionType) else (t,) for _, t in function.params]
    for types in itertools.product(*options):
        yield Lifted(program, loaded, function, types)


def agree(
    program: Program, loaded: Loaded, function: ir.Signature, rounds: int = 200, seed: int = 0
) -> list[Disagreement]:
    """Compare both readings of a function on random arguments; return where they differ."""
    chance = random.Random(f"{seed} {function.qualified}")
    found = []
    for lifted in lift(program, loaded, function):
        for _ in range(rounds):
            difference = lifted.compare(lifted.draw(chance))
            if difference is not None:
                found.append(difference)
    return found
