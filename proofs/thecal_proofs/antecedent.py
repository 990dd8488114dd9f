# SPDX-License-Identifier: Apache-2.0
"""Whether a property says anything: what it is conditional on can occur, and it is not true of just anything.

The antecedent is the predicate with every conclusion taken off.
`return implies(a, c)` becomes `return a`; an early `return True` says that nothing is claimed there and becomes
`return False`; any other return claims something and becomes `return True`.
"""

from dataclasses import replace

from thecal_proofs import terms, values
from thecal_proofs.encode import Encoder
from thecal_proofs.frontend import Program, ir
from thecal_proofs.frontend.types import BOOL, RecordType
from thecal_proofs.solve import ask
from thecal_proofs.wiring import Wiring


def antecedent_of(program: Program, predicate: ir.Signature) -> ir.Signature:
    """Define a function beside the predicate that is True where the predicate claims something."""
    twin = replace(predicate, name=f"antecedent of {predicate.name}")
    program.define(twin, _block(program.body(predicate)))
    return twin


def _block(block: ir.Block) -> ir.Block:
    return tuple(_statement(statement) for statement in block)


def _statement(statement: ir.Stmt) -> ir.Stmt:
    match statement:
        case ir.Return():
            return replace(statement, value=_claimed(statement.value))
        case ir.If():
            return replace(statement, then=_block(statement.then), other=_block(statement.other))
        case ir.For():
            return replace(statement, body=_block(statement.body))
        case _:
            return statement


def _claimed(value: ir.Expr) -> ir.Expr:
    if isinstance(value, ir.Call) and value.function.name == "implies":
        return value.args[0]
    is_nothing = isinstance(value, ir.Literal) and bool(value.value)
    return ir.Literal(BOOL, value.loc, int(not is_nothing))


def says_nothing(wiring: Wiring, encoder: Encoder, predicate: ir.Signature, budget: int) -> bool:
    """Whether a predicate is true of any values whatever: no step, no hypothesis, only types."""
    return all(_is_tautology(wiring, encoder, predicate, event, budget) for event in wiring.events)


def _is_tautology(wiring: Wiring, encoder: Encoder, predicate: ir.Signature, event: RecordType, budget: int) -> bool:
    arguments = []
    shape = []
    for name, declared in predicate.params:
        found = event if name == "event" else declared
        argument = values.symbol(found, f"any {name}")
        arguments.append(argument)
        shape.extend(values.in_shape(found, argument))
    holds = list(values.leaves(encoder.run(predicate, arguments).value))
    return ask([*shape, terms.negate(terms.all_of(holds))], budget).status == "unsat"
