# SPDX-License-Identifier: Apache-2.0
"""The typed intermediate form. Every expression knows its type and its place in the source.

Back ends (SMT terms, C, Coq) read this and nothing else, so it holds no Python syntax: augmented assignments,
chained comparisons, keyword arguments and constant bounds are already resolved.
"""

from dataclasses import dataclass
from typing import TypeAlias

from thecal_proofs.frontend.refusal import Loc
from thecal_proofs.frontend.types import RecordType, Type


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """A function as its callers see it; the body is read when first needed."""

    module: str
    name: str
    params: tuple[tuple[str, Type], ...]
    result: Type
    loc: Loc

    @property
    def qualified(self) -> str:
        """The dotted name."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Literal:
    """An int, a bool or an enum member."""

    type: Type
    loc: Loc
    value: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A module-level constant, by name, with the expression that defines it."""

    type: Type
    loc: Loc
    module: str
    name: str
    value: "Expr"


@dataclass(frozen=True, slots=True)
class Local:
    """A parameter or local variable, at its narrowed type."""

    type: Type
    loc: Loc
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """`record.field`."""

    type: Type
    loc: Loc
    record: "Expr"
    index: int


@dataclass(frozen=True, slots=True)
class Index:
    """`items[index]`; that `0 <= index < length` is an obligation unless the index is constant."""

    type: Type
    loc: Loc
    items: "Expr"
    index: "Expr"


@dataclass(frozen=True, slots=True)
class Slice:
    """`items[start:stop]` with constant, normalised bounds."""

    type: Type
    loc: Loc
    items: "Expr"
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class TupleOf:
    """A tuple display."""

    type: Type
    loc: Loc
    items: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Concat:
    """`left + right` of tuples."""

    type: Type
    loc: Loc
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Repeat:
    """`items * count` of a tuple."""

    type: Type
    loc: Loc
    items: "Expr"
    count: int


@dataclass(frozen=True, slots=True)
class Arith:
    """`+ - * // %` on integers; the divisor of the last two is a positive constant."""

    type: Type
    loc: Loc
    op: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Negate:
    """Unary minus."""

    type: Type
    loc: Loc
    operand: "Expr"


@dataclass(frozen=True, slots=True)
class Absolute:
    """`abs(operand)`."""

    type: Type
    loc: Loc
    operand: "Expr"


@dataclass(frozen=True, slots=True)
class Extreme:
    """`min` or `max` of two or more integers."""

    type: Type
    loc: Loc
    op: str
    items: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class ToInt:
    """`int(flag)`: 1 or 0."""

    type: Type
    loc: Loc
    operand: "Expr"


@dataclass(frozen=True, slots=True)
class Compare:
    """`== != < <= > >=`; equality is structural on records and tuples."""

    type: Type
    loc: Loc
    op: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` or `or`, evaluated from the left and no further than needed."""

    type: Type
    loc: Loc
    op: str
    items: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """`not operand`."""

    type: Type
    loc: Loc
    operand: "Expr"


@dataclass(frozen=True, slots=True)
class Choose:
    """`then if test else other`."""

    type: Type
    loc: Loc
    test: "Expr"
    then: "Expr"
    other: "Expr"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of the subset, arguments in the order of its parameters."""

    type: Type
    loc: Loc
    function: Signature
    args: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Build:
    """A record from all its fields, in their order."""

    type: Type
    loc: Loc
    args: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Update:
    """`replace(record, ...)`: a copy with some fields changed."""

    type: Type
    loc: Loc
    record: "Expr"
    changes: "tuple[tuple[int, Expr], ...]"


@dataclass(frozen=True, slots=True)
class IsInstance:
    """Which of the records of a union a value is."""

    type: Type
    loc: Loc
    value: "Expr"
    records: tuple[RecordType, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """`sum any all min max tuple` over a fixed-length iterable, with an optional filter for the first three."""

    type: Type
    loc: Loc
    op: str
    target: "Target"
    iterable: "Iterable"
    condition: "Expr | None"
    body: "Expr"


Expr: TypeAlias = (
    Literal | Constant | Local | Field | Index | Slice | TupleOf | Concat | Repeat | Arith | Negate | Absolute
    | Extreme | ToInt | Compare | Logic | Not | Choose | Call | Build | Update | IsInstance | Fold
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bind:
    """A loop target that is one name."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Unpack:
    """A loop target that takes a pair or tuple apart."""

    items: "tuple[Target, ...]"


Target: TypeAlias = Bind | Unpack


@dataclass(frozen=True, slots=True)
class Each:
    """The elements of a tuple."""

    items: Expr
    element: Type
    length: int


@dataclass(frozen=True, slots=True)
class Range:
    """Constant integers."""

    values: range
    element: Type
    length: int


@dataclass(frozen=True, slots=True)
class Zip:
    """Several iterables of one length, side by side."""

    parts: "tuple[Iterable, ...]"
    element: Type
    length: int


@dataclass(frozen=True, slots=True)
class Enumerate:
    """An iterable with its positions, counted from `start`."""

    part: "Iterable"
    start: int
    element: Type
    length: int


@dataclass(frozen=True, slots=True)
class Reversed:
    """An iterable from its end."""

    part: "Iterable"
    element: Type
    length: int


Iterable: TypeAlias = Each | Range | Zip | Enumerate | Reversed


@dataclass(frozen=True, slots=True)
class Assign:
    """A local name gets a value."""

    loc: Loc
    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class If:
    """A two-way branch; either side may return."""

    loc: Loc
    test: Expr
    then: "Block"
    other: "Block"


@dataclass(frozen=True, slots=True)
class For:
    """A loop over a fixed-length iterable."""

    loc: Loc
    target: Target
    iterable: Iterable
    body: "Block"


@dataclass(frozen=True, slots=True)
class Return:
    """The function's result."""

    loc: Loc
    value: Expr


Stmt: TypeAlias = Assign | If | For | Return
Block: TypeAlias = tuple[Stmt, ...]
