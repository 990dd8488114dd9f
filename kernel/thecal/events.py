# SPDX-License-Identifier: Apache-2.0
"""What can happen. Orders may be refused and then change nothing; facts are never refused.

Only ``SecondPassed`` moves a pulse; ``SecondsPassed`` stands for several of it that move none. Every other event
belongs to the second before it.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from thecal.prescription import Overrides, Prescription
from thecal.state import Alarm
from thecal.units import Concentrations


@dataclass(frozen=True, slots=True)
class SecondPassed:
    """One second was observed."""


@dataclass(frozen=True, slots=True)
class SecondsPassed:
    """Several seconds were observed, as many as the kernel has called quiet beforehand."""

    count: int


@dataclass(frozen=True, slots=True)
class BolusAsked:
    """Order: the patient asks for a bolus."""


@dataclass(frozen=True, slots=True)
class PrescriptionStaged:
    """Order: a clinician proposes a prescription; nothing changes until it is confirmed."""

    prescription: Prescription
    overrides: Overrides


@dataclass(frozen=True, slots=True)
class PrescriptionConfirmed:
    """Order: a clinician confirms what was read back, value for value."""

    prescription: Prescription


@dataclass(frozen=True, slots=True)
class PrescriptionAbandoned:
    """Order: a clinician takes a staged prescription, or a staged prime, back."""


@dataclass(frozen=True, slots=True)
class ClinicianBolusAsked:
    """Order: a clinician gives a bolus of the first drug, ``mass_fg`` over ``duration_s``."""

    mass_fg: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class PrimeAsked:
    """Order: a clinician proposes to move ``volume_nl`` up the path; nothing changes until it is confirmed."""

    volume_nl: int


@dataclass(frozen=True, slots=True)
class PrimeConfirmed:
    """Order: a clinician confirms the volume of a prime that was read back."""

    volume_nl: int


@dataclass(frozen=True, slots=True)
class MinimumRateAsked:
    """Order: move only what keeps the pump alive."""


@dataclass(frozen=True, slots=True)
class PhaseMoved:
    """Order: the day begins ``slot_count`` half hours later, 0 to 47; the pump's program is moved, not its clock."""

    slot_count: int


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Order: stop delivering."""


@dataclass(frozen=True, slots=True)
class ResumeAsked:
    """Order: deliver the program again."""


class PulseResult(IntEnum):
    """What a pulse did, as the device reports it."""

    DONE = 0
    NOT_DONE = 1
    UNKNOWN = 2


@dataclass(frozen=True, slots=True)
class PulseReported:
    """Fact: what the pulse of that sequence number did."""

    sequence: int
    result: PulseResult


@dataclass(frozen=True, slots=True)
class RefillDone:
    """Fact: the reservoir was emptied but for its residual, and filled.

    ``aspirated_nl`` came out before ``filled_nl`` went in. ``has_unknown_drug``: the label names a drug that the
    library does not; its concentration has no place here. ``is_rinsed``: before it was filled, the reservoir was rinsed
    with the same fluid until nothing of what it had held was left.
    """

    aspirated_nl: int
    filled_nl: int
    concentrations_fg_per_nl: Concentrations
    has_unknown_drug: bool
    is_rinsed: bool


@dataclass(frozen=True, slots=True)
class RefillProposed:
    """Order: a clinician asks what a refill would lead to, as ``RefillDone``; nothing changes.

    ``is_shortfall_accepted``: the patient may lack more at the front of the new fluid than a drug tolerates.
    """

    filled_nl: int
    concentrations_fg_per_nl: Concentrations
    has_unknown_drug: bool
    is_shortfall_accepted: bool


@dataclass(frozen=True, slots=True)
class PathDeclared:
    """Fact: tubing and catheter hold between ``volume_lo_nl`` and ``volume_hi_nl``.

    ``is_filled_from_reservoir``: primed by hand with the reservoir's fluid; otherwise it holds no drug.
    """

    volume_lo_nl: int
    volume_hi_nl: int
    is_filled_from_reservoir: bool


@dataclass(frozen=True, slots=True)
class DiscrepancyResolved:
    """Order: a clinician has found out why the reservoir held what was not expected."""


@dataclass(frozen=True, slots=True)
class MotorStalled:
    """Fact: the motor does not turn."""


@dataclass(frozen=True, slots=True)
class MotorRecovered:
    """Fact: the motor turns again."""


@dataclass(frozen=True, slots=True)
class SelfTestReported:
    """Fact: the device has tested itself."""

    is_passed: bool


@dataclass(frozen=True, slots=True)
class ReplacementIndicated:
    """Fact: the battery lasts 90 days more."""


@dataclass(frozen=True, slots=True)
class PowerRestored:
    """Fact: the kernel starts again from this state, after at most ``gap_s`` that nobody observed.

    ``is_last_state``: the journal proves that nothing happened after this state was written.
    """

    gap_s: int
    is_last_state: bool
    is_time_of_day_known: bool


@dataclass(frozen=True, slots=True)
class AlarmAcknowledged:
    """Order: somebody has seen an alarm."""

    alarm: Alarm


Event: TypeAlias = (
    SecondPassed
    | BolusAsked
    | PrescriptionStaged
    | PrescriptionConfirmed
    | PrescriptionAbandoned
    | StopAsked
    | ResumeAsked
    | PulseReported
    | RefillDone
    | PathDeclared
    | ClinicianBolusAsked
    | MinimumRateAsked
    | PhaseMoved
    | DiscrepancyResolved
    | MotorStalled
    | MotorRecovered
    | SelfTestReported
    | ReplacementIndicated
    | PowerRestored
    | AlarmAcknowledged
    | SecondsPassed
    | PrimeAsked
    | PrimeConfirmed
    | RefillProposed
)
