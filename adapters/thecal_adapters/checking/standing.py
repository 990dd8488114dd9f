# SPDX-License-Identifier: Apache-2.0
"""The most and the least of a pump that does not deliver its program alone: it gives a bolus, stands, or is kept alive.

Nothing is counted here. A bolus counts in every cap (OVR-01, OVR-02), and takes nothing from what is scheduled beside
it. A pump that stands has at most one pulse in flight (OVR-12), and moves what a prime has reserved (OVR-11). For
whatever else it does the caps hold, and no least is known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from thecal.events import PulseReported, PulseResult
from thecal.limits import Config
from thecal.state import Mode, State
from thecal.step import step
from thecal.units import DAY_S, DRUG_COUNT
from thecal_adapters.checking.amounts import WINDOWS, Amount, Figure, Grounds
from thecal_adapters.checking.crossing import list_crossing
from thecal_adapters.checking.tracing import Trace, run
from thecal_adapters.checking.windows import find_least, find_most

STANDING = (Mode.UNPROGRAMMED, Mode.STOPPED, Mode.PRIMING)


def look_on(config: Config, state: State) -> Sequence[Amount]:
    """What a pump brings from now on, by a life of a day that is replayed; takes seconds."""
    landed = state
    if state.flight.is_pending:
        landed = step(config, state, PulseReported(state.flight.sequence, PulseResult.DONE)).state
    has_boluses = state.program.bolus_fg > 0 and state.program.bolus_count_max > 0
    trace = run(config, landed, DAY_S, 0 if has_boluses and state.mode is Mode.DELIVERING else None)
    if state.mode is Mode.DELIVERING:
        is_crossing = state.path.front_hi_nl > 0
        return tuple(replace(each, is_crossing=is_crossing) for each in list_crossing(config, state, [], [trace]))
    return tuple(_list_standing(config, state, trace))


def _list_standing(config: Config, state: State, trace: Trace) -> Iterator[Amount]:
    for drug in range(DRUG_COUNT):
        hi = max(state.path.old.hi[drug], state.reservoir.fluid.hi[drug])
        for length_s in WINDOWS:
            cap_fg = (state.program.cap_day_fg if length_s == DAY_S else state.program.cap_hour_fg)[drug]
            most_fg, grounds = cap_fg, Grounds.CAP
            if state.mode in STANDING:
                prime_fg = state.bolus.reserved_fg[drug] if state.bolus.is_active else 0
                most_fg, grounds = hi * config.pump.pulse_volume_nl + prime_fg, Grounds.FLIGHT
            if hi > 0:
                most = Figure(most_fg, grounds, find_most([trace], drug, length_s))
                least = Figure(0, Grounds.NONE, find_least([trace], drug, length_s))
                yield Amount(drug, length_s, False, most, least, cap_fg if state.is_programmed else 0)
