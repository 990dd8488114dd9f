# SPDX-License-Identifier: Apache-2.0
"""Takes an obligation to its verdict, and finds the lines of the kernel that its proof uses.

What is proved is asked once more, at once or piece by piece, cut along the lines. Where that is too much for one
question, every line that computes anything of it counts, and it is said that they count as a whole.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

from thecal_proofs import terms
from thecal_proofs.discharge import Discharger
from thecal_proofs.frontend import Refusal
from thecal_proofs.lines.cutting import find_cone, find_skeleton
from thecal_proofs.lines.framing import Framed, frame
from thecal_proofs.lines.origins import RECORDER
from thecal_proofs.lines.used import NONE, Lines, Used
from thecal_proofs.lines.weighing import Purse, Weighing
from thecal_proofs.obligations import ANY_EVENT, Obligation, list_obligations
from thecal_proofs.premises import Hypothesis, with_contracts
from thecal_proofs.scripts import Script
from thecal_proofs.terms import Term
from thecal_proofs.verdicts import Result

# Kinds of obligations that are one claim; those of operations speak of every line there is, and nothing is weighed.
CLAIMS = ("base", "step", "consequence", "property", "contract", "quiet", "loading", "limits", "phase")
PIECES_MAX = 64  # so many pieces are weighed one by one
Skeletons: TypeAlias = dict[tuple[int, Term], Mapping[Term, Lines]]


class Weigher:
    """Finds the lines of one process's obligations; what they share is encoded before the first."""

    def __init__(self) -> None:
        self._met: set[tuple[str, str, bool]] = set()
        self._skeletons: Skeletons = {}

    def discharge(self, discharger: Discharger, obligation: Obligation) -> Result:
        """The verdict on one obligation, and what its proof uses."""
        with RECORDER.heard():  # what is encoded is remembered by the encoder, and not evaluated again
            self._meet(discharger, obligation, True)
            result = discharger.discharge(obligation)
            is_weighed = result.verdict == "proved" and obligation.kind in CLAIMS
            used = self._weigh(discharger, obligation, result) if is_weighed else None
        return replace(result, used=used)

    def _weigh(self, discharger: Discharger, obligation: Obligation, result: Result) -> Used:
        """The lines that a proof uses, of the step with contracts in place of bodies, or else with all unfolded."""
        script = discharger.scripts.get(obligation.id, {})
        met, purse = NONE, Purse()
        for is_abstract in (True, False):
            self._meet(discharger, obligation, is_abstract)
            asked = Asked(frame(discharger, obligation, is_abstract), result.rests_on, script, self._skeletons)
            met |= asked.cone
            found = asked.weigh(purse)
            if found is not None:
                return Used(found, met, False)
        return Used(met, met, True)

    def _meet(self, discharger: Discharger, obligation: Obligation, is_abstract: bool) -> None:
        """Encode all that is asked beside an obligation, so that what is known of lines does not depend on the order.

        A node may be computed by a line that only another claim evaluates.
        """
        kind = obligation.kind if obligation.event == ANY_EVENT else ""
        key = obligation.event, kind, is_abstract
        if key in self._met:
            return
        self._met.add(key)
        with suppress(Refusal, TypeError, KeyError, RecursionError):  # who asks it will be refused, and say so
            self._frame_all(discharger, obligation, kind, is_abstract)

    def _frame_all(self, discharger: Discharger, obligation: Obligation, kind: str, is_abstract: bool) -> None:
        for each in list_obligations(discharger.wiring, list(discharger.rows.values()), None):
            if each.event == obligation.event and each.kind in CLAIMS and (not kind or each.kind == kind):
                frame(discharger, each, is_abstract)


class Asked:
    """One obligation as it is asked: its claim, what its proof rests on, and how it was asked before."""

    def __init__(self, framed: Framed, rests_on: Sequence[str], script: Script, skeletons: Skeletons) -> None:
        self.framed = framed
        self.rests_on = rests_on
        self.script = script
        self._skeletons = skeletons  # worked out once for each claim, and kept

    @cached_property
    def cone(self) -> Lines:
        """All lines that compute anything of what is asked."""
        pieces = self.framed.pieces
        if not pieces:
            return NONE
        facts, _ = self._with_contracts([*pieces, *self._hypotheses])
        return find_cone(facts, self.framed.origins) | self._join(facts)

    def weigh(self, purse: Purse) -> Lines | None:
        """The lines that are needed; None if that is more than may be spent."""
        pieces = self.framed.pieces
        if not pieces:
            return NONE
        found = self._find(pieces, purse)
        if found is not None or not 1 < len(pieces) <= PIECES_MAX:
            return found
        needed = NONE
        for piece in pieces:
            found = self._find([piece], purse)
            if found is None:
                return None
            needed |= found
        return needed

    def _find(self, claims: Sequence[Term], purse: Purse) -> Lines | None:
        """The lines that some pieces need together."""
        denied = terms.negate(terms.all_of(claims))
        for hypotheses in (self._remembered, self._hypotheses):
            facts, promised = self._with_contracts([denied, *hypotheses])
            whole = {fact: self._joined.get(fact, NONE) for fact in hypotheses}
            whole = {**whole, denied: self._join(claims), **promised}
            for is_linear in (True, False) if any(map(terms.is_nonlinear, facts)) else (True,):
                found = Weighing(facts, whole, self.framed.origins, is_linear).find(purse) if purse.left > 0 else None
                if found is not None:
                    return found
        return None

    @cached_property
    def _remembered(self) -> Sequence[Term]:
        """The hypotheses that the script of the proof names."""
        names = dict.fromkeys(name for key in sorted(self.script) for name in self.script[key].names)
        found = (self.framed.premises.whole.find(name) for name in names)
        return [part for part in found if part is not None]

    @cached_property
    def _hypotheses(self) -> Sequence[Term]:
        """The hypotheses that the proof rests on, and those that are always assumed."""
        premises = self.framed.premises
        return premises.whole.restricted([name for name in self.rests_on if name in premises.names]).parts

    def _join(self, pieces: Sequence[Term]) -> Lines:
        return NONE.union(*(self._joined.get(piece, NONE) for piece in pieces))

    @cached_property
    def _joined(self) -> Mapping[Term, Lines]:
        """The lines that join each piece of the goal, or of a hypothesis, to others."""
        assumed = [each.term for each in self.framed.premises.hypotheses if self._is_taken(each)]
        found: dict[Term, Lines] = {}
        for claim in (self.framed.goal, *assumed):
            key = id(self.framed.origins), claim
            if key not in self._skeletons:
                self._skeletons[key] = find_skeleton(claim, self.framed.origins)
            for piece, lines in self._skeletons[key].items():
                found[piece] = found.get(piece, NONE) | lines
        return found

    def _is_taken(self, hypothesis: Hypothesis) -> bool:
        return hypothesis.always or hypothesis.name in self.rests_on or bool(self.script)

    def _with_contracts(self, facts: Sequence[Term]) -> tuple[list[Term], Mapping[Term, Lines]]:
        """The facts and what contracts say; the lines that a contract's own text asks count as a whole."""
        contracts = self.framed.premises.contracts
        every = with_contracts(list(facts), contracts)
        promised: dict[Term, Lines] = {}
        for call in dict.fromkeys(call for fact in every for call in terms.calls(fact)):
            promise, fact = contracts.promise(call), contracts.fact(call)
            if promise is not None and fact is not None:
                promised[fact] = find_cone([promise.fact], self.framed.origins)
        return every, promised
