# SPDX-License-Identifier: Apache-2.0
"""A pump on the bench, with numbers that can be checked in one's head.

One drug of 1,000 fg/nL and pulses of 1 nL: a pulse is 1,000 fg. The motor gives one pulse a second at most, so a slot
of 1,800,000 fg is the largest. Nothing soft stands in the way, and the path is dry: what is filled comes out.
"""

from dataclasses import dataclass, replace

from tests.simulation.values import fill

from thecal.events import (
    Event,
    PathDeclared,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PulseReported,
    PulseResult,
    RefillDone,
    SecondPassed,
)
from thecal.limits import Config, DrugLimits, PumpModel, SafeState
from thecal.outcome import Outcome
from thecal.prescription import Overrides, Prescription
from thecal.state import State, initial_state
from thecal.step import step
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, MASS_FG_MAX, SLOT_COUNT, SLOT_S, YEAR_S

PULSE_FG = 1_000
FILLED_NL = 1_000_000
MOST_SLOT_FG = PULSE_FG * SLOT_S

UNLISTED = fill(DrugLimits, plausible_factor=1, off_therapy_s_max=YEAR_S, stability_s=YEAR_S)
DRUG = fill(
    DrugLimits,
    is_listed=True,
    concentration_fg_per_nl_max=CONCENTRATION_FG_PER_NL_MAX,
    day_fg_max=MASS_FG_MAX,
    hour_fg_max=MASS_FG_MAX,
    bolus_fg_max=MASS_FG_MAX,
    is_patient_bolus_allowed=True,
    concentration_fg_per_nl_soft=CONCENTRATION_FG_PER_NL_MAX,
    day_fg_soft=MASS_FG_MAX,
    titration_permille=1_000,
    plausible_factor=100,
    safe_state=SafeState.KEEP_BASAL,
    off_therapy_s_max=YEAR_S,
    stability_s=YEAR_S,
    shortfall_permille_max=1_000,
)
PUMP = fill(
    PumpModel,
    pulse_volume_nl=1,
    pulse_interval_s=1,
    capacity_nl=FILLED_NL,
    refill_allowance_nl=FILLED_NL,
    stop_s_max=YEAR_S,
)
CONFIG = fill(Config, digest=1, pump=PUMP, library=(DRUG, UNLISTED, UNLISTED, UNLISTED))
TWO_DRUGS = replace(CONFIG, library=(DRUG, DRUG, UNLISTED, UNLISTED))

PRESCRIPTION = fill(
    Prescription,
    slots_fg=(PULSE_FG,) * SLOT_COUNT,
    bolus_fg=10 * PULSE_FG,
    bolus_duration_s=60,
    lockout_s=100,
    bolus_count_max=3,
    cap_day_fg=(MASS_FG_MAX, 0, 0, 0),
    cap_hour_fg=(MASS_FG_MAX, 0, 0, 0),
)
DAY_FG = sum(PRESCRIPTION.slots_fg)
FAST = replace(PRESCRIPTION, slots_fg=(MOST_SLOT_FG // 2,) * SLOT_COUNT)

EVERY_OVERRIDE = fill(Overrides, **dict.fromkeys(Overrides.__slots__, True))
NO_OVERRIDE = fill(Overrides)


def fill_up(filled_nl: int = FILLED_NL, *others_fg_per_nl: int, first_fg_per_nl: int = PULSE_FG) -> RefillDone:
    """The fact of a refill with the bench's drug, and others at these concentrations."""
    label = (first_fg_per_nl, *others_fg_per_nl, 0, 0, 0)[:4]
    return fill(RefillDone, aspirated_nl=0, filled_nl=filled_nl, concentrations_fg_per_nl=label)


def declare(volume_nl: int = 0, is_filled_from_reservoir: bool = True) -> PathDeclared:
    """The fact of a path of exactly that volume."""
    return fill(
        PathDeclared,
        volume_lo_nl=volume_nl,
        volume_hi_nl=volume_nl,
        is_filled_from_reservoir=is_filled_from_reservoir,
    )


def stage(prescription: Prescription, overrides: Overrides = EVERY_OVERRIDE) -> PrescriptionStaged:
    return fill(PrescriptionStaged, prescription=prescription, overrides=overrides)


def confirm(prescription: Prescription) -> PrescriptionConfirmed:
    return fill(PrescriptionConfirmed, prescription=prescription)


@dataclass
class Bench:
    """A pump that is told what happens."""

    config: Config
    state: State

    def ask(self, event: Event) -> Outcome:
        """What the kernel would answer; nothing changes."""
        return step(self.config, self.state, event)

    def send(self, *events: Event) -> Outcome:
        """Let events happen; the outcome of the last."""
        outcome = self.ask(events[0])
        self.state = outcome.state
        for event in events[1:]:
            outcome = self.ask(event)
            self.state = outcome.state
        return outcome

    def wait(self, seconds: int, is_reported: bool = True) -> list[Outcome]:
        """Let seconds pass, each pulse reported as done or not at all; the outcomes of the seconds."""
        outcomes = []
        for _ in range(seconds):
            outcome = self.send(SecondPassed())
            outcomes.append(outcome)
            if outcome.pulse.is_ordered and is_reported:
                self.send(PulseReported(sequence=outcome.pulse.sequence, result=PulseResult.DONE))
        return outcomes

    def program(self, prescription: Prescription) -> Outcome:
        """Stage and confirm a prescription, all overrides given."""
        return self.send(stage(prescription), confirm(prescription))


def open_box(config: Config = CONFIG, tick: int = 0) -> Bench:
    """A pump without fluid or program."""
    return Bench(config, replace(initial_state(config), tick=tick))


def start(prescription: Prescription = PRESCRIPTION, config: Config = CONFIG, filled_nl: int = FILLED_NL) -> Bench:
    """A pump that delivers a prescription."""
    bench = open_box(config)
    bench.send(fill_up(filled_nl), declare())
    bench.program(prescription)
    return bench
