# SPDX-License-Identifier: Apache-2.0
"""Concentrations and the path: what may pass the tip, and what the kernel must know of it."""

from thecal.events import Event, RefillDone
from thecal.fluid import Fluid
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.state import Mode, State
from thecal.units import is_no_larger
from thecal_specs.ghost import Ghost, Truth
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


def every_component_of_a_mixture_keeps_its_own_limits(
    config: Config, outcome: Outcome, after: State, ghost: Ghost, ghost_after: Ghost
) -> bool:
    """CON-05: every component keeps its caps of a day and of an hour, and its concentration limit."""
    return (
        any_day_stays_under_the_largest_cap_in_force(after, ghost_after)
        and any_hour_stays_under_the_largest_cap_in_force(after, ghost_after)
        and no_pulse_of_an_unknown_or_too_strong_fluid(config, outcome, ghost)
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
