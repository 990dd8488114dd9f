# SPDX-License-Identifier: Apache-2.0
"""What comes out of the catheter's tip, and what is left in path and reservoir.

Two fluids in a line: the old one ahead of a front known only as an interval, the reservoir's behind it. A pulse may
be all old, all new, or straddle the front; the upper book takes the most of what it may be, the lower the least.
"""

from dataclasses import replace

from thecal.events import PulseResult
from thecal.fluid import Fluid, compute_blend, compute_hull
from thecal.limits import PumpModel
from thecal.schedule import compute_larger_ratio
from thecal.state import Path, Ratio, Ratios, Reservoir, State
from thecal.units import SLOT_S, Concentrations, Masses, compute_larger, compute_quotient_down, compute_smaller


def is_old_possible(path: Path) -> bool:
    """Whether old fluid may still be ahead of the front."""
    return path.front_hi_nl > 0


def is_new_possible(path: Path, pulse_volume_nl: int) -> bool:
    """Whether the next pulse may bring some of the reservoir's fluid past the tip."""
    return path.front_lo_nl < pulse_volume_nl


def compute_tip_hi(path: Path, new: Fluid, pulse_volume_nl: int) -> Concentrations:
    """The most concentrated that the next pulse may be, drug by drug; ``new`` is the reservoir's fluid."""
    if not is_old_possible(path):
        return new.hi
    if not is_new_possible(path, pulse_volume_nl):
        return path.old.hi
    return compute_larger(path.old.hi, new.hi)


def compute_tip_lo(path: Path, new: Fluid, pulse_volume_nl: int) -> Concentrations:
    """The least concentrated that the next pulse may be, drug by drug; ``new`` is the reservoir's fluid."""
    if not is_old_possible(path):
        return new.lo
    if not is_new_possible(path, pulse_volume_nl):
        return path.old.lo
    return compute_smaller(path.old.lo, new.lo)


def compute_pulse_fg(concentrations: Concentrations, pulse_volume_nl: int) -> Masses:
    """What a pulse of that concentration holds of every drug."""
    return tuple(concentration * pulse_volume_nl for concentration in concentrations)


def compute_upper_fg(path: Path, new: Fluid, pulse_volume_nl: int) -> Masses:
    """The most of every drug that the next pulse may bring past the tip: what the upper book takes."""
    return compute_pulse_fg(compute_tip_hi(path, new, pulse_volume_nl), pulse_volume_nl)


def compute_lower_fg(path: Path, new: Fluid, pulse_volume_nl: int) -> Masses:
    """The least of every drug that the next pulse may bring past the tip: what the lower book takes."""
    return compute_pulse_fg(compute_tip_lo(path, new, pulse_volume_nl), pulse_volume_nl)


def is_fitting(reservoir: Reservoir, volume_nl: int, residual_nl: int) -> bool:
    """Whether a volume can leave the reservoir without touching its residual, in the worst reading."""
    return reservoir.volume_lo_nl - volume_nl >= residual_nl  # RES-01


def with_pulse_moved(state: State, result: PulseResult, pulse_volume_nl: int) -> State:
    """Book a pulse that was done, or that may have been: an unknown one lowers the lower ends alone."""
    surely_nl = pulse_volume_nl if result == PulseResult.DONE else 0
    return replace(
        state,
        path=replace(
            state.path,
            front_lo_nl=max(0, state.path.front_lo_nl - pulse_volume_nl),
            front_hi_nl=max(0, state.path.front_hi_nl - surely_nl),
        ),
        reservoir=replace(
            state.reservoir,
            volume_lo_nl=state.reservoir.volume_lo_nl - pulse_volume_nl,
            volume_hi_nl=state.reservoir.volume_hi_nl - surely_nl,
        ),
    )


def compute_ratio(fluid: Fluid, drug: int) -> Ratio:
    """How much of a drug comes with the first one in the upper book; 0 to 1 where the fluid lacks the first."""
    if fluid.hi[0] == 0:
        return Ratio(drug_fg_per_nl=0, first_fg_per_nl=1)
    return Ratio(drug_fg_per_nl=fluid.hi[drug], first_fg_per_nl=fluid.hi[0])


def compute_ratios(old: Fluid, new: Fluid) -> Ratios:
    """The larger ratio of two fluids, drug by drug; a pulse that straddles them is not above it."""
    return (
        compute_larger_ratio(compute_ratio(old, 0), compute_ratio(new, 0)),
        compute_larger_ratio(compute_ratio(old, 1), compute_ratio(new, 1)),
        compute_larger_ratio(compute_ratio(old, 2), compute_ratio(new, 2)),
        compute_larger_ratio(compute_ratio(old, 3), compute_ratio(new, 3)),
    )


def compute_path(pump: PumpModel, path: Path, fluid: Fluid) -> Path:
    """The path with its bounds on a pulse made anew, for the old fluid and what the reservoir holds now."""
    old = path.old if path.front_hi_nl > 0 else fluid
    pulse_fg_min = min(old.hi[0], fluid.hi[0]) * pump.pulse_volume_nl
    return replace(
        path,
        old=old,
        pulse_fg_min=pulse_fg_min,
        slot_fg_max=compute_quotient_down(SLOT_S, pump.pulse_interval_s) * pulse_fg_min,
        pulse_fg_max=max(old.hi[0], fluid.hi[0]) * pump.pulse_volume_nl,
        ratios=compute_ratios(old, fluid),
    )


def compute_left_nl(pump: PumpModel, reservoir: Reservoir, is_rinsed: bool) -> int:
    """The most that a needle leaves behind: of what was there, or of what it was rinsed with."""
    return pump.residual_nl if is_rinsed else min(pump.residual_nl, reservoir.volume_hi_nl)


def with_refill(pump: PumpModel, state: State, filled_nl: int, label: Fluid, is_rinsed: bool, clock_s: int) -> State:
    """Book a refill: what the needle left blends in, and what the reservoir held is now the old fluid of the path."""
    left_nl = compute_left_nl(pump, state.reservoir, is_rinsed)
    fluid = state.reservoir.fluid
    if filled_nl > 0:
        fluid = compute_blend(state.reservoir.fluid, 0 if is_rinsed else left_nl, label, filled_nl)
    older = compute_hull(state.path.old, state.reservoir.fluid)
    old = older if state.path.front_hi_nl > 0 else state.reservoir.fluid
    path = replace(state.path, old=old, front_lo_nl=state.path.volume_lo_nl, front_hi_nl=state.path.volume_hi_nl)
    return replace(
        state,
        path=compute_path(pump, path, fluid),
        reservoir=Reservoir(
            volume_lo_nl=filled_nl, volume_hi_nl=filled_nl + left_nl, fluid=fluid, filled_clock_s=clock_s
        ),
    )


def with_path_declared(pump: PumpModel, state: State, lo_nl: int, hi_nl: int, old: Fluid, front_hi_nl: int) -> State:
    """Book a path of a declared volume that holds ``old`` fluid up to the front."""
    path = replace(
        state.path,
        is_declared=True,
        volume_lo_nl=lo_nl,
        volume_hi_nl=hi_nl,
        front_lo_nl=min(lo_nl, front_hi_nl),
        front_hi_nl=front_hi_nl,
        old=old,
    )
    return replace(state, path=compute_path(pump, path, state.reservoir.fluid))
