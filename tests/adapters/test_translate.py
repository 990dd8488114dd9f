# SPDX-License-Identifier: Apache-2.0
"""The command that holds the translation against what runs: how it ends and what it tells."""

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
        (["equal", "reduced"], 0),
        (["equal", "different", "unknown"], 1),
        (["unknown"], 3),
        (["out of reach"], 3),
        (["unfounded"], 3),
    ],
)
def test_each_end_has_its_status(repository: Any, expect_exit: Run, verdicts: list[str], status: int) -> None:
    repository.say(translated=verdicts)
    done = expect_exit(status, "translate")
    for place, verdict in enumerate(verdicts):
        assert f"{verdict:12} thecal.step.f{place} (2 ways)\n" in done.stdout
    assert f"{len(verdicts)} function" in done.stdout.splitlines()[-1]
    assert "\x1b" not in done.stdout


def test_what_differs_is_told_with_its_detail_and_what_rests_on_it(repository: Any, expect_exit: Run) -> None:
    repository.say(translated=["different", "unfounded"])
    done = expect_exit(1, "translate", "f0")
    assert "             because\n" in done.stdout
    assert "             it calls what is not known to be equal: thecal.step.f0\n" in done.stdout


def test_a_survey_is_written_as_its_form_says(repository: Any, expect_exit: Run) -> None:
    repository.say(translated=["equal", "unknown"])
    done = expect_exit(3, "translate", "thecal.step.f1", "--json", "-")
    survey = json.loads(done.stdout)
    schemas.check("translation", survey)
    assert survey["summary"]["unknown"] == 1
    assert "1 unknown" in done.stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("f00",), "did you mean f0"),
        (("nothing.like.it",), "name one as thecal.step.step"),
        (("--source", "nowhere"), "is no copy of the folder kernel/thecal"),
    ],
)
def test_wrong_use_is_told_with_what_to_do(expect_exit: Run, args: tuple[str, ...], told: str) -> None:
    done = expect_exit(2, "translate", *args)
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_source_that_cannot_be_read_decides_nothing(repository: Any, expect_exit: Run) -> None:
    repository.say(refuses=True)
    assert "the source could not be read: step.py:1:1: no" in expect_exit(3, "translate").stderr
