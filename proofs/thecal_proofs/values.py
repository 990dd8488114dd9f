# SPDX-License-Identifier: Apache-2.0
"""Symbolic values: records and tuples stay Python structures, with terms as leaves.

Structures are hash-consed like terms, so an unchanged part of the state is recognised by identity: merging two
outcomes and looking up a call's arguments cost nothing for what did not change.
"""

from collections.abc import Iterator
from typing import TypeAlias

from thecal_proofs import terms
from thecal_proofs.frontend.types import BoolType, EnumType, IntType, RecordType, TupleType, Type
from thecal_proofs.terms import Term


class Record:
    """A record's fields, in their order."""

    __slots__ = ("items", "type")

    def __init__(self, type_: RecordType, items: "tuple[Value, ...]") -> None:
        self.type = type_
        self.items = items


class Tuple:
    """A tuple's elements."""

    __slots__ = ("items",)

    def __init__(self, items: "tuple[Value, ...]") -> None:
        self.items = items


Value: TypeAlias = Term | Record | Tuple

_RECORDS: dict[tuple[object, ...], Record] = {}
_TUPLES: dict[tuple[Value, ...], Tuple] = {}


def record(type_: RecordType, items: tuple[Value, ...]) -> Record:
    """The one record of this type with these fields."""
    key = (type_, items)
    found = _RECORDS.get(key)
    if found is None:
        found = _RECORDS[key] = Record(type_, items)
    return found


def tuple_of(items: tuple[Value, ...]) -> Tuple:
    """The one tuple with these elements."""
    found = _TUPLES.get(items)
    if found is None:
        found = _TUPLES[items] = Tuple(items)
    return found


def choose(test: Term, then: Value, other: Value) -> Value:
    """The value that is `then` if the test holds, leaf by leaf."""
    if then is other or test is terms.TRUE:
        return then
    if test is terms.FALSE:
        return other
    if isinstance(then, Term) and isinstance(other, Term):
        return terms.ite(test, then, other)
    if isinstance(then, Record) and isinstance(other, Record) and then.type is other.type:
        pairs = zip(then.items, other.items, strict=True)
        return record(then.type, tuple(choose(test, a, b) for a, b in pairs))
    if isinstance(then, Tuple) and isinstance(other, Tuple):
        pairs = zip(then.items, other.items, strict=True)
        return tuple_of(tuple(choose(test, a, b) for a, b in pairs))
    raise TypeError("a choice between records of different types: split the union with isinstance first")


def equal(a: Value, b: Value) -> Term:
    """Structural equality."""
    if a is b:
        return terms.TRUE
    if isinstance(a, Term) and isinstance(b, Term):
        return terms.eq(a, b)
    if isinstance(a, Record | Tuple) and isinstance(b, Record | Tuple):
        return terms.all_of(equal(x, y) for x, y in zip(a.items, b.items, strict=True))
    raise TypeError("equality of different shapes")


def leaves(value: Value) -> Iterator[Term]:
    """Yield the terms of a value, from left to right."""
    if isinstance(value, Term):
        yield value
    else:
        for item in value.items:
            yield from leaves(item)


def leaf_names(type_: Type, name: str) -> Iterator[tuple[str, Type]]:
    """Yield the readable name and type of each leaf of a type, from left to right."""
    match type_:
        case RecordType():
            for field, inner in type_.fields:
                yield from leaf_names(inner, f"{name}.{field}")
        case TupleType():
            for i in range(type_.length):
                yield from leaf_names(type_.element, f"{name}[{i}]")
        case _:
            yield name, type_


def from_leaves(type_: Type, source: Iterator[Term]) -> Value:
    """Build a value of a type from its leaves."""
    match type_:
        case RecordType():
            return record(type_, tuple(from_leaves(inner, source) for _, inner in type_.fields))
        case TupleType():
            return tuple_of(tuple(from_leaves(type_.element, source) for _ in range(type_.length)))
        case _:
            return next(source)


def symbol(type_: Type, name: str) -> Value:
    """An unknown of a type, one variable per leaf."""
    named = leaf_names(type_, name)
    return from_leaves(type_, (terms.flag(n) if isinstance(t, BoolType) else terms.var(n) for n, t in named))


def in_shape(type_: Type, value: Value) -> list[Term]:
    """What the type alone says of the leaves: an enum's leaf is one of its members."""
    found = []
    for (_, leaf_type), leaf in zip(leaf_names(type_, ""), leaves(value), strict=True):
        if isinstance(leaf_type, EnumType):
            found.append(is_member(leaf_type, leaf))
        elif not isinstance(leaf_type, IntType | BoolType):
            raise TypeError(f"an unknown of type {leaf_type}: give it as one record of the union")
    return found


def is_member(type_: EnumType, leaf: Term) -> Term:
    """That an integer is one of an enum's; as bounds where the numbers have no gap."""
    numbers = sorted(number for _, number in type_.members)
    low, high = terms.const(numbers[0]), terms.const(numbers[-1])
    if numbers == list(range(numbers[0], numbers[-1] + 1)):
        return terms.both(terms.le(low, leaf), terms.le(leaf, high))
    return terms.any_of(terms.eq(leaf, terms.const(number)) for number in numbers)
