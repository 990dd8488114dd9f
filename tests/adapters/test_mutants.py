# SPDX-License-Identifier: Apache-2.0
"""The command that breaks the kernel: how it ends, what it tells, and the record that it keeps."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from thecal_adapters import schemas

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (["killed", "equivalent"], 0),
        (["killed", "undecided"], 3),
        (["killed", "undecided", "survived"], 1),
    ],
)
def test_each_end_has_its_status(repository: Any, expect_exit: Run, verdicts: list[str], status: int) -> None:
    repository.say(mutants=verdicts)
    done = expect_exit(status, "mutate")
    assert "Killed by: OVR-03 1" in done.stdout
    assert f"Mutants: {len(verdicts)}, 1 killed" in done.stdout


def test_what_is_not_killed_is_told_with_its_change(repository: Any, expect_exit: Run) -> None:
    repository.say(mutants=["killed", "undecided", "equivalent"])
    done = expect_exit(3, "mutate", "--only", "kernel/thecal/ledger.py")
    assert "MUT-00000002 ledger.py:2 guard relation: a < b -> (a <= b): undecided" in done.stdout
    assert "MUT-00000003 ledger.py:3 guard relation: a < b -> (a <= b): It is the same." in done.stdout
    assert "MUT-00000001" not in done.stdout


def test_a_campaign_is_written_as_its_form_says(repository: Any, expect_exit: Run) -> None:
    repository.say(mutants=["killed", "undecided"])
    done = expect_exit(3, "mutate", "--json", "-")
    campaign = json.loads(done.stdout)
    schemas.check("mutants", campaign)
    assert campaign["summary"] == {"mutants": 2, "killed": 1, "equivalent": 0, "survived": 0, "undecided": 1}


@pytest.mark.parametrize("args", [("--only", "step"), ("--only", "path", "--record"), ("--jobs", "0")])
def test_wrong_use(expect_exit: Run, args: tuple[str, ...]) -> None:
    done = expect_exit(2, "mutate", *args)
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_record_has_a_line_for_each_mutant_and_knows_its_texts(repository: Any, expect_exit: Run) -> None:
    done = expect_exit(3, "mutate", "--check")
    assert "There is no proofs/mutants.json" in done.stderr
    repository.say(mutants=["killed", "equivalent"])
    expect_exit(0, "mutate", "--record")
    lines = (repository.root / "proofs" / "mutants.json").read_text().splitlines()
    assert '    ["MUT-00000001", "path.py:1", "OVR-03, trace lockout, step 44"],' in lines
    assert '    ["MUT-00000002", "path.py:2", "equivalent"]' in lines
    assert "is about these texts: 2, 1 killed, 1 equivalent" in expect_exit(0, "mutate", "--check").stdout
    repository.say(name="other", mutants=["killed"])
    assert "is about other texts" in expect_exit(1, "mutate", "--check").stdout
