# SPDX-License-Identifier: Apache-2.0
"""What facts are answered, and what is booked of them: the pulse, the fluids, the motor and the pump itself."""

from thecal.events import (
    Event,
    MotorRecovered,
    MotorStalled,
    PathDeclared,
    PowerRestored,
    PulseReported,
    PulseResult,
    RefillDone,
    ReplacementIndicated,
    SecondPassed,
    SelfTestReported,
)
from thecal.fluid import Fluid
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.state import Mode, Ratio, State
from thecal.units import DRUG_COUNT, SLOT_S
from thecal_specs.ghost import compute_largest_pulse_fg, is_report_of_flight, is_running
from thecal_specs.logic import implies
from thecal_specs.properties.reservoir import compute_surprise


def compute_answer_to_a_second(before: State, outcome: Outcome, after: State) -> Response:
    """What a second is answered: the pulse that it ordered, or what came to its end."""
    pulse = outcome.pulse
    if after.mode == Mode.END_OF_SERVICE:
        return Response.SERVICE_HAS_ENDED
    if pulse.is_ordered and before.mode == Mode.PRIMING:
        return Response.PULSE_ORDERED_FOR_PRIME
    if pulse.is_ordered:
        return Response.PULSE_ORDERED_FOR_BASAL if pulse.is_basal else Response.PULSE_ORDERED_FOR_BOLUS
    if after.mode == Mode.EMPTY and before.mode != Mode.EMPTY:
        return Response.DELIVERY_ENDED_BECAUSE_THE_RESERVOIR_IS_EMPTY
    if before.mode == Mode.PRIMING and after.mode != Mode.PRIMING:
        return Response.PRIME_ENDED
    return Response.SECOND_PASSED


def compute_answer_to_a_report(before: State, event: PulseReported) -> Response:
    """What a report is answered: what it says of the pulse that is waited for; of another one, that it is ignored."""
    if not is_report_of_flight(before, event):
        return Response.REPORT_OF_ANOTHER_PULSE_IGNORED
    if event.result == PulseResult.DONE:
        return Response.PULSE_BOOKED_AS_DONE
    if event.result == PulseResult.NOT_DONE:
        return Response.PULSE_BOOKED_AS_NOT_DONE
    return Response.PULSE_BOOKED_AS_UNKNOWN


def compute_answer_to_a_refill(config: Config, before: State, event: RefillDone, after: State) -> Response:
    """What a refill is answered: that it stopped the therapy, or else surprised, or neither."""
    if before.is_programmed and not after.is_admitted:
        return Response.REFILL_BOOKED_AND_DELIVERY_STOPPED
    if compute_surprise(config, before, event.aspirated_nl) != 0:
        return Response.REFILL_BOOKED_WITH_A_DISCREPANCY
    return Response.REFILL_BOOKED


def is_fact_answered_truly(config: Config, before: State, event: Event, outcome: Outcome, after: State) -> bool:
    """Whether the answer to a fact says what became of it."""
    response = outcome.response
    if isinstance(event, SecondPassed):
        return response == compute_answer_to_a_second(before, outcome, after)
    if isinstance(event, PulseReported):
        return response == compute_answer_to_a_report(before, event)
    if isinstance(event, RefillDone):
        return response == compute_answer_to_a_refill(config, before, event, after)
    if isinstance(event, PathDeclared):
        is_stopped = before.is_programmed and not after.is_admitted
        return response == (Response.PATH_BOOKED_AND_DELIVERY_STOPPED if is_stopped else Response.PATH_BOOKED)
    if isinstance(event, MotorStalled):
        return response == Response.STALL_BOOKED
    if isinstance(event, MotorRecovered):
        return response == Response.RECOVERY_BOOKED
    if isinstance(event, SelfTestReported):
        return response == Response.SELF_TEST_BOOKED
    if isinstance(event, ReplacementIndicated):
        return response == Response.REPLACEMENT_BOOKED
    if isinstance(event, PowerRestored):
        return response == Response.RESTART_BOOKED
    return True


def compute_owed_again_fg_1800(config: Config, before: State) -> int:
    """What is owed once a basal pulse has not moved: as much more, but of all that no more than the largest pulse."""
    owed_fg_1800 = before.basal.owed_fg_1800
    again_fg_1800 = owed_fg_1800 + before.flight.first_fg * SLOT_S
    return max(owed_fg_1800, min(again_fg_1800, compute_largest_pulse_fg(config, before) * SLOT_S))


def is_pulse_booked(config: Config, before: State, event: PulseReported, after: State) -> bool:
    """A pulse takes its volume from the lower ends unless it did not move, from the upper ones if it surely did."""
    is_awaited = is_report_of_flight(before, event)
    perhaps_nl = config.pump.pulse_volume_nl if is_awaited and event.result != PulseResult.NOT_DONE else 0
    surely_nl = config.pump.pulse_volume_nl if is_awaited and event.result == PulseResult.DONE else 0
    is_owed_again = is_awaited and event.result == PulseResult.NOT_DONE and before.flight.is_basal
    owed_fg_1800 = compute_owed_again_fg_1800(config, before) if is_owed_again else before.basal.owed_fg_1800
    return (
        after.reservoir.volume_lo_nl == before.reservoir.volume_lo_nl - perhaps_nl
        and after.reservoir.volume_hi_nl == before.reservoir.volume_hi_nl - surely_nl
        and after.path.front_lo_nl == max(0, before.path.front_lo_nl - perhaps_nl)
        and after.path.front_hi_nl == max(0, before.path.front_hi_nl - surely_nl)
        and after.basal.owed_fg_1800 == owed_fg_1800
    )


def is_ratio_of(ratio: Ratio, fluid: Fluid, drug: int) -> bool:
    """Whether a ratio is that of a drug to the first one in a fluid; 0 to 1 where there is none of the first."""
    if fluid.hi[0] == 0:
        return ratio.drug_fg_per_nl == 0 and ratio.first_fg_per_nl == 1
    return ratio.drug_fg_per_nl == fluid.hi[drug] and ratio.first_fg_per_nl == fluid.hi[0]


def are_ratios_of_either(after: State) -> bool:
    """Whether each ratio of a path is that of one of the two fluids."""
    return all(
        is_ratio_of(after.path.ratios[i], after.path.old, i)
        or is_ratio_of(after.path.ratios[i], after.reservoir.fluid, i)
        for i in range(DRUG_COUNT)
    )


def is_refill_booked(config: Config, before: State, event: RefillDone, after: State) -> bool:
    """What is filled is there, over what may be left; the path is full of what was there before, rinsed or not."""
    residual_nl = config.pump.residual_nl
    left_nl = residual_nl if event.is_rinsed else min(residual_nl, before.reservoir.volume_hi_nl)
    fluid = after.reservoir.fluid
    is_rid_of = event.is_rinsed or left_nl == 0
    label = event.concentrations_fg_per_nl
    return (
        after.reservoir.volume_lo_nl == event.filled_nl
        and after.reservoir.volume_hi_nl == event.filled_nl + left_nl
        and after.reservoir.filled_clock_s == before.tick + before.device.missed_s
        and after.path.front_lo_nl == before.path.volume_lo_nl
        and after.path.front_hi_nl == before.path.volume_hi_nl
        and implies(event.filled_nl == 0, fluid == before.reservoir.fluid)
        and implies(
            event.filled_nl > 0,
            fluid.is_known == (not event.has_unknown_drug and (is_rid_of or before.reservoir.fluid.is_known)),
        )
        and implies(event.filled_nl > 0 and is_rid_of, fluid.lo == label and fluid.hi == label)
        and implies(
            before.path.front_hi_nl == 0 and before.path.volume_hi_nl > 0, after.path.old == before.reservoir.fluid
        )
        and are_ratios_of_either(after)
    )


def is_path_booked(event: PathDeclared, after: State) -> bool:
    """A path has the volume that is declared, and holds no drug up to where it was not filled by hand."""
    path = after.path
    front_hi_nl = 0 if event.is_filled_from_reservoir else event.volume_hi_nl
    return (
        path.is_declared
        and path.volume_lo_nl == event.volume_lo_nl
        and path.volume_hi_nl == event.volume_hi_nl
        and path.front_hi_nl == front_hi_nl
        and path.front_lo_nl == min(event.volume_lo_nl, front_hi_nl)
        and are_ratios_of_either(after)
    )


def is_going_on(before: State, after: State) -> bool:
    """Whether the pump does what it did before the motor stood, or the reservoir was empty."""
    return after.mode == (Mode.MINIMUM_RATE if before.device.is_interrupted_at_minimum_rate else Mode.DELIVERING)


def is_mode_after_fluids(config: Config, before: State, event: Event, after: State) -> bool:
    """Fluids that the program may not run on stop it; an empty pump that is filled goes on, its motor permitting."""
    is_over = before.mode == Mode.END_OF_SERVICE or before.mode == Mode.FAILED
    is_stopped = before.is_programmed and not after.is_admitted and not is_over
    if isinstance(event, RefillDone):
        is_trusted = compute_surprise(config, before, event.aspirated_nl) == 0
        is_filled = before.mode == Mode.EMPTY and after.is_admitted and is_trusted
        return (
            implies(is_stopped and is_trusted, after.mode == Mode.STOPPED)
            and implies(is_filled and before.device.is_stalled, after.mode == Mode.STALLED)
            and implies(is_filled and not before.device.is_stalled, is_going_on(before, after))
        )
    return implies(is_stopped, after.mode == Mode.STOPPED)


def is_stall_booked(before: State, after: State) -> bool:
    """A motor that stands stalls what it gave, and it is kept how fast that was; the pulse in flight is booked."""
    is_slow = before.mode == Mode.MINIMUM_RATE
    was_slow = before.device.is_interrupted_at_minimum_rate
    return (
        after.device.is_stalled
        and not after.flight.is_pending
        and implies(is_running(before), after.mode == Mode.STALLED)
        and implies(not is_running(before) and before.mode != Mode.PRIMING, after.mode == before.mode)
        and after.device.is_interrupted_at_minimum_rate == (is_slow if is_running(before) else was_slow)
    )


def is_recovery_booked(before: State, after: State) -> bool:
    """A motor that turns again goes on with what it gave, but in a doubt (FLT-04); it begins nothing."""
    is_stalled = before.mode == Mode.STALLED
    is_slow = before.device.is_interrupted_at_minimum_rate
    return (
        not after.device.is_stalled
        and implies(not is_stalled, after.mode == before.mode)
        and implies(is_stalled and (is_slow or before.therapy.discrepancy == 0), is_going_on(before, after))
    )


def is_self_test_booked(before: State, event: SelfTestReported, after: State) -> bool:
    """A failed self-test ends delivery; a passed one lets a pump that had failed be ordered about, and no other."""
    is_over = before.mode == Mode.END_OF_SERVICE
    idle = Mode.STOPPED if before.is_programmed else Mode.UNPROGRAMMED
    return implies(
        not is_over and event.is_passed, after.mode == (idle if before.mode == Mode.FAILED else before.mode)
    ) and implies(not is_over and not event.is_passed, after.mode == Mode.FAILED)


def is_indication_booked(before: State, after: State) -> bool:
    """The first indication of the battery's end counts from now on, gaps included; a later one changes nothing."""
    now_s = before.tick + before.device.missed_s
    was_s = before.device.replacement_clock_s
    return after.device.is_replacement_indicated and after.device.replacement_clock_s == (
        was_s if before.device.is_replacement_indicated else now_s
    )


def is_fact_booked(config: Config, before: State, event: Event, after: State) -> bool:
    """Whether a fact is booked as it is told."""
    if isinstance(event, PulseReported):
        return is_pulse_booked(config, before, event, after)
    if isinstance(event, RefillDone):
        return is_refill_booked(config, before, event, after) and is_mode_after_fluids(config, before, event, after)
    if isinstance(event, PathDeclared):
        return is_path_booked(event, after) and is_mode_after_fluids(config, before, event, after)
    if isinstance(event, MotorStalled):
        return is_stall_booked(before, after)
    if isinstance(event, MotorRecovered):
        return is_recovery_booked(before, after)
    if isinstance(event, SelfTestReported):
        return is_self_test_booked(before, event, after)
    if isinstance(event, ReplacementIndicated):
        return is_indication_booked(before, after)
    return True
