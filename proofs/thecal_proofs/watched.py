# SPDX-License-Identifier: Apache-2.0
"""Runs functions in CPython and notes each operation that leaves 64 bits or its tuple, where it stands.

CPython's integers have no end, so an overflow is no error there. For a while the functions of some packages run a
copy of their own code in which every sum, difference, product, negation and index is looked at; the functions stay
the same objects, and so do all classes.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

INT64_END = 2**63
WATCH = "__watch__"  # the name that the changed code knows the watch by


@dataclass(frozen=True, slots=True)
class Violation:
    """An operation that is not defined in 64 bits: what it is, the function that it stands in, line and column."""

    kind: str
    function: str
    line: int
    col: int


@dataclass(slots=True)
class Watch:
    """What the changed code tells of its operations."""

    requires: Mapping[str, Callable[..., object]]
    found: list[Violation] = field(default_factory=list)

    def ranged(self, value: Any, *place: Any) -> Any:
        """A result, which must be in 64 bits if it is an integer."""
        if isinstance(value, int) and not -INT64_END <= value < INT64_END:
            self.found.append(Violation("range", *place))
        return value

    def total(self, items: Iterable[int], *place: Any) -> int:
        """A sum, each part of which must be in 64 bits."""
        found = 0
        for item in items:
            found = self.ranged(found + item, *place)
        return found

    def entry(self, items: Any, index: int, *place: Any) -> Any:
        """An entry of a tuple, which must be there; counting from the end does not count."""
        if not 0 <= index < len(items):
            self.found.append(Violation("index", *place))
        return items[index]

    def owed(self, values: tuple[Any, ...], *place: Any) -> None:
        """What a function requires of its arguments."""
        required = self.requires.get(place[0])
        if required is not None and required(*values) is not True:
            self.found.append(Violation("requires", *place))


class _Watcher(ast.NodeTransformer):
    """Changes one function's code so that it tells of its operations."""

    def __init__(self, function: str) -> None:
        self.function = function

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """A sum, difference or product."""
        self.generic_visit(node)
        return self._told("ranged", node, node) if isinstance(node.op, ast.Add | ast.Sub | ast.Mult) else node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """A negation."""
        self.generic_visit(node)
        return self._told("ranged", node, node) if isinstance(node.op, ast.USub) else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A built-in function that computes."""
        self.generic_visit(node)
        match node.func:
            case ast.Name(id="sum"):
                return self._told("total", node, *node.args)
            case ast.Name(id="abs"):
                return self._told("ranged", node, node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """An entry of a tuple."""
        self.generic_visit(node)
        if isinstance(node.slice, ast.Slice) or not isinstance(node.ctx, ast.Load):
            return node
        return self._told("entry", node, node.value, node.slice)

    def changed(self, node: ast.FunctionDef) -> None:
        """Change a function's body, what it requires of its arguments first."""
        arguments = ast.Tuple([ast.Name(arg.arg, ast.Load()) for arg in node.args.args], ast.Load())
        first = ast.Expr(self._told("owed", node, arguments))
        node.body = [first, *(self.visit(statement) for statement in node.body)]

    def _told(self, method: str, node: ast.expr | ast.stmt, *args: ast.expr) -> ast.expr:
        place = [ast.Constant(part) for part in (self.function, node.lineno, node.col_offset + 1)]
        call = ast.Call(ast.Attribute(ast.Name(WATCH, ast.Load()), method, ast.Load()), [*args, *place], [])
        return ast.copy_location(call, node)


@contextmanager
def watching(*packages: str, requires: Mapping[Any, Callable[..., object]] | None = None) -> Iterator[list[Violation]]:
    """Yield the violations of all that is run meanwhile of the imported modules of some packages.

    ``requires`` are predicates over a function's arguments, by the function.
    """
    named = {f"{f.__module__}.{f.__name__}": predicate for f, predicate in (requires or {}).items()}
    watch = Watch(named)
    modules = [m for name, m in list(sys.modules.items()) if name.split(".")[0] in packages]
    kept = [(function, function.__code__) for module in modules for function in _functions(module).values()]
    try:
        for module in modules:
            _change(module, watch)
        yield watch.found
    finally:
        for function, code in kept:
            function.__code__ = code
        for module in modules:
            module.__dict__.pop(WATCH, None)


def _functions(module: ModuleType) -> Mapping[str, FunctionType]:
    """The functions that a module defines itself."""
    own = ((name, value) for name, value in vars(module).items() if isinstance(value, FunctionType))
    return {name: value for name, value in own if value.__module__ == module.__name__}


def _change(module: ModuleType, watch: Watch) -> None:
    functions = _functions(module)
    if not functions or module.__file__ is None:
        return
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            _Watcher(f"{module.__name__}.{node.name}").changed(node)
    code = compile(ast.fix_missing_locations(tree), module.__file__, "exec")
    module.__dict__[WATCH] = watch
    for part in code.co_consts:
        if isinstance(part, CodeType) and part.co_name in functions:
            functions[part.co_name].__code__ = part
