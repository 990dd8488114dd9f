# SPDX-License-Identifier: Apache-2.0
"""``thecal report``: the pages that follow from the verdicts, written or compared."""

from pathlib import Path

from thecal_adapters.claims import find_trace
from thecal_adapters.cli.prove import run_prover
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.evidence import find_evidence
from thecal_adapters.exits import Exit
from thecal_adapters.finding import require_repository
from thecal_adapters.provers import find_prover
from thecal_adapters.reporting import NoPlace, find_drift, render_pages, write_pages
from thecal_adapters.verdicts import RECORD, Report, find_store, read_record, render_record


def report(is_check: bool, jobs: int) -> Exit:
    """Write the pages, or say which of them are out of date."""
    teller = Teller(None)
    root = require_repository()
    try:
        found = find_report(teller, root, jobs)
        prover = find_prover()
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
