# SPDX-License-Identifier: Apache-2.0
"""Lives through a scenario: feeds the kernel its events, obeys its pulses in a world of its own, and takes notes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from heapq import heappop, heappush
from typing import Any

from thecal.events import Event, PathDeclared, PulseReported, RefillDone, SecondPassed, SecondsPassed
from thecal.outcome import Outcome, Response, Shown
from thecal.quiet import compute_quiet_s
from thecal.state import Alarm, Alarms, Mode, State, initial_state
from thecal.step import step
from thecal_adapters.codec import encode
from thecal_adapters.simulation.books import Books, Entry
from thecal_adapters.simulation.monitors import Monitor
from thecal_adapters.simulation.scenario import NO_FAULT, EventTruth, Fault, Scenario
from thecal_adapters.simulation.world import NOTHING, Strength, World

NO_TRUTH = EventTruth(path_nl=None, left_nl=None, fg_per_nl=None)
# Answers that come by the ten thousand and are counted, not listed.
ROUTINE = frozenset(
    {
        Response.SECOND_PASSED,
        Response.SECONDS_PASSED,
        Response.PULSE_ORDERED_FOR_BASAL,
        Response.PULSE_ORDERED_FOR_BOLUS,
        Response.PULSE_ORDERED_FOR_PRIME,
        Response.PULSE_BOOKED_AS_DONE,
    }
)


@dataclass(frozen=True)
class Answer:
    """What the kernel answered at a time, with the numbers that explain it."""

    at_s: int
    event: str
    response: Response
    numbers: Mapping[str, Any]


@dataclass(frozen=True)
class ModeChange:
    """When the pump began to do something else."""

    at_s: int
    mode: Mode


@dataclass(frozen=True)
class Edge:
    """When an alarm began or ended."""

    at_s: int
    alarm: Alarm
    is_active: bool


@dataclass(frozen=True)
class ShownChange:
    """When something else was to be shown or sounded."""

    at_s: int
    shown: tuple[Alarm | None, bool]


def find_shown(shown: Shown) -> tuple[Alarm | None, bool]:
    """The alarm to be shown, if any, and whether something sounds."""
    return shown.alarm if shown.is_active else None, shown.is_sounding


def find_edges(at_s: int, before: Alarms, after: Alarms) -> Iterator[Edge]:
    """The alarms that began or ended in one step."""
    if before is not after:
        for alarm, old, new in zip(Alarm, before, after):
            if old.is_active != new.is_active:
                yield Edge(at_s, alarm, new.is_active)


class Run:
    """One scenario, second by second, quiet stretches at once."""

    def __init__(self, scenario: Scenario, is_monitored: bool) -> None:
        self.scenario = scenario
        self.config = scenario.config
        self.state: State = initial_state(scenario.config)
        self.world = World()
        self.books = Books()
        self.monitor = Monitor(scenario.config) if is_monitored else None
        self.now_s = 0
        self.confirmed_s: int | None = None
        self.answers: list[Answer] = []
        self.modes = [ModeChange(0, self.state.mode)]
        self.alarms: list[Edge] = []
        self.shown = [ShownChange(0, (None, False))]
        self.counts: Counter[Response] = Counter()
        self.steps = 0
        self._planned = 0
        self._agenda: list[tuple[int, int, Event, EventTruth]] = []
        for entry in scenario.entries:
            self._plan(entry.at_s, entry.event, entry.truth)

    def run(self, is_every_second: bool) -> None:
        """Go to the end; step through every second even where nothing can happen, if asked to."""
        while True:
            self._feed_what_is_due()
            if self.now_s >= self.scenario.end_s:
                return
            horizon_s = self._agenda[0][0] if self._agenda else self.scenario.end_s
            limit_s = min(horizon_s, self.scenario.end_s) - self.now_s
            quiet_s = 0 if is_every_second else min(limit_s, compute_quiet_s(self.config, self.state))
            if quiet_s > 1:
                self._pass_quiet_seconds(quiet_s)
            else:
                self._pass_second()

    def _plan(self, at_s: int, event: Event, truth: EventTruth) -> None:
        heappush(self._agenda, (at_s, self._planned, event, truth))
        self._planned += 1

    def _feed_what_is_due(self) -> None:
        while self._agenda and self._agenda[0][0] <= self.now_s:
            _, _, event, truth = heappop(self._agenda)
            self._feed(event, truth)

    def _feed(self, event: Event, truth: EventTruth) -> None:
        before = self.state
        left_nl, path_nl = self._move_fluids(event, truth)
        outcome = self._step(event)
        if isinstance(event, PulseReported):
            self.books.report(event.sequence, event.result)
        self._watch(before, event, outcome, None, left_nl, path_nl)

    def _move_fluids(self, event: Event, truth: EventTruth) -> tuple[int, int]:
        left_nl = truth.left_nl or 0
        path_nl = 0
        if isinstance(event, RefillDone) and event.filled_nl >= 0:
            fg_per_nl = truth.fg_per_nl or event.concentrations_fg_per_nl
            if event.is_rinsed:
                self.world.rinse(left_nl, fg_per_nl)
            left_nl = min(left_nl, self.world.reservoir.volume_nl)
            self.world.refill(event.filled_nl, left_nl, fg_per_nl)
        if isinstance(event, PathDeclared):
            path_nl = event.volume_lo_nl if truth.path_nl is None else truth.path_nl
            self.world.declare_path(path_nl, event.is_filled_from_reservoir)
        return left_nl, path_nl

    def _pass_second(self) -> None:
        before = self.state
        self.now_s += 1
        outcome = self._step(SecondPassed())
        moved_fg: Strength | None = None
        if outcome.pulse.is_ordered:
            is_moved = self._find_fault().is_moved
            moved_fg = self.world.move_pulse(outcome.pulse.volume_nl) if is_moved else None
            self.books.add(Entry(self.now_s, outcome.pulse, moved_fg or NOTHING))
        self._watch(before, SecondPassed(), outcome, moved_fg, 0, 0)
        if outcome.pulse.is_ordered:
            self._tell_of_pulse(outcome.pulse.sequence, self._find_fault())

    def _tell_of_pulse(self, sequence: int, fault: Fault) -> None:
        if fault.report is None:
            return
        report = PulseReported(sequence, fault.report)
        if fault.after_s == 0:
            self._feed(report, NO_TRUTH)
        else:
            self._plan(self.now_s + fault.after_s, report, NO_TRUTH)

    def _pass_quiet_seconds(self, seconds: int) -> None:
        before = self.state
        self.now_s += seconds
        outcome = self._step(SecondsPassed(seconds))
        self.counts[Response.SECOND_PASSED] += seconds
        self._watch(before, SecondsPassed(seconds), outcome, None, 0, 0)

    def _step(self, event: Event) -> Outcome:
        outcome = step(self.config, self.state, event)
        self.steps += 1
        if outcome.response is not Response.SECONDS_PASSED:  # counted as seconds
            self.counts[outcome.response] += 1
        self.alarms.extend(find_edges(self.now_s, self.state.alarms, outcome.state.alarms))
        if find_shown(outcome.shown) != self.shown[-1].shown:
            self.shown.append(ShownChange(self.now_s, find_shown(outcome.shown)))
        if outcome.state.mode != self.state.mode:
            self.modes.append(ModeChange(self.now_s, outcome.state.mode))
        if outcome.response is Response.PRESCRIPTION_CONFIRMED and self.confirmed_s is None:
            self.confirmed_s = self.now_s
        if outcome.response not in ROUTINE:
            self.answers.append(Answer(self.now_s, type(event).__name__, outcome.response, find_numbers(outcome)))
        self.state = outcome.state
        return outcome

    def _find_fault(self) -> Fault:
        for fault in self.scenario.faults:
            if fault.from_s <= self.now_s <= fault.to_s:
                return fault
        return NO_FAULT

    def _watch(
        self, before: State, event: Event, outcome: Outcome, moved_fg: Strength | None, left_nl: int, path_nl: int
    ) -> None:
        if self.monitor is not None:
            truth = self.monitor.make_truth(event, before, moved_fg, left_nl, path_nl)
            self.monitor.watch(self.now_s, before, event, outcome, truth)


def find_numbers(outcome: Outcome) -> Mapping[str, Any]:
    """Whatever an outcome says besides state, pulse, response and alarms: the numbers that explain it."""
    told = ("state", "pulse", "response", "shown")
    names = [field.name for field in fields(outcome) if field.name not in told]
    return {name: encode(getattr(outcome, name)) for name in names}
