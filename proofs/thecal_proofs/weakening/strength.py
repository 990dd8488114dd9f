# SPDX-License-Identifier: Apache-2.0
"""Asks the solver whether a changed statement says at least what the statement says: then nothing was taken from it.

It is asked of the property as a whole, of any values whatever of what it speaks of, one class of events after the
other: no kernel, no invariant, no assumption. What is proved so is as strong for every kernel.
"""

from collections.abc import Iterator
from dataclasses import replace

from thecal_proofs import terms, values
from thecal_proofs.encode import Encoder
from thecal_proofs.frontend import Program, Refusal, Sources, ir
from thecal_proofs.frontend.types import Type, UnionType
from thecal_proofs.mutation.equality import Plain
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.terms import Term

BUDGET = 300_000  # of the solver's steps
LARGE = 6_000  # nodes: a larger question is not asked


class Strength:
    """The statements as they stand, read once."""

    def __init__(self, sources: Sources, package: str) -> None:
        self.sources = sources
        self.package = package
        self.encoder = Encoder(Program(sources))

    def is_kept(self, mutant: Mutant, predicate: tuple[str, str]) -> bool:
        """Whether a predicate, by module and name, says with this change at least what it says without."""
        try:
            changed = Encoder(Program(self._change(mutant)))
            return all(self._is_never(facts) for facts in self._list_questions(changed, predicate))
        except (Refusal, TypeError, RecursionError):  # what cannot be read is not compared
            return False

    def _change(self, mutant: Mutant) -> Sources:
        module = f"{self.package}.{mutant.module}"
        file = self.sources.files[module]
        return Sources(
            {**self.sources.files, module: replace(file, text=mutant.apply(file.text))}, self.sources.folders
        )

    def _list_questions(self, changed: Encoder, predicate: tuple[str, str]) -> Iterator[list[Term]]:
        was, now = (each.program.signature(*predicate) for each in (self.encoder, changed))
        for types in list_types(was):
            names = [values.symbol(found, name) for name, found in types.items()]
            shape = [term for found, name in zip(types.values(), names) for term in values.in_shape(found, name)]
            said, says = self.encoder.run(was, names), changed.run(now, names)
            yield [*shape, *values.leaves(says.value), terms.negate(terms.all_of(values.leaves(said.value)))]

    def _is_never(self, facts: list[Term]) -> bool:
        if len(terms.postorder(facts)) > LARGE:
            return False
        with Plain("tactics") as question:
            question.add(facts)
            return question.check(BUDGET).status == "unsat"


def list_types(predicate: ir.Signature) -> Iterator[dict[str, Type]]:
    """What a predicate is asked of; of each class of events by itself."""
    types = dict(predicate.params)
    event = types.get("event")
    if not isinstance(event, UnionType):
        yield types
        return
    yield from ({**types, "event": member} for member in event.members)
