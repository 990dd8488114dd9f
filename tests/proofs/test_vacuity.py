# SPDX-License-Identifier: Apache-2.0
"""No claim is true for want of a case: of each cell it is known whether it speaks, and what would refute each claim."""

import json
from pathlib import Path
from typing import Any

import pytest

import thecal
import thecal_specs
from thecal_proofs.prove import Project
from thecal_proofs.vacuity import STATES, Speech, count_used, find_refuted

PROOFS = Path(__file__).parents[2] / "proofs"
RECORD: dict[str, Any] = json.loads((PROOFS / "vacuity.json").read_text(encoding="utf-8"))
PROJECT = Project.open(Path(thecal.__file__).parent, Path(thecal_specs.__file__).parent)
SPEECH = Speech(PROJECT)
STEPS = list(SPEECH.list_steps())

# Cells of which nobody knows whether they can speak: no trace shows that they do, and the solver does not say that they
# do not. Most are true of no state of the invariant, which is not asked.
OPEN_MAX = {
    "OVR-10": 4,
    "UND-01": 1,
    "UND-05": 2,
    "UND-08": 13,
    "PRG-01": 2,
    "PRG-03": 3,
    "PRG-09": 15,
    "TIM-02": 9,
}
# What no broken kernel on record refutes, and why.
UNREFUTED = {
    "TOT-02": "it is drawn from the operations of the source; the corpora have programs that break it",
}


@pytest.mark.parametrize("property_id", SPEECH.predicates)
def test_each_cell_that_is_on_record_as_shown_is_shown(property_id: str) -> None:
    shown = SPEECH.find_shown(SPEECH.predicates[property_id], STEPS)
    known = {event: at for event, at in RECORD["cells"][property_id].items() if at not in STATES}
    assert set(shown) == set(known), "python -m thecal_proofs.vacuity renews the record"
    assert known, "a property of which nothing is shown says nothing"


def test_every_cell_is_on_record_and_no_more_are_open_than_are_named() -> None:
    events = [event.name for event in SPEECH.wiring.events]
    assert list(RECORD["cells"]) == list(SPEECH.predicates)
    assert all(list(cells) == events for cells in RECORD["cells"].values())
    found = {name: list(cells.values()).count("open") for name, cells in RECORD["cells"].items()}
    assert {name: count for name, count in found.items() if count} == OPEN_MAX
    assert sum(RECORD["summary"].values()) == len(events) * len(SPEECH.predicates)
    assert RECORD["summary"]["open"] == sum(OPEN_MAX.values())


@pytest.mark.parametrize(
    ("property_id", "event", "state"),
    [
        ("OVR-09", "StopAsked", "never"),  # no pulse is ordered but by a second
        ("TIM-01", "StopAsked", "silent"),  # it speaks of a moved phase alone
        ("UND-06", "SecondPassed", "silent"),
        ("PRG-09", "StopAsked", "open"),
    ],
)
def test_the_solver_says_again_why_a_cell_does_not_speak(property_id: str, event: str, state: str) -> None:
    found = SPEECH.judge(SPEECH.predicates[property_id], SPEECH.wiring.event_named(event))
    assert found == RECORD["cells"][property_id][event] == state


@pytest.mark.parametrize(("property_id", "event"), [("OVR-03", "BolusAsked"), ("UND-06", "PhaseMoved")])
def test_a_cell_that_speaks_is_never_called_silent(property_id: str, event: str) -> None:
    assert SPEECH.judge(SPEECH.predicates[property_id], SPEECH.wiring.event_named(event)) == "open"


def test_without_the_steps_that_show_it_a_cell_is_not_shown() -> None:
    predicate = SPEECH.predicates["OVR-03"]
    others = [step for step in STEPS if type(step.event).__name__ != "BolusAsked"]
    assert set(SPEECH.find_shown(predicate, STEPS)) == {"BolusAsked"}
    assert SPEECH.find_shown(predicate, others) == {}


def test_every_property_has_something_that_it_refutes() -> None:
    read = {
        name: json.loads((PROOFS / f"{name}.json").read_text(encoding="utf-8")) for name in ("mutants", "statements")
    }
    refuted = find_refuted(read["mutants"], read["statements"])
    assert {row.id for row in PROJECT.rows if row.id not in refuted} == set(UNREFUTED)
    assert all(reason for reason in UNREFUTED.values())


def test_a_property_that_refutes_nothing_is_missing() -> None:
    lines = [["MUT-00000001", "a.py:1", "OVR-03, trace lockout, step 4"], ["MUT-00000002", "a.py:2", "undecided"]]
    assert find_refuted({"mutants": lines}, {"noticed": []}) == {"OVR-03": f"MUT-00000001: {lines[0][2]}"}
    weaker = ["TIM-01 lets through outcome.state as it was, trace a, step 2", ["STM-00000001"]]
    sound = ["TIM-05 refutes the kernel, trace a, step 2", ["STM-00000002"]]
    assert set(find_refuted({"mutants": []}, {"noticed": [weaker, sound]})) == {"TIM-01"}


def test_every_conjunct_of_the_invariant_is_needed_by_a_proof() -> None:
    used = count_used(SPEECH.wiring)
    assert len(used) > 80
    assert [name for name, count in used.items() if count == 0] == []
