# SPDX-License-Identifier: Apache-2.0
"""Commands as processes: each end has its status, JSON goes where it was asked for, colour says nothing alone."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thecal_adapters import schemas

Run = Callable[..., subprocess.CompletedProcess[str]]
SCENARIO = "ziconotide-lowest-dose"


def test_all_proved_is_as_asked(expect_exit: Run) -> None:
    done = expect_exit(0, "prove", "OVR-03", "RES-01")
    assert "OVR-03  proved" in done.stdout
    assert "OVR-01" not in done.stdout
    assert "Properties: 2 proved. Obligations: 2." in done.stdout
    assert "is TOT-03" in done.stdout


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("proved", 0), ("refuted", 1), ("vacuous", 1), ("unknown", 3), ("unsupported", 3), ("unstated", 3)],
)
def test_each_verdict_has_its_status(repository: Any, expect_exit: Run, verdict: str, status: int) -> None:
    repository.say(OVR_03=verdict)
    done = expect_exit(status, "prove", "OVR-03", "OVR-04")
    assert re.search(rf"^OVR-03  {verdict} ", done.stdout, re.MULTILINE)


def test_a_finding_outweighs_what_is_undecided(repository: Any, expect_exit: Run) -> None:
    repository.say(OVR_03="refuted", OVR_04="unstated")
    expect_exit(1, "prove", "OVR")


def test_what_the_properties_rest_on_counts(repository: Any, expect_exit: Run) -> None:
    repository.say(support={"ticks_are_ordered": {"SecondPassed": "refuted"}})
    done = expect_exit(1, "prove")
    assert "What the properties rest on: 1 refuted." in done.stdout


def test_a_whole_run_shows_what_is_unstated(repository: Any, expect_exit: Run) -> None:
    repository.say(UND_05="unstated")
    done = expect_exit(3, "prove")
    assert "UND-05  unstated" in done.stdout
    assert "1 unstated" in done.stdout


def test_a_refuted_cell_is_told_with_its_numbers_and_a_test_to_run(repository: Any, expect_exit: Run) -> None:
    repository.say(OVR_03="refuted")
    done = expect_exit(1, "prove", "OVR-03")
    assert "refuted: OVR-03/SecondPassed\n  because\n  state.x[*] = 1 (2 of them)\n  state.y = 2\n" in done.stdout
    test = repository.root / "build" / "counterexamples" / "test_OVR_03_SecondPassed.py"
    assert f"Run it: pytest {test.relative_to(repository.root)}" in done.stdout
    assert "def test_it" in test.read_text()


@pytest.mark.parametrize(
    "args",
    [
        ("prove", "OVR-99"),
        ("prove", "--no-such-option"),
        ("prove", "--jobs", "0"),
        ("prove", "--source", "nowhere"),
        ("prove", "OVR-03", "--json", "no/such/folder/out.json"),
        ("replay",),
        ("replay", "no-such-scenario"),
        ("explain",),
        ("explain", "OVR-99"),
        ("no-such-command",),
        (),
    ],
)
def test_wrong_use(expect_exit: Run, args: tuple[str, ...]) -> None:
    done = expect_exit(2, *args)
    assert done.stderr or args == ()
    assert "Traceback" not in done.stderr


def test_a_source_that_cannot_be_read_decides_nothing(repository: Any, expect_exit: Run) -> None:
    repository.say(refuses=True)
    done = expect_exit(3, "prove", "OVR-03")
    assert "the source could not be read: step.py:1:1: no" in done.stderr


def test_an_error_of_the_program_is_no_finding(repository: Any, expect_exit: Run) -> None:
    repository.say(crashes=True)
    done = expect_exit(3, "prove", "OVR-03")
    assert "says nothing about the kernel" in done.stderr


def test_an_interrupted_run_decides_nothing(repository: Any) -> None:
    repository.say(waits=True)
    process = subprocess.Popen(
        repository.command("prove", "OVR-03"),
        cwd=repository.root,
        env=repository.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs ignore interrupts, and hand that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "proving\n"
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 3
    assert stderr == "thecal: interrupted: nothing is decided\n"


@pytest.mark.parametrize(
    ("module", "args", "extra"),
    [
        ("z3", ("prove", "OVR-03"), "proofs"),
        ("typer", ("prove", "--list"), "cli"),
        ("rich", ("explain", "OVR-03"), "cli"),
        ("jsonschema", ("replay", SCENARIO), "cli"),
    ],
)
def test_a_missing_extra_is_named(
    repository: Any, expect_exit: Run, module: str, args: tuple[str, ...], extra: str
) -> None:
    absent = f"raise ModuleNotFoundError(\"No module named '{module}'\", name='{module}')\n"
    (repository.root / f"{module}.py").write_text(absent)
    if module == "z3":
        (repository.proofs / "provider.py").write_text("import z3\n")
    done = expect_exit(3, *args)
    expected = f"thecal: The Python package '{module}' is missing. Bring it with: pip install 'thecal[{extra}]'\n"
    assert done.stderr == expected


def test_the_list_needs_no_prover(repository: Any, expect_exit: Run, all_ids: list[str]) -> None:
    (repository.proofs / "provider.py").unlink()
    done = expect_exit(0, "prove", "--list", "--json", "-")
    assert [row["id"] for row in json.loads(done.stdout)["properties"]] == all_ids
    assert "OVR-03" in done.stderr


def test_json_has_the_standard_output_to_itself(expect_exit: Run, all_ids: list[str]) -> None:
    done = expect_exit(0, "prove", "--json", "-")
    report = json.loads(done.stdout)
    schemas.check("verdicts", report)
    assert [row["id"] for row in report["properties"]] == all_ids
    assert report["summary"] == {"proved": len(all_ids)}
    assert "Properties:" in done.stderr


def test_json_goes_to_a_file(expect_exit: Run, tmp_path: Path) -> None:
    done = expect_exit(0, "prove", "OVR-03", "--json", str(tmp_path / "out.json"))
    assert json.loads((tmp_path / "out.json").read_text())["properties"][0]["id"] == "OVR-03"
    assert "Properties:" in done.stdout


def test_questions_are_exported(expect_exit: Run, tmp_path: Path) -> None:
    expect_exit(0, "prove", "OVR-03", "--export", str(tmp_path / "questions"))
    assert (tmp_path / "questions" / "question.smt2").is_file()


def test_an_export_that_was_edited_is_a_finding_and_no_export_is_wrong_use(
    repository: Any, expect_exit: Run, tmp_path: Path
) -> None:
    folder = str(tmp_path / "questions")
    assert "holds no manifest.json" in expect_exit(2, "prove", "--check-export", folder).stderr
    expect_exit(0, "prove", "OVR-03", "--export", folder)
    done = expect_exit(0, "prove", "--check-export", folder, "--json", "-")
    schemas.check("export-check", json.loads(done.stdout))
    assert "1 question is what this kernel asks" in done.stderr
    repository.say(edited=[{"file": "question.smt2", "problem": "it was edited after it was written: export again"}])
    done = expect_exit(1, "prove", "--check-export", folder)
    assert done.stdout == "question.smt2: it was edited after it was written: export again\n"


def test_a_changed_copy_is_proved_and_not_remembered(repository: Any, expect_exit: Run) -> None:
    expect_exit(0, "prove", "--source", str(repository.root / "kernel" / "thecal"))
    assert not (repository.root / "build").exists()
    expect_exit(0, "prove")
    assert (repository.root / "build" / "verdicts").is_dir()


@pytest.mark.parametrize("command", ["prove", "translate"])
def test_a_copy_under_another_name_is_refused_with_the_reason(command: str, tmp_path: Path, expect_exit: Run) -> None:
    copy = tmp_path / "my-kernel"
    copy.mkdir()
    (copy / "step.py").touch()
    assert "has to be named thecal" in expect_exit(2, command, "--source", str(copy)).stderr


def test_a_scenario_that_turns_out_as_it_says_is_as_asked(expect_exit: Run) -> None:
    done = expect_exit(0, "replay", SCENARIO, "--json", "-", "--monitor")
    outcome = json.loads(done.stdout)
    schemas.check("replay", outcome)
    assert outcome["mismatches"] == []
    assert "As expected." in done.stderr
    assert "example, needs verification" in done.stderr


def test_a_scenario_that_turns_out_otherwise_is_a_finding(repository: Any, expect_exit: Run) -> None:
    file = repository.root / "adapters" / "thecal_adapters" / "scenarios" / f"{SCENARIO}.json"
    changed = repository.root / "changed.json"
    changed.write_text(file.read_text().replace('"basal": 192', '"basal": 193'))
    done = expect_exit(1, "replay", str(changed))
    assert "mismatch: $.pulses.basal: 193 expected, 192 found" in done.stdout


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"version": NaN}', "thecal: wrong.json: $: NaN is no JSON number\n"),
        ('{"version": 1, "version": 1}', "thecal: wrong.json: $: the key 'version' stands twice in one object\n"),
        ("{}", "thecal: wrong.json: $: 'version' is a required property\n"),
        ("\x00", "thecal: wrong.json: $: is no JSON"),
    ],
)
def test_a_file_that_is_no_scenario_is_wrong_use(repository: Any, expect_exit: Run, text: str, reason: str) -> None:
    (repository.root / "wrong.json").write_text(text)
    assert expect_exit(2, "replay", "wrong.json").stderr.startswith(reason)


def test_bytes_that_are_no_text_are_wrong_use(repository: Any, expect_exit: Run) -> None:
    (repository.root / "wrong.json").write_bytes(b"\xff\xfe\x00")
    assert "wrong.json" in expect_exit(2, "replay", "wrong.json").stderr


def test_scenarios_are_listed(expect_exit: Run) -> None:
    assert f"{SCENARIO}: Ziconotide at the lowest dose" in expect_exit(0, "replay", "--list").stdout


def test_a_property_is_explained_down_to_the_lines_that_keep_it(repository: Any, expect_exit: Run) -> None:
    done = expect_exit(0, "explain", "ovr-03", "--json", "-")
    told = json.loads(done.stdout)
    assert told["row"] is None
    assert "none yet" in done.stderr
    assert {line["file"] for line in told["lines"]} >= {"kernel/thecal/ledger.py"}
    for line in told["lines"]:
        source = (repository.root / line["file"]).read_text().splitlines()[line["line"] - 1]
        assert line["text"] in source
        assert "OVR-03" in source
    assert "HAZ-02" in done.stderr
    assert "REQ-03" in done.stderr


def test_the_last_verdict_is_told_as_long_as_the_texts_are_the_same(repository: Any, expect_exit: Run) -> None:
    repository.say(OVR_03="unknown")
    expect_exit(3, "prove", "OVR-03")
    assert "SecondPassed: unknown" in expect_exit(0, "explain", "OVR-03").stdout
    repository.say(OVR_03="unknown", name="changed")
    assert "none yet" in expect_exit(0, "explain", "OVR-03").stdout


def test_a_verdict_on_record_is_told_with_the_text_that_it_is_of(repository: Any, expect_exit: Run) -> None:
    expect_exit(0, "report")
    shutil.rmtree(repository.root / "build")
    done = expect_exit(0, "explain", "OVR-03", "--json", "-")
    assert "on record in proofs/verdicts.json, of these very texts, this prover and this solver" in done.stderr
    assert "SecondPassed: proved" in done.stderr
    assert json.loads(done.stdout)["record"]["differs"] == []
    repository.say(name="changed")
    done = expect_exit(0, "explain", "OVR-03", "--json", "-")
    assert "none yet" in done.stderr
    assert "On record in proofs/verdicts.json, of another prover: it says nothing of this one" in done.stderr
    assert "SecondPassed: proved" in done.stderr
    assert json.loads(done.stdout)["record"]["differs"] == ["prover"]
    (repository.proofs / "provider.py").write_text("import z3_is_not_here\n")
    assert "without a prover it is not known" in expect_exit(0, "explain", "OVR-03").stdout


def test_a_property_is_explained_without_a_prover(repository: Any, expect_exit: Run) -> None:
    (repository.proofs / "provider.py").unlink()
    assert "none yet" in expect_exit(0, "explain", "OVR-03").stdout


def test_pages_are_written_compared_and_proved_once(repository: Any, expect_exit: Run) -> None:
    repository.say(UND_05="unstated")
    expect_exit(3, "prove")
    assert repository.runs == 1
    expect_exit(1, "report", "--check")
    expect_exit(0, "report")
    assert "| [OVR-03](proofs/REPORT.md#ovr-03) |" in (repository.root / "README.md").read_text()
    assert expect_exit(0, "report", "--check").stdout == ""
    assert repository.runs == 1
    report = repository.root / "proofs" / "REPORT.md"
    report.write_text(report.read_text().replace("unstated", "proved"))
    assert expect_exit(1, "report", "--check").stdout == "proofs/REPORT.md is out of date: run thecal report\n"
    repository.say(UND_05="unstated", name="changed")
    expect_exit(1, "report", "--check")
    assert repository.runs == 2


def test_the_pages_of_a_run_made_elsewhere_are_those_of_a_run_made_here(repository: Any, expect_exit: Run) -> None:
    repository.say(OVR_03="unknown")
    expect_exit(3, "prove", "--json", "elsewhere.json")
    expect_exit(0, "report")
    shutil.rmtree(repository.root / "build")
    assert expect_exit(0, "report", "--check", "--from", "elsewhere.json").stdout == ""
    assert repository.runs == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"kernel": "c"}, "is of another kernel; prove this one: thecal prove --json elsewhere.json"),
        ({"specs": "c"}, "is of another specification;"),
        ({"name": "other"}, "is of another prover;"),
        ({"kernel": "c", "name": "other"}, "is of another kernel and another prover;"),
    ],
)
def test_a_report_of_other_texts_is_refused(repository: Any, expect_exit: Run, said: dict[str, str], told: str) -> None:
    expect_exit(0, "prove", "--json", "elsewhere.json")
    repository.say(**said)
    assert told in expect_exit(2, "report", "--from", "elsewhere.json").stderr
    assert not (repository.root / "proofs" / "REPORT.md").exists()


def test_a_report_that_lacks_something_or_contradicts_itself_is_refused(repository: Any, expect_exit: Run) -> None:
    expect_exit(0, "prove", "OVR-03", "--json", "part.json")
    assert "did not ask for everything; it lacks OVR-01," in expect_exit(2, "report", "--from", "part.json").stderr
    repository.say(OVR_03="unknown")
    expect_exit(3, "prove", "--json", "whole.json")
    whole = repository.root / "whole.json"
    told = json.loads(whole.read_text())
    next(row for row in told["properties"] if row["id"] == "OVR-03")["verdict"] = "proved"
    whole.write_text(json.dumps(told))
    done = expect_exit(2, "report", "--from", "whole.json")
    assert "whole.json contradicts itself about OVR-03, its summary; prove it again" in done.stderr
    del told["summary"]
    whole.write_text(json.dumps(told))
    assert "'summary' is a required property" in expect_exit(2, "report", "--from", "whole.json").stderr


def test_a_changed_source_is_not_told_by_an_old_report(repository: Any, expect_exit: Run) -> None:
    expect_exit(0, "report")
    repository.say(kernel="c", OVR_03="refuted")
    assert "proofs/verdicts.json is out of date" in expect_exit(1, "report", "--check").stdout
    assert repository.runs == 2, "the old report was not believed"


def test_a_page_without_a_place_is_wrong_use(repository: Any, expect_exit: Run) -> None:
    (repository.root / "README.md").write_text("# thecal\n")
    done = expect_exit(2, "report")
    assert "add a line <!-- generated: verdicts -->" in done.stderr
    assert not (repository.root / "proofs" / "REPORT.md").exists()


def test_pages_need_a_prover(repository: Any, expect_exit: Run) -> None:
    (repository.proofs / "provider.py").write_text("import z3_is_not_here\n")
    expect_exit(3, "report")


def test_what_is_measured_is_told_as_ratios(expect_exit: Run) -> None:
    done = expect_exit(0, "bench", "OVR-04", "--json", "-")
    measured = json.loads(done.stdout)
    schemas.check("bench", measured)
    assert measured["proof_seconds"]["OVR-04"] == 0.5
    assert measured["growth"][0]["name"] == "as it stands"
    assert "1.00 times" in done.stderr
    assert re.search(r"^ +1\.0  a second", done.stderr, re.MULTILINE)


def test_the_version_is_told(expect_exit: Run) -> None:
    assert re.fullmatch(r"thecal \d+\.\d+\.\d+\n", expect_exit(0, "--version").stdout)


def watch(repository: Any, *args: str, **environment: str) -> str:
    """What a command writes to a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        repository.command(*args),
        cwd=repository.root,
        env=repository.environment(TERM="xterm-256color", **environment),
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    written = b""
    try:
        while chunk := os.read(master, 65_536):
            written += chunk
    except OSError:  # the other end is closed
        pass
    process.wait(timeout=60)
    os.close(master)
    return written.decode()


COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def test_a_terminal_sees_the_grid_grow_and_colours(repository: Any) -> None:
    repository.say(OVR_04="unknown")
    written = watch(repository, "prove", "OVR-03", "OVR-04")
    assert "1 of 2 obligations decided" in written
    assert "2 of 2 obligations decided" in written
    assert re.search(r"\x1b\[[0-9;]*32m", written), "proved is green"
    plain = COLOUR.sub("", written)
    assert "OVR-03  proved" in plain
    assert "OVR-04  unknown" in plain


def test_no_color_is_honoured(repository: Any) -> None:
    repository.say(OVR_04="unknown")
    written = watch(repository, "prove", "OVR-03", "OVR-04", NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", written)
    assert "OVR-04  unknown" in COLOUR.sub("", written)


def test_elsewhere_lines_are_plain(repository: Any, expect_exit: Run) -> None:
    repository.say(OVR_04="unknown")
    done = expect_exit(3, "prove", "OVR-03", "OVR-04")
    assert "\x1b" not in done.stdout
    assert "2/2 OVR-04 SecondPassed: unknown" in done.stdout


def test_a_reader_that_leaves_early_is_no_finding(repository: Any) -> None:
    process = subprocess.Popen(
        repository.command("prove", "--list", "--json", "-"),
        cwd=repository.root,
        env=repository.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    started = time.monotonic()
    process.wait(timeout=60)
    assert process.returncode == 3
    assert time.monotonic() - started < 60
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import thecal_adapters.cli as cli; print(cli.main.__doc__)"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("Run the command line")
