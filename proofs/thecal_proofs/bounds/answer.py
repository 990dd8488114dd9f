# SPDX-License-Identifier: Apache-2.0
"""All the questions of one program, and what is counted with their answers, in plain JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from thecal.limits import Config
from thecal.state import State
from thecal_proofs.bounds.basal import ask_basal, ask_pulses, compute_pulses
from thecal_proofs.bounds.boluses import ask_boluses, ask_room, compute_room, make_grant
from thecal_proofs.bounds.counting import Count, ask_bolus_pulses, compute_bolus_pulses
from thecal_proofs.bounds.lifted import Kernel
from thecal_proofs.bounds.overlap import ask_overlap, is_in_time
from thecal_proofs.bounds.program import WINDOWS_S, Setting
from thecal_proofs.bounds.question import Asked

VERSION = 1


def bound(config: Config, state: State) -> Mapping[str, Any]:
    """The fewest and the most pulses of any hour and any 24 h from a state on; none, with the reason, if none is known.

    ``state`` delivers its program. Pulses are counted where path and reservoir hold one fluid; see the package.
    """
    setting = Setting(config, state)
    against = setting.find_reason_against()
    if against:
        return {"version": VERSION, "reason": against, "questions": [], "windows": []}
    kernel = Kernel()
    asked: list[Asked] = [*ask_basal(kernel, setting, has_bolus=False)]
    rows = _count_basal(setting, asked)
    if setting.bolus_pulses > 0 and state.program.bolus_count_max > 0:
        asked += ask_basal(kernel, setting, has_bolus=True)
        _count_boluses(kernel, setting, rows, asked)
    return {
        "version": VERSION,
        "reason": "" if all(each.is_proved for each in asked) else "a question was not decided as it should be",
        "questions": [_describe(each) for each in asked],
        "windows": rows,
    }


def _count_basal(setting: Setting, asked: list[Asked]) -> list[dict[str, int]]:
    rows = []
    for length_s in WINDOWS_S:
        asked.append(ask_pulses(setting, length_s, has_bolus=False))
        fewest, most = compute_pulses(setting, length_s, has_bolus=False)
        rows.append(_make_row(length_s, fewest, most, fewest, most, 0))
    return rows


def _make_row(length_s: int, *pulses: int) -> dict[str, int]:
    names = ("alone_min", "alone_max", "beside_boluses_min", "beside_boluses_max", "of_boluses_max")
    return {"length_s": length_s, **dict(zip(names, pulses, strict=True))}


def _count_boluses(kernel: Kernel, setting: Setting, rows: Sequence[dict[str, int]], asked: list[Asked]) -> None:
    grant = make_grant(kernel, setting)
    rooms = {row["length_s"]: compute_room(setting, row["length_s"]) for row in rows}
    begun_max = setting.state.program.bolus_count_max
    is_granted = min(rooms.values()) > 0  # where no bolus is ever granted, nothing is to be said of those that are
    if is_granted:
        asked += ask_boluses(kernel, setting, grant)
        asked += ask_overlap(kernel, setting) if is_in_time(setting) else ()
    asked += [ask_room(grant, setting, length_s, room) for length_s, room in rooms.items() if room <= begun_max]
    for row in rows:
        length_s = row["length_s"]
        # What the caps of a day forbid, they forbid in an hour of it.
        room = min(room for at_s, room in rooms.items() if at_s >= length_s)
        count = Count(setting, length_s, min(room, begun_max), is_overlapping=room > begun_max)
        if is_granted:
            asked.append(ask_bolus_pulses(count))
        asked.append(ask_pulses(setting, length_s, has_bolus=True))
        row["beside_boluses_min"], row["beside_boluses_max"] = compute_pulses(setting, length_s, has_bolus=True)
        row["of_boluses_max"] = compute_bolus_pulses(count) if is_granted else 0


def _describe(each: Asked) -> Mapping[str, Any]:
    return {
        "name": each.name,
        "statement": each.statement,
        "touches": list(each.touches),
        "verdict": each.verdict,
    }
