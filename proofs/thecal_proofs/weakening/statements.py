# SPDX-License-Identifier: Apache-2.0
"""What is changed of the statements: every place of a predicate, and of what a predicate calls in the specification.

The operators are those that break the kernel, and three that a claim alone has: a conclusion, a condition or a whole
claim that is left out, and an equality that became a bound.
"""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from thecal_proofs.mutation.lister import learn, list_in, read_modules
from thecal_proofs.mutation.mutant import Change, Mutant
from thecal_proofs.mutation.operators import OPERATORS, Known, Operator, write

PACKAGE = "thecal_specs"
PREFIX = "STM"
# What holds statements beside `properties`; of these only what a predicate, or the history, calls. Not `quiet`: its
# claims are the steps of one induction, each of which the next one assumes.
BESIDE = ("ghost", "recover", "loading", "accepting", "moving")
BOUNDS = (ast.LtE, ast.GtE)


def change_equality(node: ast.AST, known: Known) -> Iterator[Change]:
    """What has to be so many may be fewer, or more."""
    if isinstance(node, ast.Compare):
        for place, relation in enumerate(node.ops):
            if isinstance(relation, ast.Eq) and not is_of_members(node, known):
                for bound in BOUNDS:
                    changed = deepcopy(node)
                    changed.ops[place] = bound()
                    yield Change(node, "bound", write(changed))


def is_of_members(node: ast.Compare, known: Known) -> bool:
    """Whether members of an enumeration are compared, which are no amounts."""
    named = (each.value for each in (node.left, *node.comparators) if isinstance(each, ast.Attribute))
    return any(isinstance(each, ast.Name) and each.id in known.enums for each in named)


def change_implication(node: ast.AST, known: Known) -> Iterator[Change]:
    """Nothing follows of a condition, or it follows of everything."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "implies":
        yield Change(node, "conclusion", "True")
        yield Change(node, "antecedent", write(node.args[1]))


def change_answer(node: ast.AST, known: Known) -> Iterator[Change]:
    """What is said is left out altogether, or denied."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.BoolOp | ast.Compare | ast.Call):
        if is_boolean(node.value):
            yield Change(node.value, "claim", "True")
            yield Change(node.value, "negation", write(ast.UnaryOp(ast.Not(), node.value)))


def is_boolean(value: ast.expr) -> bool:
    """Whether an expression says yes or no, as far as its form tells."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        name = value.func.id
        return name in ("implies", "all", "any", "isinstance") or name.startswith(("is_", "are_", "has_"))
    return isinstance(value, ast.BoolOp | ast.Compare)


WEAKENING: tuple[Operator, ...] = (*OPERATORS, change_equality, change_implication, change_answer)


def read_statements(specs: Path) -> dict[str, str]:
    """The texts that hold statements, by their modules' names within the specification."""
    properties = {f"properties.{name}": text for name, text in read_modules(specs / "properties").items()}
    beside = {name: text for name, text in read_modules(specs).items() if name in BESIDE}
    return {name: text for name, text in {**properties, **beside}.items() if not name.endswith("__init__")}


def list_statements(kernel: Path, specs: Path, reached: Collection[str], only: Sequence[str] = ()) -> list[Mutant]:
    """Every change of a statement; ``reached`` has the functions, by module and name, that matter to one."""
    texts = read_statements(specs)
    known = learn({name: ast.parse(text) for name, text in {**read_modules(kernel), **texts}.items()})
    wanted = [name for name in texts if not only or name in only]
    changes = (each for name in wanted for each in list_in(name, texts[name], known, WEAKENING, PREFIX))
    return [each for each in changes if not each.function or f"{PACKAGE}.{each.module}.{each.function}" in reached]


def find_reached(functions: Iterable[Callable[..., Any]]) -> dict[str, FunctionType]:
    """The functions of the specification that these call, and they themselves, by module and name."""
    found: dict[str, FunctionType] = {}
    waiting = [each for each in functions if isinstance(each, FunctionType)]
    while waiting:
        function = waiting.pop()
        name = f"{function.__module__}.{function.__name__}"
        if name not in found and function.__module__.startswith(f"{PACKAGE}."):
            found[name] = function
            named = (function.__globals__.get(each) for each in list_names(function.__code__))
            waiting.extend(each for each in named if isinstance(each, FunctionType))
    return found


def list_names(code: CodeType) -> Iterator[str]:
    """The global names that a function asks for, within its expressions too."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from list_names(each)


def touches(reached: Collection[str], mutant: Mutant) -> bool:
    """Whether some of these functions are changed; a module's number is a matter of each that stands in it."""
    module = f"{PACKAGE}.{mutant.module}."
    return module + mutant.function in reached if mutant.function else any(n.startswith(module) for n in reached)
