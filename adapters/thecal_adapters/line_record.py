# SPDX-License-Identifier: Apache-2.0
"""Which lines of the kernel the proofs use, kept beside them: of which texts, by property, with no times in it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from thecal_adapters.codec import write
from thecal_adapters.verdicts import Report

LineRecord: TypeAlias = Mapping[str, Any]
Lines: TypeAlias = Mapping[str, str]  # by file, as ranges: ``7-9, 12``
RECORD = Path("proofs") / "lines.json"
VERSION = 1

# Why no proof needs a line.
REASONS = {
    "weighed": "it computes something of what was asked, and every proof goes through whatever that is",
    "unasked": "what it computes is settled while the source is read, and stands in no question",
    "handing on": "it computes nothing: it hands on what it was given, or names a number",
}


def render_record(fingerprint: Mapping[str, str], report: Report) -> str:
    """The record of a run of everything."""
    return write({"version": VERSION, "fingerprint": dict(fingerprint), **report["lines"]})


def load_record(root: Path) -> LineRecord | None:
    """What is on record, of whatever text; None if nothing is."""
    file = root / RECORD
    if not file.is_file():
        return None
    found: LineRecord = json.loads(file.read_text(encoding="utf-8"))
    return found


def is_current(record: LineRecord, fingerprint: Mapping[str, str]) -> bool:
    """Whether a record is about these very texts, this prover and this solver."""
    return record.get("version") == VERSION and record["fingerprint"] == dict(fingerprint)


def find_differing(record: LineRecord, report: Report) -> list[str]:
    """The properties of a run of which something else is on record."""
    found: Mapping[str, Any] = report["lines"]["properties"]
    return [name for name, said in found.items() if record["properties"].get(name) != said]


def read_lines(lines: Lines) -> Iterator[tuple[str, int]]:
    """Each line by itself."""
    for file, ranges in lines.items():
        for first, last in re.findall(r"(\d+)(?:-(\d+))?", ranges):
            yield from ((file, number) for number in range(int(first), int(last or first) + 1))


def count(lines: Lines) -> int:
    """How many lines there are."""
    return sum(1 for _ in read_lines(lines))


def tell(lines: Lines) -> str:
    """The lines in words: ``ledger.py 70-76, 80; path.py 7``."""
    return "; ".join(f"{file} {ranges}" for file, ranges in lines.items())


def find_users(record: LineRecord, line: tuple[str, int], whose: str) -> Sequence[str]:
    """The properties whose proof uses a line: its ``own``, or ``all`` that it rests on."""
    return [name for name, said in record["properties"].items() if line in set(read_lines(said[whose]))]


def find_reason(record: LineRecord, line: tuple[str, int]) -> str | None:
    """Why no proof needs a line; None if one does, or if nothing is known of it."""
    return next((reason for reason, lines in record["unused"].items() if line in set(read_lines(lines))), None)
