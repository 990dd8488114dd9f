# SPDX-License-Identifier: Apache-2.0
"""Whatever ranges tell is so: random values are tried one by one, under no more than the facts that were named."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import inf

import pytest

from thecal_proofs import terms
from thecal_proofs.encode import Contracts
from thecal_proofs.premises import Hypothesis, Premises
from thecal_proofs.ranges import Ranges, settle_by_cases
from thecal_proofs.terms import Term

X, Y = terms.var("x"), terms.var("y")
P = terms.flag("p")
F = terms.apply("f", (X,), False)
VALUES = range(-2, 3)


class Promise(Contracts):
    """What is promised of one call."""

    def __init__(self, promised: Term | None = None) -> None:
        super().__init__()
        self.promised = promised

    def fact(self, node: Term) -> Term | None:
        """What is promised of it, and of no other term."""
        return self.promised if node is F else None


def assume(*facts: Term, promise: Term | None = None) -> Premises:
    return Premises([Hypothesis("assumed", terms.all_of(facts), True)], Promise(promise))


def number(value: int) -> Term:
    return terms.const(value)


class Chance:
    """Random terms over the unknowns."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def value(self, depth: int) -> Term:
        """A random integer."""
        if depth == 0 or self.random.random() < 0.2:
            return self.random.choice([X, Y, F, number(self.random.randint(-3, 3))])
        a, b = self.value(depth - 1), self.value(depth - 1)
        divisor = self.random.randint(1, 3)
        kinds = (terms.add(a, b), terms.sub(a, b), terms.mul(a, b), terms.div(a, divisor), terms.mod(a, divisor))
        return self.random.choice(
            [*kinds, *[terms.ite(self.truth(depth - 1), a, b), terms.ite(terms.lt(a, b), a, b)] * 2]
        )

    def comparison(self, depth: int) -> Term:
        """A random comparison, often with a number."""
        left = self.value(depth)
        right = number(self.random.randint(-4, 4)) if self.random.random() < 0.6 else self.value(depth)
        return self.random.choice([terms.le, terms.lt, terms.eq])(*self.random.sample([left, right], 2))

    def truth(self, depth: int) -> Term:
        """A random condition."""
        if depth == 0:
            return self.random.choice([P, terms.negate(P), self.comparison(0)])
        a, b = self.truth(depth - 1), self.truth(depth - 1)
        return self.random.choice(
            [self.comparison(depth - 1), terms.all_of((a, b)), terms.any_of((a, b)), terms.ite(P, a, b)]
        )


def worlds(facts: Iterable[Term], roots: Sequence[Term]) -> Iterator[Mapping[Term, int]]:
    """What the roots are wherever the facts hold."""
    told = list(facts)
    order = terms.postorder([*told, *roots])
    for x, y, f, p in product(VALUES, VALUES, VALUES, (0, 1)):
        found = terms.compute(order, {X: x, Y: y, F: f, P: p})
        if all(found[fact] for fact in told):
            yield found


@pytest.mark.parametrize("seed", range(250))
def test_whatever_ranges_tell_is_so_under_the_facts_that_they_name(seed: int) -> None:
    """The range of a value, a claim that is settled, and one that is settled by cases."""
    chance = Chance(seed)
    promise = terms.all_of(chance.truth(1) for _ in range(2))
    premises = assume(*(chance.truth(1) for _ in range(5)), promise=promise)
    path = terms.all_of([chance.truth(2), chance.comparison(0)])
    value, claim = chance.value(3), terms.all_of([chance.truth(1), chance.comparison(2)])
    ranges = Ranges(premises)
    inner = Ranges(premises, path, ranges)
    low, high, facts = inner.of(value)
    assert all(low <= found[value] <= high for found in worlds([path, *facts], [value]))
    for settled in (inner.settle(claim), settle_by_cases(premises, ranges, path, claim)):
        if settled is not None:
            assert all(found[claim] for found in worlds([path, *settled], [claim]))


A_LITTLE = (terms.le(number(0), X), terms.le(X, number(9)))


@pytest.mark.parametrize(
    ("facts", "value", "found"),
    [
        (A_LITTLE, terms.add(terms.mul(X, X), number(1)), (1, 82)),
        (A_LITTLE, terms.sub(number(0), X), (-9, 0)),
        (A_LITTLE, terms.ite(terms.lt(X, Y), X, Y), (-inf, 9)),
        ((*A_LITTLE, terms.le(terms.mul(Y, terms.add(X, number(2))), number(10)), terms.le(number(0), Y)), Y, (0, 5)),
        ((terms.either(P, terms.eq(Y, number(3))), terms.implies(P, terms.le(Y, number(2)))), Y, (-inf, 3)),
        ((terms.ite(P, terms.le(Y, number(2)), terms.le(Y, number(4))),), Y, (-inf, 4)),
        ((terms.either(terms.le(Y, number(2)), terms.negate(P)),), terms.ite(P, Y, number(7)), (-inf, 7)),
        (A_LITTLE, F, (0, 9)),
    ],
)  # fmt: skip
def test_ranges_are_as_narrow_as_their_facts_make_them(
    facts: Sequence[Term], value: Term, found: tuple[float, float]
) -> None:
    """Of sums, of the smaller, of a factor, on either side of a condition, and of what is promised."""
    promise = terms.any_of([terms.eq(F, X), terms.eq(F, number(0)), terms.lt(X, number(0))])
    assert Ranges(assume(*facts, promise=promise)).of(value)[:2] == found


def test_a_claim_that_depends_on_how_its_choices_go_together_is_settled_by_cases() -> None:
    """The difference of two choices by the same condition, and what two ways to it have in common."""
    premises = assume(terms.le(number(0), X), terms.le(X, number(9)))
    ranges = Ranges(premises)
    claim = terms.le(terms.sub(terms.ite(P, terms.add(X, number(1)), X), X), number(1))
    assert ranges.settle(claim) is None
    assert settle_by_cases(premises, ranges, terms.TRUE, claim) == frozenset()
    path = terms.either(terms.le(Y, number(3)), terms.le(Y, X))
    facts = settle_by_cases(premises, ranges, path, terms.le(Y, number(9)))
    assert facts is not None
    assert terms.le(X, number(9)) in facts
    assert settle_by_cases(premises, ranges, path, terms.le(Y, number(8))) is None
