# SPDX-License-Identifier: Apache-2.0
"""What is told of a prescription: bounds that hold, worst cases that replay, slips that are put to the kernel."""

import random
from dataclasses import replace

import pytest
from tests.adapters.checks import FRESH, MCG_FG, make_check

from thecal.events import BolusAsked, PulseReported, PulseResult, SecondPassed, SecondsPassed
from thecal.limits import Config
from thecal.outcome import Response
from thecal.prescription import compute_no_prescription
from thecal.quiet import compute_quiet_s
from thecal.state import State, initial_state
from thecal.step import step
from thecal.units import DAY_S, DRUG_COUNT, HOUR_S, SLOT_COUNT
from thecal_adapters import schemas
from thecal_adapters.checking import Side, amounts, check
from thecal_adapters.checking.admitting import admit
from thecal_adapters.checking.amounts import Grounds
from thecal_adapters.checking.bridge import Tip
from thecal_adapters.checking.crossing import list_crossing
from thecal_adapters.checking.delivering import compute_delivery
from thecal_adapters.checking.describing import describe
from thecal_adapters.checking.reservoir import Reason, find_pulse_s, find_refill_now, is_alarm_replayed
from thecal_adapters.checking.telling import tell_check
from thecal_adapters.checking.tracing import Trace
from thecal_adapters.checking.windows import Window
from thecal_adapters.doses import Kind, tell
from thecal_adapters.finding import Missing
from thecal_adapters.library import load_config
from thecal_adapters.prescriptions import Filling, Order, Tubing, find_example, list_examples

SEED = 20_261_125


def replay(config: Config, start: State, window: Window, drug: int) -> tuple[int, int]:
    """The most and the least in a window, by a loop of its own; the patient asks when it says so."""
    state, upper_fg, lower_fg = start, 0, 0
    asked = set(window.granted)
    from_tick, to_tick = window.from_tick, window.to_tick
    while state.tick < to_tick:
        if state.tick in asked:
            asked.discard(state.tick)
            outcome = step(config, state, BolusAsked())
            assert outcome.response == Response.BOLUS_GRANTED
            state = outcome.state
        ahead_s = min([to_tick, *(tick for tick in asked if tick > state.tick)]) - state.tick
        quiet_s = min(ahead_s, compute_quiet_s(config, state))
        outcome = step(config, state, SecondsPassed(quiet_s) if quiet_s > 1 else SecondPassed())
        state = outcome.state
        if outcome.pulse.is_ordered:
            state = step(config, state, PulseReported(outcome.pulse.sequence, PulseResult.DONE)).state
            if state.tick > from_tick:
                upper_fg += outcome.pulse.upper_fg[drug]
                lower_fg += outcome.pulse.lower_fg[drug]
    return upper_fg, lower_fg


@pytest.mark.parametrize("name", FRESH)
def test_the_worst_case_of_an_example_is_exact_and_replays_to_the_figure_that_is_told(name: str) -> None:
    config, before, found = make_check(name)
    assert found.forecast is not None
    assert found.forecast.bounds.is_proved
    start = admit(config, before, found.order).state
    told = list(tell_check(found, {}))
    for amount in found.forecast.amounts:
        figure = amount.most
        assert figure.is_exact, amount
        upper_fg, _ = replay(config, start, figure.reached, amount.drug)
        assert upper_fg == figure.bound_fg
        if amount.least.is_exact:
            _, lower_fg = replay(config, start, amount.least.reached, amount.drug)
            assert lower_fg == amount.least.bound_fg
        assert any(f"most   exactly {tell(figure.bound_fg, Kind.MASS)};" in line for line in told)


def test_the_worst_hour_of_an_example_with_boluses_is_a_bolus_beside_the_fullest_hour() -> None:
    _, _, found = make_check("morphine-patient-bolus")
    assert found.forecast is not None
    worst = {(amount.length_s, amount.has_boluses): amount.most for amount in found.forecast.amounts}
    assert worst[HOUR_S, True].bound_fg == worst[HOUR_S, True].reached.amount_fg == 340 * MCG_FG
    assert worst[DAY_S, True].bound_fg == worst[DAY_S, True].reached.amount_fg == (2_400 + 4 * 240) * MCG_FG


def test_every_drug_of_a_mixture_is_told_against_its_own_cap() -> None:
    _, _, found = make_check("mixture-of-four")
    assert found.forecast is not None
    day = {amount.drug: amount for amount in found.forecast.amounts if amount.length_s == DAY_S}
    assert [day[drug].most.bound_fg // MCG_FG for drug in range(DRUG_COUNT)] == [2_400, 1_800, 48, 24]
    assert [day[drug].cap_fg // MCG_FG for drug in range(DRUG_COUNT)] == [2_600, 1_950, 52, 26]
    assert {limit.drug for limit in found.limits} == set(found.order.drugs)


def test_a_change_of_strength_is_bridged_and_what_leaves_the_tip_is_told() -> None:
    _, _, found = make_check("baclofen-stronger")
    assert found.warning is not None
    assert found.warning.rule == "CON-03"
    assert found.forecast is not None
    bridge = found.forecast.bridge
    assert bridge is not None
    assert bridge.is_over
    old, either, new = bridge.phases
    assert (old.tip, either.tip, new.tip) == tuple(Tip)
    assert (old.from_s, old.to_s, either.to_s) == (0, either.from_s, new.from_s)
    assert old.upper_fg == old.lower_fg == (old.pulses * 250 * 500_000, 0, 0, 0)
    assert (either.upper_fg[0], either.lower_fg[0]) == (either.pulses * 250 * 2_000_000, either.pulses * 250 * 500_000)
    assert either.pulses * 250 == 332_000 - 300_000
    assert new.upper_fg == new.lower_fg == (200 * MCG_FG, 0, 0, 0)
    assert "THERAPY_LACKING" in [alarm.name for alarm in found.forecast.alarms]


def test_while_the_front_passes_bounds_hold_with_a_gap_and_after_it_they_are_exact() -> None:
    _, _, found = make_check("baclofen-stronger")
    assert found.forecast is not None
    for amount in found.forecast.amounts:
        assert amount.most.bound_fg >= amount.most.reached.amount_fg
        assert amount.least.bound_fg <= amount.least.reached.amount_fg
        assert amount.most.is_exact is not amount.is_crossing
    grounds = {amount.most.grounds for amount in found.forecast.amounts if amount.is_crossing}
    assert grounds == {Grounds.SCHEDULE}


def test_while_the_front_passes_boluses_are_bounded_by_the_caps_and_take_nothing_from_the_least() -> None:
    config, state, _ = make_check("baclofen-stronger")
    trace = Trace(state.tick, state.tick + DAY_S, state)
    rows = list(list_crossing(config, state, [trace], [trace]))
    assert [row.has_boluses for row in rows] == [False, True] * 2
    for alone, beside in zip(rows[::2], rows[1::2], strict=True):
        assert (beside.most.bound_fg, beside.most.grounds) == (beside.cap_fg, Grounds.CAP)
        assert alone.most.bound_fg < beside.most.bound_fg
        assert alone.least.bound_fg == beside.least.bound_fg


def test_changes_are_told_against_what_runs_or_against_another_order() -> None:
    config, state, found = make_check("baclofen-stronger")
    changed = [change for change in found.changes if change.is_changed]
    assert [(change.name, change.before, change.after) for change in changed] == [
        ("baclofen, concentration", 500_000, 2_000_000)
    ]
    assert "    +1.5 mg/mL, 300 %" in list(tell_check(found, {}))
    other = Side(replace(found.order.prescription, low_reservoir_nl=1_000_000), (2_000_000, 0, 0, 0))
    against = check(config, state, found.order, other)
    assert [change.name for change in against.changes if change.is_changed] == ["low reservoir"]


def test_the_reservoir_lasts_as_long_as_the_account_says_and_the_alarm_is_replayed() -> None:
    for name, day in (("baclofen-flex", 40), ("mixture-of-four", 66)):
        config, before, found = make_check(name)
        assert found.forecast is not None
        lasting = found.forecast.lasting
        assert lasting.is_replayed
        assert lasting.low_max_s is not None
        assert lasting.low_max_s // DAY_S == day
        assert lasting.low_min_s == lasting.low_max_s
        start = admit(config, before, found.order).state
        assert not is_alarm_replayed(config, start, lasting.low_max_s - 1)
        assert not is_alarm_replayed(config, start, lasting.low_max_s + 1)


def test_with_boluses_the_reservoir_may_be_low_sooner_and_never_before_the_bound() -> None:
    _, _, found = make_check("morphine-patient-bolus")
    assert found.forecast is not None
    lasting = found.forecast.lasting
    assert lasting.low_min_s is not None
    assert lasting.low_max_s is not None
    assert lasting.low_min_s < lasting.low_max_s
    # 64,000 pulses until it is low, 1,344 a day at most.
    assert lasting.low_min_s == 63_999 // 1_344 * DAY_S


def test_a_refill_is_due_when_the_first_of_its_reasons_comes() -> None:
    reasons = {name: make_check(name)[2].forecast for name in FRESH}
    due = {name: forecast.lasting.refill_earliest for name, forecast in reasons.items() if forecast is not None}
    assert due["baclofen-flex"].reason is Reason.LOW_RESERVOIR
    assert (due["ziconotide-lowest"].reason, due["ziconotide-lowest"].due_s) == (Reason.STABILITY, 14 * DAY_S)
    assert (due["mixture-of-four"].reason, due["mixture-of-four"].due_s) == (Reason.STABILITY, 30 * DAY_S)


@pytest.mark.parametrize("name", list_examples())
def test_a_refill_told_at_once_is_the_one_of_the_check_and_never_later(name: str) -> None:
    config, before, found = make_check(name)
    assert found.forecast is not None
    told = find_refill_now(config, admit(config, before, found.order).state)
    exact = found.forecast.lasting.refill_earliest
    assert told.reason is exact.reason
    if name in FRESH:
        assert told == exact
    else:  # what is ahead of the front counts as gone: 0.332 mL are three days of this program
        assert 0 <= exact.due_s - told.due_s < 3 * DAY_S


def test_a_threshold_below_what_cannot_be_used_gives_no_warning_and_that_is_told() -> None:
    config, state, found = make_check("ziconotide-lowest")
    order = replace(found.order, prescription=replace(found.order.prescription, low_reservoir_nl=1_000_000))
    late = check(config, state, order)
    assert late.forecast is not None
    assert not late.forecast.lasting.is_warned
    assert "  NO WARNING: it is empty before it counts as low." in "\n".join(tell_check(late, {}))


def test_the_pulse_of_a_number_comes_when_the_kernel_orders_it() -> None:
    config, before, found = make_check("baclofen-flex")
    start = admit(config, before, found.order).state
    assert found.forecast is not None
    moved = found.forecast.alone.moved
    for count in (1, 2, 50, 777, len(moved)):
        assert find_pulse_s(config, start, count) == moved[count - 1].at_tick - start.tick


def test_an_order_that_the_kernel_refuses_has_no_forecast_and_says_why() -> None:
    config, state, found = make_check("morphine-patient-bolus")
    over = replace(found.order.prescription, cap_day_fg=(21_000 * MCG_FG, 0, 0, 0))
    refused = check(config, state, replace(found.order, prescription=over))
    assert refused.forecast is None
    assert not refused.is_good
    told = "\n".join(tell_check(refused, {}))
    assert "REFUSED by the kernel at PrescriptionStaged: REFUSED_CAP_ABOVE_A_HARD_LIMIT (PRG-04)" in told
    assert "Slips are not told: the order is refused as it stands" in told
    assert "ten times too high" not in told
    schemas.check("check", describe(refused, {}))


def test_a_bolus_that_the_motor_cannot_give_in_time_is_found() -> None:
    config, before, found = make_check("morphine-patient-bolus")
    assert found.delivery.is_possible
    state = admit(config, before, found.order).state
    # 96 pulses and what basal takes beside them: 98 s are enough, and 97 are not.
    for duration_s, is_too_fast in ((98, False), (97, True)):
        order = replace(found.order.prescription, bolus_duration_s=duration_s)
        delivery = compute_delivery(config, state, order)
        assert delivery.is_bolus_too_fast is is_too_fast
        assert delivery.is_possible is not is_too_fast


def test_the_kernel_itself_refuses_a_bolus_that_no_count_of_its_rate_reaches() -> None:
    # 0.24 mg in a second are 240,000,000 fg/s, more than a quotient of the kernel counts.
    config, before, found = make_check("morphine-patient-bolus")
    order = replace(found.order, prescription=replace(found.order.prescription, bolus_duration_s=1))
    refusal = admit(config, before, order).refusal
    assert refusal is not None
    assert refusal.response is Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER


def test_without_a_prover_nothing_is_called_exact_that_is_not_bounded_by_the_caps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def find_none() -> object:
        raise Missing("pip install 'thecal[proofs]'")

    monkeypatch.setattr(amounts, "find_prover", find_none)
    config, state, found = make_check("ziconotide-lowest")
    bare = check(config, state, found.order)
    assert bare.forecast is not None
    assert not bare.is_decided
    assert {amount.most.grounds for amount in bare.forecast.amounts} == {Grounds.CAP}
    assert not any(amount.most.is_exact or amount.least.is_exact for amount in bare.forecast.amounts)
    assert "NOT COUNTED: no prover: pip install 'thecal[proofs]'" in "\n".join(tell_check(bare, {}))


def test_a_bound_of_which_one_question_is_not_proved_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        "reason": "",
        "questions": [{"name": "n", "statement": "s", "touches": [], "verdict": "vacuous"}],
        "windows": [{"length_s": DAY_S, "alone_min": 1, "alone_max": 1}],
    }
    bounds = amounts._read_bounds(found)
    assert not bounds.is_proved
    assert bounds.pulses == {}


@pytest.mark.parametrize("name", list_examples())
def test_a_check_is_written_in_the_documented_form(name: str) -> None:
    _, _, found = make_check(name)
    schemas.check("check", describe(found, {"peristaltic-40": "example, needs verification"}))


def test_a_check_leaves_the_state_as_it_is_and_says_the_same_twice() -> None:
    config, state, found = make_check("ziconotide-lowest")
    again = check(config, state, found.order)
    assert list(tell_check(again, {})) == list(tell_check(found, {}))
    assert state == initial_state(config)


def make_any_order(chance: random.Random, pump: str) -> tuple[Config, Order]:
    config = load_config(pump, ["morphine"])
    concentration = chance.choice([1_000_000, 10_000_001, 20_000_000])
    pulse_fg = concentration * config.pump.pulse_volume_nl
    least_fg = config.pump.slot_volume_nl_min * concentration
    steps = [max(least_fg, chance.randrange(0, 3 * pulse_fg)) for _ in range(chance.choice([1, 2, SLOT_COUNT]))]
    slots = tuple(steps[i * len(steps) // SLOT_COUNT] for i in range(SLOT_COUNT))
    bolus_fg = pulse_fg * chance.choice([1, 3, 7, 20]) + chance.choice([0, 5])
    day_fg = sum(slots) + 2 * pulse_fg + bolus_fg * chance.choice([1, 2, 4])
    hour_fg = max(slots) * 2 + 2 * pulse_fg + bolus_fg * chance.choice([1, 2])
    prescription = replace(
        compute_no_prescription(config),
        slots_fg=slots,
        bolus_fg=bolus_fg,
        bolus_duration_s=chance.choice([60, 300, 1_200]),
        lockout_s=chance.choice([60, 1_800, 14_400]),
        bolus_count_max=chance.choice([1, 2, 4]),
        cap_day_fg=(day_fg, 0, 0, 0),
        cap_hour_fg=(min(hour_fg, day_fg), 0, 0, 0),
    )
    example = find_example("morphine-patient-bolus")
    filling = Filling(config.pump.capacity_nl * 9 // 10, (concentration, 0, 0, 0), is_rinsed=True)
    return config, replace(example, prescription=prescription, filling=filling, tubing=Tubing(300_000, 332_000, True))


@pytest.mark.parametrize("pump", ["peristaltic-40", "valve-pulse-20"])
def test_no_trace_of_any_program_passes_its_bounds(pump: str) -> None:
    print(f"seed {SEED}")
    chance = random.Random(f"{SEED} {pump}")
    config, order = make_any_order(chance, pump)
    while admit(config, initial_state(config), order).refusal is not None:
        config, order = make_any_order(chance, pump)
    found = check(config, initial_state(config), order)
    assert found.forecast is not None
    assert found.forecast.bounds.is_proved, found.forecast.bounds
    for amount in found.forecast.amounts:
        assert amount.most.reached.amount_fg <= amount.most.bound_fg <= amount.cap_fg, (order, amount)
        assert amount.least.reached.amount_fg >= amount.least.bound_fg, (order, amount)
