# SPDX-License-Identifier: Apache-2.0
"""The pages that a proof run writes: the same bytes for the same verdicts, with no time in them.

``proofs/REPORT.md`` is written whole; in ``README.md`` only what stands between two markers.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from thecal_adapters.claims import Claim, Trace, find_lines
from thecal_adapters.evidence import NOTHING, Evidence, list_evidence, render_evidence
from thecal_adapters.unused import render_unused
from thecal_adapters.verdicts import MARKS, Report, Row, find_worst

START = "<!-- generated: verdicts -->"
END = "<!-- end -->"
REPORT = Path("proofs") / "REPORT.md"
README = Path("README.md")

MEANINGS = {
    "proved": "holds for every configuration, prescription and sequence of events, without a bound in time",
    "refuted": "there is a counterexample, and it was replayed in CPython; of a witness: no trace shows all of it",
    "vacuous": "its condition can never be true, so it says nothing",
    "unknown": "the solver's budget was spent without an answer",
    "unsupported": "it could not be asked, or the answer could not be confirmed",
    "unstated": "no predicate says it yet: it is not claimed",
}


class NoPlace(Exception):
    """A page has no place for what is generated; the message says what to add."""


def render_report(report: Report, trace: Trace, evidence: Evidence = NOTHING) -> str:
    """The whole of ``proofs/REPORT.md``."""
    claims = {claim.id: claim for claim in trace.properties}
    blocks = (
        _render_head(report),
        _render_grid(report),
        render_evidence(report["properties"], evidence),
        _render_support(report),
        _render_findings(report),
        render_unused(evidence),
        "## Properties",
        *(_render_property(row, claims[row["id"]], evidence) for row in report["properties"]),
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def _render_head(report: Report) -> str:
    counts = [f"| {verdict} | {count} | {MEANINGS[verdict]} |" for verdict, count in report["summary"].items()]
    return "\n".join(
        (
            "# What is proved",
            "",
            "Written by `thecal report` from the verdicts of `thecal prove`; `thecal report --check` compares.",
            "It is about these texts and no others:",
            "",
            f"- kernel `{report['kernel_sha256']}`",
            f"- specification `{report['specs_sha256']}`",
            "",
            "| verdict | properties | it says |",
            "|---|---|---|",
            *counts,
        )
    )


def _render_grid(report: Report) -> str:
    events = list_events(report)
    legend = ", ".join(f"`{mark}` {verdict}" for verdict, mark in MARKS.items())
    columns = ", ".join(f"{place} {event}" for place, event in enumerate(events, start=1))
    rows = [
        f"| [{row['id']}](#{row['id'].lower()}) | {row['name']} | {row['verdict']} | `{draw_cells(row, events)}` |"
        for row in report["properties"]
    ]
    head = ["## Grid", "", f"One mark for each class of events: {legend}, `.` not asked.", f"Columns: {columns}.", ""]
    return "\n".join((*head, "| ID | property | verdict | by event |", "|---|---|---|---|", *rows))


def list_events(report: Report) -> list[str]:
    """Every class of events that some property was asked of, in a fixed order."""
    return sorted({event for row in report["properties"] for event in row["events"]})


def draw_cells(row: Row, events: Sequence[str]) -> str:
    """A row of marks."""
    return "".join(MARKS[row["events"][event]] if event in row["events"] else "." for event in events)


def _render_support(report: Report) -> str:
    support: Mapping[str, Mapping[str, str]] = report["support"]
    if not support:
        return ""
    rows = [f"| `{name}` | {find_worst(cells.values())} | {len(cells)} |" for name, cells in support.items()]
    head = (
        "## What the properties rest on",
        "",
        "Conjuncts of the invariant and lemmas, kept from the initial state on by every event; contracts of functions;",
        "operations that must stay defined and within 64 bits; and that hypotheses and conditions can occur at all.",
        "",
        "| name | verdict | obligations |",
        "|---|---|---|",
    )
    return "\n".join((*head, *rows))


def _render_findings(report: Report) -> str:
    findings = report["findings"]
    if not findings:
        return "## Not proved\n\nNothing that was asked."
    lines = [f"- `{finding['id']}`: {finding['verdict']}. {_first_line(finding['detail'])}" for finding in findings]
    return "\n".join(("## Not proved", "", *lines))


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "")


def _render_property(row: Row, claim: Claim, evidence: Evidence) -> str:
    return "\n".join(_list_property(row, claim, evidence))


def _list_property(row: Row, claim: Claim, evidence: Evidence) -> Iterator[str]:
    yield f"### {claim.id}"
    yield ""
    yield f"**{claim.name}.** {claim.statement}"
    yield ""
    yield f"*It does not say:* {claim.does_not_say}"
    yield ""
    if claim.amended is not None:
        yield f"*Amended.* It read: {claim.amended.old_statement} {claim.amended.counterexample}"
        yield ""
    events = ", ".join(f"{event} {verdict}" for event, verdict in row["events"].items())
    yield f"- verdict: **{row['verdict']}**" + (f" ({events})" if events else "")
    yield from list_evidence(row, evidence)
    lines = find_lines(claim.id)
    places = ", ".join(f"[{line.file}:{line.number}](../{line.file}#L{line.number})" for line in lines)
    yield f"- kept by: {places or 'rooms ' + ', '.join(claim.enforced_in)}"
    yield f"- answers {', '.join(claim.hazards)}; fulfils {', '.join(claim.requirements)}"
    yield f"- again: `thecal prove {claim.id}`"


def render_table(report: Report) -> str:
    """The table of verdicts for ``README.md``."""
    total = ", ".join(f"{count} {verdict}" for verdict, count in report["summary"].items())
    rows = [
        f"| [{row['id']}]({REPORT.as_posix()}#{row['id'].lower()}) | {row['name']} | {row['verdict']} |"
        for row in report["properties"]
    ]
    return "\n".join((f"{total}.", "", "| ID | property | verdict |", "|---|---|---|", *rows))


def place_table(page: str, table: str) -> str:
    """A page with the table between its markers, and the rest untouched."""
    before, start, rest = page.partition(f"{START}\n")
    _, end, after = rest.partition(END)
    if not start or not end:
        raise NoPlace(f"{README} has no place for the table: add a line {START} and below it a line {END}")
    return f"{before}{start}{table}\n{end}{after}"


def render_pages(root: Path, report: Report, trace: Trace, evidence: Evidence = NOTHING) -> dict[Path, str]:
    """Every page that is generated, by its path from the root."""
    readme = root / README
    page = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    return {REPORT: render_report(report, trace, evidence), README: place_table(page, render_table(report))}


def find_drift(root: Path, pages: Mapping[Path, str]) -> list[Path]:
    """The pages that are not what they should be, compared byte by byte."""
    return [path for path, text in pages.items() if not _is_same(root / path, text)]


def _is_same(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()


def write_pages(root: Path, pages: Mapping[Path, str]) -> None:
    """Write the pages, with the same line ends everywhere."""
    for path, text in pages.items():
        (root / path).write_text(text, encoding="utf-8", newline="\n")
