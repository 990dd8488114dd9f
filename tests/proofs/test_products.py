# SPDX-License-Identifier: Apache-2.0
"""What the prover takes for true of products and choices is true: the solver confirms each by itself."""

from collections.abc import Iterable

from thecal_proofs import terms
from thecal_proofs.products import (
    Products,
    facts_of_four_products,
    facts_of_product,
    facts_of_ratios,
    facts_of_two_products,
)
from thecal_proofs.rebuilding import rebuild
from thecal_proofs.solve import ask
from thecal_proofs.tautologies import find_tautologies
from thecal_proofs.terms import Term

A, B, C, D = (terms.var(name) for name in "abcd")
PRODUCT, LEFT, RIGHT = (terms.var(name) for name in ("product", "left", "right"))


def assert_always(facts: Iterable[Term], meaning: dict[Term, Term]) -> None:
    found = list(facts)
    assert found, "there is something to confirm"
    for fact in found:
        assert ask([terms.negate(rebuild(fact, meaning))]).status == "unsat", fact


def test_facts_about_one_product_hold() -> None:
    assert_always(facts_of_product(A, B, PRODUCT), {PRODUCT: terms.mul(A, B)})


def test_facts_about_two_products_with_a_common_factor_hold() -> None:
    meaning = {LEFT: terms.mul(C, A), RIGHT: terms.mul(C, B)}
    assert_always(facts_of_two_products(C, A, LEFT, B, RIGHT), meaning)


def test_facts_about_four_products_hold() -> None:
    table = {(x, a): terms.var(f"{x.value}{a.value}") for x in (A, B) for a in (C, D)}
    meaning = {product: terms.mul(x, a) for (x, a), product in table.items()}
    assert_always(facts_of_four_products(A, B, C, D, table), meaning)


def test_what_is_within_a_ratio_is_within_a_larger_one() -> None:
    x, y, a, b, c, d = (terms.var(name) for name in "xyabcd")
    (fact,) = facts_of_ratios((x, y), (a, b), (c, d), terms.mul)
    given = terms.conjuncts(terms.negate(fact))
    # the solver is led: x c b <= x a d <= y b d, and b is no more than cancelled
    led = [terms.le(terms.mul(terms.mul(x, c), b), terms.mul(terms.mul(x, a), d))]
    led += [terms.le(terms.mul(terms.mul(x, a), d), terms.mul(terms.mul(y, b), d))]
    for step in led:
        assert ask([*given, terms.negate(step)]).status == "unsat", step
    assert ask([*given, *led]).status == "unsat"


def test_a_product_multiplied_out_is_the_product() -> None:
    choice = terms.ite(terms.le(A, B), terms.add(A, C), terms.sub(B, terms.const(3)))
    products = Products()
    expanded = products.linear([terms.mul(choice, terms.add(C, terms.const(2)))])[0]
    meaning = {unknown: terms.mul(*monomial) for monomial, unknown in products.unknowns.items()}
    assert meaning, "something was multiplied"
    same = terms.eq(rebuild(expanded, meaning), terms.mul(choice, terms.add(C, terms.const(2))))
    assert ask([terms.negate(same)]).status == "unsat"


def test_facts_about_choices_hold() -> None:
    larger = terms.ite(terms.lt(A, B), B, A)
    early = terms.ite(terms.lt(A, C), B, terms.ZERO)
    late = terms.ite(terms.lt(terms.add(A, terms.ONE), C), B, terms.ZERO)
    table = terms.var("t0")
    for place in range(1, 10):
        table = terms.ite(terms.eq(A, terms.const(place)), terms.var(f"t{place}"), table)
    bound = terms.le(terms.var("t9"), B)
    assert_always(find_tautologies(terms.postorder([larger, early, late, table, bound])), {})
