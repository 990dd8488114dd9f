# SPDX-License-Identifier: Apache-2.0
"""What slips of the pen would do with this order: each is put to the kernel itself, and its answer is told.

A slip that the kernel cannot see, such as a strength that is plausible and wrong, is told with what it would bring.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from thecal.limits import Config
from thecal.outcome import Response
from thecal.prescription import Prescription, is_well_formed
from thecal.state import State
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, compute_day_fg
from thecal_adapters.checking.admitting import admit
from thecal_adapters.prescriptions import Filling, Order


@dataclass(frozen=True)
class Mistake:
    """A slip, the kernel's answer to it, and which property a refusal keeps.

    ``day_fg`` of the first drug is what a day of basal would bring in truth, if the slip got through; ``factor`` is
    that over what was meant.
    """

    name: str
    response: Response
    rule: str
    is_refused: bool
    day_fg: int
    factor: Fraction


def list_mistakes(config: Config, state: State, order: Order) -> Iterator[Mistake]:
    """Slips in the dose, in the bolus and in the strength, as they are known from reports of incidents."""
    meant_fg = compute_day_fg(order.prescription.slots_fg)
    for name, slip in _list_slips(order.prescription):
        wrong = replace(order, prescription=slip)
        yield _put(config, state, name, wrong, compute_day_fg(slip.slots_fg), meant_fg)
    if order.filling is not None:
        for name, factor in _STRENGTHS:
            filling = _scale_filling(order.filling, factor)
            if filling is not None:
                # The pump believes what is entered; the fluid in it is what was meant.
                brought_fg = int(meant_fg / factor)
                yield _put(config, state, name, replace(order, filling=filling), brought_fg, meant_fg)


def _put(config: Config, state: State, name: str, wrong: Order, day_fg: int, meant_fg: int) -> Mistake:
    factor = Fraction(day_fg, meant_fg) if meant_fg else Fraction(1)
    if not is_well_formed(wrong.prescription):
        return Mistake(name, Response.REFUSED_PRESCRIPTION_MALFORMED, "", True, day_fg, factor)
    admitted = admit(config, state, wrong)
    refusal = admitted.refusal
    if refusal is not None:
        return Mistake(name, refusal.response, refusal.rule, True, day_fg, factor)
    return Mistake(name, admitted.answers[-1].response, "", False, day_fg, factor)


_STRENGTHS = (
    ("strength entered ten times too high", Fraction(10)),
    ("strength entered ten times too low", Fraction(1, 10)),
    ("strength entered four times too high", Fraction(4)),
    ("strength entered four times too low", Fraction(1, 4)),
)


def _scale_filling(filling: Filling, factor: Fraction) -> Filling | None:
    """The filling with every strength scaled; None where the kernel has no such strength."""
    scaled = [concentration * factor for concentration in filling.concentrations_fg_per_nl]
    if any(each.denominator != 1 or each > CONCENTRATION_FG_PER_NL_MAX for each in scaled):
        return None
    return replace(filling, concentrations_fg_per_nl=tuple(int(each) for each in scaled))


def _list_slips(meant: Prescription) -> Iterator[tuple[str, Prescription]]:
    largest = max(meant.slots_fg)
    yield "every dose ten times too high", _scale(meant, Fraction(10))
    yield "every dose ten times too low", _scale(meant, Fraction(1, 10))
    yield "a dose per day entered as one per hour", _scale(meant, Fraction(24))
    yield "a dose per hour entered as one per day", _scale(meant, Fraction(1, 24))
    if largest != min(meant.slots_fg):
        yield "the largest step all day long", replace(meant, slots_fg=(largest,) * len(meant.slots_fg))
        whole_fg = _find_largest_step_fg(meant)
        yield "the mass of the largest step every hour", replace(meant, slots_fg=(whole_fg // 2,) * len(meant.slots_fg))
    if meant.bolus_fg > 0:
        yield "the patient bolus ten times too high", replace(meant, bolus_fg=meant.bolus_fg * 10)
        yield "the lockout in minutes instead of hours", replace(meant, lockout_s=meant.lockout_s // 60)


def _scale(meant: Prescription, factor: Fraction) -> Prescription:
    """The day program scaled, rounded down; the caps as they are."""
    return replace(meant, slots_fg=tuple(int(slot * factor) for slot in meant.slots_fg))


def _find_largest_step_fg(meant: Prescription) -> int:
    """The mass of the half hours in a row that ask for the most, such as one morning's step."""
    largest = max(meant.slots_fg)
    first = meant.slots_fg.index(largest)
    end = next((i for i in range(first, len(meant.slots_fg)) if meant.slots_fg[i] < largest - 1), len(meant.slots_fg))
    return sum(meant.slots_fg[first:end])
