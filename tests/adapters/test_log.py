# SPDX-License-Identifier: Apache-2.0
"""``thecal log`` tells whether a journal is whole, what it says, and what others can read of it."""

import csv
import json
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle
from tests.adapters.devices import NotingPump, make_request
from tests.adapters.journals import KEY, copy, tamper, trial
from typer.testing import CliRunner, Result

from thecal.events import PrimeAsked, PulseResult
from thecal.units import NO_MASSES
from thecal_adapters import schemas
from thecal_adapters.cli.app import app
from thecal_adapters.exits import Exit
from thecal_adapters.journal.deliveries import Kind, fold
from thecal_adapters.journal.export import COLUMNS
from thecal_adapters.journal.fhir import tell_mcg
from thecal_adapters.journal.tables import fetch_entries, open_for_reading

FILE = "pump.journal"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    (folder / "key").write_bytes(KEY)
    results: list[PulseResult | None] = [PulseResult.DONE] * 20
    results[4], results[5] = PulseResult.NOT_DONE, PulseResult.UNKNOWN
    with trial(folder, pump=NotingPump(results=results)) as made:
        made.program()
        made.run(160)
    return folder


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["log", *map(str, words)])


def test_a_whole_journal_is_as_it_was_written(whole: Path, tmp_path: Path) -> None:
    found = run("verify", whole / FILE, "--key", whole / "key", "--replay", "--json", tmp_path / "found.json")
    assert found.exit_code == Exit.AS_ASKED, found.output
    assert "As it was written, to the end." in found.output
    assert "example, needs verification" in found.output
    told = json.loads((tmp_path / "found.json").read_text())
    schemas.check("log-verify", told)
    assert told["entries"] == told["replayed"] == told["last_number"] > 100
    assert told["break"] is None


def test_a_break_is_a_finding_with_its_place(whole: Path, tmp_path: Path) -> None:
    folder = copy(whole, tmp_path / "copy")
    tamper(folder, "UPDATE entries SET actor = 'somebody' WHERE number = 9")
    found = run("verify", folder / FILE, "--key", folder / "key", "--json", "-")
    assert found.exit_code == Exit.FINDING
    told = json.loads(found.stdout)
    schemas.check("log-verify", told)
    assert told["break"] == {
        "place": "entry 9",
        "reason": "was changed, or one before it was: its hash does not follow",
    }
    assert told["entries"] == 8


def test_a_cut_is_a_finding(whole: Path, tmp_path: Path) -> None:
    folder = copy(whole, tmp_path / "copy")
    tamper(folder, "DELETE FROM entries WHERE number > 99", "DELETE FROM checkpoints WHERE number > 99")
    found = run("verify", folder / FILE, "--key", folder / "key")
    assert found.exit_code == Exit.FINDING
    assert "broken: entry 99: is the last" in found.output


def test_without_a_key_nothing_is_decided(whole: Path) -> None:
    found = run("verify", whole / FILE)
    assert found.exit_code == Exit.UNDECIDED
    assert "not decided: without the key" in found.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("verify", "nowhere"), "no such file"),
        (("show", "nowhere"), "no such file"),
        (("show", "folder"), "is a folder, and a file is expected"),
        (("show", "noise"), "thecal log verify"),
        (("verify", FILE, "--key", "nowhere"), "--key: nowhere: there is no such file"),
        (("verify", FILE, "--key", "short"), "too short"),
        (("export", FILE, "--form", "xml"), "xml"),
        (("export", FILE, "--form", "csv", "-o", "no/such/folder"), "--output"),
    ],
)
def test_wrong_use_is_told(
    whole: Path, tmp_path: Path, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy(whole, tmp_path / "copy")
    (folder / "short").write_bytes(b"short")
    (folder / "folder").mkdir()
    (folder / "noise").write_bytes(b"no journal " * 1_000)
    monkeypatch.chdir(folder)
    found = run(*words)
    assert found.exit_code == Exit.WRONG_USE, found.output
    assert said in found.output


def test_show_tells_what_matters_and_counts_the_rest(whole: Path) -> None:
    found = run("show", whole / FILE)
    assert found.exit_code == Exit.AS_ASKED
    assert "clinician dr-a: PrescriptionConfirmed" in found.output
    assert "PULSE_BOOKED_AS_UNKNOWN" in found.output
    assert "PULSE_ORDERED" not in found.output
    assert "are not shown; --all shows them." in found.output
    assert "Not checked here: thecal log verify" in found.output


def test_show_tells_all_or_a_part_as_asked(whole: Path) -> None:
    found = run("show", whole / FILE, "--all", "--json", "-")
    told = json.loads(found.stdout)
    schemas.check("log-show", told)
    assert told["not_shown"] == 0
    assert len(run("show", whole / FILE, "--all", "--last", "5").output.splitlines()) == 2 + 5 + 1
    late = json.loads(run("show", whole / FILE, "--all", "--from", "100", "--json", "-").stdout)
    assert late["entries"] == told["entries"][99:]


def test_json_lines_are_the_entries(whole: Path) -> None:
    lines = run("export", whole / FILE, "--form", "jsonl").stdout.splitlines()
    entries = json.loads(run("show", whole / FILE, "--all", "--json", "-").stdout)["entries"]
    assert [json.loads(line) for line in lines] == entries


def test_csv_has_a_line_for_each_entry_and_masses_by_drug(whole: Path, tmp_path: Path) -> None:
    assert run("export", whole / FILE, "--form", "csv", "-o", tmp_path / "out.csv").exit_code == Exit.AS_ASKED
    rows = list(csv.DictReader(StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    entries = json.loads(run("show", whole / FILE, "--all", "--json", "-").stdout)["entries"]
    assert list(rows[0]) == [*COLUMNS, "morphine_upper_fg", "morphine_lower_fg"]
    assert [row["number"] for row in rows] == [str(entry["number"]) for entry in entries]
    pulses = [row["morphine_upper_fg"] for row in rows if row["pulse_sequence"]]
    assert pulses == [str(entry["pulse"]["upper_fg"][0]) for entry in entries if entry["pulse"]]


def test_no_text_of_a_csv_is_taken_for_a_formula(tmp_path: Path) -> None:
    with trial(tmp_path) as made:
        made.console.asked = [replace(make_request(PrimeAsked(1)), actor="=cmd()")]
        made.runner.run_once()
    rows = list(csv.DictReader(StringIO(run("export", tmp_path / FILE, "--form", "csv").stdout)))
    assert rows[0]["actor"] == "'=cmd()"


def test_deliveries_hold_every_pulse_in_both_bounds(whole: Path) -> None:
    tables = open_for_reading(whole / FILE)
    entries = [entry for entry, _, _ in fetch_entries(tables)]
    tables.close()
    deliveries = list(fold(entries))
    assert {each.kind for each in deliveries} == {Kind.BOLUS, Kind.BASAL}
    bolus = next(each for each in deliveries if each.kind is Kind.BOLUS)
    ordered = sum(entry.pulse != "null" for entry in entries)
    assert sum(each.pulses for each in deliveries) == ordered - 1  # one was not done
    assert sum(each.unknown for each in deliveries) == 1
    assert bolus.actor == "dr-a"
    missing_fg = sum(each.upper_fg[0] - each.lower_fg[0] for each in deliveries)
    assert missing_fg == 2_500_000_000  # a quarter of a microlitre of 10 mg/mL
    assert all(each.upper_fg != NO_MASSES for each in deliveries)


def test_fhir_is_a_bundle_of_administrations(whole: Path, tmp_path: Path) -> None:
    done = run("export", whole / FILE, "--form", "fhir", "-o", tmp_path / "bundle.json")
    assert done.exit_code == Exit.AS_ASKED, done.output
    text = (tmp_path / "bundle.json").read_text(encoding="utf-8")
    Bundle.model_validate_json(text)
    resources = [entry["resource"] for entry in json.loads(text)["entry"]]
    assert {each["resourceType"] for each in resources} == {"MedicationAdministration"}
    bolus = next(each for each in resources if each["dosage"]["text"].startswith("bolus"))
    assert bolus["subject"]["identifier"]["value"] == "P-17"
    assert bolus["dosage"]["route"]["coding"][0]["code"] == "72607000"
    assert bolus["dosage"]["dose"]["code"] == "ug"
    assert bolus["performer"][0]["actor"]["identifier"]["value"] == "dr-a"
    assert {"text": "lot: lot-1"} in bolus["note"]
    assert bolus["effectivePeriod"]["start"] < bolus["effectivePeriod"]["end"]


def test_without_the_extra_the_export_says_what_brings_it(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "fhir"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "fhir", None)
    found = run("export", whole / FILE, "--form", "fhir")
    assert found.exit_code == Exit.UNDECIDED
    assert "pip install 'thecal[fhir]'" in found.output


@pytest.mark.parametrize(
    ("mass_fg", "told"), [(0, "0"), (1, "0.000000001"), (2_500_000_000, "2.5"), (10**14, "100000"), (10**9, "1")]
)
def test_micrograms_are_told_exactly(mass_fg: int, told: str) -> None:
    assert tell_mcg(mass_fg) == told
