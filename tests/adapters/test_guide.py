# SPDX-License-Identifier: Apache-2.0
"""What the integrator's guide shows runs as it says, and what it lists is complete."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from thecal.session import Misuse
from thecal_adapters.exits import Exit

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "adapters" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "adapters/README.md"])
def test_the_hour_in_fifteen_lines_gives_what_it_says(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```\n\n    (.*?)\n", text, re.DOTALL)
    assert found is not None
    code, said = found.groups()
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == f"{said}\n"
    body = code.partition("\n\nconfig")[2]
    assert len(body.splitlines()) <= 16


def test_every_misuse_is_explained() -> None:
    assert {name for name in Misuse.__members__ if f"`{name}`" not in GUIDE} == set()


def test_every_exit_status_is_explained() -> None:
    table = GUIDE.partition("| exit status |")[2].partition("\n\n")[0]
    assert [int(number) for number in re.findall(r"^\| (\d) \|", table, re.MULTILINE)] == list(Exit)
