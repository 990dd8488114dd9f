# SPDX-License-Identifier: Apache-2.0
"""What the nodes of a question mean, piece by piece: clauses about truths, and rules about integers."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from thecal_proofs.opinions.coq.argument import Evidence, Literal, Step
from thecal_proofs.opinions.coq.table import COMPARISONS, Node, Poly, Table, combine, multiply


class Rule(NamedTuple):
    """Where some literals are true, a polynomial is 0, or else at least 0."""

    literals: tuple[Literal, ...]
    evidence: Evidence
    is_zero: bool
    poly: Poly

    def times(self, nodes: Iterable[int]) -> "Rule":
        """What is 0, times some nodes that are no sums nor products."""
        evidence, poly = self.evidence, self.poly
        for node in nodes:
            evidence = Evidence("Times", (node,), parts=(evidence,))
            poly = multiply(poly, {(node,): 1})
        return Rule(self.literals, evidence, True, poly)

    def product(self, other: "Rule") -> "Rule":
        """What two rules say together."""
        literals = tuple(dict.fromkeys((*self.literals, *other.literals)))
        evidence = Evidence("Product", parts=(self.evidence, other.evidence))
        return Rule(literals, evidence, self.is_zero or other.is_zero, multiply(self.poly, other.poly))


class Items:
    """All that is known of the nodes of a table, which grows by the nodes that this takes."""

    def __init__(self, table: Table, facts: list[int]) -> None:
        self.table = table
        self.steps = [Step("Fact", (fact,), (fact,)) for fact in facts]
        self.rules: list[Rule] = []
        self.choices: dict[int, list[Rule]] = {}  # of a choice of integers, what it is on either side
        self._calls: dict[tuple[object, ...], list[int]] = {}
        self._done = 1
        self.extend()

    def extend(self) -> None:
        """Take in what nodes mean that are new."""
        while self._done < len(self.table.nodes):
            number, self._done = self._done, self._done + 1
            node = self.table[number]
            self.steps += parts_of(number, node)
            if node.op == "ite" and not node.is_bool:
                self._choose(number, node)
            elif node.op in ("div", "mod"):
                self._divide(number, node)
            elif node.op in ("app", "pred"):
                key = node.op, node.value, *(self.table[arg].is_bool for arg in node.args)
                for other in self._calls.setdefault(key, []):
                    self._agree(other, number)
                self._calls[key].append(number)
            elif node.op in COMPARISONS:
                self._compare(number, node)

    def _compare(self, number: int, node: Node) -> None:
        for literal in (number, -number):
            said = self.table.said(literal)
            if said is not None:
                self.rules.append(Rule((literal,), Evidence("Given", (number,)), *said))
        if node.op == "eq":
            a, b = node.args
            below, above = self.table.make("le", (a, b)), self.table.make("le", (b, a))
            why = Evidence("Given", (above,)), Evidence("Given", (below,))
            self.steps.append(Step("Squeezed", (number, -below, -above), (number,), evidence=why))

    def _choose(self, number: int, node: Node) -> None:
        condition, then, other = node.args
        for literal, branch in ((condition, then), (-condition, other)):
            poly = combine((1, self.table.poly(number)), (-1, self.table.poly(branch)))
            rule = Rule((literal,), Evidence("Chosen", (number,)), True, poly)
            self.choices.setdefault(number, []).append(rule)
            self.rules.append(rule)

    def _divide(self, number: int, node: Node) -> None:
        divisor = node.args[1]
        if self.table[divisor].op != "const" or int(self.table[divisor].value) <= 0:
            return
        if node.op == "mod":
            quotient = self.table.make("div", node.args)
            poly = self._left(quotient, node.args)
            poly = combine((1, poly), (-1, self.table.poly(number)))
            self.rules.append(Rule((), Evidence("Divided", (quotient, number)), True, poly))
            return
        left = self._left(number, node.args)
        top: Poly = {(): int(self.table[divisor].value) - 1}
        self.rules.append(Rule((), Evidence("Quotient", (number,)), False, left))
        self.rules.append(Rule((), Evidence("QuotientTop", (number,)), False, combine((1, top), (-1, left))))

    def _left(self, quotient: int, args: tuple[int, ...]) -> Poly:
        """What is left of a dividend."""
        factor = int(self.table[args[1]].value)
        return combine((1, self.table.poly(args[0])), (-factor, self.table.poly(quotient)))

    def _agree(self, a: int, b: int) -> None:
        """One function has the same result for equal arguments."""
        table = self.table
        first, second = table[a], table[b]
        pairs = [(x, y) for x, y in zip(first.args, second.args, strict=True) if x != y]
        if any(table[x].op == table[y].op == "const" for x, y in pairs):
            return
        equal: tuple[list[int], list[int]] = ([], [])
        for x, y in pairs:
            equal[table[x].is_bool].append(table.equality(x, y))
        out = table.equality(a, b)
        clause = (out, *(-each for each in (*equal[0], *equal[1])))
        self.steps.append(Step("Congruent", clause, (a, b, out), equal=(tuple(equal[0]), tuple(equal[1]))))


def parts_of(number: int, node: Node) -> Iterator[Step]:
    """The clauses that a node of truths means, in the order of `Judge.v`."""
    for place, clause in enumerate(_clauses_of(number, node)):
        yield Step("Part", clause, (number,), place)


def _clauses_of(i: int, node: Node) -> list[tuple[int, ...]]:
    match node.op:
        case "true":
            return [(i,)]
        case "false":
            return [(-i,)]
        case "and":
            return [(i, *(-a for a in node.args)), *((-i, a) for a in node.args)]
        case "or":
            return [(-i, *node.args), *((i, -a) for a in node.args)]
        case "not":
            (a,) = node.args
            return [(-i, -a), (i, a)]
        case "ite" if node.is_bool:
            c, a, b = node.args
            return [(-i, -c, a), (i, -c, -a), (-i, c, b), (i, c, -b)]
        case "same":
            a, b = node.args
            return [(-i, -a, b), (-i, a, -b), (i, a, b), (i, -a, -b)]
    return []
