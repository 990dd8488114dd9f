# SPDX-License-Identifier: Apache-2.0
"""Which trace or question runs which lines of the kernel: one that never runs a changed statement is left out.

Lines that a claim runs when it is asked of a step count as well, and so does everything that is run on import.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TypeAlias

from thecal_proofs.mutation.judge import Judge
from thecal_proofs.mutation.mutant import Mutant

Lines: TypeAlias = frozenset[tuple[str, int]]
Coverage: TypeAlias = Mapping[str, Lines]


def measure(judge: Judge) -> dict[str, Lines]:
    """The lines that each trace, and each question beside them, runs on a kernel that nothing refutes."""
    found: dict[str, Lines] = {}
    for trace in judge.traces:
        seen: set[tuple[str, int]] = set()
        with _watching(judge.loaded.folders[0], seen):
            kill = judge.find_refuted({trace.name})
        if kill is not None:
            raise ValueError(f"the kernel itself is refuted: {kill}")
        judge.forget()
        found[trace.name] = frozenset(seen)
    for question in judge.beside.questions:
        seen = set()
        with _watching(judge.loaded.folders[0], seen):
            kill = question.find_refuted()
        if kill is not None:
            raise ValueError(f"the kernel itself is refuted: {kill}")
        found[question.name] = frozenset(seen)
    return found


def find_traces(coverage: Coverage, mutant: Mutant) -> frozenset[str] | None:
    """The traces and questions that run a mutant's statement; None, if it is run on import and each may see it."""
    if not mutant.function:
        return None
    lines = {(mutant.module, line) for line in range(mutant.lines[0], mutant.lines[1] + 1)}
    return frozenset(name for name, seen in coverage.items() if seen & lines)


@contextmanager
def _watching(kernel: Path, seen: set[tuple[str, int]]) -> Iterator[None]:
    folder = str(kernel)
    unseen: dict[CodeType, set[int]] = {}  # a function of which every line was seen is watched no more

    def watch_line(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            seen.add((Path(frame.f_code.co_filename).stem, frame.f_lineno))
            unseen[frame.f_code].discard(frame.f_lineno)
        return watch_line

    def watch_call(frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(folder):
            return None
        if code not in unseen:
            unseen[code] = {line for _, _, line in code.co_lines() if line is not None and line != code.co_firstlineno}
        return watch_line if unseen[code] else None

    before = sys.gettrace()
    sys.settrace(watch_call)
    try:
        yield
    finally:
        sys.settrace(before)
