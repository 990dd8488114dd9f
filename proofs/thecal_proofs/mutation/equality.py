# SPDX-License-Identifier: Apache-2.0
"""Asks the solver whether a changed function is the function that it was.

Both stand in one text, the changed one under a name of its own. It is asked of all values of the parameters: first
whatever the functions that they call may answer, then with these looked into. Whoever is equal so belongs to a kernel
that does the same in every step.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from thecal_proofs import terms, values
from thecal_proofs.encode import Encoder, Summary, flatten_checks
from thecal_proofs.frontend import Program, Refusal, Sources, ir
from thecal_proofs.frontend.types import BoolType, UnionType
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.solve import Question
from thecal_proofs.terms import Term
from thecal_proofs.wiring import KERNEL

BUDGET = 500_000  # of the solver's steps
LARGE = 6_000  # nodes: a larger question is not asked
CHANGED = "changed_"  # before the changed function's name


class Apart(Encoder):
    """Evaluates one body; what it calls are unknown functions."""

    def run(self, function: ir.Signature, args: Sequence[values.Value]) -> Summary:
        """A call's answer: unknown functions of its arguments' leaves."""
        inputs = tuple(leaf for arg in args for leaf in values.leaves(arg))
        named = values.leaf_names(function.result, function.qualified)
        applied = (terms.apply(name, inputs, isinstance(found, BoolType)) for name, found in named)
        return Summary(values.from_leaves(function.result, applied))


def find_equality(sources: Sources, mutant: Mutant, package: str = KERNEL) -> str:
    """Under what the changed function of a package is proved to be the one that it was; empty if it is not."""
    module = f"{package}.{mutant.module}"
    if not mutant.function:
        return ""
    try:
        program = Program(_add_changed(sources, module, mutant))
        before = program.signature(module, mutant.function)
        after = program.signature(module, CHANGED + mutant.function)
        if any(isinstance(found, UnionType) for _, found in before.params):
            return ""
        return next((extent for extent, question in _list_questions(program, before, after) if _is_never(question)), "")
    except (Refusal, TypeError, RecursionError):  # what cannot be read is not compared
        return ""


def _add_changed(sources: Sources, module: str, mutant: Mutant) -> Sources:
    """The texts, with the changed function after all others of its module."""
    file = sources.files[module]
    tree = ast.parse(mutant.apply(file.text))
    (node,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == mutant.function)
    node.name = CHANGED + node.name
    added = replace(file, text=f"{file.text}\n\n{ast.unparse(node)}\n")
    return Sources({**sources.files, module: added}, sources.folders)


def _list_questions(program: Program, before: ir.Signature, after: ir.Signature) -> Iterator[tuple[str, list[Term]]]:
    """What would tell the two apart, as facts that cannot hold together if they are equal."""
    names = {name: values.symbol(found, name) for name, found in before.params}
    shape = [term for name, found in before.params for term in values.in_shape(found, names[name])]
    for extent, encoder in (("whatever it calls", Apart(program)), ("for all arguments", Encoder(program))):
        was, now = (encoder.unfold(function, list(names.values())) for function in (before, after))
        given = terms.all_of(_list_operations(was))
        defined = (terms.implies(given, operation) for operation in _list_operations(now))
        yield extent, [*shape, terms.negate(terms.all_of([values.equal(was.value, now.value), *defined]))]


def _list_operations(summary: Summary) -> list[Term]:
    return [terms.implies(check.path, check.condition) for check in flatten_checks(summary)]


class Plain(Question):
    """A question of which nobody reads the model, which takes much longer than to find it."""

    def _model(self) -> dict[Term, int]:
        return {}


def _is_never(facts: Sequence[Term]) -> bool:
    if len(terms.postorder(facts)) > LARGE:
        return False
    with Plain("tactics") as question:
        question.add(facts)
        return question.check(BUDGET).status == "unsat"
