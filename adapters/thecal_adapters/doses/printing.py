# SPDX-License-Identifier: Apache-2.0
"""Amounts as text that the parser reads back as the very same number: nothing is rounded, ever."""

from fractions import Fraction

from thecal.units import DAY_S
from thecal_adapters.doses.units import UNITS, Kind, Unit

# Told in one unit alone, for there is no other in use beside the pump.
IN_MILLILITRES = (Kind.VOLUME, Kind.FLOW)


def tell(amount: int, kind: Kind) -> str:
    """An amount in the kernel's unit of its kind, 0 or more, as ``doses.read`` reads it."""
    if kind is Kind.DURATION:
        return _tell_duration(amount)
    units = [unit for unit in UNITS if unit.kind is kind]
    unit = units[0] if kind in IN_MILLILITRES else next((u for u in units if amount >= u.size), _find_usual(units))
    return f"{tell_decimal(Fraction(amount, unit.size))} {unit.symbol}"


def _find_usual(units: list[Unit]) -> Unit:
    """What nothing at all is told in."""
    return next(unit for unit in units if unit.symbol.startswith("mcg"))


def _tell_duration(amount_s: int) -> str:
    if amount_s >= 2 * DAY_S and amount_s % DAY_S == 0:
        return f"{amount_s // DAY_S} days"
    for symbol, size in (("h", 3_600), ("min", 60)):
        if amount_s and amount_s % size == 0:
            return f"{amount_s // size} {symbol}"
    return f"{amount_s} s"


def tell_decimal(number: Fraction) -> str:
    """A finite decimal, written out: a zero before the point, none at the end."""
    digits = 0
    while (number * 10**digits).denominator != 1:
        digits += 1
    scaled = abs(int(number * 10**digits))
    text = str(scaled).rjust(digits + 1, "0")
    whole = text[: len(text) - digits]
    sign = "-" if number < 0 else ""
    return f"{sign}{whole}.{text[len(text) - digits :]}" if digits else f"{sign}{whole}"


def tell_change(amount: int, kind: Kind) -> str:
    """A difference with its sign; what follows the sign reads back as the amount."""
    if amount == 0:
        return "no change"
    return f"{'+' if amount > 0 else '-'}{tell(abs(amount), kind)}"


def tell_fraction(number: Fraction, digits: int = 3, to: str = " to ") -> str:
    """A number, exact where so few digits hold it, else between two neighbours, with ``to`` in between."""
    scaled = number * 10**digits
    low = scaled.numerator // scaled.denominator
    if scaled.denominator == 1:
        return tell_decimal(number)
    return to.join(tell_decimal(Fraction(end, 10**digits)) for end in (low, low + 1))


def tell_percent(part: int, whole: int, digits: int = 1, to: str = " to ") -> str:
    """A share in per cent: exact where so few digits hold it, else between two neighbours. ``whole`` is above 0."""
    return f"{tell_fraction(Fraction(100 * part, whole), digits, to)} %"
