# SPDX-License-Identifier: Apache-2.0
"""What may enter: values of the declared types, and nothing that only looks like them.

Python's annotations bind nobody: a record takes a float, a NaN or a text where an integer is declared, and a NaN then
passes every comparison. Here each value is looked at before any step. What is refused comes back as a value with a
named reason and the place where it stands; nothing raises, whatever the value.
"""

from dataclasses import dataclass, fields, is_dataclass
from enum import IntEnum
from typing import cast, get_args, get_type_hints

from thecal.events import Event
from thecal.limits import Config, is_admissible_config
from thecal.state import State
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, MASS_FG_MAX, RESERVOIR_NL_MAX, TICK_MAX

# What an amount may be at most, by the unit at the end of its name; the longer unit first. None is below 0.
HIGHEST_OF_UNIT = (
    ("_fg_per_nl", CONCENTRATION_FG_PER_NL_MAX),
    ("_fg", MASS_FG_MAX),
    ("_nl", RESERVOIR_NL_MAX),
    ("_s", TICK_MAX),
)

INTEGER_MIN = -9_223_372_036_854_775_808
INTEGER_MAX = 9_223_372_036_854_775_807


class Reason(IntEnum):
    """Why a value is refused. Numbers are stable and never reused."""

    REFUSED_A_BOOL_FOR_AN_INTEGER = 1
    REFUSED_A_FLOAT_FOR_AN_INTEGER = 2
    REFUSED_A_NAN_FOR_AN_INTEGER = 3
    REFUSED_A_TEXT_FOR_AN_INTEGER = 4
    REFUSED_SOMETHING_ELSE_FOR_AN_INTEGER = 5
    REFUSED_AN_INTEGER_BEYOND_64_BITS = 6
    REFUSED_SOMETHING_ELSE_FOR_A_BOOL = 7
    REFUSED_SOMETHING_ELSE_FOR_A_MEMBER = 8
    REFUSED_SOMETHING_ELSE_FOR_A_TUPLE = 9
    REFUSED_A_TUPLE_OF_ANOTHER_LENGTH = 10
    REFUSED_SOMETHING_ELSE_FOR_A_RECORD = 11
    REFUSED_SOMETHING_ELSE_FOR_AN_EVENT = 12
    REFUSED_AN_INADMISSIBLE_CONFIGURATION = 13
    REFUSED_AN_AMOUNT_BELOW_ITS_RANGE = 14
    REFUSED_AN_AMOUNT_ABOVE_ITS_RANGE = 15


@dataclass(frozen=True, slots=True)
class Refusal:
    """A value that may not enter: why, and where it stands, such as ``event.prescription.slots_fg[3]``."""

    reason: Reason
    path: str


class _Missing:
    """Stands for a field that was never set."""


_FIELDS: dict[type, tuple[tuple[str, object], ...]] = {}


def list_fields(record: type) -> tuple[tuple[str, object], ...]:
    """The fields of a record with their types, aliases resolved."""
    found = _FIELDS.get(record)
    if found is None:
        hints = get_type_hints(record, include_extras=True)
        names = tuple(field.name for field in fields(record)) if is_dataclass(record) else ()
        found = _FIELDS[record] = tuple((name, hints[name]) for name in names)
    return found


def find_integer_reason(value: object) -> Reason | None:
    """Why a value is no integer of 64 bits, or None if it is one. A bool is none, and neither is an enum's member."""
    kind = type(value)
    if kind is int and isinstance(value, int):
        return None if INTEGER_MIN <= value <= INTEGER_MAX else Reason.REFUSED_AN_INTEGER_BEYOND_64_BITS
    if kind is bool:
        return Reason.REFUSED_A_BOOL_FOR_AN_INTEGER
    if kind is float:
        is_nan = value != value
        return Reason.REFUSED_A_NAN_FOR_AN_INTEGER if is_nan else Reason.REFUSED_A_FLOAT_FOR_AN_INTEGER
    if kind is str:
        return Reason.REFUSED_A_TEXT_FOR_AN_INTEGER
    return Reason.REFUSED_SOMETHING_ELSE_FOR_AN_INTEGER


def find_refusal(declared: object, value: object, path: str) -> Refusal | None:
    """What is wrong with a value for a declared type, first place first, or None.

    A declared type is ``int``, ``bool``, an enumeration, a record, or a tuple of fixed length as the kernel writes it.
    """
    if declared is int:
        reason = find_integer_reason(value)
        return None if reason is None else Refusal(reason, path)
    if declared is bool:
        return None if type(value) is bool else Refusal(Reason.REFUSED_SOMETHING_ELSE_FOR_A_BOOL, path)
    if isinstance(declared, type) and is_dataclass(declared):
        return _find_record_refusal(declared, value, path)
    if isinstance(declared, type):
        return None if type(value) is declared else Refusal(Reason.REFUSED_SOMETHING_ELSE_FOR_A_MEMBER, path)
    return _find_tuple_refusal(declared, value, path)


def _find_record_refusal(declared: type, value: object, path: str) -> Refusal | None:
    if type(value) is not declared:
        return Refusal(Reason.REFUSED_SOMETHING_ELSE_FOR_A_RECORD, path)
    for name, kind in list_fields(declared):
        refusal = find_refusal(kind, getattr(value, name, _Missing()), f"{path}.{name}")
        if refusal is not None:
            return refusal
    return None


def _find_tuple_refusal(declared: object, value: object, path: str) -> Refusal | None:
    items, length = get_args(declared)  # Annotated[tuple[item, ...], length]
    if type(value) is not tuple or not isinstance(value, tuple):
        return Refusal(Reason.REFUSED_SOMETHING_ELSE_FOR_A_TUPLE, path)
    if len(value) != length:
        return Refusal(Reason.REFUSED_A_TUPLE_OF_ANOTHER_LENGTH, path)
    item = get_args(items)[0]
    for place, element in enumerate(value):
        refusal = find_refusal(item, element, f"{path}[{place}]")
        if refusal is not None:
            return refusal
    return None


def find_amount_refusal(name: str, value: object, path: str) -> Refusal | None:
    """Which amount of an event lies outside of what its unit may be, first place first, or None.

    The unit is the end of the field's name, and its range that of ``thecal.units``: more than any pump holds, any drug
    is strong or any patient bears is no amount but a slip.
    """
    if isinstance(value, tuple):
        places = (find_amount_refusal(name, each, f"{path}[{i}]") for i, each in enumerate(value))
        return next((refusal for refusal in places if refusal is not None), None)
    if isinstance(value, type) or not is_dataclass(value):
        highest = next((highest for unit, highest in HIGHEST_OF_UNIT if name.endswith(unit)), None)
        if highest is None or not isinstance(value, int) or 0 <= value <= highest:
            return None
        is_below = value < 0
        reason = Reason.REFUSED_AN_AMOUNT_BELOW_ITS_RANGE if is_below else Reason.REFUSED_AN_AMOUNT_ABOVE_ITS_RANGE
        return Refusal(reason, path)
    parts = (find_amount_refusal(part, getattr(value, part), f"{path}.{part}") for part, _ in list_fields(type(value)))
    return next((refusal for refusal in parts if refusal is not None), None)


def admit_event(value: object) -> Event | Refusal:
    """The event, if it is one of the closed list, every value of its type and every amount in its range; else why not.

    A fluid that is stronger than the range is reported as one that has an unknown drug, for a fact must not be lost.
    """
    if type(value) not in get_args(Event):
        return Refusal(Reason.REFUSED_SOMETHING_ELSE_FOR_AN_EVENT, "event")
    refusal = find_refusal(type(value), value, "event") or find_amount_refusal("event", value, "event")
    return cast(Event, value) if refusal is None else refusal


def admit_config(value: object) -> Config | Refusal:
    """The configuration, if every value in it is of its type and the kernel accepts it; else what is wrong."""
    refusal = find_refusal(Config, value, "config")
    if refusal is not None:
        return refusal
    if not isinstance(value, Config) or not is_admissible_config(value):
        return Refusal(Reason.REFUSED_AN_INADMISSIBLE_CONFIGURATION, "config")
    return value


def admit_state(value: object) -> State | Refusal:
    """The state, if every value in it is of its type; else what is wrong. That it may be run is not said by this."""
    refusal = find_refusal(State, value, "state")
    return cast(State, value) if refusal is None else refusal
