# SPDX-License-Identifier: Apache-2.0
"""A limit on everything that a peer can ask for, each with its reason."""

from dataclasses import dataclass

READ_BYTES_MAX = 4_096  # in one go, so that a flood is looked at in pieces
INBOX_LENGTH = 16  # requests that wait for the runner; what does not fit is dropped, and asked again by its sender
OUTBOX_LENGTH = 32  # replies that wait for the line; what does not fit is dropped likewise
HALF_OPEN_LENGTH = 4  # handshakes that nobody has proved to hold a key in; the oldest gives way
SESSION_IDLE_MS_MAX = 600_000  # a session in which nothing was said for so long ends
ORDER_LIFE_MS = 5_000  # how old an order may be, by the pump's clock, when it is carried out
READS_IN_A_POLL_MAX = 4  # answered between two looks at the clock


@dataclass(slots=True)
class Bucket:
    """Tokens that come at a steady rate, up to a burst (a token bucket); each thing allowed takes one."""

    per_s: int
    burst: int
    tokens_1000: int = -1
    seen_ms: int = 0

    def is_allowed(self, now_ms: int) -> bool:
        """Take a token, if there is one."""
        if self.tokens_1000 < 0:
            self.tokens_1000, self.seen_ms = 1_000 * self.burst, now_ms
        passed_ms = max(0, now_ms - self.seen_ms)
        self.tokens_1000 = min(1_000 * self.burst, self.tokens_1000 + passed_ms * self.per_s)
        self.seen_ms = now_ms
        if self.tokens_1000 < 1_000:
            return False
        self.tokens_1000 -= 1_000
        return True


def make_handshake_bucket() -> Bucket:
    """Handshakes cost the most, and a line needs few."""
    return Bucket(per_s=10, burst=20)


def make_order_bucket() -> Bucket:
    """Each order is a durable record; nobody keys as fast as this."""
    return Bucket(per_s=20, burst=40)


def make_read_bucket() -> Bucket:
    """A screen that is drawn anew ten times a second has room."""
    return Bucket(per_s=50, burst=100)
