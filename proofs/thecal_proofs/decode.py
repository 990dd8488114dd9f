# SPDX-License-Identifier: Apache-2.0
"""Turns a model of the solver into values of the kernel's own classes, and into source text that builds them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from thecal_proofs import values
from thecal_proofs.frontend.types import BoolType, EnumType, RecordType, TupleType, Type
from thecal_proofs.loading import Loaded


def fill(type_: Type, name: str, model: Mapping[str, int]) -> list[int]:
    """List the leaves of a value; one that the model leaves open gets the least value of its type."""
    return [model.get(leaf, least(found)) for leaf, found in values.leaf_names(type_, name)]


def least(found: Type) -> int:
    """The value that a leaf of this type gets if nothing else is known."""
    return min(number for _, number in found.members) if isinstance(found, EnumType) else 0


def build(type_: Type, leaves: Iterator[int], loaded: Loaded) -> Any:
    """Make the CPython object of a type from its leaves."""
    match type_:
        case RecordType():
            cls = loaded.find(type_.module, type_.name)
            return cls(*(build(inner, leaves, loaded) for _, inner in type_.fields))
        case TupleType():
            return tuple(build(type_.element, leaves, loaded) for _ in range(type_.length))
        case EnumType():
            return loaded.find(type_.module, type_.name)(next(leaves))
        case BoolType():
            return bool(next(leaves))
        case _:
            return next(leaves)


def flatten(type_: Type, value: Any) -> Iterator[int]:
    """Yield the leaves of a CPython object, as integers."""
    match type_:
        case RecordType():
            for field, inner in type_.fields:
                yield from flatten(inner, getattr(value, field))
        case TupleType():
            for item in value:
                yield from flatten(type_.element, item)
        case _:
            yield int(value)


def write(type_: Type, leaves: Iterator[int], use: Callable[[str, str], object], indent: int = 4) -> str:
    """Write an expression that builds the value; `use(module, name)` notes each import it needs."""
    match type_:
        case RecordType():
            use(type_.module, type_.name)
            inner = [f"{f}={write(t, leaves, use, indent + 4)}" for f, t in type_.fields]
            return _call(type_.name, inner, indent)
        case TupleType():
            return _write_tuple([write(type_.element, leaves, use, indent + 4) for _ in range(type_.length)], indent)
        case EnumType():
            use(type_.module, type_.name)
            number = next(leaves)
            name = next((n for n, value in type_.members if value == number), None)
            return f"{type_.name}({number})" if name is None else f"{type_.name}.{name}"
        case BoolType():
            return str(bool(next(leaves)))
        case _:
            return str(next(leaves))


def _write_tuple(items: list[str], indent: int) -> str:
    if len(items) > 2 and len(set(items)) == 1:
        return f"({items[0]},) * {len(items)}"
    return _call("", [*items, ""] if len(items) == 1 else items, indent)


def _call(name: str, items: list[str], indent: int) -> str:
    flat = f"{name}({', '.join(items)})" if len(items) != 2 or items[1] else f"{name}({items[0]},)"
    if len(flat) + indent <= 100 and "\n" not in flat:
        return flat
    pad = " " * (indent + 4)
    return f"{name}(\n" + "".join(f"{pad}{item},\n" for item in items if item) + " " * indent + ")"
