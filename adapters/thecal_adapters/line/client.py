# SPDX-License-Identifier: Apache-2.0
"""What a programmer or a handset calls: typed, blocking, and each answer compared with what was sent, value for value.

Nothing is taken on trust. A staged prescription comes back as the pump stored it, with the pump's digest of it; both
are compared here, the digest goes with the confirmation, and after it the program in force is read back once more.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from thecal.events import (
    BolusAsked,
    Event,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PrimeAsked,
    PrimeConfirmed,
)
from thecal.limits import Config
from thecal.outcome import Response
from thecal.prescription import Overrides, Prescription
from thecal_adapters.line.link import DEFAULT_TIMES, Command, LineError, Link, Times
from thecal_adapters.line.messages import NO_DIGEST, Reply, compute_staged_digest
from thecal_adapters.line.roles import RoleKey
from thecal_adapters.line.wires import SharedPort, Wire
from thecal_adapters.ports import Role


class StoredOtherwise(LineError):
    """The pump holds another value than was sent: ``path`` says where. Nothing was confirmed."""

    def __init__(self, path: str, sent: object, stored: object) -> None:
        super().__init__(f"The pump stored {stored!r} at {path}, not {sent!r} as sent. Confirm nothing; stage again.")
        self.path = path
        self.sent = sent
        self.stored = stored


class ConfigurationDiffers(LineError):
    """The pump runs under another pump model or drug library than this host knows."""

    def __init__(self, here: int, pump: int) -> None:
        super().__init__(
            f"The pump runs under the configuration {pump}, and this host knows {here}: its numbers cannot be read "
            "here. Use the pump model and the drug library of that pump."
        )


@dataclass(frozen=True, slots=True)
class Staging:
    """What the pump has staged, as it says itself: to be shown to whoever confirms, and confirmed with its digest."""

    prescription: Prescription
    overrides: Overrides
    prime_nl: int
    expires_tick: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Staged:
    """The reply to staging, and what is staged: None if the kernel refused."""

    reply: Reply
    staging: Staging | None


class PumpClient:
    """One pump, behind a lock, so that threads take turns.

    Every call raises ``LinkLost`` if the pump does not reply, and an order ``Unsettled`` or another ``LineError``. A
    refusal of the kernel's is no error: the reply has its ``response``, and the state with the numbers that explain it.
    """

    def __init__(self, link: Link, config: Config, lock: "threading.Lock | None" = None) -> None:
        self._link = link
        self._config = config
        self._lock = lock or threading.Lock()
        self._is_known = False  # whether the pump was seen to run under this configuration

    def connect(self) -> Reply:
        """Open the port, authenticate both ends, and read; ``ConfigurationDiffers`` if it is another pump's."""
        return self.interrogate()

    def interrogate(self) -> Reply:
        """What the pump has stored now."""
        with self._lock:
            return self._checked(self._link.read())

    def close(self) -> None:
        """Let go of the port."""
        with self._lock:
            self._link.close()

    @property
    def is_unsettled(self) -> bool:
        """Whether an order was sent of which nobody knows what became."""
        return self._link.unsettled is not None

    def settle(self) -> Reply | None:
        """What became of the unsettled order: its reply, or None if it was never carried out and never will be."""
        with self._lock:
            return self._link.settle()

    def find(self, command_id: bytes) -> Reply | None:
        """What became of the order with an id of ours, also from before this process; None as for ``settle``."""
        with self._lock:
            return self._link.find(command_id)

    def order(
        self, event: Event, drug_lot: str = "", digest: bytes = NO_DIGEST, command_id: bytes | None = None
    ) -> Reply:
        """Have any order carried out once. What is staged is better confirmed by ``confirm`` and ``confirm_prime``.

        ``command_id``: 16 bytes that no other order has, for a caller that keeps them; else fresh ones.
        """
        with self._lock:
            if not self._is_known:
                self._checked(self._link.read())
            command = Command(command_id or self._link.make_id(), event, digest, drug_lot)
            return self._checked(self._link.order(command))

    def ask_bolus(self) -> Reply:
        """The patient's bolus."""
        return self.order(BolusAsked())

    def stage(self, prescription: Prescription, overrides: Overrides) -> Staged:
        """Stage a prescription, and compare what the pump stored with it, value for value; ``StoredOtherwise``."""
        reply = self.order(PrescriptionStaged(prescription, overrides))
        if reply.response != Response.PRESCRIPTION_STAGED:
            return Staged(reply, None)
        compare("prescription", prescription, reply.state.staged.prescription)
        compare("overrides", overrides, reply.state.staged.overrides)
        return Staged(reply, make_staging(reply))

    def confirm(self, staging: Staging) -> Reply:
        """Confirm what was staged, with the pump's digest of it, and read the program in force back."""
        reply = self.order(PrescriptionConfirmed(staging.prescription), digest=staging.digest)
        if reply.response == Response.PRESCRIPTION_CONFIRMED:
            compare("program", staging.prescription, reply.state.program)
            compare("program", staging.prescription, self.interrogate().state.program)
        return reply

    def stage_prime(self, volume_nl: int) -> Staged:
        """Stage a prime of a volume, and compare what the pump stored."""
        reply = self.order(PrimeAsked(volume_nl))
        if reply.response != Response.PRIME_STAGED:
            return Staged(reply, None)
        compare("prime_nl", volume_nl, reply.state.staged.prime_nl)
        return Staged(reply, make_staging(reply))

    def confirm_prime(self, staging: Staging) -> Reply:
        """Confirm the prime that was staged, with the pump's digest of it."""
        return self.order(PrimeConfirmed(staging.prime_nl), digest=staging.digest)

    def _checked(self, reply: Reply) -> Reply:
        if reply.state.config_digest != self._config.digest:
            raise ConfigurationDiffers(self._config.digest, reply.state.config_digest)
        self._is_known = True
        return reply


def make_clients(
    open_wire: Callable[[], Wire], keys: Mapping[Role, RoleKey], config: Config, times: Times = DEFAULT_TIMES
) -> dict[Role, PumpClient]:
    """A client for each key, over one port and behind one lock."""
    port, lock = SharedPort(open_wire), threading.Lock()
    return {role: PumpClient(Link(port.open, key, times), config, lock) for role, key in keys.items()}


def make_staging(reply: Reply) -> Staging:
    """What a reply says is staged, if its digest is of that."""
    compare("digest", compute_staged_digest(reply.state).hex(), reply.digest.hex())
    staged = reply.state.staged
    return Staging(staged.prescription, staged.overrides, staged.prime_nl, staged.expires_tick, reply.digest)


def compare(path: str, sent: object, stored: object) -> None:
    """Raise ``StoredOtherwise`` at the first value that differs."""
    if sent == stored:
        return
    for part, one, other in _parts(sent, stored):
        compare(f"{path}{part}", one, other)
    raise StoredOtherwise(path, sent, stored)


def _parts(sent: object, stored: object) -> Iterator[tuple[str, object, object]]:
    if isinstance(sent, tuple) and isinstance(stored, tuple):
        for place, (one, other) in enumerate(zip(sent, stored)):
            yield f"[{place}]", one, other
    elif is_dataclass(sent) and type(sent) is type(stored):
        for field in fields(sent):
            yield f".{field.name}", getattr(sent, field.name), getattr(stored, field.name)
