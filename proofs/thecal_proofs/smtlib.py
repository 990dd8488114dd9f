# SPDX-License-Identifier: Apache-2.0
"""Writes a question as SMT-LIB: the text that `--export` gives away, and the one that a second solver is shown."""

from collections.abc import Iterable

from thecal_proofs import terms
from thecal_proofs.terms import Term

_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "eq": "=", "le": "<=", "lt": "<"}


def render(title: str, status: str, facts: Iterable[Term]) -> str:
    """The text of one question. What occurs more than once gets a name, so that texts stay short."""
    parts = list(dict.fromkeys(part for fact in facts for part in terms.conjuncts(fact)))
    order = terms.postorder(parts)
    uses: dict[Term, int] = {}
    for node in order:
        for arg in node.args:
            uses[arg] = uses.get(arg, 0) + 1
    head = [f"; {title}", "(set-logic ALL)", f"(set-info :status {status})"]
    functions: dict[str, None] = {}
    texts: dict[Term, str] = {}
    lines: list[str] = []
    for node in order:
        texts[node] = _write(node, texts)
        if node.op in ("var", "flag"):
            head.append(f"(declare-const {texts[node]} {_sort(node)})")
            continue
        if node.op in ("app", "pred"):
            functions[_declare(node)] = None
        if node.args and uses.get(node, 0) > 1:
            lines.append(f"(define-fun n{len(lines)} () {_sort(node)} {texts[node]})")
            texts[node] = f"n{len(lines) - 1}"
    asserts = [f"(assert {texts[part]})" for part in parts]
    return "\n".join((*head, *functions, *lines, *asserts, "(check-sat)")) + "\n"


def _declare(call: Term) -> str:
    """The declaration of a function that stays unknown."""
    return f"(declare-fun |{call.value}| ({' '.join(map(_sort, call.args))}) {_sort(call)})"


def _sort(node: Term) -> str:
    return "Bool" if node.is_bool else "Int"


def _write(node: Term, texts: dict[Term, str]) -> str:
    args = " ".join(texts[arg] for arg in node.args)
    match node.op:
        case "const":
            number = int(node.value)
            return str(number) if number >= 0 else f"(- {-number})"
        case "var" | "flag":
            return f"|{node.value}|"
        case "true" | "false":
            return node.op
        case "app" | "pred":
            return f"(|{node.value}| {args})" if args else f"|{node.value}|"
        case _:
            return f"({_OPERATORS.get(node.op, node.op)} {args})"
