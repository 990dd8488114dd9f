# SPDX-License-Identifier: Apache-2.0
"""Searches for an argument by cases: decides truths, follows what they bring, and learns a clause from each clash.

What it finds is written down step by step, each with what it follows from, for somebody else to check.
"""

from collections.abc import Iterable
from math import floor

from thecal_proofs.opinions.coq.argument import Evidence, Literal, Step, needed_for, summed
from thecal_proofs.opinions.coq.items import Rule
from thecal_proofs.opinions.coq.reckoning import Clash, demand, evidence_of
from thecal_proofs.opinions.coq.simplex import Simplex
from thecal_proofs.opinions.coq.table import Table

DECAY = 0.95


class Lost(Exception):
    """The search gives up; says why."""


class Cases:
    """One search; `argument` then has the steps that lead to a contradiction, in order."""

    def __init__(self, table: Table, steps: Iterable[Step], rules: Iterable[Rule], most: int) -> None:
        self.table = table
        self.most = most  # clashes, after which it gives up
        self.steps: list[Step] = []
        self._watched: dict[Literal, list[int]] = {}
        self._clauses: list[list[Literal]] = []
        self._values: dict[int, bool] = {}
        self._levels: dict[int, int] = {}
        self._reasons: dict[int, int | None] = {}
        self._trail: list[Literal] = []
        self._places: dict[int, int] = {}
        self._limits: list[tuple[int, int, int]] = []  # of each level: trail, bounds, what arithmetic was told
        self._told = 0
        self._followed = 0
        self._weights: dict[int, float] = {}
        self._bump = 1.0
        self._phases: dict[int, bool] = {}
        self._units: dict[int, int] = {}  # of a truth that is settled, the step that says so
        self._simplex = Simplex()
        self._rules: dict[Literal, list[Rule]] = {}
        self._atoms: dict[int, int] = {}  # variables of arithmetic, with the node that each is
        self._branches = 0
        self._clashes = 0
        self._found: int | None = None
        always = []
        for rule in rules:
            for literal in rule.literals:
                self._rules.setdefault(literal, []).append(rule)
                self._weights[abs(literal)] = 0.0
            if not rule.literals:
                always.append(rule)
        self._start(steps, always)

    # The search

    def _start(self, steps: Iterable[Step], always: Iterable[Rule]) -> None:
        clash = None
        for rule in always:
            clash = clash or demand(self._simplex, rule)
        if clash is not None:
            self._learn_of(self._write(clash))
        for step in steps:
            if self._found is None:
                self._add_clause(step)

    def _add_clause(self, step: Step) -> None:
        """Take in a clause while nothing is decided."""
        number = self._store(step)
        clause = self._clauses[number]
        for literal in clause:
            self._weights.setdefault(abs(literal), 0.0)
        open_ones = [literal for literal in clause if abs(literal) not in self._values]
        if any(self._is(literal) for literal in clause):
            pass
        elif not open_ones:
            self._learn_of(number)
        elif len(open_ones) == 1:
            self._set(open_ones[0], number)
        self._watch(number)

    def _store(self, step: Step) -> int:
        self.steps.append(step)
        self._clauses.append(list(dict.fromkeys(step.clause)))
        return len(self.steps) - 1

    def _watch(self, number: int) -> None:
        clause = self._clauses[number]
        clause.sort(key=lambda literal: (self._is(-literal), -self._levels.get(abs(literal), 0)))
        for literal in clause[:2]:
            self._watched.setdefault(-literal, []).append(number)

    def _is(self, literal: Literal) -> bool:
        return self._values.get(abs(literal)) == (literal > 0)

    def _set(self, literal: Literal, reason: int | None) -> None:
        node = abs(literal)
        self._values[node] = self._phases[node] = literal > 0
        self._levels[node] = len(self._limits)
        self._reasons[node] = reason
        self._places[node] = len(self._trail)
        self._trail.append(literal)
        if not self._limits and reason is not None:
            self._settle(literal, reason)

    def _settle(self, literal: Literal, reason: int) -> None:
        """Write down that a truth is settled, once and for all."""
        hints = [self._units[abs(each)] for each in self._clauses[reason] if each != literal]
        if hints:
            self._units[abs(literal)] = self._store(Step("Derived", (literal,), hints=(*hints, reason)))
        else:
            self._units[abs(literal)] = reason

    def find(self) -> list[Step]:
        """The steps of an argument. Raises `Lost`."""
        while self._found is None:
            clash = self._follow()
            if clash is not None:
                self._learn_of(clash)
                continue
            literal = self._next()
            if literal is None:
                if not self._branch():
                    raise Lost("a case is left open")
                continue
            self._limits.append((len(self._trail), self._simplex.mark(), self._told))
            self._set(literal, None)
        return needed_for(self.steps, self._found)

    def _next(self) -> Literal | None:
        """The truth to decide next: that which had most to do with recent clashes."""
        best, weight = None, -1.0
        for node, its in self._weights.items():
            if its > weight and node not in self._values:
                best, weight = node, its
        return None if best is None else best if self._phases.get(best, False) else -best

    def _follow(self) -> int | None:
        """Take what follows from the truths so far; the clause that clashes, if one does."""
        while True:
            while self._followed < len(self._trail):
                literal = self._trail[self._followed]
                self._followed += 1
                clash = self._spread(literal)
                if clash is not None:
                    return clash
            clash = self._reckon()
            if clash is not None or self._followed == len(self._trail):
                return clash

    def _spread(self, literal: Literal) -> int | None:
        watched = self._watched.get(literal, [])
        kept: list[int] = []
        for index, number in enumerate(watched):
            clause = self._clauses[number]
            if clause[0] == -literal and len(clause) > 1:
                clause[0], clause[1] = clause[1], clause[0]
            if self._is(clause[0]):
                kept.append(number)
                continue
            for place in range(2, len(clause)):
                if not self._is(-clause[place]):
                    clause[1], clause[place] = clause[place], clause[1]
                    self._watched.setdefault(-clause[1], []).append(number)
                    break
            else:
                kept.append(number)
                if self._is(-clause[0]):
                    kept += watched[index + 1 :]
                    self._watched[literal] = kept
                    return number
                self._set(clause[0], number)
        self._watched[literal] = kept
        return None

    # Arithmetic

    def _reckon(self) -> int | None:
        """Tell arithmetic what the truths say of integers; the clause that it brings where that cannot be."""
        while self._told < len(self._trail):
            literal = self._trail[self._told]
            self._told += 1
            for rule in self._rules.get(literal, ()):
                clash = demand(self._simplex, rule) if all(map(self._is, rule.literals)) else None
                if clash is not None:
                    return self._write(clash)
        try:
            found = self._simplex.check()
        except TimeoutError:
            raise Lost("too many pivots") from None
        return None if found is None else self._write(found)

    def _write(self, clash: Clash) -> int:
        """The clause that says that some bounds do not hold together."""
        clause = tuple(dict.fromkeys(-literal for _, (_, literals) in clash for literal in literals))
        return self._store(Step("Arith", clause, evidence=(evidence_of(clash),)))

    def _branch(self) -> bool:
        """Where an integer was given a value that is none, take one side or the other."""
        simplex = self._simplex
        for variable in range(len(simplex.values)):
            value = simplex.values[variable]
            if value.denominator == 1:
                continue
            form = next(form for form, each in simplex._of.items() if each == variable)
            if len(form) > 1 or len(form[0][0]) > 1:
                continue
            node = form[0][0][0]
            self._branches += 1
            if self._branches > 200:
                raise Lost("too many branches")
            self._part(node, floor(value))
            return True
        return False

    def _part(self, node: int, limit: int) -> None:
        table = self.table
        below = table.make("le", (node, table.const(limit)))
        above = table.make("le", (table.const(limit + 1), node))
        for each in (below, above):
            for literal in (each, -each):
                said = table.said(literal)
                assert said is not None
                self._rules.setdefault(literal, [])
                rule = Rule((literal,), Evidence("Given", (each,)), *said)
                if rule not in self._rules[literal]:
                    self._rules[literal].append(rule)
        total = summed([Evidence("Given", (below,)), Evidence("Given", (above,))])
        self._back(0)
        self._add_clause(Step("Arith", (below, above), evidence=(total,)))
        self._weights[below] = self._weights[above] = self._bump

    # Learning

    def _back(self, level: int) -> None:
        if len(self._limits) > level:
            trail, bounds, told = self._limits[level]
            for literal in self._trail[trail:]:
                del self._values[abs(literal)], self._levels[abs(literal)], self._reasons[abs(literal)]
            del self._trail[trail:]
            del self._limits[level:]
            self._simplex.undo(bounds)
            self._told = min(self._told, told)
            self._followed = len(self._trail)

    def _learn_of(self, clash: int) -> None:
        """Learn from a clause that is false: go back to where what it teaches says something new."""
        self._clashes += 1
        if self._clashes > self.most:
            raise Lost("too many cases")
        level = max((self._levels[abs(literal)] for literal in self._clauses[clash]), default=0)
        self._back(level)
        if level == 0:
            hints = [self._units[abs(each)] for each in self._clauses[clash]]
            self._found = self._store(Step("Derived", (), hints=(*hints, clash))) if hints else clash
            return
        learnt, used, units = self._resolve(clash, level)
        used.sort(key=lambda node: self._places[node])
        reasons = [self._reasons[node] for node in used]
        hints = [*units, *(reason for reason in reasons if reason is not None), clash]
        number = self._store(Step("Derived", tuple(learnt), hints=tuple(hints))) if len(hints) > 1 else clash
        self._bump /= DECAY
        levels = sorted((self._levels[abs(each)] for each in learnt), reverse=True)
        self._back(levels[1] if len(levels) > 1 else 0)
        if number == clash:
            learnt = self._clauses[clash]
        left = next(literal for literal in learnt if abs(literal) not in self._values)
        self._watch(number)
        self._set(left, number)

    def _resolve(self, clash: int, level: int) -> tuple[list[Literal], list[int], list[int]]:
        """The first clause on the way back in which one truth of the last decision is left, and what it took."""
        seen: set[int] = set()
        learnt: list[Literal] = []
        used: list[int] = []
        units: dict[int, None] = {}
        open_ones = 0
        place = len(self._trail)
        clause: Iterable[Literal] = self._clauses[clash]
        while True:
            for literal in clause:
                node = abs(literal)
                if node in seen:
                    continue
                seen.add(node)
                self._weights[node] = self._weights.get(node, 0.0) + self._bump
                if self._levels[node] == 0:
                    units[self._units[node]] = None
                elif self._levels[node] == level:
                    open_ones += 1
                else:
                    learnt.append(literal)
            while True:
                place -= 1
                if abs(self._trail[place]) in seen and self._levels[abs(self._trail[place])] == level:
                    break
            literal = self._trail[place]
            open_ones -= 1
            if open_ones == 0:
                learnt.append(-literal)
                return learnt, used, list(units)
            used.append(abs(literal))
            reason = self._reasons[abs(literal)]
            assert reason is not None
            clause = [each for each in self._clauses[reason] if each != literal]
