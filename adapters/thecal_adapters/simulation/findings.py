# SPDX-License-Identifier: Apache-2.0
"""Whether what the table promises to be found is found in time: alarms after the next turn of the loop, at refills,
at visits. What is found is counted by kind of fault.
"""

from collections import Counter, deque
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.events import PathDeclared, PowerRestored, RefillDone
from thecal.outcome import Response
from thecal.state import Alarm
from thecal_adapters.plant.fluids import Strength
from thecal_adapters.plant.pump import Plant
from thecal_adapters.ports import Record
from thecal_adapters.simulation.monitors import Violation
from thecal_adapters.simulation.refill_watch import RefillWatch

if TYPE_CHECKING:
    from thecal_adapters.simulation.life import Life

DAY_MS = 86_400_000
FAILURES = 5
WORTH_PERMILLE = 200  # of the stronger of two fluids: a difference that has to be found
VISIT_MS = 1_800_000  # by when somebody looks, once a bridge is over
PATH_MS = 4 * DAY_MS  # by when the pump has heard what a visit found: power may be away for three days
LOST_MS = 6_000  # of an hour: more than the loop may keep for itself, and the seconds that are not over
AHEAD_MS = 7_000  # by which the time of day jumps ahead: more than its uncertainties, and than may be kept
SAMPLE_MS = 60_000
HOUR_MS = 3_600_000
DRIFT_MS = 3 * 3_600_000  # by when a quartz that loses or gains 1,000 ppm is found out, if the time of day is good
SOON_MS = 60_000


def compute_difference_permille(one: Strength, other: Strength) -> int:
    """By how much two fluids differ, in permille of the stronger, in the drug in which they differ most."""
    pairs = [(Fraction(a), Fraction(b)) for a, b in zip(one, other) if a or b]
    return max((int(1_000 * abs(a - b) / max(a, b)) for a, b in pairs), default=0)


def find_worst_permille(plant: Plant) -> int:
    """By how much the path's fluid truly differs from the reservoir's, where it does most."""
    new = plant.reservoir.strength
    return max((compute_difference_permille(plug.strength, new) for plug in plant.line.plugs), default=0)


class Findings:
    """What must be found soon, and what was."""

    def __init__(self, life: "Life") -> None:
        self.found: Counter[str] = Counter()
        self._life = life
        self._due: list[tuple[str, tuple[Alarm, ...]]] = []
        self._failures_ms: deque[int] = deque()
        self.refills = RefillWatch(life, self)
        self._began_ms = 0
        self._is_drift_found = False
        self._is_failing = False
        self._behind: deque[tuple[int, int]] = deque()  # of the last hour: when, and by how much ticks were behind
        self._restart_ms = 0  # when a restart was told last
        self._ahead_ms = 0  # by how much the time of day was set ahead since the last turn
        self._jumped_ms = 0  # when it was set last
        self._fluid_changes = 0
        self._path_found: dict[str, int] = {}  # when each request was made that declares what a visit has found

    def on_boot(self, is_restart: bool) -> None:
        """A restart sounds at once."""
        self._began_ms, self._is_drift_found = self._life.clock.now_ms, False
        self._behind.clear()
        self._ahead_ms = 0
        self._due = [("restart", (Alarm.RESTARTED,))] if is_restart else []

    def on_restored(self) -> None:
        """No failure is remembered by a state that is not the stored one; the doubt is an alarm."""
        self._failures_ms.clear()
        self._is_failing = False
        self._due.append(("restored", (Alarm.HISTORY_UNKNOWN,)))

    def on_stored(self, record: Record) -> None:
        """Count what was told to have failed, and strike out what sounds; it may be acknowledged in the same turn."""
        if record.response in (Response.PULSE_BOOKED_AS_NOT_DONE, Response.PULSE_BOOKED_AS_UNKNOWN):
            self._failures_ms.append(self._life.clock.now_ms)
        if isinstance(record.event, RefillDone | PathDeclared):
            self._fluid_changes += 1
            if record.request_id in self._path_found and record.response is not Response.REFUSED_MALFORMED_FACT:
                del self._path_found[record.request_id]
                self.found["bridge"] += 1
        if isinstance(record.event, PowerRestored) and record.state.alarms[Alarm.RESTARTED].is_active:
            self._restart_ms = self._life.clock.now_ms
        is_later = self._life.clock.now_ms > self._began_ms + SOON_MS
        if isinstance(record.event, PowerRestored) and is_later and not self._is_drift_found:
            self._is_drift_found = record.state.alarms[Alarm.RESTARTED].is_active
            self.found["drift"] += self._is_drifting
        self.refills.on_stored(record)
        for due in self._due[:]:
            if any(record.state.alarms[alarm].is_active for alarm in due[1]):
                self.found[due[0]] += 1
                self._due.remove(due)

    def look(self) -> None:
        """After a whole turn of the loop everything that was due must sound."""
        life = self._life
        for name, alarms in self._due:
            self.miss(name, f"{alarms[0].name} did not sound")
        self._due.clear()
        self._look_at_lost_seconds()
        self._look_at_jump()
        if any(asked_ms < life.clock.now_ms - PATH_MS for asked_ms in self._path_found.values()):
            self.miss("bridge", "old fluid that a visit has found in the path was not declared")
        while self._failures_ms and self._failures_ms[0] <= life.clock.now_ms - DAY_MS + 200_000:
            self._failures_ms.popleft()
        is_late = life.clock.now_ms > self._began_ms + DRIFT_MS
        if self._is_drifting and is_late and not self._is_drift_found:
            self.miss("drift", "RESTARTED did not sound within three hours of a quartz that drifts")
        is_failing = len(self._failures_ms) >= FAILURES
        if is_failing and not life.state.alarms[Alarm.PULSES_FAILED].is_active:
            self.miss("failures", "PULSES_FAILED did not sound at the fifth in a day")
        self.found["failures"] += is_failing and not self._is_failing
        self._is_failing = is_failing

    def _look_at_lost_seconds(self) -> None:
        """More than a few seconds that were lost within an hour must have been told as a restart in that hour."""
        now_ms, judge = self._life.clock.now_ms, self._life.judge
        passed_ms = now_ms - judge.boot_ms
        ticked_ms = 1_000 * (self._life.state.tick - judge.boot_tick)
        behind_ms = passed_ms - passed_ms * judge.scale.slow_ppm // 1_000_000 - ticked_ms
        while self._behind and self._behind[0][0] < now_ms - HOUR_MS:
            self._behind.popleft()
        if self._behind and behind_ms > self._behind[0][1] + LOST_MS:
            is_told = self._restart_ms >= self._behind[0][0]
            self.found["missed"] += is_told
            if not is_told:
                self.miss("missed", "no restart was told though seconds were lost")
            self._behind.clear()
        if not self._behind or now_ms >= self._behind[-1][0] + SAMPLE_MS:
            self._behind.append((now_ms, behind_ms))

    def on_jump(self, jump_ms: int) -> None:
        """The time of day was set."""
        self._ahead_ms += jump_ms
        self._jumped_ms = self._life.clock.now_ms

    def _look_at_jump(self) -> None:
        """What was set ahead must have been told as a restart in this turn: time may have passed that nobody saw."""
        if self._ahead_ms >= AHEAD_MS:
            is_told = self._restart_ms >= self._jumped_ms  # a store may refuse the record of it for a while
            self.found["jump"] += is_told
            if not is_told:
                self.miss("jump", "no restart was told though the time of day was set ahead")
        self._ahead_ms = 0

    def on_bridge_over(self) -> None:
        """The bridge is over by the books: what is notably another fluid after the time of the visit was not found."""
        changes = self._fluid_changes

        def look_at_path() -> None:
            is_same = changes == self._fluid_changes and not self._path_found
            if is_same and find_worst_permille(self._life.plant) >= WORTH_PERMILLE:
                self.miss("bridge", "old fluid in the path was not found when the bridge was over")

        self._life.later(VISIT_MS + SOON_MS, look_at_path)

    def on_path_found(self, request_id: str) -> None:
        """A visit has found old fluid, and declares the path wider by this request."""
        self._path_found[request_id] = self._life.clock.now_ms

    def on_stall(self) -> None:
        """A stall sounds at once."""
        self._due.append(("stall", (Alarm.MOTOR_STALLED,)))

    @property
    def _is_drifting(self) -> bool:
        """Whether the quartz is wrong, and nothing but the quartz."""
        return self._life.clock.ppm != 0 and "clock_jumps" not in self._life.script.faults

    def miss(self, name: str, words: str) -> None:
        """What had to be found was not."""
        self._life.judge.on_violation(Violation(self._life.clock.now_ms // 1_000, f"finding: {name}", words))
