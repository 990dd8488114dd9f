# SPDX-License-Identifier: Apache-2.0
"""Takes a goal apart along the conditions that its choices share: one plain question a path through the step."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from math import inf

from thecal_proofs import terms
from thecal_proofs.rebuilding import Rebuilding
from thecal_proofs.terms import Term

CLOSE = 12  # a condition of a path is taken apart if it speaks of so many unknowns beyond the question's own
KEPT = 64  # so many conditions and paths are remembered with what they made of terms
FEW = 8  # so many choices of the larger or smaller of two are taken apart


@cache
def find_condition(goal: Term) -> tuple[Term | None, bool]:
    """The condition that decides most choices of the goal's values, the one met first among equals.

    What a condition is itself made of is left alone, but for that of a choice between a value and nothing: such a
    choice is a summand, and stays one. A place in a table comes late, the larger or smaller of two last, if there are
    few: the second value says that only these are left. Of an argument of an unknown function they decide nothing.
    """
    counts: Counter[Term] = Counter()
    extremes: dict[Term, None] = {}
    seen: set[Term] = set()
    todo = [goal]
    arguments: list[Term] = []
    while todo or arguments:
        is_argument = not todo
        node = todo.pop() if todo else arguments.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op in ("app", "pred"):
            arguments.extend(reversed(node.args))
            continue
        if is_argument:
            arguments.extend(reversed(node.args[1:] if node.op == "ite" else node.args))
        if node.op == "ite" and is_extreme(node):
            if not is_argument:
                extremes[node.args[0]] = None
        elif node.op == "ite" and terms.ZERO not in node.args:
            counts[node.args[0]] += 1
        if not is_argument:
            is_summand = node.op == "ite" and node.args[2] is terms.ZERO
            todo.extend(reversed(node.args[1:] if node.op == "ite" and not is_summand else node.args))
    if counts:
        return max(counts, key=lambda condition: (not _is_place(condition), counts[condition])), False
    if 0 < len(extremes) <= FEW:
        return next(iter(extremes)), True
    return None, True


COMPARISONS = frozenset(("le", "lt", "eq"))


def is_comparison(truth: Term) -> bool:
    """Whether a truth compares two values, or denies that they are equal."""
    return truth.op in COMPARISONS or (truth.op == "not" and truth.args[0].op in COMPARISONS)


@cache
def find_conclusion(claim: Term) -> Term:
    """What a claim says where its conditions hold: the largest comparison among its alternatives, the last of equals.

    Where it compares nothing, it is its last alternative.
    """
    parts = terms.disjuncts(claim)
    comparisons = [part for part in reversed(parts) if part.op in COMPARISONS]
    if len(comparisons) == 1:
        return comparisons[0]
    return max(comparisons, key=terms.size) if comparisons else parts[-1] if parts else claim


def find_first(claim: Term) -> Term | None:
    """The condition of the outermost choice of a claim, but for summands, places in tables, and the larger of two.

    Nor of what an unknown function is asked: that decides nothing.
    """
    seen: set[Term] = set()
    level = [claim]
    while level:
        inner: list[Term] = []
        for node in level:
            if node.op == "ite" and not (is_extreme(node) or _is_place(node.args[0]) or node.args[2] is terms.ZERO):
                return node.args[0]
            args = () if node.op in ("app", "pred") else node.args
            inner.extend(arg for arg in args if arg not in seen)
            seen.update(args)
        level = inner
    return None


def find_common(claims: Sequence[Term]) -> Sequence[Term]:
    """The alternatives that all claims have, but for what any of them concludes."""
    conclusions = set(map(find_conclusion, claims))
    first, *others = (terms.disjuncts(claim) for claim in claims)
    return [part for part in first if part not in conclusions and all(part in other for other in others)]


def without(claim: Term, alternatives: Sequence[Term]) -> Term:
    """A claim without some of its alternatives."""
    return terms.any_of(part for part in terms.disjuncts(claim) if part not in alternatives)


def find_shared(claims: Sequence[Term]) -> Term | None:
    """What to decide first of some claims: a condition under which most of them speak, or that decides most choices."""
    guards: Counter[Term] = Counter()
    conclusions = [find_conclusion(claim) for claim in claims]
    for claim, conclusion in zip(claims, conclusions, strict=True):
        guards.update(part for part in terms.disjuncts(claim) if part is not conclusion)
    shared = [guard for guard, count in guards.items() if 2 * count > len(claims)]
    if shared:
        return terms.smallest(shared)
    compared = [conclusion for conclusion in conclusions if conclusion.op in COMPARISONS]
    chosen = [conclusion.args[0] for conclusion in conclusions if conclusion.op == "ite"]
    firsts = Counter([*chosen, *(first for first in map(find_first, compared) if first is not None)])
    if firsts and 2 * max(firsts.values()) > len(claims):
        return max(firsts, key=firsts.__getitem__)
    condition, is_last = find_condition(terms.all_of(compared))
    if condition is None or is_last:
        return None
    count = sum(condition in terms.postorder((conclusion,)) for conclusion in compared)
    return condition if 2 * count > len(claims) else None


def find_part(path: Term, rest: Term) -> Term | None:
    """What to decide next of a path's own conditions: of those that are made of others, in the closest to the question.

    What a choice depends on is decided as a whole; of alternatives the smallest.
    """
    spoken = terms.mask(rest)
    best: Term | None = None
    least: float = CLOSE + 1 if spoken else inf
    for part in terms.conjuncts(path):
        for condition, asked in _ways(part):
            distance = (asked & ~spoken).bit_count()
            if distance < least:
                best, least = condition, distance
    return best


@cache
def _ways(part: Term) -> Sequence[tuple[Term, int]]:
    """The conditions by which a part may be taken apart, each with the unknowns that speak against it."""
    found = []
    smallest = _smallest(part)
    if smallest is not None:
        found.append((smallest, terms.mask(smallest)))
    condition, is_last = find_condition(part)
    if condition is not None and not is_last:
        found.append((condition, _mask_of_values(part)))
    return found


def _smallest(part: Term) -> Term | None:
    """The smallest alternative of a condition that has some."""
    if part.op in ("ite", "eq") and part.args[0].is_bool:
        return part.args[0]
    alternatives = terms.disjuncts(part)
    if len(alternatives) < 2:
        return None
    return terms.smallest(alternatives)


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
    return _knowing_whether(atom, value).of(term)


@lru_cache(KEPT)
def _knowing_whether(atom: Term, value: bool) -> Rebuilding:
    known = {}
    parts = terms.conjuncts(atom if value else terms.negate(atom))
    for part in (atom if value else terms.negate(atom), *parts):
        known[part] = terms.TRUE
        known[terms.negate(part)] = terms.FALSE
        if part.op == "eq" and part.args[1].op == "const":
            known[part.args[0]] = part.args[1]
    return Rebuilding(known)


@cache
def propagate(path: Term) -> Term:
    """A path with each of its conditions simplified by all others, until nothing changes."""
    parts = terms.conjuncts(path)
    while True:
        known = _known(parts)
        touched = _touched(parts)
        for node in terms.postorder(touched):
            if node not in known:
                known[node] = terms.remake(node, tuple([known[arg] for arg in node.args]))
        left = [_opened(simplified_alone(part, known) if part in touched else part, known) for part in parts]
        names = (terms.eq(unknown, name) for unknown, name in find_names(parts, _fixed(parts)).items())
        found = terms.conjuncts(terms.all_of([*left, *names]))
        if found == parts:
            return terms.all_of(parts)
        parts = found


def _touched(parts: Sequence[Term]) -> Collection[Term]:
    """The conditions that may hold something of which another one says what it is: they speak of all that it does."""
    deep = [terms.deep_mask(part) for part in parts]
    names = [[terms.deep_mask(arg) for arg in part.args] if _is_of_two_unknowns(part) else [] for part in parts]
    said = [(i, mask) for i, mask in enumerate(deep) if not names[i]]
    said += [(i, mask) for i, masks in enumerate(names) for mask in masks]
    found: dict[Term, None] = {}
    for i, part in enumerate(parts):
        outside = ~deep[i]
        if names[i] or any(not mask & outside and j != i for j, mask in said):
            found[part] = None
    return found


def simplify_by(term: Term, path: Term) -> Term:
    """A term, knowing that all conditions of a path hold."""
    return _knowing_path(path).of(term)


@lru_cache(KEPT)
def _knowing_path(path: Term) -> Rebuilding:
    return Rebuilding(find_known_by(path))


def find_known_by(path: Term) -> dict[Term, Term]:
    """What stands for what if all conditions of a path hold."""
    return _known(terms.conjuncts(path))


def _known(parts: Sequence[Term]) -> dict[Term, Term]:
    known = _fixed(parts)
    known.update(find_names(parts, known))
    for part in parts:
        known[part] = terms.TRUE
        known[terms.negate(part)] = terms.FALSE
    return known


def _fixed(parts: Sequence[Term]) -> dict[Term, Term]:
    """What some conditions say is a number."""
    return {part.args[0]: part.args[1] for part in parts if part.op == "eq" and part.args[1].op == "const"}


def find_names(parts: Iterable[Term], fixed: Container[Term] = ()) -> dict[Term, Term]:
    """One name for unknowns that some conditions say are equal; those that are fixed otherwise keep their own."""
    names: dict[Term, Term] = {}
    for part in parts:
        if _is_of_two_unknowns(part) and not any(arg in fixed for arg in part.args):
            one, two = (_name(names, arg) for arg in part.args)
            if one is not two:
                names[one] = two
    return {unknown: _name(names, unknown) for unknown in names}


def _is_of_two_unknowns(part: Term) -> bool:
    return part.op == "eq" and all(arg.op in ("var", "flag") for arg in part.args)


def _name(names: Mapping[Term, Term], unknown: Term) -> Term:
    while unknown in names:
        unknown = names[unknown]
    return unknown


def simplified_alone(part: Term, known: Mapping[Term, Term]) -> Term:
    """A condition by what is known of what it is made of, but not by itself."""
    if part.op == "eq" and part.args[1].op == "const":
        value, number = part.args
        return terms.eq(terms.remake(value, tuple(known[arg] for arg in value.args)), number) if value.args else part
    if _is_of_two_unknowns(part):
        return terms.eq(*(known[arg] for arg in part.args))
    if part.op == "not":
        inner = part.args[0]
        return terms.negate(terms.remake(inner, tuple(known[arg] for arg in inner.args))) if inner.args else part
    return terms.remake(part, tuple(known[arg] for arg in part.args)) if part.args else part


def _opened(part: Term, known: Mapping[Term, Term]) -> Term:
    """A comparison with a choice, where that is two comparisons, or where one branch cannot be."""
    for side in (0, 1) if part.op in ("le", "lt") else ():
        choice = part.args[side]
        if choice.op != "ite":
            continue
        condition, *branches = choice.args
        first, second = (
            terms.remake(part, (branch, part.args[1]) if side == 0 else (part.args[0], branch)) for branch in branches
        )
        if is_extreme(choice) and (condition.args[side] is not branches[0]):  # below the smaller, or above the larger
            return terms.both(first, second)
        for outcome, decided, other in ((first, terms.negate(condition), second), (second, condition, first)):
            if known.get(outcome, outcome) is terms.FALSE:
                return terms.both(decided, other)
    return part
