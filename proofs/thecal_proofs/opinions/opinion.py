# SPDX-License-Identifier: Apache-2.0
"""What came of asking again the questions that one proof rests on."""

from dataclasses import dataclass
from typing import Protocol

from thecal_proofs.terms import Term

ARGUED = "argued"  # an argument was found; whether it holds is found out at the end of a run


@dataclass(frozen=True, slots=True)
class Said:
    """A judge's answer to one question: "unsat", "sat" or "unknown", and why; or "argued", and by which argument."""

    status: str
    reason: str = ""


class Judge(Protocol):
    """Somebody who is asked again, by name."""

    name: str

    def say(self, title: str, facts: tuple[Term, ...]) -> Said:
        """Whether some facts can hold together."""

    def settle(self, arguments: frozenset[str], jobs: int) -> dict[str, Said]:
        """Of arguments that were found: whether they hold."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, and what each judge says of it, in the order in which they were named."""

    title: str
    said: tuple[Said, ...]

    @property
    def is_contradicted(self) -> bool:
        """Whether somebody finds a model where there is to be none."""
        return any(said.status == "sat" for said in self.said)


@dataclass(frozen=True, slots=True)
class Opinion:
    """Of one proof: how many questions it rests on, and what was said of them."""

    questions: int
    judged: tuple[Judged, ...] = ()  # each question, where there are judges
    wavered: int = 0  # questions to which the first did not say the same in other words
    share: float = 0.0  # of its budget, what the dearest question took
    wavering: tuple[str, ...] = ()  # where the first does not know, in other words
    denied: tuple[str, ...] = ()  # where the first says "sat", in other words
    seconds: float = 0.0

    def count(self, place: int) -> int:
        """The questions that one judge confirms."""
        return sum(each.said[place].status == "unsat" for each in self.judged)

    @property
    def confirmed(self) -> int:
        """The questions that every judge confirms."""
        return sum(all(said.status == "unsat" for said in each.said) for each in self.judged)

    @property
    def is_alone(self) -> bool:
        """Whether there is a question that no judge confirms."""
        return any(all(said.status != "unsat" for said in each.said) for each in self.judged)
