# SPDX-License-Identifier: Apache-2.0
"""What is claimed, as the command line reads it: rows of the catalogue, hazards and requirements behind them.

The specification is found when asked for; these are the few attributes that are read of it.
"""

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from thecal_adapters.finding import find_kernel, find_module


class Named(Protocol):
    """A member of an enumeration, such as the kind of a property."""

    name: str
    value: str


class Amended(Protocol):
    """Why a statement is not the one first written down."""

    old_statement: str
    counterexample: str
    reason: str


class Claim(Protocol):
    """A row of the catalogue."""

    id: str
    name: str
    statement: str
    does_not_say: str
    kind: Named
    means: Named
    hazards: Sequence[str]
    requirements: Sequence[str]
    enforced_in: Sequence[str]
    amended: Amended | None


class Hazard(Protocol):
    """A hazard of the trace; ``severity`` is its grade."""

    id: str
    name: str
    severity: str


class Requirement(Protocol):
    """A requirement of the trace."""

    id: str
    text: str


class Assumption(Protocol):
    """Something that is believed, and how it is answered for: by a monitor, a test or a duty."""

    id: str
    name: str
    discharged_by: Named


class Trace(Protocol):
    """Everything that is claimed, and why."""

    properties: Sequence[Claim]
    hazards: Sequence[Hazard]
    requirements: Sequence[Requirement]

    def assumptions_of(self, property_id: str) -> Sequence[Assumption]:
        """What has to be true of the world for a property to reach the patient."""


def find_trace() -> Trace:
    """The catalogue with its texts."""
    return cast(Trace, find_module("thecal_specs.traceability").load())


@dataclass(frozen=True)
class Line:
    """A line of the kernel that enforces a property."""

    file: str
    number: int
    text: str


def find_lines(property_id: str) -> list[Line]:
    """The lines of the kernel that carry a property's ID in their comment."""
    files = sorted(find_kernel().rglob("*.py"))
    return [line for file in files for line in _find_lines_in(file, property_id)]


def _find_lines_in(file: Path, property_id: str) -> Iterator[Line]:
    source = file.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and re.search(rf"\b{re.escape(property_id)}\b", token.string):
            code = token.line[: token.start[1]].strip()
            yield Line(file=f"kernel/thecal/{file.name}", number=token.start[0], text=code)
