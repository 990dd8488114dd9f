# SPDX-License-Identifier: Apache-2.0
"""Sessions: the published test vector, who is let in, and that each sealed frame is opened at most once."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from thecal_adapters.line.channel import Kind
from thecal_adapters.line.frames import make_frame, read_frame
from thecal_adapters.line.host_end import HostEnd
from thecal_adapters.line.limits import HALF_OPEN_LENGTH, SESSION_IDLE_MS_MAX
from thecal_adapters.line.messages import Read
from thecal_adapters.line.noise import Initiator, NotAuthentic, Responder
from thecal_adapters.line.pump_end import Asked, Count, PumpEnd
from thecal_adapters.line.roles import RoleKey, make_key
from thecal_adapters.ports import Role

KEY = make_key(Role.CLINICIAN)
READ = Read(bytes(16))

# Noise_NNpsk0_25519_ChaChaPoly_SHA256 of the test vectors of cacophony, an implementation of Noise in Haskell.
PROLOGUE = bytes.fromhex("4a6f686e2047616c74")
PSK = bytes.fromhex("54686973206973206d7920417573747269616e20706572737065637469766521")
HOST_E = bytes.fromhex("893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a")
PUMP_E = bytes.fromhex("bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b")
HASH = "f4d03dc34495c95729ea6de9e1b59004b59733102488b3e24bc441e0be208eaf"
MESSAGES = (
    (
        "4c756477696720766f6e204d69736573",
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944"
        "79b962b8aff8485742ac32f905ba45369e2465fb59e138a93d67a0d1266b6a54",
    ),
    (
        "4d757272617920526f746862617264",
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843"
        "d6062704d5a9c422a8e834423f8c1feada7e8d0d910a1a2cd030fb584221e3",
    ),
    ("462e20412e20486179656b", "e632c3763d7669067383433197a3baddf146e9e70ad4b4e9e59e0f"),
    ("4361726c204d656e676572", "64c6bee32ea91c8474bb4c21d7a700109ad45af77b29764ba5eb1e"),
    ("4a65616e2d426170746973746520536179", "e2fa0bed0603b62d3ccac2ecabbf3fe33f3e86514909b323361626266cb2471cc8"),
    (
        "457567656e2042f6686d20766f6e2042617765726b",
        "0c01dc9cec1fe4ddd692e8dd32188aa351088dc91183639a53b57aa4692b5ebdef8b8ca111",
    ),
)


def test_the_handshake_is_that_of_the_published_vector() -> None:
    initiator = Initiator(PSK, PROLOGUE, X25519PrivateKey.from_private_bytes(HOST_E))
    responder = Responder(PSK, PROLOGUE, X25519PrivateKey.from_private_bytes(PUMP_E))
    payloads = [bytes.fromhex(payload) for payload, _ in MESSAGES]
    first = initiator.write(payloads[0])
    pump, second = responder.respond(first, payloads[1])
    host, payload = initiator.read(second)
    made = [first, second]
    for place, plain in enumerate(payloads[2:]):
        made.append((pump, host)[(place + 1) % 2].send.encrypt(place // 2, plain))
    assert [each.hex() for each in made] == [sealed for _, sealed in MESSAGES]
    assert payload == payloads[1]
    assert host.h == pump.h == bytes.fromhex(HASH)


@pytest.mark.parametrize("bit", [0, 255, 256, 300, 383])
def test_a_handshake_altered_in_any_part_opens_nothing(bit: int) -> None:
    first = bytearray(Initiator(PSK, PROLOGUE).write())
    first[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotAuthentic):
        Responder(PSK, PROLOGUE).respond(bytes(first))


def test_a_public_key_without_a_secret_is_no_handshake() -> None:
    initiator = Initiator(PSK, PROLOGUE)
    initiator.write()
    with pytest.raises(NotAuthentic):
        initiator.read(bytes(48))


class Pair:
    """Both ends of a line, and what the pump opened."""

    def __init__(self, keys: list[RoleKey], key: RoleKey = KEY) -> None:
        self.pump = PumpEnd(keys)
        self.host = HostEnd(key)
        self.now_ms = 0

    def at_pump(self, data: bytes) -> list[Asked]:
        """What the pump takes; what it sends back at once reaches the host."""
        return list(self._take(data))

    def _take(self, data: bytes) -> Iterator[Asked]:
        for found in self.pump.receive(data, self.now_ms):
            if isinstance(found, bytes):
                list(self.host.receive(found))
            else:
                yield found

    def open(self) -> None:
        """A session, with a first message."""
        self.at_pump(self.host.begin())
        assert self.at_pump(self.host.make_request(READ))


def test_a_session_says_whose_it_is() -> None:
    pair = Pair([KEY, make_key(Role.PATIENT)])
    pair.open()
    asked = pair.at_pump(pair.host.make_request(READ))
    assert [(each.session.key, each.message) for each in asked] == [(KEY, READ)]


def test_a_stranger_gets_no_session() -> None:
    for stranger in (make_key(Role.CLINICIAN), RoleKey(Role.CLINICIAN, KEY.name, bytes(32))):
        pair = Pair([KEY], stranger)
        assert pair.at_pump(pair.host.begin()) == []
        assert not pair.host.is_open


def test_a_pump_that_does_not_hold_the_key_is_none() -> None:
    pair = Pair([RoleKey(Role.CLINICIAN, KEY.name, bytes(32))])
    hello = pair.host.begin()
    welcome = bytes([Kind.WELCOME]) + KEY.name + bytes(48)
    list(pair.host.receive(make_frame(welcome)))
    assert pair.at_pump(hello) == []
    assert not pair.host.is_open


def test_a_forged_welcome_leaves_room_for_the_true_one() -> None:
    pair = Pair([KEY])
    hello = pair.host.begin()
    for forged in (bytes(48), bytes(3), bytes([9]) * 60):
        assert list(pair.host.receive(make_frame(bytes([Kind.WELCOME]) + KEY.name + forged))) == []
    pair.at_pump(hello)
    assert pair.at_pump(pair.host.make_request(READ))


def test_each_frame_is_opened_once_and_none_after_a_later_one() -> None:
    pair = Pair([KEY])
    pair.open()
    one, two, three = (pair.host.make_request(READ) for _ in range(3))
    assert len(pair.at_pump(one + one + three + two + one + three)) == 2
    assert pair.pump.counts[Count.REPLAYED] == 4


def test_a_frame_altered_anywhere_is_opened_nowhere() -> None:
    pair = Pair([KEY])
    pair.open()
    body = read_frame(pair.host.make_request(READ)[1:-1])
    assert isinstance(body, bytes)
    for bit in range(8 * len(body)):
        altered = bytearray(body)
        altered[bit // 8] ^= 1 << bit % 8
        assert pair.at_pump(make_frame(bytes(altered))) == []
    assert len(pair.at_pump(make_frame(body))) == 1  # nothing of all that has used its counter up


def test_a_recorded_handshake_displaces_no_session() -> None:
    pair = Pair([KEY])
    hello = pair.host.begin()
    pair.at_pump(hello)
    assert pair.at_pump(pair.host.make_request(READ))
    for _ in range(HALF_OPEN_LENGTH + 2):
        list(pair.pump.receive(hello, pair.now_ms))
    assert pair.at_pump(pair.host.make_request(READ))


def test_frames_of_an_earlier_session_are_opened_no_more() -> None:
    pair = Pair([KEY])
    pair.open()
    kept = pair.host.make_request(READ)
    pair.open()
    assert pair.at_pump(kept) == []
    assert pair.pump.counts[Count.FOREIGN] == 1


def test_a_silent_session_ends() -> None:
    pair = Pair([KEY])
    pair.open()
    kept = pair.host.make_request(READ)
    pair.now_ms += SESSION_IDLE_MS_MAX + 1
    assert pair.at_pump(kept) == []


def test_a_flood_of_handshakes_is_answered_in_part_and_leaves_the_session() -> None:
    pair = Pair([KEY])
    pair.open()
    flood = b"".join(HostEnd(KEY).begin() for _ in range(100))
    answered = [found for found in pair.pump.receive(flood, pair.now_ms) if isinstance(found, bytes)]
    assert 0 < len(answered) < 30
    assert pair.pump.counts[Count.HANDSHAKES_REFUSED] > 70
    assert pair.at_pump(pair.host.make_request(READ))
    pair.now_ms += 10_000
    pair.open()
