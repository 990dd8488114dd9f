# SPDX-License-Identifier: Apache-2.0
"""Decides one goal under hypotheses, taking in a hypothesis only when a model breaks it.

A question with a thousand hypotheses drowns the solver in what does not matter. So the first query has only those
that speak of the goal's own unknowns, and takes products for unknowns. A model that it yields is completed and tried
on every hypothesis; the broken ones are added, and the question is put again. Leaving hypotheses out is sound for
"proved"; a model counts as a refutation only when it breaks none.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from thecal_proofs import terms
from thecal_proofs.hints import NO_HINT, Hint, Split
from thecal_proofs.paths import find_condition, simplify
from thecal_proofs.premises import Premises, with_contracts
from thecal_proofs.products import Products
from thecal_proofs.solve import DEFAULT_BUDGET, DEFAULT_SEED, Answer, ask
from thecal_proofs.tautologies import find_tautologies
from thecal_proofs.terms import Term

DEPTH = 64  # conditions along one path
TOGETHER = 3  # and as long as several claims are settled together
LARGE = 3_000  # a question of more nodes is taken apart before it is asked
ROUNDS = 40  # models tried before the whole set of hypotheses is put to the solver
NEAR = 6  # unknowns beyond the goal's own that a condition of its path may speak of to be taken in early
NEW_PER_ROUND = 12  # broken hypotheses taken in at once
LIES_PER_ROUND = 60
QUICK = 20  # an early query gets this fraction of the budget,
LINEAR = 5  # one with products taken for unknowns this one


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may cost, and the solver's seed."""

    budget: int = DEFAULT_BUDGET
    seed: int = DEFAULT_SEED
    search: int = 0  # steps from the initial state in which a refutation is looked for


@dataclass(slots=True)
class Decision:
    """The outcome of all queries for one goal; `status` is "unsat" if the goal follows."""

    status: str = "unsat"
    model: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    rlimit: int = 0
    queries: int = 0
    used: set[str] = field(default_factory=set)

    def rest_on(self, premises: Premises, parts: Iterable[Term]) -> None:
        """Remember the hypotheses that some terms are part of."""
        self.used.update(name for name in map(premises.owner, parts) if name is not None)

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
    for piece in terms.pieces(goal):
        known = find_known(premises, piece)
        if known is None:
            pieces.append(piece)
        else:
            decision.rest_on(premises, [known])
    if not pieces:
        return decision
    cases = list(_cases(hint.split)) if hint.split else [terms.TRUE]
    if hint.split:
        answer = _solve(premises, terms.TRUE, [terms.any_of(cases)], hint, limits, decision)
        if answer.status != "unsat":
            return decision.end(answer)
    groups = [[piece] for piece in pieces] if hint.each else [pieces]
    for case, group in itertools.product(cases, groups):
        answer = _solve(premises, case, group, hint, limits, decision)
        if answer.status != "unsat":
            return decision.end(answer)
    return decision


def find_known(premises: Premises, piece: Term) -> Term | None:
    """The hypothesis that a goal is word for word; with hash-consing that settles all that did not change."""
    if piece in premises.known:
        return piece
    parts = piece.args if piece.op == "or" else ()
    return next((part for part in parts if part in premises.known), None)


def _solve(
    premises: Premises, case: Term, pieces: Sequence[Term], hint: Hint, limits: Limits, decision: Decision
) -> Answer:
    """Settle some pieces together; halve them while they are too much at once; take a stubborn one apart."""
    refuted = terms.negate(terms.all_of(pieces))
    deepest = DEPTH if len(pieces) == 1 else TOGETHER
    answer = _along_paths(premises, case, refuted, deepest, hint, limits, decision)
    if answer.status != "unknown" or len(pieces) == 1 or decision.queries > hint.queries:
        return answer
    middle = len(pieces) // 2
    for half in (pieces[:middle], pieces[middle:]):
        answer = _solve(premises, case, half, hint, limits, decision)
        if answer.status != "unsat":
            return answer
    return answer


def _along_paths(
    premises: Premises, path: Term, rest: Term, depth: int, hint: Hint, limits: Limits, decision: Decision
) -> Answer:
    """Settle a question, or else each side of a condition that governs it, and so on; a large one is split unasked."""
    if rest is terms.FALSE:
        return Answer("unsat")
    condition = find_condition(rest) if depth else None
    answer = Answer("unknown")
    if condition is None or len(terms.postorder((rest,))) < LARGE:
        answer = _lazily(premises, path, rest, hint, limits, decision, condition is None)
    if answer.status != "unknown" or condition is None:
        return answer
    if decision.queries > hint.queries:
        return Answer("unknown", {}, "too many paths")
    for value in (True, False):
        taken = condition if value else terms.negate(condition)
        side = simplify(rest, condition, value)
        answer = _along_paths(premises, terms.both(path, taken), side, depth - 1, hint, limits, decision)
        if answer.status != "unsat":
            return answer
    return answer


def _lazily(
    premises: Premises, path: Term, rest: Term, hint: Hint, limits: Limits, decision: Decision, is_last: bool
) -> Answer:
    """Ask, try the model on everything assumed, take in what it breaks, and ask again.

    First with products taken for unknowns, of which only what a model breaks is told; then with products as they are.
    """
    own = terms.conjuncts(terms.both(path, rest))
    chosen = dict.fromkeys([*own[-1:], *premises.near(rest), *premises.named(hint.uses or ())])
    products, told = Products(), dict[Term, None]()
    quick = limits.budget // QUICK
    for _ in range(ROUNDS):
        facts = products.linear(_full(premises, chosen))
        answer = decision.count(ask([*facts, *told], quick, limits.seed, "core"))
        if answer.status == "unsat":
            decision.rest_on(premises, chosen)
            return answer
        if answer.status == "unknown":
            break
        model = premises.complete(answer.model)
        new = _broken(premises, own, chosen, model, rest)
        chosen.update(dict.fromkeys(new[:NEW_PER_ROUND]))
        lies = products.broken(facts, answer.model)
        told.update(dict.fromkeys(lies[:LIES_PER_ROUND]))
        if not new and not lies:
            break
    return _exactly(premises, own, chosen, rest, limits, decision, is_last)


def _exactly(
    premises: Premises,
    own: Sequence[Term],
    chosen: dict[Term, None],
    rest: Term,
    limits: Limits,
    decision: Decision,
    is_last: bool,
) -> Answer:
    """Ask with products as they are; spend the whole budget only where nothing is left to take apart."""
    budgets = (limits.budget // QUICK, limits.budget) if is_last else (limits.budget // QUICK,)
    answer = Answer("unknown")
    for budget in budgets:
        for _ in range(ROUNDS):
            answer = decision.count(ask(_full(premises, chosen), budget, limits.seed, "core"))
            if answer.status != "sat":
                break
            model = premises.complete(answer.model)
            new = _broken(premises, own, chosen, model, rest)
            if not new:
                return Answer("sat", model)
            chosen.update(dict.fromkeys(new[:NEW_PER_ROUND]))
        if answer.status == "unsat":
            decision.rest_on(premises, chosen)
            return answer
    return Answer("unknown", {}, answer.reason)


def _full(premises: Premises, chosen: Mapping[Term, None]) -> list[Term]:
    """What was chosen, the contracts of the calls in it, and what is true of the choices in it."""
    facts = with_contracts(list(chosen), premises.contracts)
    return [*facts, *find_tautologies(terms.postorder(facts))]


def _broken(
    premises: Premises,
    own: Sequence[Term],
    chosen: Mapping[Term, None],
    model: Mapping[Term, int],
    rest: Term,
) -> list[Term]:
    """What a model breaks and was not asked: of the path itself what is close to the goal, then the hypotheses."""
    values = terms.compute(terms.postorder(own), model)
    spoken = terms.mask(rest)
    found = [part for part in own if not values[part] and part not in chosen]
    near = [part for part in found if (terms.mask(part) & ~spoken).bit_count() <= NEAR]
    if near:
        return near
    broken = [part for part in premises.broken(model, rest)[0] if part not in chosen]
    return broken or sorted(found, key=lambda part: (terms.mask(part) & ~spoken).bit_count())[:1]


def _cases(splits: Sequence[Split]) -> Iterable[Term]:
    for row in itertools.product(*(split.values for split in splits)):
        equalities = zip(splits, row, strict=True)
        yield terms.all_of(terms.eq(terms.var(s.leaf), terms.const(value)) for s, value in equalities)
