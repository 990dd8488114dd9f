# SPDX-License-Identifier: Apache-2.0
"""A hint says where to look first; it makes nothing true, and a wrong one loses nothing."""

import pytest

from thecal_proofs import terms
from thecal_proofs.decide import decide
from thecal_proofs.encode import Contracts
from thecal_proofs.hints import Hint
from thecal_proofs.premises import Hypothesis, Premises

X, Y = terms.var("x"), terms.var("y")
LOW = Hypothesis(
    "x is low", terms.all_of([terms.le(X, terms.var("w")), terms.le(terms.var("w"), terms.const(3))]), False
)
HIGH = Hypothesis(
    "y is high", terms.all_of([terms.le(terms.var("v"), Y), terms.le(terms.const(5), terms.var("v"))]), False
)
OTHERS = [
    Hypothesis(f"z{i}", terms.le(terms.var(f"z{i}"), X), False) for i in range(400)
]  # too many to be told at once
BOTH = terms.all_of([terms.le(X, terms.const(3)), terms.le(terms.const(5), Y)])


@pytest.mark.parametrize(
    "either",
    [(("x is low",), ("y is high",)), (("y is high",), ("x is low",)), (("z1",), ("z2",))],
    ids=["right", "the other way round", "wrong"],
)
def test_each_piece_of_a_goal_takes_from_the_set_that_settles_it_or_else_from_all(
    either: tuple[tuple[str, ...], ...],
) -> None:
    decision = decide(Premises([LOW, HIGH, *OTHERS], Contracts()), BOTH, Hint(either=either))
    assert decision.status == "unsat"
    assert {"x is low", "y is high"} <= decision.used, "what it took is told, whichever way it was found"


def test_a_hint_makes_nothing_true() -> None:
    decision = decide(Premises([HIGH, *OTHERS], Contracts()), BOTH, Hint(either=(("y is high",), ("z1",))))
    assert decision.status == "sat", "nothing says that x is low"
