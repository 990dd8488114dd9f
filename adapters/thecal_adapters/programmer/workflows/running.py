# SPDX-License-Identifier: Apache-2.0
"""Stop, resume, minimum rate, and the time of day."""

from collections.abc import Mapping, Sequence

from thecal.events import MinimumRateAsked, PhaseMoved, ResumeAsked, StopAsked
from thecal.limits import SafeState
from thecal_adapters.doses import Kind, tell
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.drafts import Plan
from thecal_adapters.programmer.forms import Control, Field, Form
from thecal_adapters.programmer.links import Reading
from thecal_adapters.programmer.texts import mark


class Simple:
    """A workflow without entries."""

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """Nothing is entered."""
        return ()

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """Nothing is entered."""
        return {}


def list_withdrawal_notes(visit: Visit, reading: Reading) -> list[str]:
    """Why to be off therapy is no safe state for every drug."""
    fluid = reading.state.reservoir.fluid
    notes = []
    for place, drug in enumerate(visit.desk.drugs):
        limits = visit.desk.config.library[place]
        if fluid.hi[place] and limits.safe_state is SafeState.KEEP_BASAL:
            text = mark("{drug} must not end abruptly: withdrawal can kill. After {time} a critical alarm sounds.")
            notes.append(visit.texts(text, drug=drug, time=tell(limits.off_therapy_s_max, Kind.DURATION)))
    return notes


class Stop(Simple):
    """Stop delivering."""

    name = "stop"
    title = mark("Stop the pump")
    explain = mark("Nothing is delivered any more. A bolus that runs ends, and is not taken up again.")
    verb = mark("Stop the pump")

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The order, with what abrupt ends do."""
        return Plan(StopAsked(), notes=list_withdrawal_notes(visit, reading))


class Resume(Simple):
    """Deliver the program again."""

    name = "resume"
    title = mark("Resume the program")
    explain = mark("The program that is in force is delivered again. What was missed is not made up.")
    verb = mark("Resume the program")

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The order."""
        return Plan(ResumeAsked())


class MinimumRate(Simple):
    """Only keep the pump alive."""

    name = "minimum-rate"
    title = mark("Minimum rate")
    explain = mark("Only what keeps the pump alive is delivered. It carries drug, and counts as off therapy.")
    verb = mark("Set the minimum rate")

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The order, with what abrupt ends do."""
        return Plan(MinimumRateAsked(), notes=list_withdrawal_notes(visit, reading))


class MovePhase:
    """Move the program to the patient's time of day."""

    name = "time-of-day"
    title = mark("Time of day")
    explain = mark(
        "The pump counts its own day. To match the patient’s, the program is moved by whole half hours, not the pump’s "
        "clock. A move is admitted like a new program."
    )
    verb = mark("Move the program")

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """By how many half hours."""
        hint = mark("Half hours by which every step comes later by the pump’s clock: 0 only confirms the time of day.")
        return (Field("slots", mark("Later by"), Control.COUNT, hint=hint, lowest=0, highest=47, is_critical=True),)

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The order."""
        return Plan(PhaseMoved(form.count("slots")))
