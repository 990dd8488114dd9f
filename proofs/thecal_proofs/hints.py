# SPDX-License-Identifier: Apache-2.0
"""What helps the solver. A hint never changes what is proved, only how it is asked.

Keys are a property's ID or a conjunct's name, alone or with an event: `"OVR-01"`, `("inv_order", "SecondPassed")`.
The more particular key wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Split:
    """Try each value of an integer leaf by itself; that no other value is possible is proved as well."""

    leaf: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """How one cell is asked.

    `uses`: the conjuncts to assume first (all are tried if these do not suffice). `split`: cases, crossed.
    `each`: prove the conjuncts of the goal one by one. `is_whole`: do not guess relevant hypotheses, take all.
    """

    uses: tuple[str, ...] | None = None
    split: tuple[Split, ...] = ()
    each: bool = False
    is_whole: bool = False


NO_HINT = Hint()
Key: TypeAlias = str | tuple[str, str]

HINTS: Mapping[Key, Hint] = {}


def find_hint(subject: str, event: str, hints: Mapping[Key, Hint] = HINTS) -> Hint:
    """Return the hint for a cell."""
    return hints.get((subject, event)) or hints.get(subject) or NO_HINT
