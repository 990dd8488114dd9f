# SPDX-License-Identifier: Apache-2.0
"""What will happen in a life, as a list: acts and faults, each with its time and a seed of its own.

An item can be left out without a change to any other, so that a failing list can be made short.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from thecal_adapters.simulation.faults import ROWS, Standing
from thecal_adapters.simulation.people import ACTS

DAY_MS = 86_400_000
PER_MILLE_OF_A_WEEK = 7_000


@dataclass(frozen=True, slots=True)
class Item:
    """Something that happens ``at_ms``: an act of a person, or a fault."""

    at_ms: int
    kind: str
    seed: int


@dataclass(frozen=True, slots=True)
class Script:
    """A life: who lives it (a seed), for how long, with which faults, and what happens."""

    seed: str
    days: int
    faults: frozenset[str]
    items: tuple[Item, ...]


def draw_script(seed: str, days: int, kinds: Sequence[str]) -> Script:
    """A life by chance. Of the faults that are not masked at most one is in it, so that its row can be held to."""
    rng = Random(f"{seed}/script")
    masked = [row.name for row in ROWS if row.name in kinds and row.standing is Standing.MASKED]
    others = [row.name for row in ROWS if row.name in kinds and row.standing is not Standing.MASKED]
    faults = {name for name in masked if rng.randrange(3) == 0}
    if others and (not masked or rng.randrange(2)):
        faults.add(rng.choice(others))
    if masked and not faults:
        faults.add(rng.choice(masked))
    rates = {name: rate / PER_MILLE_OF_A_WEEK for name, (_, rate) in ACTS.items()}
    rates |= {row.name: row.per_day / 1_000 for row in ROWS if row.name in faults and row.per_day}
    items = [item for kind in sorted(rates) for item in draw_items(rng, kind, rates[kind], days)]
    items.sort(key=lambda item: (item.at_ms, item.kind, item.seed))
    return Script(seed, days, frozenset(faults), tuple(items))


def draw_items(rng: Random, kind: str, per_day: float, days: int) -> list[Item]:
    """As many of a kind as a rate brings by chance, at least one where one is to be expected."""
    wished = per_day * days * rng.choice((0.5, 1.0, 2.0))
    count = int(wished) + (rng.random() < wished % 1)
    return [Item(rng.randrange(days * DAY_MS), kind, rng.getrandbits(32)) for _ in range(count)]
