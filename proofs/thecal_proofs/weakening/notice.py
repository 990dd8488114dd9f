# SPDX-License-Identifier: Apache-2.0
"""What there is to say of a changed statement: who noticed it, or why nobody need."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from thecal_proofs.mutation.mutant import Mutant

How: TypeAlias = Literal["broken", "sound", "answer"]
Verdict: TypeAlias = Literal["noticed", "kept", "unnoticed"]
VERDICTS: tuple[Verdict, ...] = ("noticed", "kept", "unnoticed")


@dataclass(frozen=True, slots=True)
class Notice:
    """What noticed a changed statement.

    ``broken``: a broken kernel is no longer refuted by this claim; ``sound``: the kernel as it stands is refuted, or
    keeps an assumption no more; ``answer``: a wrong answer is no longer refuted. ``source`` is the broken kernel's
    mutant or what is wrong in the answer, ``place`` where it is asked.
    """

    how: How
    by: str
    source: str
    place: str

    def __str__(self) -> str:
        if self.how == "sound":
            return f"{self.by} refutes the kernel at {self.place}"
        return f"{self.by} no longer refutes {self.source} at {self.place}"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A changed statement, what noticed it, or why it says no less than it did."""

    mutant: Mutant
    notice: Notice | None
    kept: str = ""

    @property
    def verdict(self) -> Verdict:
        """What is known of it."""
        if self.notice is not None:
            return "noticed"
        return "kept" if self.kept else "unnoticed"
