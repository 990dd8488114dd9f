# SPDX-License-Identifier: Apache-2.0
"""Has the solver prove that both translations of a function are equal, whatever the arguments.

For each way that CPython took: under its condition the first translation has the same result, leaf by leaf, and
leaves open no obligation; where CPython found no element at an index, an obligation says so; and the ways leave out
nothing. The question carries no range of any argument: what is equal is so for all integers.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import z3

from thecal_proofs.frontend import Program, Refusal, ir
from thecal_proofs.frontend.types import UnionType
from thecal_proofs.proxies import shapes
from thecal_proofs.proxies.explorer import Conditions, OutOfReach, Way
from thecal_proofs.proxies.lifted import Lifted, Modular, lift
from thecal_proofs.proxies.resolved import Resolved, Translator, find_settled
from thecal_proofs.proxies.subject import Reading, Subject
from thecal_proofs.proxies.theory import Formula, Theory
from thecal_proofs.terms import Term
from thecal_proofs.values import Record, Tuple, Value

BUDGET = 20_000_000
INT64 = 2**63
SHOWN = 12  # arguments of a difference that are told

Verdict: TypeAlias = Literal["equal", "different", "unknown", "out of reach"]


class Unlike(Exception):
    """The results are not even of one form."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of one function: the worst verdict over all its choices of records, and what it rests on."""

    function: str
    verdict: Verdict
    ways: int
    choices: int
    detail: str = ""
    callees: tuple[str, ...] = field(default_factory=tuple)


def compare(program: Program, subject: Subject, function: ir.Signature, budget: int = BUDGET) -> Comparison:
    """Compare both translations of a function, for every choice of records where its parameters are unions."""
    reading, encoder = Reading(Theory()), Modular(program)
    ways = choices = 0
    verdict: Verdict = "equal"
    detail = ""
    try:
        options = [t.members if isinstance(t, UnionType) else (t,) for _, t in function.params]
        hints = shapes.list_choices([hint for _, hint in subject.functions[function.qualified].parameters])
        for choice, types in zip(hints, itertools.product(*options), strict=True):
            explored = subject.explore(function.qualified, choice, reading)
            ways += len(explored)
            choices += 1
            verdict, detail = Judge(reading, explored, lift(encoder, function, types), budget).decide()
            if verdict != "equal":
                break
    except Unlike as error:
        verdict, detail = "different", str(error)
    except (OutOfReach, Refusal, TypeError, RecursionError) as error:
        verdict, detail = "out of reach", str(error)
    finally:
        shapes.ORIGINS.clear()
    return Comparison(function.qualified, verdict, ways, choices, detail, _list_callees(reading, encoder))


def _list_callees(reading: Reading, encoder: Modular) -> tuple[str, ...]:
    """The functions that either translation calls."""
    return tuple(dict.fromkeys([*reading.callees, *encoder.callees()]))


@dataclass(frozen=True, slots=True)
class Pair:
    """One leaf of a result, as executed and as read."""

    name: str
    executed: Formula
    read: Formula


class Judge:
    """Both translations of one function on unknowns of one choice of types."""

    def __init__(self, reading: Reading, ways: Sequence[Way], lifted: Lifted, budget: int) -> None:
        self.reading = reading
        self.theory = reading.theory
        self.ways = ways
        self.budget = budget
        self._translator = Translator(self.theory, lifted)
        self._conditions = Conditions(self.theory)

    def decide(self) -> tuple[Verdict, str]:
        """Whether the translations agree on each way, and the ways leave out nothing."""
        for way in self.ways:
            verdict, detail = self._decide_way(way)
            if verdict != "equal":
                return verdict, detail
        missing = z3.Not(self.theory.any_of([self._conditions.of(way) for way in self.ways if way.outcome != "joined"]))
        status = self._solver().check(missing)
        if status == z3.unsat:
            return "equal", ""
        return ("different" if status == z3.sat else "unknown"), "the ways taken leave something out"

    def _decide_way(self, way: Way) -> tuple[Verdict, str]:
        read = Resolved(self._translator, find_settled(self.theory, way.condition))
        pairs = list(self._pairs("result", way.value, read.result())) if way.outcome == "returned" else []
        wrong = self._find_wrong(way, read, pairs)
        if not wrong:
            return "equal", ""
        solver = self._solver()
        solver.add(self._conditions.of(way), self.theory.any_of(wrong))
        status = solver.check()
        if status == z3.sat:  # a whole and its parts may still be taken for different things
            solver.add(*self.reading.packer.define_wholes())
            status = solver.check()
        if status == z3.unsat:
            return "equal", ""
        if status == z3.unknown:
            return "unknown", f"{solver.reason_unknown()} on a way that {way.outcome}"
        return "different", _tell(way, pairs, solver.model())

    def _find_wrong(self, way: Way, read: Resolved, pairs: Sequence[Pair]) -> list[Formula]:
        """What would contradict the first translation on a way."""
        wrong = [pair.executed != pair.read for pair in pairs]
        if way.outcome != "joined":
            indices = read.obligations("index")
            wrong.append(indices if way.outcome == "undefined" else z3.Not(indices))
        if way.operations:
            overflows = [
                z3.And(operation.guard, z3.Or(operation.result < -INT64, operation.result >= INT64))
                for operation in way.operations
            ]
            wrong.append(z3.And(read.obligations("range"), z3.Or(overflows)))
        return [claim for claim in map(z3.simplify, wrong) if not z3.is_false(claim)]

    def _pairs(self, name: str, executed: Any, read: Value) -> Iterator[Pair]:
        """Yield the leaves of a result that are not the same at sight."""
        if isinstance(read, Term):
            (found,) = shapes.list_leaves(executed, self.theory)
            pair = Pair(name, z3.simplify(found), z3.simplify(self._translator.translate(read)))
            if not pair.executed.eq(pair.read):
                yield pair
            return
        whole, other = shapes.find_whole(executed), self._translator.find_whole(read)
        if whole is not None and other is not None and whole.eq(other):
            return
        for part, item, inner in _list_items(name, executed, read):
            yield from self._pairs(part, item, inner)

    def _solver(self) -> Formula:
        solver = z3.SimpleSolver(ctx=self.theory.context)
        solver.set("rlimit", self.budget)
        solver.set("random_seed", 0)
        return solver


def _list_items(name: str, executed: Any, read: Value) -> Iterator[tuple[str, Any, Value]]:
    if isinstance(read, Record):
        kind = type(executed)
        if (kind.__module__, kind.__name__) != (read.type.module, read.type.name):
            raise Unlike(f"{name} is a {kind.__name__} as executed and a {read.type.name} as read")
        for (field, _), inner in zip(read.type.fields, read.items, strict=True):
            yield f"{name}.{field}", getattr(executed, field), inner
    elif isinstance(read, Tuple):
        if not isinstance(executed, tuple) or len(executed) != len(read.items):
            raise Unlike(f"{name} is a tuple of {len(read.items)} as read, and not as executed")
        for place, (item, inner) in enumerate(zip(executed, read.items, strict=True)):
            yield f"{name}[{place}]", item, inner


def _tell(way: Way, pairs: Sequence[Pair], model: Formula) -> str:
    """Where both differ: the leaf, what each says, and the arguments that the model names."""
    told = [f"a way that {way.outcome}"]
    for pair in pairs:
        executed, read = model.eval(pair.executed, True), model.eval(pair.read, True)
        if not executed.eq(read):
            told.append(f"{pair.name} is {executed} as executed, {read} as read")
            break
    given = [f"{d} = {model[d]}" for d in model.decls() if d.arity() == 0]
    return "; ".join([*told, *sorted(given)[:SHOWN]])
