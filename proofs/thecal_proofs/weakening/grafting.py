# SPDX-License-Identifier: Apache-2.0
"""Changes a function of a loaded package in place, and takes the change back: whoever has imported it calls it changed.

Only what a function does is exchanged. What a module binds, others have imported by value; where it is changed, it is
changed in each of them.
"""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType

from thecal_proofs.loading import Loaded
from thecal_proofs.mutation.mutant import Mutant


class NotGrafted(Exception):
    """A change of which the module can no longer be run."""


@contextmanager
def grafted(loaded: Loaded, package: str, mutant: Mutant, text: str) -> Iterator[None]:
    """Let a mutant of a module, whose text this is, take the place of what it changes. Raises ``NotGrafted``."""
    module = f"{package}.{mutant.module}"
    if not mutant.function:
        with _with_value(loaded, module, text, mutant.apply(text)):
            yield
        return
    function = loaded.find(module, mutant.function)
    before = function.__code__
    function.__code__ = compile_function(mutant.apply(text), mutant.function, before.co_filename)
    try:
        yield
    finally:
        function.__code__ = before


def compile_function(text: str, name: str, file: str) -> CodeType:
    """What one function of a module does."""
    nodes: list[ast.stmt] = [
        each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef) and each.name == name
    ]
    constants = compile(ast.Module(nodes, []), file, "exec").co_consts
    (code,) = (each for each in constants if isinstance(each, CodeType) and each.co_name == name)
    return code


@contextmanager
def _with_value(loaded: Loaded, module: str, text: str, changed: str) -> Iterator[None]:
    names = vars(loaded.find_modules()[module])
    name, value = find_changed(text, changed)
    before = names[name]
    try:
        after = eval(compile(ast.Expression(value), names["__file__"], "eval"), names)
    except Exception as error:
        raise NotGrafted(f"raises {type(error).__name__} on import") from error
    namespaces = [vars(each) for each in loaded.find_modules().values()]
    places = [each for each in namespaces if name in each and each[name] is before]
    for namespace in places:
        namespace[name] = after
    try:
        yield
    finally:
        for namespace in places:
            namespace[name] = before


def find_changed(text: str, changed: str) -> tuple[str, ast.expr]:
    """The name that a module binds to another value than it did, and that value."""
    for was, now in zip(ast.parse(text).body, ast.parse(changed).body, strict=True):
        if ast.dump(was) != ast.dump(now) and isinstance(now, ast.Assign | ast.AnnAssign) and now.value is not None:
            return ast.unparse(now.targets[0] if isinstance(now, ast.Assign) else now.target), now.value
    raise ValueError("nothing that a module binds is changed")
