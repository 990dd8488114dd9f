# SPDX-License-Identifier: Apache-2.0
"""The last day as a picture: what the program planned and what was given, and how far from the caps; its table's twin.

Drawn here, as SVG, the same bytes for the same day. Pictures round to what a screen can show; the table does not.
"""

import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

from thecal.state import State
from thecal.units import SLOT_COUNT, SLOT_S
from thecal_adapters.doses import Kind, tell
from thecal_adapters.programmer.course import Course
from thecal_adapters.programmer.settings import tell_clock
from thecal_adapters.programmer.texts import Texts

MG_FG, MCG_FG = 1_000_000_000_000, 1_000_000_000
LIGHT = {
    "ink": "#1c2b33",
    "faint": "#5a6b75",
    "grid": "#d5dee3",
    "planned": "#5a6b75",
    "given": "#0b6e99",
    "cap": "#b3261e",
}
DARK = {
    "ink": "#e6eef2",
    "faint": "#a3b4bd",
    "grid": "#33444e",
    "planned": "#a3b4bd",
    "given": "#5cc0ea",
    "cap": "#ff8a80",
}
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Look:
    """For which screen a picture is: its colours, its size in inches, and every how many hours the clock is told."""

    colours: Mapping[str, str]
    inches: tuple[float, float]
    hours: int
    legend_columns: int


_DESK, _PHONE = ((9.6, 5.4), 3, 3), ((4.8, 6.4), 6, 1)
LOOKS = {
    "light": Look(LIGHT, *_DESK),
    "dark": Look(DARK, *_DESK),
    "light-narrow": Look(LIGHT, *_PHONE),
    "dark-narrow": Look(DARK, *_PHONE),
}


@dataclass(frozen=True)
class Bar:
    """One half hour: what was planned and, if anybody saw it, the most and the least that was given."""

    start: str
    is_now: bool
    planned_fg: int | None
    given_fg: int | None
    least_fg: int | None


def list_bars(course: Course, state: State) -> list[Bar]:
    """The last 24 hours by half hours, the oldest first, the running one last."""
    last = state.tick // SLOT_S
    bars = []
    for place in range(last - SLOT_COUNT + 1, last + 1):
        seen = course.half_hours.get(place)
        planned_fg = seen.planned_fg if seen else None
        given_fg, least_fg = (seen.upper_fg, seen.lower_fg) if seen else (None, None)
        bars.append(Bar(tell_clock(place % SLOT_COUNT), place == last, planned_fg, given_fg, least_fg))
    return bars


def draw_day(bars: Sequence[Bar], state: State, drug: str, texts: Texts, look: Look) -> bytes:
    """The picture."""
    import matplotlib

    with _LOCK, matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "thecal", "font.size": 11}):
        return _draw(bars, state, drug, texts, look)


def _draw(bars: Sequence[Bar], state: State, drug: str, texts: Texts, look: Look) -> bytes:
    from matplotlib.figure import Figure

    colours = look.colours
    day_cap_fg, hour_cap_fg = state.program.cap_day_fg[0], state.program.cap_hour_fg[0]
    unit, size = ("mg", MG_FG) if max(day_cap_fg, 1) >= MG_FG else ("mcg", MCG_FG)
    figure = Figure(figsize=look.inches, layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    places = list(range(len(bars)))
    given = [2 * (bar.given_fg or 0) / size for bar in bars]
    planned = [nan if bar.planned_fg is None else 2 * bar.planned_fg / size for bar in bars]
    upper.bar(places, given, width=0.86, color=colours["given"], label=texts("given, at most"))
    upper.stairs(planned, [place - 0.5 for place in [*places, len(bars)]], color=colours["planned"], linewidth=2,
                 linestyle=(0, (4, 2)), label=texts("programmed"), baseline=None)  # fmt: skip
    if state.is_programmed and hour_cap_fg <= 6 * size * max(*given, 0.001):
        upper.axhline(hour_cap_fg / size, color=colours["cap"], linewidth=1.5, label=texts("cap of any hour"))
    elif state.is_programmed:  # a line so far up would press the rest flat
        told = texts("cap of any hour: {cap}, above the picture", cap=tell(hour_cap_fg, Kind.HOUR_DOSE))
        upper.plot([], [], color=colours["cap"], linewidth=1.5, label=told)
    upper.set_ylabel(f"{drug}, {unit}/h")
    sums = [
        nan if bar.given_fg is None else sum(each.given_fg or 0 for each in bars[: place + 1]) / size
        for place, bar in enumerate(bars)
    ]
    lower.plot(places, sums, color=colours["given"], linewidth=2.2, label=texts("given in these 24 h, at most"))
    if state.is_programmed:
        lower.axhline(day_cap_fg / size, color=colours["cap"], linewidth=1.5, label=texts("cap of any 24 h"))
    lower.set_ylabel(f"{drug}, {unit}")
    lower.set_xlabel(texts("pump’s clock"))
    marks = [
        place for place, bar in enumerate(bars) if bar.start.endswith(":00") and int(bar.start[:2]) % look.hours == 0
    ]
    lower.set_xticks(marks, [bars[place].start for place in marks])
    lower.set_xlim(-0.6, len(bars) - 0.4)
    for axes in (upper, lower):
        _style(axes, look)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return buffer.getvalue().replace(b"'DejaVu Sans'", b"system-ui").replace(b'"DejaVu Sans"', b"system-ui")


def _style(axes: object, look: Look) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    colours = look.colours
    axes.set_ylim(bottom=0)
    axes.margins(y=0.15)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(colours["faint"])
    axes.grid(axis="y", color=colours["grid"], linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=colours["ink"], length=0, labelsize=10.5)
    axes.yaxis.label.set_color(colours["ink"])
    axes.xaxis.label.set_color(colours["ink"])
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1.0), ncols=look.legend_columns, frameon=False,
            labelcolor=colours["ink"],
        )  # fmt: skip
