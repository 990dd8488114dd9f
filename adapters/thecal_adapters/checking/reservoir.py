# SPDX-License-Identifier: Apache-2.0
"""How long the reservoir lasts, when it is called low, and by when it must be filled again."""

from dataclasses import dataclass, replace
from enum import Enum

from thecal.admission import compute_bolus_reserved_fg, compute_in_force
from thecal.alarms import with_alarms
from thecal.clock import REPLACEMENT_S, compute_clock_s, compute_stability_s
from thecal.integrity import is_intact
from thecal.limits import Config
from thecal.schedule import compute_envelope, compute_slot_index
from thecal.state import State
from thecal.units import DAY_S, SLOT_S, TICK_MAX
from thecal_adapters.checking.amounts import Bounds
from thecal_adapters.checking.tracing import Trace, run_until


class Reason(Enum):
    """What asks for a refill first."""

    LOW_RESERVOIR = "the reservoir is low"
    STABILITY = "a drug has been in the pump for as long as it keeps"
    REPLACEMENT = "the pump is to be replaced"
    SERVICE = "the pump's counters end"


@dataclass(frozen=True)
class Refill:
    """When a refill is due, in seconds from now, and why."""

    due_s: int
    reason: Reason


@dataclass(frozen=True)
class Lasting:
    """How long the reservoir lasts, in seconds from now.

    ``low_max_s`` and ``empty_max_s``: without a bolus, by the account of what is owed; a state that was moved ahead to
    the last day was replayed to the alarm if ``is_replayed``. ``low_min_s`` and ``empty_min_s``: never earlier, however
    often the patient asks. None: not within the pump's service life, or not known. ``is_warned`` unless the reservoir
    is empty before it counts as low.
    """

    usable_nl: int
    is_warned: bool
    low_min_s: int | None
    low_max_s: int | None
    empty_min_s: int | None
    empty_max_s: int | None
    is_replayed: bool
    refill_earliest: Refill
    refill_latest: Refill


def compute_lasting(config: Config, now: State, state: State, bounds: Bounds) -> Lasting:
    """How long it lasts; ``state``, now or ahead of now, is one in which one and the same fluid is delivered."""
    ahead_s = state.tick - now.tick
    low, empty = count_pulses_left(config, state, state.reservoir.volume_lo_nl)
    is_warned = low < empty
    latest = [find_pulse_s(config, state, count) if bounds.pulses else None for count in (low, empty)]
    soonest = [_find_soonest_s(count, bounds, late_s) for count, late_s in zip((low, empty), latest, strict=True)]
    low_min_s, empty_min_s, low_max_s, empty_max_s = (
        None if each is None else each + ahead_s for each in (*soonest, *latest)
    )
    return Lasting(
        usable_nl=max(0, now.reservoir.volume_lo_nl - config.pump.residual_nl),
        is_warned=is_warned,
        low_min_s=low_min_s if is_warned else None,
        low_max_s=low_max_s if is_warned else None,
        empty_min_s=empty_min_s,
        empty_max_s=empty_max_s,
        is_replayed=is_warned and latest[0] is not None and is_alarm_replayed(config, state, latest[0]),
        refill_earliest=_find_refill(config, state, low_min_s if is_warned else empty_min_s, ahead_s),
        refill_latest=_find_refill(config, state, low_max_s if is_warned else empty_max_s, ahead_s),
    )


def find_refill_now(config: Config, state: State) -> Refill:
    """When a refill of a programmed pump is due at the soonest, told at once: the same reckoning, but for one count.

    The most pulses of a day are not asked of a prover but are what the kernel reserves for program and patient boluses,
    and no more than the cap: some pulses more than can be, so never too late. While the front of a new fluid is on its
    way, what is ahead of it counts as gone already.
    """
    path, reservoir = state.path, state.reservoir
    ahead_nl = path.front_hi_nl if path.old != reservoir.fluid else 0
    count = min(count_pulses_left(config, state, max(0, reservoir.volume_lo_nl - ahead_nl)))
    if state.program.bolus_fg == 0 or state.program.bolus_count_max == 0:
        return _find_refill(config, state, find_pulse_s(config, state, count), 0)
    return _find_refill(config, state, _divide_by_days(count, _compute_day_pulses_max(config, state)), 0)


def _compute_day_pulses_max(config: Config, state: State) -> int:
    volume_nl = config.pump.pulse_volume_nl
    pulse_fg = state.reservoir.fluid.lo[0] * volume_nl
    bolus_fg = compute_bolus_reserved_fg(state, state.program.bolus_fg, volume_nl)[0]
    most_fg = state.basal.program.day_fg[0] + state.program.bolus_count_max * bolus_fg
    return max(1, min(most_fg, state.program.cap_day_fg[0]) // pulse_fg)


def count_pulses_left(config: Config, state: State, left_nl: int) -> tuple[int, int]:
    """With which pulse of so much volume the reservoir counts as low, and with which it is empty."""
    volume_nl = config.pump.pulse_volume_nl
    low = max(0, -(-(left_nl - state.program.low_reservoir_nl) // volume_nl))
    empty = max(0, (left_nl - config.pump.residual_nl) // volume_nl) + 1
    return low, empty


def find_pulse_s(config: Config, state: State, count: int) -> int | None:
    """After how many seconds the basal pulse of that number is ordered, without boluses; None if never."""
    pulse = SLOT_S * state.reservoir.fluid.hi[0] * config.pump.pulse_volume_nl
    missing = count * pulse - state.basal.owed_fg_1800
    if count <= 0:
        return 0
    day = SLOT_S * sum(state.program.slots_fg)
    if day <= 0:
        return None
    days = max(0, missing // day - 1)
    missing -= days * day
    tick = state.tick + days * DAY_S
    while missing > 0:  # at most two days of slots: one step for each
        due = state.program.slots_fg[compute_slot_index(tick + 1)]
        left_s = SLOT_S - (tick + 1) % SLOT_S
        took_s = min(left_s, -(-missing // due)) if due else left_s
        missing -= took_s * due
        tick += took_s
    return tick - state.tick if tick < TICK_MAX else None


def _find_soonest_s(count: int, bounds: Bounds, latest_s: int | None) -> int | None:
    """The soonest that so many pulses can have been: whole days of the most pulses that any day can hold."""
    row = bounds.pulses.get(DAY_S)
    if row is None or row["of_boluses_max"] == 0:
        return latest_s
    return _divide_by_days(count, row["beside_boluses_max"] + row["of_boluses_max"])


def _divide_by_days(count: int, day_pulses_max: int) -> int:
    """Before so many pulses can have been, these whole days have passed, in seconds."""
    return max(0, count - 1) // day_pulses_max * DAY_S


def _find_refill(config: Config, state: State, low_s: int | None, ahead_s: int) -> Refill:
    clock_s = compute_clock_s(state) - ahead_s
    stale_s = compute_stability_s(config, state) - (clock_s - state.reservoir.filled_clock_s)
    due = [Refill(TICK_MAX - state.tick + ahead_s, Reason.SERVICE), Refill(max(0, stale_s), Reason.STABILITY)]
    if state.device.is_replacement_indicated:
        spent_s = clock_s - state.device.replacement_clock_s
        due.append(Refill(max(0, REPLACEMENT_S - spent_s), Reason.REPLACEMENT))
    if low_s is not None:
        due.append(Refill(low_s, Reason.LOW_RESERVOIR))
    return min(due, key=lambda refill: refill.due_s)


def is_alarm_replayed(config: Config, state: State, low_s: int) -> bool:
    """Whether the kernel itself raises the alarm at that very second, from a state that is moved ahead near to it."""
    days = low_s // DAY_S - 1
    ahead = move_ahead(config, state, days) if days > 0 else state
    if not is_intact(config, ahead):
        return False
    trace = run_until(config, ahead, _is_low, state.tick + low_s + 1)
    return trace.low_tick == state.tick + low_s


def _is_low(_: State, trace: Trace) -> bool:
    return trace.low_tick is not None


def move_ahead(config: Config, state: State, days: int) -> State:
    """The state after whole days of the program without a bolus: what is owed, what has left, what was in force."""
    pulse_nl = config.pump.pulse_volume_nl
    pulse = SLOT_S * state.reservoir.fluid.hi[0] * pulse_nl
    pulses, owed = divmod(state.basal.owed_fg_1800 + days * SLOT_S * sum(state.program.slots_fg), pulse)
    now = compute_in_force(state.program, state.path)
    basal = replace(state.basal, owed_fg_1800=owed, current=now, previous=now)
    basal = replace(basal, envelope=compute_envelope(now, now, pulse_nl))
    reservoir = replace(
        state.reservoir,
        volume_lo_nl=state.reservoir.volume_lo_nl - pulses * pulse_nl,
        volume_hi_nl=state.reservoir.volume_hi_nl - pulses * pulse_nl,
    )
    tick = state.tick + days * DAY_S
    flight = replace(state.flight, sequence=state.flight.sequence + pulses, ordered_tick=tick - SLOT_S)
    return with_alarms(config, replace(state, tick=tick, basal=basal, reservoir=reservoir, flight=flight))
