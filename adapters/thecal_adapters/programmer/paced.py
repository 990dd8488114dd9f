# SPDX-License-Identifier: Apache-2.0
"""The simulated pump in a thread of its own, so many virtual seconds in a real one.

While an order waits for its confirmation the world goes at the pace of real time: its ten minutes are a person's.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager

from thecal.limits import Config
from thecal.state import State
from thecal_adapters.ports import Role, Store, StoreFailed
from thecal_adapters.programmer.course import Course
from thecal_adapters.programmer.links import Answered, Ask, LinkLost, Reading, Unsettled
from thecal_adapters.programmer.simulated import Pending, SimulatedPump, tell

TURN_S = 0.1
PATIENCE_S = 10.0
BEHIND_S_MAX = 1.0


class PacedLink:
    """A link to a simulated pump that runs by itself.

    ``open_store`` is called in the pump's own thread, then ``recall``, to note what was given before.
    """

    roles = (Role.CLINICIAN, Role.PATIENT)

    def __init__(
        self,
        config: Config,
        open_store: Callable[[], AbstractContextManager[Store]],
        utc_ms: int,
        speed: int,
        recall: Callable[[Course, State], object] = lambda course, state: None,
    ) -> None:
        self._config = config
        self._open_store = open_store
        self._utc_ms = utc_ms
        self._recall = recall
        self._speed = speed
        self._asked: deque[tuple[Pending, threading.Event]] = deque()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._ready = threading.Event()
        self._failure: Exception | None = None
        self._reading: Reading | None = None
        self._course = Course(config.pump.pulse_volume_nl)
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)

    @property
    def course(self) -> Course:
        """What was given while this process ran."""
        return self._course

    def start(self) -> None:
        """Begin; raise what keeps the store from being opened."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Stop the world where it is."""
        self._ended.set()
        self._wake.set()
        self._thread.join()

    def read(self) -> Reading:
        """What the pump held at its last turn."""
        if self._reading is None or self._failure is not None or not self._thread.is_alive():
            raise LinkLost(str(self._failure or "the simulated pump has ended"))
        return self._reading

    def ask(self, ask: Ask) -> Answered:
        """Have an order carried out, once."""
        answered = self._put(Pending(ask))
        if answered is None:
            raise Unsettled("the simulated pump has not answered")
        return answered

    def settle(self, ask: Ask) -> Answered | None:
        """What became of an order; whatever waited before this question was carried out before it."""
        return self._put(Pending(ask, is_question=True))

    def _put(self, pending: Pending) -> Answered | None:
        self.read()
        done = threading.Event()
        self._asked.append((pending, done))
        self._wake.set()
        if not done.wait(PATIENCE_S):
            raise Unsettled("the simulated pump has not answered in time")
        return tell(pending, self.read())

    def _run(self) -> None:
        try:
            with self._open_store() as store:
                pump = SimulatedPump(self._config, store, self._utc_ms, self._speed)
                self._recall(pump.course, pump.read().state)
                self._course = pump.course
                self._reading = pump.read()
                self._ready.set()
                self._turn_until_ended(pump)
        except Exception as failure:  # told by every later call
            self._failure = failure
            self._ready.set()

    def _turn_until_ended(self, pump: SimulatedPump) -> None:
        due_s = time.monotonic()
        while not self._ended.is_set():
            passed_ms = self._turn(pump)
            due_s = max(due_s + passed_ms / 1_000 / self._pace(), time.monotonic() - BEHIND_S_MAX)
            rest_s = due_s - time.monotonic()
            if rest_s > 0 and self._wake.wait(min(rest_s, TURN_S)):
                self._wake.clear()

    def _pace(self) -> int:
        is_waiting = self._reading is not None and self._reading.state.staged.is_staged
        return 1 if is_waiting else self._speed

    def _turn(self, pump: SimulatedPump) -> int:
        done = []
        while self._asked:
            pending, event = self._asked.popleft()
            pump.put(pending)
            done.append((pending, event))
        try:
            passed_ms = pump.turn(int(1_000 * TURN_S * self._pace()))
            while any(not pending.is_done for pending, _ in done):
                pump.turn(0)
        except StoreFailed:
            return 0  # nothing moves, and the same record is tried again in the next turn
        self._reading = pump.read()
        for _, event in done:
            event.set()
        return passed_ms
