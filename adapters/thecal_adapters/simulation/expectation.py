# SPDX-License-Identifier: Apache-2.0
"""Compares what happened with what a scenario expects: every value that is expected must be there."""

from collections.abc import Iterator, Mapping

RANGE = {"at_least", "at_most"}


def find_mismatches(expected: object, found: object, path: str) -> list[str]:
    """Every place at which something else was found; objects may hold more than is expected, lists may not."""
    return list(_find(expected, found, path))


def _find(expected: object, found: object, path: str) -> Iterator[str]:
    if isinstance(expected, Mapping) and expected and expected.keys() <= RANGE:
        yield from _find_outside(expected, found, path)
    elif isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name, value in expected.items():
            if name in found:
                yield from _find(value, found[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}: expected, and not there"
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{path}: {len(expected)} values expected, {len(found)} found"
        for place, (one, other) in enumerate(zip(expected, found)):
            yield from _find(one, other, f"{path}[{place}]")
    elif type(expected) is not type(found) or expected != found:
        yield f"{path}: {expected!r} expected, {found!r} found"


def _find_outside(expected: Mapping[str, object], found: object, path: str) -> Iterator[str]:
    for name, bound in expected.items():
        if not isinstance(found, int) or not isinstance(bound, int) or isinstance(found, bool):
            yield f"{path}: a number {name.replace('_', ' ')} {bound} expected, {found!r} found"
        elif found < bound if name == "at_least" else found > bound:
            yield f"{path}: {name.replace('_', ' ')} {bound} expected, {found} found"
