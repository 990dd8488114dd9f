# SPDX-License-Identifier: Apache-2.0
"""Decides whether operations are defined: every index in its tuple, every intermediate value in 64 bits.

Most follow from the ranges of their operands. The others are put to the solver in batches, and a batch that fails is
halved, so that the report names the line. A model is believed only if CPython leaves 64 bits at that very line, in a
situation of which every hypothesis is true.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from thecal_proofs import decode, terms
from thecal_proofs.decide import decide
from thecal_proofs.decision import Decision, Limits
from thecal_proofs.encode import Check
from thecal_proofs.frontend import ir
from thecal_proofs.frontend.types import RecordType, Type
from thecal_proofs.hints import Hint
from thecal_proofs.premises import Premises
from thecal_proofs.ranges import Ranges, settle_by_cases
from thecal_proofs.replay import Replay, call, find, run_step
from thecal_proofs.scripts import Script
from thecal_proofs.terms import Term
from thecal_proofs.watched import Violation, watching
from thecal_proofs.wiring import KERNEL, SPECS, Wiring

QUERIES = 3_000  # what one event's operations may cost before they are called undecided
BATCH = 30  # operations asked in one query
Failed: TypeAlias = list[tuple[Check, Decision]]


def find_failing(
    premises: Premises,
    checks: Sequence[Check],
    hint: Hint,
    limits: Limits,
    total: Decision,
    script: Script | None = None,
) -> Failed:
    """Those of some operations that do not follow, each with the answer; what the others rest on goes to the total."""
    found: Failed = []
    todo = list(_batches(_beyond_ranges(premises, checks, total)))
    while todo:
        batch = todo.pop(0)
        if total.queries > QUERIES:
            found.extend((check, Decision(status="unknown", reason="too many questions")) for check in batch)
            continue
        decision = decide(premises, terms.all_of(map(_claim, batch)), replace(hint, queries=QUERIES), limits, script)
        total.rlimit += decision.rlimit
        total.queries += decision.queries
        if decision.status == "unsat":
            total.used |= decision.used
            total.learnt = {**total.learnt, **decision.learnt}
        elif len(batch) == 1:
            found.append((batch[0], decision))
        else:
            middle = len(batch) // 2
            todo[:0] = [batch[:middle], batch[middle:]]
    return found


def _claim(check: Check) -> Term:
    return terms.implies(check.path, check.condition)


def _beyond_ranges(premises: Premises, checks: Sequence[Check], total: Decision) -> Iterator[Check]:
    """The operations that ranges do not settle, each condition along each path once."""
    whole = premises.whole
    ranges = Ranges(whole)
    for check in {(check.path, check.condition): check for check in reversed(checks)}.values():
        facts = _settle(whole, ranges, check)
        if facts is None:
            yield check
            continue
        total.rest_on(whole, facts)
        total.used.update(name for fact in facts for name in whole.contracts.functions(fact))


def _settle(premises: Premises, ranges: Ranges, check: Check) -> frozenset[Term] | None:
    """The facts by which an operation is defined: whatever its path is, along it, or in each case of it."""
    facts = ranges.settle(check.condition)
    if facts is None:
        facts = Ranges(premises, check.path, ranges).settle(check.condition)
    return settle_by_cases(premises, ranges, check.path, check.condition) if facts is None else facts


def _batches(checks: Iterable[Check]) -> Iterator[list[Check]]:
    """Group checks by function."""
    by_function: dict[str, list[Check]] = {}
    for check in checks:
        by_function.setdefault(check.function, []).append(check)
    for group in by_function.values():
        for first in range(0, len(group), BATCH):
            yield group[first : first + BATCH]


@dataclass(frozen=True, slots=True)
class Stage:
    """What operations are run of: unknowns, the function whose operations they are, and what is assumed.

    `rest` runs what else uses tables, from the unknowns; it gives back all names that what is assumed may ask for.
    """

    wiring: Wiring
    types: Mapping[str, Type]
    function: ir.Signature
    assumed: Sequence[ir.Signature]
    rest: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    def replay(self, check: Check, model: Mapping[str, int]) -> Replay:
        """Run a model in CPython, and see whether it leaves 64 bits where it is said to."""
        leaves = {name: decode.fill(found, name, model) for name, found in self.types.items()}
        loaded = self.wiring.loaded
        names = {name: decode.build(found, iter(leaves[name]), loaded) for name, found in self.types.items()}
        test = self._write_test(check, leaves)
        broken, noted, raised = self._watch(names)
        if broken:
            return Replay(False, "in CPython these hypotheses do not hold: " + ", ".join(broken), test, model)
        if not any(_is_at(violation, check) for violation in noted):
            return Replay(False, f"in CPython nothing leaves its range at {check.loc}{raised}", test, model)
        return Replay(True, "replayed in CPython" + raised, test, model)

    def _watch(self, names: Mapping[str, Any]) -> tuple[list[str], list[Violation], str]:
        """The hypotheses that do not hold, what was noted, and what was raised.

        Of what the specification computes only the indices count: its integers have no end.
        """
        loaded = self.wiring.loaded
        requires = {find(loaded, f): find(loaded, r) for f, r in self.wiring.requires().items()}
        for function in _named(self.function, self.wiring.advance, self.wiring.initial_ghost, *self.assumed):
            find(loaded, function)  # only what is imported is watched
        known, raised, own = names, "", None
        with loaded.active(), watching(KERNEL, SPECS, requires=requires) as noted:
            try:
                call(loaded, self.function, names)
                own = len(noted)
                known = self.rest(names)
            except Exception as error:  # whatever is raised, what was noted before it counts
                raised = f"; it raises {type(error).__name__}: {error}"
            own = len(noted) if own is None else own
            assumed = [f for f in self.assumed if all(name in known for name, _ in f.params)]
            broken = [f.name for f in assumed if call(loaded, f, known) is not True]
        return broken, [*noted[:own], *(v for v in noted[own:] if v.kind == "index")], raised

    def _write_test(self, check: Check, leaves: Mapping[str, Sequence[int]]) -> str:
        """A pytest file that fails because the watch notes something; nothing for what the specification computes."""
        if not check.function.startswith(f"{KERNEL}."):
            return ""
        imports: dict[str, set[str]] = {"thecal_proofs.watched": {"watching"}}

        def use(module: str, name: str) -> None:
            imports.setdefault(module, set()).add(name)

        use(self.function.module, self.function.name)
        asked = [name for name, _ in self.function.params]
        body = [f"    {name} = {decode.write(self.types[name], iter(leaves[name]), use)}" for name in asked]
        more = ""
        if check.kind == "requires":
            use(f"{SPECS}.contracts", "REQUIRES")
            more = ", requires=REQUIRES"
        body += [
            f'    with watching("{KERNEL}"{more}) as found:',
            f"        {self.function.name}({', '.join(asked)})",
            "    assert not found",
        ]
        head = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.items())]
        lines = ["# SPDX-License-Identifier: Apache-2.0", *head, "", "", f"def test_{self.function.name}() -> None:"]
        return "\n".join([*lines, f'    """{check.loc}: {check.kind} in {check.function}"""', *body]) + "\n"


def _is_at(violation: Violation, check: Check) -> bool:
    place = violation.kind, violation.function, violation.line
    return place == (check.kind, check.function, check.loc.line)


def stage_of_step(wiring: Wiring, event: RecordType) -> Stage:
    """The step under one class of event, from any state of the invariant."""
    types: dict[str, Type] = {**wiring.symbols, "event": event}
    assumed = _named(wiring.admissible, wiring.possible_event, wiring.possible_truth, *wiring.facts)
    return Stage(
        wiring, types, wiring.step, assumed, lambda names: run_step(wiring, {**names, "before": names["state"]})
    )


def stage_of_start(wiring: Wiring, types: Mapping[str, Type]) -> Stage:
    """The initial state and ghost."""
    assert wiring.initial_state is not None
    functions = {"state": wiring.initial_state, "ghost": wiring.initial_ghost}

    def start(names: Mapping[str, Any]) -> Mapping[str, Any]:
        found = dict(names)
        for name, function in functions.items():
            if function is not None:
                found[name] = call(wiring.loaded, function, found)
        return found

    return Stage(wiring, types, wiring.initial_state, _named(wiring.admissible), start)


def stage_of_function(wiring: Wiring, function: ir.Signature, required: ir.Signature) -> Stage:
    """One function by itself, under what it requires of its arguments."""
    return Stage(wiring, dict(function.params), function, [required])


def _named(*functions: ir.Signature | None) -> list[ir.Signature]:
    return [function for function in functions if function is not None]
