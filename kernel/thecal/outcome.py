# SPDX-License-Identifier: Apache-2.0
"""What the kernel answers: the next state, at most one pulse, and a response that reads as a sentence."""

from dataclasses import dataclass
from enum import IntEnum

from thecal.state import Alarm, State
from thecal.units import NO_MASSES, Masses


class Response(IntEnum):
    """The closed list of answers. Numbers are stable and never reused."""

    SECOND_PASSED = 0
    PULSE_ORDERED_FOR_BASAL = 1
    PULSE_ORDERED_FOR_BOLUS = 2
    DELIVERY_ENDED_BECAUSE_THE_RESERVOIR_IS_EMPTY = 3
    SERVICE_HAS_ENDED = 4
    NOTHING_AGAINST_IT = 5
    SECONDS_PASSED = 6
    REFUSED_SECONDS_MAY_NOT_BE_QUIET = 7

    BOLUS_GRANTED = 10
    REFUSED_BOLUS_WHILE_NOT_DELIVERING = 11
    REFUSED_BOLUS_WHILE_ONE_IS_ACTIVE = 12
    REFUSED_BOLUS_NOT_PRESCRIBED = 13
    REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR = 14
    REFUSED_BOLUS_STILL_LOCKED_OUT = 15
    REFUSED_BOLUS_COUNT_REACHED = 16
    REFUSED_BOLUS_ABOVE_THE_CAP_OF_A_DAY = 17
    REFUSED_BOLUS_ABOVE_THE_CAP_OF_AN_HOUR = 18
    REFUSED_BOLUS_ABOVE_THE_LARGEST_SINGLE_BOLUS = 19
    REFUSED_BOLUS_DOES_NOT_FIT_IN_THE_RESERVOIR = 20
    REFUSED_BOLUS_LEDGER_IS_FULL = 21
    REFUSED_BOLUS_UNTIL_A_CLINICIAN_CONFIRMS = 22
    REFUSED_BOLUS_WHILE_PULSES_FAIL = 23
    REFUSED_BOLUS_WHILE_HISTORY_IS_UNKNOWN = 24
    REFUSED_CLINICIAN_BOLUS_COUNT_REACHED = 25
    REFUSED_BOLUS_MALFORMED = 26

    REFUSED_BOLUS_TOO_FAST_TO_DELIVER = 27

    PRESCRIPTION_STAGED = 30
    PRESCRIPTION_CONFIRMED = 31
    PRESCRIPTION_ABANDONED = 32
    REFUSED_PRESCRIPTION_MALFORMED = 33
    REFUSED_CAP_ABOVE_A_HARD_LIMIT = 34
    REFUSED_SLOT_TOO_SMALL_TO_DELIVER = 35
    REFUSED_SLOT_TOO_LARGE_TO_DELIVER = 36
    REFUSED_BASAL_ABOVE_ITS_OWN_CAP = 37
    REFUSED_FLUID_NOT_ALLOWED = 38
    REFUSED_PATH_NOT_DECLARED = 39
    REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG = 40
    REFUSED_BASAL_RAISED_TOO_SOON_AFTER_BOLUSES = 41
    REFUSED_NOTHING_STAGED = 42
    REFUSED_NOT_WHAT_WAS_STAGED = 43
    REFUSED_BOLUS_ABOVE_ITS_LIMIT = 44
    REFUSED_DAY_ABOVE_A_SOFT_LIMIT = 45
    REFUSED_CONCENTRATION_ABOVE_A_SOFT_LIMIT = 46
    REFUSED_INCREASE_BEYOND_THE_ALLOWANCE = 47
    REFUSED_DECREASE_BEYOND_THE_ALLOWANCE = 48
    REFUSED_DOSE_IS_NOT_PLAUSIBLE = 49

    STOPPED = 50
    RESUMED = 51
    REFUSED_NO_PRESCRIPTION = 52
    REFUSED_SERVICE_HAS_ENDED = 53
    REFUSED_RESERVOIR_IS_EMPTY = 54
    REFUSED_MOTOR_IS_STALLED = 55
    REFUSED_SELF_TEST_FAILED = 56
    MINIMUM_RATE_SET = 57
    REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT = 58
    REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN = 59

    REFUSED_RESERVOIR_IS_IN_DOUBT = 65

    PULSE_BOOKED_AS_DONE = 60
    PULSE_BOOKED_AS_NOT_DONE = 61
    PULSE_BOOKED_AS_UNKNOWN = 62
    REPORT_OF_ANOTHER_PULSE_IGNORED = 63

    REFILL_BOOKED = 70
    REFILL_BOOKED_AND_DELIVERY_STOPPED = 71
    PATH_BOOKED = 72
    PATH_BOOKED_AND_DELIVERY_STOPPED = 73
    REFUSED_MALFORMED_FACT = 74
    REFILL_BOOKED_WITH_A_DISCREPANCY = 75

    PHASE_MOVED = 80
    REFUSED_PHASE_MALFORMED = 81
    DISCREPANCY_RESOLVED = 82
    REFUSED_NO_DISCREPANCY = 83
    ALARM_ACKNOWLEDGED = 84
    REFUSED_ALARM_NOT_ACTIVE = 85

    STALL_BOOKED = 90
    RECOVERY_BOOKED = 91
    SELF_TEST_BOOKED = 92
    REPLACEMENT_BOOKED = 93
    RESTART_BOOKED = 94


@dataclass(frozen=True, slots=True)
class Pulse:
    """An order to move one pulse, or none. A driver obeys each ``sequence`` once.

    ``upper_fg`` and ``lower_fg`` bound what passes the catheter's tip with it, for every drug.
    """

    is_ordered: bool
    is_basal: bool
    sequence: int
    volume_nl: int
    upper_fg: Masses
    lower_fg: Masses


NO_PULSE = Pulse(is_ordered=False, is_basal=False, sequence=0, volume_nl=0, upper_fg=NO_MASSES, lower_fg=NO_MASSES)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the device must show and sound: the most urgent active alarm, if any."""

    is_active: bool
    alarm: Alarm
    is_sounding: bool


NOTHING_SHOWN = Shown(is_active=False, alarm=Alarm.SERVICE_ENDED, is_sounding=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one event."""

    state: State
    pulse: Pulse
    response: Response
    shown: Shown
