# SPDX-License-Identifier: Apache-2.0
"""Canonical bytes of a record: one value has one text, and one text has one value.

A record is its numbers in the order in which its fields are declared, behind the name of its type and a fingerprint of
that type's shape. An image of another version is so refused by name, and never read as something else.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import IntEnum
from typing import Annotated, TypeVar, cast, get_args, get_origin

from thecal.boundary import INTEGER_MAX, INTEGER_MIN, list_fields
from thecal_adapters.codec import Refused

T = TypeVar("T")


_SHAPES: dict[type, str] = {}


def compute_shape(declared: type) -> str:
    """A fingerprint of the names and types of everything in a record."""
    found = _SHAPES.get(declared)
    if found is None:
        found = _SHAPES[declared] = hashlib.sha256(_describe(declared).encode()).hexdigest()[:16]
    return found


def _describe(declared: object) -> str:
    if get_origin(declared) is Annotated:
        items, length = get_args(declared)
        return f"{length}*{_describe(get_args(items)[0])}"
    if isinstance(declared, type) and issubclass(declared, IntEnum):
        return f"{declared.__name__}<{','.join(f'{each.name}={each.value}' for each in declared)}>"
    if isinstance(declared, type) and is_dataclass(declared):
        return f"{declared.__name__}({','.join(f'{n}:{_describe(kind)}' for n, kind in list_fields(declared))})"
    return getattr(declared, "__name__", str(declared))


def _flatten(value: object, found: list[int]) -> None:
    if isinstance(value, int):  # bools and members as well
        found.append(int(value))
    elif isinstance(value, tuple):
        for element in value:
            _flatten(element, found)
    else:
        for name, _ in list_fields(type(value)):
            _flatten(getattr(value, name), found)


def pack(value: object) -> bytes:
    """The canonical bytes of a record of the kernel."""
    found: list[int] = []
    _flatten(value, found)
    kind = type(value)
    return f"{kind.__name__}/{compute_shape(kind)}:{','.join(map(str, found))}".encode("ascii")


def compute_image_digest(value: object) -> bytes:
    """SHA-256 of a record's canonical bytes."""
    return hashlib.sha256(pack(value)).digest()


def unpack(declared: type[T], image: bytes, path: str) -> T:
    """The record of that type from its canonical bytes, or a refusal: every other text is damaged."""
    head, _, body = image.partition(b":")
    expected = f"{declared.__name__}/{compute_shape(declared)}".encode("ascii")
    if head != expected:
        raise Refused(path, f"is an image of {head[:60]!r}, where {expected!r} is expected")
    numbers = iter([_read_integer(text, path) for text in body.split(b",")])
    try:
        value = _rebuild(declared, numbers, path)
    except StopIteration:
        raise Refused(path, "is cut off") from None
    if next(numbers, None) is not None:
        raise Refused(path, "holds more than the record")
    return cast(T, value)


def _read_integer(text: bytes, path: str) -> int:
    if len(text) > 20 or not text.removeprefix(b"-").isdigit():
        raise Refused(path, f"{text[:20]!r} is no integer")
    value = int(text)
    if str(value).encode("ascii") != text or not INTEGER_MIN <= value <= INTEGER_MAX:
        raise Refused(path, f"{text!r} is not the form of an integer of 64 bits")
    return value


def _rebuild(declared: object, numbers: Iterator[int], path: str) -> object:
    if get_origin(declared) is Annotated:
        items, length = get_args(declared)
        return tuple([_rebuild(get_args(items)[0], numbers, path) for _ in range(length)])
    if isinstance(declared, type) and is_dataclass(declared):
        parts = [_rebuild(kind, numbers, f"{path}.{name}") for name, kind in list_fields(declared)]
        return declared(*parts)
    value = next(numbers)
    if declared is int:
        return value
    if isinstance(declared, type) and issubclass(declared, IntEnum):
        if value not in [each.value for each in declared]:
            raise Refused(path, f"{value} is no {declared.__name__}")
        return declared(value)
    if value not in (0, 1):
        raise Refused(path, f"{value} is neither true nor false")
    return value == 1
