# SPDX-License-Identifier: Apache-2.0
"""A pump to try a line on, people who order by seed, and a store that judges them.

The pump is programmed so that a bolus is granted again whenever it is asked for again: short ones, without a lockout,
and time passes after each. So an order that came through twice is a dose too many, which no lockout hides.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from thecal.events import ClinicianBolusAsked, PathDeclared, PulseResult, RefillDone, ResumeAsked, StopAsked
from thecal.limits import Config
from thecal.outcome import Response
from thecal.prescription import Prescription, compute_no_prescription
from thecal.state import Mode
from thecal_adapters.library import load_config
from thecal_adapters.line.client import PumpClient
from thecal_adapters.line.link import LinkLost, OrderRefused
from thecal_adapters.line.messages import Reply
from thecal_adapters.memory import MemoryStore
from thecal_adapters.overrides import EVERY_OVERRIDE
from thecal_adapters.ports import Fact, Record

STRENGTH_FG_PER_NL = 10_000_000  # 10 mg/mL
FILLED_NL = 18_000_000
PATH_NL = 316_000
PULSE_FG = 250 * STRENGTH_FG_PER_NL
SETTLED_TRIES_MAX = 50
PAUSES_S = (0.0, 100.0, 4_000.0, 7_000.0)  # within a session and beyond it; most boluses are allowed again


class CountingPump:
    """Moves every pulse, and counts."""

    def __init__(self) -> None:
        self.moved = 0

    def move(self, sequence: int, volume_nl: int) -> PulseResult:
        """See ``Pump``."""
        self.moved += 1
        return PulseResult.DONE

    def poll(self) -> tuple[Fact, ...]:
        """See ``Pump``."""
        return ()


class JudgingStore(MemoryStore):
    """Remembers every order that was carried out, by its id, in the order of their records."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[tuple[str, Response]] = []

    def append(self, record: Record) -> None:
        """See ``Store``."""
        super().append(record)
        if record.request_id:
            self.orders.append((record.request_id, record.response))

    def count_granted(self) -> int:
        """How many boluses the kernel granted."""
        return sum(response == Response.BOLUS_GRANTED for _, response in self.orders)

    def find_carried_out_twice(self) -> list[str]:
        """The ids under which more than one order was carried out: a fault of the device, each of them."""
        return [name for name, count in Counter(name for name, _ in self.orders).items() if count > 1]


def find_faults(store: JudgingStore, tally: "Tally") -> list[str]:
    """What is wrong after a trial; nothing if each order was carried out at most once, and as was told."""
    faults = [f"{name} was carried out twice" for name in store.find_carried_out_twice()]
    if store.count_granted() != tally.granted:
        faults.append(f"{store.count_granted()} boluses were granted, and {tally.granted} of them were told")
    return faults


def make_trial_config() -> Config:
    """The generic peristaltic pump with morphine."""
    return load_config("peristaltic-40", ["morphine"])


def make_program(config: Config, slot_fg: int = 4 * PULSE_FG) -> Prescription:
    """A slow basal, and a patient bolus of one pulse without a lockout."""
    return replace(
        compute_no_prescription(config),
        slots_fg=(slot_fg,) * 48,
        bolus_fg=PULSE_FG,
        bolus_duration_s=60,
        bolus_count_max=24,
    )


def program(client: PumpClient, config: Config) -> None:
    """Fill the pump and have it run, as a clinician does."""
    label = (STRENGTH_FG_PER_NL, 0, 0, 0)
    client.order(RefillDone(0, FILLED_NL, label, has_unknown_drug=False, is_rinsed=False), drug_lot="TRIAL")
    client.order(PathDeclared(PATH_NL, PATH_NL, is_filled_from_reservoir=True))
    stage_and_confirm(client, make_program(config))


def stage_and_confirm(client: PumpClient, prescription: Prescription) -> None:
    """Stage, and confirm what was staged."""
    staging = client.stage(prescription, EVERY_OVERRIDE).staging
    if staging is None or client.confirm(staging).response != Response.PRESCRIPTION_CONFIRMED:
        raise AssertionError("the trial's own program was refused")


@dataclass
class Tally:
    """What the people of a trial were told."""

    asked: int = 0
    carried_out: int = 0
    granted: int = 0
    lost: int = 0
    settled: int = 0
    responses: dict[str, int] = field(default_factory=dict)


@dataclass
class Trial:
    """A clinician and a patient who order by a seed, one order after the other. ``pass_time``: let seconds go by."""

    clinician: PumpClient
    patient: PumpClient
    config: Config
    pass_time: Callable[[float], object]
    seed: int
    tally: Tally = field(default_factory=Tally)

    def run(self, count: int) -> Tally:
        """Give so many orders."""
        chance = random.Random(self.seed)
        for _ in range(count):
            self.tally.asked += 1
            actions = (self._ask_bolus, self._stop_and_resume, self._reprogram, self._give_bolus, self._read)
            action = chance.choices(actions, weights=(60, 10, 10, 10, 10))[0]
            self._attempt(self.patient if action == self._ask_bolus else self.clinician, action)
            self.pass_time(chance.choice(PAUSES_S))
        return self.tally

    def _attempt(self, client: PumpClient, action: Callable[[], None]) -> None:
        """Do it; where the link gives up, wait, and ask what became of it until that is known."""
        try:
            action()
        except OrderRefused as refused:
            self._count(refused.reply.finding.name)
        except LinkLost:
            self.tally.lost += 1
        for _ in range(SETTLED_TRIES_MAX):
            if not client.is_unsettled:
                return
            with suppress(LinkLost):
                self.tally.settled += 1
                reply = client.settle()
                if reply is not None:
                    self._note(reply)
        raise AssertionError("an order stays unsettled, as if there were no pump")

    def _note(self, reply: Reply) -> None:
        self.tally.carried_out += 1
        self._count(reply.response.name)
        self.tally.granted += reply.response == Response.BOLUS_GRANTED

    def _count(self, name: str) -> None:
        self.tally.responses[name] = self.tally.responses.get(name, 0) + 1

    def _ask_bolus(self) -> None:
        self._note(self.patient.ask_bolus())

    def _give_bolus(self) -> None:
        self._note(self.clinician.order(ClinicianBolusAsked(PULSE_FG, 60)))

    def _stop_and_resume(self) -> None:
        self._note(self.clinician.order(StopAsked()))
        self._note(self.clinician.order(ResumeAsked()))

    def _reprogram(self) -> None:
        staged = self.clinician.stage(make_program(self.config), EVERY_OVERRIDE)
        self._note(staged.reply)
        if staged.staging is not None:
            self._note(self.clinician.confirm(staged.staging))

    def _read(self) -> None:
        if self.clinician.interrogate().state.mode == Mode.STOPPED:  # its resumption was lost
            self._note(self.clinician.order(ResumeAsked()))
