# SPDX-License-Identifier: Apache-2.0
"""A programmer page as a process, and somebody at a real browser before it, whose console and requests are watched."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from tests.adapters.desks import PASSWORD

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "screenshots"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TIMEOUT_MS = 180_000  # a busy machine is not a bug
LEAVE = "Leave it"  # what stands after the last field of every form
DESK, PHONE = (1_280, 900), (390, 844)
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@dataclass
class Server:
    """The page's process. ``password``: the one-time one that it printed."""

    process: subprocess.Popen[str]
    base: str
    password: str

    def stop(self) -> str:
        self.process.terminate()
        told, _ = self.process.communicate(timeout=TIMEOUT_MS / 1_000)
        return told


def start(folder: Path, *options: str, module: str = "thecal_adapters") -> Server:
    """Start the command, and read where it is."""
    command = [sys.executable, "-u", "-m", module, "programmer", "--listen", "0", "--folder", str(folder), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if line.startswith("End it"):
            break
    base = re.search(r"http://127\.0\.0\.1:\d+", told)
    password = re.search(r"one-time password (\S+);", told)
    assert base is not None, told
    return Server(process, base[0], password[1] if password else "")


@dataclass
class Seat:
    """Somebody at the browser, whose console and requests are watched."""

    page: Page
    base: str
    is_expecting: bool = False
    errors: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.set_default_timeout(TIMEOUT_MS)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not self.is_expecting:
            self.errors.append(message.text)

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.errors.append(f"a request to {request.url}")

    def look(self, path: str) -> None:
        self.page.goto(self.base + path)

    def fill(self, values: dict[str, str]) -> None:
        """Fill what this page has of these entries."""
        for name, value in values.items():
            control = self.page.locator(f"[name='{name}']")
            if control.count() == 0:
                continue
            if value == "yes" or name == "holds":
                self.page.locator(f"[name='{name}'][value='{value}']").check()
            else:
                control.fill(value)

    def type(self, values: dict[str, str], *, folds: tuple[str, ...] = ()) -> None:
        """Fill the form by the keyboard alone, from its top on: Tab, what is typed, Space for a box; Enter sends it."""
        left, keyboard = set(values), self.page.keyboard
        self.page.locator("h1").click()  # the keyboard begins here
        while left:
            keyboard.press("Tab")
            name, text = self.page.evaluate("[document.activeElement.name || '', document.activeElement.innerText]")
            assert text != LEAVE, f"no way to {left}"
            if text in folds:
                keyboard.press("Enter")
            if name in left and values[name] == "yes":
                keyboard.press("Space")
            elif name in left:
                keyboard.press("Control+A")
                keyboard.type(values[name])
            left.discard(name)
        with self.page.expect_navigation(timeout=TIMEOUT_MS):
            keyboard.press("Enter")

    def tab_to(self, target: str) -> None:
        """Go to a link or a button by Tab alone, and press Enter."""
        for _ in range(100):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("target => document.activeElement.matches(target)", target):
                with self.page.expect_navigation(timeout=TIMEOUT_MS):
                    self.page.keyboard.press("Enter")
                return
        raise AssertionError(f"no way to {target}")

    def go(self) -> None:
        """Press the page's main button, and wait for what it leads to."""
        press(self.page, "main .primary")

    def do(self, name: str, values: dict[str, str]) -> None:
        """The whole way of a workflow, to its result."""
        self.review(name, values)
        self.go()
        assert "/result/" in self.page.url, self.page.inner_text("main")

    def review(self, name: str, values: dict[str, str]) -> None:
        self.look(f"/do/{name}")
        for _ in range(2):
            if "/review/" not in self.page.url:
                self.fill(values)
                self.go()
        self.wait_for_the_worst_case()

    def wait_for_the_worst_case(self) -> None:
        """Look at a review until it can be confirmed."""
        for _ in range(120):
            is_reckoned = self.page.get_by_text("The worst case is being reckoned").count() == 0
            if is_reckoned or self.page.locator("main form .primary").count():
                return
            self.page.wait_for_timeout(500)
            self.page.reload()

    def sign_in(self, name: str, password: str) -> None:
        """Sign in for the first time, and take a password of one's own."""
        self.look("/")
        self.fill({"name": name, "password": password})
        self.go()
        self.fill({"old": password, "password": PASSWORD, "again": PASSWORD})
        self.go()

    def wait_for_images(self) -> None:
        """Wait until every image of the page is there; a chart as wide as the screen."""
        self.page.wait_for_load_state("load")
        sources: list[str] = []
        for _ in range(240):
            self.page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
            sources = self.page.evaluate("[...document.images].map(image => image.currentSrc)")
            is_narrow = self.page.evaluate("innerWidth") == PHONE[0]
            if all(("narrow" in source) == is_narrow for source in sources):
                return
            self.page.wait_for_timeout(500)
        self.errors.append(f"no chart for this screen: {sources}")

    def ask_axe(self, name: str) -> None:
        """Ask axe of the page as it is."""
        found = Axe().run(self.page, options=RULES)
        if found.violations_count:
            self.errors.append(f"{name}: {found.generate_report()}")

    def picture(self, name: str) -> None:
        """Ask axe of both themes; keep a light picture for desks and a dark one for phones."""
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme="light" if theme == "light" else "dark")
            self.wait_for_images()
            self.ask_axe(f"{name}, {theme}")
            if theme == "light":
                self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        self.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        self.wait_for_images()
        if self.page.evaluate("document.documentElement.scrollWidth") > PHONE[0]:
            self.errors.append(f"{name} is too wide for a phone")
        self.page.screenshot(path=PICTURES / f"{name}-phone-dark.png", full_page=True)
        self.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        self.page.emulate_media(color_scheme="light")


def press(page: Page, button: str) -> None:
    """Press a button that leads to another page."""
    with page.expect_navigation(timeout=TIMEOUT_MS):
        page.locator(button).first.click()


@contextmanager
def open_browser(path: str) -> Iterator[Browser]:
    """Debian's own browser, without a window."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


def sit(context: BrowserContext, base: str) -> Iterator[Seat]:
    seat = Seat(context.new_page(), base)
    seat.watch()
    yield seat
    context.close()
    assert not seat.errors, "\n".join(seat.errors)
