# SPDX-License-Identifier: Apache-2.0
"""``thecal report``: the pages that follow from the verdicts, written or compared."""

from pathlib import Path
from typing import cast

from thecal_adapters import codec, schemas
from thecal_adapters.claims import find_trace
from thecal_adapters.cli.prove import run_prover
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.evidence import find_evidence
from thecal_adapters.exits import Exit
from thecal_adapters.finding import require_repository
from thecal_adapters.provers import find_prover
from thecal_adapters.reporting import NoPlace, find_drift, render_pages, write_pages
from thecal_adapters.verdicts import NAMES, RECORD, Report, find_contradictions, find_store, read_record, render_record


def report(is_check: bool, given: Path | None, jobs: int) -> Exit:
    """Write the pages, or say which of them are out of date: of the run that is given, or of the last one."""
    teller = Teller(None)
    root = require_repository()
    try:
        prover = find_prover()
        found = find_report(teller, root, jobs) if given is None else read_given(given)
        record = render_record(prover.fingerprint(None), found)
        pages = {**render_pages(root, found, find_trace(), find_evidence(root, prover)), RECORD: record}
    except NoPlace as error:
        raise WrongUse(str(error)) from error
    drift = find_drift(root, pages)
    if not is_check:
        write_pages(root, pages)
        for path in drift:
            teller.line(f"wrote {path.as_posix()}")
        return Exit.AS_ASKED
    for path in drift:
        teller.line(f"{path.as_posix()} is out of date: run thecal report")
    return Exit.FINDING if drift else Exit.AS_ASKED


def read_given(file: Path) -> Report:
    """A run of everything on these very texts, as it was written elsewhere; anything else is refused."""
    try:
        found = codec.parse(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"--from: {error}") from error
    schemas.check("verdicts", found)
    given = cast(Report, found)
    fingerprint = find_prover().fingerprint(None)
    differs = [name for key, name in NAMES.items() if given.get(key) != fingerprint.get(key)]
    if differs:
        told = f"another {' and another '.join(differs)}; prove this one: thecal prove --json {file}"
        raise WrongUse(f"--from: {file} is of {told}")
    asked = {row["id"] for row in given["properties"]}
    lacking = [claim.id for claim in find_trace().properties if claim.id not in asked]
    if lacking:
        raise WrongUse(f"--from: {file} is of a run that did not ask for everything; it lacks {', '.join(lacking)}")
    wrong = find_contradictions(given)
    if wrong:
        raise WrongUse(f"--from: {file} contradicts itself about {', '.join(wrong)}; prove it again")
    return given


def find_report(teller: Teller, root: Path, jobs: int, *, is_timed: bool = False) -> Report:
    """The verdicts on these very texts: known from an earlier run or on record, else found out now.

    The record keeps no times, so who needs those does without it.
    """
    fingerprint = find_prover().fingerprint(None)
    store = find_store(fingerprint)
    known = None if store is None else store.read_whole()
    known = read_record(root, fingerprint) if known is None and not is_timed else known
    if known is not None:
        return known
    teller.line("Nothing is known of this text of the kernel yet: proving everything.")
    return run_prover(teller, [], jobs)
