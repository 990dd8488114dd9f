# SPDX-License-Identifier: Apache-2.0
"""What steps of traces show, and what of the closed lists of the kernel they leave out."""

from collections.abc import Iterable, Iterator
from typing import get_args

from thecal.events import Event, PathDeclared, RefillDone, RefillProposed
from thecal.outcome import Response
from thecal.state import Alarm, Mode
from thecal_specs.witnesses.exceptions import EXCEPTIONS
from thecal_specs.witnesses.run import Step

EVENT_CLASSES: tuple[type[Event], ...] = get_args(Event)
# Facts that a therapy may or may not survive.
FLUIDS = (RefillDone, PathDeclared)
# What no fluid is refused for, but a program on it.
DELIVERY_REFUSALS = (Response.REFUSED_SLOT_TOO_SMALL_TO_DELIVER, Response.REFUSED_SLOT_TOO_LARGE_TO_DELIVER)


def list_expected() -> Iterator[str]:
    """Everything that can occur, if TOT-04 is true."""
    return (name for name in list_all() if name not in EXCEPTIONS)


def list_all() -> Iterator[str]:
    """Everything that the kernel's closed lists have."""
    yield from (f"mode {mode.name}" for mode in Mode)
    yield from (f"alarm {alarm.name}" for alarm in Alarm)
    yield from (f"response {response.name}" for response in Response)
    yield from (f"event {event.__name__}" for event in EVENT_CLASSES)
    yield from (f"therapy that goes on after {event.__name__}" for event in FLUIDS)
    yield "proposal that the running program forbids"


def list_fluids_shown(step: Step) -> Iterator[str]:
    """What a step shows of fluids beside a program that is admitted."""
    is_kept = step.before.is_admitted and step.outcome.state.is_admitted
    if is_kept and isinstance(step.event, FLUIDS):
        yield f"therapy that goes on after {type(step.event).__name__}"
    if is_kept and isinstance(step.event, RefillProposed) and step.outcome.response in DELIVERY_REFUSALS:
        yield "proposal that the running program forbids"


def list_shown(step: Step) -> Iterator[str]:
    """What one step shows: the modes on both sides of it, its event, its response, and every active alarm."""
    after = step.outcome.state
    yield f"mode {step.before.mode.name}"
    yield f"mode {after.mode.name}"
    yield f"response {step.outcome.response.name}"
    yield f"event {type(step.event).__name__}"
    yield from (f"alarm {alarm.name}" for alarm, state in zip(Alarm, after.alarms) if state.is_active)
    yield from list_fluids_shown(step)


def find_missing(steps: Iterable[Step]) -> tuple[str, ...]:
    """What no step shows, in the order of the kernel's lists."""
    shown = {name for step in steps for name in list_shown(step)}
    return tuple(name for name in list_expected() if name not in shown)


def find_wrong_exceptions(steps: Iterable[Step]) -> tuple[str, ...]:
    """What is named as an exception and is shown after all, or is on no list."""
    shown = {name for step in steps for name in list_shown(step)}
    return tuple(name for name in EXCEPTIONS if name in shown or name not in list_all())
