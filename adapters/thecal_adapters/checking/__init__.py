# SPDX-License-Identifier: Apache-2.0
"""What a prescription can do at worst and at best, told before anything is programmed."""

from thecal_adapters.checking.changes import Side
from thecal_adapters.checking.check import Check, Forecast, check
from thecal_adapters.checking.start import make_running_state

__all__ = ["Check", "Forecast", "Side", "check", "make_running_state"]
