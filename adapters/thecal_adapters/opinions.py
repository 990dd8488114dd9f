# SPDX-License-Identifier: Apache-2.0
"""What other judges, and the first one in other words, said of a proof run: told in a few lines, for any page."""

from collections.abc import Mapping
from typing import Any

from thecal_adapters.verdicts import Report

CONTRADICTED = "CONTRADICTED"


def is_confirmed(report: Report) -> bool:
    """Whether nobody who was asked for an opinion left anything open; so it is where nobody was asked."""
    asked = [report[key] for key in ("judges", "stability") if key in report]
    return not any(said.get(key) for said in asked for key in ("undecided", "wavering", "contradicted"))


def summarize(report: Report) -> list[str]:
    """One line for each kind of opinion that was asked for; none for a plain run."""
    lines = []
    judges = report.get("judges")
    if judges is not None:
        first, *_ = judges["names"]
        told = f"of the {judges['questions']:,} questions that {first} settles {describe_judges(judges)}"
        lines.append(f"Other judges: {told}; {len(judges['one_judge_only'])} obligations have one judge only.")
    stability = report.get("stability")
    if stability is not None:
        seeds = ", ".join(map(str, stability["seeds"]))
        told = f"of {stability['questions']:,} questions, asked in other words by the seeds {seeds}"
        share = f"the dearest took {stability['largest_share']:.1%} of its budget"
        lines.append(f"Stability: {told}, {stability['wavered']:,} wavered; {share}.")
    return lines


def describe_judges(judged: Mapping[str, Any]) -> str:
    """Who confirms how many questions, and how many all of them."""
    counts = judged["by_judge"]
    told = ", ".join(f"{name} confirms {count:,}" for name, count in counts.items())
    return told if len(counts) == 1 else f"{told}, all of them {judged['confirmed']:,}"


def list_open(report: Report) -> list[str]:
    """What is not confirmed, a line each, the worst first."""
    asked = [report[key] for key in ("judges", "stability") if key in report]
    contradicted = dict.fromkeys(line for said in asked for line in said["contradicted"])
    loud = [f"{CONTRADICTED}: {line}" for line in contradicted]
    alone = [f"not confirmed: {line}" for said in asked for line in said.get("undecided", ())]
    return [*loud, *alone, *(f"wavering: {line}" for said in asked for line in said.get("wavering", ()))]


def describe_property(report: Report, property_id: str) -> list[str]:
    """What was said of all that one property is proved from."""
    lines = []
    judged = report.get("judges", {}).get("properties", {}).get(property_id)
    if judged is not None:
        lines.append(f"of {judged['questions']:,} questions {describe_judges(judged)}")
    steady = report.get("stability", {}).get("properties", {}).get(property_id)
    if steady is not None:
        told = f"{steady['wavered']:,} of {steady['questions']:,} questions waver"
        lines.append(f"{told}, the dearest took {steady['largest_share']:.1%} of its budget")
    return lines
