# SPDX-License-Identifier: Apache-2.0
"""Frames: what is sent arrives, what is damaged does not, and the parser is in step again after anything."""

import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal_adapters.line.cobs import decode_cobs, encode_cobs
from thecal_adapters.line.frames import (
    BODY_BYTES_MAX,
    STUFFED_BYTES_MAX,
    Deframer,
    Fault,
    make_frame,
    read_frame,
)
from thecal_adapters.line.fuzz import Fuzzer
from thecal_adapters.line.pump_end import Count

bodies = st.binary(min_size=1, max_size=700)


@pytest.mark.parametrize(
    ("plain", "stuffed"),  # the examples of Cheshire and Baker, and of the edges of a block
    [
        ("", "01"),
        ("00", "0101"),
        ("0000", "010101"),
        ("11220033", "0311220233"),
        ("11000000", "0211010101"),
        ("01" * 254, "ff" + "01" * 254 + "01"),
        ("01" * 255, "ff" + "01" * 254 + "0201"),
    ],
)
def test_stuffing_is_that_of_the_paper(plain: str, stuffed: str) -> None:
    assert decode_cobs(encode_cobs(bytes.fromhex(plain))) == bytes.fromhex(plain)
    assert decode_cobs(bytes.fromhex(stuffed)) == bytes.fromhex(plain)


def test_a_frame_is_these_bytes() -> None:
    assert make_frame(b"\1\0\2").hex() == "0002010602108dd20900"


@given(st.binary(max_size=1_200))
def test_stuffed_bytes_hold_no_zero_and_stand_for_themselves(data: bytes) -> None:
    assert 0 not in encode_cobs(data)
    assert decode_cobs(encode_cobs(data)) == data


@given(st.lists(bodies, min_size=1, max_size=4), st.integers(1, 50))
def test_bodies_arrive_in_order_whatever_the_pieces(sent: list[bytes], size: int) -> None:
    data = b"".join(make_frame(body) for body in sent)
    deframer = Deframer()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert [body for piece in pieces for body in deframer.feed(piece)] == sent


def test_the_largest_body_arrives_and_a_larger_one_is_not_sent() -> None:
    largest = b"\1" * BODY_BYTES_MAX
    assert list(Deframer().feed(make_frame(largest))) == [largest]
    for body in (b"", largest + b"\1"):
        with pytest.raises(ValueError, match="1 to 8192 bytes"):
            make_frame(body)


@given(st.binary(max_size=400), bodies)
def test_after_any_noise_the_next_frame_arrives(noise: bytes, body: bytes) -> None:
    deframer = Deframer()
    found = list(deframer.feed(noise + make_frame(body)))
    assert found[-1] == body
    assert deframer.held == 0


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=3_000), max_size=6))
def test_whatever_comes_nothing_is_raised_and_little_is_held(pieces: list[bytes]) -> None:
    deframer = Deframer()
    for piece in pieces:
        for found in deframer.feed(piece):
            assert isinstance(found, (bytes, Fault))
        assert deframer.held <= STUFFED_BYTES_MAX


def test_what_never_ends_is_not_kept() -> None:
    deframer = Deframer()
    for _ in range(100):
        assert list(deframer.feed(b"\1" * 1_000)) == []
        assert deframer.held <= STUFFED_BYTES_MAX
    assert list(deframer.feed(b"\0" + make_frame(b"next"))) == [Fault.TOO_LONG, b"next"]


@pytest.mark.parametrize(
    ("stuffed", "fault"),
    [
        (b"\5\1", Fault.NOT_STUFFED),
        (encode_cobs(zlib.crc32(b"").to_bytes(4)), Fault.TOO_SHORT),
        (b"\1" * (STUFFED_BYTES_MAX + 1), Fault.TOO_LONG),
        (encode_cobs(b"body" + bytes(4)), Fault.CHECKSUM_DIFFERS),
    ],
)
def test_each_fault_is_named(stuffed: bytes, fault: Fault) -> None:
    assert read_frame(stuffed) is fault


def test_no_input_of_the_fuzzer_breaks_what_reads() -> None:
    fuzzer = Fuzzer(1)
    fuzzer.run(9_000)
    assert {"readable", "unreadable", "a body"} < set(fuzzer.counts)
    assert fuzzer.pump.counts[Count.FORGED] > 2
    assert fuzzer.pump.counts[Count.REPLAYED] > 10


def test_up_to_three_flipped_bits_and_every_burst_of_32_are_seen() -> None:
    body = random.Random(1).randbytes(48)
    checked = body + zlib.crc32(body).to_bytes(4)
    bits = 8 * len(checked)
    damages = [1 << one | 1 << other for one in range(bits) for other in range(one + 1)]
    chance = random.Random(2)
    damages += [sum(1 << place for place in chance.sample(range(bits), 3)) for _ in range(20_000)]
    damages += [(chance.getrandbits(32) | 1) << place for place in range(bits - 32) for _ in range(20)]
    for damage in damages:
        damaged = (int.from_bytes(checked) ^ damage).to_bytes(len(checked))
        assert zlib.crc32(damaged[:-4]).to_bytes(4) != damaged[-4:]
