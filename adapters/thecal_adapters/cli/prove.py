# SPDX-License-Identifier: Apache-2.0
"""``thecal prove``: which property holds under which event, live while it is found out."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.text import Text

from thecal_adapters import line_record, opinion_record
from thecal_adapters.claims import Claim, find_trace
from thecal_adapters.cli.lines import compare_lines, tell_lines
from thecal_adapters.cli.telling import STYLES, Teller, WrongUse
from thecal_adapters.exits import Exit
from thecal_adapters.finding import Missing, explain_missing, find_repository, require_repository
from thecal_adapters.opinions import CONTRADICTED, describe_property, is_confirmed, list_open, summarize
from thecal_adapters.provers import Prover, find_prover
from thecal_adapters.verdicts import MARKS, Report, Row, find_exit, find_store, find_worst

VERSION = 1
INVARIANT = "TOT-03"


@dataclass(frozen=True)
class Opinions:
    """What is asked beside the verdicts: another solver; the first, in the words of some seeds; the lines used."""

    solver: str = "z3"
    seeds: Sequence[int] = ()
    is_weighed: bool = False

    @property
    def asked(self) -> dict[str, Any]:
        """What the prover is told of it: nothing in a plain run."""
        others = {"solver": self.solver, "seeds": self.seeds} if self.solver != "z3" or self.seeds else {}
        return {**others, "is_weighed": True} if self.is_weighed else others


NOBODY = Opinions()


def prove(
    ids: Sequence[str],
    is_list: bool,
    jobs: int,
    json_to: str | None,
    export: Path | None,
    source: Path | None,
    opinions: Opinions,
    is_recorded: bool = False,
    is_compared: bool = False,
) -> Exit:
    """Prove what is asked for, or list it."""
    teller = Teller(json_to)
    if is_list:
        return list_claims(teller)
    if is_recorded and (ids or source is not None or not opinions.asked):
        raise WrongUse("--record: of the whole grid, what --solver, --stability or --lines asks, and nothing else")
    if is_compared and (source is not None or not opinions.is_weighed):
        raise WrongUse("--check: the lines that are found with --lines, of this kernel")
    if opinions.is_weighed and len(opinions.asked) > 1:
        raise WrongUse("--lines: asked by itself, without --solver and --stability")
    check_source(source)
    report = run_prover(teller, ids, jobs, export, source, opinions)
    tell_report(teller, report)
    tell_opinions(teller, report)
    tell_lines(teller, report)
    if is_recorded:
        record(report)
    teller.json(report)
    status = find_exit(report)
    if is_compared and status == Exit.AS_ASKED:
        return compare_lines(teller, report)
    return status if status != Exit.AS_ASKED or is_confirmed(report) else Exit.UNDECIDED


def record(report: Report) -> None:
    """Put what was asked beside the verdicts on record."""
    root, fingerprint = require_repository(), find_prover().fingerprint(None)
    if "lines" in report:
        text = line_record.render_record(fingerprint, report)
        (root / line_record.RECORD).write_text(text, encoding="utf-8", newline="\n")
    else:
        opinion_record.write_record(root, fingerprint, report)


def check_source(source: Path | None) -> None:
    """Refuse a folder that is no copy of the kernel."""
    if source is not None and not (source / "step.py").is_file():
        raise WrongUse(f"--source: {source} is no copy of the folder kernel/thecal (it has no step.py)")
    if source is not None and source.resolve().name != "thecal":  # its modules import each other by that name
        raise WrongUse(f"--source: a copy of the kernel has to be named thecal, as its package is; {source} is not")


def list_claims(teller: Teller) -> Exit:
    """Tell the catalogue, without a verdict."""
    claims = find_trace().properties
    for claim in claims:
        note = " (amended)" if claim.amended else ""
        teller.line(f"{claim.id}  {claim.kind.name.lower():8}  {claim.name}{note}")
    teller.json({"version": VERSION, "properties": [describe_claim(claim) for claim in claims]})
    return Exit.AS_ASKED


def describe_claim(claim: Claim) -> dict[str, Any]:
    """A row of the catalogue as JSON."""
    return {
        "id": claim.id,
        "name": claim.name,
        "kind": claim.kind.name.lower(),
        "statement": claim.statement,
        "amended": claim.amended is not None,
    }


def run_prover(
    teller: Teller,
    ids: Sequence[str],
    jobs: int,
    export: Path | None = None,
    source: Path | None = None,
    opinions: Opinions = NOBODY,
) -> Report:
    """Prove, show how it goes, and keep what a plain run found of the kernel as it stands."""
    prover = find_prover()
    try:
        wanted = expand_ids(ids, prover.list_ids(source))
        events = prover.list_events(source)
        with teller.live() as show:
            progress = Grid(teller, events, show)
            report = prover.prove(
                wanted or None, jobs=jobs, source=source, export=export, progress=progress, **opinions.asked
            )
    except ModuleNotFoundError as error:
        raise Missing(explain_missing(error.name or "")) from error
    except FileNotFoundError as error:
        raise Missing(str(error)) from error
    except ValueError as error:
        raise Missing(f"the source could not be read: {error}") from error
    if source is None and not opinions.asked:
        keep(prover, report, is_whole=not wanted)
    return report


def keep(prover: Prover, report: Report, is_whole: bool) -> None:
    """Remember verdicts under what they depend on."""
    store = find_store(prover.fingerprint(None))
    if store is not None:
        store.add(report, is_whole)


def expand_ids(ids: Sequence[str], known: Sequence[str]) -> list[str]:
    """The IDs that are meant, a group's name standing for all of it; each once, in the order of the catalogue."""
    wanted: set[str] = set()
    for name in ids:
        meant = [each for each in known if each == name or each.startswith(f"{name}-")]
        if not meant:
            raise WrongUse(f"{name} is no property; thecal prove --list shows them all")
        wanted.update(meant)
    return [name for name in known if name in wanted]


class Grid:
    """What is decided so far: a block of marks for each property on a terminal, a line for each elsewhere."""

    def __init__(self, teller: Teller, events: Sequence[str], show: Callable[[RenderableType], None]) -> None:
        self._teller = teller
        self._events = events
        self._show = show
        self._cells: dict[str, dict[str, str]] = {}

    def __call__(self, subject: str, event: str, verdict: str, done: int, total: int) -> None:
        """Take note of one obligation, and show it."""
        self._cells.setdefault(subject, {})[event] = verdict
        if self._teller.is_live:
            self._show(self._draw(done, total))
        elif verdict != "proved":
            self._teller.line(f"{done}/{total} {subject} {event}: {verdict}")

    def _draw(self, done: int, total: int) -> RenderableType:
        properties = [name for name in sorted(self._cells) if "-" in name]
        support = [verdict for name in self._cells if "-" not in name for verdict in self._cells[name].values()]
        blocks = [Text.assemble(f"{name} ", *self._marks(self._cells[name])) for name in properties]
        told = f"{done} of {total} obligations decided; what the properties rest on: {describe_counts(support)}"
        return Group(Text(told), Columns(blocks, padding=(0, 2), column_first=True), Text(LEGEND))

    def _marks(self, cells: Mapping[str, str]) -> list[Text]:
        return [
            Text(MARKS[cells[event]], STYLES[cells[event]]) if event in cells else Text(".") for event in self._events
        ]


LEGEND = "  ".join(f"{mark} {verdict}" for verdict, mark in MARKS.items()) + "  . not yet, or not asked"


def describe_counts(verdicts: Sequence[str]) -> str:
    """How many of each verdict, in words."""
    counts = {verdict: verdicts.count(verdict) for verdict in MARKS}
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or "nothing yet"


def tell_report(teller: Teller, report: Report) -> None:
    """Tell a finished run: the grid, what is not proved and why, and the sum of it."""
    rows = report["properties"]
    events = sorted({event for row in rows for event in row["events"]})
    if events:
        teller.line("Columns: " + ", ".join(f"{place} {event}" for place, event in enumerate(events, start=1)))
        teller.line(LEGEND)
    for row in rows:
        teller.text(draw_row(row, events))
    for finding in report["findings"]:
        tell_finding(teller, finding)
    tell_support(teller, report)
    total = ", ".join(f"{count} {verdict}" for verdict, count in report["summary"].items())
    if not any(row["id"] == INVARIANT for row in rows):
        teller.line(f"All of it is proved from the invariant; that the invariant holds is {INVARIANT}.")
    teller.line(f"Properties: {total or 'none asked for'}. Obligations: {count_obligations(report)}.")


def draw_row(row: Row, events: Sequence[str]) -> Text:
    """One line of the grid."""
    verdict = row["verdict"]
    marks = [
        Text(MARKS[row["events"][event]], STYLES[row["events"][event]]) if event in row["events"] else Text(".")
        for event in events
    ]
    return Text.assemble(f"{row['id']}  ", (f"{verdict:11}", STYLES[verdict]), " ", *marks, f"  {row['name']}")


def tell_support(teller: Teller, report: Report) -> None:
    """Tell what the properties rest on: the invariant, contracts and operations, if they were asked for."""
    support = report["support"]
    if not support:
        return
    worst = {name: find_worst(cells.values()) for name, cells in support.items()}
    teller.line(f"What the properties rest on: {describe_counts(list(worst.values()))}.")


def tell_finding(teller: Teller, finding: Mapping[str, Any]) -> None:
    """Tell why an obligation is not proved, and where the test is that shows it."""
    teller.line()
    teller.line(f"{finding['verdict']}: {finding['id']}", STYLES[finding["verdict"]])
    for line in (*finding["detail"].splitlines(), *fold_leaves(finding["leaves"])):
        teller.line(f"  {line}")
    if finding["test"]:
        tell_test(teller, finding["id"], finding["test"])


def tell_test(teller: Teller, name: str, test: str) -> None:
    """Write a counterexample down as a test that can be run; outside of a repository tell it in full."""
    root = find_repository()
    if root is None:
        for line in test.splitlines():
            teller.line(f"    {line}")
        return
    file = root / "build" / "counterexamples" / f"test_{re.sub(r'[^A-Za-z0-9]+', '_', name)}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(test, encoding="utf-8", newline="\n")
    teller.line(f"  Run it: pytest {file.relative_to(root).as_posix()}")


def fold_leaves(leaves: Sequence[str]) -> list[str]:
    """Leaves as they are told, those of one table with one value in one line."""
    folded: dict[str, list[str]] = {}
    for leaf in leaves:
        name, _, value = leaf.partition(" = ")
        folded.setdefault(re.sub(r"\[\d+\]", "[*]", name) + " = " + value, []).append(leaf)
    return [same[0] if len(same) == 1 else f"{key} ({len(same)} of them)" for key, same in folded.items()]


def tell_opinions(teller: Teller, report: Report) -> None:
    """Tell what others say of the questions that the proofs rest on, where they were asked."""
    for line in list_open(report):
        teller.line(line, STYLES["refuted" if line.startswith(CONTRADICTED) else "unknown"])
    for row in report["properties"]:
        for line in describe_property(report, row["id"]):
            teller.line(f"{row['id']}  {line}")
    for line in summarize(report):
        teller.line(line)


def count_obligations(report: Report) -> int:
    """How many obligations were decided."""
    return sum(len(row["events"]) for row in report["properties"]) + sum(len(c) for c in report["support"].values())
