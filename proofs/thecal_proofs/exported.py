# SPDX-License-Identifier: Apache-2.0
"""What was exported, and whether it still is what this kernel asks.

A manifest beside the questions says of which texts they are, and has a hash of each. Whoever edits a question can edit
its hash as well; so each is worked out anew from the source, too, and compared byte by byte.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from thecal_proofs.discharge import Discharger
from thecal_proofs.export import find_event, find_status, list_facts
from thecal_proofs.obligations import Obligation
from thecal_proofs.smtlib import render
from thecal_proofs.verdicts import WITNESSED, Result

VERSION = 1
MANIFEST = "manifest.json"
SUFFIX = ".smt2"
# What questions are of, in words.
NAMES = {"kernel_sha256": "kernel", "specs_sha256": "specification", "prover_sha256": "prover", "solver": "solver"}
Finding: TypeAlias = tuple[str, str]  # a file, and what is wrong with it


@dataclass(frozen=True, slots=True)
class Exported:
    """One question: where it stands, what it is about, and what it claims to be answered with."""

    file: str
    sha256: str
    kind: str
    subject: str
    event: str
    under: str  # the class of events that it is asked of, where that is not its own
    status: str


class NoExport(ValueError):
    """A folder that holds no export; the message says what is wrong with it."""


def export_questions(
    discharger: Discharger, results: Sequence[Result], folder: Path, fingerprint: Mapping[str, str]
) -> None:
    """Write one file for each result that a solver was asked about, and the manifest of all."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for result in results:
        under = find_event(result.detail) if result.kind in WITNESSED else ""
        text = write_question(discharger, result.kind, result.subject, result.event, under, find_status(result))
        if text is not None:
            file = result.id.replace("/", "-").replace(":", "-") + SUFFIX
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
            told = result.kind, result.subject, result.event, under, find_status(result)
            written.append(Exported(file, _hash(text.encode()), *told))
    manifest = {"version": VERSION, **fingerprint, "questions": [asdict(each) for each in written]}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8", newline="\n")


def write_question(discharger: Discharger, kind: str, subject: str, event: str, under: str, status: str) -> str | None:
    """The text of a question; None where there is nothing to ask."""
    obligation = Obligation(event, kind, subject)  # type: ignore[arg-type]
    facts = list_facts(discharger, obligation, under)
    return None if facts is None else render(obligation.id, status, facts)


def check_export(discharger: Discharger, folder: Path, fingerprint: Mapping[str, str]) -> dict[str, Any]:
    """How many questions a folder holds, and each file that is not as this kernel would write it."""
    manifest, questions = read_manifest(folder)
    differs = [name for key, name in NAMES.items() if manifest[key] != fingerprint[key]]
    if differs:
        told = f"its questions are of another {' and another '.join(differs)}: export them again"
        findings = [(MANIFEST, told)]
    else:
        findings = [*_find_strangers(folder, questions), *_find_edited(discharger, folder, questions)]
    return {
        "version": VERSION,
        "questions": len(questions),
        "findings": [{"file": file, "problem": problem} for file, problem in findings],
    }


def read_manifest(folder: Path) -> tuple[Mapping[str, Any], Sequence[Exported]]:
    """What an export says of itself; `NoExport` if it does not say it in its form."""
    file = folder / MANIFEST
    try:
        manifest: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if manifest["version"] != VERSION or any(not isinstance(manifest[key], str) for key in NAMES):
            raise ValueError(f"it is not of version {VERSION}, or lacks a hash")
        questions = [Exported(**each) for each in manifest["questions"]]
    except FileNotFoundError:
        raise NoExport(f"{folder} holds no {MANIFEST}: thecal prove --export writes one") from None
    except (ValueError, KeyError, TypeError) as error:
        raise NoExport(f"{file} is no manifest ({error}): export again") from error
    return manifest, questions


def _find_strangers(folder: Path, questions: Sequence[Exported]) -> Iterator[Finding]:
    named = {each.file for each in questions}
    for path in sorted(folder.iterdir()):
        if path.name != MANIFEST and path.name not in named:
            yield path.name, "it is no question of this export: take it away"


def _find_edited(discharger: Discharger, folder: Path, questions: Sequence[Exported]) -> Iterator[Finding]:
    for each in questions:
        path = folder / each.file
        if not path.is_file():
            yield each.file, "it is missing: export again"
            continue
        content = path.read_bytes()
        if _hash(content) != each.sha256:
            yield each.file, "it was edited after it was written: export again"
        elif not _is_asked(discharger, each, content):
            yield each.file, "it and its manifest say what this kernel does not ask: export again"


def _is_asked(discharger: Discharger, each: Exported, content: bytes) -> bool:
    try:
        text = write_question(discharger, each.kind, each.subject, each.event, each.under, each.status)
    except (KeyError, StopIteration, TypeError):  # of names that this kernel does not have
        return False
    return text is not None and text.encode() == content


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
