# SPDX-License-Identifier: Apache-2.0
"""What an order to prime is answered, the sums behind it written out afresh."""

from dataclasses import replace

from thecal.events import PrimeAsked, PrimeConfirmed
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.state import Mode, State
from thecal.units import DRUG_COUNT, PATH_NL_MAX, SLOT_S, compute_quotient_down, compute_quotient_up
from thecal_specs.ghost import compute_largest_pulse_fg
from thecal_specs.logic import implies
from thecal_specs.properties.modes import is_confirmation_answered, is_refused_for_its_mode
from thecal_specs.properties.refusals import STAGED_LIFE_S, is_some_fluid_not_allowed
from thecal_specs.properties.underdose import is_clinicians_count_reached, is_ledger_free, is_room


def is_idle(before: State) -> bool:
    """Whether the pump is stopped, or has no program to run."""
    return before.mode == Mode.UNPROGRAMMED or before.mode == Mode.STOPPED


def is_prime_possible(config: Config, before: State, volume_nl: int) -> bool:
    """Whether a pump that is idle, and in no doubt of motor, reservoir or history, may prime so much of its path."""
    return (
        1 <= volume_nl <= PATH_NL_MAX
        and is_idle(before)
        and not before.device.is_stalled
        and before.therapy.discrepancy == 0
        and before.tick >= before.device.unknown_until_tick
        and before.path.is_declared
        and volume_nl <= before.path.volume_hi_nl
        and not is_some_fluid_not_allowed(config, before)
    )


def with_flight_moved(config: Config, before: State) -> State:
    """The state with a pulse in flight, whose outcome nobody told, taken for moved: it may have left the reservoir."""
    if not before.flight.is_pending:
        return before
    volume_nl = config.pump.pulse_volume_nl
    return replace(
        before,
        path=replace(before.path, front_lo_nl=max(0, before.path.front_lo_nl - volume_nl)),
        reservoir=replace(before.reservoir, volume_lo_nl=before.reservoir.volume_lo_nl - volume_nl),
    )


def compute_pushed_fg(config: Config, settled: State, pulses: int, drug: int) -> int:
    """The most of a drug that so many pulses push out: old fluid as far as it surely is there, then the stronger."""
    volume_nl = config.pump.pulse_volume_nl
    surely_old = min(pulses, compute_quotient_down(settled.path.front_lo_nl, volume_nl))
    old = settled.path.old.hi[drug]
    new = settled.reservoir.fluid.hi[drug]
    strongest = max(old, new) if settled.path.front_hi_nl > 0 else new
    return surely_old * (old * volume_nl) + (pulses - surely_old) * (strongest * volume_nl)


def is_each_within_the_largest(config: Config, settled: State, pulses: int) -> bool:
    """Whether so many pulses push out no more of any drug than its largest single bolus."""
    return all(
        compute_pushed_fg(config, settled, pulses, i) <= config.library[i].bolus_fg_max for i in range(DRUG_COUNT)
    )


def is_each_under_its_caps(config: Config, settled: State, pulses: int) -> bool:
    """Whether so many pulses fit under the caps of each drug, beside boluses and the worst basal."""
    return all(is_room(settled, i, compute_pushed_fg(config, settled, pulses, i)) for i in range(DRUG_COUNT))


def is_enough_there(config: Config, settled: State, pulses: int) -> bool:
    """Whether the reservoir surely holds so many pulses."""
    return settled.reservoir.volume_lo_nl - pulses * config.pump.pulse_volume_nl >= config.pump.residual_nl


def is_prime_bearable(config: Config, settled: State, pulses: int) -> bool:
    """Whether so many pulses are within every limit, and there; that they are under their caps is OVR-11's."""
    return (
        is_each_within_the_largest(config, settled, pulses)
        and is_enough_there(config, settled, pulses)
        and not is_clinicians_count_reached(settled)
        and is_ledger_free(settled)
    )


def is_refused_for_its_sums(config: Config, settled: State, pulses: int, response: Response) -> bool:
    """Whether a refusal for what a prime would push out is true."""
    is_capped = (
        response == Response.REFUSED_PRIME_ABOVE_THE_CAP_OF_A_DAY
        or response == Response.REFUSED_PRIME_ABOVE_THE_CAP_OF_AN_HOUR
    )
    return (
        implies(
            response == Response.REFUSED_PRIME_ABOVE_THE_LARGEST_SINGLE_BOLUS,
            not is_each_within_the_largest(config, settled, pulses),
        )
        and implies(is_capped, not is_each_under_its_caps(config, settled, pulses))
        and implies(
            response == Response.REFUSED_PRIME_DOES_NOT_FIT_IN_THE_RESERVOIR,
            not is_enough_there(config, settled, pulses),
        )
        and implies(response == Response.REFUSED_CLINICIAN_BOLUS_COUNT_REACHED, is_clinicians_count_reached(settled))
        and implies(response == Response.REFUSED_BOLUS_LEDGER_IS_FULL, not is_ledger_free(settled))
    )


def is_prime_refused_truly(config: Config, before: State, volume_nl: int, response: Response) -> bool:
    """Whether a refusal of a prime, but for the sums behind its room, is true."""
    is_unknown = before.tick < before.device.unknown_until_tick
    is_larger = before.path.is_declared and volume_nl > before.path.volume_hi_nl
    is_malformed = not 1 <= volume_nl <= PATH_NL_MAX
    return (
        (response == Response.REFUSED_PRIME_MALFORMED) == is_malformed
        and implies(response == Response.REFUSED_PRIME_UNLESS_STOPPED, not is_idle(before))
        and implies(response == Response.REFUSED_PRIME_WHILE_HISTORY_IS_UNKNOWN, is_unknown)
        and implies(response == Response.REFUSED_PATH_NOT_DECLARED, not before.path.is_declared)
        and implies(response == Response.REFUSED_PRIME_LARGER_THAN_THE_PATH, is_larger)
        and implies(response == Response.REFUSED_FLUID_NOT_ALLOWED, is_some_fluid_not_allowed(config, before))
        and is_refused_for_its_mode(before, response)
    )


def is_refusal_of_a_prime(response: Response) -> bool:
    """Whether an answer says why a prime may not begin."""
    return (
        Response.REFUSED_PRIME_MALFORMED <= response <= Response.REFUSED_PRIME_DOES_NOT_FIT_IN_THE_RESERVOIR
        or response == Response.REFUSED_MOTOR_IS_STALLED
        or response == Response.REFUSED_RESERVOIR_IS_IN_DOUBT
        or response == Response.REFUSED_PATH_NOT_DECLARED
        or response == Response.REFUSED_FLUID_NOT_ALLOWED
        or response == Response.REFUSED_CLINICIAN_BOLUS_COUNT_REACHED
        or response == Response.REFUSED_BOLUS_LEDGER_IS_FULL
    )


def is_prime_answered(config: Config, before: State, volume_nl: int, response: Response, done: Response) -> bool:
    """Whether a prime is answered as done only if it may be, and else by a refusal that is true."""
    if not is_prime_possible(config, before, volume_nl):
        return is_refusal_of_a_prime(response) and is_prime_refused_truly(config, before, volume_nl, response)
    pulses = compute_quotient_up(volume_nl, config.pump.pulse_volume_nl)
    settled = with_flight_moved(config, before)
    return (
        implies(response == done, is_prime_bearable(config, settled, pulses))
        and (response == done or is_refusal_of_a_prime(response))
        and is_prime_refused_truly(config, before, volume_nl, response)
        and is_refused_for_its_sums(config, settled, pulses, response)
    )


def is_prime_staged_truly(config: Config, before: State, event: PrimeAsked, outcome: Outcome) -> bool:
    """A prime is staged as it was asked for, for ten minutes, or something is against it."""
    after = outcome.state
    is_staged = (
        after.staged.is_staged
        and after.staged.prime_nl == event.volume_nl
        and after.staged.expires_tick == after.tick + STAGED_LIFE_S
    )
    return implies(outcome.response == Response.PRIME_STAGED, is_staged) and is_prime_answered(
        config, before, event.volume_nl, outcome.response, Response.PRIME_STAGED
    )


def is_prime_begun(config: Config, before: State, volume_nl: int, after: State) -> bool:
    """Whether a prime runs, of as many pulses as its volume takes; no more than a pulse of basal waits for its end."""
    pulse_nl = config.pump.pulse_volume_nl
    pulses = after.bolus.pulses_left
    most_owed_fg_1800 = compute_largest_pulse_fg(config, before) * SLOT_S
    return (
        after.mode == Mode.PRIMING
        and pulses == compute_quotient_up(volume_nl, pulse_nl)
        and not after.flight.is_pending
        and not after.staged.is_staged
        and after.basal.owed_fg_1800 == min(before.basal.owed_fg_1800, most_owed_fg_1800)
    )


def is_prime_begun_truly(config: Config, before: State, event: PrimeConfirmed, outcome: Outcome) -> bool:
    """A prime that was staged, and is confirmed as it was, begins, or something is against it now."""
    response = outcome.response
    volume_nl = event.volume_nl
    is_prime = before.staged.prime_nl > 0
    is_same = volume_nl == before.staged.prime_nl
    return (
        is_confirmation_answered(before, is_prime, is_same, response)
        and implies(response == Response.PRIME_BEGUN, is_prime_begun(config, before, volume_nl, outcome.state))
        and implies(
            before.staged.is_staged and is_prime and is_same,
            is_prime_answered(config, before, volume_nl, response, Response.PRIME_BEGUN),
        )
    )
