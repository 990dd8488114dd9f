# SPDX-License-Identifier: Apache-2.0
"""Reads what runs over a fixed-length iterable: loop headers, and sum any all min max tuple of a generator."""

import ast

from thecal_proofs.frontend import ir
from thecal_proofs.frontend.expressions import lower_bool, lower_constant_int, lower_int
from thecal_proofs.frontend.scope import Scope
from thecal_proofs.frontend.types import BOOL, INT, ProductType, TupleType, Type, is_integer

FOLDS = ("sum", "any", "all", "min", "max", "tuple")
FILTERED = ("sum", "any", "all")
ELEMENT = "each element"


def lower_iterable(scope: Scope, node: ast.expr) -> ir.Iterable:
    """Read what a `for` runs over; its length is known here."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name, args = node.func.id, node.args
        if scope.names_builtin(node.func, name):
            match name, args:
                case "range", [_, *_]:
                    bounds = [lower_constant_int(scope, arg, "a range bound") for arg in args]
                    values = range(*bounds)
                    return ir.Range(values, INT, len(values))
                case "zip", [_, *_]:
                    return _zip(scope, node, tuple(lower_iterable(scope, arg) for arg in args))
                case "enumerate", [arg]:
                    part = lower_iterable(scope, arg)
                    return ir.Enumerate(part, 0, ProductType((INT, part.element)), part.length)
                case "enumerate", [arg, start]:
                    part = lower_iterable(scope, arg)
                    first = lower_constant_int(scope, start, "a start")
                    return ir.Enumerate(part, first, ProductType((INT, part.element)), part.length)
                case "reversed", [arg]:
                    part = lower_iterable(scope, arg)
                    return ir.Reversed(part, part.element, part.length)
    items = scope.lower(node)
    if not isinstance(items.type, TupleType):
        raise scope.refuse(
            node,
            f"a loop over {items.type}",
            "every loop is bounded by a fixed length",
            "Loop over a tuple, range, zip, enumerate or reversed",
        )
    return ir.Each(items, items.type.element, items.type.length)


def _zip(scope: Scope, node: ast.AST, parts: tuple[ir.Iterable, ...]) -> ir.Iterable:
    if len({part.length for part in parts}) > 1:
        raise scope.refuse(
            node,
            "zip of lengths " + ", ".join(str(part.length) for part in parts),
            "zip would silently drop the rest",
            "Slice them to one length",
        )
    return ir.Zip(parts, ProductType(tuple(part.element for part in parts)), parts[0].length)


def lower_target(scope: Scope, node: ast.expr, element: Type, names: dict[str, Type]) -> ir.Target:
    """Read a loop's target and add its names to `names`."""
    match node:
        case ast.Name(id=name) if not isinstance(element, ProductType):
            names[name] = element
            return ir.Bind(name, element)
        case ast.Tuple(elts=elts):
            if isinstance(element, ProductType):
                types = element.items
            else:
                types = (element.element,) * element.length if isinstance(element, TupleType) else ()
            if len(types) == len(elts):
                pairs = zip(elts, types, strict=True)
                return ir.Unpack(tuple(lower_target(scope, elt, found, names) for elt, found in pairs))
    raise scope.refuse(
        node, f"target `{ast.unparse(node)}` for {element}", "pairs are taken apart at once", "Name every part"
    )


def lower_fold(scope: Scope, node: ast.expr, op: str, argument: ast.expr) -> ir.Expr:
    """Read one of FOLDS over a generator, or over an iterable itself."""
    if isinstance(argument, ast.GeneratorExp):
        return _generator(scope, node, op, argument)
    iterable = lower_iterable(scope, argument)
    if isinstance(iterable.element, ProductType):
        raise scope.refuse(node, f"{op} of pairs", "pairs exist only to be taken apart", "Write a generator")
    loc = scope.loc(node)
    body = ir.Local(iterable.element, loc, ELEMENT)
    _check_body(scope, node, op, body, iterable)
    return ir.Fold(_result(op, body, iterable), loc, op, ir.Bind(ELEMENT, iterable.element), iterable, None, body)


def _generator(scope: Scope, node: ast.expr, op: str, argument: ast.GeneratorExp) -> ir.Expr:
    clause = argument.generators[0]
    filters = clause.ifs
    if len(argument.generators) > 1 or clause.is_async or len(filters) > (1 if op in FILTERED else 0):
        raise scope.refuse(
            argument,
            f"this generator in {op}",
            "it has one `for`, and at most one `if`, which only sum, any and all may have",
            "Nest the calls, or move the inner one into a function",
        )
    iterable = lower_iterable(scope, clause.iter)
    names = dict(scope.names)
    target = lower_target(scope, clause.target, iterable.element, names)
    inner = scope.with_names(names)
    condition = lower_bool(inner, filters[0]) if filters else None
    read = {"sum": lower_int, "min": lower_int, "max": lower_int, "any": lower_bool, "all": lower_bool}.get(op)
    body = inner.lower(argument.elt) if read is None else read(inner, argument.elt)
    _check_body(scope, node, op, body, iterable)
    return ir.Fold(_result(op, body, iterable), scope.loc(node), op, target, iterable, condition, body)


def _check_body(scope: Scope, node: ast.expr, op: str, body: ir.Expr, iterable: ir.Iterable) -> None:
    wrong = (op in ("sum", "min", "max") and not is_integer(body.type)) or (op in ("any", "all") and body.type != BOOL)
    if wrong:
        raise scope.refuse(node, f"{op} of {body.type}", "bool and int do not mix", "Write int(...) or a comparison")
    if op in ("min", "max") and iterable.length == 0:
        raise scope.refuse(node, f"{op} of nothing", "it raises an error", "Give it an element")


def _result(op: str, body: ir.Expr, iterable: ir.Iterable) -> Type:
    if op == "tuple":
        return TupleType(body.type, iterable.length)
    return BOOL if op in ("any", "all") else INT
