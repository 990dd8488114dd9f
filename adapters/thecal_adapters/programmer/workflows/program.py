# SPDX-License-Identifier: Apache-2.0
"""The program: one rate or steps of the day, the patient's bolus, caps, alarm, and which soft rules are set aside."""

from collections.abc import Mapping, Sequence

from thecal.events import PrescriptionConfirmed, PrescriptionStaged
from thecal.limits import BOLUS_DURATION_S_MAX, LOCKOUT_S_MAX
from thecal.prescription import NO_OVERRIDES, Overrides, Prescription
from thecal.units import DRUG_COUNT, PATIENT_BOLUS_COUNT_MAX, SLOT_COUNT, Masses, Slots
from thecal_adapters.doses import Kind, Quantity, tell
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.flow import Plan
from thecal_adapters.programmer.forms import Control, Field, Form, spread
from thecal_adapters.programmer.links import Reading
from thecal_adapters.programmer.settings import OVERRIDES, find_starts, tell_clock
from thecal_adapters.programmer.texts import mark
from thecal_adapters.programmer.worst import list_worst

STEP_COUNT = 8
INCREASE = "is_increase"
FIRST = mark("A first program needs this: there is no running dose that it could be compared with.")
RATES = (Kind.HOUR_DOSE, Kind.DAY_DOSE, Kind.MASS)


class Program:
    """Propose a program; it is staged, read back, and in force once it is confirmed. The one before runs until then."""

    name = "program"
    title = mark("Rate, day program and patient bolus")
    explain = mark("The program that runs goes on until the new one is confirmed.")
    verb = mark("Confirm this program")

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """All settings of a prescription."""
        return (*list_basal_fields(visit), *list_bolus_fields(), *list_cap_fields(visit), *list_override_fields())

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """What is in force, so that one change is one change; nothing before the first program."""
        state = reading.state
        return tell_program(state.program, visit.desk.drugs) if state.is_programmed else {}

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """Stage and confirm."""
        program = read_program(form, len(visit.desk.drugs))
        overrides = Overrides(**{name: form.check(name) for name in OVERRIDES})
        worst = []
        if not form.slips:
            worst = list_worst(visit.desk.config, reading.state, program, overrides, visit.desk.drugs, visit.texts)
        clock = mark("Times are by the pump’s own clock. The day’s total counts each step once, not every hour.")
        notes = [visit.texts(clock)]
        if overrides != NO_OVERRIDES:
            notes.append(visit.texts("Soft rules are set aside, because: {reason}", reason=form.raw("reason")))
            form.words("reason")
        return Plan(PrescriptionConfirmed(program), PrescriptionStaged(program, overrides), notes, worst=worst)


def list_basal_fields(visit: Visit) -> list[Field]:
    """The day's total, and the steps."""
    day = Field(
        "day", mark("Dose in a day"), kinds=(Kind.DAY_DOSE,), is_critical=True, legend=mark("Program"),
        hint=mark("The whole day’s dose, such as 2.4 mg/day. One rate all day, unless there are steps below."),
    )  # fmt: skip
    fields = [day]
    for place in range(1, STEP_COUNT + 1):
        is_first = place == 1
        legend = mark("Steps of the day (leave them empty for one rate)") if is_first else ""
        hint = mark("On a half hour, such as 06:30; the first at 00:00.") if is_first else ""
        label = visit.texts("Step {place}, from", place=place)
        fields.append(
            Field(f"from-{place}", label, Control.CLOCK, hint=hint, is_optional=True, legend=legend, is_half=True)
        )
        hint = mark("A rate such as 8 mcg/h, or the mass of the whole step such as 36 mcg.") if is_first else ""
        label = visit.texts("Step {place}, dose", place=place)
        fields.append(Field(f"dose-{place}", label, kinds=RATES, hint=hint, is_optional=True, is_half=True))
    return fields


def list_bolus_fields() -> list[Field]:
    """The patient's bolus."""
    time = (Kind.DURATION,)
    return [
        Field(
            "bolus", mark("Dose of one bolus"), kinds=(Kind.MASS,), is_critical=True, is_optional=True,
            legend=mark("Patient bolus (leave it empty for none)"), hint=mark("A mass, such as 0.1 mg."),
        ),
        Field("duration", mark("Given over"), kinds=time, is_optional=True, hint=mark("A time, such as 10 min.")),
        Field(
            "lockout", mark("Lockout after it"), kinds=time, is_optional=True, is_critical=True,
            hint=mark("A time, such as 4 h."),
        ),
        Field(
            "count", mark("At most in any 24 h"), Control.COUNT, is_optional=True, is_critical=True,
            lowest=1, highest=PATIENT_BOLUS_COUNT_MAX,
        ),
    ]  # fmt: skip


def list_cap_fields(visit: Visit) -> list[Field]:
    """Caps of each drug, and the alarm."""
    fields = []
    for place, drug in enumerate(visit.desk.drugs):
        limits = visit.desk.config.library[place]
        day = visit.texts("Hard limit: {limit}.", limit=tell(limits.day_fg_max, Kind.DAY_DOSE))
        hour = visit.texts("Hard limit: {limit}.", limit=tell(limits.hour_fg_max, Kind.HOUR_DOSE))
        legend = mark("Caps and alarm") if place == 0 else ""
        label = visit.texts("Cap of {drug} in any 24 h", drug=drug)
        fields.append(Field(f"cap-day-{place}", label, kinds=(Kind.DAY_DOSE,), hint=day, legend=legend))
        label = visit.texts("Cap of {drug} in any hour", drug=drug)
        fields.append(Field(f"cap-hour-{place}", label, kinds=(Kind.HOUR_DOSE,), hint=hour))
    low = mark("A volume, such as 2 mL.")
    return [*fields, Field("low", mark("Low-reservoir alarm at"), kinds=(Kind.VOLUME,), hint=low)]


def list_override_fields() -> list[Field]:
    """Which soft rules are set aside, and why."""
    legend = mark("Soft rules set aside for this program")
    boxes = [
        Field(name, label, Control.CHECK, legend=legend if place == 0 else "", hint=FIRST if name == INCREASE else "")
        for place, (name, label) in enumerate(OVERRIDES.items())
    ]
    hint = mark("Needed if a rule is set aside; it goes on record.")
    return [*boxes, Field("reason", mark("Reason"), Control.WORDS, is_optional=True, hint=hint)]


def read_program(form: Form, drug_count: int) -> Prescription:
    """The prescription that was typed; worthless where the form has slips."""
    bolus_fg, duration_s, lockout_s, count = read_bolus(form)
    return Prescription(
        slots_fg=read_slots(form),
        bolus_fg=bolus_fg,
        bolus_duration_s=duration_s,
        lockout_s=lockout_s,
        bolus_count_max=count,
        cap_day_fg=read_caps(form, "cap-day", drug_count),
        cap_hour_fg=read_caps(form, "cap-hour", drug_count),
        low_reservoir_nl=form.amount("low"),
    )


def read_caps(form: Form, name: str, drug_count: int) -> Masses:
    """The caps of all drugs."""
    found = [form.amount(f"{name}-{place}") for place in range(drug_count)]
    return tuple(found + [0] * (DRUG_COUNT - drug_count))


def read_bolus(form: Form) -> tuple[int, int, int, int]:
    """Dose, duration, lockout, count; none of them where all are empty."""
    names = ("bolus", "duration", "lockout", "count")
    if not any(form.raw(name) for name in names):
        return 0, 1, 0, 0
    for name in names:
        if not form.raw(name):
            form.note(name, mark("Something must stand here, for there is a patient bolus."))
    bolus_fg, duration_s, lockout_s = (form.amount(name) for name in names[:3])
    if form.raw("bolus") and bolus_fg == 0 and not form.slips:
        form.note("bolus", mark("More than nothing is expected; leave all four empty for no bolus."))
    if form.raw("duration") and not 1 <= duration_s <= BOLUS_DURATION_S_MAX:
        form.note("duration", mark("From 1 s to 24 h are expected."))
    if lockout_s > LOCKOUT_S_MAX:
        form.note("lockout", mark("At most 24 h are expected."))
    return bolus_fg, max(1, duration_s), lockout_s, form.count("count") if form.raw("count") else 0


def read_slots(form: Form) -> Slots:
    """The half hours of the day; steps must bring the day's total that is written beside them."""
    day = form.quantity("day")
    steps = [place for place in range(1, STEP_COUNT + 1) if form.raw(f"from-{place}") or form.raw(f"dose-{place}")]
    if day is None:
        return (0,) * SLOT_COUNT
    if not steps:
        return spread(day, SLOT_COUNT) or (0,) * SLOT_COUNT
    slots = read_steps(form, steps)
    if not form.slips and sum(slots) != day.amount:
        total = tell(sum(slots), Kind.DAY_DOSE)
        form.note("day", mark("The steps bring {total}; the day’s dose must say the same."), total=total)
    return slots


def read_steps(form: Form, steps: Sequence[int]) -> Slots:
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
        return (0,) * SLOT_COUNT
    return join_steps(form, steps, [start or 0 for start in starts], [dose for dose in doses if dose is not None])


def join_steps(form: Form, steps: Sequence[int], starts: Sequence[int], doses: Sequence[Quantity]) -> Slots:
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


def tell_program(program: Prescription, drugs: Sequence[str]) -> dict[str, str]:
    """A prescription as it would be typed; what is told reads back as the same."""
    told = {"day": tell(sum(program.slots_fg), Kind.DAY_DOSE), "low": tell(program.low_reservoir_nl, Kind.VOLUME)}
    starts = find_starts(program.slots_fg)
    if 1 < len(starts) <= STEP_COUNT:
        for place, (start, end) in enumerate(zip(starts, [*starts[1:], SLOT_COUNT], strict=True), start=1):
            told[f"from-{place}"] = tell_clock(start)
            told[f"dose-{place}"] = tell(sum(program.slots_fg[start:end]), Kind.MASS)
    for place in range(len(drugs)):
        told[f"cap-day-{place}"] = tell(program.cap_day_fg[place], Kind.DAY_DOSE)
        told[f"cap-hour-{place}"] = tell(program.cap_hour_fg[place], Kind.HOUR_DOSE)
    if program.bolus_fg > 0:
        told["bolus"] = tell(program.bolus_fg, Kind.MASS)
        told["duration"] = tell(program.bolus_duration_s, Kind.DURATION)
        told["lockout"] = tell(program.lockout_s, Kind.DURATION)
        told["count"] = str(program.bolus_count_max)
    return told
