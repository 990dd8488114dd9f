# SPDX-License-Identifier: Apache-2.0
"""What is proved of one place that stands for any is what is claimed of every place, word for word and no more."""

from thecal_proofs import terms
from thecal_proofs.decide import decide
from thecal_proofs.encode import Contracts
from thecal_proofs.places import Tables
from thecal_proofs.premises import Hypothesis, Premises
from thecal_proofs.terms import Term

LENGTH = 10
X, Y = ([terms.var(f"{name}[{i}]") for i in range(LENGTH)] for name in "xy")
PLACE = terms.var("now")


def look_up(table: list[Term], place: Term) -> Term:
    chosen = table[-1]
    for i in range(len(table) - 2, -1, -1):
        chosen = terms.ite(terms.eq(place, terms.const(i)), table[i], chosen)
    return chosen


def scaled(table: list[Term], i: int) -> Term:
    return terms.le(table[i], terms.mul(Y[i], terms.const(3 * i + 2)))


def premises(*facts: Term) -> Premises:
    return Premises([Hypothesis("given", terms.all_of(facts), True)], Contracts())


def test_claims_that_differ_in_the_place_alone_have_one_form() -> None:
    claims = [scaled(X, i) for i in range(LENGTH)]
    tables = Tables(claims)
    (form,) = tables.forms
    assert (form.first, form.last) == (0, LENGTH - 1)
    assert [tables.instance(form.text, LENGTH, i) for i in range(LENGTH)] == claims


def test_one_claim_that_is_different_leaves_no_form() -> None:
    claims = [scaled(X, i) if i != 5 else terms.le(X[5], Y[5]) for i in range(LENGTH)]
    assert Tables(claims).forms == []


def test_one_number_out_of_line_leaves_no_form() -> None:
    claims = [scaled(X, i) for i in range(LENGTH)]
    claims[5] = terms.le(X[5], terms.mul(Y[5], terms.const(99)))
    assert Tables(claims).forms == []


def test_a_look_up_that_gives_another_entry_somewhere_is_not_taken_for_the_plain_one() -> None:
    swapped = [*X[:3], X[4], X[3], *X[5:]]
    inside = terms.both(terms.le(terms.ZERO, PLACE), terms.le(PLACE, terms.const(LENGTH - 1)))
    same = terms.eq(look_up(swapped, PLACE), look_up(X, PLACE))
    decision = decide(premises(inside), same)
    assert decision.status == "sat"
    assert decision.model["now"] in (3, 4)


def test_entries_that_move_up_have_a_form_but_for_the_first() -> None:
    moved = terms.flag("moved")
    claims = [terms.le(terms.ZERO, terms.ite(moved, X[i - 1] if i else Y[0], X[i])) for i in range(LENGTH)]
    (form,) = Tables([*claims, *Y]).find_forms(claims)
    assert (form.first, form.last) == (1, LENGTH - 1)


def test_a_claim_about_all_places_is_settled_by_very_few_questions() -> None:
    given = [scaled(X, i) for i in range(LENGTH)]
    positive = [terms.le(terms.ZERO, y) for y in Y]
    goal = terms.all_of(terms.le(X[i], terms.mul(Y[i], terms.const(3 * i + 4))) for i in range(LENGTH))
    decision = decide(premises(*given, *positive), goal)
    assert decision.status == "unsat"
    assert decision.queries < LENGTH


def test_what_fails_at_one_place_is_refuted_there() -> None:
    given = [terms.le(X[i], terms.const(i)) for i in range(LENGTH)]
    goal = terms.all_of(terms.le(x, terms.const(LENGTH - 2)) for x in X)
    decision = decide(premises(*given), goal)
    assert decision.status == "sat"
    assert decision.model["x[9]"] == LENGTH - 1


def test_an_entry_that_is_looked_up_keeps_what_is_known_of_every_entry() -> None:
    given = [terms.le(x, terms.const(7)) for x in X]
    decision = decide(premises(*given), terms.le(look_up(X, PLACE), terms.const(7)))
    assert decision.status == "unsat"


def test_what_holds_of_all_entries_but_one_does_not_hold_of_the_one_looked_up() -> None:
    given = [terms.le(x, terms.const(7)) for i, x in enumerate(X) if i != 4]
    decision = decide(premises(*given), terms.le(look_up(X, PLACE), terms.const(7)))
    assert decision.status == "sat"
    assert decision.model["now"] == 4


def test_what_holds_of_all_entries_but_the_first_does_not_hold_of_the_first() -> None:
    given = [terms.le(x, terms.const(7)) for x in X[1:]]
    decision = decide(premises(*given, terms.le(X[0], terms.const(9))), terms.le(look_up(X, PLACE), terms.const(7)))
    assert decision.status == "sat"
    assert decision.model["now"] == 0


def test_the_same_place_has_the_same_entry() -> None:
    first, second = look_up(X, PLACE), look_up(X, terms.add(PLACE, terms.var("later")))
    same = terms.implies(terms.eq(terms.var("later"), terms.ZERO), terms.eq(first, second))
    inside = terms.both(terms.le(terms.ZERO, PLACE), terms.le(PLACE, terms.const(LENGTH - 1)))
    assert decide(premises(inside), same).status == "unsat"
    assert decide(premises(inside), terms.eq(first, second)).status == "sat"
