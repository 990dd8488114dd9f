# SPDX-License-Identifier: Apache-2.0
"""What a campaign of mutants has said: how it ends, and the record of it that is kept beside the proofs.

In the record a mutant has one line: its ID and place, and what noticed it. All else follows from the texts.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from thecal_adapters.exits import Exit

Campaign: TypeAlias = Mapping[str, Any]
RECORD = Path("proofs") / "mutants.json"
HASHES = ("kernel_sha256", "specs_sha256", "prover_sha256")


def find_exit(campaign: Campaign) -> Exit:
    """1 if a mutant survived every proof, 3 if it is not known of some whether a proof would fail, else 0."""
    summary: Mapping[str, int] = campaign["summary"]
    if summary["survived"]:
        return Exit.FINDING
    return Exit.UNDECIDED if summary["undecided"] else Exit.AS_ASKED


def describe_kill(mutant: Mapping[str, Any]) -> str:
    """What noticed a mutant, in one line; what is known of it, if nothing did."""
    kill = mutant["kill"]
    if kill is None:
        return str(mutant["verdict"])
    claim = "" if kill["kind"] == "property" and not kill["claim"].startswith("raises") else f" ({kill['claim']})"
    place = f", trace {kill['trace']}, step {kill['step']}" if kill["trace"] else ""
    return f"{kill['by']}{claim}{place}".strip()


def find_killer(told: str) -> str:
    """The property that noticed a mutant, by what is told of it in a record; nothing if none did."""
    named = re.match(r"[A-Z]{3}-[0-9]{2}\b", told)
    return named[0] if named else ""


def render_record(campaign: Campaign) -> str:
    """The record of a campaign: hashes, the sum, and a line for each mutant."""
    head = {key: campaign[key] for key in ("version", *HASHES, "summary")}
    lines = [
        json.dumps([each["id"], f"{each['file']}:{each['line']}", describe_kill(each)]) for each in campaign["mutants"]
    ]
    told = json.dumps(head, indent=2)[:-2]
    return told + ',\n  "mutants": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}\n"


def read_record(root: Path) -> Campaign | None:
    """The campaign that is on record, or None."""
    file = root / RECORD
    if not file.is_file():
        return None
    found: Campaign = json.loads(file.read_text(encoding="utf-8"))
    return found


def is_current(record: Campaign, fingerprint: Mapping[str, str]) -> bool:
    """Whether a record is about these very texts."""
    return all(record.get(key) == fingerprint[key] for key in HASHES)
