# SPDX-License-Identifier: Apache-2.0
"""The grid: what has to be proved, listed without encoding anything.

- base: the initial state satisfies each conjunct, for every admissible configuration
- step: each conjunct is kept by each class of event
- quiet, loading: what is claimed of functions beside the step, of any state of the invariant or of any at all
- limits, phase: what is claimed of functions of plain values, whatever these are
- consequence: what follows from the invariant of the same state, whatever happened before
- property: each predicate follows under each class of event; one that speaks of a state alone follows from the
  invariant of any state, once
- operations: every index and every 64-bit range on every path of a step, in batches; of a function that says what
  it requires, once under its requirement, which then is what its callers owe
- contract: what a function promises, from its body
- hypotheses: the assumptions of an event can hold together (else everything about it would be vacuous)
- antecedent: what a property is conditional on can occur under some event
- witness: everything that the kernel can be, show and answer occurs in a trace of the specification
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from thecal_proofs.wiring import Row, Wiring, is_of_a_state
from thecal_proofs.witness import has_witnesses

Kind: TypeAlias = Literal[
    "base",
    "step",
    "consequence",
    "property",
    "operations",
    "contract",
    "hypotheses",
    "antecedent",
    "subset",
    "witness",
    "quiet",
    "loading",
    "limits",
    "phase",
]
INITIAL = "initial"
ANY_EVENT = "any"

# Rows of the catalogue that are decided by obligations drawn from the source, not by a predicate.
FORM: dict[str, tuple[Kind, ...]] = {
    "TOT-01": ("subset", "operations"),
    "TOT-02": ("operations",),
    "TOT-03": ("base", "step"),
    "TOT-05": ("quiet",),
    "FLT-01": ("loading",),
    "PRG-13": ("limits",),
    "TIM-05": ("phase",),
    "TOT-04": ("witness",),
}


@dataclass(frozen=True, slots=True, order=True)
class Obligation:
    """One cell: `subject` is a property's ID, a conjunct's, a contract's function or the event itself."""

    event: str
    kind: Kind
    subject: str

    @property
    def id(self) -> str:
        """A stable name."""
        return (
            f"{self.subject}/{self.event}"
            if self.kind in ("property", "step", "consequence")
            else (f"{self.kind}:{self.subject}/{self.event}")
        )


def list_obligations(wiring: Wiring, rows: Collection[Row], wanted: Collection[str] | None) -> list[Obligation]:
    """List the cells of the wanted IDs (properties, conjuncts, contracts), or the whole grid."""
    found = list(_whole_grid(wiring, rows))
    if wanted is None:
        return found
    chosen = set(wanted) | {name for id_ in wanted for name in _expand(id_, wiring)}
    kinds = {kind for id_ in wanted for kind in FORM.get(id_, ())}
    return [o for o in found if o.subject in chosen or o.id in chosen or o.kind in kinds]


def known_ids(wiring: Wiring, rows: Collection[Row]) -> list[str]:
    """Name everything that can be asked for."""
    rows_ids = [row.id for row in rows]
    return [*rows_ids, *(c.name for c in wiring.facts), *(f.qualified for f in wiring.contracts())]


def _expand(id_: str, wiring: Wiring) -> Iterator[str]:
    """A group such as `OVR` or a contract's bare name stands for what it names."""
    for function in wiring.contracts():
        if id_ in (function.name, function.qualified):
            yield function.qualified


def _whole_grid(wiring: Wiring, rows: Collection[Row]) -> Iterator[Obligation]:
    yield Obligation(ANY_EVENT, "subset", "subset")
    for function in wiring.contracts():
        yield Obligation(ANY_EVENT, "contract", function.qualified)
    for function in wiring.requires():
        yield Obligation(ANY_EVENT, "operations", function.qualified)
    if wiring.initial_state is not None:
        yield Obligation(INITIAL, "operations", INITIAL)
        for conjunct in wiring.conjuncts:
            yield Obligation(INITIAL, "base", conjunct.name)
    for claim in wiring.quiet:
        yield Obligation(ANY_EVENT, "quiet", claim.name)
    for claim in wiring.loading:
        yield Obligation(ANY_EVENT, "loading", claim.name)
    for claim in wiring.limits:
        yield Obligation(ANY_EVENT, "limits", claim.name)
    for claim in wiring.phase:
        yield Obligation(ANY_EVENT, "phase", claim.name)
    for fact in wiring.consequences:
        yield Obligation(ANY_EVENT, "consequence", fact.name)
    for row in rows:
        if row.predicate is not None and is_of_a_state(row.predicate):
            yield Obligation(ANY_EVENT, "property", row.id)
    for event in wiring.events:
        yield Obligation(event.name, "hypotheses", event.name)
        yield Obligation(event.name, "operations", event.name)
        for conjunct in wiring.conjuncts:
            yield Obligation(event.name, "step", conjunct.name)
        for row in rows:
            if row.predicate is not None and not is_of_a_state(row.predicate):
                yield Obligation(event.name, "property", row.id)
    for row in rows:
        if row.predicate is not None:
            yield Obligation(ANY_EVENT, "antecedent", row.id)
    if has_witnesses(wiring):
        yield Obligation(ANY_EVENT, "witness", "TOT-04")
