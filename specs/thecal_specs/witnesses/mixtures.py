# SPDX-License-Identifier: Apache-2.0
"""Traces of fluids over what stays behind of others, and of fluids one after the other in the path."""

from dataclasses import replace

from thecal.events import (
    MinimumRateAsked,
    PathDeclared,
    PrimeAsked,
    PrimeConfirmed,
    PulseResult,
    ResumeAsked,
    StopAsked,
)
from thecal.limits import DrugLimits
from thecal.units import SLOT_COUNT
from thecal_specs.witnesses.pump import (
    CONFIG,
    EVERY_OVERRIDE,
    FILLED_NL,
    FOR_TWO,
    MOST_SLOT_FG,
    PRESCRIPTION,
    PULSE_FG,
    PUMP,
    declare,
    fill_up,
    program,
    stage,
    start,
    with_first_drug,
    with_second_drug,
    with_slots,
)
from thecal_specs.witnesses.trace import Seconds, Trace, Truly
from thecal_specs.witnesses.windows import FOUR, FOUR_FILLED, FOUR_IDLE, IDLE, PATIENT, PATIENTLY

RESIDUAL_NL = 10
WITH_RESIDUAL = replace(with_second_drug(PATIENT), pump=replace(PUMP, residual_nl=RESIDUAL_NL))
EMPTIED = FILLED_NL - RESIDUAL_NL  # what a needle can draw of a full reservoir
WATER = declare(4, is_filled_from_reservoir=False)
PRIME = (PrimeAsked(4), PrimeConfirmed(4))
SLOWLY = replace(EVERY_OVERRIDE, is_increase=False, is_decrease=False)


def with_largest_bolus(bolus_fg_max: int) -> DrugLimits:
    """A drug of which no bolus may bring more."""
    return replace(PATIENT, bolus_fg_max=bolus_fg_max)


MIXTURES = (
    Trace(
        name="weaker and stronger over a residual",
        story="A mixture has less of one drug and more of another than what it is filled over, of which nothing stays.",
        config=WITH_RESIDUAL,
        happenings=(
            fill_up(first_fg_per_nl=2 * PULSE_FG, second_fg_per_nl=2),
            declare(4),
            *program(FOR_TWO),
            Seconds(5),
            fill_up(40, PULSE_FG, 4, aspirated_nl=EMPTIED),
            Seconds(9),
            fill_up(first_fg_per_nl=2 * PULSE_FG, second_fg_per_nl=2, aspirated_nl=20, is_rinsed=True),
            Seconds(9),
            Truly(fill_up(first_fg_per_nl=PULSE_FG, second_fg_per_nl=7, aspirated_nl=EMPTIED), left_nl=RESIDUAL_NL),
            Seconds(9),
        ),
    ),
    Trace(
        name="unknown over a residual",
        story="A good fluid over what stays of an unknown one is unknown; rinsed, and behind it, it is not.",
        config=WITH_RESIDUAL,
        happenings=(
            *start(FOR_TWO),
            declare(4),
            fill_up(has_unknown_drug=True, aspirated_nl=EMPTIED),
            Truly(fill_up(aspirated_nl=EMPTIED), left_nl=RESIDUAL_NL),
            ResumeAsked(),
            declare(4),
            ResumeAsked(),
            Seconds(4),
            fill_up(aspirated_nl=EMPTIED, is_rinsed=True),
            ResumeAsked(),
            Seconds(4),
            declare(4),
            ResumeAsked(),
            Seconds(4),
            Truly(fill_up(aspirated_nl=EMPTIED), left_nl=RESIDUAL_NL),
            Seconds(4),
        ),
    ),
    Trace(
        name="unknown before two good fluids",
        story="What is unknown stays in the path when two good fluids are filled behind it, until it is declared anew.",
        config=PATIENTLY,
        happenings=(
            *start(),
            declare(10),
            fill_up(has_unknown_drug=True, aspirated_nl=FILLED_NL),
            fill_up(aspirated_nl=FILLED_NL),
            fill_up(aspirated_nl=FILLED_NL),
            ResumeAsked(),
            Seconds(8),
            declare(10),
            ResumeAsked(),
            Seconds(8),
        ),
    ),
    Trace(
        name="the minimum rate of two fluids",
        story="At the minimum rate as much falls due as of the stronger fluid, be it the one in the path or behind it.",
        config=replace(PATIENTLY, pump=replace(PUMP, slot_volume_nl_min=100)),
        happenings=(
            *start(with_slots(MOST_SLOT_FG // 2)),
            declare(50),
            fill_up(first_fg_per_nl=2 * PULSE_FG, aspirated_nl=FILLED_NL),
            MinimumRateAsked(),
            Seconds(40),
            declare(50),
            fill_up(first_fg_per_nl=PULSE_FG, aspirated_nl=FILLED_NL - 5),
            Seconds(60),
        ),
    ),
    Trace(
        name="four drugs behind four others",
        story="Of two mixtures in a path the one has more of the first drugs, the other more of the last ones.",
        config=FOUR,
        happenings=(
            FOUR_FILLED,
            declare(4),
            *program(replace(FOUR_IDLE, slots_fg=(MOST_SLOT_FG // 4,) * SLOT_COUNT)),
            Seconds(5),
            replace(FOUR_FILLED, aspirated_nl=FILLED_NL, concentrations_fg_per_nl=(PULSE_FG, 7, 5, 3)),
            Seconds(5, PulseResult.UNKNOWN),
            Seconds(9),
            replace(FOUR_FILLED, aspirated_nl=FILLED_NL, concentrations_fg_per_nl=(PULSE_FG, 9, 1, 9)),
            Seconds(9),
            replace(FOUR_FILLED, aspirated_nl=FILLED_NL, concentrations_fg_per_nl=(PULSE_FG, 3, 9, 1)),
            Seconds(9),
        ),
    ),
    Trace(
        name="weak, then strong",
        story="A fluid so weak that its pulses cannot be counted gives way to a strong one, of which much is ordered.",
        config=with_second_drug(PATIENT),
        happenings=(
            fill_up(first_fg_per_nl=1, second_fg_per_nl=5),
            declare(),
            *program(replace(FOR_TWO, slots_fg=(1_000,) * SLOT_COUNT, bolus_fg=0)),
            Seconds(2),
            fill_up(first_fg_per_nl=10**6, aspirated_nl=FILLED_NL),
            declare(),
            *program(replace(FOR_TWO, slots_fg=(10**9,) * SLOT_COUNT, bolus_fg=0)),
            Seconds(2),
        ),
    ),
    Trace(
        name="a stronger fluid was in the path",
        story="What a prime may push out is of the stronger of two fluids only as long as that is in the path.",
        config=with_first_drug(with_largest_bolus(7 * PULSE_FG)),
        happenings=(
            *start(replace(IDLE, bolus_fg=0)),
            fill_up(first_fg_per_nl=2 * PULSE_FG, aspirated_nl=FILLED_NL),
            Truly(PathDeclared(2, 4, True), path_nl=3),
            fill_up(first_fg_per_nl=PULSE_FG, aspirated_nl=FILLED_NL),
            StopAsked(),
            *PRIME,
            Seconds(6),
            declare(6),
            fill_up(first_fg_per_nl=3 * PULSE_FG, aspirated_nl=FILLED_NL),
            *PRIME,
            Seconds(6),
            PrimeAsked(3),
            StopAsked(),
            fill_up(first_fg_per_nl=2 * PULSE_FG, aspirated_nl=FILLED_NL),
            declare(4),
            fill_up(first_fg_per_nl=PULSE_FG, aspirated_nl=FILLED_NL),
            ResumeAsked(),
            *program(replace(with_slots(MOST_SLOT_FG), bolus_fg=0)),
            Seconds(6),
            StopAsked(),
            *PRIME,
            Seconds(6),
        ),
    ),
    Trace(
        name="primed until it runs",
        story="A path of water stops a therapy; primed by the pump, it is resumed, and again at the minimum rate.",
        config=PATIENTLY,
        happenings=(
            *start(),
            Seconds(5, None),
            WATER,
            ResumeAsked(),
            *PRIME,
            Seconds(6),
            ResumeAsked(),
            Seconds(6),
            StopAsked(),
            WATER,
            *PRIME,
            Seconds(6),
            MinimumRateAsked(),
            Seconds(2),
        ),
    ),
    Trace(
        name="ordered while it primes",
        story="A prescription that is staged while the path is primed is no longer there when another fluid is.",
        config=PATIENTLY,
        happenings=(
            fill_up(),
            declare(4),
            fill_up(first_fg_per_nl=2 * PULSE_FG, aspirated_nl=FILLED_NL),
            *PRIME,
            Seconds(2),
            stage(PRESCRIPTION),
            Seconds(4),
        ),
    ),
    Trace(
        name="as much as one drug bears",
        story="Of four drugs in equal parts the last alone bears no rise by half, and no fall by half.",
        config=replace(
            CONFIG,
            library=(
                *(replace(PATIENT, titration_permille=1_000),) * 3,
                replace(PATIENT, titration_permille=100, has_withdrawal=True),
            ),
        ),
        happenings=(
            FOUR_FILLED,
            declare(),
            *program(replace(FOUR_IDLE, slots_fg=(100_000,) * SLOT_COUNT)),
            Seconds(1),
            *(stage(replace(FOUR_IDLE, slots_fg=(fg,) * SLOT_COUNT), SLOWLY) for fg in (150_000, 110_001, 110_000)),
            *(stage(replace(FOUR_IDLE, slots_fg=(fg,) * SLOT_COUNT), SLOWLY) for fg in (50_000, 90_000, 100_000)),
            *program(replace(FOUR_IDLE, slots_fg=(150_000,) * SLOT_COUNT), SLOWLY),
            *program(replace(FOUR_IDLE, slots_fg=(50_000,) * SLOT_COUNT), SLOWLY),
            Seconds(1),
        ),
    ),
)
