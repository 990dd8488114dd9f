# SPDX-License-Identifier: Apache-2.0
"""How each fault of the table is brought about in a life, drawn from a seed of its own."""

from collections.abc import Callable, Mapping
from random import Random
from typing import TYPE_CHECKING

from thecal_adapters.plant.pump import BODY_C, Slip
from thecal_adapters.simulation.faults import BY_NAME
from thecal_adapters.simulation.virtual import Damage

if TYPE_CHECKING:
    from thecal_adapters.simulation.life import Life

Injection = Callable[["Life", Random], None]
DAY_S = 86_400
TWICE_MAX = BY_NAME["pulse_twice"].scale.extra_pulses
TWICE_WITHIN_MS = 30 * 3_600_000  # a day, and as long as a planned slip may wait for its pulse


def kill(life: "Life", rng: Random) -> None:
    """End the process at one of the next points, for up to two minutes."""
    life.cut_power(rng.randint(1, 16), rng.randint(0, 120_000), is_boot=False, damage=Damage())


def lose_power(life: "Life", rng: Random) -> None:
    """Take the power away at one of the next points, for seconds to days."""
    life.cut_power(rng.randint(1, 16), draw_gap_ms(rng), is_boot=True, damage=Damage())


def draw_gap_ms(rng: Random) -> int:
    """From a second to three days."""
    return 1_000 * rng.randint(1, rng.choice((60, 3_600, DAY_S // 4, 3 * DAY_S)))


def damage_image(life: "Life", rng: Random) -> None:
    """Damage the stored state, or lose it, while power is lost; the capsule beside it is whole."""
    is_lost = rng.randrange(3) == 0
    damage = Damage(is_state_damaged=not is_lost, is_state_lost=is_lost)
    life.cut_power(rng.randint(1, 16), rng.randint(0, 600_000), is_boot=True, damage=damage)


def lose_capsule(life: "Life", rng: Random) -> None:
    """Lose the stored state and the capsule beside it."""
    damage = Damage(is_state_lost=True, is_capsule_lost=True)
    life.cut_power(rng.randint(1, 16), rng.randint(0, 600_000), is_boot=True, damage=damage)


def doubt_history(life: "Life", rng: Random) -> None:
    """Have nothing prove that the state is the last one."""
    life.cut_power(rng.randint(1, 16), draw_gap_ms(rng), is_boot=True, damage=Damage(is_doubted=True))


def refuse_store(life: "Life", rng: Random) -> None:
    """Refuse the next records."""
    life.store.refusals += rng.randint(1, 6)


def repeat_requests(life: "Life", rng: Random) -> None:
    """Have requests arrive again."""
    life.console.repeats += rng.randint(1, 4)


def lose_pump(life: "Life", rng: Random) -> None:
    """Lose orders, or answers, on the way to the pump and back."""
    life.pump.losses += rng.choice((1, 1, 1, 4))


def delay_reports(life: "Life", rng: Random) -> None:
    """Have the next outcomes come later."""
    life.pump.delays.extend(rng.choice((1, 5, 20, 600)) for _ in range(rng.randint(1, 4)))


def set_clock(life: "Life", rng: Random) -> None:
    """Set the time of day, by seconds or by hours."""
    span_ms = rng.choice((5_000, 600_000, 1_000 * DAY_S))
    jump_ms = rng.randint(-span_ms, span_ms)
    life.clock.offset_ms += jump_ms
    life.judge.due.jumps += 1
    life.findings.on_jump(jump_ms)


def oversleep(life: "Life", rng: Random) -> None:
    """Do not wake the loop for a while."""
    life.sleep(rng.randint(1, rng.choice((3, 20, 400))) * 1_000)


def stall(life: "Life", rng: Random) -> None:
    """Have the motor stand still for a while."""
    life.pump.stall()
    life.findings.on_stall()
    life.later(1_000 * rng.randint(1, rng.choice((600, 20_000))), life.pump.recover)


def slip(*slips: Slip) -> Injection:
    """Have something else happen to the next pulses, seldom to a whole handful."""

    def inject(life: "Life", rng: Random) -> None:
        count = rng.choice((1, 1, 1, 1, 1, 1, 2, 6))
        life.plant.slips.extend(rng.choice(slips) for _ in range(count))

    return inject


def move_twice(life: "Life", rng: Random) -> None:
    """Have one pulse move twice, or several within minutes, no more in a day than the table declares."""
    for place in range(rng.choice((1, 1, 5))):
        life.later(600_000 * place, lambda: plan_twice(life))


def plan_twice(life: "Life") -> None:
    """Have the next pulse move twice, unless as many did within a day as the table declares."""
    now_ms, times_ms = life.clock.now_ms, life.twice_ms
    while times_ms and times_ms[0] <= now_ms - TWICE_WITHIN_MS:
        times_ms.popleft()
    if len(times_ms) < TWICE_MAX and not life.plant.slips:
        times_ms.append(now_ms)
        life.plant.slips.append(Slip.MOVED_TWICE)


def run_a_fever(life: "Life", rng: Random) -> None:
    """Be warmer for some hours."""
    life.plant.temperature_c = BODY_C + rng.randint(1, 4)
    life.later(3_600_000 * rng.randint(2, 48), lambda: cool_down(life))


def cool_down(life: "Life") -> None:
    """End a fever."""
    life.plant.temperature_c = BODY_C


def open_valves(life: "Life", rng: Random) -> None:
    """Let fluid escape without an order."""
    life.plant.escape(life.clock.now_ms, rng.randint(1, 3_000) * 1_000)


INJECTIONS: Mapping[str, Injection] = {
    "kill": kill,
    "power_loss": lose_power,
    "store_refuses": refuse_store,
    "image_damaged": damage_image,
    "capsule_lost": lose_capsule,
    "history_doubted": doubt_history,
    "pump_unreachable": lose_pump,
    "report_late": delay_reports,
    "request_repeated": repeat_requests,
    "clock_jumps": set_clock,
    "ticks_missed": oversleep,
    "stall": stall,
    "miss_reported": slip(Slip.MISSED),
    "outcome_unknown": slip(Slip.MISSED_IN_THE_DARK, Slip.MOVED_IN_THE_DARK),
    "motion_lied": slip(Slip.MISSED_AND_TOLD_AS_DONE),
    "pulse_twice": move_twice,
    "fever": run_a_fever,
    "free_flow": open_valves,
}
