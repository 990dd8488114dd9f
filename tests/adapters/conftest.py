# SPDX-License-Identifier: Apache-2.0
"""A repository of its own for commands to run in, with a prover that says what a test wants it to say."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from thecal_specs.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
PROVER = '''
"""A prover that reads its verdicts from a file beside it."""

import hashlib
import json
from pathlib import Path

from thecal_specs.catalogue import CATALOGUE

SAID = json.loads((Path(__file__).parent / "said.json").read_text())


class Prover:
    def list_ids(self, source):
        if SAID.get("refuses"):
            raise ValueError("step.py:1:1: no")
        return [row.id for row in CATALOGUE]

    def list_events(self, source):
        return ["SecondPassed", "BolusAsked"]

    def fingerprint(self, source):
        return {
            "kernel_sha256": SAID.get("kernel", "a") * 64,
            "specs_sha256": SAID.get("specs", "b") * 64,
            "prover_sha256": hashlib.sha256(SAID["name"].encode()).hexdigest(),
            "solver": "1",
        }

    def check_export(self, folder, *, source):
        if not (folder / "manifest.json").exists():
            raise ValueError(f"{folder} holds no manifest.json")
        return {"version": 1, "questions": 1, "findings": SAID.get("edited", [])}

    def list_mutated(self):
        return ["ledger", "path"]

    def fingerprint_mutants(self):
        return {key: SAID["name"][0] * 64 for key in ("kernel_sha256", "specs_sha256", "prover_sha256")}

    def mutate(self, only, *, jobs, cache, progress):
        verdicts = SAID.get("mutants", ["killed"])
        kill = {"kind": "property", "by": "OVR-03", "claim": "c", "trace": "lockout", "step": 44, "event": "BolusAsked"}
        rows = [
            {
                "id": f"MUT-{place:08x}",
                "file": f"{only[0] if only else 'path'}.py",
                "line": place,
                "function": "f",
                "operator": "relation",
                "before": "a < b",
                "after": "(a <= b)",
                "is_guard": True,
                "marks": ["OVR-03"],
                "verdict": verdict,
                "reason": "It is the same." if verdict == "equivalent" else "",
                "kill": kill if verdict == "killed" else None,
            }
            for place, verdict in enumerate(verdicts, start=1)
        ]
        for row in rows:
            progress(row["id"], f"{row['file']}:{row['line']}", row["verdict"], row["line"], len(rows))
        counts = {each: verdicts.count(each) for each in ("killed", "equivalent", "survived", "undecided")}
        summary = {"mutants": len(rows), **counts}
        return {"version": 1, **self.fingerprint_mutants(), "summary": summary, "skipped": {}, "mutants": rows}

    def list_translated(self, source):
        if SAID.get("refuses"):
            raise ValueError("step.py:1:1: no")
        return [f"thecal.step.f{place}" for place, _ in enumerate(SAID.get("translated", ["equal"]))]

    def translate(self, functions, *, source, progress):
        verdicts = SAID.get("translated", ["equal"])
        rows = [
            {
                "function": f"thecal.step.f{place}",
                "verdict": verdict,
                "sizes": {},
                "choices": 1,
                "ways": 2,
                "detail": "because" if verdict == "different" else "",
                "calls": [],
                "lacks": ["thecal.step.f0"] if verdict == "unfounded" else [],
                "smaller": [],
            }
            for place, verdict in enumerate(verdicts)
        ]
        for done, row in enumerate(rows, start=1):
            progress(row["function"], row["verdict"], done)
        each = ("equal", "reduced", "different", "unknown", "out of reach", "unfounded")
        counts = {verdict.replace(" ", "_"): verdicts.count(verdict) for verdict in each}
        return {
            "version": 1,
            "kernel_sha256": "a" * 64,
            "specs_sha256": "b" * 64,
            "budget": 1,
            "summary": {"functions": len(rows), **counts, "ways": 2 * len(rows)},
            "not_lifted": {},
            "functions": rows,
        }

    def list_claims(self):
        return ["properties.overdose", "ghost"]

    def fingerprint_claims(self, broken):
        return {**self.fingerprint_mutants(), "mutants_sha256": broken["kernel_sha256"]}

    def mutate_claims(self, only, *, broken, jobs, progress):
        verdicts = SAID.get("statements", ["noticed"])
        notice = {"how": "broken", "by": "OVR-03", "source": "MUT-00000001", "place": "trace lockout, step 44"}
        rows = [
            {
                "id": f"STM-{place:08x}",
                "file": f"{(only[0] if only else 'ghost').replace('.', '/')}.py",
                "line": place,
                "function": "f",
                "operator": "conclusion",
                "before": "implies(a, b)",
                "after": "True",
                "verdict": verdict,
                "reason": "Proved to say no less." if verdict == "kept" else "",
                "notice": notice if verdict == "noticed" else None,
            }
            for place, verdict in enumerate(verdicts, start=1)
        ]
        for row in rows:
            progress(row["id"], f"{row['file']}:{row['line']}", row["verdict"], row["line"], len(rows))
        counts = {each: verdicts.count(each) for each in ("noticed", "kept", "unnoticed")}
        summary = {"statements": len(rows), **counts}
        return {"version": 1, **self.fingerprint_claims(broken), "summary": summary, "statements": rows}

    def prove(self, ids, *, jobs, source, export, progress, solver="z3", seeds=(), is_weighed=False):
        if SAID.get("crashes"):
            raise RuntimeError("the prover is broken")
        if SAID.get("waits"):
            print("proving", flush=True)
            import time
            time.sleep(60)
        count = Path(__file__).parent / "count"
        count.write_text(str(int(count.read_text()) + 1 if count.exists() else 1))
        if export is not None:
            export.mkdir(parents=True, exist_ok=True)
            (export / "question.smt2").write_text("(check-sat)")
            (export / "manifest.json").write_text("{}")
        rows = [row for row in CATALOGUE if ids is None or row.id in ids]
        verdicts = {row.id: SAID["verdicts"].get(row.id, SAID["otherwise"]) for row in rows}
        for done, row in enumerate(rows, start=1):
            progress(row.id, "SecondPassed", verdicts[row.id], done, len(rows))
        said = {"questions": 5 * len(rows), "contradicted": []}
        asked = {}
        if solver != "z3":
            judge = SAID.get("judge", "other 2")
            judged = {row.id: {"questions": 5, "confirmed": 4, "by_judge": {judge: 4}} for row in rows}
            alone = {"one_judge_only": ["OVR-03/SecondPassed"], "undecided": ["OVR-03/SecondPassed: lost"]}
            names = {"solver": solver, "names": ["z3 1", judge], "by_judge": {judge: 4 * len(rows)}}
            asked["judges"] = {**said, **names, "confirmed": 4 * len(rows), **alone, "properties": judged}
        if seeds:
            steady = {"questions": 5, "wavered": SAID.get("wavered", 0), "largest_share": 0.1234}
            wavering = ["OVR-03/SecondPassed, question 1: lost"] * steady["wavered"]
            properties = {row.id: steady for row in rows}
            asked["stability"] = {
                **said, **steady, "seeds": list(seeds), "wavering": wavering, "properties": properties
            }
        if is_weighed:
            each = {"own": {"ledger.py": SAID.get("own", "76")}, "all": {"ledger.py": "70-76", "path.py": "7"}}
            counts = {"obligations": 5, "whole": 1}
            unused = {"weighed": {"units.py": "163"}, "unasked": {}, "handing on": {"path.py": "9-10, 12"}}
            asked["lines"] = {**counts, "properties": {row.id: {**each, **counts} for row in rows}, "unused": unused}
        return {
            "version": 1,
            **asked,
            **self.fingerprint(source),
            "properties": [
                {
                    "id": row.id,
                    "name": row.name,
                    "kind": row.kind.name.lower(),
                    "statement": row.statement,
                    "verdict": verdicts[row.id],
                    "amended": False,
                    "obligations": 1,
                    "events": {"SecondPassed": verdicts[row.id]},
                }
                for row in rows
            ],
            "support": SAID.get("support", {}),
            "findings": [
                {
                    "id": f"{row.id}/SecondPassed",
                    "verdict": verdicts[row.id],
                    "detail": "because",
                    "leaves": ["state.x[0] = 1", "state.x[1] = 1", "state.y = 2"],
                    "test": "def test_it() -> None: ...\\n" if verdicts[row.id] == "refuted" else "",
                }
                for row in rows
                if verdicts[row.id] != "proved"
            ],
            "summary": {v: list(verdicts.values()).count(v) for v in sorted(set(verdicts.values()))},
            "timing": {
                "seconds": 1.5,
                "budget": 10,
                "obligations": {
                    f"{row.id}/SecondPassed": {"seconds": 0.5, "rlimit": 1, "queries": 1} for row in rows
                },
            },
        }


PROVER = Prover()
'''


class Repository:
    """A copy of this repository whose prover is a fake."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("kernel", "specs", "adapters"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", root)
        (root / "README.md").write_text("# thecal\n\nBefore.\n\n<!-- generated: verdicts -->\n<!-- end -->\n\nAfter.\n")
        self.proofs = root / "proofs" / "thecal_proofs"
        self.proofs.mkdir(parents=True)
        (self.proofs / "__init__.py").touch()
        (self.proofs / "provider.py").write_text(PROVER)
        self.say()

    def say(self, otherwise: str = "proved", name: str = "fake", **said: object) -> None:
        """Have the prover say this of every property, and what is named of some."""
        verdicts = {key.replace("_", "-"): value for key, value in said.items() if key[:3].isupper()}
        rest = {key: value for key, value in said.items() if not key[:3].isupper()}
        told = {"otherwise": otherwise, "verdicts": verdicts, "name": name, **rest}
        (self.proofs / "said.json").write_text(json.dumps(told))

    @property
    def runs(self) -> int:
        """How often the prover was asked to prove."""
        count = self.proofs / "count"
        return int(count.read_text()) if count.exists() else 0

    def environment(self, **extra: str) -> dict[str, str]:
        """What a command finds around it."""
        folders = [self.root, *(self.root / name for name in ("kernel", "specs", "adapters", "proofs"))]
        kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
        return {**kept, "PYTHONPATH": os.pathsep.join(map(str, folders)), "PYTHONUTF8": "1", **extra}

    def run(self, *args: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run the command in a process of its own."""
        return subprocess.run(
            self.command(*args),
            cwd=self.root,
            env=self.environment(**(environment or {})),
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )

    def command(self, *args: str) -> Sequence[str]:
        """The words of the command."""
        return [sys.executable, "-m", "thecal_adapters", *args]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture
def expect_exit(repository: Repository) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in the repository and look at its exit status."""

    def run(status: int, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = repository.run(*args, environment=environment)
        assert done.returncode == status, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture
def all_ids() -> list[str]:
    return [row.id for row in CATALOGUE]


@pytest.fixture
def make_report() -> Callable[..., dict[str, Any]]:
    """A report in which some properties have another verdict than the rest."""

    def make(otherwise: str = "proved", **verdicts: str) -> dict[str, Any]:
        said = {key.replace("_", "-"): value for key, value in verdicts.items()}
        rows = [
            {
                "id": row.id,
                "name": row.name,
                "kind": row.kind.name.lower(),
                "statement": row.statement,
                "verdict": said.get(row.id, otherwise),
                "amended": False,
                "obligations": 1,
                "events": {"SecondPassed": said.get(row.id, otherwise)},
            }
            for row in CATALOGUE
        ]
        found = [row["verdict"] for row in rows]
        return {
            "version": 1,
            "kernel_sha256": "a" * 64,
            "specs_sha256": "b" * 64,
            "properties": rows,
            "support": {},
            "findings": [],
            "summary": {verdict: found.count(verdict) for verdict in dict.fromkeys(found)},
            "timing": {"seconds": 0.0, "budget": 1, "obligations": {}},
        }

    return make
