# SPDX-License-Identifier: Apache-2.0
"""The real page in a real browser: the server as a process, its simulated pump, and Chromium, on this machine alone.

No request leaves the loopback, no error stands on the console, and axe finds nothing on any page in either theme.
Pictures of all pages are left in build/screenshots.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route
from tests.adapters.desks import PASSWORD, PATH, PROGRAM, REFILL
from tests.adapters.seats import DESK, PHONE, PICTURES, TIMEOUT_MS, Seat, Server, open_browser, press, sit, start


@pytest.fixture(scope="module")
def browser(require_tool: Callable[[str, str], str]) -> Iterator[Browser]:
    with open_browser(require_tool("chromium", "apt-get install chromium")) as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    server = start(tmp_path_factory.mktemp("programmer"), "--speed", "600")
    yield server
    assert "Traceback" not in server.stop()


@pytest.fixture
def seat(browser: Browser, server: Server) -> Iterator[Seat]:
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="en-GB")
    yield from sit(context, server.base)


def test_a_newcomer_comes_to_a_running_charted_therapy(seat: Seat, server: Server) -> None:
    page = seat.page
    seat.look("/")
    seat.picture("sign-in")
    seat.sign_in("clinician", server.password)
    seat.picture("status-new")
    seat.look("/do/refill")
    seat.fill({**REFILL, "strength-0": "10 mg/ml"})
    seat.go()
    assert page.locator("[role=alert] a").inner_text().startswith("This way to write the unit")
    page.locator("[role=alert] a").click()
    assert page.evaluate("document.activeElement.id") == "strength-0"
    seat.picture("refill-error")
    seat.fill(REFILL)
    seat.go()
    seat.picture("refill-again")
    seat.fill(REFILL)
    seat.go()
    seat.picture("refill-review")
    seat.go()
    seat.do("path", PATH)
    seat.look("/do/program")
    seat.picture("program-form")
    seat.review("program", PROGRAM)
    seat.picture("program-review")
    seat.go()
    seat.picture("program-result")
    for _ in range(120):  # until a whole half hour has passed in the pump
        page.wait_for_timeout(500)
        seat.look("/status")
        if page.locator("table.numbers td:nth-child(4)", has_text=re.compile("^50 mcg$")).count():
            break
    assert page.locator("h1").inner_text() == "Delivering the program"
    page.locator("summary").click()
    assert "50 mcg" in page.locator("table.numbers td:nth-child(4)").all_inner_texts()
    assert page.locator("picture img").evaluate("image => image.naturalWidth > 0")
    seat.picture("status-running")


def test_back_and_two_tabs_give_one_bolus(browser: Browser, server: Server, seat: Seat) -> None:
    page = seat.page
    seat.look("/")
    seat.fill({"name": "clinician", "password": PASSWORD})
    seat.go()
    bolus = {"mass": "0.1 mg", "duration": "10 min"}
    seat.review("bolus", bolus)
    second = page.context.new_page()
    second.goto(page.url)
    seat.go()
    assert "10 BOLUS_GRANTED" in page.inner_text("main")
    press(second, "main .primary")
    assert "This form was sent before" in second.inner_text("main")
    page.go_back()
    assert "/result/" in page.url or page.locator("main .primary").count() == 1
    if "/review/" in page.url:
        seat.is_expecting = True  # the browser kept the page as it was; its form does nothing any more
        seat.go()
        assert "This form was sent before" in page.inner_text("main")
    seat.look("/record")
    asked = page.locator("td.details").filter(has_text="ClinicianBolusAsked").count()
    assert asked == 1
    seat.picture("record")


def test_a_value_that_is_altered_behind_the_screen_is_found_by_the_second_entry_or_stands_on_the_review(
    seat: Seat, server: Server
) -> None:
    def alter(route: Route) -> None:
        route.continue_(post_data=(route.request.post_data or "").replace("10+mg%2FmL", "1+mg%2FmL"))

    seat.look("/")
    seat.fill({"name": "clinician", "password": PASSWORD})
    seat.go()
    seat.look("/do/refill")
    seat.fill(REFILL)
    seat.page.route("**/do/refill", alter)
    seat.go()
    seat.fill(REFILL)
    seat.go()
    assert "Concentration of morphine: the second entry was another value. Neither is used" in seat.page.inner_text(
        "main"
    )
    seat.page.route("**/again/*", alter)
    seat.review("refill", REFILL)
    fluid = seat.page.locator("tr", has_text="Fluid in it").locator("td").nth(1).inner_text()
    assert re.match(r"morphine 1[. ]", fluid), fluid  # what the pump would hold, not what was typed


def test_alarms_stand_on_top_and_a_patient_is_told_why_not(browser: Browser, server: Server, seat: Seat) -> None:
    seat.look("/")
    seat.fill({"name": "clinician", "password": PASSWORD})
    seat.go()
    seat.look("/people")
    seat.fill({"name": "ada"})
    seat.page.locator("#role-patient").check()
    seat.go()
    seat.picture("people")
    password = seat.page.inner_text(".secret")
    seat.look("/people/remove/ada")
    seat.picture("person-removed")
    seat.do("stop", {})
    seat.picture("stop-result")
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="de-DE")
    for patient in sit(context, server.base):
        patient.sign_in("ada", password)
        assert patient.page.locator("html").get_attribute("lang") == "de"
        press(patient.page, "button.press")
        assert "Rufen Sie Ihre Klinik an" in patient.page.inner_text("main")
        patient.picture("handset")
    seat.do("resume", {})


def test_a_day_of_twenty_steps_is_entered_by_keyboard_alone_and_read_back_into_the_form(
    browser: Browser, server: Server, seat: Seat
) -> None:
    page = seat.page
    seat.look("/")
    seat.fill({"name": "clinician", "password": PASSWORD})
    seat.go()
    starts = [f"{place:02}:00" for place in range(20)]
    steps = {f"from-{place}": start for place, start in enumerate(starts, start=1)}
    steps |= {f"dose-{place}": f"{90 + place % 2 * 20} mcg/h" for place in range(1, 20)}
    steps["dose-20"] = "0.49 mg"  # until midnight: 5 h
    seat.look("/do/program")
    assert not page.locator("#from-5").is_visible()
    seat.type({**PROGRAM, **steps}, folds=("Steps 5 to 12", "Steps 13 to 24"))
    again = {name: PROGRAM[name] for name in ("day", "bolus", "lockout", "count", "cap-day-0", "cap-hour-0")}
    seat.type({**again, **steps}, folds=("Steps 5 to 12", "Steps 13 to 24"))
    seat.wait_for_the_worst_case()
    seat.picture("program-review-steps")
    seat.tab_to("main .primary")
    assert "31 PRESCRIPTION_CONFIRMED" in page.inner_text("main")
    seat.look("/do/program")
    assert page.locator("#from-20").input_value() == "19:00"
    assert page.locator("#dose-20").input_value() == "98 mcg/h"
    assert not page.locator("#from-25").is_visible()
    seat.picture("program-form-steps")


def test_the_pump_is_stopped_and_resumed_by_keyboard_alone(seat: Seat, server: Server) -> None:
    seat.look("/")
    seat.type({"name": "clinician", "password": PASSWORD})
    for name, answer in (("stop", "STOPPED"), ("resume", "RESUMED")):
        seat.tab_to(f'a[href="/do/{name}"]')
        seat.tab_to("main .primary")
        seat.tab_to("main .primary")
        assert answer in seat.page.inner_text("main .code")
        seat.tab_to("main .primary")


def test_the_page_serves_keyboards_zoom_and_forced_colours(browser: Browser, server: Server, seat: Seat) -> None:
    page = seat.page
    seat.look("/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seat.fill({"name": "clinician", "password": PASSWORD})
    with page.expect_navigation(timeout=TIMEOUT_MS):
        page.keyboard.press("Enter")
    assert page.url.endswith("/status")
    small = page.eval_on_selector_all(
        "a.button, button, nav a, .tiles a, .languages a, summary, input:not([type=hidden])",
        "all => all.filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)",
    )
    assert small == []
    page.set_viewport_size({"width": DESK[0] // 2, "height": DESK[1] // 2})  # what 200 % zoom leaves
    assert page.evaluate("document.documentElement.scrollWidth") <= DESK[0] // 2
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.screenshot(path=PICTURES / "status-forced-colours.png", full_page=True)


def test_a_restart_keeps_the_therapy_and_says_so(tmp_path: Path, browser: Browser) -> None:
    server = start(tmp_path)
    context = browser.new_context()
    for seat in sit(context, server.base):
        seat.sign_in("clinician", server.password)
        seat.do("refill", REFILL)
    assert "Ended." in server.stop()
    again = start(tmp_path)
    assert again.password == ""
    for seat in sit(browser.new_context(locale="en-GB"), again.base):
        seat.look("/")
        seat.fill({"name": "clinician", "password": PASSWORD})
        seat.go()
        assert "The pump was restarted" in seat.page.inner_text("main")
        assert "18 mL" in seat.page.inner_text("main")
        seat.picture("status-restarted")
    assert "Traceback" not in again.stop()
