# SPDX-License-Identifier: Apache-2.0
"""The catalogue's predicates, asked of every step of a run: the same text that is proved, here merely executed.

A monitor also asks whether the run stays within the assumptions; outside of them no property speaks of it.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import floor

from thecal.events import Event, RefillDone, SecondPassed, SecondsPassed
from thecal.fluid import NO_DRUG, Fluid
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.state import State
from thecal.units import DAY_S, NO_MASSES
from thecal_adapters.simulation.world import Strength
from thecal_specs.assumed import is_possible_event, is_possible_truth
from thecal_specs.catalogue import CATALOGUE
from thecal_specs.ghost import Truth, advance, initial_ghost


@dataclass(frozen=True)
class Violation:
    """A property that did not hold in a step, or an assumption that the world broke."""

    at_s: int
    id: str
    event: str


@dataclass(frozen=True)
class Asked:
    """A predicate and the names of what it speaks of."""

    id: str
    predicate: Callable[..., bool]
    names: tuple[str, ...]


def make_asked(id_: str, predicate: Callable[..., bool]) -> Asked:
    """A predicate whose arguments are bound by name."""
    return Asked(id_, predicate, tuple(inspect.signature(predicate).parameters))


ASSUMPTIONS = (make_asked("possible event", is_possible_event), make_asked("possible truth", is_possible_truth))


class Monitor:
    """Follows one run with the ghost history of the specification.

    A window is opened as soon as the last one is a day old; the sliding windows of ``books`` look at every second.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self.ghost = initial_ghost(config)
        self._asked = [make_asked(row.id, row.predicate) for row in CATALOGUE if row.predicate is not None]
        self.violations: list[Violation] = []
        self.checks = 0

    @property
    def ids(self) -> list[str]:
        """The properties that are asked."""
        return [asked.id for asked in self._asked]

    def watch(
        self, at_s: int, before: State, event: Event, outcome: Outcome, truth: Truth, is_asked: bool = True
    ) -> None:
        """Take one step with the ghost, and ask every predicate of it unless it is told not to."""
        ghost_after = advance(self._config, before, event, outcome, truth, self.ghost)
        names = {
            "config": self._config,
            "before": before,
            "event": event,
            "outcome": outcome,
            "after": outcome.state,
            "truth": truth,
            "ghost": self.ghost,
            "ghost_after": ghost_after,
        }
        for asked in (*ASSUMPTIONS, *self._asked) if is_asked else ():
            self.checks += 1
            if not asked.predicate(*(names[name] for name in asked.names)):
                self.violations.append(Violation(at_s, asked.id, type(event).__name__))
        self.ghost = ghost_after

    def make_truth(self, event: Event, before: State, moved_fg: Strength | None, left_nl: int, path_nl: int) -> Truth:
        """What the world does in one step, as the specification asks for it."""
        return replace(
            QUIET,
            opens_window=isinstance(event, SecondPassed | SecondsPassed) and self._is_window_due(before),
            is_moved=moved_fg is not None,
            mass_fg=NO_MASSES if moved_fg is None else tuple(floor(mass) for mass in moved_fg),
            left_nl=left_nl,
            blend=self._make_blend(event, 0 if event.is_rinsed else left_nl)
            if isinstance(event, RefillDone)
            else NO_DRUG,
            path_nl=path_nl,
        )

    def _is_window_due(self, before: State) -> bool:
        window = self.ghost.window
        return not window.is_open or before.tick - window.since_tick >= DAY_S

    def _make_blend(self, event: RefillDone, left_nl: int) -> Fluid:
        """What mixing makes of what was left and what was filled, between whole numbers."""
        old, total_nl = self.ghost.world.new, left_nl + event.filled_nl
        if event.filled_nl <= 0:
            return NO_DRUG
        filled_fg = [label * event.filled_nl for label in event.concentrations_fg_per_nl]
        return Fluid(
            is_known=True,
            lo=tuple((lo * left_nl + fg) // total_nl for lo, fg in zip(old.lo, filled_fg)),
            hi=tuple(-(-(hi * left_nl + fg) // total_nl) for hi, fg in zip(old.hi, filled_fg)),
        )


QUIET = Truth(
    opens_window=False,
    takes_sample=False,
    is_moved=False,
    mass_fg=NO_MASSES,
    left_nl=0,
    blend=NO_DRUG,
    path_nl=0,
)
