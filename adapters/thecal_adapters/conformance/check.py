# SPDX-License-Identifier: Apache-2.0
"""Tries every rule and says what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from thecal_adapters.conformance.bench import Bench, Broken, NotShown, Trial
from thecal_adapters.conformance.rules import RULES


class Verdict(Enum):
    """What a rule came to."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True)
class Finding:
    """One rule, and what was seen of it."""

    rule: str
    assumption: str
    verdict: Verdict
    seen: str


def check(make_bench: Callable[[], Bench]) -> list[Finding]:
    """Try every rule on a bench of its own."""
    return [try_rule(rule, assumption, make_bench()) for rule, assumption in RULES]


def try_rule(rule: Callable[[Trial], None], assumption: str, bench: Bench) -> Finding:
    """Try one rule; an error of the port breaks it."""
    name = rule.__name__.replace("_", " ")
    try:
        rule(Trial(bench))
    except NotShown as not_shown:
        return Finding(name, assumption, Verdict.NOT_SHOWN, str(not_shown))
    except Broken as broken:
        return Finding(name, assumption, Verdict.BROKEN, str(broken))
    except Exception as error:
        return Finding(name, assumption, Verdict.BROKEN, f"the port raised {type(error).__name__}: {error}")
    return Finding(name, assumption, Verdict.KEPT, (rule.__doc__ or "").partition("\n")[0])
