# SPDX-License-Identifier: Apache-2.0
"""A weaker statement is told from the right one by a broken kernel that it lets through, and by nothing less."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import pytest

import thecal
import thecal_specs
from thecal_proofs.frontend import Sources
from thecal_proofs.loading import Loaded
from thecal_proofs.mutation.lister import list_in
from thecal_proofs.mutation.mutant import Mutant
from thecal_proofs.mutation.operators import Known
from thecal_proofs.weakening.answers import list_wrong
from thecal_proofs.weakening.campaign import Campaign, Weigher, each_of, render, summarize
from thecal_proofs.weakening.fixtures import Record
from thecal_proofs.weakening.grafting import grafted
from thecal_proofs.weakening.judge import Scales
from thecal_proofs.weakening.kept import KEPT
from thecal_proofs.weakening.notice import Notice, Weighed
from thecal_proofs.weakening.statements import PACKAGE, WEAKENING, find_reached, list_statements, read_statements

KERNEL = Path(thecal.__file__).parent
SPECS = Path(thecal_specs.__file__).parent
RECORD = json.loads((Path(__file__).parents[2] / "proofs" / "mutants.json").read_text(encoding="utf-8"))
SOURCES = Sources.of_folders(KERNEL, SPECS)
NOBODY: Record = {"mutants": []}


def list_changes(body: str) -> list[tuple[str, str]]:
    """What the operators that a claim alone has make of one function."""
    known = Known({"Mode": ["STOPPED", "FAILED"]}, frozenset(), {})
    text = f"def claim(x: int, y: int) -> bool:\n    {body}\n"
    found = list_in("room", text, known, WEAKENING[-3:], "STM")
    return [(each.operator, each.after) for each in found]


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("return f(x == y)", [("bound", "(x <= y)"), ("bound", "(x >= y)")]),
        ("return f(x == Mode.FAILED)", []),
        ("return f(implies(x, y))", [("conclusion", "True"), ("antecedent", "y")]),
        ("return x < y", [("claim", "True"), ("negation", "(not x < y)")]),
        ("return is_so(x)", [("claim", "True"), ("negation", "(not is_so(x))")]),
        ("return compute_so(x)", []),
    ],
)
def test_a_claim_is_changed_as_only_claims_are(body: str, changes: list[tuple[str, str]]) -> None:
    assert list_changes(body) == changes


class Colour(IntEnum):
    RED = 0
    BLUE = 1


@dataclass(frozen=True)
class Answer:
    number: int
    is_so: bool
    colour: Colour
    table: tuple[int, ...]


def test_a_wrong_answer_is_wrong_in_one_place_and_each_place_is_tried() -> None:
    answer = Answer(5, True, Colour.RED, (7, 7))
    before = Answer(9, True, Colour.RED, (7, 8))
    found = dict(list_wrong(answer, before, "a"))
    assert set(found) == {
        *("a as it was", "a.number as it was", "a.number = 6", "a.number = 4", "a.number = 0", "a.is_so = False"),
        *("a.colour = BLUE", "a.table as it was", "a.table[0] = 8", "a.table[0] = 6", "a.table[0] = 0"),
        *("a.table[1] as it was", "a.table[1] = 8", "a.table[1] = 6", "a.table[1] = 0"),
    }
    assert found["a.number as it was"] == replace(answer, number=9)
    assert found["a.colour = BLUE"] == replace(answer, colour=Colour.BLUE)
    assert found["a.table[1] as it was"] == replace(answer, table=(7, 8))
    assert answer not in found.values()


def test_of_a_long_table_its_ends_are_tried() -> None:
    found = [what for what, _ in list_wrong(tuple(range(48)), None, "a")]
    assert {what.split(" ")[0] for what in found} == {"a[0]", "a[1]", "a[47]"}


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return Loaded((KERNEL, SPECS))


def find_killed(*properties: str) -> Record:
    """The broken kernels that these properties have killed, as they are on record."""
    return {
        "mutants": [row for row in RECORD["mutants"] if row[2].startswith(tuple(f"{name}," for name in properties))]
    }


@pytest.fixture(scope="module")
def statements(loaded: Loaded) -> list[Mutant]:
    rows = loaded.find("thecal_specs.catalogue", "CATALOGUE")
    with loaded.active():
        predicates = [row.predicate for row in rows if row.predicate is not None]
    advance = loaded.find("thecal_specs.ghost", "advance")
    return list_statements(KERNEL, SPECS, find_reached([*predicates, advance]))


def find_one(statements: list[Mutant], function: str, operator: str, after: str) -> Mutant:
    found = [each for each in statements if (each.function, each.operator, each.after) == (function, operator, after)]
    assert len(found) == 1, [(each.id, each.line) for each in found]
    return found[0]


def test_every_change_of_a_statement_has_an_id_and_can_be_read(statements: list[Mutant]) -> None:
    texts = read_statements(SPECS)
    assert len({each.id for each in statements}) == len(statements) > 4_000
    for each in statements[::200]:
        assert each.id.startswith("STM-")
        assert ast.dump(ast.parse(each.apply(texts[each.module]))) != ast.dump(ast.parse(texts[each.module]))


def test_a_change_is_seen_by_whoever_has_imported_it_and_is_taken_back(
    loaded: Loaded, statements: list[Mutant]
) -> None:
    implies = loaded.find("thecal_specs.properties.overdose", "is_patient_start")
    caller = loaded.find("thecal_specs.properties.overdose", "patient_boluses_keep_the_lockout_between_them")
    change = next(each for each in statements if (each.function, each.operator) == ("is_patient_start", "claim"))
    assert caller.__globals__["is_patient_start"] is implies
    with grafted(loaded, PACKAGE, change, read_statements(SPECS)[change.module]):
        assert implies(None, None) is True
    with pytest.raises(AttributeError):
        implies(None, None)


def test_a_number_of_a_module_is_changed_in_each_that_has_imported_it(loaded: Loaded, statements: list[Mutant]) -> None:
    for module in ("refusals", "primes", "programming"):
        loaded.find(f"thecal_specs.properties.{module}", "implies")
    change = next(each for each in statements if each.module == "properties.refusals" and not each.function)
    name = SOURCES.files["thecal_specs.properties.refusals"].text.splitlines()[change.line - 1].split(" ")[0]
    modules = [each for each in loaded.find_modules().values() if hasattr(each, name)]
    before = {getattr(each, name) for each in modules}
    with grafted(loaded, PACKAGE, change, read_statements(SPECS)[change.module]):
        assert {getattr(each, name) for each in modules}.isdisjoint(before)
    assert {getattr(each, name) for each in modules} == before
    assert len(modules) > 1


LOCKOUT = "patient_boluses_keep_the_lockout_between_them"


@pytest.fixture(scope="module")
def scales(loaded: Loaded) -> Scales:
    """What tells a weaker statement, as far as OVR-03 and the end of a bolus have killed broken kernels."""
    return Scales(loaded, find_killed("OVR-03", "OVR-05"), has_answers=False)


def test_a_statement_that_says_nothing_lets_a_broken_kernel_through(scales: Scales, statements: list[Mutant]) -> None:
    gutted = next(each for each in statements if (each.function, each.operator) == (LOCKOUT, "conclusion"))
    notice = scales.weigh(gutted)
    assert notice is not None
    assert (notice.how, notice.by) == ("broken", "OVR-03")
    assert notice.source in {row[0] for row in RECORD["mutants"]}
    assert str(notice).startswith("OVR-03 no longer refutes MUT-")


def test_without_the_broken_kernel_that_it_lets_through_the_same_weakness_goes_unnoticed(
    loaded: Loaded, statements: list[Mutant]
) -> None:
    gutted = next(each for each in statements if (each.function, each.operator) == (LOCKOUT, "conclusion"))
    blind = Scales(loaded, NOBODY, has_answers=False)
    assert blind.weigh(gutted) is None
    weighed = Weigher(blind, SOURCES)(gutted)
    assert weighed.verdict == "unnoticed"
    assert summarize([weighed]) == {"statements": 1, "noticed": 0, "kept": 0, "unnoticed": 1}


def test_a_statement_that_says_too_much_is_refuted_by_the_kernel_as_it_stands(
    scales: Scales, statements: list[Mutant]
) -> None:
    notice = scales.weigh(
        find_one(
            statements,
            LOCKOUT,
            "relation",
            "(after.tick - last.end_tick > max(last.lockout_s, after.program.lockout_s))",
        )
    )
    assert notice is not None
    assert (notice.how, notice.by) == ("sound", "OVR-03")


def test_the_statements_as_they_stand_refute_every_fixture_and_no_step_of_the_kernel(scales: Scales) -> None:
    assert {"OVR-03", "OVR-05"} <= set(scales.fixtures.broken)
    for claim in scales.properties:
        assert all(claim.is_refuted(fixture.names) for fixture in scales.fixtures.broken[claim.id])
        assert not any(claim.is_refuted(names) for names in scales.names[::10])


def test_a_history_that_forgets_is_noticed(scales: Scales, statements: list[Mutant]) -> None:
    forgetful = next(
        each for each in statements if (each.function, each.operator) == ("advance_last_bolus", "condition")
    )
    notice = scales.weigh(forgetful)
    assert notice is not None


def test_the_solver_says_which_changes_take_nothing_from_a_statement(scales: Scales, statements: list[Mutant]) -> None:
    weigher = Weigher(scales, SOURCES)
    window = "any_day_stays_under_the_largest_cap_in_force"
    stronger = find_one(statements, window, "operand", "(after.tick - window.since_tick <= DAY_S)")
    assert weigher.find_kept(stronger) == "Proved to say no less, whatever a kernel does."
    weaker = next(each for each in statements if (each.function, each.operator) == (window, "conclusion"))
    assert weigher.find_kept(weaker) == ""


def test_what_is_said_to_take_nothing_is_a_change_and_has_a_reason(statements: list[Mutant]) -> None:
    assert set(KEPT) <= {each.id for each in statements}
    assert all(reason.strip().endswith(".") for reason in KEPT.values())


def test_a_campaign_is_the_same_in_one_process_and_in_two(scales: Scales, statements: list[Mutant]) -> None:
    changes = [each for each in statements if each.function == LOCKOUT]
    one, two = (list(each_of(changes, Weigher(scales, SOURCES), jobs)) for jobs in (1, 2))
    assert one == two
    told = render(Campaign(KERNEL, SPECS, NOBODY), one)
    assert told["summary"]["statements"] == len(told["statements"]) == len(one) > 8
    assert [row["id"] for row in told["statements"]] == [each.mutant.id for each in one]


def test_a_campaign_on_other_broken_kernels_is_another_one() -> None:
    prints: Iterator[dict[str, str]] = (Campaign(KERNEL, SPECS, record).fingerprint() for record in (NOBODY, RECORD))
    nobody, everybody = prints
    assert {key for key in nobody if nobody[key] != everybody[key]} == {"mutants_sha256"}


def test_what_is_told_of_a_change_says_how_it_was_noticed(statements: list[Mutant]) -> None:
    sound = Notice("sound", "OVR-03", "", "trace lockout, step 4, BolusAsked")
    assert str(sound) == "OVR-03 refutes the kernel at trace lockout, step 4, BolusAsked"
    assert Weighed(statements[0], sound).verdict == "noticed"
    assert Weighed(statements[0], None, "Proved.").verdict == "kept"
    assert Weighed(statements[0], None).verdict == "unnoticed"
