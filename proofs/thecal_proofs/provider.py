# SPDX-License-Identifier: Apache-2.0
"""The one object by which the command line reaches this package: found by name, spoken to in plain JSON."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import thecal
import thecal_proofs
import thecal_specs
from thecal.limits import Config
from thecal.state import State
from thecal_proofs.bounds.answer import bound
from thecal_proofs.decision import Limits
from thecal_proofs.discharge import Discharger
from thecal_proofs.exported import check_export, export_questions
from thecal_proofs.frontend import Refusal, Sources
from thecal_proofs.mutation.campaign import Campaign, Judged, render
from thecal_proofs.mutation.lister import SKIPPED_MODULES, read_modules
from thecal_proofs.obligations import ANY_EVENT, INITIAL
from thecal_proofs.opinions.consulting import SecondSolver
from thecal_proofs.opinions.coq.compiling import Coq
from thecal_proofs.opinions.coq.judge import Kernel
from thecal_proofs.opinions.opinion import Judge
from thecal_proofs.opinions.panel import Choice, Panel
from thecal_proofs.prove import Project, prove
from thecal_proofs.proxies.survey import Judged as Compared
from thecal_proofs.proxies.survey import Survey
from thecal_proofs.verdicts import Result
from thecal_proofs.weakening import campaign as weakening
from thecal_proofs.weakening.campaign import Campaign as Weakening
from thecal_proofs.weakening.notice import Weighed
from thecal_proofs.weakening.statements import read_statements

KERNEL_FOLDER = Path(thecal.__file__).resolve().parent
SPECS_FOLDER = Path(thecal_specs.__file__).resolve().parent
PROVER_FOLDER = Path(thecal_proofs.__file__).resolve().parent


class Progress(Protocol):
    """Is told of every obligation that is decided."""

    def __call__(self, subject: str, event: str, verdict: str, done: int, total: int) -> None:
        """Take note."""


class MutantProgress(Protocol):
    """Is told of every mutant that is judged."""

    def __call__(self, mutant: str, place: str, verdict: str, done: int, total: int) -> None:
        """Take note."""


class TranslationProgress(Protocol):
    """Is told of every function that is compared."""

    def __call__(self, function: str, verdict: str, done: int) -> None:
        """Take note."""


class Provider:
    """The shipped prover. A source that cannot be read is a ``ValueError``, whose text says where and why."""

    def list_ids(self, source: Path | None) -> Sequence[str]:
        """Everything that can be asked for by name: properties first, then what they rest on."""
        project = _open(source)
        return [*dict.fromkeys([*(row.id for row in project.rows), *project.ids])]

    def list_events(self, source: Path | None) -> Sequence[str]:
        """The columns of the grid: the start, the classes of events, and what concerns none of them."""
        return [INITIAL, *(event.name for event in _open(source).wiring.events), ANY_EVENT]

    def fingerprint(self, source: Path | None) -> Mapping[str, str]:
        """Hashes of everything that a verdict depends on."""
        sources = Sources.of_folders(source or KERNEL_FOLDER, SPECS_FOLDER, PROVER_FOLDER)
        packages = {"kernel_sha256": thecal, "specs_sha256": thecal_specs, "prover_sha256": thecal_proofs}
        hashes = {key: sources.compute_sha256(package.__name__) for key, package in packages.items()}
        return {**hashes, "solver": version("z3-solver")}

    def prove(
        self,
        ids: Sequence[str] | None,
        *,
        jobs: int,
        source: Path | None,
        export: Path | None,
        progress: Progress,
        is_founded: bool = True,
        solver: Choice = "z3",
        seeds: Sequence[int] = (),
        is_weighed: bool = False,
    ) -> Mapping[str, Any]:
        """Decide the wanted IDs, or everything; write the questions down as SMT-LIB if a folder is named for them.

        With another `solver` than Z3, and with `seeds`, what the proofs rest on is asked again; `is_weighed` finds the
        lines that they use. Raises `ModuleNotFoundError` if that solver is not installed, and `FileNotFoundError` if
        Coq is not.
        """

        def note(result: Result, done: int, total: int) -> None:
            progress(result.subject, result.event, result.verdict, done, total)

        panel = _call_panel(solver, seeds)
        project = _open(source)
        try:
            report = prove(
                ids,
                kernel=source or KERNEL_FOLDER,
                specs=SPECS_FOLDER,
                jobs=jobs,
                progress=note,
                is_founded=is_founded,
                panel=panel,
                is_weighed=is_weighed,
            )
        except Refusal as refusal:  # of what is read only while a cell is encoded
            raise ValueError(str(refusal)) from refusal
        if export is not None:
            discharger = Discharger(project.wiring, project.rows, Limits())
            export_questions(discharger, report.results, export, self.fingerprint(source))
        return {**report.to_json(), **self.fingerprint(source)}

    def check_export(self, folder: Path, *, source: Path | None) -> Mapping[str, Any]:
        """Say of exported questions which are not, byte by byte, what the source gives; ``ValueError`` if none are."""
        project = _open(source)
        return check_export(Discharger(project.wiring, project.rows, Limits()), folder, self.fingerprint(source))

    def list_mutated(self) -> Sequence[str]:
        """The kernel's modules that are mutated."""
        return [module for module in read_modules(KERNEL_FOLDER) if module not in SKIPPED_MODULES]

    def fingerprint_mutants(self) -> Mapping[str, str]:
        """Hashes of everything that a campaign depends on."""
        return Campaign(KERNEL_FOLDER, SPECS_FOLDER).fingerprint()

    def mutate(
        self, only: Sequence[str], *, jobs: int, cache: Path | None, progress: MutantProgress
    ) -> Mapping[str, Any]:
        """Judge the mutants of the named modules, or of all."""

        def note(judged: Judged, done: int, total: int) -> None:
            progress(judged.mutant.id, judged.mutant.place, judged.verdict, done, total)

        campaign = Campaign(KERNEL_FOLDER, SPECS_FOLDER, cache)
        return render(campaign, campaign.run(only, jobs, note))

    def list_translated(self, source: Path | None) -> Sequence[str]:
        """The functions of kernel and claims that a second translation speaks of."""
        return list(_survey(source).functions)

    def translate(
        self, functions: Sequence[str], *, source: Path | None, progress: TranslationProgress
    ) -> Mapping[str, Any]:
        """Compare both translations of some functions and of all that they call, or of all functions."""

        def note(compared: Compared, done: int) -> None:
            progress(compared.comparison.function, compared.verdict, done)

        survey = _survey(source)
        return survey.render(survey.run(functions, note))

    def list_claims(self) -> Sequence[str]:
        """The specification's modules whose statements are changed."""
        return list(read_statements(SPECS_FOLDER))

    def fingerprint_claims(self, broken: Mapping[str, Any]) -> Mapping[str, str]:
        """Hashes of everything that a campaign of changed statements depends on."""
        return Weakening(KERNEL_FOLDER, SPECS_FOLDER, broken).fingerprint()

    def mutate_claims(
        self, only: Sequence[str], *, broken: Mapping[str, Any], jobs: int, progress: MutantProgress
    ) -> Mapping[str, Any]:
        """Weigh the changed statements of the named modules, or of all."""

        def note(weighed: Weighed, done: int, total: int) -> None:
            progress(weighed.mutant.id, weighed.mutant.place, weighed.verdict, done, total)

        campaign = Weakening(KERNEL_FOLDER, SPECS_FOLDER, broken)
        return weakening.render(campaign, campaign.run(only, jobs, note))

    def bound(self, config: Config, state: State) -> Mapping[str, Any]:
        """Count the pulses that a program can bring in any hour and any day, from a state on."""
        return bound(config, state)


def _call_panel(solver: Choice, seeds: Sequence[int]) -> Panel | None:
    """Those who are to be asked again; nobody in a plain run. Who does not ask for a judge need not have it."""
    judges: list[Judge] = []
    if solver in ("cvc5", "both", "all"):
        second = import_module("thecal_proofs.opinions.second")
        judges.append(SecondSolver(second.NAME, second.ask))
    if solver in ("coq", "all"):
        judges.append(Kernel(Coq()))
    return Panel(solver, judges, seeds) if judges or seeds else None


def _survey(source: Path | None) -> Survey:
    try:
        return Survey((source or KERNEL_FOLDER, SPECS_FOLDER))
    except Refusal as refusal:
        raise ValueError(str(refusal)) from refusal


def _open(source: Path | None) -> Project:
    try:
        return Project.open(source or KERNEL_FOLDER, SPECS_FOLDER)
    except Refusal as refusal:
        raise ValueError(str(refusal)) from refusal
    except Exception as error:
        if source is None:
            raise  # the shipped text can be read, or the error is here
        raise ValueError(f"{type(error).__name__}: {error}") from error


PROVER = Provider()
