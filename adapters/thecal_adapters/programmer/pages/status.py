# SPDX-License-Identifier: Apache-2.0
"""The status: alarms on top, then what runs, the last day as a picture and a table, reservoir and dates."""

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.responses import Response

from thecal.alarms import BY_URGENCY
from thecal.clock import compute_clock_s, compute_stability_s
from thecal.ledger import compute_given_day_fg
from thecal.limits import Config
from thecal.state import CRITICAL_COUNT, Alarm, State
from thecal.units import DAY_S
from thecal_adapters.programmer.chart import draw_day, list_bars
from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.settings import (
    find_starts,
    list_fluids,
    list_overrides,
    list_program,
    list_running,
    tell_day_clock,
)


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


def compute_left_s(config: Config, state: State) -> int | None:
    """Seconds until the refill: low reservoir with every allotted bolus used, or the drug's stability; the earlier.

    None before the first program. The volume counts in its worst reading (the rule of one maker's patient controller,
    which predicts the date as if every allotted bolus is used).
    """
    program, reservoir = state.program, state.reservoir
    weakest = reservoir.fluid.lo[0]
    if not state.is_programmed or weakest <= 0:
        return None
    day_fg = sum(program.slots_fg) + program.bolus_fg * program.bolus_count_max
    usable_nl = max(0, reservoir.volume_lo_nl - max(program.low_reservoir_nl, config.pump.residual_nl))
    stable_s = compute_stability_s(config, state) - (compute_clock_s(state) - reservoir.filled_clock_s)
    return max(0, min(usable_nl * weakest * DAY_S // day_fg if day_fg else stable_s, stable_s))


def tell_time(utc_ms: int | None) -> str:
    """A time as ISO 8601 writes it, by a clock of 24 hours, in UTC."""
    return "" if utc_ms is None else datetime.fromtimestamp(utc_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def show_status(visit: Visit) -> Response:
    """The page."""
    reading = visit.desk.link.read()
    state, drugs, _ = reading.state, visit.desk.drugs, visit.texts
    left_s = compute_left_s(visit.desk.config, state)
    refill = None if left_s is None or reading.utc_ms is None else tell_time(reading.utc_ms + 1_000 * left_s)[:10]
    program = list_program(state.program, find_starts(state.program.slots_fg), drugs, _) if state.is_programmed else []
    return visit.page(
        "status.html",
        reading=reading,
        state=state,
        alarms=list_alarms(visit, state),
        groups=[list_running(state, _), list_fluids(state, drugs, _), program, list_overrides(state, _)],
        refill=refill,
        left_s=left_s,
        clock=tell_day_clock(state.tick),
        time=tell_time(reading.utc_ms),
        bars=list_bars(visit.desk.find_course(), state),
        given_fg=sum(bar.given_fg or 0 for bar in list_bars(visit.desk.find_course(), state)),
        boluses_fg=compute_given_day_fg(state.ledger, state.tick)[0],
    )


def show_chart(visit: Visit) -> Response:
    """The picture, for light or dark screens."""
    reading = visit.desk.link.read()
    bars = list_bars(visit.desk.find_course(), reading.state)
    is_dark = visit.params["theme"] == "dark"
    svg = draw_day(bars, reading.state, visit.desk.drugs[0], visit.texts, is_dark)
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}  # a picture, by itself
    return Response(svg, media_type="image/svg+xml", headers=policy)
