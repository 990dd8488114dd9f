# SPDX-License-Identifier: Apache-2.0
"""Reads the two kinds of class that the subset has: frozen, slotted dataclasses and IntEnums."""

import ast

from thecal_proofs.frontend.fold import fold_int
from thecal_proofs.frontend.scope import Scope
from thecal_proofs.frontend.types import EnumType, RecordType, Type


def read_record(scope: Scope, node: ast.ClassDef) -> RecordType:
    """Read a record: fields and docstrings, nothing that computes."""
    if node.bases or node.keywords or not _is_frozen_dataclass(node):
        raise scope.refuse(
            node,
            f"class {node.name} is neither a record nor an IntEnum",
            "values must be immutable data without inheritance",
            "Write `@dataclass(frozen=True, slots=True)` over a class without bases, or derive from IntEnum",
        )
    fields: list[tuple[str, Type]] = []
    for item in node.body:
        match item:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=None):
                fields.append((name, scope.read_type(annotation)))
            case ast.Pass():
                pass
            case _:
                raise scope.refuse(
                    item,
                    f"a {type(item).__name__} inside record {node.name}",
                    "a record is fields without defaults; what computes is a function",
                    "Move it to a module-level function",
                )
    return RecordType(scope.module, node.name, tuple(fields))


def read_enum(scope: Scope, node: ast.ClassDef) -> EnumType:
    """Read an IntEnum: names and distinct integers."""
    if len(node.bases) != 1 or node.keywords or node.decorator_list:
        raise scope.refuse(node, f"enum {node.name} has more than IntEnum as base", "it must be plain", "Remove it")
    members: dict[str, int] = {}
    for item in node.body:
        match item:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                number = fold_int(scope.lower(value))
                if number is None or number in members.values():
                    raise scope.refuse(
                        item,
                        f"{node.name}.{name} is not a constant of its own",
                        "numbers of an enum are stable and distinct",
                        "Write a literal that no other member has",
                    )
                members[name] = number
            case _:
                raise scope.refuse(
                    item, f"a {type(item).__name__} inside enum {node.name}", "an enum is numbers", "Move it out"
                )
    return EnumType(scope.module, node.name, tuple(members.items()))


def _is_frozen_dataclass(node: ast.ClassDef) -> bool:
    match node.decorator_list:
        case [ast.Call(func=ast.Name(id="dataclass"), args=[], keywords=keywords)]:
            given = {k.arg: isinstance(k.value, ast.Constant) and k.value.value for k in keywords}
            return given == {"frozen": True, "slots": True}
        case _:
            return False
