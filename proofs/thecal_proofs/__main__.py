# SPDX-License-Identifier: Apache-2.0
"""`python -m thecal_proofs [ID ...] [--source DIR]`: a plain grid, until the command line proper calls `prove`."""

import argparse
import sys
from pathlib import Path

from thecal_proofs.hints import read_cores, write_cores
from thecal_proofs.prove import UnknownId, prove
from thecal_proofs.report import Report
from thecal_proofs.scripts import read_scripts, write_scripts
from thecal_proofs.solve import DEFAULT_BUDGET
from thecal_proofs.verdicts import Result

WRITTEN_TOGETHER = 50  # scripts
ROOT = Path(__file__).resolve().parents[2]
MARKS = {"proved": "+", "refuted": "X", "vacuous": "0", "unknown": "?", "unsupported": "!", "unstated": "-"}


def main() -> int:
    """Prove what is named, print the grid and what failed; exit 0 only if everything is proved."""
    parser = argparse.ArgumentParser(prog="thecal_proofs")
    parser.add_argument("ids", nargs="*", metavar="ID")
    parser.add_argument("--kernel", "--source", type=Path, default=ROOT / "kernel" / "thecal")
    parser.add_argument("--specs", type=Path, default=ROOT / "specs" / "thecal_specs")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--budget", type=int, default=DEFAULT_BUDGET)
    parser.add_argument("--search", type=int, default=0, metavar="N", help="look N steps for each refutation")
    parser.add_argument("--tests", action="store_true", help="print counterexamples as pytest files")
    parser.add_argument("--slow", type=int, default=0, metavar="N", help="list the N slowest obligations")
    parser.add_argument("--learn", action="store_true", help="remember what each proof asked, to ask nothing else")
    options = parser.parse_args()
    try:
        report = prove(
            options.ids or None,
            kernel=options.kernel,
            specs=options.specs,
            jobs=options.jobs,
            budget=options.budget,
            search=options.search,
            is_learning=options.learn,
            progress=Keeper(options.learn),
        )
    except UnknownId as error:
        print(error, file=sys.stderr)
        return 2
    _print(report, options.tests, options.slow)
    if options.learn:
        write_cores(read_cores() | find_cores(report))
    return 0 if report.is_success else 1


def find_cores(report: Report) -> dict[str, tuple[str, ...]]:
    """What each proof needed that took more than one question."""
    known = {name for name in report.fundamental if "." not in name}  # contracts are taken in as they are met
    asked = (result for result in report.results if result.verdict == "proved" and result.queries > 1)
    return {result.id: tuple(name for name in result.rests_on if name in known) for result in asked}


class Keeper:
    """Shows how it goes, and writes what is learnt as it comes: whoever ends a long run keeps what it found."""

    def __init__(self, is_learning: bool) -> None:
        self._is_learning = is_learning
        self._is_shown = sys.stderr.isatty()
        self._scripts = read_scripts()
        self._kept = 0

    def __call__(self, result: Result, done: int, total: int) -> None:
        """Take note of one result."""
        if self._is_shown:
            print(f"\r{done}/{total} {result.id:60.60}", end="", file=sys.stderr)
        if not self._is_learning:
            return
        if result.script:
            self._scripts[result.id] = result.script
            self._kept += 1
        if self._kept and (self._kept >= WRITTEN_TOGETHER or done == total):
            write_scripts(self._scripts)
            self._kept = 0


def _print(report: Report, tests: bool, slow: int) -> None:
    print("  ".join(f"{mark} {verdict}" for verdict, mark in MARKS.items()))
    table = {row.id: report.cells(row) for row in report.asked_rows()} | report.support()
    for name, cells in table.items():
        if cells:
            print("".join(MARKS[cells[e]] for e in cells), name)
    for result in report.failures():
        print(f"\n{result.verdict}: {result.id}")
        for line in (*result.detail.splitlines(), *result.leaves):
            print(f"  {line}")
        if tests and result.counterexample:
            print(result.counterexample)
    for result in sorted(report.results, key=lambda r: -r.seconds)[:slow]:
        print(f"{result.seconds:8.2f} s {result.rlimit:>12} {result.queries:>4} {result.verdict:8} {result.id}")
    proved = sum(result.verdict == "proved" for result in report.results)
    print(f"\n{proved} of {len(report.results)} obligations proved in {report.seconds:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
