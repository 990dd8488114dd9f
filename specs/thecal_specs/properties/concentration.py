# SPDX-License-Identifier: Apache-2.0
"""Concentrations and the path: what may pass the tip, and what the kernel must know of it."""

from thecal.events import Event, RefillDone, RefillProposed
from thecal.fluid import Fluid
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.state import Mode, Path, State
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DRUG_COUNT,
    compute_width,
    is_no_larger,
    is_within,
)
from thecal_specs.ghost import Ghost, Truth, is_running
from thecal_specs.logic import implies
from thecal_specs.properties.overdose import (
    any_day_stays_under_the_largest_cap_in_force,
    any_hour_stays_under_the_largest_cap_in_force,
)


def is_allowed(config: Config, fluid: Fluid) -> bool:
    """Whether a fluid has only drugs of the library, none above its concentration limit."""
    return fluid.is_known and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(fluid.hi, config.library))


def no_pulse_of_an_unknown_or_too_strong_fluid(config: Config, outcome: Outcome, ghost: Ghost) -> bool:
    """CON-01: no pulse while anything truly in path or reservoir is unknown or above its concentration limit."""
    world = ghost.world
    return implies(
        outcome.pulse.is_ordered,
        is_allowed(config, world.new) and implies(world.front_nl > 0, is_allowed(config, world.old)),
    )


def drug_is_conserved_and_the_books_enclose_what_was_given(
    outcome: Outcome, after: State, truth: Truth, ghost_after: Ghost, config: Config
) -> bool:
    """CON-02: what a pulse truly brings lies between its lower and upper book, and the truth between all intervals."""
    world = ghost_after.world
    moved_nl = config.pump.pulse_volume_nl if after.flight.is_pending and world.is_flight_moved else 0
    return implies(
        outcome.pulse.is_ordered and truth.is_moved,
        is_no_larger(outcome.pulse.lower_fg, truth.mass_fg) and is_no_larger(truth.mass_fg, outcome.pulse.upper_fg),
    ) and (
        after.reservoir.volume_lo_nl - moved_nl <= world.reservoir_nl <= after.reservoir.volume_hi_nl - moved_nl
        and max(0, after.path.front_lo_nl - moved_nl) <= world.front_nl <= max(0, after.path.front_hi_nl - moved_nl)
    )


def is_enclosed(inner: Fluid, outer: Fluid) -> bool:
    """Whether every concentration that ``inner`` may have is one that ``outer`` may have."""
    return is_no_larger(outer.lo, inner.lo) and is_no_larger(inner.hi, outer.hi)


def compute_span(state: State, drug: int) -> int:
    """The largest less the smallest concentration of a drug that either fluid may have."""
    old = state.path.old
    new = state.reservoir.fluid
    return max(old.hi[drug], new.hi[drug]) - min(old.lo[drug], new.lo[drug])


def compute_span_with(lo: int, hi: int, label: int) -> int:
    """How far a concentration that lies between two, and one on a label, may lie apart."""
    return max(hi, label) - min(lo, label)


def compute_proposed_span(before: State, event: RefillProposed, drug: int) -> int:
    """At least the span that a proposed refill brings: of its label and what is in the reservoir."""
    new = before.reservoir.fluid
    return compute_span_with(new.lo[drug], new.hi[drug], event.concentrations_fg_per_nl[drug])


def is_cost_of_the_front_tolerated(config: Config, before: State, event: RefillProposed) -> bool:
    """Whether a proposed refill parts the books at the front by no more than every drug tolerates."""
    width_nl = compute_width(before.path.volume_lo_nl, before.path.volume_hi_nl) + 2 * config.pump.pulse_volume_nl
    return all(
        compute_proposed_span(before, event, i) * width_nl * 1000
        <= before.titration.total_fg[i] * config.library[i].shortfall_permille_max
        for i in range(DRUG_COUNT)
    )


def compute_largest_span(before: State, event: RefillProposed, drug: int) -> int:
    """At most the span that a proposed refill brings: of its label and all that is in path and reservoir."""
    old = before.path.old
    new = before.reservoir.fluid
    is_old = before.path.front_hi_nl > 0
    lo = min(old.lo[drug], new.lo[drug]) if is_old else new.lo[drug]
    hi = max(old.hi[drug], new.hi[drug]) if is_old else new.hi[drug]
    return compute_span_with(lo, hi, event.concentrations_fg_per_nl[drug])


def is_cost_of_the_front_surely_tolerated(config: Config, before: State, event: RefillProposed) -> bool:
    """Whether a proposed refill parts the books at the front by no more than tolerated, whatever is in the path."""
    width_nl = compute_width(before.path.volume_lo_nl, before.path.volume_hi_nl) + 2 * config.pump.pulse_volume_nl
    return all(
        compute_largest_span(before, event, i) * width_nl * 1000
        <= before.titration.total_fg[i] * config.library[i].shortfall_permille_max
        for i in range(DRUG_COUNT)
    )


def compute_at_tip(path: Path, volume_nl: int, old: int, new: int, either: int) -> int:
    """One of three: for a pulse that surely is of the new fluid, for one surely of the old, and for one of either."""
    if path.front_hi_nl <= 0:
        return new
    if path.front_lo_nl >= volume_nl:
        return old
    return either


def is_booked_as_the_fluid_that_it_is(config: Config, outcome: Outcome, after: State) -> bool:
    """Away from the front a pulse is booked as the one fluid that it surely is; at the front, as either."""
    nl = config.pump.pulse_volume_nl
    path = after.path
    old = path.old
    new = after.reservoir.fluid
    return implies(
        outcome.pulse.is_ordered,
        all(
            outcome.pulse.upper_fg[i] == nl * compute_at_tip(path, nl, old.hi[i], new.hi[i], max(old.hi[i], new.hi[i]))
            and outcome.pulse.lower_fg[i]
            == nl * compute_at_tip(path, nl, old.lo[i], new.lo[i], min(old.lo[i], new.lo[i]))
            for i in range(DRUG_COUNT)
        ),
    )


def a_concentration_change_costs_at_most_the_width_of_the_front(
    config: Config, before: State, event: Event, outcome: Outcome, after: State, ghost_after: Ghost
) -> bool:
    """CON-03: pulses at the front part the books by at most span * (width + two pulses); more is to be accepted."""
    front = ghost_after.front
    volume_nl = config.pump.pulse_volume_nl
    is_bounded = all(
        front.short_fg[i] <= compute_span(after, i) * (front.width_nl + 2 * volume_nl) for i in range(DRUG_COUNT)
    )
    if isinstance(event, RefillProposed):
        return (
            is_bounded
            and implies(
                outcome.response == Response.REFILL_ADMISSIBLE
                and before.is_programmed
                and before.path.volume_hi_nl > 0
                and not event.is_shortfall_accepted,
                is_cost_of_the_front_tolerated(config, before, event),
            )
            and implies(
                outcome.response == Response.REFUSED_SHORTFALL_BEYOND_TOLERANCE,
                before.is_programmed
                and not event.is_shortfall_accepted
                and not is_cost_of_the_front_surely_tolerated(config, before, event),
            )
        )
    return is_bounded and is_booked_as_the_fluid_that_it_is(config, outcome, after)


def is_mixture_allowed(config: Config, before: State, event: RefillProposed) -> bool:
    """Whether what was filled keeps every limit and holds the first drug, over the most that may stay behind."""
    fluid = before.reservoir.fluid
    left_nl = min(config.pump.residual_nl, before.reservoir.volume_hi_nl)
    total_nl = left_nl + event.filled_nl
    return all(
        fluid.hi[i] * left_nl + event.concentrations_fg_per_nl[i] * event.filled_nl
        <= config.library[i].concentration_fg_per_nl_max * total_nl
        for i in range(DRUG_COUNT)
    ) and (fluid.lo[0] * left_nl + event.concentrations_fg_per_nl[0] * event.filled_nl >= total_nl)


def is_label_of_the_library(config: Config, event: RefillProposed) -> bool:
    """Whether a label has drugs of the library alone, none too strong."""
    return not event.has_unknown_drug and all(
        label <= drug.concentration_fg_per_nl_max for label, drug in zip(event.concentrations_fg_per_nl, config.library)
    )


def is_label_allowed(config: Config, event: RefillProposed) -> bool:
    """Whether a label has drugs of the library alone, the first one among them, none too strong."""
    return is_label_of_the_library(config, event) and event.concentrations_fg_per_nl[0] >= 1


def is_label_refused_truly(config: Config, event: RefillProposed, response: Response) -> bool:
    """Whether what is said against a label, where no program runs on it, is true of it."""
    return (response == Response.REFUSED_FLUID_NOT_ALLOWED and not is_label_of_the_library(config, event)) or (
        response == Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG and event.concentrations_fg_per_nl[0] < 1
    )


def is_proposal_malformed(config: Config, event: RefillProposed) -> bool:
    """Whether a proposed volume is none or more than the pump holds, or a concentration beyond what can be written."""
    return not is_within(event.filled_nl, 1, config.pump.capacity_nl) or any(
        label < 0 or label > CONCENTRATION_FG_PER_NL_MAX for label in event.concentrations_fg_per_nl
    )


def is_answer_to_any_proposal(response: Response) -> bool:
    """Whether a response says what becomes of a proposal, and names no rule of fluids or programs against it."""
    return (
        response == Response.REFILL_ADMISSIBLE
        or response == Response.REFUSED_REFILL_MALFORMED
        or response == Response.REFUSED_REFILL_UNLESS_RINSED
        or response == Response.REFUSED_SHORTFALL_BEYOND_TOLERANCE
    )


def a_refill_accounts_for_what_was_left_behind(
    config: Config, before: State, event: Event, outcome: Outcome, after: State, ghost_after: Ghost
) -> bool:
    """CON-07: the truth is in the interval; a proposed refill is admissible at both ends, or a rinse is asked for."""
    is_enclosed_in = is_enclosed(ghost_after.world.new, after.reservoir.fluid)
    if isinstance(event, RefillProposed):
        is_label = is_label_allowed(config, event)
        is_admissible = outcome.response == Response.REFILL_ADMISSIBLE
        return (
            after == before
            and (outcome.response == Response.REFUSED_REFILL_MALFORMED) == is_proposal_malformed(config, event)
            and implies(is_admissible, is_label and is_mixture_allowed(config, before, event))
            and implies(outcome.response == Response.REFUSED_REFILL_UNLESS_RINSED, is_label)
            and implies(
                not before.is_programmed,
                is_answer_to_any_proposal(outcome.response) or is_label_refused_truly(config, event, outcome.response),
            )
        )
    return is_enclosed_in


def a_third_fluid_is_booked_and_never_refused(before: State, event: Event, outcome: Outcome, after: State) -> bool:
    """CON-04: a refill while two fluids are in the path is booked, and the old fluid may then be either of the two."""
    if isinstance(event, RefillDone):
        return implies(
            before.path.front_hi_nl > 0 and before.path.volume_hi_nl > 0,
            outcome.response != Response.REFUSED_MALFORMED_FACT
            and is_enclosed(before.path.old, after.path.old)
            and is_enclosed(before.reservoir.fluid, after.path.old),
        )
    return True


def every_component_of_a_mixture_keeps_its_own_limits(config: Config, after: State, ghost_after: Ghost) -> bool:
    """CON-05: every component keeps its caps of a day and of an hour, and while a therapy runs its concentration."""
    world = ghost_after.world
    return (
        any_day_stays_under_the_largest_cap_in_force(after, ghost_after)
        and any_hour_stays_under_the_largest_cap_in_force(after, ghost_after)
        and implies(
            is_running(after),
            all(
                new <= drug.concentration_fg_per_nl_max
                and (world.front_nl <= 0 or old <= drug.concentration_fg_per_nl_max)
                for new, old, drug in zip(world.new.hi, world.old.hi, config.library)
            ),
        )
    )


def no_therapy_pulse_is_due_through_a_fluid_that_lacks_the_primary(
    before: State, outcome: Outcome, ghost: Ghost
) -> bool:
    """CON-06: but for a prime, no pulse while a fluid truly in path or reservoir lacks the first drug."""
    world = ghost.world
    return implies(
        outcome.pulse.is_ordered and before.mode != Mode.PRIMING,
        world.new.hi[0] >= 1 and implies(world.front_nl > 0, world.old.hi[0] >= 1) and outcome.pulse.upper_fg[0] >= 1,
    )
