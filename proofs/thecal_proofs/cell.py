# SPDX-License-Identifier: Apache-2.0
"""One class of event: its unknowns, its hypotheses and its goals, each encoded when first asked for.

Predicates name what they speak of (`config, before, event, outcome, after, truth, ghost, ghost_after`; `state` is
the state before); arguments are bound by these names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from thecal_proofs import decode, terms, values
from thecal_proofs.encode import Check, Encoder, Summary, flatten_checks
from thecal_proofs.frontend import ir
from thecal_proofs.frontend.types import RecordType, Type
from thecal_proofs.premises import Hypothesis, Premises
from thecal_proofs.terms import Term
from thecal_proofs.values import Record, Value
from thecal_proofs.wiring import Wiring


class Cell:
    """The step under one event, from any state of the invariant."""

    def __init__(
        self, wiring: Wiring, encoder: Encoder, event: RecordType, given: Mapping[str, Value] | None = None
    ) -> None:
        self.wiring = wiring
        self.encoder = encoder
        self.event = event
        self.default: Mapping[Term, int] = {}
        self.given = dict(given or {})  # values that stand for unknowns: a concrete state to look for a witness in

    @cached_property
    def premises(self) -> Premises:
        """The hypotheses, ready to be asked with; models are completed to a concrete situation."""
        shape = {**self.wiring.symbols, "event": self.event}
        least = {
            leaf: decode.least(found)
            for name, type_ in shape.items()
            for (_, found), leaf in zip(
                values.leaf_names(type_, name), values.leaves(values.symbol(type_, name)), strict=True
            )
        }
        return Premises(self.hypotheses, self.encoder.contracts, {**least, **self.default})

    @cached_property
    def inputs(self) -> dict[str, Value]:
        """The unknowns before the step."""
        return {
            "event": values.symbol(self.event, "event"),
            **{name: values.symbol(found, name) for name, found in self.wiring.symbols.items()},
            **self.given,
        }

    @cached_property
    def step(self) -> Summary:
        """The step itself."""
        names = self.inputs
        return self.encoder.run(self.wiring.step, (names["config"], names["state"], names["event"]))

    @property
    def after(self) -> Value:
        """The state after the step."""
        return self._names_outcome["after"]

    @cached_property
    def advanced(self) -> Summary | None:
        """The ghost's step."""
        advance = self.wiring.advance
        return None if advance is None else self.encoder.run(advance, self._args(advance, self._names_outcome))

    @cached_property
    def _names_before(self) -> dict[str, Value]:
        return {**self.inputs, "before": self.inputs["state"]}

    @cached_property
    def _names_outcome(self) -> dict[str, Value]:
        outcome = self.step.value
        index = outcome.type.find("state") if isinstance(outcome, Record) else None
        if not isinstance(outcome, Record) or index is None:
            raise TypeError("step returns a record with a field `state`")
        return {**self._names_before, "outcome": outcome, "after": outcome.items[index]}

    @cached_property
    def _names_all(self) -> dict[str, Value]:
        names = dict(self._names_outcome)
        if self.advanced is not None:
            names["ghost_after"] = self.advanced.value
        return names

    def _args(self, function: ir.Signature, names: dict[str, Value]) -> list[Value]:
        missing = [name for name, _ in function.params if name not in names]
        if missing:
            raise KeyError(f"{function.qualified} asks for {', '.join(missing)}; known are {', '.join(names)}")
        return [names[name] for name, _ in function.params]

    def shared(self) -> None:
        """Encode the hypotheses that do not speak of the event; the encoder remembers them."""
        for conjunct in self.wiring.conjuncts:
            self.predicate(conjunct, self._names_before)
        if self.wiring.admissible is not None:
            self.predicate(self.wiring.admissible, self._names_before)

    @cached_property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """What is assumed of everything before the step, and of the world during it."""
        found = [
            Hypothesis("types", terms.all_of(self._shape()), True),
            *self._assumed("admissible config", self.wiring.admissible, self._names_before),
            *self._assumed("possible event", self.wiring.possible_event, self._names_before),
        ]
        found.extend(self._established(self.wiring.conjuncts))
        found.extend(self._established(self.wiring.consequences, True))
        if self.wiring.possible_truth is not None:
            found.extend(self._assumed("possible truth", self.wiring.possible_truth, self._names_outcome))
        return tuple(found)

    def _established(self, facts: Sequence[ir.Signature], derived: bool = False) -> list[Hypothesis]:
        return [Hypothesis(fact.name, self.predicate(fact, self._names_before).goal, False, derived) for fact in facts]

    def _shape(self) -> list[Term]:
        types = {**self.wiring.symbols, "event": self.event}
        return [term for name, value in self.inputs.items() for term in values.in_shape(types[name], value)]

    def _assumed(self, name: str, function: ir.Signature | None, names: dict[str, Value]) -> list[Hypothesis]:
        if function is None:
            return []
        return [Hypothesis(name, self.predicate(function, names).goal, True)]

    def property_goal(self, function: ir.Signature) -> "Goal":
        """A property of this step; the indices that its own text uses must be in range as well."""
        return self.predicate(function, self._names_all)

    def conjunct_goal(self, function: ir.Signature) -> "Goal":
        """A conjunct of the invariant after this step."""
        names = dict(self._names_all)
        names["state"] = names["after"]
        names["ghost"] = names.get("ghost_after", names["after"])
        return self.predicate(function, names)

    def predicate(self, function: ir.Signature, names: dict[str, Value]) -> "Goal":
        """Evaluate a predicate on named values."""
        summary = self.encoder.run(function, self._args(function, names))
        if not isinstance(summary.value, Term):
            raise TypeError(f"{function.qualified} is no predicate")
        return Goal(summary.value, tuple(c for c in flatten_checks(summary) if c.kind == "index"))

    def checks(self) -> list[Check]:
        """Every partial operation of the step, and every index that the specification uses in it."""
        found = flatten_checks(self.step)
        if self.advanced is not None:
            found.extend(check for check in flatten_checks(self.advanced) if check.kind == "index")
        for hypothesis in (self.wiring.possible_event, self.wiring.possible_truth, *self.wiring.facts):
            if hypothesis is not None:
                found.extend(self.predicate(hypothesis, self._names_outcome).checks)
        return found


NAMES = ("config", "state", "ghost", "after", "ghost_after")  # what a claim about any state may ask for


class AnyState(Cell):
    """Any state of the invariant by itself, with its history: what follows of it follows after every step."""

    def __init__(
        self, wiring: Wiring, encoder: Encoder, facts: Sequence[ir.Signature], about: ir.Signature | None = None
    ) -> None:
        super().__init__(wiring, encoder, wiring.events[0])
        self.facts = facts
        known = {name: found for name, found in wiring.symbols.items() if name != "truth"}
        others = {name: found for name, found in about.params if name not in NAMES} if about else {}
        self.types: dict[str, Type] = {**known, **others}

    @cached_property
    def inputs(self) -> dict[str, Value]:
        """The unknowns: configuration, state and history, and what else the claim is about."""
        return {name: values.symbol(found, name) for name, found in self.types.items()}

    def _shape(self) -> list[Term]:
        return [term for name, value in self.inputs.items() for term in values.in_shape(self.types[name], value)]

    @cached_property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """What is assumed of the configuration and known of the state."""
        return (
            Hypothesis("types", terms.all_of(self._shape()), True),
            *self._assumed("admissible config", self.wiring.admissible, self._names_before),
            *self._established(self.facts),
        )

    def goal(self, function: ir.Signature) -> "Goal":
        """What is claimed of the state, whether it is called the state or what is after a step."""
        names = dict(self.inputs)
        names["after"] = names["state"]
        if "ghost" in names:
            names["ghost_after"] = names["ghost"]
        return self.predicate(function, names)


@dataclass(frozen=True, slots=True)
class Goal:
    """A predicate's term and the index checks of its own text."""

    goal: Term
    checks: tuple[Check, ...]

    @property
    def term(self) -> Term:
        """Both together: what has to be proved."""
        return terms.all_of([*(terms.implies(c.path, c.condition) for c in self.checks), self.goal])
