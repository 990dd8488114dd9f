# SPDX-License-Identifier: Apache-2.0
"""Tells what happened in a run as JSON: answers, alarms, doses, windows, and where the fluids are."""

from typing import Any

from thecal.state import State
from thecal.units import DAY_S, HOUR_S
from thecal_adapters.codec import encode
from thecal_adapters.simulation.books import Amount
from thecal_adapters.simulation.run import Run, ShownChange

VERSION = 1


def describe(run: Run) -> dict[str, Any]:
    """The outcome of a run as JSON."""
    scenario = run.scenario
    return {
        "version": VERSION,
        "title": scenario.title,
        "pump": scenario.pump,
        "drugs": list(scenario.drugs),
        "statuses": dict(scenario.statuses),
        "config_digest": scenario.config.digest,
        "end_s": scenario.end_s,
        "responses": [
            {"at_s": each.at_s, "event": each.event, "response": each.response.name, **each.numbers}
            for each in run.answers
        ],
        "counts": {response.name: run.counts[response] for response in sorted(run.counts)},
        "modes": [{"at_s": change.at_s, "mode": change.mode.name} for change in run.modes],
        "alarms": [
            {"at_s": edge.at_s, "alarm": edge.alarm.name, "edge": "raised" if edge.is_active else "cleared"}
            for edge in run.alarms
        ],
        "shown": [describe_shown(change) for change in run.shown[1:]],
        "pulses": describe_pulses(run),
        "drug": {name: describe_drug(run, place) for place, name in enumerate(scenario.drugs)},
        "intervals": {
            interval.name: {
                name: encode(run.books.sum_between(place, interval.from_s, interval.to_s))
                for place, name in enumerate(scenario.drugs)
            }
            | {"pulses": sum(1 for entry in run.books.entries if interval.from_s < entry.at_s <= interval.to_s)}
            for interval in scenario.intervals
        },
        "end": describe_end(run.state),
    }


def describe_shown(change: ShownChange) -> dict[str, Any]:
    """What the device shows from a time on: the most urgent alarm, if any, and whether something sounds."""
    alarm, is_sounding = change.shown
    return {"at_s": change.at_s, "alarm": None if alarm is None else alarm.name, "is_sounding": is_sounding}


def describe_pulses(run: Run) -> dict[str, Any]:
    """How many pulses, of which kind, hour by hour."""
    basal = sum(1 for entry in run.books.entries if entry.pulse.is_basal)
    return {
        "basal": basal,
        "bolus": len(run.books.entries) - basal,
        "by_hour": run.books.count_by_hour(run.scenario.end_s),
    }


def describe_drug(run: Run, place: int) -> dict[str, Any]:
    """What was given of one drug: in all, and in the hour and the 24 h with the most and with the least.

    The least is looked for from the first confirmed prescription on; null where no such window fits in the run.
    """
    from_s = run.scenario.end_s if run.confirmed_s is None else run.confirmed_s

    def least(length_s: int) -> dict[str, Any] | None:
        amount: Amount | None = run.books.find_least(place, length_s, from_s, run.scenario.end_s)
        return None if amount is None else encode(amount)

    return {
        "total": encode(run.books.sum_between(place, 0, run.scenario.end_s)),
        "most_in_an_hour": encode(run.books.find_most(place, HOUR_S)),
        "most_in_24_h": encode(run.books.find_most(place, DAY_S)),
        "least_in_an_hour": least(HOUR_S),
        "least_in_24_h": least(DAY_S),
    }


def describe_end(state: State) -> dict[str, Any]:
    """Where everything stands after the last second."""
    return {
        "mode": state.mode.name,
        "tick": state.tick,
        "owed_fg_1800": state.basal.owed_fg_1800,
        "is_bolus_active": state.bolus.is_active,
        "reservoir": encode(state.reservoir),
        "path": encode(state.path),
    }
