# SPDX-License-Identifier: Apache-2.0
"""Puts products of unknowns into linear terms: each monomial an unknown of its own, with what is true of products.

The step's arithmetic is nearly linear: concentrations times volumes, and their sums and comparisons. Expanded into
monomials, most claims follow from linear reasoning and three facts about products (a test has them confirmed):
the sign of a product, that it grows with each factor, and that it is at least the other factor.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from thecal_proofs import terms
from thecal_proofs.terms import ZERO, Term

Monomial: TypeAlias = tuple[Term, ...]


class Products:
    """The monomials of one question, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self.unknowns: dict[Monomial, Term] = {}
        self._monomials: dict[Term, Monomial] = {}
        self._rank: dict[Term, int] = {}
        self._times: dict[tuple[Term, Term], Term] = {}

    def linear(self, facts: Sequence[Term]) -> list[Term]:
        """The facts with every product replaced."""
        done: dict[Term, Term] = {}
        for node in terms.postorder(facts):
            args = tuple(done[arg] for arg in node.args)
            is_product = node.op == "mul" and args[1].op != "const"
            done[node] = self.multiply(*args) if is_product else terms.remake(node, args)
        return [done[fact] for fact in facts]

    def broken(self, facts: Sequence[Term], model: Mapping[Term, int]) -> list[Term]:
        """What is true of the products in linear facts, and not so in a model."""
        candidates = list(dict.fromkeys([*self._facts(), *self._scaled(terms.postorder(facts))]))
        values = terms.compute(terms.postorder(candidates), model)
        return [fact for fact in candidates if not values[fact]]

    def multiply(self, a: Term, b: Term) -> Term:
        """The product of two linear terms, multiplied out through sums and choices."""
        found = self._times.get((a, b))
        if found is None:
            found = self._times[a, b] = self._multiply(a, b)
        return found

    def _multiply(self, a: Term, b: Term) -> Term:
        if a.op == "const" or b.op == "const":
            return terms.mul(a, b)
        for first, second in ((a, b), (b, a)):
            match first.op:
                case "add":
                    return terms.add(*(self.multiply(part, second) for part in first.args))
                case "sub":
                    return terms.sub(*(self.multiply(part, second) for part in first.args))
                case "mul":  # by a constant: what is left of products is linear
                    return terms.mul(self.multiply(first.args[0], second), first.args[1])
                case "ite":
                    condition, then, other = first.args
                    return terms.ite(condition, self.multiply(then, second), self.multiply(other, second))
        return self._unknown((*self._factors(a), *self._factors(b)))

    def _factors(self, atom: Term) -> Monomial:
        return self._monomials.get(atom, (atom,))

    def _unknown(self, factors: Monomial) -> Term:
        monomial = tuple(sorted(factors, key=lambda atom: self._rank.setdefault(atom, len(self._rank))))
        if monomial not in self.unknowns:
            unknown = terms.var(f"product {len(self.unknowns)}")
            self.unknowns[monomial] = unknown
            self._monomials[unknown] = monomial
        return self.unknowns[monomial]

    def _scaled(self, order: Sequence[Term]) -> list[Term]:
        """A comparison of sums, times a factor that is not negative, where all those products occur anyway."""
        partners: dict[Term, set[Term]] = {}
        for monomial in self.unknowns:
            for i, factor in enumerate(monomial):
                rest = (*monomial[:i], *monomial[i + 1 :])
                partner = rest[0] if len(rest) == 1 else self.unknowns.get(rest)
                if partner is not None:
                    partners.setdefault(factor, set()).add(partner)
        found = []
        for node in order:
            if node.op in ("le", "lt"):
                atoms = _atoms(node)
                if atoms:
                    for factor in [f for f, known in partners.items() if atoms <= known]:
                        found += list(self._scale(node, factor))
        return found

    def _scale(self, node: Term, factor: Term) -> Iterator[Term]:
        left, right = node.args
        yield from facts_of_two_products(factor, left, self.multiply(left, factor), right, self.multiply(right, factor))

    def _facts(self) -> Iterator[Term]:
        pairs = [(m, u) for m, u in self.unknowns.items() if len(m) == 2]
        for (a, b), product in pairs:
            yield from facts_of_product(a, b, product)
        for ((a, b), left), ((c, d), right) in combinations(pairs, 2):
            for common, x, y in _sharing((a, b), (c, d)):
                yield from facts_of_two_products(common, x, left, y, right)


def _atoms(term: Term) -> set[Term]:
    """What a linear term is made of."""
    found: set[Term] = set()
    todo = list(term.args)
    while todo:
        node = todo.pop()
        if node.op in ("add", "sub", "mul"):
            todo.extend(node.args)
        elif node.op != "const":
            found.add(node)
    return found


def _sharing(left: Monomial, right: Monomial) -> Iterable[tuple[Term, Term, Term]]:
    a, b = left
    c, d = right
    found = [(a, b, d)] if a is c else []
    found += [(a, b, c)] if a is d else []
    found += [(b, a, d)] if b is c else []
    found += [(b, a, c)] if b is d else []
    return found


def facts_of_product(a: Term, b: Term, product: Term) -> Iterator[Term]:
    """A product of what is not negative is not negative, and not below a factor whose partner is positive."""
    is_positive = terms.both(terms.le(ZERO, a), terms.le(ZERO, b))
    yield terms.implies(is_positive, terms.le(ZERO, product))
    for factor, other in ((a, b), (b, a)):
        is_at_least = terms.both(terms.le(ZERO, factor), terms.le(terms.ONE, other))
        yield terms.implies(is_at_least, terms.le(factor, product))
        yield terms.implies(terms.eq(factor, ZERO), terms.eq(product, ZERO))


def facts_of_two_products(common: Term, x: Term, left: Term, y: Term, right: Term) -> Iterator[Term]:
    """With a common factor that is not negative, the product with the larger partner is the larger one."""
    is_positive = terms.le(ZERO, common)
    for a, first, b, second in ((x, left, y, right), (y, right, x, left)):
        yield terms.implies(terms.both(is_positive, terms.le(a, b)), terms.le(first, second))
        yield terms.implies(terms.both(is_positive, terms.lt(a, b)), terms.le(terms.add(first, common), second))
