# SPDX-License-Identifier: Apache-2.0
"""Judges every mutant, each in a process of its own, and keeps what was found by what it depends on.

A mutant that no trace kills is undecided: whether a proof fails on it was not asked. It is equivalent only where
`equivalents` argues so in writing, and survives only where everything was proved of it.
"""

import gc
import hashlib
import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias

from thecal_proofs.decision import Limits
from thecal_proofs.frontend import Sources
from thecal_proofs.mutation.coverage import Coverage, find_traces, measure
from thecal_proofs.mutation.equivalents import EQUIVALENTS
from thecal_proofs.mutation.judge import Judge, Kill, Reference
from thecal_proofs.mutation.lister import SKIPPED_MODULES, list_mutants, read_modules
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.mutation.workshop import Workshop
from thecal_proofs.wiring import KERNEL, SPECS

VERSION = 1
Verdict: TypeAlias = Literal["killed", "equivalent", "survived", "undecided"]
VERDICTS: tuple[Verdict, ...] = ("killed", "equivalent", "survived", "undecided")
Progress: TypeAlias = Callable[["Judged", int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant, and what noticed it."""

    mutant: Mutant
    kill: Kill | None

    @property
    def verdict(self) -> Verdict:
        """What is known of it."""
        if self.kill is not None:
            return "killed"
        return "equivalent" if self.mutant.id in EQUIVALENTS else "undecided"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is judged, and by what."""

    kernel: Path
    specs: Path
    cache: Path | None = None

    def run(self, only: Sequence[str] = (), jobs: int = 2, progress: Progress | None = None) -> list[Judged]:
        """Judge the mutants of all modules, or of those that are named, in the order of the text."""
        mutants = list_mutants(read_modules(self.kernel), only)
        store = Store(self.cache, self._compute_key())
        known = store.read()
        done = len([mutant for mutant in mutants if mutant.id in known])
        for mutant, kill in self._judge([mutant for mutant in mutants if mutant.id not in known], jobs, store):
            known[mutant.id] = kill
            store.add(mutant, kill)
            done += 1
            if progress is not None:
                progress(Judged(mutant, kill), done, len(mutants))
        return [Judged(mutant, known[mutant.id]) for mutant in mutants]

    def fingerprint(self) -> dict[str, str]:
        """Hashes of the texts that every verdict depends on."""
        here = Path(__file__).resolve().parents[1]
        sources = Sources.of_folders(self.kernel, self.specs, here)
        packages = {"kernel_sha256": KERNEL, "specs_sha256": SPECS, "prover_sha256": f"{here.name}.mutation"}
        return {key: sources.compute_sha256(package) for key, package in packages.items()}

    def _compute_key(self) -> str:
        return hashlib.sha256(json.dumps(self.fingerprint(), sort_keys=True).encode()).hexdigest()[:32]

    def _judge(self, mutants: Sequence[Mutant], jobs: int, store: "Store") -> Iterator[tuple[Mutant, Kill | None]]:
        if not mutants:
            return
        with TemporaryDirectory() as folder:
            workshop = Workshop(Path(folder), self.kernel, self.specs)
            context = multiprocessing.get_context("fork")
            with context.Pool(1, maxtasksperchild=1) as pool:
                coverage = store.read_coverage() or pool.apply(_measure, (workshop,))
                known = pool.apply(_make_reference, (workshop,))
            store.add_coverage(coverage)
            tasks = [(workshop, mutant, find_traces(coverage, mutant), known) for mutant in mutants]
            with context.Pool(jobs, maxtasksperchild=1) as pool:
                yield from zip(mutants, pool.imap(_judge_one, tasks), strict=True)


def _measure(workshop: Workshop) -> Coverage:
    with workshop.changed(None) as loaded:
        return measure(Judge(loaded, Limits()))


def _make_reference(workshop: Workshop) -> Reference:
    with workshop.changed(None) as loaded:
        return Judge(loaded, Limits()).measure()


def _judge_one(task: tuple[Workshop, Mutant, frozenset[str] | None, Reference]) -> Kill | None:
    workshop, mutant, traces, known = task
    gc.disable()  # the process ends with this mutant
    with workshop.changed(mutant) as loaded:
        try:
            judge = Judge(loaded, Limits(), known)
        except Exception as error:
            return Kill("load", "", f"raises {type(error).__name__} on import", "", 0, "")
        return judge.find(traces)


class Store:
    """What is known of the mutants of one combination of texts: a line for each, so that a run may go on later."""

    def __init__(self, folder: Path | None, key: str) -> None:
        self._file = None if folder is None else folder / f"{key}.jsonl"
        self._coverage = None if folder is None else folder / f"{key}.coverage.json"

    def read(self) -> dict[str, Kill | None]:
        """What was found before."""
        if self._file is None or not self._file.is_file():
            return {}
        rows = [json.loads(line) for line in self._file.read_text(encoding="utf-8").splitlines()]
        return {row["id"]: None if row["kill"] is None else Kill(**row["kill"]) for row in rows}

    def add(self, mutant: Mutant, kill: Kill | None) -> None:
        """Keep one answer."""
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            row = {"id": mutant.id, "kill": None if kill is None else asdict(kill)}
            with self._file.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(row) + "\n")

    def read_coverage(self) -> Coverage | None:
        """Which trace runs what, if it was measured before."""
        if self._coverage is None or not self._coverage.is_file():
            return None
        found = json.loads(self._coverage.read_text(encoding="utf-8"))
        return {name: frozenset((module, line) for module, line in lines) for name, lines in found.items()}

    def add_coverage(self, coverage: Coverage) -> None:
        """Keep what was measured."""
        if self._coverage is not None:
            self._coverage.parent.mkdir(parents=True, exist_ok=True)
            found = {name: sorted(lines) for name, lines in coverage.items()}
            self._coverage.write_text(json.dumps(found), encoding="utf-8", newline="\n")


def summarize(judged: Sequence[Judged]) -> dict[str, int]:
    """How many mutants there are, and how many of each verdict."""
    counts = Counter(each.verdict for each in judged)
    return {"mutants": len(judged)} | {verdict: counts[verdict] for verdict in VERDICTS}


def render(campaign: Campaign, judged: Sequence[Judged]) -> dict[str, Any]:
    """A campaign as JSON, the same bytes for the same texts."""
    return {
        "version": VERSION,
        **campaign.fingerprint(),
        "summary": summarize(judged),
        "skipped": dict(SKIPPED_MODULES),
        "mutants": [_render(each) for each in judged],
    }


def _render(judged: Judged) -> Mapping[str, Any]:
    mutant = judged.mutant
    kill = judged.kill
    return {
        "id": mutant.id,
        "file": mutant.file,
        "line": mutant.line,
        "function": mutant.function,
        "operator": mutant.operator,
        "before": mutant.before,
        "after": mutant.after,
        "is_guard": mutant.is_guard,
        "marks": list(mutant.marks),
        "verdict": judged.verdict,
        "reason": EQUIVALENTS.get(mutant.id, ""),
        "kill": None if kill is None else asdict(kill),
    }
