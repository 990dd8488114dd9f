# SPDX-License-Identifier: Apache-2.0
"""``thecal explain``: the road from a property to what is behind it and to the lines that keep it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thecal_adapters.claims import Claim, Line, Trace, find_lines, find_trace
from thecal_adapters.cli.lines import explain_line, read_place
from thecal_adapters.cli.prove import draw_row
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.evidence import NOT_ASKED, Evidence, find_evidence
from thecal_adapters.exits import Exit
from thecal_adapters.finding import Missing, find_repository
from thecal_adapters.provers import find_prover
from thecal_adapters.reporting import list_events
from thecal_adapters.verdicts import NAMES, RECORD, Row, find_store, load_record

VERSION = 1


def explain(what: str, json_to: str | None) -> Exit:
    """Tell everything that is known of one property, or of one line of the kernel."""
    line = read_place(what)
    if line is not None:
        return explain_line(line, json_to)
    teller = Teller(json_to)
    trace = find_trace()
    claim = find_claim(trace, what)
    lines = find_lines(claim.id)
    row, record = find_last_row(claim.id), find_record(claim.id)
    evidence = find_evidence_here()
    tell(teller, trace, claim, lines)
    tell_verdict(teller, claim, row, record)
    tell_evidence(teller, claim, evidence)
    teller.json(describe(claim, lines, row, record, evidence))
    return Exit.AS_ASKED


def find_claim(trace: Trace, property_id: str) -> Claim:
    """The row of an ID, in whatever case it was typed."""
    for claim in trace.properties:
        if claim.id == property_id.upper():
            return claim
    raise WrongUse(f"{property_id} is no property; thecal prove --list shows them all")


@dataclass(frozen=True)
class Recorded:
    """What the last recorded run said of a property, and what that run was about that is not so here.

    ``differs`` is None where nobody can say, for want of a prover.
    """

    row: Row
    events: Sequence[str]
    differs: Sequence[str] | None


def find_fingerprint() -> Mapping[str, str] | None:
    """The hashes of what is here; None without a prover."""
    try:
        return find_prover().fingerprint(None)
    except Missing:
        return None


def find_last_row(property_id: str) -> Row | None:
    """What the last run on this machine has said of this very text, if there was one and a prover is installed."""
    fingerprint = find_fingerprint()
    store = None if fingerprint is None else find_store(fingerprint)
    return None if store is None else store.read_row(property_id)


def find_record(property_id: str) -> Recorded | None:
    """What is on record of a property, in whatever text."""
    root = find_repository()
    record = None if root is None else load_record(root)
    if record is None:
        return None
    about, report = record
    row = next((row for row in report["properties"] if row["id"] == property_id), None)
    here = find_fingerprint()
    differs = None if here is None else [NAMES.get(key, key) for key in about if here.get(key) != about[key]]
    return None if row is None else Recorded(row, list_events(report), differs)


def find_evidence_here() -> Evidence | None:
    """What is on record of these texts beside the verdict; None without a prover, for then nobody can say."""
    root = find_repository()
    try:
        return None if root is None else find_evidence(root, find_prover())
    except Missing:
        return None


def tell(teller: Teller, trace: Trace, claim: Claim, lines: Sequence[Line]) -> None:
    """Tell it in the order in which a reviewer asks."""
    teller.line(f"{claim.id}  {claim.name}", "bold")
    teller.line(f"\n{claim.statement}")
    teller.line(f"\nIt does not say: {claim.does_not_say}")
    teller.line(f"\nKind: {claim.kind.name.lower()}: {claim.kind.value}. Decided by {claim.means.value}.")
    if claim.amended is not None:
        teller.line(f"\nAmended. It read: {claim.amended.old_statement}")
        teller.line(f"Counterexample: {claim.amended.counterexample}")
        teller.line(f"Why: {claim.amended.reason}")
    tell_reasons(teller, trace, claim)
    teller.line("\nKept by:")
    for line in lines:
        teller.line(f"  {line.file}:{line.number}: {line.text}")
    if not lines:
        teller.line(f"  no single line; rooms of the kernel: {', '.join(claim.enforced_in) or 'none'}")


def tell_reasons(teller: Teller, trace: Trace, claim: Claim) -> None:
    """Tell why the property is there and what it takes for granted."""
    teller.line("\nHazards:")
    for hazard in trace.hazards:
        if hazard.id in claim.hazards:
            teller.line(f"  {hazard.id} ({hazard.severity}) {hazard.name}")
    teller.line("Requirements:")
    for requirement in trace.requirements:
        if requirement.id in claim.requirements:
            teller.line(f"  {requirement.id} {requirement.text}")
    teller.line("Assumptions:")
    for assumption in trace.assumptions_of(claim.id):
        teller.line(f"  {assumption.id} ({assumption.discharged_by.value}) {assumption.name}")


def tell_verdict(teller: Teller, claim: Claim, row: Row | None, record: Recorded | None) -> None:
    """Tell the verdict on this very text, else the one on record, and of which text that is."""
    teller.line("\nVerdict on this text of the kernel:")
    if row is None and record is not None and record.differs == []:
        teller.line(f"  on record in {RECORD.as_posix()}, of these very texts, this prover and this solver")
        tell_row(teller, record.row, record.events)
    elif row is not None:
        tell_row(teller, row, list(row["events"]))
    else:
        teller.line("  none yet")
    if row is None and record is not None and record.differs != []:
        teller.line(f"On record in {RECORD.as_posix()}, {tell_differing(record.differs)}")
        tell_row(teller, record.row, record.events)
    teller.line(f"Prove it again: thecal prove {claim.id}")


def tell_evidence(teller: Teller, claim: Claim, evidence: Evidence | None) -> None:
    """Tell what speaks for it beside the proof."""
    if evidence is None:
        return
    teller.line("Beside the proof:")
    for name, said in describe_evidence(claim, evidence).items():
        teller.line(f"  {name.replace('_', ' ')}: {said}")


def describe_evidence(claim: Claim, evidence: Evidence) -> dict[str, str]:
    """The same by name."""
    return {
        "judges": evidence.judges(claim.id),
        "stability": evidence.stability(claim.id),
        "mutants_killed": evidence.killed(claim.id),
        "lines_used": evidence.used(claim.id),
        "lines_of_its_own": evidence.own_lines(claim.id) or NOT_ASKED,
    }


def tell_differing(differs: Sequence[str] | None) -> str:
    """Of which text a record is."""
    if differs is None:
        return "of a text that may be another one: without a prover it is not known (pip install 'thecal[proofs]')"
    return f"of another {' and another '.join(differs)}: it says nothing of this one"


def tell_row(teller: Teller, row: Row, events: Sequence[str]) -> None:
    """Tell a verdict, its line of the grid, and what it says of each class of events."""
    teller.text(draw_row(row, events))
    for event in row["events"]:
        teller.line(f"  {event}: {row['events'][event]}")


def describe(
    claim: Claim, lines: Sequence[Line], row: Row | None, record: Recorded | None, evidence: Evidence | None
) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "version": VERSION,
        "id": claim.id,
        "name": claim.name,
        "kind": claim.kind.name.lower(),
        "statement": claim.statement,
        "does_not_say": claim.does_not_say,
        "amended": claim.amended is not None,
        "hazards": list(claim.hazards),
        "requirements": list(claim.requirements),
        "lines": [{"file": line.file, "line": line.number, "text": line.text} for line in lines],
        "row": row,
        "record": None if record is None else {"row": record.row, "differs": record.differs},
        "evidence": None if evidence is None else describe_evidence(claim, evidence),
    }
