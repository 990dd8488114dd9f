# SPDX-License-Identifier: Apache-2.0
"""Decides one goal under hypotheses, taking in a hypothesis only when a model breaks it.

A question with a thousand hypotheses drowns the solver in what does not matter. So the first query has only those
that speak of the goal's own unknowns, and takes products for unknowns. A model that it yields is completed and tried
on every hypothesis; the broken ones are added, and the question is put again. Leaving hypotheses out is sound for
"proved"; a model counts as a refutation only when it breaks none.

A goal that does not follow at once is followed along the step's paths: every condition is decided one way or the
other, until a plain question is left. What is claimed of every place of a table is asked of one that stands for any.
"""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from thecal_proofs import terms
from thecal_proofs.calls import Calls
from thecal_proofs.choices import Choices
from thecal_proofs.families import Families
from thecal_proofs.hints import NO_HINT, Hint, Split
from thecal_proofs.outlines import Outlines
from thecal_proofs.paths import (
    find_common,
    find_conclusion,
    find_condition,
    find_known_by,
    find_names,
    find_part,
    find_shared,
    is_comparison,
    propagate,
    rebuild,
    simplify,
    simplify_by,
    without,
)
from thecal_proofs.places import ANY, Place
from thecal_proofs.premises import Premises, with_contracts
from thecal_proofs.products import Products
from thecal_proofs.solve import DEFAULT_BUDGET, DEFAULT_SEED, Answer, Question, ask
from thecal_proofs.tautologies import find_tautologies
from thecal_proofs.terms import Term

ROUNDS = 40  # models tried before a question is called undecided
LONG = 4  # every so many rounds hypotheses are told too, whatever of the path is close
FEW_ROUNDS = 14  # and as long as several claims are tried together
NEAR = 6  # unknowns beyond the goal's own that a condition of its path may speak of to be taken in early
PLAIN = 40  # a condition of so few nodes says what a path is about, where nothing else does
LIES_PER_ROUND = 60
CHOICES_PER_ROUND = 12
TRIED = 3  # pieces are tried together at every so many conditions that they share
LAST = 10  # where nothing is left to take apart, an answer is worth so many times the budget
QUICK = 4  # a query with products taken for unknowns gets this fraction of the budget
EARLY = 32  # and this one, if its conditions can still be taken apart
REFINED = 3  # after so many of them it is worth more again
SMALL = 300  # so few hypotheses may be put to the solver all at once
LARGE = 600  # a question of more nodes is taken apart before it is asked


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may cost, and the solver's seed."""

    budget: int = DEFAULT_BUDGET
    seed: int = DEFAULT_SEED
    search: int = 0  # steps from the initial state in which a refutation is looked for


@dataclass(slots=True)
class Memory:
    """What questions under the same premises leave behind for later ones."""

    settled: dict[Term, list[frozenset[Term]]] = field(default_factory=dict)  # refuted, and the parts of paths it took
    helpful: dict[Term, None] = field(default_factory=dict)  # hypotheses that were taken
    promises: dict[Term, list[Term]] = field(default_factory=dict)  # what contracts say, as it is asked


@dataclass(slots=True)
class Decision:
    """The outcome of all queries for one goal; `status` is "unsat" if the goal follows."""

    status: str = "unsat"
    model: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    rlimit: int = 0
    queries: int = 0
    used: set[str] = field(default_factory=set)
    memories: dict[Premises, "Memory"] = field(default_factory=dict)

    def memory(self, premises: Premises) -> "Memory":
        """What was learnt of some premises while this goal was decided."""
        return self.memories.setdefault(premises, Memory())

    def rest_on(self, premises: Premises, parts: Iterable[Term]) -> None:
        """Remember the hypotheses that some terms are part of."""
        self.used.update(name for name in map(premises.owner, parts) if name is not None)

    def rest_on_core(self, premises: Premises, core: Iterable[Term], told: "Told") -> None:
        """Remember the hypotheses that a core is made of, and the functions whose contracts it may have taken."""
        self.rest_on(premises, map(told.origin, core))
        self.used.update(told.functions, (name for fact in core for name in premises.contracts.functions(fact)))

    def count(self, answer: Answer) -> Answer:
        """Add the cost of one query."""
        self.rlimit += answer.rlimit
        self.queries += 1
        return answer

    def end(self, answer: Answer) -> "Decision":
        """Stop at an answer that settles, or fails to settle, the goal."""
        self.status, self.reason = answer.status, answer.reason
        self.model = {str(leaf.value): n for leaf, n in answer.model.items() if leaf.op in ("var", "flag")}
        return self


def decide(
    premises: Premises,
    goal: Term,
    hint: Hint = NO_HINT,
    limits: Limits = Limits(),
) -> Decision:
    """Decide whether the goal follows from the premises."""
    decision = Decision()
    pieces = []
    is_small = len(premises.parts) <= SMALL and not terms.is_nonlinear(goal)
    if is_small and _follows_at_once(premises, goal, limits, decision):
        return decision
    for piece in terms.pieces(goal):
        known = find_known(premises, piece)
        if known is not None:
            decision.rest_on(premises, [known])
        elif not (_follows_at_once if is_small else _follows_by_logic)(premises, piece, limits, decision):
            pieces.append(piece)
    if not pieces:
        return decision
    if hint.uses:
        answer = _decide_pieces(
            premises.restricted(hint.uses, hint.at_once), terms.TRUE, pieces, hint, limits, decision
        )
        if answer.status == "unsat":
            return decision
    cases = list(_cases(hint.split)) if hint.split else [terms.TRUE]
    if hint.split:
        answer = _Inquiry(premises, hint, limits, decision).settle(terms.TRUE, [terms.any_of(cases)])
        if answer.status != "unsat":
            return decision.end(answer)
    for case in cases:
        answer = _decide_pieces(premises, case, pieces, hint, limits, decision)
        if answer.status != "unsat":
            return decision.end(answer)
    return decision


def find_known(premises: Premises, piece: Term, path: Term = terms.TRUE) -> Term | None:
    """The hypothesis that says a goal word for word where a path holds; that settles all that did not change."""
    if piece in premises.known:
        return piece
    parts = terms.disjuncts(piece)
    known = next((part for part in parts if part in premises.known), None)
    if known is not None:
        return known
    untrue = {terms.negate(part) for part in terms.conjuncts(path)} | set(parts)
    for part in premises.alternatives.get(find_conclusion(piece), ()):
        if untrue.issuperset(terms.disjuncts(part)):
            return part
    return None


def _follows_at_once(premises: Premises, claim: Term, limits: Limits, decision: Decision) -> bool:
    """Whether the solver sees by itself that a claim follows, where little is assumed and nothing multiplied."""
    facts = with_contracts([terms.negate(claim), *premises.parts], premises.contracts)
    with Question("core", limits.seed) as question:
        question.add(facts, tracked=True)
        answer = decision.count(question.check(limits.budget // QUICK))
    decision.rest_on(premises, answer.core)
    decision.used.update(name for fact in answer.core for name in premises.contracts.functions(fact))
    return answer.status == "unsat"


def _follows_by_logic(premises: Premises, piece: Term, limits: Limits, decision: Decision) -> bool:
    """Whether a large piece follows whatever its comparisons say, by what speaks of nothing but its own unknowns."""
    if terms.size(piece) < LARGE:
        return False
    if _says_itself(piece):
        return True
    outlines = Outlines()
    asked = {fact: outlines.outline(fact) for fact in (terms.negate(piece), *premises.near(piece))}
    with Question("core", limits.seed) as question:
        question.add(asked.values(), tracked=True)
        answer = decision.count(question.check(limits.budget // QUICK))
    decision.rest_on(premises, (fact for fact, outline in asked.items() if outline in answer.core))
    return answer.status == "unsat"


def _says_itself(piece: Term) -> bool:
    """Whether a piece holds already where all that it is conditional on does, without asking anybody."""
    claim = find_conclusion(piece)
    given = terms.all_of(terms.negate(part) for part in terms.disjuncts(piece) if part is not claim)
    return simplify_by(claim, given) is terms.TRUE


def _decide_pieces(
    premises: Premises, case: Term, pieces: Sequence[Term], hint: Hint, limits: Limits, decision: Decision
) -> Answer:
    """First along what most pieces depend on; then what is claimed of every place of a table, once; then the rest."""
    is_large = terms.size(terms.all_of(pieces)) >= LARGE and len(pieces) > 1 and not premises.is_at_once
    condition = find_shared(pieces) if is_large else None
    if condition is not None:
        if decision.queries > hint.queries:
            return Answer("unknown", {}, "too many paths")
        for side, rest in _parts(premises, case, pieces, condition, decision):
            answer = _decide_pieces(premises, side, rest, hint, limits, decision)
            if answer.status != "unsat":
                return answer
        return Answer("unsat")
    tables = premises.tables
    tables.meet(pieces)
    entries, computed = tables.look_up([*pieces, case])
    claims = [rebuild(piece, entries) for piece in pieces]
    inside, known = rebuild(case, entries), premises.with_entries(entries) if entries else premises
    left = dict(zip(claims, pieces, strict=True))
    for form in tables.find_forms(claims):
        place = Place(ANY, form.length)
        claim = terms.implies(form.is_inside(place.number), form.text)
        places = {place: place.number, **computed}
        answer = _at_places(known, inside, [claim], places, hint, limits, decision)
        is_in_vain = premises.is_restricted and not premises.is_at_once  # a sum needs every summand, not any one
        if answer.status == "unknown" or (answer.status == "sat" and is_in_vain):
            return answer
        if answer.status == "unsat":
            for member in form.members:
                left.pop(member, None)
    if computed and left:
        answer = _at_places(known, inside, list(left), computed, hint, limits, decision)
        if answer.status != "sat" or premises.is_restricted:
            return answer
    return _Inquiry(premises, hint, limits, decision).settle(case, list(left.values())) if left else Answer("unsat")


def _parts(
    premises: Premises, case: Term, pieces: Sequence[Term], condition: Term, decision: Decision
) -> Iterator[tuple[Term, list[Term]]]:
    """What is to be settled for some pieces, by a condition: what holds, and the pieces or what is left of them there.

    Where all of them speak under it, it holds together with all else that they share. Otherwise first those that do
    not speak of the condition, and then the others on either side of it.
    """
    shared = find_common(pieces)
    if condition in shared:
        path = propagate(terms.all_of([case, *map(terms.negate, shared)]))
        left = _left_of(premises, [without(piece, shared) for piece in pieces], path, decision)
        if left:
            yield path, left
        return
    others = [piece for piece in pieces if not _speaks_of(piece, condition)]
    if others:
        yield case, others
        pieces = [piece for piece in pieces if piece not in others]
    for value in (True, False):
        taken = condition if value else terms.negate(condition)
        path = propagate(terms.both(simplify(case, condition, value), taken))
        left = _left_of(premises, [simplify(piece, condition, value) for piece in pieces], path, decision)
        if left:
            yield path, left


def _left_of(premises: Premises, pieces: Iterable[Term], path: Term, decision: Decision) -> list[Term]:
    """What is still to be settled of some pieces where a path holds."""
    left = []
    claims = terms.TRUE if path is terms.FALSE else terms.all_of(simplify_by(piece, path) for piece in pieces)
    for piece in (part for claim in terms.conjuncts(claims) for part in _spread(claim)):
        known = find_known(premises, piece, path)
        if known is None:
            left.append(piece)
        else:
            decision.rest_on(premises, [known])
    return left


def _speaks_of(piece: Term, condition: Term) -> bool:
    """Whether anything of a piece is simpler on either side of a condition."""
    return any(simplify(piece, condition, value) is not piece for value in (True, False))


def _spread(claim: Term) -> Sequence[Term]:
    """A claim's pieces, if there are few: a truth that many conditions make is one thing to settle, not many."""
    pieces = terms.pieces(claim)
    return pieces if len(pieces) <= terms.FEW_PARTS else [claim]


def _at_places(
    premises: Premises,
    case: Term,
    claims: Sequence[Term],
    places: Mapping[Place, Term],
    hint: Hint,
    limits: Limits,
    decision: Decision,
) -> Answer:
    """Settle claims about places that stand for any; a model of theirs is not yet one of the goal."""
    facts = premises.tables.facts(terms.all_of(claims), places)
    owners = {fact: premises.owner(form.members[0]) if form else None for fact, form in facts.items()}
    return _Inquiry(premises.extended(owners, places), hint, limits, decision).settle(case, claims)


class _Inquiry:
    """The questions put for some pieces of a goal under the same premises."""

    def __init__(self, premises: Premises, hint: Hint, limits: Limits, decision: Decision) -> None:
        self.premises = premises
        self.hint = hint
        self.limits = limits
        self.decision = decision
        self.memory = decision.memory(premises)

    def settle(self, case: Term, pieces: Sequence[Term], depth: int = 0) -> Answer:
        """Settle some pieces together, or else along a path that they share, or else each half of them.

        A single one is followed along its paths. `depth` counts the conditions taken apart since they were tried.
        """
        if len(pieces) == 1:
            asked = find_conclusion(pieces[0])
            given = [terms.negate(part) for part in terms.disjuncts(pieces[0]) if part is not asked]
            return self._along_paths(terms.all_of([*terms.conjuncts(case), *given]), terms.negate(asked), True)
        condition = find_shared(pieces)
        is_tried = not self.hint.each and (condition is None or depth % TRIED == 0)
        answer = self._ask_together(case, terms.negate(terms.all_of(pieces))) if is_tried else Answer("unknown")
        if answer.status != "unknown":
            return answer
        if condition is not None:
            return self._on_both_sides(case, pieces, condition, depth + 1)
        middle = len(pieces) // 2
        for half in (pieces[:middle], pieces[middle:]):
            answer = self.settle(case, half)
            if answer.status != "unsat":
                return answer
        return answer

    def _on_both_sides(self, case: Term, pieces: Sequence[Term], condition: Term, depth: int) -> Answer:
        """Settle some pieces where a condition holds, and where it does not."""
        if self.decision.queries > self.hint.queries:
            return Answer("unknown", {}, "too many paths")
        for known, left in _parts(self.premises, case, pieces, condition, self.decision):
            answer = self.settle(known, left, depth)
            if answer.status != "unsat":
                return answer
        return Answer("unsat")

    def _along_paths(self, path: Term, rest: Term, is_first: bool, refined: int = 0) -> Answer:
        """Settle a question, or else each side of a condition that governs it, and so on; then of the path's own.

        `refined` counts the conditions of the path that were taken apart already.
        """
        if rest.args and not is_comparison(rest):  # what is claimed is a mere truth: one more condition of the path
            path, rest = propagate(terms.both(path, rest)), terms.TRUE
        if rest is terms.FALSE or path is terms.FALSE or self._is_settled(path, rest):
            return Answer("unsat")
        condition, is_plain = find_condition(rest)
        part = find_part(path, rest) if condition is None else None
        answer = Answer("unknown")
        if is_plain or (is_first and terms.size(rest) < LARGE):
            is_worth_more = condition is None and refined % REFINED == 0
            share = 1 if condition is None and part is None else QUICK if is_worth_more else EARLY
            answer = self._ask(path, rest, share)
        if answer.status != "unknown" or (condition is None and part is None):
            return answer
        if self.decision.queries > self.hint.queries:
            return Answer("unknown", {}, "too many paths")
        decided = condition or part
        assert decided is not None
        for value in (True, False):
            taken = decided if value else terms.negate(decided)
            known = propagate(terms.both(simplify(path, decided, value), taken))
            left = simplify_by(simplify(rest, decided, value), known)
            answer = self._along_paths(known, left, False, refined + (condition is None))
            if answer.status != "unsat":
                return answer
        return answer

    def _ask_together(self, path: Term, rest: Term) -> Answer:
        """Try several pieces at once, giving up soon."""
        chosen = dict.fromkeys(self.premises.near(rest))
        part = 2 * QUICK if terms.size(rest) < LARGE else EARLY
        told = self._told(path)
        answer = self._linearly(told, chosen, rest, FEW_ROUNDS, part)
        if answer.status == "unsat":
            self.decision.rest_on_core(self.premises, answer.core, told)
        return answer

    def _told(self, path: Term) -> "Told":
        """The conditions of a path, and what contracts say where it decides what a function answers."""
        parts = terms.conjuncts(path)
        decided = [part.args[0] if part.op == "not" else part for part in parts]
        promised = {call: self.premises.contracts.fact(call) for call in decided if call.op == "pred"}
        said = [simplify_by(fact, path) for fact in promised.values() if fact is not None]
        functions = {name for call in promised for name in self.premises.contracts.functions(call)}
        return Told(self.premises.lifted([*parts, *terms.conjuncts(terms.all_of(said))]), path, functions)

    def _is_settled(self, path: Term, rest: Term) -> bool:
        """Whether the same was refuted before, by nothing of a path that this one lacks."""
        parts = frozenset(terms.conjuncts(path))
        return any(needed <= parts for needed in self.memory.settled.get(rest, ()))

    def _ask(self, path: Term, rest: Term, share: int) -> Answer:
        """Ask with products taken for unknowns, of which only what a model breaks is told; then with all they are.

        `share` is the fraction of the budget that the answer is worth, as a divisor.
        """
        parts = terms.conjuncts(path)
        told = self._told(path)
        chosen = dict.fromkeys([*self.premises.near(rest), *self.memory.helpful])
        answer = self._linearly(told, chosen, rest, ROUNDS, max(share, QUICK))
        if answer.status == "unknown":
            answer = self._exactly(told, chosen, rest, share)
        if answer.status == "unknown" and share == 1 and len(self.premises.parts) <= SMALL:
            answer = self._at_once(list(told.own), rest)
        if answer.status == "unsat":
            core = {told.origin(fact) for fact in answer.core}
            self.decision.rest_on_core(self.premises, answer.core, told)
            self.memory.helpful.update(dict.fromkeys(part for part in chosen if part in core and part not in told.own))
            needed = answer.core & frozenset(told.own)
            is_exact = needed <= frozenset(parts) and not told.is_changed(answer.core)
            self.memory.settled.setdefault(rest, []).append(needed if is_exact else frozenset(parts))
        return answer

    def _linearly(self, told: "Told", chosen: dict[Term, None], rest: Term, rounds: int, part: int) -> Answer:
        calls, products, choices = Calls(), Products(), Choices()
        asked: dict[Term, Term] = {}
        far: dict[Term, None] = {}
        families = Families(told.own, self.premises.families)
        with Question("core", self.limits.seed) as question:
            new: Iterable[Term] = map(told.simplified, [rest, *chosen])
            lies: list[Term] = []
            for turn in range(rounds):
                for fact in self._with_tautologies(new, asked, far):
                    asked[fact] = choices.hidden(products.linear([calls.hidden(fact)])[0])
                    question.add([asked[fact]], tracked=True)
                question.add([choices.hidden(fact) for fact in (*lies, *products.definitions)])
                answer = self.decision.count(question.check(self.limits.budget // part))
                if answer.status == "unsat":
                    core = frozenset(fact for fact, linear in asked.items() if linear in answer.core)
                    return Answer("unsat", {}, "", answer.rlimit, core)
                if answer.status == "unknown":
                    return answer
                model = told.completed(self.premises.complete(calls.answered(answer.model)))
                new = self._broken(told, chosen, model, rest, families, self.premises.few, turn % LONG == LONG - 1)
                lies = products.broken(list(asked.values()), answer.model)[:LIES_PER_ROUND]
                meant = choices.broken(answer.model, CHOICES_PER_ROUND)
                question.add(meant)
                if not new and not lies and not meant:
                    new = _take_broken(far, model) or self._broken_promises(told, asked, model)
                    if not new:
                        return Answer("unknown", {}, "products")
        return Answer("unknown", {}, "too many rounds")

    def _exactly(self, told: "Told", chosen: dict[Term, None], rest: Term, part: int) -> Answer:
        """Ask with products as they are; spend the whole budget only where nothing is left to take apart."""
        asked: dict[Term, Term] = {}
        far: dict[Term, None] = {}
        families = Families(told.own, self.premises.families)
        budget = self.limits.budget // part if part > 1 else self.limits.budget * LAST
        with Question("core", self.limits.seed) as question:
            new: Iterable[Term] = map(told.simplified, [rest, *chosen])
            for turn in range(ROUNDS):
                for fact in self._with_tautologies(new, asked, far):
                    asked[fact] = fact
                    question.add([fact], tracked=True)
                answer = self.decision.count(question.check(budget))
                if answer.status != "sat":
                    return answer
                model = told.completed(self.premises.complete(answer.model))
                new = self._broken(
                    told, chosen, model, rest, families, self.premises.few << turn // 4, turn % LONG == LONG - 1
                )
                if not new:
                    new = _take_broken(far, model) or self._broken_promises(told, asked, model)
                if not new:
                    return Answer("sat", model)
        return Answer("unknown", {}, "too many rounds")

    def _at_once(self, own: Sequence[Term], rest: Term) -> Answer:
        """Ask with all that is assumed, by whatever means the solver has: where that is little."""
        facts = with_contracts([rest, *own, *self.premises.parts], self.premises.contracts)
        answer = self.decision.count(ask(facts, self.limits.budget, self.limits.seed))
        if answer.status == "sat":
            return replace(answer, model=self.premises.complete(answer.model))
        return replace(answer, core=frozenset(facts))

    def _with_tautologies(self, new: Iterable[Term], asked: Mapping[Term, Term], far: dict[Term, None]) -> list[Term]:
        """What is new, what is true of the choices in it, and what contracts say of its calls.

        What a contract says of much else is put aside in `far`: it is told if nothing else helps.
        """
        known = dict.fromkeys(new)
        promised = [fact for fact in with_contracts(list(known), self.premises.contracts) if fact not in known]
        spoken = terms.mask(terms.all_of([*known, *asked]))
        facts = list(known)
        for part in (part for fact in promised for part in self._lifted(fact)):
            if (terms.mask(part) & ~spoken).bit_count() <= NEAR:
                facts.append(part)
            elif part not in asked:
                far[part] = None
        found = [*facts, *find_tautologies(terms.visible([*facts, *asked]))]
        return [fact for fact in dict.fromkeys(found) if fact not in asked]

    def _broken_promises(self, told: "Told", asked: Mapping[Term, Term], model: Mapping[Term, int]) -> list[Term]:
        """What contracts say of the path's own calls, where a model breaks it: such a model refutes nothing.

        A condition that was never told may hold only because a call in it was taken for nothing.
        """
        own = [told.simplified(part) for part in told.own]
        promised = (fact for fact in with_contracts(own, self.premises.contracts) if fact not in asked)
        parts = dict.fromkeys(part for fact in promised for part in self._lifted(fact) if part not in asked)
        return _take_broken(parts, model)

    def _lifted(self, promise: Term) -> list[Term]:
        """A promise, what it says of every place of a table said of those that stand for any."""
        if promise not in self.memory.promises:
            self.memory.promises[promise] = self.premises.lifted(terms.conjuncts(promise))
        return self.memory.promises[promise]

    def _broken(
        self,
        told: "Told",
        chosen: dict[Term, None],
        model: Mapping[Term, int],
        rest: Term,
        families: Families,
        few: int,
        is_long: bool = False,
    ) -> list[Term]:
        """What a model breaks and was not asked: of the path itself what is close to the goal, then the hypotheses.

        Where nothing of the path is close, what speaks of the goal's unknowns at all comes first.
        """
        values = terms.compute(terms.postorder(told.own), model)
        spoken = terms.mask(rest) or told.spoken
        found = [part for part in told.own if not values[part] and part not in chosen]
        distances = {part: (terms.mask(part) & ~spoken).bit_count() for part in found}
        least = min(distances.values(), default=0)
        new = [part for part in found if distances[part] == least] if least <= NEAR and not is_long else []
        if not new:
            taken = spoken | terms.mask(terms.all_of(part for part in chosen if part in told.own))
            broken = [part for part in self.premises.broken(model, taken) if part not in chosen]
            next_of_path = sorted(found, key=lambda part: (not terms.mask(part) & spoken, distances[part]))[:1]
            new = [*next_of_path, *broken]
        told_now = [part for part in families.widened(new[:few]) if part not in chosen]
        chosen.update(dict.fromkeys(told_now))
        return [told.simplified(part) for part in told_now]


def _take_broken(far: dict[Term, None], model: Mapping[Term, int]) -> list[Term]:
    """What a model breaks of the facts put aside, which they are no longer."""
    values = terms.compute(terms.postorder(far), model)
    found = [part for part in far if not values[part]]
    for part in found:
        del far[part]
    return found


class Told:
    """What one question is told: everything simplified by the path, with one name for unknowns that are equal there."""

    def __init__(self, own: Sequence[Term], path: Term, functions: Collection[str]) -> None:
        self.own = dict.fromkeys(own)
        self.functions = functions  # whose contracts are among its own
        self.spoken = terms.mask(terms.all_of(part for part in own if terms.size(part) <= PLAIN))
        parts = terms.conjuncts(terms.all_of([path, *own]))
        self._names = find_names(parts)
        self._known = find_known_by(path) | self._names
        self._origins: dict[Term, Term] = {}

    def simplified(self, part: Term) -> Term:
        """A hypothesis as it is told; one of the path's own is not simplified by itself."""
        known = self._names.copy() if part in self.own else self._known
        for node in terms.postorder((part,), known):
            known[node] = terms.remake(node, tuple(known[arg] for arg in node.args))
        found = known[part]
        if found is not part:
            self._origins.setdefault(found, part)
        return found

    def completed(self, model: Mapping[Term, int]) -> Mapping[Term, int]:
        """A model, with the values of the unknowns that go by another name."""
        return {**model, **{unknown: model[name] for unknown, name in self._names.items() if name in model}}

    def origin(self, fact: Term) -> Term:
        """The hypothesis that a fact was before it was simplified."""
        return self._origins.get(fact, fact)

    def is_changed(self, facts: Iterable[Term]) -> bool:
        """Whether any of some facts holds by the path alone as it is told."""
        return any(fact in self._origins for fact in facts)


def _cases(splits: Sequence[Split]) -> Iterable[Term]:
    for row in itertools.product(*(split.values for split in splits)):
        equalities = zip(splits, row, strict=True)
        yield terms.all_of(terms.eq(terms.var(s.leaf), terms.const(value)) for s, value in equalities)
