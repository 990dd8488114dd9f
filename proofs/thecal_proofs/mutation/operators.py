# SPDX-License-Identifier: Apache-2.0
"""What is changed: each operator gives the texts that may stand in place of one node.

Not changed, because it cannot matter or cannot be seen: annotations, docstrings, imports, decorators and declarations
of records and enumerations (they have no behaviour; a number of an enumeration only names its member), and the numbers
that `units` and `state` define (statements speak of the same names, so that another number is another, consistent
kernel; each use of such a name is changed instead).
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias

from thecal_proofs.mutation.mutant import Change

RELATIONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
SWAPPED = {"min": "max", "max": "min", "all": "any", "any": "all"}


@dataclass(frozen=True, slots=True)
class Known:
    """What an operator must know of the kernel around a node.

    ``enums``: the members of each enumeration. ``bounds``: names of numbers. ``passing``: functions that give back what
    one of their parameters is, and its place. ``bound``: names that the function has bound before the statement.
    """

    enums: Mapping[str, Sequence[str]]
    bounds: frozenset[str]
    passing: Mapping[str, int]


Operator: TypeAlias = Callable[[ast.AST, Known], Iterator[Change]]


def change_relation(node: ast.AST, known: Known) -> Iterator[Change]:
    """A comparison that is wrong at its boundary, or says the contrary."""
    if isinstance(node, ast.Compare):
        for place, relation in enumerate(node.ops):
            changed = deepcopy(node)
            changed.ops[place] = RELATIONS[type(relation)]()
            yield Change(node, "relation", write(changed))


def change_arithmetic(node: ast.AST, known: Known) -> Iterator[Change]:
    """Another operation; tuples that are joined or repeated are left alone."""
    if isinstance(node, ast.BinOp) and not is_tuple(node.left) and not is_tuple(node.right):
        if type(node.op) in ARITHMETIC:
            yield Change(node, "arithmetic", write(ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield Change(node, "arithmetic", write(node.operand))


def change_number(node: ast.AST, known: Known) -> Iterator[Change]:
    """A number, or the name of one, by one; a truth value into the other."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield Change(node, "constant", str(not node.value))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield Change(node, "constant", f"{node.value + 1}")
        yield Change(node, "constant", f"({node.value - 1})" if node.value < 1 else f"{node.value - 1}")
    elif isinstance(node, ast.Name) and node.id in known.bounds:
        yield Change(node, "bound", f"({node.id} + 1)")
        yield Change(node, "bound", f"({node.id} - 1)")


def change_logic(node: ast.AST, known: Known) -> Iterator[Change]:
    """`and` for `or`, one side of either left out, a negation left out."""
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield Change(node, "logic", write(ast.BoolOp(other, node.values)))
        for place in range(len(node.values)):
            rest = node.values[:place] + node.values[place + 1 :]
            yield Change(node, "operand", write(rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Change(node, "negation", write(node.operand))


def change_extreme(node: ast.AST, known: Known) -> Iterator[Change]:
    """The smallest for the largest, all for any."""
    if isinstance(node, ast.Name) and node.id in SWAPPED:
        yield Change(node, "extreme", SWAPPED[node.id])


def change_condition(node: ast.AST, known: Known) -> Iterator[Change]:
    """A condition always true, always false."""
    if isinstance(node, ast.If | ast.IfExp) and not is_dispatch(node.test):
        yield Change(node.test, "condition", "True")
        yield Change(node.test, "condition", "False")
    if isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield Change(test, "condition", "True")
            yield Change(test, "condition", "False")


def change_update(node: ast.AST, known: Known) -> Iterator[Change]:
    """A field that is not brought up to date; a step of a calculation that is passed over."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "replace":
            for place in range(len(node.keywords)):
                rest = node.keywords[:place] + node.keywords[place + 1 :]
                kept = ast.Call(node.func, node.args, rest) if rest else node.args[0]
                yield Change(node, "update", write(kept))
        elif node.func.id in known.passing and known.passing[node.func.id] < len(node.args):
            yield Change(node, "call", write(node.args[known.passing[node.func.id]]))


def change_member(node: ast.AST, known: Known) -> Iterator[Change]:
    """The next member of an enumeration; a refusal that refuses nothing."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known.enums:
        members = known.enums[node.value.id]
        if node.attr in members:
            other = members[(members.index(node.attr) + 1) % len(members)]
            yield Change(node, "member", f"{node.value.id}.{other}")
            if node.attr.startswith("REFUSED_"):
                yield Change(node, "refusal", f"{node.value.id}.NOTHING_AGAINST_IT")


OPERATORS: tuple[Operator, ...] = (
    change_relation,
    change_arithmetic,
    change_number,
    change_logic,
    change_extreme,
    change_condition,
    change_update,
    change_member,
)


def find_numbers_of_relations(node: ast.AST) -> Iterator[ast.expr]:
    """Numbers that are compared as they stand, which to change by one is to change the relation at its boundary."""
    if isinstance(node, ast.Compare):
        yield from (each for each in (node.left, *node.comparators) if isinstance(each, ast.Constant))


def is_dispatch(test: ast.expr) -> bool:
    """Whether a condition only asks of which class an event is."""
    return isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "isinstance"


def is_tuple(node: ast.expr) -> bool:
    """Whether an operand is a tuple, or a part of one."""
    return isinstance(node, ast.Tuple) or (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice))


def write(node: ast.expr) -> str:
    """A node as text that may stand wherever an expression does."""
    text = ast.unparse(node)
    return text if isinstance(node, ast.Name | ast.Attribute | ast.Call) or text.isdigit() else f"({text})"
