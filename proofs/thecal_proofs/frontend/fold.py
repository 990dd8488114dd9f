# SPDX-License-Identifier: Apache-2.0
"""Constant integers that the front end itself needs: tuple lengths, divisors, bounds, counts."""

from thecal_proofs.frontend import ir
from thecal_proofs.frontend.types import TupleType, is_integer


def fold_int(expr: ir.Expr) -> int | None:
    """Return the value of an integer expression of literals and module constants, or None."""
    match expr:
        case ir.Literal() if is_integer(expr.type):
            return expr.value
        case ir.Constant():
            return fold_int(expr.value)
        case ir.Negate():
            inner = fold_int(expr.operand)
            return None if inner is None else -inner
        case ir.Arith():
            return _fold_arith(expr)
        case ir.Extreme():
            values = [fold_int(item) for item in expr.items]
            known = [value for value in values if value is not None]
            return None if len(known) < len(values) else (min if expr.op == "min" else max)(known)
        case _:
            return None


def _fold_arith(expr: ir.Arith) -> int | None:
    left, right = fold_int(expr.left), fold_int(expr.right)
    if left is None or right is None:
        return None
    match expr.op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "//":
            return left // right
        case _:
            return left % right


def length_of(expr: ir.Expr) -> int | None:
    """Return the fixed length of a tuple expression, or None for another type."""
    return expr.type.length if isinstance(expr.type, TupleType) else None
