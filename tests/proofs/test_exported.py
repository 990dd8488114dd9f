# SPDX-License-Identifier: Apache-2.0
"""Exported questions: whatever is edited, added or lost, and whatever is of other texts, is found."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from thecal_adapters import schemas
from thecal_proofs.decision import Limits
from thecal_proofs.discharge import Discharger
from thecal_proofs.exported import MANIFEST, NoExport, check_export, export_questions
from thecal_proofs.prove import Project, prove

TOY = Path(__file__).parent / "fixtures" / "toy"
HASHES = {"kernel_sha256": "a" * 64, "specs_sha256": "b" * 64, "prover_sha256": "c" * 64, "solver": "1"}


def make_discharger() -> Discharger:
    project = Project.open(TOY / "thecal", TOY / "thecal_specs")
    return Discharger(project.wiring, project.rows, Limits())


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    report = prove(None, kernel=TOY / "thecal", specs=TOY / "thecal_specs", jobs=0, budget=500_000)
    export_questions(make_discharger(), report.results, folder, HASHES)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return shutil.copytree(written, tmp_path / "questions")


def check(folder: Path, fingerprint: Mapping[str, str] = HASHES) -> list[tuple[str, str]]:
    found = check_export(make_discharger(), folder, fingerprint)
    schemas.check("export-check", found)
    return [(each["file"], each["problem"].partition(":")[0]) for each in found["findings"]]


def pick(folder: Path, is_wanted: Callable[[Mapping[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
    manifest = json.loads((folder / MANIFEST).read_text())
    found: dict[str, Any] = next(each for each in manifest["questions"] if is_wanted(each))
    return found


def change_manifest(folder: Path, file: str, **values: str) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    next(each for each in manifest["questions"] if each["file"] == file).update(values)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_what_was_written_is_what_is_asked_and_every_file_is_in_the_manifest(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    schemas.check("export", manifest)
    files = {each["file"] for each in manifest["questions"]}
    assert files == {path.name for path in folder.glob("*.smt2")}
    assert len(files) > 10
    assert {"property", "step", "base", "operations", "antecedent"} <= {each["kind"] for each in manifest["questions"]}
    assert check(folder) == []


def test_the_same_run_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    report = prove(None, kernel=TOY / "thecal", specs=TOY / "thecal_specs", jobs=0, budget=500_000)
    export_questions(make_discharger(), report.results, tmp_path / "again", HASHES)
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_an_edited_question_is_found(folder: Path) -> None:
    file = pick(folder)["file"]
    text = (folder / file).read_text()
    (folder / file).write_text(text.replace("(check-sat)", "(assert false)\n(check-sat)"))
    assert check(folder) == [(file, "it was edited after it was written")]


def test_a_question_that_is_lost_or_added_is_found(folder: Path) -> None:
    file = pick(folder)["file"]
    (folder / file).rename(folder / "other.smt2")
    assert check(folder) == [("other.smt2", "it is no question of this export"), (file, "it is missing")]


def test_a_question_that_is_edited_with_its_hash_is_found_all_the_same(folder: Path) -> None:
    file = pick(folder)["file"]
    text = (folder / file).read_text().replace("(check-sat)", "(assert false)\n(check-sat)")
    (folder / file).write_text(text)
    change_manifest(folder, file, sha256=hashlib.sha256(text.encode()).hexdigest())
    assert check(folder) == [(file, "it and its manifest say what this kernel does not ask")]


@pytest.mark.parametrize("change", [{"subject": "nothing"}, {"event": "Nothing"}, {"kind": "nothing"}])
def test_a_manifest_that_names_what_is_not_there_is_found(folder: Path, change: dict[str, str]) -> None:
    file = pick(folder, lambda each: each["kind"] == "step")["file"]
    change_manifest(folder, file, **change)
    assert check(folder) == [(file, "it and its manifest say what this kernel does not ask")]


def test_an_answer_that_is_claimed_otherwise_is_found(folder: Path) -> None:
    file = pick(folder, lambda each: each["status"] == "unsat")["file"]
    change_manifest(folder, file, status="sat")
    assert check(folder) == [(file, "it and its manifest say what this kernel does not ask")]


@pytest.mark.parametrize(
    ("key", "name"),
    [("kernel_sha256", "kernel"), ("specs_sha256", "specification"), ("prover_sha256", "prover"), ("solver", "solver")],
)
def test_an_export_of_other_texts_is_refused_by_name(folder: Path, key: str, name: str) -> None:
    told = [(MANIFEST, f"its questions are of another {name}")]
    assert check(folder, {**HASHES, key: "other"}) == told


def test_an_export_whose_hashes_are_made_to_fit_is_found_by_its_questions(folder: Path, tmp_path: Path) -> None:
    kernel = shutil.copytree(TOY / "thecal", tmp_path / "changed" / "thecal")
    step = kernel / "step.py"
    before = step.read_text()
    step.write_text(before.replace(">= config.interval_s", "> config.interval_s"))
    assert step.read_text() != before
    project = Project.open(kernel, TOY / "thecal_specs")
    changed = Discharger(project.wiring, project.rows, Limits())
    assert check_export(changed, folder, HASHES)["findings"]


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"version": 1}', '{"version": 2, "questions": []}'])
def test_a_folder_without_a_manifest_in_its_form_is_no_export(folder: Path, text: str | None) -> None:
    (folder / MANIFEST).unlink()
    if text is not None:
        (folder / MANIFEST).write_text(text)
    with pytest.raises(NoExport, match="thecal prove --export writes one" if text is None else "export again"):
        check(folder)
