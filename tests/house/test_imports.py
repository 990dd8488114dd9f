# SPDX-License-Identifier: Apache-2.0
"""Each rule on who may import whom is broken once in a small tree, and the breach is seen."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOMS = ("units", "limits", "fluid", "prescription", "state", "events", "outcome", "schedule", "ledger", "path")
UPPER_ROOMS = (
    *(
        "clock",
        "admission",
        "alarms",
        "emit",
        "delivery",
        "programming",
        "refilling",
        "device",
        "quiet",
        "priming",
        "proposing",
        "lacking",
        "soundness",
        "integrity",
        "capsule",
        "safe_state",
    ),
    *("step", "boundary", "session"),
)
MODULES = (
    *(f"thecal.{room}" for room in (*ROOMS, *UPPER_ROOMS)),
    "thecal_specs.ghost",
    "thecal_specs.reference",
    "thecal_specs.properties.overdose",
    "thecal_proofs.prover",
    "thecal_adapters.cli",
    "thecal_adapters.plant",
    "thecal_adapters.runner",
    "thecal_adapters.simulation",
    "thecal_adapters.simulation.monitors",
)


def plant(tree: Path, module: str, *imports: str) -> None:
    """Write a module that imports these, and the packages that it stands in."""
    file = tree.joinpath(*module.split(".")).with_suffix(".py")
    file.parent.mkdir(parents=True, exist_ok=True)
    folder = file.parent
    while folder != tree:
        (folder / "__init__.py").touch()
        folder = folder.parent
    file.write_text("".join(f"import {name}\n" for name in imports))


@pytest.fixture
def lint(tmp_path: Path, root: Path, require_tool: Callable[[str, str], str]) -> Callable[[], str]:
    """A tree in order, and the verdict on it: empty, or what is said of a breach."""
    for module in MODULES:
        plant(tmp_path, module)
    tool = require_tool("lint-imports", "make test")
    command = [tool, "--no-logo", "--no-cache", "--config", str(root / "pyproject.toml")]

    def run() -> str:
        done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
        return done.stdout + done.stderr if done.returncode else ""

    return run


def test_what_the_house_allows_passes(tmp_path: Path, lint: Callable[[], str]) -> None:
    plant(tmp_path, "thecal.step", "thecal.admission", "thecal.ledger", "thecal.units")
    plant(tmp_path, "thecal_specs.reference", "thecal.ledger")
    plant(tmp_path, "thecal_specs.properties.overdose", "thecal.state", "thecal_specs.ghost")
    plant(tmp_path, "thecal_proofs.prover", "thecal.step", "thecal_specs.properties.overdose")
    plant(tmp_path, "thecal_adapters.cli", "thecal_adapters.simulation.monitors", "thecal.session")
    plant(tmp_path, "thecal_adapters.simulation.monitors", "thecal_specs.properties.overdose")
    assert lint() == ""


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("thecal.units", "thecal_specs.ghost"),
        ("thecal.units", "thecal.ledger"),
        ("thecal.ledger", "thecal.admission"),
        ("thecal.alarms", "thecal.step"),
        ("thecal.step", "thecal.session"),
        ("thecal_specs.reference", "thecal_proofs.prover"),
        ("thecal_specs.reference", "thecal_adapters.cli"),
        ("thecal_specs.ghost", "thecal.path"),
        ("thecal_specs.properties.overdose", "thecal.step"),
        ("thecal_proofs.prover", "thecal_adapters.cli"),
        ("thecal_adapters.cli", "thecal_specs.ghost"),
        ("thecal_adapters.cli", "thecal_proofs.prover"),
        ("thecal_adapters.simulation.monitors", "thecal_proofs.prover"),
        ("thecal_adapters.plant", "thecal.step"),
    ],
)
def test_a_forbidden_import_is_seen(tmp_path: Path, lint: Callable[[], str], module: str, imported: str) -> None:
    plant(tmp_path, module, imported)
    assert f"{module} -> {imported}" in lint()


def test_a_property_that_reaches_a_ledger_by_a_detour_is_seen(tmp_path: Path, lint: Callable[[], str]) -> None:
    plant(tmp_path, "thecal_specs.properties.overdose", "thecal_specs.reference")
    plant(tmp_path, "thecal_specs.reference", "thecal.ledger")
    assert "thecal_specs.reference -> thecal.ledger" in lint()


def test_a_room_without_a_place_is_seen(tmp_path: Path, lint: Callable[[], str]) -> None:
    plant(tmp_path, "thecal.attic")
    assert "attic" in lint()
