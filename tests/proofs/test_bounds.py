# SPDX-License-Identifier: Apache-2.0
"""Bounds on what a program can bring: proved of the kernel's own functions, and refuted where they say too little."""

from dataclasses import replace

import pytest

from thecal.events import PathDeclared, PrescriptionConfirmed, PrescriptionStaged, RefillDone
from thecal.limits import Config
from thecal.prescription import NO_OVERRIDES, Prescription, compute_no_prescription
from thecal.state import State, initial_state
from thecal.step import step
from thecal.units import DAY_S, HOUR_S
from thecal_adapters.library import load_config
from thecal_proofs import terms
from thecal_proofs.bounds import basal, boluses, counting, overlap
from thecal_proofs.bounds.answer import bound
from thecal_proofs.bounds.lifted import Kernel
from thecal_proofs.bounds.program import Setting
from thecal_proofs.bounds.question import put

MG_FG = 10**12
OVERRIDES = replace(NO_OVERRIDES, is_increase=True, is_day_limit=True)


def make_program(config: Config, **fields: object) -> Prescription:
    usual: dict[str, object] = {
        "slots_fg": (MG_FG // 20,) * 48,
        "bolus_fg": MG_FG * 24 // 100,
        "bolus_duration_s": 600,
        "lockout_s": 14_400,
        "bolus_count_max": 4,
        "cap_day_fg": (MG_FG * 35 // 10, 0, 0, 0),
        "cap_hour_fg": (MG_FG * 4 // 10, 0, 0, 0),
    }
    return replace(compute_no_prescription(config), **{**usual, **fields})  # type: ignore[arg-type]


def make_setting(pump: str = "peristaltic-40", **fields: object) -> Setting:
    config = load_config(pump, ["morphine"])
    program = make_program(config, **fields)
    state: State = initial_state(config)
    for event in (
        RefillDone(0, 18_000_000, (10_000_000, 0, 0, 0), has_unknown_drug=False, is_rinsed=False),
        PathDeclared(300_000, 332_000, is_filled_from_reservoir=True),
        PrescriptionStaged(program, OVERRIDES),
        PrescriptionConfirmed(program),
    ):
        outcome = step(config, state, event)
        assert not outcome.response.name.startswith("REFUSED"), outcome.response.name
        state = outcome.state
    return Setting(config, state)


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    return Kernel()


def test_every_question_of_a_program_with_boluses_is_proved_and_the_counts_follow() -> None:
    setting = make_setting()
    found = bound(setting.config, setting.state)
    assert found["reason"] == ""
    assert {each["verdict"] for each in found["questions"]} == {"proved"}
    hour, day = found["windows"]
    assert (hour["length_s"], day["length_s"]) == (HOUR_S, DAY_S)
    assert (hour["alone_min"], hour["alone_max"], hour["of_boluses_max"]) == (40, 40, 96)
    assert (day["alone_min"], day["alone_max"], day["of_boluses_max"]) == (960, 960, 4 * 96)


def test_a_program_without_boluses_is_asked_about_basal_alone() -> None:
    setting = make_setting(bolus_fg=0, bolus_count_max=0)
    found = bound(setting.config, setting.state)
    assert all("with boluses" not in each["name"] for each in found["questions"])
    assert found["windows"][1]["of_boluses_max"] == 0


def test_a_cap_that_leaves_no_room_for_a_bolus_is_told_from_one_that_does() -> None:
    none = make_setting(cap_day_fg=(MG_FG * 25 // 10, 0, 0, 0))
    assert boluses.compute_room(none, DAY_S) == 0
    assert bound(none.config, none.state)["windows"][1]["of_boluses_max"] == 0
    three = make_setting(cap_day_fg=(MG_FG * 32 // 10, 0, 0, 0))
    assert boluses.compute_room(three, DAY_S) == 3


def test_one_bolus_less_than_the_caps_allow_is_refuted(kernel: Kernel) -> None:
    setting = make_setting()
    grant = boluses.make_grant(kernel, setting)
    assert boluses.ask_room(grant, setting, DAY_S, 4).verdict == "proved"
    assert boluses.ask_room(grant, setting, DAY_S, 3).verdict == "refuted"


def test_a_shorter_bound_on_what_is_owed_is_refuted(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    setting = make_setting("valve-pulse-20", bolus_fg=MG_FG * 24 // 100)
    verdicts = [each.verdict for each in basal.ask_basal(kernel, setting, has_bolus=True)]
    assert verdicts == ["proved", "proved"]
    monkeypatch.setattr(basal.Owed, "_most", lambda self, pulse, since: pulse)
    assert next(basal.ask_basal(kernel, setting, has_bolus=True)).verdict == "refuted"


@pytest.mark.parametrize("has_bolus", [False, True])
def test_less_owed_than_windows_are_counted_with_is_refuted(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, has_bolus: bool
) -> None:
    setting = make_setting()
    most_fg_1800 = basal.Owed(setting, has_bolus).most_fg_1800
    monkeypatch.setattr(basal.Owed, "most_fg_1800", most_fg_1800 - setting.slot_fg_max)
    assert next(basal.ask_basal(kernel, setting, has_bolus)).verdict == "refuted"


def test_a_count_of_pulses_that_is_one_too_tight_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = make_setting()
    fewest, most = basal.compute_pulses(setting, DAY_S, has_bolus=True)
    monkeypatch.setattr(basal, "compute_pulses", lambda *_: (fewest, most - 1))
    assert basal.ask_pulses(setting, DAY_S, has_bolus=True).verdict == "refuted"
    count = counting.Count(setting, DAY_S, 4, is_overlapping=False)
    pulses = counting.compute_bolus_pulses(count)
    assert counting.ask_bolus_pulses(count).verdict == "proved"
    monkeypatch.setattr(counting, "compute_bolus_pulses", lambda _: pulses - 1)
    assert counting.ask_bolus_pulses(count).verdict == "refuted"


@pytest.mark.parametrize(("pump", "late"), [("peristaltic-40", 1), ("valve-pulse-20", 2)])
def test_a_bolus_lags_by_a_pulse_or_two_and_not_by_less(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, pump: str, late: int
) -> None:
    setting = make_setting(pump, bolus_fg=MG_FG // 10)
    assert overlap.is_in_time(setting)
    assert overlap.compute_late(setting) == late
    assert [each.verdict for each in overlap.ask_overlap(kernel, setting)] == ["proved"] * 3
    monkeypatch.setattr(overlap, "compute_late", lambda _: late - 1)
    verdicts = {each.name: each.verdict for each in overlap.ask_overlap(kernel, setting)}
    assert verdicts == {"begin": "proved", "lag": "proved", "overlap": "refuted"}


def test_a_bolus_that_is_too_fast_for_the_motor_is_refused_before_anything_is_counted() -> None:
    with pytest.raises(AssertionError, match="REFUSED_BOLUS_TOO_FAST_TO_DELIVER"):
        make_setting("valve-pulse-20", bolus_duration_s=60, cap_day_fg=(10 * MG_FG, 0, 0, 0))


def test_what_is_known_must_be_possible_or_the_claim_says_nothing() -> None:
    x = terms.var("x")
    impossible = [terms.lt(x, terms.ZERO), terms.lt(terms.ZERO, x)]
    assert put("n", "s", (), impossible, terms.FALSE).verdict == "vacuous"
    assert put("n", "s", (), [terms.lt(terms.ZERO, x)], terms.FALSE).verdict == "refuted"


def test_the_front_of_another_fluid_is_not_counted_over() -> None:
    setting = make_setting()
    refill = RefillDone(17_000_000, 18_000_000, (20_000_000, 0, 0, 0), has_unknown_drug=False, is_rinsed=True)
    state = step(setting.config, setting.state, refill).state
    found = bound(setting.config, state)
    assert found["windows"] == []
    assert "front of another fluid" in found["reason"]
