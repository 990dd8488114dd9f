# SPDX-License-Identifier: Apache-2.0
"""``thecal programmer`` as a process: what it says at the start, and how it ends when it cannot begin."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock

import pytest
from tests.adapters.desks import CONFIG

from thecal.events import (
    Event,
    MinimumRateAsked,
    PathDeclared,
    PrescriptionConfirmed,
    PrescriptionStaged,
    RefillDone,
    ResumeAsked,
)
from thecal.outcome import Response
from thecal.prescription import NO_OVERRIDES, compute_no_prescription
from thecal.state import Mode
from thecal_adapters.exits import Exit
from thecal_adapters.line.client import PumpClient
from thecal_adapters.line.keys import read_keys
from thecal_adapters.line.link import Link, Times
from thecal_adapters.line.messages import Reply
from thecal_adapters.line.wires import SerialWire, SharedPort
from thecal_adapters.ports import Role
from thecal_adapters.programmer.course import Course
from thecal_adapters.programmer.links import Ask
from thecal_adapters.programmer.serial_link import SerialLink

TIMES = Times(reply_s=0.5, patience_s=300.0)  # for slow machines; nothing here waits for its end
PLAN = replace(
    compute_no_prescription(CONFIG),
    slots_fg=(50_000_000_000,) * 48,
    cap_day_fg=(3_500_000_000_000, 0, 0, 0),
    cap_hour_fg=(400_000_000_000, 0, 0, 0),
)
COMMAND = (sys.executable, "-m", "thecal_adapters", "programmer")


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *options], check=False, capture_output=True, text=True, timeout=300)


def test_a_port_that_is_taken_is_wrong_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--listen", str(port), "--folder", str(tmp_path))
    assert done.returncode == Exit.WRONG_USE
    assert f"port {port} on 127.0.0.1" in done.stderr
    assert "choose another" in done.stderr


def test_a_folder_that_cannot_be_made_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("--listen", "0", "--folder", str(tmp_path / "file" / "under"))
    assert done.returncode == Exit.WRONG_USE
    assert "--folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_line_without_keys_is_wrong_use(tmp_path: Path) -> None:
    done = run("--listen", "0", "--folder", str(tmp_path), "--port", "nowhere")
    assert done.returncode == Exit.WRONG_USE
    assert "--port needs --keys" in done.stderr


def test_keys_without_a_line_are_wrong_use(tmp_path: Path) -> None:
    done = run("--listen", "0", "--folder", str(tmp_path / "page"), "--keys", "keys.toml")
    assert done.returncode == Exit.WRONG_USE
    assert "need its --port" in done.stderr
    assert not (tmp_path / "page").exists()


@contextmanager
def start(command: str, last: str, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A command that goes on; what it said until a line that begins so."""
    words = [sys.executable, "-u", "-m", "thecal_adapters", command, *options]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if line.startswith(last):
                break
        try:
            yield told, process
        finally:
            process.terminate()
            process.communicate()


def find(pattern: str, told: str) -> str:
    found = re.search(pattern, told)
    assert found is not None, told
    return found[1]


class Another:
    """Another host at the same pseudo-terminal, who is served right before the next order that is looked at."""

    def __init__(self, port: str, keys: Path) -> None:
        shared, lock, key = SharedPort(lambda: SerialWire(port)), Lock(), read_keys(keys)[Role.CLINICIAN]
        here, there = (PumpClient(Link(shared.open, key, TIMES), CONFIG, lock) for _ in range(2))
        self.link = SerialLink(here, Role.CLINICIAN, Course(CONFIG.pump.pulse_volume_nl))
        self.client = there

    def give(self, event: Event, digest: bytes = b"") -> Reply:
        reply = self.client.order(event, digest=digest)
        assert not reply.response.name.startswith("REFUSED"), reply.response
        return reply

    def give_before(self, monkeypatch: pytest.MonkeyPatch, event: Event) -> None:
        """Give an order between the next order's own look at the pump and that order."""
        order = self.link.client.order

        def order_late(*args: object) -> object:
            self.give(event)
            return order(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(self.link.client, "order", order_late)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Another]:
    keys = tmp_path / "keys.toml"
    with start("pump", "Port:", "--keys", str(keys)) as (said, _):
        another = Another(find(r"Port: (\S+)", said), keys)
        another.give(RefillDone(0, 18_000_000, (10_000_000, 0, 0, 0), False, False))
        another.give(PathDeclared(316_000, 316_000, True))
        staged = another.give(PrescriptionStaged(PLAN, replace(NO_OVERRIDES, is_increase=True)))
        another.give(PrescriptionConfirmed(PLAN), digest=staged.digest)
        yield another


def test_a_confirmation_of_a_stale_review_is_refused_by_the_pump_itself(
    another: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = replace(PLAN, slots_fg=(45_000_000_000,) * 48)
    stage = Ask("1", PrescriptionStaged(less, NO_OVERRIDES), "clinician", Role.CLINICIAN, "s")
    reviewed = another.link.ask(stage).reading
    # The very same program again, but another staging of it: with another rule set aside.
    another.give_before(monkeypatch, PrescriptionStaged(less, replace(NO_OVERRIDES, is_plausibility=True)))
    confirm = Ask(
        "2", PrescriptionConfirmed(less), "clinician", Role.CLINICIAN, "s", reviewed.basis, staged=reviewed.staged
    )
    answered = another.link.ask(confirm)
    assert answered.is_stale
    assert "DIGEST_IS_NOT_OF_WHAT_IS_STAGED" in answered.refusal
    assert answered.reading.state.program == PLAN


def test_an_order_that_was_reviewed_on_another_program_is_refused_by_the_pump_itself(
    another: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed = another.link.read()
    another.give_before(monkeypatch, MinimumRateAsked())
    resume = Ask("1", ResumeAsked(), "clinician", Role.CLINICIAN, "s", reviewed.basis)
    answered = another.link.ask(resume)
    assert answered.is_stale
    assert "PUMP_IS_NOT_AS_REVIEWED" in answered.refusal
    assert answered.reading.state.mode is Mode.MINIMUM_RATE
    monkeypatch.undo()
    again = another.link.ask(replace(resume, basis=answered.reading.basis))
    assert again.response is Response.RESUMED
