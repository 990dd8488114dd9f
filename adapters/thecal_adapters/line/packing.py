# SPDX-License-Identifier: Apache-2.0
"""Between bytes and records: one reading for every record, led by its declared types, strict in both directions.

The form is that of postcard 1.0, for which other languages have libraries: the fields of a record in their order
without names, integers as zigzag varints, an enumeration's member as the varint of its number, one of several records
behind the varint of its place among them, a bool as one byte, a table of fixed length without its length, text and
bytes behind their length. What postcard leaves open is closed here:
a varint is as short as it can be and within 64 bits, and nothing follows the last field. So a value has exactly one
form, and a digest of the form is a digest of the value.
"""

from dataclasses import dataclass, is_dataclass
from enum import IntEnum
from types import UnionType
from typing import cast, get_args

from thecal.boundary import INTEGER_MAX, INTEGER_MIN, list_fields

VARINT_BYTES_MAX = 10  # 64 bits, seven in each byte
BLOB_BYTES_MAX = 4_096


class Unreadable(ValueError):
    """Bytes that are no value of the declared type: ``path`` says where, ``reason`` what is wrong."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def pack(declared: object, value: object) -> bytes:
    """The bytes of a value of a declared type: a record or one of several, a member, a number, a text, bytes."""
    made = bytearray()
    _pack(declared, value, made)
    return bytes(made)


def _pack(declared: object, value: object, made: bytearray) -> None:
    if isinstance(declared, UnionType):
        kinds = get_args(declared)
        made += _make_varint(kinds.index(type(value)))
        _pack(type(value), value, made)
    elif isinstance(value, bool):
        made.append(value)
    elif isinstance(value, IntEnum):
        made += _make_varint(int(value))
    elif isinstance(value, int):
        _pack_integer(value, made)
    elif isinstance(value, str):
        _pack_blob(value.encode(), made)
    elif isinstance(value, bytes):
        _pack_blob(value, made)
    elif isinstance(value, tuple):
        item = _item_of(declared)
        for element in value:
            _pack(item, element, made)
    elif is_dataclass(value):
        for name, kind in list_fields(type(value)):
            _pack(kind, getattr(value, name), made)
    else:
        raise TypeError(f"{type(value).__name__} has no form on the line")


def _item_of(declared: object) -> object:
    items = get_args(declared)[0]  # Annotated[tuple[item, ...], length]
    return get_args(items)[0]


def _pack_integer(value: int, made: bytearray) -> None:
    if not INTEGER_MIN <= value <= INTEGER_MAX:
        raise ValueError(f"{value} does not fit in 64 bits")
    made += _make_varint(value << 1 if value >= 0 else (-value << 1) - 1)


def _pack_blob(value: bytes, made: bytearray) -> None:
    if len(value) > BLOB_BYTES_MAX:
        raise ValueError(f"{len(value)} bytes are more than {BLOB_BYTES_MAX}")
    made += _make_varint(len(value))
    made += value


def _make_varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def unpack(declared: object, data: bytes, path: str) -> object:
    """The value of a declared type that these bytes are, all of them; or ``Unreadable``, whatever they are."""
    reader = _Reader(data)
    value = reader.read(declared, path)
    if reader.place != len(data):
        raise Unreadable(path, f"{len(data) - reader.place} bytes follow the last field")
    return value


@dataclass(slots=True)
class _Reader:
    data: bytes
    place: int = 0

    def read(self, declared: object, path: str) -> object:
        if isinstance(declared, UnionType):
            return self._read_one_of(get_args(declared), path)
        if declared is int:
            number = self._read_varint(path)
            return number >> 1 if number & 1 == 0 else -(number >> 1) - 1
        if declared is bool:
            return self._read_bool(path)
        if declared is bytes:
            return self._take(self._read_length(path), path)
        if declared is str:
            return self._read_text(path)
        if isinstance(declared, type) and issubclass(declared, IntEnum):
            return self._read_member(declared, path)
        if isinstance(declared, type) and is_dataclass(declared):
            fields = {name: self.read(kind, f"{path}.{name}") for name, kind in list_fields(declared)}
            return cast(type, declared)(**fields)
        length, item = get_args(declared)[1], _item_of(declared)
        return tuple(self.read(item, f"{path}[{place}]") for place in range(length))

    def _read_one_of(self, kinds: tuple[type, ...], path: str) -> object:
        number = self._read_varint(path)
        if number >= len(kinds):
            raise Unreadable(path, f"{number} is the number of no kind; there are {len(kinds)}")
        return self.read(kinds[number], f"{path}.{kinds[number].__name__}")

    def _take(self, count: int, path: str) -> bytes:
        taken = self.data[self.place : self.place + count]
        if len(taken) != count:
            raise Unreadable(path, "ends too early")
        self.place += count
        return taken

    def _read_varint(self, path: str) -> int:
        value = 0
        for index in range(VARINT_BYTES_MAX):
            byte = self._take(1, path)[0]
            value |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:
                if index > 0 and byte == 0:
                    raise Unreadable(path, "a number is written longer than it need be")
                break
        else:
            raise Unreadable(path, "a number does not end")
        if value >= 1 << 64:
            raise Unreadable(path, "a number does not fit in 64 bits")
        return value

    def _read_bool(self, path: str) -> bool:
        byte = self._take(1, path)[0]
        if byte > 1:
            raise Unreadable(path, f"{byte} is neither 0 nor 1")
        return byte == 1

    def _read_length(self, path: str) -> int:
        length = self._read_varint(path)
        if length > BLOB_BYTES_MAX:
            raise Unreadable(path, f"{length} bytes are more than {BLOB_BYTES_MAX}")
        return length

    def _read_text(self, path: str) -> str:
        try:
            return self._take(self._read_length(path), path).decode()
        except UnicodeDecodeError:
            raise Unreadable(path, "is no UTF-8") from None

    def _read_member(self, declared: type[IntEnum], path: str) -> IntEnum:
        number = self._read_varint(path)
        try:
            return declared(number)
        except ValueError:
            raise Unreadable(path, f"{number} is no number of {declared.__name__}") from None
