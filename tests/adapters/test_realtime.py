# SPDX-License-Identifier: Apache-2.0
"""The loop of a real device sleeps until something is due, and goes on where the store had failed."""

import re
from pathlib import Path
from typing import Any

from tests.adapters.devices import Device, ListConsole, NotingPump, make_request

from thecal.events import StopAsked
from thecal.outcome import Response
from thecal_adapters.ports import StoreFailed
from thecal_adapters.realtime import SystemClock, run


def live(device: Device, seconds: int, poll_ms: int) -> list[float]:
    """Run in hand-made time; what was slept each time."""
    slept: list[float] = []
    end_ms = device.clock.now_ms + seconds * 1_000

    def wait(wait_s: float) -> None:
        slept.append(wait_s)
        device.clock.now_ms += round(wait_s * 1_000)

    run(device.runner, lambda: device.clock.now_ms >= end_ms, wait, poll_ms, failed.append)
    return slept


failed: list[StoreFailed] = []
GUIDE = (Path(__file__).parents[2] / "adapters" / "README.md").read_text(encoding="utf-8")


def test_it_sleeps_as_long_as_is_quiet_and_no_longer() -> None:
    device = Device()
    slept = live(device, seconds=3_601, poll_ms=10_000_000)
    assert len(device.pump.moved) == 40
    assert len(slept) <= 45


def test_it_looks_at_pump_and_console_in_between() -> None:
    device = Device()
    assert max(live(device, seconds=100, poll_ms=250)) == 0.25
    assert device.pump.moved == [1]


def test_a_time_of_day_that_is_set_back_by_hours_silences_no_device_that_looks_often() -> None:
    device = Device()
    live(device, seconds=101, poll_ms=500)
    before = device.runner.state.tick
    device.clock.ahead_ms -= 12 * 3_600_000
    live(device, seconds=900, poll_ms=500)
    assert device.runner.state.tick == before + 900
    assert len(device.pump.moved) == 11


def test_it_tells_of_a_store_that_fails_and_tries_again() -> None:
    failed.clear()
    device = Device()
    device.store.failures = 3
    live(device, seconds=200, poll_ms=100)
    assert len(failed) == 3
    assert device.pump.moved == [1, 2]


def test_the_system_s_clocks_go_on() -> None:
    clock = SystemClock(uncertainty_ms=None)
    first, second = clock.monotonic_ms(), clock.monotonic_ms()
    assert 0 < first <= second
    assert clock.utc().utc_ms > 1_600_000_000_000
    assert clock.utc().uncertainty_ms is None


def test_the_device_that_the_guide_shows_works(tmp_path: Path) -> None:
    code = next(text for text in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL) if "def work" in text)
    names: dict[str, Any] = {}
    exec(compile(code, "adapters/README.md", "exec"), names)
    console, left = ListConsole([make_request(StopAsked())]), [3]

    def is_ended() -> bool:
        left[0] -= 1
        return left[0] < 0

    names["work"](NotingPump(), console, is_ended, tmp_path, bytes(32))
    assert console.answers[0][1].response is Response.REFUSED_NO_PRESCRIPTION
