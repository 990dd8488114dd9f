# SPDX-License-Identifier: Apache-2.0
"""What one proof uses of the kernel."""

from dataclasses import dataclass
from typing import TypeAlias

Line: TypeAlias = tuple[str, int]  # a file of the kernel, by its name, and a line of it
Lines: TypeAlias = frozenset[Line]
NONE: Lines = frozenset()


@dataclass(frozen=True, slots=True)
class Used:
    """The lines that one proof uses, and those that compute anything of what it asks.

    Where it is too much to weigh, the two are the same, and ``is_whole``.
    """

    lines: Lines
    met: Lines
    is_whole: bool
