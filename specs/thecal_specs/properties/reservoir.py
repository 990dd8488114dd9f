# SPDX-License-Identifier: Apache-2.0
"""The reservoir: what it holds, and what happens when it does not."""

from thecal.events import (
    DiscrepancyResolved,
    Event,
    MinimumRateAsked,
    PrescriptionConfirmed,
    RefillDone,
    ResumeAsked,
)
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.state import Alarm, Mode, State
from thecal.units import SLOT_S
from thecal_specs.ghost import (
    Ghost,
    compute_largest_pulse_fg,
    compute_scheduled_now_fg_1800,
    is_running,
    is_scheduled,
)
from thecal_specs.logic import implies


def no_pulse_takes_the_reservoir_below_its_residual(config: Config, outcome: Outcome, ghost_after: Ghost) -> bool:
    """RES-01: after every pulse the reservoir truly holds at least what cannot be used."""
    return implies(outcome.pulse.is_ordered, ghost_after.world.reservoir_nl >= config.pump.residual_nl)


def is_low(state: State) -> bool:
    """Whether a program runs on a reservoir at or below its threshold."""
    return state.is_programmed and state.reservoir.volume_lo_nl <= state.program.low_reservoir_nl


def a_low_reservoir_alarms_without_flicker(before: State, event: Event, after: State) -> bool:
    """RES-02: at or below the threshold the alarm is active, and only a refill or a new threshold ends that."""
    is_refill = isinstance(event, RefillDone)
    is_new_threshold = isinstance(event, PrescriptionConfirmed)
    return implies(is_low(after), after.alarms[Alarm.RESERVOIR_LOW].is_active) and implies(
        is_low(before) and not is_refill and not is_new_threshold, is_low(after)
    )


def is_emptied(config: Config, before: State, event: Event, after: State) -> bool:
    """Whether basal is due and does not fit, owes no more for that, and it is kept how fast the pump ran."""
    volume_nl = config.pump.pulse_volume_nl
    doubtful_nl = volume_nl if before.flight.is_pending else 0
    owed_fg_1800 = before.basal.owed_fg_1800 + compute_scheduled_now_fg_1800(config, before, event)
    weakest_fg = min(before.path.old.hi[0], before.reservoir.fluid.hi[0]) * volume_nl
    return (
        is_scheduled(before, event)
        and before.reservoir.volume_lo_nl - doubtful_nl - volume_nl < config.pump.residual_nl
        and owed_fg_1800 >= weakest_fg * SLOT_S
        and after.basal.owed_fg_1800 == before.basal.owed_fg_1800
        and after.device.is_interrupted_at_minimum_rate == (before.mode == Mode.MINIMUM_RATE)
    )


def a_bolus_ends_first_and_an_empty_reservoir_alarms_at_once(
    config: Config, before: State, event: Event, after: State, ghost: Ghost
) -> bool:
    """RES-03: when basal is due and does not fit, the bolus has ended, delivery ends, the alarm is active at once."""
    volume_nl = config.pump.pulse_volume_nl
    doubtful_nl = volume_nl if before.flight.is_pending else 0
    due_fg_1800 = ghost.course.behind_fg_1800 + compute_scheduled_now_fg_1800(config, before, event)
    is_due = due_fg_1800 >= compute_largest_pulse_fg(config, before) * SLOT_S
    return implies(
        is_scheduled(before, event)
        and before.tick + 1 - before.flight.ordered_tick >= config.pump.pulse_interval_s
        and before.reservoir.volume_lo_nl - doubtful_nl - volume_nl < config.pump.residual_nl
        and is_due,
        after.mode == Mode.EMPTY,
    ) and (
        implies(after.mode == Mode.EMPTY, after.alarms[Alarm.RESERVOIR_EMPTY].is_active and not after.bolus.is_active)
        and implies(before.mode == Mode.EMPTY and is_running(after), isinstance(event, RefillDone))
        and implies(before.mode != Mode.EMPTY and after.mode == Mode.EMPTY, is_emptied(config, before, event, after))
    )


def a_bolus_is_granted_only_if_the_reservoir_can_bear_it(
    config: Config, before: State, after: State, ghost: Ghost
) -> bool:
    """RES-04: a bolus that starts fits, by the weakest fluid, with the basal behind and that of its duration."""
    usable_nl = before.reservoir.volume_lo_nl - config.pump.residual_nl
    weakest_fg_per_nl = min(before.path.old.hi[0], before.reservoir.fluid.hi[0])
    left_fg_1800 = SLOT_S * (usable_nl * weakest_fg_per_nl - after.bolus.mass_fg)
    return implies(
        not before.bolus.is_active and after.bolus.is_active and not after.bolus.is_prime,
        all(
            left_fg_1800 >= ghost.course.behind_fg_1800 + slot * after.bolus.duration_s
            for slot in before.program.slots_fg
        ),
    )


def compute_surprise(config: Config, before: State, aspirated_nl: int) -> int:
    """1 when more was aspirated than can have been there, -1 when less, 0 within the allowance."""
    doubtful_nl = config.pump.pulse_volume_nl if before.flight.is_pending else 0
    if aspirated_nl > before.reservoir.volume_hi_nl + config.pump.refill_allowance_nl:
        return 1
    least_nl = before.reservoir.volume_lo_nl - doubtful_nl - config.pump.residual_nl
    if aspirated_nl < least_nl - config.pump.refill_allowance_nl:
        return -1
    return 0


def a_residual_that_differs_leads_to_the_safe_state(config: Config, before: State, event: Event, after: State) -> bool:
    """RES-05: a surprise, and nothing else, is kept, alarms, allows no bolus and no increase until it is resolved."""
    is_resolution = isinstance(event, DiscrepancyResolved)
    is_refill = isinstance(event, RefillDone)
    surprise = 0
    if isinstance(event, RefillDone):
        surprise = compute_surprise(config, before, event.aspirated_nl)
    is_doubted = before.therapy.discrepancy != 0
    is_confirmed = isinstance(event, PrescriptionConfirmed)
    is_start = isinstance(event, ResumeAsked) or isinstance(event, MinimumRateAsked)
    return (
        implies(surprise != 0, after.therapy.discrepancy == surprise and not after.bolus.is_active)
        and implies(is_refill and surprise == 0, after.therapy.discrepancy == before.therapy.discrepancy)
        and implies(
            surprise != 0 and surprise == before.therapy.last_discrepancy,
            after.alarms[Alarm.RESERVOIR_DISCREPANT_AGAIN].is_active,
        )
        and implies(surprise != 0, after.therapy.is_repeated == (surprise == before.therapy.last_discrepancy))
        and implies(is_resolution and is_doubted, after.therapy.discrepancy == 0 and not after.therapy.is_repeated)
        and implies(after.therapy.discrepancy != 0, after.alarms[Alarm.RESERVOIR_DISCREPANT].is_active)
        and implies(is_doubted and not is_resolution and not is_refill, after.therapy.discrepancy != 0)
        and implies(is_doubted and not before.bolus.is_active, not after.bolus.is_active)
        and implies(is_doubted and is_start, after.mode == before.mode)
        and implies(
            is_doubted and not is_resolution and not is_refill and (before.is_admitted or is_confirmed),
            all(a <= b for a, b in zip(after.program.slots_fg, before.program.slots_fg)),
        )
    )
