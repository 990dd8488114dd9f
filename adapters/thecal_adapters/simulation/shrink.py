# SPDX-License-Identifier: Apache-2.0
"""Makes a failing life short: leaves out whatever its violation does not need, and tells the rest as a scenario.

Delta debugging over the list of acts and faults: parts of the list are left out, larger ones first, as long as the same
property is still broken. Each attempt is a whole life, so their number is bounded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from thecal.events import PulseReported, RefillDone
from thecal.outcome import Response
from thecal_adapters.codec import encode
from thecal_adapters.plant.pump import Told
from thecal_adapters.simulation.hands import Step
from thecal_adapters.simulation.life import Life
from thecal_adapters.simulation.replay import replay
from thecal_adapters.simulation.scenario import read_scenario
from thecal_adapters.simulation.script import Script

ATTEMPTS_MAX = 150
DAY_MS = 86_400_000
RunLife = Callable[[Script], Life]
ORDERS = (Response.PULSE_ORDERED_FOR_BASAL, Response.PULSE_ORDERED_FOR_BOLUS, Response.PULSE_ORDERED_FOR_PRIME)


def run_life(script: Script) -> Life:
    """A life as a campaign lives it."""
    life = Life(script)
    life.run()
    return life


def shrink(script: Script, run: RunLife = run_life, attempts_max: int = ATTEMPTS_MAX) -> tuple[Script, Life]:
    """A shorter script that breaks the same property, and the life that it makes."""
    life = run(script)
    if not life.violations:
        return script, life
    id_, end_ms = life.violations[0].id, life.clock.now_ms
    items = tuple(item for item in script.items if item.at_ms <= end_ms)
    best = replace(script, items=items, days=min(script.days, end_ms // DAY_MS + 1))
    attempts, count = 0, 2
    while len(best.items) > 1 and count <= len(best.items) and attempts < attempts_max:
        size = -(-len(best.items) // count)
        for begin in range(0, len(best.items), size):
            attempts += 1
            shorter = replace(best, items=best.items[:begin] + best.items[begin + size :])
            tried = run(shorter)
            if any(each.id == id_ for each in tried.violations):
                best, life, count = shorter, tried, max(2, count - 1)
                break
        else:
            count = min(2 * count, len(best.items)) if count < len(best.items) else count + 1
    return best, run(best)


def make_scenario(life: Life) -> dict[str, Any]:
    """What the kernel was told in a life, as a scenario that ``thecal replay`` runs."""
    config = life.patient.config
    drugs = [drug for drug in config.library if drug.is_listed]
    end_s = max((step.tick for step in life.steps), default=0)
    return {
        "version": 1,
        "title": f"Life {life.script.seed}, made short",
        "story": tell_story(life),
        "source": "thecal simulate",
        "pump": {"name": "pump", "limits": encode(config.pump)},
        "drugs": [{"name": f"drug {place + 1}", "limits": make_limits(drug)} for place, drug in enumerate(drugs)],
        "events": [make_entry(step) for step in life.steps if is_told(step)],
        "world": {"pulses": make_pulses(life)},
        "end_s": end_s,
    }


def make_limits(drug: object) -> dict[str, Any]:
    """A drug's limits as a scenario has them."""
    encoded = dict(encode(drug))
    del encoded["is_listed"]
    return encoded


def is_told(step: Step) -> bool:
    """Whether an event stands in the list of events: seconds and reports of pulses are the world's."""
    return step.response not in ORDERS and not isinstance(step.event, PulseReported)


def make_entry(step: Step) -> dict[str, Any]:
    """One event."""
    entry: dict[str, Any] = {"at_s": step.tick, "event": type(step.event).__name__, "with": encode(step.event)}
    if step.truth is not None and isinstance(step.event, RefillDone):
        entry["truth"] = {"left_nl": step.truth.left_nl}
    elif step.truth is not None:
        entry["truth"] = {"path_nl": step.truth.path_nl}
    return entry


def make_pulses(life: Life) -> list[dict[str, Any]]:
    """The pulses that did not just move and were told as done."""
    moved = {sequence: (is_moved, told) for sequence, is_moved, told in life.moves}
    reports = dict(find_reports(life.steps))
    rows = []
    for step in life.steps:
        if step.response in ORDERS:
            is_moved, _ = moved.get(step.ordered, (False, Told.UNKNOWN))
            row = make_pulse(step.tick, is_moved, reports.get(step.sequence))
            if row != make_pulse_done(step.tick):
                rows.append(row)
    return rows


def find_reports(steps: Sequence[Step]) -> Iterator[tuple[int, Step]]:
    """What was told of each pulse, by its number."""
    for step in steps:
        if isinstance(step.event, PulseReported) and step.response is not Response.REPORT_OF_ANOTHER_PULSE_IGNORED:
            yield step.event.sequence, step


def make_pulse(tick: int, is_moved: bool, report: Step | None) -> dict[str, Any]:
    """What a pulse did and what was told of it."""
    row: dict[str, Any] = {"from_s": tick, "to_s": tick, "is_moved": is_moved, "report": None, "after_s": 0}
    if report is not None and isinstance(report.event, PulseReported):
        row |= {"report": report.event.result.name, "after_s": report.tick - tick}
    return row


def make_pulse_done(tick: int) -> dict[str, Any]:
    """What a pulse does that nothing is wrong with."""
    return {"from_s": tick, "to_s": tick, "is_moved": True, "report": "DONE", "after_s": 0}


def tell_story(life: Life) -> str:
    """What is left of the script, and what it breaks."""
    items = ", ".join(f"{item.kind} after {item.at_ms // 1_000} s" for item in life.script.items) or "nothing more"
    broken = "; ".join(f"{each.id} after {each.at_s} s: {each.event}" for each in life.violations[:3]) or "nothing"
    limits = " A damaged state was replaced by its capsule, which a scenario cannot repeat." if life.is_restored else ""
    return (
        f"After the first filling: {items}. Broken: {broken}.{limits} Seconds of the story are real, those below ticks."
    )


def is_repeated(life: Life, text: str) -> bool:
    """Whether ``thecal replay --monitor`` of a scenario finds the same property broken first: then it is the kernel's.

    An assumption that the world breaks is told before any property, and a restored capsule cannot be repeated.
    """
    found = replay(read_scenario(text), is_monitored=True).violations
    return bool(found) and not life.is_restored and found[0].id == life.violations[0].id
