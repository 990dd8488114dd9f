# SPDX-License-Identifier: Apache-2.0
"""From a question to an argument that it is impossible."""

from collections.abc import Sequence

from thecal_proofs.opinions.coq.argument import Argument
from thecal_proofs.opinions.coq.cases import Cases, Lost
from thecal_proofs.opinions.coq.items import Items
from thecal_proofs.opinions.coq.narrowing import narrow
from thecal_proofs.opinions.coq.table import Table
from thecal_proofs.terms import Term

CLASHES = 8_000


def refute(facts: Sequence[Term]) -> Argument:
    """Why some facts cannot hold together. Raises `Lost`."""
    table = Table()
    numbers = [table.take(fact) for fact in facts]
    items = Items(table, numbers)
    narrowed = narrow(items)
    if narrowed is None:
        raise Lost("what its nodes mean one by one does not suffice")
    steps, rules = narrowed
    # What a comparison says is known wherever it is spoken of.
    spoken = {abs(literal) for step in steps for literal in step.clause}
    spoken |= {abs(literal) for rule in rules for literal in rule.literals}
    rules += [r for r in items.rules if r not in rules and r.evidence.name == "Given" and abs(r.literals[0]) in spoken]
    return Argument(table, tuple(Cases(table, steps, rules, CLASHES).find()))
