# SPDX-License-Identifier: Apache-2.0
"""What hands do to a plant when a fact is told, and the notes that a life takes of its steps."""

from dataclasses import dataclass, replace

from thecal.events import Event, PathDeclared, RefillDone
from thecal.outcome import Outcome, Response
from thecal.state import State
from thecal_adapters.plant.fluids import Mass
from thecal_adapters.plant.pump import Plant
from thecal_adapters.ports import Record


@dataclass(frozen=True, slots=True)
class Truth:
    """What is really so when a fact is told: what the needle leaves, or what the path holds.

    ``is_honest``: what came out was read right.
    """

    left_nl: int
    path_nl: int
    is_honest: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One stored event, for a scenario that repeats it: with its order's number, the kernel's and the driver's."""

    at_ms: int
    event: Event
    response: Response
    tick: int
    truth: Truth | None
    sequence: int
    ordered: int


@dataclass
class Held:
    """A stored order whose motion is still to be seen."""

    before: State
    record: Record
    outcome: Outcome
    moved: Mass | None = None


def fill_reservoir(plant: Plant, event: RefillDone, truth: Truth) -> Truth:
    """Empty the reservoir but for what the needle leaves, rinse it if it was, and fill it; tell what was left."""
    label = event.concentrations_fg_per_nl[: len(plant.reservoir.strength)]
    left_nl = int(min(truth.left_nl, plant.reservoir.volume_nl))
    plant.aspirate(0 if event.is_rinsed else left_nl)
    if event.is_rinsed:
        plant.reservoir.fill(left_nl, label)
    plant.reservoir.fill(event.filled_nl, label)
    return replace(truth, left_nl=left_nl)


def lay_line(plant: Plant, event: PathDeclared, truth: Truth, front_nl: int) -> None:
    """Lay a line of the true volume, full of the reservoir's fluid or of none."""
    strength = plant.reservoir.strength
    filled = strength if event.is_filled_from_reservoir else (0,) * len(strength)
    plant.replace_line(truth.path_nl, filled, front_nl)
