# SPDX-License-Identifier: Apache-2.0
"""Runs a counterexample in CPython, on real kernel objects, and prints it as a test that anyone can run.

A model is believed only if every hypothesis is True there and the predicate is not. Anything else means that the
translation, not the kernel, is at fault, and is said to be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thecal_proofs import decode
from thecal_proofs.frontend import ir
from thecal_proofs.frontend.types import RecordType, Type
from thecal_proofs.loading import Loaded
from thecal_proofs.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Replay:
    """What CPython said: `is_confirmed` if the model refutes the claim there too."""

    is_confirmed: bool
    detail: str
    test: str
    leaves: Mapping[str, int]


class Situation:
    """The concrete inputs of one step, rebuilt from a model."""

    def __init__(self, wiring: Wiring, event: RecordType, model: Mapping[str, int]) -> None:
        self.wiring = wiring
        self.types: dict[str, Type] = {**wiring.symbols, "event": event}
        self.leaves = {name: decode.fill(type_, name, model) for name, type_ in self.types.items()}
        self.loaded = wiring.loaded

    def names(self) -> dict[str, Any]:
        """Run the step and the ghost's step in CPython; return every name that predicates may ask for."""
        names: dict[str, Any] = {
            name: decode.build(self.types[name], iter(leaves), self.loaded) for name, leaves in self.leaves.items()
        }
        names["before"] = names["state"]
        return run_step(self.wiring, names)


def run_step(wiring: Wiring, names: Mapping[str, Any]) -> dict[str, Any]:
    """Add the outcome, the state after and the ghost after to the inputs of a step."""
    found = dict(names)
    outcome = find(wiring.loaded, wiring.step)(found["config"], found["state"], found["event"])
    found.update(outcome=outcome, after=outcome.state)
    if wiring.advance is not None and "truth" in found:
        found["ghost_after"] = call(wiring.loaded, wiring.advance, found)
    return found


def find(loaded: Loaded, function: ir.Signature) -> Any:
    """Return the CPython function of a signature."""
    return loaded.find(function.module, function.name)


def call(loaded: Loaded, function: ir.Signature, names: Mapping[str, Any]) -> Any:
    """Call a function, its arguments bound by name."""
    return find(loaded, function)(*(names[name] for name, _ in function.params))


def after_step(names: Mapping[str, Any]) -> dict[str, Any]:
    """Rename what follows the step to what a conjunct of the invariant speaks of."""
    return {**names, "state": names["after"], "ghost": names.get("ghost_after")}


def failing_hypotheses(wiring: Wiring, names: Mapping[str, Any]) -> list[str]:
    """Name the hypotheses that are not True of a concrete step."""
    assumed = (wiring.admissible, wiring.possible_event, wiring.possible_truth, *wiring.facts)
    return [f.name for f in assumed if f is not None and call(wiring.loaded, f, names) is not True]


def replay(
    wiring: Wiring, event: RecordType, model: Mapping[str, int], predicate: ir.Signature, is_conjunct: bool, title: str
) -> Replay:
    """Run the predicate on the model's step."""
    situation = Situation(wiring, event, model)
    test = write_test(situation, predicate, is_conjunct, title)
    try:
        names = situation.names()
        broken = failing_hypotheses(wiring, names)
        verdict = call(wiring.loaded, predicate, after_step(names) if is_conjunct else names)
    except Exception as error:  # the kernel must not raise: whatever it raised is the finding
        return Replay(True, f"CPython raises {type(error).__name__}: {error}", test, model)
    if broken:
        return Replay(False, "in CPython these hypotheses do not hold: " + ", ".join(broken), test, model)
    if verdict is not False:
        return Replay(False, f"in CPython {predicate.name} is {verdict}", test, model)
    return Replay(True, "replayed in CPython", test, model)


def failing_hypotheses_of(wiring: Wiring, event: RecordType, model: Mapping[str, int]) -> str:
    """Say which hypotheses a model does not satisfy in CPython; nothing if it satisfies all."""
    broken = failing_hypotheses(wiring, Situation(wiring, event, model).names())
    return "in CPython these hypotheses do not hold: " + ", ".join(broken) if broken else ""


def replay_start(
    wiring: Wiring, unknowns: Mapping[str, Type], model: Mapping[str, int], predicate: ir.Signature
) -> Replay:
    """Run a conjunct on the initial situation of a model."""
    leaves = {name: decode.fill(found, name, model) for name, found in unknowns.items()}
    names = {n: decode.build(found, iter(leaves[n]), wiring.loaded) for n, found in unknowns.items()}
    for name, function in (("state", wiring.initial_state), ("ghost", wiring.initial_ghost)):
        if function is not None:
            names[name] = call(wiring.loaded, function, names)
    verdict = call(wiring.loaded, predicate, names)
    test = f"# with config = {names['config']!r}\n# the initial situation does not satisfy {predicate.name}\n"
    return Replay(verdict is False, f"in CPython {predicate.name} is {verdict}", test, model)


def replay_state(
    wiring: Wiring,
    model: Mapping[str, int],
    predicate: ir.Signature,
    facts: Sequence[ir.Signature],
    types: Mapping[str, Type],
) -> Replay:
    """Run a claim about any state on the model's."""
    leaves = {name: decode.fill(found, name, model) for name, found in types.items()}
    names = {name: decode.build(found, iter(leaves[name]), wiring.loaded) for name, found in types.items()}
    names |= {"after": names["state"], "ghost_after": names.get("ghost")}
    assumed = [fact for fact in (wiring.admissible, *facts) if fact is not None]
    broken = [fact.name for fact in assumed if call(wiring.loaded, fact, names) is not True]
    verdict = call(wiring.loaded, predicate, names)
    test = _write_state_test(types, leaves, predicate)
    if broken:
        return Replay(False, "in CPython these hypotheses do not hold: " + ", ".join(broken), test, model)
    return Replay(verdict is False, f"in CPython {predicate.name} is {verdict}", test, model)


def replay_plain(wiring: Wiring, model: Mapping[str, int], predicate: ir.Signature) -> Replay:
    """Run a claim about plain values on the model's."""
    types = dict(predicate.params)
    leaves = {name: decode.fill(found, name, model) for name, found in types.items()}
    names = {name: decode.build(found, iter(leaves[name]), wiring.loaded) for name, found in types.items()}
    verdict = call(wiring.loaded, predicate, names)
    test = _write_state_test(types, leaves, predicate)
    return Replay(verdict is False, f"in CPython {predicate.name} is {verdict}", test, model)


def replay_contract(wiring: Wiring, model: Mapping[str, int], function: ir.Signature, contract: ir.Signature) -> Replay:
    """Call a function with the model's arguments, and ask whether it keeps its promise."""
    types = dict(function.params)
    leaves = {name: decode.fill(found, name, model) for name, found in types.items()}
    names = {name: decode.build(found, iter(leaves[name]), wiring.loaded) for name, found in types.items()}
    try:
        names["result"] = call(wiring.loaded, function, names)
        verdict = call(wiring.loaded, contract, names)
    except Exception as error:  # outside of what it is asked: that is for the proof of its operations to say
        return Replay(False, f"CPython raises {type(error).__name__}: {error}", "", model)
    test = _write_state_test(types, leaves, contract, function)
    return Replay(verdict is False, f"in CPython {contract.name} is {verdict}", test, model)


def _write_state_test(
    types: Mapping[str, Type],
    leaves: Mapping[str, list[int]],
    predicate: ir.Signature,
    function: ir.Signature | None = None,
) -> str:
    imports: dict[str, set[str]] = {predicate.module: {predicate.name}}

    def use(module: str, name: str) -> None:
        imports.setdefault(module, set()).add(name)

    names = {"after": "state", "ghost_after": "ghost"}
    asked = {names.get(name, name) for name, _ in predicate.params}
    called = [] if function is None else [f"    result = {function.name}({', '.join(types)})"]
    if function is not None:
        asked.update(types)
        use(function.module, function.name)
    body = [f"    {n} = {decode.write(types[n], iter(leaves[n]), use)}" for n in types if n in asked]
    args = ", ".join(f"{name}={names.get(name, name)}" for name, _ in predicate.params)
    head = [f"from {module} import {', '.join(sorted(found))}" for module, found in sorted(imports.items())]
    lines = [
        *head,
        "",
        "",
        f"def test_{predicate.name}() -> None:",
        *body,
        *called,
        f"    assert {predicate.name}({args})",
    ]
    return "\n".join(["# SPDX-License-Identifier: Apache-2.0", *lines]) + "\n"


def write_test(situation: Situation, predicate: ir.Signature, is_conjunct: bool, title: str) -> str:
    """Write a pytest file that fails exactly as the proof did."""
    imports: dict[str, set[str]] = {}

    def use(module: str, name: str) -> None:
        imports.setdefault(module, set()).add(name)

    wiring = situation.wiring
    use(wiring.step.module, wiring.step.name)
    use(predicate.module, predicate.name)
    body = [f'    """{title}"""']
    for name in _needed(wiring, predicate):
        text = decode.write(situation.types[name], iter(situation.leaves[name]), use)
        body.append(f"    {'before' if name == 'state' else name} = {text}")
    body.append("    outcome = step(config, before, event)")
    names = {"before": "before", "after": "outcome.state", "state": "outcome.state" if is_conjunct else "before"}
    if wiring.advance is not None and _speaks_of_ghost(predicate):
        use(wiring.advance.module, wiring.advance.name)
        given = ", ".join("before" if n == "state" else n for n, _ in wiring.advance.params)
        body.append(f"    ghost_after = advance({given})")
        names["ghost"] = "ghost_after" if is_conjunct else "ghost"
    args = ", ".join(f"{n}={names.get(n, n)}" for n, _ in predicate.params)
    body.append(f"    assert {predicate.name}({args})")
    head = [f"from {module} import {', '.join(sorted(found))}" for module, found in sorted(imports.items())]
    lines = ["# SPDX-License-Identifier: Apache-2.0", *head, "", "", f"def test_{predicate.name}() -> None:", *body]
    return "\n".join(lines) + "\n"


def _speaks_of_ghost(predicate: ir.Signature) -> bool:
    return any(name in ("ghost", "truth", "ghost_after") for name, _ in predicate.params)


def _needed(wiring: Wiring, predicate: ir.Signature) -> Iterator[str]:
    yield from ("config", "state", "event")
    if _speaks_of_ghost(predicate):
        yield from (name for name in ("ghost", "truth") if name in wiring.symbols)


def describe(model: Mapping[str, int], cone: Sequence[str]) -> list[str]:
    """List the leaves of a model that the question speaks of."""
    return [f"{name} = {model[name]}" for name in sorted(set(cone) & set(model))]
