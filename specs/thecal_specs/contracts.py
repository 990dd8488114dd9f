# SPDX-License-Identifier: Apache-2.0
"""What a function promises, proved once from its body and assumed at its calls; and what it requires of its callers.

Under what a function requires none of its operations leaves 64 bits; that too is proved once, and owed at each call.
"""

from thecal import (
    admission,
    fluid,
    integrity,
    programming,
    proposing,
    quiet,
    refilling,
    schedule,
    soundness,
    units,
)
from thecal import ledger as ledgers
from thecal import path as tip
from thecal.events import RefillProposed
from thecal.fluid import Fluid
from thecal.limits import Config
from thecal.outcome import Response
from thecal.prescription import Prescription
from thecal.state import DayTable, Generation, Ledger, Mode, Path, Ratio, Ratios, Reserve, Staged, State
from thecal_specs import ghost, recover
from thecal_specs.invariant import is_ratio_no_larger, is_share
from thecal_specs.properties.concentration import (
    compute_span_with,
    is_answer_to_any_proposal,
    is_cost_of_the_front_surely_tolerated,
    is_cost_of_the_front_tolerated,
    is_label_allowed,
    is_label_refused_truly,
    is_mixture_allowed,
    is_proposal_malformed,
)
from thecal_specs.quiet import are_alarms_settled, are_deadlines_ahead, is_before


def division_step_keeps_the_dividend(
    division: units.Division, divisor: int, power: int, result: units.Division
) -> bool:
    """``compute_division_step``: quotient times divisor plus rest stays; the quotient grows by the power or not."""
    is_taken = result.quotient == division.quotient + power and result.rest >= 0
    is_left = result.quotient == division.quotient and result.rest == division.rest
    return (result.quotient == division.quotient or result.quotient == division.quotient + power) and (
        power < 0
        or divisor < 0
        or (
            result.quotient * divisor + result.rest == division.quotient * divisor + division.rest
            and (is_taken or is_left)
            and (division.rest >= divisor * power or is_left)
            and (division.rest < divisor * power or is_taken)
            and (
                result.rest < divisor * power
                if division.rest < 2 * (divisor * power)
                else is_taken and result.rest >= divisor * power
            )
        )
    )


def quotient_down_is_the_largest(dividend: int, divisor: int, result: int) -> bool:
    """``compute_quotient_down``: in range, and next to the true quotient unless that is beyond it; 0 of a debt."""
    return 0 <= result < units.QUOTIENT_END and (
        divisor < 1
        or (
            (result * divisor <= dividend or (dividend < 0 and result == 0))
            and (dividend < (result + 1) * divisor or result == units.QUOTIENT_END - 1)
        )
    )


# The largest rate that is counted, in fg/s: above the largest pulse of the strongest fluid in every second.
RATE_END = units.RATE_STEP_FG_PER_S * units.QUOTIENT_END


def quotient_up_is_the_smallest(dividend: int, divisor: int, result: int) -> bool:
    """``compute_quotient_up``: in range, and next to the true quotient unless that is beyond it; 0 of a debt."""
    return 0 <= result <= units.QUOTIENT_END and (
        divisor < 1
        or (
            (dividend <= result * divisor or result == units.QUOTIENT_END)
            and (result == 0 or (result - 1) * divisor < dividend)
        )
    )


def rate_brings_its_mass(mass_fg: int, duration_s: int, result: int) -> bool:
    """``compute_fg_per_s_up``: it brings the mass in time, and a step less would not; or no motor gives as much."""
    return 0 <= result <= RATE_END and (
        duration_s < 1
        or (
            (mass_fg <= result * duration_s or result == RATE_END)
            and (result == 0 or (result - units.RATE_STEP_FG_PER_S) * duration_s < mass_fg)
        )
    )


def is_countable_nothing(first_fg: int, ratio: Ratio, pulse_volume_nl: int) -> bool:
    """Whether a drug does not come with the first one, of which there are no more pulses than can be counted."""
    most_fg = (units.QUOTIENT_END - 1) * (ratio.first_fg_per_nl * pulse_volume_nl)
    return ratio.drug_fg_per_nl == 0 and first_fg <= most_fg


def share_is_enough(first_fg: int, ratio: Ratio, pulse_volume_nl: int, result: int) -> bool:
    """``compute_share_fg``: at least what comes with the first drug by the ratio, in whole pulses, or beyond limits.

    Of a drug that does not come with the first one it is nothing, unless there are too many pulses to count.
    """
    is_asked_well = ratio.first_fg_per_nl >= 1 and ratio.drug_fg_per_nl >= 0 and pulse_volume_nl >= 1
    pulses = units.compute_quotient_up(first_fg, ratio.first_fg_per_nl * pulse_volume_nl)
    whole_fg = pulses * (ratio.drug_fg_per_nl * pulse_volume_nl)
    return (
        0 <= result <= units.MASS_FG_BEYOND_LIMITS
        and (
            not is_asked_well
            or result == units.MASS_FG_BEYOND_LIMITS
            or first_fg * ratio.drug_fg_per_nl <= result * ratio.first_fg_per_nl
        )
        and (
            not is_asked_well
            or (pulses < units.QUOTIENT_END and result == whole_fg)
            or (result == units.MASS_FG_BEYOND_LIMITS and (pulses >= units.QUOTIENT_END or whole_fg >= result))
        )
        and (not is_asked_well or not is_countable_nothing(first_fg, ratio, pulse_volume_nl) or result == 0)
    )


def width_is_the_difference(lo: int, hi: int, result: int) -> bool:
    """``compute_width``: what it says, as one number that is multiplied as such."""
    return result == hi - lo


def smaller_masses_are_the_smaller_of_each(left: units.Masses, right: units.Masses, result: units.Masses) -> bool:
    """``compute_smaller``: of every drug no more than either, and one of the two."""
    return all(fg <= a and fg <= b and fg in (a, b) for a, b, fg in zip(left, right, result))


def hour_is_at_least_any_two_neighbours(slots_fg: units.Slots, result: int) -> bool:
    """``compute_hour_fg``: no less than any slot and the next, the day's first after its last, and one such two."""
    return all(a + b <= result for a, b in zip(slots_fg, slots_fg[1:48] + slots_fg[0:1])) and any(
        a + b >= result for a, b in zip(slots_fg, slots_fg[1:48] + slots_fg[0:1])
    )


def none_is_below_unless_any_is(slots_fg: units.Slots, least_fg: int, result: bool) -> bool:
    """``is_any_slot_below``: what it says."""
    return (result or all(slot >= least_fg for slot in slots_fg)) and (
        not result or any(slot < least_fg for slot in slots_fg)
    )


def none_is_above_unless_any_is(slots_fg: units.Slots, most_fg: int, result: bool) -> bool:
    """``is_any_slot_above``: what it says."""
    return (result or all(slot <= most_fg for slot in slots_fg)) and (
        not result or any(slot > most_fg for slot in slots_fg)
    )


def none_is_larger_unless_any_is(left_fg: units.Slots, right_fg: units.Slots, result: bool) -> bool:
    """``is_any_slot_larger``: what it says."""
    return (result or all(a <= b for a, b in zip(left_fg, right_fg))) and (
        not result or any(a > b for a, b in zip(left_fg, right_fg))
    )


def day_is_all_its_slots(slots_fg: units.Slots, result: int) -> bool:
    """``compute_day_fg``: what it says."""
    return result == sum(slot for slot in slots_fg)


def no_slot_is_larger_than_the_largest(slots_fg: units.Slots, result: int) -> bool:
    """``compute_largest_slot``: what it says."""
    return all(slot <= result for slot in slots_fg) and any(slot == result for slot in slots_fg)


def given_is_the_sum_of_what_ended(ledger: Ledger, since_tick: int, result: units.Masses) -> bool:
    """``compute_given_since_fg``: the sum of what boluses brought that ended later, from 0 to beyond all limits."""
    return all(
        0 <= result[i] <= units.MASS_FG_BEYOND_LIMITS
        and (result[i] == 0 or any(entry.end_tick > since_tick and entry.given_fg[i] > 0 for entry in ledger))
        and (
            sum(entry.given_fg[i] for entry in ledger if entry.end_tick > since_tick) <= result[i]
            or result[i] == units.MASS_FG_BEYOND_LIMITS
        )
        and (
            result[i] <= sum(entry.given_fg[i] for entry in ledger if entry.end_tick > since_tick)
            or sum(entry.given_fg[i] for entry in ledger if entry.end_tick > since_tick) < 0
        )
        for i in range(units.DRUG_COUNT)
    )


def empty_generation_is_nothing(generation: Generation, result: bool) -> bool:
    """``is_empty_generation``: what it says."""
    is_nothing = recover.is_nothing(generation)
    return (not result or is_nothing) and (result or not is_nothing)


def last_end_is_that_of_the_last_bolus(ledger: Ledger, result: int) -> bool:
    """``compute_last_end_tick``: no bolus ended later, and one did then, unless there is none."""
    return (
        result >= -units.DAY_S
        and all(not entry.is_used or entry.end_tick <= result for entry in ledger)
        and (result == -units.DAY_S or any(entry.is_used and entry.end_tick == result for entry in ledger))
    )


def order_is_staged_and_the_least_program(staged: Staged, least: Prescription, result: bool) -> bool:
    """``is_order_of``: what it says."""
    is_order = (
        staged.is_staged
        and staged.prime_nl == 0
        and recover.is_least_program(staged.prescription, least)
        and staged.overrides == recover.EVERY_OVERRIDE
    )
    return (not result or is_order) and (result or not is_order)


def is_ratio(ratio: Ratio) -> bool:
    """Whether a ratio has a first drug to divide by, and neither mass is negative."""
    return ratio.first_fg_per_nl >= 1 and ratio.drug_fg_per_nl >= 0


def larger_ratio_holds_both(left: Ratio, right: Ratio, result: Ratio) -> bool:
    """``compute_larger_ratio``: one of the two, and neither brings more of its drug."""
    is_one = (result.first_fg_per_nl == left.first_fg_per_nl and result.drug_fg_per_nl == left.drug_fg_per_nl) or (
        result.first_fg_per_nl == right.first_fg_per_nl and result.drug_fg_per_nl == right.drug_fg_per_nl
    )
    return (
        is_one
        and (not is_ratio(left) or not is_ratio(right) or is_ratio(result))
        and (left.drug_fg_per_nl != 0 or not is_ratio(left) or not is_ratio(right) or result == right)
        and is_ratio_no_larger(left, result)
        and is_ratio_no_larger(right, result)
    )


def is_reserve_of(slots_fg: units.Slots, pulse_fg: int, reserve: Reserve) -> bool:
    """Whether a reserve of the first drug is the day of some slots, and any two neighbours, with two pulses each.

    It is from 0 to what stands for more than any limit, even where the slots are not.
    """
    day_fg = sum(slot for slot in slots_fg) + 2 * pulse_fg
    return (
        0 <= reserve.day_fg[0] <= units.MASS_FG_BEYOND_LIMITS
        and (day_fg <= reserve.day_fg[0] or reserve.day_fg[0] == units.MASS_FG_BEYOND_LIMITS)
        and (reserve.day_fg[0] <= day_fg or day_fg < 0)
        and 0 <= reserve.hour_fg[0] <= units.MASS_FG_BEYOND_LIMITS
        and all(
            a + b + 2 * pulse_fg <= reserve.hour_fg[0] or reserve.hour_fg[0] == units.MASS_FG_BEYOND_LIMITS
            for a, b in zip(slots_fg, slots_fg[1:48] + slots_fg[0:1])
        )
        and (
            reserve.hour_fg[0] == 0
            or any(a + b + 2 * pulse_fg >= reserve.hour_fg[0] for a, b in zip(slots_fg, slots_fg[1:48] + slots_fg[0:1]))
        )
    )


def is_share_of_reserve(ratios: Ratios, drug: int, reserve: Reserve) -> bool:
    """Whether a reserve of a drug is its share of the first one's, by a ratio."""
    return is_share(reserve.day_fg[0], ratios[drug], reserve.day_fg[drug]) and is_share(
        reserve.hour_fg[0], ratios[drug], reserve.hour_fg[drug]
    )


def are_shares_in_range(reserve: Reserve, drug: int) -> bool:
    """Whether what is reserved of a drug is a mass, or stands for more than any limit."""
    return units.is_within(reserve.day_fg[drug], 0, units.MASS_FG_BEYOND_LIMITS) and units.is_within(
        reserve.hour_fg[drug], 0, units.MASS_FG_BEYOND_LIMITS
    )


def is_nothing_reserved_of(ratio: Ratio, drug: int, pulse_volume_nl: int, reserve: Reserve) -> bool:
    """Whether nothing is reserved of a drug that does not come with the first one, if its pulses can be counted."""
    return (not is_countable_nothing(reserve.day_fg[0], ratio, pulse_volume_nl) or reserve.day_fg[drug] == 0) and (
        not is_countable_nothing(reserve.hour_fg[0], ratio, pulse_volume_nl) or reserve.hour_fg[drug] == 0
    )


def reserve_is_that_of_its_slots(generation: Generation, pulse_volume_nl: int, result: Reserve) -> bool:
    """``compute_reserve``: the first drug's day and hours with two pulses, and its share of every other drug."""
    return is_reserve_of(generation.slots_fg, generation.pulse_fg, result) and all(
        are_shares_in_range(result, i)
        and (
            pulse_volume_nl < 1
            or not is_ratio(generation.ratios[i])
            or (
                is_share_of_reserve(generation.ratios, i, result)
                and is_nothing_reserved_of(generation.ratios[i], i, pulse_volume_nl, result)
            )
        )
        for i in range(1, units.DRUG_COUNT)
    )


def envelope_holds_both(previous: Generation, current: Generation, pulse_volume_nl: int, result: Reserve) -> bool:
    """``compute_envelope``: the reserve of the larger of each slot and pulse, and its share by either ratio."""
    larger_fg = tuple(max(a, b) for a, b in zip(previous.slots_fg, current.slots_fg))
    return is_reserve_of(larger_fg, max(previous.pulse_fg, current.pulse_fg), result) and all(
        are_shares_in_range(result, i)
        and (
            pulse_volume_nl < 1
            or not is_ratio(previous.ratios[i])
            or not is_ratio(current.ratios[i])
            or (
                is_share_of_reserve(previous.ratios, i, result)
                and is_share_of_reserve(current.ratios, i, result)
                and (
                    previous.ratios[i].drug_fg_per_nl != 0
                    or is_nothing_reserved_of(current.ratios[i], i, pulse_volume_nl, result)
                )
            )
        )
        for i in range(1, units.DRUG_COUNT)
    )


def is_least_of_days(days: DayTable, drug: int, day_count: int, least_fg: int) -> bool:
    """Whether a total of a drug is the least of today and of so many days before."""
    return (
        least_fg <= days[0].least_fg[drug]
        and all(i > day_count or least_fg <= day.least_fg[drug] for i, day in enumerate(days))
        and (
            least_fg == days[0].least_fg[drug]
            or any(i <= day_count and least_fg == day.least_fg[drug] for i, day in enumerate(days))
        )
    )


def is_most_of_days(days: DayTable, drug: int, day_count: int, most_fg: int) -> bool:
    """Whether a total of a drug is the largest of today and of so many days before."""
    return (
        most_fg >= days[0].most_fg[drug]
        and all(i > day_count or most_fg >= day.most_fg[drug] for i, day in enumerate(days))
        and (
            most_fg == days[0].most_fg[drug]
            or any(i <= day_count and most_fg == day.most_fg[drug] for i, day in enumerate(days))
        )
    )


def least_total_is_that_of_its_days(days: DayTable, drug: int, day_count: int, result: int) -> bool:
    """``compute_least_fg``: what it says, of each drug."""
    return all(drug != i or is_least_of_days(days, i, day_count, result) for i in range(units.DRUG_COUNT))


def largest_total_is_that_of_its_days(days: DayTable, drug: int, day_count: int, result: int) -> bool:
    """``compute_most_fg``: what it says, of each drug."""
    return all(drug != i or is_most_of_days(days, i, day_count, result) for i in range(units.DRUG_COUNT))


def is_refusal_of_a_program(response: Response) -> bool:
    """Whether a response refuses a program, or the fluids that it would run on."""
    return (
        response == Response.REFUSED_BOLUS_TOO_FAST_TO_DELIVER
        or Response.REFUSED_CAP_ABOVE_A_HARD_LIMIT <= response <= Response.REFUSED_BASAL_RAISED_TOO_SOON_AFTER_BOLUSES
        or response == Response.REFUSED_BOLUS_ABOVE_ITS_LIMIT
        or response == Response.REFUSED_INCREASE_WHILE_THE_RESERVOIR_IS_IN_DOUBT
        or response == Response.REFUSED_INCREASE_WHILE_HISTORY_IS_UNKNOWN
    )


def is_allowed_in_the_reservoir(config: Config, fluid: Fluid) -> bool:
    """Whether a fluid is known and within its limits."""
    return fluid.is_known and all(hi <= drug.concentration_fg_per_nl_max for hi, drug in zip(fluid.hi, config.library))


def refill_that_nothing_is_against_is_of_allowed_fluid(
    config: Config, before: State, filled: State, result: Response
) -> bool:
    """``find_refill_refusal``: a refusal, true of a fluid without a program; or it is known and has the first drug."""
    new = filled.reservoir.fluid
    is_allowed = is_allowed_in_the_reservoir(config, new)
    return (
        (before.is_programmed and is_refusal_of_a_program(result))
        or (not before.is_programmed and result == Response.REFUSED_FLUID_NOT_ALLOWED and not is_allowed)
        or (not before.is_programmed and result == Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG and new.lo[0] <= 0)
        or (result == Response.NOTHING_AGAINST_IT and is_allowed and new.lo[0] >= 1)
    )


def span_holds_what_lies_between(old: Fluid, new: Fluid, drug: int, result: int) -> bool:
    """``compute_span``: what lies between the ends of both fluids, and at least between any two of them."""
    return all(
        drug != i
        or (
            result >= old.hi[i] - old.lo[i]
            and result >= old.hi[i] - new.lo[i]
            and result >= new.hi[i] - old.lo[i]
            and result >= new.hi[i] - new.lo[i]
            and result <= max(old.hi[i], new.hi[i]) - min(old.lo[i], new.lo[i])
        )
        for i in range(units.DRUG_COUNT)
    )


def span_with_a_label_holds_both(lo: int, hi: int, label: int, result: int) -> bool:
    """``compute_span_with``: what it says, and what follows of it."""
    return (
        result == max(hi, label) - min(lo, label)
        and result >= hi - lo
        and result >= hi - label
        and result >= label - lo
    )


def is_proposal_asked_well(config: Config, before: State) -> bool:
    """Whether what a proposal is compared with are concentrations and volumes."""
    path = before.path
    return (
        fluid.is_well_formed(before.reservoir.fluid)
        and before.reservoir.volume_hi_nl >= 0
        and config.pump.residual_nl >= 0
        and config.pump.pulse_volume_nl >= 0
        and path.volume_lo_nl <= path.volume_hi_nl
    )


def is_admissible_proposal(config: Config, before: State, event: RefillProposed) -> bool:
    """Whether a proposed refill keeps what is demanded of label, mixture and front."""
    is_front_alone = before.is_programmed and before.path.volume_hi_nl > 0 and not event.is_shortfall_accepted
    return (
        is_label_allowed(config, event)
        and is_mixture_allowed(config, before, event)
        and (not is_front_alone or is_cost_of_the_front_tolerated(config, before, event))
    )


def is_too_dear(config: Config, before: State, event: RefillProposed) -> bool:
    """Whether a refill may cost more at the front than is tolerated of a program that runs, and nobody accepts it."""
    return (
        before.is_programmed
        and not event.is_shortfall_accepted
        and not is_cost_of_the_front_surely_tolerated(config, before, event)
    )


def response_to_a_proposal_is_true(config: Config, before: State, event: RefillProposed, result: Response) -> bool:
    """``find_proposal_response``: malformed if it is; else a refusal that is true; or all demands are met."""
    is_asked_well = is_proposal_asked_well(config, before)
    return (
        (result == Response.REFUSED_REFILL_MALFORMED) == is_proposal_malformed(config, event)
        and (
            is_answer_to_any_proposal(result)
            or (before.is_programmed and is_refusal_of_a_program(result))
            or result == Response.REFUSED_FLUID_NOT_ALLOWED
            or result == Response.REFUSED_FLUID_WITHOUT_THE_FIRST_DRUG
        )
        and (
            not is_asked_well
            or (
                (
                    before.is_programmed
                    or is_answer_to_any_proposal(result)
                    or is_label_refused_truly(config, event, result)
                )
                and (result != Response.REFUSED_REFILL_UNLESS_RINSED or is_label_allowed(config, event))
                and (result != Response.REFILL_ADMISSIBLE or is_admissible_proposal(config, before, event))
                and (result != Response.REFUSED_SHORTFALL_BEYOND_TOLERANCE or is_too_dear(config, before, event))
            )
        )
    )


def seconds_before_bring_less(mass_fg_1800: int, due_fg: int, result: int) -> bool:
    """``compute_seconds_before``: in so many seconds less falls due than the mass, and in one more no less does."""
    return 0 <= result <= 2_047 and (
        mass_fg_1800 < 1
        or due_fg < 0
        or (result * due_fg < mass_fg_1800 and (result == 2_047 or mass_fg_1800 <= (result + 1) * due_fg))
    )


def what_lies_ahead_is_not_reached(now: int, then: int, result: int) -> bool:
    """``compute_ahead_s``: so many seconds are over before one that lies ahead, if it does; one more are not."""
    return (
        result >= 0
        and is_before(now, then, result)
        and (result >= units.SLOT_S or not is_before(now, then, result + 1))
    )


def deadlines_are_not_reached(config: Config, state: State, result: int) -> bool:
    """``compute_deadlines_quiet_s``: so many seconds pass before any deadline of service, therapy, drug or battery."""
    return are_deadlines_ahead(config, state, result) and (
        result >= units.SLOT_S or not are_deadlines_ahead(config, state, result + 1)
    )


def alarms_stay_as_they_are(state: State, result: int) -> bool:
    """``compute_alarms_quiet_s``: so many seconds pass before a condition ends, or a silenced alarm sounds again."""
    return are_alarms_settled(state, result) and (result >= units.SLOT_S or not are_alarms_settled(state, result + 1))


def less_than_a_pulse_is_owed_by_then(config: Config, state: State, result: int) -> bool:
    """``compute_basal_quiet_s``: 0 or more; while the motor may turn, they leave less than a whole pulse owed."""
    due_fg = quiet.compute_next_due_fg(config, state)
    pulse_fg = tip.compute_upper_fg(state.path, state.reservoir.fluid, config.pump.pulse_volume_nl)[0]
    return (
        result >= 0
        and (
            not quiet.is_motor_on(state)
            or result == 0
            or due_fg < 0
            or state.basal.owed_fg_1800 + result * due_fg < pulse_fg * units.SLOT_S
        )
        and (
            result >= units.SLOT_S
            or due_fg < 0
            or (
                quiet.is_motor_on(state) and state.basal.owed_fg_1800 + (result + 1) * due_fg >= pulse_fg * units.SLOT_S
            )
        )
    )


def quiet_seconds_pass_before_anything_happens(config: Config, state: State, result: int) -> bool:
    """``compute_quiet_s``: none while anything is pending, else as many as pass before anything may happen."""
    rest_s = units.SLOT_S - (state.tick + 1) % units.SLOT_S
    basal_s = quiet.compute_basal_quiet_s(config, state)
    is_most = (
        result >= rest_s
        or result >= basal_s
        or quiet.is_busy(config, state)
        or not are_deadlines_ahead(config, state, result + 1)
        or not are_alarms_settled(state, result + 1)
    )
    return (
        is_most
        and result <= rest_s
        and (result <= 0 or state.mode != Mode.END_OF_SERVICE)
        and (result <= 0 or not state.flight.is_pending)
        and (result <= 0 or not state.bolus.is_active)
        and (result <= 0 or not state.staged.is_staged)
        and (result <= 0 or (state.tick + 1) % units.LACKING_S != 0)
        and (result <= 0 or not quiet.is_lacking_soon(config, state))
        and (result <= 0 or quiet.is_settled(config, state))
        and result <= basal_s
        and are_deadlines_ahead(config, state, result)
        and are_alarms_settled(state, result)
    )


def seconds_in_slot_are_counted(tick: int, slot: int, result: int) -> bool:
    """``compute_seconds_in_slot``: half an hour of each day that is over, and what the day of the next tick saw."""
    days_s = (tick + 1) // units.DAY_S * units.SLOT_S
    begun_s = (tick + 1) % units.DAY_S - slot * units.SLOT_S
    return result == days_s + min(units.SLOT_S, max(0, begun_s))


def seconds_of_a_slot_pass_in_it_alone(since_tick: int, tick: int, slot: int, result: int) -> bool:
    """``compute_seconds_between``: the difference; seconds that are of one slot count in that slot, and in no other."""
    next_tick = since_tick + 1
    seconds = tick - since_tick
    is_in_one_slot = 1 <= seconds <= units.SLOT_S - next_tick % units.SLOT_S
    return result == ghost.compute_seconds_in_slot(tick, slot) - ghost.compute_seconds_in_slot(since_tick, slot) and (
        not is_in_one_slot
        or not units.is_within(slot, 0, units.SLOT_COUNT - 1)
        or result == (seconds if next_tick % units.DAY_S // units.SLOT_S == slot else 0)
    )


def rotated_slots_are_the_same_ones(slots_fg: units.Slots, slot_count: int, result: units.Slots) -> bool:
    """``compute_rotated``: as much in all, none above all limits and none below nothing."""
    are_masses = all(units.is_within(slot, 0, units.MASS_FG_MAX) for slot in slots_fg)
    return sum(slot for slot in slots_fg) == sum(slot for slot in result) and (
        not are_masses or all(units.is_within(slot, 0, units.MASS_FG_MAX) for slot in result)
    )


def is_ratio_of_both(path: Path, new: Fluid, drug: int) -> bool:
    """Whether neither fluid brings more of a drug with the first one than the path's ratio says."""
    ratio = path.ratios[drug]
    return (
        ratio.first_fg_per_nl >= 0
        and ratio.drug_fg_per_nl >= 0
        and path.old.hi[drug] * ratio.first_fg_per_nl <= ratio.drug_fg_per_nl * path.old.hi[0]
        and new.hi[drug] * ratio.first_fg_per_nl <= ratio.drug_fg_per_nl * new.hi[0]
    )


def are_bounds_of_both(path: Path, new: Fluid, pulse_volume_nl: int) -> bool:
    """Whether the path's bounds on the first drug's pulse are those of the two fluids."""
    return (
        path.pulse_fg_min == min(path.old.hi[0], new.hi[0]) * pulse_volume_nl
        and path.pulse_fg_max == max(path.old.hi[0], new.hi[0]) * pulse_volume_nl
    )


def is_all_old(path: Path, pulse_volume_nl: int) -> bool:
    """Whether the next pulse is surely of the old fluid alone."""
    return path.front_hi_nl > 0 and path.front_lo_nl >= pulse_volume_nl


def upper_pulse_is_the_most_that_either_fluid_brings(
    path: Path, new: Fluid, pulse_volume_nl: int, result: units.Masses
) -> bool:
    """``compute_upper_fg``: the most of each fluid that may be at the tip, of one alone that surely is; in bounds."""
    is_asked_well = pulse_volume_nl >= 1 and all(a >= 0 and b >= 0 for a, b in zip(path.old.hi, new.hi))
    return not is_asked_well or (
        (not are_bounds_of_both(path, new, pulse_volume_nl) or path.pulse_fg_min <= result[0] <= path.pulse_fg_max)
        and all(
            result[i] >= 0
            and result[i] >= min(path.old.hi[i], new.hi[i]) * pulse_volume_nl
            and result[i] <= max(path.old.hi[i], new.hi[i]) * pulse_volume_nl
            and (path.front_hi_nl <= 0 or result[i] >= path.old.hi[i] * pulse_volume_nl)
            and (path.front_lo_nl >= pulse_volume_nl or result[i] >= new.hi[i] * pulse_volume_nl)
            and (path.front_hi_nl > 0 or result[i] == new.hi[i] * pulse_volume_nl)
            and (not is_all_old(path, pulse_volume_nl) or result[i] == path.old.hi[i] * pulse_volume_nl)
            and (
                not is_ratio_of_both(path, new, i)
                or result[i] * path.ratios[i].first_fg_per_nl <= result[0] * path.ratios[i].drug_fg_per_nl
            )
            for i in range(units.DRUG_COUNT)
        )
    )


def lower_pulse_is_the_least_that_either_fluid_brings(
    path: Path, new: Fluid, pulse_volume_nl: int, result: units.Masses
) -> bool:
    """``compute_lower_fg``: the least of each fluid that may be at the tip, of one alone that surely is."""
    is_asked_well = pulse_volume_nl >= 1 and all(a >= 0 and b >= 0 for a, b in zip(path.old.lo, new.lo))
    return not is_asked_well or all(
        result[i] >= 0
        and result[i] >= min(path.old.lo[i], new.lo[i]) * pulse_volume_nl
        and (path.front_hi_nl <= 0 or result[i] <= path.old.lo[i] * pulse_volume_nl)
        and (path.front_lo_nl >= pulse_volume_nl or result[i] <= new.lo[i] * pulse_volume_nl)
        and (path.front_hi_nl > 0 or result[i] == new.lo[i] * pulse_volume_nl)
        and (not is_all_old(path, pulse_volume_nl) or result[i] == path.old.lo[i] * pulse_volume_nl)
        for i in range(units.DRUG_COUNT)
    )


def intact_state_keeps_every_fact(config: Config, state: State, result: bool) -> bool:
    """``is_intact``: the state is of this configuration, and every fact that the kernel keeps of its states holds."""
    is_kept = (
        state.config_digest == config.digest
        and soundness.is_sound(config, state)
        and integrity.are_books_sound(config, state)
    )
    return (not result or is_kept) and (result or not is_kept)


def is_blend_of_fluids(old_fg_per_nl: int, old_nl: int, new_fg_per_nl: int, new_nl: int) -> bool:
    """Whether two concentrations are within limits, and some of the new fluid is there."""
    return (
        units.is_within(old_fg_per_nl, 0, units.CONCENTRATION_FG_PER_NL_MAX)
        and units.is_within(new_fg_per_nl, 0, units.CONCENTRATION_FG_PER_NL_MAX)
        and old_nl >= 0
        and new_nl >= 1
    )


def least_of_a_blend_is_between(old_fg_per_nl: int, old_nl: int, new_fg_per_nl: int, new_nl: int, result: int) -> bool:
    """``compute_blend_lo``: from the lower of both to the new, which it is over nothing; no more than all mixed."""
    return not is_blend_of_fluids(old_fg_per_nl, old_nl, new_fg_per_nl, new_nl) or (
        min(old_fg_per_nl, new_fg_per_nl) <= result <= new_fg_per_nl
        and (old_nl != 0 or result == new_fg_per_nl)
        and (
            old_fg_per_nl >= new_fg_per_nl
            or result * (old_nl + new_nl) <= old_fg_per_nl * old_nl + new_fg_per_nl * new_nl
        )
    )


def most_of_a_blend_is_between(old_fg_per_nl: int, old_nl: int, new_fg_per_nl: int, new_nl: int, result: int) -> bool:
    """``compute_blend_hi``: from the new, which it is over nothing, to the higher of both; no less than all mixed."""
    return not is_blend_of_fluids(old_fg_per_nl, old_nl, new_fg_per_nl, new_nl) or (
        new_fg_per_nl <= result <= max(old_fg_per_nl, new_fg_per_nl)
        and (old_nl != 0 or result == new_fg_per_nl)
        and (
            old_fg_per_nl <= new_fg_per_nl
            or old_fg_per_nl * old_nl + new_fg_per_nl * new_nl <= result * (old_nl + new_nl)
        )
    )


CONTRACTS = {
    admission.compute_least_fg: least_total_is_that_of_its_days,
    admission.compute_most_fg: largest_total_is_that_of_its_days,
    ledgers.compute_given_since_fg: given_is_the_sum_of_what_ended,
    recover.compute_last_end_tick: last_end_is_that_of_the_last_bolus,
    recover.is_empty_generation: empty_generation_is_nothing,
    recover.is_order_of: order_is_staged_and_the_least_program,
    schedule.is_any_slot_above: none_is_above_unless_any_is,
    schedule.is_any_slot_below: none_is_below_unless_any_is,
    schedule.is_any_slot_larger: none_is_larger_unless_any_is,
    ghost.compute_seconds_between: seconds_of_a_slot_pass_in_it_alone,
    ghost.compute_seconds_in_slot: seconds_in_slot_are_counted,
    fluid.compute_blend_lo: least_of_a_blend_is_between,
    fluid.compute_blend_hi: most_of_a_blend_is_between,
    tip.compute_upper_fg: upper_pulse_is_the_most_that_either_fluid_brings,
    tip.compute_lower_fg: lower_pulse_is_the_least_that_either_fluid_brings,
    integrity.is_intact: intact_state_keeps_every_fact,
    programming.compute_rotated: rotated_slots_are_the_same_ones,
    proposing.compute_span: span_holds_what_lies_between,
    proposing.find_proposal_response: response_to_a_proposal_is_true,
    quiet.compute_ahead_s: what_lies_ahead_is_not_reached,
    quiet.compute_alarms_quiet_s: alarms_stay_as_they_are,
    quiet.compute_basal_quiet_s: less_than_a_pulse_is_owed_by_then,
    quiet.compute_deadlines_quiet_s: deadlines_are_not_reached,
    quiet.compute_quiet_s: quiet_seconds_pass_before_anything_happens,
    quiet.compute_seconds_before: seconds_before_bring_less,
    refilling.find_refill_refusal: refill_that_nothing_is_against_is_of_allowed_fluid,
    schedule.compute_envelope: envelope_holds_both,
    schedule.compute_larger_ratio: larger_ratio_holds_both,
    schedule.compute_reserve: reserve_is_that_of_its_slots,
    schedule.compute_hour_fg: hour_is_at_least_any_two_neighbours,
    schedule.compute_share_fg: share_is_enough,
    units.compute_day_fg: day_is_all_its_slots,
    units.compute_fg_per_s_up: rate_brings_its_mass,
    units.compute_division_step: division_step_keeps_the_dividend,
    units.compute_largest_slot: no_slot_is_larger_than_the_largest,
    units.compute_quotient_down: quotient_down_is_the_largest,
    units.compute_quotient_up: quotient_up_is_the_smallest,
    compute_span_with: span_with_a_label_holds_both,
    units.compute_width: width_is_the_difference,
    units.compute_smaller: smaller_masses_are_the_smaller_of_each,
}

# What may be divided, in fg or nl or half hours of them: some way below the largest number of 64 bits.
DIVIDEND_MAX = 4_000_000_000_000_000_000
# What may be divided by: the mass of the largest pulse of the strongest fluid.
DIVISOR_MAX = units.CONCENTRATION_FG_PER_NL_MAX * units.PULSE_VOLUME_NL_MAX


def is_divisible(dividend: int, divisor: int) -> bool:
    """Whether a division stays within 64 bits."""
    return units.is_within(dividend, -DIVIDEND_MAX, DIVIDEND_MAX) and units.is_within(divisor, 0, DIVISOR_MAX)


def is_mass_of_a_bolus(mass_fg: int, duration_s: int) -> bool:
    """Whether a rate stays within 64 bits: of a mass, within a day."""
    return units.is_within(mass_fg, 0, units.MASS_FG_MAX) and units.is_within(duration_s, 0, units.DAY_S)


def is_ratio_in_range(ratio: Ratio) -> bool:
    """Whether neither mass of a ratio is beyond the strongest fluid's."""
    return units.is_within(ratio.first_fg_per_nl, 0, units.CONCENTRATION_FG_PER_NL_MAX) and units.is_within(
        ratio.drug_fg_per_nl, 0, units.CONCENTRATION_FG_PER_NL_MAX
    )


def is_share_of_a_mass(first_fg: int, ratio: Ratio, pulse_volume_nl: int) -> bool:
    """Whether a share stays within 64 bits."""
    return (
        units.is_within(first_fg, -DIVIDEND_MAX, DIVIDEND_MAX)
        and is_ratio_in_range(ratio)
        and units.is_within(pulse_volume_nl, 0, units.PULSE_VOLUME_NL_MAX)
    )


def is_generation_in_range(generation: Generation) -> bool:
    """Whether what is in force is of masses, by ratios of such fluids as there are."""
    return (
        all(units.is_within(slot, 0, units.MASS_FG_MAX) for slot in generation.slots_fg)
        and units.is_within(generation.pulse_fg, 0, units.MASS_FG_MAX)
        and all(is_ratio_in_range(ratio) for ratio in generation.ratios)
    )


def is_reserve_of_masses(generation: Generation, pulse_volume_nl: int) -> bool:
    """Whether a reserve stays within 64 bits."""
    return is_generation_in_range(generation) and units.is_within(pulse_volume_nl, 0, units.PULSE_VOLUME_NL_MAX)


def is_envelope_of_masses(previous: Generation, current: Generation, pulse_volume_nl: int) -> bool:
    """Whether an envelope stays within 64 bits."""
    return (
        is_generation_in_range(previous)
        and is_generation_in_range(current)
        and units.is_within(pulse_volume_nl, 0, units.PULSE_VOLUME_NL_MAX)
    )


def is_mass_of_each_drug(given_fg: units.Masses) -> bool:
    """Whether of no drug it is less than nothing, or more than what stands for more than any limit."""
    return all(units.is_within(fg, 0, units.MASS_FG_BEYOND_LIMITS) for fg in given_fg)


def is_ledger_of_masses(ledger: Ledger, since_tick: int) -> bool:
    """Whether what a ledger holds adds up within 64 bits."""
    return all(is_mass_of_each_drug(entry.given_fg) for entry in ledger)


def are_masses_a_second(mass_fg_1800: int, due_fg: int) -> bool:
    """Whether counting the seconds that bring a mass stays within 64 bits."""
    return units.is_within(mass_fg_1800, -DIVIDEND_MAX, DIVIDEND_MAX) and units.is_within(due_fg, 0, units.MASS_FG_MAX)


REQUIRES = {
    ledgers.compute_given_since_fg: is_ledger_of_masses,
    quiet.compute_seconds_before: are_masses_a_second,
    schedule.compute_envelope: is_envelope_of_masses,
    schedule.compute_reserve: is_reserve_of_masses,
    schedule.compute_share_fg: is_share_of_a_mass,
    units.compute_fg_per_s_up: is_mass_of_a_bolus,
    units.compute_quotient_down: is_divisible,
    units.compute_quotient_up: is_divisible,
}
