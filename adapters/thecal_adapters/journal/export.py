# SPDX-License-Identifier: Apache-2.0
"""A journal in forms that others read: JSON Lines, CSV."""

import csv
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from thecal_adapters.codec import parse
from thecal_adapters.journal.deliveries import read_pulse
from thecal_adapters.journal.entries import Entry, read_response, read_role

COLUMNS = (
    *("number", "tick", "missed_s", "utc", "uncertainty_ms", "actor", "role", "session", "request_id", "drug_lot"),
    *("library", "event", "details", "response", "pulse_sequence", "pulse_volume_nl", "alarm", "lost_s"),
    *("state_sha256", "chain"),
)


def tell_utc(utc_ms: int, uncertainty_ms: int) -> str:
    """A time of day as ISO 8601 in UTC with milliseconds; empty where nobody knows it."""
    if uncertainty_ms < 0:
        return ""
    return datetime.fromtimestamp(utc_ms / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def describe(entry: Entry, chain: bytes) -> dict[str, Any]:
    """An entry as JSON, in the form of log-entry.schema.json."""
    return {
        "number": entry.number,
        "tick": entry.tick,
        "missed_s": entry.missed_s,
        "utc": tell_utc(entry.utc_ms, entry.uncertainty_ms),
        "uncertainty_ms": None if entry.uncertainty_ms < 0 else entry.uncertainty_ms,
        "actor": entry.actor,
        "role": read_role(entry).name,
        "session": entry.session,
        "request_id": entry.request_id,
        "drug_lot": entry.drug_lot,
        "library": entry.library,
        "event": entry.kind,
        "details": parse(entry.event),
        "response": read_response(entry).name,
        "pulse": parse(entry.pulse),
        "alarm": entry.alarm,
        "lost_s": entry.lost_s,
        "state_sha256": entry.state_sha256,
        "chain": chain.hex(),
    }


def write_line(entry: Entry, chain: bytes) -> str:
    """An entry as one line of JSON Lines."""
    return json.dumps(describe(entry, chain), ensure_ascii=False, allow_nan=False) + "\n"


def write_columns(names: Iterable[str], drugs: Iterable[str]) -> str:
    """The line that names the columns; masses at the tip have two for each drug."""
    masses = [f"{drug}_{bound}_fg" for drug in drugs for bound in ("upper", "lower")]
    return _write_row([*names, *masses])


def write_row(entry: Entry, chain: bytes, drug_count: int) -> str:
    """An entry as one line of CSV."""
    told, pulse = describe(entry, chain), read_pulse(entry)
    told["details"] = entry.event
    told["pulse_sequence"] = pulse.sequence if pulse.is_ordered else ""
    told["pulse_volume_nl"] = pulse.volume_nl if pulse.is_ordered else ""
    bounds = zip(pulse.upper_fg[:drug_count], pulse.lower_fg[:drug_count])
    masses = [mass if pulse.is_ordered else "" for pair in bounds for mass in pair]
    return _write_row([*(told[name] for name in COLUMNS), *masses])


def _write_row(values: Iterable[object]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow([_quote(value) for value in values])
    return line.getvalue()


def _quote(value: object) -> object:
    """A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe in front."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value
