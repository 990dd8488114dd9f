# SPDX-License-Identifier: Apache-2.0
"""Takes choices for unknowns until a model errs about one.

A sum of forty-eight choices makes a solver split each of them, though what is asked may be true of any forty-eight
numbers. So every choice of a number is an unknown at first; where a model gives it a value that is not the one chosen,
what it stands for is told: of one entry of a table at first, then of all.
"""

from collections.abc import Mapping

from thecal_proofs import terms
from thecal_proofs.families import Families
from thecal_proofs.terms import Term


class Choices:
    """The choices of one question, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self._unknowns: dict[Term, Term] = {}
        self._done: dict[Term, Term] = {}
        self._told: set[Term] = set()
        self._families = Families()

    def hidden(self, fact: Term) -> Term:
        """A fact with an unknown in place of each choice of a number."""
        done = self._done
        for node in terms.postorder((fact,), done):
            made = terms.remake(node, tuple(done[arg] for arg in node.args))
            is_choice = made.op == "ite" and not made.is_bool
            done[node] = self._unknown(made) if is_choice else made
        return done[fact]

    def _unknown(self, choice: Term) -> Term:
        if choice not in self._unknowns:
            self._unknowns[choice] = terms.var(f"choice {len(self._unknowns)}")
            self._families.add(choice)
        return self._unknowns[choice]

    def broken(self, model: Mapping[Term, int], few: int) -> list[Term]:
        """What some choices stand for about which a model errs."""
        values = terms.compute(terms.postorder(self._unknowns), model)
        found = [
            choice
            for choice, unknown in self._unknowns.items()
            if choice not in self._told and values[choice] != model.get(unknown, 0)
        ][:few]
        told = [choice for choice in self._families.widened(found) if choice not in self._told]
        self._told.update(told)
        return [terms.eq(self._unknowns[choice], choice) for choice in told]
