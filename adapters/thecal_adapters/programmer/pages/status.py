# SPDX-License-Identifier: Apache-2.0
"""The status: alarms on top, then what runs, the last day as a picture and a table, reservoir and dates."""

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.responses import Response

from thecal.alarms import BY_URGENCY
from thecal.ledger import compute_given_day_fg
from thecal.limits import Config
from thecal.state import CRITICAL_COUNT, Alarm, State
from thecal_adapters.checking.reservoir import Reason, Refill, find_refill_now
from thecal_adapters.programmer.chart import LOOKS, draw_day, list_bars
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.settings import (
    find_starts,
    list_fluids,
    list_overrides,
    list_program,
    list_running,
    tell_day_clock,
)
from thecal_adapters.programmer.texts import mark

REASONS = {
    Reason.LOW_RESERVOIR: mark("the reservoir may be low"),
    Reason.STABILITY: mark("the drug will be too old"),
    Reason.REPLACEMENT: mark("the pump is to be replaced"),
    Reason.SERVICE: mark("the pump’s service ends"),
}


@dataclass(frozen=True)
class ActiveAlarm:
    """An alarm as it is shown."""

    alarm: Alarm
    text: str
    advice: str
    is_critical: bool
    is_acknowledged: bool


def list_alarms(visit: Visit, state: State) -> list[ActiveAlarm]:
    """The active alarms, the most urgent first."""
    return [
        ActiveAlarm(
            alarm,
            visit.texts.alarm(alarm),
            visit.texts.advice(alarm),
            alarm < CRITICAL_COUNT,
            state.alarms[alarm].is_acknowledged,
        )
        for alarm in BY_URGENCY
        if state.alarms[alarm].is_active
    ]


def find_refill(config: Config, state: State) -> Refill | None:
    """When the next refill is due at the soonest, as ``thecal check`` reckons it; None before the first program."""
    has_fluid = state.reservoir.fluid.lo[0] > 0 and state.path.is_declared
    return find_refill_now(config, state) if state.is_programmed and has_fluid else None


def tell_time(utc_ms: int | None) -> str:
    """A time as ISO 8601 writes it, by a clock of 24 hours, in UTC."""
    return "" if utc_ms is None else datetime.fromtimestamp(utc_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def show_status(visit: Visit) -> Response:
    """The page."""
    reading = visit.desk.link.read()
    state, drugs, _ = reading.state, visit.desk.drugs, visit.texts
    bars = list_bars(visit.desk.find_course(), state)
    given_fg = sum(bar.given_fg or 0 for bar in bars)
    refill = find_refill(visit.desk.config, state)
    is_dated = refill is not None and reading.utc_ms is not None
    due = tell_time((reading.utc_ms or 0) + 1_000 * refill.due_s)[:10] if is_dated and refill else ""
    program = list_program(state.program, find_starts(state.program.slots_fg), drugs, _) if state.is_programmed else []
    return visit.page(
        "status.html",
        reading=reading,
        state=state,
        alarms=list_alarms(visit, state),
        groups=[list_running(state, _), list_fluids(state, drugs, _), program, list_overrides(state, _)],
        refill=refill,
        due=due,
        why=_(REASONS[refill.reason]) if refill else "",
        clock=tell_day_clock(state.tick),
        time=tell_time(reading.utc_ms),
        bars=[bar for bar in bars if bar.given_fg is not None],
        given_fg=given_fg,
        has_day=state.is_programmed or given_fg > 0,
        boluses_fg=compute_given_day_fg(state.ledger, state.tick)[0],
    )


def show_chart(visit: Visit) -> Response:
    """The picture, for light or dark screens, wide or narrow ones."""
    reading = visit.desk.link.read()
    bars = list_bars(visit.desk.find_course(), reading.state)
    look = LOOKS.get(visit.params["theme"], LOOKS["light"])
    svg = draw_day(bars, reading.state, visit.desk.drugs[0], visit.texts, look)
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}  # a picture, by itself
    return Response(svg, media_type="image/svg+xml", headers=policy)
