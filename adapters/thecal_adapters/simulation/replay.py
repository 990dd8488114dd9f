# SPDX-License-Identifier: Apache-2.0
"""Runs a scenario and compares what happened with what it expects."""

from dataclasses import dataclass
from typing import Any

from thecal_adapters.simulation.describe import describe
from thecal_adapters.simulation.expectation import find_mismatches
from thecal_adapters.simulation.monitors import Violation
from thecal_adapters.simulation.run import Run
from thecal_adapters.simulation.scenario import Scenario


@dataclass(frozen=True)
class Replay:
    """What happened, in the form of ``schemas/replay.schema.json``, and what is to be said against it."""

    outcome: dict[str, Any]
    mismatches: list[str]
    violations: list[Violation]
    steps: int
    has_expectation: bool


def replay(scenario: Scenario, *, is_every_second: bool = False, is_monitored: bool = False) -> Replay:
    """Run a scenario and compare what happened with what it expects."""
    run = Run(scenario, is_monitored)
    run.run(is_every_second)
    outcome = describe(run)
    violations = [] if run.monitor is None else run.monitor.violations
    return Replay(
        outcome=outcome,
        mismatches=find_mismatches(scenario.expect, outcome, "$"),
        violations=violations,
        steps=run.steps,
        has_expectation=bool(scenario.expect),
    )
