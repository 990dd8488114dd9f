# SPDX-License-Identifier: Apache-2.0
"""What a person decides on when an order is reviewed: if it is another one when the order comes, the order is stale."""

import hashlib

from thecal.state import State
from thecal_adapters.codec import encode
from thecal_adapters.journal.entries import write_compact


def compute_basis(state: State) -> str:
    """A digest of all that a person decides on: settings, fluids, mode, what is staged, boluses, active alarms.

    Time and what has been delivered are left out, so that a page does not grow stale by reading it.
    """
    decided = (
        state.config_digest,
        int(state.mode),
        state.is_programmed,
        state.is_admitted,
        encode(state.program),
        encode(state.overrides),
        encode(state.staged) if state.staged.is_staged else None,
        state.path.is_declared,
        state.path.volume_lo_nl,
        state.path.volume_hi_nl,
        encode(state.path.old),
        encode(state.reservoir.fluid),
        state.reservoir.filled_clock_s,
        state.bolus.is_active,
        state.lockout.end_tick,
        state.therapy.discrepancy,
        state.therapy.is_bolus_blocked,
        [alarm.is_active for alarm in state.alarms],
    )
    return hashlib.sha256(write_compact(decided).encode("ascii")).hexdigest()
