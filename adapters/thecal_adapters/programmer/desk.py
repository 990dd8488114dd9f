# SPDX-License-Identifier: Apache-2.0
"""What all pages share, and one visit to one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from thecal.events import Event, StopAsked
from thecal.limits import Config
from thecal_adapters.doses import Kind, tell
from thecal_adapters.ports import Role
from thecal_adapters.programmer.accounts import Accounts, Person
from thecal_adapters.programmer.actions import Actions, Value
from thecal_adapters.programmer.course import Course
from thecal_adapters.programmer.forecast import Forecaster
from thecal_adapters.programmer.links import Ask, PumpLink
from thecal_adapters.programmer.sessions import Session, Sessions, Ticket, Void
from thecal_adapters.programmer.texts import LANGUAGES, Texts

ROLES = {Person.CLINICIAN: Role.CLINICIAN, Person.PATIENT: Role.PATIENT}


def make_environment() -> Environment:
    """The templates, every value in them escaped."""
    environment = Environment(
        loader=PackageLoader("thecal_adapters.programmer"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(tell=tell, Kind=Kind, LANGUAGES=LANGUAGES)
    return environment


@dataclass(frozen=True)
class Desk:
    """One pump, one page. ``status`` is what must be said of the library wherever it is used."""

    config: Config
    pump: str
    drugs: Sequence[str]
    status: str
    link: PumpLink
    find_course: Callable[[], Course]
    accounts: Accounts
    sessions: Sessions
    actions: Actions
    environment: Environment
    forecaster: Forecaster
    port: int


@dataclass(frozen=True)
class Visit:
    """One request, with who asks."""

    desk: Desk
    session: Session
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    texts: Texts

    @property
    def person(self) -> Person | None:
        """What the visitor is here."""
        account = self.session.account
        return None if account is None else account.person

    @property
    def name(self) -> str:
        """Who the visitor is."""
        return "" if self.session.account is None else self.session.account.name

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """A page."""
        shown = self.desk.environment.get_template(template).render(
            _=self.texts, visit=self, person=self.person, desk=self.desk, **values
        )
        return HTMLResponse(shown, status)

    def message(self, status: int, title: str, *lines: str, link: str = "/", label: str = "") -> Response:
        """A page that says one thing, and where to go on."""
        label = label or self.texts("Go to the start")
        return self.page("message.html", status, title=title, lines=lines, link=link, label=label)

    def go(self, path: str) -> Response:
        """Look at another page."""
        return RedirectResponse(path, 303)

    def issue(
        self, purpose: str, basis: str = "", screen: str = "", outcome: str = "", is_shared: bool = False
    ) -> Ticket:
        """A one-time id for a form of the page."""
        return self.session.issue(purpose, basis, screen, outcome, is_shared)

    def redeem(self, purpose: str) -> Ticket | Response:
        """The form's id, used up now; or a page that says why the form does nothing."""
        found = self.desk.sessions.redeem(self.session, self.form.get("ticket", ""), purpose)
        if isinstance(found, Ticket):
            return found
        self.note("form refused", {"purpose": purpose, "reason": found.value})
        return self._explain_void(found)

    def _explain_void(self, void: Void) -> Response:
        _ = self.texts
        if void is Void.USED:
            ticket = self.session.tickets[self.form["ticket"]]
            return self.message(
                409,
                _("This form was sent before"),
                _("It was carried out once, when it was first sent. It was not carried out again."),
                link=ticket.outcome or "/",
                label=_("See what became of it") if ticket.outcome else "",
            )
        return self.message(
            409,
            _("This form is out of date"),
            _("It was made before you signed in, before this program was started again, or too long ago."),
            _("Nothing was sent to the pump. Open the page anew, and look at what it shows now."),
        )

    def note(self, what: str, details: Mapping[str, Value]) -> None:
        """Put on record what the visitor did."""
        self.desk.actions.add(self.name, self.session.name, what, details)

    def make_ask(self, name: str, event: Event, basis: str, drug_lot: str = "", staged: bytes = b"") -> Ask:
        """An order in the visitor's name. A stop is never too late: it holds whatever has changed since its review."""
        person = self.person
        role = ROLES.get(person, Role.DEVICE) if person is not None else Role.DEVICE
        reviewed = "" if isinstance(event, StopAsked) else basis
        return Ask(name, event, self.name, role, self.session.name, reviewed, drug_lot, staged)

    def tell_path(self) -> str:
        """The path that was asked for, as part of an address."""
        return quote(self.path)
