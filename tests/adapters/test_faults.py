# SPDX-License-Identifier: Apache-2.0
"""The table of faults is whole, is told in the guide as it stands, and each of its kinds can be brought about."""

import re
from pathlib import Path

import pytest

from thecal_adapters.simulation.faults import BY_NAME, ROWS, Row, Scale, Standing, join_scales, make_table
from thecal_adapters.simulation.injections import INJECTIONS
from thecal_adapters.simulation.judge import IN_REAL_TIME
from thecal_adapters.simulation.life import Life
from thecal_adapters.simulation.margins import HELD, NOT_SEEN, make_margin_table
from thecal_adapters.simulation.script import Item, Script
from thecal_specs.text import read_assumption, read_entries, read_file

HOUR_MS = 3_600_000
GUIDE = Path(__file__).parents[2] / "adapters" / "README.md"


def test_every_kind_is_in_one_row() -> None:
    assert len(BY_NAME) == len(ROWS)
    assert all(re.fullmatch(r"[a-z_]+", row.name) for row in ROWS)


def test_every_row_names_assumptions_that_exist() -> None:
    known = {assumption.id for assumption in read_entries(read_file("assumptions.toml"), "assumption", read_assumption)}
    for row in ROWS:
        assert row.assumptions
        assert set(row.assumptions) <= known, row.name


@pytest.mark.parametrize("row", [row for row in ROWS if row.standing is Standing.MASKED], ids=lambda row: row.name)
def test_a_masked_fault_scales_no_bound(row: Row) -> None:
    assert row.scale.bound_permille == 1_000
    assert row.scale == Scale(slow_ppm=row.scale.slow_ppm)
    assert row.lacking is Standing.DEGRADED or row.scale == Scale()


def test_slow_clocks_jumps_and_missed_ticks_alone_are_masked_on_one_side_and_degraded_on_the_other() -> None:
    mixed = {row.name for row in ROWS if (row.standing, row.lacking) == (Standing.MASKED, Standing.DEGRADED)}
    assert mixed == {"clock_slow", "clock_jumps", "ticks_missed"}
    assert BY_NAME["clock_slow"].scale.delivered_ppm == 999_000
    assert BY_NAME["rate_lag"].scale.delivered_ppm == 855_000


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_says_what_holds_on_either_side_and_by_when_it_is_found(row: Row) -> None:
    assert all((row.happens, row.holds, row.holds_lacking, row.finding, row.deadline))


@pytest.mark.parametrize("row", [row for row in ROWS if row.standing is Standing.DEGRADED], ids=lambda row: row.name)
def test_a_degraded_fault_says_by_how_much(row: Row) -> None:
    assert row.scale != Scale()
    assert row.finding


def test_faults_that_come_together_scale_together() -> None:
    both = join_scales(frozenset({"rate_drift", "clock_fast"}))
    assert (both.excess_permille, both.fast_ppm) == (145, 1_000)
    assert both.bound_permille == 1_147  # 1.145 * 1.001, rounded up


def test_what_comes_in_the_course_of_a_life_can_be_brought_about() -> None:
    assert {row.name for row in ROWS if row.per_day} == set(INJECTIONS)


@pytest.mark.parametrize("kind", sorted(INJECTIONS))
def test_each_kind_is_counted_when_it_happens_and_breaks_nothing_by_itself(kind: str) -> None:
    items = tuple(Item(hour * HOUR_MS, kind, hour) for hour in (2, 8, 14))
    life = Life(Script("faults/11", 1, frozenset({kind}), items))
    life.run()
    assert life.counts[kind] == 3
    assert life.moves
    assert life.violations == []


def test_the_guide_tells_the_table_as_it_stands() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    told = re.search(r"<!-- table: faults -->\n(.*?)\n<!-- end -->", text, re.DOTALL)
    assert told is not None
    assert told[1] == make_table()


def test_the_guide_has_a_margin_of_every_fault_and_property_and_none_is_beyond_its_bound() -> None:
    told = re.search(r"<!-- table: margins -->\n(.*?)\n<!-- end -->", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert told is not None
    head, _, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in told[1].splitlines()]
    assert [line[0] for line in lines] == [*(f"`{row.name}`" for row in HELD), "any"]
    assert {"OVR-01", "OVR-02", "ASM-01", "ASM-03", "CON-02", "UND-01", IN_REAL_TIME} <= set(head)
    for line in lines:
        assert all(0 <= int(cell) <= 1_000 for cell in line[3:] if cell != NOT_SEEN), line
    assert all(int(line[1].replace(",", "")) > 0 for line in lines[:-1])


def test_a_margin_that_was_not_seen_is_told_as_such() -> None:
    result = {
        "by_fault": {"kill": {"count": 3, "found": None}, "stall": {"count": 0, "found": 2}},
        "margins": {"OVR-01": {"any": 9, "kill": 7}},
    }
    assert make_margin_table(result).splitlines()[2:] == [
        "| `kill` | 3 | - | 7 |",
        "| `stall` | 0 | 2 | - |",
        "| any | | | 9 |",
    ]
