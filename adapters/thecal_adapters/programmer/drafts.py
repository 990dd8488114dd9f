# SPDX-License-Identifier: Apache-2.0
"""What is on its way from a form to the pump: workflows, somebody's entries, and the screen that shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from thecal.events import Event, PrescriptionConfirmed
from thecal.outcome import Response
from thecal.state import State
from thecal_adapters.codec import encode
from thecal_adapters.programmer.actions import Value
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.forecast import Forecast, Reckoning
from thecal_adapters.programmer.forms import Field, Form
from thecal_adapters.programmer.links import Answered, Ask, Reading
from thecal_adapters.programmer.settings import Row
from thecal_adapters.programmer.worst import Worst


@dataclass(frozen=True)
class Plan:
    """What a workflow's entries mean: an order to stage first, or to propose, and the one to confirm.

    ``notes``: what the person must weigh. ``is_fact``: the kernel books it, whatever was answered to the proposal.
    """

    confirm: Event
    stage: Event | None = None
    notes: Sequence[str] = ()
    is_fact: bool = False
    drug_lot: str = ""
    worst: Sequence[Worst] = ()


class Workflow(Protocol):
    """One thing that can be done."""

    name: str
    title: str
    explain: str
    verb: str

    def list_fields(self, visit: Visit, reading: Reading) -> Sequence[Field]:
        """The fields to fill in; none where there is nothing to enter."""
        ...

    def begin(self, visit: Visit, reading: Reading) -> Mapping[str, str]:
        """What the fields begin with. A critical value never begins with anything that was not in force."""
        ...

    def plan(self, visit: Visit, reading: Reading, form: Form) -> Plan:
        """What the entries mean; worthless where the form has slips."""
        ...


@runtime_checkable
class Arranging(Protocol):
    """A workflow with a button that puts the entries in order; nothing is read by it, and nothing sent."""

    def arrange(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """The same entries, in order."""
        ...


@dataclass
class Draft:
    """Somebody's entries on their way. ``reading``: what the review was made on, ``reviewed``: the state after it.

    ``otherwise``: what the pump holds otherwise than was entered, or, after the order, than was reviewed.
    """

    id: str
    workflow: Workflow
    values: Mapping[str, str]
    reading: Reading
    fields: Sequence[Field] = ()
    plan: Plan | None = None
    staged: Response | None = None
    foreseen: Response | None = None
    rows: Sequence[Row] = ()
    reviewed: State | None = None
    otherwise: Sequence[Row] = ()
    ask: Ask | None = None
    answered: Answered | None = None
    problem: str = ""
    reckoned: Reckoning | None = None

    @property
    def forecast(self) -> Forecast | None:
        """The worst case by ``thecal check``, as soon as it is reckoned."""
        return self.reckoned.get() if self.reckoned is not None and self.reckoned.ready() else None


def describe(forecast: Forecast | None) -> Value:
    """A forecast as it goes on record."""
    if forecast is None:
        return None
    return {
        "problem": forecast.problem,
        "is_proved": forecast.is_proved,
        "refill_s": [forecast.refill_min_s, forecast.refill_max_s],
        "extremes": [[each.drug, each.length_s, each.most_fg, each.least_fg] for each in forecast.extremes],
    }


def is_refused(response: Response | None) -> bool:
    """Whether an answer of the kernel is a refusal."""
    return response is not None and response.name.startswith("REFUSED")


def is_anything_ahead(event: Event, foreseen: Response, after: State) -> bool:
    """Whether an order leaves a therapy, or a prime, to be reckoned; a new program is, as soon as it is staged."""
    is_any = after.is_programmed or after.bolus.is_active
    return not isinstance(event, PrescriptionConfirmed) and not is_refused(foreseen) and is_any


def make_screen(visit: Visit, draft: Draft) -> Value:
    """What the review shows, as it goes on record."""
    return {
        "workflow": draft.workflow.name,
        "language": visit.texts.language,
        "rows": [[row.group, row.label, row.now, row.new, row.is_changed] for row in draft.rows],
        "notes": list(draft.plan.notes) if draft.plan else [],
        "worst": [[each.label, each.value] for each in draft.plan.worst] if draft.plan else [],
        "problem": draft.problem,
        "otherwise": [[row.label, row.now, row.new] for row in draft.otherwise],
        "forecast": describe(draft.forecast),
        "answers": [None if each is None else each.name for each in (draft.staged, draft.foreseen)],
        "event": {"kind": type(draft.plan.confirm).__name__, "values": encode(draft.plan.confirm)}
        if draft.plan
        else None,
    }
