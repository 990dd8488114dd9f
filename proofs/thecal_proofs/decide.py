# SPDX-License-Identifier: Apache-2.0
"""Decides one goal under hypotheses, taking in a hypothesis only when a model breaks it.

A question with a thousand hypotheses drowns the solver in what does not matter. So the first query has only those
that speak of the goal's own unknowns, and takes products for unknowns. A model that it yields is completed and tried
on every hypothesis; the broken ones are added, and the question is put again. Leaving hypotheses out is sound for
"proved"; a model counts as a refutation only when it breaks none.

What is claimed of every place of a table is asked of one that stands for any. A goal that was proved before is proved
by the questions that its script names, and searched for only if they do not suffice.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from thecal_proofs import terms
from thecal_proofs.decision import DEFAULT_LIMITS, Decision, Limits, Trail
from thecal_proofs.hints import NO_HINT, Hint, Split
from thecal_proofs.inquiry import LARGE, QUICK, SMALL, Inquiry, parts_of
from thecal_proofs.outlines import Outlines
from thecal_proofs.paths import find_conclusion, find_shared, simplify_by
from thecal_proofs.places import ANY, Place
from thecal_proofs.premises import Premises, find_known, with_contracts
from thecal_proofs.rebuilding import rebuild
from thecal_proofs.scripts import AT_ONCE, WHOLE, Leaf, Node, Script, Step, name_of, name_question
from thecal_proofs.solve import Answer, Question
from thecal_proofs.terms import Term

TOGETHER = 64  # so many pieces are asked together that all at once are too much
MOST = 400_000  # of the solver's steps: what the whole goal may cost
MANY = 400  # facts: with more of them the whole goal is not tried
FEW = 80  # questions: what a piece may cost with hypotheses that may be the wrong ones
WORTHLESS = 100_000  # of the solver's steps: what costs no more is left as it is


def decide(
    premises: Premises,
    goal: Term,
    hint: Hint = NO_HINT,
    limits: Limits = DEFAULT_LIMITS,
    script: Script | None = None,
) -> Decision:
    """Decide whether the goal follows from the premises: by a script if there is one that serves, or by a search."""
    asked = Decision()
    if script:
        asked = _decide(premises, goal, hint, limits, Decision(script=script))
        if asked.status == "unsat":
            asked.learnt = _learn(premises, goal, hint, limits, asked, script) if limits.is_learning else {}
            return asked
    trail = Trail() if limits.is_learning and hint.is_learnt else None
    decision = _decide(premises, goal, hint, limits, Decision(trail=trail))
    if trail is not None and decision.status == "unsat":
        decision.learnt = _learn(premises, goal, hint, limits, decision, trail.script if trail.is_whole else {})
    decision.queries += asked.queries
    decision.rlimit += asked.rlimit
    return decision


def _learn(premises: Premises, goal: Term, hint: Hint, limits: Limits, decision: Decision, script: Script) -> Script:
    """What to ask the next time: the goal at once, where that costs less than what a search has found."""
    again = _decide(premises, goal, hint, limits, Decision(script=script)) if script else decision
    if again.status != "unsat":
        again, script = decision, {}
    key = _at_once(goal)
    if again.cost <= WORTHLESS or key in script:
        return script
    found = [] if decision.trail is None else [fact for leaf in decision.trail.found for fact in leaf.facts]
    used = premises.restricted([name for name in decision.used if name in premises.names]).parts
    inquiry = Inquiry(premises.whole, hint, limits, Decision())
    for facts in (found, used) if found else (used,):
        if len(facts) > MANY:
            continue
        leaf = inquiry.learn(key, terms.TRUE, terms.negate(goal), facts, min(again.cost, MOST), False)
        if leaf is not None and leaf.step is not None and leaf.cost < again.cost:
            return {key: leaf.step}
    return script


def _at_once(goal: Term) -> str:
    return f"{AT_ONCE} {name_of(goal)}"


def _decide(premises: Premises, goal: Term, hint: Hint, limits: Limits, decision: Decision) -> Decision:
    step = decision.step(_at_once(goal)) if decision.script else None
    if step is not None:
        inquiry = Inquiry(premises.whole, hint, limits, decision)
        return decision.end(inquiry.retrace(terms.TRUE, terms.negate(goal), step))
    pieces = []
    is_small = len(premises.parts) <= SMALL and not terms.is_nonlinear(goal)
    if is_small and _follows_at_once(premises, goal, limits, decision):
        return decision
    claims = terms.pieces(goal)
    plain = set() if is_small else _follow_by_logic(premises, claims, limits, decision)
    for piece in claims:
        known = find_known(premises, piece)
        if known is not None:
            decision.rest_on_known(premises, known)
        elif piece not in plain and not (is_small and _follows_at_once(premises, piece, limits, decision)):
            pieces.append(piece)
    if hint.either:
        pieces = [piece for piece in pieces if not _follows_from_either(premises, piece, hint, limits, decision)]
    if not pieces:
        return decision
    uses = decision.uses(hint.uses)
    if uses:
        mark = decision.mark()
        decision.note_uses(uses)
        few = premises.restricted(uses, hint.at_once)
        answer = _decide_groups(few, terms.TRUE, pieces, hint, limits, decision)
        if answer.status == "unsat":
            return decision
        if decision.script is not None:
            return decision.end(answer)
        decision.forget(mark)
    cases = list(_cases(hint.split)) if hint.split else [terms.TRUE]
    if hint.split:
        answer = Inquiry(premises, hint, limits, decision).settle(terms.TRUE, [terms.any_of(cases)])
        if answer.status != "unsat":
            return decision.end(answer)
    for case in cases:
        answer = _decide_groups(premises, case, pieces, hint, limits, decision)
        if answer.status != "unsat":
            return decision.end(answer)
    return decision


def _follows_from_either(premises: Premises, piece: Term, hint: Hint, limits: Limits, decision: Decision) -> bool:
    """Whether a piece follows from one of the sets of hypotheses that a hint names, in a few questions."""
    for names in hint.either:
        found = decide(premises.restricted(names), piece, Hint(queries=FEW), replace(limits, is_learning=False))
        decision.queries += found.queries
        decision.rlimit += found.rlimit
        if found.status == "unsat":
            decision.used |= found.used
            return True
    return False


def _follows_at_once(premises: Premises, claim: Term, limits: Limits, decision: Decision) -> bool:
    """Whether the solver sees by itself that a claim follows, where little is assumed and nothing multiplied."""
    key = f"once {name_question(terms.TRUE, (claim,))}"
    if decision.script is not None and decision.step(key) is None:
        return False
    facts = with_contracts([terms.negate(claim), *premises.parts], premises.contracts)
    with Question("core", limits.seed) as question:
        question.add(facts, tracked=True)
        answer = decision.count(question.check(limits.budget // QUICK))
    decision.rest_on(premises, answer.core)
    decision.used.update(name for fact in answer.core for name in premises.contracts.functions(fact))
    if answer.status == "unsat":
        decision.note(key)
    return answer.status == "unsat"


def _follow_by_logic(
    premises: Premises, claims: Sequence[Term], limits: Limits, decision: Decision
) -> Collection[Term]:
    """The large pieces that follow whatever their comparisons say, by what speaks of nothing but their own unknowns."""
    large = [piece for piece in claims if not terms.is_small(piece, LARGE - 1) and find_known(premises, piece) is None]
    found = {piece for piece in large if _says_itself(piece)}
    asked = [piece for piece in large if piece not in found]
    key = f"logic {name_question(terms.TRUE, asked)}"
    step = decision.step(key)
    if step is not None:
        asked = [piece for piece in asked if name_of(piece) in step.names]
    if step is not None:
        if _are_logical(premises, asked, limits, decision, TOGETHER if step.is_linear else max(len(asked), 1)):
            return found | set(asked)
    if decision.script is not None:
        return found
    logical = [piece for piece in asked if _is_logical(premises, [piece], limits, decision)]
    if logical and decision.trail is not None:
        is_one_by_one = not _is_logical(premises, logical, limits, decision)
        decision.trail.found.append(Leaf(key, Step(is_one_by_one, tuple(map(name_of, logical))), ()))
    return found | set(logical)


def _are_logical(premises: Premises, asked: Sequence[Term], limits: Limits, decision: Decision, count: int) -> bool:
    """Whether some pieces follow by logic alone, so many of them asked together, or else each by itself."""
    for first in range(0, len(asked), count):
        group = asked[first : first + count]
        if not _is_logical(premises, group, limits, decision):
            if len(group) == 1 or not _are_logical(premises, group, limits, decision, 1):
                return False
    return True


def _is_logical(premises: Premises, pieces: Sequence[Term], limits: Limits, decision: Decision) -> bool:
    """Whether some pieces all follow by logic alone."""
    outlines = Outlines()
    near = dict.fromkeys(fact for piece in pieces for fact in premises.near(piece))
    asked = {fact: outlines.outline(fact) for fact in (terms.negate(terms.all_of(pieces)), *near)}
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


def _decide_groups(
    premises: Premises, case: Term, pieces: Sequence[Term], hint: Hint, limits: Limits, decision: Decision
) -> Answer:
    """All pieces together, or one by one where a hint says so."""
    answer = Answer("unsat")
    for group in [[piece] for piece in pieces] if hint.each else [pieces]:
        answer = _decide_pieces(premises, case, group, hint, limits, decision)
        if answer.status != "unsat":
            break
    return answer


def _decide_pieces(
    premises: Premises, case: Term, pieces: Sequence[Term], hint: Hint, limits: Limits, decision: Decision
) -> Answer:
    """First along what most pieces depend on; then what is claimed of every place of a table, once; then the rest."""
    is_large = not terms.is_small(terms.all_of(pieces), LARGE - 1) and len(pieces) > 1 and not premises.is_at_once
    key = f"whole {name_question(case, pieces)}"
    if not is_large or decision.step(key) is not None:
        return _decide_whole(premises, case, pieces, hint, limits, decision)
    condition = find_shared(pieces)
    if condition is None:
        return _decide_whole(premises, case, pieces, hint, limits, decision)
    if decision.queries > hint.queries:
        return Answer("unknown", {}, "too many paths")
    mark = decision.mark()
    for side, rest in parts_of(premises, case, pieces, condition, decision):
        answer = _decide_pieces(premises, side, rest, hint, limits, decision)
        if answer.status != "unsat":
            return answer
    _put_together(key, premises, case, pieces, hint, limits, decision, mark)
    return Answer("unsat")


def _put_together(
    key: str,
    premises: Premises,
    case: Term,
    pieces: Sequence[Term],
    hint: Hint,
    limits: Limits,
    decision: Decision,
    mark: int,
) -> None:
    """Ask some pieces as they are instead of taken apart, if that costs no more."""
    trail = decision.trail
    if trail is None or trail.offered is not None or decision.mark() < mark + 2 or trail.patience <= 0:
        return
    before = trail.found[mark:]
    trail.offered = tuple(dict.fromkeys(fact for leaf in before for fact in leaf.facts))
    del trail.found[mark:]
    answer = _decide_whole(premises, case, pieces, hint, limits, decision)
    trail.offered = None
    if answer.status == "unsat" and _cost(trail.found[mark:]) <= _cost(before):
        trail.found.append(Leaf(key, WHOLE, ()))
    else:
        trail.found[mark:] = before
        trail.patience -= 1


def _cost(leaves: Sequence[Node | Leaf]) -> int:
    return sum(leaf.cost for leaf in leaves)


def _decide_whole(
    premises: Premises, case: Term, pieces: Sequence[Term], hint: Hint, limits: Limits, decision: Decision
) -> Answer:
    tables = premises.tables
    tables.meet(pieces)
    entries, computed = tables.look_up([*pieces, case])
    claims = [rebuild(piece, entries) for piece in pieces]
    inside, known = rebuild(case, entries), premises.with_entries(entries) if entries else premises
    left = dict(zip(claims, pieces, strict=True))
    is_asked = decision.script is None and (decision.trail is None or decision.trail.offered is None)
    for form in tables.find_forms(claims):
        place = Place(ANY, form.length)
        claim = terms.implies(form.is_inside(place.number), form.text)
        places = {place: place.number, **computed}
        mark = decision.mark()
        answer = _at_places(known, inside, [claim], places, hint, limits, decision)
        is_in_vain = premises.is_restricted and not premises.is_at_once  # a sum needs every summand, not any one
        if answer.status == "unsat":
            for member in form.members:
                left.pop(member, None)
            continue
        decision.forget(mark)
        if is_asked and (answer.status == "unknown" or is_in_vain):
            return answer
    if computed and left:
        mark = decision.mark()
        answer = _at_places(known, inside, list(left), computed, hint, limits, decision)
        if answer.status == "unsat" or (is_asked and (answer.status != "sat" or premises.is_restricted)):
            return answer
        decision.forget(mark)
    return Inquiry(premises, hint, limits, decision).settle(case, list(left.values())) if left else Answer("unsat")


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
    return Inquiry(premises.extended(owners, places), hint, limits, decision).settle(case, claims)


def _cases(splits: Sequence[Split]) -> Iterable[Term]:
    for row in itertools.product(*(split.values for split in splits)):
        equalities = zip(splits, row, strict=True)
        yield terms.all_of(terms.eq(terms.var(s.leaf), terms.const(value)) for s, value in equalities)
