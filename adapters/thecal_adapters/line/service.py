# SPDX-License-Identifier: Apache-2.0
"""The thread that serves the pump's end of the line, so that no peer ever holds up the therapy.

The runner's loop and this thread share two bounded queues and nothing else. This thread takes at most about half of the
processor's time: as long as it has worked, it sleeps. A port that fails is opened again each second.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Full

from thecal_adapters.line.console import LineConsole
from thecal_adapters.line.noise import NotAuthentic
from thecal_adapters.line.pump_end import Asked, Count, PumpEnd
from thecal_adapters.line.wires import LinkDown, Wire
from thecal_adapters.ports import Clock

WAIT_S = 0.01
REOPEN_S = 1.0


class LineService:
    """Serves one line. ``tell``: called with a sentence when the port fails and when it works again."""

    def __init__(
        self,
        open_wire: Callable[[], Wire],
        end: PumpEnd,
        console: LineConsole,
        clock: Clock,
        tell: Callable[[str], object] = lambda words: None,
    ) -> None:
        self._open_wire = open_wire
        self._end = end
        self._console = console
        self._clock = clock
        self._tell = tell
        self._is_down = False
        self._asked = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="line", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End, and let go of the port."""
        self._ended.set()
        self._thread.join()

    def wait(self, most_s: float) -> None:
        """Sleep until somebody asks, at most so long: what the runner's loop does between two turns."""
        if self._console.inbox.empty():
            self._asked.wait(most_s)
        self._asked.clear()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                self._serve_wire(self._open_wire())
            except LinkDown as down:
                self._tell_once(True, f"The line is down, and the therapy goes on: {down}")
                self._ended.wait(REOPEN_S)
            except Exception as error:  # an error of our own must not leave the pump deaf
                self._tell(f"The line failed by an error of its own, and begins anew: {error!r}")
                self._ended.wait(REOPEN_S)

    def _serve_wire(self, wire: Wire) -> None:
        self._tell_once(False, "The line is up again.")
        try:
            while not self._ended.is_set():
                data = wire.read(WAIT_S)
                started_s = time.thread_time()
                self._take(wire, data)
                self._give(wire)
                self._ended.wait(time.thread_time() - started_s)
        finally:
            wire.close()

    def _take(self, wire: Wire, data: bytes) -> None:
        for found in self._end.receive(data, self._clock.monotonic_ms()):
            if isinstance(found, Asked):
                self._hand_over(found)
            else:
                wire.write(found)

    def _hand_over(self, asked: Asked) -> None:
        try:
            self._console.inbox.put_nowait(asked)
        except Full:
            self._end.counts[Count.DROPPED] += 1
        self._asked.set()

    def _give(self, wire: Wire) -> None:
        with suppress(Empty):
            while True:
                session, reply = self._console.outbox.get_nowait()
                with suppress(NotAuthentic):  # the session is used up: its host begins another and asks again
                    wire.write(self._end.make_reply(session, reply))

    def _tell_once(self, is_down: bool, words: str) -> None:
        if is_down != self._is_down:
            self._is_down = is_down
            self._tell(words)
