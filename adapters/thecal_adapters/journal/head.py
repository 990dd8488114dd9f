# SPDX-License-Identifier: Apache-2.0
"""The signed head: how far the journal goes, and the therapy capsule, in a file of their own.

It is written after every record, to one of two pages in turn, so that a write that is cut off leaves the one before.
Its number never goes back: a journal that ends before it was cut, or replaced by an older copy.

The seal is HMAC-SHA256 with a key that is kept outside of both files. It was chosen over a public signature because a
device can make it with the standard library alone, in microseconds, at every record. Its price: whoever can check it
can also forge it, so a journal that strangers must judge is to be checked by a holder of the key.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from thecal.capsule import Capsule
from thecal_adapters.codec import Refused
from thecal_adapters.journal.canonical import pack, unpack
from thecal_adapters.ports import Stamp

PAGE_BYTES = 4_096
KEY_BYTES_MIN = 32
MAGIC = b"thecal head 1"


@dataclass(frozen=True, slots=True)
class Head:
    """The last record, its chain and time, the last pulse that was ordered, and the capsule of its state."""

    number: int
    chain: bytes
    stamp: Stamp
    sequence: int
    capsule: Capsule


def admit_key(key: bytes) -> bytes:
    """A key that is long enough, or a refusal."""
    if len(key) < KEY_BYTES_MIN:
        raise Refused("key", f"{len(key)} bytes are too short for a key; {KEY_BYTES_MIN} random ones are expected")
    return key


def read_doubt(stamp: Stamp) -> int:
    """The uncertainty of a time in milliseconds, -1 if nobody knows it."""
    return -1 if stamp.uncertainty_ms is None else stamp.uncertainty_ms


def make_stamp(utc_ms: int, doubt_ms: int) -> Stamp:
    """A time and its uncertainty as they were stored."""
    return Stamp(utc_ms, None if doubt_ms < 0 else doubt_ms)


def write_page(head: Head, key: bytes) -> bytes:
    """One sealed page."""
    numbers = (head.number, head.sequence, head.stamp.utc_ms, read_doubt(head.stamp))
    parts = (MAGIC, *(str(number).encode() for number in numbers), head.chain.hex().encode())
    content = b"|".join((*parts, pack(head.capsule)))
    page = content + b"|" + hmac.new(key, content, hashlib.sha256).hexdigest().encode() + b"\n"
    return page.ljust(PAGE_BYTES, b"\0")


def read_page(page: bytes, key: bytes) -> Head | None:
    """The head of a page, or None if it is not exactly as it was sealed."""
    content, _, seal = page.rstrip(b"\0").removesuffix(b"\n").rpartition(b"|")
    expected = hmac.new(key, content, hashlib.sha256).hexdigest().encode()
    if not content or not hmac.compare_digest(seal, expected):
        return None
    magic, number, sequence, utc_ms, doubt_ms, chain, image = content.split(b"|")
    if magic != MAGIC:
        return None
    stamp = make_stamp(int(utc_ms), int(doubt_ms))
    try:
        capsule = unpack(Capsule, image, "head.capsule")
    except Refused:  # the capsule of another version: its place in the journal still counts
        return None
    return Head(int(number), bytes.fromhex(chain.decode()), stamp, int(sequence), capsule)


def read_heads(path: Path, key: bytes) -> list[Head]:
    """The heads of a file that are as they were sealed, the latest first."""
    if not path.exists():
        return []
    content = path.read_bytes()
    pages = [content[at : at + PAGE_BYTES] for at in range(0, len(content), PAGE_BYTES)]
    found = [read_page(page, key) for page in pages]
    return sorted((head for head in found if head is not None), key=lambda head: -head.number)


class HeadFile:
    """The file, open for writing."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._key = key
        is_new = not path.exists()
        self._file = open(path, "r+b" if not is_new else "x+b", buffering=0)  # noqa: SIM115
        if is_new:
            synchronise_folder(path.parent)

    def write(self, head: Head) -> None:
        """Return when the head is durable."""
        self._file.seek(head.number % 2 * PAGE_BYTES)
        page = write_page(head, self._key)
        if self._file.write(page) != len(page):
            raise OSError("the head was written in part only")
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def synchronise_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
