# SPDX-License-Identifier: Apache-2.0
"""A slow and obvious account of doses: it keeps every pulse with its tick, and answers by adding up.

The kernel keeps a few sums and rolls them on; here nothing is ever summed beforehand, dropped or rounded. A window of
``span_s`` that ends at a tick holds the ticks after ``tick - span_s`` up to that tick, both in whole seconds.
"""

from dataclasses import dataclass, field

from thecal.events import Event, PathDeclared, PulseReported, PulseResult, RefillDone, SecondPassed, SecondsPassed
from thecal.limits import Config
from thecal.outcome import Outcome, Pulse, Response
from thecal.prescription import Prescription
from thecal.state import Mode, State
from thecal.units import DAY_S, DRUG_COUNT, SLOT_S, Masses

NO_BOLUS = -1


@dataclass
class OrderedPulse:
    """A pulse as it was ordered, of which bolus (``NO_BOLUS``: basal), and what it did; None as long as it flies."""

    tick: int
    order: Pulse
    bolus: int
    result: PulseResult | None = None


@dataclass
class BegunBolus:
    """A bolus, from the tick at which it began to the one at which it ended; None as long as it runs.

    ``program``: which of the programs was in force when it ended.
    """

    is_patient: bool
    start_tick: int
    end_tick: int | None = None
    program: int = 0


@dataclass
class Program:
    """A prescription, and the tick from which on it was in force."""

    tick: int
    prescription: Prescription


@dataclass
class Fluids:
    """What reservoir or path held when a fact was last booked, and how many pulses had been ordered before it."""

    pulse_count: int
    volume_nl: tuple[int, int]


def add_up(masses_fg: list[Masses]) -> Masses:
    """Drug by drug sum."""
    return tuple(sum(masses[drug] for masses in masses_fg) for drug in range(DRUG_COUNT))


@dataclass
class Reference:
    """Everything that was ordered and reported, from the pump's first tick on.

    ``has_forgone``: something happened after which basal that was due may have been given up.
    """

    config: Config
    pulses: list[OrderedPulse] = field(default_factory=list)
    boluses: list[BegunBolus] = field(default_factory=list)
    programs: list[Program] = field(default_factory=list)
    scheduled_fg_1800: list[int] = field(default_factory=list)
    reservoir: Fluids | None = None
    path: Fluids | None = None
    has_forgone: bool = False

    def observe(self, before: State, event: Event, outcome: Outcome) -> None:
        """Take note of one step."""
        after = outcome.state
        if not self.programs:
            self.programs.append(Program(before.tick, before.program))
        if isinstance(event, SecondPassed | SecondsPassed):
            for tick in range(before.tick + 1, after.tick + 1):
                self._note_schedule(before, after, tick)
        self._note_result(event, after)
        self._note_bolus(before, after)
        if after.program != before.program:
            self.programs.append(Program(after.tick, after.program))
        if outcome.pulse.is_ordered:
            bolus = NO_BOLUS if outcome.pulse.is_basal else len(self.boluses) - 1
            self.pulses.append(OrderedPulse(after.tick, outcome.pulse, bolus))
        if outcome.response != Response.REFUSED_MALFORMED_FACT:
            self._note_fluids(before, event)

    def _note_schedule(self, before: State, after: State, tick: int) -> None:
        """What falls due in a second of the program, or of the least that the pump may move of its strongest fluid."""
        if before.mode == Mode.DELIVERING and after.mode == Mode.DELIVERING:
            self.scheduled_fg_1800.append(before.program.slots_fg[tick % DAY_S // SLOT_S])
        if before.mode == Mode.MINIMUM_RATE and after.mode == Mode.MINIMUM_RATE:
            strongest_fg_per_nl = max(before.path.old.hi[0], before.reservoir.fluid.hi[0])
            self.scheduled_fg_1800.append(self.config.pump.slot_volume_nl_min * strongest_fg_per_nl)

    def _note_result(self, event: Event, after: State) -> None:
        """A report names its pulse, which is the last one; what is waited for no longer did nobody knows what."""
        if not self.pulses or self.pulses[-1].result is not None:
            return
        last = self.pulses[-1]
        if isinstance(event, PulseReported) and event.sequence == last.order.sequence:
            last.result = event.result
            self.has_forgone = self.has_forgone or event.result == PulseResult.NOT_DONE
        elif not after.flight.is_pending or after.flight.sequence != last.order.sequence:
            last.result = PulseResult.UNKNOWN

    def _note_bolus(self, before: State, after: State) -> None:
        if before.bolus.is_active and not after.bolus.is_active:
            self.boluses[-1].end_tick = after.tick
            self.boluses[-1].program = len(self.programs) - 1
        if after.bolus.is_active and not before.bolus.is_active:
            self.boluses.append(BegunBolus(after.bolus.is_patient, after.tick))

    def _note_fluids(self, before: State, event: Event) -> None:
        if isinstance(event, RefillDone | PathDeclared):
            self.has_forgone = self.has_forgone or bool(self.scheduled_fg_1800)
        if isinstance(event, RefillDone):
            _, left_nl = self.compute_reservoir_nl()
            residual_nl = self.config.pump.residual_nl
            left_nl = residual_nl if event.is_rinsed else min(left_nl, residual_nl)
            volume_nl = (event.filled_nl, event.filled_nl + left_nl)
            self.reservoir = Fluids(len(self.pulses), volume_nl)
            self.path = Fluids(len(self.pulses), (before.path.volume_lo_nl, before.path.volume_hi_nl))
        if isinstance(event, PathDeclared):
            ahead_nl = 0 if event.is_filled_from_reservoir else event.volume_hi_nl
            volume_nl = (min(event.volume_lo_nl, ahead_nl), ahead_nl)
            self.path = Fluids(len(self.pulses), volume_nl)

    def compute_upper_fg(self, tick: int, span_s: int) -> Masses:
        """The most of every drug that can have passed the tip in a window: all but what surely did not move."""
        return add_up(
            [
                pulse.order.upper_fg
                for pulse in self.pulses
                if tick - span_s < pulse.tick <= tick and pulse.result != PulseResult.NOT_DONE
            ]
        )

    def compute_lower_fg(self, tick: int, span_s: int) -> Masses:
        """The least of every drug that has passed the tip in a window: what was reported as done."""
        return add_up(
            [
                pulse.order.lower_fg
                for pulse in self.pulses
                if tick - span_s < pulse.tick <= tick and pulse.result == PulseResult.DONE
            ]
        )

    def compute_boluses_fg(self, tick: int, span_s: int) -> Masses:
        """The most that whole boluses brought that ended in a window; what was ordered in one counts, moved or not."""
        ends = [(i, bolus.end_tick) for i, bolus in enumerate(self.boluses) if bolus.end_tick is not None]
        ended = {i for i, end_tick in ends if tick - span_s < end_tick <= tick}
        return add_up([pulse.order.upper_fg for pulse in self.pulses if pulse.bolus in ended])

    def count_patient_starts(self, tick: int, span_s: int) -> int:
        """How many patient boluses began in a window."""
        return sum(bolus.is_patient and tick - span_s < bolus.start_tick <= tick for bolus in self.boluses)

    def find_largest_caps_fg(self, tick: int, span_s: int) -> tuple[Masses, Masses]:
        """The largest caps of a day and of an hour in force at any time in a window."""
        began = [i for i, program in enumerate(self.programs) if program.tick <= tick - span_s]
        inside = [program.prescription for program in self.programs[max(began, default=0) :] if program.tick <= tick]
        day_fg = tuple(max(program.cap_day_fg[drug] for program in inside) for drug in range(DRUG_COUNT))
        hour_fg = tuple(max(program.cap_hour_fg[drug] for program in inside) for drug in range(DRUG_COUNT))
        return day_fg, hour_fg

    def compute_locked_until(self) -> int:
        """The tick at which the lockout after the last bolus is over: the largest in force since it ended."""
        ends = [(bolus.end_tick, bolus.program) for bolus in self.boluses if bolus.end_tick is not None]
        if not ends:
            return 0
        end_tick, program = ends[-1]
        return end_tick + max(since.prescription.lockout_s for since in self.programs[program:])

    def compute_basal_fg_1800(self) -> int:
        """Basal that fell due while delivering, less basal ordered that may have moved."""
        ordered = [p for p in self.pulses if p.bolus == NO_BOLUS and p.result != PulseResult.NOT_DONE]
        return sum(self.scheduled_fg_1800) - SLOT_S * sum(pulse.order.upper_fg[0] for pulse in ordered)

    def compute_reservoir_nl(self) -> tuple[int, int]:
        """The least and the most that the reservoir holds."""
        return self._compute_left_nl(self.reservoir)

    def compute_front_nl(self) -> tuple[int, int]:
        """The least and the most of the old fluid that is still ahead of the reservoir's."""
        lo_nl, hi_nl = self._compute_left_nl(self.path)
        return max(0, lo_nl), max(0, hi_nl)

    def _compute_left_nl(self, fluids: Fluids | None) -> tuple[int, int]:
        """What the pulses since then have left of a volume: unknown ones may have moved, one in flight is open."""
        if fluids is None:
            return 0, 0
        since = self.pulses[fluids.pulse_count :]
        done_nl = sum(pulse.order.volume_nl for pulse in since if pulse.result == PulseResult.DONE)
        unknown_nl = sum(pulse.order.volume_nl for pulse in since if pulse.result == PulseResult.UNKNOWN)
        return fluids.volume_nl[0] - done_nl - unknown_nl, fluids.volume_nl[1] - done_nl
