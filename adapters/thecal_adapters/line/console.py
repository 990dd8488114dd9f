# SPDX-License-Identifier: Apache-2.0
"""The line as the runner's console: what may be asked, at most one order at a time, and what is replied.

Everything here happens in the runner's own turn, and nothing here waits. An order is looked at in this order: its id,
whether it was carried out before (then it is answered as then), its role, its values, its age, its digest.
"""

from collections.abc import Callable
from dataclasses import replace
from queue import Empty, Full, Queue

from thecal.boundary import Refusal, admit_event
from thecal.events import Event, PrescriptionConfirmed, PrimeConfirmed
from thecal.outcome import NOTHING_SHOWN, Response, Shown
from thecal.state import State
from thecal_adapters.basis import compute_basis
from thecal_adapters.line.limits import (
    INBOX_LENGTH,
    ORDER_LIFE_MS,
    OUTBOX_LENGTH,
    READS_IN_A_POLL_MAX,
    make_order_bucket,
    make_read_bucket,
)
from thecal_adapters.line.messages import (
    ID_BYTES,
    Find,
    Finding,
    HostMessage,
    Order,
    Read,
    Reply,
    compute_staged_digest,
)
from thecal_adapters.line.pump_end import Asked, PumpSession
from thecal_adapters.line.roles import may_ask
from thecal_adapters.ports import Answer, Clock, Request

FindAnswer = Callable[[str], tuple[Event, Answer] | None]
LOT_LENGTH_MAX = 64


class _Refused(Exception):
    """An order that is not handed to the kernel."""

    def __init__(self, finding: Finding, words: str) -> None:
        super().__init__(words)
        self.finding = finding
        self.words = words


class LineConsole:
    """Takes requests from an inbox, puts replies into an outbox; both are bounded, and a full one loses.

    ``read_state``: the runner's. ``find_answer``: the store's.
    """

    def __init__(self, clock: Clock, read_state: Callable[[], State], find_answer: FindAnswer) -> None:
        self.inbox: Queue[Asked] = Queue(INBOX_LENGTH)
        self.outbox: Queue[tuple[PumpSession, Reply]] = Queue(OUTBOX_LENGTH)
        self.lost = 0
        self._clock = clock
        self._read_state = read_state
        self._find_answer = find_answer
        self._orders = make_order_bucket()
        self._reads = make_read_bucket()
        self._asked: Asked | None = None  # the order that the runner has
        self._shown = NOTHING_SHOWN

    def poll(self) -> tuple[Request, ...]:
        """Answer a few reads, and hand over the first order that may be asked."""
        for _ in range(READS_IN_A_POLL_MAX):
            try:
                asked = self.inbox.get_nowait()
            except Empty:
                break
            request = self._look_at(asked)
            if request is not None:
                self._asked = asked
                return (request,)
        return ()

    def answer(self, request: Request, answer: Answer) -> None:
        """Tell what became of an order."""
        asked, self._asked = self._asked, None
        if asked is None:
            return
        if answer.response is None:
            self._send(asked, None, Finding.RUNNER_REFUSED, answer.refusal)
        else:
            self._send(asked, answer, Finding.NONE, "")

    def show(self, shown: Shown) -> None:
        """Remember the alarm that is shown, for every reply tells it. On the line nothing sounds."""
        self._shown = shown

    def _look_at(self, asked: Asked) -> Request | None:
        try:
            return self._admit(asked, asked.message)
        except _Refused as refused:
            self._send(asked, None, refused.finding, refused.words)
        return None

    def _admit(self, asked: Asked, message: HostMessage) -> Request | None:
        """An order that may be asked; None for what changes nothing, which is replied to at once."""
        order_id = message.order_id if isinstance(message, Find) else message.id
        if len(message.id) != ID_BYTES or len(order_id) != ID_BYTES:
            raise _Refused(Finding.ID_IS_MALFORMED, f"an id has {ID_BYTES} bytes")
        bucket = self._orders if isinstance(message, Order) else self._reads
        if not bucket.is_allowed(self._clock.monotonic_ms()):
            raise _Refused(Finding.TOO_MANY_REQUESTS, "wait a second and ask again under the same id")
        if isinstance(message, Order):
            return self._admit_order(asked.session, message)
        self._send(asked, self._find(asked.session, message), Finding.NONE, "")
        return None

    def _find(self, session: PumpSession, message: Read | Find) -> Answer | None:
        if isinstance(message, Read):
            return None
        found = self._find_answer(make_request_id(session, message.order_id))
        if found is None:
            raise _Refused(Finding.NOTHING_WAS_CARRIED_OUT_UNDER_THIS_ID, "nor will it be")
        return replace(found[1], is_repeated=True)

    def _admit_order(self, session: PumpSession, order: Order) -> Request:
        request = make_request(session, order)
        if self._find_answer(request.id) is None:
            self._refuse_what_is_not_meant(session, order)
        return request

    def _refuse_what_is_not_meant(self, session: PumpSession, order: Order) -> None:
        role = session.key.role
        if not may_ask(role, order.event):
            raise _Refused(Finding.ROLE_MAY_NOT_ASK_FOR_THIS, f"{type(order.event).__name__} is not for {role.name}")
        admitted = admit_event(order.event)
        if isinstance(admitted, Refusal):
            raise _Refused(Finding.VALUE_IS_OUT_OF_ITS_RANGE, f"{admitted.path}: {admitted.reason.name}")
        if len(order.drug_lot) > LOT_LENGTH_MAX or not order.drug_lot.isprintable():
            raise _Refused(Finding.VALUE_IS_OUT_OF_ITS_RANGE, f"a lot has at most {LOT_LENGTH_MAX} printed characters")
        self._refuse_at_another_time(order)
        if isinstance(order.event, (PrescriptionConfirmed, PrimeConfirmed)):
            if order.digest != compute_staged_digest(self._read_state()):
                raise _Refused(
                    Finding.DIGEST_IS_NOT_OF_WHAT_IS_STAGED, "something else is staged, or nothing; stage again"
                )
        elif order.digest and order.digest.hex() != compute_basis(self._read_state()):
            raise _Refused(Finding.PUMP_IS_NOT_AS_REVIEWED, "the pump has changed since the review; review it anew")

    def _refuse_at_another_time(self, order: Order) -> None:
        left_ms = order.not_after_ms - self._clock.monotonic_ms()
        if left_ms < 0:
            raise _Refused(Finding.ORDER_CAME_TOO_LATE, f"by {-left_ms} ms; ask again under the same id")
        if left_ms > ORDER_LIFE_MS:
            raise _Refused(Finding.ORDER_WOULD_LIVE_TOO_LONG, f"it lives {ORDER_LIFE_MS} ms at most")

    def _send(self, asked: Asked, answer: Answer | None, finding: Finding, words: str) -> None:
        state = self._read_state()
        response = None if answer is None else answer.response
        reply = Reply(
            id=asked.message.id,
            pump_ms=self._clock.monotonic_ms(),
            is_answered=response is not None,
            response=Response.NOTHING_AGAINST_IT if response is None else response,
            tick=state.tick if answer is None else answer.tick,
            number=0 if answer is None else answer.number,
            is_repeated=answer is not None and answer.is_repeated,
            finding=finding,
            words=words,
            digest=compute_staged_digest(state),
            shown=self._shown,
            state=state,
        )
        try:
            self.outbox.put_nowait((asked.session, reply))
        except Full:
            self.lost += 1


def make_request(session: PumpSession, order: Order) -> Request:
    """The runner's request."""
    return Request(
        id=make_request_id(session, order.id),
        event=order.event,
        actor=session.key.name.hex(),
        role=session.key.role,
        session=session.name,
        drug_lot=order.drug_lot,
    )


def make_request_id(session: PumpSession, command_id: bytes) -> str:
    """The id in the records: it carries the name of the key, so that no key can use up another's ids."""
    return f"{session.key.name.hex()}-{command_id.hex()}"
