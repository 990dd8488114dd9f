# SPDX-License-Identifier: Apache-2.0
"""What an obligation asks, as it is exported for any other solver to decide again.

A question asks whether every hypothesis can hold while the claim does not, with nothing hidden and nothing left out;
``unsat`` means proved. Those that ask whether a situation is possible at all expect ``sat``.
"""

from thecal_proofs import terms
from thecal_proofs.antecedent import antecedent_of
from thecal_proofs.discharge import Discharger
from thecal_proofs.encode import Encoder
from thecal_proofs.obligations import ANY_EVENT, Obligation
from thecal_proofs.start import evaluate_goal, make_start, start_hypotheses
from thecal_proofs.terms import Term
from thecal_proofs.values import in_shape, symbol
from thecal_proofs.verdicts import WITNESSED, Result


def find_status(result: Result) -> str:
    """What a solver should answer."""
    if result.kind in WITNESSED:
        return {"proved": "sat", "vacuous": "unsat"}.get(result.verdict, "unknown")
    return {"proved": "unsat", "refuted": "sat"}.get(result.verdict, "unknown")


def list_facts(discharger: Discharger, obligation: Obligation, under: str) -> list[Term] | None:
    """What is asserted together; None where there is nothing to ask. An antecedent is asked ``under`` an event."""
    match obligation.kind:
        case "quiet" | "loading":
            state, goal = discharger.any_state(obligation, False)
            return [*(each.term for each in state.hypotheses), terms.negate(goal)]
        case "limits" | "phase":
            premises, goal = discharger.plain(obligation)
            return [*(each.term for each in premises.hypotheses), terms.negate(goal)]
        case "property" | "consequence" if obligation.event == ANY_EVENT:
            state, goal = discharger.any_state(obligation, False)
            return [*(each.term for each in state.hypotheses), terms.negate(goal)]
        case "property" | "step" | "consequence":
            cell, goal = discharger.goal(obligation, False)
            return [*(each.term for each in cell.hypotheses), terms.negate(goal)]
        case "base":
            return _list_base(discharger, obligation)
        case "operations":
            premises, checks, _ = discharger.operations_in(obligation, False)
            goal = terms.all_of(terms.implies(check.path, check.condition) for check in checks)
            return [*(each.term for each in premises.hypotheses), terms.negate(goal)]
        case "contract":
            return _list_contract(discharger, obligation)
        case "hypotheses":
            return [each.term for each in discharger.cell(obligation.event, False).hypotheses]
        case "antecedent":
            return _list_antecedent(discharger, obligation, under)
        case _:
            return None


def _list_base(discharger: Discharger, obligation: Obligation) -> list[Term]:
    wiring, encoder = discharger.wiring, discharger.concrete
    start = make_start(wiring, encoder, symbol(wiring.config, "config"))
    goal = evaluate_goal(encoder, discharger.predicate_of(obligation), start.names).term
    return [*(each.term for each in start_hypotheses(wiring, encoder, start)), terms.negate(goal)]


def _list_contract(discharger: Discharger, obligation: Obligation) -> list[Term]:
    function, contract = next((f, c) for f, c in discharger.contracts.items() if f.qualified == obligation.subject)
    encoder = Encoder(discharger.wiring.program)
    names = {name: symbol(found, name) for name, found in function.params}
    shape = [term for name, found in function.params for term in in_shape(found, names[name])]
    result = encoder.run(function, list(names.values())).value
    return [*shape, terms.negate(evaluate_goal(encoder, contract, {**names, "result": result}).term)]


def find_event(detail: str) -> str:
    """The class of events that an antecedent was found under: the last word before any more is said."""
    return detail.partition(";")[0].rpartition(" ")[2]


def _list_antecedent(discharger: Discharger, obligation: Obligation, event: str) -> list[Term] | None:
    if event not in (each.name for each in discharger.wiring.events):
        return None
    cell = discharger.cell(event, False)
    twin = antecedent_of(discharger.wiring.program, discharger.predicate_of(obligation))
    return [*(each.term for each in cell.hypotheses), cell.property_goal(twin).goal]
