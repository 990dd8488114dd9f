# SPDX-License-Identifier: Apache-2.0
"""The margins of a campaign as a table: how near a life with each fault came to each bound of the plant's own book.

``python -m thecal_adapters.simulation.margins FILE`` writes the table of what ``thecal simulate --json FILE`` told.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thecal_adapters.simulation.faults import ROWS, Standing

NOT_SEEN = "-"
HELD = tuple(row for row in ROWS if row.standing is not Standing.OUT_OF_REACH)


def make_margin_table(result: Mapping[str, Any]) -> str:
    """Permille of each bound by fault and property, how often it was brought about, and how often it was found."""
    margins, by_fault = result["margins"], result["by_fault"]
    lines = [f"| fault | times | found | {' | '.join(margins)} |", "|---" * (3 + len(margins)) + "|"]
    for row in HELD:
        if row.name in by_fault:
            told = by_fault[row.name]
            found = NOT_SEEN if told["found"] is None else f"{told['found']:,}"
            seen = [str(worst.get(row.name, NOT_SEEN)) for worst in margins.values()]
            lines.append(f"| `{row.name}` | {told['count']:,} | {found} | {' | '.join(seen)} |")
    most = [str(worst["any"]) for worst in margins.values()]
    lines.append(f"| any | | | {' | '.join(most)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(make_margin_table(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
