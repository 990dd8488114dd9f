# SPDX-License-Identifier: Apache-2.0
"""Puts products of unknowns into linear terms: each monomial an unknown of its own, with what is true of products.

The step's arithmetic is nearly linear: concentrations times volumes, and their sums and comparisons. Expanded into
monomials, most claims follow from linear reasoning and three facts about products (a test has them confirmed):
the sign of a product, that it grows with each factor, and that it is at least the other factor.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, permutations
from typing import TypeAlias

from thecal_proofs import terms
from thecal_proofs.terms import ZERO, Term

Monomial: TypeAlias = tuple[Term, ...]
LONG = 12  # a sum of more parts is given a name before it is multiplied


class Products:
    """The monomials of one question, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self.unknowns: dict[Monomial, Term] = {}
        self._monomials: dict[Term, Monomial] = {}
        self._rank: dict[Term, int] = {}
        self._times: dict[tuple[Term, Term], Term] = {}
        self._sums: dict[Term, Term] = {}
        self._done: dict[Term, Term] = {}

    @property
    def definitions(self) -> list[Term]:
        """What the names given to long sums stand for."""
        return [terms.eq(name, total) for total, name in self._sums.items()]

    def linear(self, facts: Sequence[Term]) -> list[Term]:
        """The facts with every product replaced."""
        return [self._linear(fact) if terms.is_nonlinear(fact) else fact for fact in facts]

    def _linear(self, fact: Term) -> Term:
        done = self._done
        for node in terms.postorder((fact,), done):
            args = tuple(done[arg] for arg in node.args)
            is_product = node.op == "mul" and args[1].op != "const"
            done[node] = self.multiply(*args) if is_product else terms.remake(node, args)
        return done[fact]

    def broken(self, facts: Sequence[Term], model: Mapping[Term, int]) -> list[Term]:
        """What is true of the products in linear facts, and not so in a model."""
        order = terms.postorder(facts)
        numbers = terms.compute(terms.postorder([part for m in self.unknowns for part in m]), model)
        numbers.update((unknown, model.get(unknown, 0)) for unknown in self.unknowns.values())
        facts_of_products = self._suspected(numbers)
        candidates = list(dict.fromkeys([*facts_of_products, *self._scaled(order), *self._chained(order)]))
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
            if first.op != "var" and _is_long(first):
                return self.multiply(self._sums.setdefault(first, terms.var(f"sum {len(self._sums)}")), second)
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
                    partners.setdefault(partner, set()).add(factor)
        found = []
        for node in order:
            if node.op in ("le", "lt"):
                atoms = _atoms(node)
                if 0 < len(atoms) <= LONG:
                    for factor in [f for f, known in partners.items() if atoms <= known]:
                        found += list(self._scale(node, factor))
        return found

    def _scale(self, node: Term, factor: Term) -> Iterator[Term]:
        left, right = node.args
        yield from facts_of_two_products(factor, left, self.multiply(left, factor), right, self.multiply(right, factor))

    def _chained(self, order: Sequence[Term]) -> Iterator[Term]:
        """Of comparisons of two products each, those that chain as ratios do."""
        pairs = []
        for node in order:
            if node.op in ("le", "lt"):
                left, right = (self._monomials.get(side, ()) for side in node.args)
                if len(left) == len(right) == 2:
                    pairs += [(x, a, y, b) for x, a in permutations(left) for y, b in permutations(right)]
        links = dict.fromkeys(pairs)
        for x, a, y, b in links:
            for c, b2, a2, d in links:
                if a2 is a and b2 is b and (x, y) != (d, c):
                    yield from facts_of_ratios((x, y), (a, b), (c, d), lambda left, right: self.multiply(left, right))

    def _rearranged(
        self, partners: Mapping[Term, Sequence[tuple[Term, Term]]], numbers: Mapping[Term, int]
    ) -> Iterator[Term]:
        """What is true of four products, each of two factors with each of two others, where a model errs."""
        for x, y in combinations(partners, 2):
            left, right = dict(partners[x]), dict(partners[y])
            for a, b in combinations([factor for factor in left if factor in right], 2):
                table = {(x, a): left[a], (x, b): left[b], (y, a): right[a], (y, b): right[b]}
                gain = numbers[left[a]] + numbers[right[b]] - numbers[left[b]] - numbers[right[a]]
                if gain * (numbers[x] - numbers[y]) * (numbers[a] - numbers[b]) < 0:
                    yield from facts_of_four_products(x, y, a, b, table)

    def _suspected(self, numbers: Mapping[Term, int]) -> Iterator[Term]:
        """What is true of single products and of two with a common factor, where a model errs."""
        partners: dict[Term, list[tuple[Term, Term]]] = {}
        for (a, b), product in ((m, u) for m, u in self.unknowns.items() if len(m) == 2):
            if numbers[product] != numbers[a] * numbers[b]:
                yield from facts_of_product(a, b, product)
            partners.setdefault(a, []).append((b, product))
            if a is not b:
                partners.setdefault(b, []).append((a, product))
        yield from self._rearranged(partners, numbers)
        for common, row in partners.items():
            for (x, left), (y, right) in combinations(row, 2):
                gap, rise = numbers[y] - numbers[x], numbers[right] - numbers[left]
                if rise * gap < numbers[common] * abs(gap) or (gap == 0 and rise != 0):
                    yield from facts_of_two_products(common, x, left, y, right)


def facts_of_four_products(
    x: Term, y: Term, a: Term, b: Term, table: Mapping[tuple[Term, Term], Term]
) -> Iterator[Term]:
    """Larger with larger and smaller with smaller bring no less than crosswise; `table` has the four products."""
    straight = terms.add(table[x, a], table[y, b])
    crosswise = terms.add(table[x, b], table[y, a])
    for p, q in ((x, y), (y, x)):
        for r, s in ((a, b), (b, a)):
            is_same = (p is x) == (r is a)
            less, more = (crosswise, straight) if is_same else (straight, crosswise)
            yield terms.implies(terms.both(terms.le(p, q), terms.le(r, s)), terms.le(less, more))


def _is_long(term: Term) -> bool:
    """Whether a term is too long to be multiplied out."""
    if term.op == "ite":
        is_plain = any(not branch.args or branch.op == "app" for branch in term.args[1:])
        return not is_plain and not terms.is_small(term, 3 * LONG)
    return len(_atoms_of(term)) > LONG


def _atoms(comparison: Term) -> set[Term]:
    """What the linear terms are made of that are compared."""
    return _atoms_of(*comparison.args)


def _atoms_of(*roots: Term) -> set[Term]:
    """What linear terms are made of."""
    found: set[Term] = set()
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node.op in ("add", "sub", "mul"):
            todo.extend(node.args)
        elif node.op != "const":
            found.add(node)
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


def facts_of_ratios(
    masses: tuple[Term, Term],
    large: tuple[Term, Term],
    small: tuple[Term, Term],
    multiply: Callable[[Term, Term], Term],
) -> Iterator[Term]:
    """What is within a ratio is within any larger one: x : y <= b : a and b : a <= d : c give x : y <= d : c.

    Written as products: x a <= y b and c b <= a d give x c <= y d, if nothing is negative and b is not 0.
    """
    (x, y), (a, b), (c, d) = masses, large, small
    is_sound = terms.all_of([*(terms.le(ZERO, part) for part in (x, y, a, c, d)), terms.le(terms.ONE, b)])
    is_within = terms.le(multiply(x, a), multiply(y, b))
    is_smaller = terms.le(multiply(c, b), multiply(a, d))
    yield terms.implies(terms.all_of([is_sound, is_within, is_smaller]), terms.le(multiply(x, c), multiply(y, d)))
