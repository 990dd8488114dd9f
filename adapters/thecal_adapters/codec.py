# SPDX-License-Identifier: Apache-2.0
"""Between JSON and the kernel's records: strict on the way in, plain on the way out.

One reading for every record, led by its declared types, so a new event or field needs no line here. In JSON a record
is an object with exactly its fields, and an enumeration's member is its name. A tuple of fixed length is a list, in
which ``{"times": 48, "value": 5}`` stands for 48 fives. A table with a place for each drug may be written by drug:
``{"baclofen": 500000}``; every listed drug must then be named.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import IntEnum
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

from thecal.boundary import find_integer_reason, list_fields
from thecal.events import Event
from thecal.units import DRUG_COUNT

T = TypeVar("T")
Json = Mapping[str, object]

EVENTS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Event)}


class Refused(ValueError):
    """A value that is not what is asked for: ``path`` says where it stands, ``reason`` what is wrong."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def parse(text: str, path: str = "$") -> object:
    """Read JSON strictly: no NaN, no infinity, no key twice."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_make_object)
    except RecursionError:
        raise Refused(path, "is nested too deeply") from None
    except Refused as refused:
        raise Refused(path, refused.reason) from None
    except ValueError as error:
        raise Refused(path, f"is no JSON: {error}") from None


def _refuse_constant(name: str) -> object:
    raise Refused("$", f"{name} is no JSON number")


def _make_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = next(name for place, (name, _) in enumerate(pairs) if name in dict(pairs[:place]))
        raise Refused("$", f"the key {twice!r} stands twice in one object")
    return made


def expect_object(raw: object, path: str) -> Json:
    """A JSON object, or a refusal."""
    if not isinstance(raw, dict):
        raise Refused(path, f"an object is expected, not {_name_of(raw)}")
    return cast(Json, raw)


def expect_list(raw: object, path: str) -> Sequence[object]:
    """A JSON list, or a refusal."""
    if not isinstance(raw, list):
        raise Refused(path, f"a list is expected, not {_name_of(raw)}")
    return cast(Sequence[object], raw)


def expect_integer(raw: object, path: str, lowest: int | None = None, highest: int | None = None) -> int:
    """An integer of 64 bits within a closed range, or a refusal with a named reason."""
    reason = find_integer_reason(raw)
    if reason is not None:
        raise Refused(path, reason.name)
    value = cast(int, raw)
    if lowest is not None and value < lowest:
        raise Refused(path, f"{value} is below {lowest}")
    if highest is not None and value > highest:
        raise Refused(path, f"{value} is above {highest}")
    return value


def expect_text(raw: object, path: str) -> str:
    """A text, or a refusal."""
    if not isinstance(raw, str):
        raise Refused(path, f"a text is expected, not {_name_of(raw)}")
    return raw


def expect_bool(raw: object, path: str) -> bool:
    """True or false, or a refusal: 0 and 1 are neither."""
    if not isinstance(raw, bool):
        raise Refused(path, f"true or false is expected, not {_name_of(raw)}")
    return raw


def expect_keys(raw: Json, path: str, required: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Exactly these keys, the optional ones at will, or a refusal."""
    for name in required:
        if name not in raw:
            raise Refused(path, f"{name} is missing")
    for name in raw:
        if name not in required and name not in optional:
            raise Refused(f"{path}.{name}", "is not a key known here; known are " + ", ".join((*required, *optional)))


def _name_of(raw: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(raw), "a number")


@dataclass(frozen=True)
class Decoder:
    """Reads records.

    ``named``: values that a text may stand for wherever a record is expected. ``drugs``: the names of the drug table's
    places. ``given``: records that are not in the text at all, found by type and name (the last stored state).
    """

    named: Json = field(default_factory=dict)
    drugs: Sequence[str] = ()
    given: Callable[[type, str], object | None] = lambda kind, name: None

    def decode(self, declared: type[T], raw: object, path: str) -> T:
        """A value of a declared type, or a refusal."""
        return cast(T, self._decode(declared, raw, path))

    def decode_event(self, name: str, raw: object, path: str) -> Event:
        """An event of the kernel's closed list by its name, with its fields; or a refusal."""
        if name not in EVENTS:
            raise Refused(path, f"{name!r} is no event; events are {', '.join(EVENTS)}")
        return cast(Event, self._decode(EVENTS[name], raw, path))

    def decode_by_drug(self, raw: object, path: str) -> tuple[int, ...]:
        """A table written by drug, with 0 at the places that no drug has; or a refusal."""
        table = expect_object(raw, path)
        expect_keys(table, path, self.drugs)
        named = [expect_integer(table[name], f"{path}.{name}") for name in self.drugs]
        return tuple(named + [0] * (DRUG_COUNT - len(named)))

    def _decode(self, declared: object, raw: object, path: str) -> object:
        if declared is int:
            return expect_integer(raw, path)
        if declared is bool:
            return expect_bool(raw, path)
        if get_origin(declared) is Annotated:
            return self._decode_tuple(declared, raw, path)
        if isinstance(declared, type) and issubclass(declared, IntEnum):
            return _decode_member(declared, raw, path)
        if isinstance(declared, type) and is_dataclass(declared):
            return self._decode_record(declared, raw, path)
        raise Refused(path, f"{declared} has no form in JSON")

    def _decode_record(self, declared: type, raw: object, path: str) -> object:
        if isinstance(raw, str):
            given = self.given(declared, raw)
            if given is not None:
                return given
            if raw not in self.named:
                raise Refused(path, f"nothing is named {raw!r}")
            return self._decode_record(declared, expect_object(self.named[raw], f"$.named.{raw}"), f"$.named.{raw}")
        table = expect_object(raw, path)
        declared_fields = list_fields(declared)
        expect_keys(table, path, [name for name, _ in declared_fields])
        return declared(**{name: self._decode(kind, table[name], f"{path}.{name}") for name, kind in declared_fields})

    def _decode_tuple(self, declared: object, raw: object, path: str) -> tuple[object, ...]:
        items, length = get_args(declared)
        item = get_args(items)[0]
        if isinstance(raw, dict) and length == DRUG_COUNT and item is int:
            return self.decode_by_drug(raw, path)
        found: list[object] = []
        for place, element in enumerate(expect_list(raw, path)):
            here = f"{path}[{place}]"
            if isinstance(element, dict) and element.keys() == {"times", "value"}:
                times = expect_integer(element["times"], f"{here}.times", 1, length)
                found.extend([self._decode(item, element["value"], f"{here}.value")] * times)
            else:
                found.append(self._decode(item, element, here))
        if len(found) != length:
            raise Refused(path, f"{length} values are expected, not {len(found)}")
        return tuple(found)


def _decode_member(declared: type[IntEnum], raw: object, path: str) -> IntEnum:
    name = expect_text(raw, path)
    if name not in declared.__members__:
        raise Refused(path, f"{name!r} is none of {', '.join(declared.__members__)}")
    return declared[name]


def encode(value: object) -> Any:
    """The JSON form of a record, member, tuple or number."""
    if isinstance(value, IntEnum):
        return value.name
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: encode(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [encode(element) for element in value]
    if isinstance(value, int):  # a bool as well
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def write(value: object) -> str:
    """JSON text, the same bytes for the same value."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
