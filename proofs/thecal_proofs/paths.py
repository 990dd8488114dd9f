# SPDX-License-Identifier: Apache-2.0
"""Takes a goal apart along the conditions that its choices share: one plain question a path through the step."""

from collections import Counter
from collections.abc import Mapping

from thecal_proofs import terms
from thecal_proofs.terms import Term


def find_condition(goal: Term) -> Term | None:
    """The condition that governs most choices of the goal's values, the one met first among equals.

    What a condition is itself made of is left alone, and so is a choice between a value and nothing: a summand. A
    place in a table comes last.
    """
    counts: Counter[Term] = Counter()
    seen: set[Term] = set()
    todo = [goal]
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op == "ite" and terms.ZERO not in node.args:
            counts[node.args[0]] += 1
        todo.extend(reversed(node.args[1:] if node.op == "ite" else node.args))
    if not counts:
        return None
    return max(counts, key=lambda condition: (not _is_place(condition), counts[condition]))


def _is_place(condition: Term) -> bool:
    return condition.op == "eq" and condition.args[0].op in ("div", "mod")


def simplify(term: Term, atom: Term, value: bool) -> Term:
    """Rebuild a term knowing whether a condition holds; an equation with a constant is put in everywhere."""
    known = {}
    parts = terms.conjuncts(atom if value else terms.negate(atom))
    for part in (atom if value else terms.negate(atom), *parts):
        known[part] = terms.TRUE
        known[terms.negate(part)] = terms.FALSE
        if part.op == "eq" and part.args[1].op == "const":
            known[part.args[0]] = part.args[1]
    return rebuild(term, known)


def rebuild(root: Term, known: Mapping[Term, Term]) -> Term:
    """Replace terms, and let the constructors simplify what depends on them."""
    done = dict(known)
    for node in terms.postorder((root,)):
        if node not in done:
            done[node] = terms.remake(node, tuple(done[arg] for arg in node.args))
    return done[root]
