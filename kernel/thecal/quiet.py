# SPDX-License-Identifier: Apache-2.0
"""Seconds in which nothing can happen, so that a device may sleep through them and tell of them at once.

A quiet second changes the tick, what is owed or lacks, and the time off therapy, and nothing else; and each of the next
ones changes them by as much. What might end that is looked for beforehand, and in doubt there is no quiet: while
anything is pending or a bolus runs, each second is told.
"""

from dataclasses import replace
from typing import Annotated, TypeAlias

from thecal.clock import REPLACEMENT_S, compute_clock_s, compute_off_s_max, compute_stability_s
from thecal.delivery import compute_due_fg
from thecal.emit import emit
from thecal.events import SecondsPassed
from thecal.lacking import is_lacking
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.path import compute_upper_fg
from thecal.schedule import compute_slot_index
from thecal.state import Mode, State
from thecal.units import (
    DAY_S,
    FAILURE_COUNT,
    LACKING_S,
    SLOT_S,
    TICK_MAX,
    Division,
    compute_division_step,
    is_within,
)

_Powers: TypeAlias = Annotated[tuple[int, ...], 11]
_POWERS_OF_TWO: _Powers = (1_024, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1)


def is_off_therapy(state: State) -> bool:
    """Whether a second counts as one without therapy."""
    return state.is_programmed and state.mode != Mode.DELIVERING


def is_motor_on(state: State) -> bool:
    """Whether basal falls due, the program's or the pump's least."""
    return state.mode == Mode.DELIVERING or state.mode == Mode.MINIMUM_RATE


def is_settled(config: Config, state: State) -> bool:
    """Whether the next second finds the time off therapy as it leaves it, but for its count."""
    if not is_off_therapy(state):
        return state.therapy.off_s == 0
    return state.therapy.is_bolus_blocked or state.therapy.off_s < compute_off_s_max(config, state)


def compute_lacking_fg(config: Config, state: State) -> int:
    """The slot's mass that the next second plans and does not make due."""
    if not state.is_programmed:
        return 0
    planned_fg = state.program.slots_fg[compute_slot_index(state.tick + 1)]
    return planned_fg - compute_next_due_fg(config, state)


def is_lacking_soon(config: Config, state: State) -> bool:
    """Whether what the patient may lack may come to be too much within a slot."""
    more_fg_1800 = SLOT_S * compute_lacking_fg(config, state)
    return not is_lacking(config, state, 0) and is_lacking(config, state, more_fg_1800)


def is_busy(config: Config, state: State) -> bool:
    """Whether the next second may bring more than itself, for what is pending or because three hours are over."""
    return (
        state.mode == Mode.END_OF_SERVICE
        or state.flight.is_pending
        or state.bolus.is_active
        or state.staged.is_staged
        or (state.tick + 1) % LACKING_S == 0
        or is_lacking_soon(config, state)
        or not is_settled(config, state)
    )


def compute_ahead_s(now: int, then: int) -> int:
    """How many seconds pass before one that lies ahead; as many as there may be, if it does not."""
    return then - now - 1 if now < then else SLOT_S


def compute_deadlines_quiet_s(config: Config, state: State) -> int:
    """How many seconds pass before a deadline of therapy, drug, battery or service."""
    clock_s = compute_clock_s(state)
    off_s = state.therapy.off_s if is_off_therapy(state) else 0
    return min(
        compute_ahead_s(state.tick, TICK_MAX),
        compute_ahead_s(off_s, compute_off_s_max(config, state)),
        compute_ahead_s(clock_s - state.reservoir.filled_clock_s, compute_stability_s(config, state)),
        compute_ahead_s(clock_s - state.device.replacement_clock_s, REPLACEMENT_S),
    )


def compute_alarms_quiet_s(state: State) -> int:
    """How many seconds pass before an alarm's condition may end, or a silenced one sounds again."""
    quiet_s = min(
        compute_ahead_s(state.tick, state.device.failure_ticks[FAILURE_COUNT - 1] + DAY_S),
        compute_ahead_s(state.tick, state.device.unknown_until_tick),
    )
    for alarm in state.alarms:
        quiet_s = min(quiet_s, compute_ahead_s(state.tick, alarm.quiet_until_tick))
    return quiet_s


def compute_next_due_fg(config: Config, state: State) -> int:
    """The slot's mass that falls due in the next second."""
    if not is_motor_on(state):
        return 0
    return compute_due_fg(config, replace(state, tick=state.tick + 1))


def compute_seconds_before(mass_fg_1800: int, due_fg: int) -> int:
    """How many seconds bring surely less than a mass that is not 0, by so much a second: 2,047 at most."""
    division = Division(quotient=0, rest=mass_fg_1800 - 1)
    for power in _POWERS_OF_TWO:
        division = compute_division_step(division, due_fg, power)
    return division.quotient


def compute_basal_quiet_s(config: Config, state: State) -> int:
    """How many seconds pass before a whole pulse of basal is owed, within the slot of the next second."""
    if not is_motor_on(state):
        return SLOT_S
    pulse_fg = compute_upper_fg(state.path, state.reservoir.fluid, config.pump.pulse_volume_nl)[0]
    lacking_fg_1800 = pulse_fg * SLOT_S - state.basal.owed_fg_1800
    if lacking_fg_1800 <= 0:
        return 0
    return compute_seconds_before(lacking_fg_1800, compute_next_due_fg(config, state))


def compute_quiet_s(config: Config, state: State) -> int:
    """How many of the next seconds surely bring nothing but themselves: 0 to what is left of a half hour."""
    if is_busy(config, state):
        return 0
    return min(
        SLOT_S - (state.tick + 1) % SLOT_S,
        compute_deadlines_quiet_s(config, state),
        compute_alarms_quiet_s(state),
        compute_basal_quiet_s(config, state),
    )


def with_quiet_passed(config: Config, state: State, count: int) -> State:
    """The state after so many quiet seconds."""
    owed_fg_1800 = state.basal.owed_fg_1800 + count * compute_next_due_fg(config, state)
    off_s = min(state.therapy.off_s + count, TICK_MAX) if is_off_therapy(state) else state.therapy.off_s
    return replace(
        state,
        tick=state.tick + count,
        basal=replace(state.basal, owed_fg_1800=owed_fg_1800),
        therapy=replace(state.therapy, off_s=off_s),
    )


def on_seconds_passed(config: Config, state: State, event: SecondsPassed) -> Outcome:
    """Count several seconds at once, if they surely were quiet."""
    if not is_within(event.count, 1, compute_quiet_s(config, state)):
        return emit(state, Response.REFUSED_SECONDS_MAY_NOT_BE_QUIET)
    return emit(with_quiet_passed(config, state, event.count), Response.SECONDS_PASSED)  # TOT-05
