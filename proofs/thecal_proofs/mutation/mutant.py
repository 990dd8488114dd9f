# SPDX-License-Identifier: Apache-2.0
"""One change of one place of a source text, and its name."""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Change:
    """What an operator makes of one node: the text that takes its place."""

    node: ast.expr | ast.stmt
    operator: str
    after: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change with its place. ``start`` and ``end`` are bytes of the file's text, ``after`` stands between them.

    The ID depends on the module, the function, the statement and the change: lines may move, and others may come.
    ``lines`` is the statement around it, first and last line. ``marks`` are the IDs in the comments of the lines that
    it decides on.
    """

    id: str
    module: str
    function: str
    operator: str
    line: int
    lines: tuple[int, int]
    before: str
    after: str
    start: int
    end: int
    is_guard: bool
    marks: tuple[str, ...]

    @property
    def file(self) -> str:
        """The file in the folder of its package."""
        return f"{self.module.replace('.', '/')}.py"

    @property
    def place(self) -> str:
        """File and line, as messages print them."""
        return f"{self.file}:{self.line}"

    def apply(self, text: str) -> str:
        """The module's text with this one change."""
        source = text.encode()
        return (source[: self.start] + self.after.encode() + source[self.end :]).decode()


def name_all(mutants: Iterable[Mutant], statements: Iterable[str], prefix: str) -> Iterator[Mutant]:
    """Give each its ID; of several that are alike in every word, each its own."""
    seen: dict[str, int] = {}
    for mutant, statement in zip(mutants, statements, strict=True):
        words = (mutant.module, mutant.function, mutant.operator, statement, mutant.before, mutant.after)
        key = "\n".join(words)
        seen[key] = seen.get(key, 0) + 1
        digest = hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()
        yield replace(mutant, id=f"{prefix}-{digest[:8]}")
