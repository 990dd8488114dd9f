# SPDX-License-Identifier: Apache-2.0
"""What stands at module level: imports, constants, aliases, classes, functions. Anything else is refused."""

import ast
from collections.abc import Container
from dataclasses import dataclass
from typing import TypeAlias

from thecal_proofs.frontend.refusal import Refusal, locate
from thecal_proofs.frontend.sources import SourceFile

EXTERNAL_MODULES = ("dataclasses", "enum", "typing", "__future__")


@dataclass(frozen=True, slots=True)
class Imported:
    """A name taken from another module of the sources."""

    syntax: ast.AST
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class ModuleRef:
    """A module used as a name (`from thecal import units`)."""

    module: str
    syntax: ast.AST


@dataclass(frozen=True, slots=True)
class External:
    """A name of the standard library that the subset knows."""

    module: str
    name: str
    syntax: ast.AST


@dataclass(frozen=True, slots=True)
class ConstantNode:
    """A constant or a type alias, not yet told apart."""

    syntax: ast.AST
    annotation: ast.expr | None
    value: ast.expr
    is_alias: bool


Node: TypeAlias = Imported | ModuleRef | External | ConstantNode | ast.ClassDef | ast.FunctionDef


def read_definitions(source: SourceFile, known: Container[str]) -> dict[str, Node]:
    """Collect the definitions of one module, in source order."""
    try:
        tree = ast.parse(source.text)
    except SyntaxError as error:
        loc = locate(source.shown, ast.Pass(lineno=error.lineno or 1, col_offset=(error.offset or 1) - 1))
        raise Refusal(loc, f"not Python: {error.msg}", "it must parse", "Correct the syntax") from None
    return _Reader(source, known).read(tree)


class _Reader:
    def __init__(self, source: SourceFile, known: Container[str]) -> None:
        self.source = source
        self.known = known
        self.found: dict[str, Node] = {}

    def read(self, tree: ast.Module) -> dict[str, Node]:
        for statement in tree.body:
            self._statement(statement)
        return self.found

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.Import():
                self._import(statement)
            case ast.ImportFrom():
                self._import_from(statement)
            case ast.Assign(targets=[ast.Name(id="__all__" | "__version__")]):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._define(name, ConstantNode(statement, None, value, False))
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
                alias = isinstance(annotation, ast.Name) and annotation.id == "TypeAlias"
                self._define(name, ConstantNode(statement, annotation, value, alias))
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                self._define(name, statement)
            case _:
                raise self._refuse(
                    statement,
                    f"a {type(statement).__name__} at module level",
                    "a module only defines: importing it must run nothing",
                    "Write a constant, an alias, an IntEnum, a record or a function",
                )

    def _define(self, name: str, node: Node) -> None:
        if name in self.found:
            syntax = node if isinstance(node, ast.AST) else node.syntax
            raise self._refuse(
                syntax, f"{name} is defined twice", "a module-level name has one meaning", "Rename one of them"
            )
        self.found[name] = node

    def _import(self, statement: ast.Import) -> None:
        for alias in statement.names:
            if alias.name not in self.known or (alias.asname is None and "." in alias.name):
                raise self._refuse(
                    statement,
                    f"import {alias.name}",
                    "the subset knows its own modules and dataclasses, enum, typing",
                    "Write `from package.module import name`",
                )
            self._define(alias.asname or alias.name, ModuleRef(alias.name, statement))

    def _import_from(self, statement: ast.ImportFrom) -> None:
        module = self._absolute(statement)
        if module not in self.known and module not in EXTERNAL_MODULES:
            raise self._refuse(
                statement,
                f"import from {module}",
                "the subset knows its own modules and dataclasses, enum, typing",
                "Move what is needed into a module of the package",
            )
        for alias in statement.names:
            name = alias.asname or alias.name
            if alias.name == "*":
                raise self._refuse(statement, "import of *", "names must be seen to be bound", "Name them")
            external = module in EXTERNAL_MODULES
            self._define(
                name,
                External(module, alias.name, statement) if external else Imported(statement, module, alias.name),
            )

    def _absolute(self, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ""
        parts = self.source.module.split(".")
        is_package = self.source.shown.endswith("__init__.py")
        base = parts[: len(parts) - statement.level + is_package]
        return ".".join([*base, statement.module] if statement.module else base)

    def _refuse(self, node: ast.AST, what: str, why: str, instead: str) -> Refusal:
        return Refusal(locate(self.source.shown, node), what, why, instead)
