# SPDX-License-Identifier: Apache-2.0
"""Where a property claims something of a concrete step: its implications, one by one, told by CPython.

`antecedent` makes a twin that a solver can ask for; this twin is run on a step that happened. Each `return` of the
property's own text is rewritten to name the places that claim something there: `implies(a, c)` does where `a` holds;
both sides of an `and` count for themselves; `all(... for ...)` does where one of its elements does; `True` nowhere;
anything else wherever its `return` is reached.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

from thecal_proofs.frontend import Program, ir
from thecal_proofs.loading import Loaded

Place: TypeAlias = tuple[int, int]  # line, and column from 1, in the property's module


@dataclass(frozen=True, slots=True)
class Clause:
    """One place that claims something, and the condition under which it does."""

    place: Place
    condition: ast.expr


class Claimed:
    """A property that tells where it claims something, instead of whether it holds."""

    def __init__(self, program: Program, loaded: Loaded, predicate: ir.Signature) -> None:
        node = program.definitions(predicate.module)[predicate.name]
        if not isinstance(node, ast.FunctionDef):
            raise TypeError(f"{predicate.qualified} is no function")
        rewriter = _Rewriter()
        module = ast.Module([rewriter.visit(deepcopy(node))], [])
        names = dict(loaded.find(predicate.module, predicate.name).__globals__)
        exec(compile(ast.fix_missing_locations(module), predicate.loc.file, "exec"), names)
        self._run = names[predicate.name]
        self._params = [name for name, _ in predicate.params]
        self._file = predicate.loc.file
        self.places = frozenset(rewriter.places)

    def find(self, names: Mapping[str, Any]) -> set[Place]:
        """The places that claim something of a step, whose values are bound by name."""
        return {place for place, holds in self._run(*(names[name] for name in self._params)) if holds}

    def show(self, place: Place) -> str:
        """A place as messages print it."""
        return f"{self._file}:{place[0]}:{place[1]}"


def write_antecedent(node: ast.FunctionDef, name: str) -> str:
    """The text of a predicate's twin for the solver: True where any of its places claims something."""
    twin = _Joiner().visit(deepcopy(node))
    twin.name = name
    return ast.unparse(ast.fix_missing_locations(twin))


class _Joiner(ast.NodeTransformer):
    """Puts the conditions, any of which is enough, in place of what a predicate returns."""

    def visit_Return(self, node: ast.Return) -> ast.Return:
        conditions = [clause.condition for clause in _clauses(node.value, _place(node))]
        if any(isinstance(each, ast.Constant) for each in conditions):
            return ast.copy_location(ast.Return(ast.Constant(True)), node)
        joined = ast.BoolOp(ast.Or(), conditions) if len(conditions) > 1 else (conditions or [ast.Constant(False)])[0]
        return ast.copy_location(ast.Return(joined), node)


class _Rewriter(ast.NodeTransformer):
    """Puts pairs of place and condition in place of what a predicate returns."""

    def __init__(self) -> None:
        self.places: set[Place] = set()

    def visit_Return(self, node: ast.Return) -> ast.Return:
        clauses = list(_clauses(node.value, _place(node)))
        self.places |= {clause.place for clause in clauses}
        return ast.copy_location(ast.Return(_tuple(_tell(clause) for clause in clauses)), node)


def _clauses(value: ast.expr | None, place: Place) -> Iterator[Clause]:
    """Take a claim apart; the place is that of the implication, or else the return, around it."""
    match value:
        case ast.Constant(value=True):
            return
        case ast.BoolOp(op=ast.And(), values=sides):
            for side in sides:
                yield from _clauses(side, place)
        case ast.Call(func=ast.Name(id="implies"), args=[condition, conclusion]):
            for clause in _clauses(conclusion, _place(value)):
                yield Clause(clause.place, ast.BoolOp(ast.And(), [condition, clause.condition]))
        case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt=element, generators=loops)]):
            for clause in _clauses(element, place):
                some = ast.GeneratorExp(clause.condition, loops)
                yield Clause(clause.place, ast.Call(ast.Name("any", ast.Load()), [some], []))
        case _:
            yield Clause(place, ast.Constant(True))


def _tell(clause: Clause) -> ast.expr:
    line, column = clause.place
    return _tuple((_tuple((ast.Constant(line), ast.Constant(column))), clause.condition))


def _tuple(items: Iterable[ast.expr]) -> ast.expr:
    return ast.Tuple(list(items), ast.Load())


def _place(node: ast.stmt | ast.expr) -> Place:
    return node.lineno, node.col_offset + 1
