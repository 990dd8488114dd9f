# SPDX-License-Identifier: Apache-2.0
"""`python -m thecal_proofs.proxies [FUNCTION ...] [--json FILE|-]`: is the kernel what the proofs take it for?

Exit status: 0 all are equal, 1 the translations differ, 2 wrong use, 3 for some it could not be decided.
"""

import argparse
import difflib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from thecal_proofs.proxies.compare import BUDGET
from thecal_proofs.proxies.survey import NOT_LIFTED, Judged, Survey, summarize

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare both translations of what is named, and of all that it calls."""
    parser = argparse.ArgumentParser(prog="python -m thecal_proofs.proxies", description=main.__doc__)
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help="a function, dotted or not; else all")
    parser.add_argument("--source", type=Path, default=ROOT / "kernel" / "thecal", help="the kernel's package")
    parser.add_argument("--specs", type=Path, default=ROOT / "specs" / "thecal_specs", help="the specification's")
    parser.add_argument("--budget", type=int, default=BUDGET, help="the solver's steps for one way")
    parser.add_argument("--json", metavar="FILE|-", help="write what was found as JSON")
    options = parser.parse_args(arguments)
    for folder in (options.source, options.specs):
        if not (folder / "__init__.py").is_file():
            print(f"{folder} is no package folder. Name the folder that holds its __init__.py.", file=sys.stderr)
            return 2
    survey = Survey((options.source, options.specs), options.budget)
    names = _find_names(survey, options.functions)
    if names is None:
        return 2
    shown = _progress if sys.stderr.isatty() else None
    judged = survey.run(names, shown)
    if shown is not None:
        print("\r\x1b[K", end="", file=sys.stderr)
    if options.json is not None:
        text = json.dumps(survey.render(judged), indent=1) + "\n"
        if options.json == "-":
            print(text, end="")
        else:
            Path(options.json).write_text(text, encoding="utf-8", newline="\n")
    if options.json != "-":
        _print(judged)
    return find_status(judged)


def find_status(judged: Sequence[Judged]) -> int:
    """The exit status: a difference before what is undecided."""
    verdicts = {each.verdict for each in judged}
    if "different" in verdicts:
        return 1
    return 0 if verdicts <= {"equal", "reduced"} else 3


def _find_names(survey: Survey, asked: Sequence[str]) -> list[str] | None:
    names: list[str] = []
    for name in asked:
        found = survey.find(name)
        if not found:
            close = difflib.get_close_matches(name, [q.rpartition(".")[2] for q in survey.functions], 3)
            hint = f" Did you mean {' or '.join(close)}?" if close else " Name one as thecal.step.step."
            print(f"No function that is proved with is called {name}.{hint}", file=sys.stderr)
            return None
        names += found
    return names


def _print(judged: Sequence[Judged]) -> None:
    for each in judged:
        found = each.comparison
        sizes = "".join(f", {name} {size}" for name, size in each.sizes.items())
        sizes += "".join(f", on {name} at smaller tables" for name in each.smaller)
        print(f"{each.verdict:12} {found.function} ({_count(found.ways)}{sizes})")
        if found.detail:
            print(f"{'':12} {found.detail}")
        if each.lacks and found.verdict == "equal":
            print(f"{'':12} it calls what is not known to be equal: {', '.join(each.lacks)}")
    for name, reason in NOT_LIFTED.items():
        print(f"{'not lifted':12} {name}: {reason}")
    counts = summarize(judged)
    told = [
        f"{counts[verdict]} {verdict.replace('_', ' ')}" for verdict in counts if verdict not in ("functions", "ways")
    ]
    print(f"{counts['functions']} functions: {', '.join(told)}; calls were taken for unknown functions")


def _count(ways: int) -> str:
    return "1 way" if ways == 1 else f"{ways} ways"


def _progress(judged: Judged, done: int) -> None:
    print(f"\r\x1b[K{done} {judged.comparison.function[:70]}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
