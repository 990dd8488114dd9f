# SPDX-License-Identifier: Apache-2.0
"""What the first translation says on one way, as formulas.

What the way's condition says of a comparison is put in its place; a choice that it decides is taken, and a call is that
of the arguments which are left. Nothing else is assumed, so what is said on the way is what the whole term says there.
"""

from collections.abc import Callable, Iterator
from typing import Any

import z3

from thecal_proofs import terms, values
from thecal_proofs.proxies.lifted import Answer, Lifted
from thecal_proofs.proxies.theory import Call, Formula, Theory
from thecal_proofs.terms import FALSE, TRUE, Term
from thecal_proofs.values import Record, Value

ATOMS = ("eq", "le", "lt", "flag")


class Translator:
    """Terms as formulas, whatever the way."""

    def __init__(self, theory: Theory, lifted: Lifted) -> None:
        self.theory = theory
        self.lifted = lifted
        self._formulas: dict[Term, Formula] = {}
        self._packed: dict[Value, Formula] = {}
        self._calls: dict[int, Call] = {}
        self._simple: dict[Term, tuple[int, bool]] = {}
        self._given = Call(theory, ())

    def translate(self, root: Term) -> Formula:
        """One term as a formula."""
        done = self._formulas
        if root not in done:
            for term in terms.postorder((root,), done):
                done[term] = self._make(term, [done[argument] for argument in term.args])
        return done[root]

    def pack(self, value: Value) -> Formula:
        """One formula that stands for a value."""
        if isinstance(value, Term):
            return self.translate(value)
        if value not in self._packed:
            whole = self.find_whole(value)
            self._packed[value] = self._pack_items(value) if whole is None else whole
        return self._packed[value]

    def find_whole(self, value: Value) -> Formula | None:
        """The formula of a part that is as it was given or answered."""
        encoder = self.lifted.encoder
        if value in encoder.given:
            return self._given.whole(encoder.given[value])
        made = encoder.made.get(value)
        return None if made is None else self._call(made[0]).whole(made[1])

    def find_atom(self, term: Term) -> tuple[int, bool]:
        """Which comparison a term is, and whether it or its opposite."""
        if term not in self._simple:
            simple, holds = z3.simplify(self.translate(term)), True
            while z3.is_not(simple):
                simple, holds = simple.arg(0), not holds
            self._simple[term] = self.theory.identify(simple), holds
        return self._simple[term]

    def _pack_items(self, value: Any) -> Formula:
        parts = [self.pack(item) for item in value.items]
        if isinstance(value, Record):
            return self.theory.pack(f"{value.type.module}.{value.type.name}", parts)
        return self.theory.pack(f"tuple of {len(parts)}", parts)

    def _make(self, term: Term, args: list[Formula]) -> Formula:
        if term.op == "const":
            return self.theory.number(int(term.value))
        if term.op in ("true", "false"):
            return self.theory.boolean(term.op == "true")
        if term.op in ("var", "flag"):
            encoder = self.lifted.encoder
            if term in encoder.given:
                return self._given.answer(encoder.given[term], term.is_bool)
            answer, leaf = encoder.made[term]
            return self._call(answer).answer(leaf, term.is_bool)
        return self.theory.product(*args) if term.op == "mul" else _MAKERS[term.op](*args)

    def _call(self, answer: Answer) -> Call:
        found = self._calls.get(id(answer))
        if found is None:
            found = self._calls[id(answer)] = Call(self.theory, [self.pack(a) for a in answer.arguments])
        return found


class Resolved:
    """The first translation on one way."""

    def __init__(self, translator: Translator, settled: dict[int, bool]) -> None:
        self.translator = translator
        self.settled = settled
        self._terms: dict[Term, Term] = {}
        self._values: dict[Value, Value] = {}

    def result(self) -> Value:
        """The function's result."""
        return self.value(self.translator.lifted.result)

    def obligations(self, kind: str) -> Formula:
        """That each operation of a kind is defined."""
        checks = [check for check in self.translator.lifted.checks if check.kind == kind]
        found = dict.fromkeys(terms.implies(self.term(check.path), self.term(check.condition)) for check in checks)
        return self.translator.theory.all_of([self.translator.translate(term) for term in found])

    def value(self, value: Value) -> Value:
        """A value, its choices taken."""
        if isinstance(value, Term):
            return self.term(value)
        found = self._values.get(value)
        if found is None:
            found = self._values[value] = self._rebuild(value)
        return found

    def term(self, term: Term) -> Term:
        """A term, its choices taken."""
        found = self._terms.get(term)
        if found is None:
            found = self._terms[term] = self._decide(self._reduce(term))
        return found

    def _rebuild(self, value: Any) -> Value:
        encoder = self.translator.lifted.encoder
        if value in encoder.given:
            return value  # type: ignore[no-any-return]
        if value in encoder.made:
            return self._answered(*encoder.made[value])
        items = tuple(self.value(item) for item in value.items)
        return values.record(value.type, items) if isinstance(value, Record) else values.tuple_of(items)

    def _answered(self, answer: Answer, name: str) -> Value:
        """The same part of what a call answers to the arguments that are left on this way."""
        arguments = [self.value(argument) for argument in answer.arguments]
        return self.translator.lifted.encoder.answer(answer.function, arguments).parts[name]

    def _reduce(self, term: Term) -> Term:
        if term.op == "ite":
            test = self.term(term.args[0])
            if test is TRUE or test is FALSE:
                return self.term(term.args[1 if test is TRUE else 2])
            return terms.ite(test, self.term(term.args[1]), self.term(term.args[2]))
        if term.op in ("and", "or"):
            return self._reduce_connective(term)
        if term.op in ("var", "flag"):
            made = self.translator.lifted.encoder.made.get(term)
            answered = term if made is None else self._answered(*made)
            return answered if isinstance(answered, Term) else term
        return terms.remake(term, tuple(self.term(argument) for argument in term.args)) if term.args else term

    def _reduce_connective(self, term: Term) -> Term:
        absorbing = FALSE if term.op == "and" else TRUE
        left = []
        for argument in term.args:
            left.append(self.term(argument))
            if left[-1] is absorbing:
                return absorbing
        return terms.remake(term, tuple(left)) if tuple(left) != term.args else term

    def _decide(self, term: Term) -> Term:
        if term.op not in ATOMS:
            return term
        atom, holds = self.translator.find_atom(term)
        known = self.settled.get(atom)
        return term if known is None else terms.truth(known == holds)


def find_settled(theory: Theory, condition: Formula) -> dict[int, bool]:
    """What a way's condition says of comparisons; of one with a number also as the next number's."""
    found: dict[int, bool] = {}
    for atom, holds in _list_atoms(condition):
        found[theory.identify(atom)] = holds
        if (z3.is_le(atom) or z3.is_ge(atom)) and z3.is_int_value(atom.arg(1)):
            number = atom.arg(1).as_long()
            other = atom.arg(0) >= number + 1 if z3.is_le(atom) else atom.arg(0) <= number - 1
            found[theory.identify(other)] = not holds
    return found


def _list_atoms(condition: Formula) -> Iterator[tuple[Formula, bool]]:
    todo = [(condition, True)]
    while todo:
        part, holds = todo.pop()
        if z3.is_not(part):
            todo.append((part.arg(0), not holds))
        elif (z3.is_and(part) and holds) or (z3.is_or(part) and not holds):
            todo.extend((child, holds) for child in part.children())
        else:
            yield part, holds


_MAKERS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "div": lambda a, b: a / b,
    "mod": lambda a, b: a % b,
    "ite": z3.If,
    "eq": lambda a, b: a == b,
    "le": lambda a, b: a <= b,
    "lt": lambda a, b: a < b,
    "and": z3.And,
    "or": z3.Or,
    "not": z3.Not,
}
