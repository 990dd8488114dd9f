# SPDX-License-Identifier: Apache-2.0
"""A pump on a bench of its own, right in every way; and ports that are wrong in one way each."""

from collections.abc import Callable
from contextlib import suppress
from random import Random

from thecal.events import PulseReported, PulseResult
from thecal_adapters.ports import Fact, PumpFailed

VOLUME_NL = 250


class PowerCut(Exception):
    """The power went away within an order."""


class Motor:
    """What really moves, and a small memory that outlasts the power."""

    def __init__(self) -> None:
        self.moved = 0
        self.is_jammed = False
        self.taken = 0
        self.results: dict[int, PulseResult] = {}
        self.left: int | None = None  # moments until the power goes away

    def pass_moment(self) -> None:
        """One moment in which the power may go away."""
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise PowerCut

    def turn(self) -> bool:
        """Move a pulse, unless it is blocked; say whether it was seen to move."""
        self.pass_moment()
        if not self.is_jammed:
            self.moved += 1
        self.pass_moment()
        return not self.is_jammed


class Port:
    """The right way: take the number up, durably; then turn; then keep what was seen."""

    def __init__(self, motor: Motor) -> None:
        self.motor = motor
        self.facts: list[Fact] = []

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        motor = self.motor
        if sequence <= motor.taken:
            return motor.results.get(sequence, PulseResult.UNKNOWN)
        motor.pass_moment()
        motor.taken = sequence
        motor.pass_moment()
        return self.obey(sequence, volume_nl)

    def obey(self, sequence: int, volume_nl: int) -> PulseResult | None:
        result = PulseResult.NOT_DONE
        if volume_nl == VOLUME_NL:
            result = PulseResult.DONE if self.motor.turn() else PulseResult.NOT_DONE
        self.motor.results = {sequence: result}
        self.motor.pass_moment()
        return result

    def poll(self) -> tuple[Fact, ...]:
        facts, self.facts = tuple(self.facts), []
        return facts


class LatePort(Port):
    """As right, but every outcome comes by a poll."""

    def obey(self, sequence: int, volume_nl: int) -> PulseResult | None:
        result = super().obey(sequence, volume_nl)
        if result is not None:
            self.facts.append(PulseReported(sequence, result))
        return None


class BlindPort(Port):
    """As right, but it sees no motion and so knows nothing of what moved."""

    def obey(self, sequence: int, volume_nl: int) -> PulseResult | None:
        if volume_nl != VOLUME_NL:
            return PulseResult.NOT_DONE
        self.motor.turn()
        return PulseResult.UNKNOWN


class ForgetfulPort(Port):
    """Wrong: it keeps no numbers at all."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        return self.obey(sequence, volume_nl)


class VolatilePort(Port):
    """Wrong: it keeps its number where the power keeps it."""

    def __init__(self, motor: Motor) -> None:
        super().__init__(motor)
        motor.taken = 0


class LastOnlyPort(Port):
    """Wrong: it compares with the last number alone."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        if sequence == self.motor.taken:
            return self.motor.results.get(sequence, PulseResult.UNKNOWN)
        self.motor.taken = sequence
        return self.obey(sequence, volume_nl)


class LatecomingPort(Port):
    """Wrong: it takes the number up after the motor has turned."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        if sequence <= self.motor.taken:
            return self.motor.results.get(sequence, PulseResult.UNKNOWN)
        result = self.obey(sequence, volume_nl)
        self.motor.taken = sequence
        return result


class DenyingPort(Port):
    """Wrong: of a number that it has obeyed before it says that it did not move."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        if sequence <= self.motor.taken:
            return PulseResult.NOT_DONE
        return super().move(sequence, volume_nl)


class BoastingPort(Port):
    """Wrong: it reports what it commanded, not what it saw."""

    def obey(self, sequence: int, volume_nl: int) -> PulseResult | None:
        super().obey(sequence, volume_nl)
        return PulseResult.DONE if volume_nl == VOLUME_NL else PulseResult.NOT_DONE


class AgreeingPort(Port):
    """Wrong: of every old number it says that it was done."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        return PulseResult.DONE if sequence <= self.motor.taken else super().move(sequence, volume_nl)


class RoundingPort(Port):
    """Wrong: any volume is a pulse to it."""

    def obey(self, sequence: int, volume_nl: int) -> PulseResult | None:
        return super().obey(sequence, VOLUME_NL)


class RepeatingPort(Port):
    """Wrong: it tells every outcome again."""

    def obey(self, sequence: int, volume_nl: int) -> PulseResult | None:
        result = super().obey(sequence, volume_nl)
        self.facts.append(PulseReported(sequence, PulseResult.DONE))
        return result


class StirringPort(Port):
    """Wrong: it moves a pulse when it is switched on."""

    def __init__(self, motor: Motor) -> None:
        super().__init__(motor)
        motor.moved += 1


class ShortNumberPort(Port):
    """Wrong: its numbers have 24 bits."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        return super().move(sequence % 2**24, volume_nl)


class DeafPort(Port):
    """Wrong: it stops moving after a restart."""

    def __init__(self, motor: Motor) -> None:
        super().__init__(motor)
        self.is_deaf = motor.taken > 0

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        if self.is_deaf:
            raise PumpFailed("no answer")
        return super().move(sequence, volume_nl)


class SilentPort(LatePort):
    """Wrong: what it promises to tell later never comes."""

    def poll(self) -> tuple[Fact, ...]:
        return ()


class CrashingPort(Port):
    """Wrong: it falls over an old number."""

    def move(self, sequence: int, volume_nl: int) -> PulseResult | None:
        if sequence <= self.motor.taken:
            raise ValueError(f"stale number {sequence}")
        return super().move(sequence, volume_nl)


class MotorBench:
    """A motor that counts, and whatever port is to be tried on it."""

    volume_nl = VOLUME_NL

    def __init__(self, kind: Callable[[Motor], Port], is_able: bool = True) -> None:
        self.kind = kind
        self.is_able = is_able
        self.motor = Motor()

    def connect(self) -> Port:
        return self.kind(self.motor)

    def restart(self) -> None:
        self.motor.is_jammed = False
        self.motor.left = None

    def count_moved(self) -> int:
        return self.motor.moved

    def wait(self) -> None:
        return

    def jam(self) -> bool:
        self.motor.is_jammed = self.is_able
        return self.is_able

    def cut(self, order: Callable[[], object], rng: Random) -> bool:
        if self.is_able:
            self.motor.left = rng.randrange(6)
            with suppress(PowerCut):
                order()
            self.restart()
        return self.is_able


def make_bench() -> MotorBench:
    """A right pump, for the command."""
    return MotorBench(Port)


def make_poor_bench() -> MotorBench:
    """A right pump on a bench that can neither block it nor cut its power."""
    return MotorBench(Port, is_able=False)


def make_wrong_bench() -> MotorBench:
    """A wrong pump, for the command."""
    return MotorBench(ForgetfulPort)
