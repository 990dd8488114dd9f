# SPDX-License-Identifier: Apache-2.0
"""The one transition: configuration, state and event in, outcome out.

The rules, all of them:
1. Only ``SecondPassed`` orders a pulse, and at most one.
2. Basal goes before bolus; nothing withholds it but the pump's own interval and an empty reservoir.
3. An order is admitted or refused; refused, it changes nothing. A fact is booked; what no longer fits it stops.
4. Stopping, a fact about fluids and a new program end an active bolus, and it never resumes.
"""

from dataclasses import replace

from thecal.admission import (
    admit_program,
    compute_bolus_reserved_fg,
    compute_in_force,
    find_bolus_refusal,
)
from thecal.events import (
    BolusAsked,
    Event,
    PathDeclared,
    PrescriptionAbandoned,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PulseReported,
    PulseResult,
    RefillDone,
    ResumeAsked,
    SecondPassed,
    StopAsked,
)
from thecal.fluid import NO_DRUG, Fluid
from thecal.ledger import with_bolus_ended
from thecal.limits import Config
from thecal.outcome import NO_PULSE, Outcome, Pulse, Response
from thecal.path import (
    compute_pulse_fg,
    compute_tip_hi,
    compute_tip_lo,
    is_fitting,
    with_path_declared,
    with_pulse_moved,
    with_refill,
)
from thecal.schedule import compute_slot_index, with_new_day
from thecal.state import NO_GENERATION, Bolus, Flight, Mode, Staged, State
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    NO_MASSES,
    PATH_NL_MAX,
    SLOT_S,
    TICK_MAX,
    Masses,
    compute_sum_fg,
    is_within,
)

# A staged order that nobody confirms is abandoned after ten minutes.
STAGED_LIFE_S = 600


def emit(state: State, response: Response) -> Outcome:
    """An outcome without a pulse."""
    return Outcome(state=state, pulse=NO_PULSE, response=response)


def with_flight_resolved(config: Config, state: State) -> State:
    """Book a pulse whose outcome never came as unknown: it may have moved."""
    if not state.flight.is_pending:
        return state
    booked = with_pulse_moved(state, PulseResult.UNKNOWN, config.pump.pulse_volume_nl)
    return replace(booked, flight=replace(booked.flight, is_pending=False))


def with_next_tick(config: Config, state: State) -> State:
    """Count the second; at a daily boundary forget what was in force the day before the last."""
    tick = state.tick + 1
    if tick % DAY_S != 0:
        return replace(state, tick=tick)
    now = compute_in_force(state.program, state.path) if state.is_admitted else NO_GENERATION
    return replace(state, tick=tick, basal=with_new_day(state.basal, now, config.pump.pulse_volume_nl))


def with_basal_due(state: State) -> State:
    """Add one second of the current slot to what is owed."""
    slot_fg = state.program.slots_fg[compute_slot_index(state.tick)]
    return replace(state, basal=replace(state.basal, owed_fg_1800=state.basal.owed_fg_1800 + slot_fg))


def is_motor_free(config: Config, state: State) -> bool:
    """Whether the pump's shortest interval has passed since the last pulse."""
    return state.tick - state.flight.ordered_tick >= config.pump.pulse_interval_s  # OVR-06


def is_basal_due(state: State, pulse_fg: Masses) -> bool:
    """Whether a whole pulse of basal is owed."""
    return state.basal.owed_fg_1800 >= pulse_fg[0] * SLOT_S  # OVR-07


def is_bolus_due(state: State, pulse_fg: Masses) -> bool:
    """Whether the active bolus is behind its even course by a whole pulse."""
    bolus = state.bolus
    elapsed_s = min(state.tick - bolus.start_tick, bolus.duration_s)
    ahead_fg = bolus.mass_fg - bolus.left_fg + pulse_fg[0]
    return bolus.is_active and ahead_fg * bolus.duration_s <= bolus.mass_fg * elapsed_s


def with_spent_bolus_ended(state: State, pulse_fg: Masses) -> State:
    """End a bolus whose remainder is below a pulse."""
    if state.bolus.left_fg >= pulse_fg[0]:
        return state
    return with_bolus_ended(state)


def order_pulse(config: Config, state: State, is_basal: bool, upper_fg: Masses, lower_fg: Masses) -> Outcome:
    """Order one pulse, already booked in ``state``."""
    sequence = state.flight.sequence + 1
    flight = Flight(
        is_pending=True, is_basal=is_basal, sequence=sequence, ordered_tick=state.tick, first_fg=upper_fg[0]
    )
    pulse = Pulse(
        is_ordered=True,
        is_basal=is_basal,
        sequence=sequence,
        volume_nl=config.pump.pulse_volume_nl,
        upper_fg=upper_fg,
        lower_fg=lower_fg,
    )
    response = Response.PULSE_ORDERED_FOR_BASAL if is_basal else Response.PULSE_ORDERED_FOR_BOLUS
    return Outcome(state=replace(state, flight=flight), pulse=pulse, response=response)


def order_basal_pulse(config: Config, state: State, upper_fg: Masses, lower_fg: Masses) -> Outcome:
    """Debit what is owed, then order the pulse."""
    owed_fg_1800 = state.basal.owed_fg_1800 - upper_fg[0] * SLOT_S
    debited = replace(state, basal=replace(state.basal, owed_fg_1800=owed_fg_1800))
    return order_pulse(config, debited, True, upper_fg, lower_fg)


def order_bolus_pulse(config: Config, state: State, upper_fg: Masses, lower_fg: Masses) -> Outcome:
    """Debit the bolus, then order the pulse."""
    bolus = replace(
        state.bolus,
        left_fg=state.bolus.left_fg - upper_fg[0],
        given_fg=compute_sum_fg(state.bolus.given_fg, upper_fg),
    )
    return order_pulse(config, replace(state, bolus=bolus), False, upper_fg, lower_fg)


def on_second_passed(config: Config, before: State) -> Outcome:
    """Count a second, and order a pulse if one is due."""
    if before.mode == Mode.END_OF_SERVICE:
        return emit(before, Response.SERVICE_HAS_ENDED)
    state = with_next_tick(config, before)
    if state.tick >= TICK_MAX:
        return emit(replace(with_bolus_ended(state), mode=Mode.END_OF_SERVICE), Response.SERVICE_HAS_ENDED)
    if is_motor_free(config, state):
        state = with_flight_resolved(config, state)  # OVR-12
    if state.mode != Mode.DELIVERING:
        return emit(state, Response.SECOND_PASSED)  # OVR-09
    return deliver(config, with_basal_due(state))


def deliver(config: Config, due: State) -> Outcome:
    """Order the pulse that is due: basal first, then bolus; what does not fit in the reservoir ends."""
    volume_nl = config.pump.pulse_volume_nl
    upper_fg = compute_pulse_fg(compute_tip_hi(due.path, due.reservoir, volume_nl), volume_nl)
    lower_fg = compute_pulse_fg(compute_tip_lo(due.path, due.reservoir, volume_nl), volume_nl)
    state = with_spent_bolus_ended(due, upper_fg)
    if not is_motor_free(config, state):
        return emit(state, Response.SECOND_PASSED)
    is_basal = is_basal_due(state, upper_fg)
    if not is_basal and not is_bolus_due(state, upper_fg):
        return emit(state, Response.SECOND_PASSED)
    if not is_fitting(state.reservoir, volume_nl, config.pump.residual_nl):
        return refuse_for_lack_of_fluid(state, is_basal)
    if is_basal:
        return order_basal_pulse(config, state, upper_fg, lower_fg)
    return order_bolus_pulse(config, state, upper_fg, lower_fg)


def refuse_for_lack_of_fluid(state: State, is_basal: bool) -> Outcome:
    """The next pulse does not fit: the bolus ends first; when basal is due, delivery ends."""
    ended = with_bolus_ended(state)
    if not is_basal:
        return emit(ended, Response.SECOND_PASSED)
    return emit(replace(ended, mode=Mode.EMPTY), Response.DELIVERY_ENDED_BECAUSE_THE_RESERVOIR_IS_EMPTY)


def on_bolus_asked(config: Config, state: State) -> Outcome:
    """Grant the patient's bolus, or say what is against it."""
    refusal = find_bolus_refusal(config, state)
    if refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, refusal)
    mass_fg = state.program.bolus_fg
    bolus = Bolus(
        is_active=True,
        is_patient=True,
        start_tick=state.tick,
        mass_fg=mass_fg,
        duration_s=state.program.bolus_duration_s,
        left_fg=mass_fg,
        reserved_fg=compute_bolus_reserved_fg(state, mass_fg, config.pump.pulse_volume_nl),
        given_fg=NO_MASSES,
    )
    return emit(replace(state, bolus=bolus), Response.BOLUS_GRANTED)


def on_prescription_staged(config: Config, state: State, event: PrescriptionStaged) -> Outcome:
    """Keep a prescription for its confirmation, if nothing but time is against it."""
    admission = admit_program(config, state, with_bolus_ended(state), event.prescription)
    if admission.refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, admission.refusal)
    staged = Staged(is_staged=True, expires_tick=state.tick + STAGED_LIFE_S, prescription=event.prescription)
    return emit(replace(state, staged=staged), Response.PRESCRIPTION_STAGED)


def on_prescription_confirmed(config: Config, state: State, event: PrescriptionConfirmed) -> Outcome:
    """Make the staged prescription the program, if it still is what was read back and still is admissible."""
    if not state.staged.is_staged:
        return emit(state, Response.REFUSED_NOTHING_STAGED)
    if event.prescription != state.staged.prescription:
        return emit(state, Response.REFUSED_NOT_WHAT_WAS_STAGED)  # PRG-02
    if state.tick > state.staged.expires_tick:
        return emit(state, Response.REFUSED_STAGED_TOO_LONG_AGO)
    admission = admit_program(config, state, with_bolus_ended(state), event.prescription)
    if admission.refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, admission.refusal)  # PRG-01
    mode = Mode.DELIVERING if state.mode == Mode.UNPROGRAMMED else state.mode
    confirmed = replace(admission.state, mode=mode, staged=replace(state.staged, is_staged=False))
    return emit(confirmed, Response.PRESCRIPTION_CONFIRMED)


def on_prescription_abandoned(state: State) -> Outcome:
    """Forget the staged prescription."""
    if not state.staged.is_staged:
        return emit(state, Response.REFUSED_NOTHING_STAGED)
    return emit(
        replace(state, staged=replace(state.staged, is_staged=False)), Response.PRESCRIPTION_ABANDONED
    )


def on_stop_asked(state: State) -> Outcome:
    """Stop delivering; what is owed is kept, the bolus is not."""
    if state.mode == Mode.END_OF_SERVICE:
        return emit(state, Response.REFUSED_SERVICE_HAS_ENDED)
    if not state.is_programmed:
        return emit(state, Response.REFUSED_NO_PRESCRIPTION)
    return emit(replace(with_bolus_ended(state), mode=Mode.STOPPED), Response.STOPPED)


def on_resume_asked(config: Config, state: State) -> Outcome:
    """Deliver the program again, admitted anew if fluids changed while it stood."""
    if state.mode == Mode.END_OF_SERVICE:
        return emit(state, Response.REFUSED_SERVICE_HAS_ENDED)
    if not state.is_programmed:
        return emit(state, Response.REFUSED_NO_PRESCRIPTION)
    if state.mode == Mode.EMPTY:
        return emit(state, Response.REFUSED_RESERVOIR_IS_EMPTY)
    if state.is_admitted:
        return emit(replace(state, mode=Mode.DELIVERING), Response.RESUMED)
    admission = admit_program(config, state, with_bolus_ended(state), state.program)
    if admission.refusal != Response.NOTHING_AGAINST_IT:
        return emit(state, admission.refusal)
    return emit(replace(admission.state, mode=Mode.DELIVERING), Response.RESUMED)


def on_pulse_reported(config: Config, state: State, event: PulseReported) -> Outcome:
    """Book what the pulse in flight did; a report of another pulse is ignored."""
    flight = state.flight
    if not flight.is_pending or event.sequence != flight.sequence:
        return emit(state, Response.REPORT_OF_ANOTHER_PULSE_IGNORED)
    landed = replace(state, flight=replace(flight, is_pending=False))
    if event.result == PulseResult.NOT_DONE:
        return emit(with_pulse_returned(landed), Response.PULSE_BOOKED_AS_NOT_DONE)
    moved = with_pulse_moved(landed, event.result, config.pump.pulse_volume_nl)
    if event.result == PulseResult.DONE:
        return emit(moved, Response.PULSE_BOOKED_AS_DONE)
    return emit(moved, Response.PULSE_BOOKED_AS_UNKNOWN)  # FLT-02


def with_pulse_returned(state: State) -> State:
    """Owe a basal pulse again that surely did not move, but never more than one pulse; no ledger is lowered."""
    if not state.flight.is_basal:
        return state
    owed_fg_1800 = state.basal.owed_fg_1800
    returned = min(owed_fg_1800 + state.flight.first_fg * SLOT_S, state.path.pulse_fg_max * SLOT_S)
    return replace(state, basal=replace(state.basal, owed_fg_1800=max(owed_fg_1800, returned)))  # OVR-08


def with_fluids_booked(config: Config, before: State, booked: State) -> State:
    """After a fact about fluids: the program goes on if it is still admissible, else delivery stops."""
    owed_fg_1800 = min(booked.basal.owed_fg_1800, booked.path.pulse_fg_max * SLOT_S)
    capped = replace(booked, basal=replace(booked.basal, owed_fg_1800=owed_fg_1800))
    if not before.is_programmed:
        return capped
    admission = admit_program(config, before, capped, before.program)
    if admission.refusal == Response.NOTHING_AGAINST_IT:
        mode = Mode.DELIVERING if before.mode == Mode.EMPTY else before.mode
        return replace(admission.state, mode=mode)
    mode = before.mode if before.mode == Mode.END_OF_SERVICE else Mode.STOPPED
    return replace(capped, is_admitted=False, mode=mode)  # PRG-08


def on_refill_done(config: Config, before: State, event: RefillDone) -> Outcome:
    """Book a refill, whatever was filled."""
    label = Fluid(
        is_known=not event.has_unknown_drug,
        lo=event.concentrations_fg_per_nl,
        hi=event.concentrations_fg_per_nl,
    )
    if not is_within(event.filled_nl, 1, config.pump.capacity_nl) or not is_label_well_formed(label):
        return emit(before, Response.REFUSED_MALFORMED_FACT)
    settled = with_flight_resolved(config, with_bolus_ended(before))
    state = with_fluids_booked(config, before, with_refill(config.pump, settled, event.filled_nl, label))
    if before.is_programmed and not state.is_admitted:
        return emit(state, Response.REFILL_BOOKED_AND_DELIVERY_STOPPED)
    return emit(state, Response.REFILL_BOOKED)


def is_label_well_formed(label: Fluid) -> bool:
    """Whether every concentration on a label lies in the kernel's limits."""
    return all(is_within(hi, 0, CONCENTRATION_FG_PER_NL_MAX) for hi in label.hi)


def on_path_declared(config: Config, before: State, event: PathDeclared) -> Outcome:
    """Book what tubing and catheter hold."""
    lo_nl = event.volume_lo_nl
    hi_nl = event.volume_hi_nl
    if not (0 <= lo_nl <= hi_nl <= PATH_NL_MAX):
        return emit(before, Response.REFUSED_MALFORMED_FACT)
    settled = with_flight_resolved(config, with_bolus_ended(before))
    front_hi_nl = 0 if event.is_filled_from_reservoir else hi_nl
    booked = with_path_declared(config.pump, settled, lo_nl, hi_nl, NO_DRUG, front_hi_nl)
    state = with_fluids_booked(config, before, booked)
    if before.is_programmed and not state.is_admitted:
        return emit(state, Response.PATH_BOOKED_AND_DELIVERY_STOPPED)
    return emit(state, Response.PATH_BOOKED)


def step(config: Config, state: State, event: Event) -> Outcome:
    """Answer one event. Pure, total, and the only way a state changes."""
    if isinstance(event, SecondPassed):
        return on_second_passed(config, state)
    if isinstance(event, BolusAsked):
        return on_bolus_asked(config, state)
    if isinstance(event, PrescriptionStaged):
        return on_prescription_staged(config, state, event)
    if isinstance(event, PrescriptionConfirmed):
        return on_prescription_confirmed(config, state, event)
    if isinstance(event, PrescriptionAbandoned):
        return on_prescription_abandoned(state)
    if isinstance(event, StopAsked):
        return on_stop_asked(state)
    if isinstance(event, ResumeAsked):
        return on_resume_asked(config, state)
    if isinstance(event, PulseReported):
        return on_pulse_reported(config, state, event)
    if isinstance(event, RefillDone):
        return on_refill_done(config, state, event)
    return on_path_declared(config, state, event)
