# SPDX-License-Identifier: Apache-2.0
"""Hazards, requirements, assumptions and incidents, as records read from the TOML files beside this module.

They are TOML so that a reviewer can read them without Python. They are read strictly: a key that is missing,
unknown or of the wrong type is an error that names its place and the key.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from typing import TypeVar

T = TypeVar("T")


class Side(Enum):
    """Where the harm of a hazard lies."""

    TOO_MUCH = "too much"
    TOO_LITTLE = "too little"
    BOTH = "both"


class Discharge(Enum):
    """The three ways to answer for an assumption. There is no fourth."""

    MONITOR = "monitor"
    TEST = "test"
    DUTY = "duty"


@dataclass(frozen=True)
class Incident:
    """What happened to a real pump, with its public source."""

    number: int
    name: str
    what: str
    source: str


@dataclass(frozen=True)
class Hazard:
    """A source of harm, stated from both sides. ``severity`` is a grade of the project's own scale."""

    id: str
    name: str
    side: Side
    severity: str
    cause: str
    situation: str
    harm: str
    other_side: str
    counterparts: tuple[str, ...]
    incidents: tuple[int, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Requirement:
    """One demand on the kernel. ``note`` says where it departs from a published one; empty if it does not."""

    id: str
    text: str
    hazards: tuple[str, ...]
    properties: tuple[str, ...]
    published: tuple[str, ...]
    incidents: tuple[int, ...]
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Assumption:
    """Something believed and not proved; while ``is_open``, nothing discharges it yet.

    ``needed_by`` is empty where all properties need it.
    """

    id: str
    name: str
    text: str
    discharged_by: Discharge
    how: str
    where: str
    is_open: bool
    if_false: str
    needed_by: tuple[str, ...]
    sources: tuple[str, ...]


class TextError(ValueError):
    """A text that does not have its form."""


class _Entry:
    """One table of a file, whose keys are taken one by one and must all be taken."""

    def __init__(self, place: str, table: object) -> None:
        if not isinstance(table, dict):
            raise TextError(f"{place}: a table is expected")
        self._place = place
        self._rest: dict[str, object] = dict(table)

    def _take(self, key: str) -> object:
        if key not in self._rest:
            raise TextError(f"{self._place}: {key} is missing")
        return self._rest.pop(key)

    def _take_as(self, key: str, kind: type[T], called: str) -> T:
        value = self._take(key)
        # By exact type: Python's True is an int, and a number is meant to be none.
        if type(value) is not kind:
            raise TextError(f"{self._place}: {key} must be {called}")
        return value

    def text(self, key: str) -> str:
        return self._take_as(key, str, "a text")

    def number(self, key: str) -> int:
        return self._take_as(key, int, "an integer")

    def flag(self, key: str) -> bool:
        return self._take_as(key, bool, "true or false")

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(_Entry(self._place, {key: value}).text(key) for value in self._items(key))

    def numbers(self, key: str) -> tuple[int, ...]:
        return tuple(_Entry(self._place, {key: value}).number(key) for value in self._items(key))

    def _items(self, key: str) -> list[object]:
        value = self._take(key)
        if not isinstance(value, list):
            raise TextError(f"{self._place}: {key} must be a list")
        return value

    def choice(self, key: str, choices: Callable[[str], T]) -> T:
        value = self.text(key)
        try:
            return choices(value)
        except ValueError as error:
            raise TextError(f"{self._place}: {error}") from None

    def close(self) -> None:
        if self._rest:
            raise TextError(f"{self._place}: unknown key {', '.join(self._rest)}")


def read_incident(entry: _Entry) -> Incident:
    """One table of incidents.toml."""
    return Incident(
        number=entry.number("number"),
        name=entry.text("name"),
        what=entry.text("what"),
        source=entry.text("source"),
    )


def read_hazard(entry: _Entry) -> Hazard:
    """One table of hazards.toml."""
    return Hazard(
        id=entry.text("id"),
        name=entry.text("name"),
        side=entry.choice("side", Side),
        severity=entry.text("severity"),
        cause=entry.text("cause"),
        situation=entry.text("situation"),
        harm=entry.text("harm"),
        other_side=entry.text("other_side"),
        counterparts=entry.texts("counterparts"),
        incidents=entry.numbers("incidents"),
        sources=entry.texts("sources"),
    )


def read_requirement(entry: _Entry) -> Requirement:
    """One table of requirements.toml."""
    return Requirement(
        id=entry.text("id"),
        text=entry.text("text"),
        hazards=entry.texts("hazards"),
        properties=entry.texts("properties"),
        published=entry.texts("published"),
        incidents=entry.numbers("incidents"),
        sources=entry.texts("sources"),
        note=entry.text("note"),
    )


def read_assumption(entry: _Entry) -> Assumption:
    """One table of assumptions.toml."""
    return Assumption(
        id=entry.text("id"),
        name=entry.text("name"),
        text=entry.text("text"),
        discharged_by=entry.choice("discharged_by", Discharge),
        how=entry.text("how"),
        where=entry.text("where"),
        is_open=entry.flag("is_open"),
        if_false=entry.text("if_false"),
        needed_by=entry.texts("needed_by"),
        sources=entry.texts("sources"),
    )


def read_entries(text: str, key: str, read: Callable[[_Entry], T]) -> tuple[T, ...]:
    """All tables ``[[key]]`` of a text."""
    tables = tomllib.loads(text).get(key, [])
    if not isinstance(tables, list):
        raise TextError(f"{key}: a list of tables is expected")
    return tuple(_read_whole(f"{key} {place}", table, read) for place, table in enumerate(tables, start=1))


def _read_whole(place: str, table: object, read: Callable[[_Entry], T]) -> T:
    entry = _Entry(place, table)
    row = read(entry)
    entry.close()
    return row


def read_severities(text: str) -> Mapping[str, str]:
    """The scale at the head of hazards.toml."""
    table = tomllib.loads(text).get("severity")
    scale = _Entry("severity", table)
    return {grade: scale.text(grade) for grade in table or ()}


def read_file(name: str) -> str:
    """One of the files beside this module."""
    return files("thecal_specs.text").joinpath(name).read_text(encoding="utf-8")
