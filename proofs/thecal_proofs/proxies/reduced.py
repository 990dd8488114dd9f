# SPDX-License-Identifier: Apache-2.0
"""Copies of the packages with smaller tables, for functions with too many ways through the large ones."""

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from thecal_proofs.wiring import KERNEL, SPECS

UNITS = "units.py"

# A loop that keeps the last of what it met goes 2**32 ways through a ledger.
REDUCED: Final[Mapping[str, Mapping[str, int]]] = {
    f"{SPECS}.recover.compute_last_end_tick": {"LEDGER_LENGTH": 6},
}


def copy_reduced(folders: Sequence[Path], sizes: Mapping[str, int], into: Path) -> list[Path]:
    """Copy package folders, and give tables of the kernel other lengths."""
    copies = []
    for folder in folders:
        copies.append(into / folder.name)
        shutil.copytree(folder, copies[-1], ignore=shutil.ignore_patterns("__pycache__"))
    units = into / KERNEL / UNITS
    text = units.read_text(encoding="utf-8")
    for name, size in sizes.items():
        text, count = re.subn(rf"^{name} = \d+$", f"{name} = {size}", text, flags=re.MULTILINE)
        if count != 1:
            raise ValueError(f"{name} is not a length that {UNITS} gives once")
    units.write_text(text, encoding="utf-8", newline="\n")
    return copies
