# SPDX-License-Identifier: Apache-2.0
"""Values of the kernel's types, by their declaration alone: neutral, random, or one leaf away from another.

Nothing here knows a record or a field by name, so that a record that grows a field needs no change.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import IntEnum
from functools import cache
from random import Random
from typing import Any, TypeVar, get_args, get_type_hints

T = TypeVar("T")

DrawInteger = Callable[[str], int]


@cache
def list_fields(record: type) -> tuple[tuple[str, Any], ...]:
    """Name and declared type of every field."""
    hints = get_type_hints(record, include_extras=True)
    return tuple((field.name, hints[field.name]) for field in fields(record))


def build(declared: Any, name: str, leaf: Callable[[Any, str], Any]) -> Any:
    """A value of a declared type, each leaf made by its type and the name of its field."""
    if is_dataclass(declared) and isinstance(declared, type):
        return declared(**{field: build(kind, field, leaf) for field, kind in list_fields(declared)})
    if isinstance(declared, type):
        return leaf(declared, name)
    items, length = get_args(declared)  # Annotated[tuple[item, ...], length]
    return tuple(build(get_args(items)[0], name, leaf) for _ in range(length))


def _take_neutral(declared: Any, _: str) -> Any:
    return min(declared) if issubclass(declared, IntEnum) else declared()


@cache
def _build_neutral(record: Any) -> Any:
    return build(record, "", _take_neutral)


def alter(record: T, **known: object) -> T:
    """A record with other values, of fields whose names are only known when it runs."""
    value: Any = record
    altered: T = replace(value, **known)
    return altered


def fill(record: type[T], **known: object) -> T:
    """A record with the fields that are named, the rest 0, false, or the first member."""
    kind: Any = record
    neutral: T = _build_neutral(kind)
    return alter(neutral, **known)


def draw(rng: Random, declared: Any, draw_integer: DrawInteger) -> Any:
    """A random value of a declared type."""

    def leaf(kind: Any, name: str) -> Any:
        if kind is int:
            return draw_integer(name)
        return rng.choice((False, True)) if kind is bool else rng.choice(tuple(kind))

    return build(declared, "", leaf)


def transform(value: T, leaf: Callable[[Any], Any]) -> T:
    """The value with each leaf replaced."""
    result: Any = value
    if is_dataclass(value) and not isinstance(value, type):
        result = replace(value, **{field.name: transform(getattr(value, field.name), leaf) for field in fields(value)})
    elif isinstance(value, tuple):
        result = tuple(transform(item, leaf) for item in value)
    else:
        result = leaf(value)
    transformed: T = result
    return transformed


def get_unit(name: str) -> str:
    """What a field counts: the last word of its name."""
    return name.rsplit("_", 1)[-1]


def find_integers(value: object, name: str = "") -> dict[str, set[int]]:
    """Every integer inside a value, by unit."""
    found: dict[str, set[int]] = {}
    if is_dataclass(value):
        parts = [(field.name, getattr(value, field.name)) for field in fields(value)]
    elif isinstance(value, tuple):
        parts = [(name, item) for item in value]
    elif type(value) is int:
        return {get_unit(name): {value}}
    else:
        return {}
    for part, inner in parts:
        for unit, numbers in find_integers(inner, part).items():
            found.setdefault(unit, set()).update(numbers)
    return found


def list_kin(value: object) -> dict[str, list[int]]:
    """The same, in order: what a seed chooses from must not depend on the order of a set."""
    return {unit: sorted(numbers) for unit, numbers in find_integers(value).items()}


def mutate(rng: Random, value: T, draw_integer: DrawInteger, name: str = "") -> T:
    """The value with one leaf changed, or all items of one tuple made the same."""
    mutated: Any = value
    if is_dataclass(value) and not isinstance(value, type):
        part = rng.choice(fields(value)).name
        inner = mutate(rng, getattr(value, part), draw_integer, part)
        mutated = replace(value, **{part: inner})
    elif isinstance(value, tuple):
        place = rng.randrange(len(value))
        item = mutate(rng, value[place], draw_integer, name)
        is_of_all = type(item) is int and rng.randrange(4) == 0
        mutated = (item,) * len(value) if is_of_all else value[:place] + (item,) + value[place + 1 :]
    elif isinstance(value, IntEnum):
        mutated = rng.choice(tuple(type(value)))
    elif isinstance(value, bool):
        mutated = not value
    else:
        mutated = draw_integer(name)
    result: T = mutated
    return result
