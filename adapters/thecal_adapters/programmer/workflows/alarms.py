# SPDX-License-Identifier: Apache-2.0
"""Alarms that are seen, and a doubt about the reservoir that is cleared up."""

from collections.abc import Mapping, Sequence

from thecal.events import AlarmAcknowledged, DiscrepancyResolved
from thecal.state import Alarm
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.drafts import Plan
from thecal_adapters.programmer.forms import Control, Field, Form
from thecal_adapters.programmer.links import Reading
from thecal_adapters.programmer.texts import mark
from thecal_adapters.programmer.workflows.running import Simple


class Acknowledge:
    """Silence an alarm that somebody has seen."""

    name = "alarm"
    title = mark("Acknowledge an alarm")
    explain = mark(
        "It falls silent for a while, and stays until its cause is gone. A critical one sounds again after ten minutes."
    )
    verb = mark("I have seen it")

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """Which one."""
        active = [alarm for alarm in Alarm if reading.state.alarms[alarm].is_active]
        options = [(str(int(alarm)), visit.texts.alarm(alarm)) for alarm in active]
        return (Field("alarm", mark("Alarm"), Control.CHOICE, options=options),)

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """The one that was chosen on the page before."""
        return {"alarm": visit.query.get("alarm", "")}

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The order, with what to do besides."""
        raw = form.choice("alarm")
        alarm = Alarm(int(raw)) if not form.slips else Alarm.SERVICE_ENDED
        return Plan(AlarmAcknowledged(alarm), notes=[visit.texts.advice(alarm)])


class Resolve(Simple):
    """Trust the reservoir again."""

    name = "discrepancy"
    title = mark("Resolve the doubt about the reservoir")
    explain = mark("Only when the cause of the difference was found: boluses and increases are possible again.")
    verb = mark("The cause was found")

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The order."""
        note = mark("The pump is left in its drugs’ safe state. Resume the program afterwards, if that is right.")
        return Plan(DiscrepancyResolved(), notes=[visit.texts(note)])
