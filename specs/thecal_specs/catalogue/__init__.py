# SPDX-License-Identifier: Apache-2.0
"""The catalogue of properties: everything that is claimed of the kernel, in one order, one row for each ID.

The sentences stand in one module per group. This module joins them, and nothing else does.
"""

from thecal_specs.catalogue import (
    alarms,
    concentration,
    form,
    overdose,
    programming,
    reservoir,
    time_and_faults,
    underdose,
)
from thecal_specs.catalogue.record import Amendment, Kind, Means, Predicate, Property

__all__ = ["CATALOGUE", "Amendment", "Kind", "Means", "Predicate", "Property", "find_property"]

CATALOGUE: tuple[Property, ...] = (
    *overdose.PROPERTIES,
    *concentration.PROPERTIES,
    *reservoir.PROPERTIES,
    *underdose.PROPERTIES,
    *programming.PROPERTIES,
    *time_and_faults.PROPERTIES,
    *alarms.PROPERTIES,
    *form.PROPERTIES,
)


def find_property(property_id: str) -> Property:
    """The row of one ID."""
    for row in CATALOGUE:
        if row.id == property_id:
            return row
    raise KeyError(f"{property_id} is not in the catalogue")
