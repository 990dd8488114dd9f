# SPDX-License-Identifier: Apache-2.0
"""The constructors of terms simplify; what they build must mean what was asked for."""

import itertools
from collections.abc import Callable, Mapping
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from thecal_proofs import terms
from thecal_proofs.terms import Term

Meaning: TypeAlias = Callable[[Mapping[str, int]], int]
Built: TypeAlias = tuple[Term, Meaning]

SMALL = st.integers(-3, 3)
VALUES = st.fixed_dictionaries(dict.fromkeys("xyz", SMALL) | {name: st.integers(0, 1) for name in "pq"})


def _leaf_int() -> st.SearchStrategy[Built]:
    constants = SMALL.map(lambda n: (terms.const(n), lambda _, n=n: n))
    unknowns = st.sampled_from("xyz").map(lambda name: (terms.var(name), lambda v, name=name: v[name]))
    return constants | unknowns


def _leaf_bool() -> st.SearchStrategy[Built]:
    constants = st.booleans().map(lambda b: (terms.truth(b), lambda _, b=b: int(b)))
    return constants | st.sampled_from("pq").map(lambda name: (terms.flag(name), lambda v, name=name: v[name]))


def _two(make: Callable[[Term, Term], Term], mean: Callable[[int, int], int]) -> Callable[[Built, Built], Built]:
    return lambda a, b: (make(a[0], b[0]), lambda v: int(mean(a[1](v), b[1](v))))


def _choice(c: Built, a: Built, b: Built) -> Built:
    return terms.ite(c[0], a[0], b[0]), lambda v: a[1](v) if c[1](v) else b[1](v)


def _divided(a: Built, divisor: int) -> Built:
    return terms.div(a[0], divisor), lambda v: a[1](v) // divisor


def _remainder(a: Built, divisor: int) -> Built:
    return terms.mod(a[0], divisor), lambda v: a[1](v) % divisor


def _negated(a: Built) -> Built:
    return terms.negate(a[0]), lambda v: 1 - a[1](v)


def _flat(make: Callable[[list[Term]], Term], mean: Callable[[list[int]], bool]) -> Callable[[list[Built]], Built]:
    return lambda items: (make([t for t, _ in items]), lambda v: int(mean([m(v) for _, m in items])))


def _integers(depth: int) -> st.SearchStrategy[Built]:
    if depth == 0:
        return _leaf_int()
    a, c = _integers(depth - 1), _truths(depth - 1)
    return (
        _leaf_int()
        | st.builds(_two(terms.add, lambda x, y: x + y), a, a)
        | st.builds(_two(terms.sub, lambda x, y: x - y), a, a)
        | st.builds(_two(terms.mul, lambda x, y: x * y), a, a)
        | st.builds(_divided, a, st.integers(1, 4))
        | st.builds(_remainder, a, st.integers(1, 4))
        | st.builds(_choice, c, a, a)
    )


def _truths(depth: int) -> st.SearchStrategy[Built]:
    if depth == 0:
        return _leaf_bool()
    a, c = _integers(depth - 1), _truths(depth - 1)
    return (
        _leaf_bool()
        | st.builds(_two(terms.eq, lambda x, y: x == y), a, a)
        | st.builds(_two(terms.le, lambda x, y: x <= y), a, a)
        | st.builds(_two(terms.lt, lambda x, y: x < y), a, a)
        | st.builds(_two(terms.eq, lambda x, y: x == y), c, c)
        | st.builds(_two(terms.both, lambda x, y: x and y), c, c)
        | st.builds(_two(terms.either, lambda x, y: x or y), c, c)
        | st.builds(_two(terms.implies, lambda x, y: not x or y), c, c)
        | st.builds(_choice, c, c, c)
        | st.builds(_negated, c)
        | st.builds(_flat(terms.all_of, all), st.lists(c, max_size=3))
        | st.builds(_flat(terms.any_of, any), st.lists(c, max_size=3))
    )


@given(_integers(3), VALUES)
def test_integers_mean_what_was_asked_for(built: Built, values: Mapping[str, int]) -> None:
    term, meaning = built
    assert terms.evaluate(term, values) == meaning(values)


@given(_truths(3), VALUES)
def test_truths_mean_what_was_asked_for(built: Built, values: Mapping[str, int]) -> None:
    term, meaning = built
    assert terms.evaluate(term, values) == meaning(values)


@given(_truths(3), VALUES)
def test_a_claim_is_what_its_pieces_are_together(built: Built, values: Mapping[str, int]) -> None:
    term, _ = built
    whole = bool(terms.evaluate(term, values))
    assert whole == all(terms.evaluate(part, values) for part in terms.conjuncts(term))
    assert whole == all(terms.evaluate(piece, values) for piece in terms.pieces(term))
    assert whole == any(terms.evaluate(part, values) for part in terms.disjuncts(term))


@given(_integers(3))
def test_equal_terms_are_one_object(built: Built) -> None:
    term, _ = built
    order = terms.postorder((term,))
    assert order[-1] is term
    assert len(set(order)) == len(order)
    assert terms.add(term, term) is terms.add(term, term)


@given(_truths(3))
def test_a_term_speaks_of_its_unknowns_only(built: Built) -> None:
    term, _ = built
    leaves = [node for node in terms.postorder((term,)) if node.op in terms.LEAF_OPS]
    spoken = 0
    for leaf in leaves:
        spoken |= terms.mask(leaf)
    assert terms.mask(term) == spoken


def test_what_is_neither_of_two_is_two_claims_and_what_is_not_both_two_alternatives() -> None:
    a, b = terms.flag("a"), terms.flag("b")
    neither = terms.negate(terms.any_of([a, b]))
    assert terms.conjuncts(neither) == [terms.negate(a), terms.negate(b)]
    assert terms.disjuncts(terms.negate(terms.all_of([a, b]))) == [terms.negate(a), terms.negate(b)]


def test_that_two_truths_are_equal_is_claimed_both_ways() -> None:
    a, b = terms.flag("a"), terms.flag("b")
    assert terms.pieces(terms.eq(a, b)) == [terms.implies(a, b), terms.implies(b, a)]


def test_a_choice_of_truths_by_one_of_them_means_what_it_says() -> None:
    a, b, c = (terms.flag(name) for name in "abc")
    both = terms.both(a, c)
    for choice, meaning in (
        (terms.ite(a, b, a), terms.both(a, b)),
        (terms.ite(a, a, b), terms.either(a, b)),
        (terms.ite(both, b, a), terms.both(a, terms.implies(c, b))),
    ):
        for values in itertools.product((0, 1), repeat=3):
            given = dict(zip("abc", values, strict=True))
            assert terms.evaluate(choice, given) == terms.evaluate(meaning, given)
