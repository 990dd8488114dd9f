# SPDX-License-Identifier: Apache-2.0
"""Runs the traces of the specification on one kernel, and names the first claim that is not true of a step.

A property of the catalogue is looked for first, in every trace and then beside the step; then a conjunct of the
invariant or a lemma, which is TOT-03; then a function's contract, and what is looked at in CPython alone; then what
TOT-04 lists and no step shows. A trace is followed as long as the assumptions hold of the event and of what the world
does: what is refuted at a step is refuted of a state that is reached from the initial one. What raises in the kernel's
step is refuted by TOT-01; a trace that raises beside it shows no more, which is TOT-04. A step that goes as it does on
the kernel as it stands, of which every claim is true, is not asked again: marks say so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from traceback import walk_tb
from typing import Any

from thecal_proofs.claims import judge
from thecal_proofs.decision import Limits
from thecal_proofs.frontend import Program, Sources
from thecal_proofs.loading import Loaded
from thecal_proofs.mutation.beside import Beside
from thecal_proofs.mutation.kill import Claim, Kill, Kind, make_claim
from thecal_proofs.mutation.meeting import meet

TRACES = "thecal_specs.witnesses"


@dataclass(frozen=True, slots=True)
class Reference:
    """What the traces do on the kernel as it stands: a mark of each step, what each trace shows, and what is met.

    Marks are good within one process and its forks; ``met`` is read by any kernel (see ``meeting``).
    """

    marks: Mapping[str, Sequence[int]]
    shown: Mapping[str, frozenset[str]]
    met: bytes = b""


NO_REFERENCE = Reference({}, {})


def mark(step: Any) -> int:
    """A number that two steps share if they go alike."""
    return hash((step.event, step.outcome, step.truth, step.ghost_after))


def compute_length(trace: Any) -> tuple[bool, int]:
    """What orders traces: those that need no box first, short ones first."""
    return trace.boxed_s > 0, sum(getattr(happening, "count", 1) for happening in trace.happenings)


class Judge:
    """The traces and claims of one pair of kernel and specification."""

    def __init__(self, loaded: Loaded, limits: Limits, known: Reference = NO_REFERENCE) -> None:
        self.loaded = loaded
        self.limits = limits
        self.known = known
        self.traces: Sequence[Any] = sorted(loaded.find(TRACES, "WITNESSES"), key=compute_length)
        self.run = loaded.find(f"{TRACES}.run", "run")
        self.list_shown = loaded.find(f"{TRACES}.shown", "list_shown")
        rows = loaded.find("thecal_specs.catalogue", "CATALOGUE")
        with loaded.active():
            stated = [(row.id, row.predicate) for row in rows]
        self.properties = [make_claim(id_, predicate) for id_, predicate in stated if predicate is not None]
        listed = (*loaded.find("thecal_specs.invariant", "INVARIANT"), *loaded.find("thecal_specs.lemmas", "LEMMAS"))
        self.conjuncts = [make_claim("TOT-03", function) for function in listed]
        assumed = [loaded.find("thecal_specs.assumed", f"is_possible_{what}") for what in ("event", "truth")]
        self.assumptions = [make_claim("", function) for function in assumed]
        self.admissible = loaded.find("thecal.limits", "is_admissible_config")
        self.beside = Beside(loaded, known.met)
        self.steps: list[Any] = []
        self.followed: list[Any] = []

    def find(self, names: Collection[str] | None) -> Kill | None:
        """What the traces and questions of these names (None: all) refute; None if nothing."""
        return (
            self._find_property(names)
            or self.beside.find(names, "property")
            or self._find_conjunct()
            or self.beside.find(names, "contract")
            or self.beside.find(names, "check")
            or self._find_missing(names)
        )

    def find_refuted(self, names: Collection[str] | None) -> Kill | None:
        """The property, or else the conjunct, that a step of these traces refutes."""
        return self._find_property(names) or self._find_conjunct()

    def _find_property(self, names: Collection[str] | None) -> Kill | None:
        for trace in self.traces:
            if names is None or trace.name in names:
                kill = self._follow(trace)
                if kill is not None and self._is_reached(trace):
                    return kill
        return None

    def measure(self) -> Reference:
        """What the traces do on this kernel."""
        marks: dict[str, list[int]] = {}
        shown: dict[str, frozenset[str]] = {}
        for trace in self.traces:
            steps = list(self.run(trace))
            marks[trace.name] = [mark(step) for step in steps]
            shown[trace.name] = frozenset(name for step in steps for name in self.list_shown(step))
        return Reference(marks, shown, meet(self.loaded, self.traces))

    def forget(self) -> None:
        """Begin anew."""
        self.steps.clear()
        self.followed.clear()

    def _follow(self, trace: Any) -> Kill | None:
        """The first property that a step of a trace refutes."""
        number = 0
        known = self.known.marks.get(trace.name, ())
        try:
            if self.admissible(trace.config) is not True:
                return None
            for step in self.run(trace):
                number = step.number
                self.followed.append(step)
                if number <= len(known) and mark(step) == known[number - 1]:
                    continue
                if any(claim.is_refuted(step.names) for claim in self.assumptions):
                    self.followed.pop()
                    return None
                self.steps.append(step)
                kill = self._first(self.properties, step, step.names, "property")
                if kill is not None:
                    return kill
        except Exception as error:
            told = f"raises {type(error).__name__}"
            is_step = any(frame.f_code.co_name == "step" for frame, _ in walk_tb(error.__traceback__))
            where: tuple[Kind, str] = ("property", "TOT-01") if is_step else ("witness", "TOT-04")
            return Kill(*where, told, trace.name, number + 1, "")
        return None

    def _find_conjunct(self) -> Kill | None:
        for step in self.steps:
            names = {**step.names, "state": step.outcome.state, "ghost": step.ghost_after}
            kill = self._first(self.conjuncts, step, names, "conjunct")
            if kill is not None and self._is_reached(self._trace_of(step)):
                return kill
        return None

    def _find_missing(self, names: Collection[str] | None) -> Kill | None:
        """What TOT-04 lists and nothing shows; a trace that need not be run shows what it does on the kernel."""
        others = (name for name in self.known.shown if names is not None and name not in names)
        shown = {name for step in self.followed for name in self.list_shown(step)}
        shown |= {name for other in others for name in self.known.shown[other]}
        missing = [name for name in self.loaded.find(f"{TRACES}.shown", "list_expected")() if name not in shown]
        return Kill("witness", "TOT-04", f"no trace shows {missing[0]}", "", 0, "") if missing else None

    def _first(self, claims: Sequence[Claim], step: Any, names: Any, kind: Kind) -> Kill | None:
        for claim in claims:
            if claim.is_refuted(names):
                return Kill(kind, claim.id, claim.name, step.trace, step.number, type(step.event).__name__)
        return None

    def _trace_of(self, step: Any) -> Any:
        return next(trace for trace in self.traces if trace.name == step.trace)

    def _is_reached(self, trace: Any) -> bool:
        """Whether the pump really lay in its box so long: proved of this very kernel, if it is asked for."""
        if trace.boxed_s == 0:
            return True
        program = Program(Sources.of_folders(*self.loaded.folders))
        return judge(program, self.loaded, f"{TRACES}.box", self.limits).verdict == "proved"
