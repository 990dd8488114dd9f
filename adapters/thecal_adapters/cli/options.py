# SPDX-License-Identifier: Apache-2.0
"""Options that several subcommands have."""

from typing import Annotated

import typer

JsonTo = Annotated[
    str | None, typer.Option("--json", metavar="FILE|-", help="Write the result as JSON; - is the standard output.")
]
