# SPDX-License-Identifier: Apache-2.0
"""The functions to be executed: the packages, imported beside the installed ones, with every call made unknown.

A function's own code runs as CPython compiled it. What it calls by name is replaced in its module: another function of
the packages by an unknown one, `min`, `sum` and the like by those of `folds.py`, equality of records by one formula.
"""

import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, get_type_hints

from thecal_proofs.loading import Loaded
from thecal_proofs.proxies import shapes
from thecal_proofs.proxies.explorer import FEW_WAYS, Way, explore
from thecal_proofs.proxies.folds import BUILTINS
from thecal_proofs.proxies.proxy import negated
from thecal_proofs.proxies.shapes import Hint, Packer
from thecal_proofs.proxies.tables import equal_items
from thecal_proofs.proxies.theory import Call, Theory


@dataclass(frozen=True, slots=True)
class Executable:
    """A function as CPython has it."""

    qualified: str
    function: FunctionType
    parameters: tuple[tuple[str, Hint], ...]
    result: Hint


class Reading:
    """One comparison's view: the unknowns given, what was packed, and what unknown functions have answered."""

    def __init__(self, theory: Theory) -> None:
        self.theory = theory
        self.packer = Packer(theory)
        self.callees: dict[str, None] = {}
        self._arguments = Call(theory, ())
        self._given: dict[tuple[str, Hint], Any] = {}
        self._answers: dict[tuple[object, ...], Any] = {}

    def give(self, name: str, hint: Hint) -> Any:
        """An unknown argument."""
        if (name, hint) not in self._given:
            self._given[name, hint] = shapes.make(hint, name, self._arguments)
        return self._given[name, hint]

    def answer(self, callee: Executable, arguments: Sequence[Any]) -> Any:
        """What an unknown function answers: the same to the same arguments."""
        self.callees[callee.qualified] = None
        packed = [self.packer.pack(argument) for argument in arguments]
        key = (callee.qualified, *map(self.theory.identify, packed))
        if key not in self._answers:
            self._answers[key] = shapes.make(callee.result, callee.qualified, Call(self.theory, packed))
        return self._answers[key]


class Subject:
    """The packages of some modules, ready to be executed on proxies."""

    def __init__(self, folders: Sequence[Path], modules: Iterable[str]) -> None:
        self.loaded = Loaded(folders)
        self.packages = tuple(folder.name for folder in folders)
        self.functions: dict[str, Executable] = {}
        self._reading: Reading | None = None
        loaded = self._load(modules)
        for module in loaded:  # types first: what they name is replaced afterwards
            self._read(module)
        for module in loaded:
            self._replace(module)

    def explore(self, name: str, hints: Sequence[Hint], reading: Reading) -> list[Way]:
        """All ways through a function, on unknowns of these types; joined where there are many."""
        executable = self.functions[name]
        self._reading = reading
        names = [name for name, _ in executable.parameters]
        given = {name: reading.give(name, hint) for name, hint in zip(names, hints, strict=True)}

        def run() -> object:
            return executable.function(**given)

        try:
            return explore(reading.theory, run, executable.function.__code__, reading.packer.fingerprint, FEW_WAYS)
        finally:
            self._reading = None

    def _load(self, modules: Iterable[str]) -> list[ModuleType]:
        with self.loaded.active():
            for name in modules:
                __import__(name)
            return [m for name, m in list(sys.modules.items()) if name.split(".")[0] in self.packages]

    def _read(self, module: ModuleType) -> None:
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__ and value.__name__ == name:
                with self.loaded.active():
                    try:
                        hints = get_type_hints(value, include_extras=True)
                    except NameError:  # names that a type checker alone sees: no function of the proofs has them
                        continue
                parameters = tuple((p, hints[p]) for p in inspect.signature(value).parameters if p in hints)
                qualified = f"{module.__name__}.{name}"
                self.functions[qualified] = Executable(qualified, value, parameters, hints.get("return"))

    def _replace(self, module: ModuleType) -> None:
        for name, value in list(vars(module).items()):
            if isinstance(value, FunctionType):
                callee = self.functions.get(f"{value.__module__}.{value.__name__}")
                if callee is not None and callee.function is value:
                    setattr(module, name, self._unknown(callee))
            elif isinstance(value, type) and is_dataclass(value) and value.__module__ == module.__name__:
                shapes.read_fields(value)
                _open_record(value)
        vars(module).update(BUILTINS)

    def _unknown(self, callee: Executable) -> Callable[..., Any]:
        names = [name for name, _ in callee.parameters]

        def call(*arguments: Any, **named: Any) -> Any:
            if self._reading is None:
                return callee.function(*arguments, **named)
            given = dict(zip(names, arguments, strict=False)) | named
            return self._reading.answer(callee, [given[name] for name in names])

        return call


def _open_record(record: type) -> None:
    names = [field.name for field in fields(record)]

    def equal(self: Any, other: object) -> Any:
        if type(other) is not record:
            return NotImplemented
        return equal_items((getattr(self, n) for n in names), (getattr(other, n) for n in names))

    def different(self: Any, other: object) -> Any:
        return NotImplemented if type(other) is not record else negated(equal(self, other))

    record.__getattr__ = shapes.make_field  # type: ignore[attr-defined]
    record.__eq__ = equal  # type: ignore[method-assign, assignment]
    record.__ne__ = different  # type: ignore[method-assign, assignment]
