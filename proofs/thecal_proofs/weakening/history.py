# SPDX-License-Identifier: Apache-2.0
"""Looks at a changed history: what the ghost keeps is part of what a property says.

The steps are those that were run; the history is kept anew beside them. On the kernel as it stands no assumption,
property, conjunct or lemma may fail of it, and each course of a broken kernel and each wrong answer must be refuted by
the properties that refute it now.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from thecal_proofs.mutation.kill import Claim
from thecal_proofs.weakening.fixtures import Course, Fixtures, Gatherer
from thecal_proofs.weakening.notice import Notice

COURSES_MAX = 12  # that one property refutes
SPEAKING = frozenset({"ghost", "ghost_after"})


class History:
    """Keeps the history of known steps anew."""

    def __init__(self, gatherer: Gatherer, fixtures: Fixtures) -> None:
        self.gatherer = gatherer
        self.fixtures = fixtures
        judge = gatherer.judge
        self.properties = [claim for claim in judge.properties if SPEAKING & set(claim.params)]
        self.conjuncts = [claim for claim in judge.conjuncts if "ghost" in claim.params]
        self.courses = tuple(self._list_courses())
        self.initial = gatherer.loaded.find("thecal_specs.witnesses.box", "ghost_of_a_box")

    def find(self) -> Notice | None:
        """What notices the history as it is kept now."""
        return self._find_refuted() or self._find_course() or self._find_answer()

    def _keep(self, trace: str, steps: Sequence[Any]) -> Iterator[Any]:
        made = self.gatherer.traces[trace]
        ghost = self.initial(made.config, made.boxed_s)
        for step in steps:
            after = self.gatherer.advance(step.config, step.before, step.event, step.outcome, step.truth, ghost)
            yield replace(step, ghost=ghost, ghost_after=after)
            ghost = after

    def _find_refuted(self) -> Notice | None:
        for trace, steps in self.gatherer.sound.items():
            try:
                for known, step in zip(steps, self._keep(trace, steps), strict=True):
                    if step.ghost_after != known.ghost_after or step.ghost != known.ghost:
                        found = self._find_false(step)
                        if found is not None:
                            return Notice("sound", found.id or "ASM", found.name, str(step))
            except Exception as error:
                return Notice("sound", "TOT-04", f"raises {type(error).__name__}", f"trace {trace}")
        return None

    def _find_false(self, step: Any) -> Claim | None:
        names = step.names
        after = {**names, "state": step.outcome.state, "ghost": step.ghost_after}
        false = (each for each in (*self.gatherer.judge.assumptions, *self.properties) if each.is_refuted(names))
        return next(false, None) or next((each for each in self.conjuncts if each.is_refuted(after)), None)

    def _list_courses(self) -> Iterator[Course]:
        """Courses that a property refutes which speaks of the history, a few of each."""
        counts: Counter[str] = Counter()
        for course in self.fixtures.courses:
            refuting = [claim.id for claim in self.properties if claim.id in course.refuted]
            if any(counts[name] < COURSES_MAX for name in refuting):
                counts.update(refuting)
                yield course

    def _find_course(self) -> Notice | None:
        for course in self.courses:
            left = [claim for claim in self.properties if claim.id in course.refuted]
            try:
                for step in self._keep(course.trace, course.steps):
                    names = step.names
                    left = [claim for claim in left if not claim.is_refuted(names)]
                    if not left:
                        break
            except Exception:  # of a broken kernel the history may not go on
                continue
            if left:
                return Notice("broken", left[0].id, course.source, f"trace {course.trace}")
        return None

    def _find_answer(self) -> Notice | None:
        for claim in self.properties:
            for fixture in self.fixtures.answers[claim.id]:
                step = fixture.step
                names = fixture.names
                try:
                    given = (names[name] for name in ("config", "before", "event", "outcome", "truth", "ghost"))
                    after = self.gatherer.advance(*given)
                except Exception:  # no history follows of it any more
                    continue
                if not claim.is_refuted({**names, "ghost_after": after}):
                    return Notice("answer", claim.id, fixture.source, str(step))
        return None
