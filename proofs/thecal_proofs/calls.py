# SPDX-License-Identifier: Apache-2.0
"""Takes what an unknown function answers for an unknown, whatever it is asked.

Two calls are one unknown where they are asked the same, word for word. That equal numbers bring equal answers is not
said: nothing that is proved without it depends on it, and a solver need not look at what hundreds of arguments are.
"""

from collections.abc import Mapping

from thecal_proofs import terms
from thecal_proofs.terms import Term


class Calls:
    """The calls of one question, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self._unknowns: dict[Term, Term] = {}
        self._done: dict[Term, Term] = {}

    def hidden(self, fact: Term) -> Term:
        """A fact with an unknown in place of each call."""
        done = self._done
        for node in terms.visible((fact,), done):
            if node.op in ("app", "pred"):
                done[node] = self._unknown(node)
            else:
                done[node] = terms.remake(node, tuple(done[arg] for arg in node.args))
        return done[fact]

    def _unknown(self, call: Term) -> Term:
        make = terms.flag if call.is_bool else terms.var
        return self._unknowns.setdefault(call, make(f"call {len(self._unknowns)}"))

    def answered(self, model: Mapping[Term, int]) -> dict[Term, int]:
        """A model, with what it says of the calls."""
        return {**model, **{call: model.get(unknown, 0) for call, unknown in self._unknowns.items()}}
