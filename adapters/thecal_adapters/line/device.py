# SPDX-License-Identifier: Apache-2.0
"""A pump on a line, put together: the runner, its console on the line, and the line's end."""

from dataclasses import dataclass

from thecal.limits import Config
from thecal.state import State
from thecal_adapters.line.console import LineConsole
from thecal_adapters.line.pump_end import PumpEnd
from thecal_adapters.ports import Clock, Pump, Store
from thecal_adapters.runner import Runner


@dataclass(frozen=True, slots=True)
class Device:
    """What a process that is a pump holds. ``runner`` belongs to one thread, ``end`` to one, the console to both."""

    runner: Runner
    console: LineConsole
    end: PumpEnd


def make_device(config: Config, pump: Pump, clock: Clock, store: Store, end: PumpEnd) -> Device:
    """A device over a pump, a clock, a store and the end of a line."""

    def read_state() -> State:
        return runner.state

    console = LineConsole(clock, read_state, store.find_answer)
    runner = Runner(config, pump, clock, store, console)
    return Device(runner, console, end)
