# SPDX-License-Identifier: Apache-2.0
"""``thecal translate``: is the kernel what the proofs take it for, function by function."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from thecal_adapters.cli.prove import check_source
from thecal_adapters.cli.telling import Teller, WrongUse, tell_count
from thecal_adapters.exits import Exit
from thecal_adapters.finding import Missing
from thecal_adapters.provers import find_prover

EVERY = 50  # off a terminal, a line for so many functions
SAME = frozenset({"equal", "reduced"})
Function = Mapping[str, Any]


def translate(names: Sequence[str], source: Path | None, json_to: str | None) -> Exit:
    """Hold the translation that is proved against what CPython runs, and tell where they differ."""
    teller = Teller(json_to)
    check_source(source)
    prover = find_prover()
    try:
        known = prover.list_translated(source)
        wanted = [function for name in names for function in find_functions(name, known)]
        with teller.live() as show:
            progress = Count(teller, show, None if wanted else len(known))
            survey = prover.translate(wanted, source=source, progress=progress)
    except ValueError as error:
        raise Missing(f"the source could not be read: {error}") from error
    for line in describe(survey):
        teller.line(line)
    teller.json(survey)
    return find_exit(survey)


def find_functions(name: str, known: Sequence[str]) -> list[str]:
    """The functions that a name means, dotted or not."""
    meant = [each for each in known if each == name or each.endswith(f".{name}")]
    if not meant:
        close = difflib.get_close_matches(name, [each.rpartition(".")[2] for each in known], 3)
        hint = f"did you mean {' or '.join(close)}?" if close else "name one as thecal.step.step"
        raise WrongUse(f"no function that is proved with is called {name}: {hint}")
    return meant


def find_exit(survey: Mapping[str, Any]) -> Exit:
    """1 if a function is translated in two ways, 3 if that is not known of some, else 0."""
    found = {each["verdict"] for each in survey["functions"]}
    if "different" in found:
        return Exit.FINDING
    return Exit.AS_ASKED if found <= SAME else Exit.UNDECIDED


class Count:
    """How many functions are compared, and the last of them."""

    def __init__(self, teller: Teller, show: Callable[[RenderableType], None], total: int | None) -> None:
        self._teller = teller
        self._show = show
        self._of = "" if total is None else f" of {total}"

    def __call__(self, function: str, verdict: str, done: int) -> None:
        """Take note of one function."""
        told = f"{done}{self._of} functions compared; {function}: {verdict}"
        if self._teller.is_live:
            self._show(Text(told))
        elif done % EVERY == 0:
            self._teller.line(told)


def describe(survey: Mapping[str, Any]) -> Iterator[str]:
    """A line for each function, what is to be told of it below, and the sum."""
    for each in survey["functions"]:
        yield from describe_function(each)
    for name, reason in survey["not_lifted"].items():
        yield f"{'not lifted':12} {name}: {reason}"
    counts = dict(survey["summary"])
    total = counts.pop("functions")
    del counts["ways"]
    told = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.items())
    yield f"{tell_count(total, 'function', 'functions')}: {told}; calls were taken for unknown functions."


def describe_function(each: Function) -> Iterator[str]:
    """What came of one function."""
    sizes = "".join(f", {name} {size}" for name, size in each["sizes"].items())
    sizes += "".join(f", on {name} at smaller tables" for name in each["smaller"])
    yield f"{each['verdict']:12} {each['function']} ({tell_count(each['ways'], 'way', 'ways')}{sizes})"
    if each["detail"]:
        yield f"{'':12} {each['detail']}"
    if each["verdict"] == "unfounded":
        yield f"{'':12} it calls what is not known to be equal: {', '.join(each['lacks'])}"
