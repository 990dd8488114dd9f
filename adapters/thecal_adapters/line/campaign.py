# SPDX-License-Identifier: Apache-2.0
"""Thousands of orders over a hostile line: ``python -m thecal_adapters.line.campaign --seed N --count 2000 [--pty]``.

Without ``--pty`` all is in one thread and in virtual time, and a seed replays exactly. With it, pump and hosts have a
serial port each, at two real pseudo-terminals with a relay between them. Exit status 1 if an order was carried out
twice, or otherwise than was told, or a frame was opened that no host had sent.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from thecal_adapters.exits import Exit
from thecal_adapters.line.client import PumpClient
from thecal_adapters.line.device import Device, make_device
from thecal_adapters.line.link import Link, Times
from thecal_adapters.line.loopback import Loopback, VirtualClock
from thecal_adapters.line.messages import HostMessage
from thecal_adapters.line.mischief import Mischief, Trick
from thecal_adapters.line.noise import Entropy
from thecal_adapters.line.pump_end import Asked, PumpEnd
from thecal_adapters.line.relay import Relay
from thecal_adapters.line.roles import RoleKey, make_key
from thecal_adapters.line.service import LineService
from thecal_adapters.line.trial import CountingPump, JudgingStore, Tally, Trial, find_faults, make_trial_config, program
from thecal_adapters.line.wires import SerialWire, SharedPort, Wire
from thecal_adapters.ports import Clock, Role, Stamp
from thecal_adapters.runner import Runner

SHARE = 0.3  # of the frames in each direction
VIRTUAL_PATIENCE_S = 1.2  # so short that some orders stay unsettled, and are settled later
REAL_TIMES = Times(reply_s=0.1, patience_s=60.0)


@dataclass(frozen=True, slots=True)
class Result:
    """What a campaign found: no faults, as it should be."""

    seed: int
    tally: Tally
    granted: int
    tricks: dict[str, int]
    faults: list[str]


class WatchedEnd(PumpEnd):
    """Counts what is opened: no two questions that hosts send have one id, and no two orders one id and one life."""

    def __init__(self, keys: Sequence[RoleKey], entropy: Entropy) -> None:
        super().__init__(keys, entropy)
        self.opened: Counter[HostMessage] = Counter()

    def receive(self, data: bytes, now_ms: int) -> Iterator[Asked | bytes]:
        """See ``PumpEnd``."""
        for found in super().receive(data, now_ms):
            if isinstance(found, Asked):
                self.opened[found.message] += 1
            yield found


@dataclass(frozen=True, slots=True)
class Makes:
    """What a campaign is of; a test puts a broken one in its place."""

    store: Callable[[], JudgingStore] = JudgingStore
    end: Callable[[Sequence[RoleKey], Entropy], WatchedEnd] = WatchedEnd


SOUND = Makes()


class LeapingClock:
    """The machine's steady clock, which leaps over what nobody wants to wait for."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def monotonic_ms(self) -> int:
        """See ``Clock``."""
        return time.monotonic_ns() // 1_000_000 + self.ahead_ms

    def utc(self) -> Stamp:
        """See ``Clock``."""
        return Stamp(1_800_000_000_000 + self.monotonic_ms(), 10)


class Turns:
    """A runner that has its turns in a thread of its own, but for leaps over quiet time."""

    def __init__(self, runner: Runner, clock: LeapingClock, wait: Callable[[float], object]) -> None:
        self._runner = runner
        self._clock = clock
        self._wait = wait
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Turns":
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        """End."""
        self._ended.set()
        self._thread.join()

    def leap(self, passed_s: float) -> None:
        """Let so many seconds go by at once, each observed that wants to be."""
        with self._lock:
            until_ms = self._clock.monotonic_ms() + round(1_000 * passed_s)
            while (left_ms := until_ms - self._clock.monotonic_ms()) > 0:
                self._clock.ahead_ms += min(left_ms, max(1, self._runner.run_once()))

    def _run(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                self._runner.run_once()
            self._wait(0.02)


def run_virtual(seed: int, count: int, makes: Makes = SOUND) -> Result:
    """A campaign in one thread and in virtual time."""
    clock, bench = VirtualClock(), Bench(seed, makes)
    device = make_device(bench.config, CountingPump(), clock, bench.store, bench.end)
    wire = Loopback(device, clock, *bench.line)
    links = [
        Link(lambda: wire, key, wire.make_times(patience_s=VIRTUAL_PATIENCE_S), bench.entropy) for key in bench.keys
    ]
    return bench.judge(bench.run(links, wire.pass_time, count))


def run_real(seed: int, count: int, makes: Makes = SOUND) -> Result:
    """A campaign over two pseudo-terminals, with a thread for the runner, one for the line and two for the relay."""
    clock, bench = LeapingClock(), Bench(seed, makes)
    device = make_device(bench.config, CountingPump(), clock, bench.store, bench.end)
    with (
        Relay(*bench.line) as relay,
        serve(device, lambda: SerialWire(relay.pump_port), clock) as service,
        Turns(device.runner, clock, service.wait) as turns,
    ):
        port = SharedPort(lambda: SerialWire(relay.host_port))
        links = [Link(port.open, key, REAL_TIMES, bench.entropy) for key in bench.keys]
        tally = bench.run(links, turns.leap, count)
        port.close()
    return bench.judge(tally)


@contextmanager
def serve(device: Device, open_wire: Callable[[], Wire], clock: Clock) -> Iterator[LineService]:
    """A device's line served in a thread, for a while."""
    service = LineService(open_wire, device.end, device.console, clock)
    service.start()
    try:
        yield service
    finally:
        service.stop()


class Bench:
    """What both kinds of campaign have in common: the parts by seed, the orders, and the verdict."""

    def __init__(self, seed: int, makes: Makes) -> None:
        self.seed = seed
        self.config = make_trial_config()
        self.entropy: Entropy = random.Random(seed).randbytes  # so that a seed replays exactly
        self.keys = [make_key(role, self.entropy) for role in (Role.CLINICIAN, Role.PATIENT)]
        self.store = makes.store()
        self.end = makes.end(self.keys, self.entropy)
        self.line = (Mischief(seed, SHARE), Mischief(seed + 1, SHARE))

    def run(self, links: list[Link], pass_time: Callable[[float], object], count: int) -> Tally:
        """Program the pump over a quiet line, then give the orders of the seed over the hostile one."""
        clinician, patient = (PumpClient(link, self.config) for link in links)
        for direction in self.line:
            direction.is_quiet = True
        program(clinician, self.config)
        for direction in self.line:
            direction.is_quiet = False
        return Trial(clinician, patient, self.config, pass_time, self.seed).run(count)

    def judge(self, tally: Tally) -> Result:
        """Hold what the pump did against what was asked and told."""
        faults = find_faults(self.store, tally)
        faults += [f"a request was opened {count} times" for count in self.end.opened.values() if count > 1]
        tricks = {trick.value: sum(direction.counts[trick] for direction in self.line) for trick in Trick}
        return Result(self.seed, tally, self.store.count_granted(), tricks, faults)


def describe(result: Result, is_pty: bool) -> dict[str, object]:
    """A result as JSON."""
    return {"version": 1, "is_pty": is_pty, **asdict(result)}


def main(arguments: list[str]) -> Exit:
    """Run a campaign and tell what it found, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m thecal_adapters.line.campaign", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--pty", action="store_true", help="over two real pseudo-terminals")
    asked = parser.parse_args(arguments)
    result = (run_real if asked.pty else run_virtual)(asked.seed, asked.count)
    print(json.dumps(describe(result, asked.pty), indent=2))
    return Exit.FINDING if result.faults else Exit.AS_ASKED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
