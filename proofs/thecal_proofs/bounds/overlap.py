# SPDX-License-Identifier: Apache-2.0
"""Of two boluses, the second begun N later and so a day later, one window may hold an end and a begin.

Together they have as many pulses in it as one bolus, and as many more as a pulse may be late. The motor gives basal
first, and one pulse at a time, but is never behind with both together by more than two pulses and what falls due while
one waits.
"""

from collections.abc import Iterator

from thecal.state import Mode
from thecal.units import SLOT_S, TICK_MAX
from thecal_proofs import terms
from thecal_proofs.bounds.basal import UNKNOWN, UNKNOWN_BOLUS, Owed
from thecal_proofs.bounds.lifted import Kernel, View
from thecal_proofs.bounds.program import Setting
from thecal_proofs.bounds.question import Asked, put
from thecal_proofs.terms import Term


def compute_late(setting: Setting) -> int:
    """How many pulses a bolus may be late at most."""
    return 1 if setting.interval_s == 1 else 2


def compute_scale(setting: Setting) -> int:
    """What masses are scaled with, so that a second's share of slot and bolus are whole."""
    return SLOT_S * setting.state.program.bolus_duration_s


def compute_rate(setting: Setting) -> int:
    """The most that falls due in a second for basal and a bolus together, scaled."""
    program = setting.state.program
    return setting.slot_fg_max * program.bolus_duration_s + program.bolus_fg * SLOT_S


def compute_lag_limit(setting: Setting) -> int:
    """What basal and a bolus together are behind by at most, scaled; strictly less."""
    return 2 * setting.first_fg * compute_scale(setting) + (setting.interval_s - 1) * compute_rate(setting)


def is_in_time(setting: Setting) -> bool:
    """Whether the motor can give the fullest slot and a bolus beside it as fast as they fall due."""
    return compute_rate(setting) * setting.interval_s <= setting.first_fg * compute_scale(setting)


def ask_overlap(kernel: Kernel, setting: Setting) -> Iterator[Asked]:
    """Whether a running bolus keeps its course but for so many pulses, and what that means for two of them."""
    before = View(
        kernel.make_state(setting.with_bolus().state, lambda name: name.startswith((*UNKNOWN, *UNKNOWN_BOLUS)))
    )
    after = View(kernel.call("delivery", "on_second_passed", kernel.make_config(setting.config), before.value)).state
    owed = Owed(setting, has_bolus=True)
    known = [
        owed.is_kept(before),
        terms.le(terms.ZERO, before.bolus.start_tick.term),
        terms.le(before.bolus.start_tick.term, before.tick.term),
        terms.lt(before.tick.term, terms.const(TICK_MAX - 1)),
        terms.le(terms.ZERO, before.bolus.left_fg.term),
        terms.le(before.bolus.left_fg.term, terms.const(setting.state.program.bolus_fg)),
        terms.implies(before.bolus.is_active.term, is_on_course(setting, before)),
        terms.eq(after.mode.term, terms.const(int(Mode.DELIVERING))),
    ]
    late = compute_late(setting)
    yield put(
        "begin",
        "A bolus begins with nothing behind, whatever basal is owed.",
        ("OVR-05",),
        [
            owed.is_kept(before),
            before.bolus.is_active.term,
            terms.eq(before.bolus.start_tick.term, before.tick.term),
            terms.eq(before.bolus.left_fg.term, terms.const(setting.state.program.bolus_fg)),
        ],
        is_on_course(setting, before),
    )
    yield put(
        "lag",
        "A running bolus and the basal beside it are never behind by two pulses and what falls due while one waits.",
        ("OVR-05", "UND-01"),
        known,
        terms.implies(after.bolus.is_active.term, is_on_course(setting, after)),
        kernel.name_leaves(setting.state),
    )
    yield put(
        "overlap",
        f"The end of a bolus and the begin of one a day later have {late} pulse(s) more in a window than one bolus.",
        ("OVR-04", "OVR-05"),
        *_make_overlap(setting, late),
    )


def is_on_course(setting: Setting, state: View) -> Term:
    """That what is owed and what a running bolus is behind by, together, keep their limit."""
    rate = terms.const(compute_rate(setting))
    wait = terms.const(setting.interval_s - 1)
    since = terms.sub(state.tick.term, state.flight.ordered_tick.term)
    waited = terms.mul(terms.ite(terms.le(since, wait), since, wait), rate)
    limit = terms.add(waited, terms.const(2 * setting.first_fg * compute_scale(setting)))
    duration = terms.const(setting.state.program.bolus_duration_s)
    return terms.lt(terms.add(terms.mul(state.basal.owed_fg_1800.term, duration), _lag(setting, state)), limit)


def _lag(setting: Setting, state: View) -> Term:
    """What a bolus's even course is ahead of what it gave, scaled."""
    program = setting.state.program
    duration = terms.const(program.bolus_duration_s)
    elapsed = terms.sub(state.tick.term, state.bolus.start_tick.term)
    spent = terms.ite(terms.le(elapsed, duration), elapsed, duration)
    given = terms.sub(terms.const(program.bolus_fg), state.bolus.left_fg.term)
    behind = terms.sub(terms.mul(spent, terms.const(program.bolus_fg)), terms.mul(given, duration))
    return terms.mul(behind, terms.const(SLOT_S))


def _make_overlap(setting: Setting, late: int) -> tuple[list[Term], Term]:
    program = setting.state.program
    each = terms.const(setting.bolus_pulses)
    given, last, elapsed, sooner = (terms.var(name) for name in ("given", "last", "elapsed", "sooner"))
    course = terms.mul(elapsed, terms.const(program.bolus_fg * SLOT_S))
    pulse = terms.const(setting.first_fg * compute_scale(setting))
    duration = terms.const(program.bolus_duration_s)
    known = [
        *(terms.le(terms.ZERO, each_of) for each_of in (given, last, sooner)),
        terms.le(sooner, elapsed),
        terms.le(elapsed, duration),
        terms.le(given, each),
        terms.le(last, each),
        # The first one is on its course at the window's begin; the last one no sooner than its own.
        terms.lt(terms.sub(course, terms.mul(given, pulse)), terms.const(compute_lag_limit(setting))),
        terms.le(terms.mul(last, pulse), terms.mul(sooner, terms.const(program.bolus_fg * SLOT_S))),
    ]
    first = terms.sub(each, given)
    return known, terms.le(terms.add(first, last), terms.add(each, terms.const(late)))
