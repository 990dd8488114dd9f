# SPDX-License-Identifier: Apache-2.0
"""``thecal prove --check-export DIR``: whether exported questions still are what this kernel asks."""

from pathlib import Path

from thecal_adapters.cli.prove import check_source
from thecal_adapters.cli.telling import Teller, WrongUse, tell_count
from thecal_adapters.exits import Exit
from thecal_adapters.provers import find_prover


def check_export(folder: Path, source: Path | None, json_to: str | None) -> Exit:
    """Name each file that was edited, added or lost, and an export of other texts."""
    teller = Teller(json_to)
    check_source(source)
    try:
        found = find_prover().check_export(folder, source=source)
    except ValueError as error:
        raise WrongUse(f"--check-export: {error}") from error
    for finding in found["findings"]:
        teller.line(f"{finding['file']}: {finding['problem']}")
    if not found["findings"]:
        told = tell_count(found["questions"], "question is", "questions are")
        teller.line(f"{told} what this kernel asks, byte by byte. What the answers are is for a solver to say.")
    teller.json(found)
    return Exit.FINDING if found["findings"] else Exit.AS_ASKED
