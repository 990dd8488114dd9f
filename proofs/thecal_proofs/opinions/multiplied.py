# SPDX-License-Identifier: Apache-2.0
"""Puts a question about products as one about sums: each product an unknown, with what is true of it.

Where a solver is lost in multiplication, it is shown what most proofs are made of anyway: the facts of `products.py`,
of which as many are taken as Z3 needs, so that what is left to decide is linear.
"""

from collections.abc import Sequence

from thecal_proofs.products import Products
from thecal_proofs.solve import DEFAULT_BUDGET, Question
from thecal_proofs.terms import Term

ROUNDS = 40
LIES_PER_ROUND = 60


def without_products(facts: Sequence[Term]) -> list[Term] | None:
    """Facts that cannot hold together unless these can, in which nothing is multiplied; None if none are found."""
    products = Products()
    asked = products.linear(facts)
    told: list[Term] = list(asked)
    with Question() as question:
        question.add(asked)
        for _ in range(ROUNDS):
            answer = question.check(DEFAULT_BUDGET)
            if answer.status != "sat":
                return told if answer.status == "unsat" else None
            lies = products.broken(asked, answer.model)[:LIES_PER_ROUND]
            if not lies:
                return None
            new = [*lies, *(each for each in products.definitions if each not in told)]
            question.add(new)
            told += new
    return None
