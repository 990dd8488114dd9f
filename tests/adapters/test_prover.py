# SPDX-License-Identifier: Apache-2.0
"""The shipped prover, reached as the command line reaches it."""

from pathlib import Path

import pytest
import z3

from thecal_adapters import schemas
from thecal_adapters.claims import find_trace
from thecal_adapters.finding import Missing, explain_missing, find_kernel, find_module
from thecal_adapters.provers import find_prover
from thecal_adapters.verdicts import VERDICTS
from thecal_proofs.provider import PROVER


def test_everything_in_the_catalogue_can_be_asked_for() -> None:
    ids = find_prover().list_ids(None)
    assert [claim.id for claim in find_trace().properties] == ids[: len(find_trace().properties)]
    assert len(set(ids)) == len(ids)


def test_the_columns_are_the_kernels_events() -> None:
    assert {"SecondPassed", "BolusAsked", "RefillDone"} <= set(find_prover().list_events(None))


def test_a_fingerprint_follows_the_text(tmp_path: Path) -> None:
    prover = find_prover()
    same = prover.fingerprint(find_kernel())
    assert same == prover.fingerprint(None)
    assert set(same) == {"kernel_sha256", "specs_sha256", "prover_sha256", "solver"}
    copy = tmp_path / "thecal"
    copy.mkdir()
    for file in find_kernel().glob("*.py"):
        (copy / file.name).write_text(file.read_text())
    assert prover.fingerprint(copy) == same
    (copy / "units.py").write_text((copy / "units.py").read_text() + "\n")
    changed = prover.fingerprint(copy)
    assert changed["kernel_sha256"] != same["kernel_sha256"]
    assert changed["specs_sha256"] == same["specs_sha256"]


def test_a_property_is_decided_event_by_event_and_each_question_can_be_asked_again(tmp_path: Path) -> None:
    told: list[tuple[str, str, str, int, int]] = []
    report = PROVER.prove(
        ["RES-01"],
        jobs=2,
        source=None,
        export=tmp_path,
        progress=lambda *cell: told.append(cell),
        is_founded=False,
    )
    schemas.check("verdicts", report)
    (row,) = report["properties"]
    assert row["id"] == "RES-01"
    assert row["verdict"] in VERDICTS
    assert row["witness"].startswith("trace ")
    assert set(row["events"]) <= set(find_prover().list_events(None))
    cells = {(subject, event): verdict for subject, event, verdict, _, _ in told}
    assert all(cells["RES-01", event] == verdict for event, verdict in row["events"].items())
    assert [done for _, _, _, done, _ in told] == list(range(1, told[0][4] + 1))
    for event in row["events"]:
        question = (tmp_path / f"RES-01-{event}.smt2").read_text()
        assert question.startswith(f"; RES-01/{event}\n")
        assert question.endswith("(check-sat)\n")
        assert len(z3.parse_smt2_string(question)) > 0
    assert (tmp_path / "antecedent-RES-01-any.smt2").is_file(), "the step of the trace names the event to ask about"
    assert ask_again((tmp_path / "RES-01-StopAsked.smt2").read_text()) == row["events"]["StopAsked"]


def ask_again(question: str) -> str:
    solver = z3.Solver()
    solver.from_string(question)
    return {"unsat": "proved", "sat": "refuted"}[str(solver.check())]


def test_a_source_that_cannot_be_read_is_an_error_with_its_place(tmp_path: Path) -> None:
    copy = tmp_path / "thecal"
    copy.mkdir()
    for file in find_kernel().glob("*.py"):
        (copy / file.name).write_text(file.read_text())
    for text in ("def step(:\n", "raise OSError\n", "def step(config, state, event):\n    return 1 / 0\n"):
        (copy / "step.py").write_text(text)
        with pytest.raises(ValueError, match=r"."):
            find_prover().prove(["RES-01"], jobs=1, source=copy, export=None, progress=lambda *cell: None)


def test_what_is_missing_says_what_brings_it() -> None:
    assert explain_missing("z3").endswith("pip install 'thecal[proofs]'")
    assert explain_missing("typer").endswith("pip install 'thecal[cli]'")
    assert explain_missing("other") == "The Python package 'other' is missing."
    with pytest.raises(Missing, match="'no_such_package' is missing"):
        find_module("no_such_package.inner")
