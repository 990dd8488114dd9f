# SPDX-License-Identifier: Apache-2.0
"""Takes one obligation to its verdict: encode, decide, and replay what is refuted."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from thecal_proofs import terms
from thecal_proofs.antecedent import antecedent_of, says_nothing
from thecal_proofs.cell import AnyState, Cell
from thecal_proofs.decide import decide
from thecal_proofs.decision import Decision, Limits
from thecal_proofs.encode import Check, Contracts, Encoder, flatten_checks
from thecal_proofs.frontend import Refusal, ir
from thecal_proofs.frontend.types import RecordType
from thecal_proofs.hints import HINTS, Hint, Key, find_hint, read_cores
from thecal_proofs.obligations import ANY_EVENT, INITIAL, Obligation
from thecal_proofs.operations import (
    QUERIES,
    Failed,
    Stage,
    find_failing,
    stage_of_function,
    stage_of_start,
    stage_of_step,
)
from thecal_proofs.premises import Hypothesis, Premises, with_contracts
from thecal_proofs.reach import search
from thecal_proofs.replay import (
    Replay,
    describe,
    failing_hypotheses_of,
    replay,
    replay_contract,
    replay_plain,
    replay_start,
    replay_state,
)
from thecal_proofs.scripts import read_scripts
from thecal_proofs.solve import ask
from thecal_proofs.start import Start, evaluate_goal, find_concrete_start, make_start, name_leaves, start_hypotheses
from thecal_proofs.terms import Term
from thecal_proofs.values import Value, in_shape, symbol
from thecal_proofs.verdicts import Result, Verdict
from thecal_proofs.wiring import KERNEL, OUTSIDE, Row, Wiring
from thecal_proofs.witness import Witnesses, has_witnesses

SIDE_QUESTION = 20  # whether a property says anything gets this fraction of the budget


class Discharger:
    """Proves obligations of one wiring, one after the other; encodings are shared between them."""

    make_encoder: type[Encoder] = Encoder

    def __init__(self, wiring: Wiring, rows: Sequence[Row], limits: Limits, hints: Mapping[Key, Hint] = HINTS) -> None:
        self.wiring = wiring
        self.rows = {row.id: row for row in rows}
        self.limits = limits
        self.hints = hints
        self.cores = read_cores()
        self.scripts = read_scripts()
        self.facts = {fact.name: fact for fact in self._list_claims()}
        self._cells: dict[tuple[str, bool], Cell] = {}

    def _list_claims(self) -> tuple[ir.Signature, ...]:
        wiring = self.wiring
        return (*wiring.facts, *wiring.quiet, *wiring.loading, *wiring.limits, *wiring.phase)

    @cached_property
    def contracts(self) -> Mapping[ir.Signature, ir.Signature]:
        """Functions that may stay opaque."""
        return self.wiring.contracts()

    @cached_property
    def requires(self) -> Mapping[ir.Signature, ir.Signature]:
        """What functions require of their arguments."""
        return self.wiring.requires()

    @cached_property
    def concrete(self) -> Encoder:
        """The encoder that unfolds everything."""
        return self.make_encoder(self.wiring.program, {}, self.requires)

    @cached_property
    def abstract(self) -> Encoder:
        """The encoder that hides functions with a contract."""
        return (
            self.make_encoder(self.wiring.program, self.contracts, self.requires) if self.contracts else self.concrete
        )

    @cached_property
    def concrete_start(self) -> Mapping[str, Value] | None:
        """One concrete initial situation, or None if the solver finds none."""
        return find_concrete_start(self.wiring, self.concrete, self.limits.budget)

    @cached_property
    def witnesses(self) -> Witnesses:
        """The traces of the specification, run when first asked for."""
        return Witnesses(self.wiring, self.limits)

    def warm(self) -> None:
        """Encode what all events share, so that workers forked from here need not."""
        for event in self.wiring.events[:1]:
            self.cell(event.name, True).shared()
        if has_witnesses(self.wiring):
            _ = self.witnesses.steps

    def discharge(self, obligation: Obligation) -> Result:
        """Return the verdict on one obligation; what cannot be encoded is `unsupported`, with the reason."""
        started = time.perf_counter()
        try:
            result = self._dispatch(obligation)
        except (Refusal, TypeError, KeyError, RecursionError) as error:
            result = _result(obligation, Decision(status="unknown"), "unsupported", str(error))
        return replace(result, seconds=time.perf_counter() - started)

    def _dispatch(self, obligation: Obligation) -> Result:
        shown = self._shown(obligation)
        if shown is not None:
            return shown
        match obligation.kind:
            case "subset":
                return self._subset(obligation)
            case "quiet" | "loading":
                return self._of_any_state(obligation)
            case "limits" | "phase":
                return self._of_plain_values(obligation)
            case "property" | "consequence" if obligation.event == ANY_EVENT:
                return self._of_any_state(obligation)
            case "property" | "step" | "consequence":
                return self._claim(obligation)
            case "base":
                return self._base(obligation)
            case "operations":
                return self._operations(obligation)
            case "contract":
                return self._contract(obligation)
            case "hypotheses":
                return self._hypotheses(obligation)
            case "antecedent":
                return self._antecedent(obligation)
            case "witness":
                return self._witness(obligation)

    def cell(self, event: str, abstract: bool) -> Cell:
        """Return the step under one class of event."""
        encoder = self.abstract if abstract else self.concrete
        key = event, encoder is self.abstract
        if key not in self._cells:
            cell = self._cells[key] = Cell(self.wiring, encoder, self.wiring.event_named(event))
            cell.default = name_leaves(self.wiring, self.concrete_start or {})
        return self._cells[key]

    def predicate_of(self, obligation: Obligation) -> ir.Signature:
        """Return the predicate that a property or conjunct is."""
        if obligation.kind in ("property", "antecedent"):
            predicate = self.rows[obligation.subject].predicate
            if predicate is None:
                raise KeyError(f"{obligation.subject} is not stated")
            return predicate
        return self.facts[obligation.subject]

    def goal(self, obligation: Obligation, abstract: bool) -> tuple[Cell, Term]:
        """Encode the claim of a property or conjunct."""
        cell = self.cell(obligation.event, abstract)
        predicate = self.predicate_of(obligation)
        is_property = obligation.kind == "property"
        return cell, (cell.property_goal(predicate) if is_property else cell.conjunct_goal(predicate)).term

    def _subset(self, obligation: Obligation) -> Result:
        refusals = self.wiring.program.check(KERNEL, OUTSIDE)
        lines = tuple(str(refusal) for refusal in refusals)
        verdict: Verdict = "unsupported" if refusals else "proved"
        return Result(obligation.id, obligation.kind, obligation.subject, obligation.event, verdict, "\n".join(lines))

    def _claim(self, obligation: Obligation) -> Result:
        hint, script = self._hint(obligation), self.scripts.get(obligation.id)
        event = self.wiring.event_named(obligation.event)
        predicate = self.predicate_of(obligation)
        decision, found = Decision(), None
        for is_abstract in (True, False) if self.contracts else (False,):
            cell, goal = self.goal(obligation, is_abstract)
            if goal is terms.TRUE:
                return _result(obligation, decision, "proved")
            decision = _joined(decision, decide(cell.premises, goal, hint, self.limits, script))
            if decision.status == "unsat":
                return _result(obligation, decision, "proved")
            if decision.status == "unknown":
                break
            if decision.status == "sat":
                title = f"{obligation.id}: a counterexample of the proof."
                found = replay(self.wiring, event, decision.model, predicate, obligation.kind == "step", title)
                if found.is_confirmed:
                    found = self._with_reach(found, predicate, obligation.kind == "step", event)
                    return _refuted(obligation, decision, found, _names([goal]))
        if decision.status == "unknown" or found is None:
            return _result(obligation, decision, "unknown", decision.reason)
        return _refuted(obligation, decision, found, ())

    def _shown(self, obligation: Obligation) -> Result | None:
        """What a trace refutes need not be asked: its steps are looked at one by one, long before a proof fails."""
        if not has_witnesses(self.wiring) or obligation.kind not in ("step", "property", "consequence"):
            return None
        event = None if obligation.event == ANY_EVENT else obligation.event
        title = f"{obligation.id}: what a trace shows."
        found = self.witnesses.refute(self.predicate_of(obligation), event, obligation.kind != "property", title)
        return None if found is None else _refuted(obligation, Decision(), found, ())

    def any_state(self, obligation: Obligation, is_abstract: bool) -> tuple[AnyState, Term]:
        """Encode a claim about any state; a consequence rests on the invariant and the consequences before it."""
        facts = [] if obligation.kind == "loading" else list(self.wiring.facts)
        predicate = self.predicate_of(obligation)
        if predicate in facts:
            facts = facts[: facts.index(predicate)]
        cell = AnyState(self.wiring, self.abstract if is_abstract else self.concrete, facts, predicate)
        cell.default = name_leaves(self.wiring, self.concrete_start or {})
        return cell, cell.goal(predicate).term

    def _of_any_state(self, obligation: Obligation) -> Result:
        hint, script = self._hint(obligation), self.scripts.get(obligation.id)
        decision = Decision()
        for is_abstract in (True, False) if self.contracts else (False,):
            cell, goal = self.any_state(obligation, is_abstract)
            decision = _joined(decision, decide(cell.premises, goal, hint, self.limits, script))
            if decision.status == "unsat":
                return _result(obligation, decision, "proved")
            if decision.status == "sat":
                found = replay_state(self.wiring, decision.model, self.predicate_of(obligation), cell.facts, cell.types)
                if found.is_confirmed:
                    return _refuted(obligation, decision, found, _names([goal]))
        return _result(obligation, decision, "unknown", decision.reason)

    def plain(self, obligation: Obligation) -> tuple[Premises, Term]:
        """Encode a claim about plain values, of which their types are known and nothing else."""
        predicate = self.predicate_of(obligation)
        names = {name: symbol(found, name) for name, found in predicate.params}
        shape = [t for name, found in predicate.params for t in in_shape(found, names[name])]
        goal = evaluate_goal(self.concrete, predicate, names).term
        return Premises([Hypothesis("types", terms.all_of(shape), True)], Contracts()), goal

    def _of_plain_values(self, obligation: Obligation) -> Result:
        premises, goal = self.plain(obligation)
        decision = decide(premises, goal, self._hint(obligation), self.limits, self.scripts.get(obligation.id))
        if decision.status != "sat":
            return _result(obligation, decision, _verdict(decision), decision.reason)
        found = replay_plain(self.wiring, decision.model, self.predicate_of(obligation))
        return _refuted(obligation, decision, found, _names([goal]))

    def _hint(self, obligation: Obligation) -> Hint:
        hint = find_hint(obligation.subject, obligation.event, self.hints)
        return replace(hint, uses=self.cores.get(obligation.id, hint.uses))

    def _with_reach(self, found: Replay, predicate: ir.Signature, is_conjunct: bool, event: RecordType) -> Replay:
        """Say of a counterexample whether a walk from the initial state shows it."""
        if self.limits.search == 0:
            return replace(found, detail=f"{found.detail}; not searched for from the initial state")
        trace = search(self.wiring, found.leaves, predicate, is_conjunct, event, self.limits.search)
        return replace(found, detail=f"{found.detail}; {trace}")

    def base(self, obligation: Obligation) -> tuple[Premises, Term, Start]:
        """Encode a conjunct of the initial state."""
        encoder = self.concrete
        start = make_start(self.wiring, encoder, symbol(self.wiring.config, "config"))
        goal = evaluate_goal(encoder, self.predicate_of(obligation), start.names).term
        return Premises(start_hypotheses(self.wiring, encoder, start), Contracts()), goal, start

    def _base(self, obligation: Obligation) -> Result:
        premises, goal, start = self.base(obligation)
        hint = find_hint(obligation.subject, INITIAL, self.hints)
        decision = decide(premises, goal, hint, self.limits, self.scripts.get(obligation.id))
        if decision.status != "sat":
            return _result(obligation, decision, _verdict(decision), decision.reason)
        found = replay_start(self.wiring, start.unknowns, decision.model, self.predicate_of(obligation))
        return _refuted(obligation, decision, found, _names([goal]))

    def _operations(self, obligation: Obligation) -> Result:
        """Ask with contracts in place of bodies; what fails so is asked again with everything unfolded."""
        total = Decision()
        hint, script = find_hint(obligation.kind, obligation.event, self.hints), self.scripts.get(obligation.id)
        premises, checks, stage = self.operations_in(obligation, True)
        failed = find_failing(premises, checks, hint, self.limits, total, script)
        if failed and self.contracts and total.queries <= QUERIES:
            places = {(check.kind, check.loc, check.function) for check, _ in failed}
            plain, every, _ = self.operations_in(obligation, False)
            again = [check for check in every if (check.kind, check.loc, check.function) in places]
            failed = find_failing(plain, again, hint, self.limits, total, script)
        if not failed:
            return _result(obligation, total, "proved", f"{len(checks)} operations")
        return self._judge_operations(obligation, total, failed, stage)

    def operations_in(self, obligation: Obligation, is_abstract: bool) -> tuple[Premises, Sequence[Check], Stage]:
        """Encode the operations of a step, of the start, or of a function under its own requirement."""
        if obligation.event == INITIAL:
            return self._initial_operations()
        if obligation.event == ANY_EVENT:
            return self._required_operations(obligation.subject, self.abstract if is_abstract else self.concrete)
        cell = self.cell(obligation.event, is_abstract)
        return cell.premises, cell.checks(), stage_of_step(self.wiring, cell.event)

    def _initial_operations(self) -> tuple[Premises, Sequence[Check], Stage]:
        start = make_start(self.wiring, self.concrete, symbol(self.wiring.config, "config"))
        premises = Premises(start_hypotheses(self.wiring, self.concrete, start), Contracts())
        return premises, start.checks, stage_of_start(self.wiring, start.unknowns)

    def _required_operations(self, name: str, encoder: Encoder) -> tuple[Premises, Sequence[Check], Stage]:
        """The operations of a function under its own requirement, what it calls held to theirs."""
        function, required = next((f, r) for f, r in self.requires.items() if f.qualified == name)
        names = {param: symbol(found, param) for param, found in function.params}
        shape = [t for param, found in function.params for t in in_shape(found, names[param])]
        holds = evaluate_goal(encoder, required, names).goal
        checks = flatten_checks(encoder.unfold(function, list(names.values())))
        given = Hypothesis("types", terms.all_of([*shape, holds]), True)
        return Premises([given], encoder.contracts), checks, stage_of_function(self.wiring, function, required)

    def _judge_operations(self, obligation: Obligation, total: Decision, failed: Failed, stage: Stage) -> Result:
        """Refuted if CPython confirms the model of any operation; each is listed with what became of it."""
        lines, confirmed = [], None
        for check, decision in failed:
            found = stage.replay(check, decision.model) if decision.status == "sat" else None
            told = decision.reason if found is None else found.detail
            if confirmed is None and found is not None and found.is_confirmed:
                confirmed = check, found
            lines.append(f"{check.loc}: {check.kind} in {check.function}: {told}")
        if confirmed is None:
            return _result(obligation, total, "unknown", "\n".join(lines))
        check, found = confirmed
        leaves = tuple(describe(found.leaves, _names([check.path, check.condition])))
        return _result(obligation, total, "refuted", "\n".join(lines), found.test, leaves)

    def contract(self, obligation: Obligation) -> tuple[Premises, Term, Encoder]:
        """Encode what a function promises, its body unfolded and other functions hidden."""
        function, contract = self._promise(obligation.subject)
        others = {other: promise for other, promise in self.contracts.items() if other != function}
        encoder = self.make_encoder(self.wiring.program, others)
        names = {name: symbol(found, name) for name, found in function.params}
        shape = [t for name, found in function.params for t in in_shape(found, names[name])]
        result = encoder.run(function, list(names.values())).value
        goal = evaluate_goal(encoder, contract, {**names, "result": result}).term
        return Premises([Hypothesis("types", terms.all_of(shape), True)], encoder.contracts), goal, encoder

    def _promise(self, name: str) -> tuple[ir.Signature, ir.Signature]:
        return next((f, c) for f, c in self.contracts.items() if f.qualified == name)

    def _contract(self, obligation: Obligation) -> Result:
        function, contract = self._promise(obligation.subject)
        premises, goal, _ = self.contract(obligation)
        hint = find_hint(function.name, ANY_EVENT, self.hints)
        decision = decide(premises, goal, hint, self.limits, self.scripts.get(obligation.id))
        if decision.status != "sat":
            return _result(obligation, decision, _verdict(decision), decision.reason)
        found = replay_contract(self.wiring, decision.model, function, contract)
        if not found.is_confirmed:  # other functions may promise too little of themselves
            return _result(obligation, decision, "unknown", found.detail)
        return _refuted(obligation, decision, found, _names([goal]))

    def _hypotheses(self, obligation: Obligation) -> Result:
        """A step of a trace satisfies all that is assumed of its event; the solver looks for one if no trace has it."""
        event = self.wiring.event_named(obligation.event)
        step = self.witnesses.find_step(event) if has_witnesses(self.wiring) else None
        if step is not None:
            return _result(obligation, Decision(), "proved", str(step))
        decision = Decision(status="unknown", reason="no admissible configuration was found")
        for cell in self._witness_cells(event):
            decision = _joined(decision, _possible(cell, terms.TRUE, self.limits))
            if decision.status == "sat":
                start = name_leaves(self.wiring, cell.given)
                model = {**{str(leaf.value): number for leaf, number in start.items()}, **decision.model}
                broken = failing_hypotheses_of(self.wiring, event, model)
                verdict: Verdict = "unknown" if broken else "proved"
                return _result(obligation, decision, verdict, broken)
        return _result(obligation, decision, "vacuous" if decision.status == "unsat" else "unknown", decision.reason)

    def _antecedent(self, obligation: Obligation) -> Result:
        predicate = self.predicate_of(obligation)
        decision = Decision()
        if says_nothing(self.wiring, self.concrete, predicate, self.limits.budget // SIDE_QUESTION):
            return _result(obligation, decision, "vacuous", "it is true of any values whatever")
        shown = self.witnesses.find(predicate) if has_witnesses(self.wiring) else None
        if shown is not None:
            return _result(obligation, decision, "proved", str(shown))
        twin = antecedent_of(self.wiring.program, predicate)
        is_open = False
        for stage in (0, 1):
            for event in self.wiring.events:
                cells = list(self._witness_cells(event))
                cell = cells[min(stage, len(cells) - 1)]
                decision = _joined(decision, _possible(cell, cell.property_goal(twin).goal, self.limits))
                if decision.status == "sat":
                    return _result(obligation, decision, "proved", f"under {event.name}")
                is_open = is_open or (stage == 1 and decision.status == "unknown")
        return _result(obligation, decision, "unknown" if is_open else "vacuous", "no event was found")

    def _witness(self, obligation: Obligation) -> Result:
        verdict, detail = self.witnesses.judge()
        return _result(obligation, Decision(), verdict, detail)

    def _witness_cells(self, event: RecordType) -> Iterator[Cell]:
        """First a concrete initial situation, which is easy to solve; then everything unknown."""
        if self.concrete_start is not None:
            key = f"{event.name} from the start", False
            if key not in self._cells:
                self._cells[key] = Cell(self.wiring, self.concrete, event, self.concrete_start)
            yield self._cells[key]
        yield self.cell(event.name, False)


def _possible(cell: Cell, condition: Term, limits: Limits) -> Decision:
    """Ask for a model of the hypotheses and a condition."""
    decision = Decision()
    if condition is terms.FALSE:
        return decision
    facts = [condition, *(hypothesis.term for hypothesis in cell.hypotheses)]
    answer = ask(with_contracts(facts, cell.encoder.contracts), limits.budget, limits.seed)
    return decision.end(decision.count(answer))


def _names(goals: Sequence[Term]) -> list[str]:
    return [str(node.value) for node in terms.postorder(goals) if node.op in ("var", "flag")]


def _verdict(decision: Decision) -> Verdict:
    verdicts: dict[str, Verdict] = {"unsat": "proved", "sat": "refuted"}
    return verdicts.get(decision.status, "unknown")


def _count(total: Decision, part: Decision) -> None:
    total.rlimit += part.rlimit
    total.queries += part.queries
    total.learnt = {**total.learnt, **part.learnt}


def _joined(before: Decision, after: Decision) -> Decision:
    _count(after, before)
    after.used |= before.used
    return after


def _refuted(obligation: Obligation, decision: Decision, found: Replay, cone: Sequence[str]) -> Result:
    leaves = tuple(describe(found.leaves, cone))
    if not found.is_confirmed:
        detail = "the translation is at fault: " + found.detail
        return _result(obligation, decision, "unsupported", detail, found.test, leaves)
    return _result(obligation, decision, "refuted", found.detail, found.test, leaves)


def _result(
    obligation: Obligation,
    decision: Decision,
    verdict: Verdict,
    detail: str = "",
    counterexample: str = "",
    leaves: tuple[str, ...] = (),
) -> Result:
    return Result(
        id=obligation.id,
        kind=obligation.kind,
        subject=obligation.subject,
        event=obligation.event,
        verdict=verdict,
        detail=detail,
        counterexample=counterexample,
        leaves=leaves,
        rlimit=decision.rlimit,
        queries=decision.queries,
        rests_on=tuple(sorted(decision.used)),
        script=decision.learnt,
    )
