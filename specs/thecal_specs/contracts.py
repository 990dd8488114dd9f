# SPDX-License-Identifier: Apache-2.0
"""What a function of the kernel promises, proved once from its body and assumed at its calls."""

from thecal import units


def quotient_down_is_the_largest(dividend: int, divisor: int, result: int) -> bool:
    """``compute_quotient_down``: in range, and next to the true quotient unless that is beyond the range."""
    is_asked_well = dividend >= 0 and divisor >= 1
    return not is_asked_well or (
        0 <= result < units.QUOTIENT_END
        and result * divisor <= dividend
        and (dividend < (result + 1) * divisor or result == units.QUOTIENT_END - 1)
    )


def quotient_up_is_the_smallest(dividend: int, divisor: int, result: int) -> bool:
    """``compute_quotient_up``: in range, and next to the true quotient unless that is beyond the range."""
    is_asked_well = dividend >= 0 and divisor >= 1
    return not is_asked_well or (
        0 <= result <= units.QUOTIENT_END
        and (dividend <= result * divisor or result == units.QUOTIENT_END)
        and (result == 0 or (result - 1) * divisor < dividend)
    )


CONTRACTS = {
    units.compute_quotient_down: quotient_down_is_the_largest,
    units.compute_quotient_up: quotient_up_is_the_smallest,
}
