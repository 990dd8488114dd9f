# SPDX-License-Identifier: Apache-2.0
"""The plant behind the port of a pump: what the runner orders, moved in the world, with a link that may fail."""

from collections import deque
from collections.abc import Callable
from random import Random

from thecal.events import MotorRecovered, MotorStalled, PulseReported, PulseResult
from thecal_adapters.plant.fluids import Mass
from thecal_adapters.plant.pump import Plant, Told
from thecal_adapters.ports import Fact, PumpFailed
from thecal_adapters.simulation.virtual import Fuse, PowerCut, VirtualClock

RESULTS = {Told.DONE: PulseResult.DONE, Told.NOT_DONE: PulseResult.NOT_DONE, Told.UNKNOWN: PulseResult.UNKNOWN}
OnMotion = Callable[[int, Mass, Told], None]


class SimulatedPump:
    """A pump port that moves a plant.

    ``on_motion`` is told of every order that was obeyed: its number, what passed the tip, what the sensor told.
    ``losses``: orders or answers that the link loses. ``delays``: outcomes that come later, in seconds each.
    """

    def __init__(self, plant: Plant, clock: VirtualClock, fuse: Fuse, rng: Random, on_motion: OnMotion) -> None:
        self.plant = plant
        self.losses = 0
        self.delays: deque[int] = deque()
        self.facts: deque[Fact] = deque()
        self._clock = clock
        self._fuse = fuse
        self._rng = rng
        self._on_motion = on_motion
        self._late: list[tuple[int, PulseReported]] = []
        self._was_stalled = False

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        """Move one pulse, or lose the order or its answer on the way."""
        self._pass_point(sequence, volume_nl)
        is_lost = bool(self.losses)
        self.losses -= is_lost
        if is_lost and self._rng.randrange(2):
            raise PumpFailed("the order was lost")
        told = self._move(sequence, volume_nl, 1_000)
        self._fuse.pass_point()
        if is_lost:
            raise PumpFailed("the answer was lost")
        if self.delays:
            self._tell_late(PulseReported(sequence, RESULTS[told]))
            return None
        return RESULTS[told]

    def _pass_point(self, sequence: int, volume_nl: int) -> None:
        """Where power may fail before the motor turns, or while it does."""
        try:
            self._fuse.pass_point()
        except PowerCut:
            if self._rng.randrange(2):
                self._move(sequence, volume_nl, self._rng.randrange(1_000))
            raise

    def _move(self, sequence: int, volume_nl: int, turned_permille: int) -> Told:
        is_new = sequence > self.plant.sequence
        before = self.plant.book.total
        told = self.plant.move(self._clock.now_ms, sequence, volume_nl, turned_permille)
        if is_new:
            self._on_motion(sequence, tuple(a - b for a, b in zip(self.plant.book.total, before)), told)
        return told

    def _tell_late(self, report: PulseReported) -> None:
        due_ms = self._clock.now_ms + 1_000 * self.delays.popleft()
        self._late.append((due_ms, report))
        if self._rng.randrange(3) == 0:
            self._late.append((due_ms + 1_000 * self._rng.randrange(60), report))

    def stall(self) -> None:
        """Have the motor stand still, and tell of it."""
        self.plant.is_stalled = self._was_stalled = True
        self.facts.append(MotorStalled())

    def recover(self) -> None:
        """Have the motor turn again, and tell of it."""
        self.plant.is_stalled = False
        self.facts.append(MotorRecovered())

    def lose_power(self) -> None:
        """Forget what working memory held, and tell anew how the motor is: who polled it may have forgotten."""
        self._late.clear()
        if self.plant.is_stalled:
            self.stall()
        elif self._was_stalled:
            self.recover()

    @property
    def next_ms(self) -> int | None:
        """When a late report comes."""
        return min((due_ms for due_ms, _ in self._late), default=None)

    def poll(self) -> tuple[Fact, ...]:
        """What has happened since the last call."""
        now_ms = self._clock.now_ms
        due = [report for due_ms, report in self._late if due_ms <= now_ms]
        self._late = [each for each in self._late if each[0] > now_ms]
        facts = (*self.facts, *due)
        self.facts.clear()
        return facts
