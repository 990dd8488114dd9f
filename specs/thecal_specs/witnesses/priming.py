# SPDX-License-Identifier: Apache-2.0
"""Traces of primes and proposals: what a clinician orders about fluids, quiet seconds, and a therapy that lacks."""

from dataclasses import replace

from thecal.events import (
    MotorStalled,
    PathDeclared,
    PowerRestored,
    PrimeAsked,
    PrimeConfirmed,
    RefillProposed,
    ResumeAsked,
    SecondsPassed,
    StopAsked,
)
from thecal.units import MASS_FG_MAX
from thecal_specs.witnesses.pump import (
    CONFIG,
    DAY_FG,
    DRUG,
    FILLED_NL,
    HOUR_FG,
    PRESCRIPTION,
    PULSE_FG,
    PUMP,
    TWO_PULSES_FG,
    declare,
    fill_up,
    program,
    stage,
    start,
    with_first_drug,
)
from thecal_specs.witnesses.trace import Seconds, Trace, Truly

VOLUME_NL = 5
VOLUME_FG = VOLUME_NL * PULSE_FG
PRIME = (PrimeAsked(VOLUME_NL), PrimeConfirmed(VOLUME_NL))
WATER = declare(VOLUME_NL, is_filled_from_reservoir=False)
TIGHT = replace(PRESCRIPTION, cap_day_fg=(DAY_FG + TWO_PULSES_FG + VOLUME_FG - 1, 0, 0, 0), bolus_fg=0)
TIGHT_HOUR = replace(PRESCRIPTION, cap_hour_fg=(HOUR_FG + TWO_PULSES_FG + VOLUME_FG - 1, 0, 0, 0), bolus_fg=0)
WEAK = replace(with_first_drug(replace(DRUG, concentration_fg_per_nl_max=5, concentration_fg_per_nl_soft=1)))
SOILED = replace(WEAK, pump=replace(PUMP, residual_nl=100))


def propose(first_fg_per_nl: int, filled_nl: int = FILLED_NL) -> RefillProposed:
    """A refill of the first drug alone."""
    return RefillProposed(filled_nl, (first_fg_per_nl, 0, 0, 0), False, False)


PRIMING = (
    Trace(
        name="first filling",
        story="A path of water is primed by the pump, which then may be programmed; what the front may cost is booked.",
        config=CONFIG,
        happenings=(
            fill_up(),
            Truly(PathDeclared(volume_lo_nl=3, volume_hi_nl=VOLUME_NL, is_filled_from_reservoir=False), path_nl=4),
            *PRIME,
            Seconds(VOLUME_NL + 1),
            *program(PRESCRIPTION),
            Seconds(9),
            SecondsPassed(2),
            SecondsPassed(2_000),
        ),
    ),
    Trace(
        name="no prime",
        story="Nothing is primed that is too much, while therapy runs, or on a day that nobody remembers.",
        config=CONFIG,
        happenings=(
            fill_up(),
            WATER,
            PrimeAsked(0),
            PrimeAsked(VOLUME_NL + 1),
            fill_up(filled_nl=VOLUME_NL - 1, aspirated_nl=FILLED_NL),
            PrimeAsked(VOLUME_NL),
            fill_up(),
            declare(VOLUME_NL),
            *program(TIGHT),
            PrimeAsked(VOLUME_NL),
            StopAsked(),
            PrimeAsked(VOLUME_NL),
            *program(TIGHT_HOUR),
            PrimeAsked(VOLUME_NL),
            ResumeAsked(),
            Seconds(3),
            StopAsked(),
            PowerRestored(gap_s=0, is_last_state=False, is_time_of_day_known=True),
            PrimeAsked(VOLUME_NL),
        ),
    ),
    Trace(
        name="water through water",
        story="A pump full of water primes a path of water, which no limit of a drug would ever end.",
        config=CONFIG,
        happenings=(fill_up(first_fg_per_nl=0), WATER, *PRIME, Seconds(VOLUME_NL + 5)),
    ),
    Trace(
        name="prime above a bolus",
        story="A full path would push more past the tip than the largest bolus.",
        config=with_first_drug(replace(DRUG, bolus_fg_max=VOLUME_FG - 1)),
        happenings=(fill_up(), declare(VOLUME_NL), PrimeAsked(VOLUME_NL)),
    ),
    Trace(
        name="proposals",
        story="A refill is proposed: the same again, one of another strength, and one of more than the pump holds.",
        config=CONFIG,
        happenings=(
            *start(),
            Truly(PathDeclared(volume_lo_nl=0, volume_hi_nl=1_000_000, is_filled_from_reservoir=True), path_nl=10),
            propose(PULSE_FG),
            propose(2 * PULSE_FG),
            propose(PULSE_FG, FILLED_NL + 1),
        ),
    ),
    Trace(
        name="proposed over what is too strong",
        story="What stays behind of a fluid that is too strong has to be rinsed out first.",
        config=SOILED,
        happenings=(
            propose(0, 200),
            propose(5, 200),
            propose(6, 200),
            fill_up(first_fg_per_nl=50),
            propose(1, 200),
            fill_up(first_fg_per_nl=1, is_rinsed=True),
            propose(1, 200),
        ),
    ),
    Trace(
        name="a therapy that lacks",
        story="A stop of a minute and a half is more than a thousandth of a day, and does not stay silent.",
        config=with_first_drug(replace(DRUG, shortfall_permille_max=1)),
        happenings=(*start(replace(PRESCRIPTION, cap_day_fg=(MASS_FG_MAX, 0, 0, 0))), StopAsked(), Seconds(90)),
    ),
    Trace(
        name="a prime that is no longer possible",
        story="A prime is staged and the motor stands; it is confirmed, and refused. What else is staged is no prime.",
        config=CONFIG,
        happenings=(
            *start(),
            declare(4),
            StopAsked(),
            stage(PRESCRIPTION),
            PrimeConfirmed(4),
            PrimeConfirmed(0),
            PrimeAsked(4),
            MotorStalled(),
            PrimeConfirmed(4),
        ),
    ),
)
