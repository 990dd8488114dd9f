# SPDX-License-Identifier: Apache-2.0
"""What others said of a whole run, as the documented schema has it; keys that a plain run does not have."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from thecal_proofs.opinions.opinion import Opinion
from thecal_proofs.opinions.panel import Panel
from thecal_proofs.verdicts import Result

PLACES = 4  # of the share of a budget


def describe(panel: Panel, results: Sequence[Result], rests: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """The keys `judges` and `stability`, each if it was asked for; `rests` has what each property is proved from."""
    found: dict[str, Any] = {}
    contradicted = [line for each in _opinions(results) for line in panel.contradicted(each)]
    if panel.judges:
        found["judges"] = {
            "solver": panel.choice,
            "names": [f"z3 {version('z3-solver')}", *panel.names],
            **_count_judged(panel, results),
            "one_judge_only": [r.id for r in results if r.opinion is not None and r.opinion.is_alone],
            "undecided": [line for each in _opinions(results) for line in panel.undecided(each)],
            "contradicted": contradicted,
            "properties": {name: _count_judged(panel, _of(results, ids)) for name, ids in rests.items()},
        }
    if panel.seeds:
        found["stability"] = {
            "seeds": list(panel.seeds),
            **_count_steady(results),
            "wavering": [line for each in _opinions(results) for line in each.wavering],
            "contradicted": contradicted,
            "properties": {name: _count_steady(_of(results, ids)) for name, ids in rests.items()},
        }
    return found


def _opinions(results: Sequence[Result]) -> list[Opinion]:
    return [result.opinion for result in results if result.opinion is not None]


def _of(results: Sequence[Result], ids: Iterable[str]) -> list[Result]:
    wanted = set(ids)
    return [result for result in results if result.id in wanted]


def _count_judged(panel: Panel, results: Sequence[Result]) -> dict[str, Any]:
    opinions = _opinions(results)
    return {
        "questions": sum(each.questions for each in opinions),
        "confirmed": sum(each.confirmed for each in opinions),
        "by_judge": {name: sum(each.count(place) for each in opinions) for place, name in enumerate(panel.names)},
    }


def _count_steady(results: Sequence[Result]) -> dict[str, Any]:
    opinions = _opinions(results)
    return {
        "questions": sum(each.questions for each in opinions),
        "wavered": sum(each.wavered for each in opinions),
        "largest_share": round(max((each.share for each in opinions), default=0.0), PLACES),
    }
