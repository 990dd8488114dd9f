# SPDX-License-Identifier: Apache-2.0
"""Finds a minimal set of lines without which a question would not be refuted.

The solver names the lines that it took; then each of them is left out in turn, and stays out if the rest suffices: as
long as half of what an obligation may cost is left, for the other half is for what is still to be refuted. Costs are
counted in the solver's own steps, so the same question gives the same lines on any machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thecal_proofs import terms
from thecal_proofs.calls import Calls
from thecal_proofs.lines.cutting import cut
from thecal_proofs.lines.origins import Origins
from thecal_proofs.lines.used import NONE, Lines
from thecal_proofs.products import Products
from thecal_proofs.solve import Answer, Question
from thecal_proofs.tautologies import find_tautologies
from thecal_proofs.terms import Term

BUDGET = 1_000_000  # of one query
PURSE = 8_000_000  # of one obligation
ROUNDS = 25  # facts about products, as models break them
LIES_PER_ROUND = 60


@dataclass(slots=True)
class Purse:
    """What may still be spent."""

    left: int = PURSE

    @property
    def is_half_full(self) -> bool:
        """Whether there is something to spare."""
        return 2 * self.left > PURSE

    def pay(self, answer: Answer) -> Answer:
        """Count an answer; each costs something."""
        self.left -= max(answer.rlimit, BUDGET // 40)
        return answer


@dataclass(slots=True)
class Weighing:
    """One question, cut along its lines; `given` are facts that stand for some lines as a whole."""

    facts: Sequence[Term]
    given: Mapping[Term, Lines]
    origins: Origins
    is_linear: bool
    tracked: dict[Term, Lines] = field(default_factory=dict)
    known: list[Term] = field(default_factory=list)  # true whatever the lines compute
    products: Products = field(default_factory=Products)

    def find(self, purse: Purse) -> Lines | None:
        """The lines that it needs; None if it was not refuted for what may be spent."""
        self._prepare()
        core = self._refute(purse)
        if core is None:
            return None
        needed = [fact for fact in self.tracked if fact in core]
        for fact in [each for each in needed if self.tracked[each]]:
            left = [each for each in needed if each is not fact]
            smaller = self._try(left, purse) if purse.is_half_full and fact in needed else None
            if smaller is not None:
                needed = [each for each in left if each in smaller]
        return NONE.union(*(self.tracked[fact] for fact in needed))

    def _prepare(self) -> None:
        parts = cut(self.facts, self.origins)
        owners = [
            *((fact, self.given.get(whole, NONE)) for whole, fact in zip(self.facts, parts.facts, strict=True)),
            *((fact, lines) for lines, fact in parts.computed.items()),
        ]
        owners = [(fact, lines | parts.shared.get(fact, NONE)) for fact, lines in owners]
        true = find_tautologies(terms.visible([fact for fact, _ in owners]))
        if self.is_linear:
            calls, products = Calls(), self.products

            def hide(fact: Term) -> Term:
                return products.linear([calls.hidden(fact)])[0]

            owners = [(hide(fact), lines) for fact, lines in owners]
            true = [hide(fact) for fact in true]
            true += products.definitions
        for fact, lines in owners:
            self.tracked[fact] = self.tracked.get(fact, NONE) | lines
        self.known += true

    def _refute(self, purse: Purse) -> frozenset[Term] | None:
        """What it takes to refute the question with all its lines, told of products what models break."""
        with Question() as question:
            question.add(self.tracked, tracked=True)
            question.add(self.known)
            for _ in range(ROUNDS):
                answer = purse.pay(question.check(BUDGET))
                if answer.status == "unsat":
                    return answer.core
                if answer.status == "unknown" or not self.is_linear or purse.left <= 0:
                    return None
                lies = self.products.broken(list(self.tracked), answer.model)[:LIES_PER_ROUND]
                if not lies:
                    return None
                new = [*lies, *(each for each in self.products.definitions if each not in self.known)]
                question.add(new)
                self.known += new
        return None

    def _try(self, facts: Sequence[Term], purse: Purse) -> frozenset[Term] | None:
        """What it takes to refute the question with some of its facts alone."""
        with Question() as question:
            question.add(facts, tracked=True)
            question.add(self.known)
            answer = purse.pay(question.check(BUDGET))
        return answer.core if answer.status == "unsat" else None
