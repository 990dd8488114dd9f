# SPDX-License-Identifier: Apache-2.0
"""A programmer page on a simulated pump that stands still until a test moves it, and hands that fill in its forms."""

import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from html import unescape
from pathlib import Path

import httpx

from thecal.prescription import Overrides, Prescription
from thecal.state import State
from thecal_adapters.library import load_config
from thecal_adapters.memory import MemoryStore
from thecal_adapters.ports import Role
from thecal_adapters.programmer.accounts import Accounts, Person, make_account
from thecal_adapters.programmer.actions import Actions
from thecal_adapters.programmer.app import make_app
from thecal_adapters.programmer.desk import Desk, make_environment
from thecal_adapters.programmer.forecast import Extreme, Forecast
from thecal_adapters.programmer.links import Answered, Ask, LinkLost, Reading, Unsettled
from thecal_adapters.programmer.sessions import Sessions
from thecal_adapters.programmer.simulated import Pending, SimulatedPump

with warnings.catch_warnings():  # of a client that is named as the next one to use, and is not pinned here yet
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", UserWarning)
    from starlette.testclient import TestClient

PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"
PASSWORD = "a password of the tests"
CONFIG = load_config("peristaltic-40", ["morphine"])
ENVIRONMENT = make_environment()
REFILL = {"aspirated": "0 mL", "filled": "18 mL", "strength-0": "10 mg/mL"}
PATH = {"lowest": "0.3 mL", "highest": "0.332 mL", "holds": "reservoir"}
PROGRAM = {
    "day": "2.4 mg/day",
    "bolus": "0.24 mg",
    "duration": "10 min",
    "lockout": "4 h",
    "count": "4",
    "cap-day-0": "3.5 mg/day",
    "cap-hour-0": "0.4 mg/h",
    "low": "2 mL",
    "is_increase": "yes",
    "reason": "First program",
}


@dataclass
class StillLink:
    """A link to a pump whose time passes only by ``pass_s``; it may be cut, and lose its next answers."""

    pump: SimulatedPump
    is_cut: bool = False
    losses: int = 0
    roles: tuple[Role, ...] = (Role.CLINICIAN, Role.PATIENT)
    asked: list[Ask] = field(default_factory=list)

    def read(self) -> Reading:
        if self.is_cut:
            raise LinkLost("the line is cut")
        return self.pump.read()

    def ask(self, ask: Ask) -> Answered:
        self.read()
        self.asked.append(ask)
        answered = self.pump.carry_out(Pending(ask))
        assert answered is not None
        if self.losses:
            self.losses -= 1
            raise Unsettled("the answer was lost")
        return answered

    def settle(self, ask: Ask) -> Answered | None:
        self.read()
        return self.pump.carry_out(Pending(ask, is_question=True))

    def close(self) -> None:
        pass

    def pass_s(self, seconds: int) -> None:
        left_ms = 1_000 * seconds
        while left_ms > 0:
            left_ms -= max(1, self.pump.turn(left_ms))
        self.pump.turn(0)


class Reckoned:
    """A forecast that is there at once, or only when it is told so."""

    def __init__(self) -> None:
        self.is_ready = True

    def begin(self, state: State, program: Prescription, overrides: Overrides) -> "Reckoned":
        self.day_fg = sum(program.slots_fg)
        return self

    def go_on(self, state: State) -> "Reckoned":
        return self.begin(state, state.program, state.overrides)

    def ready(self) -> bool:
        return self.is_ready

    def wait(self, timeout: float | None = None) -> None:
        pass

    def get(self) -> Forecast:
        extreme = Extreme("morphine", 86_400, False, False, self.day_fg, True, self.day_fg, True, 10 * self.day_fg)
        return Forecast((extreme,), (), 86_400, 172_800, True)

    def close(self) -> None:
        pass


@dataclass
class Hand:
    """Somebody at a browser."""

    client: httpx.Client
    base: str = BASE
    text: str = ""
    status: int = 0
    path: str = ""

    def look(self, path: str) -> str:
        """Open a page."""
        return self._take(self.client.get(path))

    def send(self, action: str = "", **values: str) -> str:
        """Send the form of the page that is open, with these entries and its hidden ones."""
        return self.post(*self.make(action, **values))

    def make(self, action: str = "", **values: str) -> tuple[str, dict[str, str]]:
        """Where the form of this page goes, and what goes with it."""
        for form in re.findall(r"<form[^>]*>.*?</form>", self.text, re.DOTALL):
            target = re.search(r'action="([^"]*)"', form)
            assert target is not None
            if target[1] != "/sign-out" and target[1].startswith(action):
                hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
                return target[1], {**dict(hidden), **values}
        raise AssertionError(f"no form for {action!r} on {self.path}")

    def post(self, path: str, values: dict[str, str], **headers: str) -> str:
        """Send a form as it is."""
        return self._take(self.client.post(path, data=values, headers={"origin": self.base, **headers}))

    def _take(self, response: httpx.Response) -> str:
        self.text, self.status, self.path = unescape(response.text), response.status_code, response.url.path
        return self.text

    def sign_in(self, name: str, password: str = PASSWORD) -> str:
        self.look("/sign-in")
        return self.send("/sign-in", name=name, password=password)

    def review(self, name: str, values: dict[str, str], again: dict[str, str] | None = None) -> str:
        """Make entries, twice where that is asked for; ends at the review."""
        self.look(f"/do/{name}")
        self.send("/do/", **values)
        if self.path.startswith("/again/"):
            self.send("/again/", **(values if again is None else again))
        return self.text

    def do(self, name: str, values: dict[str, str] | None = None, checked: bool = True) -> str:
        """The whole way, to the result; if ``checked``, the pump must read back what was reviewed."""
        self.review(name, values or {})
        assert self.path.startswith("/review/"), self.text
        self.send("/review/")
        assert not checked or "The pump holds another value" not in self.text, self.text
        return self.text


@dataclass
class Room:
    """A desk, and who comes to it."""

    desk: Desk
    link: StillLink
    reckoned: Reckoned
    clients: list[TestClient] = field(default_factory=list)

    def come(self, name: str = "", language: str = "en") -> Hand:
        """Somebody with a browser of their own, signed in if they have a name."""
        client = TestClient(
            make_app(self.desk), base_url=BASE, client=("127.0.0.1", 50_000), headers={"accept-language": language}
        )
        self.clients.append(client)
        hand = Hand(client)
        if name:
            hand.sign_in(name)
        return hand

    @property
    def state(self) -> State:
        return self.link.pump.read().state


@cache
def make_accounts() -> str:
    """A clinician, a patient and a reviewer, each with the password of the tests: stretching it takes its time."""
    rows = [asdict(make_account(each.value, each, PASSWORD, False)) | {"person": each.value} for each in Person]
    return json.dumps({"version": 1, "accounts": rows})


@contextmanager
def open_room(folder: Path, store: MemoryStore | None = None) -> Iterator[Room]:
    """A page with a clinician, a patient and a reviewer."""
    link = StillLink(SimulatedPump(CONFIG, store or MemoryStore(), 1_767_225_600_000, 1))
    (folder / "accounts.json").write_text(make_accounts(), encoding="utf-8")
    accounts = Accounts(folder / "accounts.json")
    reckoned = Reckoned()
    actions = Actions(folder / "actions.jsonl")
    desk = Desk(
        CONFIG, "peristaltic-40", ["morphine"], "example", link, lambda: link.pump.course, accounts, Sessions(600),
        actions, ENVIRONMENT, reckoned, PORT,
    )  # fmt: skip
    room = Room(desk, link, reckoned)
    try:
        yield room
    finally:
        actions.close()
        for client in room.clients:
            client.close()


def set_up(hand: Hand) -> None:
    """Three steps to a running therapy."""
    hand.do("refill", REFILL)
    hand.do("path", PATH)
    hand.do("program", PROGRAM)
