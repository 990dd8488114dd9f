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
    """What to decide next of a path's own conditions: of those that are made of others, in the closest to the question.

    What a choice depends on is decided as a whole; of alternatives the smallest.
    """
    spoken = terms.mask(rest)
    best, least = None, CLOSE + 1
    for part in terms.conjuncts(path):
        condition, is_last = find_condition(part)
        if condition is not None and not is_last:
            distance = (_mask_of_values(part) & ~spoken).bit_count()
        else:
            condition = _smallest(part)
            distance = 0 if condition is None else (terms.mask(condition) & ~spoken).bit_count()
        if condition is not None and distance < least:
            best, least = condition, distance
    return best


def _smallest(part: Term) -> Term | None:
    """The smallest alternative of a condition that has some."""
    if part.op in ("ite", "eq") and part.args[0].is_bool:
        return part.args[0]
    alternatives = terms.disjuncts(part)
    if len(alternatives) < 2:
        return None
    return min(alternatives, key=lambda alternative: len(terms.postorder((alternative,))))


def _mask_of_values(term: Term) -> int:
    """The unknowns that a term speaks of, but for those that only its choices depend on."""
    found = 0
    seen: set[Term] = set()
    todo = [term]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            if not node.args:
                found |= terms.mask(node)
            todo.extend(node.args[1:] if node.op == "ite" else node.args)
    return found


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
