# SPDX-License-Identifier: Apache-2.0
"""A program lived through in the kernel: every pulse done as ordered, and a patient who asks as soon as it may help."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from thecal.events import BolusAsked, PulseReported, PulseResult, SecondPassed, SecondsPassed
from thecal.limits import Config
from thecal.outcome import Pulse, Response
from thecal.quiet import compute_quiet_s
from thecal.state import Alarm, State
from thecal.step import step
from thecal.units import DAY_S, HOUR_S, PULSE_INTERVAL_S_MAX, SLOT_S, Masses

NEVER = 10**12
PATIENCE_S = 60
# As long as a pulse or two wait for the slowest motor.
SETTLE_S_MAX = 2 * PULSE_INTERVAL_S_MAX


@dataclass(frozen=True, slots=True)
class Moved:
    """A pulse in the second that ends at a tick: the most and the least of every drug that passed the tip."""

    at_tick: int
    is_basal: bool
    upper_fg: Masses
    lower_fg: Masses


@dataclass
class Trace:
    """What came of a program from one tick to another."""

    from_tick: int
    to_tick: int
    state: State
    moved: list[Moved] = field(default_factory=list)
    granted: list[int] = field(default_factory=list)
    low_tick: int | None = None
    empty_tick: int | None = None


def run(config: Config, state: State, length_s: int, asks_after_s: int | None = None) -> Trace:
    """Live through so many seconds; the patient begins to ask after some of them, or never does."""
    return go_on(config, Trace(state.tick, state.tick, state), length_s, asks_after_s)


def go_on(config: Config, trace: Trace, length_s: int, asks_after_s: int | None = None) -> Trace:
    """The same life so many seconds longer; the trace that it goes on from stays as it is."""
    tick = trace.to_tick
    asks_tick = NEVER if asks_after_s is None else tick + asks_after_s
    longer = replace(trace, moved=[*trace.moved], granted=[*trace.granted])
    return _live(config, longer, _is_never_over, tick + length_s, asks_tick)


def run_until(
    config: Config, state: State, is_over: Callable[[State, Trace], bool], end_tick: int, asks_tick: int = NEVER
) -> Trace:
    """Live through seconds until something is so, but not beyond a tick."""
    return _live(config, Trace(state.tick, state.tick, state), is_over, end_tick, asks_tick)


def _live(
    config: Config, trace: Trace, is_over: Callable[[State, Trace], bool], end_tick: int, asks_tick: int
) -> Trace:
    while not is_over(trace.state, trace) and trace.state.tick < end_tick:
        if trace.state.tick >= asks_tick and not trace.state.bolus.is_active:
            asks_tick = _ask(config, trace)
        # While a bolus runs nobody asks: it would be refused, and no bolus ends in quiet seconds.
        until_tick = end_tick if trace.state.bolus.is_active else min(end_tick, max(asks_tick, trace.state.tick + 1))
        horizon_s = until_tick - trace.state.tick
        quiet_s = min(horizon_s, compute_quiet_s(config, trace.state))
        if quiet_s > 1:
            trace.state = step(config, trace.state, SecondsPassed(quiet_s)).state
        else:
            _pass_second(config, trace)
    trace.to_tick = trace.state.tick
    return trace


def _pass_second(config: Config, trace: Trace) -> None:
    outcome = step(config, trace.state, SecondPassed())
    trace.state = outcome.state
    if outcome.pulse.is_ordered:
        _move(config, trace, outcome.pulse)
    if outcome.response == Response.DELIVERY_ENDED_BECAUSE_THE_RESERVOIR_IS_EMPTY:
        trace.empty_tick = outcome.state.tick
    if trace.low_tick is None and trace.state.alarms[Alarm.RESERVOIR_LOW].is_active:
        trace.low_tick = outcome.state.tick


def _move(config: Config, trace: Trace, pulse: Pulse) -> None:
    trace.moved.append(Moved(trace.state.tick, pulse.is_basal, pulse.upper_fg, pulse.lower_fg))
    trace.state = step(config, trace.state, PulseReported(pulse.sequence, PulseResult.DONE)).state


def _ask(config: Config, trace: Trace) -> int:
    """Ask for a bolus; the tick at which to ask again."""
    outcome = step(config, trace.state, BolusAsked())
    trace.state = outcome.state
    if outcome.response == Response.BOLUS_GRANTED:
        trace.granted.append(outcome.state.tick)
    return max(trace.state.tick + 1, _find_next_tick(outcome.state, outcome.response))


def _find_next_tick(state: State, response: Response) -> int:
    """When what was against a bolus may be over; never later than that."""
    now = state.tick
    midnight = now - now % DAY_S + DAY_S
    if response == Response.REFUSED_BOLUS_STILL_LOCKED_OUT:
        return state.lockout.end_tick + state.lockout.lockout_s
    if response == Response.REFUSED_BOLUS_COUNT_REACHED:
        return min([e.start_tick + DAY_S for e in state.ledger if e.is_patient and e.start_tick + DAY_S > now] or [now])
    if response == Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_A_DAY:
        return min([midnight, *(e.end_tick + DAY_S for e in state.ledger if e.is_used and e.end_tick + DAY_S > now)])
    if response == Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_AN_HOUR:
        return min([midnight, *(e.end_tick + HOUR_S for e in state.ledger if e.is_used and e.end_tick + HOUR_S > now)])
    return now + 1 if response == Response.BOLUS_GRANTED else now + PATIENCE_S


def settle(config: Config, state: State) -> State:
    """The state with the pulse in flight done, and after the seconds in which the motor gives what waits for it."""
    if state.flight.is_pending:
        state = step(config, state, PulseReported(state.flight.sequence, PulseResult.DONE)).state
    return run_until(config, state, _is_settled, state.tick + SETTLE_S_MAX).state


def _is_settled(state: State, _: Trace) -> bool:
    return state.basal.owed_fg_1800 < SLOT_S * state.path.pulse_fg_min


def _is_never_over(_: State, __: Trace) -> bool:
    return False
