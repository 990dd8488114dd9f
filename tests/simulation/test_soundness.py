# SPDX-License-Identifier: Apache-2.0
"""The load check and the invariant of the proofs say the same, fact by fact.

They are two texts on purpose: a changed copy of the kernel must not change what is proved of it.
"""

import ast
from pathlib import Path
from types import ModuleType

from thecal import integrity, soundness
from thecal_specs import invariant


def read_functions(module: ModuleType) -> dict[str, str]:
    """The functions of a module as text without their docstrings."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for function in functions:
        function.body = [
            node for node in function.body if ast.get_docstring(function) is None or node is not function.body[0]
        ]
    return {function.name: ast.unparse(function) for function in functions}


CHECKED = read_functions(soundness) | read_functions(integrity)
CLAIMED = read_functions(invariant)


def test_each_conjunct_of_the_invariant_is_checked_word_for_word() -> None:
    differing = [c.__name__ for c in invariant.INVARIANT if CHECKED.get(c.__name__) != CLAIMED[c.__name__]]
    assert differing == []


def test_what_the_conjuncts_call_is_the_same_too() -> None:
    shared = CHECKED.keys() & CLAIMED.keys()
    assert {name for name in shared if CHECKED[name] != CLAIMED[name]} == set()


def test_the_load_check_calls_every_conjunct() -> None:
    called = ["is_intact"]
    for name in called:  # grows as it is walked
        called += [other for other in CHECKED if f"{other}(" in CHECKED[name] and other not in called]
    assert [c.__name__ for c in invariant.INVARIANT if c.__name__ not in called] == []
