# SPDX-License-Identifier: Apache-2.0
"""What a run found, by property and event. Times stand under a key of their own that no hash covers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from thecal_proofs.frontend import Program
from thecal_proofs.lines.summary import describe as describe_lines
from thecal_proofs.obligations import ANY_EVENT, FORM
from thecal_proofs.opinions.panel import Panel
from thecal_proofs.opinions.summary import describe
from thecal_proofs.verdicts import VERDICTS, Result, Verdict, worst
from thecal_proofs.wiring import Row, is_of_a_state

VERSION = 1
FACTS = ("base", "step", "consequence")
FOUNDATIONS = (*FACTS, "contract")


@dataclass(frozen=True, slots=True)
class Report:
    """Every result of one run."""

    kernel_sha256: str
    specs_sha256: str
    rows: tuple[Row, ...]
    events: tuple[str, ...]
    results: tuple[Result, ...]
    wanted: tuple[str, ...] | None
    seconds: float
    budget: int
    fundamental: tuple[str, ...] = ()  # what proofs may rest on and is proved itself: conjuncts and contracts
    panel: Panel | None = None  # who was asked for a second opinion
    program: Program | None = None  # whose lines were weighed

    def judged(self) -> tuple[Result, ...]:
        """The results, nothing left as proved under an event whose hypotheses contradict each other."""
        empty = {r.event for r in self.results if r.kind == "hypotheses" and r.verdict == "vacuous"}
        hollow = {r.subject: r.detail for r in self.results if r.kind == "antecedent" and r.verdict == "vacuous"}

        def judge(result: Result) -> Result:
            if result.verdict == "proved" and result.event in empty:
                return replace(result, verdict="vacuous", detail="nothing satisfies its hypotheses")
            if result.verdict == "proved" and result.kind == "property" and result.subject in hollow:
                return replace(result, verdict="vacuous", detail=hollow[result.subject])
            return result

        return tuple(judge(result) for result in self.results)

    def asked_rows(self) -> Iterator[Row]:
        """The catalogue's rows that this run was about."""
        return (row for row in self.rows if self.wanted is None or row.id in self.wanted)

    def cells(self, row: Row) -> dict[str, Verdict]:
        """The verdicts of one property, by event."""
        found: dict[str, list[Verdict]] = {}
        for result in self.judged():
            if _is_own(result, row):
                found.setdefault(result.event, []).append(result.verdict)
        if set(found) == {ANY_EVENT} and self.is_of_a_state(row):
            return self._cells_of_a_state(row, worst(found[ANY_EVENT]))
        return {event: worst(verdicts) for event, verdicts in found.items()}

    def is_of_a_state(self, row: Row) -> bool:
        """Whether a property speaks of a state alone."""
        return row.predicate is not None and is_of_a_state(row.predicate)

    def _cells_of_a_state(self, row: Row, own: Verdict) -> dict[str, Verdict]:
        """What follows from the invariant of a state holds after an event if all that it rests on is kept by it."""
        rests_on = self.foundations([row.id])
        kept: dict[str, list[Verdict]] = {event: [own] for event in self.events}
        for result in self.judged():
            if result.kind == "step" and result.subject in rests_on and result.verdict != "proved":
                kept[result.event].append("unknown")
        return {event: worst(verdicts) for event, verdicts in kept.items()}

    def verdict(self, row: Row) -> Verdict:
        """The verdict on one property: its own cells', if all that their proofs rest on is proved too."""
        cells = self.cells(row)
        if not cells:
            return "unstated" if row.predicate is None else "unknown"
        own = worst(cells.values())
        return "unknown" if own == "proved" and self.open_ends(row) else own

    def foundations(self, subjects: Iterable[str]) -> set[str]:
        """The conjuncts and contracts that some proofs rest on, and those that theirs rest on, and so on."""
        rests: dict[str, set[str]] = {}
        for result in self.results:
            rests.setdefault(result.subject, set()).update(result.rests_on)
        found: set[str] = set()
        todo = list(subjects)
        while todo:
            for name in rests.get(todo.pop(), ()):
                if name in self.fundamental and name not in found:
                    found.add(name)
                    todo.append(name)
        return found

    def open_ends(self, row: Row) -> list[str]:
        """What a property rests on and is not proved here: conjuncts, at the start and under every event; contracts."""
        proved: dict[str, bool] = {}
        for result in self.judged():
            if result.kind in FOUNDATIONS:
                proved[result.subject] = proved.get(result.subject, True) and result.verdict == "proved"
        subjects = {row.id, *(result.subject for result in self.results if result.kind in FORM.get(row.id, ()))}
        return sorted(name for name in self.foundations(subjects) if not proved.get(name, False))

    def proved_from(self, row: Row) -> list[str]:
        """The obligations that make up the proof of a property: its own cells, and all of those that they rest on."""
        subjects = {row.id, *(result.subject for result in self.results if _is_own(result, row))}
        founded = self.foundations(subjects)
        return [r.id for r in self.results if _is_own(r, row) or (r.kind in FOUNDATIONS and r.subject in founded)]

    def witness(self, row: Row) -> str:
        """Where a property speaks: the step of a trace, or the class of event, that was found; else nothing."""
        found = (r.detail for r in self.results if r.kind == "antecedent" and r.subject == row.id)
        return next((detail for detail in found if detail.startswith(("trace ", "under "))), "")

    def support(self) -> dict[str, dict[str, Verdict]]:
        """Everything that is not a property's own cell: conjuncts, contracts, operations, hypotheses."""
        found: dict[str, dict[str, Verdict]] = {}
        for result in self.judged():
            if result.kind != "property":
                name = result.subject if result.kind in FACTS else f"{result.kind}:{result.subject}"
                found.setdefault(name, {})[result.event] = result.verdict
        return found

    @property
    def is_success(self) -> bool:
        """Whether everything that was asked is proved."""
        rows_fine = all(self.verdict(row) == "proved" for row in self.asked_rows())
        return rows_fine and all(result.verdict == "proved" for result in self.judged())

    def failures(self) -> Sequence[Result]:
        """The results that are not proved."""
        return [result for result in self.judged() if result.verdict != "proved"]

    def to_json(self) -> dict[str, Any]:
        """The report as the documented schema has it; only `timing` differs from run to run."""
        rows = list(self.asked_rows())
        verdicts = {row.id: self.verdict(row) for row in rows}
        counts = Counter(verdicts.values())
        return {
            "version": VERSION,
            "kernel_sha256": self.kernel_sha256,
            "specs_sha256": self.specs_sha256,
            "properties": [self._row_json(row, verdicts[row.id]) for row in rows],
            "support": self.support(),
            "findings": [_finding(result) for result in self.failures()],
            "summary": {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]},
            **self._describe_opinions(),
            **self._describe_lines(),
            "timing": {
                "seconds": round(self.seconds, 3),
                "budget": self.budget,
                "obligations": {
                    r.id: {"seconds": round(r.seconds, 4), "rlimit": r.rlimit, "queries": r.queries}
                    for r in self.results
                },
                **({} if self.panel is None else {"opinions": {"seconds": round(self.opinion_seconds, 3)}}),
            },
        }

    def _describe_opinions(self) -> dict[str, Any]:
        """What others said, where they were asked."""
        if self.panel is None:
            return {}
        return describe(self.panel, self.results, {row.id: self.proved_from(row) for row in self.asked_rows()})

    def _describe_lines(self) -> dict[str, Any]:
        """What the proofs use of the kernel, where that was asked."""
        if self.program is None:
            return {}
        rows = list(self.asked_rows())
        own = {row.id: [result.id for result in self.results if _is_own(result, row)] for row in rows}
        rests = {row.id: self.proved_from(row) for row in rows}
        return {"lines": describe_lines(self.program, self.results, own, rests)}

    @property
    def opinion_seconds(self) -> float:
        """How long it took to ask others; the times of the obligations do not count it."""
        return sum(result.opinion.seconds for result in self.results if result.opinion is not None)

    def _row_json(self, row: Row, verdict: Verdict) -> dict[str, Any]:
        cells = self.cells(row)
        return {
            "id": row.id,
            "name": row.name,
            "kind": row.kind,
            "statement": row.statement,
            "verdict": verdict,
            "amended": row.amended,
            "obligations": len(cells),
            "events": cells,
            "rests_on": sorted(self.foundations([row.id])),
            "open_ends": self.open_ends(row),
            "witness": self.witness(row),
        }


def _is_own(result: Result, row: Row) -> bool:
    """Whether an obligation is a cell of a property itself, not of what it rests on."""
    kinds = FORM.get(row.id)
    return result.kind in kinds if kinds else result.kind == "property" and result.subject == row.id


def _finding(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "verdict": result.verdict,
        "detail": result.detail,
        "leaves": list(result.leaves),
        "test": result.counterexample,
    }
