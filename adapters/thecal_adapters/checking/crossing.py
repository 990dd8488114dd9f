# SPDX-License-Identifier: Apache-2.0
"""The most and the least while the front of a new fluid is in the path, by properties that are proved of the kernel.

Pulses are not alike then, and are not counted. Without boluses the first drug is bounded by what is scheduled; every
other drug, and every drug with boluses, by its caps alone. Boluses take nothing from what is scheduled beside them, so
the least is the same with them and without.
"""

from collections.abc import Iterator, Sequence

from thecal.limits import Config
from thecal.state import State
from thecal.units import DAY_S, DRUG_COUNT, SLOT_COUNT, SLOT_S
from thecal_adapters.checking.amounts import WINDOWS, Amount, Figure, Grounds
from thecal_adapters.checking.tracing import Trace
from thecal_adapters.checking.windows import Window, find_least, find_most


def list_crossing(config: Config, state: State, alone: Sequence[Trace], beside: Sequence[Trace]) -> Iterator[Amount]:
    """Every drug of either fluid, every window, without boluses and with them where the program has any."""
    hi = [max(a, b) for a, b in zip(state.path.old.hi, state.reservoir.fluid.hi, strict=True)]
    for drug in range(DRUG_COUNT):
        for length_s in WINDOWS:
            caps = state.program.cap_day_fg if length_s == DAY_S else state.program.cap_hour_fg
            for traces, has_boluses in ((alone, False), (beside, True)):
                if hi[drug] > 0 and traces:
                    reached = find_most(traces, drug, length_s)
                    most = _make_most(state, drug, length_s, caps[drug], reached, has_boluses)
                    least = _make_least(config, state, drug, length_s, find_least(traces, drug, length_s))
                    yield Amount(drug, length_s, has_boluses, most, least, caps[drug], is_crossing=True)


def compute_scheduled_fg(state: State, length_s: int) -> tuple[int, int]:
    """The least and the most that any window of whole half hours schedules."""
    slots = state.program.slots_fg
    sums = [sum(slots[(i + k) % SLOT_COUNT] for k in range(length_s // SLOT_S)) for i in range(SLOT_COUNT)]
    return min(sums), max(sums)


def _make_most(state: State, drug: int, length_s: int, cap_fg: int, reached: Window, has_boluses: bool) -> Figure:
    scheduled_fg = compute_scheduled_fg(state, length_s)[1] + 2 * state.path.pulse_fg_max
    if drug > 0 or has_boluses or scheduled_fg > cap_fg:
        return Figure(cap_fg, Grounds.CAP, reached)
    return Figure(scheduled_fg, Grounds.SCHEDULE, reached)


def _make_least(config: Config, state: State, drug: int, length_s: int, reached: Window) -> Figure:
    old, new = state.path.old, state.reservoir.fluid
    is_known = old.lo == old.hi and new.lo == new.hi
    if drug > 0 or not is_known:
        return Figure(0, Grounds.NONE, reached)
    width_nl = state.path.front_hi_nl - state.path.front_lo_nl + 2 * config.pump.pulse_volume_nl
    front_fg = abs(old.hi[0] - new.hi[0]) * width_nl
    scheduled_fg = compute_scheduled_fg(state, length_s)[0] - 2 * state.path.pulse_fg_max
    return Figure(max(0, scheduled_fg - front_fg), Grounds.FRONT, reached)
