# SPDX-License-Identifier: Apache-2.0
"""Too little drug: what must never be withheld."""

from thecal.events import (
    BolusAsked,
    ClinicianBolusAsked,
    Event,
    PhaseMoved,
    PowerRestored,
    PrescriptionAbandoned,
    PrescriptionConfirmed,
    PrescriptionStaged,
)
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.prescription import Prescription
from thecal.state import Alarm, Ledger, Mode, State
from thecal.units import (
    CLINICIAN_BOLUS_COUNT_MAX,
    DAY_S,
    HOUR_S,
    LEDGER_LENGTH,
    MASS_FG_BEYOND_LIMITS,
    MASS_FG_MAX,
    QUOTIENT_END,
    SLOT_S,
    compute_fg_per_s_up,
    compute_largest_slot,
    compute_quotient_up,
    is_no_larger,
)
from thecal_specs.ghost import (
    Ghost,
    compute_largest_pulse_fg,
    compute_off_bound_s,
    compute_scheduled_now_fg_1800,
    is_running,
    is_scheduled,
)
from thecal_specs.logic import implies
from thecal_specs.recover import is_closer, is_way_back


def basal_is_never_two_pulses_behind(config: Config, after: State, ghost_after: Ghost) -> bool:
    """UND-01: while delivering, basal ordered is at least what was scheduled, less two of the largest pulse."""
    return implies(
        after.mode == Mode.DELIVERING,
        ghost_after.course.behind_fg_1800 <= 2 * compute_largest_pulse_fg(config, after) * SLOT_S,
    )


def no_rule_withholds_a_basal_pulse(
    config: Config, before: State, event: Event, outcome: Outcome, ghost: Ghost
) -> bool:
    """UND-02: a basal pulse that is due, that the motor and the reservoir can give, is given in that second."""
    volume_nl = config.pump.pulse_volume_nl
    doubtful_nl = volume_nl if before.flight.is_pending else 0
    due_fg_1800 = ghost.course.behind_fg_1800 + compute_scheduled_now_fg_1800(config, before, event)
    return implies(
        is_scheduled(before, event)
        and before.tick + 1 - before.flight.ordered_tick >= config.pump.pulse_interval_s
        and before.reservoir.volume_lo_nl - doubtful_nl - volume_nl >= config.pump.residual_nl
        and due_fg_1800 >= compute_largest_pulse_fg(config, before) * SLOT_S,
        outcome.pulse.is_ordered and outcome.pulse.is_basal,
    )


def compute_ended_since_fg(ledger: Ledger, since_tick: int, drug: int) -> int:
    """What boluses that ended after a tick have brought of a drug."""
    return sum(entry.given_fg[drug] for entry in ledger if entry.end_tick > since_tick)


def is_room(before: State, drug: int, bolus_fg: int) -> bool:
    """Whether a bolus, those of the last 24 h and hour, and the worst basal stay under the caps of a drug."""
    basal = before.basal.envelope
    day_fg = compute_ended_since_fg(before.ledger, before.tick - DAY_S, drug) + basal.day_fg[drug] + bolus_fg
    hour_fg = compute_ended_since_fg(before.ledger, before.tick - HOUR_S, drug) + basal.hour_fg[drug] + bolus_fg
    return day_fg <= before.program.cap_day_fg[drug] and hour_fg <= before.program.cap_hour_fg[drug]


def compute_share_fg(config: Config, before: State, drug: int, bolus_fg: int) -> int:
    """The most of a drug that whole pulses of a bolus bring."""
    ratio = before.path.ratios[drug]
    volume_nl = config.pump.pulse_volume_nl
    pulses = compute_quotient_up(bolus_fg, ratio.first_fg_per_nl * volume_nl)
    if pulses >= QUOTIENT_END:
        return MASS_FG_BEYOND_LIMITS
    return min(pulses * (ratio.drug_fg_per_nl * volume_nl), MASS_FG_BEYOND_LIMITS)


def is_permitted(config: Config, before: State) -> bool:
    """Whether every drug in path and reservoir allows a patient's bolus."""
    return all(
        drug.is_patient_bolus_allowed or (old == 0 and new == 0)
        for drug, old, new in zip(config.library, before.path.old.hi, before.reservoir.fluid.hi)
    )


def is_within_the_largest(config: Config, before: State, bolus_fg: int) -> bool:
    """Whether a bolus is within the largest single one of each drug."""
    return all(
        (bolus_fg if i == 0 else compute_share_fg(config, before, i, bolus_fg)) <= config.library[i].bolus_fg_max
        for i in range(4)
    )


def is_fitting(config: Config, before: State, bolus_fg: int, duration_s: int) -> bool:
    """Whether bolus, debt and the basal beside them fit in the reservoir, by the weakest fluid."""
    worst_fg = compute_largest_slot(before.program.slots_fg) * (duration_s // SLOT_S + 2)
    mass_fg = bolus_fg + before.basal.owed_fg_1800 // SLOT_S + 1 + worst_fg
    pulses = compute_quotient_up(mass_fg, before.path.pulse_fg_min)
    needed_nl = pulses * config.pump.pulse_volume_nl
    return before.reservoir.volume_lo_nl - needed_nl >= config.pump.residual_nl


def is_undisturbed(before: State) -> bool:
    """Whether no doubt forbids a bolus: history known, reservoir trusted."""
    return before.tick >= before.device.unknown_until_tick and before.therapy.discrepancy == 0


def is_ledger_free(before: State) -> bool:
    """Whether the ledger has room for a bolus."""
    oldest = before.ledger[LEDGER_LENGTH - 1]
    return not oldest.is_used or oldest.end_tick <= before.tick - DAY_S


def is_locked_out(before: State) -> bool:
    """Whether the lockout after the last bolus still runs."""
    lockout = before.lockout
    return lockout.has_ended and before.tick - lockout.end_tick < lockout.lockout_s


def is_count_reached(before: State) -> bool:
    """Whether as many patient boluses as are allowed began in 24 h."""
    starts = sum(1 for entry in before.ledger if entry.is_patient and entry.start_tick > before.tick - DAY_S)
    return starts >= before.program.bolus_count_max


def is_patients_turn(before: State) -> bool:
    """Whether no long stop and no failing pulses forbid it, the lockout is over, and fewer than N began in 24 h."""
    return (
        not before.therapy.is_bolus_blocked
        and not before.alarms[Alarm.PULSES_FAILED].is_active
        and not is_locked_out(before)
        and not is_count_reached(before)
    )


def is_order_well_formed(event: ClinicianBolusAsked) -> bool:
    """Whether an order is for a bolus at all."""
    return 1 <= event.mass_fg <= MASS_FG_MAX and 1 <= event.duration_s <= DAY_S


def is_too_fast(before: State, event: ClinicianBolusAsked) -> bool:
    """Whether the motor cannot give the bolus beside every slot."""
    per_slot_fg = compute_fg_per_s_up(event.mass_fg, event.duration_s) * SLOT_S
    return any(slot > before.path.slot_fg_max - per_slot_fg for slot in before.program.slots_fg)


def is_clinicians_count_reached(before: State) -> bool:
    """Whether six clinicians' boluses ended in 24 h."""
    ends = sum(
        1 for each in before.ledger if each.is_used and not each.is_patient and each.end_tick > before.tick - DAY_S
    )
    return ends >= CLINICIAN_BOLUS_COUNT_MAX


def is_clinicians_turn(before: State, event: ClinicianBolusAsked) -> bool:
    """Whether it is a bolus, the motor can give it beside any slot, and fewer than six ended in 24 h."""
    return is_order_well_formed(event) and not is_too_fast(before, event) and not is_clinicians_count_reached(before)


def is_bearable(config: Config, before: State, bolus_fg: int, duration_s: int) -> bool:
    """Whether a bolus of anybody may be given: delivering, alone, within every limit, cap, and what is there."""
    return (
        before.mode == Mode.DELIVERING
        and not before.bolus.is_active
        and is_undisturbed(before)
        and is_within_the_largest(config, before, bolus_fg)
        and is_room(before, 0, bolus_fg)
        and all(is_room(before, i, compute_share_fg(config, before, i, bolus_fg)) for i in range(1, 4))
        and is_fitting(config, before, bolus_fg, duration_s)
        and is_ledger_free(before)
    )


def is_named_of_anybody(before: State, response: Response) -> bool:
    """Whether a refusal that may meet anybody's bolus is one that is true."""
    return (
        implies(response == Response.REFUSED_BOLUS_WHILE_NOT_DELIVERING, before.mode != Mode.DELIVERING)
        and implies(response == Response.REFUSED_BOLUS_WHILE_ONE_IS_ACTIVE, before.bolus.is_active)
        and implies(
            response == Response.REFUSED_BOLUS_WHILE_HISTORY_IS_UNKNOWN,
            before.tick < before.device.unknown_until_tick,
        )
        and implies(response == Response.REFUSED_RESERVOIR_IS_IN_DOUBT, before.therapy.discrepancy != 0)
        and implies(response == Response.REFUSED_BOLUS_LEDGER_IS_FULL, not is_ledger_free(before))
    )


def is_named_of_a_patient(config: Config, before: State, response: Response) -> bool:
    """Whether a refusal that meets only a patient's bolus is one that is true."""
    is_blocked = before.therapy.is_bolus_blocked or before.therapy.discrepancy != 0
    is_failing = before.alarms[Alarm.PULSES_FAILED].is_active
    is_prescribed = before.mode == Mode.DELIVERING and before.program.bolus_fg > 0 and is_permitted(config, before)
    is_foreign = response == Response.REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR
    return (
        implies(response == Response.REFUSED_BOLUS_NOT_PRESCRIBED, before.program.bolus_fg <= 0)
        and implies(is_foreign, not is_permitted(config, before))
        and implies(response == Response.REFUSED_BOLUS_UNTIL_A_CLINICIAN_CONFIRMS, is_blocked)
        and implies(response == Response.REFUSED_BOLUS_WHILE_PULSES_FAIL, is_failing)
        and implies(response == Response.REFUSED_BOLUS_STILL_LOCKED_OUT, is_locked_out(before))
        and implies(response == Response.REFUSED_BOLUS_COUNT_REACHED, is_count_reached(before))
        and implies(before.mode != Mode.DELIVERING, response == Response.REFUSED_BOLUS_WHILE_NOT_DELIVERING)
        and implies(is_prescribed and is_blocked, response == Response.REFUSED_BOLUS_UNTIL_A_CLINICIAN_CONFIRMS)
        and response != Response.REFUSED_BOLUS_MALFORMED
        and response != Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER
        and response != Response.REFUSED_CLINICIAN_BOLUS_COUNT_REACHED
    )


def is_named_of_a_clinician(before: State, event: ClinicianBolusAsked, response: Response) -> bool:
    """Whether a refusal that meets only a clinician's bolus is one that is true."""
    is_counted = response == Response.REFUSED_CLINICIAN_BOLUS_COUNT_REACHED
    return (
        (response == Response.REFUSED_BOLUS_MALFORMED) == (not is_order_well_formed(event))
        and implies(response == Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER, is_too_fast(before, event))
        and implies(is_counted, is_clinicians_count_reached(before))
        and response != Response.REFUSED_BOLUS_NOT_PRESCRIBED
        and response != Response.REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR
        and response != Response.REFUSED_BOLUS_UNTIL_A_CLINICIAN_CONFIRMS
        and response != Response.REFUSED_BOLUS_WHILE_PULSES_FAIL
        and response != Response.REFUSED_BOLUS_STILL_LOCKED_OUT
        and response != Response.REFUSED_BOLUS_COUNT_REACHED
    )


def is_answer_to_a_bolus(response: Response) -> bool:
    """Whether a response grants a bolus, or refuses one."""
    return (
        Response.BOLUS_GRANTED <= response <= Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER
        or response == Response.REFUSED_RESERVOIR_IS_IN_DOUBT
    )


def is_granted_exactly(before: State, outcome: Outcome, is_due: bool) -> bool:
    """Whether a bolus is granted, and runs, exactly if it is due."""
    return (
        (outcome.response == Response.BOLUS_GRANTED) == is_due
        and outcome.state.bolus.is_active == (is_due or before.bolus.is_active)
        and is_answer_to_a_bolus(outcome.response)
        and is_named_of_anybody(before, outcome.response)
    )


def a_bolus_is_granted_exactly_when_its_conditions_hold(
    config: Config, before: State, event: Event, outcome: Outcome
) -> bool:
    """UND-03: a bolus, the patient's or a clinician's, is granted exactly when it may be; a refusal names why not."""
    program = before.program
    if isinstance(event, BolusAsked):
        is_due = (
            program.bolus_fg > 0
            and is_permitted(config, before)
            and is_patients_turn(before)
            and is_bearable(config, before, program.bolus_fg, program.bolus_duration_s)
        )
        return is_granted_exactly(before, outcome, is_due) and is_named_of_a_patient(config, before, outcome.response)
    if isinstance(event, ClinicianBolusAsked):
        is_asked_well = is_clinicians_turn(before, event)
        is_due = is_asked_well and is_bearable(config, before, event.mass_fg, event.duration_s)
        return is_granted_exactly(before, outcome, is_due) and is_named_of_a_clinician(before, event, outcome.response)
    return True


def time_off_therapy_never_outlasts_its_bound_in_silence(config: Config, after: State, ghost_after: Ghost) -> bool:
    """UND-04: when basal has not run for the shortest bound of pump and drugs, the critical alarm is active."""
    deadlines = ghost_after.deadlines
    return implies(
        after.is_programmed
        and after.mode != Mode.END_OF_SERVICE
        and deadlines.clock_s - deadlines.off_clock_s >= compute_off_bound_s(config, after),
        after.alarms[Alarm.OFF_THERAPY_TOO_LONG].is_active,
    )


def every_state_has_a_way_back_to_therapy(config: Config, before: State, event: Event, after: State) -> bool:
    """UND-05: the event that ``recover`` names leads closer to therapy, unless service ends."""
    return implies(
        is_way_back(config, before, event),
        is_closer(config, before, event, after) or after.mode == Mode.END_OF_SERVICE,
    )


def compute_tolerance_permille(config: Config, state: State) -> int:
    """The share of a day's dose that may be lacking: the least of the drugs in path and reservoir."""
    permille = 1_000
    for drug, old, new in zip(config.library, state.path.old.hi, state.reservoir.fluid.hi):
        if old > 0 or new > 0:
            permille = min(permille, drug.shortfall_permille_max)
    return permille


def a_day_of_too_little_basal_never_stays_silent(config: Config, after: State, ghost_after: Ghost) -> bool:
    """UND-08: when any 24 h lack more of their basal, three pulses aside, than is tolerated of a day, it alarms."""
    window = ghost_after.window
    lacking_fg_1800 = window.plan_fg_1800 - SLOT_S * window.lower_fg
    pulses_fg = 3 * compute_largest_pulse_fg(config, after)
    tolerated_fg = sum(slot for slot in after.program.slots_fg) * compute_tolerance_permille(config, after)
    return implies(
        after.is_programmed
        and window.is_open
        and after.tick - window.since_tick <= DAY_S
        and 1_000 * (lacking_fg_1800 - SLOT_S * pulses_fg) > SLOT_S * tolerated_fg,
        after.alarms[Alarm.THERAPY_LACKING].is_active,
    )


def programming_never_stops_a_running_therapy(before: State, event: Event, after: State) -> bool:
    """UND-06: while a program runs, staging, confirming, abandoning or moving one leaves a program running."""
    is_programming = (
        isinstance(event, PrescriptionStaged)
        or isinstance(event, PrescriptionConfirmed)
        or isinstance(event, PrescriptionAbandoned)
        or isinstance(event, PhaseMoved)
    )
    is_new = isinstance(event, PrescriptionConfirmed) or isinstance(event, PhaseMoved)
    return implies(
        is_programming,
        after.mode == before.mode
        or (before.mode == Mode.UNPROGRAMMED and after.is_admitted)
        or before.mode == Mode.PRIMING,
    ) and implies(is_programming and not is_new, after.program == before.program)


def is_no_more(new: Prescription, old: Prescription) -> bool:
    """Whether a prescription is no larger in any slot, bolus, count or cap."""
    return (
        all(a <= b for a, b in zip(new.slots_fg, old.slots_fg))
        and new.bolus_fg <= old.bolus_fg
        and new.bolus_count_max <= old.bolus_count_max
        and is_no_larger(new.cap_day_fg, old.cap_day_fg)
        and is_no_larger(new.cap_hour_fg, old.cap_hour_fg)
    )


def is_refused_for_what_was_given(response: Response) -> bool:
    """Whether a response refuses because of boluses given or of doubts about them."""
    return (
        response == Response.REFUSED_BASAL_RAISED_TOO_SOON_AFTER_BOLUSES
        or response == Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN
        or response == Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT
    )


def a_smaller_prescription_is_never_refused_for_what_was_given(before: State, event: Event, outcome: Outcome) -> bool:
    """UND-07: beside an admitted program, one that is no larger is never refused because of what was given."""
    if isinstance(event, PrescriptionStaged):
        return implies(
            before.is_admitted and is_no_more(event.prescription, before.program),
            not is_refused_for_what_was_given(outcome.response),
        )
    if isinstance(event, PrescriptionConfirmed):
        return implies(
            before.is_admitted and is_no_more(event.prescription, before.program),
            not is_refused_for_what_was_given(outcome.response),
        )
    return True


def a_restart_resumes_the_therapy_that_was_running(before: State, event: Event, outcome: Outcome, after: State) -> bool:
    """UND-09: after a restart the mode and program are as before, the bolus has ended, the critical alarm is active."""
    if isinstance(event, PowerRestored):
        return (
            (after.mode == before.mode or (before.mode == Mode.PRIMING and not is_running(after)))
            and after.program == before.program
            and not after.bolus.is_active
            and after.alarms[Alarm.RESTARTED].is_active
            and not after.flight.is_pending
            and implies(
                not event.is_time_of_day_known or not before.device.is_time_of_day_known,
                after.alarms[Alarm.TIME_OF_DAY_UNVERIFIED].is_active,
            )
        )
    return implies(
        not before.device.is_time_of_day_known and outcome.response != Response.PHASE_MOVED,
        after.alarms[Alarm.TIME_OF_DAY_UNVERIFIED].is_active,
    )
