# SPDX-License-Identifier: Apache-2.0
"""What can happen is shown by running it, and a kernel in which it cannot is found out by name."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import thecal
import thecal_specs
from thecal_proofs.antecedent import antecedent_of
from thecal_proofs.cell import Cell
from thecal_proofs.claimed import Claimed
from thecal_proofs.decision import Limits
from thecal_proofs.decode import flatten
from thecal_proofs.discharge import Discharger
from thecal_proofs.export import find_event
from thecal_proofs.frontend import Program, Sources
from thecal_proofs.loading import Loaded
from thecal_proofs.obligations import ANY_EVENT, Obligation
from thecal_proofs.prove import Project, prove
from thecal_proofs.start import from_integers
from thecal_proofs.terms import TRUE
from thecal_proofs.verdicts import Result
from thecal_proofs.wiring import Row
from thecal_proofs.witness import Witnesses
from thecal_specs.witnesses.exceptions import EXCEPTIONS

KERNEL = Path(thecal.__file__).parent
SPECS = Path(thecal_specs.__file__).parent
PROJECT = Project.open(KERNEL, SPECS)
DISCHARGER = Discharger(PROJECT.wiring, PROJECT.rows, Limits())
STATED = [row for row in PROJECT.rows if row.predicate is not None]
EVENTS = tuple(event.name for event in PROJECT.wiring.events)

# Under which classes of events a property claims something; one that is not here does under every one.
NO_LONGER_IN_A_BOLUS = {"StopAsked", "RefillDone", "PathDeclared", "MinimumRateAsked", "MotorStalled", "PowerRestored"}
FACTS = {
    *("SecondPassed", "PulseReported", "RefillDone", "PathDeclared", "MotorStalled", "MotorRecovered"),
    *("SelfTestReported", "ReplacementIndicated", "PowerRestored"),
}
ONLY_UNDER: dict[str, set[str]] = {
    "OVR-03": {"BolusAsked"},
    "OVR-04": {"BolusAsked"},
    "OVR-06": {"SecondPassed"},
    "OVR-09": {"SecondPassed"},
    "OVR-10": set(EVENTS) - NO_LONGER_IN_A_BOLUS,
    "CON-01": {"SecondPassed"},
    "CON-04": {"RefillDone"},
    "CON-06": {"SecondPassed"},
    "RES-01": {"SecondPassed"},
    "RES-04": {"BolusAsked", "ClinicianBolusAsked"},
    "UND-01": set(EVENTS) - {"StopAsked", "MotorStalled"},
    "UND-02": {"SecondPassed"},
    "UND-03": {"BolusAsked", "ClinicianBolusAsked"},
    "UND-05": {
        *("DiscrepancyResolved", "MotorRecovered", "PathDeclared", "RefillDone", "ResumeAsked", "StopAsked"),
        "SecondPassed",
    },
    "UND-08": {
        *("SecondPassed", "SecondsPassed", "PulseReported", "BolusAsked", "ClinicianBolusAsked", "AlarmAcknowledged"),
        *("PathDeclared", "RefillDone", "PrescriptionConfirmed", "ResumeAsked", "StopAsked"),
    },
    "UND-06": {"PrescriptionStaged", "PrescriptionConfirmed", "PrescriptionAbandoned", "PhaseMoved"},
    "UND-07": {"PrescriptionStaged", "PrescriptionConfirmed"},
    "PRG-01": {"PrescriptionConfirmed", "PhaseMoved"},
    "PRG-02": {"PrescriptionConfirmed"},
    "PRG-03": set(EVENTS) - FACTS,
    "PRG-05": {"PrescriptionConfirmed"},
    "PRG-07": {"BolusAsked", "PrescriptionConfirmed"},
    "PRG-09": {
        *("SecondPassed", "SecondsPassed", "PowerRestored", "PathDeclared", "RefillDone", "PrescriptionStaged"),
        *("PrescriptionConfirmed", "PrimeAsked", "PhaseMoved"),
    },
    "PRG-10": {"PrescriptionConfirmed"},
    "PRG-11": {"PrescriptionStaged"},
    "TIM-01": {"PhaseMoved"},
    "TIM-02": {
        *("BolusAsked", "ClinicianBolusAsked", "PrimeConfirmed", "PowerRestored", "PrimeAsked", "PulseReported"),
        *("SecondPassed", "SecondsPassed", "AlarmAcknowledged", "PrescriptionStaged", "PrescriptionConfirmed"),
        *("PhaseMoved", "ReplacementIndicated", "ResumeAsked", "StopAsked"),
    },
    "FLT-02": {"PulseReported"},
    "FLT-04": {"RefillDone", "MotorRecovered"},
}

each_stated = pytest.mark.parametrize("row", STATED, ids=lambda row: row.id)
Change = Callable[[str, str, str], Path]


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """Give `change(room, old, new)`, which copies the kernel with one text replaced."""

    def make(room: str, old: str, new: str) -> Path:
        copy = tmp_path / "thecal"
        copy.mkdir()
        for file in KERNEL.glob("*.py"):
            (copy / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
        text = (copy / room).read_text(encoding="utf-8")
        assert text.count(old) == 1, "the text stands at one place"
        (copy / room).write_text(text.replace(old, new), encoding="utf-8")
        return copy

    return make


def decide(kernel: Path) -> Result:
    (result,) = prove(["TOT-04"], kernel=kernel, specs=SPECS, jobs=0).results
    return result


def list_missing(result: Result) -> set[str]:
    first, _, rest = result.detail.splitlines()[0].partition("no trace shows ")
    return set(rest.split(", ")) if not first else set()


def claimed_by(row: Row) -> Claimed:
    assert row.predicate is not None
    return Claimed(PROJECT.wiring.program, PROJECT.wiring.loaded, row.predicate)


def test_every_mode_alarm_and_response_is_shown_but_for_the_exceptions_that_are_named() -> None:
    report = prove(["TOT-04"], kernel=KERNEL, specs=SPECS, jobs=1)
    (row,) = report.asked_rows()
    (result,) = report.results
    assert report.verdict(row) == result.verdict == "proved"
    assert all(name in result.detail for name in EXCEPTIONS)
    assert DISCHARGER.witnesses.faults == []


@pytest.mark.parametrize(
    ("room", "old", "new", "lost"),
    [
        ("device.py", "Response.STALL_BOOKED", "Response.RECOVERY_BOOKED", "response STALL_BOOKED"),
        ("alarms.py", "        state.mode == Mode.EMPTY,\n", "        False,\n", "alarm RESERVOIR_EMPTY"),
        ("device.py", "mode=Mode.FAILED)", "mode=Mode.STOPPED)", "mode FAILED"),
        ("delivery.py", "mode=Mode.END_OF_SERVICE)", "mode=Mode.STOPPED)", "mode END_OF_SERVICE"),
    ],
)
def test_what_a_broken_kernel_never_does_is_named(change: Change, room: str, old: str, new: str, lost: str) -> None:
    result = decide(change(room, old, new))
    assert result.verdict == "refuted"
    assert lost in list_missing(result)


def test_a_kernel_that_breaks_its_invariant_has_traces_at_fault(change: Change) -> None:
    booked = "volume_lo_nl=state.reservoir.volume_lo_nl - pulse_volume_nl"
    result = decide(change("path.py", booked, "volume_lo_nl=state.reservoir.volume_lo_nl"))
    assert result.verdict == "refuted"
    assert "these do not hold: " in result.detail
    assert "reservoir_encloses_the_truth" in result.detail


def test_a_kernel_that_raises_has_traces_at_fault(change: Change) -> None:
    result = decide(change("device.py", "is_stalled=True,", "is_stalled=1 // 0 == 1,"))
    assert result.verdict == "refuted"
    assert "trace stall, step 9: CPython raises ZeroDivisionError" in result.detail


def test_a_pump_that_does_more_than_count_in_its_box_is_not_believed_to_have_lain_there(change: Change) -> None:
    leap = "tick = state.tick + (2 if state.tick == 7 else 1)\n"
    result = decide(change("delivery.py", "tick = state.tick + 1\n", leap))
    assert result.verdict == "refuted"
    assert "trace midnight: that a box only counts is refuted" in result.detail
    assert "mode END_OF_SERVICE" in list_missing(result)


def test_a_kernel_that_the_traces_do_not_fit_is_said_to_be_one(change: Change) -> None:
    sentence = '"""Order: stop delivering."""'
    result = decide(change("events.py", sentence, f"{sentence}\n\n    is_urgent: bool"))
    assert result.verdict == "unsupported"
    assert "the traces do not fit this kernel: TypeError" in result.detail


@pytest.mark.parametrize("event", EVENTS)
def test_a_trace_shows_that_what_is_assumed_of_an_event_can_hold_together(event: str) -> None:
    result = DISCHARGER.discharge(Obligation(event, "hypotheses", event))
    assert result.verdict == "proved"
    assert find_event(result.detail) == event
    assert result.queries == 0


def test_assumptions_that_forbid_an_event_are_found_vacuous(tmp_path: Path) -> None:
    copy = tmp_path / "thecal_specs"
    shutil.copytree(SPECS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (copy / "assumed.py").read_text(encoding="utf-8")
    last = "    return True\n"
    assert text.count(last) == 1, "the text stands at one place"
    forbidden = f"    if isinstance(event, StopAsked):\n        return False\n{last}"
    text = text.replace(last, forbidden).replace("RefillDone\n", "RefillDone, StopAsked\n", 1)
    (copy / "assumed.py").write_text(text, encoding="utf-8")
    project = Project.open(KERNEL, copy)
    discharger = Discharger(project.wiring, project.rows, Limits())
    found = [discharger.discharge(Obligation(event, "hypotheses", event)) for event in ("StopAsked", "MotorStalled")]
    assert [result.verdict for result in found] == ["vacuous", "proved"]
    assert all("these do not hold: is_possible_event" in fault for fault in discharger.witnesses.faults)


def test_a_step_beyond_the_range_of_its_types_shows_nothing() -> None:
    witnesses = Witnesses(PROJECT.wiring, Limits())
    stop = PROJECT.wiring.event_named("StopAsked")
    step = DISCHARGER.witnesses.find_step(stop)
    assert step is not None
    witnesses.steps = [replace(step, before=replace(step.before, mode=99))]
    assert witnesses.find_step(stop) is None


@each_stated
def test_a_trace_shows_where_a_property_speaks_without_asking_the_solver(row: Row) -> None:
    result = DISCHARGER.discharge(Obligation(ANY_EVENT, "antecedent", row.id))
    assert result.verdict == "proved"
    assert result.detail.startswith("trace ")
    assert find_event(result.detail) in EVENTS
    assert "no trace shows" not in result.detail, "some of it is never met"
    assert result.queries == 0


@each_stated
def test_a_property_is_shown_to_speak_under_every_event_that_it_can_speak_of(row: Row) -> None:
    found = {event for event, _ in DISCHARGER.witnesses.list_claims(claimed_by(row))}
    assert found == ONLY_UNDER.get(row.id, set(EVENTS))


@each_stated
def test_both_readings_of_a_property_find_that_it_speaks_of_the_step_that_is_named(row: Row) -> None:
    assert row.predicate is not None
    wiring = PROJECT.wiring
    shown = DISCHARGER.witnesses.find(row.predicate)
    assert shown is not None
    step = next(step for step in DISCHARGER.witnesses.steps if str(step) == shown.at)
    event = wiring.event_named(type(step.event).__name__)
    types = {**wiring.symbols, "event": event}
    given = {name: from_integers(found, list(flatten(found, step.names[name]))) for name, found in types.items()}
    cell = Cell(wiring, DISCHARGER.concrete, event, given)
    assert cell.property_goal(antecedent_of(wiring.program, row.predicate)).goal is TRUE


def test_a_property_of_which_no_step_is_known_is_shown_by_none() -> None:
    witnesses = Witnesses(PROJECT.wiring, Limits())
    witnesses.steps = []
    predicate = STATED[0].predicate
    assert predicate is not None
    assert witnesses.find(predicate) is None


SAMPLE = """
def implies(a: bool, b: bool) -> bool:
    return not a or b


def sample(x: int, y: int) -> bool:
    if x == 0:
        return True
    if x == 1:
        return implies(y > 5, y > 4)
    if x == 2:
        return y < 9 and implies(
            y > 0, implies(y > 5, True) and implies(y < 5, y < 6)
        )
    return all(implies(i > y, i > 0) for i in range(4))
"""
PLAIN, NESTED, EACH = 11, 12, 14  # lines of the sample


@pytest.mark.parametrize(
    ("x", "y", "lines"),
    [
        (0, 9, []),
        (1, 5, []),
        (1, 6, [9]),
        (2, 0, [PLAIN]),
        (2, 5, [PLAIN]),
        (2, 4, [PLAIN, NESTED]),
        (2, 6, [PLAIN]),
        (3, 2, [EACH]),
        (3, 3, []),
    ],
)
def test_each_implication_is_told_by_itself(tmp_path: Path, x: int, y: int, lines: list[int]) -> None:
    package = tmp_path / "sample"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "claims.py").write_text(SAMPLE.lstrip(), encoding="utf-8")
    program = Program(Sources.of_folders(package))
    claimed = Claimed(program, Loaded([package]), program.signature("sample.claims", "sample"))
    assert sorted(line for line, _ in claimed.find({"x": x, "y": y})) == lines
    assert {line for line, _ in claimed.places} == {9, PLAIN, NESTED, EACH}
