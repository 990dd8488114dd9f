# SPDX-License-Identifier: Apache-2.0
"""The pages and their addresses: who may see which, in one table."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from thecal_adapters.programmer import flow
from thecal_adapters.programmer.accounts import Person
from thecal_adapters.programmer.desk import Desk, Visit
from thecal_adapters.programmer.guard import Guard
from thecal_adapters.programmer.links import LinkLost
from thecal_adapters.programmer.pages import handset, people, record, signing, status
from thecal_adapters.programmer.pages.signing import find_cookie, find_home, set_cookie
from thecal_adapters.programmer.sessions import Session
from thecal_adapters.programmer.texts import Texts, choose_language
from thecal_adapters.programmer.workflows import WORKFLOWS

Handler = Callable[[Visit], Response]
ALL = tuple(Person)
CLINICIAN = (Person.CLINICIAN,)
READERS = (Person.CLINICIAN, Person.REVIEWER)
STATIC = {"style.css": "text/css", "icon.svg": "image/svg+xml"}


@dataclass(frozen=True)
class Address:
    """One address: who may come, and what answers. Empty: also who has not signed in."""

    path: str
    method: str
    people: tuple[Person, ...]
    handler: Handler


def show_workflow(visit: Visit) -> Response:
    """A workflow's form."""
    workflow = WORKFLOWS.get(visit.params["name"])
    return show_nothing(visit) if workflow is None else flow.show_form(visit, workflow)


def take_workflow(visit: Visit) -> Response:
    """A workflow's entries."""
    workflow = WORKFLOWS.get(visit.params["name"])
    return show_nothing(visit) if workflow is None else flow.take_form(visit, workflow)


def show_nothing(visit: Visit) -> Response:
    """An address that is none."""
    return visit.message(404, visit.texts("There is no such page"))


def go_home(visit: Visit) -> Response:
    """To where a person begins."""
    return visit.go("/sign-in" if visit.person is None else find_home(visit))


ADDRESSES = (
    Address("/", "GET", (), go_home),
    Address("/sign-in", "GET", (), signing.show_sign_in),
    Address("/sign-in", "POST", (), signing.sign_in),
    Address("/sign-out", "POST", ALL, signing.sign_out),
    Address("/language", "GET", (), signing.change_language),
    Address("/password", "GET", ALL, signing.show_password),
    Address("/password", "POST", ALL, signing.change_password),
    Address("/status", "GET", READERS, status.show_status),
    Address("/chart/{theme}.svg", "GET", READERS, status.show_chart),
    Address("/record", "GET", READERS, record.show_record),
    Address("/people", "GET", CLINICIAN, people.show_people),
    Address("/people", "POST", CLINICIAN, people.add_person),
    Address("/people/remove/{name}", "GET", CLINICIAN, people.show_removal),
    Address("/people/remove/{name}", "POST", CLINICIAN, people.remove_person),
    Address("/do/{name}", "GET", CLINICIAN, show_workflow),
    Address("/do/{name}", "POST", CLINICIAN, take_workflow),
    Address("/again/{draft}", "GET", CLINICIAN, flow.show_again),
    Address("/again/{draft}", "POST", CLINICIAN, flow.take_again),
    Address("/review/{draft}", "GET", CLINICIAN, flow.show_review),
    Address("/review/{draft}", "POST", CLINICIAN, flow.confirm),
    Address("/result/{draft}", "GET", CLINICIAN, flow.show_result),
    Address("/settle/{draft}", "POST", CLINICIAN, flow.settle),
    Address("/abandon/{draft}", "POST", CLINICIAN, flow.abandon),
    Address("/handset", "GET", (Person.PATIENT,), handset.show_handset),
    Address("/handset", "POST", (Person.PATIENT,), handset.press),
    Address("/{rest:path}", "GET", (), show_nothing),
)


def make_app(desk: Desk) -> Starlette:
    """The application."""
    routes = [Route("/static/{name}", serve_static, methods=["GET"])]
    routes += [Route(each.path, make_endpoint(desk, each), methods=[each.method]) for each in ADDRESSES]
    return Starlette(routes=routes, middleware=[Middleware(Guard, port=desk.port)])


def serve_static(request: Request) -> Response:
    """A file of the page itself."""
    name = request.path_params["name"]
    if name not in STATIC:
        return Response(status_code=404)
    content = (files("thecal_adapters") / "programmer" / "static" / name).read_bytes()
    return Response(content, media_type=STATIC[name])


def make_endpoint(desk: Desk, address: Address) -> Callable[[Request], Awaitable[Response]]:
    """What answers at an address."""

    async def endpoint(request: Request) -> Response:
        form = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
        return await run_in_threadpool(answer, desk, address, request, form)

    return endpoint


def answer(desk: Desk, address: Address, request: Request, form: Mapping[str, str]) -> Response:
    """Let a visitor in, or say why not."""
    session = desk.sessions.find(request.cookies.get(find_cookie(desk.port), ""))
    is_new = session is None
    if session is None:
        session = desk.sessions.begin(None)
    note_end(desk, session)
    language = session.language or choose_language(request.headers.get("accept-language", ""))
    visit = Visit(
        desk, session, request.url.path, request.path_params, dict(request.query_params), form, Texts(language)
    )
    response = admit(visit, address)
    return set_cookie(response, desk.port, session.id) if is_new else response


def note_end(desk: Desk, session: Session) -> None:
    """Put on record, once, that the clock has signed somebody out."""
    ended, session.ended = session.ended, None
    if ended is not None:
        desk.actions.add(ended.who, session.name, "signed out", {"because": ended.limit.value})


def admit(visit: Visit, address: Address) -> Response:
    """Ask for a role, and for a password of one's own, before anything else."""
    account, _ = visit.session.account, visit.texts
    if address.people and account is None:
        return visit.go("/sign-in") if address.method == "GET" else explain_signed_out(visit)
    if address.people and visit.person not in address.people:
        visit.note("refused", {"path": visit.path})
        return visit.message(403, _("This is not for your role"), _("Nothing was done. Sign in as somebody else."))
    is_early = account is not None and account.is_one_time
    if is_early and address.people and address.path not in ("/password", "/sign-out"):
        return visit.go("/password")
    try:
        return address.handler(visit)
    except LinkLost as lost:
        return explain_link(visit, str(lost))


def explain_signed_out(visit: Visit) -> Response:
    """A form of somebody who is not signed in any more."""
    _ = visit.texts
    return visit.message(
        401,
        _("You are not signed in any more"),
        _("Nothing was done for a while, or this program was started again. This form was not sent to the pump."),
        _("Sign in, and make the entries on the pump as it is now."),
        link="/sign-in",
        label=_("Sign in"),
    )


def explain_link(visit: Visit, words: str) -> Response:
    """No pump: nothing is claimed about what it delivers."""
    _ = visit.texts
    visit.note("link lost", {"words": words})
    return visit.message(
        503,
        _("The pump does not answer"),
        _("What it delivers now is not known here. It needs no programmer to go on with the confirmed therapy."),
        _("Nothing was sent by this page. Check line and power, then read the pump again."),
        words,
        link=visit.path if visit.path in ("/status", "/handset") else "/",
        label=_("Read the pump again"),
    )
