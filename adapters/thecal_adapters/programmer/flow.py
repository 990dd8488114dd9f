# SPDX-License-Identifier: Apache-2.0
"""The one road of every workflow: entries, the same blind once more, review, confirm, and what the pump read back.

What is confirmed is the very event that the review showed, under an id that ends with the digest of that screen. On the
way each form is sent once, and only as long as the pump still is as the page showed it.
"""

import contextlib
import secrets
from collections.abc import Mapping, Sequence

from starlette.responses import Response as Page

from thecal.events import Event, PrescriptionAbandoned, PrescriptionStaged, StopAsked
from thecal.outcome import Response
from thecal.state import State
from thecal.step import step
from thecal_adapters.codec import encode
from thecal_adapters.programmer.actions import Value, compute_screen_digest
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.drafts import (
    Arranging,
    Draft,
    Plan,
    Workflow,
    is_anything_ahead,
    is_refused,
    make_screen,
)
from thecal_adapters.programmer.forecast import SHORT_WAIT_S, WAIT_S
from thecal_adapters.programmer.forms import Control, Form, Slip, list_asked_again, list_differing, list_groups
from thecal_adapters.programmer.links import LinkLost, Unsettled
from thecal_adapters.programmer.readback import find_read_back_otherwise, find_stored_otherwise
from thecal_adapters.programmer.sessions import Ticket
from thecal_adapters.programmer.settings import compare
from thecal_adapters.programmer.texts import mark


def show_form(
    visit: Visit, workflow: Workflow, values: Mapping[str, str] | None = None, slips: Sequence[Slip] = ()
) -> Page:
    """The entries to make."""
    reading = visit.desk.link.read()
    fields = workflow.list_fields(visit, reading)
    kept = visit.session.find(visit.query.get("draft", ""), Draft)
    if values is None:
        values = kept.values if kept is not None and kept.workflow is workflow else workflow.begin(visit, reading)
    ticket = visit.issue(f"do {workflow.name}", reading.basis)
    return visit.page(
        "form.html",
        workflow=workflow, groups=list_groups(fields), values=values,
        filled=[name for name, value in values.items() if value.strip()], slips=slips, reading=reading, ticket=ticket,
    )  # fmt: skip


def take_form(visit: Visit, workflow: Workflow) -> Page:
    """Read the entries; on to the second entry, or to the review."""
    ticket = visit.redeem(f"do {workflow.name}")
    if not isinstance(ticket, Ticket):
        return ticket
    reading = visit.desk.link.read()
    fields = workflow.list_fields(visit, reading)
    values = {each.name: visit.form.get(each.name, "") for each in fields}
    if isinstance(workflow, Arranging) and any(values[each.name] for each in fields if each.control is Control.BUTTON):
        return show_form(visit, workflow, workflow.arrange(values))
    form = Form(fields, values, visit.texts)
    plan = workflow.plan(visit, reading, form)
    if form.slips:
        return show_form(visit, workflow, values, form.slips)
    draft = Draft(secrets.token_hex(8), workflow, arrange(workflow, values), reading, fields)
    visit.session.keep(draft.id, draft)
    critical = list_asked_again(fields, draft.values)
    ticket.outcome = f"/again/{draft.id}" if critical else f"/review/{draft.id}"
    if not critical:
        propose(visit, draft, plan)
    return visit.go(ticket.outcome)


def arrange(workflow: Workflow, values: Mapping[str, str]) -> Mapping[str, str]:
    """The entries in the workflow's own order, so that one place is held against the same place."""
    return workflow.arrange(values) if isinstance(workflow, Arranging) else values


def show_again(visit: Visit) -> Page:
    """The critical values once more, blind."""
    draft = visit.session.find(visit.params["draft"], Draft)
    if draft is None:
        return explain_lost(visit)
    groups = list_groups(list_asked_again(draft.fields, draft.values))
    ticket = visit.issue(f"again {draft.id}", draft.reading.basis)
    return visit.page("again.html", draft=draft, groups=groups, ticket=ticket)


def take_again(visit: Visit) -> Page:
    """Hold the second entry against the first."""
    draft = visit.session.find(visit.params["draft"], Draft)
    if draft is None:
        return explain_lost(visit)
    ticket = visit.redeem(f"again {draft.id}")
    if not isinstance(ticket, Ticket):
        return ticket
    second = arrange(draft.workflow, visit.form)
    differing = list_differing(list_asked_again(draft.fields, draft.values), draft.values, second)
    if differing:
        names = [each.name for each in differing]
        visit.note("second entry differs", {"workflow": draft.workflow.name, "fields": list[Value](names)})
        text = mark("{field}: the second entry was another value. Neither is used: enter this value anew.")
        slips = [Slip(each.name, visit.texts(text, field=visit.texts(each.label))) for each in differing]
        return show_form(visit, draft.workflow, {**draft.values, **dict.fromkeys(names, "")}, slips)
    ticket.outcome = f"/review/{draft.id}"
    form = Form(draft.fields, draft.values, visit.texts)
    propose(visit, draft, draft.workflow.plan(visit, draft.reading, form))
    return visit.go(ticket.outcome)


def propose(visit: Visit, draft: Draft, plan: Plan) -> None:
    """Stage what is to be staged, read it back, and look ahead at what the confirmation will change."""
    draft.plan = plan
    reading = visit.desk.link.read()
    if reading.basis != draft.reading.basis and not isinstance(plan.confirm, StopAsked):
        draft.problem = visit.texts("The pump is no more as it was when this page was made. Nothing was sent.")
        return
    draft.reading = reading
    if plan.stage is not None:
        ask = visit.make_ask(f"{draft.id}-stage", plan.stage, reading.basis)
        visit.note("asked", {"id": ask.id, "event": type(ask.event).__name__, "values": encode(ask.event)})
        answered = visit.desk.link.ask(ask)
        draft.staged, draft.reading = answered.response, answered.reading
        if answered.is_stale or answered.response is None:
            draft.problem = visit.texts("The pump is no more as it was when this page was made. Nothing was sent.")
            return
        if not is_refused(draft.staged) and refuse_what_is_stored_otherwise(visit, draft, plan.stage):
            return
    if isinstance(plan.stage, PrescriptionStaged) and draft.staged is Response.PRESCRIPTION_STAGED:
        staged = draft.reading.state.staged  # what the pump has stored, not what was typed
        draft.reckoned = visit.desk.forecaster.begin(draft.reading.state, staged.prescription, staged.overrides)
        draft.reckoned.wait(WAIT_S)
    foreseen = foresee(visit, draft.reading.state, plan.confirm)
    draft.foreseen, draft.reviewed = foreseen
    draft.rows = compare(draft.reading.state, draft.reviewed, visit.desk.drugs, visit.texts)
    if is_anything_ahead(plan.confirm, draft.foreseen, draft.reviewed):
        draft.reckoned = visit.desk.forecaster.go_on(draft.reviewed)
        draft.reckoned.wait(SHORT_WAIT_S)


def refuse_what_is_stored_otherwise(visit: Visit, draft: Draft, staged: Event) -> bool:
    """Whether the pump stored another value than was entered. It is told, and what is staged is taken back at once."""
    draft.otherwise = find_stored_otherwise(staged, draft.reading.state, visit.desk.drugs, visit.texts)
    if not draft.otherwise:
        return False
    draft.problem = visit.texts(
        "The pump stored another value than was entered. Nothing is changed: that is taken back, or forgotten after "
        "ten minutes."
    )
    note_otherwise(visit, f"{draft.id}-stage", draft)
    with contextlib.suppress(LinkLost):
        take_back(visit, draft)
    return True


def note_otherwise(visit: Visit, order: str, draft: Draft) -> None:
    """Put on record what the pump holds otherwise than the screen said."""
    rows: list[Value] = [f"{row.label}: {row.now} → {row.new}" for row in draft.otherwise]
    visit.note("stored otherwise", {"id": order, "rows": rows})


def foresee(visit: Visit, state: State, event: Event) -> tuple[Response, State]:
    """What the kernel would answer now, and the state after it: the same pure function as in the pump, on a copy."""
    outcome = step(visit.desk.config, state, event)
    return outcome.response, outcome.state


def show_review(visit: Visit) -> Page:
    """All settings side by side, the worst case, the kernel's reasons; and the button to confirm, if there may be."""
    draft = visit.session.find(visit.params["draft"], Draft)
    if draft is None or draft.plan is None:
        return explain_lost(visit)
    if draft.ask is not None:
        return visit.go(f"/result/{draft.id}")
    is_refusal = is_refused(draft.staged) or is_refused(draft.foreseen)
    is_waiting = draft.reckoned is not None and draft.forecast is None
    is_held = is_waiting and draft.staged is Response.PRESCRIPTION_STAGED  # what is no new program waits for nothing
    is_open = not draft.problem and not is_held and (draft.plan.is_fact or not is_refusal)
    screen = make_screen(visit, draft)
    digest = compute_screen_digest(screen)
    visit.note("shown", {"screen": digest, "content": screen})
    result = f"/result/{draft.id}"
    purpose = f"confirm {draft.id}"
    ticket = visit.issue(purpose, draft.reading.basis, digest, result, is_shared=True) if is_open else None
    refusal = next((each for each in (draft.staged, draft.foreseen) if is_refused(each)), None)
    return visit.page(
        "review.html",
        draft=draft,
        plan=draft.plan,
        rows=draft.rows,
        forecast=draft.forecast,
        is_waiting=is_waiting,
        is_held=is_held,
        refusal=refusal,
        is_open=is_open,
        ticket=ticket,
    )


def confirm(visit: Visit) -> Page:
    """Have it done, once, if the pump still is as the review showed it."""
    draft = visit.session.find(visit.params["draft"], Draft)
    if draft is None or draft.plan is None:
        return explain_lost(visit)
    ticket = visit.redeem(f"confirm {draft.id}")
    if not isinstance(ticket, Ticket):
        return ticket
    if draft.ask is not None:
        return visit.go(ticket.outcome)
    draft.ask = visit.make_ask(
        f"{draft.id}-{ticket.screen}", draft.plan.confirm, ticket.basis, draft.plan.drug_lot, draft.reading.staged
    )
    send(visit, draft)
    return visit.go(ticket.outcome)


def send(visit: Visit, draft: Draft) -> None:
    """Send the order of a draft; what gets lost is said, and never guessed."""
    ask = draft.ask
    if ask is None:
        return
    visit.note("asked", {"id": ask.id, "event": type(ask.event).__name__, "values": encode(ask.event)})
    try:
        draft.answered, draft.problem = visit.desk.link.ask(ask), ""
    except Unsettled as lost:
        draft.problem = f"unsettled: {lost}"
    except LinkLost as lost:
        draft.problem = f"lost: {lost}"
    response = None if draft.answered is None else draft.answered.response
    visit.note(
        "answered", {"id": ask.id, "answer": None if response is None else response.name, "problem": draft.problem}
    )
    hold_against_the_review(visit, draft)


def hold_against_the_review(visit: Visit, draft: Draft) -> None:
    """Compare what the pump reads back with what the review showed, where the order was carried out."""
    answered, reviewed = draft.answered, draft.reviewed
    if answered is None or answered.response is None or is_refused(answered.response) or reviewed is None:
        return
    draft.otherwise = find_read_back_otherwise(
        visit.desk.config, draft.reading, reviewed, answered.reading, answered.is_repeated, visit.desk.drugs,
        visit.texts,
    )  # fmt: skip
    if draft.otherwise and draft.ask is not None:
        note_otherwise(visit, draft.ask.id, draft)


def settle(visit: Visit) -> Page:
    """Find out what became of an order whose answer was lost."""
    draft = visit.session.find(visit.params["draft"], Draft)
    if draft is None or draft.ask is None:
        return explain_lost(visit)
    ticket = visit.redeem(f"settle {draft.id}")
    if not isinstance(ticket, Ticket):
        return ticket
    try:
        draft.answered = visit.desk.link.settle(draft.ask)
        draft.problem = "" if draft.answered is not None else "never"
    except LinkLost as lost:
        draft.problem = f"unsettled: {lost}"
    visit.note("settled", {"id": draft.ask.id, "problem": draft.problem})
    hold_against_the_review(visit, draft)
    return visit.go(ticket.outcome)


def show_result(visit: Visit) -> Page:
    """What the kernel answered, and what the pump reads back."""
    draft = visit.session.find(visit.params["draft"], Draft)
    if draft is None or draft.ask is None:
        return explain_lost(visit)
    answered = draft.answered
    ticket = visit.issue(f"settle {draft.id}", outcome=f"/result/{draft.id}")
    rows = compare(draft.reading.state, answered.reading.state, visit.desk.drugs, visit.texts) if answered else []
    return visit.page("result.html", draft=draft, answered=answered, rows=rows, is_refused=is_refused, ticket=ticket)


def abandon(visit: Visit) -> Page:
    """Take back what was staged, or only forget the entries."""
    draft = visit.session.find(visit.params["draft"], Draft)
    if draft is None:
        return explain_lost(visit)
    ticket = visit.redeem(f"abandon {draft.id}")
    if not isinstance(ticket, Ticket):
        return ticket
    ticket.outcome = "/"
    if (
        draft.ask is None
        and not draft.otherwise
        and draft.staged in (Response.PRESCRIPTION_STAGED, Response.PRIME_STAGED)
    ):
        take_back(visit, draft, draft.reading.basis)
    visit.session.things.pop(draft.id, None)
    return visit.go("/")


def take_back(visit: Visit, draft: Draft, basis: str = "") -> None:
    """Take back what is staged; without a basis, whatever that is."""
    ask = visit.make_ask(f"{draft.id}-abandon", PrescriptionAbandoned(), basis)
    visit.note("asked", {"id": ask.id, "event": "PrescriptionAbandoned", "values": None})
    visit.desk.link.ask(ask)


def explain_lost(visit: Visit) -> Page:
    """A draft that is not there any more."""
    _ = visit.texts
    return visit.message(
        410,
        _("These entries are not here any more"),
        _("You signed in anew, this program was started again, or you took them back. Nothing was sent by this page."),
        _("What was staged and not confirmed is forgotten by the pump after ten minutes, and at a restart."),
    )
