# SPDX-License-Identifier: Apache-2.0
"""Whether an order may be carried out: each function names the first rule that is against it.

The one idea behind every cap: basal is never withheld, so a bolus is granted only if the worst basal of any 24 h
(or hour) still fits beside it, and basal is raised only if the boluses of the last 24 h leave room for it.
"""

from dataclasses import dataclass, replace

from thecal.fluid import Fluid
from thecal.ledger import (
    compute_given_day_fg,
    compute_given_hour_fg,
    compute_patient_count,
    is_full,
    is_locked_out,
)
from thecal.limits import Config, compute_hard_bolus_fg, compute_hard_day_fg, compute_hard_hour_fg
from thecal.outcome import Response
from thecal.path import is_fitting
from thecal.prescription import Prescription, is_basal_no_larger, is_well_formed
from thecal.schedule import compute_shares_fg, is_ratio_larger, with_in_force, with_less_in_force
from thecal.state import Basal, Generation, Mode, Path, Ratios, State
from thecal.units import (
    SLOT_S,
    Masses,
    Slots,
    compute_larger,
    compute_quotient_up,
    compute_sum_fg,
    is_no_larger,
)


def compute_in_force(program: Prescription, path: Path) -> Generation:
    """What a program may ask for with the fluids of a path."""
    return Generation(slots_fg=program.slots_fg, pulse_fg=path.pulse_fg_max, ratios=path.ratios)


def is_within_concentration_limits(config: Config, fluid: Fluid) -> bool:
    """Whether every drug of a fluid is in the library and surely within its concentration limit."""
    return fluid.is_known and all(
        hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(fluid.hi, config.library)
    )  # CON-01


def find_fluid_refusal(config: Config, state: State) -> Response:
    """What forbids to give the fluids in path and reservoir, whatever the program."""
    if not state.path.is_declared:
        return Response.REFUSED_PATH_NOT_DECLARED
    if not is_within_concentration_limits(config, state.path.old):
        return Response.REFUSED_FLUID_NOT_ALLOWED
    if not is_within_concentration_limits(config, state.reservoir.fluid):
        return Response.REFUSED_FLUID_NOT_ALLOWED
    if state.path.old.lo[0] <= 0 or state.reservoir.fluid.lo[0] <= 0:
        return Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG  # CON-06
    return Response.NOTHING_AGAINST_IT


def is_slot_too_small(config: Config, path: Path, slots_fg: Slots) -> bool:
    """Whether a slot asks for less volume than the pump can give, with the strongest fluid."""
    least_fg = config.pump.slot_volume_nl_min * path.pulse_fg_max
    return any(slot * config.pump.pulse_volume_nl < least_fg for slot in slots_fg)


def is_slot_too_large(config: Config, path: Path, slots_fg: Slots) -> bool:
    """Whether a slot asks for more pulses than the pump can give, with the weakest fluid."""
    most_fg = SLOT_S * path.pulse_fg_min
    return any(slot * config.pump.pulse_interval_s > most_fg for slot in slots_fg)


def find_prescription_refusal(config: Config, state: State, program: Prescription, basal: Basal) -> Response:
    """What forbids a prescription with the fluids in path and reservoir, whatever was given before."""
    if not is_well_formed(program):
        return Response.REFUSED_PRESCRIPTION_MALFORMED
    if not is_no_larger(program.cap_day_fg, compute_hard_day_fg(config)):
        return Response.REFUSED_CAP_ABOVE_A_HARD_LIMIT
    if not is_no_larger(program.cap_hour_fg, compute_hard_hour_fg(config)):
        return Response.REFUSED_CAP_ABOVE_A_HARD_LIMIT
    if program.bolus_fg > config.library[0].bolus_fg_max:
        return Response.REFUSED_BOLUS_ABOVE_ITS_LIMIT
    if is_slot_too_small(config, state.path, program.slots_fg):
        return Response.REFUSED_SLOT_TOO_SMALL_TO_DELIVER
    if is_slot_too_large(config, state.path, program.slots_fg):
        return Response.REFUSED_SLOT_TOO_LARGE_TO_DELIVER
    if not is_no_larger(basal.program.day_fg, program.cap_day_fg):
        return Response.REFUSED_BASAL_ABOVE_ITS_OWN_CAP
    if not is_no_larger(basal.program.hour_fg, program.cap_hour_fg):
        return Response.REFUSED_BASAL_ABOVE_ITS_OWN_CAP
    return Response.NOTHING_AGAINST_IT


def is_any_ratio_larger(new: Ratios, old: Ratios) -> bool:
    """Whether any drug comes in a larger share of the first one."""
    return any(is_ratio_larger(a, b) for a, b in zip(new, old))


def is_basal_raised(state: State, program: Prescription, path: Path) -> bool:
    """Whether a program with a path may bring more basal than what is in force now."""
    return (
        not state.is_admitted
        or not is_basal_no_larger(program, state.program)
        or path.pulse_fg_max > state.path.pulse_fg_max
        or is_any_ratio_larger(path.ratios, state.path.ratios)
    )


def is_room_for_raise(state: State, program: Prescription, basal: Basal) -> bool:
    """Whether the boluses of the last 24 h and the last hour leave room for the worst basal that is asked for."""
    day_fg = compute_sum_fg(compute_given_day_fg(state.ledger, state.tick), basal.envelope.day_fg)
    hour_fg = compute_sum_fg(compute_given_hour_fg(state.ledger, state.tick), basal.envelope.hour_fg)
    return is_no_larger(
        day_fg, compute_larger(program.cap_day_fg, state.program.cap_day_fg)
    ) and is_no_larger(hour_fg, compute_larger(program.cap_hour_fg, state.program.cap_hour_fg))  # UND-02


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a program may run from here on, and the state in which it would."""

    refusal: Response
    state: State


def admit_program(config: Config, before: State, booked: State, program: Prescription) -> Admission:
    """Admit a program in ``booked``: the state before, its bolus ended and its fluids as they are from now on."""
    in_force = compute_in_force(program, booked.path)
    is_raised = is_basal_raised(before, program, booked.path)
    if is_raised:
        basal = with_in_force(booked.basal, in_force, config.pump.pulse_volume_nl)
    else:
        basal = with_less_in_force(booked.basal, in_force, config.pump.pulse_volume_nl)
    refusal = find_fluid_refusal(config, booked)
    if refusal == Response.NOTHING_AGAINST_IT:
        refusal = find_prescription_refusal(config, booked, program, basal)
    if refusal == Response.NOTHING_AGAINST_IT:
        if is_raised and not is_room_for_raise(booked, program, basal):
            refusal = Response.REFUSED_BASAL_RAISED_TOO_SOON_AFTER_BOLUSES
    admitted = replace(
        booked,
        is_programmed=True,
        is_admitted=True,
        program=program,
        basal=basal,
        lockout=replace(booked.lockout, lockout_s=max(booked.lockout.lockout_s, program.lockout_s)),  # OVR-03
    )
    return Admission(refusal=refusal, state=admitted)


def compute_bolus_reserved_fg(state: State, bolus_fg: int, pulse_volume_nl: int) -> Masses:
    """The most of every drug that a bolus of the first drug can bring."""
    return compute_shares_fg(bolus_fg, state.path.ratios, pulse_volume_nl)


def compute_bolus_volume_nl(config: Config, state: State, bolus_fg: int, duration_s: int) -> int:
    """The most volume that a bolus, what is owed, and the basal beside it can take."""
    slot_fg = max(slot for slot in state.program.slots_fg)
    basal_fg = slot_fg * (duration_s // SLOT_S + 2)
    owed_fg = state.basal.owed_fg_1800 // SLOT_S + 1
    return (
        compute_quotient_up(bolus_fg + owed_fg + basal_fg, state.path.pulse_fg_min)
        * config.pump.pulse_volume_nl
    )


def is_patient_allowed(config: Config, state: State) -> bool:
    """Whether every drug in path and reservoir allows a patient bolus."""
    return all(
        drug.is_patient_bolus_allowed or max(old, new) == 0
        for drug, old, new in zip(config.library, state.path.old.hi, state.reservoir.fluid.hi)
    )  # PRG-07


def find_bolus_refusal(config: Config, state: State) -> Response:
    """What forbids a patient bolus now."""
    program = state.program
    reserved_fg = compute_bolus_reserved_fg(state, program.bolus_fg, config.pump.pulse_volume_nl)
    day_fg = compute_sum_fg(compute_given_day_fg(state.ledger, state.tick), state.basal.envelope.day_fg)
    hour_fg = compute_sum_fg(compute_given_hour_fg(state.ledger, state.tick), state.basal.envelope.hour_fg)
    if state.mode != Mode.DELIVERING:
        return Response.REFUSED_BOLUS_WHILE_NOT_DELIVERING
    if state.bolus.is_active:
        return Response.REFUSED_BOLUS_WHILE_ONE_IS_ACTIVE  # OVR-05
    if program.bolus_fg <= 0:
        return Response.REFUSED_BOLUS_NOT_PRESCRIBED
    if not is_patient_allowed(config, state):
        return Response.REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR
    if is_locked_out(state.lockout, state.tick):
        return Response.REFUSED_BOLUS_STILL_LOCKED_OUT  # OVR-03
    if compute_patient_count(state.ledger, state.tick) >= program.bolus_count_max:
        return Response.REFUSED_BOLUS_COUNT_REACHED  # OVR-04
    if not is_no_larger(reserved_fg, compute_hard_bolus_fg(config)):
        return Response.REFUSED_BOLUS_ABOVE_THE_LARGEST_SINGLE_BOLUS
    if not is_no_larger(compute_sum_fg(day_fg, reserved_fg), program.cap_day_fg):
        return Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_A_DAY  # OVR-01
    if not is_no_larger(compute_sum_fg(hour_fg, reserved_fg), program.cap_hour_fg):
        return Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_AN_HOUR  # OVR-02
    volume_nl = compute_bolus_volume_nl(config, state, program.bolus_fg, program.bolus_duration_s)
    if not is_fitting(state.reservoir, volume_nl, config.pump.residual_nl):
        return Response.REFUSED_BOLUS_DOES_NOT_FIT_IN_THE_RESERVOIR
    if is_full(state.ledger, state.tick):
        return Response.REFUSED_BOLUS_LEDGER_IS_FULL
    return Response.NOTHING_AGAINST_IT
