# SPDX-License-Identifier: Apache-2.0
"""The one parser of amounts: any value gives a quantity, or a rejection that says what is wrong and what to write.

The rules are those for writing doses safely: a zero before the point, none after the last digit, a space before the
unit, ``mcg`` and never a micro sign (ISMP's list of error-prone dose designations, as printed at
empr.com/charts/error-prone-dose-designations [V]). One of that list's rules is not kept: commas between thousands are
refused, because half of the world reads them as decimal; a larger unit serves instead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from thecal_adapters.doses.units import AMOUNT_MAX, BY_SYMBOL, SAMPLES, UNITS, Kind, Quantity

TEXT_LENGTH_MAX = 40
DIGITS_MAX = 15
MICRO_SIGNS = "\u00b5\u03bc"

_NUMBER = re.compile(r"[0-9.,'_]+(?: [0-9.,'_]+)*")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")


class Fault(Enum):
    """What is wrong with an amount: the rule, as one sentence."""

    NO_TEXT = "an amount is a text: a number, a space and a unit"
    BARE_NUMBER = "a number without a unit says nothing"
    EMPTY = "nothing stands here"
    TOO_LONG = f"an amount has at most {TEXT_LENGTH_MAX} characters"
    MICRO_SIGN = "the micro sign is read as m, a thousand times as much; write mcg"
    FOREIGN_DIGITS = "only the digits 0 to 9 are digits here"
    FOREIGN_CHARACTERS = "only plain ASCII characters may stand in an amount"
    SPACES = "there is one space, between the number and its unit, and no other"
    SIGN = "an amount has no sign"
    NO_NUMBER = "an amount begins with a number"
    THOUSANDS = "thousands are not separated: a comma is decimal to half of the readers; take a larger unit"
    DECIMAL_COMMA = "the decimal sign is a point"
    EXPONENT = "a number is written out, without an exponent"
    NAKED_POINT = "a zero must stand before the decimal point, or the point is overlooked and ten times as much is read"
    TRAILING_POINT = "no decimal point stands at the end"
    TWO_POINTS = "a number has one decimal point at most"
    TRAILING_ZERO = "no zero stands at the end of a decimal, or the point is overlooked and ten times as much is read"
    LEADING_ZERO = "no zero stands before a whole number"
    RUN_TOGETHER = "a space stands between number and unit, or the m is read as zeros"
    ERROR_PRONE_UNIT = "this way to write the unit is known for being misread"
    UNKNOWN_UNIT = "this unit is not known"
    WRONG_KIND = "this is another kind of amount"
    TOO_MANY_DIGITS = f"a number has at most {DIGITS_MAX} digits"
    NOT_EXACT = "this is no whole number of the kernel's smallest units, and nothing is rounded"
    TOO_LARGE = "this is more than the kernel knows of"


@dataclass(frozen=True)
class Rejection:
    """Why a value is no amount of the wanted kind, and what would be."""

    raw: object
    fault: Fault
    advice: str

    def __str__(self) -> str:
        is_long = isinstance(self.raw, int) and self.raw.bit_length() > 64  # which Python may refuse to write out
        return f"{'a number of more than 64 bits' if is_long else repr(self.raw)}: {self.fault.value}; {self.advice}"


# Ways to write a unit that are known for being misread, and what to write instead.
ERROR_PRONE = {
    "ug": "mcg", "ug/day": "mcg/day", "ug/h": "mcg/h", "ug/mL": "mcg/mL", "ug/ml": "mcg/mL", "ul": "mcL", "uL": "mcL",
    "cc": "mL", "ml": "mL", "mg/ml": "mg/mL", "mcg/ml": "mcg/mL", "ng/ml": "ng/mL", "ml/day": "mL/day",
    "mg/d": "mg/day", "mcg/d": "mcg/day", "ng/d": "ng/day", "mg/24h": "mg/day", "mcg/24h": "mcg/day",
    "mg/hr": "mg/h", "mcg/hr": "mcg/h", "mg/hour": "mg/h", "mcg/hour": "mcg/h", "gamma": "mcg",
    "mg.": "mg", "mcg.": "mcg", "mL.": "mL", "mgs": "mg", "mcgs": "mcg", "mLs": "mL", "MG": "mg", "MCG": "mcg",
    "hr": "h", "hrs": "h", "H": "h", "d": "days", "D": "days", "m": "min", "mins": "min", "sec": "s", "secs": "s",
}  # fmt: skip


def read(raw: object, *kinds: Kind) -> Quantity | Rejection:
    """The quantity that a value is, of one of the wanted kinds; or why it is none. Nothing raises."""
    if not isinstance(raw, str):
        is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
        return _reject(raw, Fault.BARE_NUMBER if is_number else Fault.NO_TEXT, kinds)
    fault = next(_find_character_faults(raw), None)
    if fault is not None:
        return _reject(raw, fault, kinds)
    found = _NUMBER.match(raw)
    if found is None:
        return _reject(raw, Fault.NO_NUMBER, kinds)
    number, rest = found[0], raw[found.end() :]
    fault = next(_find_number_faults(number, rest), None)
    if fault is not None:
        return _reject(raw, fault, kinds)
    return _read_with_unit(raw, number, rest[1:], kinds)


def _find_character_faults(raw: str) -> Iterator[Fault]:
    if not raw.strip():
        yield Fault.EMPTY
    if len(raw) > TEXT_LENGTH_MAX:
        yield Fault.TOO_LONG
    if any(sign in raw for sign in MICRO_SIGNS):
        yield Fault.MICRO_SIGN
    if any(character.isnumeric() and not character.isascii() for character in raw):
        yield Fault.FOREIGN_DIGITS
    if not raw.isascii() or not raw.isprintable():
        yield Fault.FOREIGN_CHARACTERS
    if raw != raw.strip() or "  " in raw:
        yield Fault.SPACES
    if raw[0] in "+-":
        yield Fault.SIGN


def _find_number_faults(number: str, rest: str) -> Iterator[Fault]:
    if any(mark in number for mark in " '_") or _GROUPED.fullmatch(number):
        yield Fault.THOUSANDS
    if "," in number:
        yield Fault.DECIMAL_COMMA
    if re.match(r"[eE][+-]?[0-9]", rest):
        yield Fault.EXPONENT
    if number.count(".") > 1:
        yield Fault.TWO_POINTS
    if number.startswith("."):
        yield Fault.NAKED_POINT
    if number.endswith("."):
        yield Fault.TRAILING_POINT
    if "." in number and number.endswith("0"):
        yield Fault.TRAILING_ZERO
    if re.match(r"0[0-9]", number):
        yield Fault.LEADING_ZERO
    if not rest:
        yield Fault.BARE_NUMBER
    if not rest.startswith(" "):
        yield Fault.RUN_TOGETHER
    if sum(character.isdigit() for character in number) > DIGITS_MAX:
        yield Fault.TOO_MANY_DIGITS


def _read_with_unit(raw: str, number: str, symbol: str, kinds: tuple[Kind, ...]) -> Quantity | Rejection:
    unit = BY_SYMBOL.get(symbol)
    if unit is None:
        if symbol in ERROR_PRONE:
            return Rejection(raw, Fault.ERROR_PRONE_UNIT, f"write {ERROR_PRONE[symbol]}")
        return _reject(raw, Fault.UNKNOWN_UNIT, kinds)
    if unit.kind not in kinds:
        return Rejection(raw, Fault.WRONG_KIND, f"{symbol} is {unit.kind.value}, and {_expect(kinds)}")
    amount = Fraction(number) * unit.size
    if amount.denominator != 1:
        return _reject(raw, Fault.NOT_EXACT, kinds)
    if amount > AMOUNT_MAX[unit.kind]:
        return _reject(raw, Fault.TOO_LARGE, kinds)
    return Quantity(unit.kind, int(amount))


def _reject(raw: object, fault: Fault, kinds: tuple[Kind, ...]) -> Rejection:
    if fault in (Fault.UNKNOWN_UNIT, Fault.BARE_NUMBER):
        return Rejection(raw, fault, f"{_expect(kinds)}, in {', '.join(u.symbol for u in UNITS if u.kind in kinds)}")
    return Rejection(raw, fault, _expect(kinds))


def _expect(kinds: tuple[Kind, ...]) -> str:
    return " or ".join(f"{kind.value} is expected, such as {SAMPLES[kind]}" for kind in kinds)
