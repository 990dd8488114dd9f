# SPDX-License-Identifier: Apache-2.0
"""Random pumps, drugs, fluids and prescriptions for a simulated life: of the market's size, at the edge of admission.

The figures are drawn, not clinical. Pulses are few enough a day for a simulation to be quick.
"""

from dataclasses import dataclass
from random import Random

from thecal.limits import Config, DrugLimits, PumpModel, SafeState, is_admissible_config
from thecal.prescription import Prescription
from thecal.state import State
from thecal.units import DAY_S, DRUG_COUNT, SLOT_COUNT, Slots
from thecal_adapters.library import UNLISTED, load_config
from thecal_adapters.plant.pump import Drive, Make

SHIPPED = (
    ("valve-pulse-20", ("morphine",)),
    ("valve-pulse-20", ("baclofen",)),
    ("valve-pulse-20", ("hydromorphone", "bupivacaine")),
    ("peristaltic-40", ("morphine", "bupivacaine", "clonidine")),
    ("peristaltic-40", ("ziconotide",)),
)


@dataclass(frozen=True, slots=True)
class Patient:
    """One life's pump, drugs and path; ``names`` tells where they are from. The path's truth is the plant's alone."""

    names: tuple[str, ...]
    config: Config
    make: Make
    strengths: tuple[int, ...]
    path_nl: int
    path_doubt_nl: int

    @property
    def is_bolus_allowed(self) -> bool:
        """Whether every drug of the library lets its patient ask for a bolus."""
        return all(drug.is_patient_bolus_allowed for drug in self.config.library if drug.is_listed)


def draw_patient(rng: Random) -> Patient:
    """A patient with a pump of the library or with a random one."""
    names, config = draw_config(rng)
    drive = Drive.ROTOR if rng.randrange(2) else Drive.VALVE
    strengths = tuple(
        drug.concentration_fg_per_nl_max * rng.randint(2, 10) // 10 if drug.is_listed else 0 for drug in config.library
    )
    return Patient(
        names=names,
        config=config,
        make=Make(drive, config.pump.pulse_volume_nl, ppm_per_kelvin=2_000),
        strengths=strengths,
        path_nl=rng.randint(60, 400) * 1_000,
        path_doubt_nl=rng.choice((0, 1, 10)) * 1_000,
    )


def draw_config(rng: Random) -> tuple[tuple[str, ...], Config]:
    """One of the library's in three, else a random one."""
    if rng.randrange(3) == 0:
        pump, drugs = rng.choice(SHIPPED)
        return (pump, *drugs), load_config(pump, drugs)
    count = rng.choice((1, 1, 1, 2, 4))
    library = tuple(draw_drug(rng) if place < count else UNLISTED for place in range(DRUG_COUNT))
    config = Config(digest=rng.randrange(1, 1 << 40), pump=draw_pump(rng), library=library)
    return ("random",), config if is_admissible_config(config) else load_config("valve-pulse-20", ["morphine"])


def draw_pump(rng: Random) -> PumpModel:
    """A pump of the market's size."""
    capacity_nl = rng.choice((10_000_000, 20_000_000, 40_000_000))
    return PumpModel(
        pulse_volume_nl=rng.choice((500, 1_000, 2_000)),
        pulse_interval_s=rng.randint(1, 10),
        slot_volume_nl_min=rng.choice((0, 0, 1_000)),
        capacity_nl=capacity_nl,
        residual_nl=rng.choice((0, 0, 100_000, capacity_nl // 20)),
        refill_allowance_nl=rng.choice((2_000, 50_000, capacity_nl // 20)),
        stop_s_max=rng.choice((1, 2, 4)) * DAY_S,
    )


def draw_drug(rng: Random) -> DrugLimits:
    """A drug whose limits a therapy of a few hundred microlitres a day comes near to."""
    strength = rng.choice((100_000, 2_000_000, 20_000_000))
    day_fg = strength * rng.randint(400_000, 4_000_000)
    hour_fg = day_fg // rng.randint(4, 12)
    return DrugLimits(
        is_listed=True,
        concentration_fg_per_nl_max=strength,
        day_fg_max=day_fg,
        hour_fg_max=hour_fg,
        bolus_fg_max=hour_fg // rng.randint(2, 4),
        is_patient_bolus_allowed=rng.randrange(8) > 0,
        concentration_fg_per_nl_soft=strength * rng.randint(5, 10) // 10,
        day_fg_soft=day_fg * rng.randint(5, 10) // 10,
        titration_permille=rng.choice((200, 400, 1_000)),
        titration_days=rng.randint(0, 7),
        has_withdrawal=bool(rng.randrange(2)),
        plausible_factor=rng.choice((3, 5, 10)),
        safe_state=rng.choice(tuple(SafeState)),
        off_therapy_s_max=rng.choice((1, 2, 7)) * DAY_S,
        stability_s=rng.choice((5, 20, 90)) * DAY_S,
        shortfall_permille_max=rng.choice((100, 200, 500)),
    )


def draw_prescription(rng: Random, config: Config, state: State) -> Prescription:
    """A prescription for what path and reservoir hold, its caps not far above what it may need."""
    pump = config.pump
    strong = max(1, state.reservoir.fluid.hi[0], state.path.old.hi[0])
    pulse_fg = strong * pump.pulse_volume_nl
    least_fg = pump.slot_volume_nl_min * strong
    slots_fg = draw_slots(rng, config, least_fg, pulse_fg)
    is_allowed = all(drug.is_patient_bolus_allowed for drug in config.library if drug.is_listed)
    wished = rng.choice((0, 1, 2, 3, 5, 8)) if is_allowed or rng.randrange(8) == 0 else 0
    bolus_fg = min(wished * pulse_fg, config.library[0].bolus_fg_max)
    count_max = rng.choice((1, 2, 4, 8, 24))
    pairs = zip(slots_fg, (*slots_fg[1:], slots_fg[0]))
    day_fg = sum(slots_fg) + 2 * pulse_fg + bolus_fg * rng.randint(1, count_max + 2)
    hour_fg = max(a + b for a, b in pairs) + 2 * pulse_fg + bolus_fg * rng.randint(1, 4)
    return Prescription(
        slots_fg=slots_fg,
        bolus_fg=bolus_fg,
        bolus_duration_s=rng.choice((1, 60, 120, 300)),
        lockout_s=rng.choice((0, 300, 1_800, 7_200)),
        bolus_count_max=count_max,
        cap_day_fg=draw_caps(rng, config, day_fg, strong, is_hour=False),
        cap_hour_fg=draw_caps(rng, config, hour_fg, strong, is_hour=True),
        low_reservoir_nl=pump.capacity_nl // rng.choice((5, 10, 20)),
    )


def draw_slots(rng: Random, config: Config, least_fg: int, pulse_fg: int) -> Slots:
    """Some hundred pulses a day, even or in two levels."""
    most_fg = config.library[0].day_fg_max // 60
    low_fg, high_fg = (
        min(most_fg, max(least_fg, rng.randint(12, 300) * pulse_fg // SLOT_COUNT)) for _ in range(2)
    )  # fmt: skip
    if rng.randrange(2):
        return (low_fg,) * SLOT_COUNT
    begin = rng.randrange(SLOT_COUNT)
    length = rng.randint(1, 16)
    return tuple(high_fg if (place - begin) % SLOT_COUNT < length else low_fg for place in range(SLOT_COUNT))


def draw_caps(rng: Random, config: Config, first_fg: int, strong: int, is_hour: bool) -> tuple[int, ...]:
    """Caps at what the first drug needs, and the hard limits for the others."""
    hard = tuple(drug.hour_fg_max if is_hour else drug.day_fg_max for drug in config.library)
    wished_fg = first_fg if rng.randrange(2) else first_fg * rng.randint(9, 16) // 10
    return (min(hard[0], wished_fg), *hard[1:])
