# SPDX-License-Identifier: Apache-2.0
"""Judges what the files of a killed runner say: what moved, what was authorised, what is lacking."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from thecal_adapters.journal.tables import fetch_entries, open_for_reading
from thecal_adapters.kills.life import PERIOD_S, read_pump


@dataclass
class Judge:
    """Reads on where it stopped. ``basal`` are the pulses of the program that moved."""

    folder: Path
    authorised: dict[int, bool] = field(default_factory=dict)  # by number: whether it is basal
    violations: list[str] = field(default_factory=list)
    basal: int = 0
    last_number: int = 0

    def look(self, kill: int) -> None:
        """Look at the files after a kill: whatever moved was authorised by a durable entry, and once."""
        self._read_journal()
        _, moved = read_pump(self.folder / "pump")
        counts = Counter(moved)
        for sequence, times in counts.items():
            if times > 1:
                self._violate(f"kill {kill}: pulse {sequence} moved {times} times")
            if sequence not in self.authorised:
                self._violate(f"kill {kill}: pulse {sequence} moved and the journal does not know of it")
        self.basal = sum(self.authorised.get(sequence, False) for sequence in counts)
        aside = sorted(path.name for path in self.folder.glob("*.damaged*"))
        if aside:
            self._violate(f"kill {kill}: a kill has damaged the journal: {aside}")

    def compute_lacking(self, up_ms: int) -> float:
        """Basal pulses that fell due while something ran and never moved."""
        return up_ms / (PERIOD_S * 1_000) - self.basal

    def _violate(self, text: str) -> None:
        if text.partition(": ")[2] not in [each.partition(": ")[2] for each in self.violations]:
            self.violations.append(text)

    def _read_journal(self) -> None:
        path = self.folder / "journal"
        if not path.exists():
            return
        with closing(open_for_reading(path)) as tables:
            for entry, _, _ in fetch_entries(tables, self.last_number + 1):
                self.last_number = entry.number
                pulse = json.loads(entry.pulse)
                if pulse is not None:
                    self._authorise(int(pulse["sequence"]), bool(pulse["is_basal"]))

    def _authorise(self, sequence: int, is_basal: bool) -> None:
        if sequence in self.authorised:
            self._violate(f"entry {self.last_number}: pulse {sequence} was ordered twice")
        self.authorised[sequence] = is_basal


def count_events(folder: Path) -> Iterator[tuple[str, int]]:
    """How often each kind of event stands in the journal."""
    with closing(open_for_reading(folder / "journal")) as tables:
        yield from Counter(entry.kind for entry, _, _ in fetch_entries(tables)).items()
