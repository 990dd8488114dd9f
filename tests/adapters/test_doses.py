# SPDX-License-Identifier: Apache-2.0
"""Amounts: what is written safely is read exactly, what is not is refused with the rule, and nothing is rounded."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal_adapters.doses import Fault, Kind, Quantity, Rejection, read, tell, tell_change, tell_percent
from thecal_adapters.doses.printing import tell_decimal
from thecal_adapters.doses.reading import ERROR_PRONE
from thecal_adapters.doses.units import AMOUNT_MAX, BY_SYMBOL, SAMPLES, UNITS

ALL = tuple(Kind)


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("0.5 mg/day", Kind.DAY_DOSE, 500_000_000_000),
        ("500 mcg/day", Kind.DAY_DOSE, 500_000_000_000),
        ("20 mg/mL", Kind.CONCENTRATION, 20_000_000),
        ("120 mcg", Kind.MASS, 120_000_000_000),
        ("25 mcg/h", Kind.HOUR_DOSE, 25_000_000_000),
        ("18 mL", Kind.VOLUME, 18_000_000),
        ("0.316 mL", Kind.VOLUME, 316_000),
        ("250 mcL", Kind.VOLUME, 250_000),
        ("0.048 mL/day", Kind.FLOW, 48_000),
        ("10 minutes", Kind.DURATION, 600),
        ("4 hours", Kind.DURATION, 14_400),
        ("1 day", Kind.DURATION, 86_400),
        ("0 mcg", Kind.MASS, 0),
        ("1 ng/mL", Kind.CONCENTRATION, 1),
    ],
)
def test_an_amount_that_is_well_written_is_read_exactly(text: str, kind: Kind, amount: int) -> None:
    assert read(text, *ALL) == Quantity(kind, amount)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (".5 mg", Fault.NAKED_POINT),
        ("1.0 mg", Fault.TRAILING_ZERO),
        ("0.50 mg", Fault.TRAILING_ZERO),
        ("1. mg", Fault.TRAILING_POINT),
        ("0,5 mg", Fault.DECIMAL_COMMA),
        ("1,000 mcg", Fault.THOUSANDS),
        ("1 000 mcg", Fault.THOUSANDS),
        ("1'000 mcg", Fault.THOUSANDS),
        ("1_000 mcg", Fault.THOUSANDS),
        ("5 ug", Fault.ERROR_PRONE_UNIT),
        ("5 \u00b5g", Fault.MICRO_SIGN),
        ("5 \u03bcg", Fault.MICRO_SIGN),
        ("5", Fault.BARE_NUMBER),
        (5, Fault.BARE_NUMBER),
        (0.5, Fault.BARE_NUMBER),
        (True, Fault.NO_TEXT),
        (None, Fault.NO_TEXT),
        ("\u0665 mg", Fault.FOREIGN_DIGITS),
        ("\u00bd mg", Fault.FOREIGN_DIGITS),
        ("\uff15 mg", Fault.FOREIGN_DIGITS),
        ("5\u00a0mg", Fault.FOREIGN_CHARACTERS),
        ("5mg", Fault.RUN_TOGETHER),
        ("5  mg", Fault.SPACES),
        (" 5 mg", Fault.SPACES),
        ("-5 mg", Fault.SIGN),
        ("mg 5", Fault.NO_NUMBER),
        ("five mg", Fault.NO_NUMBER),
        ("1e3 mcg", Fault.EXPONENT),
        ("05 mg", Fault.LEADING_ZERO),
        ("1.2.3 mg", Fault.TWO_POINTS),
        ("5 mg/day/h", Fault.UNKNOWN_UNIT),
        ("5 IU", Fault.UNKNOWN_UNIT),
        ("5 cc", Fault.ERROR_PRONE_UNIT),
        ("5 mg.", Fault.ERROR_PRONE_UNIT),
        ("0.1234567890123456 mg", Fault.TOO_MANY_DIGITS),
        ("0.0000001 ng", Fault.NOT_EXACT),
        ("1.5 s", Fault.NOT_EXACT),
        ("0.5 ng/mL", Fault.NOT_EXACT),
        ("101 mg", Fault.TOO_LARGE),
        ("", Fault.EMPTY),
        ("1" * 41 + " mg", Fault.TOO_LONG),
    ],
)
def test_an_amount_that_is_not_is_refused_with_the_rule(raw: object, fault: Fault) -> None:
    found = read(raw, *ALL)
    assert isinstance(found, Rejection)
    assert found.fault is fault
    assert fault.value in str(found)


def test_a_number_that_python_will_not_write_out_is_refused_like_another() -> None:
    assert "a number of more than 64 bits: a number without a unit" in str(read(10**5_000, *ALL))


def test_every_fault_but_the_kind_is_met_above() -> None:
    marks = test_an_amount_that_is_not_is_refused_with_the_rule.pytestmark  # type: ignore[attr-defined]
    met = {fault for _, fault in marks[0].args[1]}
    assert met == set(Fault) - {Fault.WRONG_KIND}


@pytest.mark.parametrize("wanted", ALL)
@pytest.mark.parametrize("given_kind", ALL)
def test_an_amount_of_another_kind_is_refused_and_told_what_it_is(wanted: Kind, given_kind: Kind) -> None:
    found = read(SAMPLES[given_kind], wanted)
    if wanted is given_kind:
        assert isinstance(found, Quantity)
    else:
        assert isinstance(found, Rejection)
        assert found.fault is Fault.WRONG_KIND
        assert f"is {given_kind.value}, and {wanted.value} is expected" in str(found)


def test_no_unit_is_both_known_and_error_prone_and_each_advice_is_a_unit() -> None:
    assert not ERROR_PRONE.keys() & BY_SYMBOL.keys()
    assert set(ERROR_PRONE.values()) <= BY_SYMBOL.keys()
    assert len(BY_SYMBOL) == len(UNITS)


@st.composite
def amounts(draw: st.DrawFn) -> Quantity:
    kind = draw(st.sampled_from(ALL))
    highest = AMOUNT_MAX[kind]
    near = st.sampled_from([unit.size for unit in UNITS if unit.kind is kind]).flatmap(
        lambda size: st.integers(max(0, size - 2), min(highest, size + 2))
    )
    return Quantity(kind, draw(st.integers(0, highest) | near | st.just(highest)))


@settings(max_examples=500, derandomize=True, deadline=None)
@given(amounts())
def test_what_is_shown_reads_back_as_the_same_number(quantity: Quantity) -> None:
    assert read(tell(quantity.amount, quantity.kind), *ALL) == quantity


@settings(max_examples=500, derandomize=True, deadline=None)
@given(st.text(max_size=45) | st.from_regex(r"[0-9.,' +-]{1,12}[ \u00a0]?[a-zA-Z/\u00b5]{0,7}", fullmatch=True))
def test_any_text_is_read_or_refused_and_nothing_raises(text: str) -> None:
    found = read(text, *ALL)
    assert isinstance(found, Quantity | Rejection)
    if isinstance(found, Quantity):
        number, symbol = text.split(" ")
        assert Fraction(number) * BY_SYMBOL[symbol].size == found.amount


@pytest.mark.parametrize("text", ["0", "0.05", "12", "12.5", "-0.5", "100"])
def test_decimals_are_written_out(text: str) -> None:
    assert tell_decimal(Fraction(text)) == text


def test_changes_and_shares_are_told_exactly_or_between_neighbours() -> None:
    assert tell_change(500_000_000_000, Kind.DAY_DOSE) == "+500 mcg/day"
    assert tell_change(-500_000_000_000, Kind.DAY_DOSE) == "-500 mcg/day"
    assert tell_change(0, Kind.DAY_DOSE) == "no change"
    assert tell_percent(1, 8) == "12.5 %"
    assert tell_percent(1, 3) == "33.3 to 33.4 %"
    assert tell_percent(-1, 3) == "-33.4 to -33.3 %"
    assert tell_percent(3, 2) == "150 %"
