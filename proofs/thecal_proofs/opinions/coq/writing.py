# SPDX-License-Identifier: Apache-2.0
"""Writes a question and its argument as Coq reads them.

What the argument does not look into is printed as an unknown: that asks for more than the question does.
"""

from collections.abc import Iterable, Mapping

from thecal_proofs.opinions.coq.argument import Argument, Clause, Evidence, Literal, Step
from thecal_proofs.opinions.coq.table import COMPARISONS, Node, Table

NAMES = {
    "add": "Add",
    "sub": "Sub",
    "mul": "Mul",
    "div": "Div",
    "mod": "Mod",
    "eq": "Eq",
    "le": "Le",
    "lt": "Lt",
    "same": "Same",
    "and": "And",
    "or": "Or",
    "not": "Not",
}


def write(name: str, argument: Argument) -> str:
    """The theorem that some facts are impossible, and its proof."""
    table = argument.table
    opened = _opened(table, argument.steps)
    spoken = sorted(_spoken(table, argument.steps, opened))
    numbers = {node: place for place, node in enumerate(spoken, start=1)}
    functions: dict[tuple[object, ...], int] = {}
    nodes = [_node(table, each, numbers, functions) if each in opened else "Unknown" for each in spoken]
    facts = [numbers[step.nodes[0]] for step in argument.steps if step.name == "Fact"]
    steps = [_step(step, numbers) for step in argument.steps]
    return (
        f"Definition {name}_table : list node := {_list(nodes)}.\n"
        f"Definition {name}_steps : list step := {_list(steps)}.\n"
        f"Theorem {name} : impossible {name}_table {_list(facts)}.\n"
        f"Proof. apply (judge_is_right _ _ {name}_steps). vm_cast_no_check (eq_refl true). Qed.\n"
    )


def _opened(table: Table, steps: Iterable[Step]) -> set[int]:
    """The nodes into which an argument looks."""
    found: set[int] = set()
    sums: list[int] = []
    for step in steps:
        if step.name != "Fact":
            found.update(step.nodes)
        found.update(*step.equal)
        evidence = list(step.evidence)
        while evidence:
            part = evidence.pop()
            found.update(part.nodes)
            evidence.extend(part.parts)
    for node in list(found):
        if table[node].op in (*COMPARISONS, "ite", "div", "mod", "add", "sub", "mul"):
            sums.extend(table[node].args)
    while sums:
        node = sums.pop()
        if node not in found and table[node].op in ("add", "sub", "mul", "const"):
            found.add(node)
            sums.extend(table[node].args)
    return found


def _spoken(table: Table, steps: Iterable[Step], opened: set[int]) -> set[int]:
    """The nodes that occur at all."""
    found = set(opened)
    for step in steps:
        found.update(map(abs, step.clause))
        found.update(step.nodes)
    for node in opened:
        found.update(table[node].args)
    return found


def _node(table: Table, number: int, numbers: Mapping[int, int], functions: dict[tuple[object, ...], int]) -> str:
    node = table[number]
    args = [numbers[arg] for arg in node.args]
    match node.op:
        case "const":
            return f"Const ({node.value})"
        case "true" | "false":
            return f"Truth {node.op}"
        case "and" | "or":
            return f"{NAMES[node.op]} {_list(args)}"
        case "ite":
            return f"{'Pick' if node.is_bool else 'Choose'} {_words(args)}"
        case "app" | "pred":
            return _call(table, node, numbers, functions)
        case "var" | "flag":
            return "Unknown"
    return f"{NAMES[node.op]} {_words(args)}"


def _call(table: Table, node: Node, numbers: Mapping[int, int], functions: dict[tuple[object, ...], int]) -> str:
    key = node.op, node.value, *(table[arg].is_bool for arg in node.args)
    name = functions.setdefault(key, len(functions) + 1)
    ints, truths = ([numbers[arg] for arg in node.args if table[arg].is_bool == sort] for sort in (False, True))
    return f"{'Apply' if node.op == 'app' else 'Ask'} {name} {_list(ints)} {_list(truths)}"


def _step(step: Step, numbers: Mapping[int, int]) -> str:
    nodes = [numbers[node] for node in step.nodes]
    evidence = [f"({_evidence(each, numbers)})" for each in step.evidence]
    match step.name:
        case "Fact":
            return f"Fact {nodes[0]}"
        case "Part":
            return f"Part {nodes[0]} {step.place}"
        case "Congruent":
            equal = [_list([numbers[node] for node in each]) for each in step.equal]
            return f"Congruent {_words(nodes)} {_words(equal)}"
        case "Derived":
            return f"Derived {_clause(step.clause, numbers)} {_list(step.hints)}"
    return f"{step.name} {_clause(step.clause, numbers)} {_words([*nodes, *evidence])}"


def _evidence(evidence: Evidence, numbers: Mapping[int, int]) -> str:
    words = [str(numbers[node]) for node in evidence.nodes]
    if evidence.number is not None:
        words.append(f"({evidence.number})")
    return " ".join((evidence.name, *words, *(f"({_evidence(part, numbers)})" for part in evidence.parts)))


def _clause(clause: Clause, numbers: Mapping[int, int]) -> str:
    return _list([_literal(literal, numbers) for literal in clause])


def _literal(literal: Literal, numbers: Mapping[int, int]) -> str:
    return f"({numbers[abs(literal)]}, {'true' if literal > 0 else 'false'})"


def _list(items: Iterable[object]) -> str:
    return f"[{'; '.join(map(str, items))}]"


def _words(items: Iterable[object]) -> str:
    return " ".join(map(str, items))
