# SPDX-License-Identifier: Apache-2.0
"""What is true of every state as far as time, fluids, path, mode and device go, one named fact each.

A loaded state that fails one of them was not written by the kernel, or not as it is.
"""

from thecal.alarms import compute_conditions
from thecal.fluid import Fluid
from thecal.fluid import is_well_formed as is_fluid_well_formed
from thecal.limits import Config, compute_hard_day_fg, compute_hard_hour_fg
from thecal.prescription import is_well_formed as is_prescription_well_formed
from thecal.state import NEVER_TICK, Mode, Ratio, State
from thecal.units import (
    CONCENTRATION_FG_PER_NL_MAX,
    DAY_S,
    LACKING_FG_1800_MAX,
    MASS_FG_MAX,
    PATH_NL_MAX,
    RESERVOIR_NL_MAX,
    SLOT_S,
    TICK_MAX,
    is_no_larger,
    is_within,
)


def implies(antecedent: bool, conclusion: bool) -> bool:
    """Whether ``conclusion`` holds wherever ``antecedent`` does."""
    return not antecedent or conclusion


def is_running(state: State) -> bool:
    """Whether the motor gives basal: the program's, or the pump's minimum."""
    return state.mode == Mode.DELIVERING or state.mode == Mode.MINIMUM_RATE


def ticks_are_ordered(config: Config, state: State) -> bool:
    """No time lies ahead of now, and now is within the service life."""
    return (
        is_within(state.tick, 0, TICK_MAX)
        and is_within(state.flight.ordered_tick, 0, state.tick)
        and is_within(state.flight.sequence, 0, state.tick)
        and is_within(state.lockout.end_tick, 0, state.tick)
        and implies(state.bolus.is_active, is_within(state.bolus.start_tick, 0, state.tick))
        and is_within(state.staged.expires_tick, 0, TICK_MAX + SLOT_S)
    )


def service_ends_at_its_last_tick(config: Config, state: State) -> bool:
    """The last tick is reached only by ending the service."""
    return implies(state.mode != Mode.END_OF_SERVICE, state.tick < TICK_MAX)


def program_is_within_limits(config: Config, state: State) -> bool:
    """What is in force is well formed, its caps within the hard limits."""
    return (
        is_prescription_well_formed(state.program)
        and is_no_larger(state.program.cap_day_fg, compute_hard_day_fg(config))
        and is_no_larger(state.program.cap_hour_fg, compute_hard_hour_fg(config))
    )


def staged_is_well_formed(config: Config, state: State) -> bool:
    """What waits for confirmation is well formed."""
    return is_prescription_well_formed(state.staged.prescription) and is_within(state.staged.prime_nl, 0, PATH_NL_MAX)


def staged_has_not_expired(config: Config, state: State) -> bool:
    """What waits for confirmation has some of its life left."""
    return implies(state.staged.is_staged, state.tick <= state.staged.expires_tick)


def fluids_are_within_limits(config: Config, state: State) -> bool:
    """Intervals are ordered and bounded; the reservoir's lower end covers a pulse in flight."""
    doubtful_nl = config.pump.pulse_volume_nl if state.flight.is_pending else 0
    return (
        is_fluid_well_formed(state.path.old)
        and is_fluid_well_formed(state.reservoir.fluid)
        and 0 <= state.path.volume_lo_nl <= state.path.volume_hi_nl <= PATH_NL_MAX
        and 0 <= state.path.front_lo_nl <= state.path.front_hi_nl <= PATH_NL_MAX
        and doubtful_nl <= state.reservoir.volume_lo_nl <= state.reservoir.volume_hi_nl <= 2 * RESERVOIR_NL_MAX
        and state.reservoir.volume_lo_nl <= RESERVOIR_NL_MAX
    )


def pulse_bounds_are_those_of_the_fluids(config: Config, state: State) -> bool:
    """The bounds of the first drug's pulse are those of the two fluids in the path."""
    old = state.path.old.hi[0]
    new = state.reservoir.fluid.hi[0]
    return (
        state.path.pulse_fg_min == min(old, new) * config.pump.pulse_volume_nl
        and state.path.pulse_fg_max == max(old, new) * config.pump.pulse_volume_nl
    )


def slot_bound_is_what_the_motor_can_give(config: Config, state: State) -> bool:
    """The largest slot is at most what pulses at the shortest interval bring of the weakest fluid."""
    path = state.path
    return (
        path.slot_fg_max >= 0
        and path.slot_fg_max * config.pump.pulse_interval_s <= SLOT_S * path.pulse_fg_min
        and 0 <= path.pulse_fg_min <= path.pulse_fg_max
    )


def is_ratio_of_fluid(ratio: Ratio, fluid: Fluid, drug: int) -> bool:
    """Whether a fluid brings no more of a drug than a ratio says."""
    return implies(fluid.hi[0] > 0, fluid.hi[drug] * ratio.first_fg_per_nl <= ratio.drug_fg_per_nl * fluid.hi[0])


def is_ratio_well_formed(ratio: Ratio) -> bool:
    """Whether a ratio's terms are within limits; the lower one is never 0."""
    return is_within(ratio.drug_fg_per_nl, 0, CONCENTRATION_FG_PER_NL_MAX) and is_within(
        ratio.first_fg_per_nl, 1, CONCENTRATION_FG_PER_NL_MAX
    )


def ratios_are_well_formed(config: Config, state: State) -> bool:
    """Every ratio kept has terms within limits."""
    return (
        all(is_ratio_well_formed(ratio) for ratio in state.path.ratios)
        and all(is_ratio_well_formed(ratio) for ratio in state.basal.current.ratios)
        and all(is_ratio_well_formed(ratio) for ratio in state.basal.previous.ratios)
    )


def ratios_hold_for_both_fluids(config: Config, state: State) -> bool:
    """Neither fluid brings more of a drug with the first than the path's ratios say."""
    return all(
        is_ratio_of_fluid(state.path.ratios[i], state.path.old, i)
        and is_ratio_of_fluid(state.path.ratios[i], state.reservoir.fluid, i)
        for i in range(4)
    )


def delivery_needs_an_admitted_program(config: Config, state: State) -> bool:
    """What is delivered is programmed, admitted, and of fluids that hold the first drug."""
    return (
        implies(is_running(state) or state.mode == Mode.STALLED or state.mode == Mode.EMPTY, state.is_admitted)
        and implies(state.is_admitted, state.is_programmed)
        and implies(state.mode == Mode.UNPROGRAMMED, not state.is_programmed)
        and implies(state.flight.is_pending and state.flight.is_basal, state.is_admitted)
    )


def admitted_fluids_hold_the_first_drug(config: Config, state: State) -> bool:
    """An admitted program runs on declared fluids, each with some of the first drug."""
    return implies(
        state.is_admitted,
        state.path.is_declared and state.path.old.lo[0] >= 1 and state.reservoir.fluid.lo[0] >= 1,
    )


def admitted_fluids_are_within_concentration_limits(config: Config, state: State) -> bool:
    """An admitted program runs on known fluids within the library's concentration limits."""
    return implies(
        state.is_admitted,
        state.path.old.is_known
        and state.reservoir.fluid.is_known
        and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(state.path.old.hi, config.library))
        and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(state.reservoir.fluid.hi, config.library)),
    )


def admitted_slots_are_at_least_the_minimum_rate(config: Config, state: State) -> bool:
    """No slot of an admitted program is below what the pump's minimum rate brings of the strongest fluid."""
    strongest_fg_per_nl = max(state.path.old.hi[0], state.reservoir.fluid.hi[0])
    least_fg = config.pump.slot_volume_nl_min * strongest_fg_per_nl
    return implies(state.is_admitted, all(slot >= least_fg for slot in state.program.slots_fg))


def admitted_slots_can_be_delivered(config: Config, state: State) -> bool:
    """No slot of an admitted program asks for more pulses than the motor can give of the weakest fluid."""
    return implies(state.is_admitted, all(0 <= slot <= state.path.slot_fg_max for slot in state.program.slots_fg))


def owed_is_at_most_one_pulse_and_an_interval(config: Config, state: State) -> bool:
    """What is owed is at most one pulse, and what falls due while the motor waits for its interval."""
    waited_s = min(state.tick - state.flight.ordered_tick, config.pump.pulse_interval_s - 1)
    return 0 <= state.basal.owed_fg_1800 <= SLOT_S * state.path.pulse_fg_max + waited_s * state.path.slot_fg_max


def owed_while_priming_is_at_most_one_pulse(config: Config, state: State) -> bool:
    """While the path is primed, no more than a pulse of basal is owed, however often the motor turns."""
    return implies(state.mode == Mode.PRIMING, state.basal.owed_fg_1800 <= SLOT_S * state.path.pulse_fg_max)


def owed_is_at_most_two_pulses(config: Config, state: State) -> bool:
    """What is owed is at most two of the largest pulses of the fluids."""
    return 0 <= state.basal.owed_fg_1800 <= 2 * SLOT_S * state.path.pulse_fg_max


def primed_fluids_are_within_concentration_limits(config: Config, state: State) -> bool:
    """What is primed are known fluids within the library's concentration limits."""
    return implies(
        state.mode == Mode.PRIMING,
        state.path.old.is_known
        and state.reservoir.fluid.is_known
        and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(state.path.old.hi, config.library))
        and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(state.reservoir.fluid.hi, config.library)),
    )


def flight_is_a_pulse_of_the_fluids(config: Config, state: State) -> bool:
    """A pulse in flight has at most the mass of the largest pulse of the fluids."""
    flight = state.flight
    return implies(flight.is_pending, 0 <= flight.first_lo_fg <= flight.first_fg <= state.path.pulse_fg_max)


def masses_of_the_flight_are_within_limits(config: Config, state: State) -> bool:
    """What a pulse brings, in flight or landed, is a mass."""
    return is_within(state.flight.first_fg, 0, MASS_FG_MAX) and is_within(state.flight.first_lo_fg, 0, MASS_FG_MAX)


def lockout_covers_the_program(config: Config, state: State) -> bool:
    """The lockout that runs is at least that of the program."""
    return is_within(state.lockout.lockout_s, 0, DAY_S) and implies(
        state.lockout.has_ended, state.program.lockout_s <= state.lockout.lockout_s
    )


def device_is_within_limits(config: Config, state: State) -> bool:
    """Times of failures, gaps and deadlines lie in the past, or a day ahead where something is locked."""
    device = state.device
    return (
        all(NEVER_TICK <= tick <= state.tick for tick in device.failure_ticks)
        and all(a >= b for a, b in zip(device.failure_ticks[0:4], device.failure_ticks[1:5]))
        and is_within(device.missed_s, 0, TICK_MAX)
        and is_within(device.replacement_clock_s, 0, state.tick + device.missed_s)
        and is_within(device.unknown_until_tick, 0, TICK_MAX + DAY_S)
        and is_within(state.reservoir.filled_clock_s, 0, state.tick + device.missed_s)
    )


def therapy_is_within_limits(config: Config, state: State) -> bool:
    """Time off therapy is bounded, a discrepancy is one of three."""
    therapy = state.therapy
    return (
        is_within(therapy.off_s, 0, TICK_MAX)
        and is_within(therapy.discrepancy, -1, 1)
        and is_within(therapy.last_discrepancy, -1, 1)
        and implies(therapy.discrepancy != 0, therapy.discrepancy == therapy.last_discrepancy)
        and all(is_within(fg, 0, LACKING_FG_1800_MAX) for fg in therapy.lacking_fg_1800)
    )


def alarms_follow_their_conditions(config: Config, state: State) -> bool:
    """Every alarm whose condition holds is active; an acknowledged one is active and its condition holds."""
    conditions = compute_conditions(config, state)
    return all(
        implies(holds, alarm.is_active)
        and implies(alarm.is_acknowledged, holds and alarm.is_active)
        and implies(not alarm.is_active, alarm.quiet_until_tick == 0)
        and is_within(alarm.quiet_until_tick, 0, TICK_MAX + DAY_S)
        for holds, alarm in zip(conditions, state.alarms)
    )


def is_sound(config: Config, state: State) -> bool:
    """Whether time, fluids, path, mode and device of a state are those that the kernel leaves."""
    return (
        ticks_are_ordered(config, state)
        and service_ends_at_its_last_tick(config, state)
        and program_is_within_limits(config, state)
        and staged_is_well_formed(config, state)
        and staged_has_not_expired(config, state)
        and fluids_are_within_limits(config, state)
        and pulse_bounds_are_those_of_the_fluids(config, state)
        and slot_bound_is_what_the_motor_can_give(config, state)
        and ratios_are_well_formed(config, state)
        and ratios_hold_for_both_fluids(config, state)
        and delivery_needs_an_admitted_program(config, state)
        and admitted_fluids_hold_the_first_drug(config, state)
        and admitted_fluids_are_within_concentration_limits(config, state)
        and admitted_slots_are_at_least_the_minimum_rate(config, state)
        and admitted_slots_can_be_delivered(config, state)
        and owed_is_at_most_one_pulse_and_an_interval(config, state)
        and owed_while_priming_is_at_most_one_pulse(config, state)
        and owed_is_at_most_two_pulses(config, state)
        and primed_fluids_are_within_concentration_limits(config, state)
        and flight_is_a_pulse_of_the_fluids(config, state)
        and masses_of_the_flight_are_within_limits(config, state)
        and lockout_covers_the_program(config, state)
        and device_is_within_limits(config, state)
        and therapy_is_within_limits(config, state)
        and alarms_follow_their_conditions(config, state)
    )
