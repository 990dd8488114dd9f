# SPDX-License-Identifier: Apache-2.0
"""Verdicts are kept by what they depend on, and one bad cell decides the exit status."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thecal_adapters import schemas
from thecal_adapters.exits import Exit
from thecal_adapters.verdicts import MARKS, VERDICTS, Store, find_exit, find_store, find_worst, summarize

Make = Callable[..., dict[str, Any]]


def test_every_verdict_has_a_mark_of_its_own() -> None:
    assert set(MARKS) == set(VERDICTS)
    assert len(set(MARKS.values())) == len(MARKS)
    assert "." not in MARKS.values(), "a dot stands for what was not asked"


def test_only_proved_is_as_asked(make_report: Make) -> None:
    assert find_exit(make_report()) is Exit.AS_ASKED
    for verdict in set(VERDICTS) - {"proved"}:
        assert find_exit(make_report(OVR_03=verdict)) is not Exit.AS_ASKED
        support = {**make_report(), "support": {"x": {"SecondPassed": verdict}}}
        assert find_exit(support) is not Exit.AS_ASKED


@pytest.mark.parametrize("verdict", ["refuted", "vacuous"])
def test_a_finding_outweighs_the_undecided(make_report: Make, verdict: str) -> None:
    assert find_exit(make_report(OVR_03="unknown", OVR_04=verdict, OVR_05="unstated")) is Exit.FINDING


def test_the_worst_verdict_speaks_for_all() -> None:
    assert find_worst(["proved", "unknown", "proved"]) == "unknown"
    assert find_worst(["vacuous", "refuted"]) == "refuted"
    assert find_worst(["proved"]) == "proved"
    assert find_worst([]) == "unknown", "of nothing, nothing is proved"


def test_a_summary_counts_what_there_is(make_report: Make) -> None:
    report = make_report(OVR_03="refuted")
    assert summarize(report["properties"]) == {"proved": len(report["properties"]) - 1, "refuted": 1}


def test_the_shape_of_a_report_is_documented(make_report: Make) -> None:
    schemas.check("verdicts", make_report(OVR_03="refuted"))
    for name in schemas.NAMES:
        assert re.match(r"Version \d+\. ", schemas.read(name)["description"])


def test_what_is_kept_is_read_back(tmp_path: Path, make_report: Make) -> None:
    store = Store(tmp_path / "kept")
    assert store.read_whole() is None
    assert store.read_row("OVR-03") is None
    part = make_report(OVR_03="refuted")
    part["properties"] = [row for row in part["properties"] if row["id"] == "OVR-03"]
    store.add(part, is_whole=False)
    assert store.read_whole() is None
    row = store.read_row("OVR-03")
    assert row is not None
    assert row["verdict"] == "refuted"
    store.add(make_report(), is_whole=True)
    assert store.read_whole() == make_report()
    row = store.read_row("OVR-03")
    assert row is not None
    assert row["verdict"] == "proved"


def test_other_texts_have_another_place() -> None:
    places = [find_store({"kernel": text, "solver": "1"}) for text in ("a", "b")]
    assert places[0] != places[1]
    assert places[0] == find_store({"solver": "1", "kernel": "a"})
