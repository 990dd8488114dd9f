# SPDX-License-Identifier: Apache-2.0
"""What one obligation asks, with the lines that compute each node of it."""

from dataclasses import dataclass

from thecal_proofs import terms
from thecal_proofs.discharge import Discharger
from thecal_proofs.encode import Encoder
from thecal_proofs.lines.origins import RECORDER, Origins, TracingEncoder
from thecal_proofs.obligations import ANY_EVENT, Obligation
from thecal_proofs.premises import Premises, find_known
from thecal_proofs.terms import Term


class TracingDischarger(Discharger):
    """Proves as ever, and knows which line computes what."""

    make_encoder = TracingEncoder

    def warm(self) -> None:
        """Encode what all events share, so that workers forked from here need not."""
        with RECORDER.heard():
            super().warm()


@dataclass(frozen=True, slots=True)
class Framed:
    """What one obligation asks."""

    premises: Premises
    goal: Term
    origins: Origins

    @property
    def pieces(self) -> list[Term]:
        """What of it no hypothesis says word for word."""
        return [piece for piece in terms.pieces(self.goal) if find_known(self.premises, piece) is None]


def frame(discharger: Discharger, obligation: Obligation, is_abstract: bool) -> Framed:
    """Encode what is asked, with contracts in place of bodies or with all unfolded, where there is a choice."""
    encoder: Encoder = discharger.abstract if is_abstract else discharger.concrete
    match obligation.kind:
        case "base":
            encoder = discharger.concrete
            premises, goal, _ = discharger.base(obligation)
        case "contract":
            premises, goal, encoder = discharger.contract(obligation)
        case "limits" | "phase":
            encoder = discharger.concrete
            premises, goal = discharger.plain(obligation)
        case _ if obligation.event == ANY_EVENT:
            state, goal = discharger.any_state(obligation, is_abstract)
            premises = state.premises
        case _:
            cell, goal = discharger.goal(obligation, is_abstract)
            premises = cell.premises
    assert isinstance(encoder, TracingEncoder)
    return Framed(premises, goal, encoder.origins)
