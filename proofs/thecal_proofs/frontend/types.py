# SPDX-License-Identifier: Apache-2.0
"""The types of the closed subset. Enums and records are nominal: two are the same only if they are one object."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class IntType:
    """An unbounded integer; that it fits 64 bits is an obligation, not a type."""

    def __str__(self) -> str:
        return "int"


@dataclass(frozen=True, slots=True)
class BoolType:
    """True or False, never mixed with integers."""

    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True, eq=False)
class EnumType:
    """An `IntEnum`: compares and orders as its integers."""

    module: str
    name: str
    members: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, eq=False)
class RecordType:
    """A frozen, slotted dataclass."""

    module: str
    name: str
    fields: "tuple[tuple[str, Type], ...]"

    def find(self, field: str) -> int | None:
        """Return the position of a field, or None."""
        return next((i for i, (name, _) in enumerate(self.fields) if name == field), None)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class TupleType:
    """A tuple of one element type and a fixed length."""

    element: "Type"
    length: int

    def __str__(self) -> str:
        return f"tuple of {self.length} {self.element}"


@dataclass(frozen=True, slots=True)
class UnionType:
    """Several records, told apart by `isinstance`; the type of events."""

    members: tuple[RecordType, ...]

    def __str__(self) -> str:
        return " | ".join(member.name for member in self.members)


@dataclass(frozen=True, slots=True)
class ProductType:
    """What `zip` and `enumerate` yield; exists only to be unpacked by a loop's target."""

    items: "tuple[Type, ...]"

    def __str__(self) -> str:
        return "(" + ", ".join(str(item) for item in self.items) + ")"


Type: TypeAlias = IntType | BoolType | EnumType | RecordType | TupleType | UnionType | ProductType

INT = IntType()
BOOL = BoolType()


def is_integer(found: Type) -> bool:
    """Tell whether a value of this type takes part in arithmetic."""
    return isinstance(found, IntType | EnumType)


def is_assignable(found: Type, wanted: Type) -> bool:
    """Tell whether a value of type `found` may stand where `wanted` is declared."""
    if found == wanted or (isinstance(wanted, IntType) and isinstance(found, EnumType)):
        return True
    if isinstance(wanted, UnionType):
        return found in wanted.members or (isinstance(found, UnionType) and set(found.members) <= set(wanted.members))
    if isinstance(wanted, TupleType) and isinstance(found, TupleType):
        return found.length == wanted.length and (found.length == 0 or is_assignable(found.element, wanted.element))
    return False


def join(left: Type, right: Type) -> Type | None:
    """Return the type that both sides may stand for, or None."""
    if is_assignable(left, right):
        return right
    if is_assignable(right, left):
        return left
    return INT if is_integer(left) and is_integer(right) else None
