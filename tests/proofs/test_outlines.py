# SPDX-License-Identifier: Apache-2.0
"""What is hidden from the solver stays what it is: nothing follows without it that would not follow with it."""

from thecal_proofs import terms
from thecal_proofs.calls import Calls
from thecal_proofs.decide import decide
from thecal_proofs.encode import Contracts
from thecal_proofs.inquiry import LARGE
from thecal_proofs.outlines import MUCH, Outlines
from thecal_proofs.premises import Hypothesis, Premises
from thecal_proofs.solve import ask
from thecal_proofs.terms import Term

X, Y, P = terms.var("x"), terms.var("y"), terms.flag("p")


def total(name: str) -> Term:
    """A sum of so many unknowns that a comparison with it is hidden."""
    found = terms.ZERO
    for i in range(MUCH):
        found = terms.add(found, terms.var(f"{name}{i}"))
    return found


A, B = total("a"), total("b")


def call(*args: Term) -> Term:
    return terms.apply("f", args, False)


def follows(goal: Term, given: Term = terms.TRUE) -> bool:
    return decide(Premises([Hypothesis("given", given, True)], Contracts()), goal).status == "unsat"


def test_a_large_claim_that_its_own_condition_says_is_not_asked() -> None:
    much = terms.mul(X, Y)
    for i in range(LARGE):
        much = terms.add(much, terms.var(f"much{i}"))
    chosen = terms.ite(P, X, much)
    given = Premises([Hypothesis("given", terms.TRUE, True)], Contracts())
    right = decide(given, terms.implies(P, terms.le(chosen, X)))
    assert (right.status, right.queries) == ("unsat", 0)
    assert decide(given, terms.implies(P, terms.le(chosen, Y))).status == "sat"


def test_a_large_comparison_is_one_truth_and_its_opposite_the_other() -> None:
    outlines = Outlines()
    one, other = (outlines.outline(fact) for fact in (terms.le(A, B), terms.lt(B, A)))
    assert terms.size(one) == 1
    assert other is terms.negate(one)


def test_different_large_comparisons_are_different_truths() -> None:
    outlines = Outlines()
    truths = {outlines.outline(fact) for fact in (terms.le(A, B), terms.le(B, A), terms.eq(A, B))}
    assert len(truths) == 3, "what one says must not follow from what another says"


def test_a_small_comparison_stays_what_it_says() -> None:
    assert Outlines().outline(terms.le(X, Y)) is terms.le(X, Y)


def test_a_comparison_with_a_choice_is_the_choice_between_two() -> None:
    chosen = terms.ite(terms.le(A, B), terms.ZERO, X)
    fact = terms.implies(terms.le(terms.ZERO, X), terms.le(terms.ZERO, chosen))
    assert ask([terms.negate(Outlines().outline(fact))]).status == "unsat", "both values are at least nothing"
    wrong = terms.le(terms.ZERO, chosen)
    assert ask([terms.negate(Outlines().outline(wrong))]).status == "sat", "the second value may be negative"


def test_calls_are_the_same_where_they_are_asked_the_same() -> None:
    calls = Calls()
    one, same, other = (calls.hidden(call(arg)) for arg in (X, X, Y))
    assert one is same
    assert one is not other
    assert not one.args


def test_what_a_model_says_of_a_call_is_found_under_its_name() -> None:
    calls = Calls()
    unknown = calls.hidden(call(X))
    assert calls.answered({unknown: 7})[call(X)] == 7


def test_equal_arguments_still_bring_equal_answers() -> None:
    is_equal = terms.both(terms.le(X, Y), terms.le(Y, X))
    assert follows(terms.eq(call(X), call(Y)), is_equal), "where it matters it is said"
    assert not follows(terms.eq(call(X), call(Y)), terms.le(X, Y)), "and not where they may differ"


def test_unknowns_that_are_equal_go_by_one_name() -> None:
    path = terms.all_of([terms.eq(X, Y), terms.eq(Y, terms.var("z"))])
    assert follows(terms.implies(path, terms.le(X, terms.var("z"))))
    assert not follows(terms.implies(path, terms.le(X, terms.var("w")))), "of others nothing is known"
