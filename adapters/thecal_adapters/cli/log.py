# SPDX-License-Identifier: Apache-2.0
"""``thecal log``: whether a journal is as it was written, what it says, and the same in forms that others read."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from thecal.outcome import Response
from thecal_adapters.cli.telling import Teller, WrongUse
from thecal_adapters.codec import Refused
from thecal_adapters.exits import Exit
from thecal_adapters.files import tell_wrong
from thecal_adapters.journal.deliveries import fold, read_pulse
from thecal_adapters.journal.entries import Entry, Header, read_response, read_role
from thecal_adapters.journal.export import COLUMNS, describe, tell_utc, write_columns, write_line, write_row
from thecal_adapters.journal.fhir import make_bundle, tell_mcg
from thecal_adapters.journal.head import admit_key
from thecal_adapters.journal.journal import find_head
from thecal_adapters.journal.tables import fetch_entries, fetch_header, fetch_last_number, open_for_reading
from thecal_adapters.journal.verification import Verification
from thecal_adapters.journal.verification import verify as check

NOT_CHECKED = "Not checked here: thecal log verify tells whether this is as it was written."
DETAILS_LENGTH_MAX = 120
# Answers that come by the thousand; `show` counts them, and tells them only if asked for all.
ROUTINE = frozenset(
    {
        Response.SECOND_PASSED,
        Response.SECONDS_PASSED,
        Response.PULSE_ORDERED_FOR_BASAL,
        Response.PULSE_ORDERED_FOR_BOLUS,
        Response.PULSE_ORDERED_FOR_PRIME,
        Response.PULSE_BOOKED_AS_DONE,
    }
)


class Form(StrEnum):
    """A form of export."""

    JSONL = "jsonl"
    CSV = "csv"
    FHIR = "fhir"


def verify(file: Path, head: Path | None, key: Path | None, is_replayed: bool, json_to: str | None) -> Exit:
    """Check a journal and tell the first break."""
    teller = Teller(json_to)
    found = check(file, head or find_head(file), read_key(key), is_replayed)
    tell_verification(teller, file, found)
    teller.json(describe_verification(file, found))
    if found.place:
        return Exit.FINDING
    return Exit.UNDECIDED if found.doubts else Exit.AS_ASKED


def read_key(path: Path | None) -> bytes | None:
    """The key of a file, if there is one."""
    if path is None:
        return None
    try:
        return admit_key(path.read_bytes())
    except OSError as error:
        raise WrongUse(f"--key: {path}: {tell_wrong(error)}") from None


def describe_verification(file: Path, found: Verification) -> dict[str, Any]:
    """A verification as JSON."""
    header = found.header
    return {
        "version": 1,
        "file": file.name,
        "patient": header.subject.patient if header else "",
        "pump": header.subject.pump if header else "",
        "drugs": list(header.subject.drugs) if header else [],
        "library": header.config.digest if header else 0,
        "status": header.subject.status if header else "",
        "kernel": header.kernel if header else "",
        "predecessor": header.predecessor if header else "",
        "entries": found.checked,
        "last_number": found.last_number,
        "chain": found.chain,
        "replayed": found.replayed,
        "break": {"place": found.place, "reason": found.reason} if found.place else None,
        "doubts": list(found.doubts),
    }


def tell_header(teller: Teller, file: Path, header: Header) -> None:
    """Tell whose journal it is."""
    subject = header.subject
    teller.line(f"{file.name}: pump {subject.pump}, patient {subject.patient}, {', '.join(subject.drugs)}", "bold")
    teller.line(f"library {header.config.digest} ({subject.status}); kernel {header.kernel}")
    if header.predecessor:
        teller.line(f"It begins after a damaged journal: {header.predecessor}", "yellow")


def tell_verification(teller: Teller, file: Path, found: Verification) -> None:
    """Tell the first break, or that there is none, and what is in doubt."""
    if found.header is not None:
        tell_header(teller, file, found.header)
    teller.line(
        f"{found.checked:,} entries checked, {found.replayed:,} stepped again; the last is {found.last_number:,}"
    )
    if found.place:
        teller.line(f"broken: {found.place}: {found.reason}", "bold red")
    for doubt in found.doubts:
        teller.line(f"not decided: {doubt}", "yellow")
    if not found.place and not found.doubts:
        teller.line("As it was written, to the end.", "green")


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """The tables of a journal; what is damaged is refused, with where to look."""
    try:
        with closing(open_for_reading(file)) as tables:
            yield tables
    except sqlite3.Error as error:
        raise Refused(str(file), f"{error}; thecal log verify tells what is wrong") from error


def show(file: Path, first: int, last_count: int, is_all: bool, json_to: str | None) -> Exit:
    """Tell the entries, readable, without what comes by the thousand."""
    teller = Teller(json_to)
    with reading(file) as tables:
        header = fetch_header(tables)
        tell_header(teller, file, header)
        end = fetch_last_number(tables) or 0
        kept, skipped = [], 0
        for entry, chain, _ in fetch_entries(tables, max(first, end - last_count + 1 if last_count else 0)):
            if is_all or read_response(entry) not in ROUTINE:
                kept.append(describe(entry, chain))
                teller.line(tell_entry(entry, header.subject.drugs))
            else:
                skipped += 1
    if skipped:
        teller.line(f"{skipped:,} seconds, orders and done pulses are not shown; --all shows them.")
    teller.line(NOT_CHECKED)
    teller.json({"version": 1, "file": file.name, "entries": kept, "not_shown": skipped})
    return Exit.AS_ASKED


def tell_entry(entry: Entry, drugs: tuple[str, ...]) -> str:
    """An entry in one line."""
    days, rest = divmod(entry.tick, 86_400)
    at = f"{days} d {rest // 3_600:02}:{rest % 3_600 // 60:02}:{rest % 60:02}"
    who = f"{read_role(entry).name.lower()} {entry.actor}".strip()
    utc = tell_utc(entry.utc_ms, entry.uncertainty_ms) or "time of day unknown"
    details = "" if entry.event == "{}" else f" {shorten(entry.event)}"
    line = f"{entry.number:>8}  {utc}  {at}  {who}: {entry.kind}{details} -> {read_response(entry).name}"
    pulse = read_pulse(entry)
    if pulse.is_ordered:
        masses = zip(drugs, pulse.lower_fg, pulse.upper_fg)
        given = ", ".join(f"{name} {tell_mcg(least)} to {tell_mcg(most)} mcg" for name, least, most in masses)
        line += f", pulse {pulse.sequence} of {pulse.volume_nl} nL ({given})"
    return line + (f", alarm {entry.alarm}" if entry.alarm else "")


def shorten(text: str) -> str:
    """A text that fits in a line; the whole of it is in the exports."""
    return text if len(text) <= DETAILS_LENGTH_MAX else f"{text[: DETAILS_LENGTH_MAX - 3]}..."


def export(file: Path, form: Form, output: str) -> Exit:
    """Write a journal in another form; that it was not checked is said where no export goes."""
    print(f"thecal: {NOT_CHECKED}", file=sys.stderr)
    with reading(file) as tables, writing(output) as write:
        header = fetch_header(tables)
        drugs = header.subject.drugs
        if form is Form.FHIR:
            write(make_bundle(header, fold(entry for entry, _, _ in fetch_entries(tables))))
            return Exit.AS_ASKED
        if form is Form.CSV:
            write(write_columns(COLUMNS, drugs))
        for entry, chain, _ in fetch_entries(tables):
            write(write_line(entry, chain) if form is Form.JSONL else write_row(entry, chain, len(drugs)))
    return Exit.AS_ASKED


@contextmanager
def writing(output: str) -> Iterator[Callable[[str], object]]:
    """Where an export goes: a file, or the standard output."""
    if output == "-":
        yield sys.stdout.write
        return
    try:
        with Path(output).open("w", encoding="utf-8", newline="") as file:
            yield file.write
    except OSError as error:
        raise WrongUse(f"--output: {output}: {tell_wrong(error)}") from None
