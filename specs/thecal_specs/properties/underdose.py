# SPDX-License-Identifier: Apache-2.0
"""Too little drug: what must never be withheld."""

from thecal.events import Event
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.state import Mode, State
from thecal.units import SLOT_S
from thecal_specs.ghost import Ghost, compute_largest_pulse_fg, compute_scheduled_now_fg_1800, is_scheduled
from thecal_specs.logic import implies


def basal_is_never_two_pulses_behind(config: Config, after: State, ghost_after: Ghost) -> bool:
    """UND-01: while delivering, basal ordered is at least what was scheduled, less two of the largest pulse in the path."""
    return implies(
        after.mode == Mode.DELIVERING,
        ghost_after.course.behind_fg_1800 <= 2 * compute_largest_pulse_fg(config, after) * SLOT_S,
    )


def no_rule_withholds_a_basal_pulse(
    config: Config, before: State, event: Event, outcome: Outcome, ghost: Ghost
) -> bool:
    """UND-02: a basal pulse that is due, that the motor and the reservoir can give, is given in that second."""
    volume_nl = config.pump.pulse_volume_nl
    doubtful_nl = volume_nl if before.flight.is_pending else 0
    due_fg_1800 = ghost.course.behind_fg_1800 + compute_scheduled_now_fg_1800(config, before, event)
    return implies(
        is_scheduled(before, event)
        and before.tick + 1 - before.flight.ordered_tick >= config.pump.pulse_interval_s
        and before.reservoir.volume_lo_nl - doubtful_nl - volume_nl >= config.pump.residual_nl
        and due_fg_1800 >= compute_largest_pulse_fg(config, before) * SLOT_S,
        outcome.pulse.is_ordered and outcome.pulse.is_basal,
    )
