# SPDX-License-Identifier: Apache-2.0
"""Refusals of the front end: where, what, why, and what to write instead."""

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Loc:
    """A place in a source file; columns count from 1, as editors show them."""

    file: str
    line: int
    col: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}"


class Refusal(Exception):
    """A construct outside the closed subset."""

    def __init__(self, loc: Loc, what: str, why: str, instead: str) -> None:
        super().__init__(f"{loc}: {what}. {why}. {instead}.")
        self.loc = loc
        self.what = what
        self.why = why
        self.instead = instead


def locate(file: str, node: ast.AST) -> Loc:
    """Return where `node` starts."""
    return Loc(file, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)
