# SPDX-License-Identifier: Apache-2.0
"""Imports the packages that were read, in isolation: a changed copy beside the installed one, neither disturbed.

Only two things run in CPython: the catalogue, which is data about claims, and replays of counterexamples.
"""

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any


class Loaded:
    """Packages imported from given folders, under their own names, out of everybody else's sight."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self._modules: dict[str, ModuleType] = {}
        self._found: dict[tuple[str, str], Any] = {}

    def find(self, module: str, name: str) -> Any:
        """Return an object by module and name."""
        if (module, name) not in self._found:
            with self.active():
                self._found[module, name] = getattr(importlib.import_module(module), name)
        return self._found[module, name]

    def find_modules(self) -> dict[str, ModuleType]:
        """Everything that was imported so far, by name."""
        return dict(self._modules)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Make these packages the importable ones for a while."""
        packages = tuple(folder.name for folder in self.folders)
        outside = _take_out(packages)
        path, writes = list(sys.path), sys.dont_write_bytecode
        sys.modules.update(self._modules)
        sys.path[:0] = [str(folder.parent) for folder in self.folders]
        sys.dont_write_bytecode = True  # the folders are evidence: reading them leaves no trace
        importlib.invalidate_caches()
        try:
            yield
        finally:
            self._modules = _take_out(packages)
            sys.modules.update(outside)
            sys.path[:] = path
            sys.dont_write_bytecode = writes


def _take_out(packages: Sequence[str]) -> dict[str, ModuleType]:
    names = [n for n in sys.modules if n in packages or n.startswith(tuple(p + "." for p in packages))]
    return {name: sys.modules.pop(name) for name in names}
