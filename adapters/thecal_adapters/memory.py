# SPDX-License-Identifier: Apache-2.0
"""A store that forgets when the process ends: for simulations and trials, never for a device."""

from dataclasses import replace

from thecal.capsule import make_capsule
from thecal.events import Event
from thecal_adapters.ports import NOTHING_STORED, Answer, Record, Stored


class MemoryStore:
    """The last record, and the answers to all requests. A new runner on the same store finds them."""

    def __init__(self) -> None:
        self.last: Record | None = None
        self.sequence = 0
        self._answers: dict[str, tuple[Event, Answer]] = {}

    def recover(self) -> Stored:
        """The last record, always the last."""
        if self.last is None:
            return NOTHING_STORED
        return replace(
            NOTHING_STORED,
            number=self.last.number,
            state=self.last.state,
            capsule=make_capsule(self.last.state),
            stamp=self.last.stamp,
            sequence=self.sequence,
            drug_lot=self.last.drug_lot,
            lost_s=self.last.lost_s,
        )

    def append(self, record: Record) -> None:
        """Keep the record in place of the one before."""
        self.last = record
        if record.pulse.is_ordered:
            self.sequence = record.pulse.sequence
        if record.request_id:
            answer = Answer(record.response, record.state.tick, record.number)
            self._answers[record.request_id] = (record.event, answer)

    def find_answer(self, request_id: str) -> tuple[Event, Answer] | None:
        """What was asked under that id and what became of it."""
        return self._answers.get(request_id)
