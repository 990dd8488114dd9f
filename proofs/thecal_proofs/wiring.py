# SPDX-License-Identifier: Apache-2.0
"""Finds the parts of the proof by their names: the step, what it starts from, what is assumed, what is claimed."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from thecal_proofs.frontend import Program, Refusal, ir
from thecal_proofs.frontend.definitions import ConstantNode
from thecal_proofs.frontend.types import RecordType, Type, UnionType
from thecal_proofs.loading import Loaded

KERNEL = "thecal"
SPECS = "thecal_specs"
# Conveniences around the core, in the kernel's folder but not in the proved subset.
OUTSIDE = ("thecal.boundary", "thecal.session")
CONJUNCTS = (("thecal_specs.invariant", "INVARIANT"), ("thecal_specs.lemmas", "LEMMAS"))
CONSEQUENCES = (("thecal_specs.consequences", "CONSEQUENCES"),)
# Claims about functions beside the step: of a state of the invariant, and of a state in whatever condition.
QUIET = (("thecal_specs.quiet", "QUIET"),)
LOADING = (("thecal_specs.loading", "LOADING"),)
# Claims about functions of plain values.
LIMITS = (("thecal_specs.accepting", "ACCEPTING"),)
PHASE = (("thecal_specs.moving", "MOVING"),)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the catalogue, reduced to what the prover needs."""

    id: str
    name: str
    kind: str
    means: str
    statement: str
    amended: bool
    predicate: ir.Signature | None


class Wiring:
    """Where everything is. Missing parts of the specification are None: the grid then has fewer cells."""

    def __init__(self, program: Program, loaded: Loaded) -> None:
        self.program = program
        self.loaded = loaded
        self.step = program.signature(f"{KERNEL}.step", "step")
        (_, self.config), (_, self.state), (_, event) = self.step.params
        self.events: tuple[RecordType, ...] = event.members if isinstance(event, UnionType) else _one(event)
        self.admissible = self._find(KERNEL, "is_admissible_config")
        self.initial_state = self._find(KERNEL, "initial_state")
        self.initial_ghost = self._find(SPECS, "initial_ghost")
        self.advance = self._find(SPECS, "advance")
        self.possible_event = self._find(SPECS, "is_possible_event")
        self.possible_truth = self._find(SPECS, "is_possible_truth")
        self.conjuncts = self._find_listed(CONJUNCTS)
        self.consequences = self._find_listed(CONSEQUENCES)
        self.quiet = self._find_listed(QUIET)
        self.loading = self._find_listed(LOADING)
        self.limits = self._find_listed(LIMITS)
        self.phase = self._find_listed(PHASE)

    @property
    def facts(self) -> tuple[ir.Signature, ...]:
        """What is true of every reachable state: the invariant and the lemmas, and what follows from them."""
        return (*self.conjuncts, *self.consequences)

    @property
    def symbols(self) -> dict[str, Type]:
        """The unknowns of one step and their types, the event left out."""
        found: dict[str, Type] = {"config": self.config, "state": self.state}
        if self.advance is not None:
            given = dict(self.advance.params)
            found.update({name: given[name] for name in ("ghost", "truth") if name in given})
        return found

    def event_named(self, name: str) -> RecordType:
        """Return an event's record by its name."""
        return next(event for event in self.events if event.name == name)

    def catalogue(self) -> tuple[Row, ...]:
        """Read the rows of the catalogue; predicates are found again in the source text."""
        if f"{SPECS}.catalogue" not in self.program.sources.files:
            return ()
        rows = self.loaded.find(f"{SPECS}.catalogue", "CATALOGUE")
        with self.loaded.active():
            return tuple(self._row(row) for row in rows)

    def contracts(self) -> dict[ir.Signature, ir.Signature]:
        """Return what functions promise: kernel function to predicate over parameters and `result`."""
        return self._pairs("CONTRACTS")

    def requires(self) -> dict[ir.Signature, ir.Signature]:
        """Return what functions require: kernel function to predicate over its parameters."""
        return self._pairs("REQUIRES")

    def _pairs(self, name: str) -> dict[ir.Signature, ir.Signature]:
        module = f"{SPECS}.contracts"
        if module not in self.program.sources.files or name not in self.program.definitions(module):
            return {}
        pairs = self.loaded.find(module, name)
        return {self._signature_of(f): self._signature_of(p) for f, p in pairs.items()}

    def _row(self, row: Any) -> Row:
        predicate = getattr(row, "predicate", None)
        signature = None if predicate is None else self._signature_of(predicate)
        kind = getattr(row.kind, "name", str(row.kind)).lower()
        means = getattr(getattr(row, "means", None), "name", "PREDICATE").lower()
        return Row(row.id, row.name, kind, means, row.statement, bool(row.amended), signature)

    def _signature_of(self, function: Callable[..., object]) -> ir.Signature:
        return self.program.signature(function.__module__, function.__name__)

    def _find(self, package: str, name: str) -> ir.Signature | None:
        for module in self.program.sources.modules_of(package):
            try:
                node = self.program.definitions(module).get(name)
            except Refusal:  # not every module of the specification is in the subset
                continue
            if isinstance(node, ast.FunctionDef):
                return self.program.signature(module, name)
        return None

    def _find_listed(self, tables: Iterable[tuple[str, str]]) -> tuple[ir.Signature, ...]:
        """Read the tuples of function names that list the invariant; they are data, outside the subset."""
        return tuple(
            self.program.signature(module, item.id)
            for module, name in tables
            if module in self.program.sources.files
            for item in _listed(self.program.definitions(module).get(name))
        )


def is_of_a_state(predicate: ir.Signature) -> bool:
    """Whether a property speaks of what is after a step alone, not of the step: it is proved of any state then."""
    return {name for name, _ in predicate.params} <= {"config", "after", "ghost_after"}


def _listed(node: object) -> list[ast.Name]:
    value = node.value if isinstance(node, ConstantNode) else None
    return [item for item in value.elts if isinstance(item, ast.Name)] if isinstance(value, ast.Tuple) else []


def _one(event: Type) -> tuple[RecordType, ...]:
    if not isinstance(event, RecordType):
        raise TypeError(f"the third parameter of step is {event}, not an event")
    return (event,)
