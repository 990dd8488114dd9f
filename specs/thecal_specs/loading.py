# SPDX-License-Identifier: Apache-2.0
"""What is claimed of a state that is loaded, damaged in whatever way, with whatever capsule beside it (FLT-01)."""

from thecal.capsule import Capsule, is_sealed, restore
from thecal.integrity import is_intact
from thecal.limits import Config, SafeState
from thecal.state import Alarm, Mode, State
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


LOADING = (
    an_intact_state_goes_on_as_it_is,
    what_runs_is_intact,
    what_replaces_a_corrupt_state_is_locked_and_alarms,
    only_a_sealed_capsule_goes_on_and_as_its_drugs_need,
)
