# SPDX-License-Identifier: Apache-2.0
"""Wrong answers: what a kernel may answer that goes wrong in a single step, and in one place of it.

Each number in turn is another one: one more or less, nothing at all, what it was before the step. A part that should
have been brought up to date may be left as it was, and an enumeration may be any other of its members. Of a long table
the first two places and the last are tried.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import IntEnum
from typing import Any

LONG = 8  # entries: of a longer table not every place is tried


def list_wrong(answer: Any, before: Any, place: str) -> Iterator[tuple[str, Any]]:
    """What may stand in place of an answer, each with what is wrong; ``before`` is what it was, or None."""
    if before is not None and type(before) is type(answer) and before != answer:
        yield f"{place} as it was", before
    if is_dataclass(answer) and not isinstance(answer, type):
        yield from _list_of_record(answer, before, place)
    elif isinstance(answer, tuple):
        yield from _list_of_table(answer, before, place)
    elif isinstance(answer, bool):
        yield f"{place} = {not answer}", not answer
    elif isinstance(answer, IntEnum):
        yield from ((f"{place} = {other.name}", other) for other in type(answer) if other != answer)
    else:
        others = dict.fromkeys((answer + 1, answer - 1, 0))
        yield from ((f"{place} = {other}", other) for other in others if other != answer)


def _list_of_record(answer: Any, before: Any, place: str) -> Iterator[tuple[str, Any]]:
    for field in fields(answer):
        was = getattr(before, field.name, None)
        for what, other in list_wrong(getattr(answer, field.name), was, f"{place}.{field.name}"):
            yield what, replace(answer, **{field.name: other})


def _list_of_table(answer: tuple[Any, ...], before: Any, place: str) -> Iterator[tuple[str, Any]]:
    last = len(answer) - 1
    for index in range(len(answer)) if last < LONG else (0, 1, last):
        was = before[index] if isinstance(before, tuple) and len(before) > last else None
        for what, other in list_wrong(answer[index], was, f"{place}[{index}]"):
            yield what, (*answer[:index], other, *answer[index + 1 :])
