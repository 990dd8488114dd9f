# SPDX-License-Identifier: Apache-2.0
"""Frames on a line that loses, doubles and flips: stuffed bytes, a checksum, and a zero at both ends.

The checksum is CRC-32 of IEEE 802.3, which every platform and ``zlib`` has. In a frame of at most ``BODY_BYTES_MAX`` it
sees every burst of up to 32 bits, and any three flipped bits wherever they are (Hamming distance 4 up to 91,607 bits:
Koopman, DSN 2002). It sorts out noise before anything is computed with a frame. It is no proof of who sent it: that is
the seal of a session, which no noise and no attacker passes (``thecal_adapters.line.channel``).

The parser is a total function over bytes: whatever comes, it holds a bounded number of bytes, never raises, and after
the next zero it is in step again. A zero also stands before each frame, so that noise on a silent line costs no frame.
"""

import zlib
from collections.abc import Iterator
from enum import IntEnum

from thecal_adapters.line.cobs import BLOCK_BYTES_MAX, decode_cobs, encode_cobs

BODY_BYTES_MAX = 8_192  # a state with every number at its largest fits in one frame
CRC_BYTES = 4
STUFFED_BYTES_MAX = BODY_BYTES_MAX + CRC_BYTES + (BODY_BYTES_MAX + CRC_BYTES) // BLOCK_BYTES_MAX + 1


class Fault(IntEnum):
    """Why bytes between two zeros are no frame."""

    NOT_STUFFED = 1
    TOO_SHORT = 2
    TOO_LONG = 3
    CHECKSUM_DIFFERS = 4


def make_frame(body: bytes) -> bytes:
    """The bytes that carry a body of 1 to ``BODY_BYTES_MAX`` bytes over the line; ``ValueError`` for any other."""
    if not 1 <= len(body) <= BODY_BYTES_MAX:
        raise ValueError(f"a frame holds 1 to {BODY_BYTES_MAX} bytes, not {len(body)}")
    return b"\0" + encode_cobs(body + zlib.crc32(body).to_bytes(CRC_BYTES)) + b"\0"


def read_frame(stuffed: bytes) -> bytes | Fault:
    """The body between two zeros, or why there is none."""
    if len(stuffed) > STUFFED_BYTES_MAX:
        return Fault.TOO_LONG
    checked = decode_cobs(stuffed)
    if checked is None:
        return Fault.NOT_STUFFED
    body, checksum = checked[:-CRC_BYTES], checked[-CRC_BYTES:]
    if not body:
        return Fault.TOO_SHORT
    if zlib.crc32(body).to_bytes(CRC_BYTES) != checksum:
        return Fault.CHECKSUM_DIFFERS
    return body


class Deframer:
    """Takes bytes as they come, in pieces of any size, and gives bodies and faults in their order."""

    __slots__ = ("_held", "_is_overlong")

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_overlong = False

    @property
    def held(self) -> int:
        """How many bytes wait for their end: never more than the largest frame."""
        return len(self._held)

    def feed(self, data: bytes) -> Iterator[bytes | Fault]:
        """Every body and fault that these bytes complete; consume it before the next call."""
        *ended, begun = data.split(b"\0")
        for piece in ended:
            self._hold(piece)
            if self._is_overlong:
                yield Fault.TOO_LONG
            elif self._held:  # two zeros in a row are an idle line
                yield read_frame(bytes(self._held))
            self._held.clear()
            self._is_overlong = False
        self._hold(begun)

    def _hold(self, piece: bytes) -> None:
        if self._is_overlong or len(self._held) + len(piece) > STUFFED_BYTES_MAX:
            self._is_overlong = True
            self._held.clear()
        else:
            self._held += piece
