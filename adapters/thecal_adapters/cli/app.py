# SPDX-License-Identifier: Apache-2.0
"""The subcommands and their options."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import thecal
from thecal_adapters.cli import bench as bench_command
from thecal_adapters.cli import check as check_command
from thecal_adapters.cli import explain as explain_command
from thecal_adapters.cli import export as export_command
from thecal_adapters.cli import mutate as mutate_command
from thecal_adapters.cli import prove as prove_command
from thecal_adapters.cli import pump as pump_command
from thecal_adapters.cli import replay as replay_command
from thecal_adapters.cli import report as report_command
from thecal_adapters.cli import simulate as simulate_command
from thecal_adapters.cli import statements as statements_command
from thecal_adapters.cli import translate as translate_command
from thecal_adapters.cli.log_app import log_app
from thecal_adapters.cli.options import JsonTo
from thecal_adapters.cli.telling import guarded
from thecal_adapters.exits import Exit
from thecal_adapters.finding import find_module

app = typer.Typer(
    name="thecal",
    help="A verified safety kernel for intrathecal drug pumps. Research software, not for therapy.",
    epilog="Exit status: 0 as asked, 1 a finding, 2 wrong use, 3 could not decide.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SEEDS = (1, 2, 3)  # of the words in which a question is asked again


class Solver(StrEnum):
    """Whose word counts in a proof."""

    z3 = "z3"
    cvc5 = "cvc5"
    both = "both"
    coq = "coq"
    all = "all"


Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes that prove at once.")]


app.add_typer(log_app, name="log")


def run() -> None:
    """Run the command line."""
    app(prog_name="thecal")


def _show_version(is_asked: bool) -> None:
    if is_asked:
        print(f"thecal {thecal.__version__}")
        raise typer.Exit(int(Exit.AS_ASKED))


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take what is common to all subcommands."""


@app.command()
@guarded
def prove(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Such as OVR-03, or OVR for the group.")] = None,
    is_list: Annotated[bool, typer.Option("--list", help="List the properties instead.")] = False,
    jobs: Jobs = 2,
    json_to: JsonTo = None,
    export: Annotated[Path | None, typer.Option(metavar="DIR", help="Write each question as an SMT-LIB file.")] = None,
    exported: Annotated[
        Path | None,
        typer.Option("--check-export", metavar="DIR", help="Prove nothing; say whether DIR is what --export wrote."),
    ] = None,
    source: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Prove a changed copy of the folder kernel/thecal.")
    ] = None,
    solver: Annotated[
        Solver,
        typer.Option(
            help="Whose word counts. Z3 finds every proof; with both, cvc5 is asked again all that a proof rests on, "
            "with all Coq's kernel too, and with cvc5 or coq only what that one confirms is proved."
        ),
    ] = Solver.z3,
    is_stability_asked: Annotated[
        bool, typer.Option("--stability", help="Ask Z3 again in other words: other order, names and seeds.")
    ] = False,
    is_weighed: Annotated[
        bool,
        typer.Option("--lines", help="Find the lines of the kernel that each proof uses."),
    ] = False,
    is_recorded: Annotated[
        bool, typer.Option("--record", help="Keep it: what others say in proofs/opinions.json, lines in lines.json.")
    ] = False,
    is_compared: Annotated[
        bool, typer.Option("--check", help="With --lines: exit 1 if others are on record, or of another text.")
    ] = False,
) -> Exit:
    """Prove properties of the kernel's source text, event by event."""
    if exported is not None:
        return export_command.check_export(exported, source, json_to)
    opinions = prove_command.Opinions(solver.value, SEEDS if is_stability_asked else (), is_weighed)
    return prove_command.prove(ids or [], is_list, jobs, json_to, export, source, opinions, is_recorded, is_compared)


@app.command()
@guarded
def replay(
    scenario: Annotated[
        str | None, typer.Argument(metavar="SCENARIO", help="A JSON file, or the name of a shipped scenario.")
    ] = None,
    is_list: Annotated[bool, typer.Option("--list", help="List the shipped scenarios instead.")] = False,
    json_to: JsonTo = None,
    is_monitored: Annotated[
        bool, typer.Option("--monitor", help="Ask every stated property of every step as well.")
    ] = False,
    is_every_second: Annotated[
        bool, typer.Option("--every-second", help="Step through quiet stretches second by second.")
    ] = False,
) -> Exit:
    """Run a scenario through the kernel and tell what was given."""
    return replay_command.replay(scenario, is_list, json_to, is_monitored, is_every_second)


@app.command()
@guarded
def check(
    prescription: Annotated[
        str | None,
        typer.Argument(metavar="PRESCRIPTION", help="A .prescription.toml file, or the name of an example."),
    ] = None,
    is_list: Annotated[bool, typer.Option("--list", help="List the examples instead.")] = False,
    state: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Begin from a journal, or a state as JSON, not a fresh pump.")
    ] = None,
    current: Annotated[
        str | None,
        typer.Option(metavar="PRESCRIPTION", help="Tell what changes against this one, as if it had been running."),
    ] = None,
    json_to: JsonTo = None,
    picture: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw one page, as .svg or .png.")] = None,
) -> Exit:
    """Tell the worst and the best that a prescription can do, before anything is programmed."""
    return check_command.check(prescription, is_list, state, current, json_to, picture)


@app.command()
@guarded
def explain(
    what: Annotated[str, typer.Argument(metavar="ID|FILE:LINE", help="Such as OVR-03, or ledger.py:76 of the kernel.")],
    json_to: JsonTo = None,
) -> Exit:
    """Tell what a property says, what it does not, why it is there and what keeps it; or what uses a line."""
    return explain_command.explain(what, json_to)


@app.command()
@guarded
def report(
    is_check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if a file is out of date.")] = False,
    given: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Of this run: what thecal prove --json wrote of these texts."),
    ] = None,
    jobs: Jobs = 2,
) -> Exit:
    """Write REPORT.md and verdicts.json in proofs, and the table in README.md, from verdicts and records."""
    return report_command.report(is_check, given, jobs)


@app.command()
@guarded
def mutate(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="FILE", help="Break this file alone."),
    ] = None,
    jobs: Jobs = 2,
    json_to: JsonTo = None,
    is_of_claims: Annotated[
        bool,
        typer.Option("--claims", help="Break the statements instead, and name the fixture that notices."),
    ] = False,
    is_check: Annotated[
        bool, typer.Option("--check", help="Judge nothing; exit 1 if what is on record is out of date.")
    ] = False,
    is_recorded: Annotated[
        bool, typer.Option("--record", help="Write proofs/mutants.json, or proofs/statements.json.")
    ] = False,
) -> Exit:
    """Break the kernel, one place at a time, and name the claim that notices."""
    command = statements_command.mutate_claims if is_of_claims else mutate_command.mutate
    return command(only or [], jobs, json_to, is_check, is_recorded)


@app.command()
@guarded
def translate(
    functions: Annotated[
        list[str] | None, typer.Argument(metavar="[FUNCTION]...", help="Such as thecal.step.step or is_locked_out.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Compare a changed copy of the folder kernel/thecal.")
    ] = None,
    json_to: JsonTo = None,
) -> Exit:
    """Hold what is proved against what CPython runs: two translations of each function, and all that it calls."""
    return translate_command.translate(functions or [], source, json_to)


@app.command()
@guarded
def bench(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="What to prove when the kernel's tables grow.")
    ] = None,
    jobs: Jobs = 2,
    json_to: JsonTo = None,
) -> Exit:
    """Measure proofs and steps."""
    return bench_command.bench(ids or [], jobs, json_to)


@app.command()
@guarded
def pump(
    port: Annotated[
        str | None, typer.Option(metavar="PORT", help="Such as /dev/ttyUSB0 or COM3; else a new pseudo-terminal.")
    ] = None,
    baud: Annotated[int, typer.Option(min=9_600, metavar="N", help="Bits a second.")] = 115_200,
    keys: Annotated[
        Path, typer.Option(metavar="FILE", help="Keys of the roles; made if the file is not there.")
    ] = Path("pump-keys.toml"),
    model: Annotated[str, typer.Option("--pump", metavar="NAME", help="A pump of the library.")] = "peristaltic-40",
    drug: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A drug of the library, once for each; morphine.")
    ] = None,
    journal: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the state here; its key is made beside it.")
    ] = None,
    json_to: JsonTo = None,
) -> Exit:
    """Be a pump at the end of a serial line, until told to end."""
    asked = pump_command.Asked(port, baud, keys, model, drug or ["morphine"], journal, json_to)
    return pump_command.pump(asked)


@app.command()
@guarded
def programmer(
    model: Annotated[str, typer.Option("--pump", metavar="NAME", help="A pump of the library.")] = "peristaltic-40",
    drug: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A drug, once for each; the first drives the rate; morphine."),
    ] = None,
    speed: Annotated[
        int, typer.Option(min=1, max=3_600, metavar="N", help="Demonstration: virtual seconds in a real one.")
    ] = 1,
    listen: Annotated[
        int, typer.Option(min=0, max=65_535, metavar="PORT", help="Port on 127.0.0.1; 0 for any.")
    ] = 8_765,
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="Accounts, record, and the simulated pump's journal.")
    ] = Path("build/programmer"),
    idle: Annotated[
        int, typer.Option(min=1, max=60, metavar="MIN", help="Minutes without a request that end a sign-in.")
    ] = 10,
    longest: Annotated[
        int, typer.Option(min=1, max=24, metavar="H", help="Hours that end a sign-in, whatever is done.")
    ] = 12,
    port: Annotated[
        str | None, typer.Option(metavar="PORT", help="A pump at the end of a serial line; else a simulated one.")
    ] = None,
    keys: Annotated[Path | None, typer.Option(metavar="FILE", help="The keys of that pump; pump-keys.toml.")] = None,
    is_handset: Annotated[
        bool, typer.Option("--handset", help="Use the patient's key on the line, not the clinician's.")
    ] = False,
) -> Exit:
    """Serve the page on which a pump is programmed, to this machine alone."""
    command = find_module("thecal_adapters.cli.programmer")
    asked = command.Asked(model, drug or ["morphine"], folder, listen, speed, idle, longest, port, keys, is_handset)
    return Exit(command.programmer(asked))


@app.command()
@guarded
def simulate(
    seed: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="The same lives again; a fresh one if none.")
    ] = None,
    days: Annotated[int, typer.Option(metavar="D", min=1, help="Pump-days in all.")] = 10,
    faults: Annotated[str, typer.Option(metavar="KIND,...|all", help="Kinds of faults; '' for none.")] = "all",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes that live at once.")] = 1,
    json_to: JsonTo = None,
    picture: Annotated[Path | None, typer.Option(metavar="FILE.svg|.png", help="Draw the first life.")] = None,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where a failing life, made short, is written.")
    ] = None,
) -> Exit:
    """Let simulated pumps live with people and faults, and hold what they gave against every claim."""
    return simulate_command.simulate(seed, days, faults, jobs, json_to, picture, scenario)
