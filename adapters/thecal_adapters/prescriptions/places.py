# SPDX-License-Identifier: Apache-2.0
"""Where a key stands in a TOML text: the parser itself is asked, with one line more each time."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeAlias

Key: TypeAlias = Sequence[str | int]
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def find_line(text: str, key: Key) -> int:
    """The line, counted from 1, in which the value of a key begins; of its nearest parent if it is not there itself.

    Each beginning of the text that is TOML by itself is read; the first that knows the key ends with its value.
    """
    lines = text.splitlines()
    for depth in range(len(key), 0, -1):
        whole = 0
        for count in range(1, len(lines) + 1):
            table = _parse("\n".join(lines[:count]))
            if table is None:
                continue
            if _is_in(table, key[:depth]):
                return _skip_blank(lines, whole, count) + 1
            whole = count
    return 1


def find_line_given_up(text: str) -> int:
    """The line, counted from 1, at which the parser gives up on a text for its depth or for the length of a number."""
    lines = text.splitlines()
    return bisect_left(range(1, len(lines)), True, key=lambda count: _is_given_up("\n".join(lines[:count]))) + 1


def _is_given_up(text: str) -> bool:
    """Whether the parser gives up on a text; it then does so on every longer one."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    except (RecursionError, ValueError):
        return True
    return False


def is_huge(value: object) -> bool:
    """Whether a number of more than 64 bits stands in a value, which is not nested deeply."""
    if isinstance(value, int):
        return abs(value) >= 2**63
    return any(is_huge(inner) for inner in _list_inner(value))


def is_deeper(value: object, most: int) -> bool:
    """Whether tables and lists are nested in each other more than so many times."""
    values = [value]
    for _ in range(most):
        values = [inner for each in values for inner in _list_inner(each)]
    return any(isinstance(each, (dict, list)) for each in values)


def _list_inner(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []


def _parse(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _is_in(table: object, key: Key) -> bool:
    for part in key:
        if isinstance(part, str) and isinstance(table, dict):
            table = table.get(part)
        elif isinstance(part, int) and isinstance(table, list):
            table = table[part] if part < len(table) else None
        else:
            return False
    return table is not None


def _skip_blank(lines: Sequence[str], first: int, end: int) -> int:
    for place in range(first, end):
        if lines[place].strip() and not lines[place].lstrip().startswith("#"):
            return place
    return end - 1


def tell_key(key: Key) -> str:
    """A key as it is written: ``basal.step[2].rate``; in quotes, and escaped, where it is no bare word."""
    told = ""
    for part in key:
        if isinstance(part, int):
            told += f"[{part}]"
        else:
            word = part if _BARE.fullmatch(part) else ascii(part)
            told += f".{word}" if told else word
    return told
