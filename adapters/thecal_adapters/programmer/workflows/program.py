# SPDX-License-Identifier: Apache-2.0
"""The program: one rate or steps of the day, the patient's bolus, caps, alarm, and which soft rules are set aside."""

from collections.abc import Mapping, Sequence

from thecal.events import PrescriptionConfirmed, PrescriptionStaged
from thecal.limits import BOLUS_DURATION_S_MAX, LOCKOUT_S_MAX
from thecal.prescription import NO_OVERRIDES, Overrides, Prescription
from thecal.units import DRUG_COUNT, PATIENT_BOLUS_COUNT_MAX, Masses
from thecal_adapters.doses import Kind, tell
from thecal_adapters.prescriptions import is_without_lockout
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.drafts import Plan
from thecal_adapters.programmer.forms import Control, Field, Form
from thecal_adapters.programmer.links import Reading
from thecal_adapters.programmer.settings import OVERRIDES
from thecal_adapters.programmer.texts import mark
from thecal_adapters.programmer.workflows.day import arrange_steps, list_day_fields, read_slots, tell_day
from thecal_adapters.programmer.worst import list_worst

INCREASE = "is_increase"
FIRST = mark("A first program needs this: there is no running dose that it could be compared with.")


class Program:
    """Propose a program; it is staged, read back, and in force once it is confirmed. The one before runs until then."""

    name = "program"
    title = mark("Rate, day program and patient bolus")
    explain = mark("The program that runs goes on until the new one is confirmed.")
    verb = mark("Confirm this program")

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """All settings of a prescription."""
        return (*list_day_fields(visit.texts), *list_bolus_fields(), *list_cap_fields(visit), *list_override_fields())

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """What is in force, so that one change is one change; nothing before the first program."""
        state = reading.state
        return tell_program(state.program, visit.desk.drugs) if state.is_programmed else {}

    def arrange(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """The steps in order of time, so that one can be written wherever there is room."""
        return arrange_steps(values)

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """Stage and confirm."""
        program = read_program(form, len(visit.desk.drugs))
        overrides = Overrides(**{name: form.check(name) for name in OVERRIDES})
        worst = []
        if not form.slips:
            worst = list_worst(visit.desk.config, reading.state, program, overrides, visit.desk.drugs, visit.texts)
        clock = mark("Times are by the pump’s own clock. The day’s total counts each step once, not every hour.")
        notes = [visit.texts(clock)]
        if is_without_lockout(program):
            no_lockout = mark(
                "No lockout: the patient can ask for the next bolus as soon as one has ended. Only the number in 24 h "
                "and the caps hold it back."
            )
            notes.append(visit.texts(no_lockout))
        if overrides != NO_OVERRIDES:
            notes.append(visit.texts("Soft rules are set aside, because: {reason}", reason=form.raw("reason")))
            form.words("reason")
        return Plan(PrescriptionConfirmed(program), PrescriptionStaged(program, overrides), notes, worst=worst)


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
        soft, hard = tell(limits.day_fg_soft, Kind.DAY_DOSE), tell(limits.day_fg_max, Kind.DAY_DOSE)
        day = visit.texts("Soft limit: {soft}. Hard limit: {limit}.", soft=soft, limit=hard)
        hour = visit.texts("Hard limit: {limit}.", limit=tell(limits.hour_fg_max, Kind.HOUR_DOSE))
        legend = mark("Caps and alarm") if place == 0 else ""
        label = visit.texts("Cap of {drug} in any 24 h", drug=drug)
        fields.append(
            Field(f"cap-day-{place}", label, kinds=(Kind.DAY_DOSE,), hint=day, legend=legend, is_critical=True)
        )
        label = visit.texts("Cap of {drug} in any hour", drug=drug)
        fields.append(Field(f"cap-hour-{place}", label, kinds=(Kind.HOUR_DOSE,), hint=hour, is_critical=True))
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


def tell_program(program: Prescription, drugs: Sequence[str]) -> dict[str, str]:
    """A prescription as it would be typed; what is told reads back as the same."""
    told = {**tell_day(program.slots_fg), "low": tell(program.low_reservoir_nl, Kind.VOLUME)}
    for place in range(len(drugs)):
        told[f"cap-day-{place}"] = tell(program.cap_day_fg[place], Kind.DAY_DOSE)
        told[f"cap-hour-{place}"] = tell(program.cap_hour_fg[place], Kind.HOUR_DOSE)
    if program.bolus_fg > 0 and program.bolus_count_max > 0:  # else the patient has none, whatever else is set
        told["bolus"] = tell(program.bolus_fg, Kind.MASS)
        told["duration"] = tell(program.bolus_duration_s, Kind.DURATION)
        told["lockout"] = tell(program.lockout_s, Kind.DURATION)
        told["count"] = str(program.bolus_count_max)
    return told
