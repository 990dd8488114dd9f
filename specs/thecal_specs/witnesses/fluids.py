# SPDX-License-Identifier: Apache-2.0
"""Traces of fluids: none, water, mixtures, and a third one in the path."""

from dataclasses import replace

from thecal.events import BolusAsked, MinimumRateAsked, PathDeclared, PrescriptionAbandoned, ResumeAsked, StopAsked
from thecal_specs.witnesses.pump import (
    CONFIG,
    DRUG,
    FOR_TWO,
    PRESCRIPTION,
    PULSE_FG,
    PUMP,
    declare,
    fill_up,
    stage,
    start,
    with_second_drug,
)
from thecal_specs.witnesses.trace import Seconds, Trace, Truly

RESIDUAL_NL = 10
MIXING = replace(with_second_drug(DRUG), pump=replace(PUMP, residual_nl=RESIDUAL_NL, refill_allowance_nl=1_000_000))

FLUIDS = (
    Trace(
        name="no fluid for a program",
        story="A prescription is staged before a path is declared, and over water; nothing runs without one.",
        config=CONFIG,
        happenings=(
            stage(PRESCRIPTION),
            declare(),
            fill_up(first_fg_per_nl=0),
            stage(PRESCRIPTION),
            StopAsked(),
            ResumeAsked(),
            MinimumRateAsked(),
            PrescriptionAbandoned(),
        ),
    ),
    Trace(
        name="water in the path",
        story="A path of water stops the therapy; primed by hand, it runs again.",
        config=CONFIG,
        happenings=(
            *start(),
            Seconds(5),
            BolusAsked(),
            declare(100, is_filled_from_reservoir=False),
            ResumeAsked(),
            Seconds(2),
            declare(100),
            ResumeAsked(),
            Seconds(5),
        ),
    ),
    Trace(
        name="three fluids",
        story="A second fluid follows the first into the path, and a third one before the first is out.",
        config=MIXING,
        happenings=(
            *start(FOR_TWO),
            Truly(PathDeclared(volume_lo_nl=4, volume_hi_nl=6, is_filled_from_reservoir=True), path_nl=5),
            Seconds(5),
            Truly(fill_up(second_fg_per_nl=PULSE_FG // 2), left_nl=RESIDUAL_NL // 2),
            Seconds(9),
            BolusAsked(),
            Truly(fill_up(first_fg_per_nl=2 * PULSE_FG, second_fg_per_nl=1), left_nl=RESIDUAL_NL),
            Seconds(40),
        ),
    ),
)
