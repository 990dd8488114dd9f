# SPDX-License-Identifier: Apache-2.0
"""Generated pages: the same bytes for the same verdicts, every ID with its road from table to lines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thecal_adapters.claims import find_lines, find_trace
from thecal_adapters.reporting import (
    END,
    START,
    NoPlace,
    find_drift,
    place_table,
    render_pages,
    render_report,
    render_table,
    write_pages,
)

Make = Callable[..., dict[str, Any]]
PAGE = f"# Title\n\nBefore.\n\n{START}\nold\n{END}\n\nAfter.\n"


def test_a_page_keeps_everything_but_the_table() -> None:
    page = place_table(PAGE, "new")
    assert page == PAGE.replace("old", "new")
    assert place_table(page, "new") == page


@pytest.mark.parametrize("page", ["", f"{START}\n", f"{END}\n", f"{END}\n{START}\n"])
def test_a_page_without_markers_has_no_place(page: str) -> None:
    with pytest.raises(NoPlace):
        place_table(page, "new")


def test_no_time_gets_into_the_pages(make_report: Make) -> None:
    slow = make_report()
    slow["timing"] = {"seconds": 12_345.678, "budget": 98_765, "obligations": {}}
    trace = find_trace()
    assert render_report(slow, trace) == render_report(make_report(), trace)
    assert render_table(slow) == render_table(make_report())


def test_another_verdict_is_another_page(make_report: Make) -> None:
    trace = find_trace()
    assert render_report(make_report(OVR_03="unknown"), trace) != render_report(make_report(), trace)
    assert "| Patient boluses keep the lockout between them | unknown |" in render_table(make_report(OVR_03="unknown"))


def test_every_property_can_be_followed_from_the_table_to_its_lines(make_report: Make) -> None:
    trace = find_trace()
    report, table = render_report(make_report(), trace), render_table(make_report())
    for claim in trace.properties:
        assert f"[{claim.id}](proofs/REPORT.md#{claim.id.lower()})" in table
        section = report.partition(f"\n### {claim.id}\n")[2].partition("\n### ")[0]
        assert claim.statement in section
        assert f"thecal prove {claim.id}" in section
        for line in find_lines(claim.id):
            assert f"(../{line.file}#L{line.number})" in section


def test_what_is_not_proved_is_told_with_its_reason(make_report: Make) -> None:
    report = make_report(OVR_03="refuted")
    finding = {"id": "OVR-03/BolusAsked", "verdict": "refuted", "detail": "one\ntwo", "leaves": [], "test": ""}
    report["findings"] = [finding]
    report["support"] = {"ticks_are_ordered": {"SecondPassed": "proved", "BolusAsked": "unknown"}}
    text = render_report(report, find_trace())
    assert "- `OVR-03/BolusAsked`: refuted. one\n" in text
    assert "| `ticks_are_ordered` | unknown | 2 |" in text
    assert "Nothing that was asked." in render_report(make_report(), find_trace())


def test_the_step_in_which_a_property_speaks_is_told_where_it_is_known(make_report: Make) -> None:
    report = make_report()
    assert "- speaks: " not in render_report(report, find_trace())
    row = next(row for row in report["properties"] if row["id"] == "OVR-03")
    row["witness"] = "trace lockout, step 60, BolusAsked"
    text = render_report(report, find_trace())
    assert (
        "\n- speaks: trace lockout, step 60, BolusAsked\n" in text.partition("\n### OVR-03\n")[2].partition("\n### ")[0]
    )


def test_drift_is_found_byte_by_byte(tmp_path: Path, make_report: Make) -> None:
    (tmp_path / "proofs").mkdir()
    (tmp_path / "README.md").write_text(PAGE)
    pages = render_pages(tmp_path, make_report(), find_trace())
    assert set(find_drift(tmp_path, pages)) == set(pages)
    write_pages(tmp_path, pages)
    assert find_drift(tmp_path, pages) == []
    assert render_pages(tmp_path, make_report(), find_trace()) == pages
    for path in pages:
        kept = (tmp_path / path).read_bytes()
        (tmp_path / path).write_bytes(kept.replace(b"\n", b"\r\n"))
        assert find_drift(tmp_path, pages) == [path]
        (tmp_path / path).write_bytes(kept)
