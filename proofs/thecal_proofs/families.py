# SPDX-License-Identifier: Apache-2.0
"""Facts that are alike but for the numbers of a table's entries.

Where a model errs about two entries of a table it will soon err about the next, so from the second on all are told.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from thecal_proofs import terms
from thecal_proofs.terms import Term

ENTRY = 20  # a fact of so few nodes may be one of an entry
INDEX = re.compile(r"\[\d+\]")
_FORMS: dict[Term, str] = {}


def find_form(fact: Term) -> str:
    """How a fact is written, without the numbers of entries; empty for a large one."""
    if fact not in _FORMS:
        _FORMS[fact] = INDEX.sub("[]", repr(fact)) if terms.is_small(fact, ENTRY) else ""
    return _FORMS[fact]


def group(facts: Iterable[Term]) -> dict[str, list[Term]]:
    """Facts by their form."""
    found: dict[str, list[Term]] = {}
    for fact in facts:
        found.setdefault(find_form(fact), []).append(fact)
    return found


class Families:
    """The families of the facts that one question may be told, and those that a model erred about."""

    def __init__(self, facts: Iterable[Term] = (), others: Mapping[str, Sequence[Term]] | None = None) -> None:
        self._own = group(facts)
        self._others = others or {}
        self._erred: set[str] = set()

    def add(self, fact: Term) -> None:
        """Let one more fact be among those that may be told."""
        self._own.setdefault(find_form(fact), []).append(fact)

    def widened(self, found: Iterable[Term]) -> list[Term]:
        """What a model errs about, and all that is alike to what one erred about before."""
        wide = dict.fromkeys(found)
        forms = dict.fromkeys(form for form in map(find_form, wide) if form)
        for form in forms:
            if form in self._erred:
                wide.update(dict.fromkeys((*self._own.get(form, ()), *self._others.get(form, ()))))
        self._erred.update(forms)
        return list(wide)
