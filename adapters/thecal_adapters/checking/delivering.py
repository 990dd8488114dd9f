# SPDX-License-Identifier: Apache-2.0
"""Whether the pump can deliver what is ordered: its lowest flow, its fastest, and whole pulses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from thecal.limits import Config
from thecal.prescription import Prescription
from thecal.state import State
from thecal.units import SLOT_COUNT, SLOT_S


@dataclass(frozen=True)
class Span:
    """Half hours that follow each other and ask for the same, in the order of the day.

    ``pulses`` of the reservoir's fluid for each; what is no whole pulse is owed on, and given with the next one.
    """

    from_slot: int
    to_slot: int
    slot_fg: int
    pulses: Fraction
    flow_nl_per_day: Fraction
    is_too_small: bool
    is_too_large: bool


@dataclass(frozen=True)
class Delivery:
    """What the pump can give in half an hour with the fluids there are, and what is asked of it.

    ``bolus_pulses`` are whole; ``bolus_lost_fg`` of a bolus is below a pulse and never given. One that
    ``is_bolus_too_fast`` takes longer than its duration.
    """

    slot_fg_min: int
    slot_fg_max: int
    pulse_fg: int
    spans: Sequence[Span]
    bolus_pulses: int
    bolus_lost_fg: int
    is_bolus_too_fast: bool

    @property
    def is_possible(self) -> bool:
        """Whether every half hour can be given, and a bolus beside it within its duration."""
        return not self.is_bolus_too_fast and not any(span.is_too_small or span.is_too_large for span in self.spans)


def compute_delivery(config: Config, state: State, prescription: Prescription) -> Delivery:
    """What is asked of the pump, with the fluids that path and reservoir of a state hold."""
    pump = config.pump
    slots_fg, bolus_fg, duration_s = prescription.slots_fg, prescription.bolus_fg, prescription.bolus_duration_s
    fluids = (state.path.old.hi[0], state.reservoir.fluid.hi[0])
    weakest, strongest = min(fluids), max(fluids)
    pulse_fg = state.reservoir.fluid.hi[0] * pump.pulse_volume_nl
    slot_fg_min = pump.slot_volume_nl_min * strongest
    slot_fg_max = SLOT_S // pump.pulse_interval_s * weakest * pump.pulse_volume_nl
    return Delivery(
        slot_fg_min=slot_fg_min,
        slot_fg_max=slot_fg_max,
        pulse_fg=pulse_fg,
        spans=tuple(_list_spans(slots_fg, pulse_fg, pump.pulse_volume_nl, slot_fg_min, slot_fg_max)),
        bolus_pulses=bolus_fg // pulse_fg if pulse_fg else 0,
        bolus_lost_fg=bolus_fg % pulse_fg if pulse_fg else 0,
        is_bolus_too_fast=max(slots_fg) * duration_s + bolus_fg * SLOT_S > slot_fg_max * duration_s,
    )


def _list_spans(
    slots_fg: Sequence[int], pulse_fg: int, pulse_nl: int, slot_fg_min: int, slot_fg_max: int
) -> Iterator[Span]:
    first = 0
    for _, group in groupby(slots_fg, key=lambda fg: _round(fg, slots_fg)):
        slots = list(group)
        pulses = Fraction(max(slots), pulse_fg) if pulse_fg else Fraction(0)
        yield Span(
            from_slot=first,
            to_slot=first + len(slots),
            slot_fg=max(slots),
            pulses=pulses,
            flow_nl_per_day=pulses * pulse_nl * SLOT_COUNT,
            is_too_small=min(slots) < slot_fg_min,
            is_too_large=max(slots) > slot_fg_max,
        )
        first += len(slots)


def _round(slot_fg: int, slots_fg: Sequence[int]) -> int:
    """One name for slots that differ by a femtogram, as the halves of one rate do."""
    return slot_fg - 1 if slot_fg - 1 in slots_fg else slot_fg
