# SPDX-License-Identifier: Apache-2.0
"""The first translation of one function, as it is proved with; a call of another function is not looked into.

The encoder of `encode.py` runs the whole body once, every branch, and merges. Only the terms that come of it are used
here: on one way, whose conditions are known, they are simplified and put into the vocabulary of the comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from thecal_proofs import values
from thecal_proofs.encode import Check, Encoder, Summary
from thecal_proofs.frontend import Program, ir
from thecal_proofs.frontend.types import Type
from thecal_proofs.values import Record, Tuple, Value


@dataclass(frozen=True, slots=True)
class Answer:
    """A call: the function, what it is asked, and its result's parts by name, unknowns of their own."""

    function: ir.Signature
    arguments: tuple[Value, ...]
    parts: dict[str, Value]


class Modular(Encoder):
    """Evaluates one body; each call answers with unknowns of its own."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.given: dict[Value, str] = {}  # parts of arguments, by their names
        self.made: dict[Value, tuple[Answer, str]] = {}  # parts of answers
        self._answers: dict[tuple[object, ...], tuple[Answer, Summary]] = {}

    def give(self, name: str, type_: Type) -> Value:
        """An unknown argument."""
        value = values.symbol(type_, name)
        self.given.update((part, path) for path, part in name_parts(value, name))
        return value

    def run(self, function: ir.Signature, args: Sequence[Value]) -> Summary:
        """Answer a call."""
        return self._find(function, args)[1]

    def answer(self, function: ir.Signature, args: Sequence[Value]) -> Answer:
        """The call of a function with these arguments."""
        return self._find(function, args)[0]

    def callees(self) -> list[str]:
        """The functions that are called."""
        return [answer.function.qualified for answer, _ in self._answers.values()]

    def _find(self, function: ir.Signature, args: Sequence[Value]) -> tuple[Answer, Summary]:
        key = (function, *args)
        if key not in self._answers:
            result = values.symbol(function.result, f"call {len(self._answers)}")
            answer = Answer(function, tuple(args), dict(name_parts(result, function.qualified)))
            self._answers[key] = answer, Summary(result)
            self.made.update((part, (answer, path)) for path, part in answer.parts.items())
        return self._answers[key]


@dataclass(frozen=True, slots=True)
class Lifted:
    """A function as terms: its result, and what must hold for each operation to be defined."""

    encoder: Modular
    result: Value
    checks: list[Check]


def lift(encoder: Modular, function: ir.Signature, types: Sequence[Type]) -> Lifted:
    """A function on unknowns of these types."""
    arguments = [encoder.give(name, type_) for (name, _), type_ in zip(function.params, types, strict=True)]
    summary = encoder.unfold(function, arguments)
    return Lifted(encoder, summary.value, summary.checks)


def name_parts(value: Value, name: str) -> list[tuple[str, Value]]:
    """A value and all its parts, each with its name."""
    found = [(name, value)]
    if isinstance(value, Record):
        for (field, _), item in zip(value.type.fields, value.items, strict=True):
            found += name_parts(item, f"{name}.{field}")
    elif isinstance(value, Tuple):
        for place, item in enumerate(value.items):
            found += name_parts(item, f"{name}[{place}]")
    return found
