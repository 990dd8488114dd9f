# SPDX-License-Identifier: Apache-2.0
"""Every response can be had: a short trace from the pump's box shows it, and what is refused changes nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.kernel.bench import (
    CONFIG,
    DAY_FG,
    DRUG,
    FAST,
    FILLED_NL,
    MOST_SLOT_FG,
    NO_OVERRIDE,
    PRESCRIPTION,
    PULSE_FG,
    PUMP,
    UNLISTED,
    Bench,
    confirm,
    declare,
    fill_up,
    open_box,
    stage,
    start,
)
from tests.simulation.values import alter

from thecal.events import (
    AlarmAcknowledged,
    BolusAsked,
    ClinicianBolusAsked,
    DiscrepancyResolved,
    Event,
    MinimumRateAsked,
    MotorRecovered,
    MotorStalled,
    PathDeclared,
    PhaseMoved,
    PowerRestored,
    PrescriptionAbandoned,
    PrimeAsked,
    PrimeConfirmed,
    PulseReported,
    PulseResult,
    RefillProposed,
    ReplacementIndicated,
    ResumeAsked,
    SecondPassed,
    SecondsPassed,
    SelfTestReported,
    StopAsked,
)
from thecal.limits import Config
from thecal.outcome import Response
from thecal.prescription import Overrides, Prescription
from thecal.state import Alarm, LedgerEntry
from thecal.units import DAY_S, LEDGER_LENGTH, MASS_FG_MAX, SLOT_COUNT, SLOT_S, TICK_MAX

Trace = Callable[[], tuple[Bench, Event]]
TRACES: dict[Response, Trace] = {}

# What no event answers, and why.
NEVER_ANSWERED = {
    Response.NOTHING_AGAINST_IT: "passes between rooms of the kernel only",
    Response.REFUSED_BOLUS_LEDGER_IS_FULL: "the counts of a day leave room for every bolus",
}


def reaches(response: Response) -> Callable[[Trace], Trace]:
    """A trace: a pump under way, and the event that it answers so."""

    def register(trace: Trace) -> Trace:
        assert response not in TRACES
        TRACES[response] = trace
        return trace

    return register


def with_drug(**limits: object) -> Config:
    """The bench's configuration with other limits of its drug."""
    return replace(CONFIG, library=(alter(DRUG, **limits), UNLISTED, UNLISTED, UNLISTED))


def with_slots(slot_fg: int, prescription: Prescription = PRESCRIPTION) -> Prescription:
    return replace(prescription, slots_fg=(slot_fg,) * SLOT_COUNT)


def with_caps(day_fg: int, hour_fg: int = MASS_FG_MAX, prescription: Prescription = PRESCRIPTION) -> Prescription:
    return replace(prescription, cap_day_fg=(day_fg, 0, 0, 0), cap_hour_fg=(hour_fg, 0, 0, 0))


def abort_bolus(bench: Bench, asked: Event) -> None:
    bench.send(asked, StopAsked(), ResumeAsked())


CLINICIANS = ClinicianBolusAsked(mass_fg=10 * PULSE_FG, duration_s=60)
UNPROVED = PowerRestored(gap_s=0, is_last_state=False, is_time_of_day_known=True)
SOILED = replace(PUMP, residual_nl=100)
DISTRUSTFUL = replace(CONFIG, pump=replace(PUMP, refill_allowance_nl=0))


@reaches(Response.SECOND_PASSED)
def _nothing_due() -> tuple[Bench, Event]:
    return start(), SecondPassed()


@reaches(Response.SECONDS_PASSED)
def _nothing_due_for_long() -> tuple[Bench, Event]:
    return start(), SecondsPassed(count=SLOT_S - 1)


@reaches(Response.REFUSED_SECONDS_MAY_NOT_BE_QUIET)
def _one_second_too_many() -> tuple[Bench, Event]:
    return start(), SecondsPassed(count=SLOT_S)


@reaches(Response.PULSE_ORDERED_FOR_BASAL)
def _basal_due() -> tuple[Bench, Event]:
    return start(replace(with_slots(MOST_SLOT_FG), bolus_fg=0)), SecondPassed()


@reaches(Response.PULSE_ORDERED_FOR_BOLUS)
def _bolus_due() -> tuple[Bench, Event]:
    bench = start()
    bench.send(BolusAsked())
    bench.wait(5)  # ten pulses in sixty seconds: one every six
    return bench, SecondPassed()


@reaches(Response.DELIVERY_ENDED_BECAUSE_THE_RESERVOIR_IS_EMPTY)
def _runs_dry() -> tuple[Bench, Event]:
    bench = start(replace(with_slots(MOST_SLOT_FG), bolus_fg=0), filled_nl=1)
    bench.wait(1)
    return bench, SecondPassed()


@reaches(Response.SERVICE_HAS_ENDED)
def _last_tick() -> tuple[Bench, Event]:
    return open_box(tick=TICK_MAX - 1), SecondPassed()


@reaches(Response.BOLUS_GRANTED)
def _bolus() -> tuple[Bench, Event]:
    return start(), BolusAsked()


@reaches(Response.REFUSED_BOLUS_WHILE_NOT_DELIVERING)
def _bolus_while_stopped() -> tuple[Bench, Event]:
    bench = start()
    bench.send(StopAsked())
    return bench, BolusAsked()


@reaches(Response.REFUSED_BOLUS_WHILE_ONE_IS_ACTIVE)
def _bolus_beside_a_bolus() -> tuple[Bench, Event]:
    bench = start()
    bench.send(CLINICIANS)
    return bench, BolusAsked()


@reaches(Response.REFUSED_BOLUS_NOT_PRESCRIBED)
def _bolus_of_nothing() -> tuple[Bench, Event]:
    return start(replace(PRESCRIPTION, bolus_fg=0)), BolusAsked()


@reaches(Response.REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR)
def _bolus_of_a_drug_not_for_patients() -> tuple[Bench, Event]:
    forbidden = replace(DRUG, is_patient_bolus_allowed=False)
    caps_fg = (MASS_FG_MAX, MASS_FG_MAX, 0, 0)
    bench = start(
        replace(PRESCRIPTION, cap_day_fg=caps_fg, cap_hour_fg=caps_fg),
        replace(CONFIG, library=(DRUG, forbidden, UNLISTED, UNLISTED)),
    )
    bench.send(fill_up(FILLED_NL, 1))
    return bench, BolusAsked()


@reaches(Response.REFUSED_BOLUS_STILL_LOCKED_OUT)
def _bolus_in_the_lockout_of_an_aborted_one() -> tuple[Bench, Event]:
    bench = start()
    abort_bolus(bench, BolusAsked())
    bench.wait(PRESCRIPTION.lockout_s - 1)
    return bench, BolusAsked()


@reaches(Response.REFUSED_BOLUS_COUNT_REACHED)
def _one_bolus_too_many() -> tuple[Bench, Event]:
    bench = start(replace(PRESCRIPTION, lockout_s=0, bolus_count_max=2))
    abort_bolus(bench, BolusAsked())
    abort_bolus(bench, BolusAsked())
    return bench, BolusAsked()


@reaches(Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_A_DAY)
def _bolus_above_the_day() -> tuple[Bench, Event]:
    reserve_fg = DAY_FG + 2 * PULSE_FG
    return start(with_caps(reserve_fg + PRESCRIPTION.bolus_fg - 1)), BolusAsked()


@reaches(Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_AN_HOUR)
def _bolus_above_the_hour() -> tuple[Bench, Event]:
    reserve_fg = 2 * PULSE_FG + 2 * PULSE_FG
    return start(with_caps(MASS_FG_MAX, reserve_fg + PRESCRIPTION.bolus_fg - 1)), BolusAsked()


@reaches(Response.REFUSED_BOLUS_ABOVE_THE_LARGEST_SINGLE_BOLUS)
def _clinicians_bolus_too_large() -> tuple[Bench, Event]:
    bench = start(config=with_drug(bolus_fg_max=PRESCRIPTION.bolus_fg))
    return bench, replace(CLINICIANS, mass_fg=PRESCRIPTION.bolus_fg + 1)


@reaches(Response.REFUSED_BOLUS_DOES_NOT_FIT_IN_THE_RESERVOIR)
def _bolus_from_an_almost_empty_reservoir() -> tuple[Bench, Event]:
    return start(filled_nl=10), BolusAsked()


@reaches(Response.REFUSED_BOLUS_UNTIL_A_CLINICIAN_CONFIRMS)
def _bolus_after_a_long_stop() -> tuple[Bench, Event]:
    bench = start(config=replace(CONFIG, pump=replace(PUMP, stop_s_max=2)))
    bench.send(StopAsked())
    bench.wait(2)
    bench.send(ResumeAsked())
    return bench, BolusAsked()


@reaches(Response.REFUSED_BOLUS_WHILE_PULSES_FAIL)
def _bolus_after_pulses_that_nobody_reports() -> tuple[Bench, Event]:
    bench = start(FAST)
    bench.wait(20, is_reported=False)
    return bench, BolusAsked()


@reaches(Response.REFUSED_BOLUS_WHILE_HISTORY_IS_UNKNOWN)
def _bolus_after_an_unproved_restart() -> tuple[Bench, Event]:
    bench = start()
    bench.send(UNPROVED)
    return bench, CLINICIANS


@reaches(Response.REFUSED_CLINICIAN_BOLUS_COUNT_REACHED)
def _one_clinicians_bolus_too_many() -> tuple[Bench, Event]:
    bench = start()
    for _ in range(6):
        abort_bolus(bench, CLINICIANS)
    return bench, CLINICIANS


@reaches(Response.REFUSED_BOLUS_MALFORMED)
def _clinicians_bolus_of_nothing() -> tuple[Bench, Event]:
    return start(), replace(CLINICIANS, mass_fg=0)


@reaches(Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER)
def _bolus_faster_than_the_motor() -> tuple[Bench, Event]:
    return start(), stage(replace(PRESCRIPTION, bolus_duration_s=9))


@reaches(Response.PRESCRIPTION_STAGED)
def _staged() -> tuple[Bench, Event]:
    return start(), stage(PRESCRIPTION)


@reaches(Response.PRESCRIPTION_CONFIRMED)
def _confirmed() -> tuple[Bench, Event]:
    bench = start()
    bench.send(stage(FAST))
    return bench, confirm(FAST)


@reaches(Response.PRESCRIPTION_ABANDONED)
def _abandoned() -> tuple[Bench, Event]:
    bench = start()
    bench.send(stage(FAST))
    return bench, PrescriptionAbandoned()


@reaches(Response.REFUSED_PRESCRIPTION_MALFORMED)
def _slot_below_nothing() -> tuple[Bench, Event]:
    return start(), stage(with_slots(-1))


@reaches(Response.REFUSED_CAP_ABOVE_A_HARD_LIMIT)
def _cap_above_the_library() -> tuple[Bench, Event]:
    config = with_drug(day_fg_max=MASS_FG_MAX - 1, hour_fg_max=1, bolus_fg_max=0, day_fg_soft=1)
    bench = open_box(config)
    bench.send(fill_up(), declare())
    return bench, stage(with_caps(MASS_FG_MAX, 0))


@reaches(Response.REFUSED_SLOT_TOO_SMALL_TO_DELIVER)
def _slot_below_the_minimum_rate() -> tuple[Bench, Event]:
    bench = start(config=replace(CONFIG, pump=replace(PUMP, slot_volume_nl_min=1)))
    return bench, stage(with_slots(PULSE_FG - 1))


@reaches(Response.REFUSED_SLOT_TOO_LARGE_TO_DELIVER)
def _slot_above_the_motor() -> tuple[Bench, Event]:
    return start(), stage(with_slots(MOST_SLOT_FG + 1))


@reaches(Response.REFUSED_BASAL_ABOVE_ITS_OWN_CAP)
def _basal_above_its_cap() -> tuple[Bench, Event]:
    return start(), stage(with_caps(DAY_FG + 2 * PULSE_FG - 1))


@reaches(Response.REFUSED_FLUID_NOT_ALLOWED)
def _unknown_fluid() -> tuple[Bench, Event]:
    bench = open_box()
    bench.send(replace(fill_up(), has_unknown_drug=True), declare())
    return bench, stage(PRESCRIPTION)


@reaches(Response.REFUSED_PATH_NOT_DECLARED)
def _no_path() -> tuple[Bench, Event]:
    bench = open_box()
    bench.send(fill_up())
    return bench, stage(PRESCRIPTION)


@reaches(Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG)
def _water() -> tuple[Bench, Event]:
    bench = open_box()
    bench.send(fill_up(first_fg_per_nl=0), declare())
    return bench, stage(PRESCRIPTION)


@reaches(Response.REFUSED_BASAL_RAISED_TOO_SOON_AFTER_BOLUSES)
def _raise_after_a_bolus() -> tuple[Bench, Event]:
    cap_fg = DAY_FG + 2 * PULSE_FG + PRESCRIPTION.bolus_fg
    bench = start(with_caps(cap_fg))
    bench.send(BolusAsked())
    bench.wait(60)
    raised = (PULSE_FG + 1, *PRESCRIPTION.slots_fg[1:])
    return bench, stage(replace(with_caps(cap_fg), slots_fg=raised))


@reaches(Response.REFUSED_NOTHING_STAGED)
def _nothing_staged() -> tuple[Bench, Event]:
    return start(), confirm(PRESCRIPTION)


@reaches(Response.REFUSED_NOT_WHAT_WAS_STAGED)
def _something_else_staged() -> tuple[Bench, Event]:
    bench = start()
    bench.send(stage(FAST))
    return bench, confirm(PRESCRIPTION)


@reaches(Response.REFUSED_BOLUS_ABOVE_ITS_LIMIT)
def _prescribed_bolus_too_large() -> tuple[Bench, Event]:
    bench = start(config=with_drug(bolus_fg_max=PRESCRIPTION.bolus_fg))
    return bench, stage(replace(PRESCRIPTION, bolus_fg=PRESCRIPTION.bolus_fg + 1))


def stage_without(override: str, bench: Bench, prescription: Prescription) -> tuple[Bench, Event]:
    """Stage with every override but one."""
    overrides = alter(NO_OVERRIDE, **{name: name != override for name in Overrides.__slots__})
    return bench, stage(prescription, overrides)


@reaches(Response.REFUSED_DAY_ABOVE_A_SOFT_LIMIT)
def _cap_above_the_soft_limit() -> tuple[Bench, Event]:
    return stage_without("is_day_limit", start(config=with_drug(day_fg_soft=DAY_FG)), PRESCRIPTION)


@reaches(Response.REFUSED_CONCENTRATION_ABOVE_A_SOFT_LIMIT)
def _fluid_above_the_soft_limit() -> tuple[Bench, Event]:
    config = with_drug(concentration_fg_per_nl_soft=PULSE_FG - 1)
    return stage_without("is_concentration", start(config=config), PRESCRIPTION)


@reaches(Response.REFUSED_INCREASE_BEYOND_THE_ALLOWANCE)
def _first_dose_of_all() -> tuple[Bench, Event]:
    return stage_without("is_increase", start(), with_slots(PULSE_FG + 1))


@reaches(Response.REFUSED_DECREASE_BEYOND_THE_ALLOWANCE)
def _withdrawal() -> tuple[Bench, Event]:
    bench = start(config=with_drug(has_withdrawal=True, titration_permille=100))
    return stage_without("is_decrease", bench, with_slots(PULSE_FG * 9 // 10 - 1))


@reaches(Response.REFUSED_DOSE_IS_NOT_PLAUSIBLE)
def _per_hour_for_per_day() -> tuple[Bench, Event]:
    bench = start(config=with_drug(plausible_factor=2))
    return stage_without("is_plausibility", bench, with_slots(2 * PULSE_FG + 1))


@reaches(Response.STOPPED)
def _stopped() -> tuple[Bench, Event]:
    return start(), StopAsked()


@reaches(Response.RESUMED)
def _resumed() -> tuple[Bench, Event]:
    bench = start()
    bench.send(StopAsked())
    return bench, ResumeAsked()


@reaches(Response.REFUSED_NO_PRESCRIPTION)
def _resume_of_nothing() -> tuple[Bench, Event]:
    return open_box(), ResumeAsked()


@reaches(Response.REFUSED_SERVICE_HAS_ENDED)
def _stop_after_the_end() -> tuple[Bench, Event]:
    bench = open_box(tick=TICK_MAX - 1)
    bench.wait(1)
    return bench, StopAsked()


@reaches(Response.REFUSED_RESERVOIR_IS_EMPTY)
def _resume_of_an_empty_pump() -> tuple[Bench, Event]:
    bench, last = _runs_dry()
    bench.send(last)
    return bench, ResumeAsked()


@reaches(Response.REFUSED_MOTOR_IS_STALLED)
def _resume_of_a_stalled_motor() -> tuple[Bench, Event]:
    bench = start()
    bench.send(MotorStalled())
    return bench, ResumeAsked()


@reaches(Response.REFUSED_SELF_TEST_FAILED)
def _resume_after_a_failed_self_test() -> tuple[Bench, Event]:
    bench = start()
    bench.send(SelfTestReported(is_passed=False))
    return bench, ResumeAsked()


@reaches(Response.MINIMUM_RATE_SET)
def _minimum_rate() -> tuple[Bench, Event]:
    return start(), MinimumRateAsked()


@reaches(Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT)
def _raise_in_doubt() -> tuple[Bench, Event]:
    bench = start(config=DISTRUSTFUL)
    bench.send(fill_up())
    return bench, stage(with_slots(PULSE_FG + 1))


@reaches(Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN)
def _raise_after_an_unproved_restart() -> tuple[Bench, Event]:
    bench = start()
    bench.send(UNPROVED)
    return bench, stage(with_slots(PULSE_FG + 1))


def test_a_first_program_need_not_wait_for_an_unknown_day() -> None:
    """No bolus can have come before it, and none comes until the day is over."""
    bench = open_box()
    bench.send(fill_up(), declare(), UNPROVED)
    assert bench.program(PRESCRIPTION).response == Response.PRESCRIPTION_CONFIRMED
    assert bench.ask(CLINICIANS).response == Response.REFUSED_BOLUS_WHILE_HISTORY_IS_UNKNOWN
    assert bench.ask(stage(with_slots(PULSE_FG + 1))).response == Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN


@reaches(Response.REFUSED_RESERVOIR_IS_IN_DOUBT)
def _minimum_rate_in_doubt() -> tuple[Bench, Event]:
    bench = start(config=DISTRUSTFUL)
    bench.send(fill_up())
    return bench, MinimumRateAsked()


def report(result: PulseResult, of: int = 0) -> tuple[Bench, Event]:
    """A pulse in flight, and the report on it or on another."""
    bench = start(FAST)
    bench.wait(2, is_reported=False)
    assert bench.state.flight.is_pending
    return bench, PulseReported(sequence=bench.state.flight.sequence + of, result=result)


@reaches(Response.PULSE_BOOKED_AS_DONE)
def _done() -> tuple[Bench, Event]:
    return report(PulseResult.DONE)


@reaches(Response.PULSE_BOOKED_AS_NOT_DONE)
def _not_done() -> tuple[Bench, Event]:
    return report(PulseResult.NOT_DONE)


@reaches(Response.PULSE_BOOKED_AS_UNKNOWN)
def _unknown() -> tuple[Bench, Event]:
    return report(PulseResult.UNKNOWN)


@reaches(Response.REPORT_OF_ANOTHER_PULSE_IGNORED)
def _another() -> tuple[Bench, Event]:
    return report(PulseResult.DONE, of=-1)


@reaches(Response.REFILL_BOOKED)
def _refill() -> tuple[Bench, Event]:
    return start(), fill_up()


@reaches(Response.REFILL_BOOKED_AND_DELIVERY_STOPPED)
def _refill_with_something_unknown() -> tuple[Bench, Event]:
    return start(), replace(fill_up(), has_unknown_drug=True)


@reaches(Response.REFILL_BOOKED_WITH_A_DISCREPANCY)
def _refill_of_what_should_be_full() -> tuple[Bench, Event]:
    return start(config=DISTRUSTFUL), fill_up()


@reaches(Response.PATH_BOOKED)
def _path() -> tuple[Bench, Event]:
    return start(), declare(100)


@reaches(Response.PATH_BOOKED_AND_DELIVERY_STOPPED)
def _path_of_water() -> tuple[Bench, Event]:
    return start(), declare(100, is_filled_from_reservoir=False)


@reaches(Response.REFUSED_MALFORMED_FACT)
def _path_of_less_than_nothing() -> tuple[Bench, Event]:
    return start(), PathDeclared(volume_lo_nl=-1, volume_hi_nl=0, is_filled_from_reservoir=True)


@reaches(Response.PHASE_MOVED)
def _phase() -> tuple[Bench, Event]:
    return start(), PhaseMoved(slot_count=1)


@reaches(Response.REFUSED_PHASE_MALFORMED)
def _phase_of_a_whole_day() -> tuple[Bench, Event]:
    return start(), PhaseMoved(slot_count=SLOT_COUNT)


@reaches(Response.DISCREPANCY_RESOLVED)
def _cause_found() -> tuple[Bench, Event]:
    bench = start(config=DISTRUSTFUL)
    bench.send(fill_up())
    return bench, DiscrepancyResolved()


@reaches(Response.REFUSED_NO_DISCREPANCY)
def _nothing_to_resolve() -> tuple[Bench, Event]:
    return start(), DiscrepancyResolved()


@reaches(Response.ALARM_ACKNOWLEDGED)
def _alarm_seen() -> tuple[Bench, Event]:
    bench = start()
    bench.send(MotorStalled())
    return bench, AlarmAcknowledged(alarm=Alarm.MOTOR_STALLED)


@reaches(Response.REFUSED_ALARM_NOT_ACTIVE)
def _no_alarm_to_see() -> tuple[Bench, Event]:
    return start(), AlarmAcknowledged(alarm=Alarm.MOTOR_STALLED)


@reaches(Response.STALL_BOOKED)
def _stall() -> tuple[Bench, Event]:
    return start(), MotorStalled()


@reaches(Response.RECOVERY_BOOKED)
def _recovery() -> tuple[Bench, Event]:
    return start(), MotorRecovered()


@reaches(Response.SELF_TEST_BOOKED)
def _self_test() -> tuple[Bench, Event]:
    return start(), SelfTestReported(is_passed=True)


@reaches(Response.REPLACEMENT_BOOKED)
def _replacement() -> tuple[Bench, Event]:
    return start(), ReplacementIndicated()


@reaches(Response.RESTART_BOOKED)
def _restart() -> tuple[Bench, Event]:
    return start(), UNPROVED


VOLUME_NL = 20


def connect(volume_nl: int = VOLUME_NL, config: Config = CONFIG) -> Bench:
    """A pump with fluid, and a path of some volume that holds none of it."""
    bench = open_box(config)
    bench.send(fill_up(), declare(volume_nl, is_filled_from_reservoir=False))
    return bench


@reaches(Response.PRIME_STAGED)
def _prime_staged() -> tuple[Bench, Event]:
    return connect(), PrimeAsked(VOLUME_NL)


@reaches(Response.PRIME_BEGUN)
def _prime_begun() -> tuple[Bench, Event]:
    bench = connect()
    bench.send(PrimeAsked(VOLUME_NL))
    return bench, PrimeConfirmed(VOLUME_NL)


@reaches(Response.PULSE_ORDERED_FOR_PRIME)
def _prime_runs() -> tuple[Bench, Event]:
    bench, confirmed = _prime_begun()
    bench.send(confirmed)
    return bench, SecondPassed()


@reaches(Response.PRIME_ENDED)
def _prime_ends() -> tuple[Bench, Event]:
    bench, _ = _prime_runs()
    bench.wait(VOLUME_NL)
    return bench, SecondPassed()


@reaches(Response.REFUSED_PRIME_MALFORMED)
def _prime_of_nothing() -> tuple[Bench, Event]:
    return connect(), PrimeAsked(0)


@reaches(Response.REFUSED_PRIME_UNLESS_STOPPED)
def _prime_beside_basal() -> tuple[Bench, Event]:
    return start(), PrimeAsked(VOLUME_NL)


@reaches(Response.REFUSED_PRIME_WHILE_HISTORY_IS_UNKNOWN)
def _prime_after_an_unproved_restart() -> tuple[Bench, Event]:
    bench = connect()
    bench.send(UNPROVED)
    return bench, PrimeAsked(VOLUME_NL)


@reaches(Response.REFUSED_PRIME_LARGER_THAN_THE_PATH)
def _prime_beyond_the_path() -> tuple[Bench, Event]:
    return connect(), PrimeAsked(VOLUME_NL + 1)


@reaches(Response.REFUSED_PRIME_ABOVE_THE_LARGEST_SINGLE_BOLUS)
def _prime_of_a_full_path_above_a_bolus() -> tuple[Bench, Event]:
    bench = connect(config=with_drug(bolus_fg_max=VOLUME_NL * PULSE_FG - 1))
    bench.send(declare(VOLUME_NL))
    return bench, PrimeAsked(VOLUME_NL)


@reaches(Response.REFUSED_PRIME_ABOVE_THE_CAP_OF_A_DAY)
def _prime_of_a_full_path_above_the_day() -> tuple[Bench, Event]:
    bench = start(with_caps(DAY_FG + 2 * PULSE_FG + VOLUME_NL * PULSE_FG - 1))
    bench.send(StopAsked(), declare(VOLUME_NL))
    return bench, PrimeAsked(VOLUME_NL)


@reaches(Response.REFUSED_PRIME_ABOVE_THE_CAP_OF_AN_HOUR)
def _prime_of_a_full_path_above_the_hour() -> tuple[Bench, Event]:
    bench = start(with_caps(MASS_FG_MAX, 4 * PULSE_FG + VOLUME_NL * PULSE_FG - 1))
    bench.send(StopAsked(), declare(VOLUME_NL))
    return bench, PrimeAsked(VOLUME_NL)


@reaches(Response.REFUSED_PRIME_DOES_NOT_FIT_IN_THE_RESERVOIR)
def _prime_of_more_than_there_is() -> tuple[Bench, Event]:
    bench = connect()
    bench.send(fill_up(VOLUME_NL - 1))
    return bench, PrimeAsked(VOLUME_NL)


def propose(first_fg_per_nl: int, filled_nl: int = FILLED_NL, *, is_shortfall_accepted: bool = False) -> RefillProposed:
    """A refill of the bench's drug at some strength."""
    return RefillProposed(filled_nl, (first_fg_per_nl, 0, 0, 0), False, is_shortfall_accepted)


@reaches(Response.REFILL_ADMISSIBLE)
def _same_again() -> tuple[Bench, Event]:
    return start(), propose(PULSE_FG)


@reaches(Response.REFUSED_REFILL_UNLESS_RINSED)
def _weaker_over_too_strong() -> tuple[Bench, Event]:
    config = replace(with_drug(concentration_fg_per_nl_max=5, concentration_fg_per_nl_soft=1), pump=SOILED)
    bench = open_box(config)
    bench.send(fill_up(first_fg_per_nl=50))
    return bench, propose(1, 2 * SOILED.residual_nl)


@reaches(Response.REFUSED_SHORTFALL_BEYOND_TOLERANCE)
def _other_strength_in_a_path_known_poorly() -> tuple[Bench, Event]:
    bench = start(config=with_drug(shortfall_permille_max=10))
    bench.send(PathDeclared(volume_lo_nl=0, volume_hi_nl=100, is_filled_from_reservoir=True))
    return bench, propose(2 * PULSE_FG)


@reaches(Response.REFUSED_REFILL_MALFORMED)
def _proposal_beyond_the_capacity() -> tuple[Bench, Event]:
    return start(), propose(PULSE_FG, FILLED_NL + 1)


REFUSALS = [response for response in TRACES if response.name.startswith("REFUSED")]


def test_every_response_has_a_trace() -> None:
    missing = [response.name for response in Response if response not in {*TRACES, *NEVER_ANSWERED}]
    assert not missing, f"Write a trace that reaches each: {missing}"
    assert not TRACES.keys() & NEVER_ANSWERED.keys()


@pytest.mark.parametrize("response", TRACES, ids=lambda response: response.name)
def test_a_trace_ends_with_its_response(response: Response) -> None:
    bench, event = TRACES[response]()
    assert bench.ask(event).response.name == response.name


@pytest.mark.parametrize("response", REFUSALS, ids=lambda response: response.name)
def test_what_is_refused_changes_nothing_and_is_refused_again(response: Response) -> None:
    bench, event = TRACES[response]()
    before = bench.state
    outcome = bench.send(event)
    assert bench.state == before
    assert not outcome.pulse.is_ordered
    assert bench.send(event) == outcome


def test_a_full_ledger_refuses_a_bolus() -> None:
    bench = start()
    entry = LedgerEntry(is_used=True, is_patient=False, start_tick=0, end_tick=0, given_fg=(0, 0, 0, 0))
    bench.state = replace(bench.state, ledger=(entry,) * LEDGER_LENGTH)
    assert bench.ask(BolusAsked()).response == Response.REFUSED_BOLUS_LEDGER_IS_FULL
    bench.state = replace(bench.state, tick=DAY_S)
    assert bench.ask(BolusAsked()).response == Response.BOLUS_GRANTED
