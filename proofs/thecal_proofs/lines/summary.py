# SPDX-License-Identifier: Apache-2.0
"""What the proofs of a run use of the kernel, by property, and the lines that none of them needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from thecal_proofs.frontend import Program, ir
from thecal_proofs.frontend.refusal import Loc
from thecal_proofs.lines.used import NONE, Line, Lines, Used
from thecal_proofs.verdicts import Result
from thecal_proofs.wiring import KERNEL, OUTSIDE

COMPUTING = (
    ir.Arith, ir.Negate, ir.Absolute, ir.Extreme, ir.ToInt, ir.Compare, ir.Logic, ir.Not, ir.Choose, ir.If,
    ir.Index, ir.IsInstance, ir.Fold,
)  # fmt: skip


def describe(
    program: Program, results: Sequence[Result], own: Mapping[str, Iterable[str]], rests: Mapping[str, Iterable[str]]
) -> dict[str, Any]:
    """The key `lines`: `own` has the obligations of each property, `rests` all that it is proved from.

    Each line that no proof of the run needs is told with the reason: `weighed` if it computes something of what was
    asked, `unasked` if it computes something and no question has it, `handing on` if it computes nothing.
    """
    found = {result.id: result.used for result in results if result.used is not None}
    every = list(found.values())
    computing = _read_lines(program)
    used = NONE.union(*(each.lines for each in every))
    met = NONE.union(*(each.met for each in every))
    unused = {line: _find_reason(line, computing[line], met) for line in sorted(computing.keys() - used)}
    return {
        "obligations": len(every),
        "whole": sum(each.is_whole for each in every),
        "properties": {name: _describe(_of(found, own[name]), _of(found, ids)) for name, ids in rests.items()},
        "unused": {reason: write_lines(line for line in unused if unused[line] == reason) for reason in REASONS},
    }


APART = ir.Signature | ir.Constant
REASONS = ("weighed", "unasked", "handing on")


def _find_reason(line: Line, is_computing: bool, met: Lines) -> str:
    return "weighed" if line in met else "unasked" if is_computing else "handing on"


def _of(found: Mapping[str, Used], ids: Iterable[str]) -> list[Used]:
    return [found[name] for name in dict.fromkeys(ids) if name in found]


def _describe(own: Sequence[Used], every: Sequence[Used]) -> dict[str, Any]:
    return {
        "own": write_lines(NONE.union(*(each.lines for each in own))),
        "all": write_lines(NONE.union(*(each.lines for each in every))),
        "obligations": len(every),
        "whole": sum(each.is_whole for each in every),
    }


def write_lines(lines: Iterable[Line]) -> dict[str, str]:
    """Lines by file, those that follow each other as a range: ``7-9, 12``."""
    by_file: dict[str, list[int]] = {}
    for file, number in sorted(lines):
        by_file.setdefault(file, []).append(number)
    return {file: ", ".join(_write_ranges(numbers)) for file, numbers in by_file.items()}


def _write_ranges(numbers: Sequence[int]) -> Iterator[str]:
    first = last = numbers[0]
    for number in [*numbers[1:], numbers[-1] + 2]:
        if number != last + 1:
            yield str(first) if first == last else f"{first}-{last}"
            first = number
        last = number


def _read_lines(program: Program) -> dict[Line, bool]:
    """Every line that stands in a function's body, and whether it computes anything."""
    found: dict[Line, bool] = {}
    for function in program.functions(KERNEL, OUTSIDE):
        for node in _walk(program.body(function)):
            loc = getattr(node, "loc", None)
            if isinstance(loc, Loc):
                line = loc.file.rpartition("/")[2], loc.line
                found[line] = found.get(line, False) or isinstance(node, COMPUTING)
    return found


def _walk(node: object) -> Iterator[object]:
    """The statements and expressions of a body; a function that is called, and a type, are not walked into."""
    if isinstance(node, tuple):
        for item in node:
            yield from _walk(item)
    elif (
        is_dataclass(node) and type(node).__module__ == ir.__name__ and not isinstance(node, ir.Signature | ir.Constant)
    ):
        yield node
        for each in fields(node):
            yield from _walk(getattr(node, each.name))
