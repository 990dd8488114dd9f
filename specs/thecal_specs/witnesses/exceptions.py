# SPDX-License-Identifier: Apache-2.0
"""What no trace shows, and why none can: the exceptions that TOT-04 names, told by every report."""

from collections.abc import Mapping
from types import MappingProxyType

EXCEPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "response NOTHING_AGAINST_IT": (
            "it passes between rooms of the kernel, which say by it that they refuse nothing; no event is answered so"
        ),
        "response REFUSED_BOLUS_LEDGER_IS_FULL": (
            "of the boluses that ended in the last 24 h at most 25 were patients' (24 began in them, and one before)"
            " and at most 6 clinicians', so that the oldest of 32 entries never counts; the guard is there for the"
            " induction, which does not count entries"
        ),
        "response REFUSED_MALFORMED_FACT": (
            "facts with amounts beyond the kernel's limits are refused at the boundary, and the assumptions exclude"
            " them; only who calls the step without the boundary meets it"
        ),
    }
)
