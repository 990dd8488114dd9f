# SPDX-License-Identifier: Apache-2.0
"""Traces of what a therapy bears of waiting: by the less patient of two drugs, and by one that bears much."""

from dataclasses import replace

from thecal.events import StopAsked
from thecal.units import TICK_MAX
from thecal_specs.witnesses.pump import (
    FILLED_NL,
    FOR_TWO,
    declare,
    fill_up,
    program,
    start,
    with_first_drug,
    with_second_drug,
)
from thecal_specs.witnesses.trace import Seconds, Trace
from thecal_specs.witnesses.windows import PATIENT, PATIENTLY

IMPATIENT = replace(PATIENT, off_therapy_s_max=5, shortfall_permille_max=0)

WAITING = (
    Trace(
        name="a drug that bears no waiting in the path",
        story="A drug that bears no waiting is in the path alone: it alarms as soon as therapy lacks.",
        config=with_second_drug(IMPATIENT),
        happenings=(
            fill_up(second_fg_per_nl=1),
            declare(20),
            *program(FOR_TWO),
            fill_up(aspirated_nl=FILLED_NL),
            Seconds(4),
            StopAsked(),
            Seconds(8),
        ),
    ),
    Trace(
        name="a drug that bears no waiting in the reservoir",
        story="The same drug is in the reservoir alone, behind a path full of the other one.",
        config=with_second_drug(IMPATIENT),
        happenings=(
            *start(FOR_TWO),
            declare(20),
            fill_up(second_fg_per_nl=1, aspirated_nl=FILLED_NL),
            Seconds(4),
            StopAsked(),
            Seconds(8),
        ),
    ),
    Trace(
        name="a stop that is borne",
        story="A drug of which a tenth of a day may be lacking bears a stop that lasts longer than a half hour.",
        config=with_first_drug(replace(PATIENT, shortfall_permille_max=100)),
        happenings=(*start(), Seconds(3), StopAsked(), Seconds(3)),
    ),
    Trace(
        name="a service that ends in the box",
        story="A pump that nobody ever programmed comes to the end of its service.",
        config=PATIENTLY,
        happenings=(Seconds(4),),
        boxed_s=TICK_MAX - 2,
    ),
)
