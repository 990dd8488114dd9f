# SPDX-License-Identifier: Apache-2.0
"""What the world does in a step of a trace, unless the trace says otherwise.

A pulse that is ordered moves and brings the most that it can, unless the device will report that it did not move. The
needle leaves nothing, a path has its least volume. The observer's window opens with the first second, and at each
second he notes the day's total, but while seconds pass quietly.
"""

from thecal.events import Event, PathDeclared, PulseResult, RefillDone, SecondPassed
from thecal.fluid import NO_DRUG, Fluid
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.units import DRUG_COUNT, NO_MASSES, Masses
from thecal_specs.ghost import Ghost, Truth, World
from thecal_specs.witnesses.trace import Happening, Quietly, Seconds, Truly


def compute_most_fg(pulse_volume_nl: int, world: World) -> Masses:
    """The most of every drug that the next pulse can bring past the tip."""
    old_nl = min(world.front_nl, pulse_volume_nl)
    new_nl = pulse_volume_nl - old_nl
    return tuple(world.old.hi[i] * old_nl + world.new.hi[i] * new_nl for i in range(DRUG_COUNT))


def compute_blend(event: RefillDone, old: Fluid, left_nl: int) -> Fluid:
    """What is filled over what was left: each concentration between the whole numbers next to it."""
    total_nl = left_nl + event.filled_nl
    if total_nl <= 0:
        return NO_DRUG
    filled_fg = tuple(label * event.filled_nl for label in event.concentrations_fg_per_nl)
    return Fluid(
        is_known=True,
        lo=tuple((lo * left_nl + fg) // total_nl for lo, fg in zip(old.lo, filled_fg)),
        hi=tuple(-(-(hi * left_nl + fg) // total_nl) for hi, fg in zip(old.hi, filled_fg)),
    )


def compute_path_nl(event: Event, happening: Happening) -> int:
    """The true volume of a path that is declared."""
    if isinstance(happening, Truly):
        return happening.path_nl
    return event.volume_lo_nl if isinstance(event, PathDeclared) else 0


def compute_truth(config: Config, happening: Happening, event: Event, outcome: Outcome, ghost: Ghost) -> Truth:
    """What the world does in one step."""
    is_second = isinstance(event, SecondPassed)
    is_stuck = isinstance(happening, Seconds) and happening.result == PulseResult.NOT_DONE
    is_moved = outcome.pulse.is_ordered and not is_stuck
    left_nl = happening.left_nl if isinstance(happening, Truly) else 0
    return Truth(
        opens_window=is_second and not ghost.window.is_open,
        takes_sample=is_second and not isinstance(happening, Quietly),
        is_moved=is_moved,
        mass_fg=compute_most_fg(config.pump.pulse_volume_nl, ghost.world) if is_moved else NO_MASSES,
        left_nl=left_nl,
        blend=compute_blend(event, ghost.world.new, left_nl) if isinstance(event, RefillDone) else NO_DRUG,
        path_nl=compute_path_nl(event, happening),
    )
