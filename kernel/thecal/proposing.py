# SPDX-License-Identifier: Apache-2.0
"""What a refill would lead to, said before the needle is in: admissible, only after a rinse, or not at all.

A refill that was done is a fact and is booked whatever it is; a proposal is an order, and changes nothing.
"""

from thecal.clock import compute_clock_s
from thecal.emit import emit
from thecal.events import RefillProposed
from thecal.fluid import Fluid
from thecal.limits import PERMILLE, Config
from thecal.outcome import Outcome, Response
from thecal.path import with_refill
from thecal.refilling import find_refill_refusal, is_label_well_formed, make_label, with_settled
from thecal.state import State
from thecal.units import DRUG_COUNT, Masses, compute_width, is_within


def compute_span(old: Fluid, new: Fluid, drug: int) -> int:
    """The largest less the smallest concentration of a drug that either fluid may have."""
    return max(old.hi[drug], new.hi[drug]) - min(old.lo[drug], new.lo[drug])


def compute_shortfall_fg(config: Config, booked: State, drug: int) -> int:
    """The most by which the books of a drug part at the front: over its width, and a pulse at either end of it."""
    width_nl = compute_width(booked.path.front_lo_nl, booked.path.front_hi_nl)
    span = compute_span(booked.path.old, booked.reservoir.fluid, drug)
    return span * (width_nl + 2 * config.pump.pulse_volume_nl)


def is_shortfall_tolerated(config: Config, booked: State, day_fg: Masses) -> bool:
    """Whether no drug may lack more at the front than the share of a day's total that it tolerates."""
    return all(
        compute_shortfall_fg(config, booked, i) * PERMILLE <= day_fg[i] * config.library[i].shortfall_permille_max
        for i in range(DRUG_COUNT)
    )  # CON-03


def make_filled(config: Config, before: State, filled_nl: int, label: Fluid, is_rinsed: bool) -> State:
    """The fluids as they would be after a refill now, with what the needle may leave, or with nothing of it."""
    settled = with_settled(config, before)
    return with_refill(config.pump, settled, filled_nl, label, is_rinsed, compute_clock_s(settled))


def find_proposal_response(config: Config, before: State, event: RefillProposed) -> Response:
    """What is to be said of a refill: of the label alone, beside what the needle may leave, and at the front."""
    label = make_label(event.concentrations_fg_per_nl, event.has_unknown_drug)
    if not is_within(event.filled_nl, 1, config.pump.capacity_nl) or not is_label_well_formed(label):
        return Response.REFUSED_REFILL_MALFORMED
    refusal = find_refill_refusal(config, before, make_filled(config, before, event.filled_nl, label, True))
    if refusal != Response.NOTHING_AGAINST_IT:
        return refusal
    filled = make_filled(config, before, event.filled_nl, label, False)
    if find_refill_refusal(config, before, filled) != Response.NOTHING_AGAINST_IT:
        return Response.REFUSED_REFILL_UNLESS_RINSED  # CON-07
    is_tolerated = not before.is_programmed or is_shortfall_tolerated(config, filled, before.titration.total_fg)
    if not is_tolerated and not event.is_shortfall_accepted:
        return Response.REFUSED_SHORTFALL_BEYOND_TOLERANCE  # CON-03
    return Response.REFILL_ADMISSIBLE


def on_refill_proposed(config: Config, before: State, event: RefillProposed) -> Outcome:
    """Say what a refill would lead to; nothing changes."""
    return emit(before, find_proposal_response(config, before, event))
