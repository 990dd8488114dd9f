# SPDX-License-Identifier: Apache-2.0
"""What hands do to a plant when a fact is told, and the notes that a life takes of its steps."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thecal.events import Event, PathDeclared, RefillDone
from thecal.outcome import Outcome, Response
from thecal.state import State
from thecal.units import PATH_NL_MAX
from thecal_adapters.plant.fluids import Mass
from thecal_adapters.plant.pump import Plant
from thecal_adapters.ports import Record, Role
from thecal_adapters.simulation.faults import BY_NAME

if TYPE_CHECKING:
    from thecal_adapters.simulation.life import Life


@dataclass(frozen=True, slots=True)
class Truth:
    """What is really so when a fact is told: what the needle leaves, or what the path holds."""

    left_nl: int
    path_nl: int


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


class Hands:
    """What people do to reservoir and path with their hands, at the moment that the fact of it is told."""

    def __init__(self, life: "Life") -> None:
        self._life = life
        self._truths: dict[str, Truth] = {}

    def fill(self, event: RefillDone, left_nl: int) -> None:
        """Fill the reservoir. What is told to have come out may be misread."""
        self._truths[self._life.ask(Role.CLINICIAN, event)] = Truth(left_nl, 0)

    def revise(self, volume_nl: int, is_filled: bool) -> None:
        """Lay another catheter, declared with its doubt."""
        doubt_nl = min(self._life.patient.path_doubt_nl, volume_nl)
        event = PathDeclared(volume_nl - doubt_nl, volume_nl + doubt_nl, is_filled)
        truth = Truth(0, volume_nl + self._find_extra_nl("path_larger"))
        self._truths[self._life.ask(Role.CLINICIAN, event, 1_000)] = truth

    def declare(self, lo_nl: int, hi_nl: int, is_filled: bool) -> str:
        """Empty the path that is there through its port, or fill it by hand, and declare it; the request's id."""
        event = PathDeclared(max(0, lo_nl), min(hi_nl, PATH_NL_MAX), is_filled)
        request_id = self._life.ask(Role.CLINICIAN, event)
        self._truths[request_id] = Truth(0, int(self._life.plant.line.volume_nl))
        return request_id

    def use(self, record: Record) -> Truth | None:
        """Do what was to be done as this fact was told; tell what is really so since."""
        life = self._life
        truth = self._truths.get(record.request_id)
        if truth is None or record.response is Response.REFUSED_MALFORMED_FACT:
            return truth
        if isinstance(record.event, RefillDone):
            life.findings.refills.before_fill()
            truth = fill_reservoir(life.plant, record.event, truth)
            life.findings.refills.on_fill(record, record.event, truth)
        if isinstance(record.event, PathDeclared):
            front_nl = 2 * (life.patient.path_doubt_nl + self._find_extra_nl("front_wide"))
            lay_line(life.plant, record.event, truth, front_nl)
        return truth

    def _find_extra_nl(self, fault: str) -> int:
        """By how much the world is larger than declared, if that is this life's fault."""
        return BY_NAME[fault].scale.shift_nl if fault in self._life.script.faults else 0
