# SPDX-License-Identifier: Apache-2.0
"""Puts a question to a second solver: as it is, or else with its products taken away.

Either way asks for no less than the question itself, so "unsat" counts by whichever it came. "sat" counts only of the
question as it is.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from thecal_proofs import terms
from thecal_proofs.opinions.multiplied import without_products
from thecal_proofs.opinions.opinion import Said
from thecal_proofs.smtlib import render
from thecal_proofs.terms import Term

Ask: TypeAlias = Callable[[str], Said]  # of a question's text


class SecondSolver:
    """A judge who reads texts, and says at once what it thinks of them."""

    def __init__(self, name: str, ask: Ask) -> None:
        self.name = name
        self._ask = ask

    def say(self, title: str, facts: tuple[Term, ...]) -> Said:
        """Whether some facts can hold together."""
        return consult(self._ask, title, facts)

    def settle(self, arguments: frozenset[str], jobs: int) -> dict[str, Said]:
        """Nothing is left for the end."""
        return {}


def consult(ask: Ask, title: str, facts: Sequence[Term]) -> Said:
    """What a second solver says of some facts."""
    said = ask(_write(title, facts))
    if said.status == "unknown" and any(map(terms.is_nonlinear, facts)):
        linear = without_products(facts)
        if linear is not None and ask(_write(f"{title}, without products", linear)).status == "unsat":
            return Said("unsat")
    return said


def _write(title: str, facts: Sequence[Term]) -> str:
    """The text as it is exported, but without a hint at what is to be answered."""
    return render(title, "unknown", facts)
