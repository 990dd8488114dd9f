# SPDX-License-Identifier: Apache-2.0
"""Judges every mutant, each in a process of its own, and keeps what was found by what it depends on.

A mutant that nothing kills in CPython may still leave the subset that can be proved, or be the same function, which the
solver says. It is equivalent only where that is proved or `equivalents` argues so in writing; else it is undecided, for
whether a proof of a step fails on it was not asked. It survives only where everything was proved of it.
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
from thecal_proofs.mutation.equality import find_equality
from thecal_proofs.mutation.equivalents import EQUIVALENTS
from thecal_proofs.mutation.judge import Judge, Reference
from thecal_proofs.mutation.kill import Kill
from thecal_proofs.mutation.lister import SKIPPED_MODULES, list_mutants, read_modules
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.mutation.reading import find_refusal
from thecal_proofs.mutation.workshop import Workshop
from thecal_proofs.wiring import KERNEL, SPECS

VERSION = 1
Verdict: TypeAlias = Literal["killed", "equivalent", "survived", "undecided"]
VERDICTS: tuple[Verdict, ...] = ("killed", "equivalent", "survived", "undecided")
Found: TypeAlias = tuple[Kill | None, str]  # what noticed a mutant, or under what it is proved to be the same
PROVED = ("property", "conjunct", "contract")  # kinds of claims that are proved of the kernel as it stands
Progress: TypeAlias = Callable[["Judged", int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant, and what noticed it."""

    mutant: Mutant
    kill: Kill | None
    equality: str = ""  # under what the solver proves that it is the same function

    @property
    def found(self) -> Found:
        """What is kept of it."""
        return self.kill, self.equality

    @property
    def verdict(self) -> Verdict:
        """What is known of it."""
        if self.kill is not None:
            return "killed"
        return "equivalent" if self.reason else "undecided"

    @property
    def reason(self) -> str:
        """Why it is equivalent, if it is."""
        if self.kill is not None:
            return ""
        return f"Proved the same function, {self.equality}." if self.equality else EQUIVALENTS.get(self.mutant.id, "")


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
        for judged in self._judge([mutant for mutant in mutants if mutant.id not in known], jobs, store):
            known[judged.mutant.id] = judged.found
            store.add(judged)
            done += 1
            if progress is not None:
                progress(judged, done, len(mutants))
        return [Judged(mutant, *known[mutant.id]) for mutant in mutants]

    def fingerprint(self) -> dict[str, str]:
        """Hashes of the texts that every verdict depends on."""
        here = Path(__file__).resolve().parents[1]
        sources = Sources.of_folders(self.kernel, self.specs, here)
        packages = {"kernel_sha256": KERNEL, "specs_sha256": SPECS, "prover_sha256": f"{here.name}.mutation"}
        return {key: sources.compute_sha256(package) for key, package in packages.items()}

    def _compute_key(self) -> str:
        return hashlib.sha256(json.dumps(self.fingerprint(), sort_keys=True).encode()).hexdigest()[:32]

    def _judge(self, mutants: Sequence[Mutant], jobs: int, store: "Store") -> Iterator[Judged]:
        if not mutants:
            return
        with TemporaryDirectory() as folder:
            workshop = Workshop(Path(folder), self.kernel, self.specs)
            context = multiprocessing.get_context("fork")
            with context.Pool(1, maxtasksperchild=1) as pool:
                known = pool.apply(_make_reference, (workshop,))
                coverage = store.read_coverage() or pool.apply(_measure, (workshop, known.met))
            store.add_coverage(coverage)
            tasks = [(workshop, mutant, find_traces(coverage, mutant), known) for mutant in mutants]
            with context.Pool(jobs, maxtasksperchild=1) as pool:
                found = pool.imap(_judge_one, tasks)
                yield from (Judged(mutant, *each) for mutant, each in zip(mutants, found, strict=True))


def _measure(workshop: Workshop, met: bytes) -> Coverage:
    with workshop.changed(None) as loaded:
        return measure(Judge(loaded, Limits(), Reference({}, {}, met)))


def _make_reference(workshop: Workshop) -> Reference:
    with workshop.changed(None) as loaded:
        return Judge(loaded, Limits()).measure()


def _judge_one(task: tuple[Workshop, Mutant, frozenset[str] | None, Reference]) -> Found:
    workshop, mutant, traces, known = task
    gc.disable()  # the process ends with this mutant
    kill = _find_kill(workshop, mutant, traces, known)
    sources = Sources.of_folders(workshop.kernel, workshop.specs)
    if kill is None or kill.kind not in PROVED:  # the reader's refusal is a property's, which counts for more
        kill = find_refusal(sources, mutant) or kill
    return kill, "" if kill is not None else find_equality(sources, mutant)


def _find_kill(workshop: Workshop, mutant: Mutant, traces: frozenset[str] | None, known: Reference) -> Kill | None:
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

    def read(self) -> dict[str, Found]:
        """What was found before."""
        if self._file is None or not self._file.is_file():
            return {}
        rows = [json.loads(line) for line in self._file.read_text(encoding="utf-8").splitlines()]
        kills = {row["id"]: None if row["kill"] is None else Kill(**row["kill"]) for row in rows}
        return {row["id"]: (kills[row["id"]], row["equality"]) for row in rows}

    def add(self, judged: Judged) -> None:
        """Keep one answer."""
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            kill = None if judged.kill is None else asdict(judged.kill)
            row = {"id": judged.mutant.id, "kill": kill, "equality": judged.equality}
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
        "reason": judged.reason,
        "kill": None if kill is None else asdict(kill),
    }
