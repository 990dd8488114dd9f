# SPDX-License-Identifier: Apache-2.0
"""A sample of the kernel's own grid is decided anew, and a broken guard is refuted by name."""

from pathlib import Path

import pytest

import thecal
import thecal_specs
from thecal_proofs.decide import Limits
from thecal_proofs.discharge import Discharger
from thecal_proofs.obligations import Obligation
from thecal_proofs.prove import Project, prove
from thecal_proofs.report import Report
from thecal_specs.consequences import CONSEQUENCES

KERNEL = Path(thecal.__file__).parent
SPECS = Path(thecal_specs.__file__).parent


def decide(property_id: str, kernel: Path) -> Report:
    return prove([property_id], kernel=kernel, specs=SPECS, jobs=2, is_founded=False)


@pytest.mark.parametrize("property_id", ["OVR-03", "OVR-06", "OVR-09", "RES-01", "UND-02", "FLT-02"])
def test_every_cell_of_a_property_is_proved_from_the_invariant(property_id: str) -> None:
    report = decide(property_id, KERNEL)
    (row,) = report.asked_rows()
    cells = report.cells(row)
    assert cells, "the property has cells"
    assert set(cells.values()) == {"proved"}, cells


@pytest.mark.parametrize("property_id", ["OVR-01", "OVR-02", "OVR-10", "CON-05", "UND-01"])
def test_what_speaks_of_a_state_is_read_off_from_the_invariant_at_once(property_id: str) -> None:
    (result,) = (r for r in decide(property_id, KERNEL).results if r.kind == "property")
    assert (result.event, result.verdict) == ("any", "proved"), result.detail
    assert result.rests_on, "it follows from something"


def test_every_consequence_follows_from_the_invariant_and_those_before_it() -> None:
    names = [consequence.__name__ for consequence in CONSEQUENCES]
    report = prove(names, kernel=KERNEL, specs=SPECS, jobs=2, is_founded=False)
    assert {result.subject: result.verdict for result in report.results} == dict.fromkeys(names, "proved")
    for result in report.results:
        later = names[names.index(result.subject) :]
        assert not set(result.rests_on) & set(later), "nothing rests on itself, or on what follows from it"


@pytest.mark.parametrize(
    ("property_id", "event", "room", "guard", "broken"),
    [
        ("FLT-02", "PulseReported", "path.py", " if result == PulseResult.DONE else 0", ""),
        (
            "OVR-06",
            "SecondPassed",
            "delivery.py",
            ">= config.pump.pulse_interval_s",
            ">= config.pump.pulse_interval_s - 1",
        ),
        ("OVR-03", "BolusAsked", "ledger.py", "< lockout.lockout_s", "< lockout.lockout_s - 1"),
        ("RES-01", "SecondPassed", "path.py", "volume_nl >= residual_nl", "volume_nl >= residual_nl - 1"),
        ("UND-02", "SecondPassed", "delivery.py", "owed_fg_1800 >= pulse_fg[0]", "owed_fg_1800 > pulse_fg[0]"),
        (
            "UND-03",
            "BolusAsked",
            "admission.py",
            "is_no_larger(compute_sum_fg(hour_fg, reserved_fg)",
            "is_no_larger((0, 0, 0, 0)",
        ),
        ("TIM-02", "PowerRestored", "device.py", "state.tick + DAY_S", "state.tick + 3_600"),
        (
            "PRG-02",
            "PrescriptionConfirmed",
            "programming.py",
            "event.prescription != state.staged.prescription",
            "state.staged.prime_nl > 0",
        ),
        (
            "RES-04",
            "ClinicianBolusAsked",
            "units.py",
            "return max(slot for slot in slots_fg)",
            "return min(slot for slot in slots_fg)",
        ),
        ("PRG-11", "PrescriptionStaged", "schedule.py", "slot > most_fg", "slot >= most_fg"),
        ("PRG-11", "PrescriptionStaged", "schedule.py", "slot < least_fg", "slot <= least_fg"),
    ],
)
def test_a_broken_guard_is_refuted_by_name(
    tmp_path: Path, property_id: str, event: str, room: str, guard: str, broken: str
) -> None:
    copy = tmp_path / "thecal"
    copy.mkdir()
    for file in KERNEL.glob("*.py"):
        (copy / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    text = (copy / room).read_text(encoding="utf-8")
    assert text.count(guard) == 1, "the guard stands at one place"
    (copy / room).write_text(text.replace(guard, broken), encoding="utf-8")
    project = Project.open(copy, SPECS)
    result = Discharger(project.wiring, project.rows, Limits()).discharge(Obligation(event, "property", property_id))
    assert result.verdict == "refuted", result.detail
    assert "replayed in CPython" in result.detail, "it is shown"
    assert result.counterexample, "and can be run"
