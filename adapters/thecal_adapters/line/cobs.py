# SPDX-License-Identifier: Apache-2.0
"""Consistent overhead byte stuffing (Cheshire and Baker, SIGCOMM 1997): no zero inside, so that a zero ends a frame."""

BLOCK_BYTES_MAX = 254  # what one count byte can stand for


def encode_cobs(data: bytes) -> bytes:
    """Data without any zero byte: one byte longer, and one more for each 254 bytes without a zero."""
    made = bytearray()
    for block in data.split(b"\0"):
        rest = block
        while len(rest) >= BLOCK_BYTES_MAX:
            made.append(BLOCK_BYTES_MAX + 1)
            made += rest[:BLOCK_BYTES_MAX]
            rest = rest[BLOCK_BYTES_MAX:]
        made.append(len(rest) + 1)
        made += rest
    return bytes(made)


def decode_cobs(stuffed: bytes) -> bytes | None:
    """What was stuffed, or None if these bytes are no such form: a zero inside, or a count that points past the end."""
    if not stuffed or 0 in stuffed:
        return None
    made = bytearray()
    place = 0
    while place < len(stuffed):
        count = stuffed[place]
        block = stuffed[place + 1 : place + count]
        if len(block) != count - 1:
            return None
        made += block
        place += count
        if count <= BLOCK_BYTES_MAX and place < len(stuffed):
            made.append(0)
    return bytes(made)
