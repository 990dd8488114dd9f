# SPDX-License-Identifier: Apache-2.0
"""What one question is told of its path and of the hypotheses."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from thecal_proofs import terms
from thecal_proofs.paths import find_known_by, find_names
from thecal_proofs.terms import Term

PLAIN = 40  # a condition of so few nodes says what a path is about, where nothing else does


class Told:
    """What one question is told: everything simplified by the path, with one name for unknowns that are equal there."""

    def __init__(self, own: Sequence[Term], path: Term, functions: Collection[str]) -> None:
        self.own = dict.fromkeys(own)
        self.functions = functions  # whose contracts are among its own
        self.spoken = terms.mask(terms.all_of(part for part in own if terms.is_small(part, PLAIN)))
        parts = terms.conjuncts(terms.all_of([path, *own]))
        self._names = find_names(parts)
        self._known = find_known_by(path) | self._names
        self._origins: dict[Term, Term] = {}

    def simplified(self, part: Term) -> Term:
        """A hypothesis as it is told; one of the path's own is not simplified by itself."""
        known = self._names.copy() if part in self.own else self._known
        for node in terms.postorder((part,), known):
            known[node] = terms.remake(node, tuple(known[arg] for arg in node.args))
        found = known[part]
        if found is not part:
            self._origins.setdefault(found, part)
        return found

    def completed(self, model: Mapping[Term, int]) -> Mapping[Term, int]:
        """A model, with the values of the unknowns that go by another name."""
        return {**model, **{unknown: model[name] for unknown, name in self._names.items() if name in model}}

    def origin(self, fact: Term) -> Term:
        """The hypothesis that a fact was before it was simplified."""
        return self._origins.get(fact, fact)

    def is_changed(self, facts: Iterable[Term]) -> bool:
        """Whether any of some facts holds by the path alone as it is told."""
        return any(fact in self._origins for fact in facts)
