# SPDX-License-Identifier: Apache-2.0
"""The traces run, keep every assumption and every claim, and show all that the kernel can be, show and answer."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from tests.simulation.walk import ASSUMPTIONS, CONJUNCTS, PROPERTIES, find_false

from thecal.events import BolusAsked, Event, PulseReported, PulseResult, SecondPassed, SecondsPassed
from thecal.limits import Config, is_admissible_config
from thecal.state import Mode, initial_state
from thecal.step import step
from thecal.units import DAY_S, TICK_MAX
from thecal_specs.ghost import initial_ghost
from thecal_specs.witnesses import WITNESSES, shown
from thecal_specs.witnesses.box import claim, ghost_of_a_box, given, pump_in_its_box
from thecal_specs.witnesses.pump import CONFIG, MOST_SLOT_FG, PRESCRIPTION, start, with_slots
from thecal_specs.witnesses.run import QUIET_STEPS_MAX, Step, run
from thecal_specs.witnesses.shown import EVENT_CLASSES, find_missing, list_shown
from thecal_specs.witnesses.trace import Quietly, Report, Seconds, Trace, Truly

each_trace = pytest.mark.parametrize("trace", WITNESSES, ids=lambda trace: trace.name)
TRACES = {trace.name: trace for trace in WITNESSES}


@cache
def list_steps(name: str) -> tuple[Step, ...]:
    return tuple(run(TRACES[name]))


def list_all_steps(without: str = "") -> Iterable[Step]:
    return (step for name in TRACES if name != without for step in list_steps(name))


@each_trace
def test_a_trace_keeps_the_assumptions_and_every_claim_at_each_step(trace: Trace) -> None:
    assert is_admissible_config(trace.config)
    for taken in list_steps(trace.name):
        names = dict(taken.names)
        assert find_false({**ASSUMPTIONS, **PROPERTIES, **CONJUNCTS}, names) == [], taken
        after = {**names, "state": names["after"], "ghost": names["ghost_after"]}
        assert find_false(CONJUNCTS, after) == [], taken


@each_trace
def test_the_steps_of_a_trace_follow_each_other_from_the_box(trace: Trace) -> None:
    steps = list_steps(trace.name)
    assert steps[0].before == pump_in_its_box(trace.config, trace.boxed_s)
    assert steps[0].ghost == ghost_of_a_box(trace.config, trace.boxed_s)
    assert [taken.number for taken in steps] == list(range(1, len(steps) + 1))
    for one, next_one in pairwise(steps):
        assert next_one.before == one.outcome.state
        assert next_one.ghost == one.ghost_after
    assert all(taken.outcome == step(trace.config, taken.before, taken.event) for taken in steps)


@each_trace
def test_a_trace_has_a_name_of_its_own_and_a_story(trace: Trace) -> None:
    assert [each.name for each in WITNESSES].count(trace.name) == 1
    assert trace.story[0].isupper()
    assert trace.story.endswith(".")


def test_everything_is_shown_but_for_the_exceptions() -> None:
    assert find_missing(list_all_steps()) == ()
    assert shown.find_wrong_exceptions(list_all_steps()) == ()


def test_an_exception_that_occurs_after_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "EXCEPTIONS", {"mode STOPPED": "believed never to occur", "mode NONE": "no such mode"})
    assert shown.find_wrong_exceptions(list_all_steps()) == ("mode STOPPED", "mode NONE")


@pytest.mark.parametrize(
    ("name", "alone"),
    [
        ("not for patients", "response REFUSED_BOLUS_OF_A_DRUG_THAT_PATIENTS_MAY_NOT_ASK_FOR"),
        ("an empty pump is rinsed", "proposal that the running program forbids"),
        ("no prime", "response REFUSED_PRIME_ABOVE_THE_CAP_OF_AN_HOUR"),
    ],
)
def test_without_the_trace_that_alone_shows_something_it_is_missing(name: str, alone: str) -> None:
    assert alone in find_missing(list_all_steps(without=name))


def test_of_no_step_everything_is_missing() -> None:
    missing = find_missing(())
    assert {"mode FAILED", "alarm RESTARTED", "response STOPPED", "event StopAsked"} <= set(missing)
    assert find_missing(()) == tuple(dict.fromkeys(missing)), "each is named once"


def test_an_alarm_is_shown_only_while_it_is_active() -> None:
    (first, *_) = list_steps("stall")
    assert not [name for name in list_shown(first) if name.startswith("alarm")]
    assert any("alarm MOTOR_STALLED" in list_shown(taken) for taken in list_steps("stall"))


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.name)
def test_every_class_of_event_happens_in_every_mode(mode: Mode) -> None:
    met = {type(taken.event) for taken in list_all_steps() if taken.before.mode == mode}
    assert [event.__name__ for event in EVENT_CLASSES if event not in met] == []


@pytest.mark.parametrize("config", dict.fromkeys(trace.config for trace in WITNESSES))
@pytest.mark.parametrize("tick", [0, 1, DAY_S - 1, DAY_S, 8 * DAY_S - 1, TICK_MAX // 2, TICK_MAX - 2])
def test_a_second_in_the_box_makes_the_box_a_second_older(config: Config, tick: int) -> None:
    assert given(config, tick)
    assert claim(config, tick)


def test_the_last_second_of_the_service_is_no_second_in_the_box() -> None:
    assert not given(CONFIG, TICK_MAX - 1)
    assert not claim(CONFIG, TICK_MAX - 1)


def test_a_pump_just_made_is_in_its_initial_state() -> None:
    assert pump_in_its_box(CONFIG, 0) == initial_state(CONFIG)
    assert ghost_of_a_box(CONFIG, 0) == initial_ghost(CONFIG)


def list_events(*happenings: Event | Seconds | Report | Truly) -> list[Event]:
    trace = Trace(name="a", story="A.", config=CONFIG, happenings=(*start(), *happenings))
    return [taken.event for taken in run(trace)][len(start()) :]


def test_seconds_bring_a_report_of_each_pulse_or_none() -> None:
    quiet = [SecondPassed()] * 3
    pulse = [SecondPassed(), PulseReported(sequence=1, result=PulseResult.DONE)]
    assert list_events(Seconds(4)) == quiet + pulse
    assert list_events(Seconds(4, None)) == [*quiet, SecondPassed()]
    assert list_events(Seconds(4, None), Report(PulseResult.UNKNOWN)) == [
        *quiet,
        SecondPassed(),
        PulseReported(sequence=1, result=PulseResult.UNKNOWN),
    ]
    assert list_events(Truly(BolusAsked())) == [BolusAsked()]


def test_quiet_seconds_are_told_of_at_once_up_to_the_end() -> None:
    idle = Trace("a", "A.", CONFIG, (*start(with_slots(0)), Quietly(30)))
    events = [taken.event for taken in run(idle)][len(start()) :]
    assert sum(event.count if isinstance(event, SecondsPassed) else 1 for event in events) == 30
    assert any(isinstance(event, SecondsPassed) for event in events)
    (*_, last) = run(idle)
    assert last.outcome.state.tick == 30
    assert not last.ghost_after.program.is_sampled, "nobody takes notes"


def test_a_kernel_that_is_never_quiet_is_not_followed_for_days() -> None:
    busy = Trace("a", "A.", CONFIG, (*start(replace(with_slots(MOST_SLOT_FG), bolus_fg=0)), Quietly(DAY_S)))
    assert sum(isinstance(taken.event, SecondPassed) for taken in run(busy)) == QUIET_STEPS_MAX


def test_a_pulse_that_is_reported_as_not_done_did_not_move() -> None:
    (*_, second, _) = run(Trace("a", "A.", CONFIG, (*start(), Seconds(4, PulseResult.NOT_DONE))))
    assert second.outcome.pulse.is_ordered
    assert not second.truth.is_moved
    (*_, second, _) = run(Trace("a", "A.", CONFIG, (*start(), Seconds(4))))
    assert second.truth.is_moved
    assert second.truth.mass_fg == second.outcome.pulse.upper_fg


def test_a_trace_may_say_what_the_world_does() -> None:
    (refill,) = (taken for taken in list_steps("three fluids") if taken.number == 25)
    assert refill.truth.left_nl > 0
    assert refill.ghost_after.world.reservoir_nl > refill.before.reservoir.volume_lo_nl


def test_a_step_reads_as_where_it_stands() -> None:
    trace = Trace("short", "A.", CONFIG, start(replace(PRESCRIPTION, bolus_fg=0)))
    assert [str(taken) for taken in run(trace)][-1] == "trace short, step 4, PrescriptionConfirmed"
