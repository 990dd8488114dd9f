# SPDX-License-Identifier: Apache-2.0
"""Compares every function that is proved with, and says for which the second translation speaks.

A function is compared with its calls taken for unknown functions. That both translations of it are equal follows where
those of all that it calls are, and theirs in turn; nothing calls itself, so that this is an induction.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from thecal_proofs.frontend import Program, Sources, ir
from thecal_proofs.proxies.compare import BUDGET, Comparison, compare
from thecal_proofs.proxies.reduced import REDUCED, copy_reduced
from thecal_proofs.proxies.subject import Subject
from thecal_proofs.wiring import KERNEL, OUTSIDE, SPECS

VERSION = 1
VERDICTS = ("equal", "reduced", "different", "unknown", "out of reach", "unfounded")

# What is claimed, and what the claims are made of; the rest of the specification is data, text and traces.
CLAIMS: Final = (
    "assumed", "consequences", "contracts", "ghost", "invariant", "lemmas", "loading", "logic", "properties",
    "quiet", "recover", "witnesses.box",
)  # fmt: skip

NOT_LIFTED: Final[Mapping[str, str]] = {
    f"{SPECS}.recover.recover": "it answers one of many events, and neither translation makes one value of two records;"
    " traces and walks run it, the proofs ask is_way_back",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A comparison, and at which sizes of tables it was made.

    Of the functions below it, ``lacks`` are not known to be equal, ``smaller`` are so at smaller tables.
    """

    comparison: Comparison
    sizes: Mapping[str, int]
    lacks: tuple[str, ...] = ()
    smaller: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """One of VERDICTS; what is equal at smaller tables is said to be so."""
        if self.comparison.verdict != "equal":
            return self.comparison.verdict
        if self.lacks:
            return "unfounded"
        return "reduced" if self.sizes else "equal"


class Survey:
    """The packages of one kernel and one specification, read and executed."""

    def __init__(self, folders: Sequence[Path], budget: int = BUDGET) -> None:
        self.sources = Sources.of_folders(*folders)
        self.program = Program(self.sources)
        self.budget = budget
        self.functions = {function.qualified: function for function in self._list_functions()}
        modules = dict.fromkeys(function.module for function in self.functions.values())
        self.subject = Subject(self.sources.folders, modules)

    def find(self, name: str) -> list[str]:
        """The functions of a name, dotted or not."""
        return [q for q in self.functions if q == name or q.endswith("." + name)]

    def run(self, names: Collection[str] = (), progress: Callable[[Judged, int], object] | None = None) -> list[Judged]:
        """Compare what is named and all that it calls; everything where nothing is named."""
        found: dict[str, Judged] = {}
        todo = list(reversed([*names] or list(self.functions)))
        while todo:
            name = todo.pop()
            if name in found or name in NOT_LIFTED:
                continue
            judged = found[name] = self.judge(name)
            todo.extend(callee for callee in judged.comparison.callees if callee in self.functions)
            if progress is not None:
                progress(judged, len(found))
        return list(find_foundations(found))

    def render(self, judged: Sequence[Judged]) -> dict[str, Any]:
        """A survey as JSON, the same bytes for the same texts.

        Of each function: its verdict; the sizes of tables that were not its own; for how many choices of records, and
        on how many ways, it was compared; what is to be told of a difference; what it calls; and, of all that is
        called below it, what is not known to be equal, and what is equal at smaller tables.
        """
        return {
            "version": VERSION,
            "kernel_sha256": self.sources.compute_sha256(KERNEL),
            "specs_sha256": self.sources.compute_sha256(SPECS),
            "budget": self.budget,
            "summary": summarize(judged),
            "not_lifted": dict(NOT_LIFTED),
            "functions": [_render(each) for each in judged],
        }

    def judge(self, name: str) -> Judged:
        """Compare one function, at smaller tables where it has too many ways through its own."""
        sizes = REDUCED.get(name, {})
        if not sizes:
            return Judged(compare(self.program, self.subject, self.functions[name], self.budget), sizes)
        with TemporaryDirectory() as folder:
            copies = copy_reduced(self.sources.folders, sizes, Path(folder))
            program = Program(Sources.of_folders(*copies))
            module, _, function = name.rpartition(".")
            subject = Subject(copies, [module])
            return Judged(compare(program, subject, program.signature(module, function), self.budget), sizes)

    def _list_functions(self) -> Iterator[ir.Signature]:
        yield from self.program.functions(KERNEL, OUTSIDE)
        for claim in CLAIMS:
            yield from self.program.functions(f"{SPECS}.{claim}")


def find_foundations(judged: Mapping[str, Judged]) -> Iterator[Judged]:
    """Add to each comparison the functions below it that are not equal, or that call themselves."""
    for name, each in judged.items():
        below = list_below(name, judged)
        lacks = sorted(b for b in below if b == name or b not in judged or judged[b].comparison.verdict != "equal")
        yield replace(
            each, lacks=tuple(lacks), smaller=tuple(sorted(b for b in below if b in judged and judged[b].sizes))
        )


def list_below(name: str, judged: Mapping[str, Judged]) -> Iterable[str]:
    """All that a function calls, directly or through others."""
    seen: dict[str, None] = {}
    todo = list(judged[name].comparison.callees)
    while todo:
        callee = todo.pop()
        if callee not in seen:
            seen[callee] = None
            todo.extend(judged[callee].comparison.callees if callee in judged else ())
    return seen


def summarize(judged: Sequence[Judged]) -> dict[str, int]:
    """How many functions there are, how many of each verdict, and how many ways were taken."""
    counts = {verdict.replace(" ", "_"): sum(j.verdict == verdict for j in judged) for verdict in VERDICTS}
    return {"functions": len(judged), **counts, "ways": sum(j.comparison.ways for j in judged)}


def _render(judged: Judged) -> dict[str, Any]:
    found = judged.comparison
    return {
        "function": found.function,
        "verdict": judged.verdict,
        "sizes": dict(judged.sizes),
        "choices": found.choices,
        "ways": found.ways,
        "detail": found.detail,
        "calls": sorted(found.callees),
        "lacks": list(judged.lacks),
        "smaller": list(judged.smaller),
    }
