# SPDX-License-Identifier: Apache-2.0
"""What a proof run has said: read back from its JSON, kept by the hashes that it depends on, and asked for.

Verdicts are kept in ``build/verdicts`` of the repository, in a folder for each combination of kernel, specification
and prover, so that nothing is proved twice and nothing is believed of another text.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from thecal_adapters.codec import write
from thecal_adapters.exits import Exit
from thecal_adapters.finding import find_repository

Report: TypeAlias = Mapping[str, Any]
Row: TypeAlias = Mapping[str, Any]

# The worst first, in the order in which one of them speaks for many.
VERDICTS = ("refuted", "vacuous", "unsupported", "unknown", "unstated", "proved")
MARKS = {
    "proved": "+",
    "refuted": "X",
    "vacuous": "0",
    "unknown": "?",
    "unsupported": "!",
    "unstated": "-",
}
# What a run is of, in words.
NAMES = {"kernel_sha256": "kernel", "specs_sha256": "specification", "prover_sha256": "prover", "solver": "solver"}
FINDINGS = frozenset({"refuted", "vacuous"})


def find_exit(report: Report) -> Exit:
    """0 if all that was asked for is proved, 1 if something is refuted or vacuous, else 3."""
    found = {row["verdict"] for row in report["properties"]}
    found |= {verdict for cells in report["support"].values() for verdict in cells.values()}
    if found & FINDINGS:
        return Exit.FINDING
    return Exit.AS_ASKED if found <= {"proved"} else Exit.UNDECIDED


def summarize(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows have which verdict."""
    counts = Counter(row["verdict"] for row in rows)
    return {verdict: counts[verdict] for verdict in reversed(VERDICTS) if counts[verdict]}


def find_worst(verdicts: Iterable[str]) -> str:
    """The verdict that speaks for several."""
    found = set(verdicts)
    return next((verdict for verdict in VERDICTS if verdict in found), "unknown")


def find_contradictions(report: Report) -> list[str]:
    """What a report cannot say of a run: properties called proved over a cell or an end that is not, a wrong sum."""
    proved = [row for row in report["properties"] if row["verdict"] == "proved"]
    wrong = [row["id"] for row in proved if set(row["events"].values()) != {"proved"} or row.get("open_ends")]
    return wrong if summarize(report["properties"]) == report["summary"] else [*wrong, "its summary"]


@dataclass(frozen=True)
class Store:
    """The verdicts that are known of one combination of kernel, specification and prover."""

    folder: Path

    def read_whole(self) -> Report | None:
        """What a run of everything has said, or None."""
        return self._read("whole")

    def read_row(self, property_id: str) -> Row | None:
        """What the last run that asked for a property has said of it, or None."""
        return self._read(property_id)

    def add(self, report: Report, is_whole: bool) -> None:
        """Keep a run: its rows, and all of it if it asked for everything."""
        for row in report["properties"]:
            self._write(row["id"], row)
        if is_whole:
            self._write("whole", report)

    def _read(self, name: str) -> Mapping[str, Any] | None:
        file = self.folder / f"{name}.json"
        if not file.is_file():
            return None
        found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found

    def _write(self, name: str, value: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f"{name}.new"
        beside.write_text(write(value), encoding="utf-8", newline="\n")
        beside.replace(self.folder / f"{name}.json")


def find_store(fingerprint: Mapping[str, str]) -> Store | None:
    """Where verdicts are kept; None outside of a repository."""
    root = find_repository()
    if root is None:
        return None
    key = hashlib.sha256(json.dumps(dict(fingerprint), sort_keys=True).encode()).hexdigest()[:32]
    return Store(root / "build" / "verdicts" / key)


RECORD = Path("proofs") / "verdicts.json"


def render_record(fingerprint: Mapping[str, str], report: Report) -> str:
    """The record of a whole run that is kept beside the pages: what was proved of which texts, without times."""
    lasting = {key: value for key, value in report.items() if key != "timing"}
    return write({"fingerprint": dict(fingerprint), "report": lasting})


def load_record(root: Path) -> tuple[Mapping[str, str], Report] | None:
    """What the recorded run was about, and what it said; None if nothing is on record."""
    file = root / RECORD
    if not file.is_file():
        return None
    record: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return record["fingerprint"], record["report"]


def read_record(root: Path, fingerprint: Mapping[str, str]) -> Report | None:
    """The recorded run, if it is about these very texts, this prover and this solver; else None."""
    record = load_record(root)
    return record[1] if record is not None and dict(record[0]) == dict(fingerprint) else None
