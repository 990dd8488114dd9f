# SPDX-License-Identifier: Apache-2.0
"""Integers of 64 bits: those of Python, but that a result which needs more raises."""

from typing import Any, TypeVar

from tests.simulation.values import transform

from thecal.boundary import INTEGER_MAX, INTEGER_MIN

T = TypeVar("T")


class Narrow(int):
    """An integer of 64 bits, and so is whatever is computed from it."""

    def __new__(cls, value: int) -> "Narrow":
        if not INTEGER_MIN <= value <= INTEGER_MAX:
            raise OverflowError(f"{value} needs more than 64 bits")
        return super().__new__(cls, value)

    def __add__(self, other: int) -> "Narrow":
        return Narrow(int(self) + int(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> "Narrow":
        return Narrow(int(self) - int(other))

    def __rsub__(self, other: int) -> "Narrow":
        return Narrow(int(other) - int(self))

    def __mul__(self, other: int) -> "Narrow":
        return Narrow(int(self) * int(other))

    __rmul__ = __mul__

    def __neg__(self) -> "Narrow":
        return Narrow(-int(self))

    def __floordiv__(self, other: int) -> "Narrow":
        return Narrow(int(self) // int(other))

    def __mod__(self, other: int) -> "Narrow":
        return Narrow(int(self) % int(other))


def _narrow_leaf(leaf: Any) -> Any:
    return Narrow(leaf) if type(leaf) is int else leaf


def narrow(value: T) -> T:
    """The value with integers of 64 bits."""
    return transform(value, _narrow_leaf)
