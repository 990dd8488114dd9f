# SPDX-License-Identifier: Apache-2.0
"""A pump at the end of a serial line. On the line a role is a key, so the pump's journal names the key, not the person.

Who the person was, and what was on the screen, stands in this page's own record under the same order.
"""

from dataclasses import dataclass

from thecal.events import PrescriptionConfirmed, PrimeConfirmed
from thecal_adapters.line.client import PumpClient
from thecal_adapters.line.link import EarlierOrderCarriedOut, LineError, OrderRefused
from thecal_adapters.line.link import LinkLost as LineLost
from thecal_adapters.line.link import Unsettled as LineUnsettled
from thecal_adapters.line.messages import Finding, Reply
from thecal_adapters.ports import Role
from thecal_adapters.programmer.course import Course
from thecal_adapters.programmer.links import Answered, Ask, LinkLost, Reading, Unsettled

STALE = (Finding.PUMP_IS_NOT_AS_REVIEWED, Finding.DIGEST_IS_NOT_OF_WHAT_IS_STAGED)


@dataclass
class SerialLink:
    """One pump, by one key. What was given is known from reading to reading alone."""

    client: PumpClient
    role: Role
    course: Course

    @property
    def roles(self) -> tuple[Role, ...]:
        """The key's own role."""
        return (self.role,)

    def read(self) -> Reading:
        """Interrogate the pump."""
        try:
            return self._note(self.client.interrogate())
        except LineError as error:
            raise LinkLost(str(error)) from error

    def ask(self, ask: Ask) -> Answered:
        """Have an order carried out once, by the line's own ids, and only on the pump as it was reviewed.

        It is read first, which spares a stale order the way; what comes in between, the pump itself finds: the order
        carries the digest of the review, of what was staged there or of all that was shown.
        """
        reading = self.read()
        if ask.basis and ask.basis != reading.basis:
            return Answered(None, reading, is_stale=True)
        is_confirming = isinstance(ask.event, (PrescriptionConfirmed, PrimeConfirmed))
        reviewed = ask.staged if is_confirming else bytes.fromhex(ask.basis)
        try:
            reply = self.client.order(ask.event, ask.drug_lot, reviewed)
        except LineUnsettled as lost:
            raise Unsettled(str(lost)) from lost
        except LineLost as lost:
            raise LinkLost(str(lost)) from lost
        except EarlierOrderCarriedOut as earlier:
            return Answered(None, self._note(earlier.reply), refusal=str(earlier))
        except OrderRefused as refused:
            is_stale = refused.reply.finding in STALE
            return Answered(None, self._note(refused.reply), refusal=str(refused), is_stale=is_stale)
        except LineError as error:
            return Answered(None, reading, refusal=str(error))
        return Answered(reply.response, self._note(reply), is_repeated=reply.is_repeated)

    def settle(self, ask: Ask) -> Answered | None:
        """What became of the order whose reply was lost."""
        try:
            reply = self.client.settle()
        except LineError as error:
            raise Unsettled(str(error)) from error
        return None if reply is None else Answered(reply.response, self._note(reply), is_repeated=True)

    def close(self) -> None:
        """Let go of the port."""
        self.client.close()

    def _note(self, reply: Reply) -> Reading:
        self.course.observe(reply.state)
        return Reading(reply.state, reply.shown, utc_ms=None, staged=reply.digest)
