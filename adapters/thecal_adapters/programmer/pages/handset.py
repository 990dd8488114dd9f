# SPDX-License-Identifier: Apache-2.0
"""The patient's page: one button, how many are left, when the next is possible, and why not, in plain words."""

from starlette.responses import Response as Page

from thecal.admission import find_bolus_refusal
from thecal.events import BolusAsked
from thecal.ledger import compute_patient_count
from thecal.outcome import Response
from thecal.state import LedgerEntry, Mode, State
from thecal.units import DAY_S
from thecal_adapters.doses import Kind, tell
from thecal_adapters.ports import Role
from thecal_adapters.programmer.actions import Value, compute_screen_digest
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.links import Answered, LinkLost, Unsettled
from thecal_adapters.programmer.sessions import Ticket


def compute_wait_s(state: State, refusal: Response) -> int | None:
    """Seconds until what refuses a bolus now is over, where time alone does it."""
    if refusal is Response.REFUSED_BOLUS_STILL_LOCKED_OUT:
        return state.lockout.end_tick + state.lockout.lockout_s - state.tick
    if refusal is Response.REFUSED_BOLUS_COUNT_REACHED:
        counted = sorted(
            (entry for entry in state.ledger if is_counted(entry, state.tick)), key=lambda entry: -entry.start_tick
        )
        return counted[state.program.bolus_count_max - 1].start_tick + DAY_S - state.tick if counted else None
    return None


def is_counted(entry: LedgerEntry, tick: int) -> bool:
    """Whether a bolus counts in the patient's number of the last 24 h."""
    return entry.is_patient and entry.start_tick > tick - DAY_S


def compute_left(state: State) -> int:
    """How many boluses are left in these 24 h; one that runs counts as taken."""
    running = 1 if state.bolus.is_active and state.bolus.is_patient else 0
    return max(0, state.program.bolus_count_max - compute_patient_count(state.ledger, state.tick) - running)


def tell_wait(wait_s: int, visit: Visit) -> str:
    """A time to wait, in hours and minutes, rounded up: a patient need not count seconds."""
    minutes = -(-wait_s // 60)
    if minutes < 60:
        return visit.texts("{minutes} min", minutes=minutes)
    return visit.texts("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def show_handset(visit: Visit) -> Page:
    """The page."""
    reading = visit.desk.link.read()
    state = reading.state
    refusal = find_bolus_refusal(visit.desk.config, state)
    wait_s = compute_wait_s(state, refusal)
    is_open = refusal is Response.NOTHING_AGAINST_IT
    why = "" if is_open else visit.texts.plain(refusal)
    wait = "" if wait_s is None else tell_wait(wait_s, visit)
    left, mass = compute_left(state), tell(state.program.bolus_fg, Kind.MASS)
    screen: Value = {"language": visit.texts.language, "left": left, "mass": mass, "why": why, "wait": wait}
    digest = compute_screen_digest(screen)
    visit.note("shown", {"screen": digest, "content": screen})
    ticket = visit.issue("handset", reading.basis, digest, outcome="/handset")
    told = visit.session.find("handset", str)
    visit.session.things.pop("handset", None)
    return visit.page(
        "handset.html",
        reading=reading,
        state=state,
        is_open=is_open,
        why=why,
        wait=wait,
        left=left,
        mass=mass,
        is_giving=state.mode is Mode.DELIVERING,
        has_alarm=reading.shown.is_active,
        told=told or "",
        ticket=ticket,
    )


def press(visit: Visit) -> Page:
    """The button: at most one bolus for each time that the page was shown."""
    ticket = visit.redeem("handset")
    if not isinstance(ticket, Ticket):
        return ticket
    _ = visit.texts
    if Role.PATIENT not in visit.desk.link.roles:
        visit.session.keep("handset", _("This page has no patient’s key for that pump. Nothing was asked."))
        return visit.go("/handset")
    ask = visit.make_ask(f"{ticket.id}-{ticket.screen}", BolusAsked(), ticket.basis)
    visit.note("asked", {"id": ask.id, "event": "BolusAsked", "values": None})
    try:
        told = tell_answer(visit, visit.desk.link.ask(ask))
    except Unsettled:
        told = _(
            "No answer came back. It is not known whether the extra dose runs. Wait, then look at this page again."
        )
    except LinkLost:
        told = _("The pump could not be reached. No extra dose was asked for.")
    visit.note("answered", {"id": ask.id, "told": told})
    visit.session.keep("handset", told)
    return visit.go("/handset")


def tell_answer(visit: Visit, answered: Answered) -> str:
    """What became of it, in plain words."""
    if answered.is_stale or answered.response is None:
        return visit.texts("The pump had changed since this page was shown. No extra dose was asked for. Look again.")
    return visit.texts.plain(answered.response)
