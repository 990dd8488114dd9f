# SPDX-License-Identifier: Apache-2.0
"""What is true of products, found where a model errs about them: each with evidence that Coq follows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations_with_replacement

from thecal_proofs import terms
from thecal_proofs.opinions.coq.argument import Clause, Evidence, Literal, Step
from thecal_proofs.opinions.coq.items import Items, Rule
from thecal_proofs.opinions.coq.reckoning import refute_rules
from thecal_proofs.opinions.coq.table import Monomial, Poly
from thecal_proofs.products import Products
from thecal_proofs.terms import Term

MOST = 40  # facts of a kind in a round
SMALL = 6  # monomials; what is longer is not multiplied


class Multiplied:
    """The monomials of a question, each an unknown to Z3."""

    def __init__(self, items: Items) -> None:
        self.items = items
        self.table = items.table
        self._products = Products()
        self._terms: dict[Monomial, Term] = {}
        self._told: set[tuple[tuple[Literal, ...], Evidence]] = set()

    def unknown(self, monomial: Monomial) -> Term:
        """What a monomial is called."""
        found = self._terms.get(monomial)
        if found is None:
            if len(monomial) == 1:
                found, node = terms.var(f"m{monomial[0]}"), monomial[0]
            else:
                rest, last = self.unknown(monomial[:-1]), self.unknown(monomial[-1:])
                found = self._products.multiply(rest, last)
                node = self.table.make("mul", (self.table.take(rest), self.table.take(last)))
            self.table.name(found, node)
            self._terms[monomial] = found
        return found

    def broken(self, model: Mapping[Term, int], facts: Sequence[Term]) -> list[Step | Rule]:
        """What is true of products, and not in a model of some facts."""
        values = {monomial: model.get(term, 0) for monomial, term in self._terms.items()}
        if not any(len(monomial) > 1 for monomial in values):
            return []
        new = {(rule.literals, rule.evidence): rule for rule in (*self._chosen(), *self._multiplied(model, values))}
        new = dict([each for each in new.items() if each[0] not in self._told][:MOST])
        self._told.update(new)
        found: list[Step | Rule] = list(new.values())
        if not found:
            lies = self._products.broken(facts, model)[:MOST]
            for monomial in list(self._products.unknowns):
                self.unknown(tuple(sorted(map(self.table.take, monomial))))
            found += [step for lie in lies for step in self._proved(lie)]
            self.items.extend()
        return found

    def _chosen(self) -> Iterator[Rule]:
        """A choice times something is one of its branches times that."""
        for monomial in [each for each in self._terms if len(each) > 1]:
            for place, node in enumerate(monomial):
                for rule in self.items.choices.get(node, ()):
                    yield rule.times((*monomial[:place], *monomial[place + 1 :]))

    def _multiplied(self, model: Mapping[Term, int], values: Mapping[Monomial, int]) -> Iterator[Rule]:
        """What two rules say together of products that there are, and a model breaks."""
        factors = sorted({node for monomial in values if len(monomial) > 1 for node in monomial})
        rules = [rule for rule in self.items.rules if self._is_active(rule, model, values, factors)]
        made = [first.product(second) for first, second in combinations_with_replacement(rules, 2)]
        made += [rule.times((node,)) for rule in rules if rule.is_zero for node in factors]
        for rule in made:
            if all(not monomial or monomial in values for monomial in rule.poly):
                total = _value(rule.poly, values)
                if total < 0 or (total and rule.is_zero):
                    yield rule

    def _is_active(
        self, rule: Rule, model: Mapping[Term, int], values: Mapping[Monomial, int], factors: Iterable[int]
    ) -> bool:
        if len(rule.poly) > SMALL or any(node not in factors for monomial in rule.poly for node in monomial):
            return False
        return all(self._is_true(literal, model, values) for literal in rule.literals)

    def _is_true(self, literal: Literal, model: Mapping[Term, int], values: Mapping[Monomial, int]) -> bool:
        said = self.table.said(literal)
        if said is None or said[0]:
            return bool(model.get(terms.flag(f"n{abs(literal)}"), 0)) == (literal > 0)
        return _value(said[1], values) >= 0

    def _proved(self, lie: Term) -> Iterator[Step]:
        """The clauses that a fact about products is, as far as evidence is found."""
        for clause in self._clauses(lie):
            denied = [(each, self.table.said(-each)) for each in clause]
            given = [Rule((), Evidence("Given", (abs(each),)), *said) for each, said in denied if said is not None]
            nodes = sorted({node for rule in given for monomial in rule.poly for node in monomial})
            pairs = [a.product(b) for a, b in combinations_with_replacement(given, 2)]
            zeros = [rule.times((node,)) for rule in given if rule.is_zero for node in nodes]
            evidence = refute_rules([*given, *pairs, *zeros])
            if evidence is not None:
                yield Step("Arith", clause, evidence=(evidence,))

    def _clauses(self, lie: Term) -> Iterator[Clause]:
        """A fact as clauses of comparisons; that something is equal is said by two."""
        found: list[list[Literal]] = [[]]
        for part in _parts(lie):
            if part.op == "eq":
                a, b = map(self.table.take, part.args)
                both = self.table.make("le", (a, b)), self.table.make("le", (b, a))
                found = [[*clause, each] for clause in found for each in both]
            else:
                literal = -self.table.take(part.args[0]) if part.op == "not" else self.table.take(part)
                found = [[*clause, literal] for clause in found]
        for clause in found:
            yield tuple(dict.fromkeys(clause))


def _parts(claim: Term) -> Iterator[Term]:
    """The comparisons of which one has to be true."""
    if claim.op == "or":
        for part in claim.args:
            yield from _parts(part)
    elif claim.op == "not" and claim.args[0].op == "and":
        for part in claim.args[0].args:
            yield from _parts(terms.negate(part))
    elif claim is not terms.FALSE:
        yield claim


def _value(poly: Poly, values: Mapping[Monomial, int]) -> int:
    return sum(factor * (values.get(monomial, 0) if monomial else 1) for monomial, factor in poly.items())
