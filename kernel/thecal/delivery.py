# SPDX-License-Identifier: Apache-2.0
"""One second of delivery: what falls due, and the one pulse that may move for it."""

from dataclasses import replace

from thecal.admission import compute_in_force
from thecal.emit import emit, with_flight_resolved, with_off_therapy, with_staged_abandoned
from thecal.ledger import with_bolus_ended
from thecal.limits import Config
from thecal.outcome import NOTHING_SHOWN, Outcome, Pulse, Response
from thecal.path import compute_lower_fg, compute_upper_fg, is_fitting
from thecal.priming import with_path_primed
from thecal.schedule import compute_slot_index, with_new_day
from thecal.state import NO_GENERATION, Basal, DayTotals, Flight, Mode, State, Titration
from thecal.units import DAY_S, SLOT_S, TICK_MAX, TITRATION_LENGTH, Masses, compute_sum_fg, is_no_larger


def with_next_tick(config: Config, state: State) -> State:
    """Count the second; at a daily boundary forget what was in force the day before the last."""
    tick = state.tick + 1
    if tick % DAY_S != 0:
        return replace(state, tick=tick)
    now = compute_in_force(state.program, state.path) if state.is_admitted else NO_GENERATION
    return replace(
        state,
        tick=tick,
        basal=with_new_day(state.basal, now, config.pump.pulse_volume_nl),
        titration=with_new_titration_day(state.titration),
    )


def with_new_titration_day(titration: Titration) -> Titration:
    """A daily boundary: today begins with what the program brings, the eighth day is forgotten."""
    today = DayTotals(least_fg=titration.total_fg, most_fg=titration.total_fg)
    return replace(titration, days=(today,) + titration.days[: TITRATION_LENGTH - 1])


def compute_minimum_slot_fg(config: Config, state: State) -> int:
    """What the pump's minimum rate brings in a slot, of the strongest fluid: no slot of a program is below it."""
    return config.pump.slot_volume_nl_min * max(state.path.old.hi[0], state.reservoir.fluid.hi[0])


def compute_due_fg(config: Config, state: State) -> int:
    """The slot's mass that falls due now, by the program or at the minimum rate."""
    if state.mode == Mode.MINIMUM_RATE:
        return compute_minimum_slot_fg(config, state)
    return state.program.slots_fg[compute_slot_index(state.tick)]


def with_basal_due(config: Config, state: State) -> State:
    """Add one second of basal to what is owed."""
    slot_fg = compute_due_fg(config, state)
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
        is_pending=True,
        is_basal=is_basal,
        sequence=sequence,
        ordered_tick=state.tick,
        first_fg=upper_fg[0],
        first_lo_fg=lower_fg[0],
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
    return Outcome(state=replace(state, flight=flight), pulse=pulse, response=response, shown=NOTHING_SHOWN)


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
    off_s = 0 if before.mode == Mode.DELIVERING or not before.is_programmed else before.therapy.off_s + 1
    state = with_off_therapy(config, with_next_tick(config, before), off_s)
    if state.tick > state.staged.expires_tick:
        state = with_staged_abandoned(state)
    if state.tick >= TICK_MAX:
        return emit(replace(with_bolus_ended(state), mode=Mode.END_OF_SERVICE), Response.SERVICE_HAS_ENDED)
    if is_motor_free(config, state):
        state = with_flight_resolved(config, state)  # OVR-12
    if state.mode == Mode.PRIMING:
        return prime(config, state)
    if state.mode != Mode.DELIVERING and state.mode != Mode.MINIMUM_RATE:
        return emit(state, Response.SECOND_PASSED)  # OVR-09
    return deliver(config, state, with_basal_due(config, state))


def deliver(config: Config, undue: State, due: State) -> Outcome:
    """Order the pulse that is due: basal first, then bolus; what does not fit in the reservoir ends."""
    volume_nl = config.pump.pulse_volume_nl
    upper_fg = compute_upper_fg(due.path, due.reservoir.fluid, volume_nl)
    lower_fg = compute_lower_fg(due.path, due.reservoir.fluid, volume_nl)
    state = with_spent_bolus_ended(due, upper_fg)
    if not is_motor_free(config, state):
        return emit(state, Response.SECOND_PASSED)
    is_basal = is_basal_due(state, upper_fg)
    if not is_basal and not is_bolus_due(state, upper_fg):
        return emit(state, Response.SECOND_PASSED)
    if not is_fitting(state.reservoir, volume_nl, config.pump.residual_nl):
        return refuse_for_lack_of_fluid(state, is_basal, undue.basal)
    if is_basal:
        return order_basal_pulse(config, state, upper_fg, lower_fg)
    return order_bolus_pulse(config, state, upper_fg, lower_fg)


def order_prime_pulse(config: Config, state: State, upper_fg: Masses, lower_fg: Masses) -> Outcome:
    """Debit the prime, then order the pulse."""
    bolus = replace(state.bolus, pulses_left=state.bolus.pulses_left - 1)
    outcome = order_bolus_pulse(config, replace(state, bolus=bolus), upper_fg, lower_fg)
    return replace(outcome, response=Response.PULSE_ORDERED_FOR_PRIME)


def end_prime(config: Config, state: State) -> Outcome:
    """The prime is over; no order survives that was staged on the fluid which it drove out."""
    ended = with_staged_abandoned(with_bolus_ended(state))
    return emit(with_path_primed(config, ended), Response.PRIME_ENDED)


def prime(config: Config, state: State) -> Outcome:
    """Order the next pulse of a prime, or end it: done, at the end of what was reserved, or of the reservoir."""
    volume_nl = config.pump.pulse_volume_nl
    upper_fg = compute_upper_fg(state.path, state.reservoir.fluid, volume_nl)
    lower_fg = compute_lower_fg(state.path, state.reservoir.fluid, volume_nl)
    if not is_motor_free(config, state):
        return emit(state, Response.SECOND_PASSED)
    is_reserved = is_no_larger(compute_sum_fg(state.bolus.given_fg, upper_fg), state.bolus.reserved_fg)  # OVR-11
    if state.bolus.pulses_left <= 0 or not is_reserved:
        return end_prime(config, state)
    if not is_fitting(state.reservoir, volume_nl, config.pump.residual_nl):
        return end_prime(config, state)
    return order_prime_pulse(config, state, upper_fg, lower_fg)


def refuse_for_lack_of_fluid(state: State, is_basal: bool, undue: Basal) -> Outcome:
    """The next pulse does not fit: the bolus ends first; when basal is due, delivery ends, and owes no more for it."""
    ended = with_bolus_ended(state)
    if not is_basal:
        return emit(ended, Response.SECOND_PASSED)
    device = replace(ended.device, is_interrupted_at_minimum_rate=ended.mode == Mode.MINIMUM_RATE)
    empty = replace(ended, mode=Mode.EMPTY, basal=undue, device=device)
    return emit(empty, Response.DELIVERY_ENDED_BECAUSE_THE_RESERVOIR_IS_EMPTY)  # RES-03
