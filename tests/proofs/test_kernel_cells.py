# SPDX-License-Identifier: Apache-2.0
"""A sample of the kernel's own grid is decided anew, and a broken guard is refuted by name."""

from pathlib import Path

import pytest

import thecal
import thecal_specs
from thecal_proofs.decision import Limits
from thecal_proofs.discharge import Discharger
from thecal_proofs.obligations import ANY_EVENT, Kind, Obligation
from thecal_proofs.prove import Project, prove
from thecal_proofs.report import Report
from thecal_proofs.verdicts import Result
from thecal_specs.consequences import CONSEQUENCES

KERNEL = Path(thecal.__file__).parent
SPECS = Path(thecal_specs.__file__).parent


def decide(property_id: str, kernel: Path) -> Report:
    return prove([property_id], kernel=kernel, specs=SPECS, jobs=2, is_founded=False)


def copy_with(folder: Path, room: str, text: str, other: str) -> Path:
    """Copy the kernel, one text of a room replaced."""
    copy = folder / "thecal"
    copy.mkdir()
    for file in KERNEL.glob("*.py"):
        (copy / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    whole = (copy / room).read_text(encoding="utf-8")
    assert whole.count(text) == 1, "the text stands at one place"
    (copy / room).write_text(whole.replace(text, other), encoding="utf-8")
    return copy


def decide_broken(folder: Path, obligation: Obligation, room: str, guard: str, broken: str) -> Result:
    project = Project.open(copy_with(folder, room, guard, broken), SPECS)
    return Discharger(project.wiring, project.rows, Limits()).discharge(obligation)


@pytest.mark.parametrize("property_id", ["OVR-03", "OVR-06", "OVR-09", "RES-01", "UND-02", "FLT-02"])
def test_every_cell_of_a_property_is_proved_from_the_invariant(property_id: str) -> None:
    report = decide(property_id, KERNEL)
    (row,) = report.asked_rows()
    cells = report.cells(row)
    assert cells, "the property has cells"
    assert set(cells.values()) == {"proved"}, cells


@pytest.mark.parametrize(
    ("property_id", "kind"),
    [("TOT-05", "quiet"), ("FLT-01", "loading"), ("PRG-13", "limits"), ("TIM-05", "phase")],
)
def test_what_is_claimed_beside_the_step_is_proved(property_id: str, kind: str) -> None:
    results = decide(property_id, KERNEL).results
    assert {result.kind for result in results} == {kind}
    assert {result.verdict for result in results} == {"proved"}, results


@pytest.mark.parametrize("property_id", ["OVR-01", "OVR-02", "OVR-10", "CON-05", "UND-01", "UND-08"])
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


def discharge_operations(kernel: Path, event: str) -> Result:
    """Decide the operations of one class of event."""
    project = Project.open(kernel, SPECS)
    return Discharger(project.wiring, project.rows, Limits()).discharge(Obligation(event, "operations", event))


@pytest.mark.parametrize("event", ["BolusAsked", "RefillDone", "StopAsked"])
def test_operations_whose_operands_have_bounds_need_no_solver(event: str) -> None:
    result = discharge_operations(KERNEL, event)
    assert (result.verdict, result.queries) == ("proved", 0), result.detail
    assert "therapy_is_within_limits" in result.rests_on, "what bounds them is among the proof's foundations"


def test_an_overflow_in_the_kernel_is_refuted_at_its_line_by_a_state_that_cpython_runs(tmp_path: Path) -> None:
    """Ten times what nine full places hold does not fit in 64 bits, and every hypothesis holds of what shows it."""
    kernel = copy_with(tmp_path, "lacking.py", "5 * lacking_fg_1800 > 9", "50 * lacking_fg_1800 > 90")
    result = discharge_operations(kernel, "StopAsked")
    assert result.verdict == "refuted", result.detail
    assert "lacking.py:73:36: range in thecal.lacking.is_lacking: replayed in CPython" in result.detail
    assert "with watching(" in result.counterexample


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
    result = decide_broken(tmp_path, Obligation(event, "property", property_id), room, guard, broken)
    assert result.verdict == "refuted", result.detail
    assert "replayed in CPython" in result.detail, "it is shown"
    assert result.counterexample, "and can be run"


@pytest.mark.parametrize(
    ("kind", "subject", "room", "guard", "broken"),
    [
        ("contract", "thecal.quiet.compute_quiet_s", "quiet.py", "        or state.flight.is_pending\n", ""),
        ("contract", "thecal.quiet.compute_alarms_quiet_s", "quiet.py", "FAILURE_COUNT - 1] + DAY_S", "0] + DAY_S"),
        ("quiet", "a_quiet_second_is_a_tick", "quiet.py", "state.therapy.off_s + count", "state.therapy.off_s"),
        (
            "quiet",
            "more_seconds_than_quiet_ones_are_refused",
            "quiet.py",
            "is_within(event.count, 1,",
            "is_within(1, 1,",
        ),
        (
            "loading",
            "what_replaces_a_corrupt_state_is_locked_and_alarms",
            "capsule.py",
            "with_alarm_raised(with_history_unknown(counted), Alarm.RESTARTED)",
            "with_history_unknown(counted)",
        ),
    ],
)
def test_a_broken_guard_beside_the_step_is_found(
    tmp_path: Path, kind: Kind, subject: str, room: str, guard: str, broken: str
) -> None:
    result = decide_broken(tmp_path, Obligation(ANY_EVENT, kind, subject), room, guard, broken)
    assert result.verdict in ("refuted", "unknown"), "it is not proved"


@pytest.mark.parametrize(
    ("kind", "subject", "room", "guard", "broken"),
    [
        (
            "limits",
            "a_configuration_is_accepted_exactly_within_the_limits",
            "limits.py",
            "is_within(drug.hour_fg_max, 1, drug.day_fg_max)",
            "is_within(drug.hour_fg_max, 1, MASS_FG_MAX)",
        ),
        (
            "limits",
            "a_configuration_is_accepted_exactly_within_the_limits",
            "limits.py",
            "is_within(drug.titration_days, 0,",
            "is_within(drug.titration_days, 1,",
        ),
        (
            "phase",
            "a_moved_phase_brings_every_slot_so_much_later",
            "programming.py",
            "rotated[44:48] + rotated[0:44]",
            "rotated[43:48] + rotated[0:43]",
        ),
        ("contract", "thecal.units.compute_smaller", "units.py", "min(a, b)", "max(a, b)"),
        (
            "contract",
            "thecal.units.compute_quotient_up",
            "units.py",
            "quotient * divisor < dividend",
            "quotient * divisor <= dividend",
        ),
    ],
)
def test_a_broken_function_of_plain_values_is_refuted_by_values_that_anyone_can_run(
    tmp_path: Path, kind: Kind, subject: str, room: str, guard: str, broken: str
) -> None:
    result = decide_broken(tmp_path, Obligation(ANY_EVENT, kind, subject), room, guard, broken)
    assert result.verdict == "refuted", result.detail
    assert "in CPython" in result.detail, "it is shown"
    assert "def test_" in result.counterexample, "and can be run"


def test_an_unknown_fluid_that_is_forgotten_in_the_path_is_found_by_the_solver(tmp_path: Path) -> None:
    obligation = Obligation("RefillDone", "step", "path_fluid_encloses_the_truth")
    guard, broken = "left.is_known and right.is_known", "left.is_known or right.is_known"
    result = decide_broken(tmp_path, obligation, "fluid.py", guard, broken)
    assert result.verdict == "refuted", "no trace sees it"
    assert "replayed in CPython" in result.detail, "it is shown"
