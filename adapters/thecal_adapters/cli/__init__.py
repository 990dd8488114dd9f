# SPDX-License-Identifier: Apache-2.0
"""The command ``thecal``: one module for each subcommand, and nothing in them that another program would need."""

import sys
from typing import NoReturn

from thecal_adapters.exits import Exit
from thecal_adapters.finding import Missing, find_module


def main() -> NoReturn:
    """Run the command line; say which extra is missing if it cannot."""
    try:
        app = find_module("thecal_adapters.cli.app")
    except Missing as missing:
        print(f"thecal: {missing}", file=sys.stderr)
        sys.exit(Exit.UNDECIDED)
    app.run()
    sys.exit(Exit.AS_ASKED)
