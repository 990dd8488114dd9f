# SPDX-License-Identifier: Apache-2.0
"""A pump that lies in its box: second after second, nothing happens to it but that it counts.

So a trace need not count the first twenty years second by second. ``claim`` says what a second in the box does, for
any configuration and any second before the end of service (``given``); the prover proves it, and by induction every
state of the box is one that is reached from the initial state.
"""

from dataclasses import replace

from thecal.events import SecondPassed
from thecal.fluid import NO_DRUG
from thecal.limits import Config, is_admissible_config
from thecal.state import State, initial_state
from thecal.step import step
from thecal.units import NO_MASSES, TICK_MAX
from thecal_specs.assumed import is_possible_event, is_possible_truth
from thecal_specs.ghost import Ghost, Truth, advance, initial_ghost

QUIET = Truth(
    opens_window=False, takes_sample=False, is_moved=False, mass_fg=NO_MASSES, left_nl=0, blend=NO_DRUG, path_nl=0
)


def pump_in_its_box(config: Config, tick: int) -> State:
    """A pump that has counted ``tick`` seconds since it was made, and done nothing else."""
    return replace(initial_state(config), tick=tick)


def ghost_of_a_box(config: Config, tick: int) -> Ghost:
    """The history of such a pump."""
    ghost = initial_ghost(config)
    return replace(ghost, deadlines=replace(ghost.deadlines, clock_s=tick, off_clock_s=tick))


def given(config: Config, tick: int) -> bool:
    """Any admissible configuration, and any second before the end of service."""
    return is_admissible_config(config) and 0 <= tick < TICK_MAX - 1


def claim(config: Config, tick: int) -> bool:
    """Opened at once, it is the initial state; a second in it is possible, and leads to a box a second older."""
    before = pump_in_its_box(config, tick)
    ghost = ghost_of_a_box(config, tick)
    event = SecondPassed()
    outcome = step(config, before, event)
    return (
        pump_in_its_box(config, 0) == initial_state(config)
        and ghost_of_a_box(config, 0) == initial_ghost(config)
        and outcome.state == pump_in_its_box(config, tick + 1)
        and advance(config, before, event, outcome, QUIET, ghost) == ghost_of_a_box(config, tick + 1)
        and is_possible_event(before, event, ghost)
        and is_possible_truth(config, before, event, outcome, QUIET, ghost)
    )
