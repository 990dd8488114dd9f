# SPDX-License-Identifier: Apache-2.0
"""Facts that differ in nothing but the entry of a table are told together once a model erred about two of them."""

from functools import reduce

from thecal_proofs import terms
from thecal_proofs.families import Families, find_form
from thecal_proofs.terms import Term


def fact(entry: int, name: str = "slots_fg") -> Term:
    """One fact of one entry."""
    return terms.le(terms.const(0), terms.var(f"{name}[{entry}]"))


def test_the_first_error_tells_one_entry_and_the_second_all_of_them() -> None:
    """One error may be a chance; two are a table. Another table's entries are not told by it."""
    families = Families([*map(fact, range(5)), fact(0, "given_fg"), fact(1, "given_fg")])
    assert families.widened([fact(1)]) == [fact(1)], "one error tells what it is about"
    assert families.widened([fact(3)]) == [fact(3), *map(fact, (0, 1, 2, 4))], "a second one tells the whole table"
    assert families.widened([fact(0, "given_fg")]) == [fact(0, "given_fg")], "of another table nothing is known yet"


def test_a_large_fact_is_of_no_family() -> None:
    """What is large is no entry's, so two errors about large facts tell those two and no others."""
    sums = [
        terms.le(reduce(terms.add, (terms.var(f"x[{i}]") for i in range(n, n + 30))), terms.const(0)) for n in (0, 1)
    ]
    families = Families(sums)
    assert {find_form(each) for each in sums} == {""}
    assert families.widened(sums[:1]) == sums[:1]
    assert families.widened(sums[1:2]) == sums[1:2]
