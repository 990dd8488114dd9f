# SPDX-License-Identifier: Apache-2.0
"""Runs the traces of the specification on the kernel that is being proved, and looks at what they show.

A step counts only if every hypothesis holds of it: an admissible configuration, an event and a truth that the
assumptions allow, the invariant and the lemmas. A trace that breaks one is at fault, and its steps count up to there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from thecal_proofs.claimed import Claimed, Place
from thecal_proofs.claims import Judgement, judge
from thecal_proofs.decision import Limits
from thecal_proofs.decode import flatten
from thecal_proofs.frontend import ir
from thecal_proofs.frontend.types import RecordType, Type
from thecal_proofs.replay import Replay, after_step, call, failing_hypotheses, replay
from thecal_proofs.start import from_integers
from thecal_proofs.terms import TRUE, all_of
from thecal_proofs.values import in_shape, leaf_names
from thecal_proofs.verdicts import Verdict
from thecal_proofs.wiring import SPECS, Wiring

PACKAGE = f"{SPECS}.witnesses"


def has_witnesses(wiring: Wiring) -> bool:
    """Whether the specification comes with traces."""
    return PACKAGE in wiring.program.sources.files


@dataclass(frozen=True, slots=True)
class Shown:
    """What the traces show of one property: a step at which it claims something, and how much of it in all.

    ``at`` is the first step of the implication that is the last to be met.
    """

    at: str
    events: tuple[str, ...]
    missed: tuple[str, ...]

    def __str__(self) -> str:
        many = f"; in all under {len(self.events)} classes of events" if len(self.events) > 1 else ""
        left = f"; no trace shows what it says at {', '.join(self.missed)}" if self.missed else ""
        return f"{self.at}{many}{left}"


class Witnesses:
    """The traces of one wiring, run once."""

    def __init__(self, wiring: Wiring, limits: Limits) -> None:
        self.wiring = wiring
        self.limits = limits
        self.faults: list[str] = []

    @cached_property
    def steps(self) -> list[Any]:
        """Every step that counts, in the order of the traces."""
        try:
            traces = self.wiring.loaded.find(PACKAGE, "WITNESSES")
        except Exception as error:  # a changed copy may have other records or other names
            self.faults.append(f"the traces do not fit this kernel: {type(error).__name__}: {error}")
            return []
        return [step for trace in traces for step in self._run(trace)]

    @cached_property
    def box(self) -> Judgement:
        """Whether a second in the box changes nothing but the count, for every configuration and every second."""
        return judge(self.wiring.program, self.wiring.loaded, f"{PACKAGE}.box", self.limits)

    def judge(self) -> tuple[Verdict, str]:
        """Whether everything that the kernel lists is shown, and what is not."""
        if not self.steps:
            return "unsupported", "\n".join(self.faults)
        missing = self.wiring.loaded.find(f"{PACKAGE}.shown", "find_missing")(self.steps)
        wrong = self.wiring.loaded.find(f"{PACKAGE}.shown", "find_wrong_exceptions")(self.steps)
        exceptions = self.wiring.loaded.find(f"{PACKAGE}.exceptions", "EXCEPTIONS")
        if not missing and not wrong and not self.faults:
            return "proved", f"{len(self.steps)} steps; exceptions: {', '.join(exceptions)}"
        shortage = [f"no trace shows {', '.join(missing)}"] if missing else []
        lines = [*shortage, *self.faults, *(f"{name} is shown, and named as an exception" for name in wrong)]
        return "unknown" if self.box.verdict == "unknown" else "refuted", "\n".join(lines)

    def find(self, predicate: ir.Signature) -> Shown | None:
        """What the traces show of a property; None if it claims nothing of any step."""
        claimed = Claimed(self.wiring.program, self.wiring.loaded, predicate)
        found = self.list_claims(claimed)
        if not found:
            return None
        events = tuple(dict.fromkeys(event for event, _ in found))
        missed = claimed.places - {place for _, place in found}
        firsts: dict[Place, str] = {}
        for (_, place), step in found.items():
            firsts.setdefault(place, step)
        return Shown(list(firsts.values())[-1], events, tuple(claimed.show(place) for place in sorted(missed)))

    def find_step(self, event: RecordType) -> Any | None:
        """The first step of a trace under an event, of which every hypothesis holds; None if there is none."""
        types: dict[str, Type] = {**self.wiring.symbols, "event": event}
        under = (step for step in self.steps if type(step.event).__name__ == event.name)
        return next((step for step in under if _is_in_shape(types, step.names)), None)

    def refute(self, predicate: ir.Signature, event: str | None, is_conjunct: bool, title: str) -> Replay | None:
        """The first step of a trace, under an event or any, that a claim is not true of; None if there is none.

        Every hypothesis holds before it, and it was reached from the initial state.
        """
        for step in self.steps:
            seen = after_step(step.names) if is_conjunct else step.names
            is_asked = event in (None, type(step.event).__name__)
            if is_asked and call(self.wiring.loaded, predicate, seen) is False:
                return self._replayed(step, predicate, is_conjunct, title)
        return None

    def _replayed(self, step: Any, predicate: ir.Signature, is_conjunct: bool, title: str) -> Replay:
        event = self.wiring.event_named(type(step.event).__name__)
        types: dict[str, Type] = {**self.wiring.symbols, "event": event}
        model = {
            leaf: number
            for name, found in types.items()
            for (leaf, _), number in zip(leaf_names(found, name), flatten(found, step.names[name]), strict=True)
        }
        found = replay(self.wiring, event, model, predicate, is_conjunct, title)
        return replace(found, detail=f"{found.detail}; reachable: {step}")

    def list_claims(self, claimed: Claimed) -> dict[tuple[str, Place], str]:
        """The first step at which each place claims something, under each class of event."""
        found: dict[tuple[str, Place], str] = {}
        for step in self.steps:
            for place in sorted(claimed.find(step.names)):
                found.setdefault((type(step.event).__name__, place), str(step))
        return found

    def _run(self, trace: Any) -> Iterator[Any]:
        if trace.boxed_s > 0 and self.box.verdict != "proved":
            self.faults.append(f"trace {trace.name}: that a box only counts is {self.box.verdict}")
            return
        number = 0
        try:
            for step in self.wiring.loaded.find(f"{PACKAGE}.run", "run")(trace):
                broken = failing_hypotheses(self.wiring, step.names)
                if broken:
                    self.faults.append(f"{step}: these do not hold: {', '.join(broken)}")
                    return
                number = step.number
                yield step
        except Exception as error:  # the kernel must not raise: whatever it raised is the finding
            self.faults.append(f"trace {trace.name}, step {number + 1}: CPython raises {type(error).__name__}: {error}")


def _is_in_shape(types: Mapping[str, Type], names: Mapping[str, Any]) -> bool:
    """Whether values are what a solver may choose for unknowns of their types: every number in its range."""
    given = {name: from_integers(found, list(flatten(found, names[name]))) for name, found in types.items()}
    return all_of(t for name, found in types.items() for t in in_shape(found, given[name])) is TRUE
