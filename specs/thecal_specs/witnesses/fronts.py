# SPDX-License-Identifier: Apache-2.0
"""Traces of what is past the tip or was never there: a front that has gone by, an empty pump, a path not declared."""

from dataclasses import replace

from thecal.events import PathDeclared, PrimeAsked, StopAsked
from thecal.units import DAY_S
from thecal_specs.witnesses.mixtures import RESIDUAL_NL, SLOWLY, WITH_RESIDUAL, with_largest_bolus
from thecal_specs.witnesses.proposals import propose
from thecal_specs.witnesses.pump import (
    FILLED_NL,
    FOR_TWO,
    PRESCRIPTION,
    PULSE_FG,
    SLOT_FG,
    declare,
    fill_up,
    program,
    stage,
    start,
    with_first_drug,
    with_slots,
)
from thecal_specs.witnesses.trace import Quietly, Seconds, Trace, Truly
from thecal_specs.witnesses.windows import PATIENT

STRONGER = fill_up(first_fg_per_nl=2 * PULSE_FG, aspirated_nl=FILLED_NL)
WEAKER = fill_up(first_fg_per_nl=PULSE_FG, aspirated_nl=FILLED_NL - RESIDUAL_NL)
# A drug of which no bolus brings more than four pulses of the weaker fluid, and which is missed when taken away.
FOUR_PULSES = with_first_drug(with_largest_bolus(4 * PULSE_FG))
MISSED = replace(PATIENT, has_withdrawal=True, titration_permille=100, titration_days=1)
# A pulse in every half hour, so that days pass in few steps.
LITTLE = with_slots(PULSE_FG)

FRONTS = (
    Trace(
        name="a front that has gone by",
        story="Old fluid is delivered out of the path; what it was counts no more, for a pulse, a prime or a refill.",
        config=FOUR_PULSES,
        happenings=(
            *start(replace(PRESCRIPTION, bolus_fg=0)),
            STRONGER,
            Truly(PathDeclared(3, 5, True), path_nl=4),
            WEAKER,
            Seconds(50),
            StopAsked(),
            PrimeAsked(4),
            fill_up(first_fg_per_nl=PULSE_FG, aspirated_nl=FILLED_NL - RESIDUAL_NL),
            Seconds(1),
        ),
    ),
    Trace(
        name="an empty pump is rinsed",
        story="A rinse leaves its residual also where nothing was before; a path that nobody declared is not primed.",
        config=WITH_RESIDUAL,
        happenings=(
            fill_up(is_rinsed=True),
            PrimeAsked(1),
            declare(),
            *program(FOR_TWO),
            propose(1),
            propose(first=PULSE_FG // 2),
            Seconds(4),
        ),
    ),
    Trace(
        name="a fall that is no fall",
        story="A lower dose is ordered with its override, and again without: as low as it is, it falls no further.",
        config=with_first_drug(MISSED),
        happenings=(
            *start(),
            Seconds(1),
            *program(with_slots(SLOT_FG // 2)),
            stage(with_slots(SLOT_FG // 2), SLOWLY),
            stage(with_slots(SLOT_FG // 2 + 1), SLOWLY),
            stage(with_slots(SLOT_FG // 2 - 1), SLOWLY),
        ),
    ),
    Trace(
        name="a fall that nobody misses",
        story="A drug that is not missed when taken away may fall as far as it is ordered.",
        config=with_first_drug(replace(MISSED, has_withdrawal=False)),
        happenings=(*start(), Seconds(1), *program(with_slots(SLOT_FG // 2), SLOWLY), Seconds(1)),
    ),
    Trace(
        name="a fall from long ago",
        story="What fell before the titration days counts no more: a little less than yesterday is ordered freely.",
        config=with_first_drug(MISSED),
        happenings=(
            *start(with_slots(2 * PULSE_FG)),
            *program(LITTLE),
            Quietly(3 * DAY_S),
            stage(with_slots(PULSE_FG - 100), SLOWLY),
            stage(with_slots(PULSE_FG - 101), SLOWLY),
        ),
    ),
)
