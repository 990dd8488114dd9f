# SPDX-License-Identifier: Apache-2.0
"""``thecal programmer`` as a process: what it says at the start, and how it ends when it cannot begin."""

import socket
import subprocess
import sys
from pathlib import Path

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
