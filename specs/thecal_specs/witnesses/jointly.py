# SPDX-License-Identifier: Apache-2.0
"""A therapy at which every limit binds: a mixture of four drugs, each at all four of its limits, is admitted.

Each drug of the fluid is as strong as it may be; the caps are the hard limits of a day and an hour; the program's worst
day and worst hour and one bolus fill them; and that bolus is the largest of each. One unit less of any is too little.
"""

from dataclasses import replace

from thecal.events import BolusAsked
from thecal.limits import Config, DrugLimits
from thecal.prescription import Prescription
from thecal.units import SLOT_COUNT
from thecal_specs.witnesses.pump import PRESCRIPTION, SLOT_FG, TWO_PULSES_FG, declare, program
from thecal_specs.witnesses.trace import Seconds, Trace
from thecal_specs.witnesses.windows import BOLUS_FG, BOLUS_S, FOUR, FOUR_FILLED, PATIENT, STRENGTHS_FG_PER_NL


def compute_share_fg(first_fg: int, strength_fg_per_nl: int) -> int:
    """What comes of a drug with so much of the first one. All of these are whole."""
    return first_fg * strength_fg_per_nl // STRENGTHS_FG_PER_NL[0]


def with_every_limit_binding(strength_fg_per_nl: int) -> DrugLimits:
    """A drug of that strength of which the therapy takes all that is allowed."""
    day_fg_max = compute_share_fg(SLOT_COUNT * SLOT_FG + TWO_PULSES_FG + BOLUS_FG, strength_fg_per_nl)
    return replace(
        PATIENT,
        concentration_fg_per_nl_max=strength_fg_per_nl,
        concentration_fg_per_nl_soft=strength_fg_per_nl,
        day_fg_max=day_fg_max,
        day_fg_soft=day_fg_max,
        hour_fg_max=compute_share_fg(2 * SLOT_FG + TWO_PULSES_FG + BOLUS_FG, strength_fg_per_nl),
        bolus_fg_max=compute_share_fg(BOLUS_FG, strength_fg_per_nl),
    )


BOUND: Config = replace(FOUR, library=tuple(with_every_limit_binding(each) for each in STRENGTHS_FG_PER_NL))
BOUND_PROGRAM: Prescription = replace(
    PRESCRIPTION,
    cap_day_fg=tuple(drug.day_fg_max for drug in BOUND.library),
    cap_hour_fg=tuple(drug.hour_fg_max for drug in BOUND.library),
)

JOINTLY = (
    Trace(
        name="four drugs at all their limits",
        story="A mixture of four drugs, each at its concentration, day, hour and bolus limit, is given with a bolus.",
        config=BOUND,
        happenings=(
            FOUR_FILLED,
            declare(),
            *program(BOUND_PROGRAM),
            Seconds(1),
            BolusAsked(),
            Seconds(BOLUS_S),
        ),
    ),
)
