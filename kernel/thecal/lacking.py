# SPDX-License-Identifier: Apache-2.0
"""What the patient may lack: basal that was planned and surely was neither given nor is still promised.

Each step books the difference, whatever brought it about: a stop, a stall, a pulse that nobody saw, a fluid that may be
weaker than it is debited. The book has nine places of three hours, so that any 24 h lie in them.
"""

from dataclasses import replace

from thecal.limits import PERMILLE, Config
from thecal.outcome import Outcome, Response
from thecal.schedule import compute_slot_index
from thecal.state import Lacking, State
from thecal.units import LACKING_FG_1800_MAX, LACKING_LENGTH, LACKING_S, SLOT_S


def compute_promised_fg_1800(state: State) -> int:
    """Basal that is owed, or on its way."""
    flying_fg = state.flight.first_fg if state.flight.is_pending and state.flight.is_basal else 0
    return state.basal.owed_fg_1800 + flying_fg * SLOT_S


def compute_planned_fg_1800(before: State, after: State) -> int:
    """Basal of the program for the seconds of a step, all of one slot, whether it was delivered or not."""
    if not before.is_programmed:
        return 0
    return (after.tick - before.tick) * before.program.slots_fg[compute_slot_index(after.tick)]


def compute_surely_given_fg_1800(before: State, outcome: Outcome) -> int:
    """The least that a basal pulse has brought which turns out to be done."""
    if outcome.response != Response.PULSE_BOOKED_AS_DONE or not before.flight.is_basal:
        return 0
    return before.flight.first_lo_fg * SLOT_S


def compute_lacking_fg_1800(before: State, outcome: Outcome) -> int:
    """What a step planned, and neither gave nor still promises."""
    promised = compute_promised_fg_1800(outcome.state) - compute_promised_fg_1800(before)
    planned = compute_planned_fg_1800(before, outcome.state)
    return max(0, planned - compute_surely_given_fg_1800(before, outcome) - promised)


def compute_rolled(lacking: Lacking, before: State, after: State) -> Lacking:
    """The book, its oldest place given up when three hours are over."""
    if after.tick == before.tick or after.tick % LACKING_S != 0:
        return lacking
    return (0,) + lacking[: LACKING_LENGTH - 1]


def with_lacking_noted(before: State, outcome: Outcome) -> Outcome:
    """Book what a step leaves lacking."""
    state = outcome.state
    rolled = compute_rolled(state.therapy.lacking_fg_1800, before, state)
    latest = min(rolled[0] + compute_lacking_fg_1800(before, outcome), LACKING_FG_1800_MAX)
    therapy = replace(state.therapy, lacking_fg_1800=(latest,) + rolled[1:LACKING_LENGTH])
    return replace(outcome, state=replace(state, therapy=therapy))


def compute_tolerance_permille(config: Config, state: State) -> int:
    """The share of a day's dose that may be lacking: the least of the drugs in path and reservoir."""
    permille = PERMILLE
    for drug, old, new in zip(config.library, state.path.old.hi, state.reservoir.fluid.hi):
        if old > 0 or new > 0:
            permille = min(permille, drug.shortfall_permille_max)
    return permille


def is_lacking(config: Config, state: State, more_fg_1800: int) -> bool:
    """Whether what lacks in these hours, and so much more, is beyond the tolerated share of the program's day."""
    lacking_fg_1800 = sum(fg for fg in state.therapy.lacking_fg_1800) + more_fg_1800
    tolerated = compute_tolerance_permille(config, state) * state.titration.total_fg[0]
    return state.is_programmed and 5 * lacking_fg_1800 > 9 * tolerated  # UND-08: 1,800 / 1,000
