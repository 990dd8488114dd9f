# SPDX-License-Identifier: Apache-2.0
"""A dose over half hours of the day: exact in all, and each half hour within a femtogram of the others."""

from fractions import Fraction

from thecal.units import SLOT_COUNT
from thecal_adapters.doses.units import Kind, Quantity


def spread(dose: Quantity, count: int) -> tuple[int, ...] | None:
    """A dose a day, a dose an hour, or a mass, over so many half hours; None if it is no whole number of femtograms."""
    shares = {Kind.DAY_DOSE: Fraction(count, SLOT_COUNT), Kind.HOUR_DOSE: Fraction(count, 2), Kind.MASS: Fraction(1)}
    mass_fg = dose.amount * shares[dose.kind]
    return share(int(mass_fg), count) if mass_fg.denominator == 1 else None


def share(mass_fg: int, count: int) -> tuple[int, ...]:
    """A mass over so many half hours."""
    return tuple((place + 1) * mass_fg // count - place * mass_fg // count for place in range(count))
