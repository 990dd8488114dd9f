# SPDX-License-Identifier: Apache-2.0
"""Puts a question to Z3 in other words: facts in another order, unknowns under other names, and another seed.

What it means is the same, so the answer has to be. Where it is not, the proof was lucky.
"""

from collections.abc import Sequence
from random import Random

from thecal_proofs import terms
from thecal_proofs.solve import Answer, Question, Refuted

NAMED = ("var", "flag", "app", "pred")


def ask_shuffled(refuted: Refuted, seed: int, title: str) -> Answer:
    """What Z3 says of a question in the words that a seed and the question's title lead to, for the same budget."""
    chance = Random(f"{seed} {title}")
    plain, tracked = (chance.sample(facts, len(facts)) for facts in (refuted.plain, refuted.tracked))
    order = terms.postorder([*plain, *tracked])
    names = sorted({str(node.value) for node in order if node.op in NAMED})
    others = dict(zip(chance.sample(names, len(names)), (f"u{number}" for number in range(len(names))), strict=True))
    groups: Sequence[bool] = (True, False) if chance.randrange(2) else (False, True)
    with Question(refuted.engine, seed, others.__getitem__) as question:
        for is_tracked in groups:
            question.add(tracked if is_tracked else plain, is_tracked)
        return question.check(refuted.budget)
