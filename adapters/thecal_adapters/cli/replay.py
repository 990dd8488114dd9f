# SPDX-License-Identifier: Apache-2.0
"""``thecal replay``: what a scenario does to a pump, told for a reader and as JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from thecal_adapters.cli.telling import Teller, WrongUse, tell_count
from thecal_adapters.codec import Refused
from thecal_adapters.exits import Exit
from thecal_adapters.files import read_text
from thecal_adapters.simulation.replay import Replay
from thecal_adapters.simulation.replay import replay as run
from thecal_adapters.simulation.scenario import Scenario, list_shipped, read_scenario, read_shipped

ANSWERS_SHOWN = 40
BARS = " ▁▂▃▄▅▆▇█"


def replay(name: str | None, is_list: bool, json_to: str | None, is_monitored: bool, is_every_second: bool) -> Exit:
    """Run a scenario, or list those that are shipped."""
    teller = Teller(json_to)
    if is_list:
        for shipped in list_shipped():
            teller.line(f"{shipped}: {read_scenario(read_shipped(shipped)).title}")
        return Exit.AS_ASKED
    if name is None:
        raise WrongUse("name a scenario: a JSON file, or one of those that thecal replay --list shows")
    text = find_text(name)
    try:
        scenario = read_scenario(text)
    except Refused as refused:
        raise WrongUse(f"{name}: {refused}") from None
    found = run(scenario, is_every_second=is_every_second, is_monitored=is_monitored)
    tell(teller, scenario, found, is_monitored)
    teller.json(describe(found))
    return Exit.FINDING if found.mismatches or found.violations else Exit.AS_ASKED


def find_text(name: str) -> str:
    """The text of a scenario, from a file or shipped."""
    file = Path(name)
    if file.is_file():
        return read_text(file)
    if name in list_shipped():
        return read_shipped(name)
    raise WrongUse(f"{name} is no file and no shipped scenario; thecal replay --list shows those")


def describe(found: Replay) -> dict[str, Any]:
    """A replay as JSON: what happened, and what is to be said against it."""
    violations = [{"at_s": each.at_s, "id": each.id, "event": each.event} for each in found.violations]
    return {**found.outcome, "mismatches": found.mismatches, "violations": violations}


def tell(teller: Teller, scenario: Scenario, found: Replay, is_monitored: bool) -> None:
    """Tell a replay from the top to what does not fit."""
    outcome = found.outcome
    teller.line(scenario.title, "bold")
    teller.line(scenario.story)
    teller.line(f"Source: {scenario.source}")
    for name, status in outcome["statuses"].items():
        teller.line(f"{name}: {status}")
    tell_answers(teller, outcome["responses"])
    for edge in outcome["alarms"]:
        teller.line(f"{tell_time(edge['at_s'])}  alarm {edge['alarm']} {edge['edge']}")
    tell_pulses(teller, outcome["pulses"])
    for name, drug in outcome["drug"].items():
        tell_drug(teller, name, drug)
    tell_end(teller, outcome["end"])
    tell_verdict(teller, found, is_monitored)


def tell_answers(teller: Teller, answers: Sequence[Mapping[str, Any]]) -> None:
    """Tell each answer of the kernel, the first ones if there are many."""
    for answer in answers[:ANSWERS_SHOWN]:
        numbers = {name: value for name, value in answer.items() if name not in ("at_s", "event", "response")}
        told = f" {numbers}" if numbers else ""
        teller.line(f"{tell_time(answer['at_s'])}  {answer['event']}: {answer['response']}{told}")
    if len(answers) > ANSWERS_SHOWN:
        more = tell_count(len(answers) - ANSWERS_SHOWN, "more answer", "more answers")
        teller.line(f"... and {more}: --json tells them all")


def tell_time(at_s: int) -> str:
    """A time as days and a clock."""
    return f"day {at_s // 86_400} {at_s // 3_600 % 24:02}:{at_s // 60 % 60:02}:{at_s % 60:02}"


def tell_pulses(teller: Teller, pulses: Mapping[str, Any]) -> None:
    """Tell how many pulses there were, with a bar for each of the first hours on a terminal."""
    by_hour: Sequence[int] = pulses["by_hour"]
    teller.line(f"Pulses: {pulses['basal']} for basal, {pulses['bolus']} for boluses.")
    if not by_hour:
        return
    teller.line(f"Pulses in an hour: {min(by_hour)} at least, {max(by_hour)} at most.")
    if teller.is_live and max(by_hour):
        most = max(by_hour)
        teller.line("".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in by_hour[: teller.console.width]))


def tell_drug(teller: Teller, name: str, drug: Mapping[str, Mapping[str, int] | None]) -> None:
    """Tell what was given of a drug."""
    for key, amount in drug.items():
        label = f"{name}, {key.replace('_', ' ')}"
        if amount is None:
            teller.line(f"{label}: no such window in this run")
        else:
            lower, upper, given = (tell_mcg(amount[key]) for key in ("lower_fg", "upper_fg", "given_fg"))
            span = f"{tell_time(amount['from_s'])} to {tell_time(amount['to_s'])}"
            teller.line(f"{label}: {lower} to {upper} mcg, in truth {given} ({span})")


def tell_mcg(fg: int) -> str:
    """A mass in micrograms, rounded down to a thousandth."""
    return f"{fg // 10**9:,}.{fg % 10**9 // 10**6:03}"


def tell_end(teller: Teller, end: Mapping[str, Any]) -> None:
    """Tell where everything stands."""
    reservoir, path = end["reservoir"], end["path"]
    teller.line(
        f"At the end: {end['mode']}; reservoir {reservoir['volume_lo_nl']:,} to {reservoir['volume_hi_nl']:,} nL;"
        f" old fluid up to {path['front_lo_nl']:,} to {path['front_hi_nl']:,} nL from the tip."
    )


def tell_verdict(teller: Teller, found: Replay, is_monitored: bool) -> None:
    """Tell what does not fit, or that everything does."""
    for mismatch in found.mismatches:
        teller.line(f"mismatch: {mismatch}", "bold red")
    for violation in found.violations[:ANSWERS_SHOWN]:
        told = f"violation: {violation.id} at {tell_time(violation.at_s)}, {violation.event}"
        teller.line(told, "bold red")
    if is_monitored:
        teller.line(f"Monitored: {tell_count(len(found.violations), 'violation', 'violations')}.")
    if not found.mismatches:
        teller.line("As expected." if found.has_expectation else "Nothing was expected of it.")
