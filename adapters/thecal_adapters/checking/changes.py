# SPDX-License-Identifier: Apache-2.0
"""What changes against the program that runs, or that another file holds: in numbers and per cent, by day and hour."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from thecal.prescription import Prescription
from thecal.schedule import compute_hour_fg
from thecal.units import Concentrations, compute_day_fg
from thecal_adapters.doses import Kind


@dataclass(frozen=True)
class Side:
    """A program and the fluid that it runs on."""

    prescription: Prescription
    fluid_fg_per_nl: Concentrations


@dataclass(frozen=True)
class Change:
    """One setting before and after. ``kind`` is None for a plain number."""

    name: str
    kind: Kind | None
    before: int
    after: int

    @property
    def is_changed(self) -> bool:
        """Whether it is another one."""
        return self.before != self.after


def list_changes(before: Side, after: Side, drugs: Sequence[str]) -> Iterator[Change]:
    """Every setting, changed or not: what does not stand here has no place in a prescription."""
    old, new = before.prescription, after.prescription
    for name, kind, of in _SETTINGS:
        yield Change(name, kind, of(old), of(new))
    for place, drug in enumerate(drugs):
        yield Change(f"{drug}, cap of 24 h", Kind.DAY_DOSE, old.cap_day_fg[place], new.cap_day_fg[place])
        yield Change(f"{drug}, cap of an hour", Kind.HOUR_DOSE, old.cap_hour_fg[place], new.cap_hour_fg[place])
        yield Change(
            f"{drug}, concentration", Kind.CONCENTRATION, before.fluid_fg_per_nl[place], after.fluid_fg_per_nl[place]
        )
        yield Change(f"{drug}, a day", Kind.DAY_DOSE, _compute_day(before, place), _compute_day(after, place))


def _compute_day(side: Side, drug: int) -> int:
    """What a day of basal brings of a drug, by the ratio of the concentrations, rounded up to a femtogram."""
    first = side.fluid_fg_per_nl[0]
    day_fg = compute_day_fg(side.prescription.slots_fg)
    return -(-day_fg * side.fluid_fg_per_nl[drug] // first) if first else 0


_SETTINGS: Sequence[tuple[str, Kind | None, Callable[[Prescription], int]]] = (
    ("basal of a day", Kind.DAY_DOSE, lambda each: compute_day_fg(each.slots_fg)),
    ("basal of the fullest hour", Kind.HOUR_DOSE, lambda each: compute_hour_fg(each.slots_fg)),
    ("basal of the least half hour", Kind.MASS, lambda each: min(each.slots_fg)),
    ("patient bolus", Kind.MASS, lambda each: each.bolus_fg),
    ("duration of a bolus", Kind.DURATION, lambda each: each.bolus_duration_s if each.bolus_fg else 0),
    ("lockout after a bolus", Kind.DURATION, lambda each: each.lockout_s),
    ("boluses in any 24 h", None, lambda each: each.bolus_count_max),
    ("low reservoir", Kind.VOLUME, lambda each: each.low_reservoir_nl),
)
