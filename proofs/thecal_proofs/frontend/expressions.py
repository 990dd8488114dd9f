# SPDX-License-Identifier: Apache-2.0
"""Reads expressions other than calls and comprehensions."""

import ast

from thecal_proofs.frontend import ir
from thecal_proofs.frontend.fold import fold_int, length_of
from thecal_proofs.frontend.narrowing import narrow
from thecal_proofs.frontend.scope import Scope, rule
from thecal_proofs.frontend.types import (
    BOOL,
    INT,
    EnumType,
    RecordType,
    TupleType,
    Type,
    UnionType,
    is_assignable,
    is_integer,
    join,
)

ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%"}
COMPARISONS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def lower_int(scope: Scope, node: ast.expr) -> ir.Expr:
    """Read an expression that must be an integer."""
    found = scope.lower(node)
    if not is_integer(found.type):
        raise scope.refuse(
            node, f"{found.type} where an int is needed", "bool and int do not mix", "Write int(...) of a bool"
        )
    return found


def lower_bool(scope: Scope, node: ast.expr) -> ir.Expr:
    """Read an expression that must be a truth value."""
    found = scope.lower(node)
    if found.type != BOOL:
        raise scope.refuse(
            node, f"{found.type} where a bool is needed", "truthiness hides meaning", "Write the comparison"
        )
    return found


def lower_constant_int(scope: Scope, node: ast.expr, purpose: str) -> int:
    """Read an integer that must be known without running anything."""
    value = fold_int(scope.lower(node))
    if value is None:
        raise scope.refuse(
            node, f"{purpose} that is not constant", "lengths are part of types", "Use a literal or module constant"
        )
    return value


@rule(ast.Constant)
def _constant(scope: Scope, node: ast.Constant) -> ir.Expr:
    if isinstance(node.value, bool):
        return ir.Literal(BOOL, scope.loc(node), int(node.value))
    if isinstance(node.value, int):
        return ir.Literal(INT, scope.loc(node), node.value)
    raise scope.refuse(
        node,
        f"{type(node.value).__name__} literal {node.value!r}",
        "the kernel's values are integers, bools and records of them",
        "Use an integer with its unit in the name, or an enum",
    )


@rule(ast.Name)
def _name(scope: Scope, node: ast.Name) -> ir.Expr:
    if node.id in scope.names:
        return ir.Local(scope.names[node.id], scope.loc(node), node.id)
    found = scope.program.resolve(scope.module, node.id)
    if isinstance(found, ir.Constant):
        return ir.Constant(found.type, scope.loc(node), found.module, found.name, found.value)
    raise scope.refuse(
        node,
        f"{node.id} has no value here" if found is None else f"{node.id} is not a value",
        "a name must be assigned on every path that leads to its use",
        "Assign it first, or correct the name",
    )


@rule(ast.Attribute)
def _attribute(scope: Scope, node: ast.Attribute) -> ir.Expr:
    owner = scope.lookup(node.value)
    if isinstance(owner, EnumType):
        value = dict(owner.members).get(node.attr)
        if value is not None:
            return ir.Literal(owner, scope.loc(node), value)
        raise scope.refuse(node, f"{owner} has no member {node.attr}", "it must exist", "Correct the name")
    found = scope.lookup(node)
    if isinstance(found, ir.Constant):
        return ir.Constant(found.type, scope.loc(node), found.module, found.name, found.value)
    record = scope.lower(node.value)
    if isinstance(record.type, RecordType):
        index = record.type.find(node.attr)
        if index is not None:
            return ir.Field(record.type.fields[index][1], scope.loc(node), record, index)
    hint = "Narrow it with isinstance first" if isinstance(record.type, UnionType) else "Correct the name"
    raise scope.refuse(node, f"{record.type} has no field {node.attr}", "fields are declared", hint)


@rule(ast.Subscript)
def _subscript(scope: Scope, node: ast.Subscript) -> ir.Expr:
    items = scope.lower(node.value)
    if not isinstance(items.type, TupleType):
        raise scope.refuse(node, f"an index into {items.type}", "only tuples are indexed", "Use a tuple")
    length = items.type.length
    if isinstance(node.slice, ast.Slice):
        return _slice(scope, node, node.slice, items, items.type)
    index = lower_int(scope, node.slice)
    constant = fold_int(index)
    if constant is not None:
        if not -length <= constant < length:
            raise scope.refuse(node, f"index {constant} into {items.type}", "it is out of range", "Correct it")
        index = ir.Literal(INT, index.loc, constant % length)
    return ir.Index(items.type.element, scope.loc(node), items, index)


def _slice(scope: Scope, node: ast.expr, bounds: ast.Slice, items: ir.Expr, found: TupleType) -> ir.Expr:
    if bounds.step is not None:
        raise scope.refuse(node, "a slice with a step", "it is outside the subset", "Write the elements out")
    given = [
        None if bound is None else lower_constant_int(scope, bound, "a slice bound")
        for bound in (bounds.lower, bounds.upper)
    ]
    start, stop, _ = slice(*given).indices(found.length)
    stop = max(start, stop)
    return ir.Slice(TupleType(found.element, stop - start), scope.loc(node), items, start, stop)


@rule(ast.Tuple)
def _tuple(scope: Scope, node: ast.Tuple) -> ir.Expr:
    items = tuple(scope.lower(item) for item in node.elts)
    element: Type | None = items[0].type if items else INT
    for item in items[1:]:
        element = None if element is None else join(element, item.type)
    if element is None:
        raise scope.refuse(node, "a tuple of mixed types", "elements of a tuple are alike", "Write a record")
    return ir.TupleOf(TupleType(element, len(items)), scope.loc(node), items)


@rule(ast.UnaryOp)
def _unary(scope: Scope, node: ast.UnaryOp) -> ir.Expr:
    loc = scope.loc(node)
    match node.op:
        case ast.Not():
            return ir.Not(BOOL, loc, lower_bool(scope, node.operand))
        case ast.USub():
            operand = lower_int(scope, node.operand)
            if isinstance(operand, ir.Literal):
                return ir.Literal(INT, loc, -operand.value)
            return ir.Negate(INT, loc, operand)
        case _:
            raise scope.refuse(
                node, f"operator {type(node.op).__name__}", "it is outside the subset", "Use + - * // % and not"
            )


@rule(ast.BinOp)
def _binary(scope: Scope, node: ast.BinOp) -> ir.Expr:
    loc = scope.loc(node)
    op = ARITHMETIC.get(type(node.op))
    if op is None:
        why = "true division makes floats" if isinstance(node.op, ast.Div) else "it is outside the subset"
        raise scope.refuse(node, f"operator {type(node.op).__name__}", why, "Use + - * // % on integers")
    left = scope.lower(node.left)
    if isinstance(left.type, TupleType):
        return _tuple_binary(scope, node, op, left, left.type)
    left, right = lower_int(scope, node.left), lower_int(scope, node.right)
    if op in ("//", "%"):
        divisor = fold_int(right)
        if divisor is None or divisor <= 0:
            raise scope.refuse(
                node,
                f"{op} by " + ("an unknown" if divisor is None else str(divisor)),
                "floor and Euclidean division agree for positive constants only",
                "Divide by a positive literal or module constant, or find the quotient by comparing products",
            )
    return ir.Arith(INT, loc, op, left, right)


def _tuple_binary(scope: Scope, node: ast.BinOp, op: str, left: ir.Expr, found: TupleType) -> ir.Expr:
    if op == "*":
        count = max(0, lower_constant_int(scope, node.right, "a repeat count"))
        return ir.Repeat(TupleType(found.element, found.length * count), scope.loc(node), left, count)
    right = scope.lower(node.right)
    element = join(found.element, right.type.element) if isinstance(right.type, TupleType) else None
    if op != "+" or element is None:
        raise scope.refuse(
            node, f"{op} of {left.type} and {right.type}", "tuples are joined or repeated only", "Write it out"
        )
    length = found.length + (length_of(right) or 0)
    return ir.Concat(TupleType(element, length), scope.loc(node), left, right)


@rule(ast.BoolOp)
def _logic(scope: Scope, node: ast.BoolOp) -> ir.Expr:
    op = "and" if isinstance(node.op, ast.And) else "or"
    items: list[ir.Expr] = []
    inner = scope
    for item in node.values:
        items.append(lower_bool(inner, item))
        inner = narrow(inner, items[-1], op == "and")
    return ir.Logic(BOOL, scope.loc(node), op, tuple(items))


@rule(ast.Compare)
def _compare(scope: Scope, node: ast.Compare) -> ir.Expr:
    operands = [node.left, *node.comparators]
    pairs = [
        _compare_pair(scope, node, op, left, right)
        for op, left, right in zip(node.ops, operands[:-1], operands[1:], strict=True)
    ]
    return pairs[0] if len(pairs) == 1 else ir.Logic(BOOL, scope.loc(node), "and", tuple(pairs))


def _compare_pair(scope: Scope, node: ast.Compare, op: ast.cmpop, left: ast.expr, right: ast.expr) -> ir.Expr:
    if isinstance(op, ast.In | ast.NotIn):
        return _membership(scope, node, left, right, isinstance(op, ast.NotIn))
    name = COMPARISONS.get(type(op))
    if name is None:
        raise scope.refuse(
            node, f"comparison {type(op).__name__}", "identity is not part of a value", "Use == or isinstance"
        )
    a, b = scope.lower(left), scope.lower(right)
    both_int = is_integer(a.type) and is_integer(b.type)
    if not both_int and (name not in ("==", "!=") or not _is_comparable(a.type, b.type)):
        raise scope.refuse(
            node,
            f"{name} between {a.type} and {b.type}",
            "only integers are ordered, and equality needs one type",
            "Compare like with like",
        )
    return ir.Compare(BOOL, scope.loc(left), name, a, b)


def _is_comparable(left: Type, right: Type) -> bool:
    unions = isinstance(left, UnionType) or isinstance(right, UnionType)
    return not unions and join(left, right) is not None


def _membership(scope: Scope, node: ast.Compare, left: ast.expr, right: ast.expr, negated: bool) -> ir.Expr:
    value, items = scope.lower(left), scope.lower(right)
    if not isinstance(items.type, TupleType) or not _is_comparable(value.type, items.type.element):
        raise scope.refuse(
            node, f"{value.type} in {items.type}", "membership is asked of a tuple of like elements", "Write == or"
        )
    loc, element = scope.loc(node), items.type.element
    equal: list[ir.Expr] = []
    for position in range(items.type.length):
        item = (
            items.items[position]
            if isinstance(items, ir.TupleOf)
            else ir.Index(element, loc, items, ir.Literal(INT, loc, position))
        )
        equal.append(ir.Compare(BOOL, loc, "==", value, item))
    found = ir.Logic(BOOL, loc, "or", tuple(equal))
    return ir.Not(BOOL, loc, found) if negated else found


@rule(ast.IfExp)
def _choose(scope: Scope, node: ast.IfExp) -> ir.Expr:
    test = lower_bool(scope, node.test)
    then = narrow(scope, test, True).lower(node.body)
    other = narrow(scope, test, False).lower(node.orelse)
    found = join(then.type, other.type)
    if found is None:
        raise scope.refuse(
            node, f"a choice between {then.type} and {other.type}", "both sides have one type", "Make them alike"
        )
    return ir.Choose(found, scope.loc(node), test, then, other)


def check_assignable(scope: Scope, node: ast.AST, found: Type, wanted: Type, purpose: str) -> None:
    """Refuse a value that does not fit where it is put."""
    if not is_assignable(found, wanted):
        raise scope.refuse(node, f"{purpose} is {found}, declared {wanted}", "types must agree", "Correct one of them")
