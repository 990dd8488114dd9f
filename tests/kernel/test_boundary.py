# SPDX-License-Identifier: Apache-2.0
"""What is not of its declared type is refused with a named reason and its place, and nothing ever raises."""

import enum
import math
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.boundary import (
    INTEGER_MAX,
    INTEGER_MIN,
    Reason,
    Refusal,
    admit_config,
    admit_event,
    admit_state,
    find_integer_reason,
    list_fields,
)
from thecal.events import (
    BolusAsked,
    ClinicianBolusAsked,
    PathDeclared,
    PhaseMoved,
    PrescriptionStaged,
    PulseReported,
    PulseResult,
    RefillDone,
)
from thecal.prescription import NO_OVERRIDES, compute_no_prescription
from thecal.state import Mode, initial_state
from thecal.units import CONCENTRATION_FG_PER_NL_MAX, MASS_FG_MAX, RESERVOIR_NL_MAX, TICK_MAX
from thecal_adapters.library import load_config

ANY: Any = None  # the wrong values of these tests are wrong on purpose
CONFIG = load_config("valve-pulse-20", ["morphine", "clonidine"])


class Sly(int):
    """An integer by inheritance, which could compare as it likes."""


class Member(enum.IntEnum):
    ONE = 1


WRONG_INTEGERS = [
    (True, Reason.REFUSED_A_BOOL_FOR_AN_INTEGER),
    (1.0, Reason.REFUSED_A_FLOAT_FOR_AN_INTEGER),
    (math.inf, Reason.REFUSED_A_FLOAT_FOR_AN_INTEGER),
    (math.nan, Reason.REFUSED_A_NAN_FOR_AN_INTEGER),
    ("1", Reason.REFUSED_A_TEXT_FOR_AN_INTEGER),
    (b"1", Reason.REFUSED_SOMETHING_ELSE_FOR_AN_INTEGER),
    (None, Reason.REFUSED_SOMETHING_ELSE_FOR_AN_INTEGER),
    (Sly(1), Reason.REFUSED_SOMETHING_ELSE_FOR_AN_INTEGER),
    (Member.ONE, Reason.REFUSED_SOMETHING_ELSE_FOR_AN_INTEGER),
    (INTEGER_MAX + 1, Reason.REFUSED_AN_INTEGER_BEYOND_64_BITS),
    (INTEGER_MIN - 1, Reason.REFUSED_AN_INTEGER_BEYOND_64_BITS),
]


@pytest.mark.parametrize(("value", "reason"), WRONG_INTEGERS)
def test_what_is_no_integer_is_refused_by_name(value: object, reason: Reason) -> None:
    assert find_integer_reason(value) is reason
    event = PulseReported(sequence=cast(int, value), result=PulseResult.DONE)
    assert admit_event(event) == Refusal(reason, "event.sequence")


@pytest.mark.parametrize("value", [0, 1, -1, INTEGER_MAX, INTEGER_MIN])
def test_every_integer_of_64_bits_may_enter(value: int) -> None:
    assert find_integer_reason(value) is None
    event = PulseReported(sequence=value, result=PulseResult.DONE)
    assert admit_event(event) is event


@pytest.mark.parametrize(
    ("event", "reason", "path"),
    [
        (None, Reason.REFUSED_SOMETHING_ELSE_FOR_AN_EVENT, "event"),
        (BolusAsked, Reason.REFUSED_SOMETHING_ELSE_FOR_AN_EVENT, "event"),
        (CONFIG, Reason.REFUSED_SOMETHING_ELSE_FOR_AN_EVENT, "event"),
        (PulseReported(1, ANY), Reason.REFUSED_SOMETHING_ELSE_FOR_A_MEMBER, "event.result"),
        (PulseReported(1, cast(Any, 0)), Reason.REFUSED_SOMETHING_ELSE_FOR_A_MEMBER, "event.result"),
        (PulseReported(1, cast(Any, Mode.STOPPED)), Reason.REFUSED_SOMETHING_ELSE_FOR_A_MEMBER, "event.result"),
        (
            RefillDone(0, 1, cast(Any, [0, 0, 0, 0]), False, False),
            Reason.REFUSED_SOMETHING_ELSE_FOR_A_TUPLE,
            "event.concentrations_fg_per_nl",
        ),
        (
            RefillDone(0, 1, (0, 0, 0), False, False),
            Reason.REFUSED_A_TUPLE_OF_ANOTHER_LENGTH,
            "event.concentrations_fg_per_nl",
        ),
        (
            RefillDone(0, 1, (0, 0, cast(int, 0.5), 0), False, False),
            Reason.REFUSED_A_FLOAT_FOR_AN_INTEGER,
            "event.concentrations_fg_per_nl[2]",
        ),
        (
            RefillDone(0, 1, (0, 0, 0, 0), cast(bool, 1), False),
            Reason.REFUSED_SOMETHING_ELSE_FOR_A_BOOL,
            "event.has_unknown_drug",
        ),
        (PrescriptionStaged(ANY, NO_OVERRIDES), Reason.REFUSED_SOMETHING_ELSE_FOR_A_RECORD, "event.prescription"),
    ],
)
def test_the_first_wrong_place_is_named(event: object, reason: Reason, path: str) -> None:
    assert admit_event(event) == Refusal(reason, path)


def test_a_nan_deep_in_a_prescription_is_found() -> None:
    right = compute_no_prescription(CONFIG)
    wrong = replace(right, slots_fg=(*right.slots_fg[:47], cast(int, math.nan)))
    refusal = Refusal(Reason.REFUSED_A_NAN_FOR_AN_INTEGER, "event.prescription.slots_fg[47]")
    assert admit_event(PrescriptionStaged(wrong, NO_OVERRIDES)) == refusal
    assert isinstance(admit_event(PrescriptionStaged(right, NO_OVERRIDES)), PrescriptionStaged)


@pytest.mark.parametrize(
    ("event", "path"),
    [
        (RefillDone(0, RESERVOIR_NL_MAX, (0, 0, 0, 0), False, False), "event.filled_nl"),
        (RefillDone(0, 0, (0, 0, CONCENTRATION_FG_PER_NL_MAX, 0), False, False), "event.concentrations_fg_per_nl[2]"),
        (ClinicianBolusAsked(MASS_FG_MAX, 60), "event.mass_fg"),
        (ClinicianBolusAsked(5, TICK_MAX), "event.duration_s"),
        (PathDeclared(0, RESERVOIR_NL_MAX, True), "event.volume_hi_nl"),
    ],
)
def test_an_amount_enters_up_to_the_end_of_its_range(event: Any, path: str) -> None:
    assert admit_event(event) is event
    name, _, place = path.removeprefix("event.").partition("[")
    for by, reason in (
        (1, Reason.REFUSED_AN_AMOUNT_ABOVE_ITS_RANGE),
        (None, Reason.REFUSED_AN_AMOUNT_BELOW_ITS_RANGE),
    ):
        value = getattr(event, name)
        if place:
            number = int(place.removesuffix("]"))
            value = (*value[:number], -1 if by is None else value[number] + by, *value[number + 1 :])
        else:
            value = -1 if by is None else value + by
        assert admit_event(replace(event, **{name: value})) == Refusal(reason, path)


def test_an_amount_deep_in_a_prescription_has_its_range_too() -> None:
    right = compute_no_prescription(CONFIG)
    wrong = replace(right, slots_fg=(*right.slots_fg[:47], -1))
    refusal = Refusal(Reason.REFUSED_AN_AMOUNT_BELOW_ITS_RANGE, "event.prescription.slots_fg[47]")
    assert admit_event(PrescriptionStaged(wrong, NO_OVERRIDES)) == refusal


def test_a_number_without_a_unit_has_no_range() -> None:
    event = PhaseMoved(slot_count=-1)
    assert admit_event(event) is event


def test_a_field_that_was_never_set_is_refused() -> None:
    hollow = object.__new__(PathDeclared)
    refusal = Refusal(Reason.REFUSED_SOMETHING_ELSE_FOR_AN_INTEGER, "event.volume_lo_nl")
    assert admit_event(hollow) == refusal


def test_a_configuration_is_refused_for_a_type_and_for_what_the_kernel_does_not_accept() -> None:
    assert admit_config(CONFIG) is CONFIG
    text = replace(CONFIG, digest=cast(int, "7"))
    assert admit_config(text) == Refusal(Reason.REFUSED_A_TEXT_FOR_AN_INTEGER, "config.digest")
    still = replace(CONFIG, pump=replace(CONFIG.pump, pulse_volume_nl=0))
    assert admit_config(still) == Refusal(Reason.REFUSED_AN_INADMISSIBLE_CONFIGURATION, "config")


def test_a_state_is_refused_for_a_type() -> None:
    state = initial_state(CONFIG)
    assert admit_state(state) is state
    path = replace(state.path, is_declared=cast(bool, 0))
    wrong = replace(state, path=path)
    assert admit_state(wrong) == Refusal(Reason.REFUSED_SOMETHING_ELSE_FOR_A_BOOL, "state.path.is_declared")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(PulseResult),
    lambda inner: st.tuples(inner, inner) | st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(st.lists(anything, min_size=3, max_size=3))
def test_no_value_raises(values: list[Any]) -> None:
    volume_nl, concentrations, flag = values
    event = RefillDone(volume_nl, volume_nl, concentrations, flag, flag)
    for value in (event, PrescriptionStaged(concentrations, flag), flag):
        assert isinstance(admit_event(value), Refusal | RefillDone)
        assert isinstance(admit_config(value), Refusal)
        assert isinstance(admit_state(value), Refusal)


def test_every_field_of_a_record_is_looked_at() -> None:
    assert [name for name, _ in list_fields(PathDeclared)] == list(PathDeclared.__slots__)
