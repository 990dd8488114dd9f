# SPDX-License-Identifier: Apache-2.0
"""Random pumps, libraries and prescriptions: tiny ones, those of the market, and those at the kernel's limits."""

from random import Random

from tests.simulation.chance import draw_magnitude, draw_near, is_chance
from tests.simulation.values import draw, fill

from thecal.limits import (
    PERMILLE,
    PLAUSIBLE_FACTOR_MAX,
    TITRATION_DAYS_MAX,
    Config,
    DrugLimits,
    PumpModel,
    SafeState,
    is_admissible_config,
)
from thecal.prescription import Overrides, Prescription
from thecal.state import State
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    DRUG_COUNT,
    MASS_FG_MAX,
    PATIENT_BOLUS_COUNT_MAX,
    PULSE_INTERVAL_S_MAX,
    PULSE_VOLUME_NL_MAX,
    RESERVOIR_NL_MAX,
    SLOT_COUNT,
    SLOT_S,
    YEAR_S,
    Slots,
)


def draw_lowest_flow(rng: Random, volume_nl: int, interval_s: int) -> int:
    """The least volume of a slot: none, a little, or up to the most that the motor can give."""
    most_nl = SLOT_S // interval_s * volume_nl
    return min(most_nl, rng.choice((0, 0, 1, volume_nl, rng.randint(1, 10) * volume_nl)))


def draw_pump(rng: Random) -> PumpModel:
    style = rng.choice(("tiny", "tiny", "market", "any"))
    capacity_nl = draw_magnitude(rng, RESERVOIR_NL_MAX)
    if style == "tiny":
        capacity_nl = rng.choice((20, 1_000, 100_000))
    if style == "market":
        capacity_nl = rng.choice((20_000_000, 40_000_000))
    volume_nl = {
        "tiny": rng.randint(1, 3),
        "market": rng.choice((250, 2_000)),
        "any": draw_magnitude(rng, PULSE_VOLUME_NL_MAX),
    }[style]
    interval_s = draw_magnitude(rng, PULSE_INTERVAL_S_MAX) if style == "any" else rng.choice((1, 1, 2, 3, 6))
    return fill(
        PumpModel,
        pulse_volume_nl=volume_nl,
        pulse_interval_s=interval_s,
        slot_volume_nl_min=draw_lowest_flow(rng, volume_nl, interval_s),
        capacity_nl=capacity_nl,
        residual_nl=draw_near(rng, 0, capacity_nl // rng.choice((1, 10, 10)), 0, min(5, capacity_nl)),
        refill_allowance_nl=draw_near(rng, 0, capacity_nl, 0, volume_nl),
        stop_s_max=draw_near(rng, 1, rng.choice((20, DAY_S, YEAR_S)), YEAR_S) if is_chance(rng, 30) else YEAR_S,
    )


def draw_drug(rng: Random, is_first: bool) -> DrugLimits:
    """The limits of a drug: wide open more often than not, so that a walk comes to more than refusals."""
    if not is_first and is_chance(rng, 40):
        return fill(DrugLimits, plausible_factor=1, off_therapy_s_max=YEAR_S, stability_s=YEAR_S)
    day_fg = hour_fg = bolus_fg = soft_fg = MASS_FG_MAX
    concentration = soft_concentration = CONCENTRATION_FG_PER_NL_MAX
    if is_chance(rng, 15):
        day_fg = rng.choice((MASS_FG_MAX, draw_magnitude(rng, MASS_FG_MAX)))
        hour_fg = rng.choice((day_fg, draw_near(rng, 1, day_fg)))
        bolus_fg = rng.choice((hour_fg, draw_near(rng, 0, hour_fg)))
        soft_fg = draw_near(rng, 1, day_fg)
        concentration = draw_magnitude(rng, CONCENTRATION_FG_PER_NL_MAX)
        soft_concentration = draw_near(rng, 1, concentration)
    return fill(
        DrugLimits,
        is_listed=True,
        concentration_fg_per_nl_max=concentration,
        day_fg_max=day_fg,
        hour_fg_max=hour_fg,
        bolus_fg_max=bolus_fg,
        is_patient_bolus_allowed=is_chance(rng, 98),
        concentration_fg_per_nl_soft=soft_concentration,
        day_fg_soft=soft_fg,
        titration_permille=draw_near(rng, 0, PERMILLE),
        titration_days=draw_near(rng, 0, TITRATION_DAYS_MAX),
        has_withdrawal=is_chance(rng, 50),
        plausible_factor=draw_near(rng, 1, PLAUSIBLE_FACTOR_MAX, 2),
        safe_state=rng.choice(tuple(SafeState)),
        off_therapy_s_max=draw_near(rng, 1, rng.choice((20, DAY_S, YEAR_S)), YEAR_S) if is_chance(rng, 30) else YEAR_S,
        stability_s=draw_near(rng, 1, rng.choice((100, YEAR_S)), YEAR_S),
        shortfall_permille_max=draw_near(rng, 0, PERMILLE),
    )


def draw_config(rng: Random) -> Config:
    """An admissible configuration."""
    while True:
        library = tuple(draw_drug(rng, i == 0) for i in range(DRUG_COUNT))
        config = fill(Config, digest=rng.randrange(4), pump=draw_pump(rng), library=library)
        if is_admissible_config(config):  # the lowest flow of the weakest fluid may be above a tiny limit
            return config


def draw_slots(rng: Random, most_fg: int, pulse_fg: int) -> Slots:
    """A day of basal, each slot up to the most that can be delivered, seldom one above it."""
    style = rng.choice(("none", "flat", "most", "most", "most", "over", "hour", "any"))
    if style in ("none", "most", "over"):
        return ({"none": 0, "most": most_fg, "over": most_fg + 1}[style],) * SLOT_COUNT
    high_fg, low_fg = (draw_near(rng, 0, most_fg, pulse_fg, SLOT_S) for _ in range(2))
    if style == "flat":
        return (high_fg,) * SLOT_COUNT
    if style == "hour":
        start = rng.randrange(SLOT_COUNT)
        return tuple(high_fg if 0 <= i - start <= 1 else low_fg for i in range(SLOT_COUNT))
    return tuple(rng.choice((high_fg, low_fg)) for _ in range(SLOT_COUNT))


def draw_cap(rng: Random, hard_fg: int, basal_fg: int, pulse_fg: int, bolus_fg: int) -> int:
    """A cap at the edge of what basal and a few boluses need."""
    edge_fg = basal_fg + rng.choice((2, 2, 3)) * pulse_fg + rng.randrange(4) * bolus_fg
    return min(hard_fg, max(0, edge_fg + rng.choice((-1, 0, 0, 0, 1))))


def draw_caps(
    rng: Random, config: Config, state: State, basal_fg: int, bolus_fg: int, is_hour: bool
) -> tuple[int, ...]:
    """The hard limits, but for one drug: by how much of it comes with the first one."""
    caps = []
    tight = rng.choice((0, 0, 1, 2, 3, DRUG_COUNT, DRUG_COUNT))
    for i, (drug, ratio) in enumerate(zip(config.library, state.path.ratios)):
        hard_fg = drug.hour_fg_max if is_hour else drug.day_fg_max
        share = ratio.drug_fg_per_nl / ratio.first_fg_per_nl
        of_first_fg = (basal_fg, state.path.pulse_fg_max, bolus_fg)
        needs_fg = [int(fg * share) + (share % 1 > 0) for fg in of_first_fg]
        caps.append(draw_cap(rng, hard_fg, *needs_fg) if i == tight else hard_fg)
    return tuple(caps)


def draw_prescription(rng: Random, config: Config, state: State) -> Prescription:
    """A prescription made for what path and reservoir hold, mostly at the edge of admission."""
    pump, pulse_fg = config.pump, max(1, state.path.pulse_fg_max)
    first = config.library[0]
    most_fg = min(
        SLOT_S // pump.pulse_interval_s * state.path.pulse_fg_min, first.day_fg_max // 60, first.hour_fg_max // 3
    )
    least_fg = -(-pump.slot_volume_nl_min * state.path.pulse_fg_max // pump.pulse_volume_nl)
    bolus_fg = 0
    if is_chance(rng, 85):
        bolus_fg = rng.randint(1, rng.choice((3, 20))) * pulse_fg + rng.choice((0, 0, 1))
        most_fg = most_fg // 2
    slots_fg = tuple(max(least_fg, fg) for fg in draw_slots(rng, most_fg, pulse_fg))
    if is_chance(rng, 20):
        slots_fg = state.program.slots_fg
    bolus_fg = draw_near(rng, 0, MASS_FG_MAX) if is_chance(rng, 2) else min(bolus_fg, first.bolus_fg_max)
    shortest_s = 1 + 2 * bolus_fg * pump.pulse_interval_s // max(1, state.path.pulse_fg_min)
    duration_s = draw_near(rng, 1, rng.choice((60, DAY_S)), 1, shortest_s, shortest_s)
    return fill(
        Prescription,
        slots_fg=slots_fg,
        bolus_fg=bolus_fg,
        bolus_duration_s=min(duration_s + (shortest_s if is_chance(rng, 70) else 0), DAY_S),
        lockout_s=draw_near(rng, 0, rng.choice((3, 20, DAY_S)), 0),
        bolus_count_max=draw_near(rng, 0, PATIENT_BOLUS_COUNT_MAX, 1, 2, 3, 24),
        cap_day_fg=draw_caps(rng, config, state, sum(slots_fg), bolus_fg, is_hour=False),
        cap_hour_fg=draw_caps(rng, config, state, 2 * max(slots_fg), bolus_fg, is_hour=True),
        low_reservoir_nl=draw_near(rng, 0, rng.choice((10, RESERVOIR_NL_MAX))),
    )


def draw_overrides(rng: Random) -> Overrides:
    """All overrides more often than not: without them a program hardly changes."""
    overrides: Overrides = draw(rng, Overrides, lambda _: 0)
    return fill(Overrides, **dict.fromkeys(Overrides.__slots__, True)) if is_chance(rng, 80) else overrides
