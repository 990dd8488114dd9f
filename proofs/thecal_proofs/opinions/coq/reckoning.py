# SPDX-License-Identifier: Apache-2.0
"""From what is known of polynomials to bounds on forms of integers, and from bounds that clash to evidence."""

from collections.abc import Iterable, Iterator, Sequence
from math import gcd
from typing import NamedTuple, TypeAlias

from thecal_proofs.opinions.coq.argument import Evidence, Literal, scaled, summed
from thecal_proofs.opinions.coq.items import Rule
from thecal_proofs.opinions.coq.simplex import LOWER, UPPER, Form, Simplex

Reason: TypeAlias = tuple[Evidence, tuple[Literal, ...]]
Clash: TypeAlias = Sequence[tuple[int, Reason]]


class Bound(NamedTuple):
    """A form is at least, or at most, an integer; an empty form is 0."""

    form: Form
    side: int
    limit: int
    evidence: Evidence


def bounds_of(rule: Rule) -> Iterator[Bound]:
    """What a rule says of a form whose factors have no common divisor, rounded to integers."""
    constant = rule.poly.get((), 0)
    rest = sorted((monomial, number) for monomial, number in rule.poly.items() if monomial)
    divisor = gcd(*(number for _, number in rest)) or 1
    is_down = bool(rest) and rest[0][1] < 0
    form = tuple((monomial, number // (-divisor if is_down else divisor)) for monomial, number in rest)
    for sign in (1, -1) if rule.is_zero else (1,):
        evidence = scaled(sign, rule.evidence)
        if divisor != 1:
            evidence = Evidence("Rounded", number=divisor, parts=(evidence,))
        is_upper = is_down == (sign > 0)
        least = sign * constant // divisor
        yield Bound(form, UPPER if is_upper else LOWER, least if is_upper else -least, evidence)


def demand(simplex: Simplex, rule: Rule) -> Clash | None:
    """Demand what a rule says; what clashes at once is returned."""
    for bound in bounds_of(rule):
        reason = bound.evidence, rule.literals
        if not bound.form:
            clash: Clash | None = [(1, reason)] if (bound.limit > 0) == (bound.side == LOWER) and bound.limit else None
        else:
            clash = simplex.bound(simplex.variable(bound.form), bound.side, bound.limit, reason)
        if clash is not None:
            return clash
    return None


def evidence_of(clash: Clash) -> Evidence:
    """What clashes, added up: a negative number that is at least 0."""
    return summed([scaled(factor, evidence) for factor, (evidence, _) in clash if factor])


def refute_rules(rules: Iterable[Rule]) -> Evidence | None:
    """Why some rules cannot all hold, if arithmetic alone says so."""
    simplex = Simplex()
    for rule in rules:
        clash = demand(simplex, rule)
        if clash is not None:
            return evidence_of(clash)
    try:
        found = simplex.check()
    except TimeoutError:
        return None
    return None if found is None else evidence_of(found)
