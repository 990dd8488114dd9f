# SPDX-License-Identifier: Apache-2.0
"""Whether the pump holds what was entered, and later what was reviewed: values are compared, words are shown.

A value may be altered anywhere between the screen and the pump, or on the way back. Nothing here can tell where; that
the two differ is enough to stop at.
"""

from collections.abc import Sequence
from dataclasses import replace

from thecal.events import Event, PrescriptionStaged, PrimeAsked
from thecal.limits import Config
from thecal.state import State
from thecal_adapters.doses import Kind, tell
from thecal_adapters.programmer.links import Reading
from thecal_adapters.programmer.settings import (
    Row,
    Setting,
    find_starts,
    list_fluids,
    list_overrides,
    list_program,
    list_settings,
    pair,
)
from thecal_adapters.programmer.texts import Texts

PASSING = ("reservoir", "front", "discrepancy", "alarms")  # rows that time itself changes, between review and answer


def find_stored_otherwise(staged: Event, state: State, drugs: Sequence[str], texts: Texts) -> list[Row]:
    """What of an order that was staged the pump holds otherwise: as entered, and as stored."""
    if isinstance(staged, PrescriptionStaged):
        meant, stored = (staged.prescription, staged.overrides), (state.staged.prescription, state.staged.overrides)
        starts = find_starts(meant[0].slots_fg, stored[0].slots_fg)
        told = [
            [*list_program(program, starts, drugs, texts), *list_overrides(replace(state, overrides=overrides), texts)]
            for program, overrides in (meant, stored)
        ]
        return [] if meant == stored else _differ(told[0], told[1], texts)
    if isinstance(staged, PrimeAsked) and staged.volume_nl != state.staged.prime_nl:
        label, volumes = texts("Volume"), (staged.volume_nl, state.staged.prime_nl)
        return [Row(texts("Prime"), label, *(tell(volume_nl, Kind.VOLUME) for volume_nl in volumes))]
    return []


def find_read_back_otherwise(
    config: Config,
    before: Reading,
    reviewed: State,
    after: Reading,
    is_repeated: bool,
    drugs: Sequence[str],
    texts: Texts,
) -> list[Row]:
    """What the pump holds otherwise than the review of a confirmed order showed.

    ``is_repeated``: it was carried out some time ago, so a bolus may have ended since.
    """
    read = after.state
    starts = find_starts(reviewed.program.slots_fg, read.program.slots_fg)
    passing = (*PASSING, "mode", "running bolus") if is_repeated else PASSING
    told = [
        [each for each in list_settings(state, starts, drugs, texts) if each.key not in passing]
        for state in (reviewed, read)
    ]
    rows = [] if pick(reviewed, is_repeated) == pick(read, is_repeated) else _differ(told[0], told[1], texts)
    moved_nl = (read.flight.sequence - before.state.flight.sequence) * config.pump.pulse_volume_nl
    lost_nl = (
        reviewed.reservoir.volume_lo_nl - read.reservoir.volume_lo_nl,
        reviewed.reservoir.volume_hi_nl - read.reservoir.volume_hi_nl,
    )
    if not 0 <= min(lost_nl) <= max(lost_nl) <= moved_nl:
        held = [list_fluids(state, drugs, texts)[0] for state in (reviewed, read)]
        rows.append(Row(held[0].group, held[0].label, held[0].value, held[1].value))
    return rows


def pick(state: State, is_repeated: bool) -> object:
    """The values that an order decides on and time does not."""
    bolus, path = state.bolus, state.path
    return (
        state.program, state.overrides, state.reservoir.fluid, path.is_declared, path.volume_lo_nl, path.volume_hi_nl,
        None if is_repeated else (state.mode, bolus.is_active, bolus.is_patient, bolus.mass_fg, bolus.duration_s),
    )  # fmt: skip


def _differ(meant: Sequence[Setting], stored: Sequence[Setting], texts: Texts) -> list[Row]:
    """The rows that differ; one for all of them where the values differ in none that is shown."""
    rows = [row for row in pair(meant, stored, texts) if row.is_changed]
    return rows or [Row(texts("Program"), texts("A value that is not shown"), texts("as entered"), texts("another"))]
