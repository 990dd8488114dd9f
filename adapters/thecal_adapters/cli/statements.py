# SPDX-License-Identifier: Apache-2.0
"""``thecal mutate --claims``: statements are broken, one place at a time, and each time some fixture must notice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from thecal_adapters import mutants
from thecal_adapters.cli.mutate import Count, shorten
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.exits import Exit
from thecal_adapters.finding import Missing, find_repository, require_repository
from thecal_adapters.provers import Prover, find_prover
from thecal_adapters.statements import (
    RECORD,
    Campaign,
    describe_notice,
    find_exit,
    is_current,
    read_record,
    render_record,
)

HOW = {
    "broken": "a broken kernel is let through",
    "sound": "the kernel as it stands is refuted",
    "answer": "a wrong answer is let through",
}


def mutate_claims(only: Sequence[str], jobs: int, json_to: str | None, is_check: bool, is_recorded: bool) -> Exit:
    """Weigh every changed statement, and tell of those that nothing notices."""
    teller = Teller(json_to)
    prover = find_prover()
    if is_check:
        return check(teller, prover)
    if only and is_recorded:
        raise WrongUse("--record: a record is of all modules, without --only")
    broken = find_broken()
    with teller.live() as show:
        modules = find_modules(prover, only)
        campaign = prover.mutate_claims(modules, broken=broken, jobs=jobs, progress=Count(teller, show))
    tell(teller, campaign)
    root = find_repository()
    status = find_exit(campaign, None if root is None else read_record(root))
    if is_recorded:
        (require_repository() / RECORD).write_text(render_record(campaign), encoding="utf-8", newline="\n")
    teller.json(campaign)
    return status


def find_broken() -> mutants.Campaign:
    """The broken kernels that are on record, which the right statements refute."""
    record = mutants.read_record(require_repository())
    if record is None:
        raise Missing(
            f"There is no {mutants.RECORD.as_posix()}, whose kernels a statement must refute; "
            "thecal mutate --record writes it."
        )
    return record


def check(teller: Teller, prover: Prover) -> Exit:
    """Say whether the campaign on record is about the texts and the broken kernels as they are."""
    record = read_record(require_repository())
    if record is None:
        raise Missing(f"There is no {RECORD.as_posix()}; thecal mutate --claims --record writes it.")
    if not is_current(record, prover.fingerprint_claims(find_broken())):
        teller.line(f"{RECORD.as_posix()} is about other texts or kernels: thecal mutate --claims --record renews it.")
        return Exit.FINDING
    teller.line(f"{RECORD.as_posix()} is about these texts: {describe_summary(record)}.")
    return Exit.AS_ASKED


def find_modules(prover: Prover, only: Sequence[str]) -> list[str]:
    """The modules that are meant by names of files."""
    known = {name.rpartition(".")[2]: name for name in prover.list_claims()}
    wanted = [name.replace("\\", "/").rpartition("/")[2].removesuffix(".py") for name in only]
    for name in wanted:
        if name not in known:
            raise WrongUse(f"--only: {name} is no module that has statements; these are: {', '.join(known)}")
    return [known[name] for name in wanted]


def tell(teller: Teller, campaign: Campaign) -> None:
    """Tell each changed statement that nothing notices, what notices the others, and the sum."""
    for row in campaign["statements"]:
        if row["verdict"] == "unnoticed":
            teller.line(describe(row))
    how = Counter(HOW[row["notice"]["how"]] for row in campaign["statements"] if row["notice"])
    teller.line("Noticed, for " + (", ".join(f"{name}: {count}" for name, count in how.most_common()) or "nothing"))
    teller.line(f"Changed statements: {describe_summary(campaign)}.")


def describe(row: Mapping[str, Any]) -> str:
    """One line on a changed statement."""
    before, after = (shorten(row[key]) for key in ("before", "after"))
    return f"{row['id']} {row['file']}:{row['line']} {row['operator']}: {before} -> {after}: {describe_notice(row)}"


def describe_summary(campaign: Campaign) -> str:
    """The sum in words."""
    summary = dict(campaign["summary"])
    total = summary.pop("statements")
    return f"{total}, " + ", ".join(f"{count} {verdict}" for verdict, count in summary.items())
