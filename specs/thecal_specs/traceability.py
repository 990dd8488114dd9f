# SPDX-License-Identifier: Apache-2.0
"""From hazard to requirement to property to assumption, and back: joins the texts and finds broken links."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from thecal_specs.catalogue import CATALOGUE, Property
from thecal_specs.text import (
    Assumption,
    Discharge,
    Hazard,
    Incident,
    Requirement,
    Side,
    read_assumption,
    read_entries,
    read_file,
    read_hazard,
    read_incident,
    read_requirement,
    read_severities,
)


@dataclass(frozen=True)
class Trace:
    """All texts together with the catalogue. ``severities`` gives the words of each grade, least first."""

    properties: tuple[Property, ...]
    hazards: tuple[Hazard, ...]
    requirements: tuple[Requirement, ...]
    assumptions: tuple[Assumption, ...]
    incidents: tuple[Incident, ...]
    severities: Mapping[str, str]

    def properties_against(self, hazard_id: str) -> tuple[Property, ...]:
        """The properties that answer a hazard."""
        return tuple(row for row in self.properties if hazard_id in row.hazards)

    def requirements_against(self, hazard_id: str) -> tuple[Requirement, ...]:
        """The requirements that answer a hazard."""
        return tuple(row for row in self.requirements if hazard_id in row.hazards)

    def assumptions_of(self, property_id: str) -> tuple[Assumption, ...]:
        """What has to be true of the world for a property to reach the patient."""
        return tuple(row for row in self.assumptions if not row.needed_by or property_id in row.needed_by)


@cache
def load() -> Trace:
    """The catalogue and the texts as they ship."""
    hazards = read_file("hazards.toml")
    return Trace(
        properties=CATALOGUE,
        hazards=read_entries(hazards, "hazard", read_hazard),
        requirements=read_entries(read_file("requirements.toml"), "requirement", read_requirement),
        assumptions=read_entries(read_file("assumptions.toml"), "assumption", read_assumption),
        incidents=read_entries(read_file("incidents.toml"), "incident", read_incident),
        severities=read_severities(hazards),
    )


def find_gaps(trace: Trace) -> tuple[str, ...]:
    """Every broken link, as a sentence. Nothing is assumed of the trace but its types."""
    return (
        *_find_misnumbered("HAZ", (row.id for row in trace.hazards)),
        *_find_misnumbered("REQ", (row.id for row in trace.requirements)),
        *_find_misnumbered("ASM", (row.id for row in trace.assumptions)),
        *_find_hazard_gaps(trace),
        *_find_requirement_gaps(trace),
        *_find_property_gaps(trace),
        *_find_assumption_gaps(trace),
        *_find_incident_gaps(trace),
    )


def _find_misnumbered(prefix: str, ids: Iterable[str]) -> Iterator[str]:
    for place, found in enumerate(ids, start=1):
        if found != f"{prefix}-{place:02}":
            yield f"{prefix} number {place} is called {found}"


def _find_hazard_gaps(trace: Trace) -> Iterator[str]:
    sides = {row.id: row.side for row in trace.hazards}
    for hazard in trace.hazards:
        if not trace.properties_against(hazard.id) and not trace.requirements_against(hazard.id):
            yield f"{hazard.id} is answered by nothing"
        if hazard.severity not in trace.severities:
            yield f"{hazard.id} has a severity outside the scale: {hazard.severity}"
        if not hazard.incidents and not hazard.sources:
            yield f"{hazard.id} has neither incident nor source"
        if not hazard.other_side:
            yield f"{hazard.id} is stated from one side only"
        yield from _find_counterpart_gaps(hazard, sides)


def _find_counterpart_gaps(hazard: Hazard, sides: Mapping[str, Side]) -> Iterator[str]:
    if hazard.side is not Side.BOTH and not hazard.counterparts:
        yield f"{hazard.id} lies on one side and names no counterpart"
    for other in hazard.counterparts:
        if other not in sides:
            yield f"{hazard.id} names {other}, which is no hazard"
        elif sides[other] is hazard.side:
            yield f"{hazard.id} names {other}, which lies on the same side"


def _find_requirement_gaps(trace: Trace) -> Iterator[str]:
    hazards = {row.id for row in trace.hazards}
    rows = {row.id: row for row in trace.properties}
    for requirement in trace.requirements:
        if not requirement.hazards:
            yield f"{requirement.id} answers no hazard"
        if not requirement.properties:
            yield f"{requirement.id} is fulfilled by no property"
        if not (requirement.published or requirement.incidents or requirement.sources):
            yield f"{requirement.id} has no source"
        for hazard in requirement.hazards:
            if hazard not in hazards:
                yield f"{requirement.id} names {hazard}, which is no hazard"
            elif not any(hazard in rows[name].hazards for name in requirement.properties if name in rows):
                yield f"{requirement.id} answers {hazard}, and none of its properties does"
        for name in requirement.properties:
            if name not in rows:
                yield f"{requirement.id} names {name}, which is no property"
            elif requirement.id not in rows[name].requirements:
                yield f"{requirement.id} names {name}, which does not name it back"


def _find_property_gaps(trace: Trace) -> Iterator[str]:
    hazards = {row.id for row in trace.hazards}
    requirements = {row.id: row for row in trace.requirements}
    for row in trace.properties:
        if not row.hazards:
            yield f"{row.id} answers no hazard"
        if not row.requirements:
            yield f"{row.id} fulfils no requirement"
        for hazard in row.hazards:
            if hazard not in hazards:
                yield f"{row.id} names {hazard}, which is no hazard"
        for name in row.requirements:
            if name not in requirements:
                yield f"{row.id} names {name}, which is no requirement"
            elif row.id not in requirements[name].properties:
                yield f"{row.id} names {name}, which does not name it back"


def _find_assumption_gaps(trace: Trace) -> Iterator[str]:
    rows = {row.id for row in trace.properties}
    for assumption in trace.assumptions:
        if not (assumption.how and assumption.where):
            yield f"{assumption.id} does not say how and where it is discharged"
        if assumption.is_open and assumption.discharged_by is Discharge.DUTY:
            yield f"{assumption.id} is a duty, and only the integrator can say that it is open"
        for name in assumption.needed_by:
            if name not in rows:
                yield f"{assumption.id} names {name}, which is no property"


def _find_incident_gaps(trace: Trace) -> Iterator[str]:
    numbers = [row.number for row in trace.incidents]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "incidents are not numbered consecutively"
    behind_hazards = {number for row in trace.hazards for number in row.incidents}
    cited = behind_hazards | {number for row in trace.requirements for number in row.incidents}
    for number in sorted(cited - set(numbers)):
        yield f"incident {number} is cited and does not exist"
    for number in sorted(set(numbers) - behind_hazards):
        yield f"incident {number} is behind no hazard"


DUTIES_START = "<!-- generated: duties -->"
DUTIES_END = "<!-- end -->"


def render_duties(trace: Trace) -> str:
    """The integrator's duties as a table in Markdown, for the safety manual."""
    duties = (row for row in trace.assumptions if row.discharged_by is Discharge.DUTY)
    lines = (f"| {row.id} | {row.text} | {row.how} | {row.if_false} |" for row in duties)
    return "\n".join(
        ("| ID | what must be true | what the integrator does | if it is not |", "|---|---|---|---|", *lines)
    )


def find_duties(manual: str) -> str:
    """What stands between the markers of the duties in a text, without the blank lines around it."""
    found = re.search(re.escape(DUTIES_START) + r"(.*?)" + re.escape(DUTIES_END), manual, re.DOTALL)
    return "" if found is None else found.group(1).strip()
