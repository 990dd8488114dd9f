# SPDX-License-Identifier: Apache-2.0
"""What is skipped, kept or left out when terms are rebuilt changes nothing of what they become."""

from collections.abc import Mapping
from random import Random

import pytest

from thecal_proofs import paths, terms
from thecal_proofs.rebuilding import FEW, Rebuilding, rebuild
from thecal_proofs.terms import Term

NAMES = "abcdef"


def make_number(rng: Random, depth: int) -> Term:
    kind = rng.randrange(7) if depth else rng.randrange(2)
    if kind == 0:
        return terms.const(rng.randrange(-3, 4))
    if kind == 1:
        return terms.var(rng.choice(NAMES))
    if kind == 2:
        return terms.apply("f", (make_number(rng, depth - 1),), False)
    if kind == 3:
        return terms.ite(make_truth(rng, depth - 1), make_number(rng, depth - 1), make_number(rng, depth - 1))
    make = rng.choice((terms.add, terms.sub, terms.mul))
    return make(make_number(rng, depth - 1), make_number(rng, depth - 1))


def make_truth(rng: Random, depth: int) -> Term:
    kind = rng.randrange(6) if depth else 0
    if kind == 0:
        return terms.flag(rng.choice(NAMES).upper())
    if kind <= 3:
        make = rng.choice((terms.le, terms.lt, terms.eq))
        return make(make_number(rng, depth - 1), make_number(rng, depth - 1))
    make_two = rng.choice((terms.both, terms.either))
    return make_two(make_truth(rng, depth - 1), make_truth(rng, depth - 1))


def rebuild_plainly(term: Term, known: Mapping[Term, Term]) -> Term:
    """By the definition: no node is skipped, none is kept."""
    if term in known:
        return known[term]
    return terms.remake(term, tuple(rebuild_plainly(arg, known) for arg in term.args)) if term.args else term


def make_known(rng: Random, root: Term, count: int) -> dict[Term, Term]:
    """Some of a term's own nodes, and some that it may not have, with what is to stand for them."""
    nodes = [*terms.postorder((root,)), make_truth(rng, 2), make_number(rng, 2)]
    chosen = rng.sample(nodes, min(count, len(nodes)))
    return {node: terms.truth(rng.random() < 0.5) if node.is_bool else make_number(rng, 1) for node in chosen}


@pytest.mark.parametrize("seed", range(200))
def test_a_term_becomes_what_the_definition_says_however_many_terms_are_replaced(seed: int) -> None:
    rng = Random(seed)
    root = make_truth(rng, 5)
    for count in (1, FEW, 3 * FEW):
        known = make_known(rng, root, count)
        assert rebuild(root, known) is rebuild_plainly(root, known)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_kept_of_one_term_serves_the_next(seed: int) -> None:
    rng = Random(seed)
    roots = [make_truth(rng, 4) for _ in range(6)]
    known = make_known(rng, roots[0], 2)
    kept = Rebuilding(known)
    assert [kept.of(root) for root in roots] == [rebuild_plainly(root, known) for root in roots]


@pytest.mark.parametrize("seed", range(200))
def test_a_path_is_simplified_alike_if_every_condition_is_looked_at(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(seed)
    path = terms.all_of(make_truth(rng, 3) for _ in range(6))
    found = paths.propagate.__wrapped__(path)
    monkeypatch.setattr(paths, "_touched", lambda parts: dict.fromkeys(parts))
    assert paths.propagate.__wrapped__(path) is found


@pytest.mark.parametrize("seed", range(100))
def test_small_terms_are_told_from_large_ones_as_by_counting(seed: int) -> None:
    rng = Random(seed)
    found = [make_truth(rng, rng.randrange(1, 6)) for _ in range(5)]
    for term in found:
        count = len(terms.postorder((term,)))
        for limit in (max(1, count - 1), count, count + 1):
            terms._SIZES.pop(term, None)
            assert terms.is_small(term, limit) is (count <= limit)
    assert terms.smallest(found) is min(found, key=lambda term: len(terms.postorder((term,))))
