# SPDX-License-Identifier: Apache-2.0
"""A process that is a pump: it runs the therapy in real time, and serves its line beside it until it is told to end."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from thecal.limits import Config
from thecal_adapters.line.device import make_device
from thecal_adapters.line.motor import SimulatedMotor
from thecal_adapters.line.pump_end import PumpEnd
from thecal_adapters.line.roles import RoleKey
from thecal_adapters.line.service import LineService
from thecal_adapters.line.wires import PtyWire, SerialWire, Wire
from thecal_adapters.ports import Store, StoreFailed
from thecal_adapters.realtime import SystemClock, run

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Served:
    """What a pump did while it ran: pulses moved, and what was counted on its line."""

    pulses: int
    counts: dict[str, int]


def open_port(port: str | None, baud: int) -> tuple[str, Callable[[], Wire]]:
    """The name of the port that a host opens, and what opens the pump's own end, again after a failure.

    Without a port a new pseudo-terminal is made; raises ``LinkDown`` if the port cannot be used at the start.
    """
    if port is not None:
        SerialWire(port, baud).close()
        return port, lambda: SerialWire(port, baud)
    pty = PtyWire()
    return pty.name, lambda: pty


def serve_pump(
    config: Config, store: Store, keys: Sequence[RoleKey], open_wire: Callable[[], Wire], tell: Tell
) -> Served:
    """Run until SIGINT or SIGTERM."""
    clock, end = SystemClock(), PumpEnd(keys)
    motor = SimulatedMotor(config.pump.pulse_volume_nl, store.recover().sequence)
    device = make_device(config, motor, clock, store, end)
    service = LineService(open_wire, end, device.console, clock, tell)
    with until_signal() as ended:
        service.start()
        try:
            run(device.runner, ended.is_set, service.wait, on_store_failed=once(tell))
        finally:
            service.stop()
    return Served(motor.moved, {count.value: end.counts[count] for count in end.counts})


def once(tell: Tell) -> Callable[[StoreFailed], object]:
    """Tell of a failure once, though it is found again ten times a second."""
    told = set[str]()

    def tell_new(failed: StoreFailed) -> None:
        words = f"Nothing moves until the journal can be written: {failed}"
        if words not in told:
            told.add(words)
            tell(words)

    return tell_new


@contextmanager
def until_signal() -> Iterator[threading.Event]:
    """An event that is set by SIGINT and SIGTERM, whose handlers are put back after."""
    ended = threading.Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
