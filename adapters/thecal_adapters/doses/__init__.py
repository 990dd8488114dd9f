# SPDX-License-Identifier: Apache-2.0
"""Amounts as people write them, and as integers of the kernel: one total parser, one printer that never rounds."""

from thecal_adapters.doses.printing import tell, tell_change, tell_fraction, tell_percent
from thecal_adapters.doses.reading import Fault, Rejection, read
from thecal_adapters.doses.sharing import share, spread
from thecal_adapters.doses.units import Kind, Quantity

__all__ = [
    "Fault",
    "Kind",
    "Quantity",
    "Rejection",
    "read",
    "share",
    "spread",
    "tell",
    "tell_change",
    "tell_fraction",
    "tell_percent",
]
