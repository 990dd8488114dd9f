# SPDX-License-Identifier: Apache-2.0
"""What is noted as lacking in each step: what was planned, less what was surely given and what is still promised."""

from thecal.events import Event, PulseReported, PulseResult
from thecal.state import Lacking, State
from thecal.units import LACKING_FG_1800_MAX, LACKING_LENGTH, LACKING_S, SLOT_S
from thecal_specs.ghost import compute_slot_of_step, is_report_of_flight


def compute_promised_fg_1800(state: State) -> int:
    """Basal that is owed, and that of a pulse of which nobody knows yet what it did."""
    is_flying = state.flight.is_pending and state.flight.is_basal
    return state.basal.owed_fg_1800 + (state.flight.first_fg * SLOT_S if is_flying else 0)


def compute_given_fg_1800(before: State, event: Event) -> int:
    """The least of the first drug in a basal pulse that is done."""
    if isinstance(event, PulseReported):
        is_done = is_report_of_flight(before, event) and event.result == PulseResult.DONE
        return before.flight.first_lo_fg * SLOT_S if is_done and before.flight.is_basal else 0
    return 0


def compute_lack_fg_1800(before: State, event: Event, after: State) -> int:
    """What a step leaves lacking."""
    slot_fg = before.program.slots_fg[compute_slot_of_step(before)] if before.is_programmed else 0
    planned_fg_1800 = (after.tick - before.tick) * slot_fg
    promised_fg_1800 = compute_promised_fg_1800(after) - compute_promised_fg_1800(before)
    return max(0, planned_fg_1800 - compute_given_fg_1800(before, event) - promised_fg_1800)


def compute_kept(before: State, after: State) -> Lacking:
    """What was noted before, the oldest three hours forgotten when new ones begin."""
    lacking = before.therapy.lacking_fg_1800
    is_over = after.tick != before.tick and after.tick % LACKING_S == 0
    return (0,) + lacking[: LACKING_LENGTH - 1] if is_over else lacking


def is_lack_noted(before: State, event: Event, after: State) -> bool:
    """Whether the latest three hours are charged with what this step leaves lacking, and no others with anything."""
    kept = compute_kept(before, after)
    noted = after.therapy.lacking_fg_1800
    return (
        noted[0] == min(kept[0] + compute_lack_fg_1800(before, event, after), LACKING_FG_1800_MAX)
        and noted[1:LACKING_LENGTH] == kept[1:LACKING_LENGTH]
    )
