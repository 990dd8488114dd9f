# SPDX-License-Identifier: Apache-2.0
"""The reservoir: what it holds, and what happens when it does not."""

from thecal.limits import Config
from thecal.outcome import Outcome
from thecal_specs.ghost import Ghost
from thecal_specs.logic import implies


def no_pulse_takes_the_reservoir_below_its_residual(config: Config, outcome: Outcome, ghost_after: Ghost) -> bool:
    """RES-01: after every pulse the reservoir truly holds at least what cannot be used."""
    return implies(outcome.pulse.is_ordered, ghost_after.world.reservoir_nl >= config.pump.residual_nl)
