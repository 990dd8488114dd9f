# SPDX-License-Identifier: Apache-2.0
"""Asks Z3 which pieces of a question's meaning clash, so that the search for an argument has little to look at.

Nothing rests on the answer: with too few pieces no argument is found.
"""

from collections.abc import Sequence

from thecal_proofs import terms
from thecal_proofs.opinions.coq.argument import Literal, Step
from thecal_proofs.opinions.coq.items import Items, Rule
from thecal_proofs.opinions.coq.table import Monomial, Poly, Table
from thecal_proofs.solve import DEFAULT_BUDGET, Question
from thecal_proofs.terms import Term

ROUNDS = 3


def narrow(items: Items) -> tuple[list[Step], list[Rule]] | None:
    """Steps and rules that cannot hold together; None if Z3 does not say so."""
    said: dict[Term, list[Step | Rule]] = {}
    for item in (*items.steps, *items.rules):
        said.setdefault(_term_of(items.table, item), []).append(item)
    said.pop(terms.TRUE, None)
    kept = list(said)
    for _ in range(ROUNDS):
        with Question() as question:
            question.add(kept, tracked=True)
            answer = question.check(DEFAULT_BUDGET)
        if answer.status != "unsat":
            return None
        core = [fact for fact in kept if fact in answer.core]
        is_small = len(core) > len(kept) * 0.9
        kept = core
        if is_small:
            break
    found = [item for fact in kept for item in said[fact]]
    return [i for i in found if isinstance(i, Step)], [i for i in found if isinstance(i, Rule)]


def _term_of(table: Table, item: Step | Rule) -> Term:
    """A piece of meaning as Z3 is asked: what is no comparison, sum or product is an unknown."""
    if isinstance(item, Step):
        return terms.any_of(_literal_of(table, literal) for literal in item.clause)
    total = _sum_of(item.poly)
    claim = terms.eq(total, terms.ZERO) if item.is_zero else terms.le(terms.ZERO, total)
    if abs(item.literal) and table[abs(item.literal)].op in ("le", "lt"):
        return terms.TRUE if item.evidence.name == "Given" else terms.implies(_literal_of(table, item.literal), claim)
    return terms.implies(_literal_of(table, item.literal), claim) if item.literal else claim


def _literal_of(table: Table, literal: Literal) -> Term:
    said = table.said(literal)
    if said is None or said[0]:
        truth = terms.flag(f"n{abs(literal)}")
        return truth if literal > 0 else terms.negate(truth)
    return terms.le(terms.ZERO, _sum_of(said[1]))


def _sum_of(poly: Poly) -> Term:
    total = terms.const(poly.get((), 0))
    for monomial, factor in poly.items():
        if monomial:
            total = terms.add(total, terms.mul(_unknown(monomial), terms.const(factor)))
    return total


def _unknown(monomial: Monomial) -> Term:
    return terms.var("m" + ".".join(map(str, monomial)))
