# SPDX-License-Identifier: Apache-2.0
"""Which lines the proofs use, as it is recorded, told and held against what is on record."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from thecal_adapters import schemas
from thecal_adapters.claims import find_trace
from thecal_adapters.cli.lines import read_place
from thecal_adapters.evidence import NOT_ASKED, NOTHING, Evidence
from thecal_adapters.line_record import count, find_reason, find_users, is_current, read_lines
from thecal_adapters.reporting import render_report
from thecal_adapters.unused import render_unused

Run = Callable[..., subprocess.CompletedProcess[str]]
Make = Callable[..., dict[str, Any]]
COUNTS = {"obligations": 5, "whole": 1}
RECORD = {
    "version": 1,
    "fingerprint": {"kernel_sha256": "a"},
    **COUNTS,
    "properties": {
        "OVR-03": {"own": {"ledger.py": "76"}, "all": {"ledger.py": "70-76", "path.py": "7"}, **COUNTS},
        "OVR-04": {"own": {"path.py": "7"}, "all": {"path.py": "7"}, **COUNTS},
    },
    "unused": {"weighed": {"units.py": "163"}, "unasked": {}, "handing on": {"path.py": "9-10, 12"}},
}
MUTANTS = {
    "summary": {"mutants": 1, "killed": 1, "equivalent": 0, "survived": 0, "undecided": 0},
    "mutants": [["MUT-00000001", "units.py:163", "CON-04, trace the largest facts, step 6"]],
}


def test_a_line_knows_the_properties_that_use_it_and_those_that_use_it_through_others() -> None:
    assert find_users(RECORD, ("path.py", 7), "own") == ["OVR-04"]
    assert find_users(RECORD, ("path.py", 7), "all") == ["OVR-03", "OVR-04"]
    assert find_users(RECORD, ("ledger.py", 72), "own") == []
    assert find_reason(RECORD, ("path.py", 10)) == "handing on"
    assert find_reason(RECORD, ("path.py", 11)) is None
    assert list(read_lines({"path.py": "9-10, 12"})) == [("path.py", 9), ("path.py", 10), ("path.py", 12)]
    assert count({"path.py": "9-10, 12"}) == 3


def test_the_report_tells_the_lines_of_each_property_and_those_that_none_needs(make_report: Make) -> None:
    text = render_report(make_report(), find_trace(), Evidence(lines=RECORD, mutants=MUTANTS))
    row = next(line for line in text.partition("## Evidence")[2].splitlines() if line.startswith("| [OVR-03]"))
    assert "| 1 of its own, 8 in all |" in row
    section = text.partition("\n### OVR-03\n")[2].partition("\n### ")[0]
    assert "- lines used: 1 of its own, 8 in all; its own: ledger.py 76\n" in section
    unused = text.partition("## Lines that no proof needs")[2].partition("\n## ")[0]
    assert "- [units.py:163](../kernel/thecal/units.py#L163) `" in unused
    assert "(CON-04)" in unused, "who notices when it is broken"
    assert "path.py 9-10, 12." in unused
    assert "Of 5 proofs 1 were too much to weigh" in unused


def test_of_another_text_no_line_is_told(make_report: Make) -> None:
    assert not is_current(RECORD, {"kernel_sha256": "b"})
    assert is_current(RECORD, {"kernel_sha256": "a"})
    assert "Not asked of this text: `thecal prove --lines --record`." in render_unused(NOTHING)
    assert NOTHING.used("OVR-03") == NOT_ASKED


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ledger.py:76", ("ledger.py", 76)),
        ("kernel/thecal/ledger.py:76", ("ledger.py", 76)),
        ("kernel\\thecal\\ledger.py:76", ("ledger.py", 76)),
        ("OVR-03", None),
        ("ledger.py", None),
        ("ledger.py:0", None),
    ],
)
def test_a_line_is_named_by_file_and_number(text: str, place: tuple[str, int] | None) -> None:
    assert read_place(text) == place


def test_lines_are_recorded_explained_and_compared(repository: Any, expect_exit: Run) -> None:
    assert "There is no proofs/lines.json" in expect_exit(3, "prove", "OVR-03", "--lines", "--check").stderr
    assert NOT_ASKED in expect_exit(3, "explain", "ledger.py:76").stdout
    done = expect_exit(0, "prove", "--lines", "--record")
    assert "OVR-03  of its own: ledger.py 76" in done.stdout
    schemas.check("lines", json.loads((repository.root / "proofs" / "lines.json").read_text()))
    expect_exit(0, "prove", "OVR-03", "--lines", "--check")
    told = json.loads(expect_exit(0, "explain", "ledger.py:76", "--json", "-").stdout)
    assert "OVR-03" in told["own"]
    assert told["unused"] is None
    assert "No proof needs it (handing on)" in expect_exit(0, "explain", "path.py:9").stdout
    repository.say(own="77")
    assert "has other lines of OVR-03" in expect_exit(1, "prove", "OVR-03", "--lines", "--check").stdout
    repository.say(name="changed")
    assert "is about other texts" in expect_exit(1, "prove", "OVR-03", "--lines", "--check").stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("prove", "OVR-03", "--lines", "--record"), "--record: of the whole grid"),
        (("prove", "OVR-03", "--check"), "--check: the lines that are found with --lines"),
        (("prove", "--lines", "--stability"), "--lines: asked by itself"),
        (("explain", "nothing.py:1"), "nothing.py is no file of the kernel"),
    ],
)
def test_wrong_use_is_told(expect_exit: Run, args: tuple[str, ...], told: str) -> None:
    assert told in expect_exit(2, *args).stderr
