# SPDX-License-Identifier: Apache-2.0
"""The day program: one rate all day, or steps from half hour to half hour, as the kernel's 48 exact masses."""

import re
from collections.abc import Sequence

from thecal.units import MASS_FG_MAX, SLOT_COUNT, Slots
from thecal_adapters.doses import Kind, spread, tell
from thecal_adapters.prescriptions.table import Table

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):(00|30)")
RATES = (Kind.DAY_DOSE, Kind.HOUR_DOSE)


def read_slots(basal: Table) -> Slots:
    """The slots of a day program; steps must add up to the day's total that is written beside them."""
    if basal.has("rate"):
        basal.expect_keys(("rate",))
        return _spread(basal, "rate", SLOT_COUNT)
    basal.expect_keys(("day_total", "step"))
    slots = _read_steps(basal.tables("step"))
    total_fg = basal.amount("day_total", Kind.DAY_DOSE)
    if sum(slots) != total_fg:
        steps = tell(sum(slots), Kind.DAY_DOSE) if sum(slots) <= MASS_FG_MAX else "more than any limit"
        basal.refuse(
            f"{basal.values['day_total']!r}: the steps bring {steps}, and the day's total is expected to say the same",
            "day_total",
        )
    return slots


def _read_steps(steps: Sequence[Table]) -> Slots:
    starts = [_read_start(step) for step in steps]
    if starts[0] != 0:
        steps[0].refuse(f"{steps[0].values['from']!r}: the first step is expected to begin at 00:00", "from")
    for step, start, before in zip(steps[1:], starts[1:], starts[:-1], strict=True):
        if start <= before:
            step.refuse(f"{step.values['from']!r}: a later time than that of the step before is expected", "from")
    slots: list[int] = []
    for step, start, end in zip(steps, starts, (*starts[1:], SLOT_COUNT), strict=True):
        slots.extend(_read_step(step, end - start))
    return tuple(slots)


def _read_start(step: Table) -> int:
    step.expect_keys(("from",), ("rate", "mass"))
    clock = step.checked("from", _is_clock, "a time on a half hour is expected, such as 06:30")
    return int(clock[:2]) * 2 + int(clock[3:]) // 30


def _is_clock(text: str) -> bool:
    return _CLOCK.fullmatch(text) is not None


def _read_step(step: Table, count: int) -> Slots:
    if step.has("rate") == step.has("mass"):
        step.refuse("either a rate, such as 5 mcg/h, or the mass of the whole step is expected, and not both")
    return _spread(step, "rate" if step.has("rate") else "mass", count)


def _spread(table: Table, name: str, count: int) -> Slots:
    """An amount over so many slots: exact in all, and each within a femtogram of the others."""
    slots = spread(table.quantity(name, *(RATES if name == "rate" else (Kind.MASS,))), count)
    if slots is None:
        table.refuse(
            f"{table.values[name]!r}: in {count} half hours this is no whole number of femtograms, and nothing is"
            " rounded; a dose per hour, or the mass of the whole step, is expected",
            name,
        )
    return slots
