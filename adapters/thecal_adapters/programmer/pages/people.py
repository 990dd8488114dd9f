# SPDX-License-Identifier: Apache-2.0
"""Who may sign in: a clinician adds people, each with a password that is shown once, and removes them."""

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


def show_removal(visit: Visit) -> Response:
    """Ask whether somebody is to be removed."""
    name = visit.params["name"]
    account = visit.desk.accounts.find(name)
    if account is None or name == visit.name:
        return explain_no_removal(visit)
    return visit.page("removal.html", account=account, ticket=visit.issue(f"remove {name}", outcome="/people"))


def remove_person(visit: Visit) -> Response:
    """Remove somebody, and sign them out wherever they are signed in."""
    name = visit.params["name"]
    ticket = visit.redeem(f"remove {name}")
    if not isinstance(ticket, Ticket):
        return ticket
    if not visit.desk.accounts.remove(name):
        return explain_no_removal(visit)
    visit.desk.sessions.end_all(name)
    visit.note("person removed", {"name": name})
    return visit.go("/people")


def explain_no_removal(visit: Visit) -> Response:
    """Nobody of that name, or oneself: one clinician at least always stays."""
    _ = visit.texts
    return visit.message(
        409,
        _("Nobody was removed"),
        _("There is nobody of that name, or it is you: another clinician can remove you, so that one always stays."),
        link="/people",
        label=_("Go to the people"),
    )
