# SPDX-License-Identifier: Apache-2.0
"""What came of asking again the questions that one proof rests on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A judge's answer to one question: "unsat", "sat" or "unknown", and why."""

    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Of one proof: how many questions it rests on, and what was not confirmed, told in a line each."""

    questions: int
    confirmed: int = 0  # by the second solver
    wavered: int = 0  # questions to which the first did not say the same in other words
    share: float = 0.0  # of its budget, what the dearest question took
    undecided: tuple[str, ...] = ()  # where the second solver does not know
    wavering: tuple[str, ...] = ()  # where the first does not know, in other words
    contradicted: tuple[str, ...] = ()  # where somebody finds a model and there is to be none
    seconds: float = 0.0
