# SPDX-License-Identifier: Apache-2.0
"""Measures: what proofs cost, how that grows with the kernel's tables, and what a step costs in Python."""

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from thecal.events import (
    BolusAsked,
    Event,
    PathDeclared,
    PrescriptionConfirmed,
    PrescriptionStaged,
    RefillDone,
    SecondPassed,
)
from thecal.limits import Config
from thecal.prescription import Prescription
from thecal.state import State, initial_state
from thecal.step import step
from thecal.units import SLOT_COUNT
from thecal_adapters.finding import find_kernel
from thecal_adapters.library import load_config
from thecal_adapters.overrides import EVERY_OVERRIDE
from thecal_adapters.verdicts import Report

REPEATS = 5
STEPS = 2_000


@dataclass(frozen=True)
class Variant:
    """A copy of the kernel with other constants of ``units.py``."""

    name: str
    constants: Mapping[str, int]


VARIANTS = (
    Variant("as it stands", {}),
    Variant("12 slots", {"SLOT_COUNT": 12, "SLOT_S": 7_200}),
    Variant("24 slots", {"SLOT_COUNT": 24, "SLOT_S": 3_600}),
    Variant("96 slots", {"SLOT_COUNT": 96, "SLOT_S": 900}),
    Variant("26 boluses kept", {"LEDGER_LENGTH": 26}),
    Variant("64 boluses kept", {"LEDGER_LENGTH": 64}),
    Variant("2 drugs", {"DRUG_COUNT": 2}),
    Variant("8 drugs", {"DRUG_COUNT": 8}),
)


@contextmanager
def copy_kernel(constants: Mapping[str, int]) -> Iterator[Path]:
    """A copy of the kernel's folder with these constants changed, for a while."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "thecal"
        shutil.copytree(find_kernel(), copy, ignore=shutil.ignore_patterns("__pycache__"))
        units = copy / "units.py"
        text = units.read_text(encoding="utf-8")
        for name, value in constants.items():
            text, count = re.subn(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
            if count != 1:
                raise ValueError(f"units.py defines {name} {count} times, not once")
        units.write_text(text, encoding="utf-8", newline="\n")
        yield copy


def sum_seconds(report: Report) -> dict[str, float]:
    """The seconds that each property took, and what they rest on together, the longest first."""
    properties = {row["id"] for row in report["properties"]}
    seconds: Counter[str] = Counter()
    for obligation, cost in report["timing"]["obligations"].items():
        subject = obligation.split("/")[0]
        seconds[subject if subject in properties else "what they rest on"] += cost["seconds"]
    return dict(sorted(seconds.items(), key=lambda pair: -pair[1]))


def make_program(config: Config) -> Prescription:
    """A prescription with a bolus, for measuring."""
    drug = config.library[0]
    return Prescription(
        slots_fg=(drug.day_fg_max // (4 * SLOT_COUNT),) * SLOT_COUNT,
        bolus_fg=drug.bolus_fg_max // 2,
        bolus_duration_s=600,
        lockout_s=3_600,
        bolus_count_max=6,
        cap_day_fg=tuple(each.day_fg_max for each in config.library),
        cap_hour_fg=tuple(each.hour_fg_max for each in config.library),
        low_reservoir_nl=2_000_000,
    )


def make_running(config: Config, program: Prescription) -> State:
    """A state that delivers."""
    state = initial_state(config)
    strength = config.library[0].concentration_fg_per_nl_max
    events: Sequence[Event] = (
        RefillDone(
            aspirated_nl=0,
            filled_nl=18_000_000,
            concentrations_fg_per_nl=(strength, 0, 0, 0),
            has_unknown_drug=False,
            is_rinsed=False,
        ),
        PathDeclared(volume_lo_nl=316_000, volume_hi_nl=316_000, is_filled_from_reservoir=True),
        PrescriptionStaged(program, EVERY_OVERRIDE),
        PrescriptionConfirmed(program),
    )
    for event in events:
        state = step(config, state, event).state
    return state


def measure_steps() -> dict[str, float]:
    """Microseconds of a step for some events, the best of a few rounds."""
    config = load_config("peristaltic-40", ["morphine"])
    program = make_program(config)
    running = make_running(config, program)
    stopped = initial_state(config)

    def repeat(state: State, event: Event) -> Callable[[], None]:
        def run() -> None:
            for _ in range(STEPS):
                step(config, state, event)

        return run

    def advance() -> None:
        state = running
        for _ in range(STEPS):
            state = step(config, state, SecondPassed()).state

    runs = {
        "a second before the first prescription": repeat(stopped, SecondPassed()),
        "a second while delivering": repeat(running, SecondPassed()),
        "a second while delivering, pulses among them": advance,
        "a bolus asked": repeat(running, BolusAsked()),
        "a prescription staged": repeat(running, PrescriptionStaged(program, EVERY_OVERRIDE)),
    }
    return {name: min(_time(run) for _ in range(REPEATS)) / STEPS * 1e6 for name, run in runs.items()}


def _time(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
