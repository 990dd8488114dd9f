# SPDX-License-Identifier: Apache-2.0
"""Proves what is said of every place of a table once, for one place that stands for any.

A claim about each of the day's 48 slots is 48 claims of one form. Where they agree in everything but the place, one
claim is proved instead, in which the place is an unknown: `x[3] <= 3 * y[3]` becomes `x[k] <= k * y[k]`. What is
assumed of every place is assumed of that one. In the same way a look-up by a computed place becomes the entry at an
unknown one. That each instance of a form is, word for word, what it stands for is checked, not believed.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from thecal_proofs import terms
from thecal_proofs.rebuilding import rebuild
from thecal_proofs.terms import Term

LENGTH_MIN = 8  # shorter tables are left as they are
_INDEXED = re.compile(r"([^\[]*)\[(\d+)\](.*)\Z")


@dataclass(frozen=True, slots=True)
class Table:
    """Unknowns whose names differ in one index alone, from place 0 on."""

    prefix: str
    suffix: str
    entries: tuple[Term, ...]

    def name(self, place: str) -> Term:
        """The entry at a place that has a name instead of a number."""
        make = terms.flag if self.entries[0].is_bool else terms.var
        return make(f"{self.prefix}[{place}]{self.suffix}")


@dataclass(frozen=True, slots=True)
class Form:
    """What some terms have in common: `text` at place `k` and those just before it, for places `first` to `last`."""

    text: Term
    length: int
    first: int
    last: int
    members: tuple[Term, ...]

    def is_inside(self, number: Term) -> Term:
        """That a place is one of those of which the form holds."""
        return terms.both(terms.le(terms.const(self.first), number), terms.le(number, terms.const(self.last)))


@dataclass(frozen=True, slots=True)
class Place:
    """An unknown place of the tables of one length."""

    name: str
    length: int

    @property
    def number(self) -> Term:
        """The unknown itself."""
        return terms.var(f"place {self.name}")


ANY = "k"
NEIGHBOURS = 2  # a form may speak of so many places before its own: entries that move up


class Tables:
    """The tables among the unknowns of some terms, and the forms of what the terms say of every place."""

    def __init__(self, facts: Sequence[Term]) -> None:
        self.tables: dict[tuple[str, str], Table] = {}
        self._places: dict[Term, tuple[Table, int]] = {}
        self.meet(facts)
        self.forms = self.find_forms(facts)

    def meet(self, facts: Iterable[Term]) -> None:
        """Take note of the tables among the unknowns of some terms."""
        found: dict[tuple[str, str], dict[int, Term]] = {}
        for node in terms.postorder(facts):
            if node.op in ("var", "flag") and (match := _INDEXED.match(str(node.value))):
                found.setdefault((match[1], match[3]), {})[int(match[2])] = node
        for key, entries in found.items():
            if key not in self.tables and len(entries) >= LENGTH_MIN and sorted(entries) == list(range(len(entries))):
                table = self.tables[key] = Table(*key, tuple(entries[i] for i in range(len(entries))))
                self._places.update((entry, (table, i)) for i, entry in enumerate(table.entries))

    def find_forms(self, facts: Sequence[Term]) -> list[Form]:
        """The forms of which every place, but perhaps a few at the ends, has an instance among the facts.

        Where facts speak of no table, their order stands for the place.
        """
        groups: dict[tuple[int, object], dict[int, list[Term]]] = {}
        numbered: dict[object, list[Term]] = {}
        common = self._common(facts)
        for fact in facts:
            own = [*_postorder_above(fact, common)]
            spoken = self._spoken_of(own)
            for length, place in spoken.items():
                key = length, self._outline(own, length, place)
                groups.setdefault(key, {}).setdefault(place, []).append(fact)
            if not spoken:
                numbered.setdefault(self._outline(own, 0, 0), []).append(fact)
        lengths = {len(table.entries) for table in self.tables.values()}
        for outline, row in numbered.items():  # that differ in a number alone
            if len(row) in lengths:
                groups[len(row), outline] = {i: [fact] for i, fact in enumerate(row)}
        found = []
        for (length, _), members in groups.items():
            count = min(len(members.get(i, ())) for i in range(NEIGHBOURS, length - NEIGHBOURS))
            for turn in range(count):
                form = self._form(length, {i: row[turn] for i, row in members.items() if turn < len(row)})
                if form is not None:
                    found.append(form)
        return found

    def _common(self, facts: Sequence[Term]) -> frozenset[Term]:
        """What many facts have in common word for word and that speaks of whole tables: a condition of them all.

        A choice speaks of what it chooses from; its condition may be common by itself.
        """
        counts: Counter[Term] = Counter()
        wide: dict[Term, dict[int, tuple[int, int]]] = {}
        for node in terms.postorder(facts):
            args = node.args[1:] if node.op == "ite" else node.args
            spans = [wide[arg] for arg in args if arg in wide]
            entry = self._places.get(node)
            if entry is not None:
                spans.append({len(entry[0].entries): (entry[1], entry[1])})
            if spans:
                lengths = dict.fromkeys(length for span in spans for length in span)
                wide[node] = {
                    length: (
                        min(span[length][0] for span in spans if length in span),
                        max(span[length][1] for span in spans if length in span),
                    )
                    for length in lengths
                }
        across = {node for node, spans in wide.items() if any(b - a > NEIGHBOURS for a, b in spans.values())}
        for fact in facts if across else ():
            nodes = terms.postorder((fact,))
            if not across.isdisjoint(nodes):
                counts.update(nodes)
        return frozenset(node for node, count in counts.items() if count >= LENGTH_MIN and node in across)

    def _spoken_of(self, nodes: Iterable[Term]) -> dict[int, int]:
        """For each length of table, the one place that some nodes speak of, or the last of a few neighbours."""
        spoken: dict[int, set[int]] = {}
        for node in nodes:
            entry = self._places.get(node)
            if entry is not None:
                spoken.setdefault(len(entry[0].entries), set()).add(entry[1])
        return {length: max(places) for length, places in spoken.items() if max(places) - min(places) <= NEIGHBOURS}

    def _outline(self, nodes: Sequence[Term], length: int, place: int) -> object:
        """A fact, given as its nodes, with numbers and places left out."""
        done: dict[Term, object] = {}
        for node in nodes:
            entry = self._places.get(node)
            if node.op == "const":
                done[node] = "number"
            elif entry is not None and len(entry[0].entries) == length:
                done[node] = (entry[0].prefix, entry[0].suffix, entry[1] - place)
            else:
                is_whole = any(arg not in done for arg in node.args)
                known = node if is_whole or not node.args else (node.op, node.value, *(done[a] for a in node.args))
                done[node] = _intern(known)
        return done[nodes[-1]]

    def _form(self, length: int, members: Mapping[int, Term]) -> Form | None:
        """Read a form off two members; it counts if every other member is its instance."""
        text = self._between(members[NEIGHBOURS], members[NEIGHBOURS + 1], length)
        if text is None:
            return None
        held = [i in members and self.instance(text, length, i) is members[i] for i in range(length)]
        first = next((i for i in range(length) if held[i]), length)
        last = next((i for i in range(first, length - 1) if not held[i + 1]), length - 1)
        if first > NEIGHBOURS or last < length - 1 - NEIGHBOURS:
            return None
        return Form(text, length, first, last, tuple(members[i] for i in range(first, last + 1)))

    def _between(self, one: Term, two: Term, length: int) -> Term | None:
        """The form whose instances at two places, one after the other, are two given terms."""
        k = Place(ANY, length).number
        done: dict[tuple[Term, Term], Term] = {}
        todo = [(one, two)]
        while todo:
            pair = a, b = todo[-1]
            if pair in done:
                todo.pop()
                continue
            here, there = self._places.get(a), self._places.get(b)
            if here is not None and there is not None and len(here[0].entries) == length:
                done[pair] = here[0].name(_before(ANY, NEIGHBOURS - here[1]))
            elif a is b:
                done[pair] = a
            elif a.op == "const" and b.op == "const":
                slope = int(b.value) - int(a.value)
                done[pair] = terms.add(terms.mul(k, terms.const(slope)), terms.const(int(a.value) - NEIGHBOURS * slope))
            elif a.op != b.op or a.value != b.value or len(a.args) != len(b.args):
                return None
            else:
                pairs = list(zip(a.args, b.args, strict=True))
                missing = [inner for inner in pairs if inner not in done]
                if missing:
                    todo.extend(missing)
                    continue
                done[pair] = terms.remake(a, tuple(done[inner] for inner in pairs))
        return done[one, two]

    def instance(self, text: Term, length: int, i: int) -> Term:
        """A form at a place that is a number."""
        known = {Place(ANY, length).number: terms.const(i)}
        for table in self._long(length):
            for distance in range(NEIGHBOURS + 1):
                known[table.name(_before(ANY, distance))] = table.entries[i - distance]
        return rebuild(text, known)

    def _long(self, length: int) -> Iterator[Table]:
        return (table for table in self.tables.values() if len(table.entries) == length)

    def at(self, form: Form, place: Place, offset: int = 0) -> Term:
        """A form at an unknown place or some places before it, guarded where it does not hold of every one."""
        number = terms.add(place.number, terms.const(-offset))
        known = {Place(ANY, form.length).number: number}
        for table in self._long(form.length):
            for distance in range(NEIGHBOURS + 1):
                known[table.name(_before(ANY, distance))] = table.name(_before(place.name, distance + offset))
        return terms.implies(form.is_inside(number), rebuild(form.text, known))

    def look_up(self, claims: Sequence[Term]) -> tuple[dict[Term, Term], dict[Place, Term]]:
        """Look-ups by a computed place, each with the entry at an unknown one that it is; and what each computes."""
        found: dict[Term, Term] = {}
        computed: dict[tuple[Term, int], Place] = {}
        for node in terms.postorder(claims):
            entry = self._places.get(node.args[1]) if node.op == "ite" else None
            if entry is not None and entry[1] == 0 and node.args[0].op == "eq":
                table, number = entry[0], node.args[0].args[0]
                if node is _look_up(table, number):
                    key = number, len(table.entries)
                    place = computed.setdefault(key, Place(f"place {len(computed)}", key[1]))
                    found[node] = table.name(place.name)
        return found, {place: key[0] for key, place in computed.items()}

    def facts(self, claim: Term, places: Mapping[Place, Term]) -> dict[Term, Form | None]:
        """What is true of some places, and of the entries there: each with the form that it is an instance of.

        `places` maps each to the term that computes it, or to itself where it may be any.
        """
        found: dict[Term, Form | None] = {}
        for place, number in places.items():
            last = terms.const(place.length - 1)
            found[terms.le(terms.ZERO, place.number)] = found[terms.le(place.number, last)] = None
            if number is not place.number:
                inside = terms.both(terms.le(terms.ZERO, number), terms.le(number, last))
                found[terms.implies(inside, terms.eq(place.number, number))] = None
        spoken = {str(node.value) for node in terms.postorder((claim,)) if node.op in ("var", "flag")}
        for one, two in combinations(places, 2):
            found.update((fact, None) for fact in self._same(one, two, spoken))
        for place in places:
            offsets = [d for d in range(NEIGHBOURS + 1) if d == 0 or self._is_spoken_of(place, d, spoken)]
            for form in self.forms:
                if form.length == place.length:
                    found.update((self.at(form, place, offset), form) for offset in offsets)
        return found

    def _is_spoken_of(self, place: Place, distance: int, spoken: Collection[str]) -> bool:
        return any(str(table.name(_before(place.name, distance)).value) in spoken for table in self._long(place.length))

    def _same(self, one: Place, two: Place, spoken: Collection[str]) -> Iterator[Term]:
        """At equal places stand equal entries."""
        if one.length == two.length:
            for table in self._long(one.length):
                a, b = table.name(one.name), table.name(two.name)
                if str(a.value) in spoken or str(b.value) in spoken:
                    yield terms.implies(terms.eq(one.number, two.number), terms.eq(a, b))


def _postorder_above(root: Term, common: frozenset[Term]) -> list[Term]:
    """A term's nodes, operands first, without what is below those that many terms have in common."""
    if not common:
        return terms.postorder((root,))
    done: set[Term] = set()
    order: list[Term] = []
    todo = [(root, False)]
    while todo:
        node, is_ready = todo.pop()
        if node in done:
            continue
        if is_ready or not node.args or node in common:
            done.add(node)
            order.append(node)
        else:
            todo.append((node, True))
            todo.extend((arg, False) for arg in reversed(node.args) if arg not in done)
    return order


def _before(name: str, distance: int) -> str:
    return name if distance == 0 else f"{name} - {distance}"


def _look_up(table: Table, place: Term) -> Term:
    chosen = table.entries[-1]
    for i in range(len(table.entries) - 2, -1, -1):
        chosen = terms.ite(terms.eq(place, terms.const(i)), table.entries[i], chosen)
    return chosen


_INTERNED: dict[object, object] = {}


def _intern(key: object) -> object:
    """A small object for a large key, the same for the same."""
    return _INTERNED.setdefault(key, len(_INTERNED))
