# SPDX-License-Identifier: Apache-2.0
"""What a test tells about the types of local names."""

from thecal_proofs.frontend import ir
from thecal_proofs.frontend.scope import Scope
from thecal_proofs.frontend.types import RecordType, Type, UnionType


def narrow(scope: Scope, test: ir.Expr, outcome: bool) -> Scope:
    """Return the scope in which `test` is known to be `outcome`."""
    match test:
        case ir.Not():
            return narrow(scope, test.operand, not outcome)
        case ir.Logic() if (test.op == "and") == outcome:
            for item in test.items:
                scope = narrow(scope, item, outcome)
            return scope
        case ir.IsInstance(value=ir.Local(name=name)):
            left = _keep(scope.names[name], test.records, outcome)
            return scope if left is None else scope.with_names({**scope.names, name: left})
        case _:
            return scope


def _keep(found: Type, records: tuple[RecordType, ...], outcome: bool) -> Type | None:
    members = found.members if isinstance(found, UnionType) else (found,)
    kept = tuple(m for m in members if isinstance(m, RecordType) and (m in records) == outcome)
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else UnionType(kept)
