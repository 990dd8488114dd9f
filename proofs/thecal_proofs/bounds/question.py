# SPDX-License-Identifier: Apache-2.0
"""One question: whether something can be so. That it cannot is what is hoped for, and is proved by the solver."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from thecal_proofs import terms
from thecal_proofs.solve import DEFAULT_BUDGET, ask
from thecal_proofs.terms import Term


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement, on which properties of the catalogue it touches, and what the solver said of its opposite."""

    name: str
    statement: str
    touches: Sequence[str]
    verdict: str

    @property
    def is_proved(self) -> bool:
        """Whether the opposite cannot be."""
        return self.verdict == "proved"


VERDICTS = {"unsat": "proved", "sat": "refuted", "unknown": "unknown"}
Witness: TypeAlias = Mapping[str, int]


def put(
    name: str,
    statement: str,
    touches: Sequence[str],
    known: Iterable[Term],
    claim: Term,
    witness: Witness | None = None,
) -> Asked:
    """Ask whether what is known leaves room for the opposite of a claim.

    What is known must itself be possible, or the claim says nothing: of the witness, or by the solver's own example.
    """
    facts = list(known)
    verdict = VERDICTS[ask([*facts, terms.negate(claim)], DEFAULT_BUDGET, engine="core").status]
    if verdict == "proved" and not is_possible(facts, witness):
        verdict = "vacuous"
    return Asked(name, statement, tuple(touches), verdict)


def is_possible(facts: Sequence[Term], witness: Witness | None) -> bool:
    """Whether facts hold together: at the witness if there is one, else somewhere."""
    if witness is None:
        return ask(facts, DEFAULT_BUDGET, engine="core").status == "sat"
    return all(terms.evaluate(fact, witness) for fact in facts)
