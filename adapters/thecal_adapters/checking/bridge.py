# SPDX-License-Identifier: Apache-2.0
"""The bridge after a change of fluid: what leaves the tip while the front of the new fluid is on its way.

The kernel bridges by itself: while old fluid may be at the tip it gives as many pulses as the stronger of what may be
there asks for, and so never more than was ordered, but perhaps less.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from thecal.limits import Config
from thecal.state import State
from thecal.units import DAY_S
from thecal_adapters.checking.tracing import Trace, run_until

BRIDGE_S_MAX = 30 * DAY_S


class Tip(Enum):
    """What is at the catheter's tip."""

    OLD = "the old fluid"
    EITHER = "the old fluid or the new one: the front may be passing"
    NEW = "the new fluid"


@dataclass(frozen=True)
class Phase:
    """A time with the same at the tip, in seconds from now: pulses, and the most and least of every drug in it."""

    tip: Tip
    from_s: int
    to_s: int
    pulses: int
    upper_fg: Sequence[int]
    lower_fg: Sequence[int]


@dataclass(frozen=True)
class Bridge:
    """All phases until the front has surely passed, and a day beyond; ``is_over`` unless it takes too long to tell.

    ``settled`` is the state in which the new fluid is all there is.
    """

    volume_lo_nl: int
    volume_hi_nl: int
    old_fg_per_nl: Sequence[int]
    new_fg_per_nl: Sequence[int]
    phases: Sequence[Phase]
    is_over: bool
    settled: State


def find_bridge(config: Config, state: State) -> Bridge | None:
    """The bridge of a state in which the program is delivered; None where path and reservoir hold one fluid."""
    path = state.path
    if path.front_hi_nl == 0 or path.old == state.reservoir.fluid:
        return None
    pulse_nl = config.pump.pulse_volume_nl
    end_tick = state.tick + BRIDGE_S_MAX
    sure = run_until(config, state, lambda now, _: now.path.front_lo_nl < pulse_nl, end_tick)
    passing = run_until(config, sure.state, lambda now, _: now.path.front_hi_nl == 0, end_tick)
    after = run_until(config, passing.state, lambda _, __: False, passing.to_tick + DAY_S)
    return Bridge(
        volume_lo_nl=path.front_lo_nl,
        volume_hi_nl=path.front_hi_nl,
        old_fg_per_nl=path.old.hi,
        new_fg_per_nl=state.reservoir.fluid.hi,
        phases=tuple(_list_phases(state.tick, (sure, passing, after))),
        is_over=passing.state.path.front_hi_nl == 0,
        settled=passing.state,
    )


def _list_phases(now_tick: int, traces: Sequence[Trace]) -> Iterator[Phase]:
    for tip, trace in zip(Tip, traces, strict=True):
        if trace.to_tick > trace.from_tick:
            yield Phase(
                tip=tip,
                from_s=trace.from_tick - now_tick,
                to_s=trace.to_tick - now_tick,
                pulses=len(trace.moved),
                upper_fg=_sum([moved.upper_fg for moved in trace.moved]),
                lower_fg=_sum([moved.lower_fg for moved in trace.moved]),
            )


def _sum(rows: Sequence[Sequence[int]]) -> Sequence[int]:
    return tuple(sum(column) for column in zip(*rows, strict=True)) if rows else (0, 0, 0, 0)
