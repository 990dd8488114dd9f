# SPDX-License-Identifier: Apache-2.0
"""Slips of the pen are put to the kernel, and told by what they change; what stops on the way is told, too."""

from dataclasses import replace

import pytest
from tests.adapters.checks import MCG_FG, make_check

from thecal.prescription import NO_OVERRIDES
from thecal.state import Mode
from thecal.units import SLOT_COUNT
from thecal_adapters import schemas
from thecal_adapters.checking import check, make_running_state
from thecal_adapters.checking.admitting import admit
from thecal_adapters.checking.describing import describe
from thecal_adapters.checking.mistakes import Slip
from thecal_adapters.checking.telling import tell_check, tell_mistake
from thecal_adapters.doses import Kind
from thecal_adapters.library import load_config
from thecal_adapters.prescriptions import find_example, list_examples


@pytest.mark.parametrize("name", list_examples())
def test_tenfold_and_hourly_slips_are_refused_by_the_kernel_with_its_rule(name: str) -> None:
    config, state, found = make_check(name)
    slips = {mistake.slip: mistake for mistake in found.mistakes}
    for slip in (Slip.DOSE_TENFOLD, Slip.HOUR_FOR_DAY):
        assert slips[slip].is_refused
        assert slips[slip].rule
    assert slips[Slip.DOSE_TENFOLD].factor == 10
    ten = replace(found.order.prescription, slots_fg=tuple(10 * fg for fg in found.order.prescription.slots_fg))
    refusal = admit(config, state, replace(found.order, prescription=ten)).refusal
    assert refusal is not None
    assert refusal.response == slips[Slip.DOSE_TENFOLD].response


def test_a_strength_that_is_wrong_and_plausible_is_told_with_what_it_would_bring() -> None:
    _, _, found = make_check("morphine-patient-bolus")
    slips = {mistake.slip: mistake for mistake in found.mistakes}
    slip = slips[Slip.STRENGTH_QUARTER]
    assert not slip.is_refused
    assert slip.change.after == 9_600 * MCG_FG
    told = "\n".join(tell_check(found, {}))
    assert (
        "strength entered four times too low: NOT REFUSED: basal of a day would be 9.6 mg/day, not 2.4 mg/day; 4 times"
        in told
    )


def test_a_slip_in_the_lockout_is_told_by_the_lockout_and_one_in_the_bolus_by_the_bolus() -> None:
    _, _, found = make_check("morphine-patient-bolus")
    slips = {mistake.slip: mistake for mistake in found.mistakes}
    told = tell_mistake(slips[Slip.LOCKOUT_IN_MINUTES])
    assert told == "NOT REFUSED: lockout after a bolus would be 4 min, not 4 h; 1/60 of what is meant"
    bolus = slips[Slip.BOLUS_TENFOLD].change
    assert (bolus.kind, bolus.before, bolus.after) == (Kind.MASS, 240 * MCG_FG, 2_400 * MCG_FG)
    assert "basal would" not in "\n".join(tell_check(found, {}))


def test_a_fluid_that_is_entered_wrongly_is_booked_and_stops_what_runs() -> None:
    _, _, found = make_check("baclofen-stronger")
    slips = {mistake.slip: mistake for mistake in found.mistakes}
    slip = slips[Slip.STRENGTH_TENFOLD]
    assert slip.is_stopped
    told = tell_mistake(slip)
    assert told == "refused, REFUSED_FLUID_NOT_ALLOWED (CON-01); delivery stops with the fluid, which is booked"
    assert not slips[Slip.STRENGTH_QUARTER].is_stopped


def test_a_program_that_follows_a_fluid_which_stops_the_one_before_is_admitted_and_must_be_resumed() -> None:
    flex, stronger = find_example("baclofen-flex"), find_example("baclofen-stronger")
    config = load_config(flex.pump, flex.drugs)
    small = replace(flex.prescription, slots_fg=(MCG_FG,) * SLOT_COUNT)
    state = make_running_state(config, replace(flex, prescription=small))
    meant = replace(
        stronger,
        prescription=replace(stronger.prescription, slots_fg=(2 * MCG_FG,) * SLOT_COUNT),
        overrides=replace(NO_OVERRIDES, is_increase=True, is_plausibility=True),
    )
    found = check(config, state, meant)
    assert found.refusal is None
    assert found.mode is Mode.STOPPED
    told = list(tell_check(found, {}))
    assert "Admitted by the kernel, but the pump would not deliver it: its mode would be STOPPED." in told
    stop = "Delivery would stop with the fluid: REFILL_BOOKED_AND_DELIVERY_STOPPED (PRG-08)."
    assert stop in told
    schemas.check("check", describe(found, {}))
    refused = check(config, state, replace(meant, overrides=NO_OVERRIDES))
    assert refused.refusal is not None
    assert stop in list(tell_check(refused, {}))


def test_a_bolus_without_a_lockout_is_warned_of() -> None:
    config, state, found = make_check("morphine-patient-bolus")
    assert not any(line.startswith("NO LOCKOUT") for line in tell_check(found, {}))
    open_order = replace(found.order, prescription=replace(found.order.prescription, lockout_s=0))
    told = list(tell_check(check(config, state, open_order), {}))
    assert any(line.startswith("NO LOCKOUT: the next bolus may be asked for as soon as one has ended") for line in told)
    assert not any("lockout in minutes" in line for line in told)


def test_a_step_whose_mass_is_given_every_hour_is_among_the_slips() -> None:
    _, _, found = make_check("baclofen-flex")
    slips = {mistake.slip: mistake for mistake in found.mistakes}
    assert slips[Slip.STEP_EVERY_HOUR].change.after == 24 * 36 * MCG_FG
    assert slips[Slip.STEP_EVERY_HOUR].is_refused
