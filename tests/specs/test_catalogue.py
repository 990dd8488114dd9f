# SPDX-License-Identifier: Apache-2.0
"""The catalogue is whole, in order, honest about what it leaves out, and finds the predicates that exist."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

from thecal_specs import properties
from thecal_specs.catalogue import CATALOGUE, Kind, Means, Property, find_property
from thecal_specs.catalogue.predicates import PREDICATES
from thecal_specs.catalogue.record import find_function

# Group of IDs, how many it has, and the module in which its predicates are written.
GROUPS = (
    ("OVR", 12, "overdose"),
    ("CON", 7, "concentration"),
    ("RES", 5, "reservoir"),
    ("UND", 9, "underdose"),
    ("PRG", 13, "programming"),
    ("TIM", 5, "time_and_faults"),
    ("FLT", 5, "time_and_faults"),
    ("ALM", 4, "alarms"),
    ("TOT", 5, "form"),
)
IDS = tuple(f"{prefix}-{number:02}" for prefix, count, _ in GROUPS for number in range(1, count + 1))
MODULES = {prefix: module for prefix, _, module in GROUPS}
ROOMS = {
    *("units", "limits", "fluid", "prescription", "state", "events", "outcome"),
    *(
        "schedule",
        "ledger",
        "path",
        "admission",
        "alarms",
        "quiet",
        "priming",
        "proposing",
        "lacking",
        "soundness",
        "integrity",
        "capsule",
        "programming",
        "safe_state",
        "step",
        "boundary",
        "session",
    ),
}

each_property = pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: row.id)
each_path = pytest.mark.parametrize(("property_id", "path"), PREDICATES.items())


def count_sentences(text: str) -> int:
    """How many sentences a text has; 0 if it does not end as a sentence does."""
    return len(re.findall(r"[.!?](?=\)?(?:\s|$))", text)) if re.search(r"[\w)][.!?]\)?$", text) else 0


def find_written_predicates() -> Iterator[tuple[str, str]]:
    """Dotted name and first word of the docstring of every function of the property modules."""
    for found in pkgutil.iter_modules(properties.__path__, f"{properties.__name__}."):
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == found.name:
                yield f"{found.name}.{name}", (function.__doc__ or "").partition(" ")[0]


def test_all_sixty_five_properties_are_there_in_order() -> None:
    assert len(IDS) == 65
    assert tuple(row.id for row in CATALOGUE) == IDS, "Identifiers are never dropped, reused or moved"


def test_no_two_properties_share_a_name() -> None:
    names = [row.name for row in CATALOGUE]
    assert len(set(names)) == len(names)


@each_property
def test_a_statement_is_written_in_whole_sentences(row: Property) -> None:
    assert count_sentences(row.statement) >= 1
    assert row.name[0].isupper()
    assert not row.name.endswith(".")
    assert "  " not in row.statement, "Two pieces of the text are joined by two blanks"
    assert not re.search(r"[a-z,][A-Z]{2}|[a-z]\.[A-Z]|,[a-z]", row.statement), "Two pieces are joined by none"


@each_property
def test_each_property_says_in_one_sentence_what_it_does_not_say(row: Property) -> None:
    assert row.does_not_say.startswith("It does not "), "Begin with the words: It does not"
    assert count_sentences(row.does_not_say) == 1, "Exactly one sentence"


@pytest.mark.parametrize(
    ("text", "count"),
    [("One. Two.", 2), ("One of 0.5 mL.", 1), ("No end", 0), ("Is it? It is.", 2), ("", 0), (".", 0)],
)
def test_sentences_are_counted_rightly(text: str, count: int) -> None:
    assert count_sentences(text) == count


@each_property
def test_a_property_names_rooms_of_the_kernel_in_which_it_is_kept(row: Property) -> None:
    assert row.enforced_in
    assert set(row.enforced_in) <= ROOMS


def test_only_a_way_back_and_a_trace_are_claims_of_another_kind() -> None:
    others = {row.id: row.kind for row in CATALOGUE if row.kind is not Kind.SAFETY}
    assert others == {"UND-05": Kind.RECOVERY, "TOT-04": Kind.WITNESS}


def test_a_property_has_a_path_to_its_predicate_exactly_if_a_predicate_decides_it() -> None:
    assert list(PREDICATES) == [row.id for row in CATALOGUE if row.means is Means.PREDICATE]


def test_what_no_predicate_of_a_step_decides_is_the_form_of_the_program_what_is_loaded_and_plain_functions() -> None:
    form = {identifier for identifier in IDS if identifier.startswith("TOT")}
    assert {row.id for row in CATALOGUE if row.means is not Means.PREDICATE} == form | {"FLT-01", "PRG-13", "TIM-05"}
    assert not any(row.is_unstated for row in CATALOGUE if row.means is not Means.PREDICATE)


@each_path
def test_a_predicate_is_looked_for_in_the_module_of_its_group(property_id: str, path: str) -> None:
    module, _, function = path.rpartition(".")
    assert module == f"{properties.__name__}.{MODULES[property_id[:3]]}"
    assert function.isidentifier()
    assert function.islower()


def test_no_two_properties_share_a_predicate() -> None:
    assert len(set(PREDICATES.values())) == len(PREDICATES)


def test_every_predicate_that_is_written_is_attached_to_the_property_that_it_names() -> None:
    named = {path: word.removesuffix(":") for path, word in find_written_predicates()}
    claimed = {path: identifier for path, identifier in named.items() if identifier in IDS}
    attached = {path: identifier for identifier, path in PREDICATES.items() if path in named}
    assert claimed == attached, "Mend thecal_specs/catalogue/predicates.py or the docstring's first word"


def test_a_property_whose_predicate_is_written_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    row = find_property("OVR-06")
    paths = {row.id: f"{__name__}.count_sentences"}
    monkeypatch.setattr("thecal_specs.catalogue.record.PREDICATES", paths)
    monkeypatch.setattr("thecal_specs.catalogue.record.find_function", lambda path: globals()[path.split(".")[-1]])
    assert row.predicate is count_sentences
    assert not row.is_unstated


@pytest.mark.parametrize(
    "path", ["thecal_specs.properties.no_module.f", "thecal_specs.properties.no_function", "no_package.m.f"]
)
def test_a_property_without_its_predicate_is_unstated(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = find_property("OVR-06")
    monkeypatch.setattr("thecal_specs.catalogue.record.PREDICATES", {row.id: path})
    assert row.predicate is None
    assert row.is_unstated


def test_a_module_that_fails_to_import_is_an_error_and_not_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_group.py").write_text("import no_such_dependency\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_dependency"):
        find_function("broken_group.some_predicate")


def test_a_function_that_exists_is_found() -> None:
    assert isinstance(find_function("thecal_specs.catalogue.find_property"), FunctionType)


@pytest.mark.parametrize("row", [row for row in CATALOGUE if row.amended], ids=lambda row: row.id)
def test_an_amended_row_keeps_its_old_statement_and_the_counterexample(row: Property) -> None:
    assert row.amended is not None
    assert row.amended.old_statement != row.statement
    assert count_sentences(row.amended.counterexample) >= 1
    assert count_sentences(row.amended.reason) >= 1


def test_an_unknown_identifier_is_an_error() -> None:
    with pytest.raises(KeyError, match="OVR-99"):
        find_property("OVR-99")
