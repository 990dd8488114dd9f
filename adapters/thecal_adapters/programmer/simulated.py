# SPDX-License-Identifier: Apache-2.0
"""A simulated pump in this process: the runner, the plant as its motor, and a virtual clock that is moved by hand.

The world stands still while nobody moves it. Its day begins with the pump's: the pump's clock shows its time of day.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from thecal.alarms import compute_shown
from thecal.events import PathDeclared, PulseResult, RefillDone
from thecal.limits import Config
from thecal.outcome import NOTHING_SHOWN, Response, Shown
from thecal.state import State
from thecal.units import DRUG_COUNT
from thecal_adapters.basis import compute_basis
from thecal_adapters.plant.fluids import Strength
from thecal_adapters.plant.pump import Drive, Make, Plant, Told
from thecal_adapters.ports import Answer, Fact, Request, Stamp, Store
from thecal_adapters.programmer.course import Course
from thecal_adapters.programmer.links import Answered, Ask, Reading
from thecal_adapters.runner import Runner

RESULTS = {Told.DONE: PulseResult.DONE, Told.NOT_DONE: PulseResult.NOT_DONE, Told.UNKNOWN: PulseResult.UNKNOWN}
BOOKED = (
    Response.REFILL_BOOKED,
    Response.REFILL_BOOKED_AND_DELIVERY_STOPPED,
    Response.REFILL_BOOKED_WITH_A_DISCREPANCY,
    Response.PATH_BOOKED,
    Response.PATH_BOOKED_AND_DELIVERY_STOPPED,
)


class VirtualClock:
    """Tells the time that it was moved to; its times of day are as exact as it is."""

    def __init__(self, utc_ms: int) -> None:
        self.now_ms = 0
        self._begin_ms = utc_ms

    def monotonic_ms(self) -> int:
        """Milliseconds since the world began to move."""
        return self.now_ms

    def utc(self) -> Stamp:
        """The time of day of that world."""
        return Stamp(self._begin_ms + self.now_ms, 0)


class PlantPump:
    """The plant behind the port of a pump."""

    def __init__(self, plant: Plant, clock: VirtualClock) -> None:
        self._plant = plant
        self._clock = clock

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        """Move one pulse."""
        return RESULTS[self._plant.move(self._clock.now_ms, sequence, volume_nl)]

    def poll(self) -> tuple[Fact, ...]:
        """Nothing happens to this pump by itself."""
        return ()


def make_middle(lo: tuple[int, ...], hi: tuple[int, ...]) -> Strength:
    """The middle of a fluid that is known as an interval."""
    return tuple(Fraction(a + b, 2) for a, b in zip(lo, hi))


def make_plant(config: Config, state: State | None, sequence: int) -> Plant:
    """The plant as the books have it in their middle: the pump as it left the box, or as it was left."""
    plant = Plant(Make(Drive.ROTOR, config.pump.pulse_volume_nl), DRUG_COUNT)
    plant.sequence = sequence
    if state is None:
        return plant
    reservoir, path = state.reservoir, state.path
    strength = make_middle(reservoir.fluid.lo, reservoir.fluid.hi)
    plant.reservoir.fill(Fraction(reservoir.volume_lo_nl + reservoir.volume_hi_nl, 2), strength)
    if path.is_declared:
        old_nl = Fraction(path.front_lo_nl + path.front_hi_nl, 2)
        volume_nl = Fraction(path.volume_lo_nl + path.volume_hi_nl, 2)
        plant.replace_line(volume_nl, make_middle(path.old.lo, path.old.hi), 0)
        if volume_nl > old_nl:
            plant.line.push(volume_nl - old_nl, strength)
    return plant


@dataclass(slots=True)
class Pending:
    """An order on its way: answered, or stale before it was asked. ``is_question``: only what became of it is asked."""

    ask: Ask
    is_question: bool = False
    answer: Answer | None = None
    is_stale: bool = False
    is_done: bool = False


def tell(pending: Pending, reading: Reading) -> Answered | None:
    """What became of an order that is done; None if that was asked, and it was never carried out."""
    answer = pending.answer
    if answer is not None:
        return Answered(answer.response, reading, answer.refusal, is_repeated=answer.is_repeated)
    return Answered(None, reading, is_stale=True) if pending.is_stale else None


class DeskConsole:
    """The runner's console. One order a turn, held against the state of that very turn: nothing comes between."""

    def __init__(
        self, store: Store, read_state: Callable[[], State], on_carried_out: Callable[[Request, Answer], None]
    ) -> None:
        self.waiting: deque[Pending] = deque()
        self._store = store
        self._read_state = read_state
        self._on_carried_out = on_carried_out
        self._asked: Pending | None = None

    def poll(self) -> tuple[Request, ...]:
        """The next order, if the pump still is as its page showed it."""
        if not self.waiting:
            return ()
        pending = self.waiting.popleft()
        ask = pending.ask
        if self._store.find_answer(ask.id) is None:  # else it is told again, whatever the pump is now
            pending.is_stale = bool(ask.basis) and ask.basis != compute_basis(self._read_state())
            pending.is_done = pending.is_stale or pending.is_question
            if pending.is_done:
                return ()
        self._asked = pending
        return (Request(ask.id, ask.event, ask.actor, ask.role, ask.session, ask.drug_lot),)

    def answer(self, request: Request, answer: Answer) -> None:
        """Hand the answer to who asked."""
        self._on_carried_out(request, answer)
        if self._asked is not None:
            self._asked.answer, self._asked.is_done = answer, True
        self._asked = None

    def show(self, shown: Shown) -> None:
        """Every reading tells the alarm; nothing sounds here."""


class SimulatedPump:
    """Runner, plant and clock of one world. All calls come from one thread."""

    def __init__(self, config: Config, store: Store, utc_ms: int, speed: int) -> None:
        stored = store.recover()
        begin_ms = utc_ms if stored.stamp.uncertainty_ms is None else stored.stamp.utc_ms + 1_000
        self.speed = speed
        self._config = config
        self._clock = VirtualClock(begin_ms)
        self.plant = make_plant(config, stored.state, stored.sequence)
        self.course = Course(config.pump.pulse_volume_nl)
        self._console = DeskConsole(store, lambda: self._runner.state, self._do_what_was_told)
        self._runner = Runner(config, PlantPump(self.plant, self._clock), self._clock, store, self._console)
        self._runner.start()

    def read(self) -> Reading:
        """What the pump holds now."""
        state = self._runner.state
        has_alarm = any(alarm.is_active for alarm in state.alarms)
        return Reading(
            state=state,
            shown=compute_shown(state) if has_alarm else NOTHING_SHOWN,
            utc_ms=self._clock.utc().utc_ms,
            speed=self.speed,
            syringe_nl=max(0, int(self.plant.reservoir.volume_nl) - self._config.pump.residual_nl // 2),
        )

    def turn(self, most_ms: int) -> int:
        """Do what is due, then let the world pass to what comes next; return by how much."""
        wait_ms = min(self._runner.run_once(), most_ms)
        self.course.observe(self._runner.state)
        self._clock.now_ms += wait_ms
        return wait_ms

    def put(self, pending: Pending) -> None:
        """Put an order before the runner's next turn."""
        self._console.waiting.append(pending)

    def carry_out(self, pending: Pending) -> Answered | None:
        """Have an order carried out now, or say what became of it; None if it was never carried out."""
        self.put(pending)
        while not pending.is_done:
            self.turn(0)
        return tell(pending, self.read())

    def _do_what_was_told(self, request: Request, answer: Answer) -> None:
        """Have the simulated hands do what a clinician says was done."""
        event = request.event
        if answer.response not in BOOKED or answer.is_repeated:
            return
        if isinstance(event, RefillDone):
            self.plant.aspirate(0 if event.is_rinsed else self._config.pump.residual_nl // 2)
            self.plant.reservoir.fill(event.filled_nl, event.concentrations_fg_per_nl)
        elif isinstance(event, PathDeclared):
            strength = self.plant.reservoir.strength if event.is_filled_from_reservoir else (0,) * DRUG_COUNT
            self.plant.replace_line(Fraction(event.volume_lo_nl + event.volume_hi_nl, 2), strength, 0)
