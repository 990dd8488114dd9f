# SPDX-License-Identifier: Apache-2.0
"""Programming: which prescription becomes active, and what it takes."""

from thecal.events import (
    AlarmAcknowledged,
    DiscrepancyResolved,
    Event,
    PathDeclared,
    PhaseMoved,
    PowerRestored,
    PrescriptionAbandoned,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PulseReported,
    RefillDone,
    SecondPassed,
    SecondsPassed,
    SelfTestReported,
)
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.state import Alarm, Mode, State
from thecal.units import DAY_S, DRUG_COUNT, SLOT_COUNT, SLOT_S, compute_day_fg, compute_fg_per_s_up, compute_quotient_up
from thecal_specs.ghost import Ghost, World, compute_largest_pulse_fg, is_running
from thecal_specs.logic import implies
from thecal_specs.properties.answers import is_confirmed_truly, is_order_answered_truly, is_said
from thecal_specs.properties.facts import is_fact_answered_truly, is_fact_booked
from thecal_specs.properties.modes import is_confirmation_answered
from thecal_specs.properties.refusals import STAGED_LIFE_S, is_staging_answered_truly, is_steep_fall, is_steep_rise


def is_new_program(before: State, after: State) -> bool:
    """Whether another program is in force after the step, or one for the first time."""
    return after.program != before.program or after.is_programmed != before.is_programmed


def is_bolus_deliverable(after: State) -> bool:
    """Whether the motor can give the patient's bolus of a program beside each of its slots."""
    program = after.program
    per_slot_fg = compute_fg_per_s_up(program.bolus_fg, program.bolus_duration_s) * SLOT_S
    return program.bolus_fg <= 0 or all(slot <= after.path.slot_fg_max - per_slot_fg for slot in program.slots_fg)


def is_hour_within_its_cap(after: State, pulses_fg: int) -> bool:
    """Whether any two neighbouring slots of a program, and so many pulses, stay under its cap of an hour."""
    slots_fg = after.program.slots_fg
    next_fg = slots_fg[1:SLOT_COUNT] + slots_fg[0:1]
    return all(a + b + pulses_fg <= after.program.cap_hour_fg[0] for a, b in zip(slots_fg, next_fg))


def only_an_admitted_prescription_becomes_active(config: Config, before: State, event: Event, after: State) -> bool:
    """PRG-01: a program becomes active by an order, within hard limits, its own caps, and what the motor can give."""
    is_confirmed = isinstance(event, PrescriptionConfirmed)
    is_programming = is_confirmed or isinstance(event, PhaseMoved)
    program = after.program
    pulses_fg = 2 * compute_largest_pulse_fg(config, after)
    worst_fg = sum(slot for slot in program.slots_fg) + pulses_fg
    return implies(
        is_new_program(before, after),
        is_programming
        and after.is_admitted
        and after.is_programmed
        and after.path.is_declared
        and all(cap <= drug.day_fg_max for cap, drug in zip(program.cap_day_fg, config.library))
        and all(cap <= drug.hour_fg_max for cap, drug in zip(program.cap_hour_fg, config.library))
        and program.bolus_fg <= config.library[0].bolus_fg_max
        and worst_fg <= program.cap_day_fg[0]
        and implies(is_confirmed, is_hour_within_its_cap(after, pulses_fg) and is_bolus_deliverable(after)),
    )


def only_what_was_staged_read_back_and_confirmed_becomes_active(
    before: State, event: Event, after: State, ghost: Ghost
) -> bool:
    """PRG-02: what becomes active by a confirmation is what was staged last and what was confirmed, value for value."""
    if isinstance(event, PrescriptionConfirmed):
        return implies(
            is_new_program(before, after),
            ghost.program.is_staged and after.program == ghost.program.staged and after.program == event.prescription,
        )
    return True


def is_refusal(response: Response) -> bool:
    """Whether a response refuses an order."""
    return (
        Response.REFUSED_BOLUS_WHILE_NOT_DELIVERING <= response <= Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER
        or Response.REFUSED_PRESCRIPTION_MALFORMED <= response <= Response.REFUSED_DOSE_IS_NOT_PLAUSIBLE
        or Response.REFUSED_NO_PRESCRIPTION <= response <= Response.REFUSED_MOTOR_IS_STALLED
        or response == Response.REFUSED_SELF_TEST_FAILED
        or response == Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT
        or response == Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN
        or response == Response.REFUSED_RESERVOIR_IS_IN_DOUBT
        or response == Response.REFUSED_MALFORMED_FACT
        or response == Response.REFUSED_PHASE_MALFORMED
        or response == Response.REFUSED_NO_DISCREPANCY
        or response == Response.REFUSED_ALARM_NOT_ACTIVE
        or response == Response.REFUSED_SECONDS_MAY_NOT_BE_QUIET
        or Response.REFUSED_REFILL_UNLESS_RINSED <= response <= Response.REFUSED_REFILL_MALFORMED
        or Response.REFUSED_PRIME_MALFORMED <= response <= Response.REFUSED_PRIME_DOES_NOT_FIT_IN_THE_RESERVOIR
    )


def a_refused_or_abandoned_order_changes_nothing(before: State, outcome: Outcome, after: State) -> bool:
    """PRG-03: after a refusal the state is what it was; abandoning changes the staged order alone."""
    return implies(is_refusal(outcome.response), after == before and not outcome.pulse.is_ordered) and implies(
        outcome.response == Response.PRESCRIPTION_ABANDONED,
        after.program == before.program
        and after.mode == before.mode
        and after.ledger == before.ledger
        and after.basal == before.basal
        and after.bolus == before.bolus,
    )


def hard_limits_hold_and_soft_ones_yield_only_to_an_explicit_override(
    config: Config, before: State, event: Event, after: State
) -> bool:
    """PRG-04: no program exceeds a hard limit; above a soft one the override of that limit was staged and is kept."""
    program = after.program
    is_day_soft = all(cap <= drug.day_fg_soft for cap, drug in zip(program.cap_day_fg, config.library))
    is_soft = all(
        old <= drug.concentration_fg_per_nl_soft and new <= drug.concentration_fg_per_nl_soft
        for old, new, drug in zip(after.path.old.hi, after.reservoir.fluid.hi, config.library)
    )
    is_hard = all(cap <= drug.day_fg_max for cap, drug in zip(program.cap_day_fg, config.library)) and all(
        cap <= drug.hour_fg_max for cap, drug in zip(program.cap_hour_fg, config.library)
    )
    if isinstance(event, PrescriptionConfirmed):
        return is_hard and implies(
            is_new_program(before, after),
            after.overrides == before.staged.overrides
            and (is_day_soft or after.overrides.is_day_limit)
            and (is_soft or after.overrides.is_concentration),
        )
    return is_hard


def is_allowance_kept(config: Config, before: State, after: State, drug: int) -> bool:
    """Whether a day total of a drug is within its allowance of the running one's least and most, or is overridden."""
    total_fg = after.titration.total_fg[drug]
    return (after.overrides.is_increase or not is_steep_rise(config, before, drug, total_fg)) and (
        after.overrides.is_decrease or not is_steep_fall(config, before, drug, total_fg)
    )


def a_steep_change_of_dose_needs_an_explicit_override(
    config: Config, before: State, event: Event, outcome: Outcome, after: State, ghost: Ghost
) -> bool:
    """PRG-05: a total above or below the running one needs its override beyond the allowance of the titration days."""
    program = ghost.program
    drug = config.library[0]
    total_fg = compute_day_fg(after.program.slots_fg)
    running_fg = compute_day_fg(before.program.slots_fg) if before.is_programmed else 0
    is_recent = program.is_sampled and after.tick - program.sample_tick <= drug.titration_days * DAY_S
    if isinstance(event, PrescriptionConfirmed):
        return implies(
            is_new_program(before, after) and is_recent,
            (
                after.overrides.is_increase
                or total_fg <= running_fg
                or total_fg * 1000 <= program.sample_fg * (1000 + drug.titration_permille)
            )
            and (
                after.overrides.is_decrease
                or not drug.has_withdrawal
                or total_fg >= running_fg
                or total_fg * 1000 >= program.sample_fg * (1000 - drug.titration_permille)
            ),
        ) and implies(
            outcome.response == Response.PRESCRIPTION_CONFIRMED,
            all(is_allowance_kept(config, before, after, i) for i in range(DRUG_COUNT)),
        )
    return True


def every_slot_is_deliverable_or_the_order_is_refused(config: Config, after: State) -> bool:
    """PRG-06: every slot of an admitted program lies between what the pump gives at least and at most, of any fluid."""
    strongest_fg_per_nl = max(after.path.old.hi[0], after.reservoir.fluid.hi[0])
    weakest_fg_per_nl = min(after.path.old.hi[0], after.reservoir.fluid.hi[0])
    volume_nl = config.pump.pulse_volume_nl
    return implies(
        after.is_admitted,
        all(
            slot >= config.pump.slot_volume_nl_min * strongest_fg_per_nl
            and slot * config.pump.pulse_interval_s <= SLOT_S * (weakest_fg_per_nl * volume_nl)
            for slot in after.program.slots_fg
        ),
    )


def is_allowed_by_every_drug(config: Config, world: World) -> bool:
    """Whether every drug that is truly in path or reservoir allows a patient's bolus."""
    return all(
        drug.is_patient_bolus_allowed or (new == 0 and (world.front_nl == 0 or old == 0))
        for drug, old, new in zip(config.library, world.old.hi, world.new.hi)
    )


def a_patient_bolus_needs_the_consent_of_every_drug(
    config: Config, before: State, event: Event, after: State, ghost: Ghost
) -> bool:
    """PRG-07: a patient bolus is ordered, and starts, only if every drug truly there allows it, within its largest."""
    is_start = not before.bolus.is_active and after.bolus.is_active and after.bolus.is_patient
    is_ordered = isinstance(event, PrescriptionConfirmed) and is_new_program(before, after)
    return implies(
        is_ordered and after.program.bolus_fg > 0, is_allowed_by_every_drug(config, ghost.world)
    ) and implies(
        is_start,
        is_allowed_by_every_drug(config, ghost.world)
        and all(reserved <= drug.bolus_fg_max for reserved, drug in zip(after.bolus.reserved_fg, config.library)),
    )


def is_self_tested(event: Event, is_passed: bool) -> bool:
    """Whether an event tells of a self-test that ended so."""
    if isinstance(event, SelfTestReported):
        return event.is_passed == is_passed
    return False


def a_fact_is_never_refused(config: Config, before: State, event: Event, outcome: Outcome, after: State) -> bool:
    """PRG-08: facts are booked as told, and the answer says so; what they forbid does not run and alarms."""
    is_fact = isinstance(event, RefillDone) or isinstance(event, PathDeclared) or isinstance(event, PulseReported)
    is_over = after.mode == Mode.FAILED or after.mode == Mode.END_OF_SERVICE
    return (
        implies(is_fact, not is_refusal(outcome.response))
        and implies(
            after.is_programmed and not after.is_admitted,
            not is_running(after) and after.alarms[Alarm.THERAPY_NOT_ADMISSIBLE].is_active,
        )
        and implies(is_self_tested(event, False), is_over)
        and implies(before.mode == Mode.FAILED and not is_over, is_self_tested(event, True))
        and implies(before.mode != Mode.FAILED and after.mode == Mode.FAILED, is_self_tested(event, False))
        and implies(before.mode != Mode.STOPPED and after.mode == Mode.STOPPED, after.is_programmed)
        and is_fact_answered_truly(config, before, event, outcome, after)
        and is_fact_booked(config, before, event, after)
    )


def a_staged_order_dies_with_what_it_was_made_on(before: State, event: Event, after: State) -> bool:
    """PRG-09: a change of program, fluids or declared path, a restart, and ten minutes end a staged order."""
    is_restart = isinstance(event, PowerRestored)
    is_path = isinstance(event, PathDeclared)
    is_changed = (
        is_restart
        or is_path
        or after.program != before.program
        or after.config_digest != before.config_digest
        or after.reservoir.fluid != before.reservoir.fluid
        or after.path.old != before.path.old
        or after.path.volume_hi_nl != before.path.volume_hi_nl
        or after.tick > before.staged.expires_tick
    )
    is_second = isinstance(event, SecondPassed) or isinstance(event, SecondsPassed)
    is_new = after.staged.is_staged and after.staged != before.staged
    return (
        implies(
            before.staged.is_staged and is_changed and after.mode != Mode.END_OF_SERVICE, not after.staged.is_staged
        )
        and implies(is_new, after.staged.expires_tick == after.tick + STAGED_LIFE_S)
        and implies(is_second and not is_changed and before.mode != Mode.PRIMING, after.staged == before.staged)
    )


def an_implausible_change_needs_an_explicit_override(config: Config, before: State, event: Event, after: State) -> bool:
    """PRG-10: without its override no day total, and no volume of it, is beyond the plausible factor, up or down."""
    factor = config.library[0].plausible_factor
    old_fg = compute_day_fg(before.program.slots_fg)
    new_fg = compute_day_fg(after.program.slots_fg)
    old_nl = before.titration.volume_nl
    new_nl = compute_quotient_up(new_fg, after.reservoir.fluid.hi[0])
    if isinstance(event, PrescriptionConfirmed):
        return implies(
            before.is_programmed and is_new_program(before, after) and not after.overrides.is_plausibility,
            new_fg <= old_fg * factor
            and old_fg <= new_fg * factor
            and new_nl <= old_nl * factor
            and old_nl <= new_nl * factor,
        )
    return True


def a_refused_prescription_breaks_the_rule_that_is_named(
    config: Config, before: State, event: Event, outcome: Outcome
) -> bool:
    """PRG-11: a prescription is staged as ordered, or breaks the rule that is named, and is malformed if it is."""
    if isinstance(event, PrescriptionStaged):
        return is_staging_answered_truly(config, before, event, outcome)
    return True


def every_order_is_answered_truly(config: Config, before: State, event: Event, outcome: Outcome) -> bool:
    """PRG-12: what an order's answer says was done is done, and a refusal names what is really so."""
    response = outcome.response
    is_there = before.staged.is_staged
    if isinstance(event, PrescriptionAbandoned):
        return is_said(is_there, response, Response.PRESCRIPTION_ABANDONED, Response.REFUSED_NOTHING_STAGED)
    if isinstance(event, PrescriptionConfirmed):
        is_same = event.prescription == before.staged.prescription
        is_prescription = before.staged.prime_nl <= 0
        return is_confirmation_answered(before, is_prescription, is_same, response) and implies(
            before.staged.is_staged and is_prescription and is_same, is_confirmed_truly(before, event, outcome)
        )
    if isinstance(event, AlarmAcknowledged):
        is_active = before.alarms[event.alarm].is_active
        return is_said(is_active, response, Response.ALARM_ACKNOWLEDGED, Response.REFUSED_ALARM_NOT_ACTIVE)
    if isinstance(event, DiscrepancyResolved):
        is_doubted = before.therapy.discrepancy != 0
        return is_said(is_doubted, response, Response.DISCREPANCY_RESOLVED, Response.REFUSED_NO_DISCREPANCY)
    return is_order_answered_truly(config, before, event, outcome)
