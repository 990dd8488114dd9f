# SPDX-License-Identifier: Apache-2.0
"""The library's front door: prove some IDs or the whole grid, in forked workers, and report.

Work is handed out event by event, so that a worker encodes each step once. A worker is a fork of this process and
ends with its event: terms need no collecting, and no result depends on what was proved before it.
"""

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import TypeAlias

from thecal_proofs.decision import Limits
from thecal_proofs.discharge import Discharger
from thecal_proofs.frontend import Program, Refusal, Sources
from thecal_proofs.hints import HINTS, Hint, Key
from thecal_proofs.lines.framing import TracingDischarger
from thecal_proofs.lines.weigher import Weigher
from thecal_proofs.loading import Loaded
from thecal_proofs.obligations import ANY_EVENT, FORM, Obligation, known_ids, list_obligations
from thecal_proofs.opinions.panel import Panel
from thecal_proofs.report import Report
from thecal_proofs.solve import DEFAULT_BUDGET, DEFAULT_SEED
from thecal_proofs.verdicts import Result
from thecal_proofs.wiring import KERNEL, SPECS, Row, Wiring

Progress: TypeAlias = Callable[[Result, int, int], None]
Discharge: TypeAlias = Callable[[Obligation], Result]


class UnknownId(Exception):
    """Something was asked for that the grid does not have."""


@dataclass(frozen=True, slots=True)
class Project:
    """Sources that were read, and what was found in them."""

    wiring: Wiring
    rows: tuple[Row, ...]

    @staticmethod
    def open(kernel: Path, specs: Path | None) -> "Project":
        """Read a kernel package folder and a specification package folder."""
        folders = [folder for folder in (kernel, specs) if folder is not None]
        sources = Sources.of_folders(*folders)
        wiring = Wiring(Program(sources), Loaded(sources.folders))
        return Project(wiring, wiring.catalogue())

    @property
    def ids(self) -> list[str]:
        """Everything that can be asked for by name."""
        return [*dict.fromkeys([*FORM, *known_ids(self.wiring, self.rows)])]


def prove(
    ids: Collection[str] | None = None,
    *,
    kernel: Path,
    specs: Path | None,
    jobs: int = 2,
    budget: int = DEFAULT_BUDGET,
    seed: int = DEFAULT_SEED,
    search: int = 0,
    hints: Mapping[Key, Hint] = HINTS,
    progress: Progress | None = None,
    is_founded: bool = True,
    is_learning: bool = False,
    panel: Panel | None = None,
    is_weighed: bool = False,
) -> Report:
    """Prove the wanted IDs (None: everything) and return the report.

    With `is_founded` what is asked for is proved together with all that it rests on; without, its own cells alone
    are decided, and the report names the ends that are open.
    With `is_learning` each proof is taken apart into the questions that suffice, for the next time.
    With a `panel` what each proof rests on is asked again, of other judges or in other words; what they say changes
    verdicts at the end.
    With `is_weighed` the lines of the kernel are found that each proof uses.
    `search` is the number of steps in which a refutation is looked for from the initial state.
    `kernel` and `specs` are package folders; a changed copy is proved by naming its folder. `jobs=0` works in this
    process, for debugging. Raises `UnknownId`, and `Refusal` if the sources cannot even be listed.
    """
    started = time.perf_counter()
    project = Project.open(kernel, specs)
    unknown = sorted(set(ids or ()) - set(project.ids))
    if unknown:
        raise UnknownId(f"{', '.join(unknown)}: known are {', '.join(project.ids)}")
    obligations = list_obligations(project.wiring, project.rows, ids)
    make = TracingDischarger if is_weighed else Discharger
    discharger = make(project.wiring, project.rows, Limits(budget, seed, search, is_learning), hints)
    other = Weigher() if is_weighed else panel
    discharge = discharger.discharge if other is None else partial(other.discharge, discharger)
    if jobs > 0:
        with suppress(Refusal, TypeError, KeyError):  # whoever needs it will be refused, and say so
            discharger.warm()
    results = _run(discharge, obligations, jobs, progress)
    contracts = (function.qualified for function in project.wiring.contracts())
    names = (*(fact.name for fact in project.wiring.facts), *contracts)
    while ids is not None and is_founded:  # what is asked for is proved together with what it rests on
        done = {result.subject for result in results if result.kind in ("step", "consequence", "contract")}
        missing = {name for result in results for name in result.rests_on if name in names} - done
        if not missing:
            break
        results += _run(discharge, list_obligations(project.wiring, project.rows, missing), jobs, progress)
    if panel is not None:
        results = panel.settle(results, jobs)
    sources = project.wiring.program.sources
    return Report(
        kernel_sha256=sources.compute_sha256(KERNEL),
        specs_sha256=sources.compute_sha256(SPECS),
        rows=project.rows,
        events=tuple(event.name for event in project.wiring.events),
        results=tuple(results),
        wanted=None if ids is None else tuple(ids),
        seconds=time.perf_counter() - started,
        budget=budget,
        fundamental=names,
        panel=panel,
        program=project.wiring.program if is_weighed else None,
    )


def _run(discharge: Discharge, obligations: Sequence[Obligation], jobs: int, progress: Progress | None) -> list[Result]:
    """Discharge everything; the order of the results is that of the obligations, whoever finished first."""
    found: dict[str, Result] = {}

    def note(result: Result) -> None:
        found[result.id] = result
        if progress is not None:
            progress(result, len(found), len(obligations))

    if jobs == 0:
        for obligation in obligations:
            note(discharge(obligation))
    else:
        _run_forked(discharge, _by_event(obligations), jobs, note)
    return [found[obligation.id] for obligation in obligations]


def _by_event(obligations: Sequence[Obligation]) -> list[list[Obligation]]:
    """What concerns one event together; of what concerns none, what is of one kind."""
    groups: dict[str, list[Obligation]] = {}
    for obligation in obligations:
        key = obligation.kind if obligation.event == ANY_EVENT else obligation.event
        groups.setdefault(key, []).append(obligation)
    return list(groups.values())


def _run_forked(
    discharge: Discharge, groups: list[list[Obligation]], jobs: int, note: Callable[[Result], None]
) -> None:
    context = multiprocessing.get_context("fork")
    waiting = deque(groups)
    running: dict[Connection, ForkProcess] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            receiver, sender = context.Pipe(duplex=False)
            worker = context.Process(target=_work, args=(discharge, waiting.popleft(), sender))
            worker.start()
            sender.close()
            running[receiver] = worker
        for ready in wait(list(running)):
            if isinstance(ready, Connection):
                try:
                    note(ready.recv())
                except EOFError:
                    worker = running.pop(ready)
                    worker.join()
                    if worker.exitcode:
                        raise RuntimeError(f"a prover process ended with exit status {worker.exitcode}") from None


def _work(discharge: Discharge, group: Sequence[Obligation], sender: Connection) -> None:
    for obligation in group:
        sender.send(discharge(obligation))
    sender.close()
