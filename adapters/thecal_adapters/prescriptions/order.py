# SPDX-License-Identifier: Apache-2.0
"""What somebody orders: a prescription with its overrides, and the fluids that it is ordered on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thecal.prescription import NO_OVERRIDES, Overrides, Prescription
from thecal.units import Concentrations


@dataclass(frozen=True)
class Filling:
    """A refill that goes before: how much of what, and whether the reservoir is rinsed with it first."""

    volume_nl: int
    concentrations_fg_per_nl: Concentrations
    is_rinsed: bool


@dataclass(frozen=True)
class Tubing:
    """Tubing and catheter: what they hold at least and at most, and whether it is the reservoir's fluid or no drug."""

    volume_lo_nl: int
    volume_hi_nl: int
    is_filled_from_reservoir: bool


@dataclass(frozen=True)
class Order:
    """A prescription, why which soft rule is set aside for it, and the fluids that come first where they change.

    ``drugs`` are the names of the library's places in their order, ``status`` is what must be said wherever it is used.
    """

    title: str
    status: str
    pump: str
    drugs: Sequence[str]
    prescription: Prescription
    overrides: Overrides
    reasons: Mapping[str, str] = field(default_factory=dict)
    filling: Filling | None = None
    tubing: Tubing | None = None


def is_without_lockout(prescription: Prescription) -> bool:
    """Whether a patient may ask for the next bolus in the second in which one has ended."""
    return prescription.bolus_fg > 0 and prescription.bolus_count_max > 0 and prescription.lockout_s == 0


def make_order(
    drugs: Sequence[str], prescription: Prescription, overrides: Overrides = NO_OVERRIDES, title: str = "As entered"
) -> Order:
    """An order of a prescription alone, on whatever fluids path and reservoir hold."""
    return Order(title=title, status="as entered", pump="", drugs=drugs, prescription=prescription, overrides=overrides)
