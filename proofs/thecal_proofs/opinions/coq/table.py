# SPDX-License-Identifier: Apache-2.0
"""The nodes of a question, numbered, with the polynomial that each integer is; as `Meaning.v` has them."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from thecal_proofs import terms
from thecal_proofs.terms import Term

Monomial: TypeAlias = tuple[int, ...]  # nodes in order; the empty one is 1
Poly: TypeAlias = dict[Monomial, int]  # no coefficient is 0


COMPARISONS = ("le", "lt", "eq")
BOOLEAN = terms.BOOLEAN_OPS | {"same"}  # an equality of truths has an operator of its own


class Node(NamedTuple):
    """An operator of `terms.py`, the numbers of its operands, and its constant or name."""

    op: str
    args: tuple[int, ...] = ()
    value: int | str = ""
    is_bool: bool = False


class Table:
    """Nodes from number 1 on, equal ones being one; each speaks of earlier ones alone."""

    def __init__(self) -> None:
        self.nodes: list[Node] = [Node("nothing")]
        self._numbers: dict[Node, int] = {}
        self._of: dict[Term, int] = {}
        self._polys: dict[int, Poly] = {}

    def __getitem__(self, number: int) -> Node:
        return self.nodes[number]

    def take(self, fact: Term) -> int:
        """The number of a term, with all that it is made of."""
        for node in terms.postorder((fact,), self._of):
            args = tuple(self._of[arg] for arg in node.args)
            is_same = node.op == "eq" and node.args[0].is_bool
            self._of[node] = self.make("same" if is_same else node.op, args, node.value, node.is_bool)
        return self._of[fact]

    def name(self, term: Term, number: int) -> None:
        """Let a term be called by a node's number."""
        self._of[term] = number

    def equality(self, a: int, b: int) -> int:
        """The number of an equality of two integers, or of two truths."""
        return self.make("same" if self[a].is_bool else "eq", (a, b))

    def make(self, op: str, args: tuple[int, ...] = (), value: int | str = "", is_bool: bool = False) -> int:
        """The number of a node."""
        node = Node(op, args, value, is_bool or op in BOOLEAN)
        if node not in self._numbers:
            self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return self._numbers[node]

    def const(self, value: int) -> int:
        """The number of a constant."""
        return self.make("const", (), value)

    def poly(self, number: int) -> Poly:
        """What an integer is, multiplied out down to what is no sum, difference or product."""
        if number not in self._polys:
            node = self.nodes[number]
            parts = [self.poly(arg) for arg in node.args] if node.op in ("add", "sub", "mul") else []
            found: Poly
            match node.op:
                case "const":
                    found = {(): int(node.value)} if node.value else {}
                case "add":
                    found = combine((1, parts[0]), (1, parts[1]))
                case "sub":
                    found = combine((1, parts[0]), (-1, parts[1]))
                case "mul":
                    found = multiply(*parts)
                case _:
                    found = {(number,): 1}
            self._polys[number] = found
        return self._polys[number]

    def said(self, literal: int) -> tuple[bool, Poly] | None:
        """What a comparison says of integers: whether it is 0, or at least 0, and which polynomial."""
        node = self.nodes[abs(literal)]
        if node.op not in COMPARISONS:
            return None
        a, b = (self.poly(arg) for arg in node.args)
        if node.op == "eq":
            return (True, combine((1, a), (-1, b))) if literal > 0 else None
        is_least = (node.op == "le") == (literal > 0)  # whether equal integers are among those it allows
        less, more = (a, b) if literal > 0 else (b, a)
        return False, combine((1, more), (-1, less), (0 if is_least else -1, {(): 1}))


def combine(*parts: tuple[int, Poly]) -> Poly:
    """A sum of polynomials, each so many times."""
    total: Poly = {}
    for factor, poly in parts:
        for monomial, number in poly.items():
            total[monomial] = total.get(monomial, 0) + factor * number
    return {monomial: number for monomial, number in total.items() if number}


def multiply(a: Poly, b: Poly) -> Poly:
    """A product of polynomials."""
    total: Poly = {}
    for m, x in a.items():
        for n, y in b.items():
            key = tuple(sorted((*m, *n)))
            total[key] = total.get(key, 0) + x * y
    return {monomial: number for monomial, number in total.items() if number}


def atoms_of(poly: Iterable[Monomial]) -> set[int]:
    """The nodes that some monomials are made of."""
    return {node for monomial in poly for node in monomial}
