# SPDX-License-Identifier: Apache-2.0
"""Takes a goal apart along the conditions that its choices share: one plain question a path through the step."""

from collections import Counter
from collections.abc import Mapping

from thecal_proofs import terms
from thecal_proofs.terms import Term

CLOSE = 12  # a condition of a path is taken apart if it speaks of so many unknowns beyond the question's own
FEW = 8  # so many choices of the larger or smaller of two are taken apart


def find_condition(goal: Term) -> tuple[Term | None, bool]:
    """The condition that decides most choices of the goal's values, the one met first among equals.

    What a condition is itself made of is left alone, but for that of a choice between a value and nothing: such a
    choice is a summand, and stays one. A place in a table comes late, the larger or smaller of two last, if there are
    few: the second value says that only these are left.
    """
    counts: Counter[Term] = Counter()
    extremes: dict[Term, None] = {}
    seen: set[Term] = set()
    todo = [goal]
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op == "ite" and is_extreme(node):
            extremes[node.args[0]] = None
        elif node.op == "ite" and terms.ZERO not in node.args:
            counts[node.args[0]] += 1
        is_summand = node.op == "ite" and node.args[2] is terms.ZERO
        todo.extend(reversed(node.args[1:] if node.op == "ite" and not is_summand else node.args))
    if counts:
        return max(counts, key=lambda condition: (not _is_place(condition), counts[condition])), False
    if 0 < len(extremes) <= FEW:
        return next(iter(extremes)), True
    return None, True


def find_part(path: Term, rest: Term) -> Term | None:
    """What is decided first in a condition of a path that is made of others: in that closest to the question."""
    spoken = terms.mask(rest)
    distances = {part: (terms.mask(part) & ~spoken).bit_count() for part in terms.conjuncts(path)}
    for part in sorted((part for part, far in distances.items() if far <= CLOSE), key=lambda part: distances[part]):
        atom = _first_atom(part)
        if atom is not part and terms.negate(atom) is not part:
            return atom
    return None


def _first_atom(condition: Term) -> Term:
    """What is decided first in a condition: its first comparison, or the first choice within that."""
    node = condition
    while node.op in ("and", "or", "not") or (node.op in ("eq", "ite") and node.args[0].is_bool):
        node = node.args[0]
    choices = (part for part in terms.postorder((node,)) if part.op == "ite" and not is_extreme(part))
    inner = next((choice for choice in choices if not _is_place(choice.args[0])), None)
    return node if inner is None else _first_atom(inner.args[0])


def is_extreme(choice: Term) -> bool:
    """Whether a choice is the larger or the smaller of two: what it compares is what it chooses from."""
    condition, a, b = choice.args
    return condition.op in ("le", "lt") and {a, b} == set(condition.args)


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
