# SPDX-License-Identifier: Apache-2.0
"""Explores a function by executing it again and again: each time a proxy is asked for its truth, two ways open.

A way that the solver shows to be impossible is not taken. Where a function has many ways, those that go on alike are
joined: from there it is explored once, under the condition that any of them led there (`joins.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Final, Literal, TypeAlias

import z3

from thecal_proofs.proxies.joins import ITEMS, find_next
from thecal_proofs.proxies.theory import Formula, Theory

PRUNING_BUDGET = 100_000
FEW_WAYS = 192  # a function with more is explored anew, with joins
MANY_WAYS = 4_000

Outcome: TypeAlias = Literal["returned", "undefined", "joined"]


class OutOfReach(Exception):
    """What this translation cannot follow, and why."""


class TooManyWays(OutOfReach):
    """More ways through a function than are explored."""


class Undefined(BaseException):
    """The executed function has no value here: an index outside its table."""


class Abandoned(BaseException):
    """This execution goes on as another one does."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A sum, difference or product that was computed, and under which condition of its own."""

    guard: Formula
    result: Formula


@dataclass(slots=True, eq=False)
class Section:
    """What is explored from one join on: how to come there again, and the conditions under which one does."""

    prefix: tuple[bool, ...]
    entries: "list[tuple[Section, Formula]]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a section: its condition, how it ends, with what value, and what was computed on it."""

    section: Section
    condition: Formula
    outcome: Outcome
    value: object
    operations: tuple[Operation, ...]


class Explorer:
    """All ways through one execution.

    With the `code` of the function whose frame may be joined, impossible ways are left out too: both cost, and pay only
    where there are many. Two values of one `fingerprint` are equal.
    """

    def __init__(
        self,
        theory: Theory,
        run: Callable[[], object],
        fingerprint: Callable[[object], object],
        code: CodeType | None = None,
    ) -> None:
        self.theory = theory
        self.run = run
        self.fingerprint = fingerprint
        self.code = code
        self.ways: list[Way] = []
        self._sections: dict[tuple[object, ...], Section] = {}
        self._todo: list[tuple[tuple[bool, ...], Section]] = []

    def explore(self, limit: int = MANY_WAYS) -> list[Way]:
        """Execute until every way was taken; return those that come to an end."""
        root = Section(())
        root.entries.append((root, self.theory.boolean(True)))
        self._todo.append(((), root))
        _ACTIVE.append(self)
        try:
            while self._todo:
                if len(self.ways) >= limit:
                    raise TooManyWays(f"more than {limit} ways through it")
                self._execute(*self._todo.pop())
        finally:
            _ACTIVE.pop()
        return self.ways

    def _execute(self, prefix: tuple[bool, ...], section: Section) -> None:
        self._prefix, self._section = prefix, section
        self._taken: list[bool] = []
        self._path: list[Formula] = []
        self._known: dict[int, bool] = {}
        self._operations: list[Operation] = []
        self._solver: Formula = None
        value: object = None
        outcome: Outcome = "joined"
        try:
            value = self.run()
            outcome = "returned"
        except (Undefined, IndexError):
            outcome = "undefined"
        except Abandoned:
            pass
        self.ways.append(Way(section, self.theory.all_of(self._path), outcome, value, tuple(self._operations)))

    def fork(self, condition: Formula, frame: FrameType | None = None) -> bool:
        """Decide a truth that the executed function asks for."""
        simple = z3.simplify(condition)
        if z3.is_true(simple) or z3.is_false(simple):
            return bool(z3.is_true(simple))
        place = len(self._taken)
        if place < len(self._prefix):
            return self._take(simple, self._prefix[place])
        possible = self._find_possible(simple)
        if len(possible) == 1:
            return self._take(simple, possible[0])
        return self._split(simple, frame)

    def note(self, guard: Formula, result: Formula) -> None:
        """Remember an operation, if it belongs to this section; nothing added to a leaf is none."""
        simple = z3.simplify(result)
        if len(self._taken) >= len(self._section.prefix) and not self.theory.is_leaf(simple):
            self._operations.append(Operation(guard, simple))

    def _find_possible(self, condition: Formula) -> list[bool]:
        known = self._known.get(self.theory.identify(condition))
        if known is not None:
            return [known]
        if self.code is None:
            return [True, False]
        if self._solver is None:
            self._solver = z3.SimpleSolver(ctx=self.theory.context)
            self._solver.set("rlimit", PRUNING_BUDGET)
            self._solver.add(*self._path)
        found = [v for v in (True, False) if self._solver.check(_literal(condition, v)) != z3.unsat]
        return found or [True]  # an impossible way ends as soon as it may; its condition cannot hold

    def _split(self, condition: Formula, frame: FrameType | None) -> bool:
        going: list[bool] = []
        for outcome in (True, False):
            section = self._find_join(frame, outcome)
            if section is None:
                going.append(outcome)
            else:
                path = self.theory.all_of([*self._path, _literal(condition, outcome)])
                section.entries.append((self._section, path))
        for outcome in going[1:]:
            self._todo.append(((*self._taken, outcome), self._section))
        if not going:
            raise Abandoned
        return self._take(condition, going[0])

    def _find_join(self, frame: FrameType | None, outcome: bool) -> Section | None:
        """The section that an outcome leads to, made and queued when it is met first."""
        if self.code is None or frame is None or frame.f_code is not self.code:
            return None
        offset = find_next(frame, outcome)
        if offset is None:
            return None
        local = frame.f_locals
        names = sorted(name for name in local if name != ITEMS)
        key = (offset, *((name, self.fingerprint(local[name])) for name in names))
        section = self._sections.get(key)
        if section is None:
            section = self._sections[key] = Section((*self._taken, outcome))
            self._todo.append((section.prefix, section))
        return section

    def _take(self, condition: Formula, outcome: bool) -> bool:
        place = len(self._taken)
        self._taken.append(outcome)
        if place < len(self._section.prefix):
            return outcome
        literal = _literal(condition, outcome)
        number = self.theory.identify(condition)
        if number not in self._known:
            self._path.append(literal)
            self._known[number] = outcome
            self._known[self.theory.identify(z3.simplify(z3.Not(condition)))] = not outcome
            if self._solver is not None:
                self._solver.add(literal)
        return outcome


def explore(
    theory: Theory, run: Callable[[], object], code: CodeType, fingerprint: Callable[[object], object], few: int
) -> list[Way]:
    """All ways through an execution of a function, joined where there are more than a few."""
    try:
        return Explorer(theory, run, fingerprint).explore(few)
    except TooManyWays:
        return Explorer(theory, run, fingerprint, code).explore()


class Conditions:
    """Under which conditions ways are taken, from the beginning on."""

    def __init__(self, theory: Theory) -> None:
        self.theory = theory
        self._reached: dict[Section, Formula] = {}

    def of(self, way: Way) -> Formula:
        """The condition of a way."""
        return z3.And(self._reach(way.section), way.condition)

    def _reach(self, section: Section) -> Formula:
        """Under which condition a section is come to; those before it are settled first."""
        todo = [section]
        while todo:
            here = todo[-1]
            missing = [s for s, _ in here.entries if s is not here and s not in self._reached]
            if missing:
                todo.extend(missing)
                continue
            todo.pop()
            self._reached[here] = self.theory.any_of(
                [path if s is here else z3.And(self._reached[s], path) for s, path in here.entries]
            )
        return self._reached[section]


_ACTIVE: Final[list[Explorer]] = []


def current() -> Explorer:
    """The exploration that the executed function belongs to."""
    return _ACTIVE[-1]


def _literal(condition: Formula, outcome: bool) -> Formula:
    return condition if outcome else z3.Not(condition)
