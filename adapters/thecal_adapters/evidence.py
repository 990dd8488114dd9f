# SPDX-License-Identifier: Apache-2.0
"""What speaks for each property beside its proof, gathered from the records of these very texts.

A record of other texts says nothing here: a stale one cannot pass for a fresh one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from thecal_adapters import line_record, mutants, opinion_record
from thecal_adapters.line_record import LineRecord
from thecal_adapters.mutants import Campaign
from thecal_adapters.opinion_record import Opinions
from thecal_adapters.provers import Prover
from thecal_adapters.verdicts import Row

NOT_ASKED = "not asked of this text"
SHOWN_PLACES = 8  # of mutants that one property notices


@dataclass(frozen=True)
class Evidence:
    """What is on record of these texts; None where nothing is."""

    opinions: Opinions | None = None
    mutants: Campaign | None = None
    lines: LineRecord | None = None

    def judges(self, property_id: str) -> str:
        """Who confirms how many of the questions that a property's proof rests on."""
        said = () if self.opinions is None else opinion_record.tell_judges(self.opinions, property_id)
        return "; ".join(said) or NOT_ASKED

    def stability(self, property_id: str) -> str:
        """How many of these questions waver in other words, and what the dearest took of its budget."""
        said = "" if self.opinions is None else opinion_record.tell_stability(self.opinions, property_id)
        return said or NOT_ASKED

    def killed(self, property_id: str) -> str:
        """How many mutants a property is the first claim to notice."""
        return NOT_ASKED if self.mutants is None else f"{len(self.list_killed(property_id)):,}"

    def used(self, property_id: str) -> str:
        """How many lines a property's own proofs use, and how many with all that they rest on."""
        said = None if self.lines is None else self.lines["properties"].get(property_id)
        if said is None:
            return NOT_ASKED
        return f"{line_record.count(said['own']):,} of its own, {line_record.count(said['all']):,} in all"

    def own_lines(self, property_id: str) -> str:
        """The lines that a property's own proofs use."""
        said = None if self.lines is None else self.lines["properties"].get(property_id)
        return "" if said is None else line_record.tell(said["own"])

    def list_killed(self, property_id: str) -> Sequence[str]:
        """The place of each of these mutants, as file and line."""
        if self.mutants is None:
            return ()
        return [place for _, place, told in self.mutants["mutants"] if mutants.find_killer(told) == property_id]


NOTHING = Evidence()


def find_evidence(root: Path, prover: Prover) -> Evidence:
    """What the records say, as far as they are about these very texts."""
    opinions = opinion_record.load_record(root)
    if opinions is not None and not opinion_record.is_current(opinions, prover.fingerprint(None)):
        opinions = None
    campaign = mutants.read_record(root)
    if campaign is not None and not mutants.is_current(campaign, prover.fingerprint_mutants()):
        campaign = None
    lines = line_record.load_record(root)
    if lines is not None and not line_record.is_current(lines, prover.fingerprint(None)):
        lines = None
    return Evidence(opinions, campaign, lines)


HEAD = """\
## Evidence

What speaks for each row beside its proof. Each column is on record with the texts that it is about; of another text it
says nothing.

- *judges*: of the questions that the proof rests on, with all that it rests on in turn, how many others confirm
- *reachability trace*: a run from the initial state on in which the property says something
- *mutants killed*: broken kernels that this property is the first claim to notice; each counts once, so a property that
  other claims come before has few or none
- *lines used*: lines of the kernel that its own proofs need, and with all that they rest on in turn
- *stability*: how many of these questions Z3 loses in other words, and what the dearest takes of its budget

| ID | judges | reachability trace | mutants killed | lines used | stability |
|---|---|---|---|---|---|"""


def render_evidence(rows: Sequence[Row], evidence: Evidence) -> str:
    """The table of all properties."""
    lines = (
        f"| [{row['id']}](#{row['id'].lower()}) | {evidence.judges(row['id'])} | {find_first_trace(row) or 'none'} "
        f"| {evidence.killed(row['id'])} | {evidence.used(row['id'])} | {evidence.stability(row['id'])} |"
        for row in rows
    )
    return "\n".join((HEAD, *lines, *_render_sum(evidence)))


def _render_sum(evidence: Evidence) -> Iterator[str]:
    if evidence.mutants is not None:
        summary: Mapping[str, int] = evidence.mutants["summary"]
        counts = ", ".join(f"{summary[key]:,} {key}" for key in ("killed", "equivalent", "undecided", "survived"))
        yield ""
        yield f"Of {summary['mutants']:,} mutants: {counts}; each stands in [mutants.json](mutants.json)."


def find_first_trace(row: Row) -> str:
    """The trace and the step at which a property speaks, without what else is told of it."""
    return str(row.get("witness", "")).partition(";")[0]


def list_evidence(row: Row, evidence: Evidence) -> Iterator[str]:
    """What a property's own section says of it."""
    yield f"- judges: {evidence.judges(row['id'])}"
    yield f"- stability: {evidence.stability(row['id'])}"
    if row.get("witness"):
        yield f"- speaks: {row['witness']}"
    yield f"- mutants killed: {evidence.killed(row['id'])}{_tell_places(evidence.list_killed(row['id']))}"
    own = evidence.own_lines(row["id"])
    yield f"- lines used: {evidence.used(row['id'])}" + (f"; its own: {own}" if own else "")


def _tell_places(places: Sequence[str]) -> str:
    """Where they are, a few of them in full."""
    distinct = list(dict.fromkeys(places))
    if not distinct:
        return ""
    linked = [re.sub(r"^(.*):(\d+)$", r"[\1:\2](../kernel/thecal/\1#L\2)", each) for each in distinct[:SHOWN_PLACES]]
    more = f" and {len(distinct) - SHOWN_PLACES} more places" if len(distinct) > SHOWN_PLACES else ""
    return f", at {', '.join(linked)}{more}"
