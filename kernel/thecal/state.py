# SPDX-License-Identifier: Apache-2.0
"""Everything that the kernel remembers, in records of fixed size."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, TypeAlias

from thecal.fluid import NO_DRUG, Fluid
from thecal.limits import Config
from thecal.prescription import NO_OVERRIDES, Overrides, Prescription, compute_no_prescription
from thecal.units import (
    DRUG_COUNT,
    FAILURE_COUNT,
    LACKING_LENGTH,
    LEDGER_LENGTH,
    NO_MASSES,
    NO_SLOTS,
    TITRATION_LENGTH,
    YEAR_S,
    Masses,
    Slots,
)


class Mode(IntEnum):
    """What the pump is doing."""

    UNPROGRAMMED = 0
    DELIVERING = 1
    STOPPED = 2
    EMPTY = 3
    END_OF_SERVICE = 4
    MINIMUM_RATE = 5
    STALLED = 6
    FAILED = 7
    PRIMING = 8


class Alarm(IntEnum):
    """What a person must know, the most urgent first. Those up to ``THERAPY_LACKING`` are critical."""

    SERVICE_ENDED = 0
    SELF_TEST_FAILED = 1
    RESERVOIR_EMPTY = 2
    MOTOR_STALLED = 3
    THERAPY_NOT_ADMISSIBLE = 4
    OFF_THERAPY_TOO_LONG = 5
    PULSES_FAILED = 6
    RESERVOIR_DISCREPANT = 7
    RESERVOIR_DISCREPANT_AGAIN = 8
    RESTARTED = 9
    HISTORY_UNKNOWN = 10
    THERAPY_LACKING = 11
    TIME_OF_DAY_UNVERIFIED = 12
    RESERVOIR_LOW = 13
    DRUG_TOO_OLD = 14
    REPLACEMENT_DUE = 15
    REPLACEMENT_OVERDUE = 16


ALARM_COUNT = 17
CRITICAL_COUNT = 12


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much of a drug comes with how much of the first: two concentrations, fg/nL. 0 to 1 where there is none."""

    drug_fg_per_nl: int
    first_fg_per_nl: int


Ratios: TypeAlias = Annotated[tuple[Ratio, ...], DRUG_COUNT]
NO_RATIOS: Ratios = (Ratio(drug_fg_per_nl=0, first_fg_per_nl=1),) * DRUG_COUNT


@dataclass(frozen=True, slots=True)
class Generation:
    """The most that was in force since a daily boundary: each slot, the first drug's pulse, each drug's ratio."""

    slots_fg: Slots
    pulse_fg: int
    ratios: Ratios


NO_GENERATION = Generation(slots_fg=NO_SLOTS, pulse_fg=0, ratios=NO_RATIOS)


@dataclass(frozen=True, slots=True)
class Reserve:
    """The most basal of every drug that any 24 h and any hour may bring, two of the largest pulses included."""

    day_fg: Masses
    hour_fg: Masses


NO_RESERVE = Reserve(day_fg=NO_MASSES, hour_fg=NO_MASSES)


@dataclass(frozen=True, slots=True)
class Basal:
    """What basal is due, and what it may still bring.

    ``owed_fg_1800``: scheduled and not yet pulsed, in 1/1800 fg. ``program`` is the reserve of the program alone,
    ``envelope`` that of everything in force since the last daily boundary but one (``current`` and ``previous``).
    """

    owed_fg_1800: int
    current: Generation
    previous: Generation
    program: Reserve
    envelope: Reserve


@dataclass(frozen=True, slots=True)
class Bolus:
    """The active bolus: ``left_fg`` of ``mass_fg`` of the first drug are still to come.

    ``reserved_fg`` bounds what the whole bolus can bring of every drug; ``given_fg`` is what it brought so far. A prime
    is one that is ordered by volume: at most ``pulses_left`` pulses more, and ``mass_fg`` is what is reserved for it.
    """

    is_active: bool
    is_patient: bool
    is_prime: bool
    start_tick: int
    mass_fg: int
    duration_s: int
    left_fg: int
    pulses_left: int
    reserved_fg: Masses
    given_fg: Masses


NO_BOLUS = Bolus(
    is_active=False,
    is_patient=False,
    is_prime=False,
    start_tick=0,
    mass_fg=0,
    duration_s=1,
    left_fg=0,
    pulses_left=0,
    reserved_fg=NO_MASSES,
    given_fg=NO_MASSES,
)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A bolus that has ended: when it ran and the most that it brought of every drug."""

    is_used: bool
    is_patient: bool
    start_tick: int
    end_tick: int
    given_fg: Masses


Ledger: TypeAlias = Annotated[tuple[LedgerEntry, ...], LEDGER_LENGTH]
NO_ENTRY = LedgerEntry(is_used=False, is_patient=False, start_tick=0, end_tick=0, given_fg=NO_MASSES)


@dataclass(frozen=True, slots=True)
class Lockout:
    """The end of the last bolus, and the largest lockout in force since."""

    has_ended: bool
    end_tick: int
    lockout_s: int


@dataclass(frozen=True, slots=True)
class Flight:
    """The last pulse ordered. While ``is_pending`` nobody knows yet what it did.

    ``first_fg`` and ``first_lo_fg``: the most and the least of the first drug that passes the tip with it.
    """

    is_pending: bool
    is_basal: bool
    sequence: int
    ordered_tick: int
    first_fg: int
    first_lo_fg: int


@dataclass(frozen=True, slots=True)
class Path:
    """Tubing and catheter: ``old`` fluid of ``front_lo_nl`` to ``front_hi_nl``, then the reservoir's.

    ``pulse_fg_min`` and ``pulse_fg_max`` bound the first drug's pulse in the upper book for every fluid that path or
    reservoir has held since the path was last declared or refilled; ``slot_fg_max`` is the most that the motor can give
    in half an hour of the weakest.
    """

    is_declared: bool
    volume_lo_nl: int
    volume_hi_nl: int
    front_lo_nl: int
    front_hi_nl: int
    old: Fluid
    pulse_fg_min: int
    pulse_fg_max: int
    slot_fg_max: int
    ratios: Ratios


@dataclass(frozen=True, slots=True)
class Reservoir:
    """What is left, as an interval, and of what."""

    volume_lo_nl: int
    volume_hi_nl: int
    fluid: Fluid
    filled_clock_s: int


@dataclass(frozen=True, slots=True)
class Staged:
    """An order that waits for its confirmation, and until when: a prescription, or a prime of ``prime_nl`` above 0."""

    is_staged: bool
    expires_tick: int
    prescription: Prescription
    overrides: Overrides
    prime_nl: int


@dataclass(frozen=True, slots=True)
class DayTotals:
    """The least and the most that the program's day total was, of every drug, on one day."""

    least_fg: Masses
    most_fg: Masses


NO_DAY_TOTALS = DayTotals(least_fg=NO_MASSES, most_fg=NO_MASSES)
DayTable: TypeAlias = Annotated[tuple[DayTotals, ...], TITRATION_LENGTH]


@dataclass(frozen=True, slots=True)
class Titration:
    """What the program brings a day, of every drug, and what it brought on each of the last days, today first."""

    total_fg: Masses
    volume_nl: int
    days: DayTable


FailureTicks: TypeAlias = Annotated[tuple[int, ...], FAILURE_COUNT]
NEVER_TICK = -YEAR_S


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of the pump itself.

    ``is_interrupted_at_minimum_rate``: a stall, or an empty reservoir, came while the pump ran at its minimum rate.
    ``failure_ticks``: when the last pulses failed or got lost, newest first. ``missed_s``: the most time that passed
    while nothing was observed, over all restarts. ``replacement_clock_s`` counts ticks and missed seconds.
    """

    is_stalled: bool
    is_interrupted_at_minimum_rate: bool
    failure_ticks: FailureTicks
    missed_s: int
    is_replacement_indicated: bool
    replacement_clock_s: int
    is_time_of_day_known: bool
    unknown_until_tick: int


Lacking: TypeAlias = Annotated[tuple[int, ...], LACKING_LENGTH]


@dataclass(frozen=True, slots=True)
class Therapy:
    """What stands between the patient and the therapy.

    ``off_s``: seconds since basal last ran, counting the greatest gaps. ``is_bolus_blocked`` until a clinician
    confirms a program. ``lacking_fg_1800``: planned basal that was neither given nor is promised, by three hours, the
    latest first. ``discrepancy``: 0 none, 1 more fluid than expected, -1 less; ``is_repeated`` the same again.
    """

    off_s: int
    is_bolus_blocked: bool
    discrepancy: int
    last_discrepancy: int
    is_repeated: bool
    lacking_fg_1800: Lacking


@dataclass(frozen=True, slots=True)
class AlarmState:
    """Whether an alarm is active, whether somebody saw it, and until when it keeps quiet."""

    is_active: bool
    is_acknowledged: bool
    quiet_until_tick: int


NO_ALARM = AlarmState(is_active=False, is_acknowledged=False, quiet_until_tick=0)
Alarms: TypeAlias = Annotated[tuple[AlarmState, ...], ALARM_COUNT]


@dataclass(frozen=True, slots=True)
class State:
    """The whole of the kernel's memory.

    ``is_admitted``: the program was admitted with the fluids that path and reservoir hold now; nothing is delivered
    otherwise. ``program`` is what is in force; before the first confirmation it has no dose and the hard limits.
    """

    config_digest: int
    tick: int
    mode: Mode
    is_programmed: bool
    is_admitted: bool
    program: Prescription
    staged: Staged
    basal: Basal
    bolus: Bolus
    ledger: Ledger
    lockout: Lockout
    flight: Flight
    path: Path
    reservoir: Reservoir
    overrides: Overrides
    titration: Titration
    device: Device
    therapy: Therapy
    alarms: Alarms


def initial_state(config: Config) -> State:
    """A pump as it leaves the box: no prescription, no fluid, nothing remembered."""
    nothing = compute_no_prescription(config)
    return State(
        config_digest=config.digest,
        tick=0,
        mode=Mode.UNPROGRAMMED,
        is_programmed=False,
        is_admitted=False,
        program=nothing,
        staged=Staged(is_staged=False, expires_tick=0, prescription=nothing, overrides=NO_OVERRIDES, prime_nl=0),
        basal=Basal(
            owed_fg_1800=0,
            current=NO_GENERATION,
            previous=NO_GENERATION,
            program=NO_RESERVE,
            envelope=NO_RESERVE,
        ),
        bolus=NO_BOLUS,
        ledger=(NO_ENTRY,) * LEDGER_LENGTH,
        lockout=Lockout(has_ended=False, end_tick=0, lockout_s=0),
        flight=Flight(is_pending=False, is_basal=False, sequence=0, ordered_tick=0, first_fg=0, first_lo_fg=0),
        path=Path(
            is_declared=False,
            volume_lo_nl=0,
            volume_hi_nl=0,
            front_lo_nl=0,
            front_hi_nl=0,
            old=NO_DRUG,
            pulse_fg_min=0,
            pulse_fg_max=0,
            slot_fg_max=0,
            ratios=NO_RATIOS,
        ),
        reservoir=Reservoir(volume_lo_nl=0, volume_hi_nl=0, fluid=NO_DRUG, filled_clock_s=0),
        overrides=NO_OVERRIDES,
        titration=Titration(total_fg=NO_MASSES, volume_nl=0, days=(NO_DAY_TOTALS,) * TITRATION_LENGTH),
        device=Device(
            is_stalled=False,
            is_interrupted_at_minimum_rate=False,
            failure_ticks=(NEVER_TICK,) * FAILURE_COUNT,
            missed_s=0,
            is_replacement_indicated=False,
            replacement_clock_s=0,
            is_time_of_day_known=True,
            unknown_until_tick=0,
        ),
        therapy=Therapy(
            off_s=0,
            is_bolus_blocked=False,
            discrepancy=0,
            last_discrepancy=0,
            is_repeated=False,
            lacking_fg_1800=(0,) * LACKING_LENGTH,
        ),
        alarms=(NO_ALARM,) * ALARM_COUNT,
    )
