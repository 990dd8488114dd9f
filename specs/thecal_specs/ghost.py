# SPDX-License-Identifier: Apache-2.0
"""Bookkeeping of the specification alone: what really happened, kept by definition and not by the kernel's method.

The kernel never sees any of it. ``Truth`` is what the world does in one step, anything that the assumptions allow;
``Ghost`` is the history that the properties speak about.
"""

from dataclasses import dataclass, replace

from thecal.events import (
    ClinicianBolusAsked,
    Event,
    PathDeclared,
    PowerRestored,
    PrescriptionAbandoned,
    PrescriptionConfirmed,
    PrescriptionStaged,
    PrimeAsked,
    PrimeConfirmed,
    PulseReported,
    PulseResult,
    RefillDone,
    ReplacementIndicated,
    SecondPassed,
    SecondsPassed,
)
from thecal.fluid import NO_DRUG, Fluid
from thecal.limits import Config
from thecal.outcome import Outcome, Response
from thecal.prescription import Prescription, compute_no_prescription
from thecal.state import NO_RATIOS, NO_RESERVE, Mode, Ratios, Reserve, State
from thecal.units import (
    DAY_S,
    NO_MASSES,
    NO_SLOTS,
    SLOT_S,
    TICK_MAX,
    Masses,
    Slots,
    compute_day_fg,
    compute_larger,
    compute_sum_fg,
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What the world does in one step.

    ``opens_window``: the observer starts a new window before this second; ``takes_sample``: he notes the day's total.
    ``is_moved`` and ``mass_fg``: whether the pulse ordered now moves, and what then passes the tip. ``left_nl``: what
    the needle leaves in the reservoir; ``blend``: floor and ceiling of the concentrations it has after the refill.
    ``path_nl``: the path's volume.
    """

    opens_window: bool
    takes_sample: bool
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
    flight_lower_fg: Masses


@dataclass(frozen=True, slots=True)
class Window:
    """What happened since an arbitrary second.

    ``cap_day_fg`` and ``cap_hour_fg``: the largest caps in force since. ``given_fg``: what truly passed the tip.
    ``basal_fg`` and ``bolus_fg``: the upper book of the pulses ordered since, less those that surely did not move.
    ``plan_fg_1800``: basal of the program in force, delivered or not; ``lower_fg``: the least of the first drug that
    its pulses done have brought. ``starts``: patient boluses begun; ``failures``: pulses that failed or got lost. The
    rest serves the proof: what was in force, slot by slot, how many seconds of each slot passed, and what was due in
    each and in all.
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
    failures: int
    plan_fg_1800: int
    lower_fg: int
    is_flight_inside: bool
    is_raised: bool
    program: Reserve
    slots_fg: Slots
    pulse_fg: int
    ratios: Ratios
    seconds: Slots
    due_fg_1800: Slots
    due_in_all_fg_1800: int


@dataclass(frozen=True, slots=True)
class LastBolus:
    """When the last bolus ended, and the largest lockout in force since."""

    has_ended: bool
    end_tick: int
    lockout_s: int


@dataclass(frozen=True, slots=True)
class Course:
    """The course of delivery.

    ``behind_fg_1800``: basal scheduled while running, less basal ordered, since the fluids last changed.
    ``credit_fg_1800``: basal scheduled, less basal ordered, plus what surely did not move, since the beginning.
    ``bolus_fg``: what the bolus that runs has ordered of every drug, out of ``asked_fg`` of the first one; of a prime
    ``primed_nl`` out of ``asked_nl``.
    """

    behind_fg_1800: int
    credit_fg_1800: int
    has_ordered: bool
    last_order_tick: int
    last_sequence: int
    bolus_fg: Masses
    asked_fg: int
    primed_nl: int
    asked_nl: int


@dataclass(frozen=True, slots=True)
class Program:
    """What clinicians have said: what waits for confirmation, and whether anything was ever confirmed.

    ``sample_tick`` is an arbitrary second of the past, ``sample_fg`` the first drug's day total in force then.
    """

    is_staged: bool
    staged: Prescription
    was_confirmed: bool
    is_sampled: bool
    sample_tick: int
    sample_fg: int


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Time that counts where waiting harms: ``clock_s`` is every second observed and the greatest gaps.

    ``off_clock_s``: when basal last ran. ``is_off_too_long``: therapy was off beyond its bound since a confirmation.
    """

    clock_s: int
    missed_s: int
    off_clock_s: int
    filled_clock_s: int
    is_replacement_indicated: bool
    replacement_clock_s: int
    is_off_too_long: bool


@dataclass(frozen=True, slots=True)
class Front:
    """What the front between two fluids has cost since they changed last.

    ``width_nl``: the greatest that it was. ``doubtful_nl`` and ``short_fg``: volume, and upper less lower book, of the
    pulses done that may have brought either fluid or both.
    """

    width_nl: int
    is_flight_doubtful: bool
    flight_short_fg: Masses
    doubtful_nl: int
    short_fg: Masses


NO_FRONT = Front(width_nl=0, is_flight_doubtful=False, flight_short_fg=NO_MASSES, doubtful_nl=0, short_fg=NO_MASSES)


@dataclass(frozen=True, slots=True)
class Ghost:
    """The whole history that properties may speak about."""

    world: World
    window: Window
    last_bolus: LastBolus
    course: Course
    program: Program
    deadlines: Deadlines
    front: Front


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
    failures=0,
    plan_fg_1800=0,
    lower_fg=0,
    is_flight_inside=False,
    is_raised=False,
    program=NO_RESERVE,
    slots_fg=NO_SLOTS,
    pulse_fg=0,
    ratios=NO_RATIOS,
    seconds=NO_SLOTS,
    due_fg_1800=NO_SLOTS,
    due_in_all_fg_1800=0,
)


def initial_ghost(config: Config) -> Ghost:
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
            flight_lower_fg=NO_MASSES,
        ),
        window=NO_WINDOW,
        last_bolus=LastBolus(has_ended=False, end_tick=0, lockout_s=0),
        course=Course(
            behind_fg_1800=0,
            credit_fg_1800=0,
            has_ordered=False,
            last_order_tick=0,
            last_sequence=0,
            bolus_fg=NO_MASSES,
            asked_fg=0,
            primed_nl=0,
            asked_nl=0,
        ),
        program=Program(
            is_staged=False,
            staged=compute_no_prescription(config),
            was_confirmed=False,
            is_sampled=False,
            sample_tick=0,
            sample_fg=0,
        ),
        deadlines=Deadlines(
            clock_s=0,
            missed_s=0,
            off_clock_s=0,
            filled_clock_s=0,
            is_replacement_indicated=False,
            replacement_clock_s=0,
            is_off_too_long=False,
        ),
        front=NO_FRONT,
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


def is_running(state: State) -> bool:
    """Whether the motor gives basal: the program's, or the pump's minimum."""
    return state.mode == Mode.DELIVERING or state.mode == Mode.MINIMUM_RATE


def is_failure(before: State, event: Event, after: State) -> bool:
    """Whether a pulse fails or gets lost in this step: reported as such, or waited for no longer."""
    if isinstance(event, PulseReported):
        return is_report_of_flight(before, event) and event.result != PulseResult.DONE
    is_given_up = not after.flight.is_pending or after.flight.sequence != before.flight.sequence
    return before.flight.is_pending and is_given_up


def is_scheduled(before: State, event: Event) -> bool:
    """Whether this step is a second in which basal is due."""
    if isinstance(event, SecondPassed):
        return is_running(before) and before.tick + 1 < TICK_MAX
    return False


def compute_minimum_slot_fg(config: Config, state: State) -> int:
    """What half an hour at the pump's minimum rate brings of the first drug, of the strongest fluid."""
    return config.pump.slot_volume_nl_min * max(state.path.old.hi[0], state.reservoir.fluid.hi[0])


def compute_slot_of_step(before: State) -> int:
    """The slot of the day in which the seconds of a step pass: that of the first of them, for all are of one slot."""
    return (before.tick + 1) % DAY_S // SLOT_S


def compute_scheduled_now_fg_1800(config: Config, before: State, event: Event) -> int:
    """The basal that falls due in this step."""
    if not is_scheduled(before, event):
        return 0
    if before.mode == Mode.MINIMUM_RATE:
        return compute_minimum_slot_fg(config, before)
    return before.program.slots_fg[compute_slot_of_step(before)]


def compute_due_in_step_fg_1800(config: Config, before: State, event: Event, after: State) -> int:
    """The basal that falls due in this step, which may be many quiet seconds of one slot."""
    if isinstance(event, SecondsPassed):
        return (after.tick - before.tick) * compute_scheduled_now_fg_1800(config, before, SecondPassed())
    return compute_scheduled_now_fg_1800(config, before, event)


def compute_largest_pulse_fg(config: Config, state: State) -> int:
    """The largest pulse of the first drug that path or reservoir may hold."""
    return max(state.path.old.hi[0], state.reservoir.fluid.hi[0]) * config.pump.pulse_volume_nl


def compute_new_fluid(event: RefillDone, truth: Truth, world: World) -> Fluid:
    """What the reservoir holds after a refill: nothing filled leaves the old, nothing left the new, and so a rinse."""
    if event.filled_nl == 0:
        return world.new
    is_replaced = truth.left_nl == 0 or event.is_rinsed
    is_known = not event.has_unknown_drug and (world.new.is_known or is_replaced)
    return replace(truth.blend, is_known=is_known)


def compute_either(left: Fluid, right: Fluid) -> Fluid:
    """Floor and ceiling of what is either of two fluids, known if both are."""
    return Fluid(
        is_known=left.is_known and right.is_known,
        lo=tuple(min(a, b) for a, b in zip(left.lo, right.lo)),
        hi=tuple(max(a, b) for a, b in zip(left.hi, right.hi)),
    )


def advance_world(config: Config, event: Event, outcome: Outcome, truth: Truth, world: World) -> World:
    """Move the true fluids."""
    if isinstance(event, RefillDone):
        return replace(
            world,
            old=compute_either(world.old, world.new) if world.front_nl > 0 else world.new,
            front_nl=world.path_nl,
            new=compute_new_fluid(event, truth, world),
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
        flight_lower_fg=outcome.pulse.lower_fg,
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


def is_raise(before: State, after: State) -> bool:
    """Whether a step lets more basal be in force than was before it."""
    return after.is_admitted and (
        not before.is_admitted
        or any(a > b for a, b in zip(after.program.slots_fg, before.program.slots_fg))
        or after.path.pulse_fg_max > before.path.pulse_fg_max
        or any(
            a.drug_fg_per_nl * b.first_fg_per_nl > b.drug_fg_per_nl * a.first_fg_per_nl
            for a, b in zip(after.path.ratios, before.path.ratios)
        )
    )


def is_in_force_the_same(before: State, after: State) -> bool:
    """Whether a step leaves the program, what it may ask for, and its admission as they were."""
    return (
        after.is_admitted == before.is_admitted
        and after.program == before.program
        and after.path.pulse_fg_max == before.path.pulse_fg_max
        and after.path.ratios == before.path.ratios
    )


def with_in_force(window: Window, before: State, after: State) -> Window:
    """Take note of what is in force after the step, if that is anything new; what is no more than before it is held."""
    if is_in_force_the_same(before, after):
        return window
    capped = replace(
        window,
        cap_day_fg=compute_larger(window.cap_day_fg, after.program.cap_day_fg),
        cap_hour_fg=compute_larger(window.cap_hour_fg, after.program.cap_hour_fg),
    )
    if not is_raise(before, after):
        return capped
    return replace(
        capped,
        is_raised=True,
        slots_fg=tuple(max(a, b) for a, b in zip(window.slots_fg, after.program.slots_fg)),
        pulse_fg=max(window.pulse_fg, after.path.pulse_fg_max),
        ratios=tuple(
            a if a.drug_fg_per_nl * b.first_fg_per_nl > b.drug_fg_per_nl * a.first_fg_per_nl else b
            for a, b in zip(after.path.ratios, window.ratios)
        ),
    )


def with_booked(window: Window, fg: Masses, is_basal: bool, is_active: bool) -> Window:
    """Add to the upper book of basal or of boluses, and of the active bolus."""
    if is_basal:
        return replace(window, basal_fg=compute_sum_fg(window.basal_fg, fg))
    active_fg = compute_sum_fg(window.active_fg, fg) if is_active else window.active_fg
    return replace(window, bolus_fg=compute_sum_fg(window.bolus_fg, fg), active_fg=active_fg)


def with_pulse(before: State, event: Event, outcome: Outcome, truth: Truth, window: Window, upper_fg: Masses) -> Window:
    """Book the pulse ordered now, or take back the one that surely did not move."""
    if outcome.pulse.is_ordered:
        booked = with_booked(window, outcome.pulse.upper_fg, outcome.pulse.is_basal, True)
        given_fg = compute_sum_fg(window.given_fg, truth.mass_fg) if truth.is_moved else window.given_fg
        return replace(booked, given_fg=given_fg, is_flight_inside=True)
    if window.is_flight_inside and is_surely_not_moved(before, event):
        return with_booked(window, tuple(-fg for fg in upper_fg), before.flight.is_basal, False)
    return window


def compute_seconds_in_slot(tick: int, slot: int) -> int:
    """How many seconds of one slot of the day have passed by the end of a tick."""
    next_tick = tick + 1
    return next_tick // DAY_S * SLOT_S + min(SLOT_S, max(0, next_tick % DAY_S - slot * SLOT_S))


def compute_seconds_between(since_tick: int, tick: int, slot: int) -> int:
    """How many seconds of one slot of the day have passed since the end of an earlier tick."""
    return compute_seconds_in_slot(tick, slot) - compute_seconds_in_slot(since_tick, slot)


def with_seconds(window: Window, before: State, after: State) -> Window:
    """Count the seconds of a step in their slot of the day."""
    if after.tick == before.tick:
        return window
    seconds = tuple(a + compute_seconds_between(before.tick, after.tick, i) for i, a in enumerate(window.seconds))
    return replace(window, seconds=seconds)


def with_due(window: Window, before: State, due_fg_1800: int) -> Window:
    """Add what falls due in a step in its slot of the day, and to the whole."""
    place = compute_slot_of_step(before)
    return replace(
        window,
        due_fg_1800=tuple(a + due_fg_1800 if place == i else a for i, a in enumerate(window.due_fg_1800)),
        due_in_all_fg_1800=window.due_in_all_fg_1800 + due_fg_1800,
    )


def with_bolus_noted(before: State, after: State, window: Window) -> Window:
    """Count a patient bolus that began, and forget the active one's part when it has ended."""
    is_start = not before.bolus.is_active and after.bolus.is_active
    is_end = before.bolus.is_active and not after.bolus.is_active
    starts = window.starts + 1 if is_start and after.bolus.is_patient else window.starts
    return replace(window, starts=starts, active_fg=NO_MASSES if is_end else window.active_fg)


def compute_planned_fg_1800(before: State, after: State) -> int:
    """Basal that the program in force plans for the seconds of a step, delivered or not."""
    if not before.is_programmed:
        return 0
    return (after.tick - before.tick) * before.program.slots_fg[after.tick % DAY_S // SLOT_S]


def compute_lower_fg(before: State, event: Event, world: World) -> int:
    """The least of the first drug that a basal pulse has brought which is reported as done now."""
    if isinstance(event, PulseReported):
        is_done = is_report_of_flight(before, event) and event.result == PulseResult.DONE
        return world.flight_lower_fg[0] if is_done and before.flight.is_basal else 0
    return 0


def with_plan(before: State, event: Event, after: State, window: Window, world: World) -> Window:
    """Note what was planned, and what surely came of it."""
    return replace(
        window,
        plan_fg_1800=window.plan_fg_1800 + compute_planned_fg_1800(before, after),
        lower_fg=window.lower_fg + compute_lower_fg(before, event, world),
    )


def advance_window(config: Config, before: State, event: Event, outcome: Outcome, truth: Truth, ghost: Ghost) -> Window:
    """Watch one step through the window, opening it first if the observer says so."""
    window = ghost.window
    if isinstance(event, SecondPassed) or isinstance(event, SecondsPassed):
        if truth.opens_window and outcome.state.tick > before.tick:
            window = open_window(before)
    if not window.is_open:
        return window
    passed = with_seconds(window, before, outcome.state)
    now_fg_1800 = compute_due_in_step_fg_1800(config, before, event, outcome.state)
    due = with_due(passed, before, now_fg_1800)
    planned = with_plan(before, event, outcome.state, due, ghost.world)
    booked = with_pulse(before, event, outcome, truth, planned, ghost.world.flight_upper_fg)
    noted = with_bolus_noted(before, outcome.state, booked)
    failures = window.failures + 1 if is_failure(before, event, outcome.state) else window.failures
    return with_in_force(replace(noted, failures=failures), before, outcome.state)


def advance_last_bolus(before: State, after: State, last: LastBolus) -> LastBolus:
    """Remember the end of a bolus and the lockouts in force since."""
    lockout_s = after.program.lockout_s
    if before.bolus.is_active and not after.bolus.is_active:
        longest_s = max(before.program.lockout_s, lockout_s)
        return LastBolus(has_ended=True, end_tick=after.tick, lockout_s=longest_s)
    return replace(last, lockout_s=max(last.lockout_s, lockout_s))


def advance_behind(config: Config, before: State, event: Event, outcome: Outcome, behind_fg_1800: int) -> int:
    """What basal is behind its schedule, counted anew whenever the fluids change: by a refill, a path, a prime."""
    if isinstance(event, RefillDone) or isinstance(event, PathDeclared):
        return 0
    if (before.mode == Mode.PRIMING) != (outcome.state.mode == Mode.PRIMING):
        return 0
    if outcome.state.mode == Mode.EMPTY:
        return behind_fg_1800
    return (
        behind_fg_1800
        + compute_due_in_step_fg_1800(config, before, event, outcome.state)
        - compute_ordered_fg_1800(outcome)
    )


def compute_ordered_fg_1800(outcome: Outcome) -> int:
    """Basal of the first drug ordered in this step, in the upper book."""
    return outcome.pulse.upper_fg[0] * SLOT_S if outcome.pulse.is_ordered and outcome.pulse.is_basal else 0


def compute_returned_fg_1800(before: State, event: Event, world: World) -> int:
    """Basal of the first drug that turns out not to have moved."""
    is_basal = is_surely_not_moved(before, event) and before.flight.is_basal
    return world.flight_upper_fg[0] * SLOT_S if is_basal else 0


def compute_asked_fg(before: State, event: Event) -> int:
    """The mass of the first drug that an order for a bolus asks for."""
    if isinstance(event, ClinicianBolusAsked):
        return event.mass_fg
    return before.program.bolus_fg


def compute_asked_nl(event: Event) -> int:
    """The volume that an order for a prime asks for."""
    if isinstance(event, PrimeConfirmed):
        return event.volume_nl
    return 0


def advance_bolus(before: State, event: Event, outcome: Outcome, course: Course) -> Course:
    """Count what the bolus that runs has ordered."""
    if not before.bolus.is_active and outcome.state.bolus.is_active:
        asked_nl = compute_asked_nl(event)
        asked_fg = compute_asked_fg(before, event)
        return replace(course, bolus_fg=NO_MASSES, asked_fg=asked_fg, primed_nl=0, asked_nl=asked_nl)
    if outcome.pulse.is_ordered and not outcome.pulse.is_basal:
        primed_nl = course.primed_nl + outcome.pulse.volume_nl
        bolus_fg = compute_sum_fg(course.bolus_fg, outcome.pulse.upper_fg)
        return replace(course, bolus_fg=bolus_fg, primed_nl=primed_nl)
    return course


def advance_course(config: Config, before: State, event: Event, outcome: Outcome, ghost: Ghost) -> Course:
    """Follow the course of delivery."""
    course = advance_bolus(before, event, outcome, ghost.course)
    pulse = outcome.pulse
    scheduled = compute_due_in_step_fg_1800(config, before, event, outcome.state)
    returned = compute_returned_fg_1800(before, event, ghost.world)
    return replace(
        course,
        behind_fg_1800=advance_behind(config, before, event, outcome, course.behind_fg_1800),
        credit_fg_1800=course.credit_fg_1800 + scheduled - compute_ordered_fg_1800(outcome) + returned,
        has_ordered=course.has_ordered or pulse.is_ordered,
        last_order_tick=outcome.state.tick if pulse.is_ordered else course.last_order_tick,
        last_sequence=pulse.sequence if pulse.is_ordered else course.last_sequence,
    )


def compute_day_total_fg(state: State) -> int:
    """The first drug's mass in a day of the program in force; 0 while there is none."""
    return compute_day_fg(state.program.slots_fg) if state.is_programmed else 0


def advance_program(before: State, event: Event, outcome: Outcome, truth: Truth, program: Program) -> Program:
    """Remember what was staged and confirmed, and the sample."""
    taken = program
    if truth.takes_sample:
        taken = replace(program, is_sampled=True, sample_tick=before.tick, sample_fg=compute_day_total_fg(before))
    if isinstance(event, PrescriptionStaged):
        if outcome.response == Response.PRESCRIPTION_STAGED:
            return replace(taken, is_staged=True, staged=event.prescription)
    if isinstance(event, PrimeAsked):
        if outcome.response == Response.PRIME_STAGED:  # it takes the place of what was staged before
            return replace(taken, is_staged=False)
    if isinstance(event, PrescriptionConfirmed):
        if outcome.response == Response.PRESCRIPTION_CONFIRMED:
            return replace(taken, is_staged=False, was_confirmed=True)
    if isinstance(event, PrescriptionAbandoned):
        return replace(taken, is_staged=False)
    return taken


def compute_missed_s(event: Event, missed_s: int) -> int:
    """Seconds that nobody observed, over all restarts: the greatest gaps, up to the longest service life in all."""
    if isinstance(event, PowerRestored):
        return min(missed_s + min(max(0, event.gap_s), TICK_MAX), TICK_MAX)
    return missed_s


def compute_off_bound_s(config: Config, state: State) -> int:
    """How long therapy may be off: the least of the pump's bound and those of the drugs in path and reservoir."""
    bound_s = config.pump.stop_s_max
    for drug, old, new in zip(config.library, state.path.old.hi, state.reservoir.fluid.hi):
        if old > 0 or new > 0:
            bound_s = min(bound_s, drug.off_therapy_s_max)
    return bound_s


def advance_deadlines(config: Config, before: State, event: Event, outcome: Outcome, deadlines: Deadlines) -> Deadlines:
    """Let time pass for the deadlines."""
    after = outcome.state
    missed_s = compute_missed_s(event, deadlines.missed_s)
    clock_s = after.tick + missed_s
    is_given = after.tick > before.tick and before.mode == Mode.DELIVERING
    off_clock_s = clock_s if is_given or not before.is_programmed else deadlines.off_clock_s
    is_over = clock_s - off_clock_s >= compute_off_bound_s(config, before)
    is_off_too_long = before.is_programmed and is_over and clock_s > deadlines.clock_s
    is_confirmed = outcome.response == Response.PRESCRIPTION_CONFIRMED
    passed = replace(
        deadlines,
        clock_s=clock_s,
        missed_s=missed_s,
        off_clock_s=off_clock_s,
        is_off_too_long=not is_confirmed and (deadlines.is_off_too_long or is_off_too_long),
    )
    if isinstance(event, RefillDone):
        return replace(passed, filled_clock_s=clock_s)
    if isinstance(event, ReplacementIndicated):
        if not deadlines.is_replacement_indicated:
            return replace(passed, is_replacement_indicated=True, replacement_clock_s=clock_s)
    return passed


def is_fluid_changed(before: State, event: Event, after: State) -> bool:
    """Whether a front begins anew, or ends."""
    is_fact = isinstance(event, RefillDone) or isinstance(event, PathDeclared)
    return is_fact or after.path.old != before.path.old or after.reservoir.fluid != before.reservoir.fluid


def advance_front(config: Config, before: State, event: Event, outcome: Outcome, front: Front) -> Front:
    """Follow the front between two fluids."""
    after = outcome.state
    pulse = outcome.pulse
    width_nl = after.path.front_hi_nl - after.path.front_lo_nl
    if is_fluid_changed(before, event, after):
        return replace(NO_FRONT, width_nl=width_nl)
    wider = replace(front, width_nl=max(front.width_nl, width_nl))
    if pulse.is_ordered:
        is_doubtful = after.path.front_hi_nl > 0 and after.path.front_lo_nl < config.pump.pulse_volume_nl
        short_fg = tuple(upper - lower for upper, lower in zip(pulse.upper_fg, pulse.lower_fg))
        return replace(wider, is_flight_doubtful=is_doubtful, flight_short_fg=short_fg)
    if outcome.response == Response.PULSE_BOOKED_AS_DONE and front.is_flight_doubtful:
        return replace(
            wider,
            is_flight_doubtful=False,
            doubtful_nl=front.doubtful_nl + config.pump.pulse_volume_nl,
            short_fg=compute_sum_fg(front.short_fg, front.flight_short_fg),
        )
    return wider


def advance(config: Config, before: State, event: Event, outcome: Outcome, truth: Truth, ghost: Ghost) -> Ghost:
    """The history after one step."""
    return Ghost(
        world=advance_world(config, event, outcome, truth, ghost.world),
        window=advance_window(config, before, event, outcome, truth, ghost),
        last_bolus=advance_last_bolus(before, outcome.state, ghost.last_bolus),
        course=advance_course(config, before, event, outcome, ghost),
        program=advance_program(before, event, outcome, truth, ghost.program),
        deadlines=advance_deadlines(config, before, event, outcome, ghost.deadlines),
        front=advance_front(config, before, event, outcome, ghost.front),
    )
