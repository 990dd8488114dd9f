# SPDX-License-Identifier: Apache-2.0
"""The day program at the page: whatever the kernel can hold can be typed, and is read back into the form as it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.desks import PATH, PROGRAM, REFILL, Hand, Room, open_room

from thecal.units import MASS_FG_MAX, SLOT_COUNT, Slots
from thecal_adapters.doses import Kind, tell
from thecal_adapters.programmer.forms import Form
from thecal_adapters.programmer.settings import tell_clock
from thecal_adapters.programmer.texts import Texts
from thecal_adapters.programmer.workflows.day import list_day_fields, read_slots, tell_day

TEXTS = Texts("en")
FIELDS = list(list_day_fields(TEXTS))
MCG_FG = 1_000_000_000
# Each half hour another dose than the one before: as many steps as there can be.
FULL: Slots = tuple((40 + place % 2 * 20) * MCG_FG for place in range(SLOT_COUNT))


def read_back(slots_fg: Slots) -> Slots:
    form = Form(FIELDS, tell_day(slots_fg), TEXTS)
    found = read_slots(form)
    assert form.slips == []
    return found


def find_values(text: str) -> dict[str, str]:
    """What stands in the text fields of a form."""
    return dict(re.findall(r'<input type="text" id="[^"]*" name="([^"]*)" value="([^"]*)"', text))


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.lists(st.integers(0, 2_000_000_000_000), min_size=1, max_size=48),
    st.lists(st.integers(0, 2), min_size=48, max_size=48),
)
def test_any_day_reads_back_as_it_is_to_the_last_femtogram(levels: list[int], crumbs: list[int]) -> None:
    slots = tuple(levels[place * len(levels) // SLOT_COUNT] + crumbs[place] for place in range(SLOT_COUNT))
    assert read_back(slots) == slots


def test_one_rate_is_told_without_steps_and_a_rate_that_does_not_divide_is_one_step() -> None:
    assert tell_day((50 * MCG_FG,) * SLOT_COUNT) == {"day": "2.4 mg/day"}
    slots = tuple((place + 1) * 100 // 48 - place * 100 // 48 for place in range(SLOT_COUNT))
    assert list(tell_day(slots)) == ["day"]


def test_a_step_is_told_by_its_rate_and_by_its_mass_where_no_rate_is_exact() -> None:
    slots = (*(5 * MCG_FG,) * 12, 1, 2, 1, 2, *(4 * MCG_FG,) * 32)
    told = tell_day(slots)
    assert (told["dose-1"], told["from-2"], told["dose-2"]) == ("10 mcg/h", "06:00", "0.000000006 mcg")
    largest = (MASS_FG_MAX, *(0,) * 47)
    assert read_back(largest) == largest


@pytest.fixture
def clinician(tmp_path: Path) -> Iterator[tuple[Hand, Room]]:
    with open_room(tmp_path) as room:
        hand = room.come("clinician")
        hand.do("refill", REFILL)
        hand.do("path", PATH)
        yield hand, room


def test_a_program_with_a_step_every_half_hour_is_typed_confirmed_and_edited_without_loss(
    clinician: tuple[Hand, Room],
) -> None:
    hand, room = clinician
    steps = {f"from-{place + 1}": tell_clock(place) for place in range(SLOT_COUNT)}
    steps |= {f"dose-{place + 1}": tell(fg, Kind.MASS) for place, fg in enumerate(FULL)}
    hand.do("program", {**PROGRAM, **steps})
    assert room.state.program.slots_fg == FULL

    read = find_values(hand.look("/do/program"))
    assert sum(name.startswith("dose-") and bool(value) for name, value in read.items()) == SLOT_COUNT
    assert hand.text.count('<details class="fold" open>') == 4
    changed = {**read, "dose-48": "61 mcg", "day": "2.401 mg/day", "is_increase": "yes", "reason": "More at night"}
    hand.do("program", changed)
    assert room.state.program.slots_fg == (*FULL[:-1], 61 * MCG_FG)


def test_steps_that_are_not_needed_are_folded_away_and_what_has_an_error_is_not(
    clinician: tuple[Hand, Room],
) -> None:
    hand, _ = clinician
    text = hand.look("/do/program")
    assert text.count('<details class="fold">') == 4
    assert "<summary>Steps 5 to 12</summary>" in text
    text = hand.send("/do/", **{**PROGRAM, "from-1": "00:00", "dose-1": "100 mcg/h", "from-13": "06:00"})
    assert '<a href="#from-13">A step has a time and a dose.</a>' in text
    assert '<details class="fold" open><summary>Steps 13 to 24</summary>' in text


def test_a_step_is_written_wherever_there_is_room_and_put_in_order_of_time(clinician: tuple[Hand, Room]) -> None:
    hand, room = clinician
    steps = {"from-1": "00:00", "dose-1": "80 mcg/h", "from-2": "12:00", "dose-2": "120 mcg/h"}
    hand.do("program", {**PROGRAM, **steps})
    read = find_values(hand.look("/do/program"))
    text = hand.send("/do/", **{**read, "from-3": "06:00", "dose-3": "90 mcg/h", "arrange": "yes"})
    assert hand.path == "/do/program"
    assert "Please mend" not in text
    arranged = find_values(text)
    assert [arranged[f"from-{place}"] for place in range(1, 5)] == ["00:00", "06:00", "12:00", ""]
    assert [arranged[f"dose-{place}"] for place in range(1, 5)] == ["80 mcg/h", "90 mcg/h", "120 mcg/h", ""]
    assert {name: value for name, value in arranged.items() if "-" not in name} == {
        name: value for name, value in read.items() if "-" not in name
    }
    text = hand.send("/do/", **{**arranged, "is_increase": "yes", "reason": "More before noon"})
    assert "The steps bring 2.46 mg/day" in text  # the day's dose is still held against them
    hand.do("program", {**arranged, "day": "2.46 mg/day", "is_increase": "yes", "reason": "More before noon"})
    slots = room.state.program.slots_fg
    assert slots == (40 * MCG_FG,) * 12 + (45 * MCG_FG,) * 12 + (60 * MCG_FG,) * 24


def test_steps_out_of_order_are_refused_until_somebody_has_them_put_in_order(clinician: tuple[Hand, Room]) -> None:
    hand, _ = clinician
    steps = {"from-1": "00:00", "dose-1": "80 mcg/h", "from-2": "16:00", "dose-2": "1 mg", "from-3": "08:00"}
    text = hand.review("program", {**PROGRAM, **steps, "dose-3": "1 mg"})
    assert '<a href="#from-3">The first step begins at 00:00, and each later than the one before.</a>' in text


STEPS = {"from-1": "00:00", "dose-1": "80 mcg/h", "from-2": "12:00", "dose-2": "120 mcg/h"}


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({"cap-day-0": "35 mg/day"}, {"cap-day-0": "Cap of morphine in any 24 h"}),
        ({"cap-hour-0": "0.4 mg/day"}, {"cap-hour-0": "Cap of morphine in any hour"}),
        ({"dose-2": "12 mcg/h"}, {"dose-2": "Step 2, dose"}),
        ({"from-2": "13:00"}, {"from-2": "Step 2, from"}),
        ({"from-2": "", "dose-2": ""}, {"from-2": "Step 2, from", "dose-2": "Step 2, dose"}),
        ({"from-9": "18:00", "dose-9": "1 mcg"}, {"from-3": "Step 3, from", "dose-3": "Step 3, dose"}),
    ],
)
def test_a_cap_or_a_step_that_differs_the_second_time_is_named_and_changes_nothing(
    clinician: tuple[Hand, Room], second: dict[str, str], told: dict[str, str]
) -> None:
    hand, room = clinician
    program = {**PROGRAM, **STEPS}
    text = hand.review("program", program, {**program, **second})
    assert dict(re.findall(r'<li><a href="#([^"]*)">([^:]*): the second entry was another value', text)) == told
    assert {name for name in (*program, *told) if find_values(text).get(name) == ""} == {*told}
    assert hand.path.startswith("/again/")
    assert not room.state.staged.is_staged
    assert not room.state.is_programmed


def test_steps_are_typed_again_as_a_whole_and_blind_and_wherever_there_is_room(clinician: tuple[Hand, Room]) -> None:
    hand, room = clinician
    hand.look("/do/program")
    text = hand.send("/do/", **PROGRAM, **STEPS)
    asked = find_values(text)
    assert hand.path.startswith("/again/")
    assert sum(name.startswith(("from-", "dose-")) for name in asked) == 2 * SLOT_COUNT  # as many as there may be
    assert {"cap-day-0", "cap-hour-0"} < set(asked)
    assert set(asked.values()) == {""}
    assert '<details class="fold" open' not in text
    hand.send(
        "/again/", **{**PROGRAM, "from-4": "00:00", "dose-4": "0.08 mg/h", "from-7": "12:00", "dose-7": "120 mcg/h"}
    )
    hand.send("/review/")
    assert room.state.program.slots_fg == (40 * MCG_FG,) * 24 + (60 * MCG_FG,) * 24


def test_where_no_step_was_written_none_is_asked_for_again(clinician: tuple[Hand, Room]) -> None:
    hand, _ = clinician
    hand.look("/do/program")
    assert "from-1" not in find_values(hand.send("/do/", **PROGRAM))


def test_enter_goes_on_and_does_not_arrange(clinician: tuple[Hand, Room]) -> None:
    hand, _ = clinician
    buttons = re.findall(r"<button[^>]*>", hand.look("/do/program").split('action="/do/program"')[1])
    assert "name=" not in buttons[0]  # browsers press a form's first button at Enter
