# SPDX-License-Identifier: Apache-2.0
"""Library files are read whole or refused; shipped ones say that they are examples, and where each number is from."""

import re
from pathlib import Path

import pytest

from thecal.limits import DrugLimits, PumpModel, is_admissible_config
from thecal_adapters import library
from thecal_adapters.codec import Refused
from thecal_adapters.library import Kind, decode_drug, decode_pump, find_entry, list_names, load_config, read_entry

FOLDER = Path(library.__file__).parent
SHIPPED = [(kind, name) for kind in Kind for name in list_names(kind)]
PUMP = (FOLDER / "pumps" / "peristaltic-40.toml").read_text()
DRUG = (FOLDER / "drugs" / "ziconotide.toml").read_text()


def test_what_the_domain_names_is_shipped() -> None:
    assert list_names(Kind.PUMP) == ["peristaltic-40", "valve-pulse-20"]
    assert {"baclofen", "morphine", "ziconotide", "clonidine", "hydromorphone"} <= set(list_names(Kind.DRUG))


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_every_shipped_number_has_a_source_and_says_that_it_is_an_example(kind: Kind, name: str) -> None:
    entry = find_entry(kind, name)
    assert entry.status == "example, needs verification"
    assert all(figure.source.endswith(".") for figure in (*entry.limits.values(), *entry.facts.values()))
    declared = PumpModel if kind is Kind.PUMP else DrugLimits
    assert entry.limits.keys() == set(declared.__slots__) - {"is_listed"}


@pytest.mark.parametrize("pump", list_names(Kind.PUMP))
@pytest.mark.parametrize("drug", list_names(Kind.DRUG))
def test_the_kernel_accepts_every_shipped_drug_in_every_shipped_pump(pump: str, drug: str) -> None:
    assert is_admissible_config(load_config(pump, [drug]))


def test_the_first_drug_listed_drives_the_rate() -> None:
    config = load_config("valve-pulse-20", ["clonidine", "morphine"])
    assert config.library[0] == decode_drug(find_entry(Kind.DRUG, "clonidine"))
    assert config.library[1] == decode_drug(find_entry(Kind.DRUG, "morphine"))
    assert [drug.is_listed for drug in config.library] == [True, True, False, False]
    assert config.pump == decode_pump(find_entry(Kind.PUMP, "valve-pulse-20"))


def test_numbers_of_the_label_are_the_labels() -> None:
    ziconotide = decode_drug(find_entry(Kind.DRUG, "ziconotide"))
    assert ziconotide.day_fg_max == 19_200_000_000  # 19.2 mcg
    pump = decode_pump(find_entry(Kind.PUMP, "peristaltic-40"))
    assert pump.slot_volume_nl_min * 48 == 48_000  # 0.048 mL a day
    assert pump.slot_volume_nl_min * 48 * 25_000 == 1_200_000_000  # 1.2 mcg a day of 25 mcg/mL


def test_a_digest_names_a_content() -> None:
    digests = {
        load_config(pump, drugs).digest
        for pump in list_names(Kind.PUMP)
        for drugs in (["morphine"], ["baclofen"], ["morphine", "clonidine"], ["clonidine", "morphine"])
    }
    assert len(digests) == 8
    assert all(0 <= digest < 2**63 for digest in digests)
    assert load_config("peristaltic-40", ["morphine"]) == load_config("peristaltic-40", ["morphine"])


def test_a_site_answers_for_its_own_file_by_name() -> None:
    approval = '[approval]\nwho = "Dr A"\nwhen = "2026-11-20"\nsource = "formulary 7"\n\n[limits.'
    own = DRUG.replace('"example"', '"site-approved"').replace("[limits.", approval, 1)
    entry = read_entry(Kind.DRUG, own, "own.toml")
    assert entry.status == "approved by Dr A on 2026-11-20 from formulary 7"


@pytest.mark.parametrize(
    ("kind", "pattern", "replacement", "reason"),
    [
        (Kind.DRUG, r"value = 19_200_000_000", "value = 1.0e9", r"limits.day_fg_max: REFUSED_A_FLOAT_FOR_AN_INTEGER"),
        (Kind.DRUG, r"value = 19_200_000_000", "value = nan", r"limits.day_fg_max: REFUSED_A_NAN_FOR_AN_INTEGER"),
        (Kind.DRUG, r"value = 19_200_000_000", "value = true", r"limits.day_fg_max: REFUSED_A_BOOL_FOR_AN_INTEGER"),
        (Kind.DRUG, r"value = 19_200_000_000", 'value = "19"', r"limits.day_fg_max: REFUSED_A_TEXT_FOR_AN_INTEGER"),
        (Kind.DRUG, r'certainty = "V"', 'certainty = "sure"', "certainty: 'sure' is none of V, D, M-h"),
        (Kind.DRUG, r'source = ".*"', 'source = " "', "source: is empty"),
        (Kind.DRUG, r'certainty = "V"\n', "", "certainty is missing"),
        (Kind.DRUG, r"\[limits\.day_fg_max\]", "[limits.day_mcg_max]", "day_fg_max is missing"),
        (Kind.DRUG, r"\[limits\.day_fg_max\]", "[limits.is_listed]", "is_listed: a drug is listed by having a file"),
        (Kind.DRUG, r'status = "example"', 'status = "fine"', "'fine' is neither 'example' nor 'site-approved'"),
        (Kind.DRUG, r'status = "example"', 'status = "site-approved"', "approval: an object is expected"),
        (Kind.DRUG, r'status = "example"', 'status = "example"\nunit = "mg"', "unit: is not a key known here"),
        (Kind.DRUG, r'value = "STOP"', 'value = "PAUSE"', "'PAUSE' is none of STOP, MINIMUM_RATE, KEEP_BASAL"),
        (Kind.PUMP, r"value = 250", "value = 250\nvalue = 251", "is no TOML"),
        (Kind.PUMP, r"\[limits\.capacity_nl\]", "[limits.capacity_ml]", "capacity_nl is missing"),
    ],
)
def test_what_is_not_whole_is_refused(kind: Kind, pattern: str, replacement: str, reason: str) -> None:
    text = DRUG if kind is Kind.DRUG else PUMP
    changed = re.sub(pattern, replacement, text, count=1)
    assert changed != text
    with pytest.raises(Refused, match=re.escape(reason)):
        read_entry(kind, changed, "file.toml")


@pytest.mark.parametrize(
    ("pump", "drugs", "reason"),
    [
        ("peristaltic-41", ["morphine"], "'peristaltic-41' is none of peristaltic-40, valve-pulse-20"),
        ("peristaltic-40", ["aspirin"], "'aspirin' is none of baclofen"),
        ("peristaltic-40", [], "1 to 4 drugs are expected, not 0"),
        ("peristaltic-40", ["morphine"] * 5, "1 to 4 drugs are expected, not 5"),
        ("peristaltic-40", ["morphine", "morphine"], "a drug stands twice"),
    ],
)
def test_what_is_no_configuration_is_refused(pump: str, drugs: list[str], reason: str) -> None:
    with pytest.raises(Refused, match=re.escape(reason)):
        load_config(pump, drugs)


def test_what_the_kernel_does_not_accept_is_refused() -> None:
    wrong = read_entry(Kind.PUMP, PUMP.replace("value = 250\n", "value = 0\n"), "file.toml")
    drug = decode_drug(find_entry(Kind.DRUG, "morphine"))
    with pytest.raises(Refused, match="REFUSED_AN_INADMISSIBLE_CONFIGURATION"):
        library.make_config("own", decode_pump(wrong), [("morphine", drug)], "$")
