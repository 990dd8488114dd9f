# SPDX-License-Identifier: Apache-2.0
"""What the line costs, on this machine: ``python -m thecal_adapters.line.measure``.

Frames a second through each layer; requests a second between a host and a pump at two ends of a real pseudo-terminal;
and how long a host needs to have a reply again after the pump has forgotten its session, and after a cut line is whole.
"""

import json
import time
from collections.abc import Callable

from thecal_adapters.line.campaign import LeapingClock, Turns, serve
from thecal_adapters.line.client import PumpClient
from thecal_adapters.line.device import make_device
from thecal_adapters.line.frames import Deframer, make_frame
from thecal_adapters.line.host_end import HostEnd
from thecal_adapters.line.link import Link, Times
from thecal_adapters.line.messages import Read
from thecal_adapters.line.mischief import Mischief
from thecal_adapters.line.pump_end import PumpEnd
from thecal_adapters.line.relay import Relay
from thecal_adapters.line.roles import make_key
from thecal_adapters.line.trial import CountingPump, JudgingStore, make_trial_config, program
from thecal_adapters.line.wires import SerialWire
from thecal_adapters.ports import Role

MEASURED_S = 1.0
TIMES = Times(reply_s=1.0, patience_s=30.0)
RECOVERIES = 5


def measure_rate(act: Callable[[], object]) -> int:
    """How often a second it can be done."""
    count, started_s = 0, time.perf_counter()
    while (passed_s := time.perf_counter() - started_s) < MEASURED_S:
        act()
        count += 1
    return round(count / passed_s)


def measure_layers() -> dict[str, int]:
    """Frames a second through the layers that do no input and no output."""
    body = bytes(range(256)) * 2
    frame = make_frame(body)
    key = make_key(Role.CLINICIAN)
    pump, host = PumpEnd([key]), HostEnd(key)
    shake_hands(pump, host, 0)
    clock = iter(range(10_000, 10**12, 200))  # slow enough for the limit on handshakes
    return {
        "frames made and parsed, 512 bytes": measure_rate(lambda: list(Deframer().feed(frame)) and make_frame(body)),
        "requests sealed and opened": measure_rate(lambda: list(pump.receive(host.make_request(Read(bytes(16))), 0))),
        "handshakes of both ends": measure_rate(lambda: shake_hands(pump, host, next(clock))),
    }


def shake_hands(pump: PumpEnd, host: HostEnd, now_ms: int) -> None:
    """Open a session."""
    for found in pump.receive(host.begin(), now_ms):
        if isinstance(found, bytes):
            list(host.receive(found))
    list(pump.receive(host.make_request(Read(bytes(16))), now_ms))


def measure_line() -> dict[str, float]:
    """Requests a second over a pseudo-terminal, and seconds to recover."""
    clock, key, store = LeapingClock(), make_key(Role.CLINICIAN), JudgingStore()
    config = make_trial_config()
    device = make_device(config, CountingPump(), clock, store, PumpEnd([key]))
    with (
        Relay(Mischief(1, 0), Mischief(2, 0)) as relay,
        serve(device, lambda: SerialWire(relay.pump_port), clock) as service,
        Turns(device.runner, clock, service.wait),
    ):
        client = PumpClient(Link(lambda: SerialWire(relay.host_port), key, TIMES), config)
        program(client, config)
        rate = measure_rate(client.interrogate)
        forgotten_s = [measure_recovery(client, device.end.forget) for _ in range(RECOVERIES)]
        cut_s = [measure_recovery(client, lambda: cut(relay)) for _ in range(RECOVERIES)]
        client.close()
    return {
        "states read over the line": rate,
        "longest recovery from a session that the pump forgot, s": round(max(forgotten_s), 2),
        "longest recovery after a cut of half a second, s": round(max(cut_s), 2),
    }


def cut(relay: Relay) -> None:
    """Cut the line for a while in which the host asks."""
    relay.cut_for(0.5)


def measure_recovery(client: PumpClient, break_it: Callable[[], object]) -> float:
    """How long a read takes that begins when something breaks."""
    break_it()
    started_s = time.perf_counter()
    client.interrogate()
    return time.perf_counter() - started_s


if __name__ == "__main__":
    print(json.dumps({"version": 1, "per_s": measure_layers(), "line": measure_line()}, indent=2))
