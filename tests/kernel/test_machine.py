# SPDX-License-Identifier: Apache-2.0
"""Hypothesis drives a pump and its ghost, and shrinks what it finds: every claim is asked after every step."""

from random import Random

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.simulation.configs import draw_config
from tests.simulation.events import EVENT_CLASSES, draw_event, draw_of_class
from tests.simulation.walk import Walk, begin

from thecal.events import Event, SecondPassed
from thecal.units import DAY_S, TICK_MAX

RANDOMS = st.randoms(use_true_random=False)


class PumpMachine(RuleBasedStateMachine):
    """A pump to which anything may happen."""

    def __init__(self) -> None:
        super().__init__()
        self.walk: Walk | None = None
        self.false: list[str] = []

    @initialize(rng=RANDOMS, tick=st.sampled_from([0, 3 * DAY_S - 20, TICK_MAX - 20]))
    def open_box(self, rng: Random, tick: int) -> None:
        self.walk = begin(draw_config(rng), tick)

    def take(self, rng: Random, event: Event) -> None:
        assert self.walk
        self.false = self.walk.take(rng, event)

    @rule(rng=RANDOMS, event=st.sampled_from(EVENT_CLASSES))
    def something_happens(self, rng: Random, event: type[Event]) -> None:
        assert self.walk
        self.take(rng, draw_of_class(rng, event, self.walk.config, self.walk.state, self.walk.ghost))

    @rule(rng=RANDOMS)
    def something_likely_happens(self, rng: Random) -> None:
        assert self.walk
        self.take(rng, draw_event(rng, self.walk.config, self.walk.state, self.walk.ghost))

    @rule(rng=RANDOMS, seconds=st.integers(1, 10))
    def time_passes(self, rng: Random, seconds: int) -> None:
        for _ in range(seconds):
            if not self.false:
                self.take(rng, SecondPassed())

    @precondition(lambda self: self.walk is not None and len(self.walk.trace) > 5)
    @rule(rng=RANDOMS)
    def much_time_passes(self, rng: Random) -> None:
        assert self.walk
        self.walk.leap(rng)

    @invariant()
    def nothing_claimed_is_false(self) -> None:
        assert not self.false, f"{self.false}\n{self.walk.tell() if self.walk else ''}"


PumpMachine.TestCase.settings = settings(
    settings.default,
    max_examples=60,
    stateful_step_count=50,
    phases=tuple(phase for phase in Phase if phase != Phase.explain),  # the trace explains enough, and sooner
)
TestPumpMachine = PumpMachine.TestCase
