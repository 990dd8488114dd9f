# SPDX-License-Identifier: Apache-2.0
"""``thecal programmer`` as a process: what it says at the start, and how it ends when it cannot begin."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from tests.adapters.desks import PASSWORD, REFILL, Hand

from thecal_adapters.exits import Exit

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


def test_a_pump_at_the_end_of_a_serial_line_is_refilled_and_then_missed(tmp_path: Path) -> None:
    keys = str(tmp_path / "keys.toml")
    with start("pump", "Port:", "--keys", keys) as (said, pump):
        line = (
            "--port",
            find(r"Port: (\S+)", said),
            "--keys",
            keys,
            "--listen",
            "0",
            "--folder",
            str(tmp_path / "page"),
        )
        with start("programmer", "End it", *line) as (told, _):
            base = find(r"(http://127\.0\.0\.1:\d+)", told)
            with httpx.Client(base_url=base, follow_redirects=True, timeout=300) as client:
                hand = Hand(client, base)
                first = find(r"one-time password (\S+);", told)
                hand.sign_in("clinician", first)
                hand.send("/password", old=first, password=PASSWORD, again=PASSWORD)
                hand.do("refill", {**REFILL, "lot": "L-1"})
                assert "70 REFILL_BOOKED" in hand.text
                assert "18 mL" in hand.look("/status")
                pump.terminate()
                pump.wait()
                hand.look("/status")
                assert hand.status == 503
                assert "What it delivers now is not known here" in hand.text
