# SPDX-License-Identifier: Apache-2.0
"""Time for deadlines: seconds observed and the most that may have passed unobserved, because there waiting harms."""

from thecal.limits import Config
from thecal.state import State
from thecal.units import YEAR_S

# How long a pump may be used after its replacement indicator.
REPLACEMENT_S = 7_776_000


def compute_clock_s(state: State) -> int:
    """Seconds since the first tick, the greatest gaps included."""
    return state.tick + state.device.missed_s


def compute_off_s_max(config: Config, state: State) -> int:
    """How long therapy may be off: the least of the pump's bound and those of the drugs in path and reservoir."""
    bound_s = config.pump.stop_s_max
    for drug, old, new in zip(config.library, state.path.old.hi, state.reservoir.fluid.hi):
        if old > 0 or new > 0:
            bound_s = min(bound_s, drug.off_therapy_s_max)
    return bound_s


def compute_stability_s(config: Config, state: State) -> int:
    """How long the reservoir's drugs keep: the least of theirs, a year at most."""
    bound_s = YEAR_S
    for drug, hi in zip(config.library, state.reservoir.fluid.hi):
        if hi > 0:
            bound_s = min(bound_s, drug.stability_s)
    return bound_s
