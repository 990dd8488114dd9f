# SPDX-License-Identifier: Apache-2.0
"""Witnesses: named courses of events, from the pump's box on, that show what can happen (TOT-04).

Each is run on the kernel, with the ghost history beside it, and under the very assumptions under which everything
else is proved. This module joins them, and nothing else does.
"""

from thecal_specs.witnesses.boluses import BOLUSES
from thecal_specs.witnesses.doubts import DOUBTS
from thecal_specs.witnesses.faults import FAULTS
from thecal_specs.witnesses.fluids import FLUIDS
from thecal_specs.witnesses.jointly import JOINTLY
from thecal_specs.witnesses.limits import LIMITS
from thecal_specs.witnesses.midnight import MIDNIGHT
from thecal_specs.witnesses.mixtures import MIXTURES
from thecal_specs.witnesses.modes import MODES
from thecal_specs.witnesses.priming import PRIMING
from thecal_specs.witnesses.programming import PROGRAMMING
from thecal_specs.witnesses.ranges import RANGES
from thecal_specs.witnesses.reservoir import RESERVOIR
from thecal_specs.witnesses.trace import Trace
from thecal_specs.witnesses.windows import WINDOWS

WITNESSES: tuple[Trace, ...] = (
    *BOLUSES,
    *PROGRAMMING,
    *FLUIDS,
    *RESERVOIR,
    *FAULTS,
    *MIDNIGHT,
    *PRIMING,
    *MODES,
    *WINDOWS,
    *LIMITS,
    *RANGES,
    *MIXTURES,
    *DOUBTS,
    *JOINTLY,
)
