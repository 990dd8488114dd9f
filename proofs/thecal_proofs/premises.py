# SPDX-License-Identifier: Apache-2.0
"""The hypotheses of one cell, taken apart so that few can be used at a time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property

from thecal_proofs import terms
from thecal_proofs.encode import Contracts
from thecal_proofs.families import group
from thecal_proofs.paths import find_conclusion
from thecal_proofs.places import Place, Tables
from thecal_proofs.rebuilding import rebuild
from thecal_proofs.scripts import name_of
from thecal_proofs.terms import Term

PLACES = "places"  # what is true of any place of a table


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A named assumption; `always` ones cannot be left out by a hint, `derived` ones are taken in by a hint alone."""

    name: str
    term: Term
    always: bool
    derived: bool = False


class Premises:
    """The hypotheses of one cell, flattened, with what is needed to try a model on them."""

    def __init__(
        self,
        hypotheses: Sequence[Hypothesis],
        contracts: Contracts,
        default: Mapping[Term, int] | None = None,
    ) -> None:
        self.hypotheses = hypotheses
        self.contracts = contracts
        self.default = dict(default or {})  # completes models; best if it satisfies the hypotheses itself
        self.parts = list(dict.fromkeys(part for h in hypotheses if not h.derived for part in terms.pieces(h.term)))
        self.known = frozenset(self.parts)
        self._owners: dict[Term, list[str]] = {}
        for hypothesis in hypotheses:
            for part in terms.pieces(hypothesis.term):
                self._owners.setdefault(part, []).append(hypothesis.name)
        self.places: tuple[Place, ...] = ()
        self.entries: Mapping[Term, Term] = {}  # look-ups, and the entries that these are
        self.is_restricted = False  # a model of some hypotheses refutes nothing
        self.few = 12  # broken ones taken in at once
        self.is_at_once = False  # or whether all are put to the solver from the start

    def _forget(self, *names: str) -> None:
        """What was worked out of the parts is worked out anew when it is asked for."""
        for name in names:
            self.__dict__.pop(name, None)

    @cached_property
    def _order(self) -> list[Term]:
        return terms.postorder(self.parts)

    @cached_property
    def _names(self) -> dict[str, Term]:
        return {name_of(part): part for part in self.parts}

    def find(self, name: str) -> Term | None:
        """The part that bears a name."""
        return self._names.get(name)

    @cached_property
    def alternatives(self) -> Mapping[Term, Sequence[Term]]:
        """The hypotheses that are made of alternatives, by each of these."""
        found: dict[Term, list[Term]] = {}
        for part in self.parts:
            for alternative in terms.disjuncts(part):
                found.setdefault(alternative, []).append(part)
        return found

    @cached_property
    def families(self) -> Mapping[str, Sequence[Term]]:
        """The hypotheses that are alike but for the entries of a table."""
        return group(self.parts)

    @cached_property
    def tables(self) -> Tables:
        """The tables that the hypotheses speak of."""
        return Tables(self.parts)

    def lifted(self, facts: Sequence[Term]) -> list[Term]:
        """Some facts, what they say of every place of a table said of those that stand for any, and of look-ups."""
        if self.entries:
            facts = [rebuild(fact, self.entries) for fact in facts]
        if not self.places:
            return list(facts)
        lengths = {place.length for place in self.places}
        forms = [form for form in self.tables.find_forms(facts) if form.length in lengths]
        members = {member for form in forms for member in form.members}
        places = [(form, place) for form in forms for place in self.places if form.length == place.length]
        return [*(fact for fact in facts if fact not in members), *(self.tables.at(*pair) for pair in places)]

    def with_entries(self, entries: Mapping[Term, Term]) -> "Premises":
        """These premises and what they say of look-ups, said of the entries that these are."""
        said = {
            rebuild(part, entries): self.owner(part) for part in self.parts if not terms.is_small(part, len(entries))
        }
        found = self.extended(said, self.places)
        found.entries = entries
        return found

    def extended(self, facts: Mapping[Term, str | None], places: Iterable[Place]) -> "Premises":
        """These premises and more facts about some places, each part of the hypothesis that is named."""
        found = copy(self)
        found.places = tuple(places)
        new = [fact for fact in facts if fact not in self.known]
        found.parts = [*self.parts, *new]
        found.known = self.known | frozenset(new)
        found._owners = {**self._owners, **{fact: [facts[fact] or PLACES] for fact in new}}
        found._forget("_order", "alternatives", "families", "whole")
        found.__dict__["_names"] = {**self._names, **{name_of(fact): fact for fact in new}}
        return found

    def owner(self, part: Term) -> str | None:
        """The name of the hypothesis that a term is a part of; the first, if there are several."""
        owners = self._owners.get(part)
        return owners[0] if owners else None

    def restricted(self, names: Collection[str], at_once: bool = False) -> "Premises":
        """These premises without the hypotheses that are not named, but for those that are always assumed."""
        always = {hypothesis.name for hypothesis in self.hypotheses if hypothesis.always}
        found = copy(self)
        found.parts = [part for part in self._owners if any(o in names or o in always for o in self._owners[part])]
        found.known = frozenset(found.parts)
        found._forget("_order", "alternatives", "families", "tables", "_names", "whole")
        found.few = 60
        found.is_restricted = True
        found.is_at_once = at_once
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all hypotheses."""
        return frozenset(hypothesis.name for hypothesis in self.hypotheses)

    @cached_property
    def whole(self) -> "Premises":
        """These premises with all that is derived."""
        return self.restricted(self.names)

    def near(self, goal: Term) -> list[Term]:
        """The linear parts that speak of nothing but the goal's unknowns."""
        if self.is_at_once:
            return self.parts
        outside = ~terms.mask(goal)
        return [part for part in self.parts if not terms.mask(part) & outside and not terms.is_nonlinear(part)]

    def complete(self, model: Mapping[Term, int]) -> dict[Term, int]:
        """Extend a model to every unknown."""
        return {**self.default, **model}

    def broken(self, model: Mapping[Term, int], spoken: int) -> list[Term]:
        """The parts that a complete model breaks, those first that are closest to the unknowns of a mask."""
        values = terms.compute(self._order, model)
        found = [part for part in self.parts if not values[part]]
        return sorted(found, key=lambda part: _distance(part, spoken))


def find_known(premises: Premises, piece: Term, path: Term = terms.TRUE) -> Term | None:
    """The hypothesis that says a goal word for word where a path holds; that settles all that did not change."""
    if piece in premises.known:
        return piece
    parts = terms.disjuncts(piece)
    known = next((part for part in parts if part in premises.known), None)
    if known is not None:
        return known
    untrue = {terms.negate(part) for part in terms.conjuncts(path)} | set(parts)
    for part in premises.alternatives.get(find_conclusion(piece), ()):
        if untrue.issuperset(terms.disjuncts(part)):
            return part
    return None


def _distance(part: Term, spoken: int) -> tuple[bool, bool, int]:
    own = terms.mask(part)
    return not own & spoken, terms.is_nonlinear(part), (own & ~spoken).bit_count()


def with_contracts(facts: list[Term], contracts: Contracts) -> list[Term]:
    """Add the contract of every opaque call that the facts speak of, and of those that the contracts speak of."""
    found = dict.fromkeys(facts)
    todo = list(facts)
    while todo:
        for node in terms.calls(todo.pop()):
            fact = contracts.fact(node)
            if fact is not None and fact not in found:
                found[fact] = None
                todo.append(fact)
    return list(found)
