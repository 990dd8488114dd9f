# SPDX-License-Identifier: Apache-2.0
"""A hostile line: what becomes of each frame that passes, by a seed. It holds no key, and all else it may do."""

import random
from collections import Counter, deque
from enum import Enum

from thecal_adapters.line.channel import HEAD_BYTES, Kind
from thecal_adapters.line.frames import make_frame, read_frame

HISTORY_LENGTH = 400
HELD_LENGTH_MAX = 8


class Trick(Enum):
    """What may become of a frame."""

    LOSE = "lost"
    DOUBLE = "doubled"
    REORDER = "overtaken by later ones"
    CUT = "cut"
    FLIP = "flipped"
    REPLAY = "followed by an old one"
    FORGE = "followed by a forged one"
    NOISE = "followed by noise"


class Mischief:
    """One direction of a line. With ``share`` of 0 it passes everything on."""

    def __init__(self, seed: int, share: float, tricks: tuple[Trick, ...] = tuple(Trick)) -> None:
        self._random = random.Random(seed)
        self._share = share
        self._tricks = tricks
        self._begun = b""
        self._history: deque[bytes] = deque(maxlen=HISTORY_LENGTH)
        self._held: deque[bytes] = deque()
        self.is_quiet = False  # while it is, everything passes
        self.counts: Counter[Trick] = Counter()

    def pass_on(self, data: bytes) -> bytes:
        """What comes out at the far end for the bytes that went in."""
        *ended, self._begun = (self._begun + data).split(b"\0")
        return b"".join(self._pass_frame(piece) for piece in ended if piece)

    def _pass_frame(self, piece: bytes) -> bytes:
        frame = b"\0" + piece + b"\0"
        made = frame
        if not self.is_quiet and self._random.random() < self._share:
            trick = self._random.choice(self._tricks)
            self.counts[trick] += 1
            made = self._play(trick, frame)
        self._history.append(frame)
        while self._held and self._random.random() < 0.3:
            made += self._held.popleft()
        return made

    def _play(self, trick: Trick, frame: bytes) -> bytes:
        place = self._random.randrange(1, len(frame))
        if trick is Trick.LOSE:
            return b""
        if trick is Trick.DOUBLE:
            return frame + frame
        if trick is Trick.REORDER:
            self._held.append(frame)
            return b"" if len(self._held) <= HELD_LENGTH_MAX else self._held.popleft()
        if trick is Trick.CUT:
            return frame[:place]
        if trick is Trick.FLIP:
            return frame[:place] + bytes([frame[place] ^ 1 << self._random.randrange(8)]) + frame[place + 1 :]
        if trick is Trick.REPLAY:
            return frame + (self._random.choice(self._history) if self._history else b"")
        if trick is Trick.FORGE:
            return frame + self._forge(frame)
        return frame + self._random.randbytes(self._random.randrange(1, 300))

    def _forge(self, frame: bytes) -> bytes:
        """A whole frame with a good checksum: a live session's name, a counter ahead, and bytes that nobody sealed."""
        body = read_frame(frame[1:-1])
        if not isinstance(body, bytes) or len(body) <= HEAD_BYTES:
            return make_frame(self._random.randbytes(64))
        if body[0] == Kind.HELLO or self._random.random() < 0.5:
            return make_frame(body[:-8] + self._random.randbytes(8))
        counter = int.from_bytes(body[HEAD_BYTES - 8 : HEAD_BYTES]) + self._random.randrange(1, 9)
        return make_frame(body[: HEAD_BYTES - 8] + counter.to_bytes(8) + body[HEAD_BYTES:])
