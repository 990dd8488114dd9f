# SPDX-License-Identifier: Apache-2.0
"""Facts about choices that hold whatever is assumed, and that save the solver from trying every case.

A sum of thirty-two choices has 2**32 cases for a solver that splits them one by one; with the right inequality
between each two choices it has none. Nothing here needs to be trusted: every fact is put to the solver by itself,
and one that it does not confirm is left out.
"""

from collections.abc import Iterable, Sequence

from thecal_proofs import terms
from thecal_proofs.rebuilding import rebuild
from thecal_proofs.solve import ask
from thecal_proofs.terms import Term

CONFIRM_BUDGET = 20_000
TABLE_MIN = 8
_CONFIRMED: dict[Term, bool] = {}
_OF_ONE: dict[Term, tuple[Term, ...]] = {}
ANYTHING = terms.flag("anything")
X, Y, EARLY, LATE = (terms.var(f"any {name}") for name in ("x", "y", "early", "late"))


def find_tautologies(order: Sequence[Term]) -> list[Term]:
    """Return confirmed facts about the choices among some terms."""
    choices = [node for node in order if node.op == "ite" and not node.is_bool]
    found = [fact for choice in choices for fact in _of_one(choice)]
    found += [fact for pair in _comparable(choices) for fact in _ordered(*pair)]
    found += [fact for table in _tables(choices) for fact in _bounded(table, order)]
    return [fact for fact in dict.fromkeys(found) if fact is not terms.TRUE]


def is_confirmed(fact: Term) -> bool:
    """Whether the solver agrees that a fact holds by itself."""
    if fact not in _CONFIRMED:
        _CONFIRMED[fact] = ask([terms.negate(fact)], CONFIRM_BUDGET, engine="core").status == "unsat"
    return _CONFIRMED[fact]


def forget() -> None:
    """Ask the solver anew from here on: who hears what a proof rests on is to hear these too."""
    _CONFIRMED.clear()
    _OF_ONE.clear()


def _of_one(choice: Term) -> Sequence[Term]:
    """Facts about one choice, remembered because every question asks."""
    if choice not in _OF_ONE:
        _OF_ONE[choice] = (*_larger_or_smaller(choice), *_summand(choice))
    return _OF_ONE[choice]


def _larger_or_smaller(choice: Term) -> Iterable[Term]:
    """The larger of two is at least each, the smaller at most: confirmed for any two, or any one and a constant."""
    condition, a, b = choice.args
    if condition.op not in ("le", "lt") or (a.op == "const" and b.op == "const"):
        return
    places = {part: unknown for part, unknown in ((a, X), (b, Y)) if part.op != "const"}
    if not all(part.op == "const" or part in places for part in condition.args):
        return
    general = rebuild(choice, places)
    if all(is_confirmed(terms.le(places.get(part, part), general)) for part in (a, b)):
        yield from (terms.le(a, choice), terms.le(b, choice))
    elif all(is_confirmed(terms.le(general, places.get(part, part))) for part in (a, b)):
        yield from (terms.le(choice, a), terms.le(choice, b))


def _summand(choice: Term) -> Iterable[Term]:
    """A value or nothing is not negative if the value is not: confirmed for any value and condition."""
    _, value, other = choice.args
    general = terms.implies(terms.le(terms.ZERO, X), terms.le(terms.ZERO, terms.ite(ANYTHING, X, terms.ZERO)))
    if other is terms.ZERO and value.op != "const" and is_confirmed(general):
        yield terms.implies(terms.le(terms.ZERO, value), terms.le(terms.ZERO, choice))


def _tables(choices: Sequence[Term]) -> Iterable[Term]:
    """Choices among many values by a place, the outermost of each."""
    inner = {choice.args[2] for choice in choices}
    for choice in choices:
        if choice not in inner and len(_entries(choice)) >= TABLE_MIN:
            yield choice


def _entries(choice: Term) -> list[Term]:
    """The values of a table, first to last."""
    found = []
    while choice.op == "ite" and choice.args[0].op == "eq":
        found.append(choice.args[1])
        choice = choice.args[2]
    return [*found, choice]


def _bounded(table: Term, order: Sequence[Term]) -> Iterable[Term]:
    """What bounds every value of a table bounds the one chosen; it holds as each value is one that may be chosen."""
    entries = _entries(table)
    first = entries[0]
    for node in order:
        if node.op == "le" and node.args[0] is first:
            bounds = [terms.le(entry, node.args[1]) for entry in entries]
            yield terms.implies(terms.all_of(bounds), terms.le(table, node.args[1]))
        if node.op == "le" and node.args[1] is first:
            bounds = [terms.le(node.args[0], entry) for entry in entries]
            yield terms.implies(terms.all_of(bounds), terms.le(node.args[0], table))


def _comparable(choices: Sequence[Term]) -> Iterable[tuple[Term, Term]]:
    """Choices between the same value and nothing, by the same quantity being later than two different moments.

    Anything else that the two depend on must be the same.
    """
    groups: dict[tuple[object, ...], list[Term]] = {}
    for choice in choices:
        condition, value, other = choice.args
        *others, last = terms.conjuncts(condition)
        if other is terms.ZERO and last.op == "lt":
            groups.setdefault((value, last.args[1], *others), []).append(choice)
    for group in groups.values():
        for i, left in enumerate(group):
            for right in group[i + 1 :]:
                yield left, right


def _ordered(left: Term, right: Term) -> Iterable[Term]:
    """Of two such choices the one with the later moment is not the larger: confirmed for any two moments."""
    for others in ([], [ANYTHING]):
        late, early = (terms.all_of([*others, terms.lt(moment, Y)]) for moment in (LATE, EARLY))
        if not is_confirmed(_is_ordered(late, early, X)):
            return
    for late, early in ((left, right), (right, left)):
        yield _is_ordered(late.args[0], early.args[0], left.args[1])


def _is_ordered(late: Term, early: Term, value: Term) -> Term:
    moments = [terms.conjuncts(condition)[-1].args[0] for condition in (early, late)]
    is_later = terms.le(*moments)
    smaller, larger = (terms.ite(condition, value, terms.ZERO) for condition in (late, early))
    return terms.implies(terms.both(is_later, terms.le(terms.ZERO, value)), terms.le(smaller, larger))
