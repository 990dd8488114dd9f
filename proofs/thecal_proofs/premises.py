# SPDX-License-Identifier: Apache-2.0
"""The hypotheses of one cell, taken apart so that few can be used at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from thecal_proofs import terms
from thecal_proofs.terms import Term


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A named assumption; `always` ones cannot be left out by a hint."""

    name: str
    term: Term
    always: bool


class Premises:
    """The hypotheses of one cell, flattened, with what is needed to try a model on them."""

    def __init__(
        self,
        hypotheses: Sequence[Hypothesis],
        contracts: Mapping[Term, Term],
        default: Mapping[Term, int] | None = None,
    ) -> None:
        self.hypotheses = hypotheses
        self.contracts = contracts
        self.default = dict(default or {})  # completes models; best if it satisfies the hypotheses itself
        self.parts = list(dict.fromkeys(part for h in hypotheses for part in terms.pieces(h.term)))
        self.known = frozenset(self.parts)
        self._owners: dict[Term, list[str]] = {}
        for hypothesis in hypotheses:
            for part in terms.pieces(hypothesis.term):
                self._owners.setdefault(part, []).append(hypothesis.name)
        self._order = terms.postorder(self.parts)

    def owner(self, part: Term) -> str | None:
        """The name of the hypothesis that a term is a part of; the first, if there are several."""
        owners = self._owners.get(part)
        return owners[0] if owners else None

    def named(self, names: Iterable[str]) -> list[Term]:
        """The parts of the hypotheses that a hint names."""
        chosen = [h for h in self.hypotheses if h.name in names]
        return list(dict.fromkeys(part for h in chosen for part in terms.pieces(h.term)))

    def near(self, goal: Term) -> list[Term]:
        """The linear parts that speak of nothing but the goal's unknowns."""
        outside = ~terms.mask(goal)
        return [part for part in self.parts if not terms.mask(part) & outside and not terms.is_nonlinear(part)]

    def complete(self, model: Mapping[Term, int]) -> dict[Term, int]:
        """Extend a model to every unknown."""
        return {**self.default, **model}

    def broken(self, model: Mapping[Term, int], goal: Term) -> tuple[list[Term], bool]:
        """The parts that a complete model breaks, those closest to the goal first; and whether the goal is true."""
        values = terms.compute(self._order, model)
        spoken = terms.mask(goal)
        found = [part for part in self.parts if not values[part]]
        is_true = bool(terms.compute(terms.postorder((goal,)), model)[goal])
        return sorted(found, key=lambda part: _distance(part, spoken)), is_true


def _distance(part: Term, spoken: int) -> tuple[bool, bool, int]:
    own = terms.mask(part)
    return not own & spoken, terms.is_nonlinear(part), (own & ~spoken).bit_count()


def with_contracts(facts: list[Term], contracts: Mapping[Term, Term]) -> list[Term]:
    """Add the contract of every opaque call that the facts speak of, and of those that the contracts speak of."""
    if not contracts:
        return facts
    found = dict.fromkeys(facts)
    todo = list(facts)
    while todo:
        for node in terms.postorder((todo.pop(),)):
            fact = contracts.get(node)
            if fact is not None and fact not in found:
                found[fact] = None
                todo.append(fact)
    return list(found)
