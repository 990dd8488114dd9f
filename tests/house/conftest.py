# SPDX-License-Identifier: Apache-2.0
"""The tree as a commit would take it: every file that git tracks or would track."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def files(root: Path, require_tool: Callable[[str, str], str]) -> Mapping[str, bytes]:
    """Content of every file by its path from the root, always with forward slashes."""
    git = require_tool("git", "apt-get install git")
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout.decode()
    present = (name for name in listed.split("\0") if (root / name).is_file())
    return {name: (root / name).read_bytes() for name in present}


@pytest.fixture(scope="session")
def texts(files: Mapping[str, bytes]) -> Mapping[str, str]:
    """The same, of files that are text."""
    return {name: data.decode() for name, data in files.items() if b"\0" not in data}
