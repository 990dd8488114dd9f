# SPDX-License-Identifier: Apache-2.0
"""``thecal`` with something between the page and its pump that alters values, as a file says: for tests alone.

The file holds a kind of event, and ``there`` or ``back``: its value is altered on the way to the pump, or what the pump
reads back after it is. Both ways to a pump are altered at their last step in this process: what comes after it on a
serial line is sealed.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from thecal.events import ClinicianBolusAsked, Event, PrescriptionConfirmed, PrescriptionStaged, RefillDone
from thecal.prescription import Prescription
from thecal.state import State
from thecal_adapters.cli import main
from thecal_adapters.line.client import PumpClient
from thecal_adapters.programmer.paced import PacedLink

VARIABLE = "THECAL_TEST_ALTERATION"
MORE_FG = 2_000_000_000  # in each half hour: 2.496 mg/day, not 2.4 mg/day
Told = TypeVar("Told", bound=Any)


def raise_dose(program: Prescription) -> Prescription:
    return replace(program, slots_fg=tuple(mass_fg + MORE_FG for mass_fg in program.slots_fg))


def alter(event: Event) -> Event:
    """Another value in an event."""
    if isinstance(event, PrescriptionStaged):
        return PrescriptionStaged(raise_dose(event.prescription), event.overrides)
    if isinstance(event, PrescriptionConfirmed):
        return PrescriptionConfirmed(raise_dose(event.prescription))
    if isinstance(event, ClinicianBolusAsked):
        return replace(event, mass_fg=2 * event.mass_fg)
    assert isinstance(event, RefillDone)
    return replace(event, filled_nl=event.filled_nl // 2)


def alter_state(state: State) -> State:
    """Another value wherever a program stands in what is read back."""
    staged = replace(state.staged, prescription=raise_dose(state.staged.prescription))
    return replace(state, program=raise_dose(state.program), staged=staged)


def find_altered(event: Event, way: str) -> bool:
    words = Path(os.environ[VARIABLE]).read_text(encoding="utf-8").split()
    return words == [type(event).__name__, way]


def alter_paced(ask: Callable[..., Told]) -> Callable[..., Told]:
    def altered(self: PacedLink, asked: Any) -> Told:
        is_there, is_back = (find_altered(asked.event, way) for way in ("there", "back"))
        answered = ask(self, replace(asked, event=alter(asked.event)) if is_there else asked)
        reading = answered.reading
        return replace(answered, reading=replace(reading, state=alter_state(reading.state))) if is_back else answered

    return altered


def alter_line(order: Callable[..., Told]) -> Callable[..., Told]:
    def altered(self: PumpClient, event: Event, *rest: Any) -> Told:
        is_there, is_back = (find_altered(event, way) for way in ("there", "back"))
        reply = order(self, alter(event) if is_there else event, *rest)
        return replace(reply, state=alter_state(reply.state)) if is_back else reply

    return altered


if __name__ == "__main__":
    PacedLink.ask = alter_paced(PacedLink.ask)  # type: ignore[method-assign]
    PumpClient.order = alter_line(PumpClient.order)  # type: ignore[method-assign]
    main()
