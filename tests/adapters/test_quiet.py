# SPDX-License-Identifier: Apache-2.0
"""Skipping a quiet stretch is the same as living through it, second by second."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thecal.outcome import Response
from thecal.quiet import compute_quiet_s
from thecal.units import DAY_S
from thecal_adapters.simulation.describe import describe
from thecal_adapters.simulation.run import Run
from thecal_adapters.simulation.scenario import Scenario, read_scenario, read_shipped

MCG = 10**9
END_S = 3_000


def run(scenario: Scenario, is_every_second: bool, is_monitored: bool, tick: int) -> Run:
    """Run a scenario to its end, on a pump that has counted some seconds before."""
    found = Run(scenario, is_monitored)
    found.state = replace(found.state, tick=tick)
    found.run(is_every_second)
    return found


def agree(scenario: Scenario, is_monitored: bool = False, tick: int = 0) -> Run:
    """Both ways come to the same state, the same history and the same outcome."""
    slow, fast = run(scenario, True, is_monitored, tick), run(scenario, False, is_monitored, tick)
    assert fast.state == slow.state
    assert describe(fast) == describe(slow)
    if fast.monitor is not None and slow.monitor is not None:
        assert fast.monitor.ghost == slow.monitor.ghost
    return fast


@pytest.mark.parametrize(
    ("name", "end_s"),
    [
        ("power-lost-twice", 26_000),
        ("pulses-that-nobody-saw", 12_000),
        ("reservoir-runs-empty", 8_000),
    ],
)
def test_a_shipped_scenario_is_the_same_with_and_without_skipping(name: str, end_s: int) -> None:
    scenario = replace(read_scenario(read_shipped(name)), end_s=end_s)
    fast = agree(scenario, is_monitored=True)
    assert fast.steps < end_s / 2, "nothing was skipped"


PROGRAM = {
    "slots_fg": [{"times": 48, "value": 20 * MCG}],
    "bolus_fg": 40 * MCG,
    "bolus_duration_s": 60,
    "lockout_s": 300,
    "bolus_count_max": 20,
    "cap_day_fg": {"morphine": 8_000 * MCG},
    "cap_hour_fg": {"morphine": 900 * MCG},
    "low_reservoir_nl": 2_000_000,
}
OVERRIDES = dict.fromkeys(["is_day_limit", "is_concentration", "is_increase", "is_decrease", "is_plausibility"], True)
START: list[tuple[str, dict[str, Any]]] = [
    (
        "RefillDone",
        {
            "aspirated_nl": 0,
            "filled_nl": 2_100_000,
            "concentrations_fg_per_nl": {"morphine": 10_000_000},
            "has_unknown_drug": False,
            "is_rinsed": False,
        },
    ),
    ("PathDeclared", {"volume_lo_nl": 20_000, "volume_hi_nl": 25_000, "is_filled_from_reservoir": True}),
    ("PrescriptionStaged", {"prescription": "program", "overrides": "all"}),
    ("PrescriptionConfirmed", {"prescription": "program"}),
]
ORDERS = st.sampled_from(
    [
        ("BolusAsked", {}),
        ("BolusAsked", {}),
        ("StopAsked", {}),
        ("ResumeAsked", {}),
        ("ResumeAsked", {}),
        ("MinimumRateAsked", {}),
        ("ClinicianBolusAsked", {"mass_fg": 60 * MCG, "duration_s": 120}),
        ("PrescriptionStaged", {"prescription": "program", "overrides": "all"}),
        ("PhaseMoved", {"slot_count": 3}),
        ("MotorStalled", {}),
        ("MotorRecovered", {}),
        ("ReplacementIndicated", {}),
        ("AlarmAcknowledged", {"alarm": "RESERVOIR_LOW"}),
        ("AlarmAcknowledged", {"alarm": "RESTARTED"}),
        ("PowerRestored", {"gap_s": 90_000, "is_last_state": False, "is_time_of_day_known": True}),
        ("PowerRestored", {"gap_s": 60, "is_last_state": True, "is_time_of_day_known": True}),
    ]
)


def make_text(events: list[tuple[int, tuple[str, dict[str, Any]]]], fault: dict[str, Any]) -> str:
    """A scenario of a pump that has much to do."""
    return json.dumps(
        {
            "version": 1,
            "title": "random",
            "story": "random",
            "source": "random",
            "pump": "valve-pulse-20",
            "drugs": ["morphine"],
            "named": {"program": PROGRAM, "all": OVERRIDES},
            "events": [
                {"at_s": at_s, "event": name, "with": fields}
                for at_s, (name, fields) in [*((0, event) for event in START), *events]
            ],
            "world": {"pulses": [fault]},
            "end_s": END_S,
        }
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    events=st.lists(st.tuples(st.integers(0, END_S), ORDERS), max_size=12),
    tick=st.sampled_from([0, DAY_S - 2_000, DAY_S - 1, 5 * DAY_S - 700]),
    fault=st.fixed_dictionaries(
        {
            "from_s": st.integers(0, END_S),
            "to_s": st.integers(0, END_S),
            "is_moved": st.booleans(),
            "report": st.sampled_from([None, "UNKNOWN"]),
            "after_s": st.integers(0, 20),
        }
    ),
)
def test_any_run_is_the_same_with_and_without_skipping(
    events: list[tuple[int, tuple[str, dict[str, Any]]]], tick: int, fault: dict[str, Any]
) -> None:
    agree(read_scenario(make_text(events, fault)), tick=tick)


def test_a_second_that_brings_something_is_not_quiet() -> None:
    found = Run(read_scenario(read_shipped("pulses-that-nobody-saw")), is_monitored=False)
    found.scenario = replace(found.scenario, end_s=5_000)
    found.run(is_every_second=False)
    quiet_s = compute_quiet_s(found.config, found.state)
    assert quiet_s > 0
    ordered = found.counts[Response.PULSE_ORDERED_FOR_BASAL]
    found.scenario = replace(found.scenario, end_s=5_000 + quiet_s)
    found.run(is_every_second=True)
    assert found.counts[Response.PULSE_ORDERED_FOR_BASAL] == ordered
    found.scenario = replace(found.scenario, end_s=5_000 + quiet_s + 1)
    found.run(is_every_second=True)
    assert found.counts[Response.PULSE_ORDERED_FOR_BASAL] == ordered + 1
