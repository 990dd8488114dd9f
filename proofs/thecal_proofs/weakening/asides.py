# SPDX-License-Identifier: Apache-2.0
"""What the claims beside the step refute: of loading, of configurations, of a moved phase.

Such a claim calls the kernel by itself, so that its fixture is a broken kernel and a case that it must refute there.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from thecal_proofs.loading import Loaded
from thecal_proofs.mutation.beside import Beside, Question
from thecal_proofs.mutation.kill import Claim
from thecal_proofs.mutation.lister import list_mutants, read_modules
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.weakening.fixtures import KERNEL, Record
from thecal_proofs.weakening.grafting import grafted
from thecal_proofs.weakening.notice import Notice
from thecal_proofs.weakening.statements import PACKAGE, find_reached, touches

CASES_MAX = 3  # that one claim refutes of one broken kernel
BROKEN_MAX = 60  # kernels that one property has killed, spread over the text
LEFT_OUT = "TOT-05"  # see `statements`
NAMES = {"loading": "LOADING", "accepting": "ACCEPTING", "moving": "MOVING"}
ASIDES = tuple((f"{PACKAGE}.{module}", name) for module, name in NAMES.items())


@dataclass(frozen=True, slots=True)
class Case:
    """What a claim refutes on a broken kernel."""

    mutant: Mutant
    claim: Claim
    place: str
    names: Mapping[str, Any]


class Asides:
    """The claims beside the step, each with the cases that it refutes."""

    def __init__(self, loaded: Loaded, packed: bytes, record: Record) -> None:
        self.loaded = loaded
        self.texts = read_modules(loaded.folders[0])
        asked = (each for each in Beside(loaded, packed).questions if each.kind == "property")
        self.questions = [each for each in asked if each.claims[0].id != LEFT_OUT]
        self.reached = {claim: frozenset(find_reached([claim.holds])) for claim in self.claims}
        self.cases: dict[str, list[Case]] = defaultdict(list)
        for mutant, by in self._list_broken(record):
            for case in self._gather(mutant, by):
                self.cases[case.claim.name].append(case)

    @property
    def claims(self) -> list[Claim]:
        """Every claim, once."""
        return [claim for question in self.questions for claim in question.claims]

    def _list_broken(self, record: Record) -> Iterator[tuple[Mutant, str]]:
        mutants = {mutant.id: mutant for mutant in list_mutants(self.texts)}
        for by in dict.fromkeys(claim.id for claim in self.claims):
            killed = [
                name for name, _, kill in record["mutants"] if re.match(f"{by}(?=$|, )", kill) and name in mutants
            ]
            yield from ((mutants[name], by) for name in killed[:: len(killed) // BROKEN_MAX + 1])

    def _gather(self, mutant: Mutant, by: str) -> list[Case]:
        found: list[Case] = []
        try:
            with grafted(self.loaded, KERNEL, mutant, self.texts[mutant.module]):
                for question in self.questions:
                    if question.claims[0].id == by:
                        found.extend(list_refuted(mutant, question))
        except Exception:  # a broken kernel may not even give what is asked about
            pass
        return found

    def find(self, mutant: Mutant) -> Notice | None:
        """What notices a change of these claims, as they are now: broken kernels first, then the one that stands."""
        claims = [claim for claim in self.claims if touches(self.reached[claim], mutant)]
        let_through = (self._find_let_through(claim) for claim in claims)
        return next(filter(None, let_through), None) or self._find_refuted({claim.name for claim in claims})

    def _find_let_through(self, claim: Claim) -> Notice | None:
        for case in self.cases[claim.name]:
            with grafted(self.loaded, KERNEL, case.mutant, self.texts[case.mutant.module]):
                if not case.claim.is_refuted(case.names):
                    return Notice("broken", claim.id, case.mutant.id, case.place)
        return None

    def _find_refuted(self, names: set[str]) -> Notice | None:
        for question in self.questions:
            if any(claim.name in names for claim in question.claims):
                kill = question.find_refuted()
                if kill is not None:
                    return Notice("sound", kill.by, "", f"{question.name}, {kill.claim}")
        return None


def list_refuted(mutant: Mutant, question: Question) -> Iterator[Case]:
    """The first cases of a question that each of its claims refutes."""
    counts: Counter[str] = Counter()
    for place, names in question.list_cases():
        for claim in question.claims:
            if counts[claim.name] < CASES_MAX and claim.is_refuted(names) and question.is_meant(names) is True:
                counts[claim.name] += 1
                yield Case(mutant, claim, f"{question.name}, {claim.name} {place.trace}".strip(), names)
