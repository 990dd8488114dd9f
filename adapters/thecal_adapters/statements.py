# SPDX-License-Identifier: Apache-2.0
"""What a campaign of changed statements has said: how it ends, and the record of it that is kept beside the proofs.

In the record changed statements stand behind what noticed them, or behind the reason why nobody need; those that
nothing noticed have a line each, with their place. All else follows from the texts.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from thecal_adapters.exits import Exit

Campaign: TypeAlias = Mapping[str, Any]
RECORD = Path("proofs") / "statements.json"
HASHES = ("kernel_sha256", "specs_sha256", "prover_sha256", "mutants_sha256")
UNNOTICED = "unnoticed"


def find_exit(campaign: Campaign, record: Campaign | None) -> Exit:
    """1 if a weaker statement is noticed by nothing and is not on record as a hole, 3 if it is, else 0."""
    unnoticed = {row["id"] for row in campaign["statements"] if row["verdict"] == UNNOTICED}
    if unnoticed - find_holes(record):
        return Exit.FINDING
    return Exit.UNDECIDED if unnoticed else Exit.AS_ASKED


def find_holes(record: Campaign | None) -> set[str]:
    """The changed statements that are on record as noticed by nothing."""
    return set() if record is None else {name for name, _ in record[UNNOTICED]}


def describe_notice(row: Mapping[str, Any]) -> str:
    """What noticed a changed statement, in one line; what is known of it, if nothing did."""
    notice = row["notice"]
    if notice is None:
        return str(row["reason"] or row["verdict"])
    if notice["how"] == "sound":
        return f"{notice['by']} refutes the kernel, {notice['place']}"
    return f"{notice['by']} lets through {notice['source']}, {notice['place']}"


def render_record(campaign: Campaign) -> str:
    """The record of a campaign: hashes, the sum, the holes, and a line for each that notices changed statements."""
    head = {key: campaign[key] for key in ("version", *HASHES, "summary")}
    noticed: dict[str, list[str]] = defaultdict(list)
    holes: list[tuple[str, str]] = []
    for row in campaign["statements"]:
        if row["verdict"] == UNNOTICED:
            holes.append((row["id"], f"{row['file']}:{row['line']}"))
        else:
            noticed[describe_notice(row)].append(row["id"])
    lists = (f'"{UNNOTICED}": {render_lines(holes)}', f'"noticed": {render_lines(noticed.items())}')
    return json.dumps(head, indent=2)[:-2] + ",\n  " + ",\n  ".join(lists) + "\n}\n"


def render_lines(rows: Iterable[object]) -> str:
    """A list with a line for each of its rows."""
    lines = ",\n    ".join(json.dumps(row) for row in rows)
    return f"[\n    {lines}\n  ]" if lines else "[]"


def read_record(root: Path) -> Campaign | None:
    """The campaign that is on record, or None."""
    file = root / RECORD
    if not file.is_file():
        return None
    found: Campaign = json.loads(file.read_text(encoding="utf-8"))
    return found


def is_current(record: Campaign, fingerprint: Mapping[str, str]) -> bool:
    """Whether a record is about these very texts and these broken kernels."""
    return all(record.get(key) == fingerprint[key] for key in HASHES)
