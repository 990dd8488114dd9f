# SPDX-License-Identifier: Apache-2.0
"""The most bolus pulses of any window: the end of one bolus, whole ones between, and the begin of another.

How many boluses can touch a window is limited by the caps, or by the number that may begin in 24 h. In the latter case
one more may touch it, but the first and the last of them then count little more than one bolus.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from thecal_proofs import terms
from thecal_proofs.bounds.overlap import compute_late, is_in_time
from thecal_proofs.bounds.program import Setting
from thecal_proofs.bounds.question import Asked, put


@dataclass(frozen=True, slots=True)
class Count:
    """At most ``count_max`` boluses touch a window, or begin in 24 h: then one more may, ``is_overlapping``."""

    setting: Setting
    length_s: int
    count_max: int
    is_overlapping: bool

    @property
    def whole_max(self) -> int:
        """What the boluses have at most, whatever the time they take."""
        whole = self.count_max * self.setting.bolus_pulses
        if not self.is_overlapping:
            return whole
        return whole + (compute_late(self.setting) if is_in_time(self.setting) else self.setting.bolus_pulses)

    def list_rows(self) -> Iterator["Row"]:
        """Every number of boluses, two at least, that fits by the time they take."""
        program = self.setting.state.program
        course_s = self.setting.compute_due_s(self.setting.bolus_pulses)
        for count in range(2, self.count_max + 1 + int(self.is_overlapping)):
            taken_s = program.lockout_s + (count - 2) * (course_s + 1 + program.lockout_s)
            left_s = self.length_s - 2 - taken_s
            if left_s >= self.setting.compute_due_s(1):
                yield Row(count, left_s)


@dataclass(frozen=True, slots=True)
class Row:
    """So many boluses that follow each other and touch a window, and what is left of it for the first and the last.

    Each of those between takes its course, a second and the lockout.
    """

    count: int
    left_s: int


def compute_bolus_pulses(count: Count) -> int:
    """The most bolus pulses that a window can hold."""
    setting = count.setting
    each = setting.bolus_pulses
    if count.count_max < 1 or each < 1:
        return 0
    most = each
    for row in count.list_rows():
        for last in range(1, each + 1):
            left_s = row.left_s - setting.compute_due_s(last)
            if left_s < 0:
                break
            most = max(most, (row.count - 2) * each + last + min(each, left_s // setting.interval_s + 1))
    return min(most, count.whole_max)


def ask_bolus_pulses(count: Count) -> Asked:
    """Whether no window holds more."""
    setting = count.setting
    each = setting.bolus_pulses
    program = setting.state.program
    most = compute_bolus_pulses(count)
    first, last, due_s, whole = (terms.var(name) for name in ("first", "last", "due_s", "whole"))
    within = [terms.both(terms.le(terms.ONE, n), terms.le(n, terms.const(each))) for n in (first, last)]
    share = terms.mul(last, terms.const(setting.first_fg * program.bolus_duration_s))
    waited = terms.mul(terms.sub(first, terms.ONE), terms.const(setting.interval_s))
    total = terms.add(terms.add(first, last), whole)
    rows = [
        terms.both(
            terms.le(terms.add(waited, due_s), terms.const(row.left_s)),
            terms.eq(whole, terms.const((row.count - 2) * each)),
        )
        for row in count.list_rows()
    ]
    known = [*within, terms.le(share, terms.mul(due_s, terms.const(program.bolus_fg)))]
    is_possible = terms.both(terms.any_of(rows), terms.le(total, terms.const(count.whole_max)))
    return put(
        f"bolus pulses in any {count.length_s} s",
        f"Any {count.length_s:,} s hold at most {most:,} bolus pulses.",
        ("OVR-03", "OVR-04", "OVR-05", "OVR-06"),
        known,
        terms.implies(is_possible, terms.le(total, terms.const(most))),
    )
