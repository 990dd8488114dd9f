# SPDX-License-Identifier: Apache-2.0
"""A claim as the judge asks it, and what there is to say of one that is not true."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["property", "conjunct", "contract", "check", "witness", "load"]


@dataclass(frozen=True, slots=True)
class Kill:
    """What noticed a mutant: the property that fails, what of it, and the step at which it does.

    A claim of states or numbers beside the traces has no trace: ``step`` is then 0.
    """

    kind: Kind
    by: str
    claim: str
    trace: str
    step: int
    event: str

    def __str__(self) -> str:
        claim = f" ({self.claim})" if self.kind != "property" else ""
        return f"{self.by}{claim} at trace {self.trace}, step {self.step}, {self.event}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A predicate with the names of what it asks for."""

    id: str
    name: str
    holds: Callable[..., bool]
    params: tuple[str, ...]

    def is_refuted(self, names: Mapping[str, Any]) -> bool:
        """Whether it is not true of what is named; what cannot be said at all is not true either."""
        try:
            return self.holds(*(names[name] for name in self.params)) is not True
        except Exception:  # a changed kernel answers with whatever it likes
            return True


def make_claim(property_id: str, function: Callable[..., bool]) -> Claim:
    """A claim of a function, its parameters' names being what it asks for."""
    return Claim(property_id, function.__name__, function, tuple(inspect.signature(function).parameters))
