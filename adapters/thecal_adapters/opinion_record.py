# SPDX-License-Identifier: Apache-2.0
"""What others said of the whole grid, kept beside the proofs: of which texts, by property, and with no times in it.

How much of its budget a question took is told in classes: the exact share follows from the solver's build.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from thecal_adapters.codec import write
from thecal_adapters.verdicts import Report

Opinions: TypeAlias = Mapping[str, Any]
RECORD = Path("proofs") / "opinions.json"
VERSION = 1
CLASSES = (10, 25, 50, 75)  # percent of a budget; what took more is in a class of its own
MOST = 100


def find_class(share: float) -> int:
    """The class of a share of a budget: it took no more than so many percent, or more than the others."""
    return next((limit for limit in CLASSES if 100 * share <= limit), MOST)


def render_record(fingerprint: Mapping[str, str], report: Report, kept: Opinions | None) -> str:
    """The record of a run of everything; what it did not ask stays as it is kept, if that is of the same texts."""
    before: Opinions = kept if kept is not None and is_current(kept, fingerprint) else {"judges": [], "stability": None}
    judges = list_judges(report)
    asked = {judge["name"] for judge in judges}
    return write(
        {
            "version": VERSION,
            "fingerprint": dict(fingerprint),
            "judges": [*(judge for judge in before["judges"] if judge["name"] not in asked), *judges],
            "stability": describe_stability(report) if "stability" in report else before["stability"],
        }
    )


def list_judges(report: Report) -> list[dict[str, Any]]:
    """What each judge beside the solver said in a run."""
    said = report.get("judges")
    if said is None:
        return []
    _, *names = said["names"]  # the first is the solver that found the proofs
    return [
        {
            "name": name,
            **_confirmed_by(name, said),
            "one_judge_only": sorted(said["one_judge_only"]),
            "contradicted": sorted(said["contradicted"]),
            "properties": {id_: _confirmed_by(name, each) for id_, each in said["properties"].items()},
        }
        for name in names
    ]


def _confirmed_by(name: str, counts: Mapping[str, Any]) -> dict[str, int]:
    return {"questions": counts["questions"], "confirmed": counts["by_judge"][name]}


def describe_stability(report: Report) -> dict[str, Any]:
    """What a run said of the same questions in other words."""
    said = report["stability"]
    return {
        "seeds": said["seeds"],
        **_in_classes(said),
        "wavering": sorted(said["wavering"]),
        "contradicted": sorted(said["contradicted"]),
        "properties": {name: _in_classes(steady) for name, steady in said["properties"].items()},
    }


def _in_classes(steady: Mapping[str, Any]) -> dict[str, int]:
    return {
        "questions": steady["questions"],
        "wavered": steady["wavered"],
        "share_class": find_class(steady["largest_share"]),
    }


def load_record(root: Path) -> Opinions | None:
    """What is on record, of whatever text; None if nothing is."""
    file = root / RECORD
    if not file.is_file():
        return None
    found: Opinions = json.loads(file.read_text(encoding="utf-8"))
    return found


def is_current(record: Opinions, fingerprint: Mapping[str, str]) -> bool:
    """Whether a record is about these very texts, this prover and this solver."""
    return record.get("version") == VERSION and record["fingerprint"] == dict(fingerprint)


def write_record(root: Path, fingerprint: Mapping[str, str], report: Report) -> None:
    """Put a run of everything on record."""
    text = render_record(fingerprint, report, load_record(root))
    (root / RECORD).write_text(text, encoding="utf-8", newline="\n")


def tell_judges(record: Opinions, property_id: str) -> Sequence[str]:
    """What each judge said of all that a property is proved from."""
    counts = ((judge["name"], judge["properties"].get(property_id)) for judge in record["judges"])
    return [f"{name} {each['confirmed']:,} of {each['questions']:,}" for name, each in counts if each is not None]


def tell_stability(record: Opinions, property_id: str) -> str:
    """How steady all that a property is proved from is; nothing if that was not asked."""
    steady = (record["stability"] or {"properties": {}})["properties"].get(property_id)
    if steady is None:
        return ""
    limit = steady["share_class"]
    share = f"over {CLASSES[-1]} %" if limit == MOST else f"at most {limit} %"
    return f"{steady['wavered']:,} of {steady['questions']:,} waver, {share}"
