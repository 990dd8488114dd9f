# SPDX-License-Identifier: Apache-2.0
"""Fields of forms and what people type into them: each value is what is expected, or has an error of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from thecal_adapters.doses import Kind, Quantity, Rejection, read
from thecal_adapters.doses.units import SAMPLES
from thecal_adapters.programmer.texts import Texts, mark

TEXT_LENGTH_MAX = 64
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):(00|30)")


class Control(Enum):
    """How a field is filled in; a button holds nothing, but has the form shown again, arranged anew."""

    AMOUNT = "amount"
    COUNT = "count"
    CLOCK = "clock"
    WORDS = "words"
    CHECK = "check"
    CHOICE = "choice"
    BUTTON = "button"


@dataclass(frozen=True)
class Field:
    """One field. ``is_critical``: it is typed a second time, blind. ``legend`` begins a group of fields.

    ``is_listed``: it is a place in a list, which is typed a second time as a whole, its empty places included.
    ``is_half``: it stands beside the next one where there is room. ``fold``: it is folded away under these words, with
    its neighbours that have the same, unless one of them holds something.
    """

    name: str
    label: str
    control: Control = Control.AMOUNT
    kinds: Sequence[Kind] = ()
    hint: str = ""
    is_critical: bool = False
    is_listed: bool = False
    is_optional: bool = False
    options: Sequence[tuple[str, str]] = ()
    lowest: int = 0
    highest: int = 0
    legend: str = ""
    is_half: bool = False
    fold: str = ""


@dataclass(frozen=True)
class Part:
    """Fields of a group that stand together; ``fold`` empty: always in sight."""

    fold: str
    fields: list[Field]


@dataclass(frozen=True)
class Group:
    """Fields under one legend."""

    legend: str
    parts: list[Part]

    @property
    def is_listed(self) -> bool:
        """Whether it begins with a list, which is typed a second time as a whole."""
        return self.parts[0].fields[0].is_listed


def list_groups(fields: Sequence[Field]) -> list[Group]:
    """The fields of a form as it shows them."""
    groups: list[Group] = []
    for field in fields:
        if field.legend or not groups:
            groups.append(Group(field.legend, []))
        parts = groups[-1].parts
        if not parts or parts[-1].fold != field.fold:
            parts.append(Part(field.fold, []))
        parts[-1].fields.append(field)
    return groups


@dataclass(frozen=True)
class Slip:
    """What is wrong with one field, in the person's language."""

    field: str
    text: str


Values: TypeAlias = Mapping[str, str]


class Form:
    """What was typed into some fields: read one by one, every slip noted."""

    def __init__(self, fields: Sequence[Field], values: Values, texts: Texts) -> None:
        self.fields = {field.name: field for field in fields}
        self.values = values
        self.slips: list[Slip] = []
        self._texts = texts

    def raw(self, name: str) -> str:
        """What stands in a field, without blanks around it: browsers and hands add them."""
        return self.values.get(name, "").strip()

    def note(self, name: str, text: str, **values: object) -> None:
        """Note a slip."""
        self.slips.append(Slip(name, self._texts(text, **values)))

    def amount(self, name: str) -> int:
        """The amount in the kernel's unit; 0 for a slip or an empty field that may be."""
        found = self.quantity(name)
        return 0 if found is None else found.amount

    def quantity(self, name: str) -> Quantity | None:
        """The amount with its kind."""
        field, raw = self.fields[name], self.raw(name)
        if not raw and field.is_optional:
            return None
        found = read(raw, *field.kinds)
        if isinstance(found, Rejection):
            self.slips.append(Slip(name, self._texts.rejection(found, SAMPLES[field.kinds[0]])))
            return None
        return found

    def count(self, name: str) -> int:
        """A whole number in the field's range."""
        field, raw = self.fields[name], self.raw(name)
        is_number = raw.isascii() and raw.isdecimal() and (raw == "0" or raw[0] != "0") and len(raw) <= 9
        if not is_number or not field.lowest <= int(raw) <= field.highest:
            self.note(
                name, mark("A whole number from {lowest} to {highest} is expected."),
                lowest=field.lowest, highest=field.highest,
            )  # fmt: skip
            return field.lowest
        return int(raw)

    def clock(self, name: str) -> int | None:
        """The half hour of the day, 0 to 47; None for an empty field or a slip."""
        raw = self.raw(name)
        if not raw:
            return None
        if _CLOCK.fullmatch(raw) is None:
            self.note(name, mark("A time on a half hour is expected, such as 06:30."))
            return None
        return int(raw[:2]) * 2 + int(raw[3:]) // 30

    def words(self, name: str) -> str:
        """A short text."""
        raw = self.raw(name)
        if not raw and not self.fields[name].is_optional:
            self.note(name, mark("Something must stand here."))
        if len(raw) > TEXT_LENGTH_MAX or not raw.isprintable():
            self.note(name, mark("At most {most} printed characters may stand here."), most=TEXT_LENGTH_MAX)
        return raw

    def check(self, name: str) -> bool:
        """Whether a box is ticked."""
        return self.raw(name) == "yes"

    def choice(self, name: str) -> str:
        """One of the options."""
        raw = self.raw(name)
        if raw not in [value for value, _ in self.fields[name].options]:
            self.note(name, mark("Choose one."))
        return raw


def list_asked_again(fields: Sequence[Field], first: Values) -> list[Field]:
    """The critical fields that hold something; of a list that holds something every one."""
    used = {field.name for field in fields if first.get(field.name, "").strip()}
    is_list = any(field.is_listed and field.name in used for field in fields)
    return [field for field in fields if field.is_critical and (is_list if field.is_listed else field.name in used)]


def list_differing(asked: Sequence[Field], first: Values, second: Values) -> list[Field]:
    """The fields whose second entry is another value than the first."""
    return [field for field in asked if not is_same(field, first.get(field.name, ""), second.get(field.name, ""))]


def is_same(field: Field, first: str, second: str) -> bool:
    """Whether two entries mean the same: amounts are compared as amounts, other things as they stand."""
    is_empty = not first.strip() and not second.strip()
    if is_empty or field.control is not Control.AMOUNT:
        return first.strip() == second.strip()
    one, other = read(first.strip(), *field.kinds), read(second.strip(), *field.kinds)
    return isinstance(one, Quantity) and one == other
