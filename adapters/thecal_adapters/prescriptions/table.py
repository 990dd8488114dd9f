# SPDX-License-Identifier: Apache-2.0
"""One table of a prescription file: each value is what is expected, or the file is refused with line, key and value."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, cast

from thecal_adapters.codec import Refused
from thecal_adapters.doses import Kind, Quantity, Rejection, read
from thecal_adapters.prescriptions.places import Key, find_line, tell_key


class Misread(Refused):
    """A prescription file that is not in its form: where, which value stands there, and what was expected."""

    def __init__(self, file: str, line: int, key: str, reason: str) -> None:
        super().__init__(f"{file}:{line}: {key}" if key else f"{file}:{line}", reason)
        self.line = line
        self.key = key


@dataclass(frozen=True)
class Table:
    """A table at ``key`` of the file ``file`` with the text ``text``."""

    file: str
    text: str
    key: Key
    values: Mapping[str, object]

    def refuse(self, reason: str, *key: str | int) -> NoReturn:
        """Refuse the file for what stands at a key of this table, or for the table itself."""
        whole = (*self.key, *key)
        raise Misread(self.file, find_line(self.text, whole), tell_key(whole), reason)

    def expect_keys(self, required: Sequence[str], optional: Sequence[str] = ()) -> None:
        """Exactly these keys, the optional ones at will."""
        for name in self.values:
            if name not in required and name not in optional:
                self.refuse(f"is not a key known here; known are {', '.join((*required, *optional))}", name)
        for name in required:
            if name not in self.values:
                self.refuse(f"{name} is missing")

    def has(self, name: str) -> bool:
        """Whether a key is there."""
        return name in self.values

    def table(self, name: str) -> "Table":
        """The table at a key."""
        return self._table(self.values[name], (name,))

    def tables(self, name: str) -> Sequence["Table"]:
        """The list of tables at a key, one at least."""
        rows = self.values[name]
        if not isinstance(rows, list) or not rows:
            self.refuse(f"{rows!r}: [[{name}]] tables are expected, one at least", name)
        return [self._table(row, (name, place)) for place, row in enumerate(rows)]

    def _table(self, raw: object, key: Key) -> "Table":
        if not isinstance(raw, dict):
            self.refuse(f"{raw!r}: a table is expected", *key)
        return Table(self.file, self.text, (*self.key, *key), cast("Mapping[str, object]", raw))

    def words(self, name: str) -> str:
        """The text at a key: one line, not empty, of characters that show themselves and turn nothing around."""
        raw = self.values[name]
        if not isinstance(raw, str) or not raw.strip():
            self.refuse(f"{raw!r}: a text is expected", name)
        hidden = next((character for character in raw if not character.isprintable()), None)
        if hidden is not None:
            self.refuse(
                f"{raw!a}: {unicodedata.name(hidden, f'U+{ord(hidden):04X}')} is no printed character; a text may"
                " hold no line break, no control character and no mark that turns the direction of writing",
                name,
            )
        return raw

    def flag(self, name: str, default: bool) -> bool:
        """True or false at a key; its default where there is none."""
        raw = self.values.get(name, default)
        if not isinstance(raw, bool):
            self.refuse(f"{raw!r}: true or false is expected", name)
        return raw

    def count(self, name: str, lowest: int, highest: int) -> int:
        """A whole number in a closed range at a key."""
        raw = self.values[name]
        if isinstance(raw, bool) or not isinstance(raw, int) or not lowest <= raw <= highest:
            self.refuse(f"{raw!r}: a whole number from {lowest} to {highest} is expected", name)
        return raw

    def quantity(self, name: str, *kinds: Kind) -> Quantity:
        """The quantity at a key, of one of the wanted kinds."""
        found = read(self.values[name], *kinds)
        if isinstance(found, Rejection):
            self.refuse(str(found), name)
        return found

    def amount(self, name: str, kind: Kind) -> int:
        """The amount at a key in the kernel's unit of its kind."""
        return self.quantity(name, kind).amount

    def by_drug(self, name: str, drugs: Sequence[str], kind: Kind, length: int) -> tuple[int, ...]:
        """An amount for every drug, in the order of the drugs; 0 at the places that no drug has."""
        table = self.table(name)
        table.expect_keys(drugs)
        amounts = [table.amount(drug, kind) for drug in drugs]
        return tuple(amounts + [0] * (length - len(amounts)))

    def checked(self, name: str, is_right: Callable[[str], bool], expected: str) -> str:
        """The text at a key, if it is right."""
        found = self.words(name)
        if not is_right(found):
            self.refuse(f"{found!r}: {expected}", name)
        return found
