# SPDX-License-Identifier: Apache-2.0
"""The most and the least of every drug in any hour and any 24 h: a proved bound, and a trace that reaches it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from thecal.limits import Config
from thecal.schedule import compute_slot_index
from thecal.state import State
from thecal.units import DAY_S, DRUG_COUNT, HOUR_S, SLOT_COUNT, SLOT_S
from thecal_adapters.checking.tracing import Trace, go_on, run
from thecal_adapters.checking.windows import Window, find_least, find_most
from thecal_adapters.finding import Missing
from thecal_adapters.provers import find_prover

TRACE_S = 2 * DAY_S + 6 * HOUR_S
WINDOWS = {HOUR_S: "hour", DAY_S: "24 h"}


class Grounds(Enum):
    """Why a bound holds."""

    COUNTED = "pulses counted with what the solver proves of the kernel's own functions, for this very program"
    CAP = "the cap, which no window exceeds (OVR-01, OVR-02)"
    SCHEDULE = "what is scheduled and two pulses (OVR-08)"
    FRONT = "what is scheduled, less two pulses (OVR-07, UND-01), less what the front may cost (CON-03)"
    FLIGHT = "one pulse in flight (OVR-12), and what a prime has reserved (OVR-11)"
    NONE = "nothing is known but that no amount is negative"


@dataclass(frozen=True)
class Figure:
    """One extreme: a bound that nothing passes, and what a trace through the kernel has reached."""

    bound_fg: int
    grounds: Grounds
    reached: Window

    @property
    def is_exact(self) -> bool:
        """Whether bound and trace meet, so that it is the extreme itself."""
        return self.bound_fg == self.reached.amount_fg

    @property
    def gap_fg(self) -> int:
        """How far they are apart."""
        return abs(self.bound_fg - self.reached.amount_fg)


@dataclass(frozen=True)
class Amount:
    """The most and the least of one drug in any window of one length, with the patient's boluses used or not.

    ``is_crossing``: while the front of a new fluid is in the path; else with one fluid all the way.
    """

    drug: int
    length_s: int
    has_boluses: bool
    most: Figure
    least: Figure
    cap_fg: int
    is_crossing: bool = False


@dataclass(frozen=True)
class Question:
    """What the solver was asked, and what it said."""

    name: str
    statement: str
    touches: Sequence[str]
    verdict: str


@dataclass(frozen=True)
class Bounds:
    """What a prover has counted, if there is one and it could."""

    reason: str
    questions: Sequence[Question]
    pulses: Mapping[int, Mapping[str, int]]

    @property
    def is_proved(self) -> bool:
        """Whether everything that was asked is proved."""
        return not self.reason and all(question.verdict == "proved" for question in self.questions)


def find_bounds(config: Config, state: State) -> Bounds:
    """What the installed prover counts from a state on; none where there is no prover."""
    try:
        found = find_prover().bound(config, state)
    except Missing as missing:
        return Bounds(f"no prover: {missing}", (), {})
    return _read_bounds(found)


def _read_bounds(found: Mapping[str, Any]) -> Bounds:
    questions = [Question(**{**each, "touches": tuple(each["touches"])}) for each in found["questions"]]
    pulses = {row["length_s"]: row for row in found["windows"]}
    bounds = Bounds(found["reason"], tuple(questions), pulses)
    return bounds if bounds.is_proved else Bounds(found["reason"] or "not all is proved", bounds.questions, {})


def list_traces(config: Config, state: State, has_boluses: bool) -> list[Trace]:
    """Lives that are likely to reach the extremes: without a bolus, asking from the start, asking in the fullest hour.

    The first of them is the one of which the least is told: it asks, if it asks at all, all the time.
    """
    if not has_boluses:
        return [run(config, state, TRACE_S)]
    before = run(config, state, _find_fullest_s(state))
    late = [go_on(config, before, after_s + 2 * HOUR_S, after_s) for after_s in (0, 60)]
    return [run(config, state, TRACE_S, 0), *late]


def _find_fullest_s(state: State) -> int:
    """How many seconds it takes until the fullest hour of the program begins, on the second day."""
    slots = state.program.slots_fg
    first = max(range(SLOT_COUNT), key=lambda i: slots[i] + slots[(i + 1) % SLOT_COUNT])
    now_slot = compute_slot_index(state.tick)
    ahead = (first - now_slot) % SLOT_COUNT * SLOT_S - state.tick % SLOT_S
    return ahead if ahead > 0 else ahead + DAY_S


def list_amounts(
    state: State, bounds: Bounds, alone: Sequence[Trace], beside: Sequence[Trace], pulse_nl: int
) -> Iterator[Amount]:
    """Every drug of the fluids, every window, without boluses and with them where the program has any."""
    hi = [max(a, b) for a, b in zip(state.path.old.hi, state.reservoir.fluid.hi, strict=True)]
    for drug in range(DRUG_COUNT):
        for length_s in WINDOWS:
            caps = state.program.cap_day_fg if length_s == DAY_S else state.program.cap_hour_fg
            for traces, has_boluses in ((alone, False), (beside, True)):
                if hi[drug] > 0 and traces:
                    pulse_fg = (state.reservoir.fluid.lo[drug] * pulse_nl, state.reservoir.fluid.hi[drug] * pulse_nl)
                    row = bounds.pulses.get(length_s)
                    most = _make_most(row, find_most(traces, drug, length_s), pulse_fg[1], caps[drug], has_boluses)
                    least = _make_least(row, find_least(traces[:1], drug, length_s), pulse_fg[0], has_boluses)
                    yield Amount(drug, length_s, has_boluses, most, least, caps[drug])


def _make_most(row: Mapping[str, int] | None, reached: Window, pulse_fg: int, cap_fg: int, has_boluses: bool) -> Figure:
    if row is None:
        return Figure(cap_fg, Grounds.CAP, reached)
    pulses = row["beside_boluses_max"] + row["of_boluses_max"] if has_boluses else row["alone_max"]
    counted_fg = pulses * pulse_fg
    return Figure(min(counted_fg, cap_fg), Grounds.COUNTED if counted_fg <= cap_fg else Grounds.CAP, reached)


def _make_least(row: Mapping[str, int] | None, reached: Window, pulse_fg: int, has_boluses: bool) -> Figure:
    if row is None:
        return Figure(0, Grounds.NONE, reached)
    return Figure(row["beside_boluses_min" if has_boluses else "alone_min"] * pulse_fg, Grounds.COUNTED, reached)
