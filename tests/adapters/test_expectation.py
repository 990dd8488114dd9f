# SPDX-License-Identifier: Apache-2.0
"""An expectation is part of what happened, and everything in it must be found."""

import pytest

from thecal_adapters.simulation.expectation import find_mismatches

FOUND = {"a": 1, "b": {"c": [1, 2], "d": None}, "e": True}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"a": 1},
        {"b": {"c": [1, 2]}},
        {"b": {"d": None}, "e": True},
        {"a": {"at_least": 1}},
        {"a": {"at_most": 1}},
        {"a": {"at_least": 0, "at_most": 2}},
        {"b": {"c": [{"at_most": 1}, 2]}},
    ],
)
def test_a_part_of_what_happened_is_found(expected: object) -> None:
    assert find_mismatches(expected, FOUND, "$") == []


@pytest.mark.parametrize(
    ("expected", "mismatch"),
    [
        ({"a": 2}, "$.a: 2 expected, 1 found"),
        ({"a": True}, "$.a: True expected, 1 found"),
        ({"e": 1}, "$.e: 1 expected, True found"),
        ({"f": 1}, "$.f: expected, and not there"),
        ({"b": {"c": [1]}}, "$.b.c: 1 values expected, 2 found"),
        ({"b": {"c": [1, 3]}}, "$.b.c[1]: 3 expected, 2 found"),
        ({"b": []}, "$.b: [] expected, {'c': [1, 2], 'd': None} found"),
        ({"a": {"at_least": 2}}, "$.a: at least 2 expected, 1 found"),
        ({"a": {"at_most": 0}}, "$.a: at most 0 expected, 1 found"),
        ({"e": {"at_most": 5}}, "$.e: a number at most 5 expected, True found"),
        ({"b": {"at_least": 5}}, "$.b: a number at least 5 expected, {'c': [1, 2], 'd': None} found"),
    ],
)
def test_anything_else_is_a_mismatch(expected: object, mismatch: str) -> None:
    assert find_mismatches(expected, FOUND, "$") == [mismatch]
