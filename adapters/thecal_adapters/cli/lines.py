# SPDX-License-Identifier: Apache-2.0
"""``thecal prove --lines``, and ``thecal explain FILE:LINE``: which lines of the kernel the proofs use."""

import re

from thecal_adapters import line_record
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.evidence import NOT_ASKED, find_evidence
from thecal_adapters.exits import Exit
from thecal_adapters.finding import Missing, require_repository
from thecal_adapters.line_record import REASONS
from thecal_adapters.provers import find_prover
from thecal_adapters.unused import list_noticing, read_line
from thecal_adapters.verdicts import Report

VERSION = 1


def tell_lines(teller: Teller, report: Report) -> None:
    """Tell which lines each property uses, where that was asked."""
    if "lines" not in report:
        return
    lines = report["lines"]
    for name, said in lines["properties"].items():
        teller.line(f"{name}  of its own: {line_record.tell(said['own']) or 'no line'}")
        weighed = f"{said['whole']:,} of {said['obligations']:,} proofs counted as a whole"
        teller.line(f"{'':8}in all {line_record.count(said['all']):,} lines; {weighed}")
    unused = ", ".join(f"{line_record.count(found):,} {reason}" for reason, found in lines["unused"].items())
    teller.line(f"Lines that none of these proofs needs: {unused}.")


def compare_lines(teller: Teller, report: Report) -> Exit:
    """Say whether the lines on record are those that were found just now."""
    record = line_record.load_record(require_repository())
    name = line_record.RECORD.as_posix()
    if record is None:
        raise Missing(f"There is no {name}; thecal prove --lines --record writes it.")
    if not line_record.is_current(record, find_prover().fingerprint(None)):
        teller.line(f"{name} is about other texts: thecal prove --lines --record renews it.")
        return Exit.FINDING
    differing = line_record.find_differing(record, report)
    for property_id in differing:
        teller.line(f"{name} has other lines of {property_id}: thecal prove --lines --record renews it.")
    return Exit.FINDING if differing else Exit.AS_ASKED


def read_place(text: str) -> tuple[str, int] | None:
    """A line of the kernel, named by file and number."""
    named = re.fullmatch(r"(?:.*/)?(\w+\.py):([1-9]\d*)", text.replace("\\", "/"))
    return (named[1], int(named[2])) if named else None


def explain_line(line: tuple[str, int], json_to: str | None) -> Exit:
    """Tell which properties use a line of the kernel, or why none does, and who notices when it is broken."""
    teller = Teller(json_to)
    place = f"{line[0]}:{line[1]}"
    try:
        text = read_line(line)
    except FileNotFoundError:
        raise WrongUse(f"{line[0]} is no file of the kernel") from None
    evidence = find_evidence(require_repository(), find_prover())
    teller.line(f"{place}  {text}", "bold")
    told = {"version": VERSION, "line": place, "text": text, "noticed_by": list_noticing(evidence, line)}
    if evidence.lines is None:
        teller.line(f"Which proofs use it: {NOT_ASKED}. thecal prove --lines --record finds it out.")
        teller.json({**told, "own": None, "all": None, "unused": None})
        return Exit.UNDECIDED
    own, every = (line_record.find_users(evidence.lines, line, whose) for whose in ("own", "all"))
    reason = line_record.find_reason(evidence.lines, line)
    teller.line(f"Used by the proofs of: {', '.join(own) or 'none'}")
    teller.line(f"Used by what they rest on, too: {', '.join(name for name in every if name not in own) or 'none'}")
    if reason is not None:
        teller.line(f"No proof needs it ({reason}): {REASONS[reason]}.")
    teller.line(f"First to notice when it is broken: {', '.join(list_noticing(evidence, line)) or 'nobody'}")
    teller.json({**told, "own": own, "all": every, "unused": reason})
    return Exit.AS_ASKED
