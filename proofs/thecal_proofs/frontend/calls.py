# SPDX-License-Identifier: Apache-2.0
"""Reads calls: functions of the subset, record constructors and the few builtins."""

import ast
from collections.abc import Callable, Sequence

from thecal_proofs.frontend import ir
from thecal_proofs.frontend.expressions import check_assignable, lower_bool, lower_int
from thecal_proofs.frontend.folds import FOLDS, lower_fold
from thecal_proofs.frontend.scope import Scope, is_external, rule
from thecal_proofs.frontend.types import BOOL, INT, RecordType, TupleType, Type, UnionType


@rule(ast.Call)
def _call(scope: Scope, node: ast.Call) -> ir.Expr:
    for name, builtin in BUILTINS.items():
        if scope.names_builtin(node.func, name):
            return builtin(scope, node)
    found = scope.lookup(node.func)
    if is_external(found, "dataclasses", "replace"):
        return _replace(scope, node)
    if isinstance(found, ir.Signature):
        args = _bind(scope, node, found.params, found.name)
        return ir.Call(found.result, scope.loc(node), found, args)
    if isinstance(found, RecordType):
        return ir.Build(found, scope.loc(node), _bind(scope, node, found.fields, found.name))
    raise scope.refuse(
        node,
        f"a call of {ast.unparse(node.func)}",
        "only functions and records of the subset and min, max, abs, sum, any, all, tuple, len, int, isinstance "
        "and dataclasses.replace are known",
        "Write a module-level function",
    )


def _bind(scope: Scope, node: ast.Call, params: Sequence[tuple[str, Type]], callee: str) -> tuple[ir.Expr, ...]:
    given: dict[str, ast.expr] = dict(zip((name for name, _ in params), node.args, strict=False))
    extra = len(node.args) > len(params)
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in given:
            raise scope.refuse(node, f"arguments of {callee}", "each is given once, by name or place", "Write them out")
        given[keyword.arg] = keyword.value
    names = {name for name, _ in params}
    if extra or set(given) != names:
        odd = sorted(names ^ set(given)) or ["too many"]
        raise scope.refuse(
            node, f"arguments of {callee}: {', '.join(odd)}", "there are no defaults", "Give exactly its parameters"
        )
    args = []
    for name, wanted in params:
        value = scope.lower(given[name])
        check_assignable(scope, given[name], value.type, wanted, f"argument {name} of {callee}")
        args.append(value)
    return tuple(args)


def _plain_args(scope: Scope, node: ast.Call, low: int, high: int | None) -> list[ast.expr]:
    starred = any(isinstance(arg, ast.Starred) for arg in node.args)
    count = len(node.args)
    if node.keywords or starred or count < low or (high is not None and count > high):
        raise scope.refuse(node, f"`{ast.unparse(node)}`", "its arguments are outside the subset", "See the subset")
    return node.args


def _replace(scope: Scope, node: ast.Call) -> ir.Expr:
    if len(node.args) != 1:
        raise scope.refuse(node, "replace", "it takes one record and named fields", "Write replace(record, field=...)")
    record = scope.lower(node.args[0])
    if not isinstance(record.type, RecordType):
        raise scope.refuse(node, f"replace of {record.type}", "it copies records", "Narrow it first")
    changes: list[tuple[int, ir.Expr]] = []
    for keyword in node.keywords:
        index = None if keyword.arg is None else record.type.find(keyword.arg)
        if index is None:
            raise scope.refuse(node, f"{record.type} has no field {keyword.arg}", "fields are declared", "Correct it")
        value = scope.lower(keyword.value)
        wanted = record.type.fields[index][1]
        check_assignable(scope, keyword.value, value.type, wanted, f"field {keyword.arg}")
        changes.append((index, value))
    return ir.Update(record.type, scope.loc(node), record, tuple(changes))


def _extreme_or_fold(scope: Scope, node: ast.Call) -> ir.Expr:
    if len(node.args) < 2:
        return _fold(scope, node)
    items = tuple(lower_int(scope, arg) for arg in _plain_args(scope, node, 2, None))
    return ir.Extreme(INT, scope.loc(node), _name(node), items)


def _fold(scope: Scope, node: ast.Call) -> ir.Expr:
    (argument,) = _plain_args(scope, node, 1, 1)
    return lower_fold(scope, node, _name(node), argument)


def _abs(scope: Scope, node: ast.Call) -> ir.Expr:
    (argument,) = _plain_args(scope, node, 1, 1)
    return ir.Absolute(INT, scope.loc(node), lower_int(scope, argument))


def _len(scope: Scope, node: ast.Call) -> ir.Expr:
    (argument,) = _plain_args(scope, node, 1, 1)
    items = scope.lower(argument)
    if not isinstance(items.type, TupleType):
        raise scope.refuse(node, f"len of {items.type}", "only tuples have a length", "Use a tuple")
    return ir.Literal(INT, scope.loc(node), items.type.length)


def _int(scope: Scope, node: ast.Call) -> ir.Expr:
    (argument,) = _plain_args(scope, node, 1, 1)
    value = scope.lower(argument)
    if value.type != BOOL:
        return lower_int(scope, argument)
    return ir.ToInt(INT, scope.loc(node), lower_bool(scope, argument))


def _isinstance(scope: Scope, node: ast.Call) -> ir.Expr:
    value_node, kinds = _plain_args(scope, node, 2, 2)
    value = scope.lower(value_node)
    members = value.type.members if isinstance(value.type, UnionType) else (value.type,)
    records = []
    for kind in kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]:
        found = scope.lookup(kind)
        if not isinstance(found, RecordType) or found not in members:
            raise scope.refuse(
                node,
                f"isinstance of {value.type} and {ast.unparse(kind)}",
                "it tells the records of a union apart, nothing else",
                "Ask for one of the union's records",
            )
        records.append(found)
    if not isinstance(value, ir.Local):
        raise scope.refuse(node, "isinstance of an expression", "only names are narrowed", "Give it a name first")
    return ir.IsInstance(BOOL, scope.loc(node), value, tuple(records))


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


BUILTINS: dict[str, Callable[[Scope, ast.Call], ir.Expr]] = {
    **dict.fromkeys(FOLDS, _fold),
    "min": _extreme_or_fold,
    "max": _extreme_or_fold,
    "abs": _abs,
    "len": _len,
    "int": _int,
    "isinstance": _isinstance,
}
