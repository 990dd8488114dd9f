# SPDX-License-Identifier: Apache-2.0
"""Patients and clinicians, hostile and clumsy: what they do, each act drawn from a seed of its own.

A clinician sees the pump's state, as a programmer shows it, and acts on it; between the steps of an act seconds pass.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from random import Random
from typing import TYPE_CHECKING

from thecal.events import (
    AlarmAcknowledged,
    BolusAsked,
    ClinicianBolusAsked,
    DiscrepancyResolved,
    Event,
    MinimumRateAsked,
    MotorRecovered,
    PathDeclared,
    PhaseMoved,
    PrescriptionAbandoned,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PrimeAsked,
    PrimeConfirmed,
    PulseReported,
    RefillDone,
    RefillProposed,
    ReplacementIndicated,
    ResumeAsked,
    SecondPassed,
    SelfTestReported,
    StopAsked,
)
from thecal.prescription import NO_OVERRIDES, Overrides, Prescription
from thecal.state import Alarm, Mode, State
from thecal.units import MASS_FG_MAX, SLOT_COUNT
from thecal_adapters.overrides import EVERY_OVERRIDE
from thecal_adapters.ports import Role
from thecal_adapters.simulation.makes import draw_prescription
from thecal_specs.recover import recover

if TYPE_CHECKING:
    from thecal_adapters.simulation.life import Life

Act = Callable[["Life", Random], None]
MINUTE_MS = 60_000
HOUR_MS = 3_600_000


def press(life: "Life", rng: Random) -> None:
    """Press the button, once or again and again."""
    for _ in range(rng.choice((1, 2, 10, 40))):
        life.ask(Role.PATIENT, BolusAsked(), rng.randrange(30 * MINUTE_MS))


def mistype(rng: Random, prescription: Prescription) -> Prescription:
    """A slip of the finger: ten times, a tenth, an hour for a day, or one slot too many."""
    factor, part = rng.choice(((10, 1), (1, 10), (24, 1), (2, 1), (1, 1_000)))
    slots_fg = tuple(min(MASS_FG_MAX, fg * factor // part) for fg in prescription.slots_fg)
    return rng.choice(
        (
            replace(prescription, slots_fg=slots_fg),
            replace(prescription, bolus_fg=min(MASS_FG_MAX, prescription.bolus_fg * factor // part)),
            replace(prescription, lockout_s=0, bolus_count_max=24),
            replace(prescription, cap_day_fg=tuple(min(MASS_FG_MAX, 10 * fg) for fg in prescription.cap_day_fg)),
        )
    )


def draw_overrides(rng: Random) -> Overrides:
    """Everything set aside, nothing, or by chance."""
    by_chance = Overrides(**{field.name: bool(rng.randrange(2)) for field in fields(Overrides)})
    return rng.choice((EVERY_OVERRIDE, EVERY_OVERRIDE, EVERY_OVERRIDE, NO_OVERRIDES, by_chance))


def program(life: "Life", rng: Random) -> None:
    """Stage a prescription, right or mistyped; then confirm it, confirm another, take it back, or walk away."""
    prescription = draw_prescription(rng, life.patient.config, life.state)
    if rng.randrange(4) == 0:
        prescription = mistype(rng, life.state.program if rng.randrange(2) else prescription)
    life.ask(Role.CLINICIAN, PrescriptionStaged(prescription, draw_overrides(rng)))
    confirmed = mistype(rng, prescription) if rng.randrange(8) == 0 else prescription
    ends: tuple[Event, ...] = (PrescriptionConfirmed(confirmed),) * 8 + (PrescriptionAbandoned(),)
    if rng.randrange(8):
        life.ask(Role.CLINICIAN, rng.choice(ends), rng.choice((1, 5, 40, 900)) * 1_000)


def press_and_program(life: "Life", rng: Random) -> None:
    """Reprogram right after boluses, and press again right after that."""
    for at_s in range(0, 300, 60):
        life.ask(Role.PATIENT, BolusAsked(), at_s * 1_000)
    life.later(rng.randint(100, 700) * 1_000, lambda: program(life, rng))
    for at_s in range(700, 1_000, 60):
        life.ask(Role.PATIENT, BolusAsked(), at_s * 1_000)


def give(life: "Life", rng: Random) -> None:
    """A clinician's bolus."""
    pulse_fg = max(1, life.state.path.pulse_fg_max)
    mass_fg = rng.randint(1, rng.choice((3, 20))) * pulse_fg
    life.ask(Role.CLINICIAN, ClinicianBolusAsked(mass_fg, rng.choice((1, 60, 300))))


def pause(life: "Life", rng: Random) -> None:
    """Stop, or go down to the minimum rate, and resume later, seldom after days."""
    life.ask(Role.CLINICIAN, rng.choice((StopAsked(), MinimumRateAsked())))
    back_ms = rng.choice((MINUTE_MS, 20 * MINUTE_MS, 3 * HOUR_MS, 50 * HOUR_MS))
    life.ask(Role.CLINICIAN, ResumeAsked(), rng.randrange(1, back_ms))


def refill(life: "Life", rng: Random) -> None:
    """Empty the reservoir and fill it: the same fluid, or another strength; what came out is sometimes misread."""
    config, state = life.patient.config, life.state
    label = life.patient.strengths
    if rng.randrange(2):
        label = tuple(
            drug.concentration_fg_per_nl_max * rng.randint(2, 10) // 10 if drug.is_listed else 0
            for drug in config.library
        )
    room_nl = config.pump.capacity_nl - config.pump.residual_nl
    filled_nl = min(
        room_nl, rng.choice((room_nl, room_nl // 2, config.pump.residual_nl + rng.randint(20, 900) * 2_000))
    )
    if rng.randrange(2):
        life.ask(Role.CLINICIAN, RefillProposed(filled_nl, label, False, is_shortfall_accepted=bool(rng.randrange(2))))
    left_nl = rng.randint(0, min(config.pump.residual_nl, int(life.plant.reservoir.volume_nl)))
    misread_nl = rng.choice((0, 0, 0, 30_000, -30_000, 3_000_000, -3_000_000))
    aspirated_nl = max(0, int(life.plant.reservoir.volume_nl) - left_nl + misread_nl)
    event = RefillDone(aspirated_nl, filled_nl, label, has_unknown_drug=False, is_rinsed=rng.randrange(6) == 0)
    life.hands.fill(event, left_nl)
    if rng.randrange(4):
        life.later(2 * MINUTE_MS, lambda: program(life, rng))
    if state.mode is not Mode.DELIVERING or rng.randrange(2):
        life.ask(Role.CLINICIAN, ResumeAsked(), 20 * MINUTE_MS)


def prime(life: "Life", rng: Random) -> None:
    """Stop and prime the path, by what it may hold or by another volume; then resume."""
    state = life.state
    volume_nl = rng.choice((state.path.volume_hi_nl, state.path.volume_hi_nl // 2, state.path.volume_hi_nl + 5_000))
    life.ask(Role.CLINICIAN, StopAsked())
    life.ask(Role.CLINICIAN, PrimeAsked(volume_nl), 1_000)
    life.ask(Role.CLINICIAN, PrimeConfirmed(volume_nl), 5_000)
    life.ask(Role.CLINICIAN, ResumeAsked(), rng.choice((MINUTE_MS, 3 * HOUR_MS)))


def revise(life: "Life", rng: Random) -> None:
    """Revise the catheter: another volume, primed by hand or not."""
    is_filled = rng.randrange(2) > 0
    life.hands.revise(rng.randint(60, 400) * 1_000, is_filled)
    if not is_filled:
        life.later(MINUTE_MS, lambda: prime(life, rng))


def travel(life: "Life", rng: Random) -> None:
    """Move the day by some half hours."""
    life.ask(Role.CLINICIAN, PhaseMoved(rng.randrange(SLOT_COUNT)))


def test_device(life: "Life", rng: Random) -> None:
    """The pump finds a fault in itself, and later finds none."""
    life.pump.facts.append(SelfTestReported(is_passed=False))
    life.later(rng.choice((1_000, HOUR_MS)), lambda: life.pump.facts.append(SelfTestReported(is_passed=True)))


def indicate(life: "Life", rng: Random) -> None:
    """The battery lasts 90 days more."""
    life.pump.facts.append(ReplacementIndicated())


def see_alarms(life: "Life", rng: Random) -> None:
    """Acknowledge what sounds."""
    for alarm, each in zip(Alarm, life.state.alarms):
        if each.is_active and rng.randrange(4):
            life.ask(Role.CLINICIAN, AlarmAcknowledged(alarm), rng.randrange(60_000))


def help_out(life: "Life", rng: Random) -> None:
    """Bring the therapy back, step by step, by the way that the specification names."""
    see_alarms(life, rng)
    for step in range(6):
        life.later(MINUTE_MS * (step + 1), lambda: take_a_step(life, rng))
    if life.state.program.bolus_fg == 0 and life.patient.is_bolus_allowed:
        for step in range(2):  # whoever presses shall have something to press for
            life.later(MINUTE_MS * (10 + 2 * step), lambda: program(life, rng))


def take_a_step(life: "Life", rng: Random) -> None:
    """One step back to therapy."""
    state: State = life.state
    event = recover(life.patient.config, state)
    if isinstance(event, RefillDone):
        life.hands.fill(event, 0)
    elif isinstance(event, PathDeclared) and state.path.is_declared:
        life.hands.declare(state.path.volume_lo_nl, state.path.volume_hi_nl, event.is_filled_from_reservoir)
    elif isinstance(event, PathDeclared):
        life.hands.revise(life.patient.path_nl, is_filled=event.is_filled_from_reservoir)
    elif isinstance(event, PrescriptionStaged) and rng.randrange(3) == 0:
        program(life, rng)
    elif isinstance(event, MotorRecovered):
        life.pump.recover()
    elif state.therapy.discrepancy != 0:
        life.ask(Role.CLINICIAN, DiscrepancyResolved())
    elif not isinstance(event, SecondPassed | PulseReported):
        life.ask(Role.CLINICIAN, event)


# How often a week, in thousandths.
ACTS: Mapping[str, tuple[Act, int]] = {
    "press": (press, 20_000),
    "program": (program, 5_000),
    "press_and_program": (press_and_program, 3_000),
    "give": (give, 4_000),
    "pause": (pause, 2_000),
    "refill": (refill, 2_000),
    "prime": (prime, 700),
    "revise": (revise, 500),
    "travel": (travel, 1_000),
    "test_device": (test_device, 300),
    "indicate": (indicate, 50),
    "see_alarms": (see_alarms, 10_000),
    "help_out": (help_out, 14_000),
}
