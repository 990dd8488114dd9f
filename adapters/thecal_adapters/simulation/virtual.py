# SPDX-License-Identifier: Apache-2.0
"""Clock, store and console of a device that is not there: they keep virtual time, fail when told to, and lose power.

Power fails at any of the points that a ``Fuse`` is passed at: before and after a record is stored, before, in and after
a pulse, before an answer is told, while clocks are read.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from thecal.capsule import make_capsule
from thecal.events import Event
from thecal.outcome import Shown
from thecal.state import State
from thecal_adapters.ports import NOTHING_STORED, Answer, Record, Request, Stamp, Stored, StoreFailed

EPOCH_MS = 1_767_225_600_000  # 2026-01-01, a day like any other
UTC_UNCERTAINTY_MS = 1_000


class PowerCut(BaseException):
    """Power has failed here and now. No program may catch it but the one that switches the power on again."""


class Fuse:
    """Blows after so many more points: a process that is killed ends like one without power."""

    def __init__(self) -> None:
        self.left = 0

    def pass_point(self) -> None:
        """Pass a point at which power may fail."""
        if self.left:
            self.left -= 1
            if not self.left:
                raise PowerCut


class VirtualClock:
    """A quartz and a time of day. ``now_ms`` is the real time, which only the world knows."""

    def __init__(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self.now_ms = 0
        self.ppm = 0
        self.offset_ms = 0  # by which the time of day is wrong
        self._boot_ms = 0

    def boot(self) -> None:
        """Begin to count anew, as after a loss of power."""
        self._boot_ms = self.now_ms

    def monotonic_ms(self) -> int:
        """Milliseconds since the last boot, by the quartz."""
        self.fuse.pass_point()
        return (self.now_ms - self._boot_ms) * (1_000_000 + self.ppm) // 1_000_000

    def utc(self) -> Stamp:
        """The time of day as the device has it."""
        return Stamp(EPOCH_MS + self.now_ms + self.offset_ms, UTC_UNCERTAINTY_MS)

    def compute_real_ms(self, wait_ms: int) -> int:
        """How much real time passes while the quartz counts so much; rounded up."""
        return -(-wait_ms * 1_000_000 // (1_000_000 + self.ppm))


@dataclass
class Damage:
    """What has become of the stored image by the time that power is back."""

    is_state_damaged: bool = False
    is_state_lost: bool = False
    is_capsule_lost: bool = False
    is_doubted: bool = False


class VirtualStore:
    """Keeps the last record over a loss of power. ``refusals`` is how many appends fail, the record stored or not."""

    def __init__(self, fuse: Fuse, rng: Random, on_stored: Callable[[Record], None]) -> None:
        self.fuse = fuse
        self.last: Record | None = None
        self.refusals = 0
        self.damage = Damage()
        self._rng = rng
        self._on_stored = on_stored
        self._sequence = 0
        self._answers: dict[str, tuple[Event, Answer]] = {}

    def recover(self) -> Stored:
        """The last record, as far as damage has left it."""
        damage, self.damage = self.damage, Damage()
        if self.last is None:
            return NOTHING_STORED
        state: State | None = self.last.state
        if damage.is_state_lost:
            state = None
        elif damage.is_state_damaged:
            state = self._make_damaged(self.last.state)
        return replace(
            NOTHING_STORED,
            number=self.last.number,
            state=state,
            capsule=None if damage.is_capsule_lost else make_capsule(self.last.state),
            is_last_state=not (damage.is_doubted or damage.is_state_lost),
            stamp=self.last.stamp,
            sequence=self._sequence,
            drug_lot=self.last.drug_lot,
            lost_s=self.last.lost_s,
        )

    def _make_damaged(self, state: State) -> State:
        """Values that no run of the kernel leads to: its invariant sees them."""
        return self._rng.choice(
            (
                replace(state, basal=replace(state.basal, owed_fg_1800=-1)),
                replace(state, reservoir=replace(state.reservoir, volume_lo_nl=state.reservoir.volume_hi_nl + 1)),
                replace(state, therapy=replace(state.therapy, off_s=-1)),
                replace(state, tick=-1),
            )
        )

    def append(self, record: Record) -> None:
        """Keep the record in place of the one before, unless it is time to fail."""
        self.fuse.pass_point()
        if self.refusals:
            self.refusals -= 1
            if self._rng.randrange(2):
                self._keep(record)
            raise StoreFailed("the record was refused")
        self._keep(record)
        self.fuse.pass_point()

    def _keep(self, record: Record) -> None:
        if self.last is not None and record.number == self.last.number:
            return
        self.last = record
        if record.pulse.is_ordered:
            self._sequence = record.pulse.sequence
        if record.request_id:
            self._answers[record.request_id] = (record.event, Answer(record.response, record.state.tick, record.number))
        self._on_stored(record)

    def find_answer(self, request_id: str) -> tuple[Event, Answer] | None:
        """What was asked under that id and what became of it."""
        return self._answers.get(request_id)


class VirtualConsole:
    """Where the people of the simulation ask. ``repeats`` is how many requests arrive again, sooner or later."""

    def __init__(self, fuse: Fuse, rng: Random) -> None:
        self.fuse = fuse
        self.asked: deque[Request] = deque()
        self.shown: Shown | None = None
        self.repeats = 0
        self._rng = rng
        self._told: list[Request] = []

    def poll(self) -> tuple[Request, ...]:
        """What has been asked since the last call."""
        asked = list(self.asked)
        self.asked.clear()
        while self.repeats and self._told:
            self.repeats -= 1
            asked.insert(self._rng.randrange(len(asked) + 1), self._rng.choice(self._told))
        return tuple(asked)

    def answer(self, request: Request, answer: Answer) -> None:
        """Tell who asked. What power fails before is asked for again under its id."""
        self.fuse.pass_point()
        self._told = [*self._told[-9:], request]

    def show(self, shown: Shown) -> None:
        """Show the most urgent alarm."""
        self.shown = shown
