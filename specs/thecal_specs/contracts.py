# SPDX-License-Identifier: Apache-2.0
"""What a function of the kernel promises, proved once from its body and assumed at its calls."""

from thecal import schedule, units
from thecal.state import Ratio


def division_step_keeps_the_dividend(
    division: units.Division, divisor: int, power: int, result: units.Division
) -> bool:
    """``compute_division_step``: quotient times divisor plus rest stays; the quotient grows by the power or not."""
    is_taken = result.quotient == division.quotient + power and result.rest >= 0
    is_left = result.quotient == division.quotient and result.rest == division.rest
    return (
        power < 0
        or divisor < 0
        or (
            result.quotient * divisor + result.rest == division.quotient * divisor + division.rest
            and (is_taken or is_left)
            and (division.rest >= divisor * power or is_left)
            and (division.rest < divisor * power or is_taken)
            and (
                result.rest < divisor * power
                if division.rest < 2 * (divisor * power)
                else is_taken and result.rest >= divisor * power
            )
        )
    )


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


def share_is_enough(first_fg: int, ratio: Ratio, pulse_volume_nl: int, result: int) -> bool:
    """``compute_share_fg``: at least what comes with the first drug by the ratio, or beyond all limits; never more."""
    is_asked_well = first_fg >= 0 and ratio.first_fg_per_nl >= 1 and ratio.drug_fg_per_nl >= 0 and pulse_volume_nl >= 1
    return not is_asked_well or (
        0 <= result <= units.MASS_FG_BEYOND_LIMITS
        and (result == units.MASS_FG_BEYOND_LIMITS or first_fg * ratio.drug_fg_per_nl <= result * ratio.first_fg_per_nl)
    )


CONTRACTS = {
    schedule.compute_share_fg: share_is_enough,
    units.compute_division_step: division_step_keeps_the_dividend,
    units.compute_quotient_down: quotient_down_is_the_largest,
    units.compute_quotient_up: quotient_up_is_the_smallest,
}
