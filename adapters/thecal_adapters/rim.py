# SPDX-License-Identifier: Apache-2.0
"""Measures what surrounds the kernel: days of simulation, faults and restarts in them, and the serial line."""

import importlib.util
import os
import time

from thecal_adapters.simulation.campaign import describe, run_lives
from thecal_adapters.simulation.faults import BY_NAME

SEED = 2026
DAYS = 12
ON_THE_LINE = ("cryptography", "serial")


def measure_simulation(jobs: int) -> dict[str, float]:
    """Some days under every fault: how many a minute, and what came of them."""
    started = time.perf_counter()
    total = run_lives(SEED, DAYS, list(BY_NAME), jobs)
    seconds = time.perf_counter() - started
    result = describe(total)
    return {
        "pump-days a minute": round(60 * total.days / seconds, 1),
        "pump-days": total.days,
        "faults injected": sum(sum(lived.counts.values()) for lived in total.lives),
        "restarts survived": sum(lived.restarts for lived in total.lives),
        "violations": int(str(result["violations"])),
    }


def measure_line() -> dict[str, float]:
    """Frames and requests a second, and recovery, over a pseudo-terminal; nothing where there is none to be had."""
    if os.name == "nt" or not all(map(importlib.util.find_spec, ON_THE_LINE)):
        return {}
    from thecal_adapters.line import measure

    return {**measure.measure_layers(), **measure.measure_line()}
