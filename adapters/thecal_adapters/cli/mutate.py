# SPDX-License-Identifier: Apache-2.0
"""``thecal mutate``: the kernel is broken, one place at a time, and each time some claim must notice."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.exits import Exit
from thecal_adapters.finding import Missing, find_repository, require_repository
from thecal_adapters.mutants import RECORD, Campaign, describe_kill, find_exit, is_current, read_record, render_record
from thecal_adapters.provers import Prover, find_prover

EVERY = 100  # off a terminal, a line for so many mutants
TOLD_MAX = 60  # of a changed text, so much is told


def mutate(only: Sequence[str], jobs: int, json_to: str | None, is_check: bool, is_recorded: bool) -> Exit:
    """Judge the mutants of the kernel, and tell of those that no trace kills."""
    teller = Teller(json_to)
    prover = find_prover()
    if is_check:
        return check(teller, prover)
    if only and is_recorded:
        raise WrongUse("--record: a record is of all modules, without --only")
    campaign = run(teller, prover, find_modules(prover, only), jobs)
    tell(teller, campaign)
    if is_recorded:
        (require_repository() / RECORD).write_text(render_record(campaign), encoding="utf-8", newline="\n")
    teller.json(campaign)
    return find_exit(campaign)


def check(teller: Teller, prover: Prover) -> Exit:
    """Say whether the campaign on record is about the texts as they are."""
    record = read_record(require_repository())
    if record is None:
        raise Missing(f"There is no {RECORD.as_posix()}; thecal mutate --record writes it.")
    if not is_current(record, prover.fingerprint_mutants()):
        teller.line(f"{RECORD.as_posix()} is about other texts: thecal mutate --record renews it.")
        return Exit.FINDING
    teller.line(f"{RECORD.as_posix()} is about these texts: {describe_summary(record)}.")
    return Exit.AS_ASKED


def find_modules(prover: Prover, only: Sequence[str]) -> list[str]:
    """The modules that are meant by names of files."""
    known = prover.list_mutated()
    wanted = [name.replace("\\", "/").rpartition("/")[2].removesuffix(".py") for name in only]
    for name in wanted:
        if name not in known:
            raise WrongUse(f"--only: {name} is no module of the kernel that has mutants; these are: {', '.join(known)}")
    return wanted


def run(teller: Teller, prover: Prover, modules: Sequence[str], jobs: int) -> Campaign:
    """Judge, and show how it goes; what was judged before is found in the build folder."""
    root = find_repository()
    cache = None if root is None else root / "build" / "mutants"
    with teller.live() as show:
        return prover.mutate(modules, jobs=jobs, cache=cache, progress=Count(teller, show))


class Count:
    """How many mutants are judged, and what became of them."""

    def __init__(self, teller: Teller, show: Callable[[RenderableType], None]) -> None:
        self._teller = teller
        self._show = show
        self._counts: Counter[str] = Counter()

    def __call__(self, mutant: str, place: str, verdict: str, done: int, total: int) -> None:
        """Take note of one mutant."""
        self._counts[verdict] += 1
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self._counts.items()))
        told = f"{done}/{total} {mutant} {place}: {verdict} ({counts})"
        if self._teller.is_live:
            self._show(Text(told))
        elif done % EVERY == 0:
            self._teller.line(told)


def tell(teller: Teller, campaign: Campaign) -> None:
    """Tell each mutant that is not killed, what kills the others, and the sum."""
    for mutant in campaign["mutants"]:
        if mutant["verdict"] != "killed":
            teller.line(describe(mutant))
    by = Counter(describe_kind(mutant["kill"]) for mutant in campaign["mutants"] if mutant["kill"])
    teller.line("Killed by: " + (", ".join(f"{name} {count}" for name, count in by.most_common()) or "nothing"))
    teller.line(f"Mutants: {describe_summary(campaign)}.")


def describe(mutant: Mapping[str, Any]) -> str:
    """One line on a mutant."""
    before, after = (shorten(mutant[key]) for key in ("before", "after"))
    guard = " guard" if mutant["is_guard"] else ""
    known = mutant["reason"] or describe_kill(mutant)
    return f"{mutant['id']} {mutant['file']}:{mutant['line']}{guard} {mutant['operator']}: {before} -> {after}: {known}"


def describe_kind(kill: Mapping[str, Any]) -> str:
    """The property that noticed, and that it was a conjunct, if it was."""
    return kill["by"] if kill["kind"] == "property" else f"{kill['by']} {kill['kind']}".strip()


def describe_summary(campaign: Campaign) -> str:
    """The sum in words."""
    summary = dict(campaign["summary"])
    total = summary.pop("mutants")
    return f"{total}, " + ", ".join(f"{count} {verdict}" for verdict, count in summary.items())


def shorten(text: str) -> str:
    """A text that fits in a line."""
    return text if len(text) <= TOLD_MAX else f"{text[: TOLD_MAX - 3]}..."
