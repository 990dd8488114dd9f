# SPDX-License-Identifier: Apache-2.0
"""Python's functions over generators, element by element, and `int`.

A generator is taken apart: its own code runs for one element at a time, each time explored on its own, and what comes
of all elements is one value. So a table of 48 with a condition on each has 48 times two ways, not two to the 48th.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CellType, CodeType, FrameType, FunctionType, GeneratorType
from typing import Any

import z3

from thecal_proofs.proxies.explorer import Conditions, Operation, OutOfReach, Undefined, current, explore
from thecal_proofs.proxies.joins import ITEMS
from thecal_proofs.proxies.proxy import Number, Numeric, Truth, extreme, number_term, truth_term
from thecal_proofs.proxies.tables import Table, merge
from thecal_proofs.proxies.theory import Formula

FEW_WAYS_OF_AN_ELEMENT = 12
NOTHING = object()  # a filter left the element out


@dataclass(frozen=True, slots=True)
class Element:
    """What a generator yields for one item, where it yields, and where it has no value."""

    value: Any
    is_there: Formula
    is_undefined: Formula
    operations: tuple[Operation, ...]


def any_of(items: Iterable[Any]) -> bool | Truth:
    """`any`: what comes after an element that decides it does not count."""
    return _decide(items, True)


def all_of(items: Iterable[Any]) -> bool | Truth:
    """`all`"""
    return _decide(items, False)


def sum_of(items: Iterable[Any]) -> Numeric:
    """`sum`"""
    explorer = current()
    total: Any = 0
    for element in elements(items):
        _enter(element, explorer.theory.true)
        if z3.is_true(element.is_there):
            total = total + element.value
        else:
            value = z3.If(element.is_there, number_term(element.value), explorer.theory.number(0))
            total = total + Number(value)
    return total  # type: ignore[no-any-return]


def tuple_of(items: Iterable[Any] = ()) -> Table:
    """`tuple`"""
    return Table(_certain(items))


def least_of(*items: Any) -> Numeric:
    """`min`"""
    return extreme("min", items if len(items) > 1 else _certain(items[0]))


def largest_of(*items: Any) -> Numeric:
    """`max`"""
    return extreme("max", items if len(items) > 1 else _certain(items[0]))


def int_of(value: Any) -> Numeric:
    """`int`: of a truth 1 or 0; a number, or a member of an enum, as it is"""
    if isinstance(value, Truth):
        theory = current().theory
        return Number(z3.If(value.term, theory.number(1), theory.number(0)))
    return value if isinstance(value, Number) else int(value)


BUILTINS: dict[str, Callable[..., Any]] = {
    "any": any_of,
    "all": all_of,
    "sum": sum_of,
    "tuple": tuple_of,
    "min": least_of,
    "max": largest_of,
    "int": int_of,
}


def elements(items: Iterable[Any]) -> Iterator[Element]:
    """Yield what comes of each item."""
    theory = current().theory
    if not isinstance(items, GeneratorType):
        for item in items:
            yield Element(item, theory.true, theory.false, ())
        return
    frame = items.gi_frame
    if frame is None:
        raise OutOfReach("a generator that has come to its end")
    run = _take_apart(items.gi_code, frame)
    for item in list(frame.f_locals[ITEMS]):
        yield _explore(lambda item=item: next(run(iter((item,))), NOTHING), items.gi_code)  # type: ignore[misc]


def _take_apart(code: CodeType, frame: FrameType) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """A generator's code as a function of what it runs over."""
    closure = tuple(CellType(frame.f_locals[name]) for name in code.co_freevars)
    return FunctionType(code, frame.f_globals, code.co_name, None, closure)


def _explore(run: Callable[[], Any], code: CodeType) -> Element:
    outer = current()
    theory = outer.theory
    ways = explore(theory, run, code, outer.fingerprint, FEW_WAYS_OF_AN_ELEMENT)
    conditions = Conditions(theory)
    found = [(conditions.of(way), way) for way in ways]
    operations = tuple(
        Operation(z3.And(condition, operation.guard), operation.result)
        for condition, way in found
        for operation in way.operations
    )
    undefined = [condition for condition, way in found if way.outcome == "undefined"]
    there = [(c, way.value) for c, way in found if way.outcome == "returned" and way.value is not NOTHING]
    is_certain = len(there) == sum(way.outcome != "joined" for way in ways)
    value: Any = there[-1][1] if there else 0
    for condition, other in reversed(there[:-1]):
        value = merge(condition, other, value)
    is_there = theory.true if is_certain else theory.any_of([condition for condition, _ in there])
    return Element(value, is_there, theory.any_of(undefined), operations)


def _certain(items: Iterable[Any]) -> Iterator[Any]:
    for element in elements(items):
        _enter(element, current().theory.true)
        if not z3.is_true(element.is_there):
            raise OutOfReach("a table of which it is not known how long it is")
        yield element.value


def _decide(items: Iterable[Any], decider: bool) -> bool | Truth:
    """Whether an element decides; those after it are not asked."""
    theory = current().theory
    open_so_far: list[Formula] = []
    for element in elements(items):
        _enter(element, theory.all_of(open_so_far))
        value = truth_term(element.value) if not z3.is_false(element.is_there) else theory.boolean(not decider)
        decides = z3.And(element.is_there, value if decider else z3.Not(value))
        open_so_far.append(z3.simplify(z3.Not(decides)))
        if z3.is_false(open_so_far[-1]):
            break
    is_open = theory.all_of(open_so_far)
    return Truth(z3.Not(is_open) if decider else is_open)


def _enter(element: Element, is_asked: Formula) -> None:
    """Take in what happens in an element, where it is asked for."""
    explorer = current()
    for operation in element.operations:
        explorer.note(z3.And(is_asked, operation.guard), operation.result)
    if explorer.fork(z3.And(is_asked, element.is_undefined)):
        raise Undefined
