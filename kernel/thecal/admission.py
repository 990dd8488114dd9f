# SPDX-License-Identifier: Apache-2.0
"""Whether an order may be carried out: each function names the first rule that is against it.

The one idea behind every cap: basal is never withheld, so a bolus is granted only if the worst basal of any 24 h
(or hour) still fits beside it, and basal is raised only if the boluses of the last 24 h leave room for it.
"""

from dataclasses import dataclass, replace

from thecal.fluid import Fluid
from thecal.ledger import (
    compute_clinician_count,
    compute_given_day_fg,
    compute_given_hour_fg,
    compute_patient_count,
    is_full,
    is_locked_out,
    with_bolus_ended,
)
from thecal.limits import (
    BOLUS_DURATION_S_MAX,
    PERMILLE,
    Config,
    compute_hard_bolus_fg,
    compute_hard_day_fg,
    compute_hard_hour_fg,
)
from thecal.outcome import Response
from thecal.path import is_fitting
from thecal.prescription import Overrides, Prescription
from thecal.schedule import (
    compute_shares_fg,
    is_any_slot_above,
    is_any_slot_below,
    is_any_slot_larger,
    is_ratio_larger,
    with_in_force,
    with_less_in_force,
)
from thecal.state import (
    Alarm,
    Basal,
    DayTable,
    DayTotals,
    Generation,
    Mode,
    Path,
    Ratios,
    State,
    Titration,
)
from thecal.units import (
    CLINICIAN_BOLUS_COUNT_MAX,
    DRUG_COUNT,
    MASS_FG_MAX,
    SLOT_S,
    TITRATION_LENGTH,
    Masses,
    Slots,
    compute_day_fg,
    compute_fg_per_s_up,
    compute_larger,
    compute_largest_slot,
    compute_quotient_up,
    compute_smaller,
    compute_sum_fg,
    is_no_larger,
    is_within,
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


def find_reservoir_refusal(config: Config, fluid: Fluid) -> Response:
    """What forbids to give the reservoir's fluid, whatever the path holds."""
    if not is_within_concentration_limits(config, fluid):
        return Response.REFUSED_FLUID_NOT_ALLOWED
    if fluid.lo[0] <= 0:
        return Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG
    return Response.NOTHING_AGAINST_IT


def is_slot_too_small(config: Config, state: State, slots_fg: Slots) -> bool:
    """Whether a slot asks for less than the pump's minimum rate brings of the strongest fluid."""
    strongest_fg_per_nl = max(state.path.old.hi[0], state.reservoir.fluid.hi[0])
    return is_any_slot_below(slots_fg, config.pump.slot_volume_nl_min * strongest_fg_per_nl)


def is_slot_too_large(path: Path, slots_fg: Slots) -> bool:
    """Whether a slot asks for more pulses than the pump can give, with the weakest fluid."""
    return is_any_slot_above(slots_fg, path.slot_fg_max)


def is_bolus_too_fast(path: Path, slots_fg: Slots, mass_fg: int, duration_s: int) -> bool:
    """Whether a bolus beside any slot asks for more pulses than the pump can give, with the weakest fluid."""
    bolus_fg_per_s = compute_fg_per_s_up(mass_fg, duration_s)
    return mass_fg > 0 and is_any_slot_above(slots_fg, path.slot_fg_max - bolus_fg_per_s * SLOT_S)


def find_prescription_refusal(config: Config, state: State, program: Prescription, basal: Basal) -> Response:
    """What forbids a prescription with the fluids in path and reservoir, whatever was given before."""
    if not is_no_larger(program.cap_day_fg, compute_hard_day_fg(config)):
        return Response.REFUSED_CAP_ABOVE_A_HARD_LIMIT
    if not is_no_larger(program.cap_hour_fg, compute_hard_hour_fg(config)):
        return Response.REFUSED_CAP_ABOVE_A_HARD_LIMIT
    if program.bolus_fg > config.library[0].bolus_fg_max:
        return Response.REFUSED_BOLUS_ABOVE_ITS_LIMIT
    if is_slot_too_small(config, state, program.slots_fg):
        return Response.REFUSED_SLOT_TOO_SMALL_TO_DELIVER
    if is_slot_too_large(state.path, program.slots_fg):
        return Response.REFUSED_SLOT_TOO_LARGE_TO_DELIVER
    if is_bolus_too_fast(state.path, program.slots_fg, program.bolus_fg, program.bolus_duration_s):
        return Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER
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
        or is_any_slot_larger(program.slots_fg, state.program.slots_fg)
        or path.pulse_fg_max > state.path.pulse_fg_max
        or is_any_ratio_larger(path.ratios, state.path.ratios)
    )


def is_room_for_raise(state: State, program: Prescription, basal: Basal) -> bool:
    """Whether the boluses of the last 24 h and the last hour leave room for the worst basal that is asked for."""
    day_fg = compute_sum_fg(compute_given_day_fg(state.ledger, state.tick), basal.envelope.day_fg)
    hour_fg = compute_sum_fg(compute_given_hour_fg(state.ledger, state.tick), basal.envelope.hour_fg)
    return is_no_larger(day_fg, compute_larger(program.cap_day_fg, state.program.cap_day_fg)) and is_no_larger(
        hour_fg, compute_larger(program.cap_hour_fg, state.program.cap_hour_fg)
    )  # UND-02


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
    if refusal == Response.NOTHING_AGAINST_IT and is_raised:
        refusal = find_raise_refusal(booked, program, basal)
    admitted = replace(
        booked,
        is_programmed=True,
        is_admitted=True,
        program=program,
        basal=basal,
        lockout=replace(booked.lockout, lockout_s=max(booked.lockout.lockout_s, program.lockout_s)),  # OVR-03
        titration=with_total(config, booked, program),
    )
    return Admission(refusal=refusal, state=admitted)


def find_raise_refusal(state: State, program: Prescription, basal: Basal) -> Response:
    """What forbids to raise the basal now. Without any program before no bolus can have filled an unknown day."""
    if state.is_programmed and state.tick < state.device.unknown_until_tick:
        return Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN  # TIM-02
    if state.is_admitted and state.therapy.discrepancy != 0:
        return Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT  # RES-05
    if not is_room_for_raise(state, program, basal):
        return Response.REFUSED_BASAL_RAISED_TOO_SOON_AFTER_BOLUSES
    return Response.NOTHING_AGAINST_IT


def compute_day_volume_nl(state: State, day_fg: int) -> int:
    """The volume that a day of basal takes from the reservoir, rounded up."""
    if state.reservoir.fluid.hi[0] <= 0:
        return 0
    return compute_quotient_up(day_fg, state.reservoir.fluid.hi[0])


def with_total(config: Config, state: State, program: Prescription) -> Titration:
    """Take note of the day total that a program brings from today on."""
    day_fg = compute_day_fg(program.slots_fg)
    total_fg = compute_shares_fg(day_fg, state.path.ratios, config.pump.pulse_volume_nl)
    days = state.titration.days
    today = DayTotals(
        least_fg=compute_smaller(days[0].least_fg, total_fg), most_fg=compute_larger(days[0].most_fg, total_fg)
    )
    return Titration(
        total_fg=total_fg,
        volume_nl=compute_day_volume_nl(state, day_fg),
        days=(today,) + days[1:TITRATION_LENGTH],
    )


def compute_least_fg(days: DayTable, drug: int, day_count: int) -> int:
    """The least day total of a drug, today and on the ``day_count`` days before."""
    least_fg = days[0].least_fg[drug]
    for i, day in enumerate(days):
        if i <= day_count:
            least_fg = min(least_fg, day.least_fg[drug])
    return least_fg


def compute_most_fg(days: DayTable, drug: int, day_count: int) -> int:
    """The largest day total of a drug, today and on the ``day_count`` days before."""
    most_fg = days[0].most_fg[drug]
    for i, day in enumerate(days):
        if i <= day_count:
            most_fg = max(most_fg, day.most_fg[drug])
    return most_fg


def is_increase_beyond(config: Config, old: Titration, new: Titration, drug: int) -> bool:
    """Whether a day total rises beyond the drug's allowance over the least of its titration days."""
    limits = config.library[drug]
    least_fg = compute_least_fg(old.days, drug, limits.titration_days)
    is_above = new.total_fg[drug] * PERMILLE > least_fg * (PERMILLE + limits.titration_permille)
    return new.total_fg[drug] > old.total_fg[drug] and is_above


def is_decrease_beyond(config: Config, old: Titration, new: Titration, drug: int) -> bool:
    """Whether a day total of a drug that is missed when taken away falls beyond its allowance."""
    limits = config.library[drug]
    most_fg = compute_most_fg(old.days, drug, limits.titration_days)
    is_below = new.total_fg[drug] * PERMILLE < most_fg * (PERMILLE - limits.titration_permille)
    return limits.has_withdrawal and new.total_fg[drug] < old.total_fg[drug] and is_below


def is_implausible(new: int, old: int, factor: int) -> bool:
    """Whether a number is so much larger or smaller than the running one that it looks like a mistake."""
    return new > old * factor or old > new * factor


def find_soft_refusal(config: Config, before: State, admitted: State, overrides: Overrides) -> Response:
    """Which soft rule a prescription breaks without an override of that very rule."""
    old = before.titration
    new = admitted.titration
    factor = config.library[0].plausible_factor
    if not overrides.is_day_limit and any(
        cap > drug.day_fg_soft for cap, drug in zip(admitted.program.cap_day_fg, config.library)
    ):
        return Response.REFUSED_DAY_ABOVE_A_SOFT_LIMIT  # PRG-04
    if not overrides.is_concentration and any(
        max(a, b) > drug.concentration_fg_per_nl_soft
        for a, b, drug in zip(admitted.path.old.hi, admitted.reservoir.fluid.hi, config.library)
    ):
        return Response.REFUSED_CONCENTRATION_ABOVE_A_SOFT_LIMIT  # PRG-04
    if not overrides.is_increase and any(is_increase_beyond(config, old, new, i) for i in range(DRUG_COUNT)):
        return Response.REFUSED_INCREASE_BEYOND_THE_ALLOWANCE  # PRG-05
    if not overrides.is_decrease and any(is_decrease_beyond(config, old, new, i) for i in range(DRUG_COUNT)):
        return Response.REFUSED_DECREASE_BEYOND_THE_ALLOWANCE  # PRG-05
    if before.is_programmed and not overrides.is_plausibility:
        if is_implausible(new.total_fg[0], old.total_fg[0], factor):
            return Response.REFUSED_DOSE_IS_NOT_PLAUSIBLE  # PRG-10
        if is_implausible(new.volume_nl, old.volume_nl, factor):
            return Response.REFUSED_DOSE_IS_NOT_PLAUSIBLE  # PRG-10
    return Response.NOTHING_AGAINST_IT


def is_patient_allowed(config: Config, state: State) -> bool:
    """Whether every drug in path and reservoir allows a patient bolus."""
    return all(
        drug.is_patient_bolus_allowed or max(old, new) == 0
        for drug, old, new in zip(config.library, state.path.old.hi, state.reservoir.fluid.hi)
    )  # PRG-07


def admit_prescription(config: Config, before: State, program: Prescription, overrides: Overrides) -> Admission:
    """Admit what a clinician orders: as a program, and by the soft rules that are not overridden."""
    admission = admit_program(config, before, with_bolus_ended(before), program)
    if admission.refusal != Response.NOTHING_AGAINST_IT:
        return admission
    if before.therapy.discrepancy != 0 and is_basal_raised(before, program, before.path):
        return Admission(refusal=Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT, state=before)  # RES-05
    if program.bolus_fg > 0 and not is_patient_allowed(config, before):
        return Admission(refusal=Response.REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR, state=before)
    return Admission(
        refusal=find_soft_refusal(config, before, admission.state, overrides),
        state=replace(admission.state, overrides=overrides),
    )


def compute_bolus_reserved_fg(state: State, bolus_fg: int, pulse_volume_nl: int) -> Masses:
    """The most of every drug that a bolus of the first drug can bring."""
    return compute_shares_fg(bolus_fg, state.path.ratios, pulse_volume_nl)


def compute_bolus_volume_nl(config: Config, state: State, bolus_fg: int, duration_s: int) -> int:
    """The most volume that a bolus, what is owed, and the basal beside it can take."""
    slot_fg = compute_largest_slot(state.program.slots_fg)
    basal_fg = slot_fg * (duration_s // SLOT_S + 2)
    owed_fg = state.basal.owed_fg_1800 // SLOT_S + 1
    return compute_quotient_up(bolus_fg + owed_fg + basal_fg, state.path.pulse_fg_min) * config.pump.pulse_volume_nl


def find_room_refusal(config: Config, state: State, mass_fg: int, duration_s: int) -> Response:
    """What forbids a bolus of any kind now: another one, a limit, a cap, the reservoir, the ledger."""
    program = state.program
    reserved_fg = compute_bolus_reserved_fg(state, mass_fg, config.pump.pulse_volume_nl)
    day_fg = compute_sum_fg(compute_given_day_fg(state.ledger, state.tick), state.basal.envelope.day_fg)
    hour_fg = compute_sum_fg(compute_given_hour_fg(state.ledger, state.tick), state.basal.envelope.hour_fg)
    if state.mode != Mode.DELIVERING:
        return Response.REFUSED_BOLUS_WHILE_NOT_DELIVERING
    if state.bolus.is_active:
        return Response.REFUSED_BOLUS_WHILE_ONE_IS_ACTIVE  # OVR-05
    if state.tick < state.device.unknown_until_tick:
        return Response.REFUSED_BOLUS_WHILE_HISTORY_IS_UNKNOWN  # TIM-02
    if state.therapy.discrepancy != 0:
        return Response.REFUSED_RESERVOIR_IS_IN_DOUBT  # RES-05
    if not is_no_larger(reserved_fg, compute_hard_bolus_fg(config)):
        return Response.REFUSED_BOLUS_ABOVE_THE_LARGEST_SINGLE_BOLUS
    if not is_no_larger(compute_sum_fg(day_fg, reserved_fg), program.cap_day_fg):
        return Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_A_DAY  # OVR-01
    if not is_no_larger(compute_sum_fg(hour_fg, reserved_fg), program.cap_hour_fg):
        return Response.REFUSED_BOLUS_ABOVE_THE_CAP_OF_AN_HOUR  # OVR-02
    volume_nl = compute_bolus_volume_nl(config, state, mass_fg, duration_s)
    if not is_fitting(state.reservoir, volume_nl, config.pump.residual_nl):
        return Response.REFUSED_BOLUS_DOES_NOT_FIT_IN_THE_RESERVOIR
    if is_full(state.ledger, state.tick):
        return Response.REFUSED_BOLUS_LEDGER_IS_FULL
    return Response.NOTHING_AGAINST_IT


def find_bolus_refusal(config: Config, state: State) -> Response:
    """What forbids a patient bolus now."""
    program = state.program
    if state.mode != Mode.DELIVERING:
        return Response.REFUSED_BOLUS_WHILE_NOT_DELIVERING
    if program.bolus_fg <= 0:
        return Response.REFUSED_BOLUS_NOT_PRESCRIBED
    if not is_patient_allowed(config, state):
        return Response.REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR
    if state.therapy.is_bolus_blocked or state.therapy.discrepancy != 0:
        return Response.REFUSED_BOLUS_UNTIL_A_CLINICIAN_CONFIRMS  # FLT-05
    if state.alarms[Alarm.PULSES_FAILED].is_active:
        return Response.REFUSED_BOLUS_WHILE_PULSES_FAIL
    if is_locked_out(state.lockout, state.tick):
        return Response.REFUSED_BOLUS_STILL_LOCKED_OUT  # OVR-03
    if compute_patient_count(state.ledger, state.tick) >= program.bolus_count_max:
        return Response.REFUSED_BOLUS_COUNT_REACHED  # OVR-04
    return find_room_refusal(config, state, program.bolus_fg, program.bolus_duration_s)


def find_clinician_bolus_refusal(config: Config, state: State, mass_fg: int, duration_s: int) -> Response:
    """What forbids a clinician's bolus now."""
    if not is_within(mass_fg, 1, MASS_FG_MAX) or not is_within(duration_s, 1, BOLUS_DURATION_S_MAX):
        return Response.REFUSED_BOLUS_MALFORMED
    if is_bolus_too_fast(state.path, state.program.slots_fg, mass_fg, duration_s):
        return Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER
    if compute_clinician_count(state.ledger, state.tick) >= CLINICIAN_BOLUS_COUNT_MAX:
        return Response.REFUSED_CLINICIAN_BOLUS_COUNT_REACHED
    return find_room_refusal(config, state, mass_fg, duration_s)
