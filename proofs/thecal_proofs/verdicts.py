# SPDX-License-Identifier: Apache-2.0
"""The honest enumeration of outcomes, and one obligation's result. Only `proved` is success."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from thecal_proofs.lines.used import Used
from thecal_proofs.opinions.opinion import Opinion
from thecal_proofs.scripts import Script

Verdict: TypeAlias = Literal["proved", "refuted", "vacuous", "unknown", "unsupported", "unstated"]
VERDICTS: tuple[Verdict, ...] = ("proved", "refuted", "vacuous", "unknown", "unsupported", "unstated")
# Kinds of obligations of which "proved" means that a situation was found.
WITNESSED = ("hypotheses", "antecedent")
_WORST_FIRST: tuple[Verdict, ...] = ("refuted", "unsupported", "vacuous", "unknown", "unstated", "proved")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one obligation, and the conjuncts that its proof took for granted.

    Times and budgets stay out of hashed reports.
    """

    id: str
    kind: str
    subject: str
    event: str
    verdict: Verdict
    detail: str = ""
    counterexample: str = ""
    leaves: tuple[str, ...] = ()
    rlimit: int = 0
    seconds: float = 0.0
    queries: int = 0
    rests_on: tuple[str, ...] = ()
    script: Script = field(default_factory=dict)  # how to ask the next time, where that was to be learnt
    opinion: Opinion | None = None  # of what the proof rests on, where others were asked
    used: Used | None = None  # the lines of the kernel that the proof uses, where that was asked


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that speaks for several; of none, nothing is proved."""
    found = set(verdicts)
    return next((verdict for verdict in _WORST_FIRST if verdict in found), "unknown")
