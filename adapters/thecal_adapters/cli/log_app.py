# SPDX-License-Identifier: Apache-2.0
"""``thecal log``: its subcommands and their options."""

from pathlib import Path
from typing import Annotated

import typer

from thecal_adapters.cli import log as log_command
from thecal_adapters.cli.log_refills import show_refills
from thecal_adapters.cli.options import JsonTo
from thecal_adapters.cli.telling import guarded
from thecal_adapters.exits import Exit

log_app = typer.Typer(help="Check, show or export the journal of a pump.", no_args_is_help=True)
JournalFile = Annotated[Path, typer.Argument(metavar="FILE", help="The journal; its head is FILE.head beside it.")]


@log_app.command("verify")
@guarded
def log_verify(
    file: JournalFile,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The key that has sealed it.")] = None,
    head: Annotated[Path | None, typer.Option(metavar="FILE", help="The head, if it is elsewhere.")] = None,
    is_replayed: Annotated[
        bool, typer.Option("--replay", help="Step every event again and compare the states, too.")
    ] = False,
    json_to: JsonTo = None,
) -> Exit:
    """Check that a journal is as it was written; exit 1 with the first break."""
    return log_command.verify(file, head, key, is_replayed, json_to)


@log_app.command("show")
@guarded
def log_show(
    file: JournalFile,
    first: Annotated[int, typer.Option("--from", metavar="N", min=0, help="Begin with this entry.")] = 0,
    last_count: Annotated[
        int, typer.Option("--last", metavar="N", min=0, help="Only the last N entries; 0 for all.")
    ] = 0,
    is_all: Annotated[bool, typer.Option("--all", help="Seconds and done pulses as well.")] = False,
    json_to: JsonTo = None,
) -> Exit:
    """Tell what a journal says, one line an entry."""
    return log_command.show(file, first, last_count, is_all, json_to)


@log_app.command("refills")
@guarded
def log_refills(file: JournalFile, json_to: JsonTo = None) -> Exit:
    """Hold what came out at refills against what pulses should have moved; exit 1 with a drift."""
    return show_refills(file, json_to)


@log_app.command("export")
@guarded
def log_export(
    file: JournalFile,
    form: Annotated[log_command.Form, typer.Option(help="JSON Lines, CSV, or FHIR MedicationAdministration.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE|-", help="Where to.")] = "-",
) -> Exit:
    """Write a journal in a form that others read."""
    return log_command.export(file, form, output)
