# SPDX-License-Identifier: Apache-2.0
"""All that is set in a pump, as rows of words and exact amounts, so that two states stand side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from thecal.fluid import Fluid
from thecal.prescription import Prescription
from thecal.state import Alarm, State
from thecal.units import SLOT_COUNT, Slots
from thecal_adapters.doses import Kind, tell
from thecal_adapters.programmer.texts import Texts, mark

OVERRIDES = {
    "is_day_limit": mark("Day’s cap above the soft limit"),
    "is_concentration": mark("Concentration above the soft limit"),
    "is_increase": mark("Increase beyond the allowance"),
    "is_decrease": mark("Decrease beyond the allowance"),
    "is_plausibility": mark("Implausible change"),
}


@dataclass(frozen=True)
class Setting:
    """One setting. ``key`` is the same in every state and language."""

    group: str
    key: str
    label: str
    value: str


@dataclass(frozen=True)
class Row:
    """A setting now and as it would be."""

    group: str
    label: str
    now: str
    new: str

    @property
    def is_changed(self) -> bool:
        """Whether it differs."""
        return self.now != self.new


def tell_clock(slot: int) -> str:
    """The time of day at which a half hour begins; 48 is the end of the day."""
    return f"{slot // 2:02}:{slot % 2 * 30:02}"


def tell_day_clock(tick: int) -> str:
    """The time of day by the pump's own count."""
    second = tick % 86_400
    return f"{second // 3_600:02}:{second // 60 % 60:02}"


def tell_between(lo: int, hi: int, kind: Kind, texts: Texts) -> str:
    """An interval, or the one value that it is."""
    return tell(lo, kind) if lo == hi else texts("{lo} to {hi}", lo=tell(lo, kind), hi=tell(hi, kind))


def find_starts(*days: Slots) -> list[int]:
    """The half hours at which any of some day programs changes by more than a rounding of the last femtogram."""
    return [0] + [
        place for place in range(1, SLOT_COUNT) if any(abs(slots[place] - slots[place - 1]) > 1 for slots in days)
    ]


def tell_step(slots_fg: Sequence[int]) -> str:
    """The mass of a step, and its rate where that is the same in every half hour."""
    mass = tell(sum(slots_fg), Kind.MASS)
    if len(set(slots_fg)) > 1:
        return mass
    return f"{mass} ({tell(2 * slots_fg[0], Kind.HOUR_DOSE)})"


def list_program(program: Prescription, starts: Sequence[int], drugs: Sequence[str], texts: Texts) -> list[Setting]:
    """The settings of a prescription."""
    group = texts("Program")
    rows = [
        Setting(group, "day", texts("Dose in a day"), tell(sum(program.slots_fg), Kind.DAY_DOSE)),
        *(
            Setting(
                group,
                f"step {start}",
                texts("From {start} to {end}", start=tell_clock(start), end=tell_clock(end)),
                tell_step(program.slots_fg[start:end]),
            )
            for start, end in zip(starts, [*starts[1:], SLOT_COUNT], strict=True)
        ),
    ]
    rows += list_bolus(program, texts)
    group = texts("Caps and alarm")
    for place, drug in enumerate(drugs):
        day, hour = program.cap_day_fg[place], program.cap_hour_fg[place]
        rows.append(Setting(group, f"cap day {drug}", texts("{drug}, any 24 h", drug=drug), tell(day, Kind.DAY_DOSE)))
        rows.append(
            Setting(group, f"cap hour {drug}", texts("{drug}, any hour", drug=drug), tell(hour, Kind.HOUR_DOSE))
        )
    low = tell(program.low_reservoir_nl, Kind.VOLUME)
    return [*rows, Setting(group, "low", texts("Low-reservoir alarm at"), low)]


def list_bolus(program: Prescription, texts: Texts) -> list[Setting]:
    """The patient's bolus."""
    group, none = texts("Patient bolus"), texts("none")
    is_any = program.bolus_fg > 0
    return [
        Setting(group, "bolus", texts("Dose of one bolus"), tell(program.bolus_fg, Kind.MASS) if is_any else none),
        Setting(
            group, "duration", texts("Given over"), tell(program.bolus_duration_s, Kind.DURATION) if is_any else none
        ),
        Setting(
            group, "lockout", texts("Lockout after it"), tell(program.lockout_s, Kind.DURATION) if is_any else none
        ),
        Setting(group, "count", texts("At most in any 24 h"), str(program.bolus_count_max) if is_any else none),
    ]


def tell_fluid(fluid: Fluid, drugs: Sequence[str], texts: Texts) -> str:
    """A fluid by its drugs."""
    if not fluid.is_known:
        return texts("holds a drug that the library does not know")
    parts = [
        f"{drug} {tell_between(fluid.lo[place], fluid.hi[place], Kind.CONCENTRATION, texts)}"
        for place, drug in enumerate(drugs)
        if fluid.hi[place] > 0
    ]
    return ", ".join(parts) or texts("no drug")


def list_fluids(state: State, drugs: Sequence[str], texts: Texts) -> list[Setting]:
    """Reservoir and path."""
    group = texts("Reservoir and path")
    reservoir, path = state.reservoir, state.path
    held = tell_between(reservoir.volume_lo_nl, reservoir.volume_hi_nl, Kind.VOLUME, texts)
    rows = [
        Setting(group, "reservoir", texts("Reservoir holds"), held),
        Setting(group, "fluid", texts("Fluid in it"), tell_fluid(reservoir.fluid, drugs, texts)),
    ]
    if not path.is_declared:
        return [*rows, Setting(group, "path", texts("Tubing and catheter"), texts("not declared"))]
    volume = tell_between(path.volume_lo_nl, path.volume_hi_nl, Kind.VOLUME, texts)
    front = tell_between(path.front_lo_nl, path.front_hi_nl, Kind.VOLUME, texts)
    old = tell_fluid(path.old, drugs, texts)
    return [
        *rows,
        Setting(group, "path", texts("Tubing and catheter"), volume),
        Setting(
            group,
            "front",
            texts("Older fluid still ahead of the tip"),
            texts("{volume} of {fluid}", volume=front, fluid=old) if path.front_hi_nl else texts("none"),
        ),
    ]


def list_running(state: State, texts: Texts) -> list[Setting]:
    """What the pump does, and what is known against it."""
    group, none = texts("Pump"), texts("none")
    alarms = ", ".join(texts.alarm(alarm) for alarm in Alarm if state.alarms[alarm].is_active)
    discrepancy = {0: none, 1: texts("more fluid than expected"), -1: texts("less fluid than expected")}
    return [
        Setting(group, "mode", texts("It is"), texts.mode(state.mode)),
        Setting(
            group,
            "running bolus",
            texts("Bolus that runs"),
            _tell_bolus(state, texts) if state.bolus.is_active else none,
        ),
        Setting(group, "discrepancy", texts("Doubt about the reservoir"), discrepancy[state.therapy.discrepancy]),
        Setting(group, "alarms", texts("Active alarms"), alarms or none),
    ]


def _tell_bolus(state: State, texts: Texts) -> str:
    mass, who = tell(state.bolus.mass_fg, Kind.MASS), _tell_who(state, texts)
    if state.bolus.is_prime:  # which goes as fast as the pump may
        return texts("{mass}, by {who}", mass=mass, who=who)
    return texts("{mass} over {time}, by {who}", mass=mass, time=tell(state.bolus.duration_s, Kind.DURATION), who=who)


def _tell_who(state: State, texts: Texts) -> str:
    if state.bolus.is_prime:
        return texts("a prime")
    return texts("the patient") if state.bolus.is_patient else texts("a clinician")


def list_overrides(state: State, texts: Texts) -> list[Setting]:
    """Which soft rules are set aside."""
    group = texts("Soft rules set aside")
    return [
        Setting(group, name, texts(label), texts("set aside") if getattr(state.overrides, name) else texts("kept"))
        for name, label in OVERRIDES.items()
    ]


def list_settings(state: State, starts: Sequence[int], drugs: Sequence[str], texts: Texts) -> list[Setting]:
    """All of it; of a program only if there is one."""
    return [
        *list_running(state, texts),
        *(list_program(state.program, starts, drugs, texts) if state.is_programmed else ()),
        *list_overrides(state, texts),
        *list_fluids(state, drugs, texts),
    ]


def compare(now: State, new: State, drugs: Sequence[str], texts: Texts) -> list[Row]:
    """All settings of two states side by side, the groups in which something changes first."""
    starts = find_starts(now.program.slots_fg, new.program.slots_fg)
    rows = pair(list_settings(now, starts, drugs, texts), list_settings(new, starts, drugs, texts), texts)
    changed = {row.group for row in rows if row.is_changed}
    places = {group: place for place, group in enumerate(dict.fromkeys(row.group for row in rows))}
    return sorted(rows, key=lambda row: (row.group not in changed, places[row.group]))


def pair(before: Sequence[Setting], after: Sequence[Setting], texts: Texts) -> list[Row]:
    """The same settings of two states side by side."""
    was, will = ({setting.key: setting.value for setting in settings} for settings in (before, after))
    none = texts("none")
    return [
        Row(setting.group, setting.label, was.get(key, none), will.get(key, none))
        for key, setting in {setting.key: setting for setting in (*after, *before)}.items()
    ]
