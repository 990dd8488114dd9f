# SPDX-License-Identifier: Apache-2.0
"""The kernel's functions as terms over a state of which some places are unknown and all others are numbers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import thecal
from thecal.limits import Config
from thecal.outcome import Response
from thecal.state import State
from thecal_proofs import decode, terms, values
from thecal_proofs.encode import Encoder
from thecal_proofs.frontend import Program, Sources
from thecal_proofs.frontend.types import BoolType, RecordType, Type
from thecal_proofs.terms import Term
from thecal_proofs.values import Value

KERNEL_FOLDER = Path(thecal.__file__).resolve().parent


class Kernel:
    """The kernel's source text, read once."""

    def __init__(self, folder: Path = KERNEL_FOLDER) -> None:
        self.program = Program(Sources.of_folders(folder))
        self.encoder = Encoder(self.program)
        step = self.program.signature("thecal.step", "step")
        (_, self.config), (_, self.state), _ = step.params

    def call(self, module: str, name: str, *arguments: Value) -> Value:
        """The value of one of its functions."""
        return self.encoder.run(self.program.signature(f"thecal.{module}", name), list(arguments)).value

    def make_config(self, config: Config) -> Value:
        """A configuration as numbers."""
        named = values.leaf_names(self.config, "config")
        leaves = zip(named, decode.flatten(self.config, config), strict=True)
        return values.from_leaves(self.config, (_make_number(kind, number) for (_, kind), number in leaves))

    def make_state(self, state: State, is_unknown: Callable[[str], bool]) -> Value:
        """A state in which the leaves of these names are unknown, and the others are numbers."""
        return values.from_leaves(self.state, self._make_leaves(state, is_unknown))

    def name_leaves(self, state: State) -> Mapping[str, int]:
        """The number of every leaf of a state, by the name of its unknown."""
        named = values.leaf_names(self.state, "state")
        return {name: leaf for (name, _), leaf in zip(named, decode.flatten(self.state, state), strict=True)}

    def _make_leaves(self, state: State, is_unknown: Callable[[str], bool]) -> Iterator[Term]:
        named = values.leaf_names(self.state, "state")
        for (name, kind), number in zip(named, decode.flatten(self.state, state), strict=True):
            yield _make_unknown(name, kind) if is_unknown(name) else _make_number(kind, number)


def _make_unknown(name: str, kind: Type) -> Term:
    return terms.flag(name) if isinstance(kind, BoolType) else terms.var(name)


def _make_number(kind: Type, number: int) -> Term:
    return terms.truth(bool(number)) if isinstance(kind, BoolType) else terms.const(number)


@dataclass(frozen=True, slots=True)
class View:
    """A record of which the fields are read by name."""

    value: Value

    def __getattr__(self, name: str) -> "View":
        record = self.value
        if not isinstance(record, values.Record):
            raise TypeError(f"{name} is asked of what is no record")
        names = [field for field, _ in record.type.fields]
        return View(record.items[names.index(name)])

    def __getitem__(self, place: int) -> "View":
        if not isinstance(self.value, values.Tuple):
            raise TypeError("an element is asked of what is no tuple")
        return View(self.value.items[place])

    @property
    def term(self) -> Term:
        """The leaf itself."""
        if not isinstance(self.value, Term):
            raise TypeError("a term is asked of what is a record or a tuple")
        return self.value

    @property
    def type(self) -> RecordType:
        """The record's type."""
        if not isinstance(self.value, values.Record):
            raise TypeError("a type is asked of what is no record")
        return self.value.type


def is_response(value: Value, response: Response) -> Term:
    """That a lifted function answers with a response."""
    return terms.eq(View(value).term, terms.const(int(response)))
