# SPDX-License-Identifier: Apache-2.0
"""Priming: moving the reservoir's fluid up to the tip, by pulses at the shortest interval, while nothing is delivered.

A prime is booked as a bolus of every drug. What it can push past the tip at most follows from where the front may be:
so many pulses surely bring what is ahead of it, and every other one may bring the stronger of the two fluids. That much
is reserved before the first pulse, and no pulse is ordered beyond it. A fluid that is unknown or too strong is not
primed: no bound could be admitted for it. It leaves the reservoir by a needle and the path by an access port.
"""

from dataclasses import replace

from thecal.admission import is_within_concentration_limits
from thecal.ledger import (
    compute_clinician_count,
    compute_given_day_fg,
    compute_given_hour_fg,
    is_full,
)
from thecal.limits import Config, compute_hard_bolus_fg
from thecal.outcome import Response
from thecal.path import compute_path, compute_pulse_fg, is_fitting, is_old_possible
from thecal.state import Bolus, Mode, State
from thecal.units import (
    CLINICIAN_BOLUS_COUNT_MAX,
    NO_MASSES,
    PATH_NL_MAX,
    SLOT_S,
    Concentrations,
    Masses,
    compute_larger,
    compute_quotient_down,
    compute_quotient_up,
    compute_sum_fg,
    is_no_larger,
    is_within,
)


def compute_strongest(state: State) -> Concentrations:
    """The most concentrated that may come to the tip, drug by drug."""
    if not is_old_possible(state.path):
        return state.reservoir.fluid.hi
    return compute_larger(state.path.old.hi, state.reservoir.fluid.hi)


def compute_prime_pulses(config: Config, volume_nl: int) -> int:
    """How many pulses a volume is, rounded up: else the last drop of the old fluid would stay."""
    return compute_quotient_up(volume_nl, config.pump.pulse_volume_nl)


def compute_prime_reserved_fg(config: Config, state: State, pulses: int) -> Masses:
    """The most of every drug that so many pulses can push past the tip."""
    volume_nl = config.pump.pulse_volume_nl
    surely_old = min(pulses, compute_quotient_down(state.path.front_lo_nl, volume_nl))
    old_fg = compute_pulse_fg(state.path.old.hi, volume_nl)
    most_fg = compute_pulse_fg(compute_strongest(state), volume_nl)
    return tuple(surely_old * old + (pulses - surely_old) * most for old, most in zip(old_fg, most_fg))


def find_prime_order_refusal(config: Config, state: State, volume_nl: int) -> Response:
    """What forbids a prime whatever it would push: its volume, the mode, the motor, a doubt, a fluid."""
    if not is_within(volume_nl, 1, PATH_NL_MAX):
        return Response.REFUSED_PRIME_MALFORMED
    if state.mode != Mode.UNPROGRAMMED and state.mode != Mode.STOPPED:
        return Response.REFUSED_PRIME_UNLESS_STOPPED
    if state.device.is_stalled:
        return Response.REFUSED_MOTOR_IS_STALLED
    if state.therapy.discrepancy != 0:
        return Response.REFUSED_RESERVOIR_IS_IN_DOUBT
    if state.tick < state.device.unknown_until_tick:
        return Response.REFUSED_PRIME_WHILE_HISTORY_IS_UNKNOWN  # TIM-02
    if not state.path.is_declared:
        return Response.REFUSED_PATH_NOT_DECLARED
    if volume_nl > state.path.volume_hi_nl:
        return Response.REFUSED_PRIME_LARGER_THAN_THE_PATH  # OVR-11
    if not is_within_concentration_limits(config, state.path.old):
        return Response.REFUSED_FLUID_NOT_ALLOWED
    if not is_within_concentration_limits(config, state.reservoir.fluid):
        return Response.REFUSED_FLUID_NOT_ALLOWED  # CON-01
    return Response.NOTHING_AGAINST_IT


def find_prime_room_refusal(config: Config, state: State, pulses: int) -> Response:
    """What forbids to push so much past the tip: a limit, a cap, the reservoir, the ledger."""
    reserved_fg = compute_prime_reserved_fg(config, state, pulses)
    day_fg = compute_sum_fg(compute_given_day_fg(state.ledger, state.tick), state.basal.envelope.day_fg)
    hour_fg = compute_sum_fg(compute_given_hour_fg(state.ledger, state.tick), state.basal.envelope.hour_fg)
    if not is_no_larger(reserved_fg, compute_hard_bolus_fg(config)):
        return Response.REFUSED_PRIME_ABOVE_THE_LARGEST_SINGLE_BOLUS
    if not is_no_larger(compute_sum_fg(day_fg, reserved_fg), state.program.cap_day_fg):
        return Response.REFUSED_PRIME_ABOVE_THE_CAP_OF_A_DAY  # OVR-11
    if not is_no_larger(compute_sum_fg(hour_fg, reserved_fg), state.program.cap_hour_fg):
        return Response.REFUSED_PRIME_ABOVE_THE_CAP_OF_AN_HOUR  # OVR-11
    if not is_fitting(state.reservoir, pulses * config.pump.pulse_volume_nl, config.pump.residual_nl):
        return Response.REFUSED_PRIME_DOES_NOT_FIT_IN_THE_RESERVOIR
    if compute_clinician_count(state.ledger, state.tick) >= CLINICIAN_BOLUS_COUNT_MAX:
        return Response.REFUSED_CLINICIAN_BOLUS_COUNT_REACHED
    if is_full(state.ledger, state.tick):
        return Response.REFUSED_BOLUS_LEDGER_IS_FULL
    return Response.NOTHING_AGAINST_IT


def find_prime_refusal(config: Config, state: State, volume_nl: int) -> Response:
    """What forbids a prime of a volume now."""
    refusal = find_prime_order_refusal(config, state, volume_nl)
    if refusal != Response.NOTHING_AGAINST_IT:
        return refusal
    return find_prime_room_refusal(config, state, compute_prime_pulses(config, volume_nl))


def with_prime_begun(config: Config, state: State, volume_nl: int) -> State:
    """Begin a prime: all that it may push is reserved, nothing of it is given yet.

    Of basal that is owed no more than one pulse waits for its end: the prime's own pulses start the motor's interval
    anew, and what falls due in an interval is what may be owed beyond a pulse.
    """
    pulses = compute_prime_pulses(config, volume_nl)
    reserved_fg = compute_prime_reserved_fg(config, state, pulses)
    bolus = Bolus(
        is_active=True,
        is_patient=False,
        is_prime=True,
        start_tick=state.tick,
        mass_fg=reserved_fg[0],
        duration_s=1,
        left_fg=reserved_fg[0],
        pulses_left=pulses,
        reserved_fg=reserved_fg,
        given_fg=NO_MASSES,
    )
    owed_fg_1800 = min(state.basal.owed_fg_1800, state.path.pulse_fg_max * SLOT_S)
    return replace(state, mode=Mode.PRIMING, bolus=bolus, basal=replace(state.basal, owed_fg_1800=owed_fg_1800))


def with_path_primed(config: Config, state: State) -> State:
    """After a prime, where no program was admitted with the fluid that it drove out: bounds of a pulse made anew."""
    if state.is_admitted:
        return state
    path = compute_path(config.pump, state.path, state.reservoir.fluid)
    owed_fg_1800 = min(state.basal.owed_fg_1800, path.pulse_fg_max * SLOT_S)
    return replace(state, path=path, basal=replace(state.basal, owed_fg_1800=owed_fg_1800))
