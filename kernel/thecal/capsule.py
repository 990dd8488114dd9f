# SPDX-License-Identifier: Apache-2.0
"""The therapy capsule: the small sealed copy by which a therapy goes on when the rest of the state is corrupt.

It holds what a clinician confirmed and what is known of the fluids, under a checksum of its own. It is made of every
state that is stored, and kept apart from it. What it does not hold is read in its worst sense: nothing is known of what
was given, so that no bolus and no increase is granted for a day, and the lockout begins anew.
"""

from dataclasses import dataclass, replace

from thecal.admission import admit_program
from thecal.alarms import with_alarm_raised, with_alarms
from thecal.device import with_history_unknown
from thecal.fluid import Fluid
from thecal.integrity import is_intact
from thecal.limits import Config
from thecal.outcome import Response
from thecal.prescription import Prescription
from thecal.safe_state import compute_demanded_mode
from thecal.state import Alarm, Path, Reservoir, State, initial_state
from thecal.units import TICK_MAX, Masses

# The largest prime below two thousand million: a sum and a product of two numbers below it fit in 63 bits.
CHECKSUM_MODULUS = 1_999_999_973
CHECKSUM_FACTOR = 1_000_003


@dataclass(frozen=True, slots=True)
class Capsule:
    """What a safe state is chosen by. ``tick`` and ``missed_s`` are those of the state that it was made of."""

    config_digest: int
    tick: int
    missed_s: int
    is_admitted: bool
    program: Prescription
    path: Path
    reservoir: Reservoir
    checksum: int


def compute_added(checksum: int, value: int) -> int:
    """A checksum with one number more."""
    return (checksum * CHECKSUM_FACTOR + value % CHECKSUM_MODULUS + 1) % CHECKSUM_MODULUS


def compute_masses_added(checksum: int, masses: Masses) -> int:
    """A checksum with a number for every drug more."""
    for value in masses:
        checksum = compute_added(checksum, value)
    return checksum


def compute_fluid_added(checksum: int, fluid: Fluid) -> int:
    """A checksum with a fluid more."""
    checksum = compute_added(checksum, 1 if fluid.is_known else 0)
    return compute_masses_added(compute_masses_added(checksum, fluid.lo), fluid.hi)


def compute_program_checksum(program: Prescription) -> int:
    """A checksum of every number of a program."""
    checksum = 0
    for slot in program.slots_fg:
        checksum = compute_added(checksum, slot)
    checksum = compute_added(compute_added(checksum, program.bolus_fg), program.bolus_duration_s)
    checksum = compute_added(compute_added(checksum, program.lockout_s), program.bolus_count_max)
    checksum = compute_masses_added(compute_masses_added(checksum, program.cap_day_fg), program.cap_hour_fg)
    return compute_added(checksum, program.low_reservoir_nl)


def compute_path_added(checksum: int, path: Path) -> int:
    """A checksum with a path more; what follows from its fluids is not asked."""
    checksum = compute_added(checksum, 1 if path.is_declared else 0)
    checksum = compute_added(compute_added(checksum, path.volume_lo_nl), path.volume_hi_nl)
    checksum = compute_added(compute_added(checksum, path.front_lo_nl), path.front_hi_nl)
    checksum = compute_added(compute_added(checksum, path.pulse_fg_min), path.pulse_fg_max)
    checksum = compute_added(checksum, path.slot_fg_max)
    for ratio in path.ratios:
        checksum = compute_added(compute_added(checksum, ratio.drug_fg_per_nl), ratio.first_fg_per_nl)
    return compute_fluid_added(checksum, path.old)


def compute_checksum(capsule: Capsule) -> int:
    """A checksum of everything that a capsule holds, whatever the numbers are."""
    reservoir = capsule.reservoir
    checksum = compute_path_added(compute_program_checksum(capsule.program), capsule.path)
    checksum = compute_fluid_added(checksum, reservoir.fluid)
    checksum = compute_added(compute_added(checksum, reservoir.volume_lo_nl), reservoir.volume_hi_nl)
    checksum = compute_added(compute_added(checksum, reservoir.filled_clock_s), 1 if capsule.is_admitted else 0)
    checksum = compute_added(compute_added(checksum, capsule.tick), capsule.missed_s)
    return compute_added(checksum, capsule.config_digest)


def make_capsule(state: State) -> Capsule:
    """The capsule of a state that is about to be stored."""
    unsealed = Capsule(
        config_digest=state.config_digest,
        tick=state.tick,
        missed_s=state.device.missed_s,
        is_admitted=state.is_admitted,
        program=state.program,
        path=state.path,
        reservoir=state.reservoir,
        checksum=0,
    )
    return replace(unsealed, checksum=compute_checksum(unsealed))


def is_sealed(config: Config, capsule: Capsule) -> bool:
    """Whether a capsule is of this configuration, and as it was made."""
    return capsule.config_digest == config.digest and capsule.checksum == compute_checksum(capsule)


def with_default(config: Config, tick: int) -> State:
    """The pump as it leaves the box, but for its time: it delivers nothing until it is filled and programmed.

    Every number that a pulse can have had by then is used up, so that a driver obeys the next one. What the reservoir
    holds, and how much, nobody knows: only a rinse ends that.
    """
    fresh = initial_state(config)
    now = max(0, min(tick, TICK_MAX - 1))
    counted = replace(
        fresh,
        tick=now,
        flight=replace(fresh.flight, ordered_tick=now, sequence=now),
        reservoir=replace(
            fresh.reservoir,
            volume_hi_nl=config.pump.capacity_nl,
            fluid=replace(fresh.reservoir.fluid, is_known=False),
        ),
    )
    locked = with_alarm_raised(with_history_unknown(counted), Alarm.RESTARTED)
    return with_alarms(config, locked)


def make_unprogrammed(config: Config, capsule: Capsule) -> State:
    """What a capsule knows of fluids and time, the front in its worst reading, a pulse in flight taken for moved."""
    default = with_default(config, capsule.tick)
    least_nl = max(0, capsule.reservoir.volume_lo_nl - config.pump.pulse_volume_nl)
    return replace(
        default,
        path=replace(capsule.path, front_lo_nl=0),
        reservoir=replace(capsule.reservoir, volume_lo_nl=least_nl),
        device=replace(default.device, missed_s=capsule.missed_s),
    )


def make_from_capsule(config: Config, capsule: Capsule) -> State:
    """The confirmed basal on the fluids of a capsule, in the mode that is safe for them; what may not run stands."""
    unprogrammed = make_unprogrammed(config, capsule)
    admission = admit_program(config, unprogrammed, unprogrammed, capsule.program)
    if admission.refusal != Response.NOTHING_AGAINST_IT:
        return unprogrammed
    mode = compute_demanded_mode(config, admission.state)
    locked = with_history_unknown(replace(admission.state, mode=mode))
    return with_alarms(config, locked)


def restore(config: Config, state: State, capsule: Capsule) -> State:
    """The state to go on from: the stored one if it is intact, else the capsule's basal, else the pump's default."""
    if is_intact(config, state):
        return state  # FLT-01
    if is_sealed(config, capsule) and capsule.is_admitted:
        restored = make_from_capsule(config, capsule)
        if is_intact(config, restored):
            return restored
    return with_default(config, state.tick)
