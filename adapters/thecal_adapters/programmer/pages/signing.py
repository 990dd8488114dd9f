# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, a password of one's own, and the language."""

from starlette.responses import Response

from thecal_adapters.programmer.accounts import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, Person
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.forms import Slip
from thecal_adapters.programmer.sessions import LEAVE, Ticket
from thecal_adapters.programmer.texts import LANGUAGES


def find_cookie(port: int) -> str:
    """The cookie's name: browsers do not tell ports apart, so the name does."""
    return f"thecal-{port}"


def set_cookie(response: Response, port: int, name: str) -> Response:
    """Give a browser its session: not for scripts, and not for requests that another site begins."""
    response.set_cookie(find_cookie(port), name, httponly=True, samesite="strict", path="/")
    return response


def find_home(visit: Visit) -> str:
    """Where a person begins."""
    return "/handset" if visit.person is Person.PATIENT else "/status"


def show_sign_in(visit: Visit, slips: list[Slip] | None = None, name: str = "") -> Response:
    """The form to sign in with."""
    if visit.person is not None:
        return visit.go(find_home(visit))
    notice, visit.session.notice = visit.session.notice, ""
    return visit.page("signin.html", slips=slips or [], name=name, notice=notice, ticket=visit.issue("sign in"))


def sign_in(visit: Visit) -> Response:
    """Sign in: a new session under a new id."""
    ticket = visit.redeem("sign in")
    if not isinstance(ticket, Ticket):
        return ticket
    _, sessions, name = visit.texts, visit.desk.sessions, visit.form.get("name", "").strip()
    wait_s = sessions.compute_wait_s(name)
    if wait_s:
        return show_sign_in(visit, [Slip("name", _("Too many wrong passwords. Wait {wait} s.", wait=wait_s))], name)
    account = visit.desk.accounts.check(name, visit.form.get("password", ""))
    sessions.note_try(name, account is not None)
    if account is None:
        visit.note("sign-in refused", {"name": name[:PASSWORD_LENGTH_MAX]})
        return show_sign_in(visit, [Slip("password", _("Name and password do not belong together."))], name)
    sessions.end(visit.session)
    session = sessions.begin(account, visit.session.language)
    visit.desk.actions.add(account.name, session.name, "signed in", {"role": account.person.value})
    return set_cookie(visit.go("/"), visit.desk.port, session.id)


def sign_out(visit: Visit) -> Response:
    """Sign out: this session, its forms and its drafts are over."""
    ticket = visit.redeem(LEAVE)
    if not isinstance(ticket, Ticket):
        return ticket
    visit.note("signed out", {})
    visit.desk.sessions.end(visit.session)
    return visit.go("/")


def show_password(visit: Visit, slips: list[Slip] | None = None) -> Response:
    """The form for a password of one's own."""
    return visit.page(
        "password.html",
        slips=slips or [],
        least=PASSWORD_LENGTH_MIN,
        ticket=visit.issue("password"),
    )


def change_password(visit: Visit) -> Response:
    """Take a new password."""
    ticket = visit.redeem("password")
    account = visit.session.account
    if not isinstance(ticket, Ticket) or account is None:
        return ticket if isinstance(ticket, Response) else visit.go("/")
    _, password, again = visit.texts, visit.form.get("password", ""), visit.form.get("again", "")
    slips = []
    if visit.desk.accounts.check(account.name, visit.form.get("old", "")) is None:
        slips.append(Slip("old", _("This is not the password that you signed in with.")))
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        slips.append(Slip("password", _("At least {least} characters are expected.", least=PASSWORD_LENGTH_MIN)))
    elif password == visit.form.get("old", "") or account.name in password:
        slips.append(Slip("password", _("Another password is expected, and one without your name in it.")))
    elif password != again:
        slips.append(Slip("again", _("The second entry was another password.")))
    if slips:
        return show_password(visit, slips)
    visit.session.account = visit.desk.accounts.change(account.name, password)
    visit.note("password changed", {})
    return visit.go("/")


def change_language(visit: Visit) -> Response:
    """Show the pages in another language; what is being entered elsewhere stays as it is."""
    language = visit.query.get("to", "")
    if language in LANGUAGES:
        visit.session.language = language
    back = visit.query.get("back", "/")
    is_local = back.startswith("/") and not back.startswith(("//", "/\\"))
    return visit.go(back if is_local else "/")
