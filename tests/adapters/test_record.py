# SPDX-License-Identifier: Apache-2.0
"""The record of the last whole run speaks of the texts that it names, and of no others."""

import json
from pathlib import Path

from thecal_adapters.verdicts import RECORD, read_record, render_record

FINGERPRINT = {"kernel_sha256": "a", "specs_sha256": "b", "prover_sha256": "c", "solver": "1"}
REPORT = {"version": 1, "properties": [], "support": {}, "timing": {"seconds": 1.0}}


def keep(root: Path) -> None:
    (root / RECORD).parent.mkdir(parents=True)
    (root / RECORD).write_text(render_record(FINGERPRINT, REPORT), encoding="utf-8")


def test_a_record_is_read_back_without_its_times(tmp_path: Path) -> None:
    keep(tmp_path)
    assert read_record(tmp_path, FINGERPRINT) == {"version": 1, "properties": [], "support": {}}


def test_a_record_of_another_text_prover_or_solver_says_nothing(tmp_path: Path) -> None:
    keep(tmp_path)
    for key in FINGERPRINT:
        assert read_record(tmp_path, {**FINGERPRINT, key: "changed"}) is None, key


def test_without_a_record_nothing_is_known(tmp_path: Path) -> None:
    assert read_record(tmp_path, FINGERPRINT) is None


def test_the_same_run_gives_the_same_bytes() -> None:
    later = {**REPORT, "timing": {"seconds": 2.0}}
    assert render_record(FINGERPRINT, REPORT) == render_record(FINGERPRINT, later)
    assert json.loads(render_record(FINGERPRINT, REPORT))["fingerprint"] == FINGERPRINT
