# SPDX-License-Identifier: Apache-2.0
"""A pump with its ghost under way: each step asks every claim of the specification, and tells what is false."""

import inspect
import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from random import Random
from typing import TypeAlias

from tests.simulation.books import BOOKS
from tests.simulation.chance import draw_kin
from tests.simulation.configs import draw_config
from tests.simulation.events import draw_event, draw_truth
from tests.simulation.values import list_kin, mutate

from thecal.events import Event
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.state import State, initial_state
from thecal.step import step
from thecal.units import DAY_S, HOUR_S, SLOT_S, TICK_MAX
from thecal_specs import assumed, properties
from thecal_specs.catalogue.record import Predicate
from thecal_specs.ghost import Ghost, Truth, advance, initial_ghost
from thecal_specs.invariant import INVARIANT
from thecal_specs.lemmas import LEMMAS
from thecal_specs.reference import Reference

Arguments: TypeAlias = tuple[str, ...]


def find_properties() -> Iterable[Predicate]:
    """The predicate of every property: its sentence begins with the identifier."""
    for info in pkgutil.iter_modules(properties.__path__):
        module = import_module(f"{properties.__name__}.{info.name}")
        for _, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and re.match(r"[A-Z]{3}-\d\d", function.__doc__ or ""):
                yield function


def read_arguments(claims: Iterable[Predicate]) -> dict[Predicate, Arguments]:
    return {claim: tuple(inspect.signature(claim).parameters) for claim in claims}


PROPERTIES = read_arguments(find_properties())
CONJUNCTS = read_arguments((*INVARIANT, *LEMMAS))
ASSUMPTIONS = read_arguments((assumed.is_possible_event, assumed.is_possible_truth))


def find_false(claims: Mapping[Predicate, Arguments], names: Mapping[str, object]) -> list[str]:
    """The claims that do not hold, their parameters bound by name."""
    return [claim.__name__ for claim, bound in claims.items() if not claim(*(names[name] for name in bound))]


@dataclass
class Walk:
    """A pump under way: from its box, with an account of every pulse, or from some state, without one."""

    config: Config
    state: State
    ghost: Ghost
    reference: Reference | None = None
    trace: list[tuple[Event, Outcome, Truth]] = field(default_factory=list)
    impossible_count: int = 0
    is_reached: bool = True

    def find_false_conjuncts(self) -> list[str]:
        names = {"config": self.config, "state": self.state, "ghost": self.ghost}
        return find_false(CONJUNCTS, names)

    def find_false_books(self) -> list[str]:
        if self.reference is None:
            return []
        return [book.__name__ for book in BOOKS if not book(self.state, self.reference)]

    def take(self, rng: Random, event: Event) -> list[str]:
        """Take a step with some truth, and tell what is false of it or after it; an impossible one is not taken."""
        outcome = step(self.config, self.state, event)
        truth = draw_truth(rng, self.config, event, outcome, self.ghost)
        names = {
            "config": self.config,
            "before": self.state,
            "event": event,
            "outcome": outcome,
            "after": outcome.state,
            "truth": truth,
            "ghost": self.ghost,
        }
        if find_false(ASSUMPTIONS, names):
            self.impossible_count += 1
            return []
        self.ghost = advance(self.config, self.state, event, outcome, truth, self.ghost)
        if self.reference:
            self.reference.observe(self.state, event, outcome)
        self.state = outcome.state
        self.trace.append((event, outcome, truth))
        false = find_false(PROPERTIES, names | {"ghost_after": self.ghost})
        return false + self.find_false_conjuncts() + self.find_false_books()

    def go(self, rng: Random, steps: int) -> list[str]:
        """Take some steps, and stop at the first of which anything is false."""
        for _ in range(steps):
            if rng.randrange(30) == 0:
                self.leap(rng)
            false = self.take(rng, draw_event(rng, self.config, self.state, self.ghost))
            if false:
                return false
        return []

    def leap(self, rng: Random) -> None:
        """Go on from shortly before something falls due, if every conjunct holds there too."""
        state = self.state
        kin = list_kin((state, self.ghost))
        spans = (HOUR_S, DAY_S, self.config.pump.pulse_interval_s, *kin["s"])
        marks = (
            [state.tick - state.tick % DAY_S + DAY_S],
            [state.tick - state.tick % SLOT_S + SLOT_S],
            [tick + DAY_S for tick in kin["tick"]],
            [tick + span for tick in kin["tick"] for span in spans],
        )
        mark = TICK_MAX if rng.randrange(60) == 0 else rng.choice(rng.choice(marks))
        tick = mark - rng.choice((0, 1, 1, 2, 3))
        if state.tick < tick < TICK_MAX:
            reference = self.reference
            self.adopt(replace(state, tick=tick), self.ghost)
            self.reference = reference

    def mutate(self, rng: Random, leaves: int) -> None:
        """Change some leaves of state and ghost, each only if every conjunct still holds."""
        for _ in range(leaves):
            kin = list_kin((self.config, self.state, self.ghost))
            draw_integer = partial(draw_kin, rng, kin)
            self.adopt(*mutate(rng, (self.state, self.ghost), draw_integer))

    def adopt(self, state: State, ghost: Ghost) -> None:
        """Go on from a state that was not reached, if every conjunct holds there."""
        other = Walk(self.config, state, ghost)
        if not other.find_false_conjuncts():
            self.state, self.ghost, self.reference, self.is_reached = state, ghost, None, False
            self.trace.clear()

    def tell(self) -> str:
        """What happened since the walk began, or since it last went on from a state that was not reached."""
        origin = "From the box:" if self.is_reached else "From a state of the invariant, not known to be reachable:"
        steps = (f"{event!r}\n  -> {outcome.response.name}, {truth!r}" for event, outcome, truth in self.trace)
        text = "\n".join([f"{self.config!r}", origin, *steps, f"{self.state!r}", f"{self.ghost!r}"])
        return re.sub(r"\((-?\d+)((?:, \1){7,})\)", lambda same: f"({same[1]},) * {same[2].count(',') + 1}", text)


def begin_at_random(rng: Random) -> Walk:
    """A pump of some make, opened on its first day, before a daily boundary, or near the end of its service."""
    return begin(draw_config(rng), tick=rng.choice((0, 0, 0, 3 * DAY_S - 50, TICK_MAX - 100)))


def begin(config: Config, tick: int = 0) -> Walk:
    """A walk from the pump's box, opened at some tick."""
    state = replace(initial_state(config), tick=tick)
    return Walk(config, state, initial_ghost(config), Reference(config))
