# SPDX-License-Identifier: Apache-2.0
"""A pump on a test bench, and what a rule may ask of it."""

from collections.abc import Callable
from random import Random
from typing import Protocol

from thecal.events import PulseReported, PulseResult
from thecal_adapters.ports import Pump, PumpFailed

POLLS_MAX = 1_000


class Bench(Protocol):
    """A pump on a test bench, as it leaves the box: no number was ever taken up."""

    volume_nl: int

    def connect(self) -> Pump:
        """The port, as a runner would make it; called again after every restart."""
        ...

    def restart(self) -> None:
        """Take the power from pump and port, and give it back."""
        ...

    def count_moved(self) -> int:
        """Pulses that really moved since the bench was made, whatever the port says."""
        ...

    def wait(self) -> None:
        """Let time pass while an outcome is awaited; called between two polls."""
        ...

    def jam(self) -> bool:
        """Block the motor until the next restart; False if this bench cannot."""
        ...

    def cut(self, order: Callable[[], object], rng: Random) -> bool:
        """Give an order and take the power away at a random moment of it, then restart; False if it cannot."""
        ...


class Broken(Exception):
    """A rule is broken; the message says what was seen."""


class NotShown(Exception):
    """The bench cannot try this rule."""


class Trial:
    """One bench, its port, and what was ordered."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.pump = bench.connect()

    def order(self, sequence: int, volume_nl: int | None = None) -> PulseResult:
        """Order a pulse and wait for its outcome."""
        volume_nl = self.bench.volume_nl if volume_nl is None else volume_nl
        try:
            result = self.pump.move(sequence, volume_nl)
            return self._await(sequence) if result is None else result
        except PumpFailed:
            return PulseResult.UNKNOWN

    def _await(self, sequence: int) -> PulseResult:
        for _ in range(POLLS_MAX):
            for fact in self.pump.poll():
                if isinstance(fact, PulseReported) and fact.sequence == sequence:
                    return fact.result
            self.bench.wait()
        raise Broken(f"no outcome of pulse {sequence} came in {POLLS_MAX} polls")

    def restart(self) -> None:
        """Restart the pump and connect anew."""
        self.bench.restart()
        self.pump = self.bench.connect()

    def expect_moved(self, count: int, after: str) -> None:
        """The count of pulses that really moved, or the rule is broken."""
        moved = self.bench.count_moved()
        if moved != count:
            raise Broken(f"{after}: {moved} pulses moved in all, where {count} should")

    def expect_not(self, result: PulseResult, lie: PulseResult, after: str) -> None:
        """An outcome that is not this one, or the rule is broken."""
        if result is lie:
            raise Broken(f"{after}: answered {result.name}, which is not true")
