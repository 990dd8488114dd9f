# SPDX-License-Identifier: Apache-2.0
"""Between which numbers the values of a step lie, as far as that follows by plain arithmetic on intervals.

Most operations cannot leave 64 bits whatever path leads to them, because each of their operands has a bound of its
own. That needs no solver. A bound is what some hypothesis, path or promise compares; everything else is computed
from the bounds of what it is made of, and each range names the facts that it took.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import NamedTuple, TypeAlias

from thecal_proofs import terms
from thecal_proofs.paths import find_condition, propagate, simplify_by
from thecal_proofs.premises import Premises
from thecal_proofs.terms import Term

ROUNDS = 4  # bounds by bounds by bounds: so many turns
CASES = 24  # so many conditions of one claim are taken apart
Bound: TypeAlias = int | float  # an integer, or an infinity


class Range(NamedTuple):
    """All numbers from `low` to `high`; `facts` are those that say so."""

    low: Bound
    high: Bound
    facts: frozenset[Term]


NOTHING: frozenset[Term] = frozenset()
ANY = Range(-inf, inf, NOTHING)
Said: TypeAlias = tuple[Term, frozenset[Term]]  # what holds, and the facts that say so


class Ranges:
    """The ranges of all terms where some premises hold, and a path."""

    def __init__(
        self, premises: Premises, path: Term = terms.TRUE, outer: "Ranges | None" = None, is_inner: bool = False
    ) -> None:
        self.premises = premises
        self._bounds: dict[Term, Range] = dict(outer._bounds) if outer else {}
        self._truths: dict[Term, frozenset[Term]] = dict(outer._truths) if outer else {}
        self._found: dict[Term, Range] = {}
        self._promised: set[Term] = set()
        self._promises: dict[Term, Mapping[Term, Sequence[Term]]] = outer._promises if outer else {}
        self._inner: dict[Term, Ranges] = {}
        self._is_inner = True
        self._alternatives: Mapping[Term, Sequence[Said]]
        if outer is None:
            said = [(claim, frozenset((part,))) for part in premises.parts for claim in _claims(part)]
            self._alternatives = _by_alternative(said)
            self._learn_all(said)
            self._learn_either_way(said)
        else:
            self._alternatives = outer._alternatives
        self._learn_all((part, NOTHING) for part in terms.conjuncts(path))
        self._is_inner = is_inner

    def settle(self, claim: Term) -> frozenset[Term] | None:
        """The facts by which a claim holds; None if ranges do not tell."""
        if claim in self._truths:
            return self._truths[claim]
        match claim.op:
            case "true":
                return NOTHING
            case "and":
                return _joined(map(self.settle, claim.args))
            case "or":
                return next((facts for facts in map(self.settle, claim.args) if facts is not None), None)
            case "not" if claim.args[0].op == "or":
                return _joined(self.settle(terms.negate(part)) for part in claim.args[0].args)
            case "not" if claim.args[0].op == "eq" and not claim.args[0].args[0].is_bool:
                return self._differ(*claim.args[0].args)
            case "le" | "lt":
                left, right = map(self.of, claim.args)
                holds = left.high < right.low or (left.high == right.low and claim.op == "le")
                return left.facts | right.facts if holds else None
            case _:
                return None

    def _differ(self, left: Term, right: Term) -> frozenset[Term] | None:
        one, two = self.of(left), self.of(right)
        return one.facts | two.facts if one.high < two.low or two.high < one.low else None

    def of(self, value: Term) -> Range:
        """The range of an integer."""
        for node in terms.postorder((value,), self._found):
            self._found[node] = ANY if node.is_bool else self._narrowed(node)
        return self._found[value]

    def _narrowed(self, node: Term) -> Range:
        if node.op == "app" and node not in self._promised:
            self._promised.add(node)
            self._learn_promise(node)
        computed = self._compute(node)
        known = self._bounds.get(node)
        return computed if known is None else _meet(computed, known)

    def _compute(self, node: Term) -> Range:
        match node.op:
            case "const":
                return Range(int(node.value), int(node.value), NOTHING)
            case "ite":
                return self._choice(node)
            case "add" | "sub" | "mul" | "div" | "mod":
                return _OPERATIONS[node.op](self._found[node.args[0]], self._found[node.args[1]])
            case _:
                return ANY

    def _choice(self, node: Term) -> Range:
        """What either branch may be where its condition holds."""
        condition, then, other = node.args
        one, two = self._branch(then, condition), self._branch(other, terms.negate(condition))
        return _hull(one, two)

    def _branch(self, value: Term, condition: Term) -> Range:
        """What a value may be where a condition holds, be it by comparing the value itself."""
        found = self._found[value]
        if condition.op in ("le", "lt") and value in condition.args:
            return _meet(found, self._compared(value, condition, NOTHING))
        if (-inf < found.low and found.high < inf) or self._is_inner or condition in self._truths:
            return found
        if condition not in self._inner:
            self._inner[condition] = Ranges(self.premises, condition, self, True)
        return _meet(found, self._inner[condition].of(value))

    def _compared(self, value: Term, fact: Term, sources: frozenset[Term]) -> Range:
        """What a comparison says of one of its sides, by the range of the other."""
        left, right = fact.args
        other = self._found.get(right if value is left else left) or self.of(right if value is left else left)
        gap = 1 if fact.op == "lt" else 0
        low = other.low + gap if value is right or fact.op == "eq" else -inf
        high = other.high - gap if value is left or fact.op == "eq" else inf
        return Range(low, high, sources | other.facts)

    def _learn_all(self, facts: Iterable[Said]) -> None:
        """Take over what some facts compare, and what they leave of the premises' alternatives."""
        todo = list(facts)
        compared: list[Said] = []
        while todo:
            fact, sources = todo.pop()
            if fact in self._truths:
                continue
            self._truths[fact] = sources
            if _is_comparison(fact):
                compared.append((fact, sources))
            todo.extend(self._follow(fact, sources))
        for _ in range(ROUNDS):
            self._forget()
            news = [self._learn(fact, sources) for fact, sources in compared]
            if not any(news):
                break
        self._forget()

    def _forget(self) -> None:
        """Let ranges be computed anew, and promises be looked at again: more is known now."""
        self._found.clear()
        self._promised.clear()

    def _learn_either_way(self, claims: Sequence[Said]) -> None:
        """What one hypothesis says of a value where a condition holds, and another where it does not."""
        pairs = list(_of_two(claims))
        for _ in range(ROUNDS):
            said: dict[tuple[Term, Term], Range] = {}
            for fact, condition, sources in pairs:
                for side in (side for side in fact.args if side.op == "var"):
                    found = self._compared(side, fact, sources)
                    said[side, condition] = _meet(said.get((side, condition), ANY), found)
            either = [(key[0], found, said.get((key[0], terms.negate(key[1])))) for key, found in said.items()]
            news = [self._bound(value, _hull(one, two)) for value, one, two in either if two is not None]
            self._forget()
            if not any(news):
                break

    def _follow(self, fact: Term, sources: frozenset[Term]) -> Iterator[Said]:
        """What hypotheses say of the only alternative that a fact leaves."""
        for part, owners in self._alternatives.get(terms.negate(fact), ()):
            left = [a for a in terms.disjuncts(part) if terms.negate(a) not in self._truths]
            if len(left) == 1:
                taken = [self._truths[terms.negate(a)] for a in terms.disjuncts(part) if a is not left[0]]
                for piece in terms.conjuncts(left[0]):
                    yield piece, owners.union(sources, *taken)

    def _learn(self, fact: Term, sources: frozenset[Term]) -> bool:
        """Take over what a comparison says of its sides; whether that is news."""
        news = [self._bound(side, self._compared(side, fact, sources)) for side in fact.args]
        return any(news)

    def _bound(self, node: Term, found: Range) -> bool:
        """Take over a range of a value; whether that is news."""
        if node.op == "const" or (found.low, found.high) == (-inf, inf):
            return False
        known = self._bounds.get(node, ANY)
        self._bounds[node] = _meet(known, found)
        news = [self._bounds[node][:2] != known[:2]]
        if node.op == "mul" and found.high != inf:
            news += [self._bound_factor(found, *pair) for pair in (node.args, node.args[::-1])]
        return any(news)

    def _bound_factor(self, found: Range, factor: Term, other: Term) -> bool:
        """Of two factors that are not negative each is at most the product, if the other is not 0."""
        one, two = self.of(factor), self.of(other)
        if one.low < 0 or not 1 <= two.low < inf:
            return False
        return self._bound(factor, Range(-inf, found.high // two.low, found.facts | one.facts | two.facts))

    def _learn_promise(self, node: Term) -> None:
        """What a function's contract says of its result, where ranges leave it no other alternative."""
        promise = self.premises.contracts.fact(node)
        if promise is None:
            return
        if promise not in self._promises:
            self._promises[promise] = _by_value(terms.pieces(promise))
        sources = frozenset((promise,))
        for claim in self._promises[promise].get(node, ()):
            if _is_comparison(claim):
                self._learn(claim, sources)
            else:
                self._bound(node, self._said_of(node, claim, sources))

    def _said_of(self, node: Term, claim: Term, sources: frozenset[Term]) -> Range:
        """What all alternatives of a claim that are left say of a value."""
        found: Range | None = None
        for alternative in terms.disjuncts(claim):
            said = ANY
            for part in terms.conjuncts(alternative):
                if _is_comparison(part) and node in part.args:
                    said = _meet(said, self._compared(node, part, sources))
            if said[:2] == (-inf, inf):
                taken = self.settle(terms.negate(alternative))
                if taken is None:
                    return ANY
                sources |= taken
            else:
                found = said if found is None else _hull(found, said)
        return ANY if found is None else Range(found.low, found.high, found.facts | sources)


def settle_by_cases(premises: Premises, ranges: Ranges, path: Term, claim: Term) -> frozenset[Term] | None:
    """The facts by which a claim holds where a path does, each case of what decides it by itself."""
    facts: frozenset[Term] = NOTHING
    todo = [(propagate(path), claim)]
    for _ in range(CASES):
        if not todo:
            return facts
        known, asked = todo.pop()
        inner = Ranges(premises, known, ranges)
        left = []
        for piece in terms.conjuncts(asked):
            taken = inner.settle(piece)
            if taken is None:
                left.append(piece)
            else:
                facts |= taken
        if left:
            cases = list(_cases(known, terms.all_of(left)))
            if not cases:
                return None
            todo.extend(cases)
    return None if todo else facts


def _cases(path: Term, claim: Term) -> Iterator[tuple[Term, Term]]:
    """What is left of a path and a claim on either side of what decides the claim's choices, or on each way there."""
    condition = None if path.op == "or" else find_condition(claim)[0]
    ways = _ways(path) if condition is None else [condition, terms.negate(condition)]
    for way in ways:
        side = propagate(terms.both(path, way))
        if side is not terms.FALSE:
            yield side, simplify_by(claim, side)


def _ways(path: Term) -> Sequence[Term]:
    """The first alternatives that a path leaves open."""
    return next((part.args for part in terms.conjuncts(path) if part.op == "or"), ())


def _claims(part: Term) -> Sequence[Term]:
    """A hypothesis, taken apart by what it says on either side of a condition."""
    if part.op != "ite":
        return (part,)
    condition, then, other = part.args
    return terms.pieces(terms.both(terms.implies(condition, then), terms.either(condition, other)))


def _of_two(claims: Iterable[Said]) -> Iterator[tuple[Term, Term, frozenset[Term]]]:
    """What claims compare unless something else holds: the comparison, and the other alternative."""
    for claim, sources in claims:
        alternatives = terms.disjuncts(claim)
        if len(alternatives) == 2:
            for fact, other in (alternatives, alternatives[::-1]):
                if _is_comparison(fact):
                    yield fact, other, sources


def _by_alternative(claims: Iterable[Said]) -> Mapping[Term, Sequence[Said]]:
    found: dict[Term, list[Said]] = {}
    for claim, sources in claims:
        for alternative in terms.disjuncts(claim):
            found.setdefault(alternative, []).append((claim, sources))
    return found


def _by_value(claims: Iterable[Term]) -> Mapping[Term, Sequence[Term]]:
    """Claims by each value that they compare, be it in one of their alternatives, and by each result in a bare one."""
    found: dict[Term, dict[Term, None]] = {}
    for claim in claims:
        parts = [part for alternative in terms.disjuncts(claim) for part in terms.conjuncts(alternative)]
        sides = [side for part in parts if _is_comparison(part) for side in part.args]
        for side in (*sides, *(terms.calls(claim) if _is_comparison(claim) else ())):
            found.setdefault(side, {})[claim] = None
    return {value: list(said) for value, said in found.items()}


def _is_comparison(fact: Term) -> bool:
    return fact.op in ("le", "lt") or (fact.op == "eq" and not fact.args[0].is_bool)


def _joined(found: Iterable[frozenset[Term] | None]) -> frozenset[Term] | None:
    """All facts of some settled claims; None if one is not settled."""
    joined = NOTHING
    for facts in found:
        if facts is None:
            return None
        joined |= facts
    return joined


def _hull(one: Range, two: Range) -> Range:
    return Range(min(one.low, two.low), max(one.high, two.high), one.facts | two.facts)


def _meet(one: Range, two: Range) -> Range:
    low, high = max(one.low, two.low), min(one.high, two.high)
    facts = NOTHING
    for bound, ends in ((low, (one.low, two.low)), (high, (one.high, two.high))):
        if abs(bound) != inf:
            facts |= (one if ends[0] == bound else two).facts
    return Range(low, high, facts)


def _add(a: Range, b: Range) -> Range:
    return Range(a.low + b.low, a.high + b.high, a.facts | b.facts)


def _sub(a: Range, b: Range) -> Range:
    return Range(a.low - b.high, a.high - b.low, a.facts | b.facts)


def _mul(a: Range, b: Range) -> Range:
    corners = [0 if 0 in (x, y) else x * y for x in a[:2] for y in b[:2]]
    return Range(min(corners), max(corners), a.facts | b.facts)


def _div(a: Range, b: Range) -> Range:
    low, high = (bound if abs(bound) == inf else bound // b.low for bound in a[:2])
    return Range(low, high, a.facts)


def _mod(_: Range, b: Range) -> Range:
    return Range(0, b.low - 1, NOTHING)


_OPERATIONS = {"add": _add, "sub": _sub, "mul": _mul, "div": _div, "mod": _mod}
