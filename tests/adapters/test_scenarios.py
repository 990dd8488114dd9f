# SPDX-License-Identifier: Apache-2.0
"""Every shipped scenario is in its form and turns out as it says; what is not in its form is refused by place."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from thecal_adapters import schemas
from thecal_adapters.cli.replay import describe
from thecal_adapters.codec import Refused
from thecal_adapters.simulation.replay import replay
from thecal_adapters.simulation.scenario import list_shipped, read_scenario, read_shipped

# Told to be shipped, whatever else is.
DEMANDED = {
    "cap-lowered-after-a-bolus",
    "concentration-500-to-2000-and-back",
    "flex-basal-three-months",
    "open-pca-overdose-refused",
    "path-without-the-first-drug",
    "wrong-refill-found-two-hours-later",
    "ziconotide-lowest-dose",
}
SHORT = ["ziconotide-lowest-dose", "path-without-the-first-drug", "pulses-that-nobody-saw"]

Change = Callable[[dict[str, Any]], object]


def change_shipped(change: Change, name: str = "ziconotide-lowest-dose") -> str:
    table = json.loads(read_shipped(name))
    change(table)
    return json.dumps(table)


def test_a_dozen_scenarios_are_shipped_and_the_demanded_ones_among_them() -> None:
    assert len(list_shipped()) >= 12
    assert set(list_shipped()) >= DEMANDED


@pytest.mark.parametrize("name", list_shipped())
def test_a_shipped_scenario_turns_out_as_it_says(name: str) -> None:
    scenario = read_scenario(read_shipped(name))
    assert scenario.expect, "a scenario that expects nothing shows nothing"
    found = replay(scenario)
    assert found.mismatches == []
    schemas.check("replay", describe(found))


@pytest.mark.parametrize("name", SHORT)
def test_the_stated_properties_hold_in_every_step(name: str) -> None:
    assert replay(read_scenario(read_shipped(name)), is_monitored=True).violations == []


@pytest.mark.parametrize("name", SHORT)
def test_the_same_scenario_turns_out_the_same(name: str) -> None:
    scenario = read_scenario(read_shipped(name))
    assert replay(scenario).outcome == replay(scenario).outcome


def test_what_turns_out_otherwise_is_a_mismatch() -> None:
    text = change_shipped(lambda table: table["expect"]["pulses"].update(basal=191))
    assert replay(read_scenario(text)).mismatches == ["$.pulses.basal: 191 expected, 192 found"]


def test_a_world_that_breaks_an_assumption_is_found_by_the_monitor() -> None:
    def report_what_did_not_move_as_done(table: dict[str, Any]) -> None:
        table["world"] = {"pulses": [{"from_s": 0, "to_s": 86_400, "is_moved": False, "report": "DONE"}]}

    scenario = read_scenario(change_shipped(report_what_did_not_move_as_done))
    assert "possible event" in {violation.id for violation in replay(scenario, is_monitored=True).violations}


def set_event(place: int, **fields: object) -> Change:
    return lambda table: table["events"][place]["with"].update(fields)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t: t.pop("title"), "$: 'title' is a required property"),
        (lambda t: t.update(version=2), "$.version: 1 was expected"),
        (lambda t: t.update(until_s=5), "$: Additional properties are not allowed"),
        (lambda t: t.update(end_s=-1), "$.end_s: -1 is less than the minimum"),
        (lambda t: t.update(end_s=True), "$.end_s: True is not of type 'integer'"),
        (lambda t: t.update(end_s=1.0), "$.end_s: REFUSED_A_FLOAT_FOR_AN_INTEGER"),
        (lambda t: t.update(end_s=10**12), "$.end_s: 1000000000000 is above 315360000"),
        (lambda t: t.update(pump="no-such"), "library/pumps: 'no-such' is none of"),
        (lambda t: t["drugs"].append("ziconotide"), "$: a drug stands twice"),
        (lambda t: t["events"][0].update(event="Refill"), "$.events[0].with: 'Refill' is no event"),
        (lambda t: t["events"][0].update(truth={"left_ml": 1}), "$.events[0].truth: Additional properties"),
        (set_event(0, filled_nl="a lot"), "$.events[0].with.filled_nl: REFUSED_A_TEXT_FOR_AN_INTEGER"),
        (set_event(0, filled_nl=2**63), "$.events[0].with.filled_nl: REFUSED_AN_INTEGER_BEYOND_64_BITS"),
        (set_event(1, volume_ml=1), "$.events[1].with.volume_ml: is not a key known here"),
        (set_event(2, prescription="least"), "$.events[2].with.prescription: nothing is named 'least'"),
        (
            lambda t: t["named"]["lowest"].update(slots_fg=[1]),
            "$.named.lowest.slots_fg: 48 values are expected, not 1",
        ),
        (
            lambda t: t.update(world={"pulses": [{"from_s": 0, "to_s": 1, "is_moved": True, "report": "LOST"}]}),
            "$.world.pulses[0].report: 'LOST' is none of DONE, NOT_DONE, UNKNOWN",
        ),
        (lambda t: t.update(intervals={"a": {"from_s": 5, "to_s": 4}}), "$.intervals.a.to_s: 4 is below 5"),
        (lambda t: t["events"][0].update(times=10**6, every_s=1), "$.events[0].times: 1000000 is above 100000"),
    ],
)
def test_what_is_not_in_its_form_is_refused_where_it_stands(change: Change, reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        read_scenario(change_shipped(change))


def test_a_pump_and_a_drug_of_a_scenario_alone() -> None:
    def write_out(table: dict[str, Any]) -> None:
        pump = {
            "pulse_volume_nl": 250,
            "pulse_interval_s": 1,
            "slot_volume_nl_min": 1_000,
            "capacity_nl": 40_000_000,
            "residual_nl": 1_400_000,
            "refill_allowance_nl": 2_000_000,
            "stop_s_max": 172_800,
        }
        table["pump"] = {"name": "my pump", "limits": pump}

    found = replay(read_scenario(change_shipped(write_out)))
    assert found.mismatches == []
    assert found.outcome["statuses"]["my pump"] == "of this scenario alone"


def test_repeated_events_come_at_their_times() -> None:
    def ask_thrice(table: dict[str, Any]) -> None:
        table["events"].append({"at_s": 100, "every_s": 50, "times": 3, "event": "BolusAsked"})
        table["end_s"] = 300

    found = replay(read_scenario(change_shipped(ask_thrice)))
    asked = [row["at_s"] for row in found.outcome["responses"] if row["event"] == "BolusAsked"]
    assert asked == [100, 150, 200]


def test_an_event_at_a_second_comes_after_it_and_before_the_next() -> None:
    def stop_and_resume(table: dict[str, Any]) -> None:
        table["events"] += [{"at_s": 500, "event": "StopAsked"}, {"at_s": 900, "event": "ResumeAsked"}]
        table["end_s"] = 1_000

    found = replay(read_scenario(change_shipped(stop_and_resume)))
    changes = [(row["at_s"], row["mode"]) for row in found.outcome["modes"]]
    assert changes[-2:] == [(500, "STOPPED"), (900, "DELIVERING")]
    assert found.outcome["end"]["tick"] == 1_000
