# SPDX-License-Identifier: Apache-2.0
"""The rules that a refused prescription may break, written out afresh over the state as it was and what was ordered."""

from thecal.events import PrescriptionStaged
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.prescription import Overrides, Prescription
from thecal.state import State
from thecal.units import (
    DAY_S,
    DRUG_COUNT,
    MASS_FG_MAX,
    PATIENT_BOLUS_COUNT_MAX,
    RESERVOIR_NL_MAX,
    SLOT_S,
    compute_day_fg,
    compute_fg_per_s_up,
    compute_quotient_up,
)
from thecal_specs.logic import implies
from thecal_specs.properties.underdose import compute_share_fg, is_permitted

# How long a staged order waits for its confirmation.
STAGED_LIFE_S = 600


def is_sensible(program: Prescription) -> bool:
    """Whether every number is one that some patient and some pump may have: masses, times, counts, a volume."""
    return (
        all(slot >= 0 for slot in program.slots_fg)
        and sum(slot for slot in program.slots_fg) <= MASS_FG_MAX
        and 0 <= program.bolus_fg <= MASS_FG_MAX
        and 1 <= program.bolus_duration_s <= DAY_S
        and 0 <= program.lockout_s <= DAY_S
        and 0 <= program.bolus_count_max <= PATIENT_BOLUS_COUNT_MAX
        and all(0 <= cap <= MASS_FG_MAX for cap in program.cap_day_fg)
        and all(0 <= cap <= MASS_FG_MAX for cap in program.cap_hour_fg)
        and 0 <= program.low_reservoir_nl <= RESERVOIR_NL_MAX
    )


def is_raise_of(before: State, program: Prescription) -> bool:
    """Whether a program brings more basal than the one in force, or there is none that may run."""
    return not before.is_admitted or any(a > b for a, b in zip(program.slots_fg, before.program.slots_fg))


def is_some_fluid_not_allowed(config: Config, before: State) -> bool:
    """Whether path or reservoir may hold what the library does not know, or more of a drug than it allows."""
    old = before.path.old
    new = before.reservoir.fluid
    return (
        not old.is_known
        or not new.is_known
        or any(hi > drug.concentration_fg_per_nl_max for hi, drug in zip(old.hi, config.library))
        or any(hi > drug.concentration_fg_per_nl_max for hi, drug in zip(new.hi, config.library))
    )


def compute_answer_to_its_fluids(config: Config, before: State) -> Response:
    """What is against the fluids that are there, whatever the program."""
    if not before.path.is_declared:
        return Response.REFUSED_PATH_NOT_DECLARED
    if is_some_fluid_not_allowed(config, before):
        return Response.REFUSED_FLUID_NOT_ALLOWED
    if before.path.old.lo[0] <= 0 or before.reservoir.fluid.lo[0] <= 0:
        return Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG
    return Response.NOTHING_AGAINST_IT


def is_answer_about_fluids(response: Response) -> bool:
    """Whether an answer says that a fluid is in the way."""
    return Response.REFUSED_FLUID_NOT_ALLOWED <= response <= Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG


def is_refused_for_its_fluids(config: Config, before: State, response: Response) -> bool:
    """Whether a refusal for fluids is given where they are to be refused, and nowhere else."""
    answer = compute_answer_to_its_fluids(config, before)
    return implies(is_answer_about_fluids(answer) or is_answer_about_fluids(response), response == answer)


def is_refused_for_what_cannot_be_given(
    config: Config, before: State, program: Prescription, response: Response
) -> bool:
    """Whether a refusal for slots and bolus is true: too small, too large, or the bolus too fast beside them."""
    least_fg = config.pump.slot_volume_nl_min * max(before.path.old.hi[0], before.reservoir.fluid.hi[0])
    most_fg = before.path.slot_fg_max
    beside_fg = most_fg - compute_fg_per_s_up(program.bolus_fg, program.bolus_duration_s) * SLOT_S
    return (
        implies(
            response == Response.REFUSED_SLOT_TOO_SMALL_TO_DELIVER, any(slot < least_fg for slot in program.slots_fg)
        )
        and implies(
            response == Response.REFUSED_SLOT_TOO_LARGE_TO_DELIVER, any(slot > most_fg for slot in program.slots_fg)
        )
        and implies(
            response == Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER,
            program.bolus_fg > 0 and any(slot > beside_fg for slot in program.slots_fg),
        )
    )


def is_refused_for_a_limit(config: Config, program: Prescription, response: Response) -> bool:
    """Whether a refusal for a hard limit is true."""
    is_cap_above = any(cap > drug.day_fg_max for cap, drug in zip(program.cap_day_fg, config.library)) or any(
        cap > drug.hour_fg_max for cap, drug in zip(program.cap_hour_fg, config.library)
    )
    is_bolus_above = program.bolus_fg > config.library[0].bolus_fg_max
    return implies(response == Response.REFUSED_CAP_ABOVE_A_HARD_LIMIT, is_cap_above) and implies(
        response == Response.REFUSED_BOLUS_ABOVE_ITS_LIMIT, is_bolus_above
    )


def is_refused_for_a_doubt(before: State, program: Prescription, response: Response) -> bool:
    """Whether a refusal for what was given, or is not known, meets a raise of basal, and the doubt is there."""
    is_raise = is_raise_of(before, program)
    is_unknown = before.is_programmed and before.tick < before.device.unknown_until_tick
    return (
        implies(response == Response.REFUSED_BASAL_RAISED_TOO_SOON_AFTER_BOLUSES, is_raise)
        and implies(response == Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN, is_raise and is_unknown)
        and implies(
            response == Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT,
            is_raise and before.therapy.discrepancy != 0,
        )
    )


def is_refused_for_a_soft_limit(
    config: Config, before: State, program: Prescription, overrides: Overrides, response: Response
) -> bool:
    """Whether a refusal for a soft limit is true, and its override was not given."""
    is_day_above = any(cap > drug.day_fg_soft for cap, drug in zip(program.cap_day_fg, config.library))
    is_strong = any(
        old > drug.concentration_fg_per_nl_soft or new > drug.concentration_fg_per_nl_soft
        for old, new, drug in zip(before.path.old.hi, before.reservoir.fluid.hi, config.library)
    )
    return implies(
        response == Response.REFUSED_DAY_ABOVE_A_SOFT_LIMIT, is_day_above and not overrides.is_day_limit
    ) and implies(
        response == Response.REFUSED_CONCENTRATION_ABOVE_A_SOFT_LIMIT,
        is_strong and not overrides.is_concentration,
    )


def compute_total_fg(config: Config, before: State, program: Prescription, drug: int) -> int:
    """What a program brings of a drug in a day, in whole pulses of the fluids that are there."""
    day_fg = compute_day_fg(program.slots_fg)
    return day_fg if drug == 0 else compute_share_fg(config, before, drug, day_fg)


def is_far_from(new: int, old: int, factor: int) -> bool:
    """Whether one number is more than so many times another."""
    return new > old * factor or old > new * factor


def is_implausible(config: Config, before: State, program: Prescription) -> bool:
    """Whether a program's day, or the volume of it, is beyond the plausible factor of the running one's."""
    running = before.titration
    day_fg = compute_day_fg(program.slots_fg)
    volume_nl = compute_quotient_up(day_fg, before.reservoir.fluid.hi[0])
    factor = config.library[0].plausible_factor
    return is_far_from(day_fg, running.total_fg[0], factor) or is_far_from(volume_nl, running.volume_nl, factor)


def is_steep_rise(config: Config, before: State, drug: int, total_fg: int) -> bool:
    """Whether a day total is above the running one, and beyond the allowance over the least of the titration days."""
    limits = config.library[drug]
    is_beyond = any(
        (i == 0 or i <= limits.titration_days)
        and total_fg * 1000 > day.least_fg[drug] * (1000 + limits.titration_permille)
        for i, day in enumerate(before.titration.days)
    )
    return total_fg > before.titration.total_fg[drug] and is_beyond


def is_steep_fall(config: Config, before: State, drug: int, total_fg: int) -> bool:
    """Whether a day total of a drug that is missed is below the running one, and so beyond the allowance."""
    limits = config.library[drug]
    is_beyond = any(
        (i == 0 or i <= limits.titration_days)
        and total_fg * 1000 < day.most_fg[drug] * (1000 - limits.titration_permille)
        for i, day in enumerate(before.titration.days)
    )
    return limits.has_withdrawal and total_fg < before.titration.total_fg[drug] and is_beyond


def is_refused_for_a_change(
    config: Config, before: State, program: Prescription, overrides: Overrides, response: Response
) -> bool:
    """Whether a refusal for a change of the dose meets one, and its override was not given."""
    is_rise = any(
        is_steep_rise(config, before, i, compute_total_fg(config, before, program, i)) for i in range(DRUG_COUNT)
    )
    is_fall = any(
        is_steep_fall(config, before, i, compute_total_fg(config, before, program, i)) for i in range(DRUG_COUNT)
    )
    return (
        implies(response == Response.REFUSED_INCREASE_BEYOND_THE_ALLOWANCE, is_rise and not overrides.is_increase)
        and implies(response == Response.REFUSED_DECREASE_BEYOND_THE_ALLOWANCE, is_fall and not overrides.is_decrease)
        and implies(
            response == Response.REFUSED_DOSE_IS_NOT_PLAUSIBLE,
            before.is_programmed and is_implausible(config, before, program) and not overrides.is_plausibility,
        )
    )


def is_refused_for_a_drug(config: Config, before: State, program: Prescription, response: Response) -> bool:
    """Whether a refusal of a patient's bolus is for a drug that does not allow it."""
    is_foreign = program.bolus_fg > 0 and not is_permitted(config, before)
    return implies(response == Response.REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR, is_foreign)


def is_refusal_of_a_program(response: Response) -> bool:
    """Whether an answer says why a program may not run."""
    return (
        Response.REFUSED_PRESCRIPTION_MALFORMED <= response <= Response.REFUSED_DOSE_IS_NOT_PLAUSIBLE
        or response == Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT
        or response == Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN
        or response == Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER
    )


def is_refusal_of_a_prescription(response: Response) -> bool:
    """Whether an answer says why a program, or the patient's bolus in it, may not be ordered."""
    is_foreign = response == Response.REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR
    return is_refusal_of_a_program(response) or is_foreign


def is_staged_truly(event: PrescriptionStaged, outcome: Outcome) -> bool:
    """Whether a prescription is staged as it was ordered, for ten minutes, or something is against it."""
    staged = outcome.state.staged
    is_kept = (
        staged.is_staged
        and staged.prescription == event.prescription
        and staged.overrides == event.overrides
        and staged.prime_nl == 0
        and staged.expires_tick == outcome.state.tick + STAGED_LIFE_S
    )
    return implies(outcome.response == Response.PRESCRIPTION_STAGED, is_kept) and (
        outcome.response == Response.PRESCRIPTION_STAGED or is_refusal_of_a_prescription(outcome.response)
    )


def is_staging_answered_truly(config: Config, before: State, event: PrescriptionStaged, outcome: Outcome) -> bool:
    """Whether a prescription is staged, or malformed and nothing else, or breaks the rule that its refusal names."""
    program = event.prescription
    response = outcome.response
    return (
        (response == Response.REFUSED_PRESCRIPTION_MALFORMED) == (not is_sensible(program))
        and is_staged_truly(event, outcome)
        and is_refused_for_a_limit(config, program, response)
        and implies(is_sensible(program), is_refused_for_its_fluids(config, before, response))
        and is_refused_for_what_cannot_be_given(config, before, program, response)
        and is_refused_for_a_doubt(before, program, response)
        and is_refused_for_a_soft_limit(config, before, program, event.overrides, response)
        and is_refused_for_a_change(config, before, program, event.overrides, response)
        and is_refused_for_a_drug(config, before, program, response)
    )
