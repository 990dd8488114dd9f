# SPDX-License-Identifier: Apache-2.0
"""Too much drug: what must never be exceeded."""

from thecal.state import State
from thecal.units import DAY_S, compute_sum_fg, is_no_larger
from thecal_specs.ghost import Ghost
from thecal_specs.logic import implies


def any_day_stays_under_the_largest_cap_in_force(after: State, ghost_after: Ghost) -> bool:
    """OVR-01: in any 24 h, what passed the tip of every drug, and the upper book, stay under the largest cap in force."""
    window = ghost_after.window
    return implies(
        window.is_open and after.tick - window.since_tick <= DAY_S,
        is_no_larger(compute_sum_fg(window.basal_fg, window.bolus_fg), window.cap_day_fg)
        and is_no_larger(window.given_fg, window.cap_day_fg),
    )


def patient_boluses_keep_the_lockout_between_them(before: State, after: State, ghost: Ghost) -> bool:
    """OVR-03: from the end of a bolus to the next patient bolus pass at least the largest lockout in force between."""
    last = ghost.last_bolus
    return implies(
        not before.bolus.is_active and after.bolus.is_active and after.bolus.is_patient and last.has_ended,
        after.tick - last.end_tick >= max(last.lockout_s, after.program.lockout_s),
    )


def any_day_starts_at_most_n_patient_boluses(before: State, after: State, ghost_after: Ghost) -> bool:
    """OVR-04: when a patient bolus starts, at most N, as in force then, have started in any 24 h up to it."""
    window = ghost_after.window
    return implies(
        window.is_open
        and after.tick - window.since_tick <= DAY_S
        and not before.bolus.is_active
        and after.bolus.is_active
        and after.bolus.is_patient,
        window.starts <= after.program.bolus_count_max,
    )
