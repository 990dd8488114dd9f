# SPDX-License-Identifier: Apache-2.0
"""``thecal check``: the worst and the best that a prescription can do, before anything is programmed."""

from collections.abc import Mapping
from pathlib import Path

from rich.text import Text

from thecal.limits import Config
from thecal.outcome import Response
from thecal.state import State, initial_state
from thecal_adapters.checking import Check, Side, make_running_state
from thecal_adapters.checking import check as check_order
from thecal_adapters.checking.describing import describe
from thecal_adapters.checking.start import load_state
from thecal_adapters.checking.telling import tell_check
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.exits import Exit
from thecal_adapters.files import expect_room
from thecal_adapters.finding import find_module
from thecal_adapters.library import Kind, find_entry, load_config
from thecal_adapters.prescriptions import Order, find_example, list_examples, load_order
from thecal_adapters.prescriptions.reading import SUFFIX

PICTURES = (".svg", ".png")
# What a pump that was never filled or never had a path says to an order without them.
OF_A_RUNNING_PUMP = (Response.REFUSED_PATH_NOT_DECLARED, Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG)


def check(
    name: str | None, is_list: bool, state: Path | None, current: str | None, json_to: str | None, picture: Path | None
) -> Exit:
    """Check an order, or list the examples."""
    teller = Teller(json_to)
    if is_list:
        for example in list_examples():
            order = find_example(example)
            after = "" if is_whole(order) else f" (with --current {find_before(order)})"
            teller.line(f"{example}: {order.title}{after}")
        return Exit.AS_ASKED
    if name is None:
        raise WrongUse("name a prescription: a .prescription.toml file, or one that thecal check --list shows")
    if picture is not None:
        expect_room("--picture", picture, *PICTURES)
    order = find_order(name)
    config = load_config(order.pump, order.drugs)
    with teller.live() as show:
        show(Text("The order is put to the kernel, and lived through. This takes seconds."))
        found = check_from(config, order, state, current)
    statuses, origin = find_statuses(order), tell_origin(state, current)
    for line in tell_check(found, statuses, origin):
        teller.line(line, "bold red" if line.startswith("REFUSED") else "")
    if state is None and current is None and (hint := find_hint(found)):
        teller.line(hint)
    teller.json(describe(found, statuses, origin))
    if picture is not None:
        find_module("thecal_adapters.checking.picture").draw(found, picture)
    return find_exit(found)


def find_order(name: str) -> Order:
    """The order of a file, or of an example by its name."""
    if Path(name).is_file():
        return load_order(Path(name))
    if name in list_examples():
        return find_example(name)
    if name.endswith(SUFFIX):
        wrong = "is a folder" if Path(name).is_dir() else "there is no such file"
        raise WrongUse(f"{name}: {wrong}; name a {SUFFIX} file, or an example that thecal check --list shows")
    raise WrongUse(f"{name} is neither a {SUFFIX} file nor an example; thecal check --list shows the examples")


def check_from(config: Config, order: Order, state: Path | None, current: str | None) -> Check:
    """Check from a fresh pump, from a stored state, or from a pump on which the current order has been running."""
    if current is None:
        return check_order(config, initial_state(config) if state is None else load_state(config, state), order)
    running = find_order(current)
    if (running.pump, tuple(running.drugs)) != (order.pump, tuple(order.drugs)):
        raise WrongUse(f"--current: {current} is for another pump, or for other drugs, than {order.title}")
    start: State = make_running_state(config, running) if state is None else load_state(config, state)
    fluid = start.reservoir.fluid.hi if running.filling is None else running.filling.concentrations_fg_per_nl
    return check_order(config, start, order, Side(running.prescription, fluid))


def tell_origin(state: Path | None, current: str | None) -> str:
    """Where a check begins, in words."""
    if state is not None:
        return f"the state in {state.name}"
    return "a pump as it leaves the box" if current is None else f"a pump on which {current} has run for nine days"


def find_hint(found: Check) -> str:
    """Where an order is meant to begin that a fresh pump refuses, because it brings no fluid or no path of its own."""
    if is_whole(found.order) or found.refusal is None or found.refusal.response not in OF_A_RUNNING_PUMP:
        return ""
    before = find_before(found.order)
    sample = f", such as --current {before}" if before else ""
    return (
        "This order is for a pump that runs: a fresh one holds no fluid, and the order does not bring all. Begin from "
        f"--state FILE, or from --current PRESCRIPTION{sample}."
    )


def find_before(order: Order) -> str:
    """The example that a pump can have run before an order: whole in itself, and of the same pump and drugs."""
    pairs = ((name, find_example(name)) for name in list_examples())
    fitting = (
        name
        for name, example in pairs
        if is_whole(example) and (example.pump, tuple(example.drugs)) == (order.pump, tuple(order.drugs))
    )
    return next(fitting, "")


def is_whole(order: Order) -> bool:
    """Whether an order brings its own fluid and its own path, so that a fresh pump can take it."""
    return order.filling is not None and order.tubing is not None


def find_statuses(order: Order) -> Mapping[str, str]:
    """Whether pump and drugs are examples, by name."""
    drugs = {name: find_entry(Kind.DRUG, name).status for name in order.drugs}
    return {order.pump: find_entry(Kind.PUMP, order.pump).status, **drugs}


def find_exit(found: Check) -> Exit:
    """A refusal is a finding; a bound that was not proved leaves the question open."""
    if not found.is_good or not found.delivery.is_possible:
        return Exit.FINDING
    return Exit.AS_ASKED if found.is_decided else Exit.UNDECIDED
