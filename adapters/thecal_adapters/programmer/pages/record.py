# SPDX-License-Identifier: Apache-2.0
"""What people did here: the last actions, the newest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from starlette.responses import Response as Page

from thecal.outcome import Response
from thecal_adapters.programmer.actions import Action
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.pages.status import tell_time
from thecal_adapters.programmer.texts import Texts, mark

SHOWN = 50
WHATS = {
    "answered": mark("answered"),
    "asked": mark("asked"),
    "form refused": mark("form refused"),
    "link lost": mark("pump not reached"),
    "password changed": mark("password changed"),
    "person added": mark("person added"),
    "person removed": mark("person removed"),
    "refused": mark("page refused"),
    "second entry differs": mark("second entry differs"),
    "settled": mark("asked what became of it"),
    "shown": mark("shown"),
    "sign-in refused": mark("sign-in refused"),
    "signed in": mark("signed in"),
    "signed out": mark("signed out"),
    "stored otherwise": mark("stored otherwise"),
}
# What an action is known by elsewhere: in the pump's journal, and among the screens.
NAMES = ("id", "screen")
UNTOLD = (*NAMES, "content", "values")


@dataclass(frozen=True)
class Row:
    """An action as it is shown: ``words`` tell it, ``names`` find it elsewhere."""

    number: int
    time: str
    who: str
    what: str
    words: str
    names: str


def make_row(action: Action, texts: Texts) -> Row:
    """An action in words."""
    details = action.details
    names = " ".join(str(details[name]) for name in NAMES if name in details)
    what = texts(WHATS.get(action.what, action.what))
    return Row(action.number, tell_time(action.utc_ms), action.who, what, "; ".join(list_words(details, texts)), names)


def list_words(details: Mapping[str, object], texts: Texts) -> Iterator[str]:
    """What is told of an action: an answer of the kernel in words, everything else as it stands."""
    for key, value in details.items():
        if key == "answer" and value in Response.__members__:
            yield texts.response(Response[str(value)])
        elif key not in UNTOLD and value:
            yield ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def show_record(visit: Visit) -> Page:
    """The page."""
    recent = list(visit.desk.actions.recent)[-SHOWN:]
    return visit.page("record.html", rows=[make_row(action, visit.texts) for action in reversed(recent)])
