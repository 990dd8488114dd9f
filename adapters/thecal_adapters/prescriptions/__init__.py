# SPDX-License-Identifier: Apache-2.0
"""Prescriptions as people write them: files that end in ``.prescription.toml``, read whole or refused with the line."""

from thecal_adapters.prescriptions.order import Filling, Order, Tubing, is_without_lockout, make_order
from thecal_adapters.prescriptions.reading import load_order, read_order
from thecal_adapters.prescriptions.shipped import find_example, list_examples

__all__ = [
    "Filling",
    "Order",
    "Tubing",
    "find_example",
    "is_without_lockout",
    "list_examples",
    "load_order",
    "make_order",
    "read_order",
]
