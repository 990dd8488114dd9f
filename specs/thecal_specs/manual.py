# SPDX-License-Identifier: Apache-2.0
"""The tables of the safety manual that follow from the kernel's source; `python -m thecal_specs.manual` renews them."""

from pathlib import Path

import thecal
from thecal.outcome import Response
from thecal.state import CRITICAL_COUNT, Alarm

MANUAL = Path(thecal.__file__).resolve().parents[1] / "README.md"

# By the beginning of a response's name, the first that fits.
DEVICE_DOES = {
    "REFUSED_": "changes nothing, tells the person who asked why, records it",
    "PULSE_ORDERED_": "stores the state, moves one pulse of that sequence number, reports its outcome",
    "PRIME_": "stores the state, shows whether the pump primes",
    "DELIVERY_ENDED_": "stores the state, moves nothing, sounds the alarm",
    "SERVICE_HAS_ENDED": "moves nothing any more, sounds the alarm",
    "PULSE_BOOKED_": "stores the state, shows a clinician what was booked",
    "REPORT_OF_ANOTHER_": "records it: that report changed nothing",
    "REFILL_ADMISSIBLE": "changes nothing, shows the clinician the answer",
    "REFILL_BOOKED": "stores the state, shows a clinician what was booked, and whether delivery stopped",
    "PATH_BOOKED": "stores the state, shows a clinician what was booked, and whether delivery stopped",
    "NOTHING_AGAINST_IT": "never sees it: the kernel's rooms tell it each other",
    "": "stores the state, shows the person who asked that it was done",
    "SECOND": "stores the state",
}


def find_duty(response: Response) -> str:
    """What the device does with a response."""
    beginnings = sorted(DEVICE_DOES, key=len, reverse=True)
    return next(DEVICE_DOES[beginning] for beginning in beginnings if response.name.startswith(beginning))


def render_responses() -> str:
    """Every response with its number, and what the device does with it."""
    rows = (f"| {response.value} | `{response.name}` | {find_duty(response)} |" for response in sorted(Response))
    return "\n".join(("| number | response | the device |", "|---|---|---|", *rows))


def render_alarms() -> str:
    """Every alarm with its number and its priority, the most urgent first."""
    priorities = {alarm: "critical" if alarm < CRITICAL_COUNT else "non-critical" for alarm in sorted(Alarm)}
    rows = (f"| {alarm.value} | `{alarm.name}` | {priority} |" for alarm, priority in priorities.items())
    return "\n".join(("| number | alarm | priority |", "|---|---|---|", *rows))


TABLES = {"responses": render_responses, "alarms": render_alarms}


def renew(text: str) -> str:
    """The manual with each table between its markers made anew, and the rest untouched."""
    for name, render in TABLES.items():
        before, start, rest = text.partition(f"<!-- generated: {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not start or not end:
            raise ValueError(f"the manual has no place for the table of {name}")
        text = f"{before}{start}{render()}\n{end}{after}"
    return text


if __name__ == "__main__":
    MANUAL.write_text(renew(MANUAL.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
