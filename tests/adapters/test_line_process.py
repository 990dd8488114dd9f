# SPDX-License-Identifier: Apache-2.0
"""The pump as a process of its own, at real serial ports: what peers do to it, and what it does without them."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from thecal.events import BolusAsked, PulseResult
from thecal.outcome import Response
from thecal.state import Mode
from thecal_adapters.codec import Refused
from thecal_adapters.conformance.check import Verdict
from thecal_adapters.conformance.check import check as check_conformance
from thecal_adapters.line.client import PumpClient, make_clients
from thecal_adapters.line.device import make_device
from thecal_adapters.line.keys import create_keys, read_keys
from thecal_adapters.line.link import LinkLost, Times, compute_times
from thecal_adapters.line.mischief import Mischief
from thecal_adapters.line.motor import SimulatedMotor
from thecal_adapters.line.process import once
from thecal_adapters.line.pump_end import Asked, PumpEnd
from thecal_adapters.line.relay import Relay
from thecal_adapters.line.roles import make_key
from thecal_adapters.line.service import LineService
from thecal_adapters.line.trial import CountingPump, JudgingStore, make_trial_config, program
from thecal_adapters.line.wires import LinkDown, PtyWire, SerialWire
from thecal_adapters.ports import Fact, Pump, Role, StoreFailed
from thecal_adapters.realtime import SystemClock, run
from thecal_adapters.schemas import check

CONFIG = make_trial_config()
TIMES = Times(reply_s=0.5, patience_s=300.0)  # for slow machines; nothing here waits for its end
SHORT = Times(reply_s=0.2, patience_s=0.6)


@dataclass
class Process:
    """A running ``thecal pump``, where it is, and the folder of its files."""

    running: subprocess.Popen[str]
    port: str
    folder: Path

    def connect(self, port: str = "", times: Times = TIMES) -> dict[Role, PumpClient]:
        """A client for each role."""
        keys = read_keys(self.folder / "keys.toml")
        return make_clients(lambda: SerialWire(port or self.port), keys, CONFIG, times)

    def end(self, number: int = signal.SIGTERM) -> str:
        """End it; return the rest of what it told."""
        self.running.send_signal(number)
        told, _ = self.running.communicate(timeout=60)
        return told


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Process]:
    """A pump process for a while."""
    command = [sys.executable, "-m", "thecal_adapters", "pump", "--keys", str(folder / "keys.toml"), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            told = ""
            while (found := re.search(r"^Port: (\S+)$", told, re.MULTILINE)) is None:
                line = process.stdout.readline()
                assert line, told
                told += line
            yield Process(process, found[1], folder)
        finally:
            process.kill()


def test_a_pump_process_keeps_its_orders_over_a_hostile_line_and_a_kill(tmp_path: Path) -> None:
    journal = ("--journal", str(tmp_path / "journal"))
    with Relay(Mischief(11, 0.3), Mischief(12, 0.3)) as relay:
        with running(tmp_path, "--port", relay.pump_port, *journal) as pump:
            clients = pump.connect(relay.host_port)
            program(clients[Role.CLINICIAN], CONFIG)
            patient = clients[Role.PATIENT]
            granted = patient.order(BolusAsked(), command_id=b"the first bolus.")
            assert granted.response == Response.BOLUS_GRANTED
            pump.running.kill()
            pump.running.wait()
        with running(tmp_path, "--port", relay.pump_port, *journal) as pump:
            again = patient.order(BolusAsked(), command_id=b"the first bolus.")
            assert (again.response, again.is_repeated) == (Response.BOLUS_GRANTED, True)
            assert again.number == granted.number
            assert patient.find(b"another, not yet") is None
            state = patient.interrogate().state
            assert state.mode == Mode.DELIVERING
            assert not state.bolus.is_active  # what a restart has ended never resumes
            patient.close()
            assert "Ended." in pump.end()


def test_a_store_that_fails_is_told_once() -> None:
    told: list[str] = []
    tell = once(told.append)
    for _ in range(3):
        tell(StoreFailed("entry 7 is not durable"))
    assert told == ["Nothing moves until the journal can be written: entry 7 is not durable"]


class MotorBench:
    """The simulated motor on a test bench: its journal gives it the last number back."""

    volume_nl = 250

    def __init__(self) -> None:
        self.motors: list[SimulatedMotor] = []
        self.sequence = 0

    def connect(self) -> Pump:
        self.motors.append(SimulatedMotor(self.volume_nl, self.sequence))
        return self

    def move(self, sequence: int, volume_nl: int) -> PulseResult:
        self.sequence = max(self.sequence, sequence)  # as the journal has it, before the motor moves
        return self.motors[-1].move(sequence, volume_nl)

    def poll(self) -> tuple[Fact, ...]:
        return self.motors[-1].poll()

    def restart(self) -> None:
        """Nothing but what the journal keeps outlasts it."""

    def count_moved(self) -> int:
        return sum(motor.moved for motor in self.motors)

    def wait(self) -> None:
        """Nothing is awaited."""

    def jam(self) -> bool:
        return False

    def cut(self, order: Callable[[], object], rng: Random) -> bool:
        return False


def test_the_simulated_motor_is_a_pump_as_its_port_asks() -> None:
    found = check_conformance(MotorBench)
    assert {each.rule: each.seen for each in found if each.verdict is Verdict.BROKEN} == {}
    assert sum(each.verdict is Verdict.KEPT for each in found) > 8


def test_a_pump_keeps_its_ticks_while_peers_flood_hang_and_leave(tmp_path: Path) -> None:
    with running(tmp_path, "--json", str(tmp_path / "told.json")) as pump:
        clients = pump.connect()
        program(clients[Role.CLINICIAN], CONFIG)
        before = clients[Role.CLINICIAN].interrogate().state.tick
        clients[Role.CLINICIAN].close()
        started_s = time.monotonic()
        flood(pump.port, 3.0)
        after = pump.connect()[Role.CLINICIAN]
        reply = after.interrogate()
        passed_s = time.monotonic() - started_s
        after.close()
        assert passed_s / 4 < reply.state.tick - before < passed_s + 2  # a slow machine may sleep through some
        assert reply.state.mode == Mode.DELIVERING
        assert "broken frames" in pump.end(signal.SIGINT)
    check("pump", json.loads((tmp_path / "told.json").read_text()))


def flood(port: str, for_s: float) -> None:
    """Send noise as fast as the port takes it, read nothing, then hang with half a frame."""
    wire = SerialWire(port)
    until_s = time.monotonic() + for_s
    while time.monotonic() < until_s:
        wire.write(os.urandom(1_000) + b"\0")
    wire.write(b"\0\5half")
    wire.close()


def test_a_host_with_another_key_is_told_what_may_be_wrong(tmp_path: Path) -> None:
    with running(tmp_path) as pump:
        keys = {Role.PATIENT: make_key(Role.PATIENT)}
        stranger = make_clients(lambda: SerialWire(pump.port), keys, CONFIG, SHORT)[Role.PATIENT]
        with pytest.raises(LinkLost, match="the line is cut, the pump is off, or it does not know this key"):
            stranger.connect()
        stranger.close()
        assert "frames of no session or key" in pump.end()


def test_a_journal_that_is_refused_is_refused_before_any_port_is_told(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    command = [sys.executable, "-m", "thecal_adapters", "pump", "--keys", str(tmp_path / "keys.toml")]
    done = subprocess.run(
        [*command, "--journal", str(tmp_path / "journal")], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith("thecal: --journal: ")
    assert "Port:" not in done.stdout


def test_a_port_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "thecal_adapters", "pump", "--keys", str(tmp_path / "keys.toml")]
    done = subprocess.run([*command, "--port", str(tmp_path / "none")], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "thecal: --port:" in done.stderr


@pytest.mark.parametrize("package", ["serial", "cryptography"])
def test_without_the_extra_the_command_says_what_brings_it(package: str, tmp_path: Path) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; sys.argv = ['thecal', 'pump']\n"
    program += "from thecal_adapters.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "pip install 'thecal[serial]'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_pseudo_terminals_a_port_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(LinkDown, match="Windows has no pseudo-terminals; name a port"):
        PtyWire()


def test_a_slow_line_is_given_the_time_that_it_takes() -> None:
    assert compute_times(9_600).reply_s > compute_times(115_200).reply_s + 3


def test_a_port_belongs_to_one_host() -> None:
    pty = PtyWire()
    first = SerialWire(pty.name)
    with pytest.raises(LinkDown):
        SerialWire(pty.name)
    first.close()
    pty.close()


def test_a_port_that_is_not_there_is_named() -> None:
    clients = make_clients(lambda: SerialWire("/nowhere"), {Role.PATIENT: make_key(Role.PATIENT)}, CONFIG, SHORT)
    with pytest.raises(LinkLost, match="/nowhere"):
        clients[Role.PATIENT].connect()


def test_a_port_that_goes_away_is_told_and_found_again(tmp_path: Path) -> None:
    port, keys, clock, told = tmp_path / "port", make_key(Role.PATIENT), SystemClock(), list[str]()
    device = make_device(CONFIG, CountingPump(), clock, JudgingStore(), PumpEnd([keys]))
    first, second = PtyWire(), PtyWire()
    port.symlink_to(first.name)
    opened = threading.Event()

    def open_port() -> SerialWire:
        wire = SerialWire(str(port))
        opened.set()
        return wire

    service = LineService(open_port, device.end, device.console, clock, told.append)
    service.start()
    opened.wait()
    port.unlink()
    port.symlink_to(second.name)
    first.close()
    ended = threading.Event()
    runner = threading.Thread(target=run, args=(device.runner, ended.is_set, service.wait))
    runner.start()
    second_host = make_clients(lambda: HostOf(second), {Role.PATIENT: keys}, CONFIG, TIMES)[Role.PATIENT]
    assert second_host.connect().state.mode == Mode.UNPROGRAMMED
    ended.set()
    runner.join()
    service.stop()
    second.close()
    assert [words.split(":")[0] for words in told] == [
        "The line is down, and the therapy goes on",
        "The line is up again.",
    ]


class HostOf:
    """The near end of a pseudo-terminal as a host's wire: the pump has the far one."""

    def __init__(self, pty: PtyWire) -> None:
        self.read, self.write = pty.read, pty.write

    def close(self) -> None:
        """Nothing: the terminal is another's."""


class FailingEnd(PumpEnd):
    """A pump's end with an error of its own, once."""

    fails = True

    def receive(self, data: bytes, now_ms: int) -> Iterator[Asked | bytes]:
        if data and self.fails:
            self.fails = False
            raise RuntimeError("an error of our own")
        yield from super().receive(data, now_ms)


def test_an_error_of_the_line_itself_leaves_no_pump_deaf() -> None:
    key, clock, told, pty = make_key(Role.PATIENT), SystemClock(), list[str](), PtyWire()
    device = make_device(CONFIG, CountingPump(), clock, JudgingStore(), FailingEnd([key]))
    service = LineService(lambda: SerialWire(pty.name), device.end, device.console, clock, told.append)
    service.start()
    ended = threading.Event()
    runner = threading.Thread(target=run, args=(device.runner, ended.is_set, service.wait))
    runner.start()
    host = make_clients(lambda: HostOf(pty), {Role.PATIENT: key}, CONFIG, TIMES)[Role.PATIENT]
    assert host.connect().state.mode == Mode.UNPROGRAMMED
    ended.set()
    runner.join()
    service.stop()
    pty.close()
    assert told == ["The line failed by an error of its own, and begins anew: RuntimeError('an error of our own')"]


def test_keys_are_kept_from_others_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    keys = create_keys(path)
    assert read_keys(path) == keys
    assert path.stat().st_mode & 0o777 == 0o600
    assert all(key.secret.hex() not in repr(key) for key in keys.values())
    with pytest.raises(Refused, match="File exists"):
        create_keys(path)
    path.chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        read_keys(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[nurse]", "is not a key known here"),
        ("[patient]\nname = 'aabbccdd'", "secret is missing"),
        ("[patient]\nname = 'AABBCCDD'\nsecret = ''", "8 digits of 0 to 9 and a to f"),
        ("[patient", "is no TOML"),
    ],
)
def test_a_file_of_keys_that_is_not_whole_is_refused_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(Refused, match=reason):
        read_keys(path)
