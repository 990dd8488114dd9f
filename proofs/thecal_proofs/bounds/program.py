# SPDX-License-Identifier: Apache-2.0
"""The numbers of one program on one fluid: what a pulse holds, how many pulses make a bolus, what is scheduled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from thecal.limits import Config
from thecal.state import Mode, State
from thecal.units import DAY_S, DRUG_COUNT, HOUR_S, SLOT_COUNT, SLOT_S

WINDOWS_S = (HOUR_S, DAY_S)


@dataclass(frozen=True)
class Setting:
    """A state in which a program is delivered, with one and the same fluid all the way."""

    config: Config
    state: State

    @cached_property
    def pulse_fg(self) -> Sequence[int]:
        """What a pulse holds of every drug, in the upper book."""
        return tuple(hi * self.config.pump.pulse_volume_nl for hi in self.state.reservoir.fluid.hi)

    @property
    def first_fg(self) -> int:
        """What a pulse holds of the first drug."""
        return self.pulse_fg[0]

    @property
    def interval_s(self) -> int:
        """The least time from pulse to pulse."""
        return self.config.pump.pulse_interval_s

    @property
    def bolus_pulses(self) -> int:
        """How many pulses a patient bolus has: whole ones, the rest is not given."""
        return self.state.program.bolus_fg // self.first_fg

    @property
    def slot_fg_max(self) -> int:
        """The largest slot."""
        return max(self.state.program.slots_fg)

    def compute_due_s(self, pulse: int) -> int:
        """How long after its start a bolus's pulse of that number, from 1, comes at the soonest."""
        program = self.state.program
        return -(-pulse * self.first_fg * program.bolus_duration_s // program.bolus_fg)

    def compute_scheduled_fg(self, length_s: int) -> tuple[int, int]:
        """The least and the most that any window of whole half hours schedules: slots that follow each other."""
        slots = self.state.program.slots_fg
        count = length_s // SLOT_S
        sums = [sum(slots[(first + i) % SLOT_COUNT] for i in range(count)) for first in range(SLOT_COUNT)]
        return min(sums), max(sums)

    def with_bolus(self) -> "Setting":
        """The same, with the mass and the duration of the program's bolus in its place."""
        program = self.state.program
        bolus = replace(self.state.bolus, mass_fg=program.bolus_fg, duration_s=program.bolus_duration_s)
        return replace(self, state=replace(self.state, bolus=bolus))

    def find_reason_against(self) -> str:
        """Why nothing can be counted here; empty if it can."""
        state = self.state
        if state.mode != Mode.DELIVERING:
            return "the pump does not deliver"
        if state.path.front_hi_nl > 0 and state.path.old != state.reservoir.fluid:
            return "the front of another fluid is in the path, so pulses are not all alike"
        if state.flight.is_pending or state.bolus.is_active:
            return "a pulse or a bolus is on its way"
        if self.first_fg <= 0 or self.slot_fg_max * self.interval_s > SLOT_S * self.first_fg:
            return "the motor cannot keep up"
        if not 0 <= state.basal.owed_fg_1800 < SLOT_S * self.first_fg:
            return "more than a pulse is owed"
        return ""


def list_drugs(setting: Setting) -> Sequence[int]:
    """The places of the drugs that the fluid holds."""
    return [drug for drug in range(DRUG_COUNT) if setting.pulse_fg[drug] > 0]
