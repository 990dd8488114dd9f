# SPDX-License-Identifier: Apache-2.0
"""A check on one page: the day program, the worst windows against their caps, the reservoir, and the verdict in words.

The same check gives the same bytes. Nothing is told by colour alone: lines differ in style, and each is named.
"""

from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from thecal.units import DAY_S, HOUR_S
from thecal_adapters.checking.amounts import WINDOWS, Amount
from thecal_adapters.checking.check import Check, Forecast
from thecal_adapters.checking.telling import tell_figure, tell_time, tell_verdict
from thecal_adapters.checking.tracing import Trace
from thecal_adapters.doses import Kind, tell

PAGE_INCHES = (8.27, 11.69)
MCG_FG = 1_000_000_000
STYLE: Any = {"svg.hashsalt": "thecal", "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": 8.0}
STEP_S = 60


def draw(check: Check, file: Path) -> None:
    """Write the page as SVG or PNG, by the file's name."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=PAGE_INCHES, layout="constrained")
        axes = figure.subplots(4, 1, height_ratios=(2, 2, 2, 3))
        _draw_day(axes[0], check)
        _draw_windows(axes[1], check)
        _draw_reservoir(axes[2], check)
        _draw_words(axes[3], check)
        figure.suptitle(f"{check.order.title} ({check.order.status})")
        _write(figure, file)


def _write(figure: Figure, file: Path) -> None:
    canvas: Any = FigureCanvasSVG(figure) if file.suffix == ".svg" else FigureCanvasAgg(figure)
    metadata = {"Date": None} if file.suffix == ".svg" else {"Software": None}
    canvas.print_figure(file, format=file.suffix[1:], dpi=150, metadata=metadata)


def _draw_day(axes: Axes, check: Check) -> None:
    slots = [fg * 2 / MCG_FG for fg in check.order.prescription.slots_fg]
    axes.stairs(slots, [slot / 2 for slot in range(len(slots) + 1)], fill=True, color="0.75", edgecolor="0.2")
    axes.set(title=f"Basal of {check.order.drugs[0]}, mcg/h, by the time of day", xlim=(0, 24), ylim=(0, None))
    axes.set_xticks(range(0, 25, 2))


def _draw_windows(axes: Axes, check: Check) -> None:
    drug = check.order.drugs[0]
    axes.set_title(f"{drug} in the last 24 h, mcg, as replayed; hours from the confirmation")
    if check.forecast is None:
        axes.text(0.5, 0.5, "refused: nothing was replayed", ha="center", transform=axes.transAxes)
        return
    _draw_course(axes, check.forecast.alone, "no boluses", "-")
    if check.forecast.asking is not None:
        _draw_course(axes, check.forecast.asking, "asking for every bolus", "--")
    cap_fg = check.order.prescription.cap_day_fg[0]
    axes.axhline(cap_fg / MCG_FG, color="0", linestyle=":", label=f"cap of any 24 h, {tell(cap_fg, Kind.MASS)}")
    axes.set(xlim=(0, None), ylim=(0, cap_fg / MCG_FG * 1.1))
    axes.legend(loc="lower right")


def _draw_course(axes: Axes, trace: Trace, name: str, style: str) -> None:
    hours, sums = [], []
    first = last = total_fg = 0
    for tick in range(trace.from_tick, trace.to_tick + 1, STEP_S):
        while last < len(trace.moved) and trace.moved[last].at_tick <= tick:
            total_fg += trace.moved[last].upper_fg[0]
            last += 1
        while first < last and trace.moved[first].at_tick <= tick - DAY_S:
            total_fg -= trace.moved[first].upper_fg[0]
            first += 1
        hours.append((tick - trace.from_tick) / HOUR_S)
        sums.append(total_fg / MCG_FG)
    axes.plot(hours, sums, color="0.3", linestyle=style, label=name)


def _draw_reservoir(axes: Axes, check: Check) -> None:
    axes.set_title("Volume that can be used, mL; days from now")
    if check.forecast is None:
        axes.text(0.5, 0.5, "refused: nothing leaves the reservoir", ha="center", transform=axes.transAxes)
        return
    lasting = check.forecast.lasting
    ends = {"longest": (lasting.empty_max_s, "-"), "never sooner": (lasting.empty_min_s, "--")}
    for name, (end_s, style) in ends.items():
        if end_s is not None:
            axes.plot([0, end_s / DAY_S], [lasting.usable_nl / 1e6, 0], color="0.3", linestyle=style, label=name)
    due = lasting.refill_earliest
    label = f"refill due {tell_time(due.due_s)}: {due.reason.value}"
    axes.axvline(due.due_s / DAY_S, color="0", linestyle=":", label=label)
    axes.set(xlim=(0, None), ylim=(0, None))
    axes.legend(loc="lower left")


def _draw_words(axes: Axes, check: Check) -> None:
    axes.set_axis_off()
    lines = list(tell_verdict(check))
    if check.forecast is not None:
        lines += ["", *_list_amounts(check, check.forecast)]
    if check.mistakes:
        refused = sum(1 for mistake in check.mistakes if mistake.is_refused)
        lines += ["", f"Of {len(check.mistakes)} slips of the pen the kernel refuses {refused}; not refused:"]
        lines += [f"  {mistake.slip.value}" for mistake in check.mistakes if not mistake.is_refused]
    axes.text(0, 1, "\n".join(lines), va="top", transform=axes.transAxes, wrap=True)


def _list_amounts(check: Check, forecast: Forecast) -> list[str]:
    return [_tell_amount(check, amount) for amount in forecast.amounts]


def _tell_amount(check: Check, amount: Amount) -> str:
    boluses = "all boluses" if amount.has_boluses else "no bolus"
    crossing = ", front passing" if amount.is_crossing else ""
    window = f"{check.order.drugs[amount.drug]}, any {WINDOWS[amount.length_s]}, {boluses}{crossing}"
    return f"{window}: most {tell_figure(amount.most, 'at most')}; least {tell_figure(amount.least, 'at least')}"
