# SPDX-License-Identifier: Apache-2.0
"""What each fault may do: the committed table that the simulation is held to. A violation is a breach of its row.

*Masked*: the full catalogue holds, as if nothing were wrong. *Degraded*: the catalogue holds when it is scaled by what
the row declares, and a finding comes by the deadline that it names; only a fever is within tolerance, and found by
nobody. A fault may be masked on the side of too much and degraded on that of too little. *Out of reach*: no software
helps; only what the row says of detection or duty is claimed, and nothing of it is ever counted as passed.
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Standing(Enum):
    """How far the kernel's claims reach under a fault."""

    MASKED = "masked"
    DEGRADED = "degraded"
    OUT_OF_REACH = "out of reach"


@dataclass(frozen=True, slots=True)
class Scale:
    """By how much the catalogue is scaled: nothing of it, for a masked fault.

    ``excess_permille``, ``lack_permille``: more or less volume with each pulse. ``fast_ppm``, ``slow_ppm``: a clock
    that runs fast or slow. ``extra_pulses``: pulses that moved without an order, in any day. ``shift_nl``: how far a
    front may lie outside its declared place. ``is_lying``: pulses that did not move may be told as done.
    """

    excess_permille: int = 0
    lack_permille: int = 0
    fast_ppm: int = 0
    slow_ppm: int = 0
    extra_pulses: int = 0
    shift_nl: int = 0
    is_lying: bool = False

    def join(self, other: "Scale") -> "Scale":
        """Both at once."""
        return Scale(
            excess_permille=self.excess_permille + other.excess_permille,
            lack_permille=self.lack_permille + other.lack_permille,
            fast_ppm=self.fast_ppm + other.fast_ppm,
            slow_ppm=self.slow_ppm + other.slow_ppm,
            extra_pulses=self.extra_pulses + other.extra_pulses,
            shift_nl=self.shift_nl + other.shift_nl,
            is_lying=self.is_lying or other.is_lying,
        )

    @property
    def bound_permille(self) -> int:
        """The most of a cap that a window may hold by the row, besides its pulses and its front; rounded up."""
        fast = Fraction(1_000_000 + self.fast_ppm, 1_000_000)
        return -int(-(1_000 + self.excess_permille) * fast // 1)

    @property
    def is_draining(self) -> bool:
        """Whether the reservoir may be empty before the books say so."""
        return self.excess_permille > 0 or self.extra_pulses > 0

    @property
    def delivered_ppm(self) -> int:
        """The least that is delivered by the row of what falls due in real seconds; rounded down."""
        return (1_000 - self.lack_permille) * (1_000_000 - self.slow_ppm) // 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of fault. ``per_day``: how many of it a day brings, in thousandths; 0: it lasts the whole life.

    ``lacking``: the class on the side of too little. ``holds`` and ``holds_lacking`` say what holds on either side,
    ``finding`` what finds the fault and ``deadline`` by when. ``found_as``: how the simulation counts what it is found
    by; empty where it counts nothing.
    """

    name: str
    standing: Standing
    lacking: Standing
    happens: str
    holds: str
    holds_lacking: str
    finding: str
    deadline: str
    assumptions: tuple[str, ...]
    per_day: int
    scale: Scale = Scale()
    found_as: str = ""


MASKED, DEGRADED, OUT_OF_REACH = Standing.MASKED, Standing.DEGRADED, Standing.OUT_OF_REACH
ALL = "the full catalogue"
AT_ONCE = "the same turn of the loop"
FIFTH = "the fifth in a day"
THREE_HOURS = "three hours, unless the time of day jumps too"
DRIFTED = "RESERVOIR_DISCREPANT, or the account of refills"
BY_REFILL = (
    "the first refill by which more has drifted since the account of refills began than the allowance, what was"
    " misread, twice the residual (and twice more for each rinse), a pulse and two for each in doubt; nobody finds less"
)
OLD_FLUID_LEFT = "old fluid drawn from the path, and the path declared wider"
BY_VISIT = (
    "the visit within half an hour after the end of a bridge to a strength that differs by a fifth or more, if a"
    " difference of a fifth is left by then; nobody finds it before such a bridge"
)


# The end of a row by which more leaves the reservoir than the books say.
DRY = "and, once the reservoir is empty, what had left it beside what was ordered"


def of_fronts(shift_nl: int) -> str:
    """What a front that lies elsewhere than declared may bring or keep back."""
    return f"for each front, what {shift_nl:,} nL of the stronger fluid hold"


ROWS = (
    Row("kill", MASKED, MASKED, "the process ends at any instant, and begins again within minutes", ALL, ALL,
        "RESTARTED", AT_ONCE, ("ASM-06", "ASM-29"), 3_000, found_as="restart"),
    Row("power_loss", MASKED, MASKED,
        "power fails at any instant, in the middle of a pulse too, for minutes up to three days", ALL, ALL,
        "RESTARTED", AT_ONCE, ("ASM-02", "ASM-06", "ASM-30"), 300, found_as="restart"),
    Row("store_refuses", MASKED, MASKED, "the store refuses a record, which is or is not on it", ALL,
        "the full catalogue in the seconds that the store served", "nothing moves until it is stored", AT_ONCE,
        ("ASM-29", "ASM-30"), 2_000),
    Row("image_damaged", MASKED, MASKED, "with power lost the stored state is damaged, and the invariant sees it",
        ALL, ALL, "RESTARTED and HISTORY_UNKNOWN", AT_ONCE, ("ASM-28", "ASM-31", "ASM-33"), 150, found_as="restored"),
    Row("history_doubted", MASKED, MASKED, "after a loss of power nothing proves that the state is the last one",
        ALL, ALL, "HISTORY_UNKNOWN", AT_ONCE, ("ASM-32",), 200, found_as="restored"),
    Row("pump_unreachable", MASKED, MASKED, "the pump does not answer, whether it moved or not", ALL, ALL,
        "PULSES_FAILED", FIFTH, ("ASM-07",), 600, found_as="failures"),
    Row("report_late", MASKED, MASKED, "outcomes come seconds late, or twice, or of pulses long past", ALL, ALL,
        "none is due", "none", ("ASM-07",), 1_500),
    Row("request_repeated", MASKED, MASKED, "requests come twice, out of order, and long after they were answered",
        ALL, ALL, "the first answer, again", AT_ONCE, ("ASM-22",), 4_000),
    Row("clock_slow", MASKED, DEGRADED, "the clock runs slow by 1,000 ppm", ALL,
        "99.9 % of what falls due in real seconds, less two pulses", "RESTARTED, by the time of day", THREE_HOURS,
        ("ASM-01", "ASM-03"), 0, Scale(slow_ppm=1_000), found_as="drift"),
    Row("clock_jumps", MASKED, DEGRADED, "the time of day is set by up to a day, back or ahead", ALL,
        "what falls due in real seconds, less two pulses and, for each jump, what falls due between two turns of the"
        " loop and in 3 s more", "RESTARTED",
        "the same turn of the loop, if it is set ahead by 7 s or more, or if 6 s of an hour are lost",
        ("ASM-01", "ASM-03"), 500, found_as="jump"),
    Row("ticks_missed", MASKED, DEGRADED, "the loop is not woken for seconds to minutes", ALL,
        "what falls due in the real seconds but those slept through, less two pulses", "RESTARTED",
        "the same turn of the loop, if 6 s of an hour are lost", ("ASM-01", "ASM-03"), 1_500, found_as="missed"),
    Row("stall", MASKED, MASKED, "the motor stands still for minutes to hours, and it is reported", ALL, ALL,
        "MOTOR_STALLED", AT_ONCE, ("ASM-09",), 300, found_as="stall"),
    Row("miss_reported", MASKED, MASKED, "pulses do not move, and the sensor tells", ALL, ALL, "PULSES_FAILED", FIFTH,
        ("ASM-07",), 700, found_as="failures"),
    Row("outcome_unknown", MASKED, MASKED, "the sensor tells nothing of pulses that moved or did not", ALL, ALL,
        "PULSES_FAILED", FIFTH, ("ASM-07",), 700, found_as="failures"),
    Row("rate_drift", DEGRADED, DEGRADED, "each pulse moves 14.5 % more than declared",
        f"every cap plus 14.5 % and, {of_fronts(60_000)}", f"the full catalogue less, {of_fronts(60_000)}, {DRY}",
        DRIFTED, BY_REFILL, ("ASM-05",), 0, Scale(excess_permille=145, shift_nl=60_000),
        found_as="account"),
    Row("rate_lag", DEGRADED, DEGRADED, "each pulse moves 14.5 % less than declared",
        f"every cap plus, {of_fronts(60_000)}",
        f"85.5 % of what falls due in real seconds, less two pulses and, {of_fronts(60_000)}",
        DRIFTED, BY_REFILL, ("ASM-05",), 0, Scale(lack_permille=145, shift_nl=60_000),
        found_as="account"),
    Row("fever", DEGRADED, DEGRADED, "the pump is up to 4 K warmer and moves 2,000 ppm more for each",
        f"every cap plus 0.8 % and, {of_fronts(4_000)}", f"the full catalogue less, {of_fronts(4_000)}, {DRY}",
        "none: it is the declared tolerance", "none", ("ASM-05",), 300, Scale(excess_permille=8, shift_nl=4_000)),
    Row("clock_fast", DEGRADED, MASKED, "the clock runs fast by 1,000 ppm",
        "every window and lockout is 0.1 % shorter", ALL, "RESTARTED, by the time of day", THREE_HOURS, ("ASM-01",), 0,
        Scale(fast_ppm=1_000), found_as="drift"),
    Row("pulse_twice", DEGRADED, DEGRADED,
        "an order moves two pulses, at most 5 of them in a day, and the sensor is confused", "every cap plus 5 pulses",
        f"the full catalogue less, for each front, what the pulses beside those ordered hold, {DRY}",
        "PULSES_FAILED", "the fifth doubt in a day", ("ASM-06",), 1_000, Scale(extra_pulses=5), found_as="failures"),
    Row("front_wide", DEGRADED, DEGRADED, "two fluids mix over 60,000 nL more than declared",
        f"every cap plus, {of_fronts(60_000)}", f"the full catalogue less, {of_fronts(60_000)}", OLD_FLUID_LEFT,
        BY_VISIT, ("ASM-16", "ASM-40"), 0, Scale(shift_nl=60_000), found_as="bridge"),
    Row("path_larger", DEGRADED, DEGRADED, "the path holds 59,000 nL more than declared",
        f"every cap plus, {of_fronts(59_000)}", f"the full catalogue less, {of_fronts(59_000)}", OLD_FLUID_LEFT,
        BY_VISIT, ("ASM-15", "ASM-40"), 0, Scale(shift_nl=59_000), found_as="bridge"),
    Row("motion_lied", DEGRADED, DEGRADED, "the sensor tells of pulses that did not move as done",
        f"every cap plus, {of_fronts(60_000)}",
        f"the full catalogue less the pulses that did not move and, {of_fronts(60_000)}", DRIFTED,
        BY_REFILL, ("ASM-07",), 300, Scale(shift_nl=60_000, is_lying=True), found_as="account"),
    Row("free_flow", OUT_OF_REACH, OUT_OF_REACH, "the valves open: up to 3 mL leave without an order", "nothing",
        "nothing", DRIFTED, BY_REFILL, ("ASM-08",), 100, found_as="account"),
    Row("capsule_lost", OUT_OF_REACH, OUT_OF_REACH, "with power lost the stored state and its capsule are both gone",
        "nothing: what the needle leaves of the old fluid is in no book, unless the next refill rinses", "nothing",
        "RESTARTED and HISTORY_UNKNOWN; nothing moves until it is filled and programmed", AT_ONCE, ("ASM-33",), 100,
        found_as="restored"),
    Row("catheter_torn", OUT_OF_REACH, OUT_OF_REACH, "what passes the tip does not reach the patient", "nothing",
        "nothing", "none: clinical follow-up", "none", ("ASM-18",), 0),
)  # fmt: skip
BY_NAME = {row.name: row for row in ROWS}


def join_scales(names: frozenset[str]) -> Scale:
    """What several faults at once may do."""
    scale = Scale()
    for name in sorted(names):
        scale = scale.join(BY_NAME[name].scale)
    return scale


def make_table() -> str:
    """The table as Markdown."""
    heads = ("fault", "what happens", "class", "what holds: too much", "too little", "finding", "by", "assumptions")
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for row in ROWS:
        standing = row.standing.value
        if row.lacking is not row.standing:
            standing = f"{standing}; on the side of too little {row.lacking.value}"
        cells = (f"`{row.name}`", row.happens, standing, row.holds, row.holds_lacking, row.finding, row.deadline)
        lines.append(f"| {' | '.join(cells)} | {', '.join(row.assumptions)} |")
    return "\n".join(lines)
