# SPDX-License-Identifier: Apache-2.0
"""Asks in CPython what the solver proves beside the step: of quiet seconds, of loading, of plain values, of contracts.

A claim of any state of the invariant is asked of states that traces meet, and of some next to them; a claim of a state
in whatever condition of such states, damaged. It is refuted where what it assumes is true and it is not. A check is a
claim that nobody proves: true of the kernel as it stands wherever it is asked, and here only.
"""

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from thecal_proofs.loading import Loaded
from thecal_proofs.mutation.kill import Claim, Kill, Kind, make_claim
from thecal_proofs.mutation.meeting import NOWHERE, Met, Place, find_contracts, unpack

Names: TypeAlias = Mapping[str, Any]
Cases: TypeAlias = Iterator[tuple[Place, Names]]
CHECK = "a check"  # no property says so, and nobody proves it
EVERY = 3  # so many of the states that are met are one that quiet is asked of


@dataclass(frozen=True, slots=True)
class Question:
    """Claims, the cases that they are asked of, and whether a case is what they are about."""

    name: str
    kind: Kind
    claims: Sequence[Claim]
    list_cases: Callable[[], Cases]
    is_meant: Callable[[Names], bool]

    def find_refuted(self) -> Kill | None:
        """The first claim that is not true of a case."""
        try:
            for place, names in self.list_cases():
                for claim in self.claims:
                    if claim.is_refuted(names) and self._is_meant(names):
                        return Kill(self.kind, claim.id, claim.name, place.trace, place.step, place.event)
        except Exception as error:  # a changed kernel may not even give what is asked about
            return Kill(self.kind, self.claims[0].id, f"raises {type(error).__name__}", "", 0, "")
        return None

    def _is_meant(self, names: Names) -> bool:
        try:
            return self.is_meant(names) is True
        except Exception:  # a changed kernel may not even say that
            return False


class Beside:
    """Everything that is asked beside the step."""

    def __init__(self, loaded: Loaded, packed: bytes) -> None:
        self.loaded = loaded
        self.questions: Sequence[Question] = tuple(self._list_questions(unpack(loaded, packed))) if packed else ()

    def find(self, names: Collection[str] | None, kind: Kind) -> Kill | None:
        """What the questions of these names (None: all) refute."""
        asked = (each for each in self.questions if each.kind == kind and (names is None or each.name in names))
        return next(filter(None, (question.find_refuted() for question in asked)), None)

    def _list_questions(self, met: Met) -> Iterator[Question]:
        yield from self._ask_quiet(met)
        yield from self._ask_loading(met)
        yield from self._ask_plain()
        yield from self._ask_contracts(met)

    def _claims(self, module: str, name: str, property_id: str) -> list[Claim]:
        return [make_claim(property_id, claim) for claim in self.loaded.find(f"thecal_specs.{module}", name)]

    def _ask_quiet(self, met: Met) -> Iterator[Question]:
        is_admissible = self.loaded.find("thecal.limits", "is_admissible_config")
        is_intact = self.loaded.find("thecal.integrity", "is_intact")
        list_counts = self.loaded.find("thecal_specs.neighbours", "list_counts")
        claims = self._claims("quiet", "QUIET", "TOT-05")

        def is_of_invariant(names: Names) -> bool:
            return is_admissible(names["config"]) is True and is_intact(names["config"], names["state"]) is True

        def list_states() -> Cases:
            for place, config, state in (*met.states[::EVERY], *met.near):
                yield place, {"config": config, "state": state}

        def list_spans() -> Cases:
            for place, names in list_states():
                yield from ((place, {**names, "count": count}) for count in list_counts(**names))

        spans = [claim for claim in claims if "count" in claim.params]
        states = [claim for claim in claims if "count" not in claim.params]
        yield Question("of a quiet second", "property", states, list_states, is_of_invariant)
        yield Question("of quiet seconds", "property", spans, list_spans, is_of_invariant)

    def _ask_loading(self, met: Met) -> Iterator[Question]:
        is_admissible = self.loaded.find("thecal.limits", "is_admissible_config")
        list_pairs = self.loaded.find("thecal_specs.neighbours", "list_loaded")
        list_changed = self.loaded.find("thecal_specs.neighbours", "list_changed")
        make_capsule = self.loaded.find("thecal.capsule", "make_capsule")

        admitted = {
            (config, state.device.missed_s > 0): (place, config, state)
            for place, config, state in met.states
            if state.is_admitted
        }

        def is_assumed(names: Names) -> bool:
            return is_admissible(names["config"]) is True

        def list_loaded() -> Cases:
            for place, config, state in admitted.values():
                for damaged, capsule in list_pairs(config, state):
                    yield place, {"config": config, "state": damaged, "capsule": capsule}

        def list_admitted() -> Cases:
            for place, config, state in admitted.values():
                yield place, {"config": config, "state": state}

        def list_tampered() -> Cases:
            for place, config, state in admitted.values():
                capsule = make_capsule(state)
                for changed in list_changed(capsule):
                    yield place, {"config": config, "capsule": capsule, "changed": changed}

        yield Question("of loading", "property", self._claims("loading", "LOADING", "FLT-01"), list_loaded, is_assumed)
        sealing = self._claims("loading", "SEALING", CHECK)
        yield Question("of a seal", "check", sealing, list_tampered, is_assumed)
        going_on = self._claims("loading", "GOING_ON", CHECK)
        yield Question("of going on", "check", going_on, list_admitted, is_assumed)

    def _ask_plain(self) -> Iterator[Question]:
        edges = self.loaded.find("thecal_specs.edges", "EDGES")
        for module, name, property_id in (("accepting", "ACCEPTING", "PRG-13"), ("moving", "MOVING", "TIM-05")):
            for claim in self._claims(module, name, property_id):
                (asked,) = claim.params
                yield Question(f"of {claim.name}", "property", [claim], _Values(asked, edges[asked]), _is_always)

    def _ask_contracts(self, met: Met) -> Iterator[Question]:
        requires = self.loaded.find("thecal_specs.contracts", "REQUIRES")
        numbers = self.loaded.find("thecal_specs.neighbours", "NUMBERS")
        for name, (function, promise) in find_contracts(self.loaded).items():
            params = tuple(inspect.signature(function).parameters)
            required = requires.get(function)
            claim = make_claim(find_served(name), promise)
            called = _Calls(function, params, met.calls.get(name, ()), numbers.get(name, tuple))
            yield Question(f"of {name}", "contract", [claim], called, _Required(required, params))


def find_served(name: str) -> str:
    """The property that rests on a function's contract: TOT-05 on those of quiet seconds, TOT-03 on all others."""
    return "TOT-05" if name.startswith("thecal.quiet.") else "TOT-03"


def _is_always(names: Names) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Values:
    """Cases of one plain value."""

    name: str
    values: Sequence[Any]

    def __call__(self) -> Cases:
        yield from ((NOWHERE, {self.name: value}) for value in self.values)


@dataclass(frozen=True, slots=True)
class _Calls:
    """Cases of a function's arguments and its answer."""

    function: Callable[..., Any]
    params: tuple[str, ...]
    met: Sequence[tuple[Place, tuple[Any, ...]]]
    list_others: Callable[[], Iterable[tuple[Any, ...]]]

    def __call__(self) -> Cases:
        for place, arguments in chain(self.met, ((NOWHERE, each) for each in self.list_others())):
            try:
                result = self.function(*arguments)
            except Exception:  # it does not answer, whatever it promised
                result = None
            yield place, {**dict(zip(self.params, arguments, strict=True)), "result": result}


@dataclass(frozen=True, slots=True)
class _Required:
    """Whether arguments are such as a function requires."""

    required: Callable[..., bool] | None
    params: tuple[str, ...]

    def __call__(self, names: Names) -> bool:
        return self.required is None or self.required(*(names[name] for name in self.params)) is True
