# SPDX-License-Identifier: Apache-2.0
"""Looks what notices a changed statement, in CPython: broken kernels first, the sound one, then wrong answers."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from thecal_proofs.decision import Limits
from thecal_proofs.loading import Loaded
from thecal_proofs.mutation.judge import Judge
from thecal_proofs.mutation.kill import Claim
from thecal_proofs.mutation.meeting import meet
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.weakening.asides import ASIDES, Asides
from thecal_proofs.weakening.fixtures import Fixture, Fixtures, Gatherer, Record
from thecal_proofs.weakening.grafting import NotGrafted, grafted
from thecal_proofs.weakening.history import History
from thecal_proofs.weakening.notice import How, Notice
from thecal_proofs.weakening.statements import PACKAGE, find_reached, read_statements, touches


class Scales:
    """Everything that may notice a change, gathered once from the texts as they stand."""

    def __init__(self, loaded: Loaded, record: Record, has_answers: bool = True) -> None:
        self.loaded = loaded
        self.texts = read_statements(loaded.folders[1])
        judge = Judge(loaded, Limits())
        self.gatherer = Gatherer(loaded, judge)
        self.fixtures: Fixtures = self.gatherer.gather(record, has_answers)
        self.properties: Sequence[Claim] = judge.properties
        self.sound = [step for steps in self.gatherer.sound.values() for step in steps]
        self.names = [step.names for step in self.sound]
        self.record = record
        self.history = History(self.gatherer, self.fixtures)
        self.reached = {claim: frozenset(find_reached([claim.holds])) for claim in self.properties}
        self.aside = frozenset(find_reached(each for table in ASIDES for each in loaded.find(*table)))
        self.kept = frozenset(find_reached([self.gatherer.advance]))

    @cached_property
    def asides(self) -> Asides:
        """What the claims beside the step refute; gathered when it is asked for, for that takes long."""
        return Asides(self.loaded, meet(self.loaded, self.gatherer.judge.traces), self.record)

    @property
    def functions(self) -> frozenset[str]:
        """Every function that some statement depends on."""
        return frozenset(self.kept.union(self.aside, *self.reached.values()))

    def weigh(self, mutant: Mutant) -> Notice | None:
        """What notices a changed statement; None if nothing does."""
        try:
            with grafted(self.loaded, PACKAGE, mutant, self.texts[mutant.module]):
                return self._find(mutant)
        except NotGrafted as error:
            return Notice("sound", "TOT-04", "", f"import: {error}")

    def _find(self, mutant: Mutant) -> Notice | None:
        claims = [claim for claim in self.properties if self.is_of(claim, mutant)]
        asides = self.asides if self.is_aside(mutant) else None
        broken = (find_let_through("broken", claim, self.fixtures.broken) for claim in claims)
        answers = (find_let_through("answer", claim, self.fixtures.answers) for claim in claims)
        return (
            next(filter(None, broken), None)
            or (asides.find(mutant) if asides else None)
            or self._find_sound(claims)
            or next(filter(None, answers), None)
            or (self.history.find() if self.is_history(mutant) else None)
        )

    def is_of(self, claim: Claim, mutant: Mutant) -> bool:
        """Whether a claim depends on what a mutant changes; on a module's number all do that use the module."""
        return touches(self.reached[claim], mutant)

    def is_aside(self, mutant: Mutant) -> bool:
        """Whether a claim beside the step depends on what a mutant changes."""
        return touches(self.aside, mutant)

    def is_history(self, mutant: Mutant) -> bool:
        """Whether the history depends on what a mutant changes."""
        return touches(self.kept, mutant)

    def _find_sound(self, claims: Sequence[Claim]) -> Notice | None:
        for claim in claims:
            for step, names in zip(self.sound, self.names, strict=True):
                if claim.is_refuted(names):
                    return Notice("sound", claim.id, "", str(step))
        return None


def find_let_through(how: How, claim: Claim, fixtures: Mapping[str, Sequence[Fixture]]) -> Notice | None:
    """The first fixture that a claim, as it is now, does not refute any more."""
    for fixture in fixtures.get(claim.id, ()):
        if not claim.is_refuted(fixture.names):
            return Notice(how, claim.id, fixture.source, str(fixture.step))
    return None
