# SPDX-License-Identifier: Apache-2.0
"""The catalogue of properties: everything that is claimed of the kernel, in one order, one row for each ID.

The sentences stand in one module per group. This module joins them, and nothing else does.
"""

from thecal_specs.catalogue.alarms import PROPERTIES as ALARMS
from thecal_specs.catalogue.concentration import PROPERTIES as CONCENTRATION
from thecal_specs.catalogue.form import PROPERTIES as FORM
from thecal_specs.catalogue.overdose import PROPERTIES as OVERDOSE
from thecal_specs.catalogue.programming import PROPERTIES as PROGRAMMING
from thecal_specs.catalogue.record import Amendment, Kind, Means, Predicate, Property
from thecal_specs.catalogue.reservoir import PROPERTIES as RESERVOIR
from thecal_specs.catalogue.time_and_faults import PROPERTIES as TIME_AND_FAULTS
from thecal_specs.catalogue.underdose import PROPERTIES as UNDERDOSE

__all__ = ["CATALOGUE", "Amendment", "Kind", "Means", "Predicate", "Property", "find_property"]

CATALOGUE: tuple[Property, ...] = (
    *OVERDOSE,
    *CONCENTRATION,
    *RESERVOIR,
    *UNDERDOSE,
    *PROGRAMMING,
    *TIME_AND_FAULTS,
    *ALARMS,
    *FORM,
)


def find_property(property_id: str) -> Property:
    """The row of one ID."""
    for row in CATALOGUE:
        if row.id == property_id:
            return row
    raise KeyError(f"{property_id} is not in the catalogue")
