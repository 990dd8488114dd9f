# SPDX-License-Identifier: Apache-2.0
"""A simulated motor behind the port of a pump: it moves every pulse of its size, and each number once."""

from thecal.events import PulseResult
from thecal_adapters.ports import Fact


class SimulatedMotor:
    """Counts what it moves. ``sequence``: the last number that it obeyed, which a motor remembers without power."""

    def __init__(self, pulse_volume_nl: int, sequence: int) -> None:
        self.moved = 0
        self._pulse_volume_nl = pulse_volume_nl
        self._sequence = sequence

    def move(self, sequence: int, volume_nl: int) -> PulseResult:
        """See ``Pump``."""
        if sequence <= self._sequence:
            return PulseResult.UNKNOWN
        self._sequence = sequence
        if volume_nl != self._pulse_volume_nl:
            return PulseResult.NOT_DONE
        self.moved += 1
        return PulseResult.DONE

    def poll(self) -> tuple[Fact, ...]:
        """Nothing happens to this motor by itself."""
        return ()
