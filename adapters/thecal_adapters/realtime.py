# SPDX-License-Identifier: Apache-2.0
"""Real time around the runner: the machine's clocks, and a loop that sleeps until something is due."""

import time
from collections.abc import Callable

from thecal_adapters.ports import Stamp, StoreFailed
from thecal_adapters.runner import Runner

# Counts while the machine sleeps where the system has such a clock; elsewhere a sleep shows as lost seconds.
_STEADY = getattr(time, "CLOCK_BOOTTIME", None)
POLL_MS = 100


class SystemClock:
    """The machine's own clocks, whose time of day is at most ``uncertainty_ms`` wrong, or nobody knows how wrong."""

    def __init__(self, uncertainty_ms: int | None = 1_000) -> None:
        self._uncertainty_ms = uncertainty_ms

    def monotonic_ms(self) -> int:
        """Milliseconds since the machine was started."""
        now_ns = time.monotonic_ns() if _STEADY is None else time.clock_gettime_ns(_STEADY)
        return now_ns // 1_000_000

    def utc(self) -> Stamp:
        """The time of day."""
        return Stamp(time.time_ns() // 1_000_000, self._uncertainty_ms)


def run(
    runner: Runner,
    is_ended: Callable[[], bool],
    wait_s: Callable[[float], object] = time.sleep,
    poll_ms: int = POLL_MS,
    on_store_failed: Callable[[StoreFailed], object] = lambda failed: None,
) -> None:
    """Run until it is ended, looking at pump and console every ``poll_ms`` at the latest.

    While the store fails nothing moves, ``on_store_failed`` is called each time, and the record is tried again.
    """
    while not is_ended():
        try:
            wait_ms = runner.run_once()
        except StoreFailed as failed:
            on_store_failed(failed)
            wait_ms = poll_ms
        wait_s(min(wait_ms, poll_ms) / 1_000)
