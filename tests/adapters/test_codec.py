# SPDX-License-Identifier: Apache-2.0
"""What comes from JSON is read strictly, and a refusal names the place and the reason."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.events import PathDeclared, PulseReported, PulseResult, RefillDone
from thecal.prescription import Prescription, compute_no_prescription
from thecal.state import State, initial_state
from thecal_adapters.codec import EVENTS, Decoder, Refused, encode, parse, write
from thecal_adapters.library import load_config

CONFIG = load_config("valve-pulse-20", ["morphine", "clonidine"])
PATH = {"volume_lo_nl": 1, "volume_hi_nl": 2, "is_filled_from_reservoir": True}
REFILL = {
    "aspirated_nl": 0,
    "filled_nl": 5,
    "concentrations_fg_per_nl": [7, 8, 0, 0],
    "has_unknown_drug": False,
    "is_rinsed": False,
}


def refuse(name: str, raw: object, decoder: Decoder = Decoder()) -> str:  # noqa: B008 - immutable
    with pytest.raises(Refused) as refused:
        decoder.decode_event(name, raw, "$")
    return str(refused.value)


def test_an_event_is_read_by_its_name_and_its_fields() -> None:
    event = Decoder().decode_event("PathDeclared", PATH, "$")
    assert event == PathDeclared(volume_lo_nl=1, volume_hi_nl=2, is_filled_from_reservoir=True)


def test_every_event_of_the_kernel_has_a_name() -> None:
    assert EVENTS["RefillDone"] is RefillDone
    assert "nothing" not in EVENTS
    assert refuse("nothing", {}).startswith("$: 'nothing' is no event; events are SecondPassed, ")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "REFUSED_A_BOOL_FOR_AN_INTEGER"),
        (1.0, "REFUSED_A_FLOAT_FOR_AN_INTEGER"),
        (math.nan, "REFUSED_A_NAN_FOR_AN_INTEGER"),
        ("1", "REFUSED_A_TEXT_FOR_AN_INTEGER"),
        (None, "REFUSED_SOMETHING_ELSE_FOR_AN_INTEGER"),
        ([1], "REFUSED_SOMETHING_ELSE_FOR_AN_INTEGER"),
        (2**63, "REFUSED_AN_INTEGER_BEYOND_64_BITS"),
    ],
)
def test_what_is_no_integer_is_refused_where_it_stands(value: object, reason: str) -> None:
    assert refuse("PathDeclared", {**PATH, "volume_hi_nl": value}) == f"$.volume_hi_nl: {reason}"
    strengths = [7, value, 0, 0]
    found = refuse("RefillDone", {**REFILL, "concentrations_fg_per_nl": strengths})
    assert found == f"$.concentrations_fg_per_nl[1]: {reason}"


def test_zero_and_one_are_no_truth() -> None:
    found = refuse("PathDeclared", {**PATH, "is_filled_from_reservoir": 1})
    assert found == "$.is_filled_from_reservoir: true or false is expected, not a number"


def test_a_missing_and_an_unknown_field_are_named() -> None:
    assert refuse("PathDeclared", {"volume_lo_nl": 1}) == "$: volume_hi_nl is missing"
    assert refuse("PathDeclared", {**PATH, "volume_ml": 1}).startswith("$.volume_ml: is not a key known here")


def test_a_member_is_read_by_its_name_and_never_by_its_number() -> None:
    event = Decoder().decode_event("PulseReported", {"sequence": 3, "result": "UNKNOWN"}, "$")
    assert event == PulseReported(3, PulseResult.UNKNOWN)
    assert "none of DONE" in refuse("PulseReported", {"sequence": 3, "result": "done"})
    assert "a text is expected" in refuse("PulseReported", {"sequence": 3, "result": 2})


def test_a_table_is_as_long_as_it_is_declared() -> None:
    assert refuse("RefillDone", {**REFILL, "concentrations_fg_per_nl": [1, 2]}).endswith("4 values are expected, not 2")
    many = {**REFILL, "concentrations_fg_per_nl": [1, {"times": 3, "value": 9}]}
    event = Decoder().decode_event("RefillDone", many, "$")
    assert isinstance(event, RefillDone)
    assert event.concentrations_fg_per_nl == (1, 9, 9, 9)
    for times in (0, 5, 1.0, True):
        wrong = {**REFILL, "concentrations_fg_per_nl": [{"times": times, "value": 9}]}
        assert refuse("RefillDone", wrong).startswith("$.concentrations_fg_per_nl[0].times: ")


def test_a_table_of_drugs_may_be_written_by_drug_and_then_names_each_listed_one() -> None:
    decoder = Decoder(drugs=("morphine", "clonidine"))
    written = {**REFILL, "concentrations_fg_per_nl": {"clonidine": 8, "morphine": 7}}
    assert decoder.decode_event("RefillDone", written, "$") == Decoder().decode_event("RefillDone", REFILL, "$")
    short = {**REFILL, "concentrations_fg_per_nl": {"morphine": 7}}
    assert refuse("RefillDone", short, decoder) == "$.concentrations_fg_per_nl: clonidine is missing"
    other = {**REFILL, "concentrations_fg_per_nl": {"morphine": 7, "clonidine": 8, "baclofen": 1}}
    assert refuse("RefillDone", other, decoder).startswith("$.concentrations_fg_per_nl.baclofen: ")


def test_a_text_stands_for_a_named_record() -> None:
    decoder = Decoder(named={"old": encode(compute_no_prescription(CONFIG))})
    event = decoder.decode_event("PrescriptionConfirmed", {"prescription": "old"}, "$")
    assert encode(event)["prescription"] == decoder.named["old"]
    found = refuse("PrescriptionConfirmed", {"prescription": "new"}, decoder)
    assert found == "$.prescription: nothing is named 'new'"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": NaN}', "NaN is no JSON number"),
        ('{"a": -Infinity}', "-Infinity is no JSON number"),
        ('{"a": 1, "a": 2}', "the key 'a' stands twice in one object"),
        ("{", "is no JSON: "),
        ("[" * 100_000, "is nested too deeply"),
        ("9" * 5_000, "is no JSON: "),
    ],
)
def test_what_is_not_strictly_json_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=r"\$: ") as refused:
        parse(text)
    assert reason in str(refused.value)


def test_a_whole_state_comes_back_as_it_was() -> None:
    state = initial_state(CONFIG)
    assert Decoder().decode(State, parse(write(encode(state))), "$") == state


@given(st.data())
def test_a_prescription_comes_back_as_it_was(data: st.DataObject) -> None:
    number = st.integers(-(2**63), 2**63 - 1)
    prescription = data.draw(
        st.builds(
            Prescription,
            slots_fg=st.tuples(*[number] * 48),
            bolus_fg=number,
            bolus_duration_s=number,
            lockout_s=number,
            bolus_count_max=number,
            cap_day_fg=st.tuples(*[number] * 4),
            cap_hour_fg=st.tuples(*[number] * 4),
            low_reservoir_nl=number,
        )
    )
    assert Decoder().decode(Prescription, json.loads(write(encode(prescription))), "$") == prescription


@pytest.mark.parametrize("value", [1.5, "text", None, [1]])
def test_nothing_else_is_written(value: object) -> None:
    with pytest.raises(TypeError, match="has no form in JSON"):
        encode(value)


def test_a_type_without_a_form_is_refused() -> None:
    kind: Any = float
    with pytest.raises(Refused, match="has no form in JSON"):
        Decoder().decode(kind, 1.0, "$")
