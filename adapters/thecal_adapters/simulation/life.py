# SPDX-License-Identifier: Apache-2.0
"""One pump's life in virtual time: the real runner between a plant, people and faults, watched at every step.

The loop is the runner's own. What is here wakes it when it asked to be woken, or when something happens; takes its
power and makes it anew; and holds what was stored, and what moved, against catalogue and judge.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from heapq import heappop, heappush
from random import Random

from thecal.events import BolusAsked, Event, RefillDone
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.state import Alarm, State, initial_state
from thecal_adapters.plant.fluids import Mass
from thecal_adapters.plant.pump import Plant, Told
from thecal_adapters.ports import Clock, Console, Pump, Record, Request, Role, Store, StoreFailed
from thecal_adapters.runner import Runner
from thecal_adapters.simulation.faults import BY_NAME, Standing, join_scales
from thecal_adapters.simulation.findings import Findings
from thecal_adapters.simulation.hands import Hands, Held, Step, Truth
from thecal_adapters.simulation.injections import INJECTIONS
from thecal_adapters.simulation.judge import Judge
from thecal_adapters.simulation.makes import draw_patient
from thecal_adapters.simulation.monitors import Violation
from thecal_adapters.simulation.people import ACTS, program
from thecal_adapters.simulation.port import SimulatedPump
from thecal_adapters.simulation.script import Item, Script
from thecal_adapters.simulation.virtual import Damage, Fuse, PowerCut, VirtualClock, VirtualConsole, VirtualStore
from thecal_adapters.simulation.visits import is_bridge_over, plan_visit
from thecal_adapters.simulation.watch import Watch

DAY_MS = 86_400_000
RETRY_MS = 200
DRIFT_PERMILLE = BY_NAME["rate_drift"].scale.excess_permille
LAG_PERMILLE = BY_NAME["rate_lag"].scale.lack_permille
FAST_PPM = BY_NAME["clock_fast"].scale.fast_ppm
SLOW_PPM = BY_NAME["clock_slow"].scale.slow_ppm
MakeRunner = Callable[[Config, Pump, Clock, Store, Console], Runner]


class Life:
    """Everything that a script does to one pump. ``run`` once."""

    def __init__(
        self, script: Script, make_runner: MakeRunner = Runner, wrap_pump: Callable[[SimulatedPump], Pump] = lambda p: p
    ) -> None:
        self.script = script
        self.patient = draw_patient(Random(f"{script.seed}/patient"))
        self.state = initial_state(self.patient.config)
        self.violations: list[Violation] = []
        self.margins: dict[str, int] = {}
        self.counts: Counter[str] = Counter()
        self.worst: dict[str, int] = {}
        self.responses: Counter[Response] = Counter()
        self.steps: list[Step] = []
        self.moves: list[tuple[int, bool, Told]] = []
        self.restarts = 0
        self.is_restored = False
        self.events = 0
        self._make_runner = make_runner
        self._runner: Runner | None = None
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._planned = 0
        self._asked = 0
        self._held: Held | None = None
        self._due_ms = 0
        self._wanted_ms = 0  # when the loop asked to be called at the latest
        self._asleep_until_ms = 0
        self._cut: tuple[int, bool, Damage] = (0, False, Damage())
        self.twice_ms: deque[int] = deque()  # when pulses were made to move twice
        self._make_parts(wrap_pump)

    def _make_parts(self, wrap_pump: Callable[[SimulatedPump], Pump]) -> None:
        config, faults = self.patient.config, self.script.faults
        rng = Random(f"{self.script.seed}/parts")
        self.fuse = Fuse()
        self.clock = VirtualClock(self.fuse)
        self.clock.ppm = FAST_PPM * ("clock_fast" in faults) - SLOW_PPM * ("clock_slow" in faults)
        drugs = max(1, sum(drug.is_listed for drug in config.library))
        self.plant = Plant(self.patient.make, drugs)
        self.plant.is_torn = "catheter_torn" in faults
        self.plant.drift_permille = DRIFT_PERMILLE * ("rate_drift" in faults) - LAG_PERMILLE * ("rate_lag" in faults)
        self.pump = SimulatedPump(self.plant, self.clock, self.fuse, rng, self._on_motion)
        self._port = wrap_pump(self.pump)
        self.store = VirtualStore(self.fuse, rng, self._on_stored)
        self.console = VirtualConsole(self.fuse, rng)
        self.watch = Watch(config, Random(f"{self.script.seed}/watch"))
        self.watch.monitor.violations = self.violations
        is_counted = all(BY_NAME[name].standing is not Standing.OUT_OF_REACH for name in faults)
        scale = join_scales(faults)
        self.judge = Judge(config, self.plant, scale, is_counted, self.violations.append, self._note_margin)
        self.findings = Findings(self)
        self.hands = Hands(self)
        for name in sorted(faults):
            self.counts[name] += BY_NAME[name].per_day == 0

    # What happens

    def run(self) -> None:
        """Live from the filling to the last day."""
        self._begin()
        for item in self.script.items:
            self._plan(item.at_ms, self._make_happening(item))
        end_ms = self.script.days * DAY_MS
        self._boot()
        while not self.violations:
            wake_ms = self._find_wake_ms()
            if wake_ms >= end_ms:
                break
            self.clock.now_ms = self.judge.now_ms = max(self.clock.now_ms, wake_ms)
            while self._agenda and self._agenda[0][0] <= self.clock.now_ms:
                heappop(self._agenda)[2]()
            if self._runner is not None and self.clock.now_ms >= self._asleep_until_ms:
                self._run_once(self._runner)
        self._resolve_held()

    def _begin(self) -> None:
        """The first filling, the path, and a program, of which some are refused."""
        rng = Random(f"{self.script.seed}/begin")
        pump = self.patient.config.pump
        room_nl = pump.capacity_nl - pump.residual_nl
        filled_nl = rng.choice((room_nl, room_nl, pump.residual_nl + 700 * pump.pulse_volume_nl))
        event = RefillDone(0, min(room_nl, filled_nl), self.patient.strengths, has_unknown_drug=False, is_rinsed=False)
        self.hands.fill(event, 0)
        self.hands.revise(self.patient.path_nl, is_filled=True)
        for place in range(12):
            self.later(1_000 * (10 + 60 * place), self._program_first)

    def _program_first(self) -> None:
        if not self.state.is_programmed:
            program(self, Random(f"{self.script.seed}/program/{self.clock.now_ms}"))

    def _make_happening(self, item: Item) -> Callable[[], None]:
        def happen() -> None:
            rng = Random(item.seed)
            if item.kind in ACTS:
                ACTS[item.kind][0](self, rng)
            else:
                self.counts[item.kind] += 1
                INJECTIONS[item.kind](self, rng)

        return happen

    def _find_wake_ms(self) -> int:
        due = [self._agenda[0][0]] if self._agenda else []
        if self._runner is not None:
            late_ms = self.pump.next_ms
            soon = self._due_ms if late_ms is None else min(self._due_ms, late_ms)
            due.append(max(soon, self._asleep_until_ms))
        return min(due, default=self.script.days * DAY_MS)

    def _run_once(self, runner: Runner) -> None:
        try:
            wait_ms = runner.run_once()
            late_ms = max(0, self.clock.now_ms - self._wanted_ms)
            self._due_ms = self._wanted_ms = self.clock.now_ms + max(1, self.clock.compute_real_ms(wait_ms))
            self.judge.on_turn(late_ms, self.state)
            self.findings.look()
        except StoreFailed:
            self._due_ms = self.clock.now_ms + RETRY_MS
        except PowerCut:
            self._lose_power()

    # Power

    def cut_power(self, points: int, gap_ms: int, is_boot: bool, damage: Damage) -> None:
        """Have power fail at one of the next points, and come back after a while."""
        self.fuse.left = points
        self._cut = (gap_ms, is_boot, damage)

    def _lose_power(self) -> None:
        self._resolve_held()
        self._runner = None
        self.restarts += 1
        gap_ms, is_boot, damage = self._cut
        self.store.damage = damage
        self.pump.lose_power()
        self._asleep_until_ms = 0
        if is_boot:
            self.later(gap_ms, self.clock.boot)
        self.later(gap_ms, self._boot)

    def _boot(self) -> None:
        try:
            self._runner = self._make_runner(self.patient.config, self._port, self.clock, self.store, self.console)
        except PowerCut:
            self._lose_power()
            return
        self._due_ms = self._wanted_ms = self.clock.now_ms
        self.findings.on_boot(self.store.last is not None)
        self.judge.on_boot(self._runner.state.tick)
        if self._runner.state != self.state:
            self.state = self._runner.state
            self.is_restored = True
            self.watch.begin_anew(self.state)
            self.judge.on_restored(self.state)
            self.findings.on_restored()

    def sleep(self, span_ms: int) -> None:
        """Do not wake the loop for a while."""
        self._asleep_until_ms = self.clock.now_ms + span_ms

    # What people and faults may do

    def later(self, delay_ms: int, act: Callable[[], None]) -> None:
        """Plan something for later."""
        self._plan(self.clock.now_ms + delay_ms, act)

    def _plan(self, at_ms: int, act: Callable[[], None]) -> None:
        self._planned += 1
        heappush(self._agenda, (at_ms, self._planned, act))

    def ask(self, role: Role, event: Event, delay_ms: int = 0) -> str:
        """Have somebody ask, under a new id."""
        self._asked += 1
        request = Request(f"request-{self._asked}", event, role.name.lower(), role, "session")
        self.later(delay_ms, lambda: self.console.asked.append(request))
        return request.id

    # What is seen

    def _on_stored(self, record: Record) -> None:
        self._resolve_held()
        before, self.state = self.state, record.state
        pulse = (
            replace(record.pulse, sequence=record.state.flight.sequence) if record.pulse.is_ordered else record.pulse
        )
        outcome = Outcome(record.state, pulse, record.response, record.shown)
        truth = self.hands.use(record)
        self.events += 1
        self.responses[record.response] += 1
        self._note_step(record, truth)
        self.judge.on_stored(before, record, outcome)
        self.findings.on_stored(record)
        self._end_bridge(before, record)
        held = Held(before, record, outcome)
        if record.pulse.is_ordered:
            self._held = held
        else:
            self._see(held, truth)

    def _end_bridge(self, before: State, record: Record) -> None:
        """By the books the old fluid has passed: somebody comes to look whether it has."""
        if record.response is Response.PULSE_BOOKED_AS_DONE and is_bridge_over(before, self.state):
            self.findings.on_bridge_over()
            plan_visit(self, Random(f"{self.script.seed}/visit/{self.clock.now_ms}"))

    def _note_step(self, record: Record, truth: Truth | None) -> None:
        if record.response not in (Response.SECONDS_PASSED, Response.SECOND_PASSED):
            state = record.state
            step = Step(
                at_ms=self.clock.now_ms,
                event=record.event,
                response=record.response,
                tick=state.tick,
                truth=truth,
                sequence=state.flight.sequence,
                ordered=record.pulse.sequence if record.pulse.is_ordered else 0,
            )
            self.steps.append(step)

    def _see(self, held: Held, truth: Truth | None) -> None:
        left_nl, path_nl = (truth.left_nl, truth.path_nl) if truth else (0, 0)
        at_s = self.clock.now_ms // 1_000
        self.watch.see(at_s, held.before, held.record.event, held.outcome, held.moved, left_nl, path_nl)

    def _resolve_held(self) -> None:
        """An order's motion is over when the next record comes, or the power goes."""
        if self._held is not None:
            held, self._held = self._held, None
            self._see(held, None)

    def _on_motion(self, sequence: int, mass: Mass, told: Told) -> None:
        moved_nl = self.plant.take_moved()
        is_moved = moved_nl > 0
        self.moves.append((sequence, is_moved, told))
        self.findings.refills.on_motion(is_moved, told)
        self.judge.on_motion(sequence, mass, told, moved_nl)
        if self._held is not None and (is_moved or told is Told.DONE):
            self._held.moved = mass

    def _note_margin(self, id_: str, permille: int) -> None:
        self.margins[id_] = max(self.margins.get(id_, 0), permille)

    def find_active(self) -> frozenset[Alarm]:
        """The alarms that are active."""
        return frozenset(alarm for alarm, each in zip(Alarm, self.state.alarms) if each.is_active)

    def count_boluses(self) -> int:
        """How many boluses patients were granted."""
        return sum(
            isinstance(step.event, BolusAsked) and step.response is Response.BOLUS_GRANTED for step in self.steps
        )
