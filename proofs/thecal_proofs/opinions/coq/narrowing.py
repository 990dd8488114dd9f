# SPDX-License-Identifier: Apache-2.0
"""Asks Z3 which pieces of a question's meaning clash, so that the search for an argument has little to look at.

Nothing rests on the answer: with too few pieces no argument is found.
"""

from collections.abc import Iterable

from thecal_proofs import terms
from thecal_proofs.opinions.coq.argument import Literal, Step
from thecal_proofs.opinions.coq.items import Items, Rule
from thecal_proofs.opinions.coq.multiplying import Multiplied
from thecal_proofs.opinions.coq.table import Poly
from thecal_proofs.solve import DEFAULT_BUDGET, Question
from thecal_proofs.terms import Term

ROUNDS = 30
SHRINKS = 3


class Pieces:
    """What nodes mean, as Z3 is asked: what is no comparison, sum or product is an unknown."""

    def __init__(self, items: Items) -> None:
        self.items = items
        self.table = items.table
        self.products = Multiplied(items)
        self.said: dict[Term, list[Step | Rule]] = {}

    def take(self, pieces: Iterable[Step | Rule]) -> list[Term]:
        """The terms that pieces are, those that are new."""
        new: dict[Term, None] = {}
        for piece in pieces:
            term = self._term_of(piece)
            if term is not terms.TRUE:
                if term not in self.said:
                    new[term] = None
                self.said.setdefault(term, []).append(piece)
        return list(new)

    def _term_of(self, piece: Step | Rule) -> Term:
        if isinstance(piece, Step):
            return terms.any_of(map(self._literal, piece.clause))
        if piece.evidence.name == "Given" and self.table[abs(piece.literals[0])].op in ("le", "lt"):
            return terms.TRUE
        total = self._sum(piece.poly)
        claim = terms.eq(total, terms.ZERO) if piece.is_zero else terms.le(terms.ZERO, total)
        return terms.any_of((*(self._literal(-literal) for literal in piece.literals), claim))

    def _literal(self, literal: Literal) -> Term:
        said = self.table.said(literal)
        if said is None or said[0]:
            truth = terms.flag(f"n{abs(literal)}")
            return truth if literal > 0 else terms.negate(truth)
        return terms.le(terms.ZERO, self._sum(said[1]))

    def _sum(self, poly: Poly) -> Term:
        total = terms.const(poly.get((), 0))
        for monomial, factor in poly.items():
            if monomial:
                total = terms.add(total, terms.mul(self.products.unknown(monomial), terms.const(factor)))
        return total


def narrow(items: Items) -> tuple[list[Step], list[Rule]] | None:
    """Steps and rules that cannot hold together; None if none are found."""
    pieces = Pieces(items)
    asked = pieces.take((*items.steps, *items.rules))
    with Question() as question:
        question.add(asked, tracked=True)
        for _ in range(ROUNDS):
            answer = question.check(DEFAULT_BUDGET)
            if answer.status != "sat":
                break
            new = pieces.take(pieces.products.broken(answer.model, asked))
            if not new:
                return None
            asked += new
            question.add(new, tracked=True)
    if answer.status == "unknown":  # all that it was told may do all the same
        return items.steps, items.rules
    if answer.status == "sat":
        return None
    kept = [fact for fact in asked if fact in answer.core]
    for _ in range(SHRINKS):
        with Question() as question:
            question.add(kept, tracked=True)
            answer = question.check(DEFAULT_BUDGET)
        if answer.status != "unsat":
            break
        before, kept = len(kept), [fact for fact in kept if fact in answer.core]
        if len(kept) == before:
            break
    found = [piece for fact in kept for piece in pieces.said[fact]]
    return [each for each in found if isinstance(each, Step)], [each for each in found if isinstance(each, Rule)]
