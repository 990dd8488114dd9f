# SPDX-License-Identifier: Apache-2.0
"""One life of a child: the real runner on a real journal, in virtual time, with a pump that is a file.

The pump takes a number up with one line, moves with another, and looks at the file before it does either. A boundary is
passed at each write; there the child may end itself, or be found by its parent's kill.
"""

import mmap
import os
import signal
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from thecal.events import (
    BolusAsked,
    Event,
    PathDeclared,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PulseResult,
    RefillDone,
)
from thecal.limits import Config
from thecal.outcome import Shown
from thecal.prescription import NO_OVERRIDES, compute_no_prescription
from thecal.units import HOUR_S
from thecal_adapters.journal.entries import Subject
from thecal_adapters.journal.journal import Journal
from thecal_adapters.library import load_config
from thecal_adapters.ports import Answer, Fact, Request, Role, Stamp
from thecal_adapters.runner import Runner

PERIOD_S = 90  # of a pulse of a quarter of a microlitre, at 100 mcg an hour of 10 mg/mL
SLOT_FG = 50_000_000_000
BOLUS_FG = 25_000_000_000
KEY = b"the key of a trial, of no pump at all"
PLACES = (
    "while it starts",
    "before the entry",
    "before the head",
    "after the head",
    "before the pump takes it up",
    "before it moves",
    "after it moved",
    "between",
)


class Shared:
    """What survives a child: virtual time, where it was, and how many places it may still pass."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 24)

    def _read(self, at: int) -> int:
        return int(struct.unpack_from("<q", self._memory, at)[0])

    def _write(self, at: int, value: int) -> None:
        struct.pack_into("<q", self._memory, at, value)

    @property
    def utc_ms(self) -> int:
        """Virtual time."""
        return self._read(0)

    @utc_ms.setter
    def utc_ms(self, value: int) -> None:
        self._write(0, value)

    @property
    def place(self) -> str:
        """Where the last child was."""
        return PLACES[self._read(8)]

    @place.setter
    def place(self, value: str) -> None:
        self._write(8, PLACES.index(value))

    @property
    def left(self) -> int:
        """How many places the child may pass before it ends itself; below 0 for as many as it can."""
        return self._read(16)

    @left.setter
    def left(self, value: int) -> None:
        self._write(16, value)

    def pass_place(self, place: str) -> None:
        """Be at a place, and die there if it is the one."""
        self.place = place
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


def read_pump(path: Path) -> tuple[int, list[int]]:
    """The last number that a pump took up, and every pulse that moved."""
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    taken = [int(line[1:]) for line in lines if line.startswith("t")]
    return max(taken, default=0), [int(line[1:]) for line in lines if line.startswith("m")]


class FilePump:
    """A motor that is a file: what is written in it has moved."""

    def __init__(self, path: Path, pass_place: Callable[[str], None]) -> None:
        self._path = path
        self._pass_place = pass_place

    def move(self, sequence: int, volume_nl: int) -> PulseResult:
        """Take the number up, then move; of an old number say what is known."""
        taken, moved = read_pump(self._path)
        if sequence <= taken:
            return PulseResult.DONE if sequence in moved else PulseResult.UNKNOWN
        self._pass_place("before the pump takes it up")
        self._note(f"t{sequence}\n")
        self._pass_place("before it moves")
        self._note(f"m{sequence}\n")
        self._pass_place("after it moved")
        return PulseResult.DONE

    def poll(self) -> tuple[Fact, ...]:
        """Nothing: what it did before a restart is not known to it."""
        return ()

    def _note(self, line: str) -> None:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line.encode("ascii"))
        finally:
            os.close(handle)


class VirtualClock:
    """Time as the shared memory has it; a new life begins a new count."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._began_ms = shared.utc_ms

    def monotonic_ms(self) -> int:
        """Milliseconds since this life began."""
        return self._shared.utc_ms - self._began_ms

    def utc(self) -> Stamp:
        """Virtual time."""
        return Stamp(self._shared.utc_ms, 100)


class Script:
    """Orders that are asked once, and a patient who never stops asking for the bolus of this hour."""

    def __init__(self, shared: Shared, orders: Sequence[Event]) -> None:
        self._shared = shared
        self._orders = list(orders)

    def poll(self) -> tuple[Request, ...]:
        """The orders, then the bolus of this hour, again and again under the same id."""
        orders, self._orders = self._orders, []
        if orders:
            return tuple(
                Request(f"order-{place}", event, "dr-a", Role.CLINICIAN, "s1", "lot-1")
                for place, event in enumerate(orders)
            )
        hour = self._shared.utc_ms // (HOUR_S * 1_000)
        return (Request(f"bolus-{hour}", BolusAsked(), "patient", Role.PATIENT, "handset"),)

    def answer(self, request: Request, answer: Answer) -> None:
        """Nobody waits for it."""

    def show(self, shown: Shown) -> None:
        """Nobody looks."""


def make_config() -> Config:
    """The pump and the drug of the trial."""
    return load_config("peristaltic-40", ["morphine"])


def list_orders(config: Config) -> list[Event]:
    """A first filling and a program with patient boluses."""
    program = replace(
        compute_no_prescription(config),
        slots_fg=(SLOT_FG,) * 48,
        bolus_fg=BOLUS_FG,
        bolus_duration_s=120,
        lockout_s=HOUR_S,
        bolus_count_max=12,
    )
    overrides = replace(NO_OVERRIDES, is_increase=True, is_day_limit=True)
    return [
        RefillDone(0, 18_000_000, (10_000_000, 0, 0, 0), has_unknown_drug=False, is_rinsed=False),
        PathDeclared(316_000, 316_000, is_filled_from_reservoir=True),
        PrescriptionStaged(program, overrides),
        PrescriptionConfirmed(program),
    ]


def open_journal(folder: Path, config: Config, watch: Callable[[str], object] = lambda place: None) -> Journal:
    """The journal of the trial."""
    subject = Subject("P-1", "peristaltic-40", ("morphine",), "example, needs verification")
    return Journal(folder / "journal", config, subject, KEY, watch)


def prepare(folder: Path, config: Config, shared: Shared) -> None:
    """Fill and program the pump, undisturbed."""
    with open_journal(folder, config) as journal:
        pump = FilePump(folder / "pump", lambda place: None)
        Runner(config, pump, VirtualClock(shared), journal, Script(shared, list_orders(config))).run_once()


def live(folder: Path, config: Config, shared: Shared, runner_kind: type[Runner]) -> None:
    """Run until killed."""
    shared.place = "while it starts"
    journal = open_journal(folder, config, shared.pass_place)
    pump = FilePump(folder / "pump", shared.pass_place)
    runner = runner_kind(config, pump, VirtualClock(shared), journal, Script(shared, ()))
    while True:
        wait_ms = runner.run_once()
        shared.pass_place("between")
        shared.utc_ms += wait_ms
        time.sleep(0.0005)  # so that a kill may find it asleep
