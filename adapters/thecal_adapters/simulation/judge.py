# SPDX-License-Identifier: Apache-2.0
"""Holds what really reached the patient against what was prescribed: in real time, by the plant's book.

It takes from the kernel only what it said: which orders stand in the journal, within which bounds, which requests were
granted, which prescription was confirmed. None of its books and none of its rounding is used; every sum is the plant's.

Real time is coarser than ticks by one: any W seconds hold at most W + 1 ticks, so a window of 24 h in ticks is looked
for in 86,399 real seconds. What a row of the fault table scales is scaled here.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from thecal.events import BolusAsked, PathDeclared, PulseReported, PulseResult, RefillDone
from thecal.limits import Config, compute_hard_day_fg, compute_hard_hour_fg
from thecal.outcome import Outcome, Response
from thecal.state import Mode, State
from thecal.units import DAY_S, HOUR_S, SLOT_S, Masses
from thecal_adapters.plant.fluids import Mass, Strength, Volume
from thecal_adapters.plant.pump import Plant, Told
from thecal_adapters.ports import Record, Role
from thecal_adapters.simulation.dry import Dry
from thecal_adapters.simulation.due import Due, Order
from thecal_adapters.simulation.faults import Scale
from thecal_adapters.simulation.monitors import Violation

# Of a rate that may be divided: permille of a bound, rounded up.
PERMILLE = 1_000
SECOND_MS = 1_000
# The margin of the caps as they were prescribed, which a row of the table may scale.
OF_CAP = "of the cap"
# UND-01 by the plant's book and in real seconds, not by the kernel's.
IN_REAL_TIME = "UND-01 in real time"


@dataclass(frozen=True, slots=True)
class Cap:
    """A prescription's limits and when they came into force."""

    at_ms: int
    day_fg: Masses
    hour_fg: Masses
    lockout_s: int
    count_max: int


@dataclass
class Judge:
    """One life's verdicts. ``margins``: the most that was seen of each bound, in permille of it."""

    config: Config
    plant: Plant
    scale: Scale
    is_counted: bool
    on_violation: Callable[[Violation], None]
    on_margin: Callable[[str, int], None]
    orders: dict[int, Order] = field(default_factory=dict)
    caps: list[Cap] = field(default_factory=list)
    starts_ms: list[int] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    strongest: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    fronts: int = 0
    inlet: Strength = ()
    due_fg_1800: int = 0
    made_good_fg: Volume = 0
    last_motion_ms: int = -10_000_000
    now_ms: int = 0
    is_known: bool = True
    open_sequence: int = 0
    boot_ms: int = 0
    boot_tick: int = 0

    def __post_init__(self) -> None:
        """Begin with the hard limits."""
        self.due = Due(self.scale)
        self.dry = Dry(self.scale, self.plant.reservoir)
        self.on_unprogrammed()

    def on_unprogrammed(self) -> None:
        """No prescription is in force: the hard limits are."""
        hard_day, hard_hour = compute_hard_day_fg(self.config), compute_hard_hour_fg(self.config)
        self.caps.append(Cap(self.now_ms, hard_day, hard_hour, 0, 24))

    def on_boot(self, tick: int) -> None:
        """A runner begins to count seconds."""
        self.boot_ms, self.boot_tick = self.now_ms, tick
        self.due.on_boot(self.now_ms)

    def on_turn(self, late_ms: int, state: State) -> None:
        """A whole turn of the loop is over, so much later than it was asked for: every second that it saw is told."""
        self.due.on_turn(self.now_ms, late_ms, state)
        passed_ms = self.now_ms - self.boot_ms
        slow_ms = passed_ms * self.scale.slow_ppm // 1_000_000
        behind_ms = passed_ms - SECOND_MS * (state.tick - self.boot_tick)
        allowed_ms = SECOND_MS + self.due.excused_ms + slow_ms
        self._hold("ASM-03", behind_ms, allowed_ms, "fewer ticks than seconds were told")
        if state.mode is Mode.DELIVERING:
            words = "less reached the patient than fell due in real seconds"
            self._hold(IN_REAL_TIME, self.due.lacking_fg, self._compute_lacking_bound_fg(state), words)

    # What the journal holds

    def on_stored(self, before: State, record: Record, outcome: Outcome) -> None:
        """Take note of a record that is durable."""
        if record.request_id:
            self.requests[record.request_id] += 1
            self._expect(self.requests[record.request_id] == 1, "ASM-22", "a request was carried out twice")
        if outcome.response is Response.PRESCRIPTION_CONFIRMED:
            self._note_caps(outcome.state)
        if outcome.response is Response.BOLUS_GRANTED and isinstance(record.event, BolusAsked):
            self._judge_start(record)
        if isinstance(record.event, RefillDone | PathDeclared):
            self._note_fluid(record.event)
        self._judge_ticks(outcome.state.tick)
        self._note_order(record)
        self._note_report(record)
        self._judge_lacking(before, record, outcome)

    def _judge_ticks(self, tick: int) -> None:
        """At most one tick in a real second has been told since the start."""
        passed_ms = (self.now_ms - self.boot_ms) * (1_000_000 + self.scale.fast_ppm) // 1_000_000
        self._hold("ASM-01", 1_000 * (tick - self.boot_tick), passed_ms + 1_000, "more ticks than seconds were told")

    def _note_caps(self, state: State) -> None:
        program = state.program
        count_max = program.bolus_count_max
        self.caps.append(Cap(self.now_ms, program.cap_day_fg, program.cap_hour_fg, program.lockout_s, count_max))

    def _note_fluid(self, event: RefillDone | PathDeclared) -> None:
        self._forget_lacking()
        strength = self.plant.reservoir.strength
        is_other = self.inlet not in ((), strength)
        self.fronts += is_other if isinstance(event, RefillDone) else not event.is_filled_from_reservoir
        self.inlet = strength
        if isinstance(event, RefillDone):
            self.dry.on_refill()
            self.strongest = [max(a, b) for a, b in zip(self.strongest, event.concentrations_fg_per_nl)]

    def _judge_start(self, record: Record) -> None:
        """A patient's bolus was granted: is the lockout over, and are there fewer than N in any 24 h?"""
        self._expect(record.role is Role.PATIENT, "OVR-09", "a patient's bolus was granted to somebody else")
        if self.starts_ms:
            last_ms = self.starts_ms[-1]
            lockout_s = max(cap.lockout_s for cap in self.list_caps(last_ms))
            need_ms = self._shrink_ms((lockout_s - 1) * 1_000)
            self._hold("OVR-03", need_ms, self.now_ms - last_ms, "a bolus began before the lockout was over")
        self.starts_ms.append(self.now_ms)
        since_ms = self.now_ms - self._shrink_ms((DAY_S - 1) * 1_000)
        starts = sum(at_ms > since_ms for at_ms in self.starts_ms)
        self._hold("OVR-04", starts, self.caps[-1].count_max, "more boluses began in 24 h than were prescribed")

    def _note_order(self, record: Record) -> None:
        if not record.pulse.is_ordered:
            return
        pulse = record.pulse
        self._expect(pulse.sequence not in self.orders, "OVR-12", "two orders have one number")
        self.orders[pulse.sequence] = Order(pulse.is_basal, pulse.upper_fg, pulse.lower_fg)
        self.due.on_order(self.orders[pulse.sequence])
        self.open_sequence = pulse.sequence
        if pulse.is_basal:
            self.made_good_fg += pulse.upper_fg[0]

    def _note_report(self, record: Record) -> None:
        event, order = record.event, self.orders.get(self.open_sequence)
        if not isinstance(event, PulseReported) or order is None or order.result is not None:
            return
        if record.response is Response.REPORT_OF_ANOTHER_PULSE_IGNORED:
            return
        order.result = event.result
        self.due.on_report(order)
        is_moved = order.given is not None
        if event.result is PulseResult.DONE:
            self._hold_lower(order)
        if event.result is PulseResult.NOT_DONE:
            self._expect(not is_moved, "ASM-07", "a pulse that moved was told as not done")

    def _hold_lower(self, order: Order) -> None:
        """What the kernel counts as surely given has passed the tip."""
        if order.given is None and self.scale.is_lying:
            return
        given = order.given or (0, 0, 0, 0)
        for drug, lower_fg in enumerate(order.lower[: len(given)]):
            least_fg = Fraction(lower_fg * (PERMILLE - self.scale.lack_permille), PERMILLE)
            slack_fg = self._compute_slack_fg(drug) + order.kept_nl * self.strongest[drug]
            self._expect(given[drug] + slack_fg >= least_fg, "CON-02", "less passed the tip than the lower book says")

    # What moved

    def on_motion(self, sequence: int, mass: Mass, told: Told, moved_nl: Volume) -> None:
        """Judge what a pulse brought, at the moment that it passed."""
        order = self.orders.get(sequence)
        kept_nl = self.dry.on_motion(self.config.pump.pulse_volume_nl, moved_nl, told)
        if order is not None and kept_nl:
            order.kept_nl = kept_nl
            words = "an empty reservoir kept back more than had moved beside what was ordered"
            self._hold("CON-02", self.dry.kept_nl, self.dry.more_nl, words)
        if not moved_nl:
            return
        if order is None:
            self._expect(False, "ASM-29", "a pulse moved whose order is not in the journal")
            return
        self._expect(order.given is None, "ASM-06", "an order moved twice")
        order.given = mass
        interval_ms = self._shrink_ms((self.config.pump.pulse_interval_s - 1) * 1_000)
        self._hold("OVR-06", interval_ms, self.now_ms - self.last_motion_ms, "two pulses came too close")
        self.last_motion_ms = self.now_ms
        self._hold_upper(order, mass)
        self._judge_windows()
        residual_nl = self.config.pump.residual_nl
        if not self.scale.excess_permille and not self.scale.extra_pulses:
            left_nl = self.plant.reservoir.volume_nl
            self._hold("RES-01", residual_nl, left_nl, "the reservoir fell below its residual")

    def _hold_upper(self, order: Order, mass: Mass) -> None:
        for drug, given_fg in enumerate(mass):
            most_fg = self._scale_fg(drug, order.upper[drug])
            if given_fg or most_fg:
                self._hold("CON-02", given_fg, most_fg, "more passed the tip than the upper book says")

    def _judge_windows(self) -> None:
        for length_s, name, id_ in ((DAY_S, "day_fg", "OVR-01"), (HOUR_S, "hour_fg", "OVR-02")):
            since_ms = self.now_ms - self._shrink_ms((length_s - 1) * 1_000)
            for from_ms in (since_ms, *(cap.at_ms for cap in self.caps if since_ms < cap.at_ms < self.now_ms)):
                caps = self.list_caps(from_ms)
                for drug, given_fg in enumerate(self.plant.book.compute_since(from_ms)):
                    cap_fg = max(getattr(cap, name)[drug] for cap in caps)
                    if given_fg:
                        words = f"drug {drug} is above its cap of {length_s // HOUR_S} h"
                        self._hold(id_, given_fg, self._scale_fg(drug, cap_fg), words)
                        self.note(OF_CAP, given_fg, cap_fg)

    # What may be lacking

    def _judge_lacking(self, before: State, record: Record, outcome: Outcome) -> None:
        """Basal that fell due while delivering has come, but for two pulses and for what a fault kept from moving."""
        if before.mode is not outcome.state.mode:
            self._forget_lacking()
        if outcome.state.mode is not Mode.DELIVERING:
            return
        ticks = outcome.state.tick - before.tick
        if before.mode is Mode.DELIVERING and ticks:
            self.due_fg_1800 += ticks * before.program.slots_fg[outcome.state.tick % DAY_S // SLOT_S]
            self._hold_lacking(before)

    def _hold_lacking(self, before: State) -> None:
        behind_fg = Fraction(self.due_fg_1800, SLOT_S) - self.made_good_fg
        words = "basal is behind its schedule by more than two pulses"
        self._hold("UND-01", behind_fg, self._compute_two_pulses_fg(before), words)

    def _compute_two_pulses_fg(self, state: State) -> int:
        return 2 * max(self.strongest[0] * self.config.pump.pulse_volume_nl, state.path.pulse_fg_max)

    def _compute_lacking_bound_fg(self, state: State) -> Volume:
        shift_nl = self.scale.shift_nl + (self.dry.more_nl if self.scale.extra_pulses else 0)
        return self._compute_two_pulses_fg(state) + (shift_nl * self.fronts + self.dry.kept_nl) * self.strongest[0]

    def _forget_lacking(self) -> None:
        self.due_fg_1800, self.made_good_fg = 0, 0
        self.due.forget(self.now_ms)

    def on_restored(self, state: State) -> None:
        """Another state than the stored one goes on: what was due before is not due any more."""
        self._forget_lacking()
        if not state.is_programmed:
            self.on_unprogrammed()

    # How it is told

    def list_caps(self, from_ms: int) -> list[Cap]:
        """The limits that were in force at any time since, the one that was in force then among them."""
        since = [cap for cap in self.caps if cap.at_ms > from_ms]
        before = [cap for cap in self.caps if cap.at_ms <= from_ms]
        return [*before[-1:], *since]

    def _shrink_ms(self, length_ms: int) -> int:
        return length_ms * 1_000_000 // (1_000_000 + self.scale.fast_ppm)

    def _compute_slack_fg(self, drug: int) -> int:
        """What a front in another place, and pulses without an order, may bring besides."""
        extra_nl = self.scale.shift_nl * self.fronts + self.scale.extra_pulses * self.config.pump.pulse_volume_nl
        return extra_nl * self.strongest[drug]

    def _scale_fg(self, drug: int, limit_fg: Volume) -> Volume:
        excess = self.scale.excess_permille
        more_fg = Fraction(limit_fg * excess, 1_000) if excess else 0
        return limit_fg + more_fg + self._compute_slack_fg(drug)

    def _hold(self, id_: str, value: Volume, bound: Volume, words: str) -> None:
        """Note how near a value came to its bound; report one that is beyond it."""
        self.note(id_, value, bound)
        self._expect(value <= bound, id_, words)

    def note(self, id_: str, value: Volume, bound: Volume) -> None:
        """Note how near a value came to a bound, in permille, rounded up."""
        if bound > 0:
            self.on_margin(id_, -int(-value * PERMILLE // bound))

    def _expect(self, is_so: bool, id_: str, words: str) -> None:
        if not is_so and self.is_counted:
            self.on_violation(Violation(self.now_ms // 1_000, id_, words))
