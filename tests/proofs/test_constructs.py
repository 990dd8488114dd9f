# SPDX-License-Identifier: Apache-2.0
"""Every construct of the subset against CPython, on every choice of small arguments."""

from pathlib import Path

import pytest

from thecal_proofs.agreement import lift
from thecal_proofs.frontend import Program, Sources
from thecal_proofs.loading import Loaded

SOURCES = Sources.of_folders(Path(__file__).parent / "fixtures" / "constructs")
PROGRAM = Program(SOURCES)
LOADED = Loaded(SOURCES.folders)


@pytest.mark.parametrize("name", [function.name for function in PROGRAM.functions("constructs")])
def test_a_construct_means_what_cpython_computes(name: str) -> None:
    compared = 0
    for lifted in lift(PROGRAM, LOADED, PROGRAM.signature("constructs.every", name)):
        domain = range(-3, 5) if len(lifted.unknowns) <= 3 else range(-1, 3)
        for arguments in lifted.every(domain):
            assert lifted.compare(arguments) is None
            compared += 1
    assert compared > 1
