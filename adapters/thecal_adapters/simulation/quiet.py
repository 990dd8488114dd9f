# SPDX-License-Identifier: Apache-2.0
"""Quiet stretches: how many seconds pass in which nothing can happen, and a record that far along.

In a quiet stretch every second after the first changes a record by the same amount, so two seconds by the kernel
itself tell the rest.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from thecal.clock import REPLACEMENT_S, compute_clock_s, compute_off_s_max, compute_stability_s
from thecal.delivery import compute_minimum_slot_fg
from thecal.limits import Config
from thecal.path import compute_pulse_fg, compute_tip_hi
from thecal.state import Mode, State
from thecal.units import DAY_S, FAILURE_COUNT, SLOT_S, TICK_MAX

T = TypeVar("T")


def compute_quiet_s(config: Config, state: State) -> int:
    """How many of the next seconds surely bring nothing but themselves; 0 if the next one may bring something."""
    if state.mode == Mode.END_OF_SERVICE:
        return 0
    next_ticks = [*list_turning_ticks(config, state), *list_deadline_ticks(config, state)]
    if state.mode in (Mode.DELIVERING, Mode.MINIMUM_RATE):
        next_ticks.extend(list_pulse_ticks(config, state))
    return max(min(tick for tick in next_ticks if tick > state.tick) - 1 - state.tick, 0)


def list_turning_ticks(config: Config, state: State) -> Iterator[int]:
    """When the calendar turns, or what is pending ends."""
    yield TICK_MAX
    yield state.tick - state.tick % DAY_S + DAY_S
    if state.flight.is_pending:
        yield max(state.flight.ordered_tick + config.pump.pulse_interval_s, state.tick + 1)
    if state.staged.is_staged:
        yield max(state.staged.expires_tick + 1, state.tick + 1)


def list_deadline_ticks(config: Config, state: State) -> Iterator[int]:
    """When an alarm's condition may change, or one sounds again; those that are past do not count."""
    until_clock_s = state.tick - compute_clock_s(state)
    yield state.device.failure_ticks[FAILURE_COUNT - 1] + DAY_S
    yield state.device.unknown_until_tick
    yield state.tick + compute_off_s_max(config, state) - state.therapy.off_s
    yield until_clock_s + state.reservoir.filled_clock_s + compute_stability_s(config, state)
    yield until_clock_s + state.device.replacement_clock_s + REPLACEMENT_S
    for alarm in state.alarms:
        yield alarm.quiet_until_tick


def list_pulse_ticks(config: Config, state: State) -> Iterator[int]:
    """When the next pulse may be due, or the slot changes, or the bolus ends."""
    volume_nl = config.pump.pulse_volume_nl
    pulse_fg = compute_pulse_fg(compute_tip_hi(state.path, state.reservoir.fluid, volume_nl), volume_nl)[0]
    soonest_tick = state.tick + 1
    yield soonest_tick + SLOT_S - soonest_tick % SLOT_S
    if state.bolus.is_active and state.bolus.left_fg < pulse_fg:
        yield soonest_tick
    free_tick = max(state.flight.ordered_tick + config.pump.pulse_interval_s, soonest_tick)
    lacking_fg_1800 = pulse_fg * SLOT_S - state.basal.owed_fg_1800
    slot_fg = compute_slot_fg(config, state)
    if lacking_fg_1800 <= 0:
        yield free_tick
    elif slot_fg > 0:
        yield max(free_tick, state.tick - (-lacking_fg_1800 // slot_fg))
    if state.bolus.is_active:
        ahead_fg = state.bolus.mass_fg - state.bolus.left_fg + pulse_fg
        due_tick = state.bolus.start_tick - (-ahead_fg * state.bolus.duration_s // state.bolus.mass_fg)
        yield max(free_tick, due_tick)


def compute_slot_fg(config: Config, state: State) -> int:
    """What falls due in a slot as the next second begins."""
    if state.mode == Mode.MINIMUM_RATE:
        return compute_minimum_slot_fg(config, state)
    return state.program.slots_fg[(state.tick + 1) % DAY_S // SLOT_S]


def extrapolate(before: T, after: T, seconds: int) -> T:
    """Where a record is so many seconds after ``after``, if each changes it as the one from ``before`` did."""
    return cast(T, _extrapolate(before, after, seconds))


def _extrapolate(before: Any, after: Any, seconds: int) -> Any:
    if before is after:
        return after
    if type(before) is int and type(after) is int:
        return after + (after - before) * seconds
    if before == after:
        return after
    if isinstance(after, tuple):
        return tuple(_extrapolate(a, b, seconds) for a, b in zip(before, after, strict=True))
    if is_dataclass(after) and type(before) is type(after):
        changed = {}
        for field in fields(after):
            old, new = getattr(before, field.name), getattr(after, field.name)
            if old is not new:
                changed[field.name] = _extrapolate(old, new, seconds)
        return replace(cast(Any, after), **changed)
    raise ValueError(f"{before!r} became {after!r}: no quiet second does that")
