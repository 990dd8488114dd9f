# SPDX-License-Identifier: Apache-2.0
"""A drift that no single refill shows is found by the account of several; what a pump may do by itself is not."""

import json
from pathlib import Path
from random import Random

import pytest
from tests.adapters.devices import make_request
from tests.adapters.journals import trial

from thecal.events import PowerRestored, PulseReported, PulseResult, RefillDone, SecondPassed
from thecal.limits import PumpModel
from thecal.outcome import Response
from thecal_adapters import schemas
from thecal_adapters.cli.log_refills import show_refills
from thecal_adapters.exits import Exit
from thecal_adapters.library import load_config
from thecal_adapters.refills import Account, Standing, compute_unfound_nl

PUMPS = ("valve-pulse-20", "peristaltic-40")
UNKNOWN = 8  # of the pulses between two refills


class Patient:
    """A pump whose pulses move otherwise than declared, and an account of it. What the needle leaves is by chance."""

    def __init__(self, pump: PumpModel, permille: int, seed: int) -> None:
        self.pump, self.permille, self.rng = pump, permille, Random(seed)
        self.account = Account(pump)
        self.held_nl = self.drifted_nl = 0
        self.refill()

    def refill(self, is_rinsed: bool = False) -> Standing | None:
        left_nl = min(self.held_nl, self.rng.choice((0, self.pump.residual_nl)))
        filled_nl = self.pump.capacity_nl - self.pump.residual_nl
        event = RefillDone(self.held_nl - left_nl, filled_nl, (1, 0, 0, 0), False, is_rinsed=is_rinsed)
        if is_rinsed:
            left_nl = self.rng.choice((0, self.pump.residual_nl))
        self.held_nl = filled_nl + left_nl
        return self.account.add(event, Response.REFILL_BOOKED, False)

    def deliver(self, pulses: int, unknown: int = UNKNOWN) -> None:
        for place in range(pulses):
            result = PulseResult.UNKNOWN if place < unknown else PulseResult.DONE
            booked = Response.PULSE_BOOKED_AS_DONE if place >= unknown else Response.PULSE_BOOKED_AS_UNKNOWN
            self.account.add(SecondPassed(), Response.PULSE_ORDERED_FOR_BASAL, True)
            self.account.add(PulseReported(1, result), booked, False)
            moved = place >= unknown or self.rng.randrange(2)
            moved_nl = self.pump.pulse_volume_nl * (1_000 + self.permille) // 1_000 if moved else 0
            self.held_nl -= moved_nl
            self.drifted_nl += moved_nl - self.pump.pulse_volume_nl * bool(moved)


@pytest.mark.parametrize("name", PUMPS)
@pytest.mark.parametrize("permille", [145, -145, 40, -40, 0])
def test_a_drift_is_found_at_the_refill_that_the_table_names_and_none_where_there_is_none(
    name: str, permille: int
) -> None:
    pump = load_config(name, ["morphine"]).pump
    pulses = pump.capacity_nl // 2 // pump.pulse_volume_nl // 10  # of ten times the volume, for a quick test
    pump = PumpModel(
        pulse_volume_nl=10 * pump.pulse_volume_nl,
        pulse_interval_s=pump.pulse_interval_s,
        slot_volume_nl_min=0,
        capacity_nl=pump.capacity_nl,
        residual_nl=pump.residual_nl,
        refill_allowance_nl=pump.refill_allowance_nl,
        stop_s_max=pump.stop_s_max,
    )
    for seed in range(3):
        patient, found = Patient(pump, permille, seed), False
        for _ in range(14):
            patient.deliver(pulses)
            doubts = patient.account.doubts
            standing = patient.refill()
            assert standing is not None
            is_due = abs(patient.drifted_nl) > compute_unfound_nl(pump, doubts)
            assert standing.off_nl or not is_due
            found = bool(standing.off_nl)
            if found:
                assert abs(patient.drifted_nl) > pump.refill_allowance_nl
                assert (standing.off_nl > 0) == (permille > 0)
                break
        assert found == (permille != 0)


def test_a_lost_state_and_a_rinse_are_allowed_for() -> None:
    pump = load_config("valve-pulse-20", ["morphine"]).pump
    for seed in range(20):
        patient = Patient(pump, 0, seed)
        for place in range(6):
            patient.deliver(20)
            if place == 3:
                patient.deliver(900)
                patient.account.add(PowerRestored(0, False, False), Response.RESTART_BOOKED, False)
                patient.held_nl -= 4_000_000  # nobody knows what happened
                assert patient.refill() is None
            standing = patient.refill(is_rinsed=place % 2 == 0)
            assert standing is not None
            assert standing.off_nl == 0, (seed, place)


def test_the_account_of_a_journal_is_told_with_each_refill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strengths = (10_000_000, 0, 0, 0)
    with trial(tmp_path) as made:
        made.program()
        made.run(40)
        for place, lacking_nl in enumerate((0, 12_000_000)):
            held_nl = made.runner.state.reservoir.volume_lo_nl
            event = RefillDone(held_nl - lacking_nl, 18_000_000, strengths, False, False)
            made.console.asked = [make_request(event, f"refill-{place}")]
            made.run(1)
    told = tmp_path / "refills.json"
    assert show_refills(tmp_path / "pump.journal", str(told)) is Exit.FINDING
    result = json.loads(told.read_text())
    schemas.check("log-refills", result)
    assert [row["off_nl"] > 0 for row in result["refills"]] == [False, True]
    words = capsys.readouterr().out
    assert "as it should be" in words
    assert "a drift of some +" in words
