# SPDX-License-Identifier: Apache-2.0
"""Runs Coq on texts, in a folder of its own, and believes only what it says in so many words."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from weakref import finalize

COMMAND = "coqc"
FILES = ("Meaning", "Polynomials", "Judge", "Right")
CLOSED = "Closed under the global context"
MISSING = "The proof kernel coqc is missing. Bring it with: apt-get install coq"
HERE = Path(__file__).resolve().parent


class Coq:
    """The checker, compiled once, and a place for questions."""

    def __init__(self, command: str = "") -> None:
        found = shutil.which(command or COMMAND)
        if found is None:
            raise FileNotFoundError(MISSING)
        self._command = found
        self.folder = Path(mkdtemp(prefix="thecal-coq-"))
        finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.version = _find_version(found)
        for name in FILES:
            shutil.copyfile(HERE / f"{name}.v", self.folder / f"{name}.v")
            ended = self._run(f"{name}.v")
            if ended.returncode:
                raise RuntimeError(f"{self.version} does not accept {HERE / name}.v:\n{ended.stderr}")

    def accept(self, theorems: Mapping[str, str], name: str) -> frozenset[str]:
        """The theorems, by name, that hold and rest on no assumption; one that fails takes no other down."""
        if self._holds(name, theorems):
            return frozenset(theorems)
        if len(theorems) == 1:
            return frozenset()
        alone = enumerate(theorems.items())
        return frozenset().union(*(self.accept({key: text}, f"{name}_{place}") for place, (key, text) in alone))

    def _holds(self, name: str, theorems: Mapping[str, str]) -> bool:
        (self.folder / f"{name}.v").write_text(write_file(theorems), encoding="utf-8")
        ended = self._run(f"{name}.v")
        for file in self.folder.glob(f"*{name}.*"):
            file.unlink()
        return ended.returncode == 0 and ended.stdout.strip() == CLOSED

    def _run(self, file: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self._command, "-q", "-w", "none", "-R", ".", "Thecal", file],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )


def write_file(theorems: Mapping[str, str]) -> str:
    """A file of theorems, which ends by asking what all of them rest on."""
    head = (
        "From Coq Require Import ZArith List.\n"
        "From Thecal Require Import Meaning Judge Right.\n"
        "Import ListNotations.\nOpen Scope positive_scope.\n"
    )
    every = _conjunction(list(theorems))
    return f"{head}\n{''.join(theorems.values())}\nDefinition every := {every}.\nPrint Assumptions every.\n"


def _conjunction(names: Sequence[str]) -> str:
    return " ".join(f"(conj {name}" for name in names) + " I" + ")" * len(names)


def _find_version(command: str) -> str:
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version\s+(\S+)", said)
    return f"Coq {found[1]}" if found else "Coq"
