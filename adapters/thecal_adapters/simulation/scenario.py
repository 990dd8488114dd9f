# SPDX-License-Identifier: Apache-2.0
"""What happens to a pump, told in a file: pump, drugs, timed events, what the world really did, what is expected.

The form is ``schemas/scenario.schema.json``; what stands in an event or in a named record is read by ``codec``, led by
the kernel's own types. A refusal names the place and the reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from thecal.events import Event, PulseResult
from thecal.limits import Config, DrugLimits, PumpModel
from thecal_adapters import library, schemas
from thecal_adapters.codec import (
    Decoder,
    Json,
    Refused,
    expect_bool,
    expect_integer,
    expect_list,
    expect_object,
    expect_text,
    parse,
)

# Ten years: longer than any scenario that a person reads, and an end for a slip of the pen.
SCENARIO_S_MAX = 315_360_000
ENTRY_COUNT_MAX = 100_000


@dataclass(frozen=True)
class EventTruth:
    """What is really so when a fact is told: nothing here reaches the kernel.

    ``path_nl``: the true volume of the path. ``left_nl``: what the needle really left. ``fg_per_nl``: the true strength
    of what was filled, by place of the drug table. None stands for what the event says, or for nothing left.
    """

    path_nl: int | None
    left_nl: int | None
    fg_per_nl: tuple[int, ...] | None


@dataclass(frozen=True)
class Entry:
    """One event and when it comes: after ``at_s`` seconds, before the next one."""

    at_s: int
    event: Event
    truth: EventTruth


@dataclass(frozen=True)
class Fault:
    """What pulses ordered in the seconds ``from_s`` to ``to_s`` really do, and what is told of it.

    ``report`` is None when nothing is ever told; else it comes ``after_s`` seconds later.
    """

    from_s: int
    to_s: int
    is_moved: bool
    report: PulseResult | None
    after_s: int


NO_FAULT = Fault(from_s=0, to_s=SCENARIO_S_MAX, is_moved=True, report=PulseResult.DONE, after_s=0)


@dataclass(frozen=True)
class Interval:
    """A stretch of time that the outcome speaks of: the seconds after ``from_s`` up to ``to_s``."""

    name: str
    from_s: int
    to_s: int


@dataclass(frozen=True)
class Scenario:
    """A scenario, read and found in order."""

    title: str
    story: str
    source: str
    pump: str
    drugs: tuple[str, ...]
    statuses: Mapping[str, str]
    config: Config
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    end_s: int
    intervals: tuple[Interval, ...]
    expect: Json


def list_shipped() -> list[str]:
    """The names of the scenarios that come with the package."""
    return sorted(file.name.removesuffix(".json") for file in _folder().iterdir() if file.name.endswith(".json"))


def read_shipped(name: str) -> str:
    """The text of a scenario that comes with the package."""
    return (_folder() / f"{name}.json").read_text(encoding="utf-8")


def _folder() -> Traversable:
    return files("thecal_adapters") / "scenarios"


def read_scenario(text: str) -> Scenario:
    """A scenario from its text, or a refusal that names the place."""
    raw = parse(text)
    schemas.check("scenario", raw)
    table = expect_object(raw, "$")
    pump_name, pump, pump_status = _read_pump(table["pump"])
    drugs = [_read_drug(drug, f"$.drugs[{i}]") for i, drug in enumerate(expect_list(table["drugs"], "$.drugs"))]
    names = tuple(name for name, _, _ in drugs)
    decoder = Decoder(named=expect_object(table.get("named", {}), "$.named"), drugs=names)
    world = expect_object(table.get("world", {}), "$.world")
    return Scenario(
        title=expect_text(table["title"], "$.title"),
        story=expect_text(table["story"], "$.story"),
        source=expect_text(table["source"], "$.source"),
        pump=pump_name,
        drugs=names,
        statuses={pump_name: pump_status} | {name: status for name, _, status in drugs},
        config=library.make_config(pump_name, pump, [(name, limits) for name, limits, _ in drugs], "$"),
        entries=tuple(sorted(_read_entries(table, decoder), key=lambda entry: entry.at_s)),
        faults=tuple(_read_faults(world, decoder)),
        end_s=expect_integer(table["end_s"], "$.end_s", 0, SCENARIO_S_MAX),
        intervals=tuple(_read_intervals(expect_object(table.get("intervals", {}), "$.intervals"))),
        expect=expect_object(table.get("expect", {}), "$.expect"),
    )


def _read_pump(raw: object) -> tuple[str, PumpModel, str]:
    if isinstance(raw, str):
        entry = library.find_entry(library.Kind.PUMP, raw)
        return entry.name, library.decode_pump(entry), entry.status
    table = expect_object(raw, "$.pump")
    pump = Decoder().decode(PumpModel, table["limits"], "$.pump.limits")
    return expect_text(table["name"], "$.pump.name"), pump, "of this scenario alone"


def _read_drug(raw: object, path: str) -> tuple[str, DrugLimits, str]:
    if isinstance(raw, str):
        entry = library.find_entry(library.Kind.DRUG, raw)
        return entry.name, library.decode_drug(entry), entry.status
    table = expect_object(raw, path)
    values = {**expect_object(table["limits"], f"{path}.limits"), "is_listed": True}
    limits = Decoder().decode(DrugLimits, values, f"{path}.limits")
    return expect_text(table["name"], f"{path}.name"), limits, "of this scenario alone"


def _read_entries(table: Json, decoder: Decoder) -> Iterator[Entry]:
    count = 0
    for place, raw in enumerate(expect_list(table["events"], "$.events")):
        path = f"$.events[{place}]"
        row = expect_object(raw, path)
        at_s = expect_integer(row["at_s"], f"{path}.at_s", 0, SCENARIO_S_MAX)
        every_s = expect_integer(row.get("every_s", 1), f"{path}.every_s", 1, SCENARIO_S_MAX)
        times = expect_integer(row.get("times", 1), f"{path}.times", 1, ENTRY_COUNT_MAX)
        event = decoder.decode_event(expect_text(row["event"], f"{path}.event"), row.get("with", {}), f"{path}.with")
        truth = _read_truth(expect_object(row.get("truth", {}), f"{path}.truth"), decoder, f"{path}.truth")
        count += times
        if count > ENTRY_COUNT_MAX:
            raise Refused(path, f"more than {ENTRY_COUNT_MAX} events")
        yield from (Entry(at_s + i * every_s, event, truth) for i in range(times))


def _read_truth(row: Json, decoder: Decoder, path: str) -> EventTruth:
    volumes = {
        name: expect_integer(row[name], f"{path}.{name}", 0) if name in row else None for name in ("path_nl", "left_nl")
    }
    strengths = decoder.decode_by_drug(row["fg_per_nl"], f"{path}.fg_per_nl") if "fg_per_nl" in row else None
    return EventTruth(path_nl=volumes["path_nl"], left_nl=volumes["left_nl"], fg_per_nl=strengths)


def _read_faults(world: Json, decoder: Decoder) -> Iterator[Fault]:
    for place, raw in enumerate(expect_list(world.get("pulses", []), "$.world.pulses")):
        path = f"$.world.pulses[{place}]"
        row = expect_object(raw, path)
        report = row["report"]
        yield Fault(
            from_s=expect_integer(row["from_s"], f"{path}.from_s", 0),
            to_s=expect_integer(row["to_s"], f"{path}.to_s", 0),
            is_moved=expect_bool(row["is_moved"], f"{path}.is_moved"),
            report=None if report is None else decoder.decode(PulseResult, report, f"{path}.report"),
            after_s=expect_integer(row.get("after_s", 0), f"{path}.after_s", 0),
        )


def _read_intervals(table: Json) -> Iterator[Interval]:
    for name, raw in table.items():
        path = f"$.intervals.{name}"
        row = expect_object(raw, path)
        from_s = expect_integer(row["from_s"], f"{path}.from_s", 0)
        yield Interval(name=name, from_s=from_s, to_s=expect_integer(row["to_s"], f"{path}.to_s", from_s))
