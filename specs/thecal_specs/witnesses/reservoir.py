# SPDX-License-Identifier: Apache-2.0
"""Traces of the reservoir: low, empty, and holding something else than it should."""

from dataclasses import replace

from thecal.events import BolusAsked, DiscrepancyResolved, MinimumRateAsked, ResumeAsked, StopAsked
from thecal.limits import SafeState
from thecal_specs.witnesses.pump import (
    CONFIG,
    DRUG,
    FILLED_NL,
    FOR_TWO,
    MOST_SLOT_FG,
    SLOT_FG,
    UNLISTED,
    declare,
    fill_up,
    program,
    stage,
    start,
    with_first_drug,
    with_slots,
)
from thecal_specs.witnesses.trace import Seconds, Trace

HASTY = replace(with_slots(MOST_SLOT_FG), bolus_fg=0, low_reservoir_nl=3)
TOO_MUCH = fill_up(aspirated_nl=FILLED_NL + 100)
TOO_LITTLE = fill_up(aspirated_nl=0)

RESERVOIR = (
    Trace(
        name="runs empty",
        story="A small reservoir becomes low, then empty; it stays so until it is filled, and therapy goes on.",
        config=CONFIG,
        happenings=(
            *start(HASTY, filled_nl=5),
            Seconds(6),
            StopAsked(),
            ResumeAsked(),
            MinimumRateAsked(),
            Seconds(2),
            *program(replace(HASTY, low_reservoir_nl=0)),
            fill_up(),
            Seconds(2),
        ),
    ),
    Trace(
        name="too little for a bolus",
        story="A bolus is asked of a reservoir that holds little more than the bolus itself.",
        config=CONFIG,
        happenings=(*start(filled_nl=20), BolusAsked()),
    ),
    Trace(
        name="doubt that keeps basal",
        story="More is aspirated than can have been there, twice; bolus and increase wait until the cause is found.",
        config=CONFIG,
        happenings=(
            *start(),
            DiscrepancyResolved(),
            BolusAsked(),
            Seconds(3),
            TOO_MUCH,
            BolusAsked(),
            stage(with_slots(SLOT_FG + 1)),
            MinimumRateAsked(),
            *program(with_slots(SLOT_FG - 1)),
            Seconds(3),
            TOO_MUCH,
            DiscrepancyResolved(),
        ),
    ),
    Trace(
        name="doubt that slows",
        story="Less is aspirated than must have been there, of a drug that wants the least that the pump can give.",
        config=with_first_drug(replace(DRUG, safe_state=SafeState.MINIMUM_RATE)),
        happenings=(*start(), Seconds(3), TOO_LITTLE, Seconds(3), TOO_LITTLE),
    ),
    Trace(
        name="the most demanding of two drugs",
        story="A doubt stops a drug that may stop; not where another, in reservoir or path, wants its basal kept.",
        config=replace(CONFIG, library=(replace(DRUG, safe_state=SafeState.STOP), DRUG, UNLISTED, UNLISTED)),
        happenings=(
            *start(FOR_TWO),
            declare(4),
            TOO_LITTLE,
            MinimumRateAsked(),
            DiscrepancyResolved(),
            ResumeAsked(),
            fill_up(second_fg_per_nl=1, aspirated_nl=0),
            DiscrepancyResolved(),
            fill_up(aspirated_nl=0),
            DiscrepancyResolved(),
            declare(4),
            fill_up(aspirated_nl=0),
        ),
    ),
    Trace(
        name="the milder of two drugs",
        story="A drug that may stop is beside one that wants the least rate, which comes first in the library.",
        config=replace(
            CONFIG,
            library=(
                replace(DRUG, safe_state=SafeState.MINIMUM_RATE),
                replace(DRUG, safe_state=SafeState.STOP),
                UNLISTED,
                UNLISTED,
            ),
        ),
        happenings=(fill_up(second_fg_per_nl=1), declare(), *program(FOR_TWO), TOO_LITTLE, ResumeAsked()),
    ),
    Trace(
        name="doubt that stops",
        story="The same, of a drug that is safest not given.",
        config=with_first_drug(replace(DRUG, safe_state=SafeState.STOP)),
        happenings=(*start(), Seconds(3), TOO_LITTLE, ResumeAsked(), DiscrepancyResolved(), ResumeAsked()),
    ),
)
