# SPDX-License-Identifier: Apache-2.0
"""Many lives, one after the other or in several processes: a seed brings the same lives in however many of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from random import Random
from time import perf_counter

from thecal_adapters.simulation.faults import BY_NAME, Standing
from thecal_adapters.simulation.judge import IN_REAL_TIME, OF_CAP
from thecal_adapters.simulation.life import Life
from thecal_adapters.simulation.monitors import Violation
from thecal_adapters.simulation.script import Script, draw_script

VERSION = 2
TOO_MUCH, TOO_LITTLE = ("OVR-01", "OVR-02"), (IN_REAL_TIME,)
DAYS_OF_A_LIFE = (3, 5, 8, 12)


@dataclass(frozen=True)
class Lived:
    """What came of one life."""

    seed: str
    days: int
    faults: frozenset[str]
    violations: tuple[Violation, ...]
    margins: dict[str, int]
    counts: Counter[str]
    found: Counter[str]
    restarts: int
    events: int
    checks: int
    granted: int
    seconds: float

    @property
    def is_held(self) -> bool:
        """Whether the life was held to any bound."""
        return all(BY_NAME[name].standing is not Standing.OUT_OF_REACH for name in self.faults)


@dataclass
class Total:
    """What came of all of them."""

    seed: int
    kinds: tuple[str, ...]
    lives: list[Lived] = field(default_factory=list)

    @property
    def days(self) -> int:
        """Pump-days in all."""
        return sum(lived.days for lived in self.lives)

    @property
    def failed(self) -> list[Lived]:
        """Lives with a violation."""
        return [lived for lived in self.lives if lived.violations]


def draw_lives(seed: int, days: int) -> list[tuple[str, int]]:
    """Seeds and lengths of lives that make so many days together."""
    rng = Random(f"{seed}/lives")
    lives: list[tuple[str, int]] = []
    while days:
        length = min(days, rng.choice(DAYS_OF_A_LIFE))
        lives.append((f"{seed}/{len(lives)}", length))
        days -= length
    return lives


def make_script(kinds: Sequence[str], life: tuple[str, int]) -> Script:
    """The script of a life, from its seed alone."""
    return draw_script(life[0], life[1], kinds)


def live(kinds: Sequence[str], life: tuple[str, int]) -> Lived:
    """One life from beginning to end."""
    started = perf_counter()
    lived = Life(make_script(kinds, life))
    lived.run()
    return Lived(
        seed=life[0],
        days=life[1],
        faults=lived.script.faults,
        violations=tuple(lived.violations),
        margins=lived.margins,
        counts=lived.counts,
        found=lived.findings.found,
        restarts=lived.restarts,
        events=lived.events,
        checks=lived.watch.monitor.checks,
        granted=lived.count_boluses(),
        seconds=perf_counter() - started,
    )


def run_lives(
    seed: int, days: int, kinds: Sequence[str], jobs: int, on_life: Callable[[Total], None] = lambda total: None
) -> Total:
    """Live so many days under faults of these kinds, and add up what came of them."""
    total = Total(seed, tuple(kinds))
    for lived in iterate(partial(live, tuple(kinds)), draw_lives(seed, days), jobs):
        total.lives.append(lived)
        on_life(total)
    return total


def iterate(work: Callable[[tuple[str, int]], Lived], lives: Sequence[tuple[str, int]], jobs: int) -> Iterator[Lived]:
    """The lives in their order, from as many processes."""
    if jobs == 1:
        yield from map(work, lives)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, lives)


def describe(total: Total) -> dict[str, object]:
    """The result as JSON, in the form of ``schemas/simulate.schema.json``."""
    return {
        "version": VERSION,
        "seed": total.seed,
        "days": total.days,
        "lives": len(total.lives),
        "violations": sum(len(lived.violations) for lived in total.lives),
        "events": sum(lived.events for lived in total.lives),
        "checks": sum(lived.checks for lived in total.lives),
        "restarts_survived": sum(lived.restarts for lived in total.lives),
        "boluses_granted": sum(lived.granted for lived in total.lives),
        "found": add_up(lived.found for lived in total.lives),
        "by_fault": {name: describe_fault(total, name) for name in total.kinds},
        "margins": describe_margins(total),
        "failures": [describe_failure(lived) for lived in total.failed],
    }


def add_up(counts: Iterator[Counter[str]]) -> dict[str, int]:
    """Counts together, in the order of their names."""
    together: Counter[str] = Counter()
    for each in counts:
        together.update(each)
    return dict(sorted(together.items()))


def describe_fault(total: Total, name: str) -> dict[str, object]:
    """What was injected of a fault, what its row allows, and how near a window of any life with it came to that.

    ``worst_seen`` is in permille of the bound, ``worst_of_cap`` in permille of the cap as it was prescribed, and
    ``worst_seen_lacking`` in permille of what may be lacking.
    """
    row = BY_NAME[name]
    is_reached = row.standing is not Standing.OUT_OF_REACH
    with_it = [lived for lived in total.lives if lived.counts[name] and (lived.is_held or not is_reached)]
    return {
        "class": row.standing.value,
        "class_lacking": row.lacking.value,
        "count": sum(lived.counts[name] for lived in with_it),
        "lives": len(with_it),
        "bound": row.holds,
        "bound_lacking": row.holds_lacking,
        "bound_permille": row.scale.bound_permille if is_reached else None,
        "worst_seen": find_worst(with_it, TOO_MUCH),
        "worst_seen_lacking": find_worst(with_it, TOO_LITTLE),
        "worst_of_cap": find_worst(with_it, (OF_CAP,)),
        "finding": row.finding,
        "deadline": row.deadline,
        "found": sum(lived.found[row.found_as] for lived in with_it) if row.found_as else None,
    }


def find_worst(lives: Sequence[Lived], ids: Sequence[str]) -> int:
    """The nearest that any of these lives came to any of these bounds, in permille of it."""
    return max((lived.margins.get(id_, 0) for lived in lives for id_ in ids), default=0)


def describe_margins(total: Total) -> dict[str, dict[str, int]]:
    """By property of the plant's book: the nearest that any life with a fault came to the bound, in permille of it."""
    held = [lived for lived in total.lives if lived.is_held]
    ids = sorted({id_ for lived in held for id_ in lived.margins} - {OF_CAP})
    return {id_: describe_margin(held, total.kinds, id_) for id_ in ids}


def describe_margin(held: Sequence[Lived], kinds: Sequence[str], id_: str) -> dict[str, int]:
    """One property's margin under each fault, and under any."""
    worst = {"any": max(lived.margins.get(id_, 0) for lived in held)}
    for name in kinds:
        seen = [lived.margins[id_] for lived in held if lived.counts[name] and id_ in lived.margins]
        if seen:
            worst[name] = max(seen)
    return worst


def describe_failure(lived: Lived) -> dict[str, object]:
    """A life with a violation, by its seed."""
    return {
        "life": lived.seed,
        "days": lived.days,
        "faults": sorted(lived.faults),
        "violations": [{"at_s": each.at_s, "id": each.id, "what": each.event} for each in lived.violations[:10]],
    }
