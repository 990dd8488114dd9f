# SPDX-License-Identifier: Apache-2.0
"""``thecal explain``: the road from a property to what is behind it and to the lines that keep it."""

from collections.abc import Sequence
from typing import Any

from thecal_adapters.claims import Claim, Line, Trace, find_lines, find_trace
from thecal_adapters.cli.prove import draw_row
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.exits import Exit
from thecal_adapters.finding import Missing
from thecal_adapters.provers import find_prover
from thecal_adapters.verdicts import Row, find_store

VERSION = 1


def explain(property_id: str, json_to: str | None) -> Exit:
    """Tell everything that is known of one property."""
    teller = Teller(json_to)
    trace = find_trace()
    claim = find_claim(trace, property_id)
    lines = find_lines(claim.id)
    row = find_last_row(claim.id)
    tell(teller, trace, claim, lines, row)
    teller.json(describe(claim, lines, row))
    return Exit.AS_ASKED


def find_claim(trace: Trace, property_id: str) -> Claim:
    """The row of an ID, in whatever case it was typed."""
    for claim in trace.properties:
        if claim.id == property_id.upper():
            return claim
    raise WrongUse(f"{property_id} is no property; thecal prove --list shows them all")


def find_last_row(property_id: str) -> Row | None:
    """What the last run has said of this text of the kernel, if there was one and a prover is installed."""
    try:
        store = find_store(find_prover().fingerprint(None))
    except Missing:
        return None
    return None if store is None else store.read_row(property_id)


def tell(teller: Teller, trace: Trace, claim: Claim, lines: Sequence[Line], row: Row | None) -> None:
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
    tell_row(teller, claim, row)


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


def tell_row(teller: Teller, claim: Claim, row: Row | None) -> None:
    """Tell the verdict, if one is known of this very text."""
    teller.line("\nVerdict on this text of the kernel:")
    if row is None:
        teller.line("  none yet")
    else:
        events = list(row["events"])
        teller.text(draw_row(row, events))
        for event in events:
            teller.line(f"  {event}: {row['events'][event]}")
    teller.line(f"Prove it again: thecal prove {claim.id}")


def describe(claim: Claim, lines: Sequence[Line], row: Row | None) -> dict[str, Any]:
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
    }
