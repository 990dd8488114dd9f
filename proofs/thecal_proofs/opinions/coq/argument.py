# SPDX-License-Identifier: Apache-2.0
"""What an argument is made of, as `Judge.v` reads it: clauses, and why each holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from thecal_proofs.opinions.coq.table import Table

Literal: TypeAlias = int  # a node's number if it is true, the negative of it if it is false
Clause: TypeAlias = tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a polynomial is 0, or at least 0: a constructor of `Judge.v`, with nodes, numbers and other evidence."""

    name: str
    nodes: tuple[int, ...] = ()
    number: int | None = None
    parts: "tuple[Evidence, ...]" = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A clause and why it holds: a constructor of `Judge.v`, with what it takes besides the clause."""

    name: str
    clause: Clause
    nodes: tuple[int, ...] = ()
    place: int = 0
    evidence: tuple[Evidence, ...] = ()
    hints: tuple[int, ...] = ()  # places of earlier clauses
    equal: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())  # of a function's arguments, integers and truths


def scaled(factor: int, evidence: Evidence) -> Evidence:
    """The same, so many times."""
    return evidence if factor == 1 else Evidence("Scaled", number=factor, parts=(evidence,))


def summed(parts: Sequence[Evidence]) -> Evidence:
    """All of it together."""
    total = parts[0]
    for part in parts[1:]:
        total = Evidence("Sum", parts=(total, part))
    return total


@dataclass(frozen=True)
class Argument:
    """The nodes that are spoken of, and the steps to a contradiction; which facts it takes, the steps say."""

    table: Table
    steps: tuple[Step, ...]


def needed_for(steps: Sequence[Step], last: int) -> list[Step]:
    """The steps that one follows from, and that one, with hints that count from 1."""
    needed: set[int] = set()
    todo = [last]
    while todo:
        number = todo.pop()
        if number not in needed:
            needed.add(number)
            todo.extend(steps[number].hints)
    places = {number: place for place, number in enumerate(sorted(needed), start=1)}
    return [replace(steps[number], hints=tuple(places[hint] for hint in steps[number].hints)) for number in places]
