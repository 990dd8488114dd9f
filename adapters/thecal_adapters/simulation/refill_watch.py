# SPDX-License-Identifier: Apache-2.0
"""Whether what drifts is found at a refill: by the kernel's own alarm, or by the account over several of them.

The plant says what has really left the reservoir. What the table calls due and is not found is missed; so is a finding
where nothing has drifted by as much as an error of reading, and a judge of accounts that always finds is none.
"""

from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.events import RefillDone
from thecal.outcome import Response
from thecal.state import Alarm
from thecal_adapters.plant.fluids import Volume
from thecal_adapters.plant.pump import Told
from thecal_adapters.ports import Record
from thecal_adapters.refills import Account, compute_unfound_nl

if TYPE_CHECKING:
    from thecal_adapters.simulation.findings import Findings
    from thecal_adapters.simulation.hands import Truth
    from thecal_adapters.simulation.life import Life

KNOWN = (Response.PULSE_BOOKED_AS_DONE, Response.PULSE_BOOKED_AS_NOT_DONE)
DISCREPANT = (Alarm.RESERVOIR_DISCREPANT, Alarm.RESERVOIR_DISCREPANT_AGAIN)


class RefillWatch:
    """What must have left the reservoir by what was told, what really has, and what was misread, since it is known."""

    def __init__(self, life: "Life", findings: "Findings") -> None:
        self.account = Account(life.patient.config.pump)
        self._life = life
        self._findings = findings
        self._believed_nl: Volume = 0
        self._off_nl: Volume = 0  # more than believed has left since the last refill
        self._before_nl: Volume = 0
        self._is_known = False
        self._doubts = 0  # since the last refill
        self._doubts_of_account = 0  # since the account began
        self._total_off_nl = Fraction()  # since the account began
        self._misread_nl = Fraction()

    def on_motion(self, is_moved: bool, told: Told) -> None:
        """Count what the pump must believe to have left the reservoir."""
        if is_moved or told is Told.DONE:
            self._believed_nl -= self._life.patient.config.pump.pulse_volume_nl

    def on_stored(self, record: Record) -> None:
        """Keep the account; a refill has come to it by then, as hands filled the reservoir."""
        if not isinstance(record.event, RefillDone):
            self.account.add(record.event, record.response, record.pulse.is_ordered)
        new = record.pulse.is_ordered - (record.response in KNOWN)  # counted here: who is judged does not count
        self._doubts += new
        self._doubts_of_account += new

    def before_fill(self) -> None:
        """Note by how much the reservoir is not what it must be believed to be, before hands change it."""
        self._before_nl = self._life.plant.reservoir.volume_nl
        self._off_nl = self._believed_nl - self._before_nl

    def on_fill(self, record: Record, event: RefillDone, truth: "Truth") -> None:
        """Hold what was found against what was to be found; then begin to count anew."""
        error_nl = abs(Fraction(event.aspirated_nl + truth.left_nl) - self._before_nl)
        if self._is_known:
            self._look_at_alarm(record, error_nl)
        self._look_at_account(record, error_nl)
        self._believed_nl = self._life.plant.reservoir.volume_nl
        self._is_known = True
        self._doubts = 0

    def _look_at_alarm(self, record: Record, error_nl: Fraction) -> None:
        pump = self._life.patient.config.pump
        is_due = abs(Fraction(self._off_nl)) > compute_unfound_nl(pump, self._doubts) + error_nl
        is_found = any(record.state.alarms[alarm].is_active for alarm in DISCREPANT)
        if is_due and not is_found:
            self._findings.miss("refill", "a difference beyond what the table names was not found at the refill")
        if is_due and is_found:
            self._findings.found["refill"] += 1

    def _look_at_account(self, record: Record, error_nl: Fraction) -> None:
        pump, doubts = self._life.patient.config.pump, self._doubts_of_account
        if not self.account.is_begun:
            self._begin()
        standing = self.account.add(record.event, record.response, False)
        if standing is None:
            return
        self._total_off_nl += self._off_nl
        self._misread_nl += error_nl
        off_nl = abs(self._total_off_nl)
        is_due = off_nl > compute_unfound_nl(pump, doubts, standing.rinses) + self._misread_nl
        if is_due and not standing.off_nl:
            self._findings.miss("account", "what drifted over several refills was not found by their account")
        if standing.off_nl and off_nl + self._misread_nl < pump.refill_allowance_nl:
            self._findings.miss("account", "the account of refills finds a drift where there is none")
        self._findings.found["account"] += is_due
        if standing.off_nl:
            self._begin()

    def _begin(self) -> None:
        self._total_off_nl = self._misread_nl = Fraction()
        self._doubts_of_account = 0
