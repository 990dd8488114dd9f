# SPDX-License-Identifier: Apache-2.0
"""What all tests share: tools that may be missing, and one way to run Hypothesis."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings


def is_ci() -> bool:
    return os.environ.get("THECAL_CI") == "1"


# No deadline: a busy machine is not a bug. The same examples each time where a verdict counts.
settings.register_profile("thecal", deadline=None, derandomize=is_ci())
settings.load_profile("thecal")


@pytest.fixture(scope="session")
def require_tool() -> Callable[[str, str], str]:
    """Give `require_tool(name, how_to_install)`, which returns the path of a program.

    A missing program skips the test on a developer's machine and fails it in CI, so that no check
    is ever lost in silence.
    """

    def require(name: str, how_to_install: str) -> str:
        beside_python = str(Path(sys.executable).parent)
        found = shutil.which(name, path=os.pathsep.join([beside_python, os.environ["PATH"]]))
        if found is not None:
            return found
        reason = f"{name} is missing: {how_to_install}"
        if is_ci():
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)

    return require
