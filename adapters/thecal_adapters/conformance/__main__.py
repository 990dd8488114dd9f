# SPDX-License-Identifier: Apache-2.0
"""The command: python -m thecal_adapters.conformance MODULE:FUNCTION"""

import sys
from collections.abc import Sequence
from importlib import import_module

from thecal_adapters.conformance.check import Verdict, check
from thecal_adapters.exits import Exit


def main(words: Sequence[str]) -> Exit:
    """Check the bench that a module makes, and tell a line for each rule."""
    module, _, name = words[0].partition(":") if len(words) == 1 else ("", "", "")
    if not name:
        print("usage: python -m thecal_adapters.conformance MODULE:FUNCTION", file=sys.stderr)
        return Exit.WRONG_USE
    try:
        bench = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        print(f"thecal: {words[0]}: {error}; name a module that can be imported, and a function in it", file=sys.stderr)
        return Exit.WRONG_USE
    findings = check(bench)
    for each in findings:
        print(f"{each.verdict.value:9}  {each.assumption}  {each.rule}: {each.seen}")
    verdicts = {each.verdict for each in findings}
    if Verdict.BROKEN in verdicts:
        return Exit.FINDING
    return Exit.UNDECIDED if Verdict.NOT_SHOWN in verdicts else Exit.AS_ASKED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
