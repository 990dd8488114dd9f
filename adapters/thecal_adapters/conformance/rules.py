# SPDX-License-Identifier: Apache-2.0
"""The rules of a pump port: each is a sentence, tried on a bench of its own."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from thecal.events import PulseReported, PulseResult
from thecal.units import TICK_MAX
from thecal_adapters.conformance.bench import Broken, NotShown, Trial

ORDERS_AT_RANDOM = 60


def a_new_number_moves_one_pulse(trial: Trial) -> None:
    """Orders of 1, 2 and 5 move a pulse each."""
    for count, sequence in enumerate((1, 2, 5), start=1):
        result = trial.order(sequence)
        trial.expect_moved(count, f"pulse {sequence}")
        trial.expect_not(result, PulseResult.NOT_DONE, f"pulse {sequence}, which moved")


def a_number_given_again_moves_nothing(trial: Trial) -> None:
    """The same order three times."""
    for _ in range(3):
        result = trial.order(1)
        trial.expect_moved(1, "pulse 1, given again")
        trial.expect_not(result, PulseResult.NOT_DONE, "pulse 1, which moved")


def an_older_number_moves_nothing(trial: Trial) -> None:
    """Orders of 1, 2, 3, then of each again."""
    for sequence in (1, 2, 3, 1, 2, 3):
        result = trial.order(sequence)
        trial.expect_not(result, PulseResult.NOT_DONE, f"pulse {sequence}, which moved")
    trial.expect_moved(3, "pulses 1, 2, 3, given again")


def a_number_that_was_left_out_is_not_done_later(trial: Trial) -> None:
    """Orders of 1 and 5, then of 3."""
    trial.order(1)
    trial.order(5)
    result = trial.order(3)
    trial.expect_moved(2, "pulse 3 after pulse 5")
    trial.expect_not(result, PulseResult.DONE, "pulse 3, which did not move")


def a_number_given_again_after_a_restart_moves_nothing(trial: Trial) -> None:
    """Orders of 1 and 2, a restart, then of both again."""
    trial.order(1)
    trial.order(2)
    trial.restart()
    for sequence in (2, 1, 2):
        result = trial.order(sequence)
        trial.expect_moved(2, f"pulse {sequence}, given again after a restart")
        trial.expect_not(result, PulseResult.NOT_DONE, f"pulse {sequence}, which moved")


def the_next_number_moves_after_a_restart(trial: Trial) -> None:
    """An order of 1, a restart, an order of 2."""
    trial.order(1)
    trial.restart()
    trial.order(2)
    trial.expect_moved(2, "pulse 2 after a restart")


def another_volume_moves_nothing(trial: Trial) -> None:
    """Volumes that are no pulse of this motor."""
    trial.order(1)
    for sequence, volume_nl in enumerate((0, -1, trial.bench.volume_nl + 1, 2 * trial.bench.volume_nl), start=2):
        result = trial.order(sequence, volume_nl)
        trial.expect_moved(1, f"an order of {volume_nl} nL")
        if result is not PulseResult.NOT_DONE:
            raise Broken(f"an order of {volume_nl} nL, which moved nothing: answered {result.name}, not NOT_DONE")


def nothing_moves_without_an_order(trial: Trial) -> None:
    """Polls, time and restarts, and no order."""
    for _ in range(3):
        for _ in range(10):
            facts = trial.pump.poll()
            if any(isinstance(fact, PulseReported) for fact in facts):
                raise Broken(f"a pulse was reported and none was ordered: {facts}")
            trial.bench.wait()
        trial.restart()
    trial.expect_moved(0, "no order")


def an_outcome_is_told_once(trial: Trial) -> None:
    """An order, then polls: an outcome that was told is not told again."""
    trial.order(1)
    for _ in range(20):
        facts = trial.pump.poll()
        if any(isinstance(fact, PulseReported) for fact in facts):
            raise Broken(f"the outcome of pulse 1 was told again: {facts}")
        trial.bench.wait()


def a_blocked_motor_is_never_done(trial: Trial) -> None:
    """An order while the motor is blocked, and the same again when it turns."""
    if not trial.bench.jam():
        raise NotShown("this bench cannot block the motor")
    result = trial.order(1)
    trial.expect_moved(0, "pulse 1 while the motor is blocked")
    trial.expect_not(result, PulseResult.DONE, "pulse 1, which did not move")
    trial.restart()
    trial.order(1)
    if result is PulseResult.NOT_DONE:
        trial.expect_moved(0, "pulse 1, called not done, given again when the motor turns")


def a_power_cut_in_a_pulse_moves_at_most_one(trial: Trial) -> None:
    """Orders that are cut off at random moments, also once the motor has turned, and given again."""
    rng, turned = Random(1), 0
    for sequence in range(1, 21):
        before = trial.bench.count_moved()
        if not trial.bench.cut(partial(trial.order, sequence), rng):
            raise NotShown("this bench cannot take the power away within a pulse")
        trial.pump = trial.bench.connect()
        moved = trial.bench.count_moved() - before
        turned += moved > 0
        result = trial.order(sequence)
        after = trial.bench.count_moved() - before
        if after > 1:
            raise Broken(f"pulse {sequence}, cut off and given again, moved {after} pulses")
        if result is (PulseResult.NOT_DONE if after else PulseResult.DONE):
            raise Broken(f"pulse {sequence}, cut off after {moved} pulses: answered {result.name}, which is not true")
    if not turned:
        raise NotShown("no cut of this bench came after the motor had turned, which is when a number may be lost")


def a_late_number_is_a_number(trial: Trial) -> None:
    """The largest numbers of a pump's life, then a small one."""
    for count, sequence in enumerate((TICK_MAX, TICK_MAX + 1, 2 * TICK_MAX), start=1):
        trial.order(sequence)
        trial.expect_moved(count, f"pulse {sequence}")
    trial.restart()
    trial.order(1)
    trial.expect_moved(3, f"pulse 1 after pulse {2 * TICK_MAX}")


def any_order_of_orders_moves_each_number_once(trial: Trial) -> None:
    """New, repeated and old numbers and restarts at random, from a fixed seed."""
    rng, last, expected = Random(2), 0, 0
    for _ in range(ORDERS_AT_RANDOM):
        if rng.random() < 0.15:
            trial.restart()
        sequence = last + rng.randint(-3, 2)
        if sequence < 1:
            continue
        trial.order(sequence)
        expected += sequence > last
        last = max(last, sequence)
        trial.expect_moved(expected, f"pulse {sequence}, the latest being {last}")


RULES: Sequence[tuple[Callable[[Trial], None], str]] = (
    (a_new_number_moves_one_pulse, "ASM-07"),
    (a_number_given_again_moves_nothing, "ASM-06"),
    (an_older_number_moves_nothing, "ASM-06"),
    (a_number_that_was_left_out_is_not_done_later, "ASM-06"),
    (a_number_given_again_after_a_restart_moves_nothing, "ASM-06"),
    (the_next_number_moves_after_a_restart, "ASM-06"),
    (another_volume_moves_nothing, "ASM-05"),
    (nothing_moves_without_an_order, "ASM-08"),
    (an_outcome_is_told_once, "ASM-07"),
    (a_blocked_motor_is_never_done, "ASM-07"),
    (a_power_cut_in_a_pulse_moves_at_most_one, "ASM-06"),
    (a_late_number_is_a_number, "ASM-06"),
    (any_order_of_orders_moves_each_number_once, "ASM-06"),
)
