# SPDX-License-Identifier: Apache-2.0
"""Unknowns of a declared type, and the formulas that a value is made of: by the annotations as CPython holds them."""

import itertools
import types
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import IntEnum
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

from thecal_proofs.proxies.explorer import OutOfReach
from thecal_proofs.proxies.proxy import Number, Truth
from thecal_proofs.proxies.tables import Table
from thecal_proofs.proxies.theory import Call, Formula, Theory

Hint: TypeAlias = Any

_FIELDS: dict[type, tuple[tuple[str, Hint], ...]] = {}


def read_fields(record: type) -> tuple[tuple[str, Hint], ...]:
    """The fields of a dataclass and their types."""
    if record not in _FIELDS:
        hints = get_type_hints(record, include_extras=True)
        _FIELDS[record] = tuple((field.name, hints[field.name]) for field in fields(record))
    return _FIELDS[record]


def read_table(hint: Hint) -> tuple[Hint, int] | None:
    """The element and the length of a tuple type, or None."""
    origin: Any = get_origin(hint)
    if origin is Annotated:
        table, length = get_args(hint)
        return get_args(table)[0], int(length)
    if origin is tuple:
        return get_args(hint)[0], len(get_args(hint))
    return None


def list_records(hint: Hint) -> tuple[Hint, ...]:
    """The records of a union; any other type alone."""
    origin: Any = get_origin(hint)
    return get_args(hint) if origin in (Union, types.UnionType) else (hint,)


@dataclass(frozen=True, slots=True)
class Origin:
    """Which call made a value, and under which name."""

    value: object
    call: Call
    name: str


ORIGINS: Final[dict[int, Origin]] = {}  # by identity: values of the executed packages have no room for more


def make(hint: Hint, name: str, call: Call) -> Any:
    """An unknown of a type. The fields of a record are made when they are asked for."""
    table = read_table(hint)
    if table is not None:
        return _remember(Table(make(table[0], f"{name}[{place}]", call) for place in range(table[1])), call, name)
    if is_dataclass(hint) and isinstance(hint, type):
        return _remember(object.__new__(hint), call, name)
    if hint is bool:
        return Truth(call.answer(name, True))
    if hint is int or (isinstance(hint, type) and issubclass(hint, IntEnum)):
        return Number(call.answer(name, False))
    raise OutOfReach(f"an unknown of type {hint}")


def make_field(record: Any, name: str) -> Any:
    """A field that was not yet asked for; what `__getattr__` of the executed records calls."""
    origin = ORIGINS.get(id(record))
    hint = dict(read_fields(type(record))).get(name)
    if origin is None or hint is None:
        raise AttributeError(f"{type(record).__name__} has no {name}")
    value = make(hint, f"{origin.name}.{name}", origin.call)
    object.__setattr__(record, name, value)
    return value


def find_whole(value: object) -> Formula | None:
    """The formula of a value that is as a call made it."""
    origin = ORIGINS.get(id(value))
    return None if origin is None else origin.call.whole(origin.name)


def _remember(value: Any, call: Call, name: str) -> Any:
    ORIGINS[id(value)] = Origin(value, call, name)
    return value


def list_leaves(value: Any, theory: Theory) -> Iterator[Formula]:
    """Yield the formulas that a value is made of, from left to right."""
    match value:
        case Truth() | Number():
            yield value.term
        case bool():
            yield theory.boolean(value)
        case int():
            yield theory.number(value)
        case tuple():
            for item in value:
                yield from list_leaves(item, theory)
        case _:
            for field in fields(value):
                yield from list_leaves(getattr(value, field.name), theory)


class Packer:
    """Packs values as arguments of unknown functions; what was packed once is known by its identity."""

    def __init__(self, theory: Theory) -> None:
        self.theory = theory
        self._packed: dict[int, tuple[object, Formula]] = {}

    def pack(self, value: Any) -> Formula:
        """One formula that stands for a value."""
        if isinstance(value, Truth | Number | int):
            return next(list_leaves(value, self.theory))
        known = self._packed.get(id(value))
        if known is None:
            known = self._packed[id(value)] = (value, self._pack(value))
        return known[1]

    def _pack(self, value: Any) -> Formula:
        whole = find_whole(value)
        return self._pack_items(value) if whole is None else whole

    def define_wholes(self) -> Iterator[Formula]:
        """Yield what every packed value that is as a call made it is made of, and its parts in turn."""
        done: set[int] = set()
        while len(done) < len(self._packed):
            for number in [n for n in self._packed if n not in done]:
                done.add(number)
                value, formula = self._packed[number]
                if find_whole(value) is not None:
                    yield formula == self._pack_items(value)

    def _pack_items(self, value: Any) -> Formula:
        if isinstance(value, tuple):
            return self.theory.pack(f"tuple of {len(value)}", [self.pack(item) for item in value])
        kind = type(value)
        parts = [self.pack(getattr(value, field.name)) for field in fields(value)]
        return self.theory.pack(f"{kind.__module__}.{kind.__name__}", parts)

    def fingerprint(self, value: Any) -> object:
        """What two values have in common if they are equal, term by term."""
        if isinstance(value, Truth | Number | tuple) or is_dataclass(value):
            return self.theory.identify(self.pack(value))
        return value


def list_choices(hints: list[Hint]) -> Iterator[tuple[Hint, ...]]:
    """Yield the types of all parameters, once for each choice of records where they are unions."""
    return itertools.product(*map(list_records, hints))
