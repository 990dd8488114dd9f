# SPDX-License-Identifier: Apache-2.0
"""The worst case of a program as ``thecal check`` reckons it: in a process of its own, for it takes seconds."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Protocol

from thecal.limits import Config
from thecal.outcome import Response
from thecal.prescription import Overrides, Prescription
from thecal.state import Mode, State
from thecal_adapters.checking import Check, check
from thecal_adapters.checking.amounts import Amount
from thecal_adapters.checking.check import Forecast as Found
from thecal_adapters.checking.check import look_ahead
from thecal_adapters.checking.standing import look_on
from thecal_adapters.doses import Kind
from thecal_adapters.finding import Missing
from thecal_adapters.prescriptions import make_order
from thecal_adapters.provers import find_prover

WAIT_S = 20.0  # as long the review of a new program waits for it; after that it is looked at anew
SHORT_WAIT_S = 5.0  # as long any other review does, which can be confirmed without it


@dataclass(frozen=True)
class Extreme:
    """The most and the least of a drug in any window of ``length_s``. ``is_exact``: a replayed life reaches it.

    ``has_boluses`` is None where no program is delivered; ``reached``: what that life reaches.
    """

    drug: str
    length_s: int
    has_boluses: bool | None
    is_crossing: bool
    most_fg: int
    is_most_exact: bool
    least_fg: int
    is_least_exact: bool
    cap_fg: int
    most_reached_fg: int = 0
    least_reached_fg: int = 0


@dataclass(frozen=True)
class Slip:
    """What a usual mistake would do: the amount that it leads to, of which kind, and what the kernel says to it."""

    name: str
    kind: Kind
    amount: int
    response: Response
    is_refused: bool


@dataclass(frozen=True)
class Forecast:
    """What is told of a check. ``refill_min_s`` and ``refill_max_s``: from now on. ``problem``: why there is none.

    ``is_counted``: the solver was asked; else the bounds are what is proved of every program.
    """

    extremes: Sequence[Extreme] = ()
    slips: Sequence[Slip] = ()
    refill_min_s: int | None = None
    refill_max_s: int | None = None
    is_proved: bool = False
    is_counted: bool = True
    problem: str = ""
    alarms: Sequence[int] = field(default=())


class Reckoning(Protocol):
    """A forecast that is being made."""

    def ready(self) -> bool:
        """Whether it is there."""
        ...

    def wait(self, timeout: float | None = None) -> None:
        """Wait for it, at most so many seconds."""
        ...

    def get(self) -> Forecast:
        """The forecast; waits for it."""
        ...


class Forecaster(Protocol):
    """Reckons programs."""

    def begin(self, state: State, program: Prescription, overrides: Overrides) -> Reckoning:
        """Begin to reckon a program on a state."""
        ...

    def go_on(self, state: State) -> Reckoning:
        """Begin to reckon a pump that goes on from a state, whatever it does."""
        ...

    def close(self) -> None:
        """End, whatever is being reckoned."""
        ...


class ProcessForecaster:
    """One process that reckons one program after the other; it begins at once, so that no page waits for its start."""

    def __init__(self, config: Config, drugs: Sequence[str]) -> None:
        self._config = config
        self._drugs = tuple(drugs)
        spawn = multiprocessing.get_context("spawn")
        watched, self._leash = spawn.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(1, spawn, begin_work, (watched,))
        self._pool.submit(warm_up)

    def begin(self, state: State, program: Prescription, overrides: Overrides) -> Reckoning:
        """Begin to reckon."""
        return self._submit(reckon, state, program, overrides)

    def go_on(self, state: State) -> Reckoning:
        """Begin to reckon what runs."""
        return self._submit(reckon_on, state)

    def _submit(self, work: Callable[..., Forecast], *arguments: object) -> Reckoning:
        try:
            return FutureReckoning(self._pool.submit(work, self._config, self._drugs, *arguments))
        except BrokenExecutor as broken:
            return FutureReckoning(fail(broken))

    def close(self) -> None:
        """End."""
        self._leash.close()
        self._pool.shutdown(cancel_futures=True)


class FutureReckoning:
    """A forecast from another process; that this process has died is told as the problem of the forecast."""

    def __init__(self, future: "Future[Forecast]") -> None:
        self._future = future

    def ready(self) -> bool:
        """Whether it is there."""
        return self._future.done()

    def wait(self, timeout: float | None = None) -> None:
        """Wait for it, at most so many seconds."""
        wait([self._future], timeout)

    def get(self) -> Forecast:
        """The forecast; waits for it."""
        try:
            return self._future.result()
        except (BrokenExecutor, CancelledError) as gone:
            return Forecast(problem=f"{type(gone).__name__}: {gone}; start the programmer again")


def fail(error: Exception) -> "Future[Forecast]":
    """A forecast that there will not be."""
    future: Future[Forecast] = Future()
    future.set_exception(error)
    return future


def begin_work(watched: Connection) -> None:
    """Leave signals, which a whole group of processes gets, to the page; end when it does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=end_with, args=(watched,), daemon=True).start()


def end_with(watched: Connection) -> None:
    """End this process, in the middle of a question too, as soon as the other end is closed."""
    with contextlib.suppress(EOFError, OSError):
        watched.recv_bytes()
    os._exit(0)


def warm_up() -> None:
    """Load what the first question needs."""
    with contextlib.suppress(Missing):
        find_prover()


def reckon(config: Config, drugs: Sequence[str], state: State, program: Prescription, overrides: Overrides) -> Forecast:
    """The forecast of a program, confirmed on a state as it is now."""
    try:
        return make_forecast(check(config, state, make_order(drugs, program, overrides)))
    except Exception as error:  # told on the page, beside the figures of the kernel's own reserve
        return Forecast(problem=f"{type(error).__name__}: {error}")


def reckon_on(config: Config, drugs: Sequence[str], state: State) -> Forecast:
    """The forecast of a pump from a state on."""
    try:
        if state.mode is Mode.DELIVERING and not state.bolus.is_active:
            return describe(look_ahead(config, state), drugs)
        found = list_extremes(look_on(config, state), drugs)
        if state.mode is not Mode.DELIVERING:
            found = [replace(each, has_boluses=None) for each in found]
        return Forecast(extremes=found, is_counted=False)
    except Exception as error:  # told on the page
        return Forecast(problem=f"{type(error).__name__}: {error}")


def make_forecast(found: Check) -> Forecast:
    """What the page shows of a check."""
    slips = [
        Slip(each.slip.name, each.change.kind or Kind.MASS, each.change.after, each.response, each.is_refused)
        for each in found.mistakes
    ]
    if found.forecast is None:
        return Forecast(slips=slips)
    return replace(describe(found.forecast, found.order.drugs), slips=slips)


def describe(found: Found, drugs: Sequence[str]) -> Forecast:
    """What the page shows of what lies ahead."""
    return Forecast(
        extremes=list_extremes(found.amounts, drugs),
        refill_min_s=found.lasting.refill_earliest.due_s,
        refill_max_s=found.lasting.refill_latest.due_s,
        is_proved=found.bounds.is_proved,
        alarms=[int(alarm) for alarm in found.alarms],
    )


def list_extremes(amounts: Sequence[Amount], drugs: Sequence[str]) -> list[Extreme]:
    """What the page shows of amounts."""
    return [
        Extreme(
            drug=drugs[each.drug],
            length_s=each.length_s,
            has_boluses=each.has_boluses,
            is_crossing=each.is_crossing,
            most_fg=each.most.bound_fg,
            is_most_exact=each.most.is_exact,
            least_fg=each.least.bound_fg,
            is_least_exact=each.least.is_exact,
            cap_fg=each.cap_fg,
            most_reached_fg=each.most.reached.amount_fg,
            least_reached_fg=each.least.reached.amount_fg,
        )
        for each in amounts
    ]
