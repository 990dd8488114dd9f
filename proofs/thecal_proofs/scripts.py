# SPDX-License-Identifier: Apache-2.0
"""What the last proof of a cell asked, question by question, so that the next one asks nothing else.

A search asks much that leads nowhere. Its successful questions are put together as far as the solver allows, and
remembered in `scripts.json` (`python -m thecal_proofs --learn` writes it): where in the proof each was asked, which
hypotheses it was told, and how. A script proves nothing: each of its questions is put to the solver again, and what
they have to cover is worked out anew. One that fails, because the kernel changed, costs time; then all is searched.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from thecal_proofs import terms
from thecal_proofs.terms import Term

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
LENGTH = 5  # letters of a name: what two facts share by chance is told once too often, and that is all


@dataclass(frozen=True, slots=True)
class Step:
    """One question: whether products and choices are taken for unknowns, and the names of what is told.

    Of what follows by logic alone: whether each is asked by itself, and the names of the pieces.
    """

    is_linear: bool
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """As a line of the file has it."""
        return " ".join(("linear" if self.is_linear else "exact", *self.names))

    @staticmethod
    def read(text: str) -> "Step":
        """Read a step back."""
        how, *names = text.split()
        return Step(how == "linear", tuple(names))


Script: TypeAlias = Mapping[str, Step]
WHOLE = Step(False, ())  # what a search took apart can be asked as it is
AT_ONCE = "at once"  # with a goal's name: the goal as it is, with all that is told
USES = "uses"  # not a question: the hypotheses that all questions take from


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question of a search that was answered, and how to put it the next time; without a step it asked nothing.

    `facts` are the hypotheses that it took, as they stand in the premises; `cost` is in the solver's own steps.
    """

    key: str
    step: Step | None
    facts: tuple[Term, ...]
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A question of a search: what is known, what is refuted there, and what it took; or the questions it fell into.

    `told` is all that it was told when it was answered, for what it took may not be found again without the rest.
    """

    key: str
    path: Term
    rest: Term
    facts: tuple[Term, ...]
    told: tuple[Term, ...]
    cost: int
    is_linear: bool
    parts: tuple["Node | Leaf", ...] = ()

    @staticmethod
    def over(key: str, path: Term, rest: Term, parts: Sequence["Node | Leaf"]) -> "Node":
        """A question that fell into others."""
        facts = tuple(dict.fromkeys(fact for part in parts for fact in part.facts))
        is_linear = any(part.is_linear for part in parts if isinstance(part, Node))
        return Node(key, path, rest, facts, (), sum(part.cost for part in parts), is_linear, tuple(parts))


_NAMES: dict[Term, str] = {}


def name_of(term: Term) -> str:
    """A short name, the same in every run; two terms that share one by chance do no harm."""
    found = _NAMES.get(term)
    if found is None:
        number = terms.fingerprint(term)
        found = _NAMES[term] = "".join(DIGITS[number >> 6 * place & 63] for place in range(LENGTH))
    return found


def name_question(case: Term, pieces: Iterable[Term]) -> str:
    """The name of a question: what holds, and what is to be settled there."""
    return name_of(terms.apply("question", (case, *pieces), True))


SCRIPTS_FILE = Path(__file__).with_name("scripts.json")


def read_scripts(file: Path = SCRIPTS_FILE) -> dict[str, Script]:
    """The script of each cell, by the cell's name."""
    if not file.exists():
        return {}
    found: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return {cell: {key: Step.read(step) for key, step in steps.items()} for cell, steps in found.items()}


def write_scripts(scripts: Mapping[str, Script], file: Path = SCRIPTS_FILE) -> None:
    """Remember them, one line a cell."""
    texts = {cell: {key: step.text for key, step in sorted(scripts[cell].items())} for cell in sorted(scripts)}
    lines = [f"  {json.dumps(cell)}: {json.dumps(steps)}" for cell, steps in texts.items()]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")
