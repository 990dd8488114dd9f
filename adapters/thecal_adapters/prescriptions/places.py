# SPDX-License-Identifier: Apache-2.0
"""Where a key stands in a TOML text: the parser itself is asked, with one line more each time."""

import tomllib
from collections.abc import Sequence
from typing import TypeAlias

Key: TypeAlias = Sequence[str | int]


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
    """A key as it is written: ``basal.step[2].rate``."""
    told = ""
    for part in key:
        told += f"[{part}]" if isinstance(part, int) else f".{part}" if told else part
    return told
