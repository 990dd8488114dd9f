# SPDX-License-Identifier: Apache-2.0
"""Gathers what the traces meet on the kernel as it stands: states, and arguments of functions that have a contract.

Of each trace the first state of each class of event, and the first few calls of each function. Beside some of these
states stand others, in which something is about to happen, as far as they are of the invariant. All of it is packed
for a changed kernel, which reads it as its own.
"""

import pickle
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any, TypeAlias

from thecal_proofs.loading import Loaded

CALLS_MAX = 6  # of one function in one trace
KERNEL_PREFIX = "thecal."


@dataclass(frozen=True, slots=True)
class Place:
    """The step of a trace at which something was met; of none, if it stands beside all traces."""

    trace: str
    step: int
    event: str


NOWHERE = Place("", 0, "")
States: TypeAlias = Sequence[tuple[Place, Any, Any]]
Calls: TypeAlias = Mapping[str, Sequence[tuple[Place, tuple[Any, ...]]]]


@dataclass(frozen=True, slots=True)
class Met:
    """States with their configurations, others near them, and the arguments of calls by the function's name."""

    states: States
    near: States
    calls: Calls


def name_function(function: Any) -> str:
    """A function's module and name."""
    return f"{function.__module__}.{function.__name__}"


def find_contracts(loaded: Loaded) -> dict[str, tuple[Any, Any]]:
    """The kernel's functions that promise something, and what they promise."""
    pairs = loaded.find("thecal_specs.contracts", "CONTRACTS").items()
    return {name_function(f): (f, promise) for f, promise in pairs if f.__module__.startswith(KERNEL_PREFIX)}


def meet(loaded: Loaded, traces: Sequence[Any]) -> bytes:
    """Run the traces, and pack what they meet."""
    run = loaded.find("thecal_specs.witnesses.run", "run")
    codes = {function.__code__: name for name, (function, _) in find_contracts(loaded).items()}
    states: dict[tuple[Any, Any], Place] = {}
    calls: dict[str, dict[tuple[Any, ...], Place]] = {name: {} for name in codes.values()}
    for trace in traces:
        events: set[str] = set()
        with _noting(codes) as noted:
            for step in run(trace):
                event = type(step.event).__name__
                if event not in events:
                    events.add(event)
                    states.setdefault((step.config, step.before), Place(trace.name, step.number, event))
        for name, arguments in noted.items():
            for each in arguments:
                calls[name].setdefault(each, Place(trace.name, 0, ""))
    found = [(place, *state) for state, place in states.items()]
    asked = {name: [(place, each) for each, place in called.items()] for name, called in calls.items()}
    met = Met(found, list(_list_near(loaded, found)), asked)
    with loaded.active():
        return pickle.dumps(met)


def unpack(loaded: Loaded, packed: bytes) -> Met:
    """Read what was met, with the records of this kernel."""
    with loaded.active():
        found: Met = pickle.loads(packed)
        return found


def _list_near(loaded: Loaded, states: States) -> Iterator[tuple[Place, Any, Any]]:
    """What lies next to the first state of each mode that is unlike in what quiet depends on."""
    list_before_something = loaded.find("thecal_specs.neighbours", "list_before_something")
    is_intact = loaded.find("thecal.integrity", "is_intact")
    is_busy = loaded.find("thecal.quiet", "is_busy")
    seen: set[tuple[Any, ...]] = set()
    for place, config, state in states:
        kind = (state.mode, state.is_programmed, state.therapy.is_bolus_blocked, len(set(state.program.slots_fg)) > 1)
        if kind not in seen and not is_busy(config, state):
            seen.add(kind)
            near = dict.fromkeys(list_before_something(config, state))
            yield from ((place, config, other) for other in near if is_intact(config, other))


@contextmanager
def _noting(codes: Mapping[CodeType, str]) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """Take note of the first calls of some functions, and with which arguments."""
    noted: dict[str, list[tuple[Any, ...]]] = {name: [] for name in codes.values()}

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code in codes:
            found = noted[codes[code]]
            arguments = tuple(frame.f_locals[name] for name in code.co_varnames[: code.co_argcount])
            if len(found) < CALLS_MAX and arguments not in found:
                found.append(arguments)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield noted
    finally:
        sys.setprofile(before)
