# SPDX-License-Identifier: Apache-2.0
"""The style of the house: each rule with its reason, its fix, and a sample that breaks it.

A rule that is not here (or in the settings of ruff, mypy and import-linter) is not a rule.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

KERNEL = "kernel/thecal/"
KERNEL_MAY_IMPORT = {"dataclasses", "enum", "typing", "thecal"}
KERNEL_FILE_LINES_MAX = 450
SPDX = "SPDX-License-Identifier: " + "Apache-2.0"
ROOT = Path(__file__).parents[2]
SHARED = {Path("/"), Path("/opt"), Path("/srv"), Path("/tmp")}  # folders that every machine has
MACHINE = [ROOT if ROOT.parent in SHARED else ROOT.parent, Path.home()]


@dataclass(frozen=True)
class Rule:
    """One rule: where it holds, how a breach is found, what to do about it."""

    name: str
    holds_in: Callable[[str], bool]
    find: Callable[[str], Iterable[tuple[int, str]]]  # text -> (line, what stands there)
    fix: str
    sample: str  # breaks the rule: a rule that finds nothing in it is itself broken


def everywhere(_: str) -> bool:
    return True


def in_source(name: str) -> bool:
    path = PurePosixPath(name)
    suffixes = {".c", ".cfg", ".css", ".h", ".html", ".js", ".py", ".sh", ".toml", ".v"}
    return path.suffix in suffixes or path.name == "Makefile" or name == ".ci/run"


def in_python(name: str) -> bool:
    return name.endswith(".py") and "/fixtures/" not in name  # where flaws are kept on purpose


def in_prose_and_python(name: str) -> bool:
    return name.endswith((".md", ".py"))


def in_kernel(name: str) -> bool:
    return name.startswith(KERNEL) and in_python(name)


def in_tests(name: str) -> bool:
    return name.startswith("tests/") and in_python(name) and not name.endswith("conftest.py")


def matches(pattern: str, flags: int = re.IGNORECASE) -> Callable[[str], Iterator[tuple[int, str]]]:
    """Find every line in which the pattern occurs."""
    expression = re.compile(pattern, flags)

    def find(text: str) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(text.splitlines(), start=1):
            if hit := expression.search(line):
                yield number, hit[0].strip()

    return find


def find_no_spdx(text: str) -> Iterator[tuple[int, str]]:
    first = text.splitlines()[:2]  # the second only after a line that names an interpreter
    if not any(SPDX in line for line in first):
        yield 1, "no SPDX line"


def find_no_docstring(text: str) -> Iterator[tuple[int, str]]:
    if ast.get_docstring(ast.parse(text)) is None:
        yield 1, "no docstring"


def find_foreign_imports(text: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = ["." * node.level + (node.module or "")]
        else:
            continue
        for module in modules:
            if module.split(".")[0] not in KERNEL_MAY_IMPORT:
                yield node.lineno, f"import of {module}"


def find_asserts(text: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assert):
            yield node.lineno, "assert"


def find_too_long(text: str) -> Iterator[tuple[int, str]]:
    count = len(text.splitlines())
    if count > KERNEL_FILE_LINES_MAX:
        yield count, f"{count} lines"


# The patterns are written so that none of them finds itself.
RULES = (
    Rule(
        "every source file names its licence",
        in_source,
        find_no_spdx,
        f"Make its first line a comment: {SPDX}",
        '"""A module."""\n',
    ),
    Rule(
        "every Python file says what it is",
        in_python,
        find_no_docstring,
        "Begin it with a docstring: one sentence on the one idea of this file.",
        "# a comment only\n",
    ),
    Rule(
        "nothing is left for later",
        in_prose_and_python,
        matches(r"\b(TOD[O]|FIXM[E]|XX[X])\b", flags=0),
        "Do it now, or write down the limit where its reader looks for it, as a plain sentence.",
        "# TOD" + "O: later",
    ),
    Rule(
        "no package registry is named",
        everywhere,
        matches(r"\b(pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.org|crate[s]\.io|deb\.debia[n]\.org)\b"),
        "Name the package alone: where it comes from is each machine's own setting.",
        "--index-url https://pyp" + "i.org/simple",
    ),
    Rule(
        "no path of one machine is named",
        everywhere,
        matches(rf"(^|[^\w./-])(/home/\w|/Users/\w|{'|'.join(re.escape(f'{at}/') for at in MACHINE)})", 0),
        "Write the path from the root of the repository.",
        f"see {ROOT}/README.md",
    ),
    Rule(
        "a file speaks of the pump, not of who wrote it or how",
        everywhere,
        matches(r"\b(clau[d]e|anthropi[c]|opena[i]|chatgp[t]|sub-?agen[t]s?|language mode[l]s?)\b"),
        "Say what is so, and why. The history of a text is git's.",
        "as the sub" + "agent said",
    ),
    Rule(
        "the kernel imports nothing but itself, dataclasses, enum and typing",
        in_kernel,
        find_foreign_imports,
        "Move what needs more into adapters/; the kernel has no dependency that could fail.",
        "import math\n",
    ),
    Rule(
        "the kernel does not assert",
        in_kernel,
        find_asserts,
        "Refuse with a response: `python -O` removes an assert, and a pump must not stop at one.",
        "assert dose_fg <= cap_fg\n",
    ),
    Rule(
        "no checker is silenced in the kernel",
        in_kernel,
        matches(r"# *(noqa|type: *ignore|pragma)"),
        "Write it so that the checker sees that it is right.",
        "x = y  # type: " + "ignore[assignment]",
    ),
    Rule(
        f"a kernel file has at most {KERNEL_FILE_LINES_MAX} lines",
        in_kernel,
        find_too_long,
        "A file is read in one sitting: give its second idea a room of its own.",
        "pass\n" * (KERNEL_FILE_LINES_MAX + 1),
    ),
    Rule(
        "no identifier of a property, hazard or assumption is part of a function's name",
        in_python,
        matches(r"def \w*(ovr|con|res|und|prg|tim|flt|alm|tot|haz|req|asm|mut)_?\d\d"),
        "Name it by what it says, and print the identifier beside it.",
        "def test_ov" + "r_03(): ...",
    ),
    Rule(
        "a test never skips by itself",
        in_tests,
        matches(r"pytest\.(skip[(]|importorski[p]|mark\.ski[p])"),
        "Use the fixture `require_tool`: it skips where a tool is missing, and fails in CI.",
        "pytest.sk" + 'ip("no browser")',
    ),
)

by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name.replace(" ", "-"))


@by_name
def test_rule_is_kept(rule: Rule, texts: Mapping[str, str]) -> None:
    breaches = [
        f"  {name}:{line}: {what}"
        for name, text in texts.items()
        if rule.holds_in(name)
        for line, what in rule.find(text)
    ]
    if breaches:
        pytest.fail("\n".join([f"Rule: {rule.name}.", *breaches, rule.fix]), pytrace=False)


@by_name
def test_rule_finds_a_breach(rule: Rule) -> None:
    assert list(rule.find(rule.sample))
