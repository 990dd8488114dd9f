# SPDX-License-Identifier: Apache-2.0
"""Prescription files: what is written is what is ordered; a bad file is refused with line, value and what is meant."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.units import SLOT_COUNT
from thecal_adapters import schemas
from thecal_adapters.codec import Refused
from thecal_adapters.prescriptions import find_example, list_examples, load_order, read_order
from thecal_adapters.prescriptions.places import find_line
from thecal_adapters.prescriptions.reading import SUFFIX, TEXT_LENGTH_MAX
from thecal_adapters.prescriptions.table import Misread

FOLDER = files("thecal_adapters") / "prescriptions" / "examples"
MCG_FG = 10**9
GOOD = """version = 1
title = "A title"
status = "as-ordered"
pump = "peristaltic-40"
drugs = ["morphine"]

[reservoir]
volume = "18 mL"

[reservoir.concentration]
morphine = "10 mg/mL"

[path]
volume_min = "0.3 mL"
volume_max = "0.332 mL"
holds = "reservoir"

[basal]
day_total = "2.4 mg/day"

[[basal.step]]
from = "00:00"
rate = "0.05 mg/h"

[[basal.step]]
from = "12:00"
mass = "1.8 mg"

[patient_bolus]
mass = "0.24 mg"
duration = "10 min"
lockout = "4 h"
count_in_24_h_max = 4

[caps.day]
morphine = "3.5 mg/day"

[caps.hour]
morphine = "0.4 mg/h"

[alarm]
low_reservoir = "2 mL"

[overrides]
increase = "First program."
"""


def read_example(name: str) -> str:
    return (FOLDER / f"{name}{SUFFIX}").read_text(encoding="utf-8")


def test_what_is_written_is_what_is_ordered() -> None:
    order = read_order(GOOD, "good")
    prescription = order.prescription
    assert prescription.slots_fg == (25 * MCG_FG,) * 24 + (75 * MCG_FG,) * 24
    assert (prescription.bolus_fg, prescription.bolus_duration_s) == (240 * MCG_FG, 600)
    assert (prescription.lockout_s, prescription.bolus_count_max) == (14_400, 4)
    assert prescription.cap_day_fg == (3_500 * MCG_FG, 0, 0, 0)
    assert prescription.cap_hour_fg == (400 * MCG_FG, 0, 0, 0)
    assert prescription.low_reservoir_nl == 2_000_000
    assert order.overrides.is_increase
    assert not order.overrides.is_plausibility
    assert order.reasons == {"increase": "First program."}
    assert order.filling is not None
    assert order.filling.concentrations_fg_per_nl == (10_000_000, 0, 0, 0)
    assert order.tubing is not None
    assert (order.tubing.volume_lo_nl, order.tubing.volume_hi_nl) == (300_000, 332_000)


BAD = [
    ('volume = "18 mL"', 'volume = "18"', "a number without a unit"),
    ('volume = "18 mL"', "volume = 18", "a number without a unit"),
    ('morphine = "10 mg/mL"', 'morphine = "10.0 mg/mL"', "no zero stands at the end"),
    ('morphine = "10 mg/mL"', 'morphine = "10 mg/day"', "mg/day is a dose per day, and a concentration is expected"),
    ('morphine = "3.5 mg/day"', 'morphine = "3.5 mg/h"', "mg/h is a dose per hour, and a dose per day is expected"),
    ('morphine = "3.5 mg/day"', 'morphin = "3.5 mg/day"', "is not a key known here; known are morphine"),
    ('rate = "0.05 mg/h"', 'rate = ".05 mg/h"', "a zero must stand before the decimal point"),
    ('rate = "0.05 mg/h"', 'rate = "0,05 mg/h"', "the decimal sign is a point"),
    ('rate = "0.05 mg/h"', 'rate = "50 \u00b5g/h"', "write mcg"),
    ('rate = "0.05 mg/h"', 'rate = "5 mg/mL"', "a dose per day is expected, such as 0.5 mg/day or a dose per hour"),
    ('mass = "1.8 mg"', 'mass = "1.9 mg"', "the steps bring 2.5 mg/day"),
    ('mass = "1.8 mg"', 'mass = "1.8 mg"\nrate = "1 mg/h"', "either a rate"),
    ('from = "12:00"', 'from = "12:10"', "a time on a half hour is expected"),
    ('from = "12:00"', 'from = "24:00"', "a time on a half hour is expected"),
    ('from = "12:00"', 'from = "00:00"', "a later time than that of the step before"),
    ('from = "00:00"', 'from = "01:00"', "the first step is expected to begin at 00:00"),
    ('lockout = "4 h"', 'lockout = "25 h"', "0 s to 24 h are expected"),
    ('duration = "10 min"', 'duration = "10 m"', "write min"),
    ("count_in_24_h_max = 4", "count_in_24_h_max = 25", "a whole number from 1 to 24"),
    ("count_in_24_h_max = 4", "count_in_24_h_max = true", "a whole number from 1 to 24"),
    ('mass = "0.24 mg"', 'mass = "0 mg"', "leave [patient_bolus] out"),
    ('volume_min = "0.3 mL"', 'volume_min = "0.4 mL"', "at most volume_max is expected"),
    ('holds = "reservoir"', 'holds = "saline"', "'reservoir' or 'no drug'"),
    ('pump = "peristaltic-40"', 'pump = "peristaltic"', "one of peristaltic-40, valve-pulse-20 is expected"),
    ('drugs = ["morphine"]', 'drugs = ["morphin"]', "is expected"),
    ('drugs = ["morphine"]', 'drugs = ["morphine", "morphine"]', "stands twice"),
    ('drugs = ["morphine"]', "drugs = []", "a list of 1 to 4 drugs"),
    ("version = 1", "version = 2", "a whole number from 1 to 1"),
    ("version = 1", f"version = {'9' * 5_000}", "a number of more than 64 bits"),
    ("version = 1", f"version = 0x{'f' * 5_000}", "a number of more than 64 bits"),
    ('status = "as-ordered"', 'status = "approved"', "one of example, as-ordered"),
    ('increase = "First program."', "increase = true", "a text is expected"),
    ('increase = "First program."', 'everything = "yes"', "is not a key known here"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), BAD)
def test_a_bad_value_is_refused_with_its_line_and_what_is_expected(right: str, wrong: str, reason: str) -> None:
    text = GOOD.replace(right, wrong, 1)
    assert text != GOOD
    with pytest.raises(Misread) as caught:
        read_order(text, "a.prescription.toml")
    told = str(caught.value)
    assert reason in told
    line = text.splitlines()[caught.value.line - 1]
    assert told.startswith(f"a.prescription.toml:{caught.value.line}: ")
    if "the steps bring" in reason:
        assert line == 'day_total = "2.4 mg/day"'
    elif "either a rate" in reason:
        assert line == "[[basal.step]]"
    else:
        assert line == wrong


@pytest.mark.parametrize(
    ("hidden", "name"),
    [
        ("\\u001b[31m", "U+001B"),
        ("\\u202e", "RIGHT-TO-LEFT OVERRIDE"),
        ("\\u2066", "LEFT-TO-RIGHT ISOLATE"),
        ("\\u200b", "ZERO WIDTH SPACE"),
        ("\\n", "U+000A"),
        ("\u202d", "LEFT-TO-RIGHT OVERRIDE"),
    ],
)
@pytest.mark.parametrize("key", ["title", "increase"])
def test_a_text_with_characters_that_do_not_show_themselves_is_refused_with_its_line(
    key: str, hidden: str, name: str
) -> None:
    right = {"title": 'title = "A title"', "increase": 'increase = "First program."'}[key]
    text = GOOD.replace(right, right[:-2] + hidden + '"')
    with pytest.raises(Misread, match="is no printed character") as caught:
        read_order(text, "a")
    assert name in str(caught.value)
    assert str(caught.value).isprintable()
    assert GOOD.splitlines()[caught.value.line - 1] == right


def test_a_key_that_would_write_on_the_terminal_is_shown_escaped() -> None:
    with pytest.raises(Misread) as caught:
        read_order('"\\u001b[2J" = 1\n' + GOOD, "a")
    assert str(caught.value).startswith("a:1: '\\x1b[2J': is not a key known here")


@pytest.mark.parametrize(
    "deep",
    ["x = " + "[" * 5_000, "x = " + "[" * 300 + "]" * 300, "x = " + "{a = " * 3_000, "title." + "a." * 4_000 + "a = 1"],
)
def test_what_is_nested_deeper_than_anything_here_is_refused_with_its_line(deep: str) -> None:
    with pytest.raises(Misread, match="is nested deeper") as caught:
        read_order(f"version = 1\n# a line\n{deep}\ny = 1\n", "a")
    assert caught.value.line == 3


def test_a_value_that_is_refused_is_shown_as_it_stands() -> None:
    with pytest.raises(Misread) as caught:
        read_order(GOOD.replace('"18 mL"', '"18mL"'), "a.prescription.toml")
    assert str(caught.value).startswith("a.prescription.toml:8: reservoir.volume: '18mL': ")


@pytest.mark.parametrize("name", ["title", "low_reservoir", "day_total"])
def test_a_key_that_is_missing_is_named(name: str) -> None:
    text = "\n".join(line for line in GOOD.splitlines() if not line.startswith(f"{name} ="))
    with pytest.raises(Misread, match=f"{name} is missing"):
        read_order(text, "a")


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = \n", 1), ('title = "x"\ntitle = "y"\n', 2), ("[a]\nb = 1\n[a]\n", 3), ("x = [1,\n2\n", 2), ("", 1)],
)
def test_what_is_no_toml_or_empty_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Misread) as caught:
        read_order(text, "a")
    assert caught.value.line == line


def test_a_file_that_is_too_long_is_refused_unread() -> None:
    with pytest.raises(Misread, match="at most"):
        read_order("#" * (TEXT_LENGTH_MAX + 1), "a")


def test_a_file_is_found_by_its_name_and_its_ending(tmp_path: Path) -> None:
    good = tmp_path / f"good{SUFFIX}"
    good.write_text(GOOD, encoding="utf-8")
    assert load_order(good) == read_order(GOOD, str(good))
    with pytest.raises(Misread, match="ends in"):
        load_order(tmp_path / "good.toml")
    with pytest.raises(Refused, match="there is no such file"):
        load_order(tmp_path / f"none{SUFFIX}")


def test_lines_are_found_where_values_run_over_several() -> None:
    text = 'a = [\n  1,\n  2,\n]\n\n# b is next\nb.c = 3\n[d]\ne = { f = "x" }\n[[g]]\nh = 1\n[[g]]\nh = 2\n'
    places = {("a",): 1, ("b", "c"): 7, ("d", "e", "f"): 9, ("g", 0, "h"): 11, ("g", 1, "h"): 13, ("d", "no"): 8}
    for key, line in places.items():
        assert find_line(text, key) == line


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(0, 10**14))
def test_one_rate_is_spread_over_the_day_to_the_last_femtogram(day_fg: int) -> None:
    whole, rest = divmod(day_fg, 10**9)
    number = f"{whole}.{rest:09}".rstrip("0").rstrip(".") if rest else str(whole)
    basal = GOOD[GOOD.index("[basal]") : GOOD.index("[patient_bolus]")]
    slots = read_order(GOOD.replace(basal, f'[basal]\nrate = "{number} mcg/day"\n\n'), "a").prescription.slots_fg
    assert sum(slots) == day_fg
    assert max(slots) - min(slots) <= 1
    assert len(slots) == SLOT_COUNT


def test_a_rate_that_no_whole_femtogram_holds_is_refused_and_not_rounded() -> None:
    text = GOOD.replace('rate = "0.05 mg/h"', 'rate = "100 mcg/day"').replace('from = "12:00"', 'from = "07:00"')
    with pytest.raises(Misread, match="nothing is rounded"):
        read_order(text, "a")


@pytest.mark.parametrize("name", list_examples())
def test_every_example_has_the_documented_form_and_says_that_it_is_one(name: str) -> None:
    schemas.check("prescription", tomllib.loads(read_example(name)))
    order = find_example(name)
    assert order.status == "example, needs verification"


@pytest.mark.parametrize("name", list_examples())
def test_every_number_of_an_example_has_its_certainty(name: str) -> None:
    amount = re.compile(r'^\w+ = "[0-9.]+ [a-zA-Z/]+"|^count_in_24_h_max')
    marked = re.compile(r"# (V|D|P|M-[hml])(: |$)")
    table = ""
    for line in read_example(name).splitlines():
        if line.startswith("["):
            table = line
        if amount.match(line):
            assert marked.search(line) or "# " in table, line


def test_good_files_have_the_documented_form_and_bad_ones_mostly_not() -> None:
    schemas.check("prescription", tomllib.loads(GOOD))
    seen = 0
    for right, wrong, _ in BAD:
        try:
            schemas.check("prescription", tomllib.loads(GOOD.replace(right, wrong, 1)))
        except (Refused, ValueError):  # a number may be too long for the parser itself
            seen += 1
    assert seen >= len(BAD) // 2


def test_an_example_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(Refused, match="baclofen-flex"):
        find_example("none")
