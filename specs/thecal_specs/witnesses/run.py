# SPDX-License-Identifier: Apache-2.0
"""Runs a trace on the kernel, with the ghost history beside it, and gives every step to whoever looks at it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from thecal.events import Event, PulseReported, PulseResult, SecondPassed, SecondsPassed
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.quiet import compute_quiet_s
from thecal.state import Mode, State
from thecal.step import step
from thecal_specs.ghost import Ghost, Truth, advance
from thecal_specs.witnesses.box import ghost_of_a_box, pump_in_its_box
from thecal_specs.witnesses.trace import Happening, Quietly, Report, Seconds, Trace, Truly
from thecal_specs.witnesses.world import compute_truth

# A kernel that is never quiet is not followed for days, second by second.
QUIET_STEPS_MAX = 500


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace, counted from 1, with everything that a predicate may ask for."""

    trace: str
    number: int
    config: Config
    before: State
    event: Event
    outcome: Outcome
    truth: Truth
    ghost: Ghost
    ghost_after: Ghost

    def __str__(self) -> str:
        return f"trace {self.trace}, step {self.number}, {type(self.event).__name__}"

    @property
    def names(self) -> Mapping[str, object]:
        """What predicates and hypotheses speak of, by the names of their parameters; ``state`` is the one before."""
        return {
            "config": self.config,
            "state": self.before,
            "before": self.before,
            "event": self.event,
            "outcome": self.outcome,
            "after": self.outcome.state,
            "truth": self.truth,
            "ghost": self.ghost,
            "ghost_after": self.ghost_after,
        }


class Runner:
    """A pump under way, and its history."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._state = pump_in_its_box(trace.config, trace.boxed_s)
        self._ghost = ghost_of_a_box(trace.config, trace.boxed_s)
        self._number = 0

    def go(self, happening: Happening) -> Iterator[Step]:
        """Let something happen; seconds bring their reports with them."""
        if isinstance(happening, Seconds):
            yield from self._pass_seconds(happening.count, happening.result, happening)
        elif isinstance(happening, Quietly):
            yield from self._pass_quietly(happening)
        elif isinstance(happening, Report):
            yield self._take(PulseReported(self._state.flight.sequence, happening.result), happening)
        else:
            yield self._take(happening.event if isinstance(happening, Truly) else happening, happening)

    def _pass_seconds(self, count: int, result: PulseResult | None, happening: Happening) -> Iterator[Step]:
        for _ in range(count):
            second = self._take(SecondPassed(), happening)
            yield second
            if second.outcome.pulse.is_ordered and result is not None:
                yield self._take(PulseReported(second.outcome.pulse.sequence, result), happening)

    def _pass_quietly(self, quietly: Quietly) -> Iterator[Step]:
        end_tick = self._state.tick + quietly.count
        for _ in range(QUIET_STEPS_MAX):
            if self._state.tick >= end_tick or self._state.mode == Mode.END_OF_SERVICE:
                return
            quiet_s = min(compute_quiet_s(self._trace.config, self._state), end_tick - self._state.tick)
            if quiet_s > 1:
                yield self._take(SecondsPassed(quiet_s), quietly)
            else:
                yield from self._pass_seconds(1, PulseResult.DONE, quietly)

    def _take(self, event: Event, happening: Happening) -> Step:
        config, before, ghost = self._trace.config, self._state, self._ghost
        outcome = step(config, before, event)
        truth = compute_truth(config, happening, event, outcome, ghost)
        self._state = outcome.state
        self._ghost = advance(config, before, event, outcome, truth, ghost)
        self._number += 1
        return Step(self._trace.name, self._number, config, before, event, outcome, truth, ghost, self._ghost)


def run(trace: Trace) -> Iterator[Step]:
    """Every step of a trace, in order, from the pump's box on."""
    runner = Runner(trace)
    for happening in trace.happenings:
        yield from runner.go(happening)
