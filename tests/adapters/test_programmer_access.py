# SPDX-License-Identifier: Apache-2.0
"""Every page, in both languages, for whoever sees, hears, moves or reads otherwise: WCAG 2.2 AA as far as axe can ask.

Desk and phone, light and dark, 200 % zoom, forced colours, reduced motion; and one workflow by the keyboard alone.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize
from tests.adapters.desks import PASSWORD, PATH, PROGRAM, REFILL
from tests.adapters.seats import DESK, PHONE, Seat, Server, open_browser, press, sit, start

from thecal_adapters.programmer.accounts import Person
from thecal_adapters.programmer.app import ADDRESSES
from thecal_adapters.programmer.texts import LANGUAGES
from thecal_adapters.programmer.workflows import WORKFLOWS

FORMS = [f"/do/{name}" for name in WORKFLOWS]
PAGES = ["/status", "/record", "/people", "/people/remove/ada", "/password", "/no-such-page", *FORMS]
WITHIN_A_WORKFLOW = {"/again/{draft}", "/review/{draft}", "/result/{draft}"}
WITHOUT_A_SIGN_IN = {"/sign-in"}
OF_A_PATIENT = {"/handset"}
NO_PAGE = {"/", "/language", "/chart/{theme}.svg"}
TABS_MAX = 120
MOVING = """
[...document.querySelectorAll('*')].filter(each => {
  const style = getComputedStyle(each);
  return style.transitionDuration !== '0s' || style.animationName !== 'none';
}).map(each => each.outerHTML.slice(0, 80))
"""
IS_FOCUS_SEEN = """
(() => {
  const each = document.activeElement, box = each.getBoundingClientRect(), style = getComputedStyle(each);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    && box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
})()
"""


@pytest.fixture(scope="module")
def browser(require_tool: Callable[[str, str], str]) -> Iterator[Browser]:
    with open_browser(require_tool("chromium", "apt-get install chromium")) as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    """A page whose pump runs a program, with a patient who has a password of her own."""
    server, password = start(tmp_path_factory.mktemp("access")), ""
    for seat in sit(browser.new_context(locale="en-GB"), server.base):
        seat.sign_in("clinician", server.password)
        seat.do("refill", REFILL)
        seat.do("path", PATH)
        seat.do("program", PROGRAM)
        seat.look("/people")
        seat.fill({"name": "ada"})
        seat.page.locator("#role-patient").check()
        seat.go()
        password = seat.page.inner_text(".secret")
    for seat in sit(browser.new_context(locale="en-GB"), server.base):
        seat.sign_in("ada", password)
    yield server
    assert "Traceback" not in server.stop()


def sign_in(browser: Browser, server: Server, language: str, name: str) -> Iterator[Seat]:
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale=language)
    for seat in sit(context, server.base):
        seat.look("/")
        if name:
            seat.fill({"name": name, "password": PASSWORD})
            seat.go()
        yield seat


def look_closely(seat: Seat, language: str, path: str) -> None:
    """One page in each of the ways in which it may be looked at."""
    page = seat.page
    name = f"{path} in {language}"
    if page.locator("html").get_attribute("lang") != language:
        seat.errors.append(f"{name} is in another language")
    sizes = {"desk": DESK, "200 %": (DESK[0] // 2, DESK[1] // 2), "phone": PHONE, "reflow": (320, 640)}
    themes = {"desk": "light", "200 %": "dark", "phone": "dark", "reflow": "light"}
    for way, (width, height) in sizes.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if themes[way] == "dark" else "light")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            seat.errors.append(f"{name} is too wide for {way}")
        if way in ("desk", "phone"):
            seat.ask_axe(f"{name}, {way}, {themes[way]}")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.emulate_media(color_scheme="light", forced_colors="active", reduced_motion="reduce")
    seat.ask_axe(f"{name}, forced colours")
    if moving := page.evaluate(MOVING):
        seat.errors.append(f"{name} moves though motion is to be reduced: {moving}")
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")


def test_no_page_is_left_out() -> None:
    shown = {each.path for each in ADDRESSES if each.method == "GET"}
    told = {"/do/{name}", "/people/remove/{name}", "/{rest:path}", "/status", "/record", "/people", "/password"}
    assert shown == told | WITHIN_A_WORKFLOW | WITHOUT_A_SIGN_IN | OF_A_PATIENT | NO_PAGE
    assert {person for each in ADDRESSES for person in each.people} == set(Person)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_page_of_a_clinician_can_be_read_by_all(language: str, browser: Browser, server: Server) -> None:
    for seat in sign_in(browser, server, language, "clinician"):
        for path in PAGES:
            seat.is_expecting = path == "/no-such-page"
            seat.look(path)
            look_closely(seat, language, path)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_page_of_a_workflow_can_be_read_by_all(language: str, browser: Browser, server: Server) -> None:
    for seat in sign_in(browser, server, language, "clinician"):
        seat.look("/do/program")
        seat.fill({"day": "2.40 mg/day"})
        seat.go()
        look_closely(seat, language, "a slip in /do/program")
        seat.fill({**PROGRAM, "low": "3 mL" if language == "en" else "4 mL"})
        seat.go()
        look_closely(seat, language, "/again")
        seat.fill(PROGRAM)
        seat.go()
        seat.wait_for_the_worst_case()
        look_closely(seat, language, "/review")
        seat.go()
        assert "31 PRESCRIPTION_CONFIRMED" in seat.page.inner_text("main")
        look_closely(seat, language, "/result")


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_page_of_a_patient_can_be_read_by_all(language: str, browser: Browser, server: Server) -> None:
    for seat in sign_in(browser, server, language, ""):
        look_closely(seat, language, "/sign-in")
    for seat in sign_in(browser, server, language, "ada"):
        look_closely(seat, language, "/handset")
        press(seat.page, "button.press")
        look_closely(seat, language, "the answer to a patient")


class Keys:
    """Somebody without a mouse."""

    def __init__(self, seat: Seat) -> None:
        self.page = seat.page

    def reach(self, selector: str) -> None:
        """Press Tab until something has the focus; wherever it is on the way, it is seen."""
        for _ in range(TABS_MAX):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(IS_FOCUS_SEEN), self.page.evaluate("document.activeElement.outerHTML")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached by the keyboard on {self.page.url}")

    def write(self, values: dict[str, str]) -> None:
        """Write what this page has of these entries, in the order in which they stand there."""
        for name, value in values.items():
            control = self.page.locator(f"[name='{name}']")
            if control.count():
                self.reach(f"[name='{name}']")
                self.page.keyboard.type(value)

    def press(self, selector: str) -> None:
        """Reach a button or a link, and press it."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def test_a_reservoir_is_filled_by_the_keyboard_alone(browser: Browser, server: Server) -> None:
    desk = ViewportSize(width=DESK[0], height=DESK[1])
    context = browser.new_context(viewport=desk, locale="en-GB", reduced_motion="reduce")  # nothing glides into sight
    for seat in sit(context, server.base):
        keys = Keys(seat)
        seat.look("/sign-in")
        keys.write({"name": "clinician", "password": PASSWORD})
        keys.press("main .primary")
        keys.press("a[href='/do/refill']")
        for _ in range(2):  # the second time without sight of the first
            keys.write({"aspirated": "18 mL", "filled": "17 mL", "strength-0": "10 mg/mL"})
            keys.press("main .primary")
        assert "/review/" in seat.page.url, seat.page.inner_text("main")
        keys.press("main .primary")
        assert "70 REFILL_BOOKED" in seat.page.inner_text("main")
