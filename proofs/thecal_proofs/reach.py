# SPDX-License-Identifier: Apache-2.0
"""Looks for a way from the initial state to a refutation: a walk in CPython, each step chosen by the solver.

A counterexample to induction may start from a state that never occurs. This search says "reachable" only with a
trace that CPython has run; that it finds none means nothing, and is reported as such.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from thecal_proofs import decode, replay, terms, values
from thecal_proofs.cell import Cell
from thecal_proofs.encode import Encoder
from thecal_proofs.frontend import ir
from thecal_proofs.frontend.types import RecordType, Type
from thecal_proofs.solve import ask
from thecal_proofs.start import from_integers
from thecal_proofs.terms import Term
from thecal_proofs.values import Value
from thecal_proofs.wiring import Wiring

STEP_BUDGET = 200_000
WALK = 12  # steps before the walk starts again


@dataclass(frozen=True, slots=True)
class Trace:
    """The events of a walk that ends in the refutation; none if the search found nothing."""

    events: tuple[str, ...]
    steps: int

    def __str__(self) -> str:
        if not self.events:
            return f"not known to be reachable: {self.steps} steps from the initial state do not show it"
        return f"reachable in {len(self.events)} steps: " + "; ".join(self.events)


class Search:
    """Walks of one wiring under one configuration."""

    def __init__(self, wiring: Wiring, config: Any, seed: int) -> None:
        self.wiring = wiring
        self.config = config
        self.chance = random.Random(seed)
        self.encoder = Encoder(wiring.program)

    def find(self, predicate: ir.Signature, is_conjunct: bool, event: RecordType, steps: int) -> Trace:
        """Look for a step that makes a predicate False, trying the refuted event before each step."""
        walk: list[str] = []
        names = self._start()
        for count in range(steps):
            if count % WALK == 0:
                walk, names = [], self._start()
            for aimed in (True, False):
                chosen = event if aimed else self.chance.choice(self.wiring.events)
                taken = self._step(names, chosen, predicate if aimed else None, is_conjunct)
                if taken is None:
                    continue
                walk.append(repr(taken["event"]))
                if replay.call(self.wiring.loaded, predicate, _view(taken, is_conjunct)) is False:
                    return Trace(tuple(walk), count + 1)
                names = {**names, "state": taken["after"], "ghost": taken.get("ghost_after")}
        return Trace((), steps)

    def _start(self) -> dict[str, Any]:
        names: dict[str, Any] = {"config": self.config}
        for name, function in (("state", self.wiring.initial_state), ("ghost", self.wiring.initial_ghost)):
            names[name] = None if function is None else replay.call(self.wiring.loaded, function, names)
        return names

    def _step(
        self, names: Mapping[str, Any], event: RecordType, target: ir.Signature | None, is_conjunct: bool
    ) -> dict[str, Any] | None:
        """Take one possible step: one that breaks the target, or else one that changes something."""
        given = {n: self._constant(found, names[n]) for n, found in self._known_types().items()}
        cell = Cell(self.wiring, self.encoder, event, given)
        facts = [hypothesis.term for hypothesis in cell.hypotheses if hypothesis.always]
        answer = ask([*facts, self._aim(cell, target, is_conjunct)], STEP_BUDGET, self.chance.randrange(1_000), "core")
        if answer.status != "sat":
            return None
        model = {str(leaf.value): number for leaf, number in answer.model.items()}
        types: dict[str, Type] = {"event": event}
        if "truth" in self.wiring.symbols:
            types["truth"] = self.wiring.symbols["truth"]
        found = {n: decode.build(t, iter(decode.fill(t, n, model)), self.wiring.loaded) for n, t in types.items()}
        return replay.run_step(self.wiring, {**names, **found, "before": names["state"]})

    def _known_types(self) -> dict[str, Type]:
        return {name: found for name, found in self.wiring.symbols.items() if name != "truth"}

    def _aim(self, cell: Cell, target: ir.Signature | None, is_conjunct: bool) -> Term:
        if target is None:
            return terms.negate(values.equal(cell.after, cell.inputs["state"]))
        goal = cell.conjunct_goal(target) if is_conjunct else cell.property_goal(target)
        return terms.negate(goal.goal)

    def _constant(self, found: Type, value: Any) -> Value:
        return from_integers(found, list(decode.flatten(found, value)))


def _view(names: dict[str, Any], is_conjunct: bool) -> dict[str, Any]:
    return replay.after_step(names) if is_conjunct else names


def search(
    wiring: Wiring, model: Mapping[str, int], predicate: ir.Signature, is_conjunct: bool, event: RecordType, steps: int
) -> Trace:
    """Search under the configuration of a counterexample, which is admissible."""
    config = decode.build(wiring.config, _config_leaves(wiring, model), wiring.loaded)
    return Search(wiring, config, seed=0).find(predicate, is_conjunct, event, steps)


def _config_leaves(wiring: Wiring, model: Mapping[str, int]) -> Iterator[int]:
    return iter(decode.fill(wiring.config, "config", model))
