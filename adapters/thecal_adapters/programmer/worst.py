# SPDX-License-Identifier: Apache-2.0
"""The most and the least that a program can bring, for the review page, by the kernel's own reckoning.

Before a program is admitted the kernel reserves the worst basal of any 24 h and any hour, two of the largest pulses in
the path included; no bolus is granted beyond the caps. What is told here is that reserve, and those caps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from thecal.admission import admit_prescription, compute_bolus_reserved_fg
from thecal.limits import Config
from thecal.prescription import Overrides, Prescription
from thecal.state import State
from thecal_adapters.doses import Kind, tell
from thecal_adapters.programmer.texts import Texts


@dataclass(frozen=True)
class Worst:
    """One figure of the worst case."""

    label: str
    value: str


def list_worst(
    config: Config, state: State, program: Prescription, overrides: Overrides, drugs: Sequence[str], texts: Texts
) -> list[Worst]:
    """The figures of a program on the fluids that path and reservoir hold."""
    admitted = admit_prescription(config, state, program, overrides).state
    reserve = admitted.basal.program
    bolus_fg = compute_bolus_reserved_fg(admitted, program.bolus_fg, config.pump.pulse_volume_nl)
    found = []
    for place, drug in enumerate(drugs):
        limits = config.library[place]
        most_fg = reserve.day_fg[place] + program.bolus_count_max * bolus_fg[place]
        for label, part_fg, whole_fg in (
            (texts("{drug}, program alone, at most in any 24 h", drug=drug), reserve.day_fg[place], limits.day_fg_max),
            (
                texts("{drug}, with every patient bolus, at most in any 24 h", drug=drug),
                min(most_fg, program.cap_day_fg[place]),
                limits.day_fg_max,
            ),
            (
                texts("{drug}, whatever is asked for, at most in any 24 h", drug=drug),
                program.cap_day_fg[place],
                limits.day_fg_max,
            ),
        ):
            share = texts.percent(part_fg, whole_fg)
            found.append(
                Worst(label, texts("{mass}, {share} of the hard limit", mass=tell(part_fg, Kind.MASS), share=share))
            )
        hour_fg = program.cap_hour_fg[place]
        found.append(
            Worst(
                texts("{drug}, whatever is asked for, at most in any hour", drug=drug),
                texts(
                    "{mass}, {share} of the hard limit",
                    mass=tell(hour_fg, Kind.MASS),
                    share=texts.percent(hour_fg, limits.hour_fg_max),
                ),
            )
        )
    return found
