# SPDX-License-Identifier: Apache-2.0
"""Who is who on the line. A role is a key: whoever holds the clinician's key is the clinician."""

import secrets
from dataclasses import dataclass, field

from thecal.events import BolusAsked, Event
from thecal_adapters.line.noise import KEY_BYTES, Entropy
from thecal_adapters.ports import Role
from thecal_adapters.runner import MAY_ASK

NAME_BYTES = 4
ROLES = (Role.CLINICIAN, Role.PATIENT)


@dataclass(frozen=True, slots=True)
class RoleKey:
    """A key that is shared with one pump, the role that it gives, and the public name by which it is called."""

    role: Role
    name: bytes
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key that is none."""
        if self.role not in ROLES or len(self.name) != NAME_BYTES or len(self.secret) != KEY_BYTES:
            raise ValueError(f"a key has a role on the line, a name of {NAME_BYTES} bytes and {KEY_BYTES} secret bytes")


def make_key(role: Role, entropy: Entropy = secrets.token_bytes) -> RoleKey:
    """A fresh key."""
    return RoleKey(role, entropy(NAME_BYTES), entropy(KEY_BYTES))


def may_ask(role: Role, event: Event) -> bool:
    """Whether a role may ask for an event on this line: as the runner has it, and a patient's bolus the patient alone.

    A clinician has a bolus of his own, which is counted apart; the patient's is the patient's (ASM-21).
    """
    if isinstance(event, BolusAsked) and role is not Role.PATIENT:
        return False
    return type(event) in MAY_ASK[role]
