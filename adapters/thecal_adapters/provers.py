# SPDX-License-Identifier: Apache-2.0
"""The one protocol by which commands reach provers, found when asked for: nothing here imports a prover."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from thecal.limits import Config
from thecal.state import State
from thecal_adapters.finding import find_module

PROVIDER = "thecal_proofs.provider"


class Progress(Protocol):
    """Is told of every obligation that is decided."""

    def __call__(self, subject: str, event: str, verdict: str, done: int, total: int) -> None:
        """Take note. ``subject`` is a property's ID, or the name of what supports the properties."""


class MutantProgress(Protocol):
    """Is told of every mutant that is judged."""

    def __call__(self, mutant: str, place: str, verdict: str, done: int, total: int) -> None:
        """Take note. ``place`` is file and line."""


class TranslationProgress(Protocol):
    """Is told of every function that is compared."""

    def __call__(self, function: str, verdict: str, done: int) -> None:
        """Take note."""


class Prover(Protocol):
    """Something that decides the catalogue's properties of the kernel's source text."""

    def list_ids(self, source: Path | None) -> Sequence[str]:
        """Everything that can be asked for by name. Raises ``ValueError`` if the source cannot be read."""

    def list_events(self, source: Path | None) -> Sequence[str]:
        """The classes of events, one column of the grid each."""

    def fingerprint(self, source: Path | None) -> Mapping[str, str]:
        """What verdicts depend on: hashes of the kernel, the specification and the prover."""

    def prove(
        self,
        ids: Sequence[str] | None,
        *,
        jobs: int,
        source: Path | None,
        export: Path | None,
        progress: Progress,
        solver: str = "z3",
        seeds: Sequence[int] = (),
        is_weighed: bool = False,
    ) -> Mapping[str, Any]:
        """Decide the wanted IDs (None: all) and say how, in the form of ``schemas/verdicts.schema.json``.

        ``source`` is the folder of a changed copy of the kernel; ``export`` gets one SMT-LIB file for each question.
        ``solver`` is ``z3``, ``cvc5``, ``both``, ``coq`` or ``all``: whose word counts. What the proofs rest on is
        asked again in the words that each of the ``seeds`` leads to. With ``is_weighed`` the key ``lines`` says what
        proofs use. Raises ``ValueError`` if the source cannot be read, and ``ModuleNotFoundError`` or
        ``FileNotFoundError`` if the solver is not there; the text of the latter says what brings it.
        """

    def check_export(self, folder: Path, *, source: Path | None) -> Mapping[str, Any]:
        """Say of what ``prove`` exported whether it still is what the source asks.

        The answer has the form of ``schemas/export-check.schema.json``. Raises ``ValueError`` if the folder holds no
        export, or the source cannot be read.
        """

    def list_mutated(self) -> Sequence[str]:
        """The kernel's modules that are mutated, by name."""

    def fingerprint_mutants(self) -> Mapping[str, str]:
        """What a campaign of mutants depends on: hashes of the kernel, the specification and what judges them."""

    def mutate(
        self, only: Sequence[str], *, jobs: int, cache: Path | None, progress: MutantProgress
    ) -> Mapping[str, Any]:
        """Judge the mutants of some modules (none named: of all), in the form of ``schemas/mutants.schema.json``.

        What was judged before of the very same texts is found again in ``cache``, and what is judged now is kept there.
        """

    def list_translated(self, source: Path | None) -> Sequence[str]:
        """The functions of kernel and claims that a second translation speaks of. ``ValueError`` as for ``prove``."""

    def translate(
        self, functions: Sequence[str], *, source: Path | None, progress: TranslationProgress
    ) -> Mapping[str, Any]:
        """Compare both translations of some functions and of all that they call, or of all functions.

        The answer has the form of ``schemas/translation.schema.json``.
        """

    def list_claims(self) -> Sequence[str]:
        """The specification's modules whose statements are changed, by name."""

    def fingerprint_claims(self, broken: Mapping[str, Any]) -> Mapping[str, str]:
        """What a campaign of changed statements depends on: hashes of the texts, and of the broken kernels."""

    def mutate_claims(
        self, only: Sequence[str], *, broken: Mapping[str, Any], jobs: int, progress: MutantProgress
    ) -> Mapping[str, Any]:
        """Weigh the changed statements of some modules (none named: of all) on the broken kernels that are on record.

        The answer has the form of ``schemas/statements.schema.json``.
        """

    def bound(self, config: Config, state: State) -> Mapping[str, Any]:
        """The fewest and the most pulses that the program of a state can bring in any hour and any 24 h from there on.

        ``windows`` has a row for each length: pulses for basal ``alone`` and ``beside_boluses``, ``of_boluses`` at
        most; it is empty where nothing can be counted, and ``reason`` says why. ``questions`` are what the solver was
        asked of the kernel's functions, each with a statement and a verdict; unless all are ``proved`` nothing counts.
        """


def find_prover() -> Prover:
    """The prover that is installed, or ``Missing``."""
    return cast(Prover, find_module(PROVIDER).PROVER)
