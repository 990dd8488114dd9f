# SPDX-License-Identifier: Apache-2.0
"""``thecal simulate``: pumps, people and faults in a world of their own, watched at every pulse and every event."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.text import Text

from thecal_adapters.cli.telling import Teller, WrongUse, tell_count
from thecal_adapters.codec import write
from thecal_adapters.exits import Exit
from thecal_adapters.files import expect_room, tell_wrong
from thecal_adapters.simulation.campaign import Total, describe, make_script, run_lives
from thecal_adapters.simulation.faults import BY_NAME, ROWS
from thecal_adapters.simulation.picture import draw_picture
from thecal_adapters.simulation.shrink import is_repeated, make_scenario, shrink

ALL = "all"
DAYS_MAX = 1_000_000
PICTURES = (".svg", ".png")


def simulate(
    seed: int | None,
    days: int,
    faults: str,
    jobs: int,
    json_to: str | None,
    picture: Path | None,
    scenario: Path | None,
) -> Exit:
    """Live so many days, tell what was seen, and make the first failing life short."""
    teller = Teller(json_to)
    kinds = read_kinds(faults)
    if not 1 <= days <= DAYS_MAX:
        raise WrongUse(f"--days {days}: give 1 to {DAYS_MAX:,} pump-days")
    if picture is not None:
        expect_room("--picture", picture, *PICTURES)
    if scenario is not None:
        expect_room("--scenario", scenario)
    seed = secrets.randbelow(1 << 32) if seed is None else seed
    kinds_told = tell_count(len(kinds), "kind", "kinds")
    teller.line(f"Seed {seed}: {tell_count(days, 'pump-day', 'pump-days')} under {kinds_told} of faults.")
    started = perf_counter()
    total = run(teller, seed, days, kinds, jobs)
    seconds = perf_counter() - started
    result = describe(total)
    tell(teller, result)
    if total.failed:
        result["failures"] = [tell_failure(teller, total, scenario), *list_rest(result)]
    tell_figures(teller, total, seconds, jobs)
    teller.json({**result, "timing": {"seconds": round(seconds, 3), "jobs": jobs}})
    if picture is not None:
        draw_picture(make_script(kinds, (total.lives[0].seed, total.lives[0].days)), picture)
        teller.line(f"The first life is drawn in {picture}.")
    return Exit.FINDING if total.failed else Exit.AS_ASKED


def read_kinds(faults: str) -> list[str]:
    """The kinds of faults that are asked for, in the order of the table."""
    if faults == ALL:
        return [row.name for row in ROWS]
    asked = {name.strip() for name in faults.split(",") if name.strip()}
    unknown = sorted(asked - BY_NAME.keys())
    if unknown:
        raise WrongUse(f"--faults: {', '.join(unknown)} is none of all, {', '.join(BY_NAME)}")
    return [row.name for row in ROWS if row.name in asked]


def run(teller: Teller, seed: int, days: int, kinds: Sequence[str], jobs: int) -> Total:
    """Live them all, and show how far it is."""
    with teller.live() as show:

        def on_life(total: Total) -> None:
            lives = tell_count(len(total.failed), "life", "lives")
            show(Text(f"{total.days} of {tell_count(days, 'pump-day', 'pump-days')}, {lives} with a violation"))

        return run_lives(seed, days, kinds, jobs, on_life)


def tell(teller: Teller, result: Mapping[str, Any]) -> None:
    """Tell what was injected, and how near anything came to what its row allows, of too much and of too little."""
    for name, row in result["by_fault"].items():
        if row["count"]:
            worst = f"{row['worst_seen']} and {row['worst_seen_lacking']} permille of its bounds"
            seen = worst if row["bound_permille"] is not None else "not held to any bound"
            times = (
                f"{tell_count(row['count'], 'time', 'times'):>13} in {tell_count(row['lives'], 'life', 'lives'):>11}"
            )
            teller.line(f"  {name:18} {row['class']:12} {times}: {seen}")
    absent = [name for name, row in result["by_fault"].items() if not row["count"]]
    if absent:
        teller.line(f"Did not occur: {', '.join(absent)}.")
    if result["margins"]:
        teller.line("Nearest to a bound of the plant's own book, in permille of it:")
        teller.line("  " + ", ".join(f"{id_} {worst['any']}" for id_, worst in result["margins"].items()))
    boluses = tell_count(result["boluses_granted"], "bolus", "boluses")
    restarts = tell_count(result["restarts_survived"], "restart", "restarts")
    teller.line(
        f"{result['events']:,} events, {result['checks']:,} checks of properties, {boluses} granted,"
        f" {restarts} survived."
    )
    style = "bold red" if result["violations"] else "green"
    days, violations = tell_count(result["days"], "pump-day", "pump-days"), result["violations"]
    teller.line(f"{days}: {tell_count(violations, 'violation', 'violations')}.", style)


def list_rest(result: Mapping[str, Any]) -> list[object]:
    """The failing lives but the first."""
    rest: list[object] = result["failures"][1:]
    return rest


def tell_failure(teller: Teller, total: Total, scenario: Path | None) -> dict[str, Any]:
    """Make the first failing life short, write it as a scenario, and say whether the kernel alone repeats it."""
    lived = total.failed[0]
    first = lived.violations[0]
    days = tell_count(lived.days, "day", "days")
    teller.line(f"Life {lived.seed} of {days}, {', '.join(sorted(lived.faults)) or 'no faults'}:")
    teller.line(f"  {first.id} after {first.at_s} s: {first.event}", "bold red")
    teller.line("Making it short ...")
    script, life = shrink(make_script(total.kinds, (lived.seed, lived.days)))
    told = make_scenario(life)
    text = write(told)
    where = scenario or Path(f"thecal-simulate-{total.seed}.json")
    try:
        where.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WrongUse(f"--scenario: {where}: {tell_wrong(error)}") from None
    is_kernel = is_repeated(life, text)
    words = "finds it too: it is the kernel's" if is_kernel else "does not: it is of the rim, or of real time"
    left = tell_count(len(script.items), "act or fault is", "acts and faults are")
    teller.line(f"{left} left, in {where}; thecal replay --monitor {words}.")
    return {
        "life": lived.seed,
        "days": lived.days,
        "faults": sorted(lived.faults),
        "violations": [{"at_s": each.at_s, "id": each.id, "what": each.event} for each in lived.violations[:10]],
        "scenario": told,
        "is_repeated_by_the_kernel": is_kernel,
    }


def tell_figures(teller: Teller, total: Total, seconds: float, jobs: int) -> None:
    """Tell how fast it was, and what it cost by the event."""
    busy = sum(lived.seconds for lived in total.lives)
    events = sum(lived.events for lived in total.lives)
    processes = tell_count(jobs, "process", "processes")
    rate = f"{60 * total.days / seconds:,.0f} pump-days a minute in {processes}"
    teller.line(f"{rate}; {1e6 * busy / max(1, events):,.0f} us an event; {seconds:,.1f} s.")
