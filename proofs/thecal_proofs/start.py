# SPDX-License-Identifier: Apache-2.0
"""The initial situation: symbolic for the base case, concrete as a witness that the hypotheses can hold."""

from collections.abc import Mapping
from dataclasses import dataclass

from thecal_proofs import decode, terms, values
from thecal_proofs.cell import Goal
from thecal_proofs.encode import Check, Encoder, flatten_checks
from thecal_proofs.frontend import ir
from thecal_proofs.frontend.types import BOOL, Type
from thecal_proofs.premises import Hypothesis
from thecal_proofs.solve import ask
from thecal_proofs.terms import Term
from thecal_proofs.values import Value
from thecal_proofs.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Start:
    """Initial state and ghost, every parameter beyond the configuration being an unknown of its own."""

    names: Mapping[str, Value]
    checks: tuple[Check, ...]
    unknowns: Mapping[str, Type]


def make_start(wiring: Wiring, encoder: Encoder, config: Value) -> Start:
    """Evaluate the initial functions, their arguments bound by name."""
    names: dict[str, Value] = {"config": config}
    unknowns: dict[str, Type] = {"config": wiring.config}
    checks: list[Check] = []
    for name, function in (("state", wiring.initial_state), ("ghost", wiring.initial_ghost)):
        if function is not None:
            for param, found in function.params:
                if param not in names:
                    names[param] = values.symbol(found, param)
                    unknowns[param] = found
            summary = encoder.run(function, [names[param] for param, _ in function.params])
            names[name] = summary.value
            checks.extend(c for c in flatten_checks(summary) if name == "state" or c.kind == "index")
    return Start(names, tuple(checks), unknowns)


def start_hypotheses(wiring: Wiring, encoder: Encoder, start: Start) -> list[Hypothesis]:
    """What is assumed of the initial situation: types, and an admissible configuration."""
    shape = [t for name, found in start.unknowns.items() for t in values.in_shape(found, start.names[name])]
    found = [Hypothesis("types", terms.all_of(shape), True)]
    if wiring.admissible is not None:
        admissible = evaluate_goal(encoder, wiring.admissible, start.names)
        found.append(Hypothesis("admissible config", admissible.goal, True))
    return found


def evaluate_goal(encoder: Encoder, function: ir.Signature, names: Mapping[str, Value]) -> Goal:
    """Evaluate a predicate on named values."""
    summary = encoder.run(function, [names[name] for name, _ in function.params])
    if not isinstance(summary.value, Term):
        raise TypeError(f"{function.qualified} is no predicate")
    return Goal(summary.value, tuple(c for c in flatten_checks(summary) if c.kind == "index"))


def find_concrete_start(wiring: Wiring, encoder: Encoder, budget: int) -> Mapping[str, Value] | None:
    """Find one admissible configuration and the situation that starts from it, as constants."""
    config = values.symbol(wiring.config, "config")
    start = make_start(wiring, encoder, config)
    answer = ask([h.term for h in start_hypotheses(wiring, encoder, start)], budget)
    if answer.status != "sat":
        return None
    model = {str(leaf.value): number for leaf, number in answer.model.items()}
    chosen = constant(wiring, "config", model)
    names = make_start(wiring, encoder, chosen).names
    return {"config": chosen} | {n: names[n] for n in ("state", "ghost") if n in names and n in wiring.symbols}


def name_leaves(wiring: Wiring, given: Mapping[str, Value]) -> dict[Term, int]:
    """Name the leaves of constant values as a model would, by the unknown that stands for each."""
    found: dict[Term, int] = {}
    for name, value in given.items():
        if name in wiring.symbols:
            unknowns = values.leaves(values.symbol(wiring.symbols[name], name))
            pairs = zip(unknowns, values.leaves(value), strict=True)
            found.update({unknown: terms.evaluate(leaf, {}) for unknown, leaf in pairs})
    return found


def constant(wiring: Wiring, name: str, model: Mapping[str, int]) -> Value:
    """Turn the part of a model that belongs to one unknown into constants."""
    found = wiring.symbols[name]
    return from_integers(found, decode.fill(found, name, model))


def from_integers(found: Type, integers: list[int]) -> Value:
    """Build a value of constants from its leaves."""
    types = [leaf_type for _, leaf_type in values.leaf_names(found, "")]
    pairs = zip(integers, types, strict=True)
    return values.from_leaves(found, (terms.truth(bool(n)) if t == BOOL else terms.const(n) for n, t in pairs))
