# SPDX-License-Identifier: Apache-2.0
"""What speaks for a property beside its proof is told of the texts that it is about, and of no others."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thecal_adapters import schemas
from thecal_adapters.claims import find_trace
from thecal_adapters.evidence import NOT_ASKED, NOTHING, Evidence, find_first_trace, list_evidence
from thecal_adapters.mutants import find_killer
from thecal_adapters.opinion_record import CLASSES, MOST, find_class, render_record
from thecal_adapters.reporting import render_report

Run = Callable[..., subprocess.CompletedProcess[str]]
Make = Callable[..., dict[str, Any]]
FINGERPRINT = {"kernel_sha256": "a", "specs_sha256": "b", "prover_sha256": "c", "solver": "1"}
MUTANTS = {
    "summary": {"mutants": 4, "killed": 3, "equivalent": 0, "survived": 0, "undecided": 1},
    "mutants": [
        ["MUT-00000001", "path.py:7", "OVR-03, trace lockout, step 44"],
        ["MUT-00000002", "path.py:7", "OVR-03"],
        ["MUT-00000003", "step.py:9", "TOT-03 (ticks_are_ordered), trace lockout, step 1"],
        ["MUT-00000004", "step.py:9", "undecided"],
    ],
}


def find_section(text: str, property_id: str) -> str:
    return text.partition(f"\n### {property_id}\n")[2].partition("\n### ")[0]


def find_row(text: str, property_id: str) -> list[str]:
    """The cells of a property: judges, trace, mutants killed, lines used, stability."""
    table = text.partition("\n## Evidence\n")[2].partition("\n## ")[0]
    line = next(line for line in table.splitlines() if line.startswith(f"| [{property_id}]"))
    return line.strip("| ").split(" | ")[1:]


def render(fingerprint: dict[str, str], report: dict[str, Any], kept: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render_record(fingerprint, report, kept))
    return found


def make_judged(make_report: Make, name: str, confirmed: int) -> dict[str, Any]:
    counts = {"questions": 9, "confirmed": 0, "by_judge": {name: confirmed}}  # by all judges, and by this one
    return {
        **make_report(),
        "judges": {
            "solver": "both",
            "names": ["z3 1", name],
            **counts,
            "one_judge_only": ["OVR-03/SecondPassed", "OVR-03/BolusAsked"],
            "undecided": [],
            "contradicted": [],
            "properties": {"OVR-03": counts},
        },
    }


def make_steady(make_report: Make, wavered: int, share: float) -> dict[str, Any]:
    counts = {"questions": 9, "wavered": wavered, "largest_share": share}
    told = {"seeds": [1], **counts, "wavering": [], "contradicted": [], "properties": {"OVR-03": counts}}
    return {**make_report(), "stability": told}


def test_every_property_has_its_evidence_in_the_table_and_in_its_section(make_report: Make) -> None:
    kept = render(FINGERPRINT, make_judged(make_report, "other 2", 8))
    opinions = render(FINGERPRINT, make_steady(make_report, 1, 0.3), kept)
    report = make_report()
    next(row for row in report["properties"] if row["id"] == "OVR-03")["witness"] = (
        "trace lockout, step 60, BolusAsked; in all under 2 classes of events"
    )
    text = render_report(report, find_trace(), Evidence(opinions, MUTANTS))
    assert find_row(text, "OVR-03") == [
        "other 2 8 of 9",
        "trace lockout, step 60, BolusAsked",
        "2",
        NOT_ASKED,
        "1 of 9 waver, at most 50 %",
    ]
    section = find_section(text, "OVR-03")
    assert "- judges: other 2 8 of 9\n" in section
    assert "- stability: 1 of 9 waver, at most 50 %\n" in section
    assert "- mutants killed: 2, at [path.py:7](../kernel/thecal/path.py#L7)\n" in section
    assert "Of 4 mutants: 3 killed, 0 equivalent, 1 undecided, 0 survived" in text
    for claim in find_trace().properties:
        assert find_row(text, claim.id)


def test_what_was_not_asked_of_a_text_is_told_as_such_and_never_as_nothing_found(make_report: Make) -> None:
    text = render_report(make_report(), find_trace(), NOTHING)
    assert find_row(text, "OVR-03") == [NOT_ASKED, "none", NOT_ASKED, NOT_ASKED, NOT_ASKED]
    partly = render(FINGERPRINT, make_steady(make_report, 0, 0.3))
    told = list(list_evidence({"id": "OVR-04"}, Evidence(partly)))
    assert f"- stability: {NOT_ASKED}" in told, "a property that a record lacks was not asked"
    assert f"- judges: {NOT_ASKED}" in told


@pytest.mark.parametrize("told", ["undecided", "equivalent", "a record is refused, trace x, step 1", " OVR-03"])
def test_only_a_property_that_is_named_first_has_noticed_a_mutant(told: str) -> None:
    assert find_killer(told) == ""
    assert find_killer("OVR-03, trace x") == find_killer("OVR-03") == "OVR-03"


def test_a_share_is_told_in_its_class() -> None:
    assert [find_class(limit / 100) for limit in CLASSES] == list(CLASSES)
    assert find_class(0.0) == CLASSES[0]
    assert find_class(0.1001) == CLASSES[1]
    assert find_class(0.751) == find_class(1.2) == MOST


def test_a_record_has_no_time_and_no_exact_share_in_it(make_report: Make) -> None:
    slow, quick = make_steady(make_report, 0, 0.111), make_steady(make_report, 0, 0.222)
    slow["timing"] = {"seconds": 9.0}
    assert render_record(FINGERPRINT, slow, None) == render_record(FINGERPRINT, quick, None)
    assert render_record(FINGERPRINT, make_steady(make_report, 0, 0.3), None) != render_record(FINGERPRINT, slow, None)


def test_a_later_run_adds_its_judge_and_keeps_what_it_did_not_ask(make_report: Make) -> None:
    first = render(FINGERPRINT, make_judged(make_report, "one", 8))
    second = render(FINGERPRINT, make_judged(make_report, "two", 7), first)
    assert [judge["name"] for judge in second["judges"]] == ["one", "two"]
    again = render(FINGERPRINT, make_judged(make_report, "one", 9), second)
    assert {judge["name"]: judge["confirmed"] for judge in again["judges"]} == {"one": 9, "two": 7}
    steady = render(FINGERPRINT, make_steady(make_report, 0, 0.3), again)
    assert len(steady["judges"]) == 2
    assert steady["stability"]["wavered"] == 0


@pytest.mark.parametrize("key", list(FINGERPRINT))
def test_what_was_said_of_another_text_is_not_kept(make_report: Make, key: str) -> None:
    first = render(FINGERPRINT, make_judged(make_report, "one", 8))
    changed = {**FINGERPRINT, key: "changed"}
    assert render(changed, make_steady(make_report, 0, 0.3), first)["judges"] == []


def test_the_first_trace_is_told_without_the_rest() -> None:
    assert find_first_trace({"witness": "trace a, step 1, B; in all under 2"}) == "trace a, step 1, B"
    assert find_first_trace({}) == ""


def test_opinions_are_recorded_joined_and_dropped_when_the_text_changes(repository: Any, expect_exit: Run) -> None:
    repository.say(wavered=1, mutants=["killed"])
    expect_exit(3, "prove", "--solver", "both", "--stability", "--record")
    record = repository.root / "proofs" / "opinions.json"
    schemas.check("opinions", json.loads(record.read_text()))
    expect_exit(0, "mutate", "--record")
    expect_exit(0, "report")
    page: Path = repository.root / "proofs" / "REPORT.md"
    assert find_row(page.read_text(), "OVR-03") == [
        "other 2 4 of 5",
        "none",
        "1",
        NOT_ASKED,
        "1 of 5 waver, at most 25 %",
    ]
    explained = expect_exit(0, "explain", "OVR-03", "--json", "-")
    assert json.loads(explained.stdout)["evidence"]["judges"] == "other 2 4 of 5"
    assert "mutants killed: 1" in explained.stderr
    repository.say(name="changed", mutants=["killed"])
    expect_exit(0, "report")
    assert find_row(page.read_text(), "OVR-03") == [NOT_ASKED, "none", NOT_ASKED, NOT_ASKED, NOT_ASKED]


def test_a_page_that_flatters_is_found(repository: Any, expect_exit: Run) -> None:
    expect_exit(3, "prove", "--solver", "both", "--record")
    expect_exit(0, "report")
    expect_exit(0, "report", "--check")
    page = repository.root / "proofs" / "REPORT.md"
    page.write_text(page.read_text().replace("other 2 4 of 5", "other 2 5 of 5"))
    assert expect_exit(1, "report", "--check").stdout == "proofs/REPORT.md is out of date: run thecal report\n"


@pytest.mark.parametrize("args", [("OVR-03", "--solver", "both"), ("--stability", "--source", "kernel/thecal"), ()])
def test_only_what_others_say_of_everything_is_recorded(repository: Any, expect_exit: Run, args: tuple[str]) -> None:
    done = expect_exit(2, "prove", *args, "--record")
    assert "--record: of the whole grid" in done.stderr
    assert repository.runs == 0
