# SPDX-License-Identifier: Apache-2.0
"""``thecal log refills``: whether what came out at refills is what the pulses in between should have left."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from thecal.events import Event, PowerRestored, RefillDone, SecondPassed
from thecal_adapters.cli.log import NOT_CHECKED, reading, tell_header
from thecal_adapters.cli.telling import Teller
from thecal_adapters.codec import Decoder, encode, parse
from thecal_adapters.exits import Exit
from thecal_adapters.journal.deliveries import read_pulse
from thecal_adapters.journal.entries import Entry, Header, read_response
from thecal_adapters.journal.tables import fetch_entries, fetch_header
from thecal_adapters.refills import Account, Standing

LOOKED_AT: Mapping[str, type[RefillDone] | type[PowerRestored]] = {
    kind.__name__: kind for kind in (RefillDone, PowerRestored)
}


def read_event(entry: Entry) -> Event:
    """The event of an entry, where the account looks at it; a second stands for every other."""
    kind = LOOKED_AT.get(entry.kind)
    if kind is None:
        return SecondPassed()
    path = f"entry {entry.number}.event"
    event: Event = Decoder().decode(kind, parse(entry.event, path), path)
    return event


def list_standings(header: Header, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Standing]]:
    """Where the account stands at each refill but the first."""
    account = Account(header.config.pump)
    for entry in entries:
        standing = account.add(read_event(entry), read_response(entry), read_pulse(entry).is_ordered)
        if standing is not None:
            yield entry, standing


def show_refills(file: Path, json_to: str | None) -> Exit:
    """Tell the account at each refill; a drift is a finding."""
    teller = Teller(json_to)
    with reading(file) as tables:
        header = fetch_header(tables)
        tell_header(teller, file, header)
        told = list(list_standings(header, (entry for entry, _, _ in fetch_entries(tables))))
    for entry, standing in told:
        words = tell_standing(standing)
        teller.line(f"{entry.number:>8}  {words}", "bold red" if standing.off_nl else "")
    if not told:
        teller.line("No refill after the first: there is nothing to hold pulses against.")
    teller.line(NOT_CHECKED)
    rows = [{"entry": entry.number, **encode(standing), "off_nl": standing.off_nl} for entry, standing in told]
    teller.json({"version": 1, "file": file.name, "refills": rows})
    return Exit.FINDING if any(standing.off_nl for _, standing in told) else Exit.AS_ASKED


def tell_standing(standing: Standing) -> str:
    """An account in one line."""
    counted = f"{standing.counted_nl:,} to {standing.counted_nl + standing.doubtful_nl:,} nL by pulses"
    line = f"{counted}, {standing.drawn_nl:,} nL by refills, {standing.allowed_nl:,} nL allowed for"
    if not standing.off_nl:
        return f"{line}: as it should be"
    sense = "more" if standing.off_nl > 0 else "less"
    share = 100 * (standing.drawn_nl - standing.counted_nl) / max(1, standing.counted_nl)
    return f"{line}: {abs(standing.off_nl):,} nL {sense} than that, a drift of some {share:+.1f} %"
