# SPDX-License-Identifier: Apache-2.0
"""What one row of the catalogue holds, and how its predicate is found."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TypeAlias, cast

from thecal_specs.catalogue.predicates import PREDICATES

Predicate: TypeAlias = Callable[..., bool]


class Kind(Enum):
    """What sort of claim a property is; a report must never show one as another."""

    SAFETY = "holds in every state and for every event"
    RECOVERY = "a named event lowers a natural rank"
    WITNESS = "a concrete trace shows that it can happen"


class Means(Enum):
    """What a property is decided by."""

    PREDICATE = "a predicate over one step, asked for every class of events"
    OBLIGATIONS = "obligations of their own, about the kernel's source or about functions beside its step"
    TRACES = "the traces of thecal_specs/witnesses, which run from the initial state"


@dataclass(frozen=True)
class Amendment:
    """Why a statement is not the one that was first written down."""

    old_statement: str
    counterexample: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Property:
    """One claim: ``statement`` is what is claimed, ``does_not_say`` what nobody should read into it.

    ``enforced_in`` names the kernel's rooms (modules of ``thecal``) in whose lines the property is kept.
    """

    id: str
    name: str
    statement: str
    does_not_say: str
    kind: Kind = Kind.SAFETY
    means: Means = Means.PREDICATE
    hazards: tuple[str, ...]
    requirements: tuple[str, ...]
    enforced_in: tuple[str, ...]
    amended: Amendment | None = None

    @property
    def predicate(self) -> Predicate | None:
        """The function that states this property, or None while it is not written."""
        path = PREDICATES.get(self.id)
        return None if path is None else find_function(path)

    @property
    def is_unstated(self) -> bool:
        """Whether a predicate is owed and missing. An unstated property is never reported as proved."""
        return self.means is Means.PREDICATE and self.predicate is None


def find_function(path: str) -> Predicate | None:
    """The function at a dotted path, or None if its module or its name does not exist.

    A module that exists and fails to import is an error and not a gap, so that error is passed on.
    """
    module_name, _, function_name = path.rpartition(".")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        return None
    return cast("Predicate | None", getattr(module, function_name, None))
