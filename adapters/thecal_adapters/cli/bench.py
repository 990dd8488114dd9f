# SPDX-License-Identifier: Apache-2.0
"""``thecal bench``: measured on this machine, told as ratios, because no two machines agree on seconds."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from thecal_adapters.benchmark import VARIANTS, Variant, copy_kernel, measure_steps, sum_seconds
from thecal_adapters.cli.prove import expand_ids
from thecal_adapters.cli.report import find_report
from thecal_adapters.cli.telling import Teller
from thecal_adapters.exits import Exit
from thecal_adapters.finding import require_repository
from thecal_adapters.provers import Prover, find_prover
from thecal_adapters.rim import measure_line, measure_simulation
from thecal_adapters.verdicts import Report, summarize

VERSION = 2
# Small enough to prove a dozen times, and touching slots, ledger and every drug.
GROWTH_IDS = ("OVR-04", "UND-02")


def bench(ids: Sequence[str], jobs: int, json_to: str | None) -> Exit:
    """Measure everything and tell it."""
    teller = Teller(json_to)
    prover = find_prover()
    seconds = sum_seconds(find_report(teller, require_repository(), jobs, is_timed=True))
    tell_seconds(teller, seconds)
    growth = measure_growth(teller, prover, ids or GROWTH_IDS, jobs)
    steps = measure_steps()
    tell_steps(teller, steps)
    rim = {**measure_simulation(jobs), **measure_line()}
    tell_rim(teller, rim)
    teller.json({"version": VERSION, "proof_seconds": seconds, "growth": growth, "step_us": steps, "rim": rim})
    return Exit.AS_ASKED


def tell_seconds(teller: Teller, seconds: Mapping[str, float]) -> None:
    """Tell what each property's proof costs, as a share of all."""
    total = sum(seconds.values()) or 1.0
    teller.line(f"Proof time by property, as a share of {total:.0f} s of work in the last run of everything:")
    for name, each in seconds.items():
        teller.line(f"  {100 * each / total:5.1f} %  {name}")


def measure_growth(teller: Teller, prover: Prover, ids: Sequence[str], jobs: int) -> list[dict[str, Any]]:
    """Prove some properties of copies of the kernel with larger and smaller tables."""
    wanted = expand_ids(ids, prover.list_ids(None))
    teller.line(f"Proof time of {', '.join(wanted)} as the kernel's tables grow:")
    rows: list[dict[str, Any]] = []
    for variant in VARIANTS:
        row = measure_variant(prover, variant, wanted, jobs)
        rows.append(row)
        teller.line(f"  {variant.name:16} " + tell_variant(row, rows[0]))
    return rows


def measure_variant(prover: Prover, variant: Variant, wanted: Sequence[str], jobs: int) -> dict[str, Any]:
    """Prove one copy; where its tables cannot be of that length, say why."""
    started = time.perf_counter()
    try:
        with copy_kernel(variant.constants) as source:
            report: Report = prover.prove(wanted, jobs=jobs, source=source, export=None, progress=_no_progress)
    except ValueError as error:
        return {"name": variant.name, "refused": str(error)}
    seconds = time.perf_counter() - started
    return {"name": variant.name, "seconds": round(seconds, 3), "verdicts": summarize(report["properties"])}


def tell_variant(row: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    """One line on a copy, against the kernel as it stands."""
    if "refused" in row:
        return f"not of this form: {row['refused'].splitlines()[0]}"
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in row["verdicts"].items())
    return f"{row['seconds'] / first['seconds']:6.2f} times  ({verdicts})"


def tell_steps(teller: Teller, steps: Mapping[str, float]) -> None:
    """Tell what a step costs, as a ratio to the cheapest."""
    least = min(steps.values())
    teller.line(f"A step in Python, as a ratio to the cheapest ({least:.1f} us here):")
    for name, each in steps.items():
        teller.line(f"  {each / least:6.1f}  {name}")


def tell_rim(teller: Teller, rim: Mapping[str, float]) -> None:
    """Tell what the rim does, on this machine."""
    teller.line("Around the kernel, on this machine:")
    for name, each in rim.items():
        teller.line(f"  {each:10,.1f}  {name}")


def _no_progress(subject: str, event: str, verdict: str, done: int, total: int) -> None:
    pass
