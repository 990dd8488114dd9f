# SPDX-License-Identifier: Apache-2.0
"""Whether each claim says anything, cell by cell: of which class of event it speaks, and what would refute it.

A cell, a property under one class of event, is **shown** if a step of a trace makes its condition true. It is
**silent** if the solver proves that no values whatever make it so, and so that nothing is claimed there; **never** if
it proves that the kernel's step makes it so from no state whatever; else **open**. That a conclusion is not true by
itself is shown by a broken kernel that the property refutes. Of each conjunct of the invariant it is told in how many
obligations a proof has used it.

    python -m thecal_proofs.vacuity    # writes proofs/vacuity.json
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

from thecal_proofs import values
from thecal_proofs.cell import Cell
from thecal_proofs.claimed import Claimed, write_antecedent
from thecal_proofs.encode import Encoder
from thecal_proofs.frontend import Program, Sources, ir
from thecal_proofs.frontend.types import RecordType
from thecal_proofs.hints import read_cores
from thecal_proofs.prove import Project
from thecal_proofs.solve import ask
from thecal_proofs.terms import FALSE, Term
from thecal_proofs.wiring import Wiring

BUDGET = 300_000  # of the solver's steps
TRACES = "thecal_specs.witnesses"
TWIN = "antecedent_of_"
ROOT = Path(__file__).resolve().parents[2]
State: TypeAlias = Literal["shown", "silent", "never", "open"]
STATES: tuple[State, ...] = ("shown", "silent", "never", "open")
VERSION = 1


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one property says under one class of event."""

    property_id: str
    event: str
    state: State
    at: str = ""  # the first step that shows it


class Speech:
    """The properties that are predicates over a step, and where each speaks."""

    def __init__(self, project: Project) -> None:
        self.loaded = project.wiring.loaded
        self.predicates = {row.id: row.predicate for row in project.rows if row.predicate is not None}
        self.others = {row.id: row.means for row in project.rows if row.predicate is None}
        program = Program(add_twins(project.wiring.program, list(self.predicates.values())))
        self.wiring = Wiring(program, self.loaded)
        self._encoder = Encoder(program)

    @cached_property
    def _cells(self) -> Mapping[str, Cell]:
        return {event.name: Cell(self.wiring, self._encoder, event) for event in self.wiring.events}

    def list_steps(self) -> Iterator[Any]:
        """Every step of every trace; that each keeps the assumptions and the invariant is a test of its own."""
        run = self.wiring.loaded.find(f"{TRACES}.run", "run")
        for trace in self.wiring.loaded.find(TRACES, "WITNESSES"):
            yield from run(trace)

    def list_cells(self, steps: Sequence[Any]) -> Iterator[Spoken]:
        """Every cell, in the order of the catalogue and of the events."""
        for property_id, predicate in self.predicates.items():
            shown = self.find_shown(predicate, steps)
            for event in self.wiring.events:
                state = "shown" if event.name in shown else self.judge(predicate, event)
                yield Spoken(property_id, event.name, state, shown.get(event.name, ""))

    def find_shown(self, predicate: ir.Signature, steps: Sequence[Any]) -> Mapping[str, str]:
        """The first step under each class of event of which a property claims something."""
        claimed = Claimed(self.wiring.program, self.wiring.loaded, predicate)
        found: dict[str, str] = {}
        for step in steps:
            event = type(step.event).__name__
            if event not in found and claimed.find(step.names):
                found[event] = str(step)
        return found

    def judge(self, predicate: ir.Signature, event: RecordType) -> State:
        """Why a property claims nothing under a class of event, as far as the solver knows."""
        twin = self.wiring.program.signature(predicate.module, TWIN + predicate.name)
        types = {name: event if name == "event" else declared for name, declared in twin.params}
        names = [values.symbol(found, name) for name, found in types.items()]
        shape = [
            term for found, name in zip(types.values(), names, strict=True) for term in values.in_shape(found, name)
        ]
        if is_never(shape, *values.leaves(self._encoder.run(twin, names).value)):
            return "silent"
        cell = self._cells[event.name]
        inputs = {**self.wiring.symbols, "event": event}
        given = [term for name, found in inputs.items() for term in values.in_shape(found, cell.inputs[name])]
        return "never" if is_never(given, cell.property_goal(twin).goal) else "open"


def is_never(shape: Sequence[Term], *claimed: Term) -> bool:
    """Whether nothing of these shapes is claimed of."""
    return FALSE in claimed or ask([*shape, *claimed], BUDGET).status == "unsat"


def add_twins(program: Program, predicates: Sequence[ir.Signature]) -> Sources:
    """The texts, and behind each predicate's module the twins that tell where it claims something."""
    files = dict(program.sources.files)
    for predicate in predicates:
        node = program.definitions(predicate.module)[predicate.name]
        if isinstance(node, ast.FunctionDef):
            file = files[predicate.module]
            text = f"{file.text}\n\n{write_antecedent(node, TWIN + predicate.name)}\n"
            files[predicate.module] = replace(file, text=text)
    return Sources(files, program.sources.folders)


def find_refuted(record: Mapping[str, Any], weakened: Mapping[str, Any]) -> dict[str, str]:
    """By property a broken kernel that it has killed, or else what a weaker statement of it lets through."""
    found: dict[str, str] = {}
    rows = [(f"{name}: {kill}", kill) for name, _, kill in record["mutants"]]
    notices = [notice for notice, _ in weakened["noticed"]]
    for told, kill in (*rows, *((notice, notice) for notice in notices if " lets through " in notice)):
        by = re.match(r"[A-Z]{3}-[0-9]{2}", kill)
        if by:
            found.setdefault(by[0], told)
    return found


def count_used(wiring: Wiring) -> dict[str, int]:
    """In how many obligations a proof has used each conjunct of the invariant and each lemma."""
    counts = Counter(name for names in read_cores().values() for name in names)
    return {conjunct.name: counts[conjunct.name] for conjunct in wiring.conjuncts}


def render(project: Project, proofs: Path) -> dict[str, Any]:
    """Everything that is known of what the claims say, as JSON."""
    speech = Speech(project)
    cells = list(speech.list_cells(list(speech.list_steps())))
    mutants, statements = (json.loads((proofs / f"{name}.json").read_text()) for name in ("mutants", "statements"))
    refuted = find_refuted(mutants, statements)
    counts = Counter(cell.state for cell in cells)
    return {
        "version": VERSION,
        "summary": {state: counts[state] for state in STATES},
        "cells": {
            name: {cell.event: cell.at or cell.state for cell in cells if cell.property_id == name}
            for name in speech.predicates
        },
        "beside": speech.others,
        "refuted": {row.id: refuted.get(row.id, "") for row in project.rows},
        "conjuncts": count_used(speech.wiring),
    }


def main() -> None:
    """Renew what is on record."""
    proofs = ROOT / "proofs"
    told = render(Project.open(ROOT / "kernel" / "thecal", ROOT / "specs" / "thecal_specs"), proofs)
    (proofs / "vacuity.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8", newline="\n")
    print(", ".join(f"{count} {state}" for state, count in told["summary"].items()))


if __name__ == "__main__":
    main()
