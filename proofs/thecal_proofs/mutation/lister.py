# SPDX-License-Identifier: Apache-2.0
"""Where the kernel is changed: every mutant of its source text, in the order of files, lines and operators."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from thecal_proofs.mutation.guards import find_decided, is_guard
from thecal_proofs.mutation.mutant import Change, Mutant, name_all
from thecal_proofs.mutation.operators import OPERATORS, Known, Operator, find_numbers_of_relations

# What is not changed at all, and why.
SKIPPED_MODULES: Mapping[str, str] = {
    "__init__": "it holds the version alone",
    "events": "it declares records",
    "outcome": "it declares records and answers",
    "boundary": "it is outside of the proved subset; tests of values hold it",
    "session": "it is outside of the proved subset; tests of its rhythm hold it",
    "integrity": "it is the invariant, word for word, and a test holds the two texts together",
    "soundness": "it is the invariant, word for word, and a test holds the two texts together",
}
# Modules whose numbers and tables the statements use by the same names.
SHARED: Mapping[type, tuple[str, ...]] = {ast.Assign: ("units", "state", "limits"), ast.AnnAssign: ("state",)}


@dataclass(frozen=True, slots=True)
class Site:
    """A statement in which something may be changed; of a compound one its head alone."""

    function: str
    returns: str
    statement: ast.stmt
    roots: tuple[ast.AST, ...]


def read_modules(kernel: Path) -> dict[str, str]:
    """The text of every module of a kernel's folder, by name."""
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(kernel.glob("*.py"))}


def list_mutants(texts: Mapping[str, str], only: Sequence[str] = ()) -> list[Mutant]:
    """Every mutant of the modules, or of those that are named."""
    known = learn({module: ast.parse(text) for module, text in texts.items()})
    wanted = [module for module in texts if module not in SKIPPED_MODULES and (not only or module in only)]
    return [mutant for module in wanted for mutant in list_in(module, texts[module], known, OPERATORS, "MUT")]


def learn(trees: Mapping[str, ast.Module]) -> Known:
    """What the operators must know of the kernel as a whole."""
    enums: dict[str, list[str]] = {}
    bounds: set[str] = set()
    passing: dict[str, int] = {}
    for node in (node for tree in trees.values() for node in tree.body):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "IntEnum" for base in node.bases):
            enums[node.name] = [ast.unparse(each.targets[0]) for each in node.body if isinstance(each, ast.Assign)]
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_number(node.value):
            bounds.add(node.targets[0].id)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("with_") and node.returns is not None:
            kinds = [ast.unparse(arg.annotation) if arg.annotation else "" for arg in node.args.args]
            if ast.unparse(node.returns) in kinds:
                passing[node.name] = kinds.index(ast.unparse(node.returns))
    return Known(enums, frozenset(bounds), passing)


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.UnaryOp):
        return _is_number(value.operand)
    return isinstance(value, ast.Name) or (isinstance(value, ast.Constant) and type(value.value) is int)


def list_in(module: str, text: str, known: Known, operators: Sequence[Operator], prefix: str) -> list[Mutant]:
    """Every mutant of one module that these operators make; the prefix is that of their IDs."""
    found: list[Mutant] = []
    statements: list[str] = []
    marks = find_marks(text)
    offsets = _find_offsets(text)
    for site in _list_sites(module, ast.parse(text)):
        for change in _list_changes(site, known, operators):
            mutant = _place(module, text, offsets, site, change, marks)
            if mutant.before != mutant.after:
                found.append(mutant)
                statements.append(ast.unparse(site.statement))
    return list(name_all(found, statements, prefix))


def find_marks(text: str) -> dict[int, tuple[str, ...]]:
    """The IDs of properties in the comments, by line."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
    found = {line: tuple(re.findall(r"\b[A-Z]{3}-\d\d\b", comment)) for line, comment in comments.items()}
    return {line: ids for line, ids in found.items() if ids}


def _list_sites(module: str, tree: ast.Module) -> Iterator[Site]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            returns = ast.unparse(node.returns) if node.returns is not None else ""
            yield from _list_sites_of(node.name, returns, node.body)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and module not in SHARED.get(type(node), ()):
            yield Site("", "", node, (node,))


def _list_sites_of(function: str, returns: str, body: Sequence[ast.stmt]) -> Iterator[Site]:
    for statement in body:
        match statement:
            case ast.Expr():
                continue  # a docstring
            case ast.If(body=inner, orelse=other):
                yield Site(function, returns, statement, (statement,))
                yield from _list_sites_of(function, returns, inner)
                yield from _list_sites_of(function, returns, other)
            case ast.For(iter=items, body=inner):
                yield Site(function, returns, statement, (items,))
                yield from _list_sites_of(function, returns, inner)
            case _:
                yield Site(function, returns, statement, (statement,))


def _list_changes(site: Site, known: Known, operators: Sequence[Operator]) -> Iterator[Change]:
    for root in site.roots:
        found = list(_walk(root))
        same = {id(each) for node in found for each in find_numbers_of_relations(node)}
        for node in found:
            if id(node) not in same:
                for operator in operators:
                    yield from operator(node, known)
    match site.statement:  # a name that is bound anew from itself may as well keep what it has
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _names(value) & {name}:
            yield Change(site.statement, "statement", "pass")


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _walk(root: ast.AST) -> Iterator[ast.AST]:
    """The nodes of an expression in the order of the text; of an `if` its condition alone, no annotation."""
    yield root
    for name, value in ast.iter_fields(root):
        if name in ("annotation", "targets", "target", "body", "orelse") and isinstance(root, ast.stmt):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walk(child)


def _find_offsets(text: str) -> list[int]:
    offsets = [0]
    for line in text.encode().splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    return offsets


def _place(
    module: str, text: str, offsets: Sequence[int], site: Site, change: Change, marks: Mapping[int, tuple[str, ...]]
) -> Mutant:
    node = change.node
    start = offsets[node.lineno - 1] + node.col_offset
    end = offsets[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
    before = " ".join(text.encode()[start:end].decode().split())
    lines = _find_lines(site)
    decided = find_decided(site.statement, change.node)
    found = [mark for line in (*range(lines[0], lines[1] + 1), *decided) for mark in marks.get(line, ())]
    return Mutant(
        id="",
        module=module,
        function=site.function,
        operator=change.operator,
        line=node.lineno,
        lines=lines,
        before=before,
        after=change.after,
        start=start,
        end=end,
        is_guard=bool(found) or is_guard(site.returns, site.statement, change.node),
        marks=tuple(dict.fromkeys(found)),
    )


def _find_lines(site: Site) -> tuple[int, int]:
    statement = site.statement
    if isinstance(statement, ast.If):
        return statement.lineno, statement.test.end_lineno or statement.lineno
    if isinstance(statement, ast.For):
        return statement.lineno, statement.iter.end_lineno or statement.lineno
    return statement.lineno, statement.end_lineno or statement.lineno
