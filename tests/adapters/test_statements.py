# SPDX-License-Identifier: Apache-2.0
"""The command that breaks the statements: how it ends, what it tells, and the record that it keeps."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from thecal_adapters import schemas

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def recorded(repository: Any, expect_exit: Run) -> Any:
    """A repository that has broken kernels on record."""
    repository.say(mutants=["killed"])
    expect_exit(0, "mutate", "--record")
    return repository


def test_without_broken_kernels_nothing_can_be_told(expect_exit: Run, repository: Any) -> None:
    repository.say()
    assert "There is no proofs/mutants.json" in expect_exit(3, "mutate", "--claims").stderr


def test_a_weakness_that_nothing_notices_is_a_finding_and_is_told(recorded: Any, expect_exit: Run) -> None:
    recorded.say(statements=["noticed", "kept", "unnoticed"])
    done = expect_exit(1, "mutate", "--claims", "--only", "overdose.py")
    assert "STM-00000003 properties/overdose.py:3 conclusion: implies(a, b) -> True: unnoticed" in done.stdout
    assert "STM-00000001" not in done.stdout
    assert "a broken kernel is let through: 1" in done.stdout
    assert "Changed statements: 3, 1 noticed, 1 kept, 1 unnoticed." in done.stdout


def test_a_hole_that_is_on_record_is_undecided_and_a_new_one_is_a_finding(recorded: Any, expect_exit: Run) -> None:
    recorded.say(statements=["noticed", "unnoticed"])
    expect_exit(1, "mutate", "--claims", "--record")
    expect_exit(3, "mutate", "--claims")
    recorded.say(statements=["unnoticed", "unnoticed"])
    expect_exit(1, "mutate", "--claims")
    recorded.say(statements=["noticed", "kept"])
    expect_exit(0, "mutate", "--claims")


def test_a_campaign_is_written_as_its_form_says(recorded: Any, expect_exit: Run) -> None:
    recorded.say(statements=["noticed", "kept"])
    campaign = json.loads(expect_exit(0, "mutate", "--claims", "--json", "-").stdout)
    schemas.check("statements", campaign)
    assert campaign["summary"] == {"statements": 2, "noticed": 1, "kept": 1, "unnoticed": 0}


@pytest.mark.parametrize("args", [("--only", "step"), ("--only", "ghost", "--record")])
def test_wrong_use(recorded: Any, expect_exit: Run, args: tuple[str, ...]) -> None:
    done = expect_exit(2, "mutate", "--claims", *args)
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_record_says_what_noticed_each_change_and_knows_its_texts_and_kernels(
    recorded: Any, expect_exit: Run
) -> None:
    assert "There is no proofs/statements.json" in expect_exit(3, "mutate", "--claims", "--check").stderr
    recorded.say(statements=["noticed", "kept", "unnoticed"])
    expect_exit(1, "mutate", "--claims", "--record")
    lines = (recorded.root / "proofs" / "statements.json").read_text().splitlines()
    told = "OVR-03 lets through MUT-00000001, trace lockout, step 44"
    assert f'    ["{told}", ["STM-00000001"]],' in lines
    assert '    ["Proved to say no less.", ["STM-00000002"]]' in lines
    assert '    ["STM-00000003", "ghost.py:3"]' in lines
    assert (
        "is about these texts: 3, 1 noticed, 1 kept, 1 unnoticed"
        in expect_exit(0, "mutate", "--claims", "--check").stdout
    )
    recorded.say(name="other", statements=["noticed"])
    assert "is about other texts or kernels" in expect_exit(1, "mutate", "--claims", "--check").stdout
    recorded.say(name="other", mutants=["killed"])
    expect_exit(0, "mutate", "--record")
    assert "is about other texts" in expect_exit(1, "mutate", "--claims", "--check").stdout
