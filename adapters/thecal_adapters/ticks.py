# SPDX-License-Identifier: Apache-2.0
"""How many seconds may be told to the kernel: never more than have really passed, and none that was slept through.

Pure bookkeeping; the runner asks it with what the clocks say. A tick stands for a second on a grid that begins with the
monitor, so being woken a little late costs nothing, and any W real seconds hold at most W + 1 ticks. Where two clocks
disagree, the shorter time counts for ticks, because there too many harm, and the longer one for deadlines, because
there waiting is the hazard. They may disagree at once, by a jump, or little by little: so each observation is held
against the last one, and against the first since a jump.
"""

from dataclasses import dataclass

from thecal_adapters.ports import Stamp

SECOND_MS = 1_000
HOUR_S = 3_600

# Seconds that may be lost in any hour without a word: less than one in a thousand. One lost in each minute is 60.
LOST_S_MAX = 3


@dataclass(frozen=True, slots=True)
class Observation:
    """What the clocks say at once."""

    monotonic_ms: int
    stamp: Stamp


def compute_passed_ms(before: Stamp, now: Stamp) -> tuple[int, int] | None:
    """The least and the most that can have passed between two times of day, None if they bound nothing."""
    if before.uncertainty_ms is None or now.uncertainty_ms is None:
        return None
    passed_ms, doubt_ms = now.utc_ms - before.utc_ms, before.uncertainty_ms + now.uncertainty_ms
    return passed_ms - doubt_ms, passed_ms + doubt_ms


class TickMonitor:
    """Whole real seconds that are due and not told yet, and those that nobody observed."""

    def __init__(self, now: Observation, lost_s: int = 0) -> None:
        self._grid_ms = now.monotonic_ms  # the second up to which everything is told or lost
        self._seen = self._anchor = now  # the last observation, and the first since a jump
        self._conceded_ms = 0  # by which the monotonic clock was ahead of the time of day since then, and is no more
        self._timed = now  # the last observation with a time of day
        self.lost_s = lost_s
        self._losses: list[tuple[int, int]] = []  # when, in monotonic ms, and how many, of the last hour

    def observe(self, now: Observation) -> int:
        """Look at the clocks; return how many whole seconds are due. A clock that goes back makes none due."""
        passed_ms = now.monotonic_ms - self._seen.monotonic_ms
        least_ms, most_ms = compute_passed_ms(self._seen.stamp, now.stamp) or (passed_ms, passed_ms)
        self._seen = now
        if passed_ms < 0:
            self._grid_ms += passed_ms  # the grid goes with the clock: what was told stays told
            self._hold_on_to(now)
        if max(0, passed_ms) > max(0, most_ms) + SECOND_MS:
            self.lose((passed_ms - max(0, most_ms)) // SECOND_MS)
            self._hold_on_to(now)
        elif max(0, passed_ms) < least_ms - SECOND_MS:
            self._note_loss((least_ms - max(0, passed_ms)) // SECOND_MS)
            self._hold_on_to(now)
        elif self._is_set_back(now):
            self._hold_on_to(now)
        else:
            self._concede(now)
        if now.stamp.uncertainty_ms is not None:
            self._timed = now
        return max(0, (now.monotonic_ms - self._grid_ms) // SECOND_MS)

    def _is_set_back(self, now: Observation) -> bool:
        """Whether the time of day has fallen behind by a jump since it was last known: what was told stays told."""
        bounds_ms = compute_passed_ms(self._timed.stamp, now.stamp)
        passed_ms = now.monotonic_ms - self._timed.monotonic_ms
        return bounds_ms is not None and bounds_ms[1] < passed_ms - SECOND_MS

    def _hold_on_to(self, now: Observation) -> None:
        """Begin to compare the clocks anew."""
        self._anchor, self._conceded_ms = now, 0

    def _concede(self, now: Observation) -> None:
        """Give in by whole seconds where one clock runs away from the other little by little."""
        bounds_ms = compute_passed_ms(self._anchor.stamp, now.stamp)
        if bounds_ms is None:
            if self._anchor.stamp.uncertainty_ms is None:
                self._hold_on_to(now)
            return
        passed_ms = now.monotonic_ms - self._anchor.monotonic_ms - self._conceded_ms
        ahead_s, behind_s = (passed_ms - bounds_ms[1]) // SECOND_MS, (bounds_ms[0] - passed_ms) // SECOND_MS
        if ahead_s > 0:
            self.lose(ahead_s)
            self._conceded_ms += ahead_s * SECOND_MS
        elif behind_s > 0:
            self._note_loss(behind_s)
            self._conceded_ms -= behind_s * SECOND_MS

    def tell(self, count: int) -> None:
        """Count so many seconds as told."""
        self._grid_ms += count * SECOND_MS

    def lose(self, count: int) -> None:
        """Count so many seconds as passed and not told."""
        self._grid_ms += count * SECOND_MS
        self._note_loss(count)

    def _note_loss(self, count: int) -> None:
        self.lost_s += count
        self._losses.append((self._seen.monotonic_ms, count))

    def is_breached(self) -> bool:
        """Whether more seconds were lost in the last hour than may be without a word."""
        since_ms = self._seen.monotonic_ms - HOUR_S * SECOND_MS
        self._losses = [each for each in self._losses if each[0] > since_ms]
        return sum(count for _, count in self._losses) > LOST_S_MAX

    def take_gap(self) -> int:
        """The seconds lost and not told yet, which the caller now tells as a gap."""
        gap_s, self.lost_s = self.lost_s, 0
        self._losses.clear()
        return gap_s

    def compute_wait_ms(self, quiet_s: int) -> int:
        """How long nothing need be observed, if so many of the next seconds are quiet."""
        return max(0, self._grid_ms + (quiet_s + 1) * SECOND_MS - self._seen.monotonic_ms)
