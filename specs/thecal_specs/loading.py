# SPDX-License-Identifier: Apache-2.0
"""What is claimed of a state that is loaded, damaged in whatever way, with whatever capsule beside it (FLT-01)."""

from dataclasses import replace

from thecal.admission import admit_program
from thecal.capsule import Capsule, is_sealed, make_capsule, make_from_capsule, restore
from thecal.integrity import is_intact
from thecal.limits import Config, SafeState
from thecal.outcome import Response
from thecal.state import Alarm, Mode, State, initial_state
from thecal.units import TICK_MAX
from thecal_specs.logic import implies


def an_intact_state_goes_on_as_it_is(config: Config, state: State, capsule: Capsule) -> bool:
    """A state that satisfies the invariant is the one to go on from, whatever the capsule says."""
    return implies(is_intact(config, state), restore(config, state, capsule) == state)


def what_runs_is_intact(config: Config, state: State, capsule: Capsule) -> bool:
    """The state to go on from satisfies the invariant, whatever was loaded."""
    return is_intact(config, restore(config, state, capsule))


def is_reservoir_doubted(config: Config, capsule: Capsule, found: State) -> bool:
    """Whether a reservoir holds a pulse less than a capsule knows of, or else nobody knows what and how much."""
    reservoir = found.reservoir
    is_a_pulse_less = (
        reservoir.fluid == capsule.reservoir.fluid
        and reservoir.volume_lo_nl <= max(0, capsule.reservoir.volume_lo_nl - config.pump.pulse_volume_nl)
        and reservoir.volume_hi_nl == capsule.reservoir.volume_hi_nl
    )
    is_anything = not reservoir.fluid.is_known and reservoir.volume_hi_nl == config.pump.capacity_nl
    return is_a_pulse_less or (not found.is_programmed and is_anything and reservoir.volume_lo_nl == 0)


def what_replaces_a_corrupt_state_is_locked_and_alarms(config: Config, state: State, capsule: Capsule) -> bool:
    """In place of a corrupt state no bolus runs or is granted for a day, no pulse's number comes again, it alarms."""
    found = restore(config, state, capsule)
    return implies(
        not is_intact(config, state),
        not found.bolus.is_active
        and found.flight.sequence == found.tick
        and is_reservoir_doubted(config, capsule, found)
        and found.tick < found.device.unknown_until_tick
        and found.lockout.has_ended
        and found.lockout.end_tick == found.tick
        and found.lockout.lockout_s >= found.program.lockout_s
        and found.alarms[Alarm.RESTARTED].is_active,
    )


def is_present(state: State, drug: int) -> bool:
    """Whether a drug may be in path or reservoir."""
    return state.path.old.hi[drug] > 0 or state.reservoir.fluid.hi[drug] > 0


def is_any_at(config: Config, state: State, safe_state: SafeState) -> bool:
    """Whether a drug that is present asks for at least a safe state."""
    return any(drug.safe_state >= safe_state and is_present(state, i) for i, drug in enumerate(config.library))


def only_a_sealed_capsule_goes_on_and_as_its_drugs_need(config: Config, state: State, capsule: Capsule) -> bool:
    """What goes on in place of a corrupt state is the sealed program, in the mode of the most demanding drug."""
    found = restore(config, state, capsule)
    is_kept = is_any_at(config, found, SafeState.KEEP_BASAL)
    is_moving = is_any_at(config, found, SafeState.MINIMUM_RATE)
    return implies(
        not is_intact(config, state) and found.is_programmed,
        is_sealed(config, capsule)
        and found.program == capsule.program
        and implies(is_kept, found.mode == Mode.DELIVERING)
        and implies(not is_kept and is_moving, found.mode == Mode.MINIMUM_RATE)
        and implies(not is_kept and not is_moving, found.mode == Mode.STOPPED),
    ) and implies(not is_intact(config, state) and not found.is_programmed, found.mode == Mode.UNPROGRAMMED)


def compute_now(tick: int) -> int:
    """A time that was loaded, as far as there can be such a one before the end of service."""
    return max(0, min(tick, TICK_MAX - 1))


def is_of_capsule(config: Config, capsule: Capsule, found: State) -> bool:
    """Whether time and fluids are a capsule's, a pulse less of them and the front in its worst reading."""
    least_nl = max(0, capsule.reservoir.volume_lo_nl - config.pump.pulse_volume_nl)
    return (
        found.tick == compute_now(capsule.tick)
        and found.device.missed_s == capsule.missed_s
        and found.path == replace(capsule.path, front_lo_nl=0)
        and found.reservoir == replace(capsule.reservoir, volume_lo_nl=least_nl)
    )


def is_of_box(config: Config, state: State, found: State) -> bool:
    """Whether nothing is programmed, and nothing known but the time that a state tells."""
    fresh = initial_state(config)
    return (
        not found.is_programmed
        and found.tick == compute_now(state.tick)
        and found.device.missed_s == 0
        and found.path == fresh.path
        and found.reservoir.fluid == replace(fresh.reservoir.fluid, is_known=False)
    )


def a_capsule_holds_what_its_state_knows(config: Config, state: State, capsule: Capsule) -> bool:
    """The capsule of a state holds its program, fluids and time, and is sealed for the state's configuration."""
    made = make_capsule(state)
    return (
        made.program == state.program
        and made.path == state.path
        and made.reservoir == state.reservoir
        and made.is_admitted == state.is_admitted
        and made.tick == state.tick
        and made.missed_s == state.device.missed_s
        and is_sealed(config, made) == (state.config_digest == config.digest)
    )


def what_replaces_a_corrupt_state_knows_what_the_capsule_knew(config: Config, state: State, capsule: Capsule) -> bool:
    """In place of a corrupt state stand a sealed capsule's time and fluids, or else nothing is known but the time."""
    found = restore(config, state, capsule)
    is_good = capsule.config_digest == config.digest and is_sealed(config, capsule) and capsule.is_admitted
    return implies(
        not is_intact(config, state),
        found.flight.ordered_tick == found.tick
        and ((is_good and is_of_capsule(config, capsule, found)) or is_of_box(config, state, found)),
    )


def a_sealed_capsule_goes_on(config: Config, state: State, capsule: Capsule) -> bool:
    """In place of a corrupt state stands what a sealed capsule of an admitted program makes, if that is sound."""
    made = make_from_capsule(config, capsule)
    return implies(
        not is_intact(config, state) and is_sealed(config, capsule) and capsule.is_admitted and is_intact(config, made),
        restore(config, state, capsule) == made,
    )


def a_program_that_nothing_is_against_goes_on(config: Config, state: State, capsule: Capsule) -> bool:
    """What a capsule makes goes on with its program, unless something is against it on these very fluids."""
    made = make_from_capsule(config, capsule)
    refusal = admit_program(config, made, made, capsule.program).refusal
    return implies(not made.is_programmed, refusal != Response.NOTHING_AGAINST_IT)


def the_capsule_of_a_sound_state_goes_on(config: Config, state: State) -> bool:
    """Where the state is lost that a capsule was made of, the capsule's time and fluids stand in its place."""
    capsule = make_capsule(state)
    lost = replace(state, config_digest=state.config_digest + 1)
    return implies(
        is_intact(config, state) and state.is_admitted, is_of_capsule(config, capsule, restore(config, lost, capsule))
    )


def a_changed_capsule_is_not_sealed(config: Config, capsule: Capsule, changed: Capsule) -> bool:
    """Of a sealed capsule no number is another one. Two of many may be: a checksum has fewer values than a capsule."""
    return implies(is_sealed(config, capsule), not is_sealed(config, changed))


LOADING = (
    an_intact_state_goes_on_as_it_is,
    what_runs_is_intact,
    what_replaces_a_corrupt_state_is_locked_and_alarms,
    only_a_sealed_capsule_goes_on_and_as_its_drugs_need,
    a_capsule_holds_what_its_state_knows,
    what_replaces_a_corrupt_state_knows_what_the_capsule_knew,
    a_sealed_capsule_goes_on,
    a_program_that_nothing_is_against_goes_on,
)

# Not proved; looked at in CPython, of states that traces meet.
GOING_ON = (the_capsule_of_a_sound_state_goes_on,)
# Not true of all numbers, so not for the solver: looked at in CPython, of capsules of which one number is changed.
SEALING = (a_changed_capsule_is_not_sealed,)
