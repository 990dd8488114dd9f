# SPDX-License-Identifier: Apache-2.0
"""Traces of refills that are proposed: at the very limit, and one beyond it."""

from dataclasses import replace

from thecal.events import RefillProposed
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, Concentrations
from thecal_specs.witnesses.pump import (
    FILLED_NL,
    MOST_SLOT_FG,
    PRESCRIPTION,
    PULSE_FG,
    declare,
    fill_up,
    program,
)
from thecal_specs.witnesses.trace import Trace
from thecal_specs.witnesses.windows import FOUR, FOUR_FILLED, FOUR_IDLE, PATIENTLY, STRENGTHS_FG_PER_NL

MOST = CONCENTRATION_FG_PER_NL_MAX
# Two pulses at the front may part the books by 10 of 1,000 parts of a day of 21,600 pulses: by 108 times a pulse.
DEAR = 109 * PULSE_FG
# Of the fourth drug, 7 fg/nL beside the first, a day has 151,200 fg: two pulses may part by 756 fg/nL each.
DEAR_FOURTH = STRENGTHS_FG_PER_NL[3] + 756


def propose(
    first: int = PULSE_FG, second: int = 0, fourth: int = 0, filled_nl: int = FILLED_NL, is_accepted: bool = False
) -> RefillProposed:
    """The order to say what a refill would lead to."""
    return label((first, second, 0, fourth), filled_nl, is_accepted)


def label(
    concentrations: Concentrations, filled_nl: int = FILLED_NL, is_shortfall_accepted: bool = False
) -> RefillProposed:
    """The same, of any label."""
    return RefillProposed(filled_nl, concentrations, False, is_shortfall_accepted)


PROPOSALS = (
    Trace(
        name="what can be filled and written down",
        story="Volumes and concentrations are proposed at the ends of what there can be, and one beyond.",
        config=FOUR,
        happenings=(
            *(propose(filled_nl=nl) for nl in (0, 1, FILLED_NL, FILLED_NL + 1)),
            *(propose(first) for first in (-1, 0, MOST, MOST + 1)),
            *(propose(second=second) for second in (-1, 0, MOST, MOST + 1)),
            *(propose(fourth=fourth) for fourth in (-1, 0, MOST, MOST + 1)),
        ),
    ),
    Trace(
        name="as much as the front may cost",
        story="A stronger fluid is proposed that costs at the front what is tolerated, and one that costs more.",
        config=PATIENTLY,
        happenings=(
            fill_up(),
            declare(4),
            propose(2 * DEAR),
            *program(PRESCRIPTION),
            *(propose(first) for first in (DEAR, DEAR + 1, 2 * DEAR)),
            propose(DEAR + 1, is_accepted=True),
            fill_up(first_fg_per_nl=2 * PULSE_FG, aspirated_nl=FILLED_NL),
            *(propose(first) for first in (DEAR, DEAR + PULSE_FG, DEAR + PULSE_FG + 1)),
        ),
    ),
    Trace(
        name="as much as the front may cost of the fourth drug",
        story="Of the fourth drug alone a mixture costs at the front what is tolerated, and then more.",
        config=FOUR,
        happenings=(
            FOUR_FILLED,
            declare(4),
            *program(replace(FOUR_IDLE, slots_fg=(MOST_SLOT_FG // 4,) * 48)),
            *(label((*STRENGTHS_FG_PER_NL[:3], fourth)) for fourth in (DEAR_FOURTH, DEAR_FOURTH + 1)),
        ),
    ),
)
