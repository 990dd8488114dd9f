# SPDX-License-Identifier: Apache-2.0
"""The one division of the kernel is Python's, as far as its quotients reach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    MASS_FG_MAX,
    PULSE_VOLUME_NL_MAX,
    QUOTIENT_END,
    RATE_STEP_FG_PER_S,
    compute_fg_per_s_up,
    compute_quotient_down,
    compute_quotient_up,
    is_no_larger,
    is_within,
)
from thecal_specs.contracts import CONTRACTS, RATE_END
from thecal_specs.contracts import quotient_down_is_the_largest as is_down
from thecal_specs.contracts import quotient_up_is_the_smallest as is_up

DIVISORS = (1, 2, 3, 1_799, 2_000, 10**8, 10**11)


def test_quotients_are_those_of_python_on_every_small_pair() -> None:
    for divisor in range(1, 40):
        for dividend in range(600):
            assert compute_quotient_down(dividend, divisor) == dividend // divisor
            assert compute_quotient_up(dividend, divisor) == -(-dividend // divisor)


@pytest.mark.parametrize("divisor", DIVISORS)
@pytest.mark.parametrize("quotient", [1, 2, 3, 2**13, 2**25 - 1, 2**25, 2**25 + 1, QUOTIENT_END - 1])
def test_quotients_turn_at_exact_multiples(divisor: int, quotient: int) -> None:
    exact = quotient * divisor
    assert compute_quotient_down(exact - 1, divisor) == quotient - 1
    assert compute_quotient_down(exact, divisor) == quotient
    assert compute_quotient_up(exact, divisor) == quotient
    assert compute_quotient_up(exact - 1, divisor) == (quotient if divisor > 1 else quotient - 1)
    assert compute_quotient_up(exact + 1, divisor) == quotient + 1


@pytest.mark.parametrize("divisor", DIVISORS)
@pytest.mark.parametrize("beyond", [0, 1, 10**6])
def test_quotients_beyond_their_range_stay_at_its_end(divisor: int, beyond: int) -> None:
    dividend = (QUOTIENT_END + beyond) * divisor
    assert compute_quotient_down(dividend, divisor) == QUOTIENT_END - 1
    assert compute_quotient_up(dividend, divisor) == QUOTIENT_END


@given(st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_quotients_keep_their_contracts(dividend: int, divisor: int) -> None:
    assert is_down(dividend, divisor, compute_quotient_down(dividend, divisor))
    assert is_up(dividend, divisor, compute_quotient_up(dividend, divisor))
    assert {compute_quotient_down: is_down, compute_quotient_up: is_up}.items() <= CONTRACTS.items()


@pytest.mark.parametrize("quotient", [-1, 1, 3])
def test_a_wrong_quotient_breaks_its_contract(quotient: int) -> None:
    assert not is_down(14, 7, quotient)
    assert not is_up(14, 7, quotient)


def test_one_drug_above_its_limit_is_enough() -> None:
    assert is_no_larger((1, 2, 3, 4), (1, 2, 3, 4))
    assert not is_no_larger((1, 2, 3, 5), (9, 9, 9, 4))


def test_both_ends_lie_within_a_range() -> None:
    assert [value for value in range(10) if is_within(value, 3, 5)] == [3, 4, 5]


@given(st.integers(0, MASS_FG_MAX), st.integers(1, DAY_S))
def test_a_rate_brings_its_mass_in_time_and_is_no_whole_step_too_large(mass_fg: int, duration_s: int) -> None:
    fg_per_s = compute_fg_per_s_up(mass_fg, duration_s)
    assert fg_per_s * duration_s >= mass_fg or fg_per_s == RATE_END
    assert fg_per_s == 0 or (fg_per_s - RATE_STEP_FG_PER_S) * duration_s < mass_fg


def test_the_largest_rate_is_more_than_any_motor_gives() -> None:
    assert compute_fg_per_s_up(MASS_FG_MAX, 1) == RATE_END
    assert RATE_END > CONCENTRATION_FG_PER_NL_MAX * PULSE_VOLUME_NL_MAX
