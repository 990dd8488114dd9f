# SPDX-License-Identifier: Apache-2.0
"""How many basal pulses any window holds: what is owed is counted through every second of delivery."""

from collections.abc import Iterator
from dataclasses import dataclass

from thecal.state import Mode
from thecal.units import SLOT_S, TICK_MAX
from thecal_proofs import terms
from thecal_proofs.bounds.lifted import Kernel, View
from thecal_proofs.bounds.program import Setting
from thecal_proofs.bounds.question import Asked, put
from thecal_proofs.terms import Term

# What a second may change, and what boluses that ran may have left behind.
UNKNOWN = ("state.tick", "state.basal.owed_fg_1800", "state.flight.ordered_tick", "state.reservoir.volume_")
UNKNOWN_BOLUS = (
    "state.bolus.is_active",
    "state.bolus.start_tick",
    "state.bolus.left_fg",
    "state.ledger",
    "state.lockout",
)


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed after a second, as a bound: below a pulse, or a pulse and what falls due while the motor waits."""

    setting: Setting
    has_bolus: bool

    @property
    def most_fg_1800(self) -> int:
        """The most that is ever owed between two seconds."""
        waiting_s = self.setting.interval_s - 1 if self.has_bolus else 0
        return SLOT_S * self.setting.first_fg - 1 + waiting_s * self.setting.slot_fg_max

    def is_kept(self, state: View) -> Term:
        """That a state keeps the bound, with the motor's wait in the account."""
        owed = state.basal.owed_fg_1800.term
        since = terms.sub(state.tick.term, state.flight.ordered_tick.term)
        pulse = terms.const(SLOT_S * self.setting.first_fg)
        return terms.all_of(
            (
                terms.le(terms.ZERO, owed),
                terms.le(terms.ZERO, since),
                terms.le(owed, terms.const(self.most_fg_1800)),  # the number that windows are counted with
                terms.lt(owed, self._most(pulse, since)),
                terms.TRUE if self.has_bolus else terms.lt(owed, self._fallen_due(since)),
            )
        )

    def _most(self, pulse: Term, since: Term) -> Term:
        if not self.has_bolus:
            return pulse
        wait = terms.const(self.setting.interval_s - 1)
        waited = terms.ite(terms.le(since, wait), since, wait)
        return terms.add(pulse, terms.mul(waited, terms.const(self.setting.slot_fg_max)))

    def _fallen_due(self, since: Term) -> Term:
        """Since the last pulse no more fell due than the motor can give: it is never waited for."""
        share = SLOT_S * self.setting.first_fg // self.setting.interval_s
        return terms.mul(terms.add(since, terms.ONE), terms.const(share))


def ask_basal(kernel: Kernel, setting: Setting, has_bolus: bool) -> Iterator[Asked]:
    """Whether every second of delivery, with or without boluses, keeps the account of what is owed."""
    unknown = (*UNKNOWN, *UNKNOWN_BOLUS) if has_bolus else UNKNOWN
    running = setting.with_bolus() if has_bolus else setting
    before = kernel.make_state(running.state, lambda name: name.startswith(unknown))
    outcome = View(kernel.call("delivery", "on_second_passed", kernel.make_config(setting.config), before))
    after, pulse = outcome.state, outcome.pulse
    owed = Owed(setting, has_bolus)
    start = View(before)
    known = [
        owed.is_kept(start),
        terms.le(terms.ZERO, start.tick.term),
        terms.lt(start.tick.term, terms.const(TICK_MAX - 1)),
        terms.eq(after.mode.term, terms.const(int(Mode.DELIVERING))),
    ]
    title = "with boluses" if has_bolus else "without boluses"
    limit = "a pulse and what falls due while the motor waits" if has_bolus else "a pulse"
    yield put(
        f"owed, {title}",
        f"After every second of delivery less than {limit} is owed.",
        ("OVR-07", "UND-01"),
        known,
        owed.is_kept(after),
        kernel.name_leaves(setting.state),
    )
    yield put(
        f"account, {title}",
        "A second owes its slot's share more, and a pulse less exactly if one is ordered for basal.",
        ("OVR-07", "UND-01"),
        known,
        _is_accounted(kernel, setting, start, after, pulse),
        kernel.name_leaves(setting.state),
    )


def _is_accounted(kernel: Kernel, setting: Setting, before: View, after: View, pulse: View) -> Term:
    due = View(kernel.call("delivery", "compute_due_fg", kernel.make_config(setting.config), after.value)).term
    is_basal = terms.both(pulse.is_ordered.term, pulse.is_basal.term)
    paid = terms.ite(is_basal, terms.const(SLOT_S * setting.first_fg), terms.ZERO)
    owed = terms.sub(terms.add(before.basal.owed_fg_1800.term, due), paid)
    alike = [
        terms.eq(pulse.upper_fg[drug].term, terms.const(setting.pulse_fg[drug]))
        for drug in range(len(setting.pulse_fg))
    ]
    return terms.both(
        terms.eq(after.basal.owed_fg_1800.term, owed), terms.implies(pulse.is_ordered.term, terms.all_of(alike))
    )


def compute_pulses(setting: Setting, length_s: int, has_bolus: bool) -> tuple[int, int]:
    """The least and the most basal pulses that a window can hold, by the account of what is owed."""
    least_fg, most_fg = setting.compute_scheduled_fg(length_s)
    pulse = SLOT_S * setting.first_fg
    owed = Owed(setting, has_bolus).most_fg_1800
    return max(0, -(-(SLOT_S * least_fg - owed) // pulse)), (SLOT_S * most_fg + owed) // pulse


def ask_pulses(setting: Setting, length_s: int, has_bolus: bool) -> Asked:
    """Whether no window holds fewer or more: one sum of all its seconds' accounts."""
    fewest, most = compute_pulses(setting, length_s, has_bolus)
    least_fg, most_fg = setting.compute_scheduled_fg(length_s)
    owed_most = terms.const(Owed(setting, has_bolus).most_fg_1800)
    before, after, scheduled, count = (terms.var(name) for name in ("before", "after", "scheduled", "count"))
    paid = terms.mul(count, terms.const(SLOT_S * setting.first_fg))
    known = [
        *(terms.both(terms.le(terms.ZERO, owed), terms.le(owed, owed_most)) for owed in (before, after)),
        terms.le(terms.const(SLOT_S * least_fg), scheduled),
        terms.le(scheduled, terms.const(SLOT_S * most_fg)),
        terms.le(terms.ZERO, count),
        terms.eq(after, terms.sub(terms.add(before, scheduled), paid)),
    ]
    within = terms.both(terms.le(terms.const(fewest), count), terms.le(count, terms.const(most)))
    title = "with boluses" if has_bolus else "without boluses"
    return put(
        f"basal pulses in any {length_s} s, {title}",
        f"Any {length_s:,} s hold {fewest:,} to {most:,} basal pulses.",
        ("OVR-08", "UND-01"),
        known,
        within,
    )
