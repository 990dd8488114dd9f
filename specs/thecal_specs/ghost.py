# SPDX-License-Identifier: Apache-2.0
"""Bookkeeping of the specification alone: what really happened, kept by definition and not by the kernel's method.

The kernel never sees any of it. ``Truth`` is what the world does in one step, anything that the assumptions allow;
``Ghost`` is the history that the properties speak about.
"""

from dataclasses import dataclass, replace

from thecal.events import Event, PathDeclared, PulseReported, PulseResult, RefillDone, SecondPassed
from thecal.fluid import NO_DRUG, Fluid, compute_hull
from thecal.limits import Config
from thecal.outcome import Outcome
from thecal.state import NO_RATIOS, NO_RESERVE, Mode, Ratios, Reserve, State
from thecal.units import (
    DAY_S,
    NO_MASSES,
    NO_SLOTS,
    SLOT_COUNT,
    SLOT_S,
    TICK_MAX,
    Masses,
    Slots,
    compute_larger,
    compute_sum_fg,
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What the world does in one step.

    ``opens_window``: the observer starts a new window before this second. ``is_moved`` and ``mass_fg``: whether the
    pulse ordered now moves, and what then passes the tip. ``left_nl``: what the needle leaves in the reservoir;
    ``blend``: floor and ceiling of the concentrations it has after the refill. ``path_nl``: the path's volume.
    """

    opens_window: bool
    is_moved: bool
    mass_fg: Masses
    left_nl: int
    blend: Fluid
    path_nl: int


@dataclass(frozen=True, slots=True)
class World:
    """Where the fluids truly are: ``front_nl`` of ``old`` up to the tip, then what the reservoir holds."""

    path_nl: int
    front_nl: int
    old: Fluid
    reservoir_nl: int
    new: Fluid
    is_flight_moved: bool
    flight_upper_fg: Masses


@dataclass(frozen=True, slots=True)
class Window:
    """What happened since an arbitrary second.

    ``cap_day_fg`` and ``cap_hour_fg``: the largest caps in force since. ``given_fg``: what truly passed the tip.
    ``basal_fg`` and ``bolus_fg``: the upper book of the pulses ordered since, less those that surely did not move.
    ``starts``: patient boluses begun. The rest serves the proof: what was in force, slot by slot, and what was due.
    """

    is_open: bool
    since_tick: int
    cap_day_fg: Masses
    cap_hour_fg: Masses
    given_fg: Masses
    basal_fg: Masses
    bolus_fg: Masses
    active_fg: Masses
    starts: int
    is_flight_inside: bool
    is_raised: bool
    program: Reserve
    slots_fg: Slots
    pulse_fg: int
    ratios: Ratios
    due_fg_1800: Slots


@dataclass(frozen=True, slots=True)
class LastBolus:
    """When the last bolus ended, and the largest lockout in force since."""

    has_ended: bool
    end_tick: int
    lockout_s: int


@dataclass(frozen=True, slots=True)
class Ghost:
    """The whole history that properties may speak about.

    ``behind_fg_1800``: basal scheduled while delivering, less basal ordered, since the fluids last changed.
    """

    world: World
    window: Window
    last_bolus: LastBolus
    behind_fg_1800: int


NO_WINDOW = Window(
    is_open=False,
    since_tick=0,
    cap_day_fg=NO_MASSES,
    cap_hour_fg=NO_MASSES,
    given_fg=NO_MASSES,
    basal_fg=NO_MASSES,
    bolus_fg=NO_MASSES,
    active_fg=NO_MASSES,
    starts=0,
    is_flight_inside=False,
    is_raised=False,
    program=NO_RESERVE,
    slots_fg=NO_SLOTS,
    pulse_fg=0,
    ratios=NO_RATIOS,
    due_fg_1800=NO_SLOTS,
)


def initial_ghost() -> Ghost:
    """Before anything happened."""
    return Ghost(
        world=World(
            path_nl=0,
            front_nl=0,
            old=NO_DRUG,
            reservoir_nl=0,
            new=NO_DRUG,
            is_flight_moved=False,
            flight_upper_fg=NO_MASSES,
        ),
        window=NO_WINDOW,
        last_bolus=LastBolus(has_ended=False, end_tick=0, lockout_s=0),
        behind_fg_1800=0,
    )


def is_report_of_flight(before: State, event: Event) -> bool:
    """Whether an event reports on the pulse that the kernel waits for."""
    if isinstance(event, PulseReported):
        return before.flight.is_pending and event.sequence == before.flight.sequence
    return False


def is_surely_not_moved(before: State, event: Event) -> bool:
    """Whether an event says that the pulse in flight did not move."""
    if isinstance(event, PulseReported):
        return is_report_of_flight(before, event) and event.result == PulseResult.NOT_DONE
    return False


def is_scheduled(before: State, event: Event) -> bool:
    """Whether this step is a second in which basal is due."""
    if isinstance(event, SecondPassed):
        return before.mode == Mode.DELIVERING and before.tick + 1 < TICK_MAX
    return False


def compute_scheduled_fg_1800(before: State, event: Event) -> Slots:
    """The basal that falls due in this step, at its place in the day: at most one place is not 0."""
    is_due = is_scheduled(before, event)
    place = (before.tick + 1) % DAY_S // SLOT_S
    return tuple(
        slot if is_due and place == i else 0 for i, slot in zip(range(SLOT_COUNT), before.program.slots_fg)
    )


def compute_scheduled_now_fg_1800(before: State, event: Event) -> int:
    """The basal that falls due in this step."""
    if not is_scheduled(before, event):
        return 0
    return before.program.slots_fg[(before.tick + 1) % DAY_S // SLOT_S]


def compute_largest_pulse_fg(config: Config, state: State) -> int:
    """The largest pulse of the first drug that path or reservoir may hold."""
    return max(state.path.old.hi[0], state.reservoir.fluid.hi[0]) * config.pump.pulse_volume_nl


def advance_world(config: Config, event: Event, outcome: Outcome, truth: Truth, world: World) -> World:
    """Move the true fluids."""
    if isinstance(event, RefillDone):
        return replace(
            world,
            old=compute_hull(world.old, world.new) if world.front_nl > 0 else world.new,
            front_nl=world.path_nl,
            new=truth.blend,
            reservoir_nl=event.filled_nl + truth.left_nl,
        )
    if isinstance(event, PathDeclared):
        return replace(
            world,
            path_nl=truth.path_nl,
            old=NO_DRUG,
            front_nl=0 if event.is_filled_from_reservoir else truth.path_nl,
        )
    if not outcome.pulse.is_ordered:
        return world
    moved_nl = config.pump.pulse_volume_nl if truth.is_moved else 0
    return replace(
        world,
        front_nl=max(0, world.front_nl - moved_nl),
        reservoir_nl=world.reservoir_nl - moved_nl,
        is_flight_moved=truth.is_moved,
        flight_upper_fg=outcome.pulse.upper_fg,
    )


def open_window(before: State) -> Window:
    """A window that starts after the last second."""
    return replace(
        NO_WINDOW,
        is_open=True,
        since_tick=before.tick,
        cap_day_fg=before.program.cap_day_fg,
        cap_hour_fg=before.program.cap_hour_fg,
        program=before.basal.program if before.is_admitted else NO_RESERVE,
        slots_fg=before.program.slots_fg if before.is_admitted else NO_SLOTS,
        pulse_fg=before.path.pulse_fg_max if before.is_admitted else 0,
        ratios=before.path.ratios if before.is_admitted else NO_RATIOS,
    )


def is_raise(window: Window, after: State) -> bool:
    """Whether more basal is in force now than ever since the window opened."""
    return after.is_admitted and (
        any(a > b for a, b in zip(after.program.slots_fg, window.slots_fg))
        or after.path.pulse_fg_max > window.pulse_fg
        or any(
            a.drug_fg_per_nl * b.first_fg_per_nl > b.drug_fg_per_nl * a.first_fg_per_nl
            for a, b in zip(after.path.ratios, window.ratios)
        )
    )


def with_in_force(window: Window, after: State) -> Window:
    """Take note of what is in force after the step."""
    slots_fg = tuple(max(a, b) for a, b in zip(window.slots_fg, after.program.slots_fg))
    ratios = tuple(
        a if a.drug_fg_per_nl * b.first_fg_per_nl > b.drug_fg_per_nl * a.first_fg_per_nl else b
        for a, b in zip(after.path.ratios, window.ratios)
    )
    return replace(
        window,
        cap_day_fg=compute_larger(window.cap_day_fg, after.program.cap_day_fg),
        cap_hour_fg=compute_larger(window.cap_hour_fg, after.program.cap_hour_fg),
        is_raised=window.is_raised or is_raise(window, after),
        slots_fg=slots_fg if after.is_admitted else window.slots_fg,
        pulse_fg=max(window.pulse_fg, after.path.pulse_fg_max) if after.is_admitted else window.pulse_fg,
        ratios=ratios if after.is_admitted else window.ratios,
    )


def with_booked(window: Window, fg: Masses, is_basal: bool, is_active: bool) -> Window:
    """Add to the upper book of basal or of boluses, and of the active bolus."""
    if is_basal:
        return replace(window, basal_fg=compute_sum_fg(window.basal_fg, fg))
    active_fg = compute_sum_fg(window.active_fg, fg) if is_active else window.active_fg
    return replace(window, bolus_fg=compute_sum_fg(window.bolus_fg, fg), active_fg=active_fg)


def with_pulse(
    before: State, event: Event, outcome: Outcome, truth: Truth, window: Window, upper_fg: Masses
) -> Window:
    """Book the pulse ordered now, or take back the one that surely did not move."""
    if outcome.pulse.is_ordered:
        booked = with_booked(window, outcome.pulse.upper_fg, outcome.pulse.is_basal, True)
        given_fg = compute_sum_fg(window.given_fg, truth.mass_fg) if truth.is_moved else window.given_fg
        return replace(booked, given_fg=given_fg, is_flight_inside=True)
    if window.is_flight_inside and is_surely_not_moved(before, event):
        return with_booked(window, tuple(-fg for fg in upper_fg), before.flight.is_basal, False)
    return window


def with_bolus_noted(before: State, after: State, window: Window) -> Window:
    """Count a patient bolus that began, and forget the active one's part when it has ended."""
    is_start = not before.bolus.is_active and after.bolus.is_active
    starts = window.starts + 1 if is_start and after.bolus.is_patient else window.starts
    return replace(window, starts=starts, active_fg=window.active_fg if after.bolus.is_active else NO_MASSES)


def advance_window(before: State, event: Event, outcome: Outcome, truth: Truth, ghost: Ghost) -> Window:
    """Watch one step through the window, opening it first if the observer says so."""
    window = ghost.window
    if isinstance(event, SecondPassed):
        if truth.opens_window:
            window = open_window(before)
    if not window.is_open:
        return NO_WINDOW
    due = tuple(a + b for a, b in zip(window.due_fg_1800, compute_scheduled_fg_1800(before, event)))
    booked = with_pulse(before, event, outcome, truth, window, ghost.world.flight_upper_fg)
    noted = with_bolus_noted(before, outcome.state, booked)
    return with_in_force(replace(noted, due_fg_1800=due), outcome.state)


def advance_last_bolus(before: State, after: State, last: LastBolus) -> LastBolus:
    """Remember the end of a bolus and the lockouts in force since."""
    lockout_s = after.program.lockout_s
    if before.bolus.is_active and not after.bolus.is_active:
        longest_s = max(before.program.lockout_s, lockout_s)
        return LastBolus(has_ended=True, end_tick=after.tick, lockout_s=longest_s)
    return replace(last, lockout_s=max(last.lockout_s, lockout_s))


def advance_behind(before: State, event: Event, outcome: Outcome, behind_fg_1800: int) -> int:
    """What basal is behind its schedule, counted anew whenever the fluids change."""
    if isinstance(event, RefillDone) or isinstance(event, PathDeclared):
        return 0
    scheduled = compute_scheduled_now_fg_1800(before, event)
    ordered = outcome.pulse.upper_fg[0] * SLOT_S if outcome.pulse.is_ordered and outcome.pulse.is_basal else 0
    return behind_fg_1800 + scheduled - ordered


def advance(
    config: Config, before: State, event: Event, outcome: Outcome, truth: Truth, ghost: Ghost
) -> Ghost:
    """The history after one step."""
    return Ghost(
        world=advance_world(config, event, outcome, truth, ghost.world),
        window=advance_window(before, event, outcome, truth, ghost),
        last_bolus=advance_last_bolus(before, outcome.state, ghost.last_bolus),
        behind_fg_1800=advance_behind(before, event, outcome, ghost.behind_fg_1800),
    )
