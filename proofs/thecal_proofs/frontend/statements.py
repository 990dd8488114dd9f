# SPDX-License-Identifier: Apache-2.0
"""Reads function bodies: assignments, branches, bounded loops, returns."""

import ast
from dataclasses import dataclass

from thecal_proofs.frontend import calls, expressions, ir  # the first two register their rules
from thecal_proofs.frontend.folds import lower_iterable, lower_target
from thecal_proofs.frontend.narrowing import narrow
from thecal_proofs.frontend.scope import Scope
from thecal_proofs.frontend.types import Type, join

RULES_IN = (calls, expressions)


@dataclass(frozen=True, slots=True)
class _Flow:
    """Statements read so far, the scope after them, and whether every path through them has returned."""

    block: ir.Block
    scope: Scope
    returned: bool


def lower_body(scope: Scope, function: ir.Signature, node: ast.FunctionDef) -> ir.Block:
    """Read the statements of a function; every path must return."""
    inner = Scope(scope.program, scope.module, scope.file, dict(function.params), function.result)
    statements = node.body[1:] if ast.get_docstring(node) is not None else node.body
    flow = _block(inner, statements)
    if not flow.returned:
        raise scope.refuse(
            node, f"a path through {function.name} without return", "it would yield None", "Return on every path"
        )
    return flow.block


def _block(scope: Scope, statements: list[ast.stmt]) -> _Flow:
    done: list[ir.Stmt] = []
    returned = False
    for statement in statements:
        if returned:
            raise scope.refuse(statement, "a statement after return", "it is never reached", "Remove it")
        flow = _statement(scope, statement)
        done.extend(flow.block)
        scope, returned = flow.scope, flow.returned
    return _Flow(tuple(done), scope, returned)


def _statement(scope: Scope, node: ast.stmt) -> _Flow:
    match node:
        case ast.Pass():
            return _Flow((), scope, False)
        case ast.Return(value=ast.expr() as value):
            found = scope.lower(value)
            if scope.result is not None:
                expressions.check_assignable(scope, node, found.type, scope.result, "the result")
            return _Flow((ir.Return(scope.loc(node), found),), scope, True)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return _assign(scope, node, name, scope.lower(value), None)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
            return _assign(scope, node, name, scope.lower(value), scope.read_type(annotation))
        case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
            read = ast.copy_location(ast.Name(target.id, ast.Load()), node)
            combined = ast.copy_location(ast.BinOp(read, op, value), node)
            return _assign(scope, node, target.id, scope.lower(combined), None)
        case ast.If():
            return _if(scope, node)
        case ast.For(orelse=[]):
            return _for(scope, node)
    raise scope.refuse(
        node,
        f"a {type(node).__name__} statement",
        "the subset has assignment to a name, if, for over a fixed length, and return, so that every call ends",
        "Use a for loop with early return, or a function",
    )


def _assign(scope: Scope, node: ast.AST, name: str, value: ir.Expr, wanted: Type | None) -> _Flow:
    if wanted is not None:
        expressions.check_assignable(scope, node, value.type, wanted, name)
    found = _settle(scope, node, name, wanted or value.type)
    return _Flow((ir.Assign(scope.loc(node), name, value),), scope.with_names({**scope.names, name: found}), False)


def _settle(scope: Scope, node: ast.AST, name: str, found: Type) -> Type:
    """Return a local's type after it is bound: one name, one type, and no module-level name is hidden."""
    if name not in scope.names:
        if scope.program.resolve(scope.module, name) is not None:
            raise scope.refuse(node, f"{name} hides a module-level name", "its meaning would change", "Rename it")
        return found
    both = join(scope.names[name], found)
    if both is None:
        raise scope.refuse(
            node, f"{name} changes from {scope.names[name]} to {found}", "a name has one type", "Use another name"
        )
    return both


def _if(scope: Scope, node: ast.If) -> _Flow:
    test = expressions.lower_bool(scope, node.test)
    then = _block(narrow(scope, test, True), node.body)
    other = _block(narrow(scope, test, False), node.orelse)
    statement = ir.If(scope.loc(node), test, then.block, other.block)
    names = _merge(scope, node, then, other)
    return _Flow((statement,), scope.with_names(names), then.returned and other.returned)


def _merge(scope: Scope, node: ast.AST, then: _Flow, other: _Flow) -> dict[str, Type]:
    if then.returned or other.returned:
        return dict(other.scope.names if then.returned else then.scope.names)
    merged: dict[str, Type] = {}
    for name, left in then.scope.names.items():
        right = other.scope.names.get(name)
        before = scope.names.get(name)
        both = None if right is None else join(left, right)
        if before is not None and both is None:
            both = before
        if right is not None and both is None:
            raise scope.refuse(
                node, f"{name} is {left} on one side and {right} on the other", "a name has one type", "Rename one"
            )
        if both is not None:
            merged[name] = both
    return merged


def _for(scope: Scope, node: ast.For) -> _Flow:
    iterable = lower_iterable(scope, node.iter)
    bound: dict[str, Type] = {}
    target = lower_target(scope, node.target, iterable.element, bound)
    names = dict(scope.names)
    for name, found in bound.items():
        names[name] = _settle(scope, node.target, name, found)
    flow = _block(scope.with_names(names), node.body)
    after = flow.scope.names if iterable.length and not flow.returned else scope.names
    if flow.returned and iterable.length > 1:
        raise scope.refuse(node, "a loop that always returns at once", "only its first turn runs", "Use no loop")
    kept = {name: found for name, found in after.items() if name in scope.names or iterable.length}
    statement = ir.For(scope.loc(node), target, iterable, flow.block)
    return _Flow((statement,), scope.with_names(kept), flow.returned and iterable.length == 1)
