# SPDX-License-Identifier: Apache-2.0
"""Millions of inputs for what reads bytes: ``python -m thecal_adapters.line.fuzz --seed N --count 2000000``.

Random bytes, and real frames and messages cut, spliced and flipped, go to the parser of frames, to the reader of
messages, to the host's end of the line and, also under a good checksum, to the pump's. Nothing may be raised but what
is declared, no more may be held than one frame, no message may be read that has another form, and no request or reply
may come out that nobody has sent. The first input that does otherwise is written to the standard output in hexadecimal,
with exit status 1.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from thecal.events import BolusAsked, PrescriptionStaged, RefillDone
from thecal.limits import Config
from thecal.outcome import NOTHING_SHOWN, Response
from thecal.state import Staged, initial_state
from thecal_adapters.exits import Exit
from thecal_adapters.line.frames import STUFFED_BYTES_MAX, Deframer, Fault, make_frame
from thecal_adapters.line.host_end import HostEnd
from thecal_adapters.line.messages import NO_DIGEST, Find, Finding, HostMessage, Order, Read, Reply
from thecal_adapters.line.packing import Unreadable, pack, unpack
from thecal_adapters.line.pump_end import Asked, PumpEnd
from thecal_adapters.line.roles import make_key
from thecal_adapters.line.trial import make_program, make_trial_config
from thecal_adapters.overrides import EVERY_OVERRIDE
from thecal_adapters.ports import Role

FORMS = (HostMessage, Reply, Staged)


class Broken(Exception):
    """What may not be: the sentence says what."""


@dataclass
class Fuzzer:
    """Makes inputs by a seed and hands them to what reads."""

    seed: int

    def __post_init__(self) -> None:
        """Make a pump's end with an open session, and messages to start from."""
        self.chance = random.Random(self.seed)
        key = make_key(Role.CLINICIAN, self.chance.randbytes)
        self.pump = PumpEnd([key], self.chance.randbytes)
        self.host = HostEnd(key, self.chance.randbytes)
        self.deframer = Deframer()
        self.counts: Counter[str] = Counter()
        config = make_trial_config()
        program = make_program(config)
        refill = RefillDone(1, 2, (3, 4, 5, 6), has_unknown_drug=False, is_rinsed=True)
        events = (BolusAsked(), refill, PrescriptionStaged(program, EVERY_OVERRIDE))
        messages: list[HostMessage] = [Read(bytes(16)), Find(bytes(16), bytes(16))]
        messages += [Order(bytes(16), 2**40, b"", "lot", event) for event in events]
        self.plain = [pack(HostMessage, message) for message in messages]
        hello = self.host.begin()
        welcomes = [found for found in self.pump.receive(hello, 0) if isinstance(found, bytes)]
        list(self.host.receive(b"".join(welcomes)))
        self.to_pump = [hello] + [self.host.make_request(message) for message in messages]
        opened = [found for found in self.pump.receive(b"".join(self.to_pump[1:]), 0) if isinstance(found, Asked)]
        self.to_host = welcomes + [self.pump.make_reply(each.session, make_empty_reply(config)) for each in opened]
        if not len(messages) == len(opened) == len(list(self.host.receive(b"".join(self.to_host)))):
            raise Broken("the messages of the session were not opened")

    def run(self, count: int) -> None:
        """Hand over so many inputs; ``Broken`` at the first that does what may not be."""
        tries: tuple[tuple[Callable[[bytes], None], list[bytes]], ...] = (
            (self._deframe, self.to_pump),
            (self._unpack, self.plain),
            (self._receive_at_pump, self.to_pump),
            (self._receive_at_host, self.to_host),
        )
        for number in range(count):
            attempt, good = tries[number % len(tries)]
            data = self._damage(good)
            try:
                attempt(data)
            except Exception as error:
                raise Broken(f"{attempt.__name__}: {error!r}: {data.hex()}") from error

    def _damage(self, good: list[bytes]) -> bytes:
        """Random bytes, or something good with a few things wrong."""
        chance = self.chance
        if chance.random() < 0.2:
            return chance.randbytes(chance.randrange(120))
        data = bytearray(chance.choice(good))
        for _ in range(chance.randrange(4)):
            place = chance.randrange(len(data) + 1)
            wrong = chance.randrange(5)
            if wrong == 0:
                del data[place : place + chance.randrange(9)]
            elif wrong == 1:
                data[place:place] = chance.randbytes(chance.randrange(9))
            elif wrong == 2:
                data[place:] = chance.choice(good)[place:]
            elif place < len(data):
                data[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, data[place] ^ 1 << chance.randrange(8)))
        return bytes(data)

    def _deframe(self, data: bytes) -> None:
        for found in self.deframer.feed(data):
            self.counts[found.name if isinstance(found, Fault) else "a body"] += 1
        if self.deframer.held > STUFFED_BYTES_MAX:
            raise Broken("more is held than one frame")

    def _unpack(self, data: bytes) -> None:
        declared = self.chance.choice(FORMS)
        try:
            value = unpack(declared, data, "value")
        except Unreadable:
            self.counts["unreadable"] += 1
            return
        self.counts["readable"] += 1
        if pack(declared, value) != data:
            raise Broken("a value has two forms")

    def _receive_at_host(self, data: bytes) -> None:
        for _ in self.host.receive(data):
            raise Broken("a reply came out that no pump has sent")

    def _receive_at_pump(self, data: bytes) -> None:
        """Bytes as they come, or a good frame around what is damaged, so that the checksum hides nothing."""
        body = data.replace(b"\0", b"")[:400]
        now_ms = self.chance.randrange(10_000)  # within the life of the session
        for piece in (data, make_frame(body or b"\1")):
            for found in self.pump.receive(piece, now_ms):
                if isinstance(found, Asked):
                    raise Broken("a request came out that no host has sent")
                self.counts["a handshake answered"] += 1


def make_empty_reply(config: Config) -> Reply:
    """What a pump replies as it leaves the box."""
    return Reply(
        id=bytes(16),
        pump_ms=0,
        is_answered=False,
        response=Response.NOTHING_AGAINST_IT,
        tick=0,
        number=0,
        is_repeated=False,
        finding=Finding.NONE,
        words="",
        digest=NO_DIGEST,
        shown=NOTHING_SHOWN,
        state=initial_state(config),
    )


def main(arguments: list[str]) -> Exit:
    """Throw inputs and tell what became of them, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m thecal_adapters.line.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2_000_000)
    asked = parser.parse_args(arguments)
    fuzzer, started_s = Fuzzer(asked.seed), time.monotonic()
    try:
        fuzzer.run(asked.count)
    except Broken as broken:
        print(broken)
        return Exit.FINDING
    counts = {**fuzzer.counts, **{count.value: number for count, number in fuzzer.pump.counts.items()}}
    seconds = round(time.monotonic() - started_s, 1)
    print(json.dumps({"version": 1, "seed": asked.seed, "inputs": asked.count, "seconds": seconds, "found": counts}))
    return Exit.AS_ASKED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
