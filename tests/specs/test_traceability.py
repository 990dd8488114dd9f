# SPDX-License-Identifier: Apache-2.0
"""Hazards, requirements, properties and assumptions hold together both ways, and figures have sources."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thecal_specs.text import (
    Discharge,
    Side,
    TextError,
    read_assumption,
    read_entries,
    read_file,
    read_incident,
    read_severities,
)
from thecal_specs.traceability import DUTIES_START, Trace, find_duties, find_gaps, load, render_duties

ROOT = Path(__file__).parents[2]
FILES = ("hazards.toml", "requirements.toml", "assumptions.toml", "incidents.toml")
MARK = r"\[(V|D|P|M-[hml])\b"
UNITS = "mL/h|mL/day|mL|mcg/mL|mcg/day|mcg|mg/mL|mg/day|mg|mL/cm|%|h|min|weeks|months|years|days"
FIGURE = re.compile(rf"\b\d[\d.,]* (?:to \d[\d.,]* )?(?:{UNITS})(?![\w/])")
# Windows that requirements speak of by definition, and that no source has to vouch for.
BY_DEFINITION = re.compile(r"(?:any|some|in) 24 h\b")


def find_unmarked_figures(text: str) -> tuple[str, ...]:
    """Figures with a unit in a text that carries no mark of certainty."""
    if re.search(MARK, text):
        return ()
    return tuple(FIGURE.findall(BY_DEFINITION.sub("", text)))


def find_strings(toml: str) -> Iterator[str]:
    """Every string of a TOML file whose strings stand on one line each, as ours do."""
    return iter(re.findall(r'"((?:[^"\\]|\\.)*)"', re.sub(r"(?m)^#.*$", "", toml)))


def with_first(rows: tuple[Any, ...], **changes: object) -> tuple[Any, ...]:
    return (replace(rows[0], **changes), *rows[1:])


# Each mutation breaks one link of the trace; beside it, what must be said about it.
MUTATIONS: tuple[tuple[str, Callable[[Trace], dict[str, Any]]], ...] = (
    (
        "HAZ number 2 is called HAZ-03",
        lambda t: {"hazards": (t.hazards[0], *t.hazards[2:])},
    ),
    (
        "REQ number 1 is called REQ-1",
        lambda t: {"requirements": with_first(t.requirements, id="REQ-1")},
    ),
    (
        "ASM number 2 is called ASM-01",
        lambda t: {"assumptions": (t.assumptions[0], *t.assumptions)},
    ),
    (
        "HAZ-32 is answered by nothing",
        lambda t: {"hazards": (*t.hazards, replace(t.hazards[0], id="HAZ-32"))},
    ),
    (
        "HAZ-01 has a severity outside the scale: S6",
        lambda t: {"hazards": with_first(t.hazards, severity="S6")},
    ),
    (
        "HAZ-01 has neither incident nor source",
        lambda t: {"hazards": with_first(t.hazards, incidents=(), sources=())},
    ),
    (
        "HAZ-01 is stated from one side only",
        lambda t: {"hazards": with_first(t.hazards, other_side="")},
    ),
    (
        "HAZ-01 lies on one side and names no counterpart",
        lambda t: {"hazards": with_first(t.hazards, counterparts=())},
    ),
    (
        "HAZ-01 names HAZ-99, which is no hazard",
        lambda t: {"hazards": with_first(t.hazards, counterparts=("HAZ-99",))},
    ),
    (
        "HAZ-01 names HAZ-02, which lies on the same side",
        lambda t: {"hazards": with_first(t.hazards, counterparts=("HAZ-02",))},
    ),
    (
        "REQ-01 answers no hazard",
        lambda t: {"requirements": with_first(t.requirements, hazards=())},
    ),
    (
        "REQ-01 is fulfilled by no property",
        lambda t: {"requirements": with_first(t.requirements, properties=())},
    ),
    (
        "REQ-01 has no source",
        lambda t: {"requirements": with_first(t.requirements, published=(), incidents=(), sources=())},
    ),
    (
        "REQ-01 names HAZ-99, which is no hazard",
        lambda t: {"requirements": with_first(t.requirements, hazards=("HAZ-99",))},
    ),
    (
        "REQ-01 answers HAZ-31, and none of its properties does",
        lambda t: {"requirements": with_first(t.requirements, hazards=("HAZ-01", "HAZ-31"))},
    ),
    (
        "REQ-01 names OVR-99, which is no property",
        lambda t: {"requirements": with_first(t.requirements, properties=("OVR-01", "OVR-10", "OVR-99"))},
    ),
    (
        "REQ-01 names OVR-02, which does not name it back",
        lambda t: {"requirements": with_first(t.requirements, properties=("OVR-01", "OVR-10", "OVR-02"))},
    ),
    (
        "OVR-01 names REQ-01, which does not name it back",
        lambda t: {"requirements": with_first(t.requirements, properties=("OVR-10",))},
    ),
    (
        "OVR-01 answers no hazard",
        lambda t: {"properties": with_first(t.properties, hazards=())},
    ),
    (
        "OVR-01 fulfils no requirement",
        lambda t: {"properties": with_first(t.properties, requirements=())},
    ),
    (
        "OVR-01 names HAZ-99, which is no hazard",
        lambda t: {"properties": with_first(t.properties, hazards=("HAZ-01", "HAZ-99"))},
    ),
    (
        "OVR-01 names REQ-99, which is no requirement",
        lambda t: {"properties": with_first(t.properties, requirements=("REQ-01", "REQ-15", "REQ-99"))},
    ),
    (
        "ASM-01 does not say how and where it is discharged",
        lambda t: {"assumptions": with_first(t.assumptions, where="")},
    ),
    (
        "ASM-01 is a duty, and only the integrator can say that it is open",
        lambda t: {
            "assumptions": with_first(t.assumptions, discharged_by=Discharge.DUTY, is_open=True),
        },
    ),
    (
        "ASM-01 names OVR-99, which is no property",
        lambda t: {"assumptions": with_first(t.assumptions, needed_by=("OVR-99",))},
    ),
    (
        "incidents are not numbered consecutively",
        lambda t: {"incidents": t.incidents[1:]},
    ),
    (
        "incident 99 is cited and does not exist",
        lambda t: {"requirements": with_first(t.requirements, incidents=(99,))},
    ),
    (
        "incident 35 is behind no hazard",
        lambda t: {"incidents": (*t.incidents, replace(t.incidents[0], number=35))},
    ),
)


def test_every_link_holds_in_both_directions() -> None:
    gaps = find_gaps(load())
    assert not gaps, "\n".join(gaps)


@pytest.mark.parametrize(("gap", "mutate"), MUTATIONS, ids=[gap for gap, _ in MUTATIONS])
def test_a_broken_link_is_named(gap: str, mutate: Callable[[Trace], dict[str, Any]]) -> None:
    trace = load()
    assert gap in find_gaps(replace(trace, **mutate(trace)))


def test_every_property_is_reached_from_some_hazard_and_every_hazard_from_some_property() -> None:
    trace = load()
    reached = {row.id for hazard in trace.hazards for row in trace.properties_against(hazard.id)}
    assert reached == {row.id for row in trace.properties}
    assert all(trace.properties_against(hazard.id) for hazard in trace.hazards)
    assert all(trace.requirements_against(hazard.id) for hazard in trace.hazards)


def test_hazards_lie_on_both_sides() -> None:
    sides = [row.side for row in load().hazards]
    assert all(sides.count(side) >= 5 for side in Side), "A pump that never delivers harms as well"


def test_the_scale_of_severity_has_five_words_and_each_hazard_one_of_them() -> None:
    trace = load()
    assert list(trace.severities) == ["S1", "S2", "S3", "S4", "S5"]
    assert trace.severities["S5"].startswith("Catastrophic")


def test_every_requirement_is_one_sentence_about_the_kernel_with_one_shall() -> None:
    for row in load().requirements:
        assert row.text.startswith("The kernel shall "), row.id
        assert row.text.count("shall") == 1, f"{row.id} demands more than one thing"
        assert len(re.findall(r"[.!?](?=\s|$)", row.text)) == 1, row.id
        assert row.text.endswith("."), row.id


def test_published_requirements_are_named_as_their_document_names_them() -> None:
    for row in load().requirements:
        for name in row.published:
            assert re.fullmatch(r"R\d\.\d\.\d\(\d{1,2}\)|EC\d{1,2}", name), f"{row.id}: {name}"


def test_every_source_says_how_sure_it_is() -> None:
    trace = load()
    sources = [source for row in trace.hazards for source in row.sources]
    sources += [source for row in trace.requirements for source in row.sources]
    sources += [source for row in trace.assumptions for source in row.sources]
    sources += [incident.source for incident in trace.incidents]
    unmarked = [source for source in sources if not re.search(MARK, source)]
    assert not unmarked, f"Add [V], [D], [M-h], [M-m], [M-l] or [P]: {unmarked}"


@pytest.mark.parametrize("name", FILES)
def test_every_figure_carries_its_source_and_certainty(name: str) -> None:
    found = {text: figures for text in find_strings(read_file(name)) if (figures := find_unmarked_figures(text))}
    assert not found, f"Add a mark such as [V document] or [P]: {found}"


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("It holds 1.4 mL.", ("1.4 mL",)),
        ("It holds 1.4 mL [M-m].", ()),
        ("In any 24 h or in 48 h.", ("48 h",)),
        ("From 2 to 24 h, or 14.5 %.", ("2 to 24 h", "14.5 %")),
        ("An n of 3 and 64 bits.", ()),
    ],
)
def test_a_figure_without_a_mark_is_seen(text: str, figures: tuple[str, ...]) -> None:
    assert find_unmarked_figures(text) == figures


def test_every_assumption_is_discharged_in_one_of_three_ways_and_all_three_are_used() -> None:
    assert {row.discharged_by for row in load().assumptions} == set(Discharge)


def test_an_assumption_that_is_not_open_is_discharged_in_a_place_that_exists() -> None:
    lost = [row.id for row in load().assumptions if not row.is_open and not (ROOT / row.where).exists()]
    assert not lost, f"Nothing discharges {lost}: set is_open, or name the place"


def test_every_property_rests_on_stated_assumptions() -> None:
    trace = load()
    everywhere = {row.id for row in trace.assumptions if not row.needed_by}
    assert everywhere == {"ASM-35", "ASM-36", "ASM-37", "ASM-38"}
    for row in trace.properties:
        assert everywhere <= {assumption.id for assumption in trace.assumptions_of(row.id)}
    assert "ASM-01" in {assumption.id for assumption in trace.assumptions_of("OVR-01")}
    assert "ASM-01" not in {assumption.id for assumption in trace.assumptions_of("PRG-04")}


def test_the_safety_manual_lists_the_duties_as_they_are() -> None:
    manual = (ROOT / "kernel/README.md").read_text(encoding="utf-8")
    expected = render_duties(load())
    assert find_duties(manual) == expected, f"Put this after {DUTIES_START}:\n{expected}"


def test_a_manual_without_the_marker_has_no_duties() -> None:
    assert find_duties(f"a\n{DUTIES_START}\n\nb\n<!-- end -->\nc\n<!-- end -->\n") == "b"
    assert find_duties("a\nb\n<!-- end -->") == ""


INCIDENT = '[[incident]]\nnumber = 1\nname = "n"\nwhat = "w"\nsource = "s"\n'


def test_a_text_in_its_form_is_read() -> None:
    (incident,) = read_entries(INCIDENT, "incident", read_incident)
    assert (incident.number, incident.name, incident.what, incident.source) == (1, "n", "w", "s")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (INCIDENT.replace('what = "w"\n', ""), "incident 1: what is missing"),
        (INCIDENT + 'more = "m"\n', "incident 1: unknown key more"),
        (INCIDENT.replace("= 1", '= "1"'), "incident 1: number must be an integer"),
        (INCIDENT.replace("= 1", "= true"), "incident 1: number must be an integer"),
        (INCIDENT.replace('"n"', "7"), "incident 1: name must be a text"),
        ("incident = 1\n", "incident: a list of tables is expected"),
        ("incident = [1]\n", "incident 1: a table is expected"),
    ],
)
def test_a_text_out_of_its_form_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(TextError, match=complaint):
        read_entries(text, "incident", read_incident)


def test_a_fourth_way_to_discharge_an_assumption_is_refused() -> None:
    text = read_file("assumptions.toml").replace('discharged_by = "monitor"', 'discharged_by = "hope"')
    with pytest.raises(TextError, match="assumption 1: 'hope'"):
        read_entries(text, "assumption", read_assumption)


def test_lists_and_flags_are_checked_as_well() -> None:
    text = read_file("assumptions.toml")
    with pytest.raises(TextError, match="needed_by must be a list"):
        read_entries(re.sub(r"needed_by = \[.*\]", 'needed_by = "all"', text), "assumption", read_assumption)
    with pytest.raises(TextError, match="is_open must be true or false"):
        read_entries(text.replace("is_open = true", "is_open = 1"), "assumption", read_assumption)
    with pytest.raises(TextError, match="needed_by must be a text"):
        read_entries(text.replace('needed_by = ["', 'needed_by = [1, "'), "assumption", read_assumption)


def test_a_scale_without_words_is_refused() -> None:
    with pytest.raises(TextError, match="severity: a table is expected"):
        read_severities("")
    with pytest.raises(TextError, match="severity: S1 must be a text"):
        read_severities("[severity]\nS1 = 1\n")
