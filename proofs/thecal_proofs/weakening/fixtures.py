# SPDX-License-Identifier: Apache-2.0
"""Fixtures: steps that some property must refute, of broken kernels first and then of wrong answers.

A broken kernel is a mutant that `mutants.json` has on record as killed in a trace; that trace is run on it, and each
step that goes otherwise than on the kernel as it stands is asked about, as long as the assumptions hold. A wrong answer
is what some kernel may say at one step of a trace, wrong in one place (see `answers`): the state before it is reached,
its event is possible, and the history goes on from it. Which property refutes a step is for the statements as they
stand, and the kernel as it stands, to say.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from thecal_proofs.loading import Loaded
from thecal_proofs.mutation.judge import Judge
from thecal_proofs.mutation.lister import list_mutants, read_modules
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.weakening.answers import list_wrong
from thecal_proofs.weakening.grafting import grafted

KERNEL = "thecal"
ALIKE_MAX = 2  # fixtures of one property that are the same wrong answer to the same class of event
Record: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fixture:
    """A step that a property refutes, and whose it is."""

    source: str
    step: Any
    names: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """What a broken kernel does in a trace, up to the last step that may be asked about."""

    source: str
    trace: str
    steps: Sequence[Any]
    refuted: frozenset[str]  # at one of its steps


@dataclass
class Fixtures:
    """What is refuted, by the property that does it."""

    broken: dict[str, list[Fixture]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, list[Fixture]] = field(default_factory=lambda: defaultdict(list))
    courses: list[Course] = field(default_factory=list)


def list_recorded(kernel: Path, record: Record) -> Iterator[tuple[Mutant, str]]:
    """The mutants that a trace kills, by name, and that trace."""
    mutants = {mutant.id: mutant for mutant in list_mutants(read_modules(kernel))}
    for name, _, kill in record["mutants"]:
        found = re.search(r", trace (.+), step [0-9]+$", kill)
        if found and name in mutants:
            yield mutants[name], found[1]


class Gatherer:
    """Runs broken kernels, and asks of each of their steps who refutes it."""

    def __init__(self, loaded: Loaded, judge: Judge) -> None:
        self.loaded = loaded
        self.judge = judge
        self.texts = read_modules(loaded.folders[0])
        self.traces = {trace.name: trace for trace in judge.traces}
        self.sound: dict[str, list[Any]] = {name: list(judge.run(trace)) for name, trace in self.traces.items()}
        self.advance = loaded.find("thecal_specs.ghost", "advance")
        self._counts: dict[tuple[str, str, str], int] = defaultdict(int)

    def gather(self, record: Record, has_answers: bool = True) -> Fixtures:
        """What the kernels on record do wrong, and what else an answer may be wrong in."""
        found = Fixtures()
        for mutant, trace in list_recorded(self.loaded.folders[0], record):
            if trace in self.traces:
                self._add_course(found, mutant, trace)
        for step in self._list_bases() if has_answers else ():
            self._add_answers(found, step)
        return found

    def _add_course(self, found: Fixtures, mutant: Mutant, trace: str) -> None:
        steps = self._run(mutant, trace)
        known = self.sound[trace]
        refuted: set[str] = set()
        for number, step in enumerate(steps):
            if number < len(known) and known[number] == step:
                continue
            names = step.names
            if any(claim.is_refuted(names) for claim in self.judge.assumptions):
                steps = steps[:number]
                break
            for claim in self.judge.properties:
                if claim.is_refuted(names):
                    refuted.add(claim.id)
                    found.broken[claim.id].append(Fixture(mutant.id, step, names))
        if refuted:
            found.courses.append(Course(mutant.id, trace, steps, frozenset(refuted)))

    def _run(self, mutant: Mutant, trace: str) -> list[Any]:
        steps: list[Any] = []
        try:
            with grafted(self.loaded, KERNEL, mutant, self.texts[mutant.module]):
                steps.extend(self.judge.run(self.traces[trace]))
        except Exception:  # a broken kernel may raise; what it did before counts
            pass
        return steps

    def _list_bases(self) -> Iterator[Any]:
        """Of all steps of the traces the first of each that is unlike the others in what it is about."""
        seen: set[tuple[Any, ...]] = set()
        for _, steps in sorted(self.sound.items()):
            for step in steps:
                kind = describe(step)
                if kind not in seen:
                    seen.add(kind)
                    yield step

    def _add_answers(self, found: Fixtures, step: Any) -> None:
        before = replace(step.outcome, state=step.before)
        event = type(step.event).__name__
        for what, outcome in list_wrong(step.outcome, before, "outcome"):
            kind = (re.sub(r"\[[0-9]+\]|-?[0-9]+$", "", what), event)
            wanted = [claim for claim in self.judge.properties if self._counts[claim.id, *kind] < ALIKE_MAX]
            fixture = self._answer(step, outcome, what) if wanted else None
            for claim in wanted if fixture is not None else ():
                if fixture is not None and claim.is_refuted(fixture.names):
                    found.answers[claim.id].append(fixture)
                    self._counts[claim.id, *kind] += 1

    def _answer(self, step: Any, outcome: Any, what: str) -> Fixture | None:
        try:
            ghost = self.advance(step.config, step.before, step.event, outcome, step.truth, step.ghost)
        except Exception:  # no history follows of it
            return None
        wrong = replace(step, outcome=outcome, ghost_after=ghost)
        names = wrong.names
        if any(claim.is_refuted(names) for claim in self.judge.assumptions):
            return None
        return Fixture(f"{what} at {step}", wrong, names)


def describe(step: Any) -> tuple[Any, ...]:
    """What a step is about: event, modes on both sides, the response, and what was under way."""
    before, after = step.before, step.outcome.state
    return (
        type(step.event).__name__,
        before.mode,
        after.mode,
        step.outcome.response,
        before.is_admitted,
        before.bolus.is_active,
        before.bolus.is_prime,
        before.flight.is_pending,
    )
