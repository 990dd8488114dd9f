# SPDX-License-Identifier: Apache-2.0
"""The safe way in: one pump, one current state, one outcome at a time.

``step`` is a pure function, and pure functions are easily misused: one state stepped twice gives two pulses, an
outcome that is forgotten takes a booked pulse with it. A session holds the state itself and asks for this rhythm:

1. ``ask``: what the kernel answers to an event. Nothing has happened yet.
2. The caller stores ``outcome.state``.
3. ``commit``: the state becomes the current one, and the order of a pulse is handed out, once.
4. The caller moves the pulse and asks again, with what it did.

What breaks the rhythm changes nothing and raises ``Misused`` with a named reason: that is an error in the program
around the pump, and must not pass in silence. Values that come from outside go through ``thecal.boundary`` first, which
never raises.
"""

from enum import IntEnum
from typing import NoReturn

from thecal.boundary import Refusal, admit_config, admit_event, admit_state, find_refusal
from thecal.capsule import Capsule, make_capsule, restore
from thecal.events import Event
from thecal.limits import Config
from thecal.outcome import Outcome, Pulse
from thecal.quiet import compute_quiet_s
from thecal.state import State, initial_state
from thecal.step import step


class Misuse(IntEnum):
    """How a session was misused. Numbers are stable and never reused."""

    CONFIGURATION_REFUSED = 1
    STATE_REFUSED = 2
    EVENT_REFUSED = 3
    STATE_OF_ANOTHER_CONFIGURATION = 4
    LAST_OUTCOME_WAS_DROPPED = 5
    OUTCOME_WAS_COMMITTED_BEFORE = 6
    OUTCOME_IS_NOT_THE_LAST = 7
    OUTCOME_OF_ANOTHER_CONFIGURATION = 8
    ASKED_WHILE_ANSWERING = 9
    SESSION_CANNOT_BE_COPIED = 10


class Misused(Exception):
    """A call that broke the rhythm. The session is as it was before; ``refusal`` names a refused value."""

    def __init__(self, misuse: Misuse, refusal: Refusal | None = None) -> None:
        text = misuse.name if refusal is None else f"{misuse.name}: {refusal.path}: {refusal.reason.name}"
        super().__init__(text)
        self.misuse = misuse
        self.refusal = refusal


def _admit_capsule(config: Config, capsule: Capsule | None) -> Capsule:
    """The capsule, if every value in it is of its type; else an empty one."""
    if capsule is None or find_refusal(Capsule, capsule, "capsule") is not None:
        return make_capsule(initial_state(config))
    return capsule


class Session:
    """One pump under one configuration, from its first state or from a stored one.

    A stored state that is not intact is never run: the capsule that was stored beside it takes its place, or the pump's
    default. The caller tells of the restart with ``PowerRestored`` in either case.
    """

    __slots__ = ("_config", "_free", "_last", "_pending", "_state")

    def __init__(self, config: Config, state: State | None = None, capsule: Capsule | None = None) -> None:
        admitted = admit_config(config)
        if isinstance(admitted, Refusal):
            raise Misused(Misuse.CONFIGURATION_REFUSED, admitted)
        current = initial_state(config) if state is None else admit_state(state)
        if isinstance(current, Refusal):
            raise Misused(Misuse.STATE_REFUSED, current)
        if current.config_digest != config.digest:
            raise Misused(Misuse.STATE_OF_ANOTHER_CONFIGURATION)
        self._config = config
        self._state = restore(config, current, _admit_capsule(config, capsule))
        self._pending: Outcome | None = None
        self._last: Outcome | None = None
        self._free = [True]  # taking its one element is a single operation, so two callers never both do

    @property
    def config(self) -> Config:
        """Pump model and library, the same for the whole session."""
        return self._config

    @property
    def state(self) -> State:
        """The state of the last committed outcome."""
        return self._state

    @property
    def capsule(self) -> Capsule:
        """What to store apart from the state, with it."""
        return make_capsule(self._state)

    @property
    def quiet_s(self) -> int:
        """For how many seconds the device may sleep, if nothing happens, and then tell of them at once; 0 for none."""
        return compute_quiet_s(self._config, self._state)

    def ask(self, event: Event) -> Outcome:
        """What the kernel answers to an event; nothing changes until the outcome is committed."""
        admitted = admit_event(event)
        if isinstance(admitted, Refusal):
            raise Misused(Misuse.EVENT_REFUSED, admitted)
        self._enter()
        try:
            if self._pending is not None:
                raise Misused(Misuse.LAST_OUTCOME_WAS_DROPPED)
            self._pending = step(self._config, self._state, admitted)
            return self._pending
        finally:
            self._free.append(True)

    def commit(self, outcome: Outcome) -> Pulse:
        """Make an outcome's state the current one, after it was stored; hand out its pulse, which may be none."""
        self._enter()
        try:
            self._refuse_all_but_the_last(outcome)
            self._state = outcome.state
            self._last = outcome
            self._pending = None
            return outcome.pulse
        finally:
            self._free.append(True)

    def _refuse_all_but_the_last(self, outcome: Outcome) -> None:
        if outcome is self._pending:
            return
        if outcome is self._last:
            raise Misused(Misuse.OUTCOME_WAS_COMMITTED_BEFORE)
        if outcome.state.config_digest != self._config.digest:
            raise Misused(Misuse.OUTCOME_OF_ANOTHER_CONFIGURATION)
        raise Misused(Misuse.OUTCOME_IS_NOT_THE_LAST)

    def _enter(self) -> None:
        try:
            self._free.pop()
        except IndexError:
            raise Misused(Misuse.ASKED_WHILE_ANSWERING) from None

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse copies and pickles: two sessions of one pump would step one state twice."""
        raise Misused(Misuse.SESSION_CANNOT_BE_COPIED)
