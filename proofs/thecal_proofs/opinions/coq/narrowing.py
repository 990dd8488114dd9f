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
from thecal_proofs.solve import Answer, Question
from thecal_proofs.terms import Term

BUDGET = 1_000_000
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
    """Steps and rules that clash; all of them where Z3 does not know, and None where they can hold together."""
    pieces = Pieces(items)
    kept = pieces.take((*items.steps, *items.rules))
    answer = _tell(pieces, kept)
    if answer.status == "unknown":
        return items.steps, items.rules
    for _ in range(SHRINKS):
        if answer.status == "sat":
            return None
        if answer.status == "unsat":
            kept = [fact for fact in kept if fact in answer.core]
        with Question() as question:
            question.add(kept, tracked=True)
            answer = question.check(BUDGET)
    found = [piece for fact in kept for piece in pieces.said[fact]]
    return [each for each in found if isinstance(each, Step)], [each for each in found if isinstance(each, Rule)]


def _tell(pieces: Pieces, asked: list[Term]) -> Answer:
    """Ask, and again with what is true of products where a model errs about them; all that is asked is kept."""
    with Question() as question:
        question.add(asked, tracked=True)
        answer = question.check(BUDGET)
        for _ in range(ROUNDS):
            new = pieces.take(pieces.products.broken(answer.model, asked)) if answer.status == "sat" else []
            if not new:
                break
            asked += new
            question.add(new, tracked=True)
            answer = question.check(BUDGET)
    return answer
