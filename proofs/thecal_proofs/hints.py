# SPDX-License-Identifier: Apache-2.0
"""What helps the solver. A hint never changes what is proved, only how it is asked.

Keys are a property's ID or a conjunct's name, alone or with an event: `"OVR-01"`, `("inv_order", "SecondPassed")`.
The more particular key wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

QUERIES = 120


@dataclass(frozen=True, slots=True)
class Split:
    """Try each value of an integer leaf by itself; that no other value is possible is proved as well."""

    leaf: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """How one cell is asked.

    `uses`: the conjuncts to assume first (all are tried if these do not suffice). `split`: cases, crossed.
    `each`: prove the conjuncts of the goal one by one. `queries`: how many questions a cell may cost before it is
    called undecided.
    """

    uses: tuple[str, ...] | None = None
    split: tuple[Split, ...] = ()
    each: bool = False
    queries: int = QUERIES


NO_HINT = Hint()
Key: TypeAlias = str | tuple[str, str]

LONG = Hint(queries=300)
SECOND = "SecondPassed"

# The second that passes is the one step with many paths; these follow what is owed and due along all of them.
HINTS: Mapping[Key, Hint] = {
    ("owed_is_at_most_one_pulse_and_an_interval", SECOND): LONG,
    ("owed_is_at_most_two_pulses", SECOND): LONG,
    ("basal_is_at_most_what_was_due", SECOND): LONG,
    ("due_is_bounded_by_time", SECOND): LONG,
    ("envelope_holds_both_generations", SECOND): LONG,
    ("active_bolus_stays_within_what_was_reserved", SECOND): LONG,
}


def find_hint(subject: str, event: str, hints: Mapping[Key, Hint] = HINTS) -> Hint:
    """Return the hint for a cell."""
    return hints.get((subject, event)) or hints.get(subject) or NO_HINT
