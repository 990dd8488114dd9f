# SPDX-License-Identifier: Apache-2.0
"""What is said on the line: each value has one form, whatever else comes is refused with its place."""

from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from enum import IntEnum
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.events import BolusAsked, Event, PulseResult, SecondsPassed, StopAsked
from thecal.outcome import NOTHING_SHOWN, Response
from thecal.state import Staged, State, initial_state
from thecal_adapters.line.frames import BODY_BYTES_MAX
from thecal_adapters.line.messages import Find, Finding, HostMessage, Order, Read, Reply, compute_staged_digest
from thecal_adapters.line.packing import Unreadable, pack, unpack
from thecal_adapters.line.trial import make_program, make_trial_config

CONFIG = make_trial_config()
STATE = initial_state(CONFIG)
REPLY = Reply(
    id=bytes(16),
    pump_ms=1,
    is_answered=False,
    response=Response.NOTHING_AGAINST_IT,
    tick=0,
    number=0,
    is_repeated=False,
    finding=Finding.NONE,
    words="",
    digest=b"",
    shown=NOTHING_SHOWN,
    state=STATE,
)

# The numbers by which events go over the line. One is never changed; a new event stands at the end.
EVENT_NUMBERS = """
    SecondPassed BolusAsked PrescriptionStaged PrescriptionConfirmed PrescriptionAbandoned StopAsked ResumeAsked
    PulseReported RefillDone PathDeclared ClinicianBolusAsked MinimumRateAsked PhaseMoved DiscrepancyResolved
    MotorStalled MotorRecovered SelfTestReported ReplacementIndicated PowerRestored AlarmAcknowledged SecondsPassed
    PrimeAsked PrimeConfirmed RefillProposed
"""


def with_largest(value: object) -> object:
    """The same record with every number at its largest."""
    if isinstance(value, (bool, IntEnum)):
        return value
    if isinstance(value, int):
        return 2**63 - 1
    if isinstance(value, tuple):
        return tuple(with_largest(each) for each in value)
    assert is_dataclass(value)
    assert not isinstance(value, type)
    return replace(value, **{field.name: with_largest(getattr(value, field.name)) for field in fields(value)})


@pytest.mark.parametrize(
    ("declared", "value", "form"),
    [
        (int, 0, "00"),
        (int, -1, "01"),
        (int, 300, "d804"),
        (int, 2**63 - 1, "feffffffffffffffff01"),
        (int, -(2**63), "ffffffffffffffffff01"),
        (bool, True, "01"),
        (str, "µ", "02c2b5"),
        (bytes, b"\0\1", "020001"),
        (PulseResult, PulseResult.UNKNOWN, "02"),
        (SecondsPassed, SecondsPassed(64), "8001"),
        (HostMessage, Read(b"a"), "000161"),
        (HostMessage, Order(b"a", 5, b"", "", StopAsked()), "0101610a000005"),
        (HostMessage, Find(b"a", b"b"), "0201610162"),
    ],
)
def test_forms_are_those_of_postcard(declared: object, value: object, form: str) -> None:
    assert pack(declared, value).hex() == form
    assert unpack(declared, bytes.fromhex(form), "value") == value


@pytest.mark.parametrize(
    ("declared", "form", "reason"),
    [
        (int, "", "ends too early"),
        (int, "8000", "longer than it need be"),
        (int, "80" * 10 + "01", "does not end"),
        (int, "ff" * 9 + "02", "does not fit"),
        (int, "0000", "1 bytes follow"),
        (bool, "02", "neither 0 nor 1"),
        (str, "01ff", "no UTF-8"),
        (bytes, "02aa", "ends too early"),
        (bytes, "ffffff7f", "more than 4096"),
        (PulseResult, "03", "no number of PulseResult"),
        (HostMessage, "03", "the number of no kind"),
    ],
)
def test_what_is_no_form_is_refused_with_its_reason(declared: object, form: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        unpack(declared, bytes.fromhex(form), "value")


def test_events_keep_their_numbers() -> None:
    assert [kind.__name__ for kind in get_args(Event)] == EVENT_NUMBERS.split()


def test_a_reply_with_every_number_at_its_largest_fits_in_a_frame() -> None:
    largest = with_largest(STATE)
    assert isinstance(largest, State)
    reply = replace(REPLY, state=largest, words="w" * 200, digest=bytes(32))
    packed = pack(Reply, reply)
    assert unpack(Reply, packed, "reply") == reply
    assert len(packed) + 64 < BODY_BYTES_MAX


@settings(max_examples=400)
@given(st.binary(max_size=200))
def test_whatever_is_read_has_one_form(data: bytes) -> None:
    for declared in (HostMessage, Reply, Staged):
        with suppress(Unreadable):
            assert pack(declared, unpack(declared, data, "value")) == data


@given(st.integers(0, 4_000), st.integers(0, 255))
def test_a_state_with_one_byte_altered_is_another_one_or_none(place: int, byte: int) -> None:
    packed = bytearray(pack(State, STATE))
    place %= len(packed)
    is_same = packed[place] == byte
    packed[place] = byte
    try:
        assert (unpack(State, bytes(packed), "state") == STATE) == is_same
    except Unreadable:
        assert not is_same


def test_a_digest_names_all_that_is_staged_and_until_when() -> None:
    assert compute_staged_digest(STATE) == b""
    staged = replace(STATE.staged, is_staged=True, expires_tick=7, prescription=make_program(CONFIG))
    others = [
        staged,
        replace(staged, expires_tick=8),
        replace(staged, prime_nl=1),
        replace(staged, overrides=replace(staged.overrides, is_increase=True)),
        replace(staged, prescription=replace(staged.prescription, lockout_s=1)),
    ]
    digests = {compute_staged_digest(replace(STATE, staged=each)) for each in others}
    digests.add(compute_staged_digest(replace(STATE, staged=staged, config_digest=1)))
    assert len(digests) == 6


def test_what_has_no_form_is_not_sent() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        pack(int, 2**63)
    with pytest.raises(TypeError, match="float has no form"):
        pack(int, 1.0)
    with pytest.raises(ValueError, match="more than 4096"):
        pack(bytes, bytes(5_000))
    assert pack(Event, BolusAsked()) == b"\1"
