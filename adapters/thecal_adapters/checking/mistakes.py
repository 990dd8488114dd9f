# SPDX-License-Identifier: Apache-2.0
"""What slips of the pen would do with this order: each is put to the kernel itself, and its answer is told.

A slip that the kernel cannot see, such as a strength that is plausible and wrong, is told with what it would bring.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from thecal.limits import Config
from thecal.outcome import Response
from thecal.prescription import Prescription, is_well_formed
from thecal.state import State
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, compute_day_fg
from thecal_adapters.checking.admitting import admit
from thecal_adapters.checking.changes import Change
from thecal_adapters.doses import Kind
from thecal_adapters.prescriptions import Filling, Order


class Slip(Enum):
    """A slip, as it is known from reports of incidents."""

    DOSE_TENFOLD = "every dose ten times too high"
    DOSE_TENTH = "every dose ten times too low"
    HOUR_FOR_DAY = "a dose per day entered as one per hour"
    DAY_FOR_HOUR = "a dose per hour entered as one per day"
    LARGEST_ALL_DAY = "the largest step all day long"
    STEP_EVERY_HOUR = "the mass of the largest step every hour"
    BOLUS_TENFOLD = "the patient bolus ten times too high"
    LOCKOUT_IN_MINUTES = "the lockout in minutes instead of hours"
    STRENGTH_TENFOLD = "strength entered ten times too high"
    STRENGTH_TENTH = "strength entered ten times too low"
    STRENGTH_FOURFOLD = "strength entered four times too high"
    STRENGTH_QUARTER = "strength entered four times too low"


@dataclass(frozen=True)
class Mistake:
    """A slip, the kernel's answer to it, and which property a refusal keeps.

    ``change``: what would be so in truth if the slip got through, against what was meant. ``is_stopped``: a fluid that
    is entered wrongly is booked as a fact, and the program that runs stops at it.
    """

    slip: Slip
    response: Response
    rule: str
    is_refused: bool
    is_stopped: bool
    change: Change

    @property
    def factor(self) -> Fraction:
        """What would be so over what was meant; 1 where nothing was."""
        return Fraction(self.change.after, self.change.before) if self.change.before else Fraction(1)


def list_mistakes(config: Config, state: State, order: Order) -> Iterator[Mistake]:
    """Slips in the dose, in the bolus and in the strength."""
    for slip, wrong in _list_slips(order.prescription):
        yield _put(config, state, slip, replace(order, prescription=wrong), _find_change(order.prescription, wrong))
    if order.filling is not None:
        meant_fg = compute_day_fg(order.prescription.slots_fg)
        for slip, factor in _STRENGTHS.items():
            filling = _scale_filling(order.filling, factor)
            if filling is not None:
                # The pump believes what is entered; the fluid in it is what was meant.
                change = _change_basal(meant_fg, int(meant_fg / factor))
                yield _put(config, state, slip, replace(order, filling=filling), change)


def _put(config: Config, state: State, slip: Slip, wrong: Order, change: Change) -> Mistake:
    if not is_well_formed(wrong.prescription):
        return Mistake(slip, Response.REFUSED_PRESCRIPTION_MALFORMED, "", True, False, change)
    admitted = admit(config, state, wrong)
    is_stopped = admitted.stop is not None
    refusal = admitted.refusal
    if refusal is not None:
        return Mistake(slip, refusal.response, refusal.rule, True, is_stopped, change)
    return Mistake(slip, admitted.answers[-1].response, "", False, is_stopped, change)


def _find_change(meant: Prescription, wrong: Prescription) -> Change:
    """What a slip in a prescription changes: the bolus, the lockout, or basal."""
    if wrong.bolus_fg != meant.bolus_fg:
        return Change("patient bolus", Kind.MASS, meant.bolus_fg, wrong.bolus_fg)
    if wrong.lockout_s != meant.lockout_s:
        return Change("lockout after a bolus", Kind.DURATION, meant.lockout_s, wrong.lockout_s)
    return _change_basal(compute_day_fg(meant.slots_fg), compute_day_fg(wrong.slots_fg))


def _change_basal(meant_fg: int, brought_fg: int) -> Change:
    return Change("basal of a day", Kind.DAY_DOSE, meant_fg, brought_fg)


_STRENGTHS = {
    Slip.STRENGTH_TENFOLD: Fraction(10),
    Slip.STRENGTH_TENTH: Fraction(1, 10),
    Slip.STRENGTH_FOURFOLD: Fraction(4),
    Slip.STRENGTH_QUARTER: Fraction(1, 4),
}


def _scale_filling(filling: Filling, factor: Fraction) -> Filling | None:
    """The filling with every strength scaled; None where the kernel has no such strength."""
    scaled = [concentration * factor for concentration in filling.concentrations_fg_per_nl]
    if any(each.denominator != 1 or each > CONCENTRATION_FG_PER_NL_MAX for each in scaled):
        return None
    return replace(filling, concentrations_fg_per_nl=tuple(int(each) for each in scaled))


def _list_slips(meant: Prescription) -> Iterator[tuple[Slip, Prescription]]:
    count, largest = len(meant.slots_fg), max(meant.slots_fg)
    yield Slip.DOSE_TENFOLD, _scale(meant, Fraction(10))
    yield Slip.DOSE_TENTH, _scale(meant, Fraction(1, 10))
    yield Slip.HOUR_FOR_DAY, _scale(meant, Fraction(24))
    yield Slip.DAY_FOR_HOUR, _scale(meant, Fraction(1, 24))
    if largest != min(meant.slots_fg):
        yield Slip.LARGEST_ALL_DAY, replace(meant, slots_fg=(largest,) * count)
        yield Slip.STEP_EVERY_HOUR, replace(meant, slots_fg=(_find_largest_step_fg(meant) // 2,) * count)
    if meant.bolus_fg > 0:
        yield Slip.BOLUS_TENFOLD, replace(meant, bolus_fg=meant.bolus_fg * 10)
    if meant.bolus_fg > 0 and meant.lockout_s > 0:
        yield Slip.LOCKOUT_IN_MINUTES, replace(meant, lockout_s=meant.lockout_s // 60)


def _scale(meant: Prescription, factor: Fraction) -> Prescription:
    """The day program scaled, rounded down; the caps as they are."""
    return replace(meant, slots_fg=tuple(int(slot * factor) for slot in meant.slots_fg))


def _find_largest_step_fg(meant: Prescription) -> int:
    """The mass of the half hours in a row that ask for the most, such as one morning's step."""
    largest = max(meant.slots_fg)
    first = meant.slots_fg.index(largest)
    end = next((i for i in range(first, len(meant.slots_fg)) if meant.slots_fg[i] < largest - 1), len(meant.slots_fg))
    return sum(meant.slots_fg[first:end])
