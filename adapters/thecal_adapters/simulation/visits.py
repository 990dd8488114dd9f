# SPDX-License-Identifier: Apache-2.0
"""The visit at the end of a bridge (ASM-40): a clinician draws what is in the path through the access port, compares it
with the fluid that should be there alone, and declares the path anew: as it was, or wider where old fluid was left.

By the books the front has passed, within the last half hour. If the path is larger than declared, or two fluids have
mixed over more than was declared, old fluid is still behind the tip, and this is when it shows. Volumes are measured
with an error, and so are strengths.
"""

from random import Random
from typing import TYPE_CHECKING

from thecal.state import State
from thecal_adapters.plant.fluids import Plug, Strength
from thecal_adapters.simulation.findings import VISIT_MS, WORTH_PERMILLE, compute_difference_permille
from thecal_adapters.simulation.people import HOUR_MS, MINUTE_MS, help_out, prime

if TYPE_CHECKING:
    from thecal_adapters.simulation.life import Life

# Of the stronger of two fluids: what the laboratory sees, and by how much it may be wrong.
SEEN_PERMILLE = 100
ASSAY_PERMILLE = 50
VOLUME_ERROR_NL = 5_000


def is_bridge_over(before: State, after: State) -> bool:
    """Whether by the kernel's books the last of a fluid of a notably other strength has passed the tip."""
    if before.path.front_hi_nl == 0 or after.path.front_hi_nl > 0 or not after.path.is_declared:
        return False
    old, new = before.path.old, after.reservoir.fluid
    is_any = any(fg > 0 for fg in old.hi)
    return is_any and compute_difference_permille(old.hi, new.hi) >= WORTH_PERMILLE


def plan_visit(life: "Life", rng: Random) -> None:
    """Come within half an hour, unless the fluids have been changed again by then."""
    path = life.state.path
    fluid = life.state.reservoir.fluid

    def come() -> None:
        now = life.state
        if (now.path.volume_hi_nl, now.path.front_hi_nl, now.reservoir.fluid) == (path.volume_hi_nl, 0, fluid):
            visit(life, rng)

    life.later(rng.randint(0, VISIT_MS), come)


def visit(life: "Life", rng: Random) -> None:
    """Draw, compare, declare, and prime; where old fluid was left, note that it was found."""
    left_nl = measure_left_nl(life, rng)
    path = life.state.path
    wider_nl = 2 * left_nl  # a front is as wide ahead as it is behind, and its faintest end is not seen
    request_id = life.hands.declare(path.volume_lo_nl - wider_nl, path.volume_hi_nl + wider_nl, is_filled=False)
    if left_nl:
        life.findings.on_path_found(request_id)
    life.later(MINUTE_MS, lambda: prime(life, rng))
    life.later(4 * HOUR_MS, lambda: help_out(life, rng))


def measure_left_nl(life: "Life", rng: Random) -> int:
    """How much of what is drawn is still old fluid, up to the last of it that is seen; 0 where none is."""
    read = [is_read_as_old(plug, life.plant.reservoir.strength, rng) for plug in life.plant.line.plugs]
    if True not in read:
        return 0
    last = max(place for place, is_old in enumerate(read) if is_old)
    left_nl = sum(plug.volume_nl for plug in list(life.plant.line.plugs)[: last + 1])
    return max(VOLUME_ERROR_NL, int(left_nl) + rng.randint(-VOLUME_ERROR_NL, VOLUME_ERROR_NL))


def is_read_as_old(plug: Plug, new: Strength, rng: Random) -> bool:
    """Whether a sample is seen to differ, by a laboratory that errs."""
    differs = compute_difference_permille(plug.strength, new)
    return differs > 0 and differs + rng.randint(-ASSAY_PERMILLE, ASSAY_PERMILLE) >= SEEN_PERMILLE
