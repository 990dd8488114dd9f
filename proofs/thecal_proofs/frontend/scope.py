# SPDX-License-Identifier: Apache-2.0
"""Where an expression is read: the module, the local names and their types, and the rules by node class."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from thecal_proofs.frontend import ir
from thecal_proofs.frontend.definitions import External, ModuleRef
from thecal_proofs.frontend.fold import fold_int
from thecal_proofs.frontend.refusal import Loc, Refusal, locate
from thecal_proofs.frontend.types import (
    BOOL,
    INT,
    BoolType,
    EnumType,
    IntType,
    RecordType,
    TupleType,
    Type,
    UnionType,
)

if TYPE_CHECKING:
    from thecal_proofs.frontend.program import Meaning, Program

_TYPES = (IntType, BoolType, EnumType, RecordType, TupleType, UnionType)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names visible at one point; narrowing makes a new scope."""

    program: "Program"
    module: str
    file: str
    names: Mapping[str, Type]
    result: Type | None = field(default=None)

    def loc(self, node: ast.AST) -> Loc:
        """Return where a node starts."""
        return locate(self.file, node)

    def refuse(self, node: ast.AST, what: str, why: str, instead: str) -> Refusal:
        """Make a refusal at a node, to be raised by the caller."""
        return Refusal(self.loc(node), what, why, instead)

    def with_names(self, names: Mapping[str, Type]) -> "Scope":
        """Return this scope with other local names."""
        return replace(self, names=names)

    def lower(self, node: ast.expr) -> ir.Expr:
        """Read one expression."""
        rule = RULES.get(type(node))
        if rule is None:
            raise self.refuse(
                node,
                f"a {type(node).__name__} expression",
                "it is outside the closed subset",
                "Compute with int, bool, IntEnum, records and fixed-length tuples",
            )
        return rule(self, node)

    def lookup(self, node: ast.expr) -> "Meaning | None":
        """Return the module-level meaning of a name or dotted name, or None."""
        match node:
            case ast.Name(id=name):
                return None if name in self.names else self.program.resolve(self.module, name)
            case ast.Attribute(value=value, attr=attr):
                owner = self.lookup(value)
                return self.program.resolve(owner.module, attr) if isinstance(owner, ModuleRef) else None
            case _:
                return None

    def names_builtin(self, node: ast.expr, name: str) -> bool:
        """Tell whether a node is a builtin's bare name, not hidden by any definition."""
        return (
            isinstance(node, ast.Name)
            and node.id == name
            and name not in self.names
            and self.program.resolve(self.module, name) is None
        )

    def is_type(self, node: ast.expr) -> bool:
        """Tell whether the right side of a bare assignment is a type, so that the name is an alias."""
        match node:
            case ast.Name(id="int" | "bool"):
                return True
            case ast.Name() | ast.Attribute():
                return isinstance(self.lookup(node), _TYPES)
            case ast.Subscript(value=ast.Name(id="Annotated" | "tuple")):
                return True
            case ast.BinOp(op=ast.BitOr(), left=left):
                return self.is_type(left)
            case _:
                return False

    def read_type(self, node: ast.expr) -> Type:
        """Read a type annotation."""
        match node:
            case ast.Name(id="int") if self.names_builtin(node, "int"):
                return INT
            case ast.Name(id="bool") if self.names_builtin(node, "bool"):
                return BOOL
            case ast.Constant(value=str() as text):
                return self.read_type(ast.copy_location(ast.parse(text, mode="eval").body, node))
            case ast.Name() | ast.Attribute():
                found = self.lookup(node)
                if isinstance(found, _TYPES):
                    return found
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[item, length])):
                return self._read_tuple(node, item, length)
            case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=items)):
                return self._read_display(node, items)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return self._read_union(node, self.read_type(left), self.read_type(right))
        raise self.refuse(
            node,
            f"`{ast.unparse(node)}` as a type",
            "the subset has int, bool, IntEnums, records, fixed-length tuples and unions of records",
            "Use one of these",
        )

    def read_final(self, node: ast.expr) -> Type | None:
        """Read the annotation of a constant; a bare `Final` leaves the type to the value."""
        match node:
            case ast.Name(id="Final"):
                return None
            case ast.Subscript(value=ast.Name(id="Final"), slice=inner):
                return self.read_type(inner)
            case _:
                return self.read_type(node)

    def _read_tuple(self, node: ast.AST, item: ast.expr, length: ast.expr) -> TupleType:
        match item:
            case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=[element, ast.Constant(value=e)])) if (
                e is Ellipsis
            ):
                count = fold_int(self.lower(length))
                if count is not None and count >= 0:
                    return TupleType(self.read_type(element), count)
        raise self.refuse(
            node,
            "an Annotated type that is not a tuple with a constant length",
            "the length of every tuple is part of its type",
            "Write `Annotated[tuple[T, ...], N]` with a literal or module constant N",
        )

    def _read_display(self, node: ast.AST, items: list[ast.expr]) -> TupleType:
        ellipsis = any(isinstance(item, ast.Constant) and item.value is Ellipsis for item in items)
        types = [] if ellipsis else [self.read_type(item) for item in items]
        if not types or any(found != types[0] for found in types):
            raise self.refuse(
                node,
                "a tuple type without a length or with mixed elements",
                "the length of every tuple is part of its type, and its elements are alike",
                "Write `Annotated[tuple[T, ...], N]`, or a record",
            )
        return TupleType(types[0], len(types))

    def _read_union(self, node: ast.AST, left: Type, right: Type) -> UnionType:
        members: list[RecordType] = []
        for side in (left, right):
            if isinstance(side, UnionType):
                members.extend(side.members)
            elif isinstance(side, RecordType):
                members.append(side)
            else:
                raise self.refuse(
                    node, f"a union with {side}", "only records can be told apart by isinstance", "Wrap it in a record"
                )
        return UnionType(tuple(dict.fromkeys(members)))


Rule: TypeAlias = Callable[[Scope, Any], ir.Expr]
RULES: dict[type[ast.expr], Rule] = {}
N = TypeVar("N", bound=ast.expr)


def rule(kind: type[N]) -> Callable[[Callable[[Scope, N], ir.Expr]], Callable[[Scope, N], ir.Expr]]:
    """Register how one class of node is read."""

    def register(function: Callable[[Scope, N], ir.Expr]) -> Callable[[Scope, N], ir.Expr]:
        RULES[kind] = function
        return function

    return register


def is_external(meaning: object, module: str, name: str) -> bool:
    """Tell whether a resolved name is one of the standard library's."""
    return isinstance(meaning, External) and (meaning.module, meaning.name) == (module, name)
