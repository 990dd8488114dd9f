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

Judge: TypeAlias = Callable[[str], Said]  # of a question's text


def consult(judge: Judge, title: str, facts: Sequence[Term]) -> Said:
    """What a second solver says of some facts."""
    said = judge(_write(title, facts))
    if said.status == "unknown" and any(map(terms.is_nonlinear, facts)):
        linear = without_products(facts)
        if linear is not None and judge(_write(f"{title}, without products", linear)).status == "unsat":
            return Said("unsat")
    return said


def _write(title: str, facts: Sequence[Term]) -> str:
    """The text as it is exported, but without a hint at what is to be answered."""
    return render(title, "unknown", facts)
