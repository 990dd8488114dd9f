# SPDX-License-Identifier: Apache-2.0
"""Who may sign in: a clinician adds people, each with a password that is shown once."""

from starlette.responses import Response

from thecal_adapters.programmer.accounts import Person
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.forms import Slip
from thecal_adapters.programmer.sessions import Ticket


def show_people(visit: Visit, slips: list[Slip] | None = None, made: tuple[str, str] | None = None) -> Response:
    """The page. ``made``: a name and its password, shown this once."""
    return visit.page(
        "people.html",
        accounts=visit.desk.accounts.all,
        slips=slips or [],
        made=made,
        ticket=visit.issue("people"),
    )


def add_person(visit: Visit) -> Response:
    """Add somebody."""
    ticket = visit.redeem("people")
    if not isinstance(ticket, Ticket):
        return ticket
    ticket.outcome = "/people"
    _, name, role = visit.texts, visit.form.get("name", "").strip(), visit.form.get("role", "")
    if role not in [each.value for each in Person]:
        return show_people(visit, [Slip("role", _("Choose one."))])
    password = visit.desk.accounts.add(name, Person(role))
    if password is None:
        text = _("A name of its own is expected: letters, digits, points and dashes, no more than {most}.", most=40)
        return show_people(visit, [Slip("name", text)])
    visit.note("person added", {"name": name, "role": role})
    return show_people(visit, made=(name, password))
