# SPDX-License-Identifier: Apache-2.0
"""The one loop around the kernel: observe, event, ask, record, commit, move, report.

It has no clock, no thread and no file of its own, so that a simulation drives it in virtual time and a device in real
time. The rules, all of them:

1. Nothing moves before the record of its order is durable; what it did is recorded after.
2. A second is told once it has passed, and a pulse moves for at most one second of an observation. Seconds that were
   slept through are lost, not made up; when too many are, the kernel is told of a restart with that gap.
3. What a pump did and nobody saw is unknown, after a restart as well.
4. A request is carried out once. Asked again under the same id it is answered the same.
5. Only a device tells of seconds, pulses and restarts; a person orders what that person's role may order.
6. A pump that fails is in doubt, a console that fails is ignored, a store that fails stops all motion.
"""

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import get_args

from thecal.boundary import Refusal, admit_event
from thecal.capsule import Capsule
from thecal.events import (
    BolusAsked,
    Event,
    MotorRecovered,
    MotorStalled,
    PowerRestored,
    PulseReported,
    PulseResult,
    ReplacementIndicated,
    SecondPassed,
    SecondsPassed,
    SelfTestReported,
)
from thecal.limits import Config
from thecal.outcome import NOTHING_SHOWN, Outcome, Pulse
from thecal.session import Session
from thecal.state import State, initial_state
from thecal.units import SLOT_S, TICK_MAX
from thecal_adapters.ports import (
    Answer,
    Clock,
    Console,
    ConsoleFailed,
    Fact,
    Pump,
    PumpFailed,
    Record,
    Request,
    Role,
    Stamp,
    Store,
    Stored,
)
from thecal_adapters.ticks import SECOND_MS, Observation, TickMonitor, compute_passed_ms

FROM_THE_DEVICE_ALONE = (
    SecondPassed,
    SecondsPassed,
    PowerRestored,
    PulseReported,
    MotorStalled,
    MotorRecovered,
    SelfTestReported,
    ReplacementIndicated,
)
MAY_ASK: Mapping[Role, tuple[type, ...]] = {
    Role.DEVICE: (),
    Role.PATIENT: (BolusAsked,),
    Role.CLINICIAN: tuple(kind for kind in get_args(Event) if kind not in FROM_THE_DEVICE_ALONE),
}
TEXT_LENGTH_MAX = 200
NOBODY = Request(id="", event=SecondPassed(), actor="", role=Role.DEVICE, session="")


def make_doubtful(config: Config, tick: int) -> State:
    """Stands for a lost state: no kernel runs it, so that the capsule takes its place, or the pump's default."""
    fresh = initial_state(config)
    return replace(fresh, tick=tick, therapy=replace(fresh.therapy, off_s=-1))


def compute_gap_s(before: Stamp, now: Stamp) -> int:
    """The most that can have passed between the last record and now, in seconds; as much as may be, if nobody knows."""
    bounds_ms = compute_passed_ms(before, now)
    if bounds_ms is None or bounds_ms[1] < 0:
        return TICK_MAX
    return min(-(-bounds_ms[1] // SECOND_MS), TICK_MAX)


class Runner:
    """One pump at work. ``start`` once, then ``run_once`` again and again, never from two threads."""

    def __init__(self, config: Config, pump: Pump, clock: Clock, store: Store, console: Console) -> None:
        self._config = config
        self._pump = pump
        self._clock = clock
        self._store = store
        self._console = console
        self._shown = self._to_show = NOTHING_SHOWN
        self._unstored: tuple[Outcome, Record] | None = None
        self._facts: deque[Fact] = deque()  # kept while the store refuses what came before them
        self._requests: deque[Request] = deque()
        stored = store.recover()
        self._number, self._drug_lot = stored.number, stored.drug_lot
        self._now = self._observe()
        self._is_started = False
        self._is_restart = stored.number > 0 or not stored.is_last_state
        self._is_last_state = stored.is_last_state
        # The gap stands in every record until it is told: a second restart within this one must not lose it.
        gap_s = compute_gap_s(stored.stamp, self._now.stamp) if self._is_restart else 0
        self._ticks = TickMonitor(self._now, min(stored.lost_s + gap_s, TICK_MAX))
        self._session = self._make_session(stored)
        # The driver obeys no number twice. A kernel that begins anew counts anew, and is counted on from the last.
        self._ahead = max(0, stored.sequence - self._session.state.flight.sequence)

    def _make_session(self, stored: Stored) -> Session:
        if not self._is_restart:
            return Session(self._config)
        state = stored.state or make_doubtful(self._config, stored.capsule.tick if stored.capsule else 0)
        return Session(self._config, state, stored.capsule)

    @property
    def config(self) -> Config:
        """Pump model and library."""
        return self._config

    @property
    def state(self) -> State:
        """The state that counts: recorded, and committed."""
        return self._session.state

    @property
    def capsule(self) -> Capsule:
        """What to store apart from the state."""
        return self._session.capsule

    def start(self) -> None:
        """Tell the kernel of a restart, if there was anything before, ahead of everything that moves."""
        self._finish_unstored()
        if self._is_restart:
            self._tell_restart()
        self._is_started = True

    def _tell_restart(self) -> None:
        if not self._is_last_state:
            self._tell_gap(is_last_state=False)  # before all else, so that it cannot be forgotten
            return
        self._tell_facts()  # what a pump still knows of its last pulse is better than not to know
        flight = self.state.flight
        if flight.is_pending:
            self._tell(PulseReported(flight.sequence, PulseResult.UNKNOWN))
        self._tell_gap(is_last_state=True)

    def run_once(self) -> int:
        """Observe and do what is due; return in how many milliseconds at the latest to come back.

        Raises ``StoreFailed`` while a record cannot be stored: nothing moves until a later call has stored it.
        """
        if not self._is_started:
            self.start()
        self._finish_unstored()
        self._now = self._observe()
        due_s = self._pass_quiet(self._ticks.observe(self._now))
        self._tell_facts()
        self._pass_second(self._pass_quiet(due_s))
        if self._ticks.is_breached():
            self._tell_gap(is_last_state=True)
        self._carry_out_requests()
        self._show()
        return self._ticks.compute_wait_ms(self._session.quiet_s)

    def _observe(self) -> Observation:
        return Observation(self._clock.monotonic_ms(), self._clock.utc())

    def _pass_quiet(self, due_s: int) -> int:
        while due_s > 0:
            count = min(due_s, self._session.quiet_s)
            if count == 0:
                return due_s
            self._ticks.tell(count)
            self._tell(SecondsPassed(count))
            due_s -= count
        return due_s

    def _pass_second(self, due_s: int) -> None:
        if due_s == 0:
            return
        self._ticks.tell(1)
        if due_s > 1:
            self._ticks.lose(due_s - 1)
        self._tell(SecondPassed())

    def _tell_gap(self, is_last_state: bool) -> None:
        gap_s = self._ticks.take_gap()
        missed_s = self.state.device.missed_s
        is_same_slot = missed_s // SLOT_S == (missed_s + gap_s) // SLOT_S
        self._tell(PowerRestored(gap_s, is_last_state, is_time_of_day_known=is_same_slot))

    def _tell_facts(self) -> None:
        with suppress(PumpFailed):  # a pulse in flight becomes unknown by itself, and too many of them are an alarm
            self._facts.extend(self._pump.poll())
        while self._facts:
            fact = self._facts.popleft()
            if isinstance(fact, PulseReported):
                fact = PulseReported(fact.sequence - self._ahead, fact.result)
            self._tell(fact)

    def _carry_out_requests(self) -> None:
        with suppress(ConsoleFailed):
            self._requests.extend(self._console.poll())
        while self._requests:
            request = self._requests.popleft()
            answer = self._carry_out(request)
            with suppress(ConsoleFailed):  # whoever asked asks again under the same id
                self._console.answer(request, answer)

    def _show(self) -> None:
        if self._to_show != self._shown:
            with suppress(ConsoleFailed):  # it stays to be shown, and the other channel has it
                self._console.show(self._to_show)
                self._shown = self._to_show

    def _tell(self, event: Event, request: Request = NOBODY) -> Outcome:
        """Ask the kernel, record what it answered, and only then let it count and move."""
        outcome = self._session.ask(event)
        order = outcome.pulse
        if order.is_ordered:
            order = replace(order, sequence=order.sequence + self._ahead)
        record = Record(
            number=self._number + 1,
            event=event,
            response=outcome.response,
            pulse=order,
            state=outcome.state,
            shown=outcome.shown,
            stamp=self._now.stamp,
            actor=request.actor,
            role=request.role,
            session=request.session,
            request_id=request.id,
            drug_lot=request.drug_lot or self._drug_lot,
            lost_s=self._ticks.lost_s,
        )
        self._unstored = (outcome, record)
        self._finish_unstored()
        return outcome

    def _finish_unstored(self) -> None:
        """Store, commit, move. What was refused by the store is stored first, before anything else is done."""
        if self._unstored is None:
            return
        outcome, record = self._unstored
        self._store.append(record)
        self._unstored = None
        self._number, self._drug_lot = record.number, record.drug_lot
        self._session.commit(outcome)
        self._to_show = outcome.shown
        self._show()
        if record.pulse.is_ordered:
            self._move(record.pulse)

    def _move(self, pulse: Pulse) -> None:
        try:
            result = self._pump.move(pulse.sequence, pulse.volume_nl)
        except PumpFailed:
            result = PulseResult.UNKNOWN
        if result is not None:
            self._tell(PulseReported(pulse.sequence - self._ahead, result))

    def _carry_out(self, request: Request) -> Answer:
        refusal = find_refusal(request)
        if refusal:
            return self._refuse(refusal)
        found = self._store.find_answer(request.id)
        if found is not None and found[0] != request.event:
            return self._refuse("this id was used for another request; ask under a new one")
        if found is not None:
            return replace(found[1], is_repeated=True)
        outcome = self._tell(request.event, request)
        return Answer(outcome.response, self.state.tick, self._number)

    def _refuse(self, refusal: str) -> Answer:
        return Answer(response=None, tick=self.state.tick, number=0, refusal=refusal)


def find_refusal(request: Request) -> str:
    """Why the kernel is not asked, in one sentence; empty if it is."""
    if not request.id:
        return "a request needs an id, so that it is carried out once"
    texts = (request.id, request.actor, request.session, request.drug_lot)
    if any(len(text) > TEXT_LENGTH_MAX or not text.isprintable() for text in texts):
        return f"id, actor, session and lot are printable texts of at most {TEXT_LENGTH_MAX} characters"
    admitted = admit_event(request.event)
    if isinstance(admitted, Refusal):
        return f"{admitted.path} is not what an event holds: {admitted.reason.name}"
    if type(admitted) not in MAY_ASK[request.role]:
        return f"{type(admitted).__name__} is not for the role {request.role.name} to ask"
    return ""
