# SPDX-License-Identifier: Apache-2.0
"""All that a clinician can do, by the name in its address."""

from collections.abc import Mapping

from thecal_adapters.programmer.drafts import Workflow
from thecal_adapters.programmer.workflows.alarms import Acknowledge, Resolve
from thecal_adapters.programmer.workflows.bolus import ClinicianBolus
from thecal_adapters.programmer.workflows.fluids import DeclarePath, Prime, Refill
from thecal_adapters.programmer.workflows.program import Program
from thecal_adapters.programmer.workflows.running import MinimumRate, MovePhase, Resume, Stop

WORKFLOWS: Mapping[str, Workflow] = {
    workflow.name: workflow
    for workflow in (
        Program(),
        ClinicianBolus(),
        Refill(),
        DeclarePath(),
        Prime(),
        Stop(),
        Resume(),
        MinimumRate(),
        MovePhase(),
        Acknowledge(),
        Resolve(),
    )
}
