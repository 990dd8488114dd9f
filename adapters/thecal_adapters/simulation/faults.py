# SPDX-License-Identifier: Apache-2.0
"""What each fault may do: the committed table that the simulation is held to. A violation is a breach of its row.

*Masked*: the full catalogue holds, as if nothing were wrong. *Degraded*: the catalogue holds when it is scaled by what
the row declares, and a finding comes by the deadline that it names; only a fever is within tolerance, and found by
nobody. *Out of reach*: no software helps; only what the row says of detection or duty is claimed, and nothing of it is
ever counted as passed.
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

    ``excess_permille``: more volume with each pulse. ``fast_ppm``: a clock that runs fast. ``extra_pulses``: pulses
    that moved without an order, in any day. ``shift_nl``: how far a front may lie outside its declared place.
    ``is_lacking_free``: on the side of too little nothing is claimed.
    """

    excess_permille: int = 0
    fast_ppm: int = 0
    extra_pulses: int = 0
    shift_nl: int = 0
    is_lacking_free: bool = False

    def join(self, other: "Scale") -> "Scale":
        """Both at once."""
        return Scale(
            excess_permille=self.excess_permille + other.excess_permille,
            fast_ppm=self.fast_ppm + other.fast_ppm,
            extra_pulses=self.extra_pulses + other.extra_pulses,
            shift_nl=self.shift_nl + other.shift_nl,
            is_lacking_free=self.is_lacking_free or other.is_lacking_free,
        )

    @property
    def bound_permille(self) -> int:
        """The most of a cap that a window may hold by the row, besides its pulses and its front; rounded up."""
        fast = Fraction(1_000_000 + self.fast_ppm, 1_000_000)
        return -int(-(1_000 + self.excess_permille) * fast // 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of fault. ``per_day``: how many of it a day brings, in thousandths; 0: it lasts the whole life.

    ``found_as``: how the simulation counts what it is found by; empty where it counts nothing.
    """

    name: str
    standing: Standing
    happens: str
    holds: str
    finding: str
    assumptions: tuple[str, ...]
    per_day: int
    scale: Scale = Scale()
    found_as: str = ""


MASKED, DEGRADED, OUT_OF_REACH = Standing.MASKED, Standing.DEGRADED, Standing.OUT_OF_REACH
ALL = "the full catalogue"
TOO_MUCH = "the full catalogue on the side of too much"
LACKING_FREE = Scale(is_lacking_free=True)
OLD_FLUID_LEFT = (
    "old fluid drawn from the path, and the path declared wider, at the visit within half an hour after the end of a"
    " bridge to a strength that differs by a fifth or more, if a difference of a fifth is left by then; nobody finds"
    " it before such a bridge"
)

ROWS = (
    Row("kill", MASKED, "the process ends at any instant, and begins again within minutes", ALL,
        "RESTARTED at once", ("ASM-06", "ASM-29"), 3_000, found_as="restart"),
    Row("power_loss", MASKED, "power fails at any instant, in the middle of a pulse too, for minutes up to three days",
        ALL, "RESTARTED at once", ("ASM-02", "ASM-06", "ASM-30"), 300, found_as="restart"),
    Row("store_refuses", MASKED, "the store refuses a record, which is or is not on it", ALL,
        "nothing moves until it is stored", ("ASM-29", "ASM-30"), 2_000),
    Row("image_damaged", MASKED, "with power lost the stored state is damaged, and the invariant sees it", ALL,
        "RESTARTED and HISTORY_UNKNOWN at once", ("ASM-28", "ASM-31", "ASM-33"), 150, found_as="restored"),
    Row("history_doubted", MASKED, "after a loss of power nothing proves that the state is the last one", ALL,
        "HISTORY_UNKNOWN at once", ("ASM-32",), 200, found_as="restored"),
    Row("pump_unreachable", MASKED, "the pump does not answer, whether it moved or not", ALL,
        "PULSES_FAILED at the fifth in a day", ("ASM-07",), 600, found_as="failures"),
    Row("report_late", MASKED, "outcomes come seconds late, or twice, or of pulses long past", ALL,
        "none is due", ("ASM-07",), 1_500),
    Row("request_repeated", MASKED, "requests come twice, out of order, and long after they were answered", ALL,
        "the first answer, again", ("ASM-22",), 4_000),
    Row("clock_slow", MASKED, "the clock runs slow by 1,000 ppm", TOO_MUCH,
        "RESTARTED within three hours, by the time of day", ("ASM-01", "ASM-03"), 0, LACKING_FREE, found_as="drift"),
    Row("clock_jumps", MASKED, "the time of day is set by up to a day, back or ahead", TOO_MUCH,
        "RESTARTED where seconds are in doubt", ("ASM-01", "ASM-03"), 500, LACKING_FREE),
    Row("ticks_missed", MASKED, "the loop is not woken for seconds to minutes", TOO_MUCH,
        "RESTARTED when more than 3 s of an hour are lost", ("ASM-01", "ASM-03"), 1_500,
        LACKING_FREE, found_as="missed"),
    Row("stall", MASKED, "the motor stands still for minutes to hours, and it is reported", ALL,
        "MOTOR_STALLED at once", ("ASM-09",), 300, found_as="stall"),
    Row("miss_reported", MASKED, "pulses do not move, and the sensor tells", ALL,
        "PULSES_FAILED at the fifth in a day", ("ASM-07",), 700, found_as="failures"),
    Row("outcome_unknown", MASKED, "the sensor tells nothing of pulses that moved or did not", ALL,
        "PULSES_FAILED at the fifth in a day", ("ASM-07",), 700, found_as="failures"),
    Row("rate_drift", DEGRADED, "each pulse moves 14.5 % more than declared",
        "every cap plus 14.5 % and, for each front, what 60,000 nL of the stronger fluid hold",
        "RESERVOIR_DISCREPANT at the first refill after what drifted is more than twice the allowance and the residual,"
        " and the pulses in doubt", ("ASM-05",), 0,
        Scale(excess_permille=145, shift_nl=60_000, is_lacking_free=True), found_as="refill"),
    Row("rate_lag", DEGRADED, "each pulse moves 14.5 % less than declared",
        "every cap plus, for each front, what 60,000 nL of the stronger fluid hold", "as for rate_drift",
        ("ASM-05",), 0,
        Scale(shift_nl=60_000, is_lacking_free=True), found_as="refill"),
    Row("fever", DEGRADED, "the pump is up to 4 K warmer and moves 2,000 ppm more for each",
        "every cap plus 0.8 % and, for each front, what 4,000 nL of the stronger fluid hold",
        "none: it is the declared tolerance", ("ASM-05",), 300, Scale(excess_permille=8, shift_nl=4_000)),
    Row("clock_fast", DEGRADED, "the clock runs fast by 1,000 ppm",
        "every window and lockout is 0.1 % shorter", "RESTARTED within three hours, by the time of day",
        ("ASM-01",), 0, Scale(fast_ppm=1_000), found_as="drift"),
    Row("pulse_twice", DEGRADED, "an order moves two pulses, at most 5 of them in a day, and the sensor is confused",
        "every cap plus 5 pulses", "PULSES_FAILED at the fifth doubt in a day", ("ASM-06",), 1_000,
        Scale(extra_pulses=5), found_as="failures"),
    Row("front_wide", DEGRADED, "two fluids mix over 60,000 nL more than declared",
        "every cap plus, for each front, what 60,000 nL of the stronger fluid hold", OLD_FLUID_LEFT,
        ("ASM-16", "ASM-40"), 0, Scale(shift_nl=60_000, is_lacking_free=True), found_as="bridge"),
    Row("path_larger", DEGRADED, "the path holds 59,000 nL more than declared",
        "every cap plus, for each front, what 59,000 nL of the stronger fluid hold", OLD_FLUID_LEFT,
        ("ASM-15", "ASM-40"), 0, Scale(shift_nl=59_000, is_lacking_free=True), found_as="bridge"),
    Row("motion_lied", DEGRADED, "the sensor tells of pulses that did not move as done",
        "every cap plus, for each front, what 60,000 nL of the stronger fluid hold",
        "RESERVOIR_DISCREPANT at the first refill after they are more than the allowance", ("ASM-07",), 300,
        Scale(shift_nl=60_000, is_lacking_free=True), found_as="refill"),
    Row("free_flow", OUT_OF_REACH, "the valves open: up to 3 mL leave without an order", "nothing",
        "RESERVOIR_DISCREPANT at the next refill, if it was more than the allowance", ("ASM-08",), 100,
        found_as="refill"),
    Row("capsule_lost", OUT_OF_REACH, "with power lost the stored state and its capsule are both gone",
        "nothing: what the needle leaves of the old fluid is in no book, unless the next refill rinses",
        "RESTARTED and HISTORY_UNKNOWN at once; nothing moves until it is filled and programmed", ("ASM-33",), 100,
        found_as="restored"),
    Row("catheter_torn", OUT_OF_REACH, "what passes the tip does not reach the patient", "nothing",
        "none: clinical follow-up", ("ASM-18",), 0),
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
    lines = ["| fault | what happens | class | what holds | finding | assumptions |", "|---|---|---|---|---|---|"]
    for row in ROWS:
        cells = (f"`{row.name}`", row.happens, row.standing.value, row.holds, row.finding, ", ".join(row.assumptions))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
