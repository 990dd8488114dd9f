# SPDX-License-Identifier: Apache-2.0
"""Every function of the kernel and of what is claimed: as terms and in CPython, on arguments drawn at random."""

from pathlib import Path

import pytest

from thecal_proofs.agreement import agree, lift
from thecal_proofs.frontend import Program, Sources
from thecal_proofs.loading import Loaded
from thecal_proofs.wiring import KERNEL, OUTSIDE, SPECS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Sources.of_folders(ROOT / "kernel" / KERNEL, ROOT / "specs" / SPECS)
PROGRAM = Program(SOURCES)
LOADED = Loaded(SOURCES.folders)
CLAIMS = ("ghost", "assumed", "invariant", "lemmas", "properties", "witnesses.box")


def list_functions(package: str) -> list[str]:
    return [f.qualified for f in PROGRAM.functions(package, OUTSIDE)]


@pytest.mark.parametrize("name", list_functions(KERNEL))
def test_a_kernel_function_is_translated_as_it_runs(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert agree(PROGRAM, LOADED, PROGRAM.signature(module, function), rounds=25) == []


@pytest.mark.parametrize("name", [f for claim in CLAIMS for f in list_functions(f"{SPECS}.{claim}")])
def test_a_claim_is_translated_as_it_runs(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert agree(PROGRAM, LOADED, PROGRAM.signature(module, function), rounds=5) == []


def test_a_wrong_translation_is_noticed(tmp_path: Path) -> None:
    package = tmp_path / "sample"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "halves.py").write_text("def f(x: int) -> int:\n    return int(x / 2)\n", encoding="utf-8")
    program = Program(Sources.of_texts({"sample.halves": "def f(x: int) -> int:\n    return x // 2\n"}))
    (lifted,) = lift(program, Loaded([package]), program.signature("sample.halves", "f"))
    assert lifted.compare([3]) is None
    assert lifted.compare([-3]) is not None
