# SPDX-License-Identifier: Apache-2.0
"""The day program as it is typed: one rate or up to 48 steps; what a pump holds is told so that it reads back."""

from collections.abc import Iterator, Mapping, Sequence

from thecal.units import MASS_FG_MAX, SLOT_COUNT, Slots
from thecal_adapters.doses import Kind, Quantity, share, spread, tell
from thecal_adapters.programmer.forms import Control, Field, Form
from thecal_adapters.programmer.settings import tell_clock
from thecal_adapters.programmer.texts import Texts, mark

STEPS = range(1, SLOT_COUNT + 1)  # as many as the kernel has half hours: each may be a step of its own
FOLDS = (range(1, 5), range(5, 13), range(13, 25), range(25, 37), range(37, SLOT_COUNT + 1))
RATES = (Kind.HOUR_DOSE, Kind.DAY_DOSE, Kind.MASS)
NO_SLOTS = (0,) * SLOT_COUNT


def list_day_fields(texts: Texts) -> Iterator[Field]:
    """The day's total, and the steps: a few at once, the others folded away until they are needed."""
    yield Field(
        "day", mark("Dose in a day"), kinds=(Kind.DAY_DOSE,), is_critical=True, legend=mark("Program"),
        hint=mark("The whole day’s dose, such as 2.4 mg/day. One rate all day, unless there are steps below."),
    )  # fmt: skip
    for places in FOLDS:
        is_first = places[0] == 1
        fold = "" if is_first else texts("Steps {first} to {last}", first=places[0], last=places[-1])
        for place in places:
            yield from _list_step_fields(texts, place, fold)

    yield Field("arrange", mark("Put the steps in order of time"), Control.BUTTON)


def arrange_steps(values: Mapping[str, str]) -> dict[str, str]:
    """The entries with their steps in order of time, one below the other; a step without a time comes last."""
    steps = [(values.get(f"from-{place}", "").strip(), values.get(f"dose-{place}", "").strip()) for place in STEPS]
    used = sorted((step for step in steps if any(step)), key=lambda step: step[0] or "24:00")
    arranged = dict(values)
    for place, (start, dose) in zip(STEPS, [*used, *[("", "")] * (SLOT_COUNT - len(used))], strict=True):
        arranged[f"from-{place}"], arranged[f"dose-{place}"] = start, dose
    return arranged


def _list_step_fields(texts: Texts, place: int, fold: str) -> Iterator[Field]:
    is_first = place == 1
    yield Field(
        f"from-{place}", texts("Step {place}, from", place=place), Control.CLOCK, is_optional=True, is_half=True,
        is_critical=True, is_listed=True,
        legend=mark("Steps of the day (leave them empty for one rate)") if is_first else "", fold=fold,
        hint=mark("On a half hour, such as 06:30; the first at 00:00.") if is_first else "",
    )  # fmt: skip
    yield Field(
        f"dose-{place}", texts("Step {place}, dose", place=place), kinds=RATES, is_optional=True, is_half=True,
        is_critical=True, is_listed=True,
        hint=mark("A rate such as 8 mcg/h, or the mass of the whole step such as 36 mcg.") if is_first else "",
        fold=fold,
    )  # fmt: skip


def read_slots(form: Form) -> Slots:
    """The half hours of the day; steps must bring the day's total that is written beside them."""
    day = form.quantity("day")
    steps = [place for place in STEPS if form.raw(f"from-{place}") or form.raw(f"dose-{place}")]
    slots = _read_steps(form, steps) if steps else NO_SLOTS
    if day is None:
        return NO_SLOTS
    if not steps:
        return spread(day, SLOT_COUNT) or NO_SLOTS
    if not form.slips and sum(slots) != day.amount:
        total = tell(sum(slots), Kind.DAY_DOSE)
        form.note("day", mark("The steps bring {total}; the day’s dose must say the same."), total=total)
    return slots


def _read_steps(form: Form, steps: Sequence[int]) -> Slots:
    """The half hours from steps that begin at midnight and follow each other."""
    starts = [form.clock(f"from-{place}") for place in steps]
    doses = [form.quantity(f"dose-{place}") for place in steps]
    before = -1
    for place, start in zip(steps, starts, strict=True):
        if not form.raw(f"from-{place}") or not form.raw(f"dose-{place}"):
            form.note(f"from-{place}", mark("A step has a time and a dose."))
        elif start is not None and (start <= before or (place == steps[0] and start != 0)):
            form.note(f"from-{place}", mark("The first step begins at 00:00, and each later than the one before."))
        before = start if start is not None else before
    if form.slips:
        return NO_SLOTS
    return _join_steps(form, steps, [start or 0 for start in starts], [dose for dose in doses if dose is not None])


def _join_steps(form: Form, steps: Sequence[int], starts: Sequence[int], doses: Sequence[Quantity]) -> Slots:
    """Each dose over its half hours, exact in all."""
    slots: list[int] = []
    for place, start, end, dose in zip(steps, starts, [*starts[1:], SLOT_COUNT], doses, strict=True):
        step = spread(dose, end - start)
        if step is None:
            form.note(
                f"dose-{place}", mark("In so many half hours this is no whole number of femtograms; give a mass.")
            )
            step = (0,) * (end - start)
        slots.extend(step)
    return tuple(slots)


def tell_day(slots_fg: Slots) -> dict[str, str]:
    """A day program as it would be typed: whatever it is, what is told reads back as the same 48 masses."""
    told = {"day": tell(sum(slots_fg), Kind.DAY_DOSE)}
    starts = find_steps(slots_fg)
    if len(starts) > 1:
        for place, (start, end) in enumerate(zip(starts, [*starts[1:], SLOT_COUNT], strict=True), start=1):
            told[f"from-{place}"] = tell_clock(start)
            told[f"dose-{place}"] = _tell_dose(slots_fg[start:end])
    return told


def _tell_dose(slots_fg: Slots) -> str:
    """A step's rate, which still is right where a step is cut short; its mass where only that is exact."""
    is_rate = min(slots_fg) == max(slots_fg) <= MASS_FG_MAX // 2
    return tell(2 * slots_fg[0], Kind.HOUR_DOSE) if is_rate else tell(sum(slots_fg), Kind.MASS)


def find_steps(slots_fg: Slots) -> list[int]:
    """Where steps begin: each as long as its mass, shared out again, gives the very same half hours."""
    starts = [0]
    while True:
        start = starts[-1]
        end = next(end for end in range(SLOT_COUNT, start, -1) if _is_step(slots_fg[start:end]))
        if end == SLOT_COUNT:
            return starts
        starts.append(end)


def _is_step(slots_fg: Slots) -> bool:
    return share(sum(slots_fg), len(slots_fg)) == slots_fg
