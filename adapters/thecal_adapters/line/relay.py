# SPDX-License-Identifier: Apache-2.0
"""A man in the middle of two real pseudo-terminals: what one end sends, the other gets as two mischiefs have it."""

import threading
import time
from contextlib import suppress

from thecal_adapters.line.mischief import Mischief
from thecal_adapters.line.wires import LinkDown, PtyWire

WAIT_S = 0.002


class Relay:
    """Two pseudo-terminals and two threads between them. Open ``pump_port`` and ``host_port`` like serial ports."""

    def __init__(self, to_pump: Mischief, to_host: Mischief) -> None:
        self._pump_wire = PtyWire()
        self._host_wire = PtyWire()
        self.pump_port = self._pump_wire.name
        self.host_port = self._host_wire.name
        self._cut_until_s = 0.0
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._pass_on, args=(self._host_wire, self._pump_wire, to_pump), daemon=True),
            threading.Thread(target=self._pass_on, args=(self._pump_wire, self._host_wire, to_host), daemon=True),
        ]

    def __enter__(self) -> "Relay":
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        """End, and let go of both terminals."""
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._pump_wire.close()
        self._host_wire.close()

    def cut_for(self, seconds: float) -> None:
        """Let nothing pass for so long."""
        self._cut_until_s = time.monotonic() + seconds

    def _pass_on(self, source: PtyWire, target: PtyWire, mischief: Mischief) -> None:
        with suppress(LinkDown):
            while not self._ended.is_set():
                data = source.read(WAIT_S)
                if data and time.monotonic() >= self._cut_until_s:
                    target.write(mischief.pass_on(data))
