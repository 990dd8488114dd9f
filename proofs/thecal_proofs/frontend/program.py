# SPDX-License-Identifier: Apache-2.0
"""All modules of one proof: resolves names lazily, so that proving one property reads only what it needs."""

import ast
from collections.abc import Collection, Iterator

from thecal_proofs.frontend import ir
from thecal_proofs.frontend.definitions import (
    ConstantNode,
    External,
    Imported,
    ModuleRef,
    Node,
    read_definitions,
)
from thecal_proofs.frontend.records import read_enum, read_record
from thecal_proofs.frontend.refusal import Loc, Refusal, locate
from thecal_proofs.frontend.scope import Scope
from thecal_proofs.frontend.sources import Sources
from thecal_proofs.frontend.statements import lower_body
from thecal_proofs.frontend.types import EnumType, RecordType, Type, UnionType, is_assignable

Meaning = Type | ir.Signature | ir.Constant | ModuleRef | External


class Program:
    """Names and their meanings over a set of sources."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._definitions: dict[str, dict[str, Node]] = {}
        self._meanings: dict[tuple[str, str], Meaning] = {}
        self._resolving: list[tuple[str, str]] = []
        self._bodies: dict[ir.Signature, ir.Block] = {}
        self._nodes: dict[ir.Signature, ast.FunctionDef] = {}

    def definitions(self, module: str) -> dict[str, Node]:
        """Return the module-level names of one module, unresolved."""
        if module not in self._definitions:
            self._definitions[module] = read_definitions(self.sources.files[module], self.sources.files)
        return self._definitions[module]

    def resolve(self, module: str, name: str) -> Meaning | None:
        """Return what a module-level name means, following imports; None if it is not defined there."""
        key = module, name
        if key not in self._meanings:
            node = self.definitions(module).get(name)
            if node is None:
                submodule = f"{module}.{name}"
                return ModuleRef(submodule, ast.Pass()) if submodule in self.sources.files else None
            self._meanings[key] = self._resolve_node(key, node)
        return self._meanings[key]

    def signature(self, module: str, name: str) -> ir.Signature:
        """Return a function's signature, or raise KeyError."""
        meaning = self.resolve(module, name) if module in self.sources.files else None
        if not isinstance(meaning, ir.Signature):
            raise KeyError(f"{module}.{name} is not a function of the sources")
        return meaning

    def body(self, function: ir.Signature) -> ir.Block:
        """Return a function's statements, lowered once."""
        if function not in self._bodies:
            scope = self.scope(function.module)
            self._bodies[function] = lower_body(scope, function, self._nodes[function])
        return self._bodies[function]

    def define(self, function: ir.Signature, body: ir.Block) -> None:
        """Add a function made from others; how an antecedent is told from its property."""
        self._bodies[function] = body

    def scope(self, module: str) -> Scope:
        """Return an empty scope inside a module."""
        return Scope(self, module, self.sources.files[module].shown, {})

    def functions(self, package: str, outside: Collection[str] = ()) -> Iterator[ir.Signature]:
        """Yield every function defined in a package, but for modules `outside`, in source order."""
        for module in self.sources.modules_of(package):
            if module in outside:
                continue
            for name, node in self.definitions(module).items():
                if isinstance(node, ast.FunctionDef):
                    yield self.signature(module, name)

    def check(self, package: str, outside: Collection[str] = ()) -> list[Refusal]:
        """Read everything in a package, but for modules `outside`; return what the subset refuses."""
        refusals = []
        for module in self.sources.modules_of(package):
            if module in outside:
                continue
            try:
                names = list(self.definitions(module))
            except Refusal as refusal:
                refusals.append(refusal)
                continue
            for name in names:
                try:
                    meaning = self.resolve(module, name)
                    if isinstance(meaning, ir.Signature) and meaning.module == module:
                        self.body(meaning)
                        self._refuse_recursion(meaning)
                except Refusal as refusal:
                    refusals.append(refusal)
        return sorted({str(r): r for r in refusals}.values(), key=lambda r: r.loc)

    def _resolve_node(self, key: tuple[str, str], node: Node) -> Meaning:
        if key in self._resolving:
            raise Refusal(
                self._loc(key, node),
                f"{key[1]} is defined by way of itself",
                "a definition must be finite",
                "Break the cycle",
            )
        self._resolving.append(key)
        try:
            return self._read(key, node)
        finally:
            self._resolving.pop()

    def _read(self, key: tuple[str, str], node: Node) -> Meaning:
        module, name = key
        scope = self.scope(module)
        match node:
            case Imported():
                return self._follow(key, node)
            case ModuleRef() | External():
                return node
            case ast.ClassDef():
                return read_enum(scope, node) if _is_enum(node) else read_record(scope, node)
            case ast.FunctionDef():
                return self._read_signature(scope, node)
            case ConstantNode():
                return self._read_constant(scope, name, node)

    def _follow(self, key: tuple[str, str], node: Imported) -> Meaning:
        submodule = f"{node.module}.{node.name}"
        if submodule in self.sources.files:
            return ModuleRef(submodule, node.syntax)
        found = self.resolve(node.module, node.name)
        if found is None:
            raise Refusal(
                self._loc(key, node),
                f"{node.module} has no name {node.name}",
                "an import must lead to a definition",
                "Correct the name",
            )
        return found

    def _read_signature(self, scope: Scope, node: ast.FunctionDef) -> ir.Signature:
        args = node.args
        odd = args.posonlyargs or args.kwonlyargs or args.vararg or args.kwarg or args.defaults
        if odd or node.decorator_list:
            raise scope.refuse(
                node,
                f"function {node.name} has a decorator, a default or a parameter that is not plain",
                "every caller must say every argument, and a decorator may change what runs",
                "Write plain positional parameters",
            )
        for arg in args.args:
            if arg.annotation is None:
                raise scope.refuse(arg, f"parameter {arg.arg} has no type", "terms are typed", "Annotate it")
        if node.returns is None:
            raise scope.refuse(node, f"{node.name} has no result type", "terms are typed", "Annotate it")
        params = tuple((a.arg, scope.read_type(a.annotation)) for a in args.args if a.annotation is not None)
        result = scope.read_type(node.returns)
        signature = ir.Signature(scope.module, node.name, params, result, scope.loc(node))
        self._nodes[signature] = node
        return signature

    def _read_constant(self, scope: Scope, name: str, node: ConstantNode) -> Meaning:
        if node.is_alias or (node.annotation is None and scope.is_type(node.value)):
            return scope.read_type(node.value)
        wanted = None if node.annotation is None else scope.read_final(node.annotation)
        value = scope.lower(node.value)
        if wanted is not None and not is_assignable(value.type, wanted):
            raise scope.refuse(
                node.value, f"{name} is {value.type}, declared {wanted}", "types must agree", "Correct one of them"
            )
        return ir.Constant(value.type, scope.loc(node.value), scope.module, name, value)

    def _refuse_recursion(self, start: ir.Signature) -> None:
        seen: set[ir.Signature] = set()
        todo = [call.function for call in calls_in(self.body(start))]
        while todo:
            function = todo.pop()
            if function is start:
                raise Refusal(
                    start.loc,
                    f"{start.name} calls itself, directly or through others",
                    "the kernel must terminate by its shape alone",
                    "Write a for loop over a fixed-length tuple",
                )
            if function not in seen:
                seen.add(function)
                todo.extend(call.function for call in calls_in(self.body(function)))

    def _loc(self, key: tuple[str, str], node: Node) -> Loc:
        syntax = node if isinstance(node, ast.AST) else node.syntax
        return locate(self.sources.files[key[0]].shown, syntax)


def _is_enum(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "IntEnum" for base in node.bases)


def calls_in(node: object) -> Iterator[ir.Call]:
    """Yield every call under a piece of the intermediate form, constants' definitions included."""
    if isinstance(node, tuple):
        for item in node:
            yield from calls_in(item)
    elif isinstance(node, ir.Call):
        yield node
        yield from calls_in(node.args)
    elif hasattr(node, "__slots__") and not isinstance(node, Loc | ir.Signature | EnumType | RecordType | UnionType):
        for name in node.__slots__:
            if name not in ("type", "loc", "element"):
                yield from calls_in(getattr(node, name))
