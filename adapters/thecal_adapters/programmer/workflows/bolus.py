# SPDX-License-Identifier: Apache-2.0
"""A clinician's bolus."""

from collections.abc import Mapping, Sequence

from thecal.events import ClinicianBolusAsked
from thecal_adapters.doses import Kind
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.drafts import Plan
from thecal_adapters.programmer.forms import Field, Form
from thecal_adapters.programmer.links import Reading
from thecal_adapters.programmer.texts import mark


class ClinicianBolus:
    """A single bolus of the first drug, beside the program, which goes on after it."""

    name = "bolus"
    title = mark("Clinician’s bolus")
    explain = mark(
        "One bolus of the first drug, beside the program. It counts in every cap and starts the patient’s lockout."
    )
    verb = mark("Give the bolus")

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """Dose and duration."""
        return (
            Field("mass", mark("Dose"), kinds=(Kind.MASS,), hint=mark("A mass, such as 0.1 mg."), is_critical=True),
            Field(
                "duration",
                mark("Given over"),
                kinds=(Kind.DURATION,),
                hint=mark("A time, such as 10 min."),
                is_critical=True,
            ),
        )

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """Nothing: a bolus has no default."""
        return {}

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """The order."""
        return Plan(ClinicianBolusAsked(form.amount("mass"), form.amount("duration")))
