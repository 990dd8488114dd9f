# SPDX-License-Identifier: Apache-2.0
"""What is taken apart along its conditions stays what it was, and what is proved of it is true: every case is tried."""

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from thecal_proofs import terms
from thecal_proofs.choices import Choices
from thecal_proofs.decide import decide
from thecal_proofs.encode import Contracts
from thecal_proofs.paths import find_shared, propagate, simplify_by
from thecal_proofs.premises import Hypothesis, Premises
from thecal_proofs.terms import Term

X, Y, Z = (terms.var(name) for name in "xyz")
P, Q = (terms.flag(name) for name in "pq")
LEAST, MOST = -1, 2
BOUNDS = [terms.both(terms.le(terms.const(LEAST), v), terms.le(v, terms.const(MOST))) for v in (X, Y, Z)]

numbers = st.recursive(
    st.sampled_from([X, Y, Z, *map(terms.const, range(LEAST, MOST + 1))]),
    lambda inner: st.one_of(
        st.builds(terms.add, inner, inner),
        st.builds(terms.sub, inner, inner),
        st.builds(terms.mul, inner, inner),
        st.builds(lambda a, b: terms.ite(terms.lt(a, b), b, a), inner, inner),
        st.builds(lambda a, b: terms.ite(terms.lt(a, b), a, b), inner, inner),
        st.builds(lambda flag, a, b: terms.ite(flag, a, b), st.sampled_from([P, Q]), inner, inner),
    ),
    max_leaves=4,
)
comparisons = st.one_of(
    st.builds(terms.le, numbers, numbers), st.builds(terms.lt, numbers, numbers), st.builds(terms.eq, numbers, numbers)
)
truths = st.recursive(
    st.one_of(comparisons, st.sampled_from([P, Q])),
    lambda inner: st.one_of(
        st.builds(terms.both, inner, inner),
        st.builds(terms.either, inner, inner),
        st.builds(terms.implies, inner, inner),
        st.builds(terms.negate, inner),
        st.builds(terms.ite, inner, inner, inner),
    ),
    max_leaves=6,
)


def every_case() -> Iterator[dict[str, int]]:
    for x, y, z in product(range(LEAST, MOST + 1), repeat=3):
        for p, q in product((0, 1), repeat=2):
            yield {"x": x, "y": y, "z": z, "p": p, "q": q}


@given(truths)
def test_a_path_means_the_same_when_its_conditions_simplify_each_other(path: Term) -> None:
    after = propagate(path)
    assert all(terms.evaluate(path, case) == terms.evaluate(after, case) for case in every_case()), after


@given(truths, truths)
def test_a_question_means_the_same_on_the_path_that_simplifies_it(path: Term, question: Term) -> None:
    path = propagate(path)
    after = simplify_by(question, path)
    for case in every_case():
        if terms.evaluate(path, case):
            assert terms.evaluate(question, case) == terms.evaluate(after, case), case


@given(truths)
def test_the_pieces_of_a_claim_make_the_claim(claim: Term) -> None:
    whole = terms.all_of(terms.pieces(claim))
    assert all(terms.evaluate(claim, case) == terms.evaluate(whole, case) for case in every_case())


@settings(max_examples=60, deadline=None)
@given(st.lists(truths, max_size=3), truths)
def test_what_is_decided_is_what_every_case_says(assumed: list[Term], claim: Term) -> None:
    premises = Premises([Hypothesis("given", terms.all_of([*BOUNDS, *assumed]), True)], Contracts())
    decision = decide(premises, claim)
    possible = [case for case in every_case() if all(terms.evaluate(fact, case) for fact in assumed)]
    is_true = all(terms.evaluate(claim, case) for case in possible)
    assert decision.status == ("unsat" if is_true else "sat"), "these are small enough to be decided"
    if not is_true:
        model = {name: decision.model.get(name, 0) for name in "xyzpq"}
        assert all(terms.evaluate(fact, model) for fact in [*BOUNDS, *assumed]), "the model is possible"
        assert not terms.evaluate(claim, model), "and it refutes the claim"


@given(comparisons)
def test_a_hidden_choice_means_the_same_once_it_is_told(fact: Term) -> None:
    for case in every_case():
        choices = Choices()
        hidden = choices.hidden(fact)
        leaves = [node for node in terms.postorder((fact, hidden)) if not node.args]
        model = {leaf: case.get(str(leaf.value), 999 + i) for i, leaf in enumerate(leaves)}  # no choice is right
        told = {str(fact.args[0].value): fact.args[1] for fact in choices.broken(model, few=99)}
        numbers = dict(case)
        for name, choice in told.items():  # inner ones first
            numbers[name] = terms.evaluate(choice, numbers)
        assert terms.evaluate(hidden, numbers) == terms.evaluate(fact, case)
        assert not choices.broken(model, few=99), "nothing is told twice"


def test_of_several_claims_that_share_a_guard_the_guard_is_decided_first() -> None:
    guard = terms.le(X, Y)
    claims = [terms.implies(guard, terms.le(Z, terms.const(i))) for i in range(3)]
    assert find_shared(claims) is terms.negate(guard)


def test_of_several_claims_about_one_choice_its_condition_is_decided_first() -> None:
    claims = [terms.le(terms.ite(P, X, Y), terms.const(i)) for i in range(3)]
    assert find_shared(claims) is P


def test_claims_that_have_nothing_in_common_are_left_alone() -> None:
    assert find_shared([terms.le(X, Y), terms.le(Y, Z)]) is None
