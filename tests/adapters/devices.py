# SPDX-License-Identifier: Apache-2.0
"""A device of plain parts: a clock that is set by hand, a pump that notes, a console that is asked through a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from thecal.events import Event, PulseResult
from thecal.limits import Config
from thecal.outcome import Shown
from thecal_adapters.kills.life import list_orders, make_config
from thecal_adapters.memory import MemoryStore
from thecal_adapters.ports import (
    Answer,
    ConsoleFailed,
    Fact,
    PumpFailed,
    Record,
    Request,
    Role,
    Stamp,
    Store,
    StoreFailed,
)
from thecal_adapters.runner import Runner

BEGIN_MS = 1_700_000_000_000
CONFIG = make_config()
ORDERS = list_orders(CONFIG)


@dataclass
class HandClock:
    """Time is what the test says."""

    now_ms: int = 0
    ahead_ms: int = BEGIN_MS
    uncertainty_ms: int | None = 0

    def monotonic_ms(self) -> int:
        return self.now_ms

    def utc(self) -> Stamp:
        return Stamp(self.now_ms + self.ahead_ms, self.uncertainty_ms)


@dataclass
class NotingPump:
    """Does what it is told and notes it; ``results`` are what it says, the last for ever."""

    notes: list[str] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    results: list[PulseResult | None] = field(default_factory=lambda: [PulseResult.DONE])
    facts: list[Fact] = field(default_factory=list)
    is_failing: bool = False

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        self.notes.append(f"move {sequence}")
        self.moved.append(sequence)
        if self.is_failing:
            raise PumpFailed("no answer")
        return self.results.pop(0) if len(self.results) > 1 else self.results[0]

    def poll(self) -> tuple[Fact, ...]:
        if self.is_failing:
            raise PumpFailed("no answer")
        facts, self.facts = tuple(self.facts), []
        return facts


@dataclass
class NotingStore(MemoryStore):
    """Notes each record; fails while it is told to."""

    notes: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    failures: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def append(self, record: Record) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreFailed("no room")
        self.notes.append(f"store {type(record.event).__name__} {record.pulse.sequence}")
        self.records.append(record)
        super().append(record)


@dataclass
class ListConsole:
    """Is asked through a list, and keeps what it is told."""

    asked: list[Request] = field(default_factory=list)
    answers: list[tuple[Request, Answer]] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    is_failing: bool = False

    def poll(self) -> tuple[Request, ...]:
        self.fail()
        asked, self.asked = tuple(self.asked), []
        return asked

    def fail(self) -> None:
        if self.is_failing:
            raise ConsoleFailed("the line is cut")

    def answer(self, request: Request, answer: Answer) -> None:
        self.fail()
        self.answers.append((request, answer))

    def show(self, shown: Shown) -> None:
        self.fail()
        self.shown.append(shown)


def make_request(event: Event, name: str = "r", role: Role = Role.CLINICIAN) -> Request:
    return Request(name, event, "dr-a", role, "s1", "lot-1")


@dataclass
class Device:
    """All of it, programmed and running if ``orders`` are given."""

    orders: Sequence[Event] = tuple(ORDERS)
    config: Config = CONFIG
    clock: HandClock = field(default_factory=HandClock)
    pump: NotingPump = field(default_factory=NotingPump)
    store: NotingStore = field(default_factory=NotingStore)
    console: ListConsole = field(default_factory=ListConsole)

    def __post_init__(self) -> None:
        self.pump.notes = self.store.notes
        self.runner = self.begin()
        self.console.asked = [make_request(event, f"order-{place}") for place, event in enumerate(self.orders)]
        self.runner.run_once()
        self.console.answers.clear()

    def begin(self, store: Store | None = None) -> Runner:
        """A runner on these parts, as after a restart."""
        self.runner = Runner(self.config, self.pump, self.clock, store or self.store, self.console)
        return self.runner

    def pass_s(self, seconds: int, step_ms: int | None = None) -> None:
        """Let time pass, coming back when the runner asks for it, or every ``step_ms``."""
        end_ms = self.clock.now_ms + seconds * 1_000
        wait_ms = self.runner.run_once()
        while self.clock.now_ms < end_ms:
            self.clock.now_ms = min(end_ms, self.clock.now_ms + (step_ms or max(wait_ms, 1)))
            wait_ms = self.runner.run_once()

    def ask(self, event: Event, name: str = "r", role: Role = Role.CLINICIAN) -> Answer:
        """Ask and be answered."""
        self.console.asked.append(make_request(event, name, role))
        self.runner.run_once()
        return self.console.answers[-1][1]

    def list_events(self) -> list[Event]:
        """What the kernel was told."""
        return [record.event for record in self.store.records]
