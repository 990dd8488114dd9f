# SPDX-License-Identifier: Apache-2.0
"""Weighs every changed statement, and tells what noticed it.

What nothing notices in CPython may still say no less than it did: the solver may prove it (`strength`, or the same
function: `equality`), or `kept` argues it. All else is unnoticed: a hole, in which a weaker statement would be taken
for the right one.
"""

import gc
import hashlib
import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from thecal_proofs.frontend import Sources
from thecal_proofs.loading import Loaded
from thecal_proofs.mutation.equality import find_equality
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.weakening.fixtures import Record
from thecal_proofs.weakening.judge import Scales
from thecal_proofs.weakening.kept import KEPT
from thecal_proofs.weakening.notice import VERDICTS, Weighed
from thecal_proofs.weakening.statements import PACKAGE, list_statements
from thecal_proofs.weakening.strength import Strength
from thecal_proofs.wiring import KERNEL, SPECS

VERSION = 1
Progress: TypeAlias = Callable[[Weighed, int, int], None]
Step: TypeAlias = Callable[[Mutant], Weighed]


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is changed, and which broken kernels it is tried on: those of ``record``, a campaign of `mutants.json`."""

    kernel: Path
    specs: Path
    record: Record
    has_answers: bool = True

    def run(self, only: Sequence[str] = (), jobs: int = 2, progress: Progress | None = None) -> list[Weighed]:
        """Weigh the changes of all modules, or of those that are named, in the order of the text."""
        scales = Scales(Loaded((self.kernel, self.specs)), self.record, self.has_answers)
        mutants = list_statements(self.kernel, self.specs, scales.functions, only)
        if any(scales.is_aside(mutant) for mutant in mutants):
            _ = scales.asides
        gc.freeze()  # the processes that weigh share what was gathered
        found: list[Weighed] = []
        for weighed in each_of(mutants, Weigher(scales, Sources.of_folders(self.kernel, self.specs)), jobs):
            found.append(weighed)
            if progress is not None:
                progress(weighed, len(found), len(mutants))
        return found

    def fingerprint(self) -> dict[str, str]:
        """Hashes of what every verdict depends on."""
        here = Path(__file__).resolve().parents[1]
        sources = Sources.of_folders(self.kernel, self.specs, here)
        packages = {"kernel_sha256": KERNEL, "specs_sha256": SPECS, "prover_sha256": f"{here.name}.weakening"}
        hashes = {key: sources.compute_sha256(package) for key, package in packages.items()}
        return {**hashes, "mutants_sha256": compute_sha256(self.record)}


def compute_sha256(record: Record) -> str:
    """A hash of the broken kernels and of what killed them."""
    return hashlib.sha256(json.dumps(record["mutants"]).encode()).hexdigest()


class Weigher:
    """Weighs one changed statement after the other."""

    def __init__(self, scales: Scales, sources: Sources) -> None:
        self.scales = scales
        self.sources = sources
        self.strength = Strength(sources, PACKAGE)

    def __call__(self, mutant: Mutant) -> Weighed:
        """What noticed it; if nothing did, why nobody need."""
        notice = self.scales.weigh(mutant)
        return Weighed(mutant, notice, "" if notice is not None else self.find_kept(mutant))

    def find_kept(self, mutant: Mutant) -> str:
        """Why a changed statement says no less than it did; empty if that is not known."""
        equality = find_equality(self.sources, mutant, PACKAGE)
        if equality:
            return f"Proved the same function, {equality}."
        claims = [claim for claim in self.scales.properties if self.scales.is_of(claim, mutant)]
        names = [(claim.holds.__module__, claim.holds.__name__) for claim in claims]
        is_elsewhere = self.scales.is_history(mutant) or self.scales.is_aside(mutant)
        if names and not is_elsewhere and all(self.strength.is_kept(mutant, name) for name in names):
            return "Proved to say no less, whatever a kernel does."
        return KEPT.get(mutant.id, "")


_weigher: list[Weigher] = []  # what forked processes find without its being sent to them


def each_of(mutants: Sequence[Mutant], weigher: Weigher, jobs: int) -> Iterator[Weighed]:
    """Weigh them, in order, in so many processes."""
    _weigher[:] = [weigher]
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_weigh_one, mutants, chunksize=8)


def _weigh_one(mutant: Mutant) -> Weighed:
    return _weigher[0](mutant)


def summarize(weighed: Sequence[Weighed]) -> dict[str, int]:
    """How many changed statements there are, and how many of each verdict."""
    counts = Counter(each.verdict for each in weighed)
    return {"statements": len(weighed)} | {verdict: counts[verdict] for verdict in VERDICTS}


def render(campaign: Campaign, weighed: Sequence[Weighed]) -> dict[str, Any]:
    """A campaign as JSON, the same bytes for the same texts."""
    return {
        "version": VERSION,
        **campaign.fingerprint(),
        "summary": summarize(weighed),
        "statements": [_render(each) for each in weighed],
    }


def _render(weighed: Weighed) -> Mapping[str, Any]:
    mutant = weighed.mutant
    return {
        "id": mutant.id,
        "file": mutant.file,
        "line": mutant.line,
        "function": mutant.function,
        "operator": mutant.operator,
        "before": mutant.before,
        "after": mutant.after,
        "verdict": weighed.verdict,
        "reason": weighed.kept,
        "notice": None if weighed.notice is None else asdict(weighed.notice),
    }
