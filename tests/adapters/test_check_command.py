# SPDX-License-Identifier: Apache-2.0
"""``thecal check`` as a process: its status, its errors, where it begins, and the page that it draws."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.devices import CONFIG
from tests.adapters.journals import trial

from thecal.state import initial_state
from thecal_adapters import schemas
from thecal_adapters.checking import check
from thecal_adapters.checking.picture import draw
from thecal_adapters.checking.start import load_state, make_running_state
from thecal_adapters.cli import check as command
from thecal_adapters.cli.telling import WrongUse
from thecal_adapters.codec import Refused, encode, write
from thecal_adapters.library import load_config
from thecal_adapters.prescriptions import find_example

NAME = "ziconotide-lowest"


def run(*args: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "thecal_adapters", "check", *args]
    return subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", cwd=folder)


def make_file(folder: Path, **changes: str) -> Path:
    """A file like an example, some of its text replaced."""
    shipped = (
        Path(__file__).parents[2] / "adapters/thecal_adapters/prescriptions/examples" / f"{NAME}.prescription.toml"
    )
    text = shipped.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    file = folder / "mine.prescription.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_an_example_is_admitted_and_its_figures_are_exact() -> None:
    done = run(NAME)
    assert done.returncode == 0, done.stderr
    assert "Admitted by the kernel." in done.stdout
    assert "    most   exactly 1.2 mcg; 80 % of the cap of 1.5 mcg" in done.stdout
    assert "example, needs verification" in done.stdout


def test_json_goes_where_it_is_asked_for_and_has_its_form(tmp_path: Path) -> None:
    done = run(str(make_file(tmp_path)), "--json", "-", folder=tmp_path)
    found: dict[str, Any] = json.loads(done.stdout)
    schemas.check("check", found)
    assert found["forecast"]["is_proved"]
    assert "Admitted by the kernel." in done.stderr


def test_what_the_kernel_refuses_is_a_finding(tmp_path: Path) -> None:
    file = make_file(tmp_path, **{'ziconotide = "1.5 mcg/day"': 'ziconotide = "20 mcg/day"'})
    done = run(str(file), "--json", str(tmp_path / "out.json"))
    assert done.returncode == 1
    assert "REFUSED by the kernel at PrescriptionStaged: REFUSED_CAP_ABOVE_A_HARD_LIMIT (PRG-04)" in done.stdout
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["forecast"] is None


def test_a_bad_file_is_wrong_use_with_line_and_value(tmp_path: Path) -> None:
    file = make_file(tmp_path, **{'rate = "1.2 mcg/day"': 'rate = "1.20 mcg/day"'})
    done = run(str(file))
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"{file}:26: basal.rate: '1.20 mcg/day': no zero stands at the end of a decimal" in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"name": None}, "name a prescription"),
        ({"name": "none.prescription.toml"}, "there is no such file; name a .+ or an example that thecal check --list"),
        ({"name": "folder.prescription.toml"}, "is a folder; name a"),
        ({"name": "bytes.prescription.toml"}, "is no text: UTF-8 is expected"),
        ({"name": "empty.prescription.toml"}, "version is missing"),
        ({"name": "file.toml"}, "neither a .prescription.toml file nor an example; thecal check --list"),
        ({"picture": Path("page.pdf")}, "ends in .svg or .png"),
        ({"current": "baclofen-flex"}, "is for another pump, or for other drugs"),
        ({"picture": Path("nowhere/page.svg")}, "there is no folder nowhere"),
        ({"picture": Path("folder.svg")}, "is a folder, and the name of a file is expected"),
        ({"json_to": "nowhere/out.json"}, "--json: there is no folder nowhere"),
        ({"state": Path("none.json")}, "none.json: there is no such file"),
        ({"state": Path("folder.svg")}, "folder.svg: is a folder, and a file is expected"),
        ({"state": Path("bytes.prescription.toml")}, "is no text"),
    ],
)
def test_wrong_use_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: dict[str, Any], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("folder.prescription.toml", "folder.svg"):
        Path(folder).mkdir()
    Path("bytes.prescription.toml").write_bytes(b"\xff\xfe\x00")
    Path("empty.prescription.toml").touch()
    before = sorted(tmp_path.iterdir())
    usual: dict[str, Any] = {
        "name": NAME, "is_list": False, "state": None, "current": None, "json_to": None, "picture": None
    }  # fmt: skip
    with pytest.raises((WrongUse, Refused), match=said):
        command.check(**{**usual, **args})
    assert sorted(tmp_path.iterdir()) == before


def test_an_order_for_a_running_pump_is_told_where_to_begin() -> None:
    done = run("baclofen-stronger")
    assert done.returncode == 1
    assert "Begin from --state FILE, or from --current PRESCRIPTION, such as --current baclofen-flex." in done.stdout
    refused = check(
        load_config("peristaltic-40", ["morphine"]),
        initial_state(load_config("peristaltic-40", ["morphine"])),
        find_example("morphine-patient-bolus"),
    )  # whole in itself
    assert command.find_hint(refused) == ""


def test_the_examples_are_listed() -> None:
    done = run("--list")
    assert done.returncode == 0
    assert "(with --current baclofen-flex)" in done.stdout
    assert "ziconotide-lowest: Ziconotide, lowest dose" in done.stdout.splitlines()


def test_the_page_is_drawn_with_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    order = find_example(NAME)
    config = load_config(order.pump, order.drugs)
    found = check(config, initial_state(config), order)
    pages = [tmp_path / name for name in ("here.svg", "here.png", "again.png")]
    for page in pages:
        draw(found, page)
    assert run(NAME, "--picture", str(tmp_path / "there.svg")).returncode == 0
    assert pages[0].read_bytes() == (tmp_path / "there.svg").read_bytes()
    assert pages[1].read_bytes() == pages[2].read_bytes()
    assert pages[1].read_bytes().startswith(b"\x89PNG")
    assert b"Ziconotide, lowest dose (example, needs verification)" in pages[0].read_bytes()


def test_a_stored_state_is_where_a_check_begins(tmp_path: Path) -> None:
    order = find_example(NAME)
    config = load_config(order.pump, order.drugs)
    state = make_running_state(config, order)
    file = tmp_path / "state.json"
    file.write_text(write({"state": encode(state)}), encoding="utf-8")
    assert load_state(config, file) == state
    done = run(NAME, "--state", str(file))
    assert done.returncode == 0
    assert "Changes against the current program: 0 of 12 settings." in done.stdout


def test_a_state_of_another_pump_or_one_that_was_altered_is_refused(tmp_path: Path) -> None:
    order = find_example(NAME)
    config = load_config(order.pump, order.drugs)
    state = make_running_state(config, order)
    altered = replace(state, reservoir=replace(state.reservoir, volume_lo_nl=state.reservoir.volume_hi_nl + 1))
    other = initial_state(load_config("peristaltic-40", ["morphine"]))
    file = tmp_path / "state.json"
    for wrong, said in ((altered, "fails the kernel's own check"), (other, "another pump or library")):
        file.write_text(write(encode(wrong)), encoding="utf-8")
        with pytest.raises(Refused, match=said):
            load_state(config, file)


def test_a_journal_is_where_a_check_begins(tmp_path: Path) -> None:
    with trial(tmp_path) as device:
        device.program()
        device.run(40)
        state = device.runner.state
        file = device.journal.path
    assert load_state(CONFIG, file) == state
    with pytest.raises(Refused, match="another pump or library"):
        load_state(load_config("peristaltic-40", ["baclofen"]), file)
