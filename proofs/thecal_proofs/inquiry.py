# SPDX-License-Identifier: Apache-2.0
"""The questions put for some pieces of a goal under the same premises.

A question starts with few hypotheses; a model takes in those that it breaks, and the question is put again. What is
not answered so is followed along the step's paths: every condition is decided one way or the other, until a plain
question is left. Where a script says what to ask (`scripts.py`), that is asked, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from thecal_proofs import terms
from thecal_proofs.calls import Calls
from thecal_proofs.choices import Choices
from thecal_proofs.decision import ROUND_COST, Decision, Limits
from thecal_proofs.families import Families
from thecal_proofs.hints import Hint
from thecal_proofs.paths import (
    find_common,
    find_conclusion,
    find_condition,
    find_part,
    find_shared,
    is_comparison,
    propagate,
    simplify,
    simplify_by,
    without,
)
from thecal_proofs.premises import Premises, find_known, with_contracts
from thecal_proofs.products import Products
from thecal_proofs.scripts import Leaf, Node, Step, name_of, name_question
from thecal_proofs.solve import Answer, Question, ask
from thecal_proofs.tautologies import find_tautologies
from thecal_proofs.terms import Term
from thecal_proofs.told import Told

ROUNDS = 40  # models tried before a question is called undecided
LONG = 4  # every so many rounds hypotheses are told too, whatever of the path is close
FEW_ROUNDS = 14  # and as long as several claims are tried together
NEAR = 6  # unknowns beyond the goal's own that a condition of its path may speak of to be taken in early
LIES_PER_ROUND = 60
CHOICES_PER_ROUND = 12
TRIED = 3  # pieces are tried together at every so many conditions that they share
LAST = 10  # where nothing is left to take apart, an answer is worth so many times the budget
QUICK = 4  # a query with products taken for unknowns gets this fraction of the budget
EARLY = 32  # and this one, if its conditions can still be taken apart
REFINED = 3  # after so many of them it is worth more again
SMALL = 300  # so few hypotheses may be put to the solver all at once
LARGE = 600  # a question of more nodes is taken apart before it is asked
FEW = 30  # so many questions are put together, or else all
WORTH = 400_000  # of the solver's steps: what one question may cost that is to stand for many


@dataclass(slots=True)
class Conversation:
    """One question, put again with more until it is answered: how, and what it was told so far.

    A closed one takes in no further hypothesis; with `only`, it is told nothing but what bears one of these names.
    """

    is_linear: bool
    rounds: int
    budget: int
    is_closed: bool = False
    only: Set[str] | None = None
    asked: dict[Term, Term] = field(default_factory=dict)
    far: dict[Term, None] = field(default_factory=dict)
    calls: Calls = field(default_factory=Calls)
    products: Products = field(default_factory=Products)
    choices: Choices = field(default_factory=Choices)

    def hidden(self, fact: Term) -> Term:
        """A fact as the solver sees it."""
        if not self.is_linear:
            return fact
        return self.choices.hidden(self.products.linear([self.calls.hidden(fact)])[0])

    def answered(self, model: Mapping[Term, int]) -> Mapping[Term, int]:
        """A model, with what it says of what was hidden."""
        return self.calls.answered(model) if self.is_linear else model

    def errors(self, model: Mapping[Term, int]) -> tuple[list[Term], list[Term]]:
        """What is true of hidden products, and what hidden choices stand for, where a model errs."""
        if not self.is_linear:
            return [], []
        lies = self.products.broken(list(self.asked.values()), model)[:LIES_PER_ROUND]
        return lies, self.choices.broken(model, CHOICES_PER_ROUND)

    def is_told(self, fact: Term) -> bool:
        """Whether a fact may be told at all."""
        return self.only is None or name_of(fact) in self.only


class Inquiry:
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
        key = name_question(case, pieces)
        answer = self._as_told(key, case, pieces)
        if answer is not None:
            return answer
        mark, trail = self.decision.mark(), self.decision.trail
        is_outermost = trail is not None and not trail.is_inside
        if trail is not None:
            trail.is_inside = True
        answer = self._settle(key, case, pieces, depth)
        if answer.status == "unsat" and len(pieces) > 1:
            self._put_together(key, case, terms.negate(terms.all_of(pieces)), mark)
        if trail is not None and is_outermost:
            trail.is_inside = False
            trail.found[mark:] = [leaf for node in trail.found[mark:] for leaf in self._fold(node, True)]
        return answer

    def _as_told(self, key: str, case: Term, pieces: Sequence[Term]) -> Answer | None:
        """What comes of the question that the script names here, or that is offered in place of many."""
        step = self.decision.step(key)
        if step is not None:
            return self.retrace(case, terms.negate(terms.all_of(pieces)), step)
        trail = self.decision.trail
        if trail is None or trail.offered is None:
            return None
        leaf = self.learn(key, case, terms.negate(terms.all_of(pieces)), trail.offered, WORTH, True)
        if leaf is None:
            return Answer("unknown")
        trail.found.append(leaf)
        return Answer("unsat")

    def _settle(self, key: str, case: Term, pieces: Sequence[Term], depth: int) -> Answer:
        if len(pieces) == 1:
            asked = find_conclusion(pieces[0])
            given = [terms.negate(part) for part in terms.disjuncts(pieces[0]) if part is not asked]
            return self._along_paths(terms.all_of([*terms.conjuncts(case), *given]), terms.negate(asked), True)
        condition = find_shared(pieces)
        is_tried = not self.hint.each and (condition is None or depth % TRIED == 0) and self.decision.script is None
        answer = self._ask_together(key, case, terms.negate(terms.all_of(pieces))) if is_tried else Answer("unknown")
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
        for known, left in parts_of(self.premises, case, pieces, condition, self.decision):
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
        if rest is terms.FALSE or path is terms.FALSE:
            return Answer("unsat")
        key = name_question(path, (rest,))
        step = self.decision.step(key)
        if step is not None:
            return self.retrace(path, rest, step)
        if self._is_settled(key, path, rest):
            return Answer("unsat")
        mark = self.decision.mark()
        answer = self._along_path(key, path, rest, is_first, refined)
        if answer.status == "unsat":
            self._put_together(key, path, rest, mark)
        return answer

    def _along_path(self, key: str, path: Term, rest: Term, is_first: bool, refined: int) -> Answer:
        condition, is_plain = find_condition(rest)
        part = find_part(path, rest) if condition is None else None
        answer = Answer("unknown")
        if self.decision.script is None and (is_plain or (is_first and terms.is_small(rest, LARGE - 1))):
            is_worth_more = condition is None and refined % REFINED == 0
            share = 1 if condition is None and part is None else QUICK if is_worth_more else EARLY
            answer = self._ask(key, path, rest, share)
        if answer.status != "unknown" or (condition is None and part is None):
            return answer
        if self.decision.queries > self.hint.queries:
            return Answer("unknown", {}, "too many paths")
        decided = condition or part
        assert decided is not None
        self.decision.walks += 2
        for value in (True, False):
            taken = decided if value else terms.negate(decided)
            known = propagate(terms.both(simplify(path, decided, value), taken))
            left = simplify_by(simplify(rest, decided, value), known)
            answer = self._along_paths(known, left, False, refined + (condition is None))
            if answer.status != "unsat":
                return answer
        return answer

    def _told(self, path: Term) -> Told:
        """The conditions of a path, and what contracts say where it decides what a function answers."""
        parts = terms.conjuncts(path)
        decided = [part.args[0] if part.op == "not" else part for part in parts]
        promised = {call: self.premises.contracts.fact(call) for call in decided if call.op == "pred"}
        said = [simplify_by(fact, path) for fact in promised.values() if fact is not None]
        functions = {name for call in promised for name in self.premises.contracts.functions(call)}
        return Told(self.premises.lifted([*parts, *terms.conjuncts(terms.all_of(said))]), path, functions)

    def _is_settled(self, key: str, path: Term, rest: Term) -> bool:
        """Whether the same was refuted before, by nothing of a path that this one lacks."""
        parts = frozenset(terms.conjuncts(path))
        if not any(needed <= parts for needed, _ in self.memory.settled.get(rest, ())):
            return False
        trail = self.decision.trail
        if trail is not None:
            facts = next(facts for needed, facts in self.memory.settled[rest] if needed <= parts)
            trail.found.append(Node(key, path, rest, facts, facts, ROUND_COST, True))
        return True

    # Asking

    def _ask_together(self, key: str, path: Term, rest: Term) -> Answer:
        """Try several pieces at once, giving up soon."""
        chosen = dict.fromkeys(self.premises.near(rest))
        part = 2 * QUICK if terms.is_small(rest, LARGE - 1) else EARLY
        told = self._told(path)
        talk = Conversation(True, FEW_ROUNDS, self.limits.budget // part)
        answer = self._converse(talk, told, chosen, rest)
        if answer.status == "unsat":
            self.decision.rest_on_core(self.premises, answer.core, told)
            self._remember(key, path, rest, told, answer, talk)
        return answer

    def _ask(self, key: str, path: Term, rest: Term, share: int) -> Answer:
        """Ask with products taken for unknowns, of which only what a model breaks is told; then with all they are.

        `share` is the fraction of the budget that the answer is worth, as a divisor; the whole budget, and more, is
        spent only where nothing is left to take apart.
        """
        parts = terms.conjuncts(path)
        told = self._told(path)
        chosen = dict.fromkeys([*self.premises.near(rest), *self.memory.helpful])
        budget = self.limits.budget
        talk = Conversation(True, ROUNDS, budget // max(share, QUICK) if share > 1 else budget)
        answer = self._converse(talk, told, chosen, rest)
        if answer.status == "unknown":
            talk = Conversation(False, ROUNDS, budget // share if share > 1 else budget * LAST)
            answer = self._converse(talk, told, chosen, rest)
        if answer.status == "unknown" and share == 1 and len(self.premises.parts) <= SMALL:
            answer = self._at_once(list(told.own), rest)
        if answer.status == "unsat":
            core = {told.origin(fact) for fact in answer.core}
            self.decision.rest_on_core(self.premises, answer.core, told)
            self.memory.helpful.update(dict.fromkeys(part for part in chosen if part in core and part not in told.own))
            needed = answer.core & frozenset(told.own)
            is_exact = needed <= frozenset(parts) and not told.is_changed(answer.core)
            facts = self._remember(key, path, rest, told, answer, talk)
            self.memory.settled.setdefault(rest, []).append((needed if is_exact else frozenset(parts), facts))
        return answer

    def _converse(self, talk: Conversation, told: Told, chosen: dict[Term, None], rest: Term) -> Answer:
        """Put a question, and again with what its models break, until it is answered.

        A model that breaks nothing more refutes only what is asked as it is.
        """
        families = Families() if talk.is_closed else Families(told.own, self.premises.families)
        new: Iterable[Term] = map(told.simplified, [rest, *chosen])
        lies: list[Term] = []
        with Question("core", self.limits.seed) as question:
            for turn in range(talk.rounds):
                for fact in self._with_tautologies(new, talk):
                    talk.asked[fact] = talk.hidden(fact)
                    question.add([talk.asked[fact]], tracked=True)
                if talk.is_linear:
                    question.add([talk.choices.hidden(fact) for fact in (*lies, *talk.products.definitions)])
                answer = self.decision.count(question.check(talk.budget))
                if answer.status == "unsat":
                    core = frozenset(fact for fact, hidden in talk.asked.items() if hidden in answer.core)
                    return Answer("unsat", {}, "", answer.rlimit, core)
                if answer.status == "unknown":
                    return answer
                model = told.completed(self.premises.complete(talk.answered(answer.model)))
                is_long = turn % LONG == LONG - 1
                few = self.premises.few if talk.is_linear else self.premises.few << turn // 4
                new = [] if talk.is_closed else self._broken(told, chosen, model, rest, families, few, is_long)
                lies, meant = talk.errors(answer.model)
                question.add(meant)
                if not new and not lies and not meant:
                    if talk.only is None:
                        new = _take_broken(talk.far, model) or self._broken_promises(told, talk.asked, model)
                    if not new:
                        return Answer("unknown", {}, "products") if talk.is_linear else Answer("sat", model)
        return Answer("unknown", {}, "too many rounds")

    def _at_once(self, own: Sequence[Term], rest: Term) -> Answer:
        """Ask with all that is assumed, by whatever means the solver has: where that is little."""
        facts = with_contracts([rest, *own, *self.premises.parts], self.premises.contracts)
        answer = self.decision.count(ask(facts, self.limits.budget, self.limits.seed))
        if answer.status == "sat":
            return replace(answer, model=self.premises.complete(answer.model))
        return replace(answer, core=frozenset(facts))

    # Remembering, and asking again

    def retrace(self, path: Term, rest: Term, step: Step) -> Answer:
        """Ask what was asked before, told what was needed then."""
        told = self._told(path)
        own = {name_of(part): part for part in told.own}
        found = (own.get(name) or self.premises.find(name) for name in step.names)
        chosen = dict.fromkeys(part for part in found if part is not None)
        talk = Conversation(step.is_linear, ROUNDS, self.limits.budget, True, frozenset(step.names))
        answer = self._converse(talk, told, chosen, rest)
        if answer.status != "unsat":
            return Answer("unknown", {}, "a question of the script is not answered as before")
        self.decision.rest_on_core(self.premises, answer.core, told)
        return answer

    def _remember(
        self, key: str, path: Term, rest: Term, told: Told, answer: Answer, talk: Conversation
    ) -> tuple[Term, ...]:
        """Let the trail have a question that was answered, and return what it took."""
        trail = self.decision.trail
        if trail is None:
            return ()
        every = tuple(told.origin(fact) for fact in talk.asked)
        core = tuple(told.origin(fact) for fact in talk.asked if fact in answer.core) or tuple(answer.core)
        trail.found.append(Node(key, path, rest, core, every, ROUND_COST + answer.rlimit, talk.is_linear))
        return core

    def _put_together(self, key: str, path: Term, rest: Term, mark: int) -> None:
        """Remember that some questions are parts of one."""
        trail = self.decision.trail
        if trail is not None and len(trail.found) >= mark + 2:
            trail.found[mark:] = [Node.over(key, path, rest, trail.found[mark:])]

    def _fold(self, node: Node | Leaf, is_root: bool = False) -> list[Leaf]:
        """How to put a question the next time: as a whole, or else as the questions that it fell into."""
        if isinstance(node, Leaf):
            return [node]
        trail = self.decision.trail
        assert trail is not None
        if node.parts:
            is_tried = trail.patience > 0 and (is_root or node.cost <= FEW * ROUND_COST)
            leaf = self._learn_of(node, node.facts, min(node.cost, WORTH)) if is_tried else None
            trail.patience -= is_tried and leaf is None
        else:
            budget = self.limits.budget
            leaf = self._learn_of(node, node.facts, budget) or self._learn_of(node, node.told, budget * LAST)
            trail.is_whole = trail.is_whole and leaf is not None
        return [leaf] if leaf is not None else [leaf for part in node.parts for leaf in self._fold(part)]

    def _learn_of(self, node: Node, facts: Iterable[Term], most: int) -> Leaf | None:
        return self.learn(node.key, node.path, node.rest, facts, most, node.is_linear)

    def learn(self, key: str, path: Term, rest: Term, facts: Iterable[Term], most: int, is_linear: bool) -> Leaf | None:
        """The cheaper way to put a question with some facts and what is known of the path, if it costs no more."""
        told = self._told(path)
        known = [fact for fact in facts if fact not in told.own and fact in self.premises.known]
        spent = self.decision.queries, self.decision.rlimit
        leaf = None
        for way in (is_linear,) if most <= WORTH else (is_linear, not is_linear):
            if leaf is None or leaf.cost > 2 * ROUND_COST:
                most = most if leaf is None else min(most, leaf.cost)
                leaf = self._learn_by(way, key, path, rest, told, known, most) or leaf
        self.decision.queries, self.decision.rlimit = spent  # what is learnt is not part of the search
        return leaf

    def _learn_by(
        self, is_linear: bool, key: str, path: Term, rest: Term, told: Told, known: Sequence[Term], most: int
    ) -> Leaf | None:
        """Ask with all of some facts, then with those alone that it took; what is remembered has been tried."""
        chosen = dict.fromkeys([*told.own, *known])
        talk = Conversation(is_linear, FEW_ROUNDS if most <= WORTH else ROUNDS, max(most, ROUND_COST), True)
        answer = self._converse(talk, told, chosen, rest)
        if answer.status != "unsat":
            return None
        core = dict.fromkeys(told.origin(fact) for fact in talk.asked if fact in answer.core)
        step = Step(is_linear, tuple(sorted({name_of(fact) for fact in core})))
        queries, rlimit = self.decision.queries, self.decision.rlimit
        if self.retrace(path, rest, step).status != "unsat":
            return None
        cost = self.decision.rlimit - rlimit + (self.decision.queries - queries) * ROUND_COST
        return Leaf(key, step, tuple(fact for fact in core if fact in chosen), cost) if cost <= 2 * most else None

    # What is told

    def _with_tautologies(self, new: Iterable[Term], talk: Conversation) -> list[Term]:
        """What is new, what is true of the choices in it, and what contracts say of its calls.

        What a contract says of much else is put aside as far: it is told if nothing else helps.
        """
        asked = talk.asked
        known = dict.fromkeys(new)
        promised = [fact for fact in with_contracts(list(known), self.premises.contracts) if fact not in known]
        spoken = terms.mask(terms.all_of([*known, *asked]))
        facts = list(known)
        for part in (part for fact in promised for part in self._lifted(fact)):
            is_near = talk.only is not None or (terms.mask(part) & ~spoken).bit_count() <= NEAR
            if is_near and talk.is_told(part):
                facts.append(part)
            elif part not in asked:
                talk.far[part] = None
        true = [fact for fact in find_tautologies(terms.visible([*facts, *asked])) if talk.is_told(fact)]
        return [fact for fact in dict.fromkeys([*facts, *true]) if fact not in asked]

    def _broken_promises(self, told: Told, asked: Mapping[Term, Term], model: Mapping[Term, int]) -> list[Term]:
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
        told: Told,
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


def parts_of(
    premises: Premises, case: Term, pieces: Sequence[Term], condition: Term, decision: Decision
) -> Iterable[tuple[Term, list[Term]]]:
    """What is to be settled for some pieces, by a condition: what holds, and the pieces or what is left of them there.

    Where all of them speak under it, it holds together with all else that they share. Otherwise first those that do
    not speak of the condition, and then the others on either side of it.
    """
    decision.walks += 2
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
            decision.rest_on_known(premises, known)
    return left


def _speaks_of(piece: Term, condition: Term) -> bool:
    """Whether anything of a piece is simpler on either side of a condition."""
    return any(simplify(piece, condition, value) is not piece for value in (True, False))


def _spread(claim: Term) -> Sequence[Term]:
    """A claim's pieces, if there are few: a truth that many conditions make is one thing to settle, not many."""
    pieces = terms.pieces(claim)
    return pieces if len(pieces) <= terms.FEW_PARTS else [claim]
