# SPDX-License-Identifier: Apache-2.0
"""One life drawn: basal programmed and given, boluses, the worst windows against their caps, reservoir, alarms.

The same life makes the same bytes as SVG. Nothing is told by colour alone: lines differ in their dashes and names.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thecal.outcome import Response
from thecal.state import Alarm, Mode
from thecal.units import DAY_S, HOUR_S, SLOT_S
from thecal_adapters.finding import Missing
from thecal_adapters.ports import Record
from thecal_adapters.simulation.life import Life
from thecal_adapters.simulation.script import Script

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEP_S = 600
MCG_FG = 1_000_000_000
SALT = "thecal"
REFUSED = "REFUSED_BOLUS"


@dataclass
class Series:
    """What is drawn, every so many seconds: day of life, basal programmed and given in mcg/h, and the rest."""

    day: list[float] = field(default_factory=list)
    programmed: list[float] = field(default_factory=list)
    given: list[float] = field(default_factory=list)
    hour_share: list[float] = field(default_factory=list)
    day_share: list[float] = field(default_factory=list)
    reservoir_ml: list[float] = field(default_factory=list)
    granted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    alarms: dict[Alarm, list[tuple[float, float]]] = field(default_factory=dict)  # since when, how long


class DrawnLife(Life):
    """A life that takes notes for a picture."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.series = Series()

    def _on_stored(self, record: Record) -> None:
        super()._on_stored(record)
        day = self.clock.now_ms / (1_000 * DAY_S)
        if record.response is Response.BOLUS_GRANTED:
            self.series.granted.append(day)
        elif record.response.name.startswith(REFUSED):
            self.series.refused.append(day)
        if not self.series.day or day - self.series.day[-1] >= STEP_S / DAY_S:
            self._note(day)

    def _note(self, day: float) -> None:
        series, state = self.series, self.state
        in_force = self.judge.list_caps(self.clock.now_ms - 1_000 * DAY_S)
        caps = [cap for cap in in_force if cap.at_ms] or in_force  # hard limits before the first program tell nothing
        since_hour = self.plant.book.compute_since(self.clock.now_ms - 1_000 * HOUR_S)[0]
        since_day = self.plant.book.compute_since(self.clock.now_ms - 1_000 * DAY_S)[0]
        since = series.day[-1] if series.day else day
        for alarm in self.find_active():
            series.alarms.setdefault(alarm, []).append((since, day - since))
        series.day.append(day)
        slot_fg = state.program.slots_fg[state.tick % DAY_S // SLOT_S] if state.mode is Mode.DELIVERING else 0
        series.programmed.append(2 * slot_fg / MCG_FG)
        series.given.append(float(Fraction(since_hour) / MCG_FG))
        series.hour_share.append(float(Fraction(100 * since_hour) / max(1, *(cap.hour_fg[0] for cap in caps))))
        series.day_share.append(float(Fraction(100 * since_day) / max(1, *(cap.day_fg[0] for cap in caps))))
        series.reservoir_ml.append(float(Fraction(self.plant.reservoir.volume_nl) / 1_000_000))


def draw_picture(script: Script, where: Path) -> None:
    """Live a script again and draw it, as SVG or PNG by the file's name."""
    pyplot = find_pyplot()
    life = DrawnLife(script)
    life.run()
    with pyplot.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"}):
        figure, axes = pyplot.subplots(5, 1, figsize=(11, 13), sharex=True, layout="constrained")
        figure.suptitle(f"Life {script.seed}: {', '.join(sorted(script.faults)) or 'no faults'}")
        for draw, each in zip((draw_basal, draw_boluses, draw_windows, draw_reservoir, draw_alarms), axes):
            draw(each, life.series)
        axes[-1].set_xlabel("days")
        is_svg = where.suffix.lower() == ".svg"
        pyplot.savefig(where, metadata={"Date": None} if is_svg else {"Software": None}, dpi=110)
        pyplot.close(figure)


def find_pyplot() -> Any:
    """matplotlib's pyplot, without a screen."""
    try:
        import matplotlib
    except ImportError:
        raise Missing("a picture needs matplotlib: pip install 'thecal[picture]'") from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def draw_basal(axes: "Axes", series: Series) -> None:
    """Basal programmed, and everything that was given in the hour before."""
    axes.step(series.day, series.programmed, where="post", color="black", linestyle="--", label="basal programmed")
    axes.plot(series.day, series.given, color="tab:blue", label="given in the last hour")
    axes.set_ylabel("first drug, mcg/h")
    axes.legend(loc="best")


def draw_boluses(axes: "Axes", series: Series) -> None:
    """Boluses asked for: granted above, refused below."""
    rows = [series.granted, series.refused]
    axes.eventplot(rows, lineoffsets=[1, 0], linelengths=0.8, colors=["tab:blue", "tab:orange"])
    axes.set_yticks([0, 1], [f"refused ({len(series.refused)})", f"granted ({len(series.granted)})"])
    axes.set_ylabel("boluses")


def draw_windows(axes: "Axes", series: Series) -> None:
    """What the last hour and the last 24 h hold of the first drug, of the largest cap in force in the last 24 h."""
    axes.plot(series.day, series.day_share, color="tab:blue", label="last 24 h")
    axes.plot(series.day, series.hour_share, color="tab:gray", linestyle=":", label="last hour")
    axes.axhline(100, color="black", linewidth=0.8, linestyle="--", label="cap")
    axes.set_ylabel("share of the largest cap, %")
    axes.legend(loc="best")


def draw_reservoir(axes: "Axes", series: Series) -> None:
    """What the reservoir truly holds."""
    axes.plot(series.day, series.reservoir_ml, color="tab:blue")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("reservoir, mL")


def draw_alarms(axes: "Axes", series: Series) -> None:
    """The alarms that were active, the most urgent on top."""
    seen = sorted(series.alarms, reverse=True)
    for place, alarm in enumerate(seen):
        axes.broken_barh(series.alarms[alarm], (place - 0.4, 0.8), facecolors="tab:red")
    axes.set_yticks(range(len(seen)), [alarm.name.replace("_", " ").lower() for alarm in seen], fontsize=7)
    axes.set_ylabel("alarms")
