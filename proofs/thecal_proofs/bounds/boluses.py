# SPDX-License-Identifier: Apache-2.0
"""How many bolus pulses any window holds: by what the kernel grants, and how soon a bolus's pulses come."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from thecal.admission import compute_bolus_reserved_fg
from thecal.outcome import Response
from thecal.state import NO_BOLUS, State, initial_state
from thecal.units import DAY_S, DRUG_COUNT, LEDGER_LENGTH
from thecal_proofs import terms, values
from thecal_proofs.bounds.lifted import Kernel, View, is_response
from thecal_proofs.bounds.program import Setting, list_drugs
from thecal_proofs.bounds.question import Asked, Witness, put
from thecal_proofs.terms import Term

UNKNOWN = (
    "state.tick",
    "state.ledger",
    "state.lockout",
    "state.bolus",
    "state.basal.envelope",
    "state.basal.owed_fg_1800",
    "state.reservoir.volume_",
    "state.therapy",
    "state.alarms",
    "state.device",
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A state, mostly unknown, in which the kernel grants the patient's bolus."""

    state: View
    facts: tuple[Term, ...]
    witness: Witness

    def is_given_since(self, setting: Setting, count: int, length_s: int) -> Iterator[Term]:
        """That so many boluses of this program ended in the window that ends now."""
        since = terms.sub(self.state.tick.term, terms.const(length_s))
        for place in range(count):
            entry = self.state.ledger[place]
            yield terms.lt(since, entry.end_tick.term)
            for drug in list_drugs(setting):
                given = terms.const(setting.bolus_pulses * setting.pulse_fg[drug])
                yield terms.le(given, entry.given_fg[drug].term)

    def is_begun_since(self, count: int, length_s: int) -> Iterator[Term]:
        """That so many patient boluses began in the window that ends now."""
        since = terms.sub(self.state.tick.term, terms.const(length_s))
        for place in range(count):
            entry = self.state.ledger[place]
            yield terms.both(entry.is_patient.term, terms.lt(since, entry.start_tick.term))


def make_grant(kernel: Kernel, setting: Setting) -> Grant:
    """Whatever was given before, no book is negative, and the envelope holds the program's own reserve."""
    state = View(kernel.make_state(setting.state, lambda name: name.startswith(UNKNOWN)))
    answer = kernel.call("admission", "find_bolus_refusal", kernel.make_config(setting.config), state.value)
    facts = [*_drop_volumes(is_response(answer, Response.NOTHING_AGAINST_IT))]
    for place in range(LEDGER_LENGTH):
        facts += [terms.le(terms.ZERO, leaf) for leaf in values.leaves(state.ledger[place].given_fg.value)]
    reserve = setting.state.basal.program
    for drug in range(DRUG_COUNT):
        facts.append(terms.le(terms.const(reserve.day_fg[drug]), state.basal.envelope.day_fg[drug].term))
        facts.append(terms.le(terms.const(reserve.hour_fg[drug]), state.basal.envelope.hour_fg[drug].term))
    return Grant(state, tuple(facts), kernel.name_leaves(make_eased(setting)))


def make_eased(setting: Setting) -> State:
    """The state as if nothing had been given before: if a bolus is ever granted, then here."""
    state = setting.state
    fresh = initial_state(setting.config)
    basal = replace(state.basal, owed_fg_1800=0, envelope=state.basal.program)
    eased = replace(state, ledger=fresh.ledger, lockout=fresh.lockout, bolus=NO_BOLUS, basal=basal)
    return replace(eased, therapy=fresh.therapy, alarms=fresh.alarms, device=fresh.device)


def _drop_volumes(granted: Term) -> Iterator[Term]:
    """What a grant says, but for the reservoir: with less known no more is proved, and no division is asked about."""
    for fact in terms.conjuncts(granted):
        names = {str(node.value) for node in terms.postorder([fact]) if node.op == "var"}
        if not any(name.startswith("state.reservoir.volume_") for name in names):
            yield fact


def compute_room(setting: Setting, length_s: int) -> int:
    """The fewest boluses of the last hour or day beside which the caps leave no room for another."""
    state = setting.state
    is_day = length_s == DAY_S
    caps = state.program.cap_day_fg if is_day else state.program.cap_hour_fg
    reserve = state.basal.program.day_fg if is_day else state.basal.program.hour_fg
    asked = compute_bolus_reserved_fg(state, state.program.bolus_fg, setting.config.pump.pulse_volume_nl)
    rooms = []
    for drug in list_drugs(setting):
        room_fg = caps[drug] - reserve[drug] - asked[drug]
        rooms.append(max(0, room_fg // (setting.bolus_pulses * setting.pulse_fg[drug]) + 1))
    return min(rooms)


def ask_boluses(kernel: Kernel, setting: Setting, grant: Grant) -> Iterator[Asked]:
    """Whether lockout and count forbid what they are said to, and a bolus's pulses come no sooner than they may."""
    program = setting.state.program
    lockout = grant.state.lockout
    running = terms.sub(grant.state.tick.term, lockout.end_tick.term)
    is_running = (
        lockout.has_ended.term,
        terms.le(terms.const(program.lockout_s), lockout.lockout_s.term),
        terms.lt(running, terms.const(program.lockout_s)),
    )
    yield put(
        "lockout",
        f"No bolus is granted within {program.lockout_s:,} s after the end of the last one.",
        ("OVR-03",),
        grant.facts,
        terms.negate(terms.all_of(is_running)),
        grant.witness,
    )
    count = program.bolus_count_max
    yield put(
        "count",
        f"No bolus is granted when {count} have begun in the last 24 h.",
        ("OVR-04",),
        grant.facts,
        terms.negate(terms.all_of(grant.is_begun_since(count, DAY_S))),
        grant.witness,
    )
    yield _ask_course(kernel, setting)


def _ask_course(kernel: Kernel, setting: Setting) -> Asked:
    program = setting.state.program
    unknown = ("state.tick", "state.bolus.start_tick", "state.bolus.left_fg", "state.bolus.is_active")
    state = View(kernel.make_state(setting.with_bolus().state, lambda name: name.startswith(unknown)))
    pulse = values.tuple_of(tuple(terms.const(fg) for fg in setting.pulse_fg))
    is_due = View(kernel.call("delivery", "is_bolus_due", state.value, pulse)).term
    number = terms.var("number")
    first = terms.const(setting.first_fg)
    before = terms.mul(terms.sub(number, terms.ONE), first)
    elapsed = terms.sub(state.tick.term, state.bolus.start_tick.term)
    share = terms.mul(number, terms.const(setting.first_fg * program.bolus_duration_s))
    in_time = terms.le(share, terms.mul(elapsed, terms.const(program.bolus_fg)))
    in_mass = terms.le(terms.mul(number, first), terms.const(program.bolus_fg))
    return put(
        "course",
        f"A bolus has at most {setting.bolus_pulses:,} pulses, each no sooner than its share of the duration.",
        ("OVR-05",),
        [
            is_due,
            terms.le(terms.ONE, number),
            terms.eq(state.bolus.left_fg.term, terms.sub(terms.const(program.bolus_fg), before)),
        ],
        terms.both(in_time, in_mass),
    )


def ask_room(grant: Grant, setting: Setting, length_s: int, room: int) -> Asked:
    """Whether no bolus is granted beside so many in the window."""
    return put(
        f"room in {length_s} s",
        f"No bolus is granted when {room} of this program have ended in the last {length_s:,} s: the caps forbid it.",
        ("OVR-01",) if length_s == DAY_S else ("OVR-02",),
        grant.facts,
        terms.negate(terms.all_of(grant.is_given_since(setting, room, length_s))),
        grant.witness if room > 0 else None,
    )
